"""Eighteen questions of a ward, answered in at most two interactions, by script."""

import re

import pytest

from tests.conftest import OpenPage
from tests.tools import marked_block
from tests.tools.usability import BLOCK, DOCUMENT, HANDS, TASKS, Task, walk


def test_there_are_eighteen_questions_and_each_is_asked_once() -> None:
    assert len(TASKS) == 18
    assert len({task.question for task in TASKS}) == 18


def most(task: Task) -> int:
    """Two; three where two things have to be typed."""
    return 3 if sum(step.words.startswith("type ") for step in task.steps) == 2 else 2


@pytest.mark.parametrize("hand", HANDS)
def test_each_answer_is_in_the_window_after_two_interactions_at_most(
    open_page: OpenPage, hand: str
) -> None:
    kind, window = HANDS[hand]
    page = open_page("/nowhere/at/all/", **window)
    for task in TASKS:
        walked = walk(page, task, kind(page))
        assert walked.interactions == len(task.steps) <= most(task), task.question


def test_the_document_has_the_steps_that_are_walked() -> None:
    _head, _rule, *rows = marked_block.written(DOCUMENT, BLOCK).splitlines()
    documented = [row.strip("| ").split(" | ")[1:5] for row in rows]
    assert documented == [
        [
            task.question,
            task.way,
            # The dates follow the day on which the table is written.
            found[2] if re.search(r"\d{4}$", task.answer) else task.answer,
            " / ".join([str(len(task.steps))] * 3),
        ]
        for task, found in zip(TASKS, documented, strict=True)
    ]

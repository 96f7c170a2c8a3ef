"""No sign stands in a text that makes people read something else than programs do."""

import json

import pytest

from reference.reading import sign_problems
from tests.support.tables import each_row

from .lines import GUIDES


@each_row("text", "sign")
def test_a_sign_that_deceives_is_named(text: str, sign: str) -> None:
    (problem,) = sign_problems(text)
    assert problem.startswith(sign)


@each_row("text", more=[("",)])
def test_a_sign_that_belongs_is_no_problem(text: str) -> None:
    assert sign_problems(text) == []


def test_a_problem_says_where_the_sign_stands() -> None:
    text = "max 8 \N{RIGHT-TO-LEFT OVERRIDE}01\N{ZERO WIDTH SPACE}"
    assert sign_problems(text) == [
        "RIGHT-TO-LEFT OVERRIDE (U+202E) after “max 8 ”",
        "ZERO WIDTH SPACE (U+200B) after “max 8 01”",
    ]
    (first,) = sign_problems("\N{SOFT HYPHEN}100")
    assert first == "SOFT HYPHEN (U+00AD) at the beginning"


@pytest.mark.parametrize("guide", GUIDES)
def test_no_text_of_a_guide_has_such_a_sign(guide: str) -> None:
    for entry in json.loads(GUIDES[guide].read_text(encoding="utf-8")):
        for value in entry["fields"].values():
            if isinstance(value, str):
                assert sign_problems(value) == [], value

"""Workers of the shipped server are killed while readers ask, and started again.

Lost is a request that no dead worker was at, or an answer that is not right.
"""

import time
from pathlib import Path

import pytest

from tests.tools.reliability.figures import count, times
from tests.tools.reliability.soak import OLDEST, Soak, hold, prepared
from tests.tools.reliability.workers import workers_of

pytestmark = pytest.mark.any_database

SECONDS = times(9, 120)
# By turns the one and the other, and none before the last one has a successor: granian
# ends when a worker dies within five and a half seconds of its start.
KILL_EVERY = times(4, 8)


def wait_until_whole(soak: Soak) -> list[int]:
    """The workers, once there are as many again."""
    for _ in range(1200):
        if soak.is_whole:
            break
        time.sleep(0.1)
    return workers_of(soak.server)


def test_a_killed_worker_takes_its_own_requests_along_and_no_others(
    tmp_path: Path,
) -> None:
    with prepared(tmp_path, f"sqlite:///{tmp_path}/db") as soak:
        first = wait_until_whole(soak)
        hold(
            *(soak, SECONDS),
            publish_every=KILL_EVERY / 2,
            kill_every=KILL_EVERY,
            victim=OLDEST,
        )
        last = wait_until_whole(soak)
        judged = soak.committee.judge()
    beyond = soak.beyond_the_kills([*soak.unanswered, *soak.refused])
    count(
        *("workers", "killed while readers ask and editions are published"),
        tried=len(soak.kills),
        unit="kills",
        lost=len(beyond),
        note=f"{len(soak.unanswered)} requests that they were at went unanswered",
    )
    count(
        *("workers", "answers while workers are killed, each judged"),
        tried=soak.answered,
        unit="answers",
        lost=len(soak.wrong),
    )
    assert (beyond, soak.wrong, judged["faults"]) == ([], [], [])
    assert soak.answered > 0
    assert len(soak.committee.editions) > 1
    assert soak.kills
    assert len(last) == len(first) == 2
    assert not {kill.pid for kill in soak.kills} & {*last}

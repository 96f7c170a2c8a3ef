"""Workers of the shipped server are killed while readers ask, and started again.

Lost is a request that no dead worker was at, or an answer that is not right.
"""

from pathlib import Path

from tests.faults.figures import count, times
from tests.faults.soak import hold, prepared
from tests.faults.workers import workers_of

SECONDS = times(9, 120)
KILL_EVERY = times(4, 8)  # granian waits before it starts another one


def test_a_killed_worker_takes_its_own_requests_along_and_no_others(
    tmp_path: Path,
) -> None:
    with prepared(tmp_path, f"sqlite:///{tmp_path}/db") as soak:
        first = workers_of(soak.server)
        hold(soak, SECONDS, publish_every=KILL_EVERY / 2, kill_every=KILL_EVERY)
        # One was killed in each of the kills, and the server has as many as before.
        last = workers_of(soak.server)
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
    assert len(soak.kills) == (SECONDS - 1) // KILL_EVERY
    assert len(last) == len(first) == 2
    assert last[0] == first[0]  # the youngest is the one that is killed

"""A pytest session that puts each mutant on trial: do the tests notice the change?

Django, the tests and a database with the guide are loaded once. Each mutant then has a
process of its own, forked from that: what is changed there, is gone with it. The
database is in memory, so that the cores, each with a share of them, do not meet in it.
"""

import gc
import inspect
import os
import pickle
import signal
import sys
import tempfile
import time
import traceback
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import partial
from importlib import import_module
from itertools import chain
from pathlib import Path
from types import CodeType, FrameType, FunctionType, ModuleType
from typing import Any

import pytest
from _pytest.runner import runtestprotocol

from tests.tools.mutation.mutants import Mutant, mutants_of, source_of

# What has to be given a fixture of the whole session would be older than the change.
OLDER_THAN_THE_CHANGE = {"canonical", "document", "june_2024", "transactional_db"}
# On the clock, for a machine with other work.
SHORTEST_LIMIT_S = 60
# Watching is slow, and a function shows soon which of its lines it runs.
MOST_CALLS_TRACED = 1000
NOTICED, SURVIVED, NOT_READY = 1, 0, 2


@dataclass
class Trial:
    """The plugin: takes modules and their tests, and gives survivors."""

    tests_of: dict[str, tuple[str, ...]]
    say: Callable[[str], None]
    tried: Counter[str] = field(default_factory=Counter)
    survivors: dict[str, list[Mutant]] = field(
        default_factory=lambda: defaultdict(list)
    )
    ended: bool = False

    def pytest_collection(self) -> None:
        """Set how properties are tried, before the tests are read, which keep it.

        Nothing is shrunk: whether there is a counterexample is all that is asked. The
        same ones are tried each time, and a busy machine makes none fail.
        """
        from hypothesis import HealthCheck, Phase, settings

        settings.register_profile(
            "mutation",
            deadline=None,
            derandomize=True,
            database=None,
            phases=(Phase.explicit, Phase.generate),
            suppress_health_check=list(HealthCheck),
        )
        settings.load_profile("mutation")

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        if session.testsfailed:
            raise session.Failed("the tests could not be read")
        wanted = tuple(chain(*self.tests_of.values()))
        session.items[:] = [
            item for item in session.items if item.nodeid.startswith(wanted)
        ]
        prepare(session.items)
        known = baseline(session.items, [source_of(module) for module in self.tests_of])
        slowest = sum(test.seconds for test in known)
        self.say(f"{len(known)} tests, {slowest:.0f} s without a change.")
        for module, names in self.tests_of.items():
            mine = [test for test in known if test.item.nodeid.startswith(names)]
            self.try_module(module, mine)
        self.ended = True
        return True

    def try_module(self, module: str, tests: list["Test"]) -> None:
        """Try every mutant of a module, each core a share of them."""
        mutants = list(mutants_of(module))
        cores = len(os.sched_getaffinity(0))
        with tempfile.TemporaryDirectory() as folder:
            files = [Path(folder) / str(core) for core in range(cores)]
            shares = [mutants[core::cores] for core in range(cores)]
            children = [
                _fork(partial(self._try_share, module, tests, share, file))
                for share, file in zip(shares, files, strict=True)
            ]
            outcomes = [_outcome(child) for child in children]
            if any(outcomes):
                raise RuntimeError(f"not every change of {module} was tried")
            found = {name for file in files for name in pickle.loads(file.read_bytes())}
        self.tried[module] = len(mutants)
        self.survivors[module] = [mutant for mutant in mutants if mutant.name in found]

    def _try_share(
        self, module: str, tests: list["Test"], mutants: list[Mutant], file: Path
    ) -> int:
        begun, survivors = time.monotonic(), []
        target = import_module(f"reference.{module.replace('/', '.')}")
        for number, mutant in enumerate(mutants, start=1):
            judges = [test for test in tests if test.runs(mutant)]
            if not judges or survives(mutant, target, judges):
                survivors.append(mutant.name)
                self.say(f"  survives: {' | '.join(mutant.name)} ({len(judges)} tests)")
            if number % 25 == 0 or number == len(mutants):
                minutes = (time.monotonic() - begun) / 60
                self.say(f"{module}: {number} of {len(mutants)}, {minutes:.1f} min")
        file.write_bytes(pickle.dumps(survivors))
        return 0


@dataclass
class Test:
    """A test, how long it takes, which lines it runs, and how often it noticed."""

    item: pytest.Item
    seconds: float
    lines: dict[str, set[int]]
    noticed: int = 0

    __test__ = False

    def runs(self, mutant: Mutant) -> bool:
        mine = self.lines.get(str(source_of(mutant.module)), set())
        return bool(mine) and (not mutant.lines or not mine.isdisjoint(mutant.lines))

    @property
    def order(self) -> float:
        """Quick ones first, and those that often notice something."""
        return (self.seconds + 0.01) / (1 + self.noticed)


def prepare(items: list[pytest.Item]) -> None:
    """Make the database and load the guide, by running one test that needs them."""
    for item in filter(_needs_the_database_alone, items):
        _passes(item)
        break
    gc.collect()
    gc.freeze()  # pages that nobody writes to are shared by the processes


def _needs_the_database_alone(item: pytest.Item) -> bool:
    names = set(getattr(item, "fixturenames", ()))
    return "db" in names and not names & OLDER_THAN_THE_CHANGE


def baseline(items: list[pytest.Item], sources: list[Path]) -> list[Test]:
    """Return every test with its time and lines. Raises RuntimeError if one fails."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "baseline"

        def run_all() -> int:
            after = [*items[1:], None]
            found = [
                _traced(item, next_one, sources)
                for item, next_one in zip(items, after, strict=True)
            ]
            file.write_bytes(pickle.dumps(found))
            return SURVIVED

        if _in_a_process(run_all) != SURVIVED:
            raise RuntimeError("the tests could not be run without a change")
        found = pickle.loads(file.read_bytes())
    failed = [
        item.nodeid for item, (_, _, ok) in zip(items, found, strict=True) if not ok
    ]
    if failed:
        raise RuntimeError(f"these fail without a change: {failed}")
    return [
        Test(item, seconds, lines)
        for item, (seconds, lines, _) in zip(items, found, strict=True)
    ]


def _traced(
    item: pytest.Item, next_one: pytest.Item | None, sources: list[Path]
) -> tuple[float, dict[str, set[int]], bool]:
    """Return how long a test takes, which lines it runs, and whether it passed."""
    lines: dict[str, set[int]] = {str(source): set() for source in sources}
    calls: Counter[CodeType] = Counter()

    def local(frame: FrameType, event: str, _: Any) -> Any:
        lines[frame.f_code.co_filename].add(frame.f_lineno)
        return local

    def trace(frame: FrameType, event: str, _: Any) -> Any:
        if frame.f_code.co_filename not in lines:
            return None
        calls[frame.f_code] += 1
        return local if calls[frame.f_code] < MOST_CALLS_TRACED else None

    begun = time.process_time()
    sys.settrace(trace)
    passed = _passes(item, next_one)
    sys.settrace(None)
    return time.process_time() - begun, lines, passed


def _passes(item: pytest.Item, next_one: pytest.Item | None = None) -> bool:
    """Whether a test passes; what the next one does not share with it is taken down."""
    after: Any = next_one or item.session
    reports = runtestprotocol(item, log=False, nextitem=after)
    return not any(report.failed for report in reports)


def survives(mutant: Mutant, target: ModuleType, judges: list[Test]) -> bool:
    """Whether no test notices a mutant; one that does is asked sooner the next time."""
    judges = sorted(judges, key=lambda test: test.order)
    limit_s = SHORTEST_LIMIT_S + 20 * sum(test.seconds for test in judges)
    with tempfile.TemporaryFile() as note:

        def run_until_noticed() -> int:
            graft(mutant, target)
            after = [*(test.item for test in judges[1:]), None]
            for number, (test, next_one) in enumerate(zip(judges, after, strict=True)):
                if not _passes(test.item, next_one):
                    os.write(note.fileno(), str(number).encode())
                    return NOTICED
            return SURVIVED

        outcome = _in_a_process(run_until_noticed, limit_s)
        note.seek(0)
        by = note.read()
    if by:
        judges[int(by)].noticed += 1
    return outcome == SURVIVED


def graft(mutant: Mutant, target: ModuleType) -> None:
    """Put the changed statement in the place of the old one, wherever it is known.

    A function keeps its identity and gets other code, since tables and other modules
    hold it. Anything else is replaced under its name; what was made of it on import
    stays as it was, so that a change may be overlooked, but never noticed wrongly.
    """
    names = vars(target)
    before = dict(names)
    exec(mutant.code, names)
    for name, old in before.items():
        new = names[name]
        if new is old:
            continue
        if callable(old) and callable(new):
            _give_code(inspect.unwrap(old), inspect.unwrap(new))
        for other in list(sys.modules.values()):
            known = getattr(other, "__dict__", {})
            if known.get(name) is old:
                known[name] = new


def _give_code(old: Any, new: Any) -> None:
    if isinstance(old, FunctionType) and isinstance(new, FunctionType):
        old.__code__ = new.__code__
        old.__defaults__, old.__kwdefaults__ = new.__defaults__, new.__kwdefaults__


def _in_a_process(work: Callable[[], int], limit_s: float = 0) -> int:
    """Return what silent work comes to in a forked process, or NOTICED if it fails."""

    def in_silence() -> int:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, 1)
        os.dup2(nowhere, 2)
        signal.setitimer(signal.ITIMER_REAL, limit_s)
        return work()

    return _outcome(_fork(in_silence))


def _fork(work: Callable[[], int]) -> int:
    """Return the id of a process that ends with what the work comes to."""
    sys.stdout.flush()
    child = os.fork()
    if child == 0:
        outcome = NOTICED
        try:
            outcome = work()
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(outcome)
    return child


def _outcome(child: int) -> int:
    _, status = os.waitpid(child, 0)
    return os.waitstatus_to_exitcode(status)


def run(
    tests_of: dict[str, tuple[str, ...]],
    say: Callable[[str], None],
    deselected: Iterable[str] = (),
) -> Trial:
    """Try every mutant of the modules. Raises RuntimeError if it could not be done."""
    trial = Trial(tests_of, say)
    names = chain(*tests_of.values())
    files = sorted({name.partition("::")[0] for name in names})
    options = ["-q", "-s", "-n", "0", "-p", "no:cacheprovider", "--no-header"]
    options += [f"--deselect={test}" for test in deselected]
    pytest.main([*options, *files], plugins=[trial])
    if not trial.ended:
        raise RuntimeError("not every mutant was tried")
    return trial

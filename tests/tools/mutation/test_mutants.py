"""What is changed for `make mutation`, and that each reason is of a change there is."""

import sys
from types import ModuleType

import pytest

from tests.support.tables import each_row
from tests.tools.mutation.__main__ import TESTS_OF
from tests.tools.mutation.mutants import Mutant, mutants_of
from tests.tools.mutation.reasons import reasons
from tests.tools.mutation.trial import graft


def test_each_change_has_a_name_of_its_own_and_each_reason_is_of_one() -> None:
    names = [mutant.name for module in TESTS_OF for mutant in mutants_of(module)]
    assert len(names) == len(set(names))
    assert reasons().keys() <= set(names)


@each_row("where", "change")
def test_the_grammar_and_the_limits_of_a_weight_are_changed(
    where: str, change: str
) -> None:
    changes = {(mutant.where, mutant.change) for mutant in mutants_of("dosing/typed")}
    assert (where, change) in changes


@pytest.fixture
def module(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """A module whose limit another one has imported."""
    module, other = ModuleType("changed"), ModuleType("other")
    exec("LIMIT = 300\ndef least(): return LIMIT - 1", vars(module))
    vars(other)["LIMIT"] = vars(module)["LIMIT"]
    monkeypatch.setitem(sys.modules, "other", other)
    return module


def changed(module: ModuleType, source: str) -> None:
    code = compile(source, "changed", "exec")
    graft(Mutant("changed", "", "", "", code, range(0)), module)


def test_whoever_holds_a_function_runs_its_changed_code(module: ModuleType) -> None:
    held = vars(module)["least"]
    changed(module, "def least(): return LIMIT + 1")
    assert held() == 301


def test_a_constant_is_changed_wherever_it_was_imported(module: ModuleType) -> None:
    changed(module, "LIMIT = 301")
    assert vars(sys.modules["other"])["LIMIT"] == 301
    assert vars(module)["least"]() == 300

"""What is changed for `make mutation`, and that each reason is of a change there is."""

from tests.mutation.__main__ import TESTS_OF
from tests.mutation.mutants import mutants_of
from tests.mutation.reasons import reasons


def test_every_reason_is_of_a_change_that_is_tried() -> None:
    tried = {mutant.name for module in TESTS_OF for mutant in mutants_of(module)}
    assert reasons().keys() <= tried

"""`make mutation`: change the code in one place at a time, and see which tests notice.

Writes the part "mutation" of docs/reliability.md. Ends with 1 if a change that is not
in equivalent.toml survives, or one that is there does not, or too few are noticed.
"""

import os
import sys
import time

from tests.tools.mutation.mutants import Mutant
from tests.tools.mutation.reasons import FILE, Name, reasons
from tests.tools.mutation.trial import Trial, run
from tests.tools.reliability.figures import Figure
from tests.tools.reliability.report import DOCUMENT, ROOT, Run, write_report

# By the beginnings of their names; what a module's own file promises comes first. Tests
# that start other processes are of no use: those run code that nobody changed.
DOSES = (
    "tests/dosing/test_arithmetic.py",
    "tests/doses/test_oracle.py",
    "tests/doses/test_second_biologic.py::test_no_rounding",
    "tests/doses/test_second_biologic.py::test_without_a_preparation",
    "tests/doses/test_age_and_clearance.py::test_an_age",
)
PUBLISHING = (
    "tests/publishing/test_acts.py",
    "tests/publishing/test_publishing.py",
    "tests/keeping/test_verification.py::test_every_act",
    "tests/publishing/test_record.py::test_every_act",
    "tests/editions/test_file.py::test_into_an_empty",
    "tests/editions/test_file.py::test_the_import_is",
    "tests/editions/test_file.py::test_the_next",
    "tests/editions/test_file.py::test_a_number_that_is_taken",
    "tests/editions/test_file.py::test_an_open_draft",
    "tests/editions/test_file.py::test_what_was",
    "tests/editions/test_file.py::test_an_import",
    "tests/editions/test_file.py::test_it_lands",
    "tests/editions/test_file.py::test_rows_that",
    "tests/editions/test_file.py::test_who_comes",
    "tests/editions/test_file.py::test_a_person_without",
)
TESTS_OF = {
    "dosing/typed": ("tests/dosing/test_typed.py",),
    "dosing/arithmetic": DOSES,
    "dosing/amounts": ("tests/dosing/test_body_surface.py", *DOSES),
    # What the arithmetic rests on: choices, rounding, questions, how it is written.
    "dosing/refusals": ("tests/dosing/test_refusals.py", *DOSES),
    "dosing/volume": (
        "tests/dosing/test_volume.py",
        *DOSES,
    ),
    "dosing/questions": (
        "tests/dosing/test_questions.py",
        "tests/doses/test_age_and_clearance.py",
        *DOSES,
    ),
    "dosing/quantities": ("tests/dosing/test_quantities.py",),
    "publishing/acts": PUBLISHING,
    "publishing/drafts": PUBLISHING,
    "publishing/rules": PUBLISHING,
}
# They take long, and find what others like them do.
LEFT_OUT = tuple(
    f"tests/publishing/test_publishing.py::test_only_the_allowed_acts_pass[{state}-{group}]"
    for state in ("draft", "in review", "published", "superseded", "withdrawn")
    for group in ("administrator", "")
)
LEAST_NOTICED = 0.95


def main(only: list[str]) -> int:
    """Try the modules named, or all of them and write the report; 1 if one fails."""
    os.environ["DATABASE_URL"] = ""
    begun = time.monotonic()
    tests_of = {key: TESTS_OF[key] for key in only} or TESTS_OF
    trial, known = run(tests_of, say, LEFT_OUT), reasons()
    faults = list(faults_of(trial, known))
    if not only:
        figures = tuple(figure(trial, module, known) for module in trial.tried)
        minutes = (time.monotonic() - begun) / 60
        found = Run("make mutation", ("mutation",), minutes, figures, bool(faults))
        write_report(found)
        say(f"Wrote {DOCUMENT.relative_to(ROOT)}.")
    for fault in faults:
        say(fault)
    return int(bool(faults))


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def noticed(trial: Trial, module: str) -> float:
    """Return the share of mutants that a test noticed; one with a reason was not."""
    return 1 - len(trial.survivors[module]) / trial.tried[module]


def figure(trial: Trial, module: str, known: dict[Name, str]) -> Figure:
    """Return the line of the report for a module, with its survivors' reasons."""
    survivors = trial.survivors[module]
    lost = sum(mutant.name not in known for mutant in survivors)
    note = f"{noticed(trial, module):.1%} noticed"
    if lost < len(survivors):
        note += f"; {len(survivors) - lost} survive with a reason, below"
    return Figure(
        part="mutation",
        what=f"reference/{module}.py",
        tried=trial.tried[module],
        unit="changes",
        lost=lost,
        note=note,
        listed=[listed(mutant, known.get(mutant.name)) for mutant in survivors],
    )


def listed(mutant: Mutant, reason: str | None) -> str:
    return (
        f"`reference/{mutant.module}.py`, {mutant.where}: `{mutant.change}` in "
        f"`{mutant.line}`. {reason or '**No reason is known.**'}"
    )


def faults_of(trial: Trial, known: dict[Name, str]) -> list[str]:
    """Return what has to be mended, in words."""
    survived = {
        mutant.name for module in trial.tried for mutant in trial.survivors[module]
    }
    explained = {name for name in known if name[0] in trial.tried}
    faults = [f"No test notices: {' | '.join(name)}" for name in survived - explained]
    faults += [
        f"{FILE.name} explains what a test notices: {' | '.join(name)}"
        for name in explained - survived
    ]
    faults += [
        f"Only {noticed(trial, module):.1%} of the changes of {module} are noticed."
        for module in trial.tried
        if noticed(trial, module) < LEAST_NOTICED
    ]
    return faults


if __name__ == "__main__":
    sys.exit(main([name for word in sys.argv[1:] for name in word.split(",")]))

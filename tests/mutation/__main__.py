"""`make mutation`: change the code in one place at a time, and see who notices."""

import os
import sys
import time

os.environ["DATABASE_URL"] = ""
from tests.mutation.trial import run

DOSES = ("test_dosing", "test_second_biologic", "test_dose_chart", "test_age_and_clearance")
PUBLISHING = ("test_publishing", "test_verification", "test_problems", "test_history", "test_edition_file", "test_load_guide")
TESTS = {"typed_numbers": ("test_typed_numbers",),"dosing": DOSES, "publishing": PUBLISHING}

def say(x):
    sys.stdout.write(x+"\n"); sys.stdout.flush()
only = sys.argv[1:]
tests = {m: t for m, t in TESTS.items() if not only or m in only}
b=time.monotonic()
t = run(tests, say, ["tests/test_edition_file.py::test_through_a_pipe_from_one_database_into_an_empty_one"])
for m in t.tried: print(m, t.tried[m], len(t.survivors[m]))
print(time.monotonic()-b)

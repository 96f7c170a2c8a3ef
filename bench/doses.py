"""What a dose costs that nobody has asked for before, beside an empty answer."""

import json
from math import gcd
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from bench.reach import Part, Row
from bench.running import site
from bench.running.load import Run, measured
from bench.running.servers import Server, running

OF_EMPTY_AS_FRAGMENT = 0.075
OF_EMPTY_AS_JSON = 0.11
DOSE = f"/{site.SLUG}/dose/"
HTMX = {"HX-Request": "true", "Accept-Encoding": "br"}
JSON = {"Accept": "application/json", "Accept-Encoding": "br"}
MANY = 64
# Each line at each weight from 5 to 60 kg: all of them are worked out. In tenths of a
# gram, so that there are enough of them.
TENTHS = 10_000
LIGHTEST, WEIGHTS = 5 * TENTHS, 55 * TENTHS
# It has no factor in common with the number of questions, and so visits all of them.
STEP = 611_953
# More than are asked in one run of two seconds.
AT_MOST = 60_000
ASK = """
local lines = {{ {lines} }}
local total = #lines * {weights}
local asked = {first}
request = function()
  asked = asked + 1
  local place = (asked * {step}) % total
  local line = lines[place % #lines + 1]
  local weight = {lightest} + math.floor(place / #lines)
  return wrk.format(nil, string.format("/{slug}/dose/?regimen=%s&edition={edition}"
    .. "&weight=%d.%04d", line, math.floor(weight / 10000), weight % 10000))
end
"""


def measure(folder: Path, rounds: int) -> Part:
    """Measure a dose as a fragment and as JSON, each question another one."""
    lines = _lines()
    with (
        running("site", folder) as ours,
        running("hello", folder, application="bench.peers.hello:application") as empty,
    ):
        _require_that_doses_are_worked_out(ours, lines)
        questions = Questions(lines)
        found = measured(
            [
                Run("empty answer", empty),
                Run("empty answer at 64", empty, connections=MANY),
                Run("dose as fragment", ours, headers=HTMX, script=questions),
                Run("dose as fragment at 64", ours, "/", HTMX, MANY, questions),
                Run("dose as JSON", ours, headers=JSON, script=questions),
                Run("dose as JSON at 64", ours, "/", JSON, MANY, questions),
            ],
            rounds,
            folder,
        )
    rows = [
        Row(
            "dose never asked before, htmx fragment: of the server's empty answer",
            found.cost_ratios("empty answer", "dose as fragment"),
            OF_EMPTY_AS_FRAGMENT,
            is_minimum=True,
            held_back_by=HELD_BACK,
        ),
        Row(
            "the same: queries beyond “which edition”",
            [_queries(lines, HTMX) - 1],
            0,
        ),
        Row(
            "dose as JSON: of the server's empty answer",
            found.cost_ratios("empty answer", "dose as JSON"),
            OF_EMPTY_AS_JSON,
            is_minimum=True,
            held_back_by=HELD_BACK,
        ),
        Row(
            "dose as JSON: queries beyond “which edition”",
            [_queries(lines, JSON) - 1],
            0,
        ),
        Row("doses: errors", [found.errors()], 0),
    ]
    return Part("Doses", rows, [found], REMARKS)


REMARKS = f"""\
The empty answer is a WSGI application that does nothing, under the same server. Each
request asks for another line and weight (every line of the guide at weights from
{LIGHTEST // TENTHS} to {(LIGHTEST + WEIGHTS) // TENTHS} kg, in a shuffled order), and
none comes twice."""


HELD_BACK = """\
A dose is Django, a form, arithmetic with its working in sentences, and a template.
In process, on a machine where the empty answer took 15 µs: Django without any
middleware 42 µs, its middlewares 40, the row that says which edition is in force
23, the form 25 to 38, arithmetic and sentences 67 to 83, the JSON 25, or the
fragment's template 230. Tried, and kept: no session, user or message middleware,
SQL compiled once, rules kept by fingerprint, fields not sent dropped from the form,
the fragment by Jinja2 (2,200 µs to 760) and quick compression. Not done: the form,
the addresses or the sentences by other means than Django's and the dosing modules'
own, which would be a second path for clinical output (decisions 48 and 51). `make
profile` shows the layers."""


class Questions:
    """Makes a script for wrk that asks what no script before it asked."""

    def __init__(self, lines: list[str]) -> None:
        self.lines = lines
        self.asked = 0

    def __call__(self) -> str:
        first, self.asked = self.asked, self.asked + AT_MOST
        if self.asked > len(self.lines) * WEIGHTS:
            raise RuntimeError("there are no more doses to ask for: take fewer rounds")
        return ASK.format(
            lines=", ".join(f'"{line}"' for line in self.lines),
            weights=WEIGHTS,
            first=first,
            step=STEP,
            lightest=LIGHTEST,
            slug=site.SLUG,
            edition=site.edition_in_force().number,
        )


def _lines() -> list[str]:
    """Return the keys of the dosing lines, of a number that STEP visits all of."""
    from reference.editions import published_monograph

    lines = list(published_monograph(site.edition_in_force()).rules)
    if gcd(STEP, len(lines) * WEIGHTS) != 1:
        raise RuntimeError("STEP would ask for some doses twice")
    return lines


def _require_that_doses_are_worked_out(ours: Server, lines: list[str]) -> None:
    """Stop unless the site works out a dose for every line, at both ends."""
    for line in lines:
        for weight in (LIGHTEST / TENTHS, (LIGHTEST + WEIGHTS - 1) / TENTHS):
            path = f"{DOSE}?{urlencode(_asked(line, weight))}"
            status, body = ours.get(path, {"Accept": "application/json"})
            if (status, json.loads(body)["status"]) != (200, "computed"):
                raise RuntimeError(f"{path} is not worked out: {status}")
            status, _ = ours.get(path, HTMX)
            if status != 200:
                raise RuntimeError(f"{path} is not worked out as a fragment: {status}")


def _queries(lines: list[str], headers: dict[str, str]) -> int:
    """Return the most queries that one dose makes, once its edition was read."""
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    client = Client(headers={"host": "localhost"} | headers)
    counts = []
    for line in lines:
        client.get(DOSE, _asked(line, 20))
        with CaptureQueriesContext(connection) as queries:
            client.get(DOSE, _asked(line, 20.5))
        counts.append(len(queries))
    return max(counts)


def _asked(line: str, weight: float) -> dict[str, Any]:
    edition = site.edition_in_force().number
    return {"regimen": line, "edition": edition, "weight": f"{weight:.4f}"}

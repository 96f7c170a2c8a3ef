"""Lighthouse's scores of the pages as a phone sees them: `make lighthouse`.

Runs the site as in production, judges each page, and writes docs/lighthouse.md. What a
run once found is held by plain tests; this is no part of `make test`.
"""

import json
import os
import secrets
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from tests.support.installed_browser import installed_browser
from tests.support.public_pages import DOSES, FIRST_EDITION, MONOGRAPH, PAGES
from tests.support.servers.free_ports import free_port
from tests.support.servers.own_site import running_site, say
from tests.support.servers.server_process import ROOT
from tests.support.servers.tls_stand_in import tls_stand_in

LIGHTHOUSE = ROOT / ".venv/lighthouse_modules/node_modules/lighthouse/cli/index.js"
NODE = Path(sys.executable).parent / "node"
REPORT = ROOT / "docs" / "lighthouse.md"
FLAGS = "--headless=new --no-sandbox --disable-gpu"
TRIES = 5
RUNS = 3
CATEGORIES = {
    "performance": "Performance",
    "accessibility": "Accessibility",
    "best-practices": "Best practices",
    "seo": "SEO",
}
JUDGED = {
    "Home": "/",
    "Monograph": MONOGRAPH,
    "Edition list": PAGES["editions"],
    "One edition": FIRST_EDITION,
    "One indication": PAGES["indication"],
    "Discrepancies": PAGES["discrepancies"],
    "Search": PAGES["search"],
    "Dose": DOSES["dose-computed"],
}
NOT_INDEXED = {"Dose"}  # each answer is for one patient: search engines stay out
INTRODUCTION = """\
# Lighthouse

Written by `make lighthouse`: Lighthouse {version} as a phone on a slow line (its mobile
preset, simulated throttling), against the server of `make run` with the settings of
production. Of three runs the median counts, and the machine has to be quiet: a busy one
lowers the performance of any page. Home is the monograph while there is one guide.
The dose page asks search engines to stay out, so that its SEO is not judged.

{table}

Drawn up on {day}.
"""


def judge(address: str) -> dict[str, Any]:
    """The median of a few reports by their performance: a busy machine disturbs one."""
    reports = [judge_with_patience(address) for _run in range(RUNS)]
    return sorted(reports, key=lambda report: score(report, "performance"))[RUNS // 2]


def judge_with_patience(address: str) -> dict[str, Any]:
    """One report; a run that fails, as when Chromium does not start, is tried again."""
    for _try in range(TRIES - 1):
        try:
            return judge_once(address)
        except subprocess.CalledProcessError as error:
            say(f"  again, since Lighthouse ended with {error.returncode}")
    return judge_once(address)


def judge_once(address: str) -> dict[str, Any]:
    """Lighthouse's report of one page, as it writes it."""
    with tempfile.TemporaryDirectory() as folder:
        kept = Path(folder) / "report.json"
        subprocess.run(
            [
                *(str(NODE), str(LIGHTHOUSE), address, "--quiet"),
                *("--output=json", f"--output-path={kept}"),
                *(
                    f"--chrome-flags={FLAGS}",
                    f"--only-categories={','.join(CATEGORIES)}",
                ),
            ],
            check=True,
            env={**os.environ, "CHROME_PATH": installed_browser() or ""},
        )
        report: dict[str, Any] = json.loads(kept.read_text())
    return report


def score(report: dict[str, Any], category: str) -> int:
    """The score from 0 to 100; 0 when Lighthouse could not give one."""
    return round(100 * (report["categories"][category]["score"] or 0))


def findings(report: dict[str, Any], category: str) -> Iterator[str]:
    """What lowers the score, one line each."""
    for part in report["categories"][category]["auditRefs"]:
        audit = report["audits"][part["id"]]
        judged = audit["scoreDisplayMode"] not in ("notApplicable", "manual")
        if part["weight"] and judged and (audit["score"] or 0) < 1:
            shown = audit.get("displayValue") or audit.get("errorMessage", "")
            yield f"{audit['id']}: {audit['title']} {shown}".rstrip()


def is_judged(name: str, category: str) -> bool:
    return not (category == "seo" and name in NOT_INDEXED)


def table(reports: dict[str, dict[str, Any]]) -> str:
    """The scores as a table in Markdown."""
    rows = [["Page", *CATEGORIES.values()], ["---", *["---:"] * len(CATEGORIES)]]
    for name, report in reports.items():
        scores = [
            str(score(report, each)) if is_judged(name, each) else "not indexed"
            for each in CATEGORIES
        ]
        rows.append([name, *scores])
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def run() -> dict[str, dict[str, Any]]:
    """Judge every page on a site in production of its own."""
    port, site_port = free_port(), free_port()
    reports = {}
    with (
        running_site(
            port=site_port,
            PUBLIC_ORIGIN=f"https://127.0.0.1:{port}",
            SECRET_KEY=secrets.token_hex(50),
            BEHIND_TLS_PROXY="1",
        ),
        tls_stand_in(port, site_port=site_port) as site,
    ):
        judge_with_patience(f"{site}/")  # Chromium's first start is slower than others
        for name, address in JUDGED.items():
            say(f"{name}: {address}")
            reports[name] = judge(f"{site}{address}")
            for category in filter(partial(is_judged, name), CATEGORIES):
                for finding in findings(reports[name], category):
                    say(f"  {category}: {finding}")
    return reports


def main() -> int:
    """Print and write the scores; return 1 if one of them is below 100."""
    if installed_browser() is None:
        say("Lighthouse needs Chromium on the PATH.")
        return 1
    reports = run()
    scores = table(reports)
    REPORT.write_text(
        INTRODUCTION.format(
            version=next(iter(reports.values()))["lighthouseVersion"],
            table=scores,
            day=f"{datetime.now(UTC):%-d %B %Y}",
        )
    )
    say(scores)
    return int(
        any(
            score(report, category) < 100
            for name, report in reports.items()
            for category in CATEGORIES
            if is_judged(name, category)
        )
    )


if __name__ == "__main__":
    sys.exit(main())

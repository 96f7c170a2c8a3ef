"""`make api`: what /openapi.json says is asked of the site, and every answer judged.

The same, shorter, is a test (tests/exports/test_openapi.py).
"""

import json
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.request import urlopen

from tests.support.servers.own_site import running_site, say
from tests.support.servers.server_process import ROOT

REQUESTS = 20_000
# How the dose address is asked; the others answer alike.
PASSES = {"as JSON": ["-H", "Accept: application/json"], "as pages": []}
# Whether a request that is right by each parameter is right as a whole depends on the
# edition: tests/tools/api_hooks.py judges that, for every single one.
CONFIGURATION = """
[generation]
max-examples = {others}
allow-x00 = true
exclude-header-characters = "\\u0000\\r\\n"

[[operations]]
include-operation-id = "workOutDose"
generation.max-examples = {doses}

[checks]
positive_data_acceptance.expected-statuses = ["2xx", "304", "404", "422"]
"""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one run of schemathesis came to."""

    requests: int
    exit_code: int
    said: str


def described(address: str) -> dict[str, Any]:
    """The API's description, with the names that an edition gives.

    Without them nearly every request would ask for a line that there is not.
    """
    with urlopen(f"{address}/openapi.json") as answer:
        document: dict[str, Any] = json.load(answer)
    with urlopen(f"{address}/anakinra/editions/1/edition.json") as answer:
        edition = json.load(answer)
    for path in document["paths"].values():
        for parameter in path.get("parameters", []):
            if parameter["name"] == "drug":
                parameter["schema"] = {"enum": ["anakinra"]}
            elif parameter["name"] == "number":
                parameter["schema"] = {"enum": [1, 2]}
        for parameter in path["get"].get("parameters", []):
            section = {"regimen": "regimens", "indication": "indications"}
            if parameter["name"] in section:
                rows = edition[section[parameter["name"]]]
                parameter["schema"] = {"enum": ["", *(row["key"] for row in rows)]}
    return document


def ask(
    address: str, *, doses: int, seed: int, options: list[str], shown: bool
) -> Outcome:
    """Run schemathesis on the site at this address; shown: let it say so meanwhile.

    doses is how many it makes up for the dose address; for others a tenth of that.
    """
    with tempfile.TemporaryDirectory() as folder:
        files = {
            "openapi.json": json.dumps(described(address)),
            "schemathesis.toml": CONFIGURATION.format(doses=doses, others=doses // 10),
        }
        for name, text in files.items():
            Path(folder, name).write_text(text, encoding="utf-8")
        report = Path(folder, "report.json")
        done = subprocess.run(
            [
                *(sys.executable, "-m", "schemathesis.cli", "--no-color"),
                *("--config-file", f"{folder}/schemathesis.toml"),
                *("run", f"{folder}/openapi.json", "--url", address),
                *("--checks", "all", "--seed", str(seed), "--continue-on-failure"),
                *("--report", "json", "--report-json-path", str(report)),
                *options,
            ],
            cwd=folder,  # it keeps notes where it runs
            env=os.environ
            | {
                "PYTHONPATH": str(ROOT),
                "SCHEMATHESIS_HOOKS": "tests.tools.api_hooks",
            },
            stdout=None if shown else subprocess.PIPE,
            stderr=None if shown else subprocess.STDOUT,
            check=False,
        )
        said = "" if shown else done.stdout.decode()
        assert report.exists(), said
        return Outcome(requests_in(report), done.returncode, said)


def requests_in(report: Path) -> int:
    read = json.loads(report.read_text(encoding="utf-8"))
    count: int = read["test_cases"]["generated"]
    return count


def main() -> int:
    say(f"Asks a site of its own {REQUESTS:,} times or more; some minutes.")
    total = seed = 0
    with running_site() as (address, _):
        while total < REQUESTS:
            for name, options in PASSES.items():
                say(f"\nDoses {name}, seed {seed}:")
                outcome = ask(
                    address, doses=4500, seed=seed, options=options, shown=True
                )
                total += outcome.requests
                if outcome.exit_code:
                    say(f"FAILED after {total:,} requests; what failed is above.")
                    return 1
            seed += 1
    say(f"\n{total:,} requests, every check on every answer: no failure.")
    return 0


if __name__ == "__main__":
    sys.exit(main())

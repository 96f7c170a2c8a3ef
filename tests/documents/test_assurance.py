"""docs/clinical-safety.md and docs/security.md say what is so; the supply chain, too.

Every control has a proof, every sum is right, and every package and script is the one
that was judged.
"""

import re
from collections import Counter
from itertools import chain, takewhile
from pathlib import Path

import pytest
from django.test import Client

from reference.models import Edition
from tests.documents.named_places import NAMED_TEST, commands_in
from tests.support.public_pages import PAGES
from tests.tools.bill_of_materials import bill
from tests.tools.components import (
    REQUIREMENTS,
    ROOT,
    SCRIPTS,
    Script,
    licences,
    pins,
    sha256_of,
    stated_licence,
)

DOCS = ROOT / "docs"
CLINICAL = (DOCS / "clinical-safety.md").read_text(encoding="utf-8")
SECURITY = (DOCS / "security.md").read_text(encoding="utf-8")
BOTH = {"clinical-safety.md": CLINICAL, "security.md": SECURITY}

SEVERITIES = ("Minor", "Significant", "Considerable", "Major", "Catastrophic")
MATRIX = {
    "Very high": (3, 4, 4, 5, 5),
    "High": (2, 3, 3, 4, 5),
    "Medium": (2, 2, 3, 3, 4),
    "Low": (1, 2, 2, 3, 4),
    "Very low": (1, 1, 2, 2, 3),
}

# ASVS 5.0.0, a chapter a line: the levels of the requirements of each section.
LEVELS = """
1.1:22 1.2:1111122223 1.3:112222222223 1.4:222 1.5:123
2.1:122 2.2:112 2.3:12223 2.4:23
3.2:113 3.3:12223 3.4:11222233 3.5:11122333 3.7:22333
4.1:12233 4.2:23333 4.3:22 4.4:1222
6.1:122 6.2:111111112222 6.3:11223333 6.4:112233 6.5:22222333 6.6:2223 6.8:2222
7.1:222 7.2:1111 7.3:22 7.4:11222 7.5:223 7.6:22
8.1:1233 8.2:1123 8.3:133 8.4:23
11.1:2233 11.2:22233 11.3:11233 11.4:1222 11.5:23 11.6:23
12.1:12233 12.2:11 12.3:22223
13.1:2333 13.2:222223 13.3:2233 13.4:1222233
14.1:22 14.2:12223333 14.3:122
15.1:12233 15.2:12233 15.3:1222222
16.1:2 16.2:22222 16.3:2222 16.4:222 16.5:2223
"""
ASVS = dict(re.findall(r"([\d.]+):(\d+)", LEVELS))
WHOLE = {"5": (4, 5), "9": (4, 3), "10": (5, 24), "17": (0, 7)}
VERDICTS = ("met", "not met", "by operation", "not applicable")

PERMISSIVE = {
    *("MIT", "MIT-0", "MIT-CMU", "0BSD", "BSD-2-Clause", "BSD-3-Clause"),
    *("Apache-2.0", "PSF-2.0", "Unlicense"),
}
COPYLEFT_ACCEPTED = {
    "psycopg": "LGPL-3.0-only",
    "psycopg-binary": "LGPL-3.0-only",
    "pyphen": "MPL-1.1",
}


def cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip().strip("|").split("|")]


def table_after(text: str, heading: str) -> list[list[str]]:
    """The rows of the first table after a heading, without its head."""
    _, found, rest = text.partition(f"\n{heading}\n")
    assert found, heading
    lines = rest.splitlines()
    start = next(n for n, line in enumerate(lines) if line.startswith("|"))
    rows = takewhile(lambda line: line.startswith("|"), lines[start:])
    return [cells(line) for line in rows][2:]


@pytest.mark.parametrize("name", BOTH)
def test_a_document_for_reviewers_names_its_tests(name: str) -> None:
    """That each of them is there is promised of every document: see test_names.py."""
    assert len(NAMED_TEST.findall(BOTH[name])) > 50


def test_every_section_that_is_named_is_there() -> None:
    assert {"test", "lock", "sbom"} <= commands_in(CLINICAL + SECURITY)
    for file, section in re.findall(
        r'`(docs/[\w.-]+)`, "([^"]+)"', CLINICAL + SECURITY
    ):
        assert f"# {section}\n" in (ROOT / file).read_text(encoding="utf-8"), section
    for section in re.findall(r'"([A-Z][^"|]+)" above', SECURITY):
        assert f"\n## {section}\n" in SECURITY, section


# Hazards


def hazards() -> dict[str, list[list[str]]]:
    """Each hazard's rows, by its heading."""
    headings = re.findall(r"^### (H\d+ .+)$", CLINICAL, re.MULTILINE)
    return {name: table_after(CLINICAL, f"### {name}") for name in headings}


def risk(severity: str, likelihood: str) -> int:
    return MATRIX[likelihood][SEVERITIES.index(severity)]


def test_the_matrix_is_the_one_that_is_printed() -> None:
    head = "## How risk is counted"
    printed = {row[0]: tuple(map(int, row[1:])) for row in table_after(CLINICAL, head)}
    assert printed == MATRIX


def test_hazards_are_numbered_in_their_order() -> None:
    numbers = [name.split()[0] for name in hazards()]
    assert numbers == [f"H{n}" for n in range(1, len(numbers) + 1)]
    assert len(numbers) >= 35


@pytest.mark.parametrize("name", hazards())
def test_a_hazard_has_proven_controls_and_the_risk_of_the_matrix(name: str) -> None:
    rows = hazards()[name]
    fields = {row[0]: row[1] for row in rows}
    assert {"Cause", "Effect", "Harm", "Owner"} <= fields.keys()
    controls = [text for field, text in rows if field == "Control"]
    assert controls
    assert [text for text in controls if not NAMED_TEST.search(text)] == []
    before = risk(fields["Severity"], fields["Likelihood"])
    left = risk(fields["Severity"], fields["Residual likelihood"])
    assert (fields["Initial risk"], fields["Residual risk"]) == (str(before), str(left))
    assert left <= before
    assert left <= 3
    if left == 3:
        assert fields["Comment"].startswith("undesirable: ")


def test_the_list_of_hazards_says_the_same() -> None:
    listed = table_after(CLINICAL, "## Hazards")
    told = [
        [*name.split(" ", 1), fields["Severity"], *fields_of_risk(fields)]
        for name, rows in hazards().items()
        for fields in [{row[0]: row[1] for row in rows}]
    ]
    assert listed == told


def fields_of_risk(fields: dict[str, str]) -> list[str]:
    return [fields["Initial risk"], fields["Residual risk"]]


def test_nobody_is_said_to_have_signed() -> None:
    roles = {row[0]: row[2] for row in table_after(CLINICAL, "## Who is responsible")}
    assert roles["Clinical safety officer"] == "to be named by the committee"
    assert "No clinician has signed yet." in CLINICAL


@pytest.mark.usefixtures("published_edition")
@pytest.mark.django_db
def test_every_page_says_for_whom_and_where_it_is_meant(client: Client) -> None:
    where = Edition.objects.get().jurisdiction
    assert "United States" in where
    lists = ("editions", "search")  # of editions, and of what stands in them
    for name in ("indication", "print", "dose-computed", *lists):
        page = " ".join(client.get(PAGES[name], follow=True).content.decode().split())
        assert "health professionals" in page.lower(), name
        assert where in page or name in lists, name


# ASVS


def requirements() -> list[list[str]]:
    return [
        cells(line) for line in re.findall(r"^\| \d+\.\d+\.\d+ \|.*$", SECURITY, re.M)
    ]


def test_every_requirement_of_levels_1_and_2_is_judged_once() -> None:
    expected = [
        (f"{section}.{number}", level)
        for section, levels in ASVS.items()
        for number, level in enumerate(levels, 1)
        if level in "12"
    ]
    assert [(row[0], row[1]) for row in requirements()] == expected


def test_every_verdict_has_its_evidence() -> None:
    for number, _level, topic, verdict, evidence in requirements():
        assert topic, number
        assert verdict in VERDICTS, number
        assert evidence, number
        shown = NAMED_TEST.search(evidence) or re.search(r'`[^`]+`|" above', evidence)
        assert shown or verdict in ("not met", "not applicable"), (number, evidence)


def test_the_sums_are_right() -> None:
    printed = {
        row[0].split(" ")[0]: [int(cell) for cell in row[1:]]
        for row in table_after(SECURITY, "## ASVS 5.0, levels 1 and 2")
    }
    counted: dict[str, Counter[str]] = {}
    for number, level, _topic, verdict, _evidence in requirements():
        of_chapter = counted.setdefault(number.split(".")[0], Counter())
        of_chapter.update([level, verdict])
    for chapter, (first, second) in WHOLE.items():
        assert f"### {chapter} " in SECURITY
        counted[chapter] = Counter(
            {"1": first, "2": second, "not applicable": first + second}
        )
    names = ("1", "2", *VERDICTS)
    total = printed.pop("All")
    assert printed == {
        chapter: [counts[name] for name in names] for chapter, counts in counted.items()
    }
    assert total == [sum(column) for column in zip(*printed.values(), strict=True)]
    assert total[:2] == [70, 183]
    assert sum(total[2:]) == 253


# Supply chain


@pytest.mark.parametrize("file", sorted(REQUIREMENTS.iterdir()), ids=lambda f: f.name)
def test_every_requirement_is_pinned_by_digest_and_comes_from_no_address(
    file: Path,
) -> None:
    text = file.read_text(encoding="utf-8")
    assert not re.search(r"://|^-|^\s*--(?!hash=sha256:)| @ ", text, re.MULTILINE)
    for pin in pins(file.name):
        assert re.fullmatch(r"[a-z0-9.-]+", pin.name)
        assert re.fullmatch(r"[\w.]+", pin.version), pin
        assert pin.sha256, pin
        assert all(re.fullmatch(r"[0-9a-f]{64}", each) for each in pin.sha256), pin


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.name)
def test_a_script_of_somebody_else_is_the_one_that_was_judged(script: Script) -> None:
    assert sha256_of(script.file) == script.sha256
    code = script.file.read_text(encoding="utf-8")
    assert re.search(rf"(?<![\d.]){re.escape(script.version)}(?![\d.])", code)


def test_no_other_script_of_somebody_else_is_sent() -> None:
    ours = sorted(file.name for file in (ROOT / "static" / "js").iterdir())
    assert ours == ["find.js", "line_words.js", "page.js", "rows.js"]
    carried = SCRIPTS[1].file.parents[1]
    libraries = {file.parent.name for file in carried.glob("*/*.min.js")}
    assert libraries == {script.name for script in SCRIPTS} - {"htmx.org"}


def test_every_package_has_the_licence_that_was_judged() -> None:
    judged = licences()
    assert list(judged) == [pin.name for pin in pins("runtime.txt")]
    for package, licence in judged.items():
        said = stated_licence(package) or "not installed"
        assert said == licence.stated, package
        if licence.spdx not in PERMISSIVE:
            assert licence.spdx == COPYLEFT_ACCEPTED.get(package), package
            assert licence.remark, package


def test_the_bill_of_materials_lists_every_pin_with_its_digests() -> None:
    made = bill()
    assert (made["bomFormat"], made["specVersion"]) == ("CycloneDX", "1.6")
    listed = {
        each["purl"]: (
            each["licenses"][0]["license"]["id"],
            sorted(digest["content"] for digest in each["hashes"]),
        )
        for each in made["components"]
    }
    judged = licences()
    expected = {
        f"pkg:pypi/{pin.name}@{pin.version}": (
            judged[pin.name].spdx,
            sorted(pin.sha256),
        )
        for pin in pins("runtime.txt")
    }
    expected |= {
        f"pkg:npm/{script.name}@{script.version}": (script.spdx, [script.sha256])
        for script in SCRIPTS
    }
    assert listed == expected
    # Each is a part of the site, or of one package of the site.
    needed = chain(*(each.get("dependsOn", ()) for each in made["dependencies"]))
    assert sorted(needed) == sorted(listed)

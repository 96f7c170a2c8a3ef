"""What schemathesis cannot read from /openapi.json: which dose requests are in order.

Loaded by it (api_conformance.py says how); judges by the contract's own words, apart
from the site's code.
"""

import json
import os
import re
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import schemathesis

NUMBER = r"[0-9]+(?:\.[0-9]+)?"
FORMS = {
    "weight": rf"{NUMBER}(?: ?kg)?",
    "rate": NUMBER,
    "age": NUMBER,
    "crcl": NUMBER,
    "doses_per_day": r"[0-9]+(?:\.0+)?",
    "hours": r"[0-9]+(?:\.0+)?",
    "edition": r"[0-9]+(?:\.0+)?",
}
WORDS = {
    "dose": ["increased"],
    "confirm": ["yes"],
    "age_unit": ["months", "years"],
}
NAMES = {"regimen", "indication", "preparation", *FORMS, *WORDS}
LONGEST = 1000

DOCUMENT: dict[str, Any] = json.loads(Path(os.environ["EDITION_JSON"]).read_text())
REGIMENS = {row["key"]: row for row in DOCUMENT["regimens"]}
INDICATIONS = {row["key"] for row in DOCUMENT["indications"]}
WITH_DOSING = {row["indication"] for row in DOCUMENT["regimens"]}
WITH_CRCL = {
    key
    for key in REGIMENS
    for row in DOCUMENT["cautions"]
    if "below_crcl_ml_per_min" in row and row.get("regimen", key) == key
}


def expected_status(pairs: list[tuple[str, str]]) -> int:
    """The status that the contract gives a dose request, by its order of judgement."""
    for name, known in (("regimen", {*REGIMENS}), ("indication", INDICATIONS)):
        if any(value and value not in known for key, value in pairs if key == name):
            return 404
    names = [name for name, _ in pairs]
    if not {*names} <= NAMES or len(names) != len({*names}):
        return 422
    sent = {name: value for name, value in pairs if value}
    in_order = all(is_in_form(name, value) for name, value in sent.items())
    return 200 if in_order and fits_together(sent) else 422


def is_in_form(name: str, value: str) -> bool:
    if name in WORDS:
        return value in WORDS[name]
    if name not in FORMS:
        return True
    typed = value.strip()
    if len(value) > LONGEST or not re.fullmatch(FORMS[name], typed, re.I | re.A):
        return False
    number = float(re.sub(r"[^0-9.]", "", typed))
    if name == "weight":
        return 0.5 <= number <= 300
    return name != "crcl" or number <= 250


def fits_together(sent: dict[str, str]) -> bool:
    if "preparation" in sent:
        return False  # the guide has one, so there is none to choose
    if "age" in sent:
        highest = {"months": 240, "years": 120}.get(sent.get("age_unit", ""), -1)
        if float(sent["age"]) > highest:
            return False
    regimen = REGIMENS.get(sent.get("regimen", ""))
    if regimen is None:
        asked = sent.get("indication")
        choices = {"rate", "doses_per_day", "hours", "dose", "crcl"}
        return asked is not None and asked not in WITH_DOSING and not choices & {*sent}
    by_weight, is_infusion = "/kg" in regimen["basis"], "hour" in regimen["basis"]
    return not (
        "indication" in sent
        or (by_weight and "weight" not in sent)
        or (not by_weight and "rate" in sent)
        or ("dose" in sent and "increase_to" not in regimen)
        or ("hours" in sent and not is_infusion)
        or ("doses_per_day" in sent and is_infusion)
        or ("crcl" in sent and regimen["key"] not in WITH_CRCL)
        or ({"rate", "dose"} <= {*sent} and by_weight)
    )


@schemathesis.check
def judged_as_the_contract_says(
    ctx: schemathesis.CheckContext, response: schemathesis.Response, case: Any
) -> None:
    address = urlsplit(str(response.request.url))
    if address.path != "/anakinra/dose/" or response.request.method != "GET":
        return
    pairs = parse_qsl(address.query, keep_blank_values=True, errors="replace")
    asks_for_json = response.request.headers.get("Accept") == "application/json"
    # A page without parameters is the empty form.
    expected = expected_status(pairs) if pairs or asks_for_json else 200
    assert response.status_code == expected, f"{response.status_code} for {pairs}"

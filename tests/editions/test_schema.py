"""The JSON Schema of edition.json: what it accepts, what it refuses, where it is."""

import copy
import json
import subprocess
import sys
from contextlib import AbstractContextManager, nullcontext
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.test import Client
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from reference.editions import SECTIONS, VERSION, edition_schema
from reference.models import Drug, Edition, Regimen, Resource
from tests.editions.spoiling import ANYTHING, Path, at, paths_in
from tests.support.guides.small_guide import begin_guide, next_draft, publish, with_line
from tests.support.tables import each_row, table
from tests.tools.reliability.figures import times

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]

ADDRESS = "/schemas/edition-1.json"

# What a document of version 1 has to hold. One key more and an older document would
# no longer be valid: then the version rises, and this one is served as it was.
REQUIRED_IN_1 = {
    key: set(names.split()) for key, names in table(__file__, "What version 1 requires")
}


def validator() -> Draft202012Validator:
    schema = json.loads(Client().get(ADDRESS).content)
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema)


@pytest.fixture(scope="module")
def published_schema() -> Draft202012Validator:
    return validator()


# What it accepts


def test_the_schema_is_a_schema_of_draft_2020_12() -> None:
    assert validator().schema["$schema"].endswith("/draft/2020-12/schema")


def test_it_accepts_every_edition_as_it_is_served(
    client: Client, author: User, reviewer: User
) -> None:
    guide = with_line(begin_guide(author), by=author)
    Drug.objects.filter(pk=guide.drug_id).update(drug_class="an example")
    first = publish(guide, author=author, reviewer=reviewer)
    publish(next_draft(first, by=author), author=author, reviewer=reviewer)
    served = Edition.objects.public().select_related("drug")
    assert served.count() == 3
    for edition in served:
        answer = client.get(f"{edition.get_absolute_url()}edition.json")
        assert list(validator().iter_errors(answer.json())) == []


def test_it_names_every_section_and_no_other() -> None:
    properties = edition_schema()["properties"]
    assert list(properties) == ["drug", "edition", *SECTIONS]


def test_what_is_required_is_what_version_1_requires() -> None:
    schema = edition_schema()
    assert VERSION == 1
    assert schema["required"] == ["drug", "edition"]
    for section, names in REQUIRED_IN_1.items():
        row = schema["properties"][section]["items"]
        assert set(row["required"]) == {"key", "revised_on"} | names
    assert {*SECTIONS} == {*REQUIRED_IN_1}


def test_a_key_left_out_has_its_default_in_the_schema() -> None:
    regimen = edition_schema()["properties"]["regimens"]["items"]["properties"]
    assert regimen["population"]["default"] == "not stated"
    assert regimen["every_days"]["default"] == 1
    assert regimen["divided"]["default"] is False
    assert regimen["max_per_dose"]["default"] is None
    assert "default" not in regimen["basis"]


def test_a_container_is_one_of_those_that_are_known(
    canonical: bytes, published_schema: Draft202012Validator
) -> None:
    document = json.loads(canonical)
    for container, is_known in (("vial", True), ("barrel", False), ("", False)):
        document["preparations"][0]["container"] = container
        assert published_schema.is_valid(document) is is_known


# What it refuses


def test_a_missing_required_key_is_refused(
    canonical: bytes, published_schema: Draft202012Validator
) -> None:
    document = json.loads(canonical)
    for section, names in REQUIRED_IN_1.items():
        for name in names:
            changed = copy.deepcopy(document)
            del changed[section][0][name]
            (error,) = published_schema.iter_errors(changed)
            assert error.validator == "required"


@settings(max_examples=times(25, 200))
@given(data=st.data())
def test_a_value_of_another_type_is_refused_wherever_it_stands(
    canonical: bytes, published_schema: Draft202012Validator, data: st.DataObject
) -> None:
    document = json.loads(canonical)
    path = data.draw(st.sampled_from(list(paths_in(document))[1:]))
    value = at(document, path)
    # To JSON Schema 1.0 is the whole number 1.
    other = data.draw(
        ANYTHING.filter(
            lambda each: (
                type(each) is not type(value)
                and not (isinstance(each, float) and each.is_integer())
            )
        )
    )
    at(document, path[:-1])[path[-1]] = other
    assert not published_schema.is_valid(document)


@settings(max_examples=times(25, 200))
@given(data=st.data(), name=st.text())
def test_an_unknown_key_is_refused_wherever_it_stands(
    canonical: bytes,
    published_schema: Draft202012Validator,
    data: st.DataObject,
    name: str,
) -> None:
    document = json.loads(canonical)
    objects = [p for p in paths_in(document) if isinstance(at(document, p), dict)]
    found = at(document, data.draw(st.sampled_from(objects)))
    if name not in {*SECTIONS} | {f.name for f in Regimen._meta.fields} | {*found}:
        found[name] = "x"
        assert not published_schema.is_valid(document)


REFUSED: dict[Path, list[Any]] = {
    ("regimens", 0, "basis"): [
        *("µg/kg/day", "μg/kg/day", "mcg/kg/day", "mg/kg", "mg / kg / day", "MG"),
    ],
    ("regimens", 0, "low"): [
        *(100, 0.5, ".5", "0,5", "1e2", "100.0", "0.50", "0100", "+1", "-1", " 1", ""),
        *("1 mg", "NaN", "1.00001", "100000", "١٠٠"),
    ],
    ("edition", "revised_on"): [
        *("2024-13", "2024-00", "2024-6", "24", "2024-06-32", "June 2024", "0000"),
    ],
    # Defaults, and a section without rows, are left out and never written.
    ("regimens", 0, "population"): ["not stated"],
    ("regimens", 0, "every_days"): [1],
    ("regimens", 0, "divided"): [False],
    ("regimens", 0, "text"): [""],
    ("codes",): [[]],
}
TAKEN: dict[Path, list[Any]] = {
    ("regimens", 0, "low"): ["0.5"],
    # A date has as many parts as are known.
    ("edition", "revised_on"): ["2024", "2024-06", "2024-06-30"],
}


@pytest.mark.parametrize(
    ("path", "value", "taken"),
    [
        *((path, value, False) for path, values in REFUSED.items() for value in values),
        *((path, value, True) for path, values in TAKEN.items() for value in values),
    ],
)
def test_units_amounts_and_dates_have_one_form_and_defaults_none(
    canonical: bytes,
    published_schema: Draft202012Validator,
    path: Path,
    value: Any,
    taken: bool,
) -> None:
    document = json.loads(canonical)
    at(document, path[:-1])[path[-1]] = value
    assert published_schema.is_valid(document) == taken


@each_row("address", "taken")
def test_a_link_is_an_address_of_the_web_and_never_a_script(
    canonical: bytes, published_schema: Draft202012Validator, address: str, taken: str
) -> None:
    document = json.loads(canonical)
    document["resources"][0]["url"] = address
    assert published_schema.is_valid(document) is (taken == "yes")
    refused: AbstractContextManager[object]
    refused = nullcontext() if taken == "yes" else pytest.raises(ValidationError)
    with refused:
        Resource._meta.get_field("url").clean(address, None)


# Where it is


def test_it_is_served_as_a_schema(client: Client) -> None:
    answer = client.get(ADDRESS)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "application/schema+json"
    assert answer.headers["Cache-Control"] == "no-cache"
    again = client.get(ADDRESS, headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304


def test_a_version_that_there_is_not_is_not_found(client: Client) -> None:
    assert client.get("/schemas/edition-2.json").status_code == 404


def test_no_drug_can_take_its_address() -> None:
    drug = Drug(slug="schemas", generic_name="x", brand_name="X", drug_class="x")
    with pytest.raises(Exception, match="The site itself uses this address"):
        drug.full_clean()


@pytest.mark.parametrize("origin", ["", "https://reference.example"])
def test_edition_json_names_its_schema(
    client: Client, published_edition: Edition, settings: Any, origin: str
) -> None:
    settings.PUBLIC_ORIGIN = origin
    address = f"{published_edition.get_absolute_url()}edition.json"
    answer = client.get(address)
    link = f'<{origin}{ADDRESS}>; rel="describedby"'
    assert answer.headers["Link"].endswith(f", {link}")
    assert client.get(ADDRESS).json()["$id"] == f"{origin}{ADDRESS}"
    kept = {"If-None-Match": answer.headers["ETag"]}
    again = client.get(address, headers=kept)
    assert again.status_code == 304
    assert again.headers["Link"] == answer.headers["Link"]


def test_the_schema_has_the_same_bytes_in_every_process(client: Client) -> None:
    code = (
        "import sys, django; django.setup()\n"
        "from reference.editions.schema import schema_bytes\n"
        f"sys.stdout.buffer.write(schema_bytes('{ADDRESS}'))"
    )
    environment = {"DJANGO_SETTINGS_MODULE": "anakinra_site.settings"}
    written = [
        subprocess.run(
            [sys.executable, "-c", code],
            env=environment | {"PYTHONHASHSEED": seed},
            check=True,
            capture_output=True,
        ).stdout
        for seed in ("1", "2")
    ]
    assert {*written} == {client.get(ADDRESS).content}

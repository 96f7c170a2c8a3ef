"""An edition as a file: out and in again without loss, or refused whole with reasons.

The schema itself is in tests/editions/test_schema.py.
"""

import copy
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import BytesIO, StringIO
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.db.models import Model, QuerySet
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from reference import publishing
from reference.editions import (
    LARGEST_FILE,
    SECTIONS,
    FileRefusedError,
    canonical_bytes,
    canonical_document,
    edition_schema,
    fingerprint,
    read_edition_file,
)
from reference.editions.schema_check import schema_faults
from reference.keeping import faults
from reference.models import Contribution, Drug, Edition, HistoryEntry
from tests.editions.spoiling import ANYTHING, at, paths_in
from tests.support.guides.small_guide import begin_guide, publish, with_line
from tests.support.tables import column
from tests.tools.reliability.figures import times

pytestmark = pytest.mark.django_db

State = Edition.State


def imported(raw: bytes, by: User) -> Edition:
    """The draft that lands in the database."""
    document = read_edition_file(raw)
    return publishing.start_from_file(document=document, sha256=fingerprint(raw), by=by)


def refused(raw: bytes) -> list[str]:
    """What is said of a file that is refused before the database is asked."""
    with pytest.raises(FileRefusedError) as error:
        read_edition_file(raw)
    assert error.value.faults
    return error.value.sentences


def refused_import(raw: bytes, by: User) -> list[str]:
    """What is said of an import that is refused whole: nothing is left of it."""
    before = counts()
    with pytest.raises(FileRefusedError) as error:
        imported(raw, by)
    assert counts() == before
    return error.value.sentences


def written(document: Any) -> bytes:
    """A document as a file, in the one form that a file has."""
    text = json.dumps(
        document, ensure_ascii=False, sort_keys=True, separators=(",", ":")
    )
    return text.encode()


def numbered(canonical: bytes, number: int) -> bytes:
    """The June 2024 file as that of another edition."""
    document = json.loads(canonical)
    document["edition"]["number"] = number
    return written(document)


def counts() -> list[int]:
    models: list[type[Model]] = [Drug, Edition, Contribution, HistoryEntry, User]
    return [model._base_manager.count() for model in (*models, *SECTIONS.values())]


@pytest.fixture
def slim(small_file: bytes) -> Any:
    """The small file, for the test to spoil."""
    return json.loads(small_file)


# Out and in again


@pytest.mark.usefixtures("empty_database")
def test_into_an_empty_database_with_the_same_fingerprint(
    canonical: bytes, author: User
) -> None:
    draft = imported(canonical, author)
    assert publishing.fingerprint_of(draft) == fingerprint(canonical)
    assert canonical_bytes(canonical_document(draft)) == canonical
    assert (draft.state, draft.number, draft.imported_by) == (State.DRAFT, 1, "")
    assert draft.canonical is None
    assert list(faults()) == []


@pytest.mark.usefixtures("empty_database")
def test_rows_keep_their_order(canonical: bytes, author: User) -> None:
    draft = imported(canonical, author)
    for section, model in SECTIONS.items():
        rows = model._base_manager.filter(edition=draft).order_by("position")
        positions = list(rows.values_list("position", flat=True))
        assert positions == list(range(1, len(positions) + 1))
        keys = [row["key"] for row in json.loads(canonical)[section]]
        assert list(rows.values_list("key", flat=True)) == keys


def test_it_lands_as_a_draft_that_its_importer_cannot_publish(
    small_file: bytes, author: User, reviewer: User
) -> None:
    draft = imported(small_file, author)
    assert "You edited this edition" in publishing.why_not_publisher(draft, author)
    assert publishing.why_not_publisher(draft, reviewer) == ""
    assert not draft.drug.editions.public().exists()


def test_the_import_is_on_record(small_file: bytes, author: User) -> None:
    draft = imported(small_file, author)
    entry = draft.drug.history.get()
    assert (entry.act, entry.actor, entry.edition_number) == ("started", author, 1)
    assert entry.reason == f"From a file with the SHA-256 {fingerprint(small_file)}"


def test_what_was_written_here_comes_back_as_it_was(
    author: User, reviewer: User
) -> None:
    guide = with_line(begin_guide(author), by=author)
    Drug.objects.filter(pk=guide.drug_id).update(drug_class="an example")
    raw = bytes(publish(guide, author=author, reviewer=reviewer).canonical or b"")
    document = json.loads(raw)
    document["drug"]["slug"] = "another"
    draft = imported(written(document), author)
    assert canonical_bytes(canonical_document(draft)) == written(document)


def test_the_next_edition_of_a_drug_lands_beside_the_one_in_force(
    canonical: bytes, author: User
) -> None:
    draft = imported(numbered(canonical, 3), author)
    assert (draft.number, draft.state) == (3, State.DRAFT)
    assert Edition.objects.in_force().get().number == 1


def test_an_import_of_a_drug_that_has_no_edition_yet_lands(
    small_file: bytes, author: User
) -> None:
    drug = Drug.objects.create(**json.loads(small_file)["drug"])
    draft = imported(small_file, author)
    assert (draft.number, draft.state, draft.drug) == (1, State.DRAFT, drug)


def test_an_import_holds_the_row_of_its_drug_before_it_reads_its_editions(
    canonical: bytes, author: User
) -> None:
    """PostgreSQL lets no other act begin meanwhile; SQLite holds all there is."""
    raw = numbered(canonical, 2)
    read = read_edition_file(raw)
    with CaptureQueriesContext(connection) as asked:
        publishing.start_from_file(document=read, sha256=fingerprint(raw), by=author)
    questions = [str(query["sql"]) for query in asked]
    _, held, *_ = (text for text in questions if ' FROM "reference_' in text)
    assert held.startswith('SELECT "reference_drug"."id"')
    assert 'WHERE "reference_drug"."id" = ' in held
    if connection.vendor == "postgresql":
        assert held.endswith(" FOR NO KEY UPDATE")


# What does not fit the database


def test_a_number_that_is_taken_is_refused(canonical: bytes, author: User) -> None:
    assert refused_import(canonical, author) == [
        "edition.number: Here is edition 1 already; the next one comes after it."
    ]


def test_an_open_draft_and_other_names_are_told_together(
    canonical: bytes, author: User
) -> None:
    publishing.start_draft(drug=Drug.objects.get(slug="anakinra"), by=author)
    document = json.loads(canonical)
    document["drug"]["brand_name"] = "Other"
    document["edition"]["number"] = 9
    assert refused_import(written(document), author) == [
        'drug.brand_name: Here the drug has another text: "Kineret".',
        "$: anakinra, edition 2 (in preparation) is draft. Finish or discard it first.",
    ]


def test_who_comes_second_with_a_new_drug_is_told_and_imports_nothing(
    canonical: bytes, author: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The drug was made after this import had looked for it and found none."""
    monkeypatch.setattr(QuerySet, "first", lambda _: None)
    assert refused_import(canonical, author) == [
        "$: Somebody else was quicker with this drug. Nothing was imported."
    ]


def test_rows_that_do_not_give_the_bytes_again_are_not_kept(
    slim: Any, author: User
) -> None:
    document, before = read_edition_file(written(slim)), counts()
    with pytest.raises(FileRefusedError) as error:
        publishing.start_from_file(document=document, sha256="0" * 64, by=author)
    assert error.value.sentences == ["$: The rows do not give the file's bytes again."]
    assert counts() == before


# What is no edition


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (b"", "$: The file is empty."),
        (b" \n", "$: The file is empty."),
        (b"\xff\xfe{}", "$: Byte 0 is not UTF-8."),
        (b"{", "$: This is not JSON: "),
        (b"\xef\xbb\xbf{}", "$: This is not JSON: "),
        (b"{} {}", "$: This is not JSON: "),
        (b"[]", "$: This has to be an object."),
        (b"null", "$: This has to be an object."),
        (b"NaN", "$: This has to be an object."),
        (b"[" * 100_000, "$: Lists or objects stand in each other too deeply."),
        (b'{"drug":' * 100_000, "$: Lists or objects stand in each other too deeply."),
        (b"1" * 5000, "$: A number in the file has thousands of digits."),
        (b" " * (LARGEST_FILE + 1), "$: The file is larger than 5,000,000 bytes."),
        (b"{}", "drug: This is missing."),
    ],
    ids=range(14),
)
def test_another_file_is_refused_in_a_sentence(raw: bytes, said: str) -> None:
    assert refused(raw)[0].startswith(said)


def test_every_fault_is_named_by_its_path(canonical: bytes) -> None:
    document = json.loads(canonical)
    regimens = document["regimens"]
    regimens[0]["low"] = 100
    del regimens[1]["basis"]
    regimens[2]["basis"] = "µg/dose"
    regimens[3]["dose"] = "1"
    document["codes"][1]["key"] = document["codes"][0]["key"]
    regimens[6]["indication"] = "nowhere"
    regimens[7] |= {"low": "5", "high": "3"}
    regimens[8]["revised_on"] = "2024-02-30"
    document["monitoring"][0]["months"] = [3, 1]
    document["discrepancy_lines"][0]["row_key"] = "nowhere"
    document["cautions"][0]["text"] = "{nothing}"
    document["edition"]["number"] = True
    document["drug"]["slug"] = "schemas"
    document["unheard"] = {}
    paths = {sentence.partition(": ")[0] for sentence in refused(written(document))}
    assert paths == set(column(__file__, "Every fault is named by its path"))


def test_a_number_without_quotes_is_told_how_to_be_written(slim: Any) -> None:
    slim["regimens"][0]["low"] = 100
    assert refused(written(slim)) == ["regimens[0].low: This has to be text in quotes."]


def test_a_key_that_stands_twice_is_refused(small_file: bytes) -> None:
    twice = small_file.replace(b'"basis":', b'"basis":"mg/dose","basis":', 1)
    assert refused(twice) == ["regimens[0].basis: This key stands here more than once."]


@pytest.mark.parametrize(
    "value", ["NaN", "Infinity", "-Infinity", "1.0", "1e2", "9e99"]
)
def test_a_number_that_is_not_whole_is_refused(small_file: bytes, value: str) -> None:
    odd = small_file.replace(b'"number":1,', f'"number":{value},'.encode(), 1)
    assert refused(odd)[0].endswith(".number: This has to be a whole number.")


@pytest.mark.parametrize("number", [0, -1, 10**9, 2**31, 10**400])
def test_a_number_that_no_edition_can_have_is_refused(slim: Any, number: int) -> None:
    slim["edition"]["number"] = number
    (said,) = refused(written(slim))
    assert said.startswith("edition.number: This has to be from 1 to ")


def test_text_that_no_database_stores_is_refused(small_file: bytes) -> None:
    for escaped in (b"\\u0000", b"\\ud800"):
        odd = small_file.replace(b'"label":"', b'"label":"' + escaped, 1)
        (said,) = refused(odd)
        assert said.startswith("edition.label: ")


def test_what_is_said_of_an_odd_key_is_safe_for_a_terminal(slim: Any) -> None:
    slim["\x1b[2J" + "x" * 200] = 1
    (said,) = refused(written(slim))
    assert said.startswith('["\\u001b[2Jxxx')
    assert said.replace("…", "").isascii()
    assert len(said) < 120


@pytest.mark.parametrize(
    "form",
    [
        lambda raw: raw + b"\n",
        lambda raw: json.dumps(json.loads(raw), indent=2).encode(),
        lambda raw: json.dumps(json.loads(raw), sort_keys=True).encode(),
        lambda raw: raw.replace("ç".encode(), b"\\u00e7", 1),
    ],
    ids=["line", "indented", "spaced", "escaped"],
)
def test_the_same_content_in_other_bytes_is_refused(
    canonical: bytes, form: Callable[[bytes], bytes]
) -> None:
    (said,) = refused(form(canonical))
    assert said.startswith("$: The content is that of an edition")


@settings(max_examples=times(25, 200))
@given(data=st.data())
def test_our_check_refuses_what_the_schema_refuses(
    canonical: bytes, data: st.DataObject
) -> None:
    document = json.loads(canonical)
    path = data.draw(st.sampled_from(list(paths_in(document))[1:]))
    at(document, path[:-1])[path[-1]] = data.draw(ANYTHING)
    schema = edition_schema()
    found = list(schema_faults(document, schema))
    theirs = list(Draft202012Validator(schema).iter_errors(document))
    if theirs:
        assert found
        assert {path[:2]} <= {fault[:2] for fault, _ in found} | {path[:1]}
    else:  # 1.0 is whole to a schema, a line may follow the end of a pattern in Python
        value = at(document, path)
        is_odd = isinstance(value, float) or (
            isinstance(value, str) and (value.endswith("\n") or not is_unicode(value))
        )
        assert is_odd or not found


def is_unicode(text: str) -> bool:
    return text == text.encode(errors="replace").decode()


# Any spoiled file


@pytest.fixture(scope="module")
def small_file(canonical: bytes) -> bytes:
    """A few rows of each section of the guide, with what they point to."""
    document = json.loads(canonical)
    kept = {section: document[section][:1] for section in SECTIONS}
    (line,) = kept["discrepancy_lines"]
    kept["discrepancies"] = [
        row for row in document["discrepancies"] if row["key"] == line["discrepancy"]
    ]
    kept[line["section"]] = [
        row for row in document[line["section"]] if row["key"] == line["row_key"]
    ]
    wanted = {
        row["indication"]
        for section in ("synonyms", "regimens", "codes")
        for row in kept[section]
        if "indication" in row
    }
    kept["indications"] = [
        row for row in document["indications"] if row["key"] in wanted
    ]
    notes = {row.get("note") for row in kept["discrepancies"]}
    kept["cautions"] = [
        row
        for row in document["cautions"]
        if row["key"] in (*notes, "small-dose", "discrepancy-open")
    ]
    drug = document["drug"] | {"slug": "small"}
    return written({"drug": drug, "edition": document["edition"], **kept})


TEXTS = st.sampled_from(
    ["", "0", "1", "2024", "ra-sc", "ra", "mg", "mg/kg/day", "open", "x", "é", "\x00"]
)
VALUES = st.one_of(ANYTHING, TEXTS, st.integers(-1, 5), st.lists(st.integers(0, 5)))


@st.composite
def spoiled(draw: st.DrawFn, document: Any) -> Any:
    """The document after some changes: values, keys, rows put in, out and elsewhere."""
    document = copy.deepcopy(document)
    for _ in range(draw(st.integers(1, 4))):
        path = draw(st.sampled_from(list(paths_in(document))[1:]))
        parent: Any = at(document, path[:-1])
        change = draw(st.sampled_from(["replace", "remove", "add", "copy", "swap"]))
        if change == "replace":
            parent[path[-1]] = draw(VALUES)
        elif change == "remove":
            del parent[path[-1]]
        elif change == "add" and isinstance(parent, dict):
            parent[draw(st.text(max_size=5))] = draw(VALUES)
        elif change == "copy" and isinstance(parent, list):
            parent.append(copy.deepcopy(at(document, path)))
        elif isinstance(parent, list):
            parent.reverse()
    return document


@settings(
    max_examples=times(20, 150),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(data=st.data())
def test_a_spoiled_file_is_imported_to_the_letter_or_refused_whole(
    small_file: bytes, author: User, data: st.DataObject
) -> None:
    raw = json.dumps(
        data.draw(spoiled(json.loads(small_file))),
        ensure_ascii=False,
        sort_keys=True,
        separators=(",", ":"),
    ).encode(errors="surrogatepass")
    before = counts()
    with transaction.atomic():
        try:
            draft = imported(raw, author)
        except FileRefusedError as error:
            assert error.sentences
            assert counts() == before
        else:
            assert canonical_bytes(canonical_document(draft)) == raw
            assert draft.state == State.DRAFT
        transaction.set_rollback(True)
    assert counts() == before


def test_the_small_file_itself_is_imported(small_file: bytes, author: User) -> None:
    draft = imported(small_file, author)
    assert publishing.fingerprint_of(draft) == fingerprint(small_file)


@settings(max_examples=times(50, 300))
@given(place=st.integers(0, 10_000), bits=st.integers(1, 255))
def test_one_damaged_byte_is_never_taken_for_the_same_edition(
    small_file: bytes, place: int, bits: int
) -> None:
    damaged = bytearray(small_file)
    damaged[place % len(damaged)] ^= bits
    try:
        document = read_edition_file(bytes(damaged))
    except FileRefusedError as error:
        assert error.sentences
    else:
        assert canonical_bytes(document) == bytes(damaged) != small_file


# The commands


@contextmanager
def standard_input(monkeypatch: pytest.MonkeyPatch, raw: bytes) -> Iterator[None]:
    with monkeypatch.context() as patch:
        patch.setattr("sys.stdin", SimpleNamespace(buffer=BytesIO(raw)))
        yield


def said_by(command: str, *args: str) -> tuple[str, str]:
    """What a command says on standard output and on standard error."""
    out, err = StringIO(), StringIO()
    call_command(command, *args, stdout=out, stderr=err)
    return out.getvalue(), err.getvalue()


def test_the_bytes_go_to_standard_output_and_nothing_else(
    canonical: bytes, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    _, err = said_by("export_edition", "anakinra", "1")
    assert capfdbinary.readouterr().out == canonical
    assert "anakinra, edition 1 (June 2024), published: 342 rows" in err
    assert fingerprint(canonical) in err
    assert "manage.py import_edition - --by ACCOUNT" in err


def test_a_file_that_is_there_is_never_written_over(
    canonical: bytes, tmp_path: Path
) -> None:
    file = tmp_path / "edition.json"
    said_by("export_edition", "anakinra", "1", "--output", str(file))
    assert file.read_bytes() == canonical
    with pytest.raises(CommandError, match="is there already"):
        said_by("export_edition", "anakinra", "1", "--output", str(file))
    with pytest.raises(CommandError, match="could not be written"):
        said_by("export_edition", "anakinra", "1", "--output", f"{file}/x")


def test_an_edition_that_there_is_not_is_answered_with_those_there_are() -> None:
    for slug in ("anakinra", "nothing"):
        with pytest.raises(CommandError, match=r"There is: .*anakinra 1"):
            said_by("export_edition", slug, "7")


def test_a_draft_leaves_only_when_it_is_asked_for(
    published_edition: Edition, author: User, tmp_path: Path
) -> None:
    draft = publishing.start_draft(drug=published_edition.drug, by=author)
    asked = ("export_edition", "anakinra", "2", "--output", str(tmp_path / "draft"))
    with pytest.raises(CommandError, match="Add --draft"):
        said_by(*asked)
    _, err = said_by(*asked, "--draft")
    raw = (tmp_path / "draft").read_bytes()
    assert raw == canonical_bytes(canonical_document(draft))
    assert "Submitting it will change it" in err


@pytest.mark.usefixtures("tampering")
def test_an_edition_that_was_tampered_with_is_not_exported(
    published_edition: Edition,
) -> None:
    Edition.objects.filter(pk=published_edition.pk).update(canonical=b"{}")
    with pytest.raises(CommandError, match="does not match its fingerprint"):
        said_by("export_edition", "anakinra", "1")


@pytest.mark.usefixtures("empty_database")
def test_import_says_what_it_did_and_what_comes_next(
    canonical: bytes, author: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    with standard_input(monkeypatch, canonical):
        out, _ = said_by("import_edition", "-", "--by", author.username)
    draft = Edition.objects.get()
    assert "Imported anakinra, edition 1 (June 2024) as a draft: 342 rows." in out
    assert fingerprint(canonical) in out
    assert f"/admin/reference/edition/{draft.pk}/change/" in out
    assert "password" not in out


@pytest.mark.usefixtures("empty_database")
def test_the_first_accounts_come_with_the_first_import(
    canonical: bytes, tmp_path: Path
) -> None:
    file = tmp_path / "edition.json"
    file.write_bytes(canonical)
    with pytest.raises(CommandError, match="There is no account 'nobody'"):
        said_by("import_edition", str(file), "--by", "nobody")
    assert not User.objects.exists()
    out, _ = said_by("import_edition", str(file), "--by", "author")
    assert "Their passwords are shown this once" in out
    assert Contribution.objects.get().user.username == "author"


@pytest.mark.usefixtures("empty_database")
def test_a_refused_file_leaves_nothing_and_lists_every_fault(
    canonical: bytes, tmp_path: Path
) -> None:
    document = json.loads(canonical)
    document["regimens"][3]["low"] = 5
    document["storage"][0]["text"] = ""
    file = tmp_path / "edition.json"
    file.write_bytes(written(document))
    before, err = counts(), StringIO()
    with pytest.raises(CommandError, match="Nothing was imported: 2 faults"):
        call_command("import_edition", str(file), "--by", "author", stderr=err)
    assert [line.partition(": ")[0] for line in err.getvalue().splitlines()] == [
        "regimens[3].low",
        "storage[0].text",
    ]
    assert counts() == before
    with pytest.raises(CommandError, match="could not be read"):
        said_by("import_edition", str(tmp_path / "nowhere"), "--by", "author")


def test_a_person_without_the_right_is_refused_in_a_sentence(
    slim: Any, person: Callable[..., User], tmp_path: Path
) -> None:
    person("sam")
    file = tmp_path / "edition.json"
    file.write_bytes(written(slim))
    with pytest.raises(CommandError, match="Nothing was imported: Your account"):
        said_by("import_edition", str(file), "--by", "sam")


def test_a_preparation_like_another_is_refused_by_its_path_as_the_desk_does(
    slim: Any, author: User
) -> None:
    second = slim["preparations"][0] | {"key": "second"}
    slim["preparations"].append(second)
    assert refused_import(written(slim), author) == [
        "preparations[1]: Another preparation of this edition has this name and this "
        "strength. With several, each dose asks which one it is drawn from."
    ]

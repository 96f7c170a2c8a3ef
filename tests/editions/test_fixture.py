"""What the June 2024 edition promises: the whole guide, letter for letter, and no more.

tests/editions/source holds the committee's text; nothing of it is left out.
"""

import hashlib
import re
from collections import Counter
from itertools import groupby
from pathlib import Path
from typing import Any

import pytest

from reference.dosing import dose_rule
from reference.dosing.cautions import PLACEHOLDER, PLACEHOLDERS
from reference.dosing.rules import regimen_problems
from reference.editions import SECTIONS, Document
from tests.support.tables import column

pytestmark = pytest.mark.any_database

SOURCE = Path(__file__).parent / "source" / "anakinra-guide-2024-06.txt"
LIST_MARKER = re.compile(r"^(?:- |\d+\. )", re.MULTILINE)
EMPTY_LINK = re.compile(r"\[(.+?)\]\(#\)")

# Written for this site: where these rows quote, they quote the guide.
SITE_SECTIONS = {"synonyms", "cautions", "discrepancies", "discrepancy_lines", "codes"}
GUIDE_SECTIONS = [section for section in SECTIONS if section not in SITE_SECTIONS]

# Where the words shown are not the words printed.
CORRECTIONS = {
    "Should be store ": "Should be stored ",
    "Subcutaneously: ": "",
    "Intravenous: ": "",
}

INDICATIONS = column(__file__, "Indications in the printed order")
REGIMENS = column(__file__, "Lines in the printed order")

CAUTION_CODES = set(column(__file__, "Codes of cautions in the contract"))
# Since the contract: answers to requests that name a creatinine clearance.
LATER_CODES = set(column(__file__, "Codes of cautions since the contract"))
UNDER_TABLE_CODES = set(column(__file__, "Codes of what stands under the table"))


def guide_text() -> str:
    """The guide without bullets, list numbers and empty links; nothing else is gone."""
    text = SOURCE.read_text(encoding="utf-8")
    return EMPTY_LINK.sub(r"\1", LIST_MARKER.sub("", text))


def guide_lines() -> list[str]:
    return [line for line in guide_text().splitlines() if line]


def printed_pieces(document: Document) -> list[str]:
    """Every text of the edition that is the committee's own, as the rows hold it."""
    edition = document["edition"]
    names = ("printed_title", "overview", "revision_line", "disclaimer")
    texts = [edition[name] for name in names]
    for section in GUIDE_SECTIONS:
        texts += [row["printed"] for row in document[section]]
    for heading in document["headings"]:
        texts += [heading["lead"], heading["footnote"]]
    return [text for text in texts if text]


def printed_lines(document: Document) -> list[str]:
    """The same, with the instructions that share a printed line put together again."""
    by_route = groupby(document["administration"], key=lambda row: row["route"])
    joined = [" ".join(row["printed"] for row in rows) for _, rows in by_route]
    return printed_pieces(document) + joined


def discrepancies_of(
    document: Document, section: str, key: str
) -> list[dict[str, Any]]:
    about = {
        line["discrepancy"]
        for line in document["discrepancy_lines"]
        if (line["section"], line["row_key"]) == (section, key)
    }
    return [row for row in document["discrepancies"] if row["key"] in about]


# The guide is in the edition


def test_the_source_is_the_committees_text_untouched() -> None:
    digest = hashlib.sha256(SOURCE.read_bytes()).hexdigest()
    assert digest == "e19f33723b2a3d166628afee34e646e4f3dfba1db780d9afae881c93553222ff"


def test_every_line_of_the_guide_is_in_the_edition_as_often_as_printed(
    document: Document,
) -> None:
    missing = Counter(guide_lines()) - Counter(printed_lines(document))
    assert not missing


def test_every_sentence_clause_and_list_item_is_in_one_piece(
    document: Document,
) -> None:
    pieces = printed_pieces(document)
    for line in guide_lines():
        for part in re.split(r"(?<=[.,;:])\s| and ", line):
            assert any(part in piece for piece in pieces), part


def test_each_instruction_for_giving_the_drug_is_a_row(document: Document) -> None:
    by_route = groupby(document["administration"], key=lambda row: row["route"])
    assert {route: len(list(rows)) for route, rows in by_route} == {
        "subcutaneous": 6,
        "intravenous": 4,
    }
    for row in document["administration"]:
        assert ";" not in row["printed"][:-1]
        assert ". " not in row["printed"]


def test_each_adverse_reaction_of_a_printed_list_is_a_row(document: Document) -> None:
    for group in document["adverse_reaction_groups"]:
        head, _, listed = group["printed"].partition(": ")
        assert head == f"{group['population']} (≥{group['threshold_percent']}%)"
        reactions = [
            row["printed"]
            for row in document["adverse_reactions"]
            if row["group"] == group["key"]
        ]
        assert reactions == re.split(r", | and ", listed)


def test_13_indications_15_regimens_and_6_warnings(document: Document) -> None:
    assert [row["key"] for row in document["indications"]] == INDICATIONS
    assert [row["key"] for row in document["regimens"]] == REGIMENS
    assert [row["number"] for row in document["warnings"]] == [1, 2, 3, 4, 5, 6]


def test_rows_stand_in_the_printed_order(document: Document) -> None:
    lines = guide_lines()
    for section in GUIDE_SECTIONS:
        found = [row["printed"] for row in document[section] if row["printed"] in lines]
        places = [lines.index(printed) for printed in found]
        assert places == sorted(places), section


def test_warnings_have_their_printed_numbers(document: Document) -> None:
    source = SOURCE.read_text(encoding="utf-8").splitlines()
    for row in document["warnings"]:
        assert f"{row['number']}. {row['printed']}" in source


def test_asterisks_are_those_of_the_printed_list(document: Document) -> None:
    for row in document["indications"]:
        assert row["printed_asterisk"] == row["printed"].endswith("*")


def test_no_link_is_made_up(document: Document) -> None:
    assert [row["title"] for row in document["resources"]] == EMPTY_LINK.findall(
        SOURCE.read_text(encoding="utf-8")
    )
    assert {row["url"] for row in document["resources"]} == {""}


# The edition is in the guide


@pytest.mark.parametrize("section", SECTIONS)
def test_everything_called_printed_is_in_the_guide(
    document: Document, section: str
) -> None:
    guide = guide_text()
    for row in document[section]:
        assert row["printed"] in guide, row["key"]
        assert row["printed"] or section in SITE_SECTIONS, row["key"]


def test_the_editions_own_texts_are_in_the_guide(document: Document) -> None:
    lines = guide_lines()
    for text in printed_lines(document):
        assert text in lines or any(text in line for line in lines), text


def words_of(text: str) -> str:
    """The letters and digits of a text; a dash between numbers is the word "to"."""
    spelled = re.sub(r"(?<=\d)-(?=\d)", "to", text.casefold())
    return "".join(filter(str.isalnum, spelled))


@pytest.mark.parametrize("section", GUIDE_SECTIONS)
def test_what_is_shown_has_the_words_of_the_print(
    document: Document, section: str
) -> None:
    for row in document[section] if section != "regimens" else ():
        printed = row["printed"]
        for wrong, right in CORRECTIONS.items():
            printed = printed.replace(wrong, right)
        assert words_of(row.get("text", printed)) == words_of(printed), row["key"]


def test_a_line_has_an_amount_in_other_words_only_where_its_fields_read_badly(
    document: Document,
) -> None:
    """With a slash for each per, and in small letters, it is printed."""
    texts = {row["key"]: row["text"] for row in document["regimens"] if row["text"]}
    assert texts == {
        "css-sc": "2 to 10 mg/kg per DAY in 2 to 4 divided doses",
        "nomid-sc": "1 to 2 mg/kg daily in divided doses",
        "dira-sc": "1 to 2 mg/kg daily",
        "fmf-pediatric-sc": "1 to 2 mg/kg per dose once daily",
        "css-iv": "2 mg/kg per HOUR as a continuous infusion",
    }
    printed = {row["key"]: row["printed"] for row in document["regimens"]}
    for key, text in texts.items():
        assert words_of(text.replace(" per ", "/")) in words_of(printed[key])


def test_the_words_round_a_duration_are_printed_round_its_number(
    document: Document,
) -> None:
    words = {
        row["key"]: row["duration_words"].replace("{duration}", duration)
        for row in document["regimens"]
        if row["duration_words"]
        for ends in [{row["duration_low"], row["duration_high"]}]
        for duration in [
            f"{' to '.join(map(str, sorted(ends)))} {row['duration_unit']}"
        ]
    }
    assert set(words) == {"pericarditis-sc", "gout-sc"}
    for row in document["regimens"]:
        assert words.get(row["key"], "") in row["printed"]


def test_how_often_every_line_is_given_is_said(document: Document) -> None:
    for row in document["regimens"]:
        is_continuous = "continuous infusion" in row["printed"]
        expected = "continuous" if is_continuous else "times-a-day"
        assert row["how_often"] == expected


def test_whom_a_line_is_for_is_printed_or_marked_as_the_labels(
    document: Document,
) -> None:
    for row in document["regimens"]:
        words = row["who_words"]
        assert "(label)" in words or words in row["printed"].casefold()


def test_the_one_syringe_serves_every_route_of_the_guide(document: Document) -> None:
    (syringe,) = document["preparations"]
    assert set(syringe["routes"]) == {row["route"] for row in document["regimens"]}


def test_figures_that_the_guide_has_not_are_marked_as_of_other_sources(
    document: Document,
) -> None:
    notes = {row["key"]: row["note"] for row in document["adverse_reaction_groups"]}
    assert notes["nomid"] == ""
    for key, figures in (("ra", "19%, placebo 29%"), ("dira", "9 patients")):
        assert notes[key].startswith("From other sources: ")
        assert figures in notes[key]


def test_shown_text_has_its_typography_corrected(document: Document) -> None:
    shown = "\n".join(
        row["text"]
        for section in GUIDE_SECTIONS
        for row in document[section]
        if "text" in row
    )
    for unspaced in re.findall(r"\d(?:mg|mL|°C)", shown):
        pytest.fail(unspaced)
    assert "E. coli-derived" in shown
    assert "Should be stored" in shown


# Numbers


AMOUNT = re.compile(r"(\d+)(?:(?: to |-)(\d+))? ?(mg(?:/kg)?(?:/\w+)?|\w+)")


def printed_numbers(regimen: dict[str, Any]) -> dict[tuple[str, str], str]:
    """Each number and unit after the indication's name, and where it stands."""
    _, _, line = regimen["printed"].partition(": ")
    found = {
        (number, match[3]): match[0]
        for match in AMOUNT.finditer(line)
        for number in match.group(1, 2)
        if number
    }
    assert len(found) == len(re.findall(r"\d+", line))
    return found


def structured_numbers(regimen: dict[str, Any]) -> set[tuple[str, str]]:
    """Each number and unit of a regimen's fields, where it is not printed in words."""
    basis = regimen["basis"]
    numbers = {(regimen[name], basis) for name in ("low", "high", "increase_to")}
    for per in ("dose", "day"):
        unit = f"{regimen[f'max_per_{per}_unit']}/{per}"
        numbers.add((regimen[f"max_per_{per}"], unit))
    if regimen["divided"]:
        numbers |= {(regimen[f"doses_per_day_{e}"], "divided") for e in ("low", "high")}
    for end in ("low", "high"):
        numbers.add((regimen[f"duration_{end}"], regimen["duration_unit"]))
    return {(str(number), unit) for number, unit in numbers if number is not None}


def agrees(printed: tuple[str, str], structured: tuple[str, str]) -> bool:
    """Whether the number is the same, and no part of its unit contradicts the print."""
    units, row_units = set(printed[1].split("/")), set(structured[1].split("/"))
    return (
        printed[0] == structured[0]
        and units <= row_units
        and ("kg" in units) == ("kg" in row_units)
    )


def test_every_printed_number_is_in_the_row_but_the_disputed_maxima(
    document: Document,
) -> None:
    not_in_row = {
        (regimen["key"], amount)
        for regimen in document["regimens"]
        for printed, amount in printed_numbers(regimen).items()
        if not any(agrees(printed, number) for number in structured_numbers(regimen))
    }
    assert not_in_row == {("nomid-sc", "8mg/day"), ("dira-sc", "8mg/day")}


def test_every_number_in_a_row_is_printed_but_the_disputed_maxima(
    document: Document,
) -> None:
    not_printed = {
        (regimen["key"], *number)
        for regimen in document["regimens"]
        for number in structured_numbers(regimen)
        if not any(agrees(printed, number) for printed in printed_numbers(regimen))
    }
    assert not_printed == {
        ("nomid-sc", "8", "mg/kg/day"),
        ("dira-sc", "8", "mg/kg/day"),
    }


@pytest.mark.parametrize("key", ["nomid-sc", "dira-sc"])
def test_a_discrepancy_explains_each_disputed_maximum(
    document: Document, key: str
) -> None:
    (regimen,) = (row for row in document["regimens"] if row["key"] == key)
    assert regimen["maximum_source"] == "US label"
    assert any(
        "8mg/day" in note["printed"]
        and "8 mg per kg per day" in note["source_says"]
        and note["dose_relevant"]
        and note["ruling"] == "open"
        for note in discrepancies_of(document, "regimens", key)
    )


def test_once_daily_and_divided_are_as_printed(document: Document) -> None:
    for regimen in document["regimens"]:
        is_divided = "divided doses" in regimen["printed"]
        is_once = "daily" in regimen["printed"] and not is_divided
        counts = (regimen["doses_per_day_low"], regimen["doses_per_day_high"])
        assert regimen["divided"] == is_divided
        assert (counts == (1, 1)) == is_once


def test_every_regimen_can_be_worked_out(document: Document) -> None:
    for regimen in document["regimens"]:
        assert regimen_problems(regimen) == []


def test_every_listed_indication_has_a_regimen_but_kawasaki(document: Document) -> None:
    dosed = {regimen["indication"] for regimen in document["regimens"]}
    assert set(INDICATIONS) - dosed == {"kawasaki"}


def test_status_is_not_read_from_the_asterisk(document: Document) -> None:
    by_status: dict[str, set[str]] = {}
    for row in document["indications"]:
        by_status.setdefault(row["status"], set()).add(row["key"])
        assert row["status_note"]
    assert by_status["FDA-approved"] == {"rheumatoid-arthritis", "nomid", "dira"}
    assert by_status["emergency use"] == {"covid-19"}
    assert len(by_status["off-label"]) == 9


def test_strength_storage_and_monitoring_agree_with_the_print(
    document: Document,
) -> None:
    (syringe,) = document["preparations"]
    assert (
        f"{syringe['strength_mg']}mg/{syringe['strength_ml']} mL"
        in (syringe["printed"])
    )
    (storage,) = document["storage"]
    assert (
        f"{storage['low_celsius']}°C to {storage['high_celsius']}°C"
        in (storage["printed"])
    )
    (diluent,) = filter(
        None, (r["diluent_ml_per_mg"] for r in document["administration"])
    )
    assert diluent == "1"
    (count,) = document["monitoring"]
    assert count["months"] == [0, 1, 2, 3, 6, 9, 12]
    assert count["months_other_reading"] == [*count["months"], 15]
    assert count["note"].startswith("Read as months 0, 1, 2, 3, 6, 9, 12. ")


# What the site adds: discrepancies, cautions and dates


def test_every_discrepancy_line_names_a_row(document: Document) -> None:
    keys = {section: {row["key"] for row in document[section]} for section in SECTIONS}
    for line in document["discrepancy_lines"]:
        assert line["row_key"] in keys[line["section"]], line["key"]


def test_every_discrepancy_is_open_and_says_what_it_means(document: Document) -> None:
    for row in document["discrepancies"]:
        assert row["ruling"] == "open"
        assert row["source_says"].endswith(".")
        assert row["consequence"].endswith(".")
        assert not row["title"].endswith(".")
        assert re.match(r"https://\S+$|$", row["source_url"])
        if row["kind"] in {"conflict", "ambiguity", "wording"}:
            assert row["printed"] or row["key"] == "needle-cover-latex"


def test_a_dose_names_at_most_four_discrepancies(document: Document) -> None:
    for regimen in document["regimens"]:
        assert len(dose_rule(document, regimen).discrepancies) <= 4


def test_cautions_have_the_codes_of_the_contract(document: Document) -> None:
    assert {row["code"] for row in document["cautions"]} == (
        CAUTION_CODES | LATER_CODES | UNDER_TABLE_CODES
    )


def test_cautions_hold_only_placeholders_that_are_filled(document: Document) -> None:
    for row in document["cautions"]:
        assert set(PLACEHOLDER.findall(row["text"])) <= PLACEHOLDERS
        assert "{" not in PLACEHOLDER.sub("", row["text"])
    for row in document["discrepancies"]:
        assert not PLACEHOLDER.search(row["title"] + row["consequence"])


def test_the_disputed_maximum_is_named_in_both_figures(document: Document) -> None:
    disputed = {
        row["key"]: caution.text
        for row in document["regimens"]
        for caution in dose_rule(document, row).cautions
        if caution.code == "printed-maximum-disputed"
    }
    assert disputed.keys() == {"nomid-sc", "dira-sc"}
    for text in disputed.values():
        assert "8 mg/kg per day (label)" in text
        assert "printed 8 mg per day" in text


def test_cautions_quote_the_guide_letter_for_letter(document: Document) -> None:
    guide = guide_text()
    quotes = [
        quote
        for row in document["cautions"]
        for quote in re.findall("“(.+?)”", row["text"])
    ]
    assert quotes
    for quote in quotes:
        assert quote in guide


def test_rows_of_the_guide_date_from_june_2024_and_the_sites_from_later(
    document: Document,
) -> None:
    for section in SECTIONS:
        expected = "2026-11" if section in SITE_SECTIONS else "2024-06"
        assert {row["revised_on"] for row in document[section]} == {expected}

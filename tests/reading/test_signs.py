"""No sign stands in a text that makes people read something else than programs do."""

import json

import pytest

from reference.reading import sign_problems

from .lines import GUIDES

REFUSED = {
    "max 8 \N{RIGHT-TO-LEFT OVERRIDE}100 mg": "RIGHT-TO-LEFT OVERRIDE (U+202E)",
    "max 8 \N{POP DIRECTIONAL FORMATTING}": "POP DIRECTIONAL FORMATTING (U+202C)",
    "a\N{LEFT-TO-RIGHT ISOLATE}b": "LEFT-TO-RIGHT ISOLATE (U+2066)",
    "a\N{POP DIRECTIONAL ISOLATE}b": "POP DIRECTIONAL ISOLATE (U+2069)",
    "a\N{LEFT-TO-RIGHT MARK}b": "LEFT-TO-RIGHT MARK (U+200E)",
    "a\N{ARABIC LETTER MARK}b": "ARABIC LETTER MARK (U+061C)",
    "10\N{ZERO WIDTH SPACE}0": "ZERO WIDTH SPACE (U+200B)",
    "10\N{ZERO WIDTH JOINER}0": "ZERO WIDTH JOINER (U+200D)",
    "10\N{WORD JOINER}0": "WORD JOINER (U+2060)",
    "\N{ZERO WIDTH NO-BREAK SPACE}10": "ZERO WIDTH NO-BREAK SPACE (U+FEFF)",
    "weekly\N{SOFT HYPHEN}": "SOFT HYPHEN (U+00AD)",
    "June\N{LINE TABULATION}2024": "LINE TABULATION (U+000B)",
    "June\x00": "NULL (U+0000)",
    "June\x85": "UNNAMED SIGN (U+0085)",
    "June\r2024": "CARRIAGE RETURN (U+000D)",
    "June\N{LINE SEPARATOR}2024": "LINE SEPARATOR (U+2028)",
    "June\ue000": "UNNAMED SIGN (U+E000)",
    "d\N{CYRILLIC SMALL LETTER A}ily": "CYRILLIC SMALL LETTER A (U+0430)",
    "\N{CYRILLIC CAPITAL LETTER ES}OVID": "CYRILLIC CAPITAL LETTER ES (U+0421)",
    "d\N{GREEK SMALL LETTER OMICRON}se": "GREEK SMALL LETTER OMICRON (U+03BF)",
    "d\N{GREEK SMALL LETTER ALPHA}ily": "GREEK SMALL LETTER ALPHA (U+03B1)",
    "\N{GREEK CAPITAL LETTER ALPHA}nakinra": "GREEK CAPITAL LETTER ALPHA (U+0391)",
    "\N{CYRILLIC SMALL LETTER A} dose": "CYRILLIC SMALL LETTER A (U+0430)",
    "\N{FULLWIDTH DIGIT ONE}00 mg": "FULLWIDTH DIGIT ONE (U+FF11)",
    "\N{ARABIC-INDIC DIGIT ONE}00 mg": "ARABIC-INDIC DIGIT ONE (U+0661)",
    "1\N{COMBINING LONG SOLIDUS OVERLAY}00": "COMBINING LONG SOLIDUS OVERLAY (U+0338)",
    "1\N{BRAILLE PATTERN BLANK}00": "BRAILLE PATTERN BLANK (U+2800)",
    "m\N{VARIATION SELECTOR-1}g": "VARIATION SELECTOR-1 (U+FE00)",
}
BELONGING = (
    "IL-1β, TNFα, NF-κB, NFκB, FcγR, interferon-γ, IFN-γ",
    "μg and µg, µmol, µL, m² and 10³",
    "Behçet's disease, Sjögren, cafe\N{COMBINING ACUTE ACCENT}",
    "100\N{NO-BREAK SPACE}mg, 2\N{NARROW NO-BREAK SPACE}°C, 1\N{THIN SPACE}000",
    "first\nsecond\r\nthird\tfourth",
    "“quoted” – dash — ≥ 5 % ± ½ × 3 → see §2 ©®™ …",
    "",
)


@pytest.mark.parametrize("text", REFUSED)
def test_a_sign_that_deceives_is_named(text: str) -> None:
    (problem,) = sign_problems(text)
    assert problem.startswith(REFUSED[text])


@pytest.mark.parametrize("text", BELONGING)
def test_a_sign_that_belongs_is_no_problem(text: str) -> None:
    assert sign_problems(text) == []


def test_a_problem_says_where_the_sign_stands() -> None:
    text = "max 8 \N{RIGHT-TO-LEFT OVERRIDE}01\N{ZERO WIDTH SPACE}"
    assert sign_problems(text) == [
        "RIGHT-TO-LEFT OVERRIDE (U+202E) after “max 8 ”",
        "ZERO WIDTH SPACE (U+200B) after “max 8 01”",
    ]
    (first,) = sign_problems("\N{SOFT HYPHEN}100")
    assert first == "SOFT HYPHEN (U+00AD) at the beginning"


@pytest.mark.parametrize("guide", GUIDES)
def test_no_text_of_a_guide_has_such_a_sign(guide: str) -> None:
    for entry in json.loads(GUIDES[guide].read_text(encoding="utf-8")):
        for value in entry["fields"].values():
            if isinstance(value, str):
                assert sign_problems(value) == [], value

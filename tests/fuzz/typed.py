"""What may be typed into a dose's fields, by the design; and what nobody should type.

Written apart from the site's own grammar, so that the two can be compared.
"""

import random
import re
import sys
import unicodedata
from collections.abc import Mapping
from fractions import Fraction

# Outer white space goes; whatever Unicode calls a separator, and the controls that move
# to another place or line. Those that separate records are seen by nobody.
WHITE = "".join(
    chr(code)
    for code in range(sys.maxunicode + 1)
    if unicodedata.category(chr(code)) in ("Zs", "Zl", "Zp")
    or chr(code) in "\t\n\v\f\r\x85"
)
LONGEST = 1000  # characters, white space included
PLAIN = re.compile("[0-9]+([.][0-9]+)?")
WITH_KG = re.compile(f"([0-9]+([.][0-9]+)?)([{WHITE}]?[kK][gG])?")
WITH_ML = re.compile(f"([0-9]+([.][0-9]+)?)([{WHITE}]?[mM][lL]/[mM][iI][nN])?")
OLDEST = {"months": 240, "years": 120}

# One digit of every script that has digits, and what else counts as a number.
DIGITS = "".join(
    chr(code)
    for code in range(sys.maxunicode + 1)
    if unicodedata.category(chr(code)) == "Nd" and unicodedata.digit(chr(code)) == 7
)
HOSTILE = (
    *("", " ", "0", "-0", "-5", "\N{MINUS SIGN}5", "0.0001", "0.4999", "300.0001"),
    *("1e309", "1e5", "1E-5", "1e999999999", "9" * 999, "9" * 1001, "0." + "9" * 998),
    *("NaN", "sNaN", "Infinity", "-inf", "1_000", "+70", "0x46", "½", "²", "Ⅷ", "七"),
    *(".5", "5.", ".", "5..5", "70.5.1", "70,5", "1,070", "1.070", "1 070", "7 0"),
    *(
        "70kg",
        "70 KG",
        "70 kgs",
        "70  kg",
        "kg",
        "70 \N{KELVIN SIGN}g",
        "70 g",
        "3500g",
    ),
    *("70\xa0kg", "70\u202fKG", "70\tkg", "70\x1fkg", "70\u200bkg", "45 mL/min", "<30"),
    *("154 lb", "154lbs", "11st", "70'", "٧٠", "٧٠٫٥", "７０", "７０．５", "𝟕𝟎", "७०"),
    *("70\u200b", "\u200b70", "7\u200d0", "7\xad0", "\ufeff70", "70\u202f", "\xa070"),
    *("\u202e07", "\u206670\u2069", "70\x00", "\x0070", "70\r\n", "7\t0", "\x1b[1m70"),
    *("<script>alert(1)</script>", "{{7*7}}", "${7*7}", "' OR 1=1 --", "%00", "../70"),
    *(
        "70%",
        "70;",
        "70&weight=7",
        "=70",
        "[70]",
        "('70',)",
        "null",
        "true",
        "a" * 5000,
    ),
    *("\ud800", "70\udfff", "\U0010ffff", "\N{COMBINING LONG STROKE OVERLAY}70"),
    *(f"{digit}0" for digit in DIGITS),
    *(f"{white}70{white}" for white in WHITE),
    *(f"7{white}0" for white in WHITE),
)
ALPHABET = "0123456789.., -+eE_kKgGlbst'\t\n\xa0\u200b\u202e\x00٧７½²" + "\ud800\udfff"


def hostile_text(source: random.Random) -> str:
    """Text out of what numbers are made of, or one of the known bad inputs."""
    if source.random() < 0.6:
        return source.choice(HOSTILE)
    return "".join(source.choices(ALPHABET, k=source.randint(1, 12)))


def plain_number(typed: str) -> Fraction | None:
    """The number typed, exactly, or None for what is not one."""
    return _number(PLAIN, typed)


def weight_kg(typed: str) -> Fraction | None:
    """The weight typed, in kg, or None for what is not one from 0.5 to 300 kg."""
    kg = _number(WITH_KG, typed)
    return kg if kg is not None and Fraction(1, 2) <= kg <= 300 else None


def whole_number(typed: str) -> Fraction | None:
    number = plain_number(typed)
    return number if number is not None and number.denominator == 1 else None


def crcl_ml_per_min(typed: str) -> Fraction | None:
    number = _number(WITH_ML, typed)
    return number if number is not None and number <= 250 else None


FIELDS = {
    "weight": weight_kg,
    "age": plain_number,
    "rate": plain_number,
    "doses_per_day": whole_number,
    "hours": whole_number,
    "crcl": crcl_ml_per_min,
    "edition": whole_number,
}
WORDS = {
    "age_unit": tuple(OLDEST),
    "dose": ("increased",),
    "confirm": ("yes",),
}


def is_understood(name: str, typed: str) -> bool:
    """Whether one field by itself takes this text; an empty one is not looked at."""
    if name in WORDS:
        return typed in WORDS[name]
    return name not in FIELDS or FIELDS[name](typed) is not None


def age_is_possible(asked: Mapping[str, str]) -> bool:
    """Whether an age comes with its unit and is at most 240 months or 120 years."""
    number = plain_number(asked.get("age", ""))
    unit = asked.get("age_unit", "")
    if not asked.get("age"):
        return True
    return number is not None and unit in OLDEST and number <= OLDEST[unit]


def _number(grammar: re.Pattern[str], typed: str) -> Fraction | None:
    if len(typed) > LONGEST:
        return None
    match = grammar.fullmatch(typed.strip(WHITE))
    if match is None:
        return None
    return Fraction(re.sub("[^0-9.]", "", match[0]))

"""The grammar of a weight and of a plain number as a clinician types them.

Every refusal begins with what to type, the same for every slip, and may add what was
wrong. Nothing is guessed or converted.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cache

LOWEST_WEIGHT_KG = Decimal("0.5")
HIGHEST_WEIGHT_KG = Decimal("300")
LOWEST_BSA_M2 = Decimal("0.2")
HIGHEST_BSA_M2 = Decimal("3")
HIGHEST_AGE = {"months": Decimal(240), "years": Decimal(120)}
HIGHEST_CRCL_ML_PER_MIN = Decimal(250)
LONGEST_NUMBER = 1000

# As Unicode has it: what str.strip() and \s take for white space besides is hidden.
WHITE_SPACE = (
    r"[\t-\r \x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]"  # one sign
)
PLAIN_NUMBER = re.compile(r"[0-9]+(?:\.[0-9]+)?")
NUMBER = PLAIN_NUMBER.pattern
KILOGRAMS = "[kK][gG]"
ML_PER_MIN = "[mM][lL]/[mM][iI][nN]"
SQUARE_METERS = "[mM][2²]"

# Seen as a space or as nothing, though they are counted as letters, marks or signs.
INVISIBLE = frozenset(
    map(chr, (0x034F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x2800, 0x3164, 0xFFA0))
) | frozenset(map(chr, (*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0))))
# Control, format, surrogate, private, unassigned; line and paragraph separators.
HIDDEN_KINDS = ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")

SHOWN_BESIDE = 12
NO_BOUNDS = "More than and less than are not read: type the value itself."
NOT_CONVERTED = re.compile(
    r"\d\s*(?:g|gr|grams?|lbs?|pounds?|st|stones?|oz|ounces?)\b", re.IGNORECASE
)


class NotUnderstoodError(ValueError):
    """What was typed is not a number of this grammar; the text says what to type."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a number is of: its words, the words of its unit, an example.

    `unit` is a pattern of the unit where it may be typed; `beside` is said where a
    letter follows the number, `bounds` where a sign of more or less precedes it.
    """

    what: str
    example: str
    in_unit: str = ""
    unit: str = ""
    beside: str = ""
    bounds: str = NO_BOUNDS

    @property
    def sentence(self) -> str:
        return f"Type {self.what}{self.in_unit} as a number, such as {self.example}."


WEIGHT = Asked("the weight", "20", in_unit=" in kilograms", unit=KILOGRAMS)
BSA = Asked(
    "the body surface area",
    "1.8",
    in_unit=" in square meters (m²)",
    unit=SQUARE_METERS,
    beside="It is not worked out from a height and a weight.",
)
AGE = Asked("the age", "4", beside="Its unit, months or years, is chosen by itself.")
CRCL = Asked(
    "the creatinine clearance",
    "45",
    in_unit=" in mL/min",
    unit=ML_PER_MIN,
    bounds=f"{NO_BOUNDS[:-1]}, or leave it out.",
)


@cache
def typed_pattern(number: str, unit: str = "") -> str:
    """Return the pattern of a number as it may be typed, white space round it too.

    Between the number and its unit is one sign of white space or none.
    """
    with_unit = f"(?:{WHITE_SPACE}?{unit})?" if unit else ""
    return f"{WHITE_SPACE}*{number}{with_unit}{WHITE_SPACE}*"


def is_hidden(sign: str) -> bool:
    """Return whether a sign is seen by nobody: a control, of direction, of no width."""
    return sign in INVISIBLE or unicodedata.category(sign) in HIDDEN_KINDS


def parse_weight_kg(typed: str) -> Decimal:
    """Return the weight typed, in kilograms.

    Raises NotUnderstoodError with the sentence to show: for anything but digits 0 to 9,
    at most one point, and optionally kg; and outside 0.5 kg to 300 kg.
    """
    weight_kg = _read(typed, WEIGHT)
    if not LOWEST_WEIGHT_KG <= weight_kg <= HIGHEST_WEIGHT_KG:
        raise NotUnderstoodError(
            f"Type a weight from {LOWEST_WEIGHT_KG} to {HIGHEST_WEIGHT_KG} kilograms."
        )
    return weight_kg


def parse_bsa_m2(typed: str) -> Decimal:
    """Return the body surface area typed, in m².

    Raises NotUnderstoodError with the sentence to show: for anything but a plain
    number and optionally m² or m2; and outside 0.2 m² to 3 m².
    """
    bsa_m2 = _read(typed, BSA)
    if not LOWEST_BSA_M2 <= bsa_m2 <= HIGHEST_BSA_M2:
        raise NotUnderstoodError(
            f"Type a body surface area from {LOWEST_BSA_M2} to {HIGHEST_BSA_M2} square "
            "meters (m²)."
        )
    return bsa_m2


def parse_number(typed: str, what: str, example: str) -> Decimal:
    """Return the plain number typed; `what` and `example` go into the sentence.

    Raises NotUnderstoodError for anything but digits 0 to 9 and at most one point.
    """
    return _read(typed, Asked(what, example))


def parse_age(typed: str) -> Decimal:
    """Return the number of an age; its unit comes by itself.

    Raises NotUnderstoodError for anything but a plain number.
    """
    return _read(typed, AGE)


def parse_age_unit(typed: str) -> str:
    """Return "months" or "years". Raises NotUnderstoodError for anything else."""
    if typed not in HIGHEST_AGE:
        raise NotUnderstoodError("Choose months or years as the unit of the age.")
    return typed


def checked_age(number: Decimal, unit: str) -> Decimal:
    """Return an age in this unit. Raises NotUnderstoodError for one above the highest.

    The highest is 240 months or 120 years.
    """
    highest = HIGHEST_AGE[unit]
    if number > highest:
        other = "years" if unit == "months" else "months"
        raise NotUnderstoodError(
            f"Type an age from 0 to {highest} {unit}, or choose {other} as its unit."
        )
    return number


def parse_crcl_ml_per_min(typed: str) -> Decimal:
    """Return the creatinine clearance typed, in mL/min.

    Raises NotUnderstoodError for anything but a plain number from 0 to 250 and
    optionally mL/min.
    """
    crcl_ml_per_min = _read(typed, CRCL)
    if crcl_ml_per_min > HIGHEST_CRCL_ML_PER_MIN:
        raise NotUnderstoodError(
            "Type a creatinine clearance from 0 mL/min to "
            f"{HIGHEST_CRCL_ML_PER_MIN} mL/min."
        )
    return crcl_ml_per_min


def parse_whole_number(typed: str, what: str, example: str) -> int:
    """Return the whole number typed.

    Raises NotUnderstoodError for anything that is not a plain number, or not whole.
    """
    number = parse_number(typed, what, example)
    if number != number.to_integral_value():
        raise NotUnderstoodError(f"Type {what} as a whole number, such as {example}.")
    return int(number)


def _read(typed: str, asked: Asked) -> Decimal:
    if len(typed) > LONGEST_NUMBER:
        raise NotUnderstoodError(
            f"Type {asked.what} as a short number, such as {asked.example}. "
            f"{len(typed):,} characters were sent."
        )
    match = re.fullmatch(typed_pattern(f"({NUMBER})", asked.unit), typed)
    if match is None:
        said = next(_slips(typed, asked), "")
        raise NotUnderstoodError(f"{asked.sentence} {said}".rstrip())
    return Decimal(match[1])


def _slips(typed: str, asked: Asked) -> Iterator[str]:
    """Yield what is wrong with a text that is not of the grammar, the gravest first."""
    if hidden := _hidden_sign(typed):
        yield f"A hidden sign, {hidden}: type {asked.what} again."
    if asked is WEIGHT and NOT_CONVERTED.search(typed):
        yield "Grams, pounds, ounces and stones are not converted."
    if any(char.isnumeric() and not "0" <= char <= "9" for char in typed):
        yield "Use the digits 0 to 9."
    text = typed.strip()
    if re.match("[<>≤≥]", text):
        yield asked.bounds
    if "," in text:
        yield "Write a point and no comma."
    if text[:1] in {*"+-\N{MINUS SIGN}\N{EN DASH}"}:
        yield "Leave the sign out."
    if re.fullmatch(r"\.[0-9]+|[0-9]+\.", text):
        yield "Write a digit on each side of the point."
    if re.match(r"[0-9.]+\s*[a-zA-Z]", text):
        yield asked.beside


def _hidden_sign(typed: str) -> str:
    """Return "U+200B, stands after 20", or "" if every sign can be seen."""
    for place, sign in enumerate(typed):
        if is_hidden(sign) and re.fullmatch(WHITE_SPACE, sign) is None:
            beside = _seen(typed[:place])[-SHOWN_BESIDE:]
            where = f"after {beside}" if beside else "at the beginning"
            return f"U+{ord(sign):04X}, stands {where}"
    return ""


def _seen(text: str) -> str:
    """Return what of a text can be shown in a sentence."""
    shown = (
        " " if sign.isspace() else "" if is_hidden(sign) else sign for sign in text
    )
    return "".join(shown).strip()

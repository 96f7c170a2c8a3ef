"""Numbers, units and negations of any line: the words shown against the print.

The words shown are those of the print with typography corrected, so these follow in the
same order in both.
"""

import re
from collections.abc import Iterator
from decimal import Decimal
from difflib import SequenceMatcher

from .typography import plain, with_digits
from .vocabulary import FREQUENCIES, LIMITS, UNIT

NUMBER = r"(?:[0-9]+(?:\.[0-9]+)?|\.[0-9]+)"
UNITS = rf"(?:{UNIT}|%|°? ?[cf]\b|inch(?:es)?|cm|mm|times)(?!\w)"
PER = rf"(?: ?(?:/|per) ?(?:{UNIT})(?!\w))*"
RANGE = rf"{NUMBER}(?: ?- ?{NUMBER}| to {NUMBER})?"
BEFORE = {
    r"(?:≥|>=|at least|no less than|not less than)": "≥",
    r"(?:≤|<=|at most|up to|no more than|not more than)": "≤",
    r"(?:<|less than|fewer than|below|under)": "<",
    r"(?:>|more than|greater than|over|above)": ">",
}
AFTER = {
    r"(?:or|and) (?:more|above|greater|over|older|higher)": "≥",
    r"(?:or|and) (?:less|fewer|below|under|younger|lower)": "≤",
}
AMOUNT = (
    rf"(?:(?P<before>{'|'.join(BEFORE)}) ?)?(?P<range>{RANGE})"
    rf"(?: ?(?P<unit>{UNITS}{PER}))?(?: (?P<after>{'|'.join(AFTER)})\b)?"
)
NEGATION = (
    r"\b(?:not|no|non|nor|neither|never|none|without|cannot|except|excluding|unless|"
    r"avoid|contraindicated)\b|n't\b"
)
TOKEN = re.compile(
    rf"(?P<amount>{AMOUNT})|(?P<negation>{NEGATION})|"
    rf"\b(?P<word>{FREQUENCIES}|{LIMITS})\b"
)
SAME = {"n't": "not", "cannot": "not", "max": "maximum", "min": "minimum"}
# Abbreviations of print that the words shown have to write out.
WRITTEN_OUT = {
    "bid": "twice daily",
    "tid": "3 times daily",
    "qid": "4 times daily",
    "qd": "daily",
}
ABBREVIATION = re.compile(rf"\b(?:{'|'.join(WRITTEN_OUT)})\b")


def statement_differences(printed: str, text: str) -> list[str]:
    """Return where numbers, units or negations of a text differ from the print.

    Typography is no difference: 5% and 5 %, 2-4 and 2 to 4, ≥5% and 5% or more.
    """
    before, after = list(_tokens(printed)), list(_tokens(text))
    matcher = SequenceMatcher(
        None, [same for same, _ in before], [same for same, _ in after], autojunk=False
    )
    return [
        f"printed: {_listed(before[start:end])}; shown: {_listed(after[first:last])}"
        for tag, start, end, first, last in matcher.get_opcodes()
        if tag != "equal"
    ]


def is_more_than_typography(printed: str, text: str) -> bool:
    """Return whether anything but typography differs: a word, a number, a negation.

    Case, spaces, hyphens, quotes, full stops and asterisks are typography.
    """
    if statement_differences(printed, text):
        return True
    return _letters(printed) != _letters(text)


def _tokens(words: str) -> Iterator[tuple[str, str]]:
    """Yield what is compared, in one spelling and as it stands.

    Numbers with units and comparison, negations, words of frequency and of limits.
    """
    for found in TOKEN.finditer(_in_one_spelling(words)):
        is_amount = found["amount"] is not None
        same = _amount(found) if is_amount else SAME.get(found[0], found[0])
        yield same, found[0]


def _in_one_spelling(words: str) -> str:
    text = with_digits(plain(words))
    return ABBREVIATION.sub(lambda found: WRITTEN_OUT[found[0]], text)


def _amount(found: re.Match[str]) -> str:
    """Return an amount in one spelling: "≥5%", "2-4 week", "8 mg/day"."""
    numbers = re.findall(NUMBER, found["range"])
    ends = "-".join(f"{Decimal(number).normalize():f}" for number in numbers)
    unit = re.sub(r" ?(?:/|per) ?", "/", found["unit"] or "")
    unit = re.sub(r"(?<=[a-z]{3})s\b", "", unit).replace("° ", "°")
    compared = _sign(found["before"], BEFORE) or _sign(found["after"], AFTER)
    return f"{compared}{ends} {unit}".rstrip()


def _sign(words: str | None, signs: dict[str, str]) -> str:
    matching = (sign for form, sign in signs.items() if re.fullmatch(form, words or ""))
    return next(matching, "")


def _letters(words: str) -> str:
    """Return the letters alone, in one spelling, amounts and their words left out."""
    text = TOKEN.sub(" ", _in_one_spelling(words))
    return "".join(filter(str.isalpha, text))


def _listed(tokens: list[tuple[str, str]]) -> str:
    return ", ".join(f"“{words}”" for _, words in tokens) or "nothing"

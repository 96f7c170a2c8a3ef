"""Words in one typography, so that two ways to print the same thing are read alike."""

import re

# Dashes and hyphens, and the minus sign: all join two numbers in print.
DASHES = dict.fromkeys(map(ord, "\u2010\u2011\u2012\u2013\u2014\u2015\u2212"), "-")
SPACES = dict.fromkeys(map(ord, "\u00a0\u2007\u2008\u2009\u200a\u202f\n\t\r"), " ")
OTHERS = {
    ord("’"): "'",
    ord("‘"): "'",
    ord("“"): '"',
    ord("”"): '"',
    ord("×"): " x ",
    ord("²"): "2",
    ord("*"): " ",
    ord("µ"): "u",
    ord("μ"): "u",
}
TABLE = {**DASHES, **SPACES, **OTHERS}
NUMBER_WORDS = (
    *("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"),
    *("eleven", "twelve"),
)
NUMBERS = {word: str(number) for number, word in enumerate(NUMBER_WORDS, start=1)}
# Spellings of one unit, and the spelling that is read.
UNITS = (
    (r"(?:mcgs?|ug|micrograms?)", "microgram"),
    (r"(?:mgs|milligrams?)", "mg"),
    (r"(?:kgs|kilograms?|kilos?)", "kg"),
    (r"(?:gm|grams?)", "g"),
    (r"(?:square met(?:er|re)s?|m 2)", "m2"),
    (r"(?:hours|hrs?)", "hour"),
    (r"(?:wks?)", "week"),
    (r"(?<=[0-9] )h", "hour"),
    (r"(?<=[0-9] )d", "days"),
    (r"(?:yrs?|years?)", "year"),
)


def plain(words: str) -> str:
    """Return words in small letters, plain spaces, plain hyphens, whole numbers."""
    text = re.sub(r"(?<=[0-9]),(?=[0-9]{3}(?![0-9]))", "", words.translate(TABLE))
    text = re.sub(r"\s+", " ", text.lower()).strip()
    # A unit that stands at its number is set off: "100mg" is "100 mg".
    text = re.sub(r"(?<=[0-9])(?=[a-z])|(?<=\bx)(?=[0-9])", " ", text)
    for spelled, unit in UNITS:
        text = re.sub(rf"\b{spelled}\b", unit, text)
    return text


def with_digits(text: str) -> str:
    """Return plain words with the numbers up to twelve in digits: "2 divided doses"."""
    pattern = rf"\b(?:{'|'.join(NUMBERS)})\b"
    return re.sub(pattern, lambda word: NUMBERS[word[0]], text)

"""The forms of a word as one: its spelling and its stem, in the language of medicine.

Made here and stored, so that both databases find the same. A stem joins what a reader
may mean by one word: allergy, allergies and allergic. It is for finding alone, and may
join two words that only look alike; what is found is shown with the word marked.
"""

import re
from functools import lru_cache

WORDS_KEPT = 16_384

# British letters for American ones, and "is" for "iz", as the first letters of a word
# have to stay its first letters while it is being typed.
SPELLINGS = (
    (re.compile(r"ae(?!r)"), "e"),
    (re.compile(r"(?<!i)oe(?=[adglmnpst])(?!s$)"), "e"),
    (re.compile(r"(?<=[a-z]{2})our(?=s?$|ed|ing|al)"), "or"),
    (re.compile(r"(?<=[bt])re(?=s?$)"), "er"),
    (re.compile(r"(?<=[a-z]{3})iz(?=e|a|ing|$)"), "is"),
    (re.compile(r"yz(?=e|ing|$)"), "ys"),
    (re.compile(r"^sulph"), "sulf"),
    (re.compile(r"^leuco"), "leuko"),
    (re.compile(r"mme(?=s?$)"), "m"),
)
# Endings with what is left of them, the longest first; each leaves the letters named.
LONG_STEM, SHORT_STEM = 4, 3
GREEK = {
    **dict.fromkeys(("axis", "axes", "actic", "actoid"), "ac"),
    **dict.fromkeys(("osis", "oses", "otic", "ostic"), "o"),
    **dict.fromkeys(("iasis", "iases", "iatic"), "ia"),
    **dict.fromkeys(("itis", "itides", "itic"), ""),
}
LONG = (
    *("isation", "ising", "ised", "ise", "ation", "ative", "ating"),
    *("ated", "ator", "ate", "ion", "ious", "ivity", "ive", "ity", "ness", "ment"),
    *("ically", "ical", "ician", "eutic", "ency", "ancy", "ance", "ence"),
    *("ant", "ent", "able", "ible", "ably", "ly", "al", "ous", "ia", "er", "ic"),
)
SHORT = ("age", "ing", "ed", "e", "y")
ENDINGS = sorted(
    [(ending, left, LONG_STEM) for ending, left in GREEK.items()]
    + [(ending, "", LONG_STEM) for ending in LONG]
    + [(ending, "", SHORT_STEM) for ending in SHORT],
    key=lambda each: -len(each[0]),
)


@lru_cache(maxsize=WORDS_KEPT)
def spelled(word: str) -> str:
    """Return a plain word in the one spelling in which words are kept."""
    again = word
    for pattern, letters in SPELLINGS:
        again = pattern.sub(letters, again)
    return word if again == word else spelled(again)


@lru_cache(maxsize=WORDS_KEPT)
def stem(word: str) -> str:
    """Return what the forms of a plain word in that spelling have in common."""
    shorter = _ending_off(word)
    if shorter == word:
        shorter = _singular(word)
    if len(shorter) > SHORT_STEM and shorter[-1] == shorter[-2]:
        shorter = shorter[:-1]
    return word if shorter == word else stem(shorter)


def _ending_off(word: str) -> str:
    for ending, left, shortest in ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= shortest:
            return word[: len(word) - len(ending)] + left
    return word


def _singular(word: str) -> str:
    if word.endswith("ies") and len(word) > LONG_STEM:
        return f"{word[:-3]}y"
    is_plural = word.endswith("s") and not word.endswith(("ss", "us", "is"))
    return word[:-1] if is_plural and len(word) > SHORT_STEM else word

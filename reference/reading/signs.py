"""Signs that make people read something else than programs do, or nothing at all.

A new line and a tab are allowed, as typed paragraphs have them; no-break spaces too.
"""

import unicodedata
from collections.abc import Iterator

from reference.dosing import typed

ALLOWED_CONTROLS = "\n\t"
CONTROL_NAMES = {
    0x00: "NULL",
    0x08: "BACKSPACE",
    0x0B: "LINE TABULATION",
    0x0C: "FORM FEED",
    0x0D: "CARRIAGE RETURN",
    0x1B: "ESCAPE",
    0x7F: "DELETE",
}
# Letters of other scripts that are drawn as a Latin one, alone in a word as well.
DRAWN_AS_LATIN = frozenset(
    "АВЕЅІЈКМНОРСТУХаеѕіјорсухԁһӏ"  # Cyrillic
    "ΑΒΕΖΗΙΚΜΝΟΡΤΥΧονι"  # Greek
)
DRAWN_AS_PLAIN = frozenset("ɑɡıʟʀɴ")  # Latin letters, but not those of a word
RAISED = ("SUPERSCRIPT", "SUBSCRIPT")  # m², 10⁹, O₂
SHOWN_BEFORE = 12
MICRO_UNITS = ("g", "l", "m", "mol")


def sign_problems(text: str) -> list[str]:
    """Return each sign that must not stand in a text, with its name and its place."""
    has_latin = any(_script(sign) == "LATIN" for sign in text)
    return [
        f"{_named(text[place])} {_where(text, place)}"
        for place in range(len(text))
        if _is_hidden(text, place)
        or _is_stray_mark(text, place)
        or (has_latin and _is_look_alike(text, place))
        or _is_foreign_number_or_form(text[place])
    ]


def _is_hidden(text: str, place: int) -> bool:
    """Return whether a sign is seen by nobody: control, direction, zero width."""
    sign = text[place]
    if sign in ALLOWED_CONTROLS or text[place : place + 2] == "\r\n":
        return False
    return typed.is_hidden(sign)


def _is_stray_mark(text: str, place: int) -> bool:
    """Return whether a combining mark stands on no letter: it strikes a number out."""
    if not unicodedata.combining(text[place]):
        return False
    before = text[:place].rstrip("".join(filter(unicodedata.combining, text)))
    return not before or not before[-1].isalpha()


def _is_foreign_number_or_form(sign: str) -> bool:
    """Return whether a sign is a digit, or a form of a letter, drawn as a plain one."""
    if sign.isascii() or unicodedata.name(sign, "").startswith(RAISED):
        return False
    plain = unicodedata.normalize("NFKC", sign)
    is_form = len(plain) == 1 and plain.isascii() and plain.isalnum()
    return is_form or unicodedata.category(sign) == "Nd" or sign in DRAWN_AS_PLAIN


def _is_look_alike(text: str, place: int) -> bool:
    """Return whether a letter of another script stands where a Latin one belongs."""
    sign = text[place]
    script = _script(sign)
    if script in ("", "LATIN", "MICRO"):
        return False
    word, inside = _word(text, place)
    if not any(_script(letter) == "LATIN" for letter in word):
        return all(letter in DRAWN_AS_LATIN for letter in word)
    return script != "GREEK" or not _belongs(sign, word, inside)


def _belongs(sign: str, word: str, inside: int) -> bool:
    """Return whether a Greek letter is a name of its own, as in TNFα, NFκB and μg."""
    if sign in DRAWN_AS_LATIN:
        return False
    if sign == "μ" and inside == 0:
        return word[1:].lower() in MICRO_UNITS
    beside = word[max(inside - 1, 0) : inside] + word[inside + 1 : inside + 2]
    return any(letter.isupper() for letter in beside)


def _word(text: str, place: int) -> tuple[str, int]:
    """Return the run of letters that a place is in, and where in it."""
    start = end = place
    while start > 0 and _is_of_word(text[start - 1]):
        start -= 1
    while end < len(text) and _is_of_word(text[end]):
        end += 1
    return text[start:end], place - start


def _is_of_word(sign: str) -> bool:
    return sign.isalpha() or bool(unicodedata.combining(sign))


def _script(sign: str) -> str:
    """Return the script of a letter by its name, "" of what is no letter."""
    if not sign.isalpha():
        return ""
    return unicodedata.name(sign, "UNNAMED").partition(" ")[0]


def _named(sign: str) -> str:
    code = ord(sign)
    name = unicodedata.name(sign, CONTROL_NAMES.get(code, "UNNAMED SIGN"))
    return f"{name} (U+{code:04X})"


def _where(text: str, place: int) -> str:
    """Return "after “max 8 ”", or "at the beginning"."""
    before = "".join(_seen(text[:place]))[-SHOWN_BEFORE:]
    return f"after “{before}”" if before else "at the beginning"


def _seen(text: str) -> Iterator[str]:
    """Yield the signs of a text that can be shown in a sentence."""
    for sign in text:
        if sign in ALLOWED_CONTROLS:
            yield " "
        elif not typed.is_hidden(sign):
            yield sign

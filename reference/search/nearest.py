"""Which word a reader may have meant who typed one that stands nowhere.

A guess is shown as a guess and never looked for unasked: names of drugs are alike.
"""

from collections.abc import Iterable

SHORTEST, LONGEST = 4, 24  # of words that are guessed
LONG_WORD = 8  # from which two slips may be made
MOST_GUESSES = 3


def nearest(typed: str, words: Iterable[str]) -> list[str]:
    """Return the words with the fewest slips between them and what was typed.

    A slip is a letter too many, too few or wrong, or two letters exchanged. A word that
    begins as it was typed comes first. No number is guessed.
    """
    if not typed.isalpha() or not SHORTEST <= len(typed) <= LONGEST:
        return []
    allowed = 2 if len(typed) >= LONG_WORD else 1
    found = [
        (slips, word[0] != typed[0], word)
        for word in set(words)
        if len(word) >= SHORTEST and word.isalpha()
        for slips in [_slips(typed, word, allowed)]
        if slips <= allowed
    ]
    fewest = min(found, default=(0, False, ""))[0]
    return [word for slips, _, word in sorted(found) if slips == fewest][:MOST_GUESSES]


def _slips(one: str, other: str, allowed: int) -> int:
    """Return the slips between two words, or any number past what is allowed."""
    if abs(len(one) - len(other)) > allowed:
        return allowed + 1
    before, last = [0] * (len(other) + 1), list(range(len(other) + 1))
    for row, letter in enumerate(one, start=1):
        now = [row]
        for column, opposite in enumerate(other, start=1):
            slips = min(
                last[column] + 1,
                now[-1] + 1,
                last[column - 1] + (letter != opposite),
            )
            if row > 1 < column and (letter, one[row - 2]) == (
                other[column - 2],
                opposite,
            ):
                slips = min(slips, before[column - 2] + 1)
            now.append(slips)
        if min(now) > allowed:
            return allowed + 1
        before, last = last, now
    return last[-1]

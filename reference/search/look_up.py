"""Looks up what a reader typed in the editions in force, and puts it in one order.

The database says where the words stand; what is shown is the edition as published,
looked through once more, so that a wrong index can miss a passage and not invent one.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from django.urls import reverse

from reference.models import Edition, SearchPassage

from .hits import Hit
from .index import with_every_term, words_in_force
from .nearest import nearest
from .passages import published_passages, words_about
from .terms import Term, terms_in
from .words import Words

MOST_TERMS = 16
MOST_HITS = 60
MOST_GUESSED = 3  # terms of one query
MOST_ALONE = 3


@dataclass(frozen=True, slots=True)
class Guess:
    """A word of a guide that a reader may have meant, and where it is looked for."""

    typed: str
    word: str
    address: str


@dataclass(frozen=True, slots=True)
class Alone:
    """A term that was not found beside the others: in how many places it is alone."""

    term: Term
    places: int
    address: str


@dataclass(frozen=True, slots=True)
class Found:
    """What was looked for, and the first hits of all there are.

    Without a hit: where each term stands alone, and what may have been meant.
    """

    terms: list[Term]
    left_out: int
    hits: list[Hit]
    total: int
    alone: list[Alone]
    guesses: list[Guess]


def search(text: str) -> Found:
    """Return where every term of the text stands in the editions in force.

    A row or section with more of the terms in its title, or in another name of what it
    is about, comes first, the register last; then drugs by name, and each edition in
    its own order.
    """
    every_term = terms_in(text)
    terms = every_term[:MOST_TERMS]
    hits = _hits(terms)
    alone, guesses = _instead(terms) if terms and not hits else ([], [])
    return Found(
        terms,
        len(every_term) - len(terms),
        hits[:MOST_HITS],
        len(hits),
        alone,
        guesses,
    )


def _hits(terms: Sequence[Term]) -> list[Hit]:
    if not terms:
        return []
    rows = (
        with_every_term(SearchPassage.objects.all(), terms)
        .filter(edition__in=Edition.objects.in_force())
        .select_related("edition__drug")
        .defer("edition__canonical")
    )
    # Databases differ in how they put names in order.
    by_place = sorted(
        rows,
        key=lambda row: (row.edition.drug.generic_name, row.edition_id, row.position),
    )
    hits = [
        Hit(row.edition, passage, terms, _about(row.edition))
        for row in by_place
        for passage in published_passages(row.edition)[row.position :][:1]
    ]
    true = (hit for hit in hits if hit.is_true)
    return sorted(true, key=lambda hit: hit.rank)


def _about(edition: Edition) -> Words:
    return words_about(edition.drug.generic_name, edition.drug.brand_name)


def _instead(terms: Sequence[Term]) -> tuple[list[Alone], list[Guess]]:
    """Return where each term is alone, the rarest first, and guesses at the unknown."""
    passages = words_in_force()
    alone = [
        Alone(term, places, _address(term.text))
        for term in terms
        for places in [sum(term.is_in(words) for words in passages)]
    ]
    unknown = [each.term for each in alone if not each.places][:MOST_GUESSED]
    words = set[str]().union(*passages) if unknown else set[str]()
    guesses = [
        guess
        for term in unknown
        for word in nearest("".join(term.ways[0]), words)
        for guess in [_guess(terms, term, word)]
        if guess is not None
    ]
    known = sorted((each for each in alone if each.places), key=lambda it: it.places)
    return known[:MOST_ALONE] if len(terms) > 1 else [], guesses


def _guess(terms: Sequence[Term], unknown: Term, word: str) -> Guess | None:
    """Return a guess with the other terms, or else alone, as the guide writes it."""
    others = [word if each is unknown else each.text for each in terms]
    for text in dict.fromkeys((" ".join(others), word)):
        for hit in _hits(terms_in(text))[:1]:
            return Guess(unknown.text, hit.written(word) or word, _address(text))
    return None


def _address(text: str) -> str:
    return f"{reverse('reference:search')}?{urlencode({'q': text})}"

"""Which of two forms of an answer is asked for: a page, or JSON for a program."""

import re
from functools import lru_cache
from typing import NamedTuple

from django.http import HttpRequest

# RFC 9110: from 0 to 1, with at most three decimals. Anything else is as if not there.
QUALITY = re.compile(r"q\s*=\s*(0(?:\.[0-9]{0,3})?|1(?:\.0{0,3})?)", re.IGNORECASE)


class Wish(NamedTuple):
    """How much a form is wanted: the quality, then how exactly and how early named."""

    quality: float = 0.0
    exactness: int = 0
    earliness: int = 0


def wants_json(request: HttpRequest) -> bool:
    """Return whether JSON is wanted more than a page; a page if anything is taken."""
    return prefers_json(request.META.get("HTTP_ACCEPT", "*/*"))


@lru_cache(maxsize=256)
def prefers_json(accept: str) -> bool:
    """Return whether an Accept header asks for JSON, and for a page less.

    Media types have no case. Of the ranges that fit a form the most exact one counts,
    and of two forms that are wanted alike the one that is named more exactly, or first.
    """
    json, html = _wish(accept, "application", "json"), _wish(accept, "text", "html")
    return json.quality > 0 and json > html


def _wish(accept: str, main: str, sub: str) -> Wish:
    """Return how much this type is wanted; not at all where nothing fits it."""
    exactness_of = {f"{main}/{sub}": 3, f"{main}/*": 2, "*/*": 1}
    found = Wish()
    for place, range_ in enumerate(accept.split(",")):
        name, *parameters = (part.strip() for part in range_.split(";"))
        exactness = exactness_of.get(name.lower(), 0)
        if exactness > found.exactness:
            found = Wish(_quality(parameters), exactness, -place)
    return found


def _quality(parameters: list[str]) -> float:
    given = (QUALITY.fullmatch(parameter) for parameter in parameters)
    return next((float(match[1]) for match in given if match), 1.0)

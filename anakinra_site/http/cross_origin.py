"""Which answers a page of another site may read: exports, which are public files.

Every other answer is kept from it by its browser: a dose, a page, a search, the desk.
"""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from django.http.response import HttpResponseBase

P = ParamSpec("P")
Answer = TypeVar("Answer", bound=HttpResponseBase)

# No cookie is read at these addresses, so nothing can be read in a reader's name. A
# plain GET asks for no leave beforehand: OPTIONS stays 405.
HEADERS = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "Content-Disposition, ETag, Link",
    "Cross-Origin-Resource-Policy": "cross-origin",
}


def readable_from_anywhere(view: Callable[P, Answer]) -> Callable[P, Answer]:
    """Let pages of every origin read what a view answers to GET and HEAD."""

    @wraps(view)
    def marked(*args: P.args, **kwargs: P.kwargs) -> Answer:
        answer = view(*args, **kwargs)
        for name, value in HEADERS.items():
            answer.headers[name] = value
        return answer

    return marked

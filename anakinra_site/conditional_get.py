"""Conditional requests whose 304 carries the content policy of its page.

The tag is that of the answer as it is packed, so compression comes before this.
"""

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.middleware.http import ConditionalGetMiddleware


class PolicyKeepingConditionalGet(ConditionalGetMiddleware):
    """A browser takes the headers of a 304 for the page that it kept."""

    def process_response(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        hashes = getattr(response, "csp_style_hashes", ())
        answer = super().process_response(request, response)
        answer.csp_style_hashes = hashes  # type: ignore[attr-defined]
        return answer

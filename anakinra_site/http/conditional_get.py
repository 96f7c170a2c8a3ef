"""Conditional requests whose 304 says of its page what the page itself would say.

The tag is that of the answer as it is packed, so compression comes before this.
"""

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.middleware.http import ConditionalGetMiddleware

from .security_headers import allow_styles, allowed_styles

OF_THE_BODY = ("Content-Encoding", "Content-Length", "Content-Type")


class PolicyKeepingConditionalGet(ConditionalGetMiddleware):
    """A browser takes the headers of a 304 for the page that it kept.

    So it carries all of them but those of the body, as drawn pages do (drawn/front.py).
    """

    def process_response(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        answer = super().process_response(request, response)
        allow_styles(answer, *allowed_styles(response))
        if answer.status_code == 304:
            for name, value in response.headers.items():
                if name not in OF_THE_BODY:
                    answer.headers.setdefault(name, value)
        return answer

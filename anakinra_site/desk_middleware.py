"""The middlewares of sessions, users and messages, for the desk alone.

Public pages pass them by: they know no user, and each would cost every dose its time.
"""

from typing import cast

from django.contrib.auth.middleware import AuthenticationMiddleware
from django.contrib.messages.middleware import MessageMiddleware
from django.contrib.sessions.middleware import SessionMiddleware
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.deprecation import MiddlewareMixin

from .no_cookies import ADMIN


class _DeskOnly(MiddlewareMixin):
    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        is_desk = request.path_info.startswith(ADMIN)
        call = super().__call__ if is_desk else self.get_response
        return cast(HttpResponseBase, call(request))


class DeskSessionMiddleware(_DeskOnly, SessionMiddleware):
    """The session of whoever is signed in."""


class DeskUserMiddleware(_DeskOnly, AuthenticationMiddleware):
    """The user, whom the second factor's middleware and axes look at after this."""


class DeskMessageMiddleware(_DeskOnly, MessageMiddleware):
    """What one page of the desk says on the next."""

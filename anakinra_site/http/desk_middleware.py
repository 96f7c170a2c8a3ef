"""The middlewares of sessions, users and messages, for the desk alone.

Public pages pass them by: they know no user, and each would cost every dose its time.
"""

import logging
from typing import cast

from django.contrib.auth.middleware import AuthenticationMiddleware
from django.contrib.messages.middleware import MessageMiddleware
from django.contrib.sessions.exceptions import SessionInterrupted
from django.contrib.sessions.middleware import SessionMiddleware
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.deprecation import MiddlewareMixin

from .no_cookies import ADMIN

logger = logging.getLogger(__name__)


class _DeskOnly(MiddlewareMixin):
    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        is_desk = request.path_info.startswith(ADMIN)
        call = super().__call__ if is_desk else self.get_response
        return cast(HttpResponseBase, call(request))


class DeskSessionMiddleware(_DeskOnly, SessionMiddleware):
    """The session of whoever is signed in."""

    def process_response(
        self, request: HttpRequest, response: HttpResponse
    ) -> HttpResponse:
        """Keep the session; where the database fails, the answer stands all the same.

        What was asked for is done by then, and an error page would deny it. Lost is
        the time of the last use, or a message on the next page.
        """
        try:
            return super().process_response(request, response)
        except (OperationalError, InterfaceError, SessionInterrupted) as error:
            if isinstance(error, SessionInterrupted) and not _is_of_database(error):
                raise  # somebody signed out meanwhile
            logger.exception("a session was not kept", extra={"request": request})
            return response


def _is_of_database(error: SessionInterrupted) -> bool:
    """Return whether it is Django's name for a database that did not take a session.

    A session that was deleted meanwhile fails with a plain DatabaseError.
    """
    update_error = error.__context__
    return update_error is not None and isinstance(
        update_error.__context__, OperationalError
    )


class DeskUserMiddleware(_DeskOnly, AuthenticationMiddleware):
    """The user, whom the second factor's middleware and axes look at after this."""


class DeskMessageMiddleware(_DeskOnly, MessageMiddleware):
    """What one page of the desk says on the next."""

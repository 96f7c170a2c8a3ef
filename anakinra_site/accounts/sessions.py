"""How long a session in the admin lasts, and how one is ended from outside."""

import time
from typing import Any

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.auth.models import User
from django.contrib.sessions.backends.base import SessionBase
from django.contrib.sessions.models import Session
from django.http import HttpRequest
from django.utils import timezone

BEGUN = "begun_at"
USED = "used_at"
ROUGHLY = 60  # seconds; the last use is noted no more often than this
APART = 10 * 60  # seconds; the clocks of two hosts do not differ by more


def begin_session(request: HttpRequest, **_: Any) -> None:
    """Note when a session begins. Connected to user_logged_in."""
    request.session[BEGUN] = request.session[USED] = int(time.time())
    request.session.clear_expired()


def why_over(session: SessionBase) -> str:
    """Return why a session is over, in words, or '' while it lasts."""
    now = time.time()
    idle = settings.ADMIN_SESSION_IDLE.total_seconds()
    longest = settings.ADMIN_SESSION_LENGTH.total_seconds()
    if max(session.get(BEGUN, 0), session.get(USED, 0)) - now > APART:
        return "The clock here was set back, so your time away cannot be told."
    if now - session.get(BEGUN, 0) > longest:
        return f"A session lasts {longest / 3600:g} hours, and yours is over."
    if now - session.get(USED, 0) > idle:
        return f"You were signed out after {idle / 60:g} minutes without use."
    return ""


def note_use(session: SessionBase) -> None:
    """Note that a session is in use."""
    now = int(time.time())
    if now - session.get(USED, 0) >= ROUGHLY:
        session[USED] = now


def end_sessions(user: User, *, keep: str | None = None) -> int:
    """Delete a user's sessions, except the one whose key is kept; return how many."""
    live = Session.objects.filter(expire_date__gt=timezone.now()).exclude(pk=keep)
    keys = [
        session.pk
        for session in live
        if session.get_decoded().get(SESSION_KEY) == str(user.pk)
    ]
    return Session.objects.filter(pk__in=keys).delete()[0]


def end_sessions_of_the_deactivated(instance: User, **_: Any) -> None:
    """End what a deactivated user has open. Connected to post_save."""
    if not instance.is_active:
        end_sessions(instance)

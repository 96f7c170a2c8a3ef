"""Guessing passwords: whose tries are counted together, and what is said to a guesser.

django-axes counts; it refuses before a password is looked at.
"""

import ipaddress
import logging
from typing import Any

from django.conf import settings
from django.contrib import admin
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

logger = logging.getLogger("anakinra_site.throttling")


def client_address(request: HttpRequest) -> str | None:
    """Return the address that a try is counted for; an IPv6 network as one.

    What a client says of itself counts for nothing: behind a proxy, it is the last
    entry of X-Forwarded-For, which the proxy wrote.
    """
    direct = request.META.get("REMOTE_ADDR", "")
    if settings.BEHIND_TLS_PROXY:
        forwarded = request.META.get("HTTP_X_FORWARDED_FOR", "")
        return _counted(forwarded.rpartition(",")[2].strip()) or _counted(direct)
    return _counted(direct)


def _counted(text: str) -> str | None:
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return None
    if isinstance(address, ipaddress.IPv4Address):
        return str(address)
    if address.ipv4_mapped:
        return str(address.ipv4_mapped)
    # One subscriber has a whole /64 to pick addresses from.
    return str(ipaddress.IPv6Network((int(address), 64), strict=False)[0])


def locked_out(request: HttpRequest, *_: Any) -> HttpResponse:
    """Answer a try from where there were too many; called by django-axes."""
    minutes = settings.AXES_COOLOFF_TIME.total_seconds() / 60
    context = admin.site.each_context(request) | {
        "title": "Too many wrong passwords",
        "subtitle": None,
        "tries": settings.AXES_FAILURE_LIMIT,
        "minutes": f"{minutes:g}",
    }
    response = render(request, "admin/locked_out.html", context, status=429)
    response.headers["Retry-After"] = str(int(minutes * 60))
    response.headers["Cache-Control"] = "no-store"
    return response


def log_lockout(
    request: HttpRequest, username: str, ip_address: str | None, **_: Any
) -> None:
    """Write one line when a lockout begins. Connected to user_locked_out."""
    if vars(request)["axes_failures_since_start"] is None:
        return  # a try during a lockout
    actor = name_if_known(username)
    logger.warning(
        "locked out after %s wrong passwords: %s from %s",
        settings.AXES_FAILURE_LIMIT,
        actor,
        ip_address,
        extra={"event": {"actor": actor, "act": "locked out", "address": ip_address}},
    )


def name_if_known(username: str) -> str:
    """Return a user's name as it may be logged.

    One that is nobody's may be a password typed into the wrong field.
    """
    known = User.objects.filter(username=username).exists()
    return username if known else "an unknown user"

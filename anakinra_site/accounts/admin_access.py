"""What stands between a password and the admin: session limits and a second factor.

Below /admin/ only. No other page looks at the session or sets a cookie.
"""

from collections.abc import Callable

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse

from anakinra_site.http import ADMIN

from .second_factor import has_second_factor, is_verified
from .sessions import note_use, why_over


class AdminAccessMiddleware:
    """Signs out whose session is over; asks the others for their second factor."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        refusal = None
        if request.path_info.startswith(ADMIN):
            refusal = _refusal_of_session(request) or _refusal_without_factor(request)
        return refusal or self.get_response(request)


def _refusal_of_session(request: HttpRequest) -> HttpResponseBase | None:
    if not request.user.is_authenticated:
        return None
    reason = why_over(request.session)
    if not reason:
        note_use(request.session)
        return None
    logout(request)
    if request.method == "POST":
        reason += " What you sent last was not saved."
    messages.warning(request, f"{reason} Sign in again.")
    return redirect_to_login(_address(request), reverse("admin:login"))


def _refusal_without_factor(request: HttpRequest) -> HttpResponseBase | None:
    if not (request.user.is_authenticated and request.user.is_staff):
        return None
    if is_verified(request):
        return None
    enrolled = has_second_factor(request.user)
    if not (enrolled or settings.SECOND_FACTOR_REQUIRED):
        return None
    page = reverse("second_factor" if enrolled else "set_up_second_factor")
    if request.path in (page, reverse("admin:login"), reverse("admin:logout")):
        return None
    return redirect_to_login(_address(request), page)


def _address(request: HttpRequest) -> str:
    """Return where to go on after signing in: a form cannot be sent again."""
    if request.method in ("GET", "HEAD"):
        return request.get_full_path()
    return reverse("admin:index")

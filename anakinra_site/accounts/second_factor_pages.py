"""The two pages of the second factor: where it is asked for, and where it is set up.

Plain forms, below /admin/; accounts/admin_access.py leads there.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

import django_otp
import segno
from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth.models import User
from django.contrib.auth.views import redirect_to_login
from django.core import signing
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods
from django_otp.plugins.otp_totp.models import TOTPDevice, default_key

from . import second_factor as factor
from .events import log_event

SALT = "set-up of a second factor"
PAGE_LASTS = 60 * 60  # seconds
WRONG = (
    "This code is not right. Type the one that your app shows now; each works once, "
    "and the clock of the phone has to be right."
)
View = Callable[[HttpRequest, User], HttpResponse]


def staff_page(view: View) -> Callable[[HttpRequest], HttpResponse]:
    """Open a page to staff who gave their password, and keep it out of caches."""

    @never_cache
    @sensitive_post_parameters()
    @require_http_methods(["GET", "HEAD", "POST"])
    @wraps(view)
    def page(request: HttpRequest) -> HttpResponse:
        user = request.user
        if not (isinstance(user, User) and user.is_active and user.is_staff):
            return redirect_to_login(request.get_full_path(), reverse("admin:login"))
        return view(request, user)

    return page


class CodeField(forms.CharField):
    """A code that may be pasted, or filled in by a password manager."""

    def __init__(self, label: str, **attributes: Any) -> None:
        shown = {"autocomplete": "one-time-code", "autocapitalize": "none"}
        widget = forms.TextInput(shown | {"spellcheck": "false"} | attributes)
        super().__init__(label=label, max_length=40, widget=widget)


class FactorForm(forms.Form):
    """Takes a code of the factor that the user has."""

    code = CodeField("Code from your app, or a recovery code", autofocus=True)

    def __init__(self, user: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        self.device: Any = None

    def clean_code(self) -> str:
        code: str = self.cleaned_data["code"]
        seconds = factor.seconds_to_wait(self.user, code)
        if seconds:
            self._log("second factor refused, too soon after a wrong one")
            raise forms.ValidationError(
                f"The last code was wrong. Wait {_duration(seconds)}, then try again."
            )
        self.device = factor.device_that_accepts(self.user, code)
        if self.device is None:
            self._log("second factor wrong")
            raise forms.ValidationError(WRONG)
        self._log(f"second factor right, from {self.device.name}")
        return code

    def _log(self, act: str) -> None:
        log_event(act, actor=self.user.get_username())


class SetUpForm(forms.Form):
    """Takes a code of the app that has just been given its key."""

    code = CodeField("Code that the app shows", inputmode="numeric")

    def __init__(self, key: str | None, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.key = key

    def clean_code(self) -> str:
        code: str = self.cleaned_data["code"]
        if self.key and not factor.is_code_for(self.key, code):
            raise forms.ValidationError(WRONG)
        return code

    def clean(self) -> None:
        if self.key is None:
            raise forms.ValidationError(
                "This page was too old. Here is a new QR code: scan it."
            )


@staff_page
def second_factor_page(request: HttpRequest, user: User) -> HttpResponse:
    """Ask for the second factor of somebody who has given the password."""
    if factor.is_verified(request) or not factor.has_second_factor(user):
        return HttpResponseRedirect(_next(request))
    form = FactorForm(user, request.POST or None)
    if form.is_valid():
        _begin_verified_session(request, form.device)
        if form.device.model_label() != TOTPDevice.model_label():
            left = factor.recovery_codes_left(user)
            messages.warning(request, f"That recovery code is used up; {left} left.")
        return HttpResponseRedirect(_next(request))
    context = _context(request, "Second factor") | {"form": form}
    return render(request, "admin/second_factor.html", context)


@staff_page
def set_up_second_factor(request: HttpRequest, user: User) -> HttpResponse:
    """Give the user's app its key, and the user the recovery codes, once."""
    has_one = factor.has_second_factor(user)
    if has_one and not factor.is_verified(request):
        return redirect_to_login(request.get_full_path(), reverse("second_factor"))
    key = _posted_key(request, user)
    if key and TOTPDevice.objects.filter(user=user, key=key).exists():
        messages.info(request, "The second factor is set up already.")
        return HttpResponseRedirect(reverse("admin:index"))
    form = SetUpForm(key, request.POST or None)
    # Looking at the current code uses it up: not before the new one is right.
    right = form.is_valid()
    current = FactorForm(user, request.POST if right else None, prefix="current")
    if right and (not has_one or current.is_valid()):
        code = form.cleaned_data["code"]
        done = factor.set_up(user, str(key), code, again=has_one)
        if done:
            return _show_recovery_codes(request, user, *done)
        form.add_error("code", WRONG)
    context = _context(request, "Set up the second factor") | {
        "form": form,
        "current": current if has_one else None,
        "may_leave": has_one or not settings.SECOND_FACTOR_REQUIRED,
        **_key_shown(user, key or default_key()),
    }
    return render(request, "admin/set_up_second_factor.html", context)


def _show_recovery_codes(
    request: HttpRequest, user: User, app: Any, codes: list[str]
) -> HttpResponse:
    _begin_verified_session(request, app)
    LogEntry.objects.log_actions(
        user.pk, [user], CHANGE, "Set up a second factor.", single_object=True
    )
    context = _context(request, "Keep these recovery codes") | {"codes": codes}
    return render(request, "admin/recovery_codes.html", context)


def _begin_verified_session(request: HttpRequest, device: Any) -> None:
    request.session.cycle_key()
    django_otp.login(request, device)


def _posted_key(request: HttpRequest, user: User) -> str | None:
    """Return the key that the page posted back was drawn with for this user."""
    try:
        setup = signing.loads(
            request.POST.get("setup", ""), salt=SALT, max_age=PAGE_LASTS
        )
    except signing.BadSignature:
        return None
    return setup["key"] if setup["user"] == user.pk else None


def _key_shown(user: User, key: str) -> dict[str, str]:
    """Return the key as a picture, as text and, signed, as the form sends it back."""
    address = TOTPDevice(user=user, key=key).config_url
    secret = factor.key_as_text(key)
    return {
        "picture": segno.make(address, error="m", micro=False).svg_inline(
            scale=4, light="#fff", title="QR code that holds the key written below"
        ),
        "secret": " ".join(secret[at : at + 4] for at in range(0, len(secret), 4)),
        "setup": signing.dumps({"user": user.pk, "key": key}, salt=SALT),
    }


def _context(request: HttpRequest, title: str) -> dict[str, Any]:
    """Return what the admin's frame needs; without its menus."""
    return admin.site.each_context(request) | {
        "title": title,
        "subtitle": None,
        "has_permission": False,
        "is_nav_sidebar_enabled": False,
        "next": _next(request),
    }


def _next(request: HttpRequest) -> str:
    """Return the page of the admin that was asked for, or its first one."""
    wanted = request.POST.get("next") or request.GET.get("next", "")
    index = reverse("admin:index")
    here = url_has_allowed_host_and_scheme(
        wanted, {request.get_host()}, require_https=request.is_secure()
    )
    return wanted if here and wanted.startswith(index) else index


def _duration(seconds: int) -> str:
    if seconds < 120:
        return "1 second" if seconds == 1 else f"{seconds} seconds"
    return f"{-(-seconds // 60)} minutes"

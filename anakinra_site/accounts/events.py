"""The log of what people did: acts, sign-ins and changes of accounts, a line each.

Who did what, and to which edition; never what was typed, nor anything of a session.
"""

import logging
from functools import partial
from typing import Any

from django.contrib.admin.models import ADDITION, DELETION, LogEntry
from django.contrib.auth.models import User
from django.db import transaction
from django.http import HttpRequest

from .throttling import client_address, name_if_known

logger = logging.getLogger("anakinra_site.events")
OPERATOR = "an operator"  # whoever runs a command on the machine


def log_event(
    act: str, *, actor: str, level: int = logging.INFO, **details: Any
) -> None:
    """Write one line that says who did what; details are names and numbers only."""
    logger.log(level, act, extra={"event": {"actor": actor, "act": act, **details}})


def log_once_committed(act: str, *, actor: str, **details: Any) -> None:
    """Write the line when the transaction ends well: what was undone was not done.

    Whatever befalls the line, the act stands.
    """
    write = partial(log_event, act, actor=actor, **details)
    transaction.on_commit(write, robust=True)


def log_refusal(act: str, rule: Exception, *, by: User, edition: Any) -> None:
    """Write one line of an act on an edition, or its drug, that a rule refused."""
    log_event(
        f"{act} refused",
        actor=by.get_username(),
        level=logging.WARNING,
        drug=edition.drug.slug,
        edition=edition.number,
        rule=type(rule).__name__,
    )


def log_sign_in(request: HttpRequest, user: User, **_: Any) -> None:
    """Connected to user_logged_in: the password was right."""
    log_event(
        "signed in by password",
        actor=user.get_username(),
        address=client_address(request),
    )


def log_sign_in_failure(
    credentials: dict[str, Any], request: HttpRequest | None = None, **_: Any
) -> None:
    """Connected to user_login_failed: a wrong password, or a try while locked out."""
    # django-axes has counted nothing when it refused before the password was read.
    locked = getattr(request, "axes_locked_out", False)
    refused = locked and getattr(request, "axes_failures_since_start", None) is None
    log_event(
        "sign-in refused while locked out" if refused else "sign-in failed",
        actor=name_if_known(credentials.get("username", "")),
        address=client_address(request) if request else None,
    )


def log_sign_out(user: User | None, **_: Any) -> None:
    """Connected to user_logged_out: by oneself, or since the session was over."""
    if user is not None:
        log_event("signed out", actor=user.get_username())


def log_account_change(instance: LogEntry, **_: Any) -> None:
    """Connected to post_save: what the admin noted of accounts, groups and drugs.

    Rows and editions have a record of their own, and a line from there.
    """
    model = instance.content_type.model if instance.content_type else ""
    if model not in ("user", "group", "drug"):
        return
    kinds = {ADDITION: "added", DELETION: "deleted"}
    log_once_committed(
        f"{model} {kinds.get(instance.action_flag, 'changed')}",
        actor=instance.user.get_username(),
        object=instance.object_repr,
        details=instance.get_change_message(),
    )


def log_new_password(instance: User, **_: Any) -> None:
    """Connected to post_save: an account has a password that somebody chose now."""
    # Django forgets it right after the save; a hash made stronger leaves None.
    if vars(instance).get("_password") is not None:
        log_once_committed("password set", actor="", object=instance.get_username())

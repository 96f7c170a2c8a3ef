"""The first accounts and their passwords. Who may publish is decided elsewhere."""

import secrets
from collections.abc import Iterable

from django.contrib.auth.models import Permission, User
from django.db import transaction

CONTENT = "reference"


@transaction.atomic
def create_first_accounts() -> dict[str, str]:
    """Create one account a role, if there is none at all; names to passwords."""
    if User.objects.exists():
        return {}
    administrator = User(username="administrator", is_staff=True, is_superuser=True)
    author = User(username="author", is_staff=True)
    reviewer = User(username="reviewer", is_staff=True)
    passwords = {
        user.username: set_random_password(user)
        for user in (administrator, author, reviewer)
    }
    author.user_permissions.set(_permissions(["add", "change", "delete", "view"]))
    reviewer.user_permissions.set(_permissions(["view"]))
    return passwords


def set_random_password(user: User) -> str:
    """Save the user with a new password of 120 random bits, and return it."""
    password = secrets.token_urlsafe(15)
    user.set_password(password)
    user.save()
    return password


def _permissions(actions: Iterable[str]) -> list[Permission]:
    prefixes = tuple(f"{action}_" for action in actions)
    return [
        permission
        for permission in Permission.objects.filter(content_type__app_label=CONTENT)
        if permission.codename.startswith(prefixes)
    ]

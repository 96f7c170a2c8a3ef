"""The first accounts and their passwords. What each may do is in its group."""

import secrets

from django.contrib.auth.models import Group, User
from django.db import transaction

ROLES = ("administrator", "author", "reviewer")


@transaction.atomic
def create_first_accounts() -> dict[str, str]:
    """Create one account a role, if there is none at all; names to passwords."""
    if User.objects.exists():
        return {}
    passwords = {}
    for role in ROLES:
        user = User(username=role, is_staff=True)
        user.is_superuser = role == "administrator"
        passwords[role] = set_random_password(user)
        user.groups.add(Group.objects.get(name=role))
    return passwords


def announcement(passwords: dict[str, str]) -> list[str]:
    """Return what is said of new accounts, a line each; nothing where there is none."""
    if not passwords:
        return []
    return [
        "Created the first accounts. Their passwords are shown this once:",
        *(f"  {name:14} {password}" for name, password in passwords.items()),
        "Sign in at /admin/. A new one: make password USER=author",
    ]


def set_random_password(user: User) -> str:
    """Save the user with a new password of 128 random bits, and return it."""
    password = secrets.token_urlsafe(16)
    user.set_password(password)
    user.save()
    return password

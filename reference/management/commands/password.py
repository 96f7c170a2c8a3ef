"""`manage.py password NAME`: a new random password for one account."""

from argparse import ArgumentParser
from typing import Any

from django.contrib.auth.models import User
from django.core.management.base import BaseCommand, CommandError

from anakinra_site.accounts import set_random_password


class Command(BaseCommand):
    help = "Set a new random password for an account and print it once."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name", help="the account's user name")

    def handle(self, *args: Any, name: str, **options: Any) -> None:
        user = User.objects.filter(username=name).first()
        if user is None:
            names = ", ".join(User.objects.values_list("username", flat=True))
            raise CommandError(
                f"There is no account {name!r}. Accounts: {names or 'none yet'}."
            )
        password = set_random_password(user)
        self.stdout.write(f"New password of {name}, shown this once: {password}")
        self.stdout.write("Every session of this account is signed out.")

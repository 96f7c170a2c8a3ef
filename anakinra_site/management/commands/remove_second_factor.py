"""`manage.py remove_second_factor`: for whoever lost both the phone and the codes."""

from argparse import ArgumentParser
from typing import Any

from django.contrib.auth.models import User
from django.core.management.base import BaseCommand, CommandError

from anakinra_site.accounts import end_sessions, events, remove


class Command(BaseCommand):
    help = "Remove an account's second factor; it sets up a new one at the next login."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("username")

    def handle(self, *args: Any, username: str, **options: Any) -> None:
        user = User.objects.filter(username=username).first()
        if user is None:
            raise CommandError(f"There is no account {username!r}.")
        remove(user)
        end_sessions(user)
        events.log_event(
            "second factor removed", actor=events.OPERATOR, object=username
        )
        self.stdout.write(f"{username} has no second factor, and no session, now.")

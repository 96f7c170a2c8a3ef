"""`manage.py import_edition FILE --by ACCOUNT`: an edition from a file, as a draft.

All of it or nothing: a file with faults is refused, each of them named by its path.
"""

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.contrib.auth.models import User
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.urls import reverse

from anakinra_site.accounts import announcement, create_first_accounts
from reference import editions
from reference.models import Edition
from reference.publishing import PublishingError, fingerprint_of, start_from_file


class Command(BaseCommand):
    help = "Import an edition that export_edition wrote. It lands as a draft."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", help="the file, or - for standard input")
        parser.add_argument(
            "--by",
            required=True,
            metavar="ACCOUNT",
            help="who answers for the draft, and so cannot publish it",
        )

    def handle(self, *args: Any, file: str, by: str, **options: Any) -> None:
        raw = _read(file)
        try:
            draft, passwords = _import(raw, by)
        except editions.FileRefusedError as error:
            for sentence in error.sentences:
                self.stderr.write(sentence)
            counted = "1 fault" if len(error.faults) == 1 else f"{error}"
            raise CommandError(f"Nothing was imported: {counted}.") from None
        except PublishingError as error:
            raise CommandError(f"Nothing was imported: {error}") from error
        for sentence in announcement(passwords):
            self.stdout.write(sentence)
        self._say(draft, by)

    def _say(self, draft: Edition, by: str) -> None:
        rows = sum(
            model._base_manager.filter(edition=draft).count()
            for model in editions.SECTIONS.values()
        )
        page = reverse("admin:reference_edition_change", args=[draft.pk])
        for sentence in (
            f"Imported {draft} as a draft: {rows} rows.",
            f"Its rows give the SHA-256 of the file again: {fingerprint_of(draft)}",
            f"Next: {by} sets its review dates at {page} and submits it; somebody else "
            "publishes it.",
        ):
            self.stdout.write(sentence)


def _read(file: str) -> bytes:
    """Return what is in the file, and not much more than an edition can take."""
    try:
        if file == "-":
            return sys.stdin.buffer.read(editions.LARGEST_FILE + 1)
        with Path(file).open("rb") as opened:
            return opened.read(editions.LARGEST_FILE + 1)
    except OSError as error:
        raise CommandError(f"{file} could not be read: {error}") from error


def _import(raw: bytes, by: str) -> tuple[Edition, dict[str, str]]:
    """Return the draft, and the passwords of the first accounts if there were none."""
    document = editions.read_edition_file(raw)
    with transaction.atomic():
        passwords = create_first_accounts()
        user = User.objects.filter(username=by).first()
        if user is None:
            names = ", ".join(User.objects.values_list("username", flat=True))
            raise CommandError(f"There is no account {by!r}. Accounts: {names}.")
        draft = start_from_file(
            document=document, sha256=editions.fingerprint(raw), by=user
        )
    return draft, passwords

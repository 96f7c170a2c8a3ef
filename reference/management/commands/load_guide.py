"""`manage.py load_guide`: a committee's guide becomes the first edition of its drug.

Safe to run at any time. A database that has an edition of the drug keeps it as it is;
where the guide was issued anew since, its content comes as a draft of the next edition.
"""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import CommandError, call_command
from django.core.management.base import BaseCommand

from reference.editions import (
    SECTIONS,
    Document,
    FileRefusedError,
    canonical_bytes,
    fixture_document,
    read_edition_file,
)
from reference.models import Edition
from reference.publishing import (
    PublishingError,
    publish_first_edition,
    start_reissued,
)

DEFAULT_FIXTURE = Path(settings.BASE_DIR, "fixtures", "anakinra_2024_06.json")


class Command(BaseCommand):
    help = "Load a guide from its fixture and publish it, unless its drug has one."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("fixture", nargs="?", type=Path, default=DEFAULT_FIXTURE)
        parser.add_argument(
            "--undrawn",
            action="store_true",
            help="leave its file and older pages to a later manage.py draw",
        )

    def handle(self, *args: Any, fixture: Path, undrawn: bool, **options: Any) -> None:
        document = read_fixture(fixture)
        slug = document["drug"]["slug"]
        present = Edition.objects.filter(drug__slug=slug).last()
        if present is not None:
            self._keep(present, document)
            return
        try:
            edition = publish_first_edition(document)
        except PublishingError as error:
            raise CommandError(str(error)) from error
        except FileRefusedError as error:
            raise CommandError(" ".join(error.sentences)) from error
        rows = sum(len(document[section]) for section in SECTIONS)
        self.stdout.write(f"Loaded and published {edition}: {rows} rows.")
        self.stdout.write(f"Fingerprint: {edition.fingerprint}")
        self.stdout.write(
            f"Read it at {edition.drug.get_absolute_url()}. "
            "To change it, start the next edition in /admin/."
        )
        if not undrawn and (settings.DRAW_PDF or settings.DRAW_PAGES):
            call_command("draw", without_pdf=not settings.DRAW_PDF, stdout=self.stdout)

    def _keep(self, present: Edition, document: Document) -> None:
        """Leave what is there as it is; offer what was issued anew as a draft."""
        self.stdout.write(
            f"Nothing loaded: the database has {present} already, "
            "and everything in it was left as it is."
        )
        draft = start_reissued(document)
        if draft is not None:
            self.stdout.write(
                f"The guide was issued anew: {draft} is a draft with its content, "
                "for the committee to review."
            )


def read_fixture(fixture: Path) -> Document:
    """Return the document of the one edition in a fixture's file, judged as a file is.

    Raises CommandError for one that cannot be read, or with every fault in it.
    """
    try:
        document = fixture_document(json.loads(fixture.read_text(encoding="utf-8")))
        return read_edition_file(canonical_bytes(document))
    except (OSError, ValueError) as error:
        raise CommandError(f"{fixture} could not be read: {error}") from error
    except FileRefusedError as error:
        raise CommandError(" ".join(error.sentences)) from error

"""`manage.py load_guide`: a committee's guide becomes the first edition of its drug.

Safe to run at any time: a database that has an edition of the drug is left as it is.
"""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import CommandError, call_command
from django.core.management.base import BaseCommand
from django.db import transaction

from reference.editions import SECTIONS, read_document
from reference.models import Edition
from reference.publishing import PublishingError, publish_imported

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
        slug, number = read_edition_named_in(fixture)
        present = Edition.objects.filter(drug__slug=slug).first()
        if present is not None:
            self.stdout.write(
                f"Nothing loaded: the database has {present} already, "
                "and everything in it was left as it is."
            )
            return
        try:
            edition = load_and_publish(fixture, slug, number)
        except PublishingError as error:
            raise CommandError(str(error)) from error
        document = read_document(bytes(edition.canonical or b""))
        rows = sum(len(document[section]) for section in SECTIONS)
        self.stdout.write(f"Loaded and published {edition}: {rows} rows.")
        self.stdout.write(f"Fingerprint: {edition.fingerprint}")
        self.stdout.write(
            f"Read it at {edition.drug.get_absolute_url()}. "
            "To change it, start the next edition in /admin/."
        )
        if not undrawn and (settings.DRAW_PDF or settings.DRAW_PAGES):
            call_command("draw", without_pdf=not settings.DRAW_PDF, stdout=self.stdout)


def read_edition_named_in(fixture: Path) -> tuple[str, int]:
    """Return the drug's slug and the number of the one edition in a fixture."""
    try:
        objects = json.loads(fixture.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise CommandError(f"{fixture} could not be read: {error}") from error
    editions = [o["fields"] for o in objects if o["model"] == "reference.edition"]
    if len(editions) != 1:
        raise CommandError(
            f"{fixture} holds {len(editions)} editions. A guide's fixture holds one."
        )
    (slug,) = editions[0]["drug"]
    return slug, editions[0]["number"]


@transaction.atomic
def load_and_publish(fixture: Path, slug: str, number: int) -> Edition:
    """Load the fixture and publish its edition in the name of its issuer."""
    call_command("loaddata", fixture.resolve(), verbosity=0)
    edition = Edition.objects.get_by_natural_key(slug, number)
    return publish_imported(edition=edition, actor=f"{edition.issuer}, imported")

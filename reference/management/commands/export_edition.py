"""`manage.py export_edition DRUG NUMBER`: an edition as a file, byte for byte.

The bytes go to standard output or into a file; what was done is said on standard error.
"""

import os
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from reference import editions
from reference.models import Edition


class Command(BaseCommand):
    help = "Write the canonical document of an edition, which import_edition reads."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("drug", help="the drug's slug, such as examplimab")
        parser.add_argument("number", type=int, help="the edition's number")
        parser.add_argument(
            "--output", type=Path, help="a new file; standard output without it"
        )
        parser.add_argument(
            "--draft",
            action="store_true",
            help="export it although it is no public one",
        )

    def handle(
        self,
        *args: Any,
        drug: str,
        number: int,
        output: Path | None,
        draft: bool,
        **options: Any,
    ) -> None:
        edition = _edition(drug, number)
        if not edition.is_public and not draft:
            raise CommandError(
                f"{edition} is {edition.state}: not to be used, and it can still "
                "change. Add --draft to export it as it is now."
            )
        canonical = _bytes_of(edition)
        if output is None:
            _write_to_standard_output(canonical)
        else:
            _write_to_file(canonical, output)
        self._say(edition, canonical, "-" if output is None else str(output))

    def _say(self, edition: Edition, canonical: bytes, file: str) -> None:
        document = editions.read_document(canonical)
        rows = sum(len(document[section]) for section in editions.SECTIONS)
        digest = editions.fingerprint(canonical)
        meaning = (
            f"Its fingerprint, and the SHA-256 of the file: {digest}"
            if edition.is_public
            else f"SHA-256 of the file: {digest}. Submitting it will change it."
        )
        for sentence in (
            f"Exported {edition}, {edition.state}: {rows} rows, "
            f"{len(canonical):,} bytes.",
            meaning,
            "To have it elsewhere as a draft: "
            f"manage.py import_edition {file} --by ACCOUNT",
        ):
            self.stderr.write(sentence)


def _edition(drug: str, number: int) -> Edition:
    """Return the edition, or say which there are."""
    known = Edition.objects.select_related("drug").order_by("drug__slug", "number")
    found = known.filter(drug__slug=drug)
    for edition in found:
        if edition.number == number:
            return edition
    listed = ", ".join(f"{each.drug.slug} {each.number}" for each in found or known)
    raise CommandError(
        f"There is no edition {number} of {drug}. There is: {listed or 'none yet'}."
    )


def _bytes_of(edition: Edition) -> bytes:
    """Return the bytes that were published, or those that a draft would have now."""
    if not edition.is_public:
        return editions.canonical_bytes(editions.canonical_document(edition))
    canonical = bytes(edition.canonical or b"")
    if editions.fingerprint(canonical) != edition.fingerprint:
        raise CommandError(
            f"The stored document of {edition} does not match its fingerprint. Nothing "
            "was exported. Run manage.py verify, and restore the last good backup."
        )
    return canonical


def _write_to_file(canonical: bytes, output: Path) -> None:
    try:
        with output.open("xb") as file:
            file.write(canonical)
    except FileExistsError:
        raise CommandError(f"{output} is there already. Name a new file.") from None
    except OSError as error:
        raise CommandError(f"{output} could not be written: {error}") from error


def _write_to_standard_output(canonical: bytes) -> None:
    try:
        sys.stdout.buffer.write(canonical)
        sys.stdout.flush()
    except BrokenPipeError:
        # Python would try once more at its end, and fail aloud.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise CommandError(
            "Whoever reads the edition ended before it was there."
        ) from None

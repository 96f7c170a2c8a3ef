"""`manage.py backup`: the whole database as one verified file, while it is served."""

from argparse import ArgumentParser, ArgumentTypeError
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.template.defaultfilters import filesizeformat

from reference.keeping import BackupError, Manifest, make_backup, superfluous

DEFAULT_FOLDER = Path(settings.BASE_DIR, "backups")


def _how_many(typed: str) -> int:
    if (number := int(typed)) < 1:
        raise ArgumentTypeError("at least 1 is kept")
    return number


class Command(BaseCommand):
    help = "Back up the database into one file, and verify it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--to", type=Path, default=DEFAULT_FOLDER, help="a folder; backups/ without"
        )
        parser.add_argument(
            "--keep",
            type=_how_many,
            metavar="N",
            help="then remove all but the newest N and the last of each of 12 months",
        )

    def handle(self, *args: Any, to: Path, keep: int | None, **options: Any) -> None:
        try:
            file, manifest = make_backup(to, self._say)
        except BackupError as error:
            raise CommandError(str(error)) from error
        self._report(file, manifest)
        if manifest.faults:
            for fault in manifest.faults:
                self.stderr.write(f"FAULT: {fault}")
            raise CommandError(
                f"The copy is true to the database, but the database has "
                f"{len(manifest.faults)} faults. Do not publish; restore the last good "
                "backup. This one is kept for finding out what happened."
            )
        if keep is not None:
            self._remove_older(file, keep)
        self.stdout.write(
            "Keep it on another machine: it holds the accounts and second factors. "
            f"Back again, into an empty place: make restore FILE={file}"
        )

    def _remove_older(self, made: Path, keep: int) -> None:
        """Remove what need not be kept, and never the one that was made just now."""
        names = [file.name for file in made.parent.iterdir()]
        for name in superfluous(names, keep):
            if name != made.name:
                made.with_name(name).unlink()
                self.stdout.write(f"Removed {name}, which need not be kept.")

    def _say(self, sentence: str) -> None:
        self.stdout.write(sentence)
        self.stdout.flush()

    def _report(self, file: Path, manifest: Manifest) -> None:
        rows = manifest.contents["rows"]
        self.stdout.write(
            f"Wrote {file}: {filesizeformat(file.stat().st_size)}, "
            f"{sum(rows.values()):,} rows in {len(rows)} tables, of {manifest.made_at}."
        )
        for edition in manifest.contents["editions"]:
            self.stdout.write(
                f"  {edition['drug']}, edition {edition['number']}, {edition['state']} "
                f"{edition['fingerprint']}".rstrip()
            )

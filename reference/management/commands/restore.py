"""`manage.py restore FILE`: a backup becomes the database, where there is none yet."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.template.defaultfilters import pluralize

from reference.keeping import BackupError, restore_backup


class Command(BaseCommand):
    help = "Restore a backup into an empty database, verified before it is there."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="a file that backup wrote")

    def handle(self, *args: Any, file: Path, **options: Any) -> None:
        try:
            manifest = restore_backup(file, self._say)
        except BackupError as error:
            raise CommandError(str(error)) from error
        rows = manifest.contents["rows"]
        count = len(manifest.contents["editions"])
        for sentence in (
            f"Restored {count} edition{pluralize(count)}, {sum(rows.values()):,} rows "
            f"in {len(rows)} tables, as they were at {manifest.made_at}. Every count, "
            "fingerprint and seal is that of the backup.",
            "Next: start the site (make run; it draws pages and PDFs), ask /readyz, "
            "and restart servers that were running.",
            "Accounts, passwords and second factors are those of that time: deactivate "
            "again whoever was deactivated since. Everybody signs in anew.",
        ):
            self.stdout.write(sentence)

    def _say(self, sentence: str) -> None:
        self.stdout.write(sentence)
        self.stdout.flush()

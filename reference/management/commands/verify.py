"""`manage.py verify`: proves that nothing published or recorded was altered."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError

from reference.dosing import quantities
from reference.drawn import drawn_faults
from reference.keeping import faults
from reference.models import Edition, HistoryEntry


class Command(BaseCommand):
    help = "Check every fingerprint, state, signature, record, trigger and drawn page."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            found = [*faults(), *drawn_faults()]
        except DatabaseError as error:
            raise CommandError(
                f"The database cannot be read: {str(error).strip()}. Check DATABASE_URL"
                " and that `make run`, which prepares the database, ran to its end."
            ) from error
        for fault in found:
            self.stderr.write(f"FAULT: {fault}")
        editions = quantities.counted(
            Edition.objects.public().count(), "edition", "editions"
        )
        entries = quantities.counted(HistoryEntry.objects.count(), "entry", "entries")
        self.stdout.write(f"Checked {editions} and {entries}.")
        if found:
            how_many = quantities.counted(len(found), "fault", "faults")
            raise CommandError(
                f"{how_many}. Do not publish; restore the last good backup."
            )
        self.stdout.write("All is as it was published and recorded.")

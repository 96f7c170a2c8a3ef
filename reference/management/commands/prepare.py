"""`manage.py prepare`: everything between a fresh checkout and the server's start.

Safe to run at every start: it adds what is missing and touches nothing else.
"""

import subprocess
import sys
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management import CommandError, call_command
from django.core.management.base import BaseCommand
from django.db import DatabaseError, OperationalError, connection, transaction

from anakinra_site import starting
from anakinra_site.accounts import announcement, create_first_accounts
from reference.keeping import BackupError, refuse_unverified
from reference.models import Drug, Edition
from reference.publishing import hold
from reference.search import index_drug


class Command(BaseCommand):
    help = "Prepare the database, the first accounts and the static files."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", default="8000")
        parser.add_argument("--metrics-port")

    def handle(
        self,
        *args: Any,
        host: str,
        port: str,
        metrics_port: str | None,
        **options: Any,
    ) -> None:
        starting.check_listening_address(host, port)
        if metrics_port is not None:
            starting.check_metrics_port(metrics_port, port)
        try:
            connection.ensure_connection()
        except OperationalError as error:
            raise CommandError(
                f"The database cannot be opened: {str(error).strip()}. Check "
                "DATABASE_URL; the folder of an SQLite file must exist."
            ) from error
        try:
            with starting.one_start_at_a_time(self._tell):
                self._prepare()
        except DatabaseError as error:
            if said := starting.why_not_prepared(error):
                raise CommandError(said) from error
            raise
        if settings.DRAW_PDF:
            self._draw_files_beside()
        shown_host = f"[{host}]" if ":" in host else host
        address = settings.PUBLIC_ORIGIN or f"http://{shown_host}:{port}"
        self.stdout.write(f"Open {address}/ (stop with Ctrl-C).")

    def _prepare(self) -> None:
        """Bring the database, the first accounts and the static files up to date."""
        try:
            refuse_unverified(connection)
        except BackupError as error:
            raise CommandError(str(error)) from error
        call_command("migrate", interactive=False, verbosity=0)
        # Before the guide: its pages are drawn as it is published, and name them.
        if not settings.DEBUG:
            self._collect()
        if not Edition.objects.exists():
            call_command("load_guide", undrawn=True, stdout=self.stdout)
        self._index()
        for sentence in announcement(create_first_accounts()):
            self.stdout.write(sentence)
        starting.forget_older_builds()
        if settings.DRAW_PAGES:
            self._draw_pages()

    def _tell(self, sentence: str) -> None:
        self.stdout.write(sentence)
        self.stdout.flush()  # what follows may take a while

    def _index(self) -> None:
        """Make findable what is in force, where an earlier version did not."""
        for drug in Drug.objects.all():
            with transaction.atomic():
                hold(drug)
                if index_drug(drug):
                    self.stdout.write(f"Indexed {drug} for the search.")

    def _collect(self) -> None:
        """Collect the static files; pages can be read without them as well."""
        try:
            if starting.collect_if_changed():
                self.stdout.write("Collected the static files.")
        except OSError as error:
            self.stdout.write(
                f"Not collected: {error}. Pages may be shown without their style. Make "
                f"{settings.STATIC_ROOT} a folder that can be written, and start again."
            )

    def _draw_pages(self) -> None:
        """Draw the pages that are missing; the site starts without them as well."""
        try:
            call_command("draw", without_pdf=True, stdout=self.stdout)
        except CommandError as error:
            self.stdout.write(str(error))

    def _draw_files_beside(self) -> None:
        """Have the PDFs drawn while readers are served: they take up to a minute."""
        self.stdout.flush()  # what it says comes after
        command = [sys.executable, str(settings.BASE_DIR / "manage.py"), "draw"]
        subprocess.Popen(command, cwd=settings.BASE_DIR)  # noqa: S603 - all of it ours

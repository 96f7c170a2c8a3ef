"""`manage.py draw`: pages and PDFs of every public edition, where they are not yet.

Safe to run at any time and twice at once; `prepare` and every act run it, and a timer
once a day, for what depends on the day.
"""

import time
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.template.defaultfilters import filesizeformat

from reference.drawn import files, pages, would_not_be_drawn
from reference.editions import EditionNotVerifiedError
from reference.models import Drug, Edition

CHANGED_MEANWHILE = "  not kept: its state has changed. Run manage.py draw."


class Command(BaseCommand):
    help = "Draw the pages and the PDF of each public edition that lacks them."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--again", action="store_true", help="draw those that are up to date, too"
        )
        parser.add_argument(
            "--without-pdf", action="store_true", help="draw no PDF, only pages"
        )

    def handle(
        self, *args: Any, again: bool, without_pdf: bool, **options: Any
    ) -> None:
        failed = self._draw_pages(again=again) if settings.DRAW_PAGES else []
        if not without_pdf:
            count, failed_files = self._draw_files(again=again)
            failed += failed_files
            if count and settings.DRAW_PAGES:  # some say whether the file is there
                failed += self._draw_pages(again=False)
        if failed:
            raise CommandError(
                f"Not drawn: {'; '.join(failed)}. Pages are still answered, more "
                "slowly, and readers of a PDF are pointed to the page for printing. "
                "Put it right and run manage.py draw."
            )

    def _draw_pages(self, *, again: bool) -> list[str]:
        """Draw the pages of every drug; return what failed, in words."""
        total, failed = 0, list[str]()
        for drug in Drug.objects.with_public_edition():
            try:
                count = pages.draw_missing(drug, self._say, again=again)
            except pages.PageNotDrawnError as error:
                failed.append(str(error))
                continue
            if count is None:
                self.stdout.write(CHANGED_MEANWHILE)
            total += count or 0
        for page in would_not_be_drawn():
            page.delete()
            self.stdout.write(f"Removed {page}: nothing is drawn there.")
        removed = pages.forget_old_builds()
        if removed:
            self.stdout.write(f"Removed {removed} pages drawn by earlier versions.")
        if total:
            self.stdout.write(f"Drew {total} pages. Readers have them.")
        elif not failed:
            self.stdout.write("Every page is up to date.")
        return failed

    def _say(self, text: str) -> None:
        self.stdout.write(f"{text} …")
        self.stdout.flush()

    def _draw_files(self, *, again: bool) -> tuple[int, list[str]]:
        """Draw the PDF of every edition; return how many, and what failed in words."""
        try:
            failure = files.engine().FileNotDrawnError
        except files.DrawingImpossibleError as error:
            raise CommandError(str(error)) from error
        total, failed = 0, list[str]()
        editions = Edition.objects.public().select_related("drug").defer("canonical")
        for edition in editions:
            try:
                total += self._draw_file(edition, again=again)
            except (failure, EditionNotVerifiedError) as error:
                failed.append(f"{edition}: {error}")
        if total:
            self.stdout.write(f"Drew {total}. Nothing else to do: readers have them.")
        elif not failed:
            self.stdout.write(f"Every PDF is up to date: {len(editions)}.")
        return total, failed

    def _draw_file(self, edition: Edition, *, again: bool) -> bool:
        """Return whether the edition's PDF was drawn."""
        source = files.monograph_source(edition)
        if not again and files.is_drawn(edition, source):
            return False
        self._say(f"Drawing the PDF of {edition}, {edition.state}")
        started = time.monotonic()
        result = files.draw_monograph(edition, source)
        if result is None:
            self.stdout.write(CHANGED_MEANWHILE)
            return False
        size, length = result
        seconds = time.monotonic() - started
        self.stdout.write(f"  {length} pages, {filesizeformat(size)}, {seconds:.0f} s.")
        return True

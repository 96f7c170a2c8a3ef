"""`manage.py draw`: every public edition's monograph as a PDF, where it is not yet.

Safe to run at any time and twice at once; `prepare` and every act run it.
"""

import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.template.defaultfilters import filesizeformat

from reference.drawing import (
    DrawingImpossibleError,
    draw_monograph,
    engine,
    is_drawn,
    monograph_source,
)
from reference.models import Edition
from reference.monograph import EditionNotVerifiedError


class Command(BaseCommand):
    help = "Draw the PDF of each public edition whose PDF is missing or out of date."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--again", action="store_true", help="draw those that are up to date, too"
        )

    def handle(self, *args: Any, again: bool, **options: Any) -> None:
        try:
            failure = engine().FileNotDrawnError
        except DrawingImpossibleError as error:
            raise CommandError(str(error)) from error
        drawn, failed = 0, []
        editions = Edition.objects.public().select_related("drug").defer("canonical")
        for edition in editions:
            try:
                drawn += self._draw(edition, again=again)
            except (failure, EditionNotVerifiedError) as error:
                failed.append(f"{edition}: {error}")
        if failed:
            raise CommandError(
                "Not drawn: " + "; ".join(failed) + ". Readers are pointed to the "
                "page for printing. Put it right and run manage.py draw."
            )
        if drawn:
            self.stdout.write(f"Drew {drawn}. Nothing else to do: readers have them.")
        else:
            self.stdout.write(f"Every PDF is up to date: {len(editions)}.")

    def _draw(self, edition: Edition, *, again: bool) -> bool:
        """Return whether the edition's PDF was drawn."""
        source = monograph_source(edition)
        if not again and is_drawn(edition, source):
            return False
        self.stdout.write(f"Drawing the PDF of {edition}, {edition.state} …")
        self.stdout.flush()
        started = time.monotonic()
        result = draw_monograph(edition, source)
        if result is None:
            self.stdout.write("  not kept: its state has changed. Run manage.py draw.")
            return False
        rendition, pages = result
        size = filesizeformat(len(rendition.body))
        seconds = time.monotonic() - started
        self.stdout.write(f"  {pages} pages, {size}, {seconds:.0f} s.")
        return True

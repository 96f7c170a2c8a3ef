"""Compares drawn pages with what would be drawn now, and removes what would not be.

The one place that draws every public page again: it takes as long as `draw --again`.
"""

from collections.abc import Iterator
from typing import Any

from anakinra_site.starting import build
from reference.models import DrawnPage, Drug, Edition

from .pages import PageNotDrawnError, Sheet, answered, sheets_of_drug, unpacked

COMPARED = ("good_until", "drawn_of", "etag", "headers", "body_sha256")
MEND = "run manage.py draw --again"


def drawn_faults() -> Iterator[str]:
    """Yield which drawn pages and files are not what the site would draw now.

    One that is not there, or of another version of the code, is no fault.
    """
    for drug in Drug.objects.with_public_edition():
        kept = {page.address: page for page in _of_this_build(drug)}
        for sheet in sheets_of_drug(drug):
            yield from _sheet_faults(sheet, kept)
    for page in would_not_be_drawn():
        yield f"{page}: nothing would be drawn there; {MEND}"
    for file in DrawnPage.objects.files().iterator(chunk_size=1):
        if not file.is_our_own:
            yield f"{file}: it is not the site's own; {MEND}"


def would_not_be_drawn() -> list[DrawnPage]:
    """Return the rows at addresses at which this build draws nothing, with no body."""
    wanted = {
        address
        for drug in Drug.objects.with_public_edition()
        for sheet in sheets_of_drug(drug)
        for address in sheet.addresses
    }
    public = Edition.objects.public().without_bytes()
    wanted_files = {DrawnPage.address_of_file(edition) for edition in public}
    rows = DrawnPage.objects.only("address", "build")
    pages = rows.pages().filter(build=build())
    return [
        *(page for page in pages if page.address not in wanted),
        *(file for file in rows.files() if file.address not in wanted_files),
    ]


def _of_this_build(drug: Drug) -> Any:
    return DrawnPage.objects.pages().filter(drug=drug, build=build()).iterator()


def _sheet_faults(sheet: Sheet, kept: dict[str, DrawnPage]) -> Iterator[str]:
    pages = [kept[address] for address in sheet.addresses if address in kept]
    if not pages:
        return
    try:
        drawn = unpacked(sheet, answered(sheet))
    except PageNotDrawnError as error:
        yield str(error)
        return
    for page in pages:
        if not page.is_our_own:
            yield f"{page}: it is not the site's own; {MEND}"
        elif any(getattr(page, name) != drawn[name] for name in COMPARED):
            yield f"{page}: it is not what would be drawn now; {MEND}"

"""What a sheet needs beside its text: its address as a QR code, the way to its file."""

import segno
from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from reference.models import DrawnPage, Edition


def qr(address: str) -> SafeString:
    """Return the address as a QR code, an inline SVG in black on white."""
    picture = segno.make(address, error="m", micro=False).svg_inline(
        light="#fff",
        omitsize=True,
        svgclass="qr",
        lineclass=None,
        title=_("QR code of the address {address}").format(address=address),
    )
    picture = picture.replace("<svg ", '<svg role="img" ', 1)
    return mark_safe(picture)  # noqa: S308 - segno escapes the title


def pdf_link(edition: Edition) -> SafeString:
    """Return the way to an edition's PDF, with its size once it is drawn.

    Of an edition that cannot be rechecked there is none: the database keeps it.
    """
    if edition.not_rechecked_since:
        return mark_safe("")
    file = DrawnPage.objects.file_of(edition).only("headers").first()
    context = {"edition": edition, "size_in_bytes": file and file.size_in_bytes}
    link = render_to_string("reference/drawn/_pdf_link.html", context)
    return mark_safe(link)  # noqa: S308 - escaped as it was rendered

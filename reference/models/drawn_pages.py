"""A published page as it is sent, kept so that reading it costs one look-up.

Derived, never edited: an act on a drug removes every page of it in its transaction.
"""

import gzip
import hashlib
from datetime import date

import brotli
from django.db import models

from .editions import Drug


class DrawnPage(models.Model):
    """One public address, drawn by one build of the site, packed in two ways."""

    FOR_EVER = date.max

    drug = models.ForeignKey(Drug, models.CASCADE, related_name="drawn_pages")
    address = models.CharField(max_length=300)
    # Two versions of the code may read one database; each serves what it would draw.
    build = models.CharField(max_length=64)
    # Some pages say what depends on the day: a review that is overdue.
    good_until = models.DateField(default=FOR_EVER)
    etag = models.CharField(max_length=100)
    headers = models.TextField(help_text="Name and value pairs, as JSON.")
    body_brotli = models.BinaryField()
    body_gzip = models.BinaryField()
    body_sha256 = models.CharField(max_length=64, help_text="Of the page, unpacked.")

    class Meta:
        ordering = ("address", "build")
        constraints = [
            models.UniqueConstraint("address", "build", name="drawn_page_once")
        ]

    def __str__(self) -> str:
        return f"{self.address} as drawn"

    @property
    def is_as_drawn(self) -> bool:
        """Whether both stored bodies hold the page that was drawn."""
        try:
            unpacked = (
                brotli.decompress(bytes(self.body_brotli)),
                gzip.decompress(bytes(self.body_gzip)),
            )
        except (brotli.error, OSError, EOFError):
            return False
        return {hashlib.sha256(body).hexdigest() for body in unpacked} == {
            self.body_sha256
        }

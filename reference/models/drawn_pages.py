"""What readers are sent of an edition, drawn once: its pages, and its file.

Derived, never edited: an act on a drug removes in its transaction what it made untrue.
"""

import gzip
import json
from datetime import date
from typing import Self

from django.db import models

from .editions import Drug, Edition
from .page_codes import Bound, current_key_name, is_good_code, page_code

MONOGRAPH_PDF = "monograph.pdf"


class DrawnPageQuerySet(models.QuerySet["DrawnPage"]):
    """The questions the site asks about what is drawn."""

    def pages(self) -> Self:
        return self.exclude(address__endswith=f"/{MONOGRAPH_PDF}")

    def files(self) -> Self:
        return self.filter(address__endswith=f"/{MONOGRAPH_PDF}")

    def file_of(self, edition: Edition) -> Self:
        """Return the file of an edition as it is now, in content and in state."""
        return self.filter(
            address=DrawnPage.address_of_file(edition),
            drawn_of=DrawnPage.state_of(edition),
        )

    def untrue(self, drug: Drug) -> Self:
        """Return every page of a drug, and the files of what its editions were."""
        editions = drug.editions.public().only("state", "fingerprint")
        true = [DrawnPage.state_of(edition) for edition in editions]
        file = f"/{MONOGRAPH_PDF}"
        return self.filter(drug=drug).exclude(address__endswith=file, drawn_of__in=true)

    def of_current_key(self) -> Self:
        """Return those whose code was made with the key that makes codes now."""
        return self.filter(code_gzip__startswith=current_key_name())


class DrawnPage(models.Model):
    """One public address, drawn by one build of the site, packed in two ways.

    A file is kept once for its edition. It is packed with gzip alone and sent unpacked;
    its build is a digest of what it was drawn from.
    """

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
    # The default is the database's, for an older version of the code beside this one.
    drawn_of = models.CharField(
        max_length=80,
        db_default="",
        help_text="The state and the fingerprint of the edition it shows.",
    )
    # Of each packed body with all that belongs to it: see page_codes.py.
    code_brotli = models.CharField(max_length=80, default="", db_default="")
    code_gzip = models.CharField(max_length=80, default="", db_default="")

    objects = DrawnPageQuerySet.as_manager()

    class Meta:
        ordering = ("address", "build")
        constraints = [
            models.UniqueConstraint("address", "build", name="drawn_page_once")
        ]

    def __str__(self) -> str:
        return f"{self.address} as drawn"

    @staticmethod
    def address_of_file(edition: Edition) -> str:
        """Return the path under which the site has an edition's own file."""
        return f"/{edition.drug.slug}/editions/{edition.number}/{MONOGRAPH_PDF}"

    @staticmethod
    def state_of(edition: Edition) -> str:
        """Return what a file says of its edition, as it is now."""
        return f"{edition.state} {edition.fingerprint}"

    @property
    def is_file(self) -> bool:
        return self.address.endswith(f"/{MONOGRAPH_PDF}")

    @property
    def size_in_bytes(self) -> int:
        """The length of a file, whose body is not read for it."""
        return int(dict(json.loads(self.headers))["Content-Length"])

    @property
    def bound(self) -> Bound:
        """What the codes of its bodies bind them to."""
        return Bound(
            self.address,
            self.build,
            self.drawn_of,
            self.good_until.isoformat(),
            self.etag,
            self.headers,
        )

    def sign(self) -> None:
        """Give each body its code."""
        self.code_gzip = page_code(self.bound, bytes(self.body_gzip))
        self.code_brotli = page_code(self.bound, bytes(self.body_brotli))

    @property
    def is_our_own(self) -> bool:
        """Return whether the row is as the site drew it, in every part and body."""
        return is_good_code(
            self.code_gzip, self.bound, bytes(self.body_gzip)
        ) and is_good_code(self.code_brotli, self.bound, bytes(self.body_brotli))

    @property
    def body(self) -> bytes | None:
        """What was drawn, unpacked; None of a row that is not the site's own."""
        return gzip.decompress(bytes(self.body_gzip)) if self.is_our_own else None

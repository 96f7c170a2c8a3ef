"""What was drawn from an edition and is kept to be served; derived, so never frozen.

Each says what it was drawn from, so that one which is not true any more is known.
"""

import hashlib
from typing import Self

from django.db import models
from django.db.models import F
from django.db.models.functions import Length

from .editions import Edition


class RenditionQuerySet(models.QuerySet["Rendition"]):
    """The questions the site asks about renditions."""

    def true(self) -> Self:
        """Return those of a public edition as it is now, in content and in state."""
        return self.filter(
            edition__state__in=Edition.PUBLIC_STATES,
            edition__state=F("edition_state"),
            edition__fingerprint=F("edition_fingerprint"),
        )

    def sizes_in_bytes(self) -> models.QuerySet["Rendition", int]:
        """Return the length of each body, which is not read for it."""
        return self.values_list(Length("body"), flat=True)


class Rendition(models.Model):
    """One file drawn from an edition, and what it was drawn from."""

    MONOGRAPH_PDF = "monograph.pdf"

    edition = models.ForeignKey(Edition, models.CASCADE, related_name="renditions")
    # What follows the edition's own address.
    name = models.CharField(max_length=100)
    content_type = models.CharField(max_length=100)
    body = models.BinaryField()
    body_sha256 = models.CharField(max_length=64)
    edition_fingerprint = models.CharField(max_length=64)
    edition_state = models.CharField(max_length=10)
    # Of the whole page, its style sheets and the versions of what drew it.
    source_sha256 = models.CharField(max_length=64)

    objects = RenditionQuerySet.as_manager()

    class Meta:
        ordering = ("edition", "name")
        constraints = [
            models.UniqueConstraint("edition", "name", name="rendition_name_once")
        ]

    def __str__(self) -> str:
        return f"{self.name} of {self.edition}"

    @property
    def is_as_drawn(self) -> bool:
        """Whether the stored bytes are those that were drawn."""
        return hashlib.sha256(bytes(self.body)).hexdigest() == self.body_sha256

"""Who worked on an edition, and the record of every act, which only ever grows.

The database refuses to change or delete an entry; each one seals the one before.
"""

import hashlib
import json

from django.conf import settings
from django.db import models

from .editions import Drug, Edition

SEALED = (
    *("edition_number", "act", "section", "row_key", "before", "after", "reason"),
    *("fingerprint", "actor_name", "previous_seal"),
)


class Contribution(models.Model):
    """One person's work on one edition, for which they may not publish it."""

    edition = models.ForeignKey(Edition, models.CASCADE)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT)

    class Meta:
        constraints = [
            models.UniqueConstraint("edition", "user", name="contribution_once")
        ]

    def __str__(self) -> str:
        return f"{self.user} on {self.edition}"


class HistoryEntry(models.Model):
    """One act: a row written, or a change of an edition's state."""

    drug = models.ForeignKey(Drug, models.PROTECT, related_name="history")
    edition_number = models.PositiveIntegerField()
    act = models.CharField(max_length=40)
    section = models.CharField(max_length=30, blank=True)
    row_key = models.CharField(max_length=60, blank=True)
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)
    reason = models.TextField(blank=True)
    fingerprint = models.CharField(max_length=64, blank=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    actor_name = models.CharField(max_length=200)
    at = models.DateTimeField()
    previous_seal = models.CharField(max_length=64, blank=True)
    seal = models.CharField(max_length=64)

    class Meta:
        ordering = ("pk",)
        verbose_name_plural = "history"
        constraints = [
            models.UniqueConstraint("drug", "previous_seal", name="history_no_fork")
        ]

    def __str__(self) -> str:
        what = f"{self.act} {self.section} {self.row_key}".strip()
        return f"edition {self.edition_number}: {what}, {self.actor_name}"

    def computed_seal(self) -> str:
        """Return the SHA-256 over this entry and the seal of the one before."""
        sealed = {name: getattr(self, name) for name in SEALED} | {
            "drug": self.drug_id,
            "actor": self.actor_id,
            "at": self.at.isoformat(),
        }
        text = json.dumps(sealed, ensure_ascii=False, sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()

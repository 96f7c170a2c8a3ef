"""Where the words of the editions in force stand; derived, so never frozen.

Holds words alone: what a reader is shown comes from the edition as published.
"""

from django.db import models

from .editions import Edition


class SearchPassage(models.Model):
    """The different words of one passage of an edition in force, in plain letters."""

    edition = models.ForeignKey(Edition, models.CASCADE, related_name="passages")
    position = models.PositiveSmallIntegerField()
    words = models.TextField()

    class Meta:
        ordering = ("edition", "position")
        constraints = [
            models.UniqueConstraint(
                "edition", "position", name="search_passage_position_once"
            )
        ]

    def __str__(self) -> str:
        return f"passage {self.position} of {self.edition}"

"""Dates that carry their own precision: a year, a month or a day.

A guide that says "June 2024" has no day, and none is invented here.
"""

import calendar
import re
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models

PARTIAL_DATE = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?", re.ASCII)


def validate_partial_date(text: str) -> None:
    """Raise ValidationError unless text is YYYY, YYYY-MM or YYYY-MM-DD."""
    match = PARTIAL_DATE.fullmatch(text)
    try:
        if match is None:
            raise ValueError
        date(*(int(part or 1) for part in match.groups()))
    except ValueError:
        raise ValidationError(
            "Type the date as 2024, 2024-06 or 2024-06-30, as precisely as it is known."
        ) from None


def in_words(text: str) -> str:
    """Return a partial date with the month named: "June 2024", "30 June 2024"."""
    parts = text.split("-")
    if len(parts) > 1:
        parts[1] = calendar.month_name[int(parts[1])]
    if len(parts) > 2:
        parts[2] = str(int(parts[2]))
    return " ".join(reversed(parts))


class PartialDateField(models.CharField):
    """An ISO 8601 date of reduced precision, kept as text so that it sorts."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["max_length"] = 10
        super().__init__(*args, **kwargs)
        self.validators.append(validate_partial_date)

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        del kwargs["max_length"]
        return name, path, args, kwargs

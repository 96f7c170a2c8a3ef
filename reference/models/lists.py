"""Fields that hold a list: months, routes, names of sections."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import models

from reference.dosing import schedule


def validate_months(months: Any) -> None:
    """Raise ValidationError unless months is a rising list of whole months."""
    whole = isinstance(months, list) and all(type(month) is int for month in months)
    if not whole or sorted(set(months)) != months or any(m < 0 for m in months):
        raise ValidationError("Type the months as a rising list, such as [0, 1, 2, 3].")


def validate_listed(numbers: Any) -> None:
    """Raise ValidationError unless these are the days or weeks of a dosing line."""
    whole = isinstance(numbers, list) and all(type(each) is int for each in numbers)
    if not whole or sorted(set(numbers)) != numbers or any(n < 0 for n in numbers):
        raise ValidationError("Type the days or weeks in rising order: 0, 2, 6.")
    most, largest = schedule.MOST_LISTED, schedule.LARGEST_LISTED
    if len(numbers) > most or max(numbers, default=0) > largest:
        raise ValidationError(f"Type at most {most} numbers, none above {largest}.")


class Route(models.TextChoices):
    """How a dose is given."""

    SUBCUTANEOUS = "subcutaneous"
    INTRAVENOUS_INJECTION = "intravenous injection"
    INTRAVENOUS_INFUSION = "intravenous infusion"
    INTRAMUSCULAR = "intramuscular"
    ORAL = "oral"


def validate_routes(routes: Any) -> None:
    """Raise ValidationError unless routes is a list of routes, none of them twice."""
    is_list = isinstance(routes, list) and all(isinstance(it, str) for it in routes)
    if not is_list or len(set(routes)) != len(routes) or set(routes) - {*Route.values}:
        raise ValidationError(f"Choose from: {', '.join(Route.values)}.")


def validate_section_names(names: Any) -> None:
    """Raise ValidationError unless names is a list of words, none of them twice."""
    is_list = isinstance(names, list) and all(isinstance(name, str) for name in names)
    if not is_list or len(set(names)) != len(names):
        raise ValidationError("Give the names of sections, each once.")

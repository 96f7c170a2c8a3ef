"""What a dosing line may choose from, and which of its numbers are out of order."""

from collections.abc import Iterator
from typing import Any

from django.db import models

from reference.dosing import typed

MOST_DOSES_PER_DAY = 24


class Population(models.TextChoices):
    NOT_STATED = "not stated"
    ADULT = "adult"
    PEDIATRIC = "pediatric"
    ADULT_AND_PEDIATRIC = "adult and pediatric"


class Basis(models.TextChoices):
    MG_PER_DOSE = "mg/dose", "mg per dose"
    MG_PER_KG_PER_DOSE = "mg/kg/dose", "mg per kg per dose"
    MG_PER_KG_PER_DAY = "mg/kg/day", "mg per kg per day"
    MG_PER_KG_PER_HOUR = "mg/kg/hour", "mg per kg per hour"
    MG_PER_M2_PER_DOSE = "mg/m2/dose", "mg per m² of body surface area per dose"
    MG_PER_M2_PER_DAY = "mg/m2/day", "mg per m² of body surface area per day"
    MICROGRAM_PER_DOSE = "microgram/dose", "micrograms per dose"
    MICROGRAM_PER_KG_PER_DOSE = "microgram/kg/dose", "micrograms per kg per dose"
    MICROGRAM_PER_KG_PER_DAY = "microgram/kg/day", "micrograms per kg per day"
    MICROGRAM_PER_KG_PER_HOUR = "microgram/kg/hour", "micrograms per kg per hour"


class MaximumUnit(models.TextChoices):
    MG = "mg", "mg"
    MG_PER_KG = "mg/kg", "mg per kg"
    MICROGRAM = "microgram", "micrograms"
    MICROGRAM_PER_KG = "microgram/kg", "micrograms per kg"


class Phase(models.TextChoices):
    LOADING = "loading", "loading dose"
    MAINTENANCE = "maintenance", "maintenance dose"


class HowOften(models.TextChoices):
    TIMES_A_DAY = "times-a-day", "a number of times a day"
    EVERY_N_DAYS = "every-n-days", "every so many days"
    EVERY_N_MONTHS = "every-n-months", "every so many months"
    LISTED = "listed", "on the days or weeks that are listed"
    ONCE = "once", "once"
    CONTINUOUS = "continuous", "continuously, as an infusion"


class ListedUnit(models.TextChoices):
    DAYS = "days"
    WEEKS = "weeks"


class DurationUnit(models.TextChoices):
    HOURS = "hours"
    DAYS = "days"
    WEEKS = "weeks"
    MONTHS = "months"
    DOSES = "doses"


def out_of_order(regimen: Any) -> Iterator[tuple[str, str]]:
    """Yield the fields of a line whose low and high ends do not fit each other."""
    low, high = regimen.low, regimen.high
    if low is not None and low <= 0:
        yield "low", "Type an amount above 0."
    if low is not None and high is not None and low > high:
        yield "high", "Type an amount that is not below the low one."
    if regimen.increase_to is not None and high and regimen.increase_to <= high:
        yield "increase_to", "Type an amount above the high one."
    yield from _outside_weights(regimen)
    for name, most in (("doses_per_day", MOST_DOSES_PER_DAY), ("duration", None)):
        low, high = getattr(regimen, f"{name}_low"), getattr(regimen, f"{name}_high")
        if low is not None and (high is None or low > high or low < 1):
            yield f"{name}_high", "Type a number that is not below the low one."
        elif low is None and high is not None and name == "doses_per_day":
            yield f"{name}_low", "Type both numbers of doses, or neither."
        elif most is not None and high is not None and high > most:
            yield f"{name}_high", f"More than {most} doses a day is not sane."


def _outside_weights(regimen: Any) -> Iterator[tuple[str, str]]:
    """Yield the ends of a weight band that no patient can lie between."""
    ends_kg = {
        name: getattr(regimen, name) for name in ("from_weight_kg", "below_weight_kg")
    }
    for name, end_kg in ends_kg.items():
        if (
            end_kg is not None
            and not typed.LOWEST_WEIGHT_KG < end_kg <= typed.HIGHEST_WEIGHT_KG
        ):
            yield (
                name,
                f"Type a weight above {typed.LOWEST_WEIGHT_KG} kg and up to "
                f"{typed.HIGHEST_WEIGHT_KG} kg, or leave this empty.",
            )
    first_kg, end_kg = ends_kg.values()
    if first_kg is not None and end_kg is not None and first_kg >= end_kg:
        yield "below_weight_kg", "Type a weight above the first."
    for name in ("from_age_months", "below_age_months"):
        if getattr(regimen, name) == 0:
            yield name, "Leave this empty where the line is for every age."

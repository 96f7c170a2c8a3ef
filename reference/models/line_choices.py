"""What a dosing line may choose from: whom, amount, when, how long."""

from django.db import models


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

"""How often and how long a line is given, and fields that do not fit each other."""

from collections.abc import Iterator, Mapping
from typing import Any

from .. import model
from ..schedule import Schedule

Row = Mapping[str, Any]


def how_often(regimen: Row) -> str:
    """Return how often a line is given, by the name of the choice.

    A row from before that was asked has its answer in its other fields.
    """
    said: str = regimen["how_often"]
    if said:
        return said
    if regimen["basis"].endswith("/hour"):
        return "continuous"
    if regimen["every_days"] > 1:
        return "every-n-days"
    is_once = duration_of(regimen) == model.Duration(1, 1, "days")
    return "once" if is_once else "times-a-day"


def schedule_of(regimen: Row) -> Schedule:
    """Return when the doses of a line are given."""
    return Schedule(
        kind=how_often(regimen),
        every_days=regimen["every_days"],
        every_months=regimen["every_months"],
        listed=tuple(regimen["listed"]),
        listed_unit=regimen["listed_unit"],
        again_after_days=regimen["again_after_days"],
    )


def duration_of(regimen: Row) -> model.Duration | None:
    """Return how long a line is given, or None."""
    if regimen["duration_high"] is None:
        return None
    return model.Duration(
        regimen["duration_low"], regimen["duration_high"], regimen["duration_unit"]
    )


def how_often_problems(regimen: Row) -> Iterator[str]:
    """Yield where how often a line is given does not fit its amount or its days."""
    said, is_by_hour = how_often(regimen), regimen["basis"].endswith("/hour")
    if (said == "continuous") != is_by_hour:
        yield "An amount per hour is given continuously, and no other amount is."
    if said == "every-n-days" and regimen["every_days"] == 1:
        yield "Every so many days: type of how many days, 7 for weekly."
    if said not in ("every-n-days", "listed") and regimen["every_days"] != 1:
        yield "Leave the days at 1: they are for a line given every so many days."
    if said == "every-n-months" and not regimen["every_months"]:
        yield "Every so many months: type of how many months, 1 for monthly."
    if said not in ("every-n-months", "listed") and regimen["every_months"]:
        yield "Leave the months at 0: they are for a line given every so many months."
    if (regimen["begins_at"] is None) != (not regimen["begins_unit"]):
        yield "Where it begins needs a number and a unit: week 14."
    yield from _listed_problems(said, regimen)
    yield from _infusion_problems(said, regimen)


def _infusion_problems(said: str, regimen: Row) -> Iterator[str]:
    """Yield where the minutes of an infusion do not fit the line."""
    low, high = regimen["over_minutes_low"], regimen["over_minutes_high"]
    if low is None and high is None:
        return
    if low is None or high is None or not 1 <= low <= high:
        yield "Type both ends of the minutes, the lower first, or neither."
    if regimen["route"] != "intravenous infusion" or said == "continuous":
        yield "Minutes are for a dose that is given as an intravenous infusion."


def _listed_problems(said: str, regimen: Row) -> Iterator[str]:
    """Yield where the listed days or weeks do not make a schedule."""
    again = regimen["again_after_days"]
    if said != "listed":
        if regimen["listed"] or regimen["listed_unit"] or again is not None:
            yield "Leave the listed days empty: they are for a line given on them."
        return
    if not (regimen["listed"] and regimen["listed_unit"]):
        yield "Type the days or weeks on which it is given, and which of both they are."
        return
    when = schedule_of(regimen)
    if when.number_of_doses == 1:
        yield "A single day is no list: choose “once”, or say how it goes on."
    if (when.every_days > 1) + (when.every_months > 0) + (again is not None) > 1:
        yield "After the last listed day it goes on in days, in months, or again."
    if again is not None and again <= when.listed_days[-1]:
        yield "The whole list can begin again only after its last day."
    if regimen["duration_unit"] == "doses" and when.number_of_doses is not None:
        yield "The listed days are its doses: leave the number of doses empty."

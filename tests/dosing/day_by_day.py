"""An independent calendar: the days of a schedule, ticked off one after the other."""

import calendar
from datetime import date, timedelta

from reference.dosing.schedule import Schedule


def dates_day_by_day(when: Schedule, start: date, number: int) -> list[date]:
    """Dates counted one day at a time, by what a person would tick off."""
    each = 7 if when.listed_unit == "weeks" else 1
    listed = [start + timedelta((n - when.listed[0]) * each) for n in when.listed]
    ticked: list[date] = []
    day, rounds = start, 0
    while len(ticked) < number and rounds < 25_000:
        since, round_start = (day - start).days, start
        if when.again_after_days:
            round_start += timedelta(since - since % when.again_after_days)
        again = {round_start + (one - start) for one in listed}
        is_due = {
            "once": since == 0,
            "every-n-days": since % when.every_days == 0,
            "every-n-months": _is_month_day(when.every_months, start, day),
            "listed": day in again,
        }[when.kind]
        if when.kind == "listed" and day > listed[-1] and not when.again_after_days:
            after = (day - listed[-1]).days
            in_days = when.every_days > 1 and after % when.every_days == 0
            is_due = in_days or _is_month_day(when.every_months, listed[-1], day)
        ticked += [day] * is_due
        day, rounds = day + timedelta(1), rounds + 1
    return ticked


def _is_month_day(every: int, start: date, day: date) -> bool:
    if not every:
        return False
    months = (day.year - start.year) * 12 + day.month - start.month
    last = calendar.monthrange(day.year, day.month)[1]
    return months >= 0 and months % every == 0 and day.day == min(start.day, last)

"""One dosing line as FHIR's Dosage: amount, timing, route and limits, nothing invented.

Text is what the guide says; what it leaves out is said to be absent.
"""

from collections.abc import Iterator

from reference.dosing import phrases, quantities, rules, schedule
from reference.exports.code_systems import CODE_SYSTEMS
from reference.reading import line_sentence

from .datatypes import (
    Document,
    Element,
    Row,
    absent,
    concept,
    plain_text,
    quantity,
    quantity_range,
    without_empty,
)
from .extensions import extension, extension_of_parts

# The qualifier values of SNOMED CT that HL7's own list of routes is made of.
ROUTE_CODES = {
    "subcutaneous": ("34206005", "Subcutaneous route"),
    "intravenous": ("47625008", "Intravenous route"),
}
KINDS_OF_AMOUNT = {
    "dose": "amount per dose",
    "day": "amount per day",
    "hour": "rate of a continuous infusion",
}


def dosing_guideline(document: Document, line: Row, origin: str) -> Element:
    """Return one line with whom it is for; it is found by the line's key, its id.

    Raises KeyError for an amount in a unit that is not in UCUM_CODES.
    """
    dosages = [_typed(line["phase"] or "as printed", dosage(document, line, origin))]
    if line["increase_to"] is not None:
        increased = dict(line, low=line["increase_to"], high=line["increase_to"])
        # How long the increased dose is given, no line says.
        increased |= {"duration_low": None, "duration_high": None, "increase_to": None}
        dosages.append(_typed("increased", dosage(document, increased, origin)))
    return {
        "id": line["key"],
        "dosage": dosages,
        "patientCharacteristic": list(_characteristics(line)),
    }


def dosage(document: Document, line: Row, origin: str) -> Element:
    """Return the Dosage of one line, with what is disputed about it."""
    return without_empty(
        {
            "extension": list(_extensions(document, line, origin)),
            "text": plain_text(line_sentence(line)),
            "additionalInstruction": list(_instructions(line)),
            "timing": _timing(line, origin),
            "route": route(line["route"]),
            "doseAndRate": [_amount(line)],
            **_maxima(line, origin),
        }
    )


def route(name: str) -> Element:
    """Return a route in the guide's word, with the code of what it is one of."""
    found = ROUTE_CODES.get(name.partition(" ")[0])
    if found is None:
        return concept(name)
    code, display = found
    system = CODE_SYSTEMS["SNOMED CT"].uri
    return concept(name, [{"system": system, "code": code, "display": display}])


def _typed(kind: str, of_line: Element) -> Element:
    return {"type": concept(kind), "dosage": [of_line]}


def _characteristics(line: Row) -> Iterator[Element]:
    """Yield whom the line is for; "below" is in words, since a Range ends inclusive."""
    population: Element = concept(line["population"])
    if line["population"] == "not stated":
        population = concept("not stated in the guide") | absent("unknown")
    yield {"type": concept("population"), "valueCodeableConcept": population}
    low, high = line["from_weight_kg"], line["below_weight_kg"]
    if low is not None or high is not None:
        limits = (("from", low), ("below", high))
        said = [f"{word} {end} kg" for word, end in limits if end is not None]
        yield {
            "type": concept(f"weight {', '.join(said)}"),
            "valueRange": quantity_range(low, high, "kg"),
        }
    first, end = line["from_age_months"], line["below_age_months"]
    if first is not None or end is not None:
        below = "" if end is None else f" below {end} months"
        yield {
            "type": concept(f"age{below}"),
            "valueRange": quantity_range(first, end, "months"),
        }


def _extensions(document: Document, line: Row, origin: str) -> Iterator[Element]:
    """Yield the printed line, its cautions, and what is open about its dose.

    A caution whose words wait for a patient is left to the dose address.
    """
    if plain_text(line["printed"]):
        yield extension(origin, "printed-line", value=plain_text(line["printed"]))
    for row in _said_of_every_dose(document, line):
        if "{" not in row["text"]:
            text = plain_text(row["text"])
            yield extension(origin, "dose-caution", code=row["code"], text=text)
    for row in document["discrepancies"]:
        if not row["dose_relevant"] or row["ruling"] != "open":
            continue
        if ("regimens", line["key"]) in rules.lines_of(document, row["key"]):
            texts = {name: plain_text(row[name]) for name in ("title", "consequence")}
            yield extension(origin, "open-discrepancy", key=row["key"], **texts)


def _said_of_every_dose(document: Document, line: Row) -> Iterator[Row]:
    """Yield the cautions of a line that no weight, number of doses or value brings."""
    place = ("regimens", line["key"])
    named = {
        row["note"]
        for row in document["discrepancies"]
        if place in rules.lines_of(document, row["key"])
    }
    for row in document["cautions"]:
        conditions = ("from_weight_kg", "below_weight_kg", "from_doses_per_day")
        is_own = row["regimen"] == line["key"] or row["key"] in named
        is_always = row["trigger"] in ("always", "named")
        if is_own and is_always and all(row[name] is None for name in conditions):
            yield row


def _instructions(line: Row) -> Iterator[Element]:
    if line["doses_per_day_low"] is None and not _is_continuous(line):
        yield concept("The guide does not say how many doses a day.")
    if line["begins_at"] is not None:
        yield concept(f"From {phrases.begins_in_words(line)}.")
    if line["duration_words"] and line["duration_high"] is not None:
        low, high = line["duration_low"] or line["duration_high"], line["duration_high"]
        number = f"{quantities.number_range(low, high)} {line['duration_unit']}"
        said = line["duration_words"].replace("{duration}", number)
        yield concept(f"Duration: {said}")


def _timing(line: Row, origin: str) -> Element:
    """Return how often and how long; a number of doses not printed is absent.

    For listed days R5 has no element: they stand in words and in an extension, and no
    period is said, which would be taken for all of it. Once is one day, and no more.
    """
    repeat, when = _bounds(line), rules.schedule_of(line)
    if when.kind == "once":
        repeat = {"boundsDuration": quantity(1, "day")}
    if line["over_minutes_high"] is not None:
        low, high = line["over_minutes_low"], line["over_minutes_high"]
        repeat |= {"duration": low, "durationUnit": "min"}
        repeat |= {"durationMax": high} if high != low else {}
    if when.kind == "listed":
        days = extension_of_parts(origin, "dosing-days", _dosing_days(when))
        words = concept(phrases.listed_in_words(when))
        return without_empty({"extension": [days], "repeat": repeat, "code": words})
    if when.kind != "continuous":
        low, high = line["doses_per_day_low"], line["doses_per_day_high"]
        if low is None:
            repeat["_frequency"] = absent("unknown")
        else:
            repeat["frequency"] = low
            repeat |= {"frequencyMax": high} if high != low else {}
        if when.every_months:
            repeat |= {"period": when.every_months, "periodUnit": "mo"}
        else:
            repeat |= {"period": when.every_days, "periodUnit": "d"}
    return without_empty({"repeat": repeat})


def _dosing_days(when: schedule.Schedule) -> Iterator[tuple[str, int]]:
    for day in when.listed_days:
        yield "day", day
    if when.every_days > 1:
        yield "then-every-days", when.every_days
    if when.every_months:
        yield "then-every-months", when.every_months
    if when.again_after_days is not None:
        yield "again-after-days", when.again_after_days


def _is_continuous(line: Row) -> bool:
    basis: str = line["basis"]
    return basis.endswith("/hour")


def _bounds(line: Row) -> Element:
    low, high, unit = (line[f"duration_{part}"] for part in ("low", "high", "unit"))
    if high is None:
        return {}
    if unit == "doses":
        return {"count": high} if low == high else {"count": low or 1, "countMax": high}
    if low == high:
        return {"boundsDuration": quantity(high, unit)}
    return {"boundsRange": quantity_range(low, high, unit)}


def _amount(line: Row) -> Element:
    """Return the amount per dose, or per day or hour as a rate.

    R5 has no amount per dosing day where days lie between, so that one is text alone.
    """
    unit, _, per = line["basis"].rpartition("/")
    if per == "day" and not rules.schedule_of(line).is_daily:
        return absent("as-text")
    name, unit = ("dose", unit) if per == "dose" else ("rate", line["basis"])
    low, high = line["low"], line["high"]
    value = (
        {f"{name}Quantity": quantity(low, unit)}
        if low == high
        else {f"{name}Range": quantity_range(low, high, unit)}
    )
    return {"type": concept(KINDS_OF_AMOUNT[per]), **value}


def _maxima(line: Row, origin: str) -> Element:
    """Return the limits of a line, each with where it stands, which may be a label."""
    said = plain_text(line["maximum_source"])
    source = [extension(origin, "maximum-source", value=said)] if said else []
    limits: Element = {}
    if line["max_per_day"] is not None:
        ratio = {
            "extension": source,
            "numerator": quantity(line["max_per_day"], line["max_per_day_unit"]),
            "denominator": quantity(1, "day"),
        }
        limits["maxDosePerPeriod"] = [without_empty(ratio)]
    if line["max_per_dose"] is not None:
        most = quantity(line["max_per_dose"], line["max_per_dose_unit"])
        limits["maxDosePerAdministration"] = without_empty({"extension": source} | most)
    return limits

"""Well-formed requests for a dose, at random, from the lines of the oracle's guides."""

import random
from typing import Any

from tests.support.oracle import Guide, Regimen

# The ends of a line for some weights, of what asks, and of what a maximum cuts.
EDGES_KG = ("0.5", "10", "24.99", "25", "49.9999", "50", "20", "19.99", "75", "150")


def random_request(source: random.Random, guide: Guide) -> tuple[str, dict[str, Any]]:
    """Any line, any weight, any choice that its line takes."""
    key = source.choice(list(guide.regimens))
    line = guide.regimens[key]
    places = source.randint(0, 5)
    asked: dict[str, Any] = {"confirmed": source.random() < 0.8}
    if line.weight_decides or source.random() < 0.5:
        heaviest = source.choice([12, 60, 150, 300])
        weight = f"{max(0.5, source.uniform(0.5, heaviest)):.{max(places, 1)}f}"
        asked["weight"] = source.choice([weight, weight, source.choice(EDGES_KG)])
    if not line.fixed and source.random() < 0.5:
        asked["rate"] = _random_rate(source, line, places)
    if line.increase_to is not None:
        asked["increased"] = source.random() < 0.5
    if line.infusion and source.random() < 0.7:
        asked["hours"] = source.randint(0, line.longest_hours + 3)
    elif not line.infusion and source.random() < 0.5:
        asked["doses_per_day"] = source.randint(0, 5)
    if source.random() < 0.5:
        asked["age_unit"] = source.choice(["months", "years"])
        oldest = {"months": [3, 30, 240], "years": [2, 20, 100]}[asked["age_unit"]]
        age = source.uniform(0, source.choice(oldest))
        asked["age"] = f"{age:.{source.randint(0, 2)}f}"
    if line.label_on_kidneys and source.random() < 0.5:
        crcl = f"{source.uniform(0, 60):.{places}f}"
        asked["crcl"] = source.choice(["30", "29.99", crcl])
    if len(guide.products) > 1 and source.random() < 0.7:
        asked["preparation"] = source.choice(list(guide.products))
    return key, asked


def _random_rate(source: random.Random, line: Regimen, places: int) -> str:
    """An end of the line, its maximum, a step past one, or anything up to there."""
    ends = [float(line.low), float(line.high)]
    if line.most is not None and line.most.per_kg:
        ends.append(line.most.amount)
    end, highest = source.choice(ends), 1.2 * max(ends)
    whole, any_rate = source.randint(0, int(highest) + 1), source.uniform(0, highest)
    return source.choice(
        [f"{end:g}", f"{end + 0.01:g}", str(whole), f"{any_rate:.{places}f}"]
    )

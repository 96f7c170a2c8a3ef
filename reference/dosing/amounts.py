"""The amounts of a rule for one patient: exact, in mg, before any rounding."""

from dataclasses import dataclass
from decimal import Decimal

from .model import DoseRule, Maximum, Range
from .patient import Patient
from .quantities import MICROGRAMS_PER_MG
from .typed import HIGHEST_BSA_M2, HIGHEST_WEIGHT_KG, LOWEST_BSA_M2, LOWEST_WEIGHT_KG
from .volume import UNBOUNDED

MG_PER = {"mg": Decimal(1), "microgram": 1 / Decimal(MICROGRAMS_PER_MG)}


def weight_kg_of(patient: Patient) -> Decimal:
    """Return the weight in kg. Raises ValueError without one from 0.5 kg to 300 kg."""
    weight_kg = patient.weight_kg
    if weight_kg is None or not LOWEST_WEIGHT_KG <= weight_kg <= HIGHEST_WEIGHT_KG:
        raise ValueError("this dose needs a weight from 0.5 kg to 300 kg")
    return weight_kg


def _bsa_m2(patient: Patient) -> Decimal:
    bsa_m2 = patient.bsa_m2
    if bsa_m2 is None or not LOWEST_BSA_M2 <= bsa_m2 <= HIGHEST_BSA_M2:
        raise ValueError("this dose needs a body surface area from 0.2 m² to 3 m²")
    return bsa_m2


def _body(rule: DoseRule, patient: Patient) -> Decimal:
    """Return what an amount is multiplied by: kilograms, square meters, or 1."""
    if rule.is_area_based:
        return _bsa_m2(patient)
    return weight_kg_of(patient) if rule.is_weight_based else Decimal(1)


def maximum_in_mg(maximum: Maximum, patient: Patient) -> Decimal:
    """Return a maximum of a patient in mg, a maximum per kg at the weight."""
    unit, _, per_kg = maximum.unit.partition("/")
    return maximum.amount * MG_PER[unit] * (weight_kg_of(patient) if per_kg else 1)


def rate_of(rule: DoseRule, patient: Patient) -> Range:
    """Return the rate used: the increased one, the one chosen, or the printed range."""
    if patient.increased and rule.increase_to is not None:
        return Range(rule.increase_to, rule.increase_to)
    if patient.rate is not None:
        return Range(patient.rate, patient.rate)
    return rule.rate


@dataclass(frozen=True, slots=True)
class Amounts:
    """The mg of a rule for one patient, not rounded; a maximum it lacks is infinite."""

    rate: Range
    mg_per_unit: Decimal
    is_by_day: bool
    most_per_dose_mg: Decimal
    most_per_day_mg: Decimal

    @classmethod
    def of(cls, rule: DoseRule, patient: Patient) -> "Amounts":
        most_mg = {"dose": UNBOUNDED, "day": UNBOUNDED}
        for maximum in rule.maxima:
            in_mg = maximum_in_mg(maximum, patient)
            most_mg[maximum.per] = min(most_mg[maximum.per], in_mg)
        return cls(
            rate=rate_of(rule, patient),
            mg_per_unit=MG_PER[rule.unit] * _body(rule, patient),
            is_by_day=rule.is_by_day,
            most_per_dose_mg=most_mg["dose"],
            most_per_day_mg=most_mg["day"],
        )

    def most_of_dose(self, count: int) -> Decimal:
        return min(self.most_per_dose_mg, self.most_per_day_mg / count)

    def most_of_day(self, count: int) -> Decimal:
        return min(self.most_per_day_mg, self.most_per_dose_mg * count)

    def wanted_in_day(self, count: int) -> Range:
        """Return the mg per dosing day, before any maximum."""
        times = 1 if self.is_by_day else count
        return self.rate.each(lambda end: end * self.mg_per_unit * times)

    def of_day(self, count: int) -> Range:
        most_mg = self.most_of_day(count)
        return self.wanted_in_day(count).each(lambda mg: min(mg, most_mg))

    def of_dose(self, count: int) -> Range:
        return self.of_day(count).each(lambda mg: mg / count)

    def is_lowered(self, count: int) -> bool:
        return self.of_day(count) != self.wanted_in_day(count)

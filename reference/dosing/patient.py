"""Whom a dose is asked for: what is known of the patient, and what was chosen.

Every number is a Decimal whose name carries its unit.
"""

from dataclasses import dataclass
from decimal import Decimal

MONTHS_PER_YEAR = 12


@dataclass(frozen=True, slots=True)
class Age:
    """An age as it was typed, in "months" or "years".

    It means all the time until its last digit changes: 4 years from 48 to 60 months,
    4.5 years from 54 to 55.2.
    """

    number: Decimal
    unit: str

    @property
    def from_months(self) -> Decimal:
        return self.number * self._months_each

    @property
    def until_months(self) -> Decimal:
        digits_after_the_point = -int(self.number.as_tuple().exponent)
        step = Decimal(1).scaleb(-digits_after_the_point)
        return (self.number + step) * self._months_each

    @property
    def _months_each(self) -> int:
        return MONTHS_PER_YEAR if self.unit == "years" else 1


@dataclass(frozen=True, slots=True)
class Patient:
    """Who the dose is for: what is known of the patient, and what the clinician chose.

    Rate, doses_per_day, hours, increased and confirmed are choices, no facts. Age and
    clearance take no part in the arithmetic: an age is judged where the line has ages.
    """

    weight_kg: Decimal | None = None
    bsa_m2: Decimal | None = None
    rate: Decimal | None = None
    doses_per_day: int | None = None
    hours: int | None = None
    increased: bool = False
    confirmed: bool = False
    age: Age | None = None
    crcl_ml_per_min: Decimal | None = None

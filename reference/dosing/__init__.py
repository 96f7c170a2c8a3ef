"""What a dose is: a rule, a patient, the arithmetic between them, and its words.

    from reference.dosing import Patient, compute_dose, dose_rule
    compute_dose(dose_rule(document, regimen), Patient(weight_kg=Decimal(20)))

Plain data in, plain data out, in Decimal and exact until one rounding at the end.
Refusals and questions are phrased where they are decided: refusals.py and questions.py;
how amounts are written is in quantities.py, the small words of a line in phrases.py.
"""

from . import answers, phrases, quantities, rules, schedule, typed
from .answers import Confirmation, Dose, Refusal
from .arithmetic import compute_dose
from .cautions import PLACEHOLDER, PLACEHOLDERS
from .containers import drawn_by, smallest_dose_mg, tablets_of, vials_of
from .growth import WEIGHT_FOR_AGE
from .model import CautionRule, CountRange, DoseRule, Maximum, Product, Range, WhoFor
from .patient import Age, Patient
from .questions import (
    ADULT_FROM_MONTHS,
    CONFIRM_ABOVE_KG,
    CONFIRM_PEDIATRIC_ABOVE_KG,
    PEDIATRIC_UNDER_MONTHS,
    asks_as_every_line,
    in_pounds,
    is_rare_weight,
)
from .refusals import counts_allowed, hours_allowed
from .rules import Document, Row, dose_rule
from .schedule import Schedule
from .volume import SMALLEST_SHOWN_ML, shown_ml, whole_units
from .weights import (
    PANEL_KG,
    PANEL_M2,
    end_weights_kg,
    panel_areas_m2,
    panel_weights_kg,
)

__all__ = [
    "ADULT_FROM_MONTHS",
    "CONFIRM_ABOVE_KG",
    "CONFIRM_PEDIATRIC_ABOVE_KG",
    "PANEL_KG",
    "PANEL_M2",
    "PEDIATRIC_UNDER_MONTHS",
    "PLACEHOLDER",
    "PLACEHOLDERS",
    "SMALLEST_SHOWN_ML",
    "WEIGHT_FOR_AGE",
    "Age",
    "CautionRule",
    "Confirmation",
    "CountRange",
    "Document",
    "Dose",
    "DoseRule",
    "Maximum",
    "Patient",
    "Product",
    "Range",
    "Refusal",
    "Row",
    "Schedule",
    "WhoFor",
    "answers",
    "asks_as_every_line",
    "compute_dose",
    "counts_allowed",
    "dose_rule",
    "drawn_by",
    "end_weights_kg",
    "hours_allowed",
    "in_pounds",
    "is_rare_weight",
    "panel_areas_m2",
    "panel_weights_kg",
    "phrases",
    "quantities",
    "rules",
    "schedule",
    "shown_ml",
    "smallest_dose_mg",
    "tablets_of",
    "typed",
    "vials_of",
    "whole_units",
]

"""What a dose is: a rule, a patient, the arithmetic between them, and its words.

    from reference.dosing import Patient, compute_dose, dose_rule
    compute_dose(dose_rule(document, regimen), Patient(weight_kg=Decimal(20)))

Plain data in, plain data out, in Decimal and exact until one rounding at the end.
Refusals and questions are phrased where they are decided: refusals.py and questions.py;
how amounts are written is in quantities.py, the small words of a line in phrases.py.
"""

from .answers import (
    Caution,
    Confirmation,
    Course,
    DividedDose,
    Dose,
    Infusion,
    Limit,
    Refusal,
)
from .arithmetic import compute_dose
from .cautions import PLACEHOLDER, PLACEHOLDERS
from .chart import CHARTS_KEPT, DoseChart, dose_chart
from .growth import WEIGHT_FOR_AGE
from .model import Age, CountRange, DoseRule, Maximum, Patient, Product, Range
from .phrases import (
    doses_per_what,
    line_details,
    lowest_age_in_words,
    rate_in_words,
    weights_in_words,
)
from .quantities import (
    counted,
    dose_amount,
    dose_range,
    interval_in_words,
    number_in_words,
    number_range,
    plain_number,
    quantity,
    quantity_range,
    spelled_unit,
)
from .questions import in_pounds
from .refusals import counts_allowed, hours_allowed
from .rules import (
    Document,
    Row,
    dose_rule,
    how_often,
    lines_of,
    overlapping,
    preparations_for,
    regimen_problems,
    weights_capped_below_low_kg,
    who_for,
)
from .typed import (
    HIGHEST_AGE,
    HIGHEST_CRCL_ML_PER_MIN,
    HIGHEST_WEIGHT_KG,
    LONGEST_NUMBER,
    LOWEST_WEIGHT_KG,
    NotUnderstoodError,
    checked_age,
    parse_age_unit,
    parse_crcl_ml_per_min,
    parse_number,
    parse_weight_kg,
    parse_whole_number,
)
from .volume import SMALLEST_SHOWN_ML, DrawnUp, drawn_up
from .weights import PANEL_KG, panel_weights_kg

__all__ = [
    "CHARTS_KEPT",
    "HIGHEST_AGE",
    "HIGHEST_CRCL_ML_PER_MIN",
    "HIGHEST_WEIGHT_KG",
    "LONGEST_NUMBER",
    "LOWEST_WEIGHT_KG",
    "PANEL_KG",
    "PLACEHOLDER",
    "PLACEHOLDERS",
    "SMALLEST_SHOWN_ML",
    "WEIGHT_FOR_AGE",
    "Age",
    "Caution",
    "Confirmation",
    "CountRange",
    "Course",
    "DividedDose",
    "Document",
    "Dose",
    "DoseChart",
    "DoseRule",
    "DrawnUp",
    "Infusion",
    "Limit",
    "Maximum",
    "NotUnderstoodError",
    "Patient",
    "Product",
    "Range",
    "Refusal",
    "Row",
    "checked_age",
    "compute_dose",
    "counted",
    "counts_allowed",
    "dose_amount",
    "dose_chart",
    "dose_range",
    "dose_rule",
    "doses_per_what",
    "drawn_up",
    "hours_allowed",
    "how_often",
    "in_pounds",
    "interval_in_words",
    "line_details",
    "lines_of",
    "lowest_age_in_words",
    "number_in_words",
    "number_range",
    "overlapping",
    "panel_weights_kg",
    "parse_age_unit",
    "parse_crcl_ml_per_min",
    "parse_number",
    "parse_weight_kg",
    "parse_whole_number",
    "plain_number",
    "preparations_for",
    "quantity",
    "quantity_range",
    "rate_in_words",
    "regimen_problems",
    "spelled_unit",
    "weights_capped_below_low_kg",
    "weights_in_words",
    "who_for",
]

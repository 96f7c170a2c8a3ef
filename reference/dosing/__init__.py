"""What a dose is: a rule, a patient, the arithmetic between them, and its words.

    from reference.dosing import Patient, compute_dose, dose_rule
    compute_dose(dose_rule(document, regimen), Patient(weight_kg=Decimal(20)))

Plain data in, plain data out, in Decimal and exact until one rounding at the end. It
knows no Django and no other package. Refusals and questions are phrased where they are
decided: refusals.py and questions.py; how amounts are written is in quantities.py.
"""

from .arithmetic import compute_dose
from .cautions import PLACEHOLDER, PLACEHOLDERS
from .chart import CHARTS_KEPT, DoseChart, dose_chart
from .growth import WEIGHT_FOR_AGE
from .model import (
    Age,
    Caution,
    Confirmation,
    CountRange,
    Course,
    DividedDose,
    Dose,
    DoseRule,
    Infusion,
    Limit,
    Maximum,
    Patient,
    Product,
    Range,
    Refusal,
)
from .phrases import line_details, lowest_age_in_words, weights_in_words
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
    dose_rule,
    lines_of,
    overlapping,
    regimen_problems,
    weights_capped_below_low_kg,
    who_for,
)
from .sentence import counted_range, maximum_in_words, product_in_words
from .syringe import DrawnUp, drawn_up
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
from .weights import PANEL_KG, binding_weights_kg, end_weights_kg

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
    "WEIGHT_FOR_AGE",
    "Age",
    "Caution",
    "Confirmation",
    "CountRange",
    "Course",
    "DividedDose",
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
    "binding_weights_kg",
    "checked_age",
    "compute_dose",
    "counted",
    "counted_range",
    "counts_allowed",
    "dose_amount",
    "dose_chart",
    "dose_range",
    "dose_rule",
    "drawn_up",
    "end_weights_kg",
    "hours_allowed",
    "in_pounds",
    "interval_in_words",
    "line_details",
    "lines_of",
    "lowest_age_in_words",
    "maximum_in_words",
    "number_in_words",
    "number_range",
    "overlapping",
    "parse_age_unit",
    "parse_crcl_ml_per_min",
    "parse_number",
    "parse_weight_kg",
    "parse_whole_number",
    "plain_number",
    "product_in_words",
    "quantity",
    "quantity_range",
    "regimen_problems",
    "spelled_unit",
    "weights_capped_below_low_kg",
    "weights_in_words",
    "who_for",
]

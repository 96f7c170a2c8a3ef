"""What a page says of an answer: every word, plural, unit and sentence, in its place.

presented.py puts an answer together from its lines (lines.py) and its notes (notes.py);
cell.py is the patient's cell of the table. Amounts and times are written by sentence.py
for both, so that a row and its answer never differ; what is said of vials and tablets
by containers.py. Plain data in and out.
"""

from .cell import PatientCell, patient_cell
from .presented import presented
from .presented_answer import PresentedAnswer

__all__ = ["PatientCell", "PresentedAnswer", "patient_cell", "presented"]

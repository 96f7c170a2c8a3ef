"""Printed dosing lines of other drugs, with fields that a person wrote beside them.

They are test examples, not guidance. They were written before the parser, so that its
author could not choose the lines that it reads.
"""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FILE = Path(__file__).with_name("printed_lines.json")
_HELD = json.loads(FILE.read_text(encoding="utf-8"))
DEFAULTS: dict[str, Any] = _HELD["defaults"]


@dataclass(frozen=True, slots=True)
class PrintedLine:
    """One line: its fields, or None with the reason why today's cannot express it."""

    drug: str
    printed: str
    fields: dict[str, Any] | None
    why_not: str

    @property
    def row(self) -> dict[str, Any]:
        """The whole row of a line that has fields."""
        own = {"key": self.drug, "indication": self.drug, "text": ""}
        return {**DEFAULTS, **own, "printed": self.printed, **(self.fields or {})}


LINES = tuple(
    PrintedLine(line["drug"], line["printed"], line.get("fields"), line.get("why", ""))
    for line in _HELD["lines"]
)

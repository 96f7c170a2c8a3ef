"""One thing that stands between a draft and its publication."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing to mend or to know: level is "block" or "warning"."""

    level: str
    section: str
    key: str
    text: str

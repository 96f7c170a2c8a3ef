"""How the peers write a decimal number, which each engine calls as a filter."""

from decimal import Decimal
from typing import Any


def plain(number: Any) -> str:
    """Return the number without zeros at its end."""
    return f"{Decimal(str(number)).normalize():f}" if number is not None else ""

"""One patient of the standard panel of doses."""

from dataclasses import dataclass
from decimal import Decimal

from reference.dosing import quantities


@dataclass(frozen=True, slots=True)
class Point:
    """One patient of the panel; None for what the line does not depend on."""

    weight_kg: Decimal | None = None
    bsa_m2: Decimal | None = None
    is_increased: bool = False

    @property
    def in_words(self) -> str:
        """Return "20 kg", "1.5 m²", "any weight", "20 kg, increased dose"."""
        sizes = ((self.weight_kg, "kg"), (self.bsa_m2, "m²"))
        known = [quantities.quantity(n, unit) for n, unit in sizes if n is not None]
        increased = ["increased dose"] * self.is_increased
        return ", ".join([*(known or ["any weight"]), *increased])

"""One answer to one dose request: what HTML, htmx and JSON all start from.

No arithmetic and no template; the JSON is the contract that other programs rely on,
and dose_json.py writes the dose in it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from reference import dosing
from reference.dosing import (
    Confirmation,
    Dose,
    DoseRule,
    Refusal,
)
from reference.editions import Row

from .dose_json import Json, age_json, dose_json, number

# What the answers of every line name once.
SAID_ONCE = ("drug", "edition")
NOT_VERIFIED = "edition-not-verified"
# Whom a line is for; named in an answer only where the line has them.
BOUNDS = ("from_weight_kg", "below_weight_kg", "from_age_months", "below_age_months")


@dataclass(frozen=True)
class DoseAnswer:
    """What was asked of which edition, and the result; errors where it was refused 422.

    links are addresses that go with a refusal, by their meaning.
    """

    document: Mapping[str, Any]
    fingerprint: str
    regimen: Row | None
    indication: Row | None
    rule: DoseRule | None
    patient: dosing.Patient
    result: Dose | Refusal | Confirmation | None
    errors: Mapping[str, list[str]] = field(default_factory=dict)
    links: Mapping[str, str] = field(default_factory=dict)

    @property
    def status(self) -> str:
        """Return "invalid", "computed", "confirm" or "refused"."""
        if self.errors or self.result is None:
            return "invalid"
        if isinstance(self.result, Dose):
            return "computed"
        return "confirm" if isinstance(self.result, Confirmation) else "refused"

    @property
    def is_verified(self) -> bool:
        """Return whether the edition's content is what was published."""
        result = self.result
        return not (isinstance(result, Refusal) and result.code == NOT_VERIFIED)

    def as_json(self) -> Json:
        """Return the JSON contract's answer: plain decimal strings, whole counts."""
        if self.status == "invalid":
            return {"status": "invalid", "errors": dict(self.errors)}
        return {
            "status": self.status,
            "drug": self.document["drug"]["slug"],
            "edition": {
                "number": self.document["edition"]["number"],
                "label": self.document["edition"]["label"],
                "fingerprint": self.fingerprint,
            },
            "regimen": self._regimen_json(),
            **self._result_json(),
        }

    def _regimen_json(self) -> Json | None:
        if self.regimen is None or self.indication is None:
            return None
        return {
            "key": self.regimen["key"],
            "indication": self.indication["name"],
            "route": self.regimen["route"],
            "population": self.regimen["population"],
            "printed": self.regimen["printed"],
            **{
                name: self.regimen[name]
                for name in ("phase", *BOUNDS)
                if self.regimen[name] not in ("", None)
            },
        }

    def _result_json(self) -> Json:
        weight_kg = number(self.patient.weight_kg)
        if isinstance(self.result, Dose):
            return {
                "weight_kg": weight_kg,
                **self._area_json(),
                **dose_json(self.result, self.rule),
                **self._preparation_json(),
                **self._understood_json(),
            }
        if isinstance(self.result, Confirmation):
            return {
                "weight_kg": weight_kg,
                "weight_lb": number(self.result.weight_lb),
                "text": self.result.text,
                **self._understood_json(),
            }
        reason: Json = {}
        if isinstance(self.result, Refusal):
            reason = {"code": self.result.code, "text": self.result.text}
        if self.links:
            reason["links"] = dict(self.links)
        answer: Json = {"reason": reason}
        if self.regimen is None and self.indication is not None:
            answer["indication"] = {
                "key": self.indication["key"],
                "name": self.indication["name"],
            }
        return answer

    def _area_json(self) -> Json:
        """Return the body surface area of a line per m², null where none was typed."""
        is_per_m2 = self.rule is not None and self.rule.is_area_based
        return {"bsa_m2": number(self.patient.bsa_m2)} if is_per_m2 else {}

    def _preparation_json(self) -> Json:
        """Return the preparation that was chosen, where the edition has several.

        Null where none was: it is asked for, or the vials of one concentration are
        combined, and each dose says which.
        """
        product = None if self.rule is None else self.rule.chosen_product
        if len(self.document["preparations"]) == 1:
            return {}
        if product is None:
            return {"preparation": None}
        return {
            "preparation": {
                "key": product.key,
                "name": product.name,
                "strength_mg": number(product.strength_mg),
                "strength_ml": number(product.strength_ml),
            }
        }

    def _understood_json(self) -> Json:
        """Return what was understood of the patient that no dose uses."""
        return {
            "age": age_json(self.patient.age),
            "crcl_ml_per_min": number(self.patient.crcl_ml_per_min),
        }

"""Which editions in force a code of another system stands for, and where in them.

The codes of an edition's document decide; its rows only say where to look.
"""

from collections.abc import Iterator
from typing import NamedTuple

from django.db.models import Exists, OuterRef, Q

from reference.editions import published_monograph
from reference.models import Code, Edition

from .code_systems import CODE_SYSTEMS, codes_told, printed_forms


class Asked(NamedTuple):
    """A code that was asked for, in a system by the guide's name of it."""

    system: str
    value: str


class Coded(NamedTuple):
    """An edition in force that has a code: for its drug, or for one indication."""

    edition: Edition
    indication: str | None
    asked: Asked


def coded_editions(asked: list[Asked]) -> Iterator[Coded]:
    """Yield every place in the editions in force that one of the codes stands for.

    Raises EditionNotVerifiedError for stored bytes that are not what was approved.
    """
    asked = [one for one in asked if one.value.isprintable()]  # as every code is
    forms_by_system = dict[str, set[str]]()
    for one in asked:
        forms_by_system.setdefault(one.system, set()).update(printed_forms(*one))
    wanted = Q(pk__in=[])
    for system, values in forms_by_system.items():
        wanted |= Q(system=system, value__in=values)
    rows = Code.objects.filter(wanted, edition=OuterRef("pk"))
    editions = Edition.objects.in_force().filter(Exists(rows)).order_by("drug__slug")
    for edition in editions.without_bytes():
        document = published_monograph(edition).document
        keys = [row["key"] for row in document["indications"]]
        for one in asked:
            forms = printed_forms(*one)
            for indication in (None, *keys):
                if any(
                    row["system"] == one.system and row["value"] in forms
                    for row in codes_told(document, indication)
                ):
                    yield Coded(edition, indication, one)


def in_any_system(value: str) -> list[Asked]:
    """Return a code as asked for without its system."""
    return [Asked(system, value) for system in CODE_SYSTEMS]

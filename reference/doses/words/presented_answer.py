"""What an answer says, from its first line to its details."""

from dataclasses import dataclass
from urllib.parse import urlencode

from reference.dosing import quantities

from .notes import Note


@dataclass(frozen=True, slots=True)
class Choice:
    """One number of doses a day that may be chosen: "1", "usual (label)"."""

    count: str
    words: str
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class PresentedAnswer:
    """What an answer says, from its first line to its details; "" and () are not drawn.

    dose is its one large line. asked are the parameters that ask for the same again.
    """

    title: str = ""
    where: tuple[str, ...] = ()
    dose: str = ""
    is_by_weight: bool = False
    lines: tuple[str, ...] = ()
    choices: tuple[Choice, ...] = ()
    limit: str = ""
    notes: tuple[Note, ...] = ()
    folded: tuple[Note, ...] = ()
    yes: str = ""
    foot: str = ""
    steps: tuple[str, ...] = ()
    further: tuple[str, ...] = ()
    rounded: str = ""
    source: str = ""
    said: str = ""
    copied: str = ""
    asked: tuple[tuple[str, str], ...] = ()

    @property
    def head(self) -> str:
        """Return "NOMID, adult and pediatric · subcutaneous · 20 kg (44.1 lb)"."""
        return " · ".join(filter(None, (self.title, *self.where)))

    @property
    def more(self) -> str:
        """Return "2 more notes"."""
        return quantities.counted(len(self.folded), "more note", "more notes")

    @property
    def query(self) -> str:
        """Return the parameters that ask for the same again, as an address has them."""
        return urlencode(self.asked)

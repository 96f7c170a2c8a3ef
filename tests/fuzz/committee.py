"""What must be the case on the committee's desk, by the design and not by its code.

Four rules in one place: which act leads from which state, who may do it, what it has to
come with, and what it leaves. Of the site only the names of its refusals are used.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from reference.publishing.rules import (
    ChangedSinceSeenError,
    NotAllowedError,
    NotReadyError,
    OpenDraftExistsError,
    ReasonMissingError,
    WrongStateError,
)

Refusals = set[type[Exception]]
Versions = tuple[int, ...]

OPEN = ("draft", "in review")
PUBLIC = ("published", "superseded", "withdrawn")
FROM = {
    "submit": ("draft",),
    "discard": ("draft",),
    "return_to_draft": ("in review",),
    "publish": ("in review",),
    "withdraw": ("published", "superseded"),
    "request_restoration": ("withdrawn",),
    "restore": ("withdrawn",),
    "propose_full_review": ("published",),
    "confirm_full_review": ("published",),
}
# One of these groups has to be among the person's.
WHO = {
    "start": ("author",),
    "write": ("author",),
    "submit": ("author",),
    "discard": ("author",),
    "return_to_draft": ("author", "reviewer"),
    "publish": ("reviewer",),
    "withdraw": ("reviewer",),
    "request_restoration": ("reviewer",),
    "restore": ("reviewer",),
    "propose_full_review": ("author",),
    "confirm_full_review": ("reviewer",),
}
WITH_REASON = ("discard", "return_to_draft", "withdraw", "request_restoration")
ON_RECORD = {
    "submit": "submitted",
    "discard": "discarded",
    "return_to_draft": "returned",
    "publish": "published",
    "withdraw": "withdrawn",
    "request_restoration": "restoration requested",
    "restore": "restored",
    "propose_full_review": "full review proposed",
    "confirm_full_review": "full review confirmed",
}


@dataclass
class Member:
    """An account: what it may do, and whether anything on record names it."""

    name: str
    groups: set[str]
    is_superuser: bool = False
    is_active: bool = True
    is_there: bool = True
    is_on_record: bool = False

    def may(self, act: str) -> bool:
        """Return whether the groups allow it; a superuser has every right."""
        is_allowed = self.is_superuser or bool(self.groups & set(WHO[act]))
        return self.is_there and self.is_active and is_allowed


@dataclass(frozen=True)
class Line:
    """A row of an edition: its words, place, version, and whether it is open."""

    words: str
    position: int = 0
    version: int = 1
    is_open: bool = False


@dataclass
class Written:
    """An edition: what it says, where it stands, and whose hands were on it."""

    pk: int
    number: int
    texts: str
    lines: dict[str, Line]
    contributors: set[str]
    state: str = "draft"
    version: int = 1
    is_ready: bool = False
    is_there: bool = True
    submitted_by: str = ""
    published_by: str = ""
    reason: str = ""
    asked_by: str = ""
    proposed_by: str = ""

    @property
    def content(self) -> tuple[object, ...]:
        """What its fingerprint stands for; two editions of one content have one."""
        placed = sorted((line.position, key) for key, line in self.lines.items())
        lines = tuple((key, self.lines[key].words) for _, key in placed)
        return (self.number, self.texts, lines)

    @property
    def facts(self) -> tuple[object, ...]:
        """What its row in the database has to say, in the order of COMPARED."""
        return (
            *(self.pk, self.number, self.state, self.version, self.reason),
            *(self.submitted_by, self.published_by, self.asked_by, self.proposed_by),
        )

    @property
    def words(self) -> set[str]:
        return {line.words for line in self.lines.values()}

    @property
    def lines_in_a_file(self) -> dict[str, Line]:
        """The lines as a file brings them: numbered anew in each of both sections."""
        found = dict[str, Line]()
        for is_open in (False, True):
            mine = {
                k: line for k, line in self.lines.items() if line.is_open == is_open
            }
            placed = sorted(mine, key=lambda key: (mine[key].position, key))
            for position, key in enumerate(placed, start=1):
                found[key] = replace(mine[key], position=position)
        return found

    @property
    def open_keys(self) -> set[str]:
        return {key for key, line in self.lines.items() if line.is_open}


@dataclass
class Committee:
    """The people and the editions of one drug; editions keep their place for ever."""

    members: dict[str, Member]
    editions: list[Written] = field(default_factory=list)

    @property
    def there(self) -> list[Written]:
        return [edition for edition in self.editions if edition.is_there]

    @property
    def public(self) -> list[Written]:
        return [edition for edition in self.there if edition.state in PUBLIC]

    @property
    def current(self) -> Written:
        """The one readers meet: the highest number that was ever published."""
        return max(self.public, key=lambda edition: edition.number)

    @property
    def open_edition(self) -> Written | None:
        return next((each for each in self.there if each.state in OPEN), None)

    @property
    def last_number(self) -> int:
        return max(edition.number for edition in self.there)

    @property
    def secrets(self) -> set[str]:
        """The words of the open edition that no public one has."""
        draft = self.open_edition
        known = {words for each in self.public for words in each.words}
        return set() if draft is None else draft.words - known

    def versions(self, edition: Written) -> Versions:
        """What an act on the edition relies on: where it and the current one stand."""
        own, current = edition, self.current
        return (own.number, own.version, current.number, current.version)

    def why_not_start(self, by: Member) -> Refusals:
        refusals: Refusals = set() if by.may("start") else {NotAllowedError}
        return refusals | ({OpenDraftExistsError} if self.open_edition else set())

    def why_not(
        self,
        act: str,
        edition: Written,
        by: Member,
        *,
        opened: Versions,
        seen: tuple[object, ...] = (),
        acknowledged: frozenset[str] = frozenset(),
        reason: str = "why",
    ) -> Refusals:
        """Return every kind of refusal that is right; none means it has to be done."""
        if not edition.is_there:
            return {WrongStateError}
        if opened != self.versions(edition):
            return {ChangedSinceSeenError}
        refusals: Refusals = set()
        if edition.state not in FROM[act]:
            refusals.add(WrongStateError)
        if not by.may(act) or by.name in first_hands(act, edition):
            refusals.add(NotAllowedError)
        if act in WITH_REASON and not reason.strip():
            refusals.add(ReasonMissingError)
        if act == "submit" and not edition.is_ready:
            refusals.add(NotReadyError)
        if act == "publish" and seen != edition.content:
            refusals.add(ChangedSinceSeenError)
        if act == "publish" and not edition.open_keys <= acknowledged:
            refusals.add(NotReadyError)
        if act == "restore" and not edition.asked_by:
            refusals.add(WrongStateError)
        if act == "confirm_full_review" and not edition.proposed_by:
            refusals.add(WrongStateError)
        return refusals

    def begun(
        self, by: Member, pk: int, number: int, lines: dict[str, Line], texts: str
    ) -> Written:
        """A draft with the lines of another edition; whoever began it worked on it."""
        lines = {key: replace(line, version=1) for key, line in lines.items()}
        draft = Written(pk, number, texts, lines, {by.name})
        self.editions.append(draft)
        by.is_on_record = True
        return draft

    def wrote(self, edition: Written, by: Member) -> None:
        edition.contributors.add(by.name)
        by.is_on_record = True

    def done(self, act: str, edition: Written, by: Member, reason: str = "") -> None:
        """Put down what an act that was done leaves behind."""
        by.is_on_record = True
        edition.version += 1
        if act == "submit":
            edition.state, edition.submitted_by = "in review", by.name
        elif act == "return_to_draft":
            edition.state, edition.submitted_by = "draft", ""
        elif act == "discard":
            edition.is_there = False
        elif act == "publish":
            for earlier in self._in_force():
                earlier.state = "superseded"
                earlier.version += 1
            edition.state, edition.published_by = "published", by.name
        elif act == "withdraw":
            edition.state, edition.reason = "withdrawn", reason
        elif act == "request_restoration":
            edition.asked_by = by.name
        elif act == "restore":
            is_latest = edition is self.current
            edition.state = "published" if is_latest else "superseded"
            edition.asked_by = edition.reason = ""
        elif act == "propose_full_review":
            edition.proposed_by = by.name
        elif act == "confirm_full_review":
            edition.proposed_by = ""

    def recorded(self, act: str, edition: Written) -> Iterator[tuple[str, int]]:
        """Yield what the record gets of an act that is about to be done."""
        if act == "publish":
            yield from (("superseded", each.number) for each in self._in_force())
        yield ON_RECORD[act], edition.number

    def _in_force(self) -> list[Written]:
        return [each for each in self.there if each.state == "published"]


def first_hands(act: str, edition: Written | None) -> set[str]:
    """Whose act this one answers to: the second pair of hands is somebody else's."""
    if edition is None:
        return set()
    if act == "publish":
        return edition.contributors | {edition.submitted_by}
    if act == "restore":
        return {edition.asked_by}
    if act == "confirm_full_review":
        return {edition.proposed_by}
    return set()

"""The last verified copy of each edition in force, for as long as the database is down.

Each worker holds its own, and rechecks it. Which edition is in force is never decided
here while the database answers: editions/current.py asks it for every page and dose.
"""

import logging
import zlib
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from copy import copy
from dataclasses import dataclass
from datetime import datetime
from functools import wraps
from threading import Thread, local
from time import monotonic, sleep
from typing import Any, ParamSpec, TypeVar

from django.conf import settings
from django.db import DatabaseError, InterfaceError, OperationalError, connection
from django.db.models import Max
from django.utils import timezone

from anakinra_site.environment import READERS_WAIT
from anakinra_site.starting import build
from reference.models import DrawnPage, Edition

from .document import fingerprint

logger = logging.getLogger(__name__)

RECHECK_SECONDS = 10
# While the database is down, it is asked again no more often than this.
RETRY_SECONDS = 1
# Nobody else asks until whoever asked was answered, or has given up.
LONGEST_TRY_SECONDS = 15
# About 15 KB each; of a site with more drugs, those published last.
COPIES_KEPT = 100

DOWN = (OperationalError, InterfaceError)
Identity = tuple[int, str, str]
P = ParamSpec("P")
Answer = TypeVar("Answer")


class _OfThread(local):
    is_asking = False


_of_thread = _OfThread()


class DatabaseDownError(OperationalError):
    """The database did not answer a moment ago, and is not asked again yet."""


@dataclass(frozen=True)
class KeptCopy:
    """An edition as it was read, its verified bytes packed, and when that was.

    No page that was drawn of its drug by then has a higher key than drawn_up_to.
    """

    edition: Edition
    packed: bytes
    asked_at: float  # seconds of a clock that nobody sets
    checked_at: datetime
    drawn_up_to: int


class KeptEditions:
    """What one worker holds. Its recheck is the only one to write copies."""

    def __init__(self) -> None:
        self._copies: dict[str, KeptCopy] = {}
        # What was read last of the drugs above, by whoever read it.
        self._last_read: dict[str, tuple[float, Identity | None]] = {}
        self._last_row: dict[str, int] = {}
        self._refused: dict[int, str] = {}
        self._refused_drugs: frozenset[str] = frozenset()
        self._ask_again_at: float | None = None
        self._turn = 0

    @property
    def database_is_down(self) -> bool:
        return self._ask_again_at is not None

    @contextmanager
    def asking(self) -> Iterator[None]:
        """Ask the database in this block, and remember whether it answers.

        Raises DatabaseDownError while it is down; one caller at a time may try, a
        second after the last one. Inside of such a block it is one question with it.
        """
        if _of_thread.is_asking:
            yield
            return
        if self._ask_again_at is not None:
            now = monotonic()
            if now < self._ask_again_at:
                raise DatabaseDownError("The database did not answer.")
            self._ask_again_at = now + LONGEST_TRY_SECONDS
        _of_thread.is_asking = True
        try:
            with _readers_patience():
                yield
        except Exception as error:
            if isinstance(error, DOWN) or self.database_is_down:
                self.note_failure()
            raise
        finally:
            _of_thread.is_asking = False
        self.note_answer()

    def note_failure(self) -> None:
        """Remember that the database did not answer."""
        if self._ask_again_at is None:
            logger.error("database-down: readers are given the last checked editions")
        self._ask_again_at = monotonic() + RETRY_SECONDS

    def note_answer(self) -> None:
        """Remember that the database answers."""
        if self._ask_again_at is not None:
            self._ask_again_at = None
            logger.warning("database-back: every answer is read anew")

    def note_read(self, slug: str, read: Edition | None) -> None:
        """Remember what the database said is in force of a drug."""
        if slug in self._copies:
            identity = None if read is None else _identity(read)
            self._last_read[slug] = (monotonic(), identity)

    def may_send_drawn(self, slug: str, row: int) -> bool:
        """Return whether a drawn page of a drug may be sent, and remember its key."""
        if row > self._last_row.get(slug, 0):
            self._last_row[slug] = row
        return slug not in self._refused_drugs

    def is_refused(self, edition_id: int, expected: str) -> bool:
        """Return whether a recheck found other bytes than this fingerprint is of."""
        return self._refused.get(edition_id) == expected

    def copy_of(self, slug: str) -> Edition | None:
        """Return the edition in force that was read last, if it may still be served.

        Not if anything else was read since, nor once the time that the setting
        UNCHECKED_FOR allows has passed.
        """
        kept = self._copies.get(slug)
        allowed_seconds = settings.UNCHECKED_FOR.total_seconds()
        if kept is None or monotonic() - kept.asked_at > allowed_seconds:
            return None
        read_at, read = self._last_read.get(slug, (0.0, None))
        if read_at >= kept.asked_at and read != _identity(kept.edition):
            return None
        if self._last_row.get(slug, 0) > kept.drawn_up_to:
            return None
        edition = copy(kept.edition)
        edition.not_rechecked_since = kept.checked_at
        return edition

    def copies(self) -> list[Edition]:
        """Return every edition that copy_of() would."""
        found = [self.copy_of(slug) for slug in sorted(self._copies)]
        return [edition for edition in found if edition is not None]

    def bytes_of(self, edition_id: int, expected: str) -> bytes | None:
        """Return the document kept with this fingerprint, or None."""
        for kept in list(self._copies.values()):
            if (kept.edition.pk, kept.edition.fingerprint) == (edition_id, expected):
                return zlib.decompress(kept.packed)
        return None

    def recheck(self) -> None:
        """Read what is in force; verify what is new, and one of the rest in its turn.

        Raises DatabaseError, and leaves every copy as it is, when that is impossible.
        """
        asked_at, checked_at = monotonic(), timezone.now()
        # Read first: what is drawn in between makes a copy doubtful, never trusted.
        pages = DrawnPage.objects.filter(build=build()).order_by().values_list("drug")
        drawn: dict[int, int] = dict(pages.annotate(Max("pk")))
        in_force = Edition.objects.in_force().without_bytes().order_by("-published_at")
        found = list(in_force[:COPIES_KEPT])
        self._turn = (self._turn + 1) % max(len(found), 1)
        copies, refused = dict[str, KeptCopy](), dict[int, str]()
        for place, edition in enumerate(found):
            packed = None if place == self._turn else self._packed(edition)
            packed = packed or _verified(edition)
            if packed is None:
                refused[edition.pk] = edition.fingerprint
                continue
            copies[edition.drug.slug] = KeptCopy(
                edition, packed, asked_at, checked_at, drawn.get(edition.drug_id, 0)
            )
        self._take(found, copies, refused)

    def _packed(self, edition: Edition) -> bytes | None:
        """Return the bytes that are kept of this very edition."""
        known = self._copies.get(edition.drug.slug)
        is_same = known and _identity(known.edition) == _identity(edition)
        return known.packed if known and is_same else None

    def _take(
        self, found: list[Edition], copies: dict[str, KeptCopy], refused: dict[int, str]
    ) -> None:
        for edition in found:
            if refused.get(edition.pk, "") != self._refused.get(edition.pk, ""):
                said = "is not" if edition.pk in refused else "is again"
                logger.error(
                    "edition-verified: %s %s what was published", edition, said
                )
        self._refused = refused
        self._refused_drugs = frozenset(
            edition.drug.slug for edition in found if edition.pk in refused
        )
        self._copies = copies
        self._last_row = {
            slug: row for slug, row in self._last_row.items() if slug in copies
        }
        self.note_answer()


kept_editions = KeptEditions()


def asks_at_once(view: Callable[P, Answer]) -> Callable[P, Answer]:
    """Let a view whose answer no copy can give ask as every reader's question is asked.

    While the database is down it raises DatabaseDownError, and waits for nothing.
    """

    @wraps(view)
    def asking(*args: P.args, **kwargs: P.kwargs) -> Answer:
        with kept_editions.asking():
            return view(*args, **kwargs)

    return asking


def keep_rechecking() -> None:
    """Start the thread that rechecks for as long as this worker lives."""
    Thread(target=_recheck_for_ever, name="recheck", daemon=True).start()


def _recheck_for_ever() -> None:
    while True:
        try:
            kept_editions.recheck()
        except (DatabaseError, InterfaceError):
            kept_editions.note_failure()
            connection.close()
        except Exception:
            # Whatever it is, the copies grow too old to be served, and readers go on.
            logger.exception("recheck-failed: editions are not rechecked")
        sleep(RETRY_SECONDS if kept_editions.database_is_down else RECHECK_SECONDS)


def _readers_patience() -> AbstractContextManager[None]:
    """Limit how long a reader waits for a database server that hangs."""
    if connection.vendor == "sqlite":
        return nullcontext()
    database: Any = connection
    limited: AbstractContextManager[None] = database.answering_within(READERS_WAIT)
    return limited


def _verified(edition: Edition) -> bytes | None:
    """Return the packed bytes of a published edition, if they are what was approved."""
    stored = Edition.objects.values_list("canonical", flat=True).get(pk=edition.pk)
    canonical = bytes(stored or b"")
    is_true = fingerprint(canonical) == edition.fingerprint
    return zlib.compress(canonical) if is_true else None


def _identity(edition: Edition) -> Identity:
    return edition.pk, edition.state, edition.fingerprint

"""Writes the record of acts; reading and checking it is in keeping/verification.py.

Called inside the transaction of the act, with the drug's row locked.
"""

from collections.abc import Mapping
from typing import Any, TypedDict, Unpack

from django.contrib.auth.models import User
from django.utils import timezone

from anakinra_site.accounts import events
from reference.models import Drug, Edition, HistoryEntry


class Details(TypedDict, total=False):
    """What an entry says beside act and person: of which row, why, from what to what.

    actor_name stands for an account: by itself if there is none.
    """

    actor_name: str
    section: str
    row_key: str
    before: Mapping[str, Any] | None
    after: Mapping[str, Any] | None
    reason: str


def record_act(
    edition: Edition, act: str, *, by: User | None, **details: Unpack[Details]
) -> HistoryEntry:
    """Append one act to the drug's record, sealed over the entry before it.

    Returns the entry; its seal is kept with the drug as the end of the record. The log
    says, once it is committed, who did what to which edition: not in which words.
    """
    drug = Drug.objects.filter(pk=edition.drug_id)
    last_seal, slug = drug.values_list("last_seal", "slug").get()
    if by is not None:
        details.setdefault("actor_name", by.get_full_name() or by.get_username())
    entry = HistoryEntry(
        drug_id=edition.drug_id,
        edition_number=edition.number,
        act=act,
        fingerprint=edition.fingerprint,
        actor=by,
        at=timezone.now(),
        previous_seal=last_seal,
        **details,
    )
    entry.seal = entry.computed_seal()
    entry.save(force_insert=True)
    drug.update(last_seal=entry.seal)
    events.log_once_committed(
        act,
        actor=by.get_username() if by else entry.actor_name,
        drug=slug,
        edition=edition.number,
        section=entry.section,
        row=entry.row_key,
    )
    return entry

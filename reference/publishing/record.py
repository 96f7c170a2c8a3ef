"""Writes the record of acts; reading and checking it is in keeping/verification.py.

Called inside the transaction of the act, with the drug's row locked.
"""

from collections.abc import Mapping
from typing import Any

from django.contrib.auth.models import User
from django.utils import timezone

from anakinra_site.accounts import log_once_committed
from reference.models import Drug, Edition, HistoryEntry


def record_act(
    edition: Edition,
    act: str,
    *,
    by: User | None,
    actor_name: str = "",
    section: str = "",
    row_key: str = "",
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    reason: str = "",
) -> HistoryEntry:
    """Append one act to the drug's record, sealed over the entry before it.

    Returns the entry; its seal is kept with the drug as the end of the record. The log
    says, once it is committed, who did what to which edition: not in which words.
    """
    drug = Drug.objects.filter(pk=edition.drug_id)
    last_seal, slug = drug.values_list("last_seal", "slug").get()
    entry = HistoryEntry(
        drug_id=edition.drug_id,
        edition_number=edition.number,
        act=act,
        section=section,
        row_key=row_key,
        before=before,
        after=after,
        reason=reason,
        fingerprint=edition.fingerprint,
        actor=by,
        actor_name=actor_name
        or (by.get_full_name() or by.get_username() if by else ""),
        at=timezone.now(),
        previous_seal=last_seal,
    )
    entry.seal = entry.computed_seal()
    entry.save(force_insert=True)
    drug.update(last_seal=entry.seal)
    log_once_committed(
        act,
        actor=by.get_username() if by else actor_name,
        drug=slug,
        edition=edition.number,
        section=section,
        row=row_key,
    )
    return entry

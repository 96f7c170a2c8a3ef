"""How a draft begins, as a copy or from a file, and how it ends unpublished."""

from collections.abc import Iterator

from django.contrib.auth.models import User
from django.db import IntegrityError, transaction

from reference import editions
from reference.models import Drug, Edition, Row

from . import rules
from .record import record_act

WRITTEN_ANEW = ("number", "label", "change_note", "change_grade")
COPIED_FIELDS = [name for name in editions.EDITION_FIELDS if name not in WRITTEN_ANEW]
UNNAMED_LABEL = "in preparation"


@transaction.atomic
def start_draft(*, drug: Drug, by: User) -> Edition:
    """Return a new draft that copies the drug's current edition, keys kept.

    Raises OpenDraftExistsError while another edition of the drug is open.
    """
    rules.require(by, "reference.submit_edition")
    rules.hold(drug)
    current = drug.editions.current()
    last = drug.editions.order_by("-number").first()
    draft = Edition(drug=drug, label=UNNAMED_LABEL)
    for name in COPIED_FIELDS if current is not None else ():
        setattr(draft, name, getattr(current, name))
    draft.number = 1 if last is None else last.number + 1
    try:
        draft.save()
    except IntegrityError:
        raise rules.OpenDraftExistsError(
            f"{drug} already has an open edition. Finish or discard that one first."
        ) from None
    rules.contribute(draft, by)
    if current is not None:
        _copy_rows(current, draft)
    record_act(draft, "started", by=by)
    return draft


@transaction.atomic
def start_from_file(*, document: editions.Document, sha256: str, by: User) -> Edition:
    """Return a new draft that holds exactly this document; its drug is made if missing.

    sha256 is that of the canonical bytes. Raises FileRefusedError, with every fault,
    for what does not fit the drug as it is here, and nothing stays behind.
    """
    rules.require(by, "reference.submit_edition")
    drug = Drug.objects.filter(slug=document["drug"]["slug"]).first()
    if drug is not None:
        rules.hold(drug)
        faults = list(landing_faults(document, drug))
        if faults:
            raise editions.FileRefusedError(faults)
    try:
        drug = drug or Drug.objects.create(**document["drug"])
        draft = editions.edition_of(document, drug)
        draft.save()
    except IntegrityError:
        raise editions.FileRefusedError(
            [((), "Somebody else was quicker with this drug. Nothing was imported.")]
        ) from None
    rules.contribute(draft, by)
    editions.write_rows(document, draft)
    if rules.fingerprint_of(draft) != sha256:
        raise editions.FileRefusedError(
            [((), "The rows do not give the file's bytes again.")]
        )
    record_act(draft, "started", by=by, reason=f"From a file with the SHA-256 {sha256}")
    return draft


@transaction.atomic
def start_reissued(document: editions.Document) -> Edition | None:
    """Return a draft of a drug's next edition with a guide that was issued anew.

    None, and nothing is done, where the edition of that number holds this content, or
    its content was offered before, whatever came of it, or an edition is open.
    """
    drug = Drug.objects.get(slug=document["drug"]["slug"])
    rules.hold(drug)
    sha256 = editions.fingerprint(editions.canonical_bytes(document))
    number = document["edition"]["number"]
    issued = drug.editions.filter(number=number).exclude(fingerprint=sha256)
    reason = f"Issued anew, as a document with the SHA-256 {sha256}"
    is_known = drug.history.filter(reason=reason).exists()
    if is_known or not issued.exists() or drug.editions.open_draft().exists():
        return None
    draft = editions.edition_of(document, drug)
    draft.number = drug.editions.order_by("-number")[0].number + 1
    draft.label = UNNAMED_LABEL
    draft.change_note = draft.change_grade = ""
    draft.save()
    editions.write_rows(document, draft)
    record_act(draft, "started", by=None, actor_name=draft.issuer, reason=reason)
    return draft


@transaction.atomic
def discard(*, edition: Edition, by: User, reason: str) -> None:
    """Delete a draft and its rows; the record of what was done to it stays."""
    edition = rules.locked(edition, Edition.State.DRAFT, "discarded")
    rules.require(by, "reference.submit_edition")
    rules.require_reason(reason)
    record_act(edition, "discarded", by=by, reason=reason)
    edition.delete()


def landing_faults(document: editions.Document, drug: Drug) -> Iterator[editions.Fault]:
    """Yield why this edition cannot come next for the drug as it is here.

    It has other names, an edition of it is open, or the number has passed: the current
    edition is the highest public number, so a lower one never follows.
    """
    yield from editions.name_faults(document, drug)
    open_edition = drug.editions.open_draft().first()
    if open_edition is not None:
        text = f"{open_edition} is {open_edition.state}. Finish or discard it first."
        yield (), text
    last = drug.editions.order_by("-number").first()
    if last is not None and document["edition"]["number"] <= last.number:
        text = f"Here is edition {last.number} already; the next one comes after it."
        yield ("edition", "number"), text


def _copy_rows(source: Edition, target: Edition) -> None:
    """Copy every row of source into target; rows point to each other by key."""
    copies: dict[type[Row], dict[str, Row]] = {}
    for model in editions.SECTIONS.values():
        links = editions.links_to_rows(model)
        found = model._base_manager.filter(edition=source)
        rows = list(found.select_related(*links) if links else found)
        for row in rows:
            for name in links:
                original = getattr(row, name)
                if original is not None:
                    setattr(row, name, copies[type(original)][original.key])
            row.pk = None
            row.edition = target
            row.version = 1
        model._base_manager.bulk_create(rows)
        copies[model] = {
            row.key: row for row in model._base_manager.filter(edition=target)
        }

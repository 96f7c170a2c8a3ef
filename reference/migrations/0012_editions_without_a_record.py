import hashlib
import json

from django.db import migrations
from django.utils import timezone

# The acts with which the record of an edition begins.
BEGINNINGS = ('started', 'imported', 'published', 'taken over')
REASON = (
    'This edition stood here before the site kept a record. Who did what to it until '
    'then is not on record; the entry says how it stood when it was taken over.'
)


def take_over_what_the_record_does_not_know(apps, schema_editor):
    """Put on record, as they stand, the editions from before there was a record.

    The first version of the site kept none, and had two ways for an edition to be
    there: imported, or as a draft. What lacks its beginning in another way was
    altered, as was a record with a gap: both stay faults for manage.py verify.
    """
    for drug in apps.get_model('reference', 'Drug').objects.all():
        entries = list(drug.history.order_by('pk'))
        if _is_whole(drug, entries):
            begun = {it.edition_number for it in entries if it.act in BEGINNINGS}
            for edition in drug.editions.exclude(number__in=begun).order_by('number'):
                if edition.imported_by or edition.state in ('draft', 'in review'):
                    _take_over(apps, drug, edition)


def _is_whole(drug, entries):
    previous = ''
    for entry in entries:
        if entry.previous_seal != previous or entry.seal != _seal(entry):
            return False
        previous = entry.seal
    return previous == drug.last_seal


def _take_over(apps, drug, edition):
    due = edition.review_due
    entry = apps.get_model('reference', 'HistoryEntry')(
        drug=drug,
        edition_number=edition.number,
        act='taken over',
        after={
            'state': edition.state,
            'reviewed_on': edition.reviewed_on,
            'review_due': due.isoformat() if due else '',
        },
        reason=REASON,
        fingerprint=edition.fingerprint,
        actor_name='an upgrade of the site',
        at=timezone.now(),
        previous_seal=drug.last_seal,
    )
    entry.seal = _seal(entry)
    entry.save(force_insert=True)
    drug.last_seal = entry.seal
    drug.save(update_fields=['last_seal'])


def _seal(entry):
    """As HistoryEntry.computed_seal, of which migrations know nothing."""
    sealed = {
        name: getattr(entry, name)
        for name in (
            *('edition_number', 'act', 'section', 'row_key', 'before', 'after'),
            *('reason', 'fingerprint', 'actor_name', 'previous_seal'),
        )
    } | {'drug': entry.drug_id, 'actor': entry.actor_id, 'at': entry.at.isoformat()}
    text = json.dumps(sealed, ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


class Migration(migrations.Migration):

    dependencies = [
        ('reference', '0010_files_are_drawn_pages'),
    ]

    operations = [
        migrations.RunPython(
            take_over_what_the_record_does_not_know, migrations.RunPython.noop
        ),
    ]

from django.db import migrations, models


def keep_the_end_of_each_record(apps, schema_editor):
    """A record that was begun before this field existed ends where it stands."""
    HistoryEntry = apps.get_model('reference', 'HistoryEntry')
    for drug in apps.get_model('reference', 'Drug').objects.all():
        last = HistoryEntry.objects.filter(drug=drug).order_by('-pk').first()
        if last is not None:
            drug.last_seal = last.seal
            drug.save(update_fields=['last_seal'])


class Migration(migrations.Migration):

    dependencies = [
        ('reference', '0002_workflow'),
    ]

    operations = [
        migrations.AddField(
            model_name='drug',
            name='last_seal',
            field=models.CharField(blank=True, editable=False, max_length=64),
        ),
        migrations.AddField(
            model_name='drug',
            name='version',
            field=models.PositiveIntegerField(default=1),
        ),
        migrations.RunPython(
            keep_the_end_of_each_record, migrations.RunPython.noop, elidable=True
        ),
    ]

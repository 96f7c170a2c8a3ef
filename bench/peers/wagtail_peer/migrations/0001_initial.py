"""The table of the page; a stream is kept as text."""

from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True
    dependencies = [("wagtailcore", "__latest__")]
    operations = [
        migrations.CreateModel(
            "MonographPage",
            [
                (
                    "page_ptr",
                    models.OneToOneField(
                        "wagtailcore.page",
                        models.CASCADE,
                        auto_created=True,
                        parent_link=True,
                        primary_key=True,
                    ),
                ),
                ("body", models.TextField()),
            ],
            bases=("wagtailcore.page",),
        )
    ]

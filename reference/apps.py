"""Application configuration of the reference site."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate, pre_migrate


class ReferenceConfig(AppConfig):
    default_auto_field = "django.db.models.BigAutoField"
    name = "reference"
    verbose_name = "Biologic guides"

    def ready(self) -> None:
        from .full_text import create_full_text_index
        from .groups import create_groups
        from .triggers import create_triggers, drop_triggers

        pre_migrate.connect(drop_triggers, sender=self)
        post_migrate.connect(create_triggers, sender=self)
        post_migrate.connect(create_groups, sender=self)
        post_migrate.connect(create_full_text_index, sender=self)

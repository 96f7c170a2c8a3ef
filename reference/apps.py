"""Application configuration of the reference site."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate, pre_migrate
from django.urls import register_converter
from django.urls.converters import IntConverter


class NumberConverter(IntConverter):
    """A number from 1 without leading zeros, so that an edition has one address."""

    regex = "[1-9][0-9]{0,8}"


class ReferenceConfig(AppConfig):
    default_auto_field = "django.db.models.BigAutoField"
    name = "reference"
    verbose_name = "Biologic guides"

    def ready(self) -> None:
        from reference.keeping import create_groups, create_triggers, drop_triggers
        from reference.search import create_full_text_index

        register_converter(NumberConverter, "number")
        pre_migrate.connect(drop_triggers, sender=self)
        post_migrate.connect(create_triggers, sender=self)
        post_migrate.connect(create_groups, sender=self)
        post_migrate.connect(create_full_text_index, sender=self)

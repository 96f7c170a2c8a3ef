"""Signs that no text may hold, refused wherever a row or an edition is checked."""

from django.core.exceptions import ValidationError
from django.db import models

from reference.reading import sign_problems


def refuse_signs(instance: models.Model) -> None:
    """Raise ValidationError naming each sign that no text may hold, by its field."""
    errors = {}
    for field in instance._meta.concrete_fields:
        value = getattr(instance, field.attname)
        if isinstance(value, str) and (found := sign_problems(value)):
            errors[field.name] = found
    if errors:
        raise ValidationError(errors)


def validate_signs(text: str) -> None:
    """Raise ValidationError naming each sign that no text may hold."""
    if found := sign_problems(text):
        raise ValidationError(found)

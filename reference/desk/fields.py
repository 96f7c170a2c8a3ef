"""Fields of the desk's forms: what people type or choose, and what it is made into."""

from typing import Any

from django import forms

from reference.models import Row


# The class takes no type of its rows when it runs.
class RowChoiceField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """A choice of rows, by name and key: cautions share a code, and titles repeat."""

    def label_from_instance(self, obj: Row) -> str:
        return obj.key if str(obj) == obj.key else f"{obj} ({obj.key})"


class LinesField(forms.CharField):
    """Text of several lines: browsers end a line with two signs, editions with one."""

    def to_python(self, value: Any) -> str:
        return (super().to_python(value) or "").replace("\r\n", "\n")

    def has_changed(self, initial: Any, data: Any) -> bool:
        return super().has_changed(self.to_python(initial), data)


class NumbersField(forms.CharField):
    """Whole numbers with commas between them: 0, 2, 6."""

    def prepare_value(self, value: Any) -> Any:
        return ", ".join(map(str, value)) if isinstance(value, list) else value

    def to_python(self, value: Any) -> Any:
        """Return the list of numbers. Raises ValidationError for anything else."""
        if isinstance(value, list):
            return value
        parts = [part.strip() for part in (value or "").split(",") if part.strip()]
        if not all(part.isascii() and part.isdecimal() for part in parts):
            raise forms.ValidationError(
                "Type whole numbers with commas between them: 0, 2, 6."
            )
        return [int(part) for part in parts]

    def has_changed(self, initial: Any, data: Any) -> bool:
        try:
            return bool(self.to_python(initial) != self.to_python(data))
        except forms.ValidationError:
            return True

"""The committee's desk: a drug, its editions, and the rows of the edition in draft.

Only a draft can be edited; changes of state are made by publishing.py alone.
"""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.db.models import ForeignKey, QuerySet, URLField
from django.forms.models import BaseInlineFormSet, ModelChoiceField
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils.decorators import method_decorator
from django.views.decorators.http import require_POST

from . import dose_rules, publishing
from .document import SECTIONS, links_to_rows
from .models import (
    Administration,
    AdverseReaction,
    AdverseReactionGroup,
    Caution,
    Code,
    Contraindication,
    Discrepancy,
    DiscrepancyLine,
    Drug,
    Edition,
    Heading,
    Indication,
    MonitoringTest,
    Preparation,
    Regimen,
    Resource,
    Row,
    SafetyWarning,
    Storage,
    Synonym,
)

PRINTED = ("printed",)
PLACE = ("key", "position", "revised_on")


def record_contributor(edition: Edition, request: HttpRequest) -> None:
    """Remember who edited an edition: none of them may publish it."""
    assert isinstance(request.user, User)  # noqa: S101 - the admin has signed it in
    edition.contributors.add(request.user)


class DraftOnly:
    """Permissions of whatever belongs to an edition: readable, editable in a draft."""

    def edition_of(self, obj: Any) -> Edition | None:
        return obj if obj is None or isinstance(obj, Edition) else obj.edition

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        edition = self.edition_of(obj)
        allowed = super().has_change_permission(request, obj)  # type: ignore[misc]
        return allowed and (edition is None or edition.is_draft)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        edition = self.edition_of(obj)
        allowed = super().has_delete_permission(request, obj)  # type: ignore[misc]
        return allowed and (edition is None or edition.is_draft)


class RowForm(forms.ModelForm):
    """A row's form; its key is unique in the edition, and stays once it exists."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk and "key" in self.fields:
            self.fields["key"].disabled = True

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        key = values.get("key", self.instance.key)
        edition_id = getattr(values.get("edition"), "pk", self.instance.edition_id)
        same = type(self.instance)._base_manager.filter(edition=edition_id, key=key)
        if edition_id and key and same.exclude(pk=self.instance.pk).exists():
            self.add_error("key", "Another row of this edition has this key.")
        return values


class RegimenForm(RowForm):
    """A regimen's form; asks about a maximum that cuts the lowest dose."""

    maximum_checked = forms.BooleanField(
        required=False,
        label="The maximum is meant, although it cuts the lowest dose",
        help_text="Asked for only when it does, at 3, 10, 30 or 70 kg.",
    )

    def clean(self) -> dict[str, Any]:
        values = super().clean()
        needed = [
            *("basis", "low", "max_per_dose", "max_per_dose_unit"),
            *("max_per_day", "max_per_day_unit", "maximum_source"),
        ]
        if not values.get("maximum_checked") and all(name in values for name in needed):
            weights = dose_rules.weights_capped_below_low_kg(values)
            if weights:
                listed = ", ".join(f"{weight} kg" for weight in weights)
                self.add_error(
                    "maximum_checked",
                    f"The maximum is below the lowest dose at {listed}. Check its unit "
                    "(mg, or mg per kg), or tick this box if it is meant.",
                )
        return values


class DiscrepancyLineForm(RowForm):
    """The form of a line that a discrepancy concerns; the line has to exist."""

    def clean(self) -> dict[str, Any]:
        values = super().clean()
        model = SECTIONS.get(values.get("section", ""))
        if model is None:
            self.add_error("section", f"Type one of: {', '.join(SECTIONS)}.")
        elif not model._base_manager.filter(
            edition=self.instance.edition_id, key=values.get("row_key")
        ).exists():
            self.add_error("row_key", "There is no such row in this section.")
        return values


class MonitoringTestForm(RowForm):
    """A monitoring test's form; no second reading is an empty list."""

    def clean_months_other_reading(self) -> list[int]:
        return self.cleaned_data["months_other_reading"] or []


class RowInlineFormSet(BaseInlineFormSet):
    """Rows below another row; they belong to its edition."""

    def add_fields(self, form: Any, index: int | None) -> None:
        """Put a new row into the edition before it is validated."""
        super().add_fields(form, index)
        form.instance.edition_id = self.instance.edition_id

    def clean(self) -> None:
        keys = [
            form.cleaned_data.get("key")
            for form in self.forms
            if form.is_valid() and form not in self.deleted_forms
        ]
        repeated = {key for key in keys if key and keys.count(key) > 1}
        if repeated:
            raise forms.ValidationError(f"Used twice: {', '.join(sorted(repeated))}.")


class RowInline(DraftOnly, admin.StackedInline):
    """Rows edited with the row they belong to: stacked, so that each is labelled."""

    form = RowForm
    formset = RowInlineFormSet
    exclude = ("edition",)
    extra = 0
    show_change_link = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        allowed = super().has_add_permission(request, obj)
        return allowed and obj is not None and obj.edition.is_draft


class RegimenInline(RowInline):
    model = Regimen
    form = RegimenForm
    fieldsets = (
        (None, {"fields": ("printed", "text", PLACE)}),
        (
            "Amount",
            {
                "fields": (
                    ("route", "population"),
                    "basis",
                    ("low", "high"),
                    "increase_to",
                )
            },
        ),
        (
            "How often",
            {
                "fields": (
                    ("doses_per_day_low", "doses_per_day_high"),
                    "divided",
                    "every_days",
                )
            },
        ),
        (
            "Maximum",
            {
                "fields": (
                    ("max_per_dose", "max_per_dose_unit"),
                    ("max_per_day", "max_per_day_unit"),
                    "maximum_source",
                    "maximum_checked",
                )
            },
        ),
        (
            "Duration",
            {
                "fields": (
                    ("duration_low", "duration_high", "duration_unit"),
                    "duration_words",
                )
            },
        ),
    )


class SynonymInline(RowInline):
    model = Synonym
    fields = ("name", PLACE)


class AdverseReactionInline(RowInline):
    model = AdverseReaction
    fields = ("printed", "name", PLACE)


class DiscrepancyLineInline(RowInline):
    model = DiscrepancyLine
    form = DiscrepancyLineForm
    fields = (("section", "row_key"), PLACE)


class RowAdmin(DraftOnly, admin.ModelAdmin):
    """One kind of row; reached from the page of its edition."""

    form = RowForm
    list_display = ["__str__", "key", "edition", "revised_on"]
    list_filter = ["edition"]
    search_fields = ("key", "printed")
    formfield_overrides = {URLField: {"assume_scheme": "https"}}
    save_on_top = True
    actions = None
    list_select_related = ("edition__drug",)

    def get_model_perms(self, request: HttpRequest) -> dict[str, bool]:
        """Return nothing: rows are listed on their edition's page, not on the index."""
        return {}

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Return what names a row: it stays as it is once the row exists."""
        return () if obj is None else ("edition", "key")

    def formfield_for_foreignkey(
        self, db_field: ForeignKey, request: HttpRequest, **kwargs: Any
    ) -> ModelChoiceField | None:
        if db_field.related_model is Edition:
            kwargs["queryset"] = Edition.objects.filter(state=Edition.State.DRAFT)
        elif db_field.name in links_to_rows(self.model):
            kwargs["queryset"] = db_field.related_model._base_manager.filter(
                edition__state=Edition.State.DRAFT
            )
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def save_model(
        self, request: HttpRequest, obj: Row, form: Any, change: bool
    ) -> None:
        super().save_model(request, obj, form, change)
        record_contributor(obj.edition, request)

    def save_formset(
        self, request: HttpRequest, form: Any, formset: Any, change: bool
    ) -> None:
        super().save_formset(request, form, formset, change)
        record_contributor(form.instance.edition, request)

    def delete_model(self, request: HttpRequest, obj: Row) -> None:
        record_contributor(obj.edition, request)
        super().delete_model(request, obj)


@admin.register(Indication)
class IndicationAdmin(RowAdmin):
    inlines = (RegimenInline, SynonymInline)
    list_display = ["name", "status", "edition", "revised_on"]


@admin.register(AdverseReactionGroup)
class AdverseReactionGroupAdmin(RowAdmin):
    inlines = (AdverseReactionInline,)


@admin.register(Discrepancy)
class DiscrepancyAdmin(RowAdmin):
    inlines = (DiscrepancyLineInline,)
    list_display = ["title", "kind", "dose_relevant", "ruling", "edition"]
    list_filter = ["edition", "ruling", "kind"]


@admin.register(SafetyWarning)
class SafetyWarningAdmin(RowAdmin):
    list_display = ["number", "text", "edition", "revised_on"]
    list_display_links = ("number", "text")


admin.site.register(
    [
        Heading,
        Contraindication,
        Preparation,
        Storage,
        Administration,
        Resource,
        Caution,
        Code,
    ],
    RowAdmin,
)


@admin.register(MonitoringTest)
class MonitoringTestAdmin(RowAdmin):
    form = MonitoringTestForm


@admin.register(Edition)
class EditionAdmin(DraftOnly, admin.ModelAdmin):
    """An edition's own texts and dates, with links to each kind of its rows."""

    list_display = ["__str__", "state", "revised_on", "reviewed_on", "review_due"]
    list_filter = ["drug", "state"]
    readonly_fields = (
        "drug",
        "number",
        "state",
        "imported_by",
        "published_by",
        "published_at",
        "fingerprint",
    )
    fieldsets = (
        (None, {"fields": (("drug", "number", "state"), "label")}),
        ("Dates", {"fields": (("revised_on", "reviewed_on", "review_due"),)}),
        ("What changes", {"fields": ("change_note", "change_grade")}),
        (
            "Printed texts",
            {"fields": ("printed_title", "overview", "revision_line", "disclaimer")},
        ),
        ("Issued by", {"fields": (("issuer", "publisher", "jurisdiction"),)}),
        (
            "Publication",
            {
                "fields": (
                    "imported_by",
                    ("published_by", "published_at"),
                    "fingerprint",
                )
            },
        ),
    )
    save_on_top = True
    actions = None

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Return False: an edition begins as a copy, on its drug's page."""
        return False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Edition]:
        return super().get_queryset(request).select_related("drug").defer("canonical")

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        context["sections"] = edition_sections(context["original"])
        return super().render_change_form(request, context, *args, **kwargs)

    def save_model(
        self, request: HttpRequest, obj: Edition, form: Any, change: bool
    ) -> None:
        super().save_model(request, obj, form, change)
        record_contributor(obj, request)


def edition_sections(edition: Edition) -> list[dict[str, Any]]:
    """Return each kind of row that has a page of its own: name, count, addresses."""
    sections = []
    for model in SECTIONS.values():
        if model not in admin.site._registry:
            continue
        address = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        listed = reverse(f"{address}_changelist")
        sections.append(
            {
                "name": model._meta.verbose_name_plural,
                "count": model._base_manager.filter(edition=edition).count(),
                "list": f"{listed}?edition__id__exact={edition.pk}",
                "add": f"{reverse(f'{address}_add')}?edition={edition.pk}",
            }
        )
    return sections


@admin.register(Drug)
class DrugAdmin(admin.ModelAdmin):
    """A drug's names, its editions, and the start of the next one."""

    list_display = ["generic_name", "brand_name", "drug_class"]
    actions = None

    def get_readonly_fields(self, request: HttpRequest, obj: Drug | None = None) -> Any:
        """Return the names once published: they are part of every edition."""
        if obj is None or not obj.editions.public().exists():
            return ()
        return ("slug", "generic_name", "brand_name", "drug_class", "mechanism")

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_urls(self) -> list[URLPattern]:
        start = path(
            "<int:drug_id>/start-edition/",
            self.admin_site.admin_view(self.start_edition),
            name="reference_drug_start_edition",
        )
        return [start, *super().get_urls()]

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        drug = context["original"]
        if drug is not None:
            context["editions"] = drug.editions.defer("canonical").order_by("-number")
            context["may_start_edition"] = request.user.has_perm(
                "reference.add_edition"
            )
        return super().render_change_form(request, context, *args, **kwargs)

    @method_decorator(require_POST)
    def start_edition(self, request: HttpRequest, drug_id: int) -> HttpResponse:
        if not request.user.has_perm("reference.add_edition"):
            raise PermissionDenied
        drug = get_object_or_404(Drug, pk=drug_id)
        try:
            draft = publishing.start_draft(drug=drug, by=request.user)
        except publishing.PublishingError as refusal:
            messages.error(request, str(refusal))
            return HttpResponseRedirect(
                reverse("admin:reference_drug_change", args=[drug.pk])
            )
        messages.success(request, f"{draft} is a copy to edit. Nothing is public yet.")
        return HttpResponseRedirect(
            reverse("admin:reference_edition_change", args=[draft.pk])
        )

"""The rows of an edition at the desk, and those that are edited below another."""

from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import ForeignKey, QuerySet
from django.forms.models import ModelChoiceField
from django.http import HttpRequest, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import URLPattern, path

from reference import models
from reference.editions import links_to_rows

from . import forms, saving
from .fields import RowChoiceField
from .held import DraftAdmin, DraftOnly, signed_in
from .line_words import line_in_words, shown_line

# Fields that stand beside each other.
PLACE = ("key", "position", "revised_on", "version")
LINE = ("route", "population", "phase")
DOSES_PER_DAY = ("doses_per_day_low", "doses_per_day_high")
DURATION = ("duration_low", "duration_high", "duration_unit")


class RowInline(DraftOnly, admin.StackedInline):
    """Rows edited with the row they belong to: stacked, so that each is labelled."""

    form = forms.RowForm
    formset = forms.RowInlineFormSet
    readonly_fields: ClassVar[Any] = ("revised_on",)
    exclude = ("edition",)
    extra = 0
    show_change_link = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        allowed = super().has_add_permission(request, obj)
        return allowed and obj is not None and obj.edition.is_draft


class RegimenInline(RowInline):
    model = models.Regimen
    form = forms.RegimenForm
    readonly_fields: ClassVar[Any] = ("revised_on", "line_says", "goes_with_it")
    fieldsets = (
        (None, {"fields": ("printed", PLACE, "line_says", "goes_with_it")}),
        ("Amount", {"fields": (LINE, "basis", ("low", "high"), "increase_to")}),
        (
            "Whom it is for",
            {
                "fields": (
                    ("from_weight_kg", "below_weight_kg"),
                    ("from_age_months", "below_age_months"),
                    "who_words",
                ),
                "description": "Leave all of them empty for a line that the guide "
                "gives for every weight and age. Where it prints bands, each band is a "
                "line of its own: 15 kg to less than 30 kg is from 15 and below 30.",
            },
        ),
        (
            "How often",
            {
                "fields": (
                    ("how_often", "divided"),
                    DOSES_PER_DAY,
                    ("every_days", "every_months"),
                    ("listed", "listed_unit", "again_after_days"),
                    ("begins_at", "begins_unit"),
                    ("over_minutes_low", "over_minutes_high"),
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
        ("Duration", {"fields": (DURATION, "duration_words")}),
        ("In other words", {"fields": ("text",)}),
    )

    @admin.display(description="The line says")
    def line_says(self, obj: models.Regimen | None) -> str:
        return shown_line(obj)

    @admin.display(description="Deleted with it")
    def goes_with_it(self, obj: models.Regimen | None) -> str:
        below = [] if obj is None or obj.pk is None else saving.rows_below(obj)
        return ", ".join(f"{row} ({row.key})" for row in below) or "nothing else"


class SynonymInline(RowInline):
    model = models.Synonym
    fields = ("name", PLACE)


class AdverseReactionInline(RowInline):
    model = models.AdverseReaction
    fields = ("printed", "name", PLACE)


class DiscrepancyLineInline(RowInline):
    model = models.DiscrepancyLine
    form = forms.DiscrepancyLineForm
    fields = (("section", "row_key"), PLACE)


class RowAdmin(DraftAdmin):
    """One kind of row; reached from the page of its edition."""

    form = forms.RowForm
    list_display = ["__str__", "key", "edition", "revised_on"]
    list_filter = ["edition"]
    search_fields = ("key", "printed")
    save_on_top = True
    actions = None
    list_select_related = ("edition__drug",)

    def get_model_perms(self, request: HttpRequest) -> dict[str, bool]:
        """Return nothing: rows are listed on their edition's page, not on the index."""
        return {}

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Return what names a row: it stays as it is once the row exists."""
        return ("revised_on",) if obj is None else ("edition", "key", "revised_on")

    def formfield_for_foreignkey(
        self, db_field: ForeignKey, request: HttpRequest, **kwargs: Any
    ) -> ModelChoiceField | None:
        if db_field.related_model is models.Edition:
            kwargs["queryset"] = models.Edition.objects.filter(
                state=models.Edition.State.DRAFT
            )
        elif db_field.name in links_to_rows(self.model):
            kwargs["queryset"] = db_field.related_model._base_manager.filter(
                edition__state=models.Edition.State.DRAFT
            )
            kwargs["form_class"] = RowChoiceField
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """Return what a new row begins with: the last place of its edition."""
        initial: dict[str, Any] = super().get_changeform_initial_data(request)
        edition = str(initial.get("edition", ""))
        if edition.isdecimal():
            rows = self.model._base_manager.filter(edition=edition)
            initial["position"] = forms.last_place(rows)
        return initial

    def response_post_save_add(
        self, request: HttpRequest, obj: models.Row
    ) -> HttpResponseRedirect:
        return self._back(request, obj)

    def response_post_save_change(
        self, request: HttpRequest, obj: models.Row
    ) -> HttpResponseRedirect:
        return self._back(request, obj)

    def _back(self, request: HttpRequest, obj: models.Row) -> HttpResponseRedirect:
        """Lead back to the list that the row was opened from, or to its edition."""
        if self.get_preserved_filters(request):
            return super().response_post_save_change(request, obj)
        return redirect("admin:reference_edition_change", obj.edition_id)

    def save_model(
        self, request: HttpRequest, obj: models.Row, form: Any, change: bool
    ) -> None:
        if form.has_changed() or not change:
            saving.save_row(obj, by=signed_in(request))

    def save_formset(
        self, request: HttpRequest, form: Any, formset: Any, change: bool
    ) -> None:
        formset.save(commit=False)
        by = signed_in(request)
        for row in formset.deleted_objects:
            saving.delete_row(row, by=by)
        for row in [*(row for row, _ in formset.changed_objects), *formset.new_objects]:
            saving.save_row(row, by=by)

    def entries(self, obj: models.Row) -> QuerySet[models.HistoryEntry]:
        return obj.edition.drug.history.filter(
            section=saving.SECTION_OF[type(obj)], row_key=obj.key
        )

    def delete_model(self, request: HttpRequest, obj: models.Row) -> None:
        saving.delete_row(obj, by=signed_in(request))


@admin.register(models.Indication)
class IndicationAdmin(RowAdmin):
    inlines = (RegimenInline, SynonymInline)
    list_display = ["name", "status", "edition", "revised_on"]

    class Media:
        js = ("js/line_words.js",)

    def get_urls(self) -> list[URLPattern]:
        words = self.admin_site.admin_view(line_in_words)
        return [
            path("<int:indication_id>/line/", words, name="reference_line_in_words"),
            *super().get_urls(),
        ]


@admin.register(models.AdverseReactionGroup)
class AdverseReactionGroupAdmin(RowAdmin):
    inlines = (AdverseReactionInline,)


@admin.register(models.Discrepancy)
class DiscrepancyAdmin(RowAdmin):
    form = forms.DiscrepancyForm
    inlines = (DiscrepancyLineInline,)
    list_display = ["title", "kind", "dose_relevant", "ruling", "edition"]
    list_filter = ["edition", "ruling", "kind"]


@admin.register(models.SafetyWarning)
class SafetyWarningAdmin(RowAdmin):
    list_display = ["number", "text", "edition", "revised_on"]
    list_display_links = ("number", "text")


@admin.register(models.Preparation)
class PreparationAdmin(RowAdmin):
    form = forms.PreparationForm


admin.site.register(
    [
        models.Heading,
        models.Contraindication,
        models.Storage,
        models.Administration,
        models.Resource,
        models.Caution,
        models.Code,
    ],
    RowAdmin,
)


@admin.register(models.MonitoringTest)
class MonitoringTestAdmin(RowAdmin):
    form = forms.MonitoringTestForm

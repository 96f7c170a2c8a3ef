"""The committee's desk: a drug, its editions, and the rows of the edition in draft.

Only a draft can be edited; changes of state are made by publishing/acts.py alone.
"""

from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.options import BaseModelAdmin
from django.contrib.admin.utils import unquote
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import ForeignKey, QuerySet, URLField
from django.forms.models import ModelChoiceField
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import URLPattern, path, reverse
from django.utils.decorators import method_decorator
from django.views.decorators.http import require_POST

from reference.editions import SECTIONS, canonical_document, links_to_rows
from reference.publishing import publication_problems

from . import publishing
from .desk import acts, saving
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
    HistoryEntry,
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

admin.site.site_header = admin.site.site_title = "Biologic guides: committee's desk"
admin.site.index_title = "The committee's desk"
admin.site.enable_nav_sidebar = False  # it would repeat the index, before every form

PLACE = ("key", "position", "revised_on", "version")


def signed_in(request: HttpRequest) -> User:
    """Return the user, whom the admin has signed in."""
    assert isinstance(request.user, User)  # noqa: S101 - admin_view lets no other in
    return request.user


class DraftOnly(BaseModelAdmin):
    """Permissions of whatever belongs to an edition: edited in a draft alone."""

    def edition_of(self, obj: Any) -> Edition | None:
        return obj if obj is None or isinstance(obj, Edition) else obj.edition

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        edition = self.edition_of(obj)
        allowed = super().has_change_permission(request, obj)
        return allowed and (edition is None or edition.is_draft)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        edition = self.edition_of(obj)
        allowed = super().has_delete_permission(request, obj)
        return allowed and (edition is None or edition.is_draft)


class RecordedAdmin(admin.ModelAdmin):
    """Shows the record of acts in place of Django's own history, to those who may.

    Whether there is such a thing is told to nobody else.
    """

    def entries(self, obj: Any) -> QuerySet[HistoryEntry]:
        """Return what the record says about it: of a drug, everything."""
        return HistoryEntry.objects.filter(drug=obj.pk)

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: Any = None
    ) -> HttpResponse:
        if not self.has_view_or_change_permission(request):
            raise PermissionDenied
        obj = self.get_object(request, unquote(object_id))
        entries = HistoryEntry.objects.none() if obj is None else self.entries(obj)
        context = {"entries": entries.order_by("-pk"), **(extra_context or {})}
        return super().history_view(request, object_id, context)


class HeldAdmin(DraftOnly, RecordedAdmin):
    """Holds the drug's row during a change, so that what was checked is written."""

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        asked = (request, object_id, form_url, extra_context)
        if request.method != "POST":
            return super().changeform_view(*asked)
        with transaction.atomic():
            edition = self._held_edition(request, object_id)
            is_gone = object_id is not None and edition is None
            is_frozen = edition is not None and not edition.is_draft
            if (is_gone or is_frozen) and self.has_change_permission(request):
                return self._too_late(request, edition)
            try:
                return super().changeform_view(*asked)
            except saving.RowGoneError:
                return self._too_late(request, None)

    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: Any = None
    ) -> HttpResponse:
        with transaction.atomic():
            self._held_edition(request, object_id)
            row = self.get_object(request, unquote(object_id))
            if row is None or not self.has_delete_permission(request, row):
                return super().delete_view(request, object_id, extra_context)
            standing = saving.standing(row)
            context = {"standing": standing, "rows": saving.plain_rows(row)}
            is_stale = request.POST.get("standing") != standing
            if request.method == "POST" and is_stale:
                messages.warning(request, saving.CHANGED_BEFORE_DELETION)
                return HttpResponseRedirect(request.path)
            return super().delete_view(
                request, object_id, context | (extra_context or {})
            )

    def _held_edition(
        self, request: HttpRequest, object_id: str | None
    ) -> Edition | None:
        """Return the edition that is about to change, its drug's row held.

        None if there is none, or what was to change has been deleted meanwhile.
        """
        if object_id is None:
            number = request.POST.get("edition", "")
            edition = Edition.objects.filter(pk=number if number.isdecimal() else 0)
        else:
            obj = self.get_object(request, unquote(object_id))
            edition = Edition.objects.filter(pk=getattr(self.edition_of(obj), "pk", 0))
        found = edition.select_related("drug").first()
        if found is None:
            return None
        publishing.hold(found.drug)
        if object_id and self.get_object(request, unquote(object_id)) is None:
            return None
        return Edition.objects.select_related("drug").filter(pk=found.pk).first()

    def _too_late(self, request: HttpRequest, edition: Edition | None) -> HttpResponse:
        """Answer a save with everything that was typed: the edition is frozen, or
        what was to be saved is gone (None).
        """
        typed = {
            name: value
            for name, value in request.POST.items()
            if value and name not in ("csrfmiddlewaretoken", "_save", "_continue")
        }
        context = admin.site.each_context(request) | {
            "title": "Not saved: the edition can no longer be edited"
            if edition
            else "Not saved: somebody else deleted this",
            "edition": edition,
            "typed": typed,
        }
        return render(request, "admin/reference/frozen.html", context, status=409)


class RowInline(DraftOnly, admin.StackedInline):
    """Rows edited with the row they belong to: stacked, so that each is labelled."""

    form = saving.RowForm
    formset = saving.RowInlineFormSet
    readonly_fields = ("revised_on",)
    exclude = ("edition",)
    extra = 0
    show_change_link = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        allowed = super().has_add_permission(request, obj)
        return allowed and obj is not None and obj.edition.is_draft


class RegimenInline(RowInline):
    model = Regimen
    form = saving.RegimenForm
    fieldsets = (
        (None, {"fields": ("printed", "text", PLACE)}),
        (
            "Amount",
            {
                "fields": (
                    ("route", "population", "phase"),
                    "basis",
                    ("low", "high"),
                    "increase_to",
                )
            },
        ),
        (
            "Whom it is for",
            {
                "fields": (
                    ("from_weight_kg", "below_weight_kg"),
                    "from_age_months",
                ),
                "description": "Leave all three empty for a line that the guide gives "
                "for every weight and age. Where it prints bands, each band is a line "
                "of its own: 15 kg to less than 30 kg is from 15 and below 30.",
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
    form = saving.DiscrepancyLineForm
    fields = (("section", "row_key"), PLACE)


class RowAdmin(HeldAdmin):
    """One kind of row; reached from the page of its edition."""

    form = saving.RowForm
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
        return ("revised_on",) if obj is None else ("edition", "key", "revised_on")

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

    def entries(self, obj: Row) -> QuerySet[HistoryEntry]:
        return obj.edition.drug.history.filter(
            section=saving.SECTION_OF[type(obj)], row_key=obj.key
        )

    def delete_model(self, request: HttpRequest, obj: Row) -> None:
        saving.delete_row(obj, by=signed_in(request))


@admin.register(Indication)
class IndicationAdmin(RowAdmin):
    inlines = (RegimenInline, SynonymInline)
    list_display = ["name", "status", "edition", "revised_on"]


@admin.register(AdverseReactionGroup)
class AdverseReactionGroupAdmin(RowAdmin):
    inlines = (AdverseReactionInline,)


@admin.register(Discrepancy)
class DiscrepancyAdmin(RowAdmin):
    form = saving.DiscrepancyForm
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
    form = saving.MonitoringTestForm


@admin.register(Edition)
class EditionAdmin(HeldAdmin):
    """An edition's own texts and dates, with links to each kind of its rows."""

    list_display = ["__str__", "state", "revised_on", "reviewed_on", "review_due"]
    list_filter = ["drug", "state"]
    form = saving.VersionedForm
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
        (None, {"fields": (("drug", "number", "state"), "label", "version")}),
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

    def get_view_on_site_url(self, obj: Edition | None = None) -> str | None:
        """Return the public address, which a draft does not have."""
        return obj.get_absolute_url() if obj is not None and obj.is_public else None

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        edition = context["original"]
        context["sections"] = edition_sections(edition)
        context["acts"] = acts.acts_for(edition, signed_in(request))
        if edition.is_draft:
            context["returned"] = why_returned(edition)
        if edition.state in Edition.OPEN_STATES:
            context["problems"] = publication_problems(
                edition, canonical_document(edition)
            )
        return super().render_change_form(request, context, *args, **kwargs)

    def get_urls(self) -> list[URLPattern]:
        pages: list[tuple[str, Any, str, dict[str, str]]] = [
            ("preview/", acts.preview, "preview", {"template": "monograph"}),
            ("preview/print/", acts.preview, "preview_print", {"template": "print"}),
            ("review/", acts.review, "review", {}),
            ("act/<slug:name>/", acts.act, "act", {}),
        ]
        return [
            *(
                path(
                    f"<path:edition_id>/{address}",
                    self.admin_site.admin_view(view),
                    extra,
                    name=f"reference_edition_{name}",
                )
                for address, view, name, extra in pages
            ),
            *super().get_urls(),
        ]

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Return False: a draft is discarded, with a reason that is kept."""
        return False

    def entries(self, obj: Edition) -> QuerySet[HistoryEntry]:
        return obj.drug.history.filter(edition_number=obj.number)

    def save_model(
        self, request: HttpRequest, obj: Edition, form: Any, change: bool
    ) -> None:
        if form.has_changed():
            saving.save_edition(obj, by=signed_in(request))


def why_returned(edition: Edition) -> HistoryEntry | None:
    """Return the entry with the reviewer's reason, if the draft came back from one."""
    steps = edition.drug.history.filter(
        edition_number=edition.number, act__in=("started", "submitted", "returned")
    )
    last = steps.last()
    return last if last is not None and last.act == "returned" else None


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
class DrugAdmin(RecordedAdmin):
    """A drug's names, its editions, and the start of the next one."""

    form = saving.VersionedForm
    list_display = ["generic_name", "brand_name", "drug_class"]
    actions = None

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        asked = (request, object_id, form_url, extra_context)
        if request.method != "POST":  # to look, nothing has to be held
            return super().changeform_view(*asked)
        with transaction.atomic():
            drug = object_id and self.get_object(request, unquote(object_id))
            if drug:
                publishing.hold(drug)
            return super().changeform_view(*asked)

    def save_model(
        self, request: HttpRequest, obj: Drug, form: Any, change: bool
    ) -> None:
        if change:
            obj.version = Drug.objects.get(pk=obj.pk).version + 1
        obj.save()

    def get_readonly_fields(self, request: HttpRequest, obj: Drug | None = None) -> Any:
        """Return the names once published: they are part of every edition."""
        if obj is None or not obj.editions.public().exists():
            return ()
        return ("slug", "generic_name", "brand_name", "drug_class", "mechanism")

    def get_view_on_site_url(self, obj: Drug | None = None) -> str | None:
        """Return the public address, which a drug without a published edition lacks."""
        is_public = obj is not None and obj.editions.public().exists()
        return obj.get_absolute_url() if obj is not None and is_public else None

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
            draft = publishing.start_draft(drug=drug, by=signed_in(request))
        except publishing.PublishingError as refusal:
            messages.error(request, str(refusal))
            return HttpResponseRedirect(
                reverse("admin:reference_drug_change", args=[drug.pk])
            )
        messages.success(request, f"{draft} is a copy to edit. Nothing is public yet.")
        return HttpResponseRedirect(
            reverse("admin:reference_edition_change", args=[draft.pk])
        )

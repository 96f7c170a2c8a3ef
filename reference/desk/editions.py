"""Drugs and editions at the desk, with the ways to rows, acts and the next draft."""

from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path, reverse
from django.utils.decorators import method_decorator
from django.views.decorators.http import require_POST

from reference import publishing
from reference.editions import SECTIONS
from reference.models import Drug, Edition, HistoryEntry

from . import saving
from .acts import act, acts_for, problems_of
from .forms import EditionForm, VersionedForm
from .held import DraftAdmin, HeldAdmin, signed_in
from .review import preview, review, trial_dose

admin.site.site_header = admin.site.site_title = "Biologic guides: committee's desk"
admin.site.index_title = "The committee's desk"
admin.site.enable_nav_sidebar = False  # it would repeat the index, before every form


PUBLISHED = ("published_by", "published_at")  # beside each other


@admin.register(Edition)
class EditionAdmin(DraftAdmin):
    """An edition's own texts and dates, with links to each kind of its rows."""

    list_display = ["__str__", "state", "revised_on", "reviewed_on", "review_due"]
    list_filter = ["drug", "state"]
    form = EditionForm
    readonly_fields = (
        "drug",
        "number",
        "state",
        "imported_by",
        *PUBLISHED,
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
        ("Sections", {"fields": ("none_stated",)}),
        ("Issued by", {"fields": (("issuer", "publisher", "jurisdiction"),)}),
        ("Publication", {"fields": ("imported_by", PUBLISHED, "fingerprint")}),
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
        context["acts"] = acts_for(edition, signed_in(request))
        if edition.is_draft:
            context["returned"] = why_returned(edition)
        if edition.state in Edition.OPEN_STATES:
            context["problems"] = problems_of(edition)
        return super().render_change_form(request, context, *args, **kwargs)

    def get_urls(self) -> list[URLPattern]:
        def page(address: str, view: Any, name: str, **extra: str) -> URLPattern:
            address, name = f"<path:edition_id>/{address}", f"reference_edition_{name}"
            shown = self.admin_site.admin_view(view)
            made: URLPattern = path(address, shown, extra, name=name)
            return made

        return [
            page("preview/", preview, "preview", template="monograph"),
            page("preview/print/", preview, "preview_print", template="print"),
            page("review/", review, "review"),
            page("dose/", trial_dose, "dose"),
            page("act/<slug:name>/", act, "act"),
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
class DrugAdmin(HeldAdmin):
    """A drug's names, its editions, and the start of the next one."""

    form = VersionedForm
    list_display = ["generic_name", "brand_name", "drug_class"]
    actions = None

    def hold(self, request: HttpRequest, object_id: str | None) -> HttpResponse | None:
        drug = object_id and self.get_object(request, unquote(object_id))
        if drug:
            publishing.hold(drug)
        return None

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
            may_start = request.user.has_perm("reference.add_edition")
            context["may_start_edition"] = may_start
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
            return redirect("admin:reference_drug_change", drug.pk)
        messages.success(request, f"{draft} is a copy to edit. Nothing is public yet.")
        return redirect("admin:reference_edition_change", draft.pk)

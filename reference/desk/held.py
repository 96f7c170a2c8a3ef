"""Who may change what at the desk, with the drug's row held while it is changed.

Only a draft can be edited; changes of state are made in reference.publishing alone.
"""

from abc import abstractmethod
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.options import BaseModelAdmin
from django.contrib.admin.utils import unquote
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet, TextField, URLField
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render

from reference import publishing
from reference.models import Edition, HistoryEntry

from . import saving
from .fields import LinesField
from .forms import RowGoneError, as_shown


def signed_in(request: HttpRequest) -> User:
    """Return the user, whom the admin has signed in."""
    assert isinstance(request.user, User)  # noqa: S101 - admin_view lets no other in
    return request.user


class DraftOnly(BaseModelAdmin):
    """Permissions and fields of what belongs to an edition: edited in a draft alone."""

    formfield_overrides = {
        TextField: {"form_class": LinesField},
        URLField: {"assume_scheme": "https"},
    }

    def edition_of(self, obj: Any) -> Edition | None:
        return obj if obj is None or isinstance(obj, Edition) else obj.edition

    def is_frozen(self, obj: Any) -> bool:
        edition = self.edition_of(obj)
        return edition is not None and not edition.is_draft

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        allowed = super().has_change_permission(request, obj)
        return allowed and not self.is_frozen(obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        allowed = super().has_delete_permission(request, obj)
        return allowed and not self.is_frozen(obj)


class HeldAdmin(admin.ModelAdmin):
    """Holds the drug's row during a change, so that what was checked is written.

    Its history is the record of acts, for those who may see it; whether there is such
    a thing is told to nobody else.
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

    @abstractmethod
    def hold(self, request: HttpRequest, object_id: str | None) -> HttpResponse | None:
        """Hold the drug of what is about to change; return why it cannot, if so."""

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """Name on the page what it shows; see admin/reference/_opened.html."""
        below = context["inline_admin_formsets"]
        shown = [
            context["adminform"].form,
            *(it for set_ in below for it in set_.formset),
        ]
        context["opened"] = as_shown(shown)
        return super().render_change_form(request, context, *args, **kwargs)

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
            refusal = self.hold(request, object_id)
            try:
                return refusal or super().changeform_view(*asked)
            except RowGoneError:
                return _too_late(request, None)


class DraftAdmin(DraftOnly, HeldAdmin):
    """What is changed in a draft alone; a save that comes too late loses nothing."""

    def hold(self, request: HttpRequest, object_id: str | None) -> HttpResponse | None:
        edition = self._held_edition(request, object_id)
        is_gone = object_id is not None and edition is None
        if (is_gone or self.is_frozen(edition)) and self.has_change_permission(request):
            return _too_late(request, edition)
        return None

    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: Any = None
    ) -> HttpResponse:
        with transaction.atomic():
            self._held_edition(request, object_id)
            row = self.get_object(request, unquote(object_id))
            if row is None or not self.has_delete_permission(request, row):
                return super().delete_view(request, object_id, extra_context)
            versions = saving.versions_with_those_below(row)
            context = {"standing": versions, "rows": saving.plain_rows(row)}
            is_stale = request.POST.get("standing") != versions
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


def _too_late(request: HttpRequest, edition: Edition | None) -> HttpResponse:
    """Answer a save with everything that was typed.

    The edition is frozen, or there is none: what was to be saved is gone.
    """
    typed = {
        name: value
        for name, value in request.POST.items()
        if value and name not in ("csrfmiddlewaretoken", "_save", "_continue")
    }
    why = "somebody else deleted this"
    if edition:
        why = "the edition can no longer be edited"
    context = admin.site.each_context(request) | {
        "title": f"Not saved: {why}",
        "edition": edition,
        "typed": typed,
    }
    return render(request, "admin/reference/frozen.html", context, status=409)

"""The addresses of an edition's pages, by the drug or by the edition's own number."""

from django.urls import path

from . import views

EDITION = "<slug:drug>/editions/<number:number>/"

urlpatterns = [
    path("<slug:drug>/", views.monograph, name="monograph"),
    path("<slug:drug>/indications/<slug:key>/", views.indication, name="indication"),
    path("<slug:drug>/discrepancies/", views.discrepancies, name="discrepancies"),
    path("<slug:drug>/print/", views.printed, name="print"),
    path("<slug:drug>/editions/", views.edition_list, name="editions"),
    path(EDITION, views.monograph, name="edition"),
    path(f"{EDITION}changes/", views.edition_changes, name="edition_changes"),
    path(f"{EDITION}discrepancies/", views.discrepancies, name="edition_discrepancies"),
    path(
        f"{EDITION}indications/<slug:key>/", views.indication, name="edition_indication"
    ),
    path(f"{EDITION}print/", views.printed, name="edition_print"),
]

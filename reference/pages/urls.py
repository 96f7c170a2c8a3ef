"""The addresses of an edition's pages, by the drug or by the edition's own number."""

from django.urls import path

from . import views

urlpatterns = [
    path("", views.home, name="home"),
    path("<slug:drug>/", views.monograph, name="monograph"),
    path("<slug:drug>/indications/<slug:key>/", views.indication, name="indication"),
    path("<slug:drug>/discrepancies/", views.discrepancies, name="discrepancies"),
    path("<slug:drug>/compare/", views.comparison, name="comparison"),
    path("<slug:drug>/print/", views.monograph_print, name="print"),
    path("<slug:drug>/editions/", views.edition_list, name="editions"),
    path("<slug:drug>/editions/<number:number>/", views.edition, name="edition"),
    path(
        "<slug:drug>/editions/<number:number>/changes/",
        views.edition_changes,
        name="edition_changes",
    ),
    path(
        "<slug:drug>/editions/<number:number>/discrepancies/",
        views.edition_discrepancies,
        name="edition_discrepancies",
    ),
    path(
        "<slug:drug>/editions/<number:number>/indications/<slug:key>/",
        views.edition_indication,
        name="edition_indication",
    ),
    path(
        "<slug:drug>/editions/<number:number>/print/",
        views.edition_print,
        name="edition_print",
    ),
]

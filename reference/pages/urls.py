"""The addresses of an edition's pages, by the drug or by the edition's own number."""

from django.urls import path

from . import views

urlpatterns = [
    path("", views.home, name="home"),
    path("<slug:drug>/", views.monograph, name="monograph"),
    path("<slug:drug>/indications/<slug:key>/", views.indication, name="indication"),
    path("<slug:drug>/discrepancies/", views.discrepancies, name="discrepancies"),
    path("<slug:drug>/compare/", views.comparison, name="comparison"),
    path("<slug:drug>/print/", views.printed, name="print"),
    path("<slug:drug>/editions/", views.edition_list, name="editions"),
    path("<slug:drug>/editions/<number:number>/", views.monograph, name="edition"),
    path(
        "<slug:drug>/editions/<number:number>/changes/",
        views.edition_changes,
        name="edition_changes",
    ),
    path(
        "<slug:drug>/editions/<number:number>/discrepancies/",
        views.discrepancies,
        name="edition_discrepancies",
    ),
    path(
        "<slug:drug>/editions/<number:number>/indications/<slug:key>/",
        views.indication,
        name="edition_indication",
    ),
    path(
        "<slug:drug>/editions/<number:number>/print/",
        views.printed,
        name="edition_print",
    ),
]

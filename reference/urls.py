"""The public addresses."""

from django.urls import path

from . import views

app_name = "reference"
urlpatterns = [
    path("", views.home, name="home"),
    path("<slug:drug>/", views.monograph, name="monograph"),
    path("<slug:drug>/dose/", views.dose, name="dose"),
    path("<slug:drug>/print/", views.monograph_print, name="print"),
    path("<slug:drug>/editions/", views.edition_list, name="editions"),
    path("<slug:drug>/editions/<int:number>/", views.edition, name="edition"),
    path(
        "<slug:drug>/editions/<int:number>/changes/",
        views.edition_changes,
        name="edition_changes",
    ),
    path(
        "<slug:drug>/editions/<int:number>/print/",
        views.edition_print,
        name="edition_print",
    ),
    path(
        "<slug:drug>/editions/<int:number>/edition.json",
        views.edition_json,
        name="edition_json",
    ),
]

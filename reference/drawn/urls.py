"""The addresses of the drawn files."""

from django.urls import path

from . import views

urlpatterns = [
    path("<slug:drug>/monograph.pdf", views.monograph_pdf, name="pdf"),
    path(
        "<slug:drug>/editions/<number:number>/monograph.pdf",
        views.edition_pdf,
        name="edition_pdf",
    ),
]

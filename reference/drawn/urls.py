"""The addresses of the drawn files."""

from django.urls import path

from . import views

urlpatterns = [
    path("<slug:drug>/monograph.pdf", views.pdf, name="pdf"),
    path(
        "<slug:drug>/editions/<number:number>/monograph.pdf",
        views.pdf,
        name="edition_pdf",
    ),
]

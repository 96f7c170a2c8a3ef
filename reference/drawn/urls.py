"""The addresses of the drawn files."""

from django.urls import path

from . import views

EDITION = "<slug:drug>/editions/<number:number>/"

urlpatterns = [
    path("<slug:drug>/monograph.pdf", views.pdf, name="pdf"),
    path(f"{EDITION}monograph.pdf", views.pdf, name="edition_pdf"),
]

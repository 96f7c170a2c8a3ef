"""The addresses of one dose, and of every line's dose at one weight."""

from django.urls import path

from . import views

urlpatterns = [
    path("<slug:drug>/dose/", views.dose, name="dose"),
    path("<slug:drug>/doses/", views.doses, name="doses"),
]

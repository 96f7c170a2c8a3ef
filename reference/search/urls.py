"""The addresses at which readers look for something."""

from django.urls import path

from . import views

urlpatterns = [
    path("search/", views.search, name="search"),
    path("<slug:drug>/indications/", views.indications, name="indications"),
]

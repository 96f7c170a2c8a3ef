"""The addresses at which readers look for something, and two that are no more."""

from django.urls import path

from . import views

urlpatterns = [
    path("", views.home, name="home"),
    path("search/", views.search, name="search"),
    # Every line stands in the table now, so what these showed is the guide itself.
    path("<slug:drug>/compare/", views.moved),
    path("<slug:drug>/indications/", views.moved),
]

"""The addresses of the dates of blood tests."""

from django.urls import path

from . import views

urlpatterns = [
    path("<slug:drug>/monitoring/", views.monitoring, name="monitoring"),
    path(
        "<slug:drug>/monitoring.ics", views.monitoring_calendar, name="monitoring_ics"
    ),
]

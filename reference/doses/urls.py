"""The address of a dose."""

from django.urls import path

from . import views

urlpatterns = [path("<slug:drug>/dose/", views.dose, name="dose")]

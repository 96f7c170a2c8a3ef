"""The site's addresses; the reference's own are in reference/urls.py."""

from django.contrib import admin
from django.urls import include, path

from anakinra_site.health import healthz

urlpatterns = [
    path("admin/", admin.site.urls),
    path("healthz", healthz, name="healthz"),
    path("", include("reference.urls")),
]

"""The site's addresses; the reference's own are in reference/urls.py."""

from django.contrib import admin
from django.urls import include, path

from anakinra_site.health import healthz
from anakinra_site.second_factor_pages import second_factor, set_up_second_factor
from reference.manual import manual

urlpatterns = [
    path("admin/second-factor/", second_factor, name="second_factor"),
    path(
        "admin/second-factor/set-up/",
        set_up_second_factor,
        name="set_up_second_factor",
    ),
    path("admin/manual/", admin.site.admin_view(manual), name="manual"),
    path("admin/", admin.site.urls),
    path("healthz", healthz, name="healthz"),
    path("", include("reference.urls")),
]

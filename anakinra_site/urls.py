"""The site's addresses; the reference's own are in reference/urls.py."""

from django.contrib import admin
from django.http import Http404
from django.urls import include, path, re_path
from django.views.defaults import page_not_found

from anakinra_site.accounts import second_factor_page, set_up_second_factor
from reference.desk import manual_page
from reference.keeping import healthz, readyz

handler404 = "reference.search.other_names.not_found"
handler500 = "reference.pages.unreadable.server_error"

urlpatterns = [
    path("admin/second-factor/", second_factor_page, name="second_factor"),
    path(
        "admin/second-factor/set-up/",
        set_up_second_factor,
        name="set_up_second_factor",
    ),
    path("admin/manual/", admin.site.admin_view(manual_page), name="manual"),
    # Django's way from any object to its page tells whether the object exists.
    re_path(r"^admin/r/", page_not_found, {"exception": Http404()}),
    path("admin/", admin.site.urls),
    path("healthz", healthz, name="healthz"),
    path("readyz", readyz, name="readyz"),
    path("", include("reference.urls")),
]

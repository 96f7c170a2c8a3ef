"""A Wagtail site with one page: the installed apps of Wagtail's own start, no more."""

import os
from pathlib import Path

from bench.peers.stock import MIDDLEWARE as MIDDLEWARE
from bench.peers.stock import TEMPLATE_OPTIONS

SECRET_KEY = "for the benchmark alone, on a loopback address"
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": os.environ["WAGTAIL_DATABASE"],
    }
}
ALLOWED_HOSTS = ["127.0.0.1"]
ROOT_URLCONF = "bench.peers.wagtail_peer.urls"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_TZ = True
WAGTAIL_SITE_NAME = "Biologic guides"
WAGTAILADMIN_BASE_URL = "http://127.0.0.1"
WAGTAIL_I18N_ENABLED = False
STATIC_URL = "/static/"
INSTALLED_APPS = [
    "bench.peers.wagtail_peer",
    "wagtail.users",
    "wagtail.images",
    "wagtail.documents",
    "wagtail.search",
    "wagtail.admin",
    "wagtail",
    "taggit",
    "modelcluster",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [
            Path(__file__).parent / "templates",
            Path(__file__).parent.parent / "templates",
        ],
        "APP_DIRS": True,
        "OPTIONS": TEMPLATE_OPTIONS,
    }
]

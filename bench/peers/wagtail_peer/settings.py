"""A Wagtail site with one page: the installed apps of Wagtail's own start, no more."""

import os
from pathlib import Path

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
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [
            Path(__file__).parent / "templates",
            Path(__file__).parent.parent / "templates",
        ],
        "APP_DIRS": False,
        "OPTIONS": {
            "builtins": ["bench.peers.orm_filters"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
            "loaders": [
                (
                    "django.template.loaders.cached.Loader",
                    [
                        "django.template.loaders.filesystem.Loader",
                        "django.template.loaders.app_directories.Loader",
                    ],
                )
            ],
        },
    }
]

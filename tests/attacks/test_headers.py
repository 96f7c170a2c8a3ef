"""Every answer carries the headers: each address, each status, in production.

Judged by the rules in observatory.py. The shipped server and its proxy are asked in
test_shipped_headers.py.
"""

import re
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as site_settings
from django.contrib.auth.models import User
from django.db import OperationalError
from django.test import Client, override_settings
from django.urls import get_resolver

from anakinra_site import security_headers
from anakinra_site.cross_origin import HEADERS as OPEN_TO_ALL
from reference import views
from reference.models import Edition
from tests.faults.figures import count
from tests.public_pages import NOT_FOUND, PAGES
from tests.test_leaks import routes

from .observatory import Mark, directives, marks_of, score

pytestmark = [pytest.mark.django_db, pytest.mark.ignore_template_errors]

ORIGIN = "https://reference.example"
PRODUCTION: dict[str, Any] = {
    "PUBLIC_ORIGIN": ORIGIN,
    "ALLOWED_HOSTS": ["reference.example"],
    "CSRF_TRUSTED_ORIGINS": [ORIGIN],
    "SECURE_SSL_REDIRECT": True,
    "SECURE_SSL_HOST": "reference.example",
    "SECURE_HSTS_SECONDS": 365 * 24 * 60 * 60,
    "SECURE_HSTS_INCLUDE_SUBDOMAINS": True,
    "SECURE_HSTS_PRELOAD": True,
    "SESSION_COOKIE_SECURE": True,
    "CSRF_COOKIE_SECURE": True,
    "SESSION_COOKIE_NAME": "__Host-sessionid",
    "CSRF_COOKIE_NAME": "__Host-csrftoken",
}

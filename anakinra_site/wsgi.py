"""The application that the server calls: drawn pages first, then Django."""

import gc
import os
from typing import Any

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "anakinra_site.settings")
django_application = get_wsgi_application()

from django.conf import settings  # noqa: E402 - they are read by now
from django.db import connections  # noqa: E402
from django.template import engines  # noqa: E402

from reference.drawn import Front  # noqa: E402
from reference.editions import keep_rechecking  # noqa: E402

application = Front(django_application)
public_pages: Any = engines["jinja2"]
public_pages.env.compile_all()

database: Any = connections["default"]
if database.vendor == "postgresql":
    database.give_up_in_time()
if settings.UNCHECKED_FOR:
    keep_rechecking()

# What is loaded now stays; the collector need not look at it again and again.
gc.collect()
gc.freeze()

"""The application that the server calls: drawn pages first, then Django."""

import gc
import os
from typing import Any

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "anakinra_site.settings")
django_application = get_wsgi_application()

from django.template import engines  # noqa: E402 - the settings are read by now

from anakinra_site.front import Front  # noqa: E402

application = Front(django_application)
public_pages: Any = engines["jinja2"]
public_pages.env.compile_all()

# What is loaded now stays; the collector need not look at it again and again.
gc.collect()
gc.freeze()

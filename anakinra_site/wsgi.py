"""The application that the server calls: drawn pages first, then Django."""

import gc
import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "anakinra_site.settings")
django_application = get_wsgi_application()

from anakinra_site.front import Front  # noqa: E402 - it reads the settings

application = Front(django_application)

# What is loaded now stays; the collector need not look at it again and again.
gc.collect()
gc.freeze()

"""The application that the server calls: drawn pages first, then Django."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "anakinra_site.settings")
django_application = get_wsgi_application()

from anakinra_site.front import Front  # noqa: E402 - it reads the settings

application = Front(django_application)

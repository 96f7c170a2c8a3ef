"""Publishes the next edition each time it is told to; `make soak` and tests tell it.

A process of its own beside the servers, on their database: it starts a draft, changes
the maximum of a line and the texts that say it, submits, and another person publishes,
all through reference/publishing/acts.py. It answers each line with one of JSON.
"""

import json
import os
import sys
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "anakinra_site.settings")
django.setup()

from django.conf import settings  # noqa: E402
from django.contrib.auth.models import User  # noqa: E402
from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402

from reference.desk import saving  # noqa: E402
from reference.keeping import faults  # noqa: E402
from reference.models import Drug, Edition, Regimen  # noqa: E402
from tests.support.guides.small_guide import next_draft, publish  # noqa: E402

LINE = "pjia-sc"
MAXIMA_MG = (100, 90)


def main() -> None:
    """Say who may preview, and then do what each line asks for."""
    drug = Drug.objects.get(slug="anakinra")
    _say(cookie=_cookie(User.objects.get(username="author")), **_shown(drug))
    for line in sys.stdin:
        if line.strip() == "publish":
            _publish(drug)
            _say(**_shown(drug))
        else:
            _say(faults=list(faults()), log_bytes=_log_bytes())


def _publish(drug: Drug) -> None:
    author = User.objects.get(username="author")
    reviewer = User.objects.get(username="reviewer")
    draft = next_draft(drug.editions.newest_first()[0], by=author)
    _limit(draft, author)
    publish(draft, author=author, reviewer=reviewer)


def _limit(draft: Edition, author: User) -> None:
    """Change the maximum of the line, in its structure and in both of its wordings."""
    row = Regimen.objects.get(edition=draft, key=LINE)
    before = int(row.max_per_dose or 0)
    (after,) = set(MAXIMA_MG) - {before}
    row.max_per_dose = after
    row.printed = row.printed.replace(f"{before}mg", f"{after}mg")
    row.text = row.text.replace(f"max {before} mg", f"max {after} mg")
    saving.save_row(row, by=author)


def _shown(drug: Drug) -> dict[str, Any]:
    """Return what readers have to be shown now."""
    edition = drug.editions.newest_first()[0]
    line = Regimen.objects.get(edition=edition, key=LINE)
    return {
        "pk": edition.pk,
        "number": edition.number,
        "fingerprint": edition.fingerprint,
        "maximum_mg": int(line.max_per_dose or 0),
    }


def _cookie(user: User) -> str:
    """Return the cookie of somebody who is signed in."""
    client = Client()
    client.force_login(user, "django.contrib.auth.backends.ModelBackend")
    name = settings.SESSION_COOKIE_NAME
    return f"{name}={client.cookies[name].value}"


def _log_bytes() -> int:
    """Return how long PostgreSQL's write-ahead log is; soak.py looks at SQLite's."""
    if connection.vendor != "postgresql":
        return 0
    with connection.cursor() as cursor:
        cursor.execute("SELECT sum(size) FROM pg_ls_waldir()")
        return int(cursor.fetchone()[0])


def _say(**facts: Any) -> None:
    sys.stdout.write(f"{json.dumps(facts)}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()

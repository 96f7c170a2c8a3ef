"""Publishes an edition each second, as a committee would; told to by bench/readers.py.

Reads for how many seconds, a line each time, and answers with a line of JSON: the
seconds that each publication took. Every act is that of reference/publishing/acts.py,
but the pages of the edition before are not drawn in a process beside: one a second
would heap these processes up.
"""

import json
import os
import sys
import time

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "anakinra_site.settings")
django.setup()

from django.contrib.auth.models import User  # noqa: E402

from reference import publishing  # noqa: E402
from reference.editions import canonical_document  # noqa: E402
from reference.models import Drug, Edition  # noqa: E402
from reference.publishing import open_discrepancies  # noqa: E402
from tests.support.guides.small_guide import next_draft  # noqa: E402

PERIOD = 1.0  # seconds


def main() -> None:
    vars(publishing)["draw_once_committed"] = _draw_nothing_beside
    author = User.objects.get(username="author")
    reviewer = User.objects.get(username="reviewer")
    drug = Drug.objects.get(slug=sys.argv[1])
    for line in sys.stdin:
        took, end = [], time.monotonic() + float(line)
        while time.monotonic() < end - PERIOD / 2:
            begun = time.monotonic()
            took.append(_publish(drug, author, reviewer))
            time.sleep(max(0.0, begun + PERIOD - time.monotonic()))
        sys.stdout.write(f"{json.dumps(took)}\n")
        sys.stdout.flush()


def _draw_nothing_beside() -> None:
    """Stand in for the drawing that follows an act in a process of its own."""


def _publish(drug: Drug, author: User, reviewer: User) -> float:
    """Write, submit and publish the next edition; return the seconds of publish()."""
    current = drug.editions.select_related("drug").current().get()
    sent = publishing.submit(edition=next_draft(current, by=author), by=author)
    acknowledged = open_discrepancies(canonical_document(sent))
    begun = time.monotonic()
    published = publishing.publish(
        edition=sent,
        by=reviewer,
        seen=publishing.fingerprint_of(sent),
        acknowledged=acknowledged,
    )
    took = time.monotonic() - begun
    if published.state != Edition.State.PUBLISHED:
        raise RuntimeError(f"{published} was not published")
    return took


if __name__ == "__main__":
    main()

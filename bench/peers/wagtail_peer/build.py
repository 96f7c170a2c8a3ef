"""`python -m bench.peers.wagtail_peer.build content.json`: the database of the site."""

import json
import os
import sys
from pathlib import Path
from typing import Any
from uuid import uuid4

import django

os.environ["DJANGO_SETTINGS_MODULE"] = "bench.peers.wagtail_peer.settings"
django.setup()

from django.core.management import call_command  # noqa: E402
from wagtail.models import Page, Site  # noqa: E402

from bench.peers.wagtail_peer.models import MonographPage  # noqa: E402

LISTS = ("names", "lines", "flags", "items_of_group", "months")


def block_value(row: Any) -> Any:
    """Return a row as the stream keeps it: its lists as items, all else as text."""
    if not isinstance(row, dict):
        return row
    return {
        name: [
            {"type": "item", "id": str(uuid4()), "value": block_value(item)}
            for item in value
        ]
        if name in LISTS
        else ("" if value in (None, False) else str(value))
        for name, value in row.items()
    }


def build(content: dict[str, Any]) -> None:
    call_command("migrate", interactive=False, verbosity=0)
    Page.objects.filter(depth=2).delete()
    stream = [
        {"type": kind, "value": block_value(row)}
        for kind, rows in content.items()
        for row in (rows if isinstance(rows, list) else [rows])
    ]
    root = Page.objects.get(depth=1)
    home = root.add_child(instance=Page(title="Biologic guides", slug="home"))
    slug = content["drug"]["slug"]
    page = MonographPage(title=slug, slug=slug, body=json.dumps(stream))
    home.add_child(instance=page)
    Site.objects.all().delete()
    Site.objects.create(hostname="127.0.0.1", root_page=home, is_default_site=True)


if __name__ == "__main__":
    build(json.loads(Path(sys.argv[1]).read_text(encoding="utf-8")))

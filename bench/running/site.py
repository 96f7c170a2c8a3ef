"""The site that is measured: its own database, the guide in force, and its content.

Importing this makes the process a user of that database; nothing else is touched.
"""

import html
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

from bench.running.load import say
from bench.running.servers import ENVIRONMENT, PEERS_PROGRAMS, ROOT, Server

SLUG = "anakinra"


@contextmanager
def prepared_site() -> Iterator[Path]:
    """A folder with a SQLite database that `manage.py prepare` has filled."""
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        folder = Path(name)
        os.environ |= {
            "DJANGO_SETTINGS_MODULE": "anakinra_site.settings",
            "DATABASE_URL": f"sqlite:///{folder}/site.sqlite3",
            "DRAW_PDF": "0",
        }
        for other in ("DEBUG", "PUBLIC_ORIGIN"):
            os.environ.pop(other, None)
            ENVIRONMENT.pop(other, None)
        ENVIRONMENT.update(os.environ)
        manage("prepare")
        import django

        django.setup()
        yield folder


def manage(*arguments: str, **settings: str) -> str:
    """Run manage.py and return what it said."""
    done = subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env=ENVIRONMENT | settings,
        check=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    return done.stdout


@cache
def edition_in_force() -> Any:
    from reference.models import Edition

    return Edition.objects.select_related("drug").get(
        drug__slug=SLUG, state="published"
    )


def drawn_bodies(addresses: dict[str, str]) -> dict[str, bytes]:
    """Return the page of each address as it was packed with brotli, by its name."""
    from reference.models import DrawnPage

    return {
        name: bytes(DrawnPage.objects.get(address=address).body_brotli)
        for name, address in addresses.items()
    }


def content() -> dict[str, Any]:
    """Return what the peers' template shows, from the canonical document in force."""
    from reference.editions import published_monograph

    edition = edition_in_force()
    monograph = published_monograph(edition)
    document, sections = monograph.document, monograph.sections

    def plain(row: Any, **more: Any) -> dict[str, Any]:
        kept = {
            name: value
            for name, value in row.items()
            if isinstance(value, str | int | None)
        }
        flags = [
            {name: one[name] for name in ("key", "number", "ruling", "title")}
            for one in row.get("discrepancies", ())
        ]
        return kept | {"flags": flags} | more

    def named(rows: Any) -> list[dict[str, str]]:
        return [{"name": row["name"]} for row in rows]

    own = {"fingerprint": edition.fingerprint}
    return {
        "drug": document["drug"],
        "edition": document["edition"] | own,
        "headings": document["headings"],
        "indications": [
            plain(
                row,
                names=named(row["synonyms"]),
                lines=[plain(line) for line in row["regimens"]],
            )
            for row in sections["indications"]
        ],
        "reaction_groups": [
            plain(row, items_of_group=named(row["reactions"]))
            for row in sections["adverse_reaction_groups"]
        ],
        "monitoring": [
            plain(row, months=row["months"]) for row in sections["monitoring"]
        ],
        "discrepancies": document["discrepancies"],
        **{
            name: [plain(row) for row in sections[name]]
            for name in (
                *("contraindications", "warnings", "preparations"),
                *("administration", "storage", "resources"),
            )
        },
    }


def build_wagtail_database(folder: Path) -> dict[str, str]:
    """Build the Wagtail peer's database and return the settings that name it."""
    settings = {"WAGTAIL_DATABASE": str(folder / "wagtail.sqlite3")}
    kept = folder / "content.json"
    kept.write_text(json.dumps(content()), encoding="utf-8")
    subprocess.run(
        [
            str(PEERS_PROGRAMS / "python"),
            *("-m", "bench.peers.wagtail_peer.build", str(kept)),
        ],
        cwd=ROOT,
        env=ENVIRONMENT | settings,
        check=True,
    )
    return settings


def missing_lines(body: bytes) -> list[str]:
    """Return the printed lines of the guide that a page does not show."""
    from reference.editions import published_monograph

    document = published_monograph(edition_in_force()).document
    sections = ("headings", "indications", "regimens", "warnings", "storage")
    shown = html.unescape(body.decode())
    printed = {row["printed"] for section in sections for row in document[section]}
    return sorted(line for line in printed if line not in shown)


def require_every_line(server: Server, path: str, headers: dict[str, str]) -> None:
    """Stop unless a server's page shows every printed line of the guide."""
    status, body = server.get(path, headers)
    missing = missing_lines(body)
    if status != 200 or missing:
        raise RuntimeError(f"{server.name} answers {status} and lacks {missing[:3]}")
    say(f"  {server.name}: {len(body):,} bytes, every printed line is there")


def open_draft() -> Any:
    """Return the open draft of the guide, begun by the author if there is none."""
    from django.contrib.auth.models import User

    from reference.models import Edition
    from reference.publishing import start_draft

    found = Edition.objects.open_draft().filter(drug__slug=SLUG).first()
    author = User.objects.get(username="author")
    return found or start_draft(drug=edition_in_force().drug, by=author)


def signed_in_cookie() -> dict[str, str]:
    """Return the header of an author who has signed in just now."""
    from django.conf import settings
    from django.contrib.auth.models import User
    from django.test import Client

    client = Client()
    client.force_login(
        User.objects.get(username="author"), "django.contrib.auth.backends.ModelBackend"
    )
    name = settings.SESSION_COOKIE_NAME
    return {"Cookie": f"{name}={client.cookies[name].value}"}

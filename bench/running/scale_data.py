"""Fills a prepared database with many drugs and editions; measures nothing.

`python -m bench.running.scale_data grow 1000 20` copies the guide's rows with SQL, as
no site would: the triggers are away meanwhile. Bytes, fingerprints and pages are true.
"""

import json
import os
import sys
from pathlib import Path
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "anakinra_site.settings")
django.setup()

from django.core.management.color import no_style  # noqa: E402
from django.db import connection, transaction  # noqa: E402
from django.db.models import Model  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402

from reference import publishing  # noqa: E402
from reference.drawn import pages  # noqa: E402
from reference.editions import (  # noqa: E402
    SECTIONS,
    canonical_bytes,
    canonical_document,
    fingerprint,
    links_to_rows,
    read_document,
)
from reference.keeping import triggers  # noqa: E402
from reference.models import DrawnPage, Drug, Edition  # noqa: E402
from tests.conftest import drop_refusals  # noqa: E402

SLUG = "drug-{:04}"
STRIDE = 1000  # more than the guide has rows in one table
SLUG_MARK, NUMBER_MARK = "slug-mark", 987654
BATCH = 200


def grow(drugs: int, editions: int) -> None:
    """Add as many drugs, each with as many editions, the last of them in force."""
    template = Edition.objects.select_related("drug").get(state="published")
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            for pragma in ("foreign_keys = OFF", "synchronous = OFF"):
                cursor.execute(f"PRAGMA {pragma}")
            cursor.execute("PRAGMA cache_size = -1000000")
        else:
            # Neither triggers nor foreign keys are looked at.
            cursor.execute("SET session_replication_role = replica")
    with transaction.atomic():
        if connection.vendor == "sqlite":
            drop_refusals()
        _add_drugs(template.drug, drugs)
        _add_editions(template, drugs, editions)
        _add_rows(template, drugs * editions)
        _reset_sequences()
    if connection.vendor == "sqlite":
        triggers.create_triggers()
    else:
        with connection.cursor() as cursor:
            cursor.execute("SET session_replication_role = origin")
    if triggers.missing_triggers():
        raise RuntimeError("the triggers were not put back")
    _require_true_editions(drugs, editions)


def _add_drugs(template: Drug, drugs: int) -> None:
    names = _columns(Drug)
    row = dict(Drug.objects.filter(pk=template.pk).values(*names).get())
    _insert(
        Drug._meta.db_table,
        names,
        [
            row | {"id": template.pk + place, "slug": SLUG.format(place)}
            for place in range(1, drugs + 1)
        ],
    )


def _add_editions(template: Edition, drugs: int, editions: int) -> None:
    names = _columns(Edition)
    row = dict(Edition.objects.filter(pk=template.pk).values(*names).get())
    marked = read_document(bytes(template.canonical or b""))
    marked["drug"]["slug"] = SLUG_MARK
    marked["edition"]["number"] = NUMBER_MARK
    pattern = canonical_bytes(marked)
    batch = []
    for place in range(1, drugs + 1):
        slug = SLUG.format(place)
        of_drug = pattern.replace(SLUG_MARK.encode(), slug.encode())
        for number in range(1, editions + 1):
            canonical = of_drug.replace(str(NUMBER_MARK).encode(), str(number).encode())
            batch.append(
                row
                | {
                    "id": template.pk + (place - 1) * editions + number,
                    "drug_id": template.drug_id + place,
                    "number": number,
                    "state": "published" if number == editions else "superseded",
                    "canonical": canonical,
                    "fingerprint": fingerprint(canonical),
                }
            )
        if len(batch) >= BATCH or place == drugs:
            _insert(Edition._meta.db_table, names, batch)
            batch = []


def _add_rows(template: Edition, copies: int) -> None:
    """Copy every row of the guide into every edition, its links moved along."""
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE copies (place INTEGER)")
        cursor.executemany(
            "INSERT INTO copies VALUES (%s)", [(n,) for n in range(1, copies + 1)]
        )
        for model in SECTIONS.values():
            links = {f"{name}_id" for name in links_to_rows(model)}
            names = _columns(model)
            chosen = [
                f"{name} + place * {STRIDE}"
                if name == "id" or name in links
                else f"{template.pk} + place"
                if name == "edition_id"
                else f'"{name}"'
                for name in names
            ]
            columns = ", ".join(f'"{name}"' for name in names)
            cursor.execute(
                f"INSERT INTO {model._meta.db_table} ({columns}) "
                f"SELECT {', '.join(chosen)} FROM copies, {model._meta.db_table} "
                "WHERE edition_id = %s ORDER BY place",
                [template.pk],
            )
        cursor.execute("DROP TABLE copies")


def _reset_sequences() -> None:
    changed: list[type[Model]] = [Drug, Edition, *SECTIONS.values()]
    with connection.cursor() as cursor:
        for sql in connection.ops.sequence_reset_sql(no_style(), changed):
            cursor.execute(sql)


def _columns(model: type[Model]) -> list[str]:
    return [str(field.column) for field in model._meta.concrete_fields]


def _insert(table: str, names: list[str], rows: list[dict[str, Any]]) -> None:
    columns = ", ".join(f'"{name}"' for name in names)
    places = ", ".join(["%s"] * len(names))
    with connection.cursor() as cursor:
        cursor.executemany(
            f"INSERT INTO {table} ({columns}) VALUES ({places})",
            [[_stored(row[name]) for name in names] for row in rows],
        )


def _stored(value: Any) -> Any:
    return bytes(value) if isinstance(value, memoryview) else value


def _require_true_editions(drugs: int, editions: int) -> None:
    """Stop unless what was stored is what the rows say, and nothing is missing."""
    if Edition.objects.count() != drugs * editions + 1:
        raise RuntimeError("editions are missing")
    for place, number in ((1, 1), (drugs, editions)):
        edition = Edition.objects.select_related("drug").get(
            drug__slug=SLUG.format(place), number=number
        )
        walked = canonical_bytes(canonical_document(edition))
        if walked != bytes(edition.canonical or b""):
            raise RuntimeError(f"{edition} is not what its rows say")


def draw(first: int, last: int) -> None:
    """Draw the monograph of these drugs as an act would."""
    for place in range(first, last + 1):
        drug = Drug.objects.get(slug=SLUG.format(place))
        edition = drug.editions.select_related("drug").newest_first()[0]
        sheet = next(pages.sheets_of(edition, is_current=True))
        fields = pages._drawn(sheet)
        pages._keep(drug, sheet, fields)


def keep_pages(file: str) -> None:
    """Write what was drawn into a file, for another database."""
    kept = [
        {name: _text(value) for name, value in row.items()}
        for row in DrawnPage.objects.filter(drug__slug__startswith="drug-").values()
    ]
    Path(file).write_text(json.dumps(kept))


def load_pages(file: str) -> None:
    """Take over what was drawn for another database with the same drugs."""
    rows = json.loads(Path(file).read_text())
    for row in rows:
        del row["id"]
        for name in ("body_brotli", "body_gzip"):
            row[name] = bytes.fromhex(row[name])
    DrawnPage.objects.bulk_create([DrawnPage(**row) for row in rows], BATCH)


def _text(value: Any) -> Any:
    if isinstance(value, bytes | memoryview):
        return bytes(value).hex()
    return value if isinstance(value, str | int) else str(value)


def fill_pages() -> None:
    """Give every drug as many drawn pages as the guide has; no one reads these."""
    guide = Drug.objects.exclude(slug__startswith="drug-").get()
    rows = [
        row
        for row in DrawnPage.objects.filter(drug=guide).values()
        if row["address"] not in (f"/{guide.slug}/", f"/{guide.slug}/editions/1/")
    ]
    for drug in Drug.objects.filter(slug__startswith="drug-"):
        DrawnPage.objects.bulk_create(
            DrawnPage(
                **row
                | {
                    "id": None,
                    "drug_id": drug.pk,
                    "address": row["address"].replace(guide.slug, drug.slug),
                }
            )
            for row in rows
        )


def tidy() -> None:
    """Let PostgreSQL look at its tables, as it would by itself after a while."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")
            cursor.execute("CHECKPOINT")


def ready(slug: str) -> None:
    """Begin a draft, sign an author in, and say where its preview is, as JSON.

    And how many queries each kind of read makes, once what it keeps was read.
    """
    from django.contrib.auth.models import User

    author = User.objects.get(username="author")
    drug = Drug.objects.get(slug=slug)
    draft = publishing.start_draft(drug=drug, by=author)
    signed_in = Client(headers={"host": "localhost"})
    signed_in.force_login(author, "django.contrib.auth.backends.ModelBackend")
    preview = f"/admin/reference/edition/{draft.pk}/preview/"
    number = drug.editions.newest_first()[0].number
    public = Client(headers={"host": "localhost", "accept": "application/json"})
    reads = {
        "monograph": (public, f"/{slug}/?by=django"),
        "dose": (public, f"/{slug}/dose/?regimen=ra-sc&edition={number}&weight=20"),
        "monitoring": (public, f"/{slug}/monitoring/"),
        "edition list": (public, f"/{slug}/editions/?by=django"),
        "preview": (signed_in, preview),
    }
    counts = {}
    for name, (client, path) in reads.items():
        client.get(path)
        with CaptureQueriesContext(connection) as queries:
            if client.get(path).status_code != 200:
                raise RuntimeError(f"{path} does not answer")
        counts[name] = len(queries)
    cookie = signed_in.cookies["sessionid"].value
    found = {"preview": preview, "cookie": f"sessionid={cookie}", "queries": counts}
    sys.stdout.write(f"{json.dumps(found)}\n")


def main() -> None:
    match sys.argv[1:]:
        case ["grow", drugs, editions]:
            grow(int(drugs), int(editions))
        case ["draw", first, last]:
            draw(int(first), int(last))
        case ["keep-pages", file]:
            keep_pages(file)
        case ["load-pages", file]:
            load_pages(file)
        case ["fill-pages"]:
            fill_pages()
        case ["tidy"]:
            tidy()
        case ["ready", slug]:
            ready(slug)
        case _:
            raise SystemExit(__doc__)


if __name__ == "__main__":
    main()

"""The monograph by Flask, Jinja2 and SQL written by hand, from the site's SQLite file.

The address and the content are those of the site's own page.
"""

import json
import os
import sqlite3
from typing import Any

from flask import Flask, abort, g, render_template

from bench.peers.plain import plain

DATABASE = os.environ["DATABASE_URL"].removeprefix("sqlite:///")
EDITION = """
SELECT e.*, d.slug, d.generic_name, d.brand_name, d.drug_class
FROM reference_edition e JOIN reference_drug d ON d.id = e.drug_id
WHERE d.slug = ? AND e.state = 'published'
"""
IN_ORDER = "SELECT * FROM reference_{} WHERE edition_id = ? ORDER BY position, key"
LINES = """
SELECT l.section, l.row_key, d.key FROM reference_discrepancyline l
JOIN reference_discrepancy d ON d.id = l.discrepancy_id WHERE l.edition_id = ?
"""

application = Flask(__name__)
application.jinja_env.filters["plain"] = plain


def database() -> sqlite3.Connection:
    if "database" not in g:
        g.database = sqlite3.connect(f"file:{DATABASE}?mode=ro", uri=True)
        g.database.row_factory = lambda cursor, row: dict(
            zip([column[0] for column in cursor.description], row, strict=True)
        )
    kept: sqlite3.Connection = g.database
    return kept


@application.teardown_appcontext
def close(_error: BaseException | None) -> None:
    opened = g.pop("database", None)
    if opened is not None:
        opened.close()


@application.get("/<slug>/")
def monograph(slug: str) -> str:
    edition = database().execute(EDITION, [slug]).fetchone()
    if edition is None:
        abort(404)

    def rows(table: str) -> list[dict[str, Any]]:
        return database().execute(IN_ORDER.format(table), [edition["id"]]).fetchall()

    discrepancies = rows("discrepancy")
    by_key = {}
    for number, row in enumerate(discrepancies, start=1):
        row["number"] = number
        by_key[row["key"]] = row
    flags: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for line in database().execute(LINES, [edition["id"]]):
        place = (line["section"], line["row_key"])
        flags.setdefault(place, []).append(by_key[line["key"]])

    def flagged(section: str, table: str) -> list[dict[str, Any]]:
        found = rows(table)
        for row in found:
            about = flags.get((section, row["key"]), [])
            row["flags"] = sorted(about, key=lambda flag: flag["number"])
        return found

    def nested(
        parents: list[dict[str, Any]],
        name: str,
        children: list[dict[str, Any]],
        link: str,
    ) -> None:
        by_parent: dict[int, list[dict[str, Any]]] = {}
        for row in children:
            by_parent.setdefault(row[link], []).append(row)
        for row in parents:
            row[name] = by_parent.get(row["id"], [])

    indications = flagged("indications", "indication")
    nested(indications, "names", rows("synonym"), "indication_id")
    nested(indications, "lines", flagged("regimens", "regimen"), "indication_id")
    groups = flagged("adverse_reaction_groups", "adversereactiongroup")
    nested(groups, "items_of_group", rows("adversereaction"), "group_id")
    headings: dict[str, list[dict[str, Any]]] = {}
    for row in rows("heading"):
        headings.setdefault(row["section"], []).append(row)
    monitoring = flagged("monitoring", "monitoringtest")
    for row in monitoring:
        row["months"] = json.loads(row["months"])
    return render_template(
        "monograph.html",
        in_force=True,
        drug=edition,
        edition=edition,
        headings=headings,
        indications=indications,
        contraindications=flagged("contraindications", "contraindication"),
        warnings=flagged("warnings", "safetywarning"),
        reaction_groups=groups,
        preparations=flagged("preparations", "preparation"),
        administration=flagged("administration", "administration"),
        storage=flagged("storage", "storage"),
        monitoring=monitoring,
        discrepancies=discrepancies,
        resources=rows("resource"),
    )

"""What the preview of a draft costs, beside the same draft by model objects."""

from pathlib import Path

from bench.reach import Part, Row
from bench.running import site
from bench.running.load import Run, measured
from bench.running.servers import running

OF_THE_USUAL_WAY = 0.25
SECONDS = 3.0
# Sixteen could all still be waiting for the usual page at the end.
ASKERS = 4


def measure(folder: Path, rounds: int) -> Part:
    """Measure the preview that a signed-in author sees."""
    draft = site.open_draft()
    cookie = site.signed_in_cookie()
    usual_path = f"/preview/{draft.pk}/"
    path = f"/admin/reference/edition/{draft.pk}/preview/"
    with (
        running("site", folder) as ours,
        running(
            "usual", folder, application="bench.peers.orm_peer:application"
        ) as usual,
    ):
        asked = ((ours, path), (usual, usual_path))
        for server, address in asked:
            site.require_every_line(server, address, cookie)
        found = measured(
            [
                Run(
                    f"draft preview, {server.name}",
                    server,
                    path,
                    cookie,
                    ASKERS,
                    seconds=SECONDS,
                )
                for server, path in asked
            ],
            rounds,
            folder,
        )
    rows = [
        Row(
            "draft preview: of the ORM-and-template page",
            found.cost_ratios("draft preview, site", "draft preview, usual"),
            OF_THE_USUAL_WAY,
            held_back_by=HELD_BACK,
        ),
        Row("draft preview: errors", [found.errors()], 0),
    ]
    return Part("Draft preview", rows, [found], REMARKS)


REMARKS = """\
The page as most Django sites build it: stock middleware, the user's permission asked
for, related rows prefetched, model objects through Django's templates. It shows the
same draft from the same database, has no form and asks for no fingerprint, under the
same server. Both are asked by an author who is signed in; neither keeps anything."""


HELD_BACK = """\
The draft is read from all its tables. Of the preview's time two fifths are the
ORM's, which writes the SQL of 18 queries anew each time and makes model objects of
rows, a third is Jinja2's for 110 kB, and the rest is who may see it and how it is
arranged. Jinja2 in place of Django's engine was tried, and kept (38 ms to 4 of the
page itself). Not tried: the SQL of each table compiled once, as editions/current.py
has it for its one row."""

"""What a drawn page costs, beside the same page by nginx, Flask and Wagtail."""

from contextlib import ExitStack
from pathlib import Path

from bench.reach import Part, Row
from bench.running import site
from bench.running.load import Run, measured, say
from bench.running.servers import PEERS_PROGRAMS, Server, running, running_nginx

OF_NGINX = 0.40
OF_NGINX_UNCHANGED = 0.55
TIMES_WAGTAIL = 300
TIMES_FLASK = 50
MONOGRAPH = f"/{site.SLUG}/"
EDITION = f"{MONOGRAPH}editions/1/"
PAGES = {
    "monograph": MONOGRAPH,
    "edition": EDITION,
    "print": f"{MONOGRAPH}print/",
    "changes": f"{EDITION}changes/",
    "JSON export": f"{EDITION}edition.json",
}
BROTLI = {"Accept-Encoding": "br"}
MANY = 64


def measure(folder: Path, rounds: int) -> Part:
    """Measure every kind of drawn page against a file, and the monograph's peers."""
    bodies = site.drawn_bodies(PAGES)
    files = {name.replace(" ", "-"): body for name, body in bodies.items()}
    say("Building the Wagtail peer.")
    wagtail_settings = site.build_wagtail_database(folder)
    with ExitStack() as stack:
        ours = stack.enter_context(running("site", folder))
        nginx = stack.enter_context(running_nginx(folder / "nginx", files))
        flask = stack.enter_context(
            running(
                "flask",
                folder,
                application="bench.peers.flask_peer:application",
                programs=PEERS_PROGRAMS,
            )
        )
        wagtail = stack.enter_context(
            running(
                "wagtail",
                folder,
                application="bench.peers.wagtail_peer.wsgi:application",
                programs=PEERS_PROGRAMS,
                settings=wagtail_settings,
            )
        )
        _require_the_same_content(ours, nginx, [flask, wagtail], bodies)
        tag = ours.ask(MONOGRAPH, BROTLI)[0].headers.get("ETag", "")
        found = measured(
            [
                *(
                    Run(name, server, path, BROTLI)
                    for page, path in PAGES.items()
                    for name, server, path in (
                        (f"{page}, site", ours, path),
                        (f"{page}, nginx", nginx, f"/{page.replace(' ', '-')}"),
                    )
                ),
                Run(
                    "monograph unchanged (304), site",
                    ours,
                    MONOGRAPH,
                    BROTLI | {"If-None-Match": tag},
                ),
                Run("monograph at 64, site", ours, MONOGRAPH, BROTLI, MANY),
                Run("monograph at 64, nginx", nginx, "/monograph", BROTLI, MANY),
                Run("monograph, Flask", flask, MONOGRAPH),
                Run("monograph, Wagtail", wagtail, MONOGRAPH),
            ],
            rounds,
            folder,
        )
    rows = [
        Row(
            f"{page}: GET with brotli, of nginx static",
            found.cost_ratios(f"{page}, nginx", f"{page}, site"),
            OF_NGINX,
            is_minimum=True,
            held_back_by=HELD_BACK,
        )
        for page in PAGES
    ]
    own = "monograph, site"
    rows += [
        Row(
            "monograph: GET, times Wagtail's page",
            found.cost_ratios("monograph, Wagtail", own),
            TIMES_WAGTAIL,
            unit=" ×",
            is_minimum=True,
            held_back_by=HELD_BACK,
        ),
        Row(
            "monograph: GET, times Flask's page",
            found.cost_ratios("monograph, Flask", own),
            TIMES_FLASK,
            unit=" ×",
            is_minimum=True,
        ),
        Row(
            "monograph: 304, of nginx static",
            found.cost_ratios("monograph, nginx", "monograph unchanged (304), site"),
            OF_NGINX_UNCHANGED,
            is_minimum=True,
            held_back_by=HELD_BACK,
        ),
        Row("pages: errors", [found.errors()], 0),
    ]
    return Part("Pages", rows, [found], REMARKS)


REMARKS = """\
Of nginx static is what nginx needs, as a part of what the site needs. Nginx sends the
brotli bytes of the same page as a file, with `Content-Encoding: br` from its
configuration, since Debian's nginx-light has no module for it. Flask (Jinja2, SQL by
hand) and Wagtail (one page, a stream of blocks) show the same rows of the same edition,
uncompressed; each of them was found to hold every printed line."""


HELD_BACK = """\
Half of it is the server: granian's empty answer (see the doses) takes longer than
nginx does for the whole page, since each request wakes a thread of Python; with
more connections the wake-ups are shared and the page comes nearer. The other half
is the row, most of it SQLite's own look at its file, and the headers. Tried on a
machine where the page took 38 µs: one thread a worker (33 µs, but one slow request
would stop the worker), a page kept in the process while SQLite's change counter
stands still, asked by PRAGMA (nothing gained), read from the file's header (30 µs)
or through mmap (28 µs): refused, since it is a second truth beside the row, serves
one database alone, and makes the thousandth drug dearer than the first (decision
47)."""


def _require_the_same_content(
    ours: Server, nginx: Server, peers: list[Server], bodies: dict[str, bytes]
) -> None:
    """Stop unless each server answers with what it is measured for."""
    for page, path in PAGES.items():
        name = f"/{page.replace(' ', '-')}"
        if not ours.get(path, BROTLI) == nginx.get(name, BROTLI) == (200, bodies[page]):
            raise RuntimeError(f"{path} is not the drawn page on both servers")
    for peer in peers:
        site.require_every_line(peer, MONOGRAPH, {})

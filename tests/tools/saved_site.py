"""Saves what a site says at every public address, and compares two such copies.

    python -m tests.tools.saved_site make site.sqlite3
    python -m tests.tools.saved_site save site.sqlite3 before.zip
    python -m tests.tools.saved_site compare before.zip after.zip

The first makes a site with three editions of each of two drugs. Save it before code is
moved and after, from copies of one database and with one PUBLIC_ORIGIN or none: a
change that promises to change nothing has no difference. An answer is kept whole, as it
was sent, with its status and its headers but Date.
"""

import json
import os
import random
import re
import subprocess
import sys
from collections import deque
from collections.abc import Iterator
from html import unescape
from http.client import HTTPConnection
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlencode, urljoin, urlsplit
from zipfile import ZIP_DEFLATED, ZipFile

from tests.support.public_pages import PAGES
from tests.support.servers.own_site import say
from tests.support.servers.server_process import running_server

INVENTED = "examplimab"
DRUGS = ("anakinra", INVENTED)
DOSES = 2_000  # as JSON; every tenth of them as a page and as a fragment, too
SEED = 2024
FIRST = (
    *("/", "/search/?q=dose", "/robots.txt", "/sitemap.xml", "/openapi.json"),
    *("/fhir/metadata", "/fhir/Patient", "/infobutton/", "/schemas/edition-1.json"),
    *("/.well-known/security.txt", "/healthz", "/readyz", "/favicon.ico", "/nowhere/"),
    "/fhir/MedicationKnowledge?code=L04AC03",
    "/infobutton/?mainSearchCriteria.v.cs=2.16.840.1.113883.6.73"
    "&mainSearchCriteria.v.c=L04AC03",
)
LINK = re.compile(r"""(?:href|src|action|hx-get)="([^"#]+)|<(?:loc|id)>([^<]+)<""")
ENCODINGS = ("br", "gzip", "identity")
# When an answer was worked out or a draft was begun; nothing else of the hour is said.
OF_THE_CLOCK = re.compile(rb"\d{1,2} [A-Z][a-z]+ 20\d\d, \d\d:\d\d UTC")


def make(database: str) -> None:
    """Make a database with three published editions of each drug, the last in force."""
    os.environ["DATABASE_URL"] = f"sqlite:///{Path(database).resolve()}"
    os.environ["DJANGO_SETTINGS_MODULE"] = "anakinra_site.settings"
    os.environ |= {"DRAW_PDF": "0", "DRAW_PAGES": "0"}
    prepare = [sys.executable, "manage.py", "prepare"]
    subprocess.run(prepare, check=True, stdout=subprocess.DEVNULL)
    import django

    django.setup()
    from django.contrib.auth.models import User

    from reference import publishing
    from reference.desk import saving
    from reference.models import Edition, Regimen
    from tests.support.guides.second_guide import load_second_guide
    from tests.support.guides.small_guide import next_draft, publish

    people = User.objects.in_bulk(["author", "reviewer"], field_name="username")
    author, reviewer = people["author"], people["reviewer"]
    load_second_guide()
    for edition in list(Edition.objects.select_related("drug").order_by("pk")):
        for number in (2, 3):
            draft = next_draft(edition, by=author)
            line = Regimen.objects.filter(edition=draft, max_per_dose=None).first()
            assert line is not None
            line.duration_words = f"as edition {number} says"
            saving.save_row(line, by=author)
            fresh = Edition.objects.get(pk=draft.pk)
            edition = publish(fresh, author=author, reviewer=reviewer)
        if edition.drug.slug == INVENTED:
            second = Edition.objects.get(drug=edition.drug, number=2)
            publishing.withdraw(edition=second, by=reviewer, reason="An example.")


def save(database: str, copy: str) -> None:
    """Serve the database as `make run` does, and keep what each address answers."""
    given = (
        f"DATABASE_URL=sqlite:///{Path(database).resolve()}",
        f"PUBLIC_ORIGIN={os.environ.get('PUBLIC_ORIGIN', '')}",
        f"SECRET_KEY={'k' * 60}",
        "WORKERS=1",
    )
    with (
        TemporaryDirectory() as folder,
        running_server(Path(folder), *given) as server,
        ZipFile(copy, "w", ZIP_DEFLATED) as kept,
    ):
        reader = HTTPConnection("127.0.0.1", server.port, timeout=60)
        for path, headers in _requests(reader):
            name = f"{path} {json.dumps(headers)}"
            kept.writestr(name, _answer(reader, path, headers)[0])
        say(f"{len(kept.namelist())} answers of {len(_PATHS)} addresses in {copy}.")


_PATHS = set[str]()


def _requests(reader: HTTPConnection) -> Iterator[tuple[str, dict[str, str]]]:
    """Yield each address that the pages lead to, in each form, and then the doses."""
    waiting = deque([*FIRST, *_pages()])
    while waiting:
        path = waiting.popleft()
        if path in _PATHS or path.startswith("/admin"):
            continue
        _PATHS.add(path)
        for encoding in ENCODINGS:
            yield path, {"Accept-Encoding": encoding}
        found = _answer(reader, path, {"Accept-Encoding": "identity"})[1]
        waiting.extend(sorted(_led_to(path, found)))
    for number, path in enumerate(_doses(reader)):
        _PATHS.add(path)
        yield path, {"Accept": "application/json"}
        if number % 10 == 0:
            yield path, {"Accept": "text/html"}
            yield path, {"Accept": "text/html", "HX-Request": "true"}


def _pages() -> Iterator[str]:
    for drug in DRUGS:
        yield from (page.replace("anakinra", drug) for page in PAGES.values())
        yield f"/{drug}/monitoring.ics?start=2026-01-31"
        yield from (f"/{drug}/{name}" for name in ("monograph.pdf", "changes.atom"))
        for number in range(1, 5):
            for name in ("", "edition.json", "fhir.json", "citation.ris", "changes/"):
                yield f"/{drug}/editions/{number}/{name}"


def _led_to(path: str, body: str) -> Iterator[str]:
    """Yield the addresses of this site that a page, a feed or a bundle names."""
    for match in LINK.finditer(body):
        target = urlsplit(urljoin(path, unescape(match[1] or match[2])))
        if target.scheme in ("", "http") and target.netloc.split(":")[0] in (
            *("", "localhost", "127.0.0.1"),
        ):
            query = f"?{target.query}" if target.query else ""
            yield target.path + query
    if path.endswith("fhir.json") and body.startswith("{"):
        for entry in json.loads(body).get("entry", ()):
            kind, key = (entry["resource"][name] for name in ("resourceType", "id"))
            yield f"/fhir/{kind}/{key}"
            yield f"/fhir/{kind}/{key}/_history/2"


def _doses(reader: HTTPConnection) -> Iterator[str]:
    """Yield dose requests that are in order and some that are not, always the same."""
    chance = random.Random(SEED)
    keys = {
        drug: [
            *(row["key"] for row in json.loads(body)["regimens"]),
            *("kawasaki", "nowhere"),
        ]
        for drug in DRUGS
        for body in [_answer(reader, f"/{drug}/editions/3/edition.json", {})[1]]
    }
    asked_for = set[str]()
    while len(asked_for) < DOSES:
        drug = chance.choice(DRUGS)
        key = chance.choice(keys[drug])
        asked = {"indication" if key == "kawasaki" else "regimen": key}
        for name, share, values in (
            ("weight", 0.95, (f"{chance.uniform(0.4, 310):.1f}", "20", "70 kg", "7,5")),
            ("rate", 0.2, ("1", "2", "5", "8", "9.5")),
            ("doses_per_day", 0.3, ("1", "2", "3", "4", "9")),
            ("hours", 0.1, ("1", "72", "73", "2.5")),
            ("dose", 0.1, ("increased",)),
            ("confirm", 0.5, ("yes",)),
            ("edition", 0.3, ("3", "1")),
            ("age", 0.2, ("4", "17", "40")),
            ("crcl", 0.2, ("20", "90")),
        ):
            if chance.random() < share:
                asked[name] = chance.choice(values)
        if "age" in asked:
            asked["age_unit"] = "years"
        asked_for.add(f"/{drug}/dose/?{urlencode(asked)}")
    yield from sorted(asked_for)


def _answer(
    reader: HTTPConnection, path: str, headers: dict[str, str]
) -> tuple[bytes, str]:
    """Return an answer as it is kept, and its body as text where it is sent plain."""
    reader.request("GET", path, headers=headers)
    response = reader.getresponse()
    body = response.read()
    sent = sorted(f"{k}: {v}" for k, v in response.getheaders() if k.lower() != "date")
    head = "\n".join([str(response.status), *sent])
    if path.partition("?")[0].endswith("/dose/"):
        body = OF_THE_CLOCK.sub(b"(the hour)", body)
        head = re.sub(r"(?i)\n(content-length|etag): .*", "", head)
    return f"{head}\n\n".encode() + body, body.decode(errors="replace")


def compare(first: str, second: str) -> int:
    """Print each difference of two copies; return how many there are."""
    with ZipFile(first) as before, ZipFile(second) as after:
        names = sorted({*before.namelist(), *after.namelist()})
        differing = [
            name
            for name in names
            if name not in before.namelist()
            or name not in after.namelist()
            or before.read(name) != after.read(name)
        ]
        size = sum(each.file_size for each in before.infolist())
    for name in differing:
        say(f"differs: {name}")
    paths = len({name.rpartition(" {")[0] for name in names})
    say(
        f"{len(names)} answers of {paths} addresses, {size} bytes: "
        f"{len(differing)} differences."
    )
    return len(differing)


def main() -> int:
    match sys.argv[1:]:
        case ["make", database]:
            make(database)
        case ["save", database, copy]:
            save(database, copy)
        case ["compare", first, second]:
            return min(compare(first, second), 1)
        case _:
            say(__doc__ or "")
            return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())

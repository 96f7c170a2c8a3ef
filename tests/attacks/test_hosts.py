"""Whatever a request says of its host, the site is at its own address alone."""

import json
import re
from typing import Any

import pytest
from django.test import Client

from tests.attacks.probes.raw_requests import TRUSTED, Encrypted, Plain, exchange
from tests.support.servers.nginx_process import NAME, Proxy
from tests.support.servers.server_process import Server
from tests.tools.reliability.figures import none_lost

pytestmark = [pytest.mark.django_db, pytest.mark.ignore_template_errors]

EVIL = "evil.example"
FOREIGN = (
    *(EVIL, f"{NAME}.{EVIL}", f"{EVIL}:443", f"{NAME}@{EVIL}", f"{EVIL}#{NAME}"),
    *(f"{NAME}:80@{EVIL}", f"{NAME},{EVIL}", f"{NAME} {EVIL}", ".", "..", "*"),
    *(f"{NAME}/{EVIL}", f"{NAME}\\@{EVIL}", f"x.{NAME}", "[::2]", "169.254.169.254"),
    *(
        f"{NAME}:a",
        f"{NAME}%00",
        "localhost.evil.example",
        "\u00e9",
    ),
)
SAID = {
    "X-Forwarded-Host": EVIL,
    "X-Host": EVIL,
    "X-Forwarded-Server": EVIL,
    "X-HTTP-Host-Override": EVIL,
    "Forwarded": f"host={EVIL};proto=http",
    "X-Forwarded-Port": "31337",
    "X-Forwarded-Prefix": f"//{EVIL}",
    "X-Original-URL": f"https://{EVIL}/",
    "Origin": f"https://{EVIL}",
    "Referer": f"https://{EVIL}/",
    "HX-Current-URL": f"https://{EVIL}/",
}
# Whatever names an address of the site in full.
WITH_ADDRESSES = (
    *("/anakinra/", "/anakinra/print/", "/anakinra/editions/1/", "/sitemap.xml"),
    *("/anakinra/changes.atom", "/robots.txt", "/openapi.json", "/search/?q=dose"),
    *("/anakinra/editions/1/citation.ris", "/anakinra/editions/1/citation.bib"),
    *("/anakinra/editions/1/citation.csl.json", "/anakinra/editions/1/fhir.json"),
    *("/fhir/metadata", "/fhir/MedicationKnowledge/anakinra", "/anakinra", "/"),
    *("/fhir/MedicationKnowledge", "/anakinra/monitoring.ics?start=2026-01-31"),
    *("/schemas/edition-1.json", "/admin/login/", "/admin/", "/nowhere/"),
)


def _told(answer: Any) -> str:
    headers = {
        name: value for name, value in answer.headers.items() if name != "Expires"
    }
    return f"{answer.content.decode()}{headers}"


@pytest.mark.usefixtures("in_production", "published_edition")
def test_a_foreign_host_is_refused(client: Client) -> None:
    taken = []
    for host in FOREIGN:
        for address in ("/anakinra/", "/admin/login/", "/healthz"):
            answer = client.get(address, secure=True, headers={"host": host})
            if answer.status_code != 400 or EVIL in _told(answer):
                taken.append((host, address, answer.status_code))
    none_lost(
        taken,
        "attacks",
        "Foreign names in Host",
        tried=3 * len(FOREIGN),
        unit="requests",
    )


@pytest.mark.usefixtures("in_production")
def test_no_answer_names_another_host_than_its_own(client: Client) -> None:
    """Links, feed, sitemap, citations, FHIR, JSON-LD, redirects: its own origin."""
    named, differing, own = [], [], {"host": NAME}
    for address in WITH_ADDRESSES:
        alone = client.get(address, secure=True, headers=own)
        said = client.get(address, secure=True, headers=own | SAID)
        if EVIL in _told(said) or ":31337" in _told(said):
            named.append(address)
        tokens = r'name="csrfmiddlewaretoken" value="\w+"|csrftoken=\w+'
        if re.sub(tokens, "", _told(alone)) != re.sub(tokens, "", _told(said)):
            differing.append(address)
    none_lost(
        [*named, *differing],
        "attacks",
        "Answers with addresses in them, another host said in eleven headers",
        tried=len(WITH_ADDRESSES),
        unit="answers",
    )
    page = client.get("/anakinra/", secure=True, headers=own | SAID).content.decode()
    linked = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page)
    assert json.loads(linked[0])["url"].startswith(f"https://{NAME}/")


@pytest.mark.parametrize("way", ["directly", "through nginx"])
def test_a_request_line_with_a_host_in_it_changes_nothing(
    way: str, shipped: Server, request: pytest.FixtureRequest
) -> None:
    connect: Any = Plain(shipped)
    if way == "through nginx":
        proxied: Proxy = request.getfixturevalue("proxied")
        connect = Encrypted(proxied)
    wrong, tried = [], 0
    for target in (
        *(
            f"https://{EVIL}/anakinra/",
            f"http://{EVIL}/anakinra",
            f"//{EVIL}/anakinra/",
        ),
        *(f"http://{NAME}@{EVIL}/", f"https://{EVIL}/admin/", f"ftp://{EVIL}/"),
        *(f"{EVIL}:443", f"https://{EVIL}:1/sitemap.xml", f"http:{EVIL}/"),
    ):
        for host in (TRUSTED, TRUSTED.replace(NAME.encode(), EVIL.encode())):
            sent = f"GET {target} HTTP/1.1\r\n".encode() + host
            came = exchange(connect, sent + b"Connection: close\r\n\r\n")
            tried += 1
            answered = came.received.decode(errors="replace")
            if EVIL in answered or any(status >= 500 for status in came.statuses):
                wrong.append((target, came.statuses, answered[:300]))
            if EVIL.encode() in host and 200 in came.statuses:
                wrong.append((target, came.statuses, "answered for another host"))
    none_lost(
        wrong,
        "attacks",
        f"Request lines with another host in them, {way}",
        tried=tried,
        unit="requests",
        on_database=False,
    )

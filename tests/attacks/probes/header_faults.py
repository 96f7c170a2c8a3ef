"""What an answer in production lacks of the headers that every answer carries."""

import re

from anakinra_site.http.cross_origin import HEADERS as OPEN_TO_ALL
from anakinra_site.http.security_headers import HEADERS
from tests.attacks.probes.observatory import directives, marks_of, score

AT_LEAST = 120
HSTS = "max-age=31536000; includeSubDomains; preload"
VERSION = re.compile(r"\d+\.\d+|granian|django|python|nginx/", re.IGNORECASE)
TOLD_BY = ("server", "x-powered-by", "via", "x-aspnet-version", "x-generator")


def header_faults(headers: dict[str, str], cookies: list[str], body: str) -> list[str]:
    """Return what an answer lacks, in words; header names in lower case."""
    found = []
    marks = marks_of(headers, cookies, body)
    if score(marks) < AT_LEAST:
        losses = [mark for mark in marks if mark.points <= 0]
        found.append(f"{score(marks)} points: {losses}")
    if headers.get("strict-transport-security") != HSTS:
        found.append("no strict transport")
    for name, value in HEADERS.items():
        here = headers.get(name.lower())
        shared = OPEN_TO_ALL.get(name) == here and here is not None
        if here != value and not shared:
            found.append(f"{name}: {here}")
    policy = directives(headers.get("content-security-policy", ""))
    if policy.get("default-src") != ["'none'"]:
        found.append(f"policy: {policy}")
    told = {name: headers.get(name, "") for name in TOLD_BY}
    return found + [f"{name}: {it}" for name, it in told.items() if VERSION.search(it)]

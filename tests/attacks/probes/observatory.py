"""How Mozilla's HTTP Observatory marks an answer, as far as an answer alone tells.

An answer begins with 100 points. What weakens it costs points; what goes beyond the
usual earns some, once it has 90 without them. 100 and more is an A+.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

BEGINS_WITH = 100
EARNS_FROM = 90
HALF_A_YEAR = 15_768_000  # seconds
STRICT_REFERRERS = {
    "no-referrer",
    "same-origin",
    "strict-origin",
    "strict-origin-when-cross-origin",
}
UNSAFE_SOURCES = {"'unsafe-inline'", "data:", "*", "http:", "https:"}
OUTSIDE = re.compile(r"https?:|//")
SCRIPT = re.compile(r"<script\b[^>]*\bsrc=[\"']?(?P<src>[^\"'\s>]+)[^>]*>", re.I)


@dataclass(frozen=True, slots=True)
class Mark:
    """What one rule found: points lost or earned, and why."""

    points: int
    why: str


def score(marks: Iterable[Mark]) -> int:
    """Return the points of an answer: what is earned counts from 90 on."""
    found = list(marks)
    kept = BEGINS_WITH + sum(mark.points for mark in found if mark.points < 0)
    if kept < EARNS_FROM:
        return max(kept, 0)
    return kept + sum(mark.points for mark in found if mark.points > 0)


def marks_of(
    headers: Mapping[str, str], cookies: Sequence[str], body: str
) -> list[Mark]:
    """Return every mark of an answer over https; header names in lower case.

    cookies are the values of Set-Cookie. body is "" where it is no page.
    """
    policy = directives(headers.get("content-security-policy", ""))
    return [
        *_policy(policy),
        *_transport(headers.get("strict-transport-security", "")),
        *_type(headers.get("x-content-type-options", "")),
        *_frames(headers.get("x-frame-options", ""), policy),
        *_referrer(headers.get("referrer-policy", "")),
        *_resource(headers.get("cross-origin-resource-policy", "")),
        *_sharing(headers),
        *_cookies(cookies),
        *_scripts(body),
    ]


def directives(policy: str) -> dict[str, list[str]]:
    """Return the sources of each directive of a content security policy."""
    found: dict[str, list[str]] = {}
    for part in policy.lower().split(";"):
        name, *sources = part.split() or [""]
        if name:
            found.setdefault(name, sources)
    return found


def _policy(policy: dict[str, list[str]]) -> Iterable[Mark]:
    if not policy:
        yield Mark(-25, "no content security policy: any script that gets in runs")
        return
    default = policy.get("default-src", ["*"])
    scripts, styles = (
        policy.get("script-src", default),
        policy.get("style-src", default),
    )
    objects = policy.get("object-src", default)
    if set(scripts) & UNSAFE_SOURCES or set(objects) & {"*", "http:", "https:"}:
        yield Mark(
            -20, "scripts or plug-ins may be written into the page, or come from"
        )
    elif any(source.startswith("http:") for each in policy.values() for source in each):
        yield Mark(-20, "something may be loaded without encryption")
    elif "'unsafe-eval'" in scripts:
        yield Mark(-10, "texts may be run as scripts")
    elif "'unsafe-inline'" in styles:
        yield Mark(0, "styles may be written into the page: no bonus")
    elif default == ["'none'"]:
        yield Mark(10, "nothing is allowed but what is named")
    else:
        yield Mark(5, "nothing unsafe is allowed")


def _transport(header: str) -> Iterable[Mark]:
    seconds = re.search(r"max-age=(\d+)", header)
    if seconds is None:
        yield Mark(-20, "the next visit may begin without encryption")
    elif int(seconds[1]) < HALF_A_YEAR:
        yield Mark(-10, "encryption is required for less than half a year")
    elif "preload" in header and "includesubdomains" in header.lower():
        # Earns 5 once browsers carry the name in their list, which no answer shows.
        yield Mark(0, "encryption may be required before the first visit")


def _type(header: str) -> Iterable[Mark]:
    if header != "nosniff":
        yield Mark(-5, "a file may be taken for another kind of file")


def _frames(header: str, policy: dict[str, list[str]]) -> Iterable[Mark]:
    if policy.get("frame-ancestors") in (["'none'"], ["'self'"]):
        yield Mark(5, "whether it may be framed is said in the policy")
    elif header.upper() not in ("DENY", "SAMEORIGIN"):
        yield Mark(-20, "other sites may show it in a frame of theirs")


def _referrer(header: str) -> Iterable[Mark]:
    values = {value.strip() for value in header.lower().split(",")} - {""}
    if not values:
        return
    if values <= STRICT_REFERRERS:
        yield Mark(5, "other sites do not learn which page led to them")
    else:
        yield Mark(-5, "other sites learn which page led to them")


def _resource(header: str) -> Iterable[Mark]:
    if header in ("same-origin", "same-site"):
        yield Mark(10, "other sites may not embed it")
    elif header == "cross-origin":
        yield Mark(0, "any site may embed it: said on purpose")


def _sharing(headers: Mapping[str, str]) -> Iterable[Mark]:
    everyone = headers.get("access-control-allow-origin", "") not in ("", "null")
    if everyone and headers.get("access-control-allow-credentials") == "true":
        yield Mark(-50, "any site may read it in the name of whoever is signed in")


def _cookies(cookies: Sequence[str]) -> Iterable[Mark]:
    for cookie in cookies:
        name, _, attributes = cookie.partition("=")
        words = {word.strip().lower() for word in attributes.split(";")[1:]}
        names = {word.partition("=")[0] for word in words}
        of_session = "session" in name.lower()
        if "secure" not in names:
            yield Mark(-40 if of_session else -20, f"{name} is sent unencrypted")
        if "httponly" not in names and of_session:
            yield Mark(-30, f"{name} can be read by scripts")
        if "samesite" not in names:
            is_token = "csrf" in name.lower()
            yield Mark(-20 if is_token else 0, f"{name} is sent with any request")
    if cookies and all(
        {"secure", "httponly"} <= set(re.split(r";\s*", cookie.lower()))
        and "samesite=" in cookie.lower()
        for cookie in cookies
    ):
        yield Mark(5, "cookies are for this site, encrypted, and for no script")


def _scripts(body: str) -> Iterable[Mark]:
    for script in SCRIPT.finditer(body):
        source = script["src"]
        if source.startswith("http:"):
            yield Mark(-50, f"a script comes unencrypted: {source}")
        elif OUTSIDE.match(source) and "integrity=" not in script[0]:
            yield Mark(-5, f"a script of others, of no known content: {source}")

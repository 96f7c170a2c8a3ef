"""A session planted, stolen or kept too long opens nothing."""

import re
from collections.abc import Callable
from itertools import product
from urllib.parse import urljoin

import pytest
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.test import Client

from tests.support.accounts import LOGIN, PASSWORD, RIGHT, account
from tests.support.public_pages import PAGES
from tests.support.servers.nginx_process import NAME, Proxy
from tests.support.servers.shipped import sign_in
from tests.tools.reliability.figures import count, none_lost, times

pytestmark = pytest.mark.django_db

SESSION = "__Host-sessionid"


@pytest.fixture
def author(in_production: None, db: None) -> User:
    return account("author")


def _browser(**cookies: str) -> Client:
    client = Client(HTTP_HOST=NAME)
    for name, value in cookies.items():
        client.cookies[name.replace("Host_", "__Host-")] = value
    return client


def _signed_in(user: User) -> tuple[Client, str]:
    """A browser after the password, and the id of its session."""
    client = _browser()
    assert client.post(LOGIN, RIGHT, secure=True).status_code == 302
    return client, str(client.cookies[SESSION].value)


def _opens(session: str) -> bool:
    """Return whether somebody with this id gets to the desk."""
    thief = _browser(Host_sessionid=session)
    return bool(thief.get("/admin/", secure=True).status_code == 200)


PLANTED = ("a" * 32, "", "x", "../../etc/passwd", "%00", "' OR 1=1 --", "A" * 5000)


def test_a_planted_id_is_never_taken_over(author: User) -> None:
    anonymous = _browser()
    session = anonymous.session
    session["planted"] = True
    session.save()
    planted = (*PLANTED, str(session.session_key))
    kept = []
    for value in planted:
        client = _browser(Host_sessionid=value)
        client.post(LOGIN, RIGHT, secure=True)
        if client.cookies[SESSION].value == value or _opens(value):
            kept.append(value)
    none_lost(
        kept,
        "attacks",
        "Session ids planted before signing in",
        tried=len(planted),
        unit="ids",
    )


def _sign_out(client: Client, user: User) -> None:
    client.post("/admin/logout/", secure=True)


def _change_password(client: Client, user: User) -> None:
    new = "another long and proper password"
    form = {"old_password": PASSWORD, "new_password1": new, "new_password2": new}
    answer = client.post("/admin/password_change/", form, secure=True)
    assert answer.status_code == 302
    assert _opens(str(client.cookies[SESSION].value))  # one's own goes on


def _deactivate(client: Client, user: User) -> None:
    User.objects.filter(pk=user.pk).update(is_active=False)


def _leave_the_staff(client: Client, user: User) -> None:
    User.objects.filter(pk=user.pk).update(is_staff=False)


def _password_by_an_administrator(client: Client, user: User) -> None:
    user.set_password("set by somebody else entirely")
    user.save()


@pytest.mark.parametrize(
    "ended_by",
    [
        *(_sign_out, _change_password, _deactivate, _leave_the_staff),
        _password_by_an_administrator,
    ],
)
def test_a_stolen_id_is_of_no_use_afterwards(
    ended_by: Callable[[Client, User], None], author: User
) -> None:
    client, stolen = _signed_in(author)
    assert _opens(stolen)
    ended_by(client, User.objects.get(pk=author.pk))
    opens = _opens(stolen)
    how = ended_by.__name__.replace("_", " ")
    count(
        "attacks",
        f"A session used after its end:{how}",
        tried=1,
        unit="use",
        lost=int(opens),
    )
    assert not opens


def test_a_session_does_nothing_on_public_pages(author: User) -> None:
    """Nor is one read, renewed or begun there; no answer varies by a cookie."""
    _, stolen = _signed_in(author)
    before = list(Session.objects.values_list("pk", "session_data", "expire_date"))
    differing = []
    pages = [*list(PAGES.values())[: times(6, len(PAGES))], "/", "/healthz"]
    for method, address in product(("GET", "HEAD"), pages):
        alone, theirs = (
            client.generic(method, address, secure=True)
            for client in (_browser(), _browser(Host_sessionid=stolen))
        )
        varies = "cookie" in alone.headers.get("Vary", "").lower()
        told = [(it.content, dict(it.headers)) for it in (alone, theirs)]
        if told[0] != told[1] or alone.cookies or theirs.cookies or varies:
            differing.append(address)
    none_lost(
        differing,
        "attacks",
        "Public pages asked for with somebody's session",
        tried=2 * len(pages),
        unit="answers",
    )
    after = list(Session.objects.values_list("pk", "session_data", "expire_date"))
    assert after == before


def test_cookies_of_the_desk_are_for_this_host_https_and_no_script(
    author: User,
) -> None:
    client, _ = _signed_in(author)
    ends = client.cookies[SESSION]
    assert ends["expires"] == ends["max-age"] == ""  # with the browser
    client.get(LOGIN, secure=True)
    assert set(client.cookies) <= {SESSION, "__Host-csrftoken"}
    for cookie in client.cookies.values():
        assert cookie["secure"]
        assert cookie["httponly"]
        assert cookie["path"] == "/"
        assert cookie["domain"] == ""
        assert cookie["samesite"] == "Lax"


def test_the_shipped_site_sets_the_same_cookies(
    proxied: Proxy, passwords: dict[str, str]
) -> None:
    answer = sign_in(proxied, "reviewer", passwords["reviewer"])
    assert answer.status == 302
    cookies = answer.headers.get_all("Set-Cookie") or []
    assert {cookie.partition("=")[0] for cookie in cookies} >= {SESSION}
    for cookie in cookies:
        words = {word.strip() for word in cookie.split(";")[1:]}
        assert {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"} <= words
        assert not re.search(r"domain", cookie, re.IGNORECASE)


NEXT = [
    *("https://evil.example/", "http://evil.example", "//evil.example"),
    "///evil.example",
    *("////evil.example", "/\\evil.example", "\\\\evil.example", "\\/evil.example"),
    *("https:evil.example", "https:/evil.example", "https:///evil.example"),
    *("javascript:alert(1)", "data:text/html,x", "vbscript:x", "evil.example"),
    *("/\t/evil.example", "\t//evil.example", " //evil.example", "/\n/evil.example"),
    *("%2f%2fevil.example", "/%2fevil.example", "/%5cevil.example"),
    "/%09/evil.example",
    *("https://reference.example@evil.example", "//reference.example@evil.example"),
    *("https://reference.example.evil.example", "//reference.example:80@evil.example"),
    *("http://reference.example/", "//reference.example/../evil", "/.//evil.example"),
    *("//evil.example/%2e%2e", "/..//evil.example", "/admin/..//evil.example"),
    *("https://[::1]@evil.example", "https://evil\u3002example", "//\u2100vil.example"),
    *("/\x00/evil.example", "//evil.example\\@reference.example"),
    "?next=//evil.example",
]  # fmt: skip


def test_no_next_leads_out_of_the_site(author: User) -> None:
    """From the login, from the sign-out, and from the second factor."""
    out = []
    for address in NEXT:
        client, asked = _browser(), {"next": address}
        answers = {
            "login": client.post(LOGIN, RIGHT | asked, secure=True, query_params=asked),
            "second factor": client.get("/admin/second-factor/", asked, secure=True),
        }
        for page, answer in answers.items():
            place = answer.headers.get("Location", "/")
            if not _stays(place):
                out.append((page, address, place))
    none_lost(
        out, "attacks", "Open redirects by next", tried=2 * len(NEXT), unit="addresses"
    )


def _stays(place: str) -> bool:
    """Return whether a browser that is sent there is still on the site."""
    as_read = re.sub(r"[\t\r\n\x00]", "", place.strip()).replace("\\", "/")
    if as_read.startswith("//"):
        return False
    return urljoin(f"https://{NAME}{LOGIN}", as_read).startswith(f"https://{NAME}/")

"""No other site's page can act in the name of somebody who is signed in.

The addresses are those of the site's own resolver, so that a new one is tried too.
"""

from itertools import product
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.attacks.conftest import asked_addresses
from tests.support.accounts import PASSWORD
from tests.support.every_address import Site
from tests.tools.reliability.figures import IN_FULL, none_lost

pytestmark = [pytest.mark.django_db, pytest.mark.ignore_template_errors]

NAME = "reference.example"
TOKEN = "t" * 32
WRITES = ("INSERT", "UPDATE", "DELETE", "CREATE", "DROP", "ALTER", "REPLACE")
FORM = {"username": "chief", "password": PASSWORD, "post": "yes", "reason": "x"}
# Each sends a form as another site's page could make a browser send it.
FORGERIES: dict[str, dict[str, Any]] = {
    "no token": {},
    "a token that is not the cookie's": {"csrfmiddlewaretoken": "f" * 32},
    "a token that is none": {"csrfmiddlewaretoken": "<script>"},
    "a token in the address": {"in_address": True},
    "the right token from another site": {"right": True, "Origin": "https://evil.example"},
    "the right token from nowhere": {"right": True, "Origin": "null"},
    "the right token from a site with our name in it": {
        "right": True,
        "Origin": f"https://{NAME}.evil.example",
    },
    "the right token from http": {"right": True, "Origin": f"http://{NAME}"},
    "the right token, and a foreign referrer": {
        "right": True,
        "Referer": "https://evil.example/",
    },
    "the right token, and no referrer": {"right": True},
    "a method in a header": {"X-HTTP-Method-Override": "GET"},
    "a method in the form": {"_method": "GET"},
    "JSON": {"content_type": "application/json"},
    "plain text": {"content_type": "text/plain"},
}  # fmt: skip
SHORT = ("no token", "the right token from another site")
REFUSALS = (403, 404, 405)


def _browser(user: User | None = None) -> Client:
    """A browser with the cookies of somebody signed in, and a token's cookie."""
    client = Client(enforce_csrf_checks=True, HTTP_HOST=NAME)
    if user is not None:
        client.force_login(user)
    client.cookies["__Host-csrftoken"] = TOKEN
    return client


def _forge(client: Client, address: str, how: dict[str, Any]) -> Any:
    """Send a form to an address in this way."""
    sent = dict(how)
    form = FORM | {"next": "/admin/", "name": "x"}
    if sent.pop("right", False):
        form["csrfmiddlewaretoken"] = TOKEN
    if sent.pop("in_address", False):
        address += ("&" if "?" in address else "?") + f"csrfmiddlewaretoken={TOKEN}"
    for name in ("csrfmiddlewaretoken", "_method"):
        if name in sent:
            form[name] = sent.pop(name)
    kind = sent.pop("content_type", None)
    if kind is None:
        return client.post(address, form, secure=True, headers=sent)
    body = f'{{"csrfmiddlewaretoken": "{TOKEN}", "username": "chief"}}'
    return client.post(address, body, content_type=kind, secure=True, headers=sent)


def _writes(queries: CaptureQueriesContext) -> list[str]:
    """Return the statements that change something, but for when a session was used."""
    return [
        query["sql"]
        for query in queries.captured_queries
        if query["sql"].upper().lstrip().startswith(WRITES)
        and "django_session" not in query["sql"]
    ]


def test_a_form_from_elsewhere_is_refused_at_every_address_and_writes_nothing(
    site: Site, chief: User
) -> None:
    client, through, tried = _browser(chief), [], 0
    ways = FORGERIES if IN_FULL else {name: FORGERIES[name] for name in SHORT}
    for (_, address), (name, how) in product(asked_addresses(site), ways.items()):
        with CaptureQueriesContext(connection) as queries:
            answer = _forge(client, address, how)
        tried += 1
        if answer.status_code not in REFUSALS or _writes(queries):
            through.append((name, address, answer.status_code, _writes(queries)))
    none_lost(
        through,
        "attacks",
        "Forms of other sites, at every address, with a superuser's cookies",
        tried=tried,
        unit="forms",
    )
    assert client.get("/admin/", secure=True).status_code == 200  # still signed in


def test_nobody_is_signed_in_by_a_form_of_another_site(site: Site, chief: User) -> None:
    client, through = _browser(), []
    for name, how in FORGERIES.items():
        answer = _forge(client, "/admin/login/", how)
        if answer.status_code != 403 or "__Host-sessionid" in client.cookies:
            through.append(name)
    none_lost(
        through,
        "attacks",
        "Signing a reader in to an attacker's account (login CSRF)",
        tried=len(FORGERIES),
        unit="forms",
    )
    # The same form, sent from the site's own page, is taken.
    own = {"right": True, "Origin": f"https://{NAME}"}
    assert _forge(client, "/admin/login/", own).status_code == 302


@pytest.mark.parametrize("method", ["GET", "HEAD"] if IN_FULL else ["GET"])
def test_asking_never_writes(method: str, site: Site, chief: User) -> None:
    """GET and HEAD at every address, by a superuser and by a stranger."""
    wrote, tried = [], 0
    for user in (chief, None) if IN_FULL else (chief,):
        client = _browser(user)
        for _, address in asked_addresses(site):
            with CaptureQueriesContext(connection) as queries:
                client.generic(
                    method, f"{address}{QUERY}", secure=True, headers=OVERRIDING
                )
            tried += 1
            if _writes(queries):
                wrote.append((address, _writes(queries)))
    none_lost(
        wrote,
        "attacks",
        f"{method} at every address, with what would override the method",
        tried=tried,
        unit="requests",
    )


OVERRIDING = {"X-HTTP-Method-Override": "POST", "X-Method-Override": "DELETE"}
QUERY = "?_method=POST&action=end_all_sessions&_save=1&post=yes"


def test_the_addresses_tried_are_those_that_take_forms(site: Site) -> None:
    """Else nothing would have been refused above."""
    names = {name for name, _ in asked_addresses(site)}
    assert names >= {
        *("login", "logout", "password_change", "second_factor"),
        *("set_up_second_factor", "reference_edition_act", "auth_user_changelist"),
        *("reference_drug_start_edition", "reference_indication_add"),
        *("reference_indication_delete", "reference_edition_change"),
        *("auth_user_password_change", "auth_user_add", "dose", "search"),
    }

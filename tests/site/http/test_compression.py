"""What is sent packed, how, and what never is."""

import gzip

import brotli
import pytest
import time_machine
from django.test import Client

from anakinra_site.http import pack
from anakinra_site.http.compression import takes
from tests.support.tables import each_row

MONOGRAPH = "/anakinra/"


@each_row("accepted", "taken")
def test_an_encoding_is_taken_where_it_is_named_and_not_refused(
    accepted: str, taken: str
) -> None:
    assert takes("br", accepted) is (taken == "yes")


@pytest.mark.parametrize("encoding", ["br", "gzip"])
@pytest.mark.parametrize("is_best", [True, False])
def test_a_body_is_packed_into_the_same_bytes_at_any_time(
    encoding: str, is_best: bool
) -> None:
    packed = set()
    for day in ("2026-11-28", "2031-01-01"):
        with time_machine.travel(day):
            packed.add(pack(b"A page. " * 100, encoding, is_best=is_best))
    assert len(packed) == 1


@pytest.mark.usefixtures("published_edition")
def test_a_page_is_the_same_however_it_is_packed(client: Client) -> None:
    plain = client.get(MONOGRAPH)
    packed = client.get(MONOGRAPH, headers={"Accept-Encoding": "gzip, br"})
    zipped = client.get(MONOGRAPH, headers={"Accept-Encoding": "gzip, br;q=0"})
    assert "Content-Encoding" not in plain.headers
    assert packed.headers["Content-Encoding"] == "br"
    assert zipped.headers["Content-Encoding"] == "gzip"
    assert brotli.decompress(packed.content) == plain.content
    assert gzip.decompress(zipped.content) == plain.content
    assert len(packed.content) < len(zipped.content) < len(plain.content) / 5
    assert packed.headers["Content-Length"] == str(len(packed.content))
    for answer in (plain, packed, zipped):
        assert "Accept-Encoding" in answer.headers["Vary"]


@pytest.mark.usefixtures("published_edition")
def test_a_packed_page_has_a_tag_of_its_own_and_is_confirmed_by_it(
    client: Client,
) -> None:
    first = client.get(MONOGRAPH, headers={"Accept-Encoding": "br"})
    plain = client.get(MONOGRAPH).headers["ETag"]
    assert first.headers["ETag"] == f'{plain[:-1]}-br"'
    again = client.get(
        MONOGRAPH,
        headers={"Accept-Encoding": "br", "If-None-Match": first.headers["ETag"]},
    )
    assert again.status_code == 304
    assert again.content == b""


@pytest.mark.django_db
def test_a_page_with_a_secret_of_its_user_is_not_packed_with_brotli(
    client: Client,
) -> None:
    answer = client.get("/admin/login/", headers={"Accept-Encoding": "br, gzip"})
    assert "Cookie" in answer.headers["Vary"]
    assert answer.headers["Content-Encoding"] == "gzip"


@pytest.mark.django_db
def test_a_few_words_are_sent_as_they_are(client: Client) -> None:
    answer = client.get("/healthz", headers={"Accept-Encoding": "br, gzip"})
    assert "Content-Encoding" not in answer.headers

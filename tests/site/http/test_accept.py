"""Which form an Accept header asks for: RFC 9110, and a page where it says nothing."""

import pytest

from anakinra_site.http.accept import prefers_json

JSON = (
    "application/json",
    "Application/JSON",
    "APPLICATION/json; charset=utf-8",
    "application/*",
    "application/*, text/html;q=0.9",
    "application/json, text/html",
    "application/json, */*",
    "application/json;q=0.5, text/html;q=0.4",
    "application/json ; Q=0.5, text/html ; Q=0.499",
    "text/html;q=0.5, application/json",
    "text/html;q=0, */*",
    "text/*;q=0.1, */*;q=0.2",
    "application/json;q=0.2, */*;q=0.1",
    "image/png, application/json;q=0.001",
    "application/json;q=2",
    "application/json;q=oh",
)
PAGE = (
    "*/*",
    "text/html",
    "Text/HTML, application/json",
    "text/*, application/json;q=0.9",
    "text/html, application/*",
    "application/*, text/html",
    "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
    "application/json;q=0",
    "application/json;q=0.000, */*",
    "application/*;q=0, */*;q=0",
    "application/json;q=0.4, text/html;q=0.5",
    "application/json;q=0.5, */*",
    "application/xml",
    "application/jsonp, application/json-seq",
    "json",
    "",
    ",;,",
)


@pytest.mark.parametrize("accept", JSON)
def test_json_is_sent_where_it_is_wanted_more_than_a_page(accept: str) -> None:
    assert prefers_json(accept)


@pytest.mark.parametrize("accept", PAGE)
def test_a_page_is_sent_wherever_json_is_not_wanted_more(accept: str) -> None:
    assert not prefers_json(accept)

"""A browser's translator may change our words, and never a number with its unit.

It would write 44,1 lb for 44.1 lb; what it makes of "per hour" is nobody's to check.
"""

import re
from collections.abc import Iterator
from typing import Any

import html5lib
import pytest
from django.test import Client

from tests.support.public_pages import PAGES

pytestmark = pytest.mark.django_db

QUANTITY = re.compile(
    r"\d[ \N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}]?"
    r"(?:mg|micrograms?|mL|kg|lb|IU|°C)\b"
)
NO_TEXT = ("head", "script", "style")
# An example of what to look for, and no statement.
EXAMPLES = ("id_q_hint",)


def translatable(element: Any, may_be: bool = True) -> Iterator[str]:
    """Each text of a page that a translator may change."""
    may_be = may_be and element.get("translate") != "no"
    if not isinstance(element.tag, str) or element.tag in NO_TEXT:
        return
    if element.get("id") in EXAMPLES:
        return
    if may_be:
        yield element.text or ""
    for child in element:
        yield from translatable(child, may_be)
        if may_be:
            yield child.tail or ""


@pytest.mark.parametrize("address", PAGES.values(), ids=PAGES)
def test_no_translator_may_change_a_number_with_its_unit(
    client: Client, address: str
) -> None:
    page = client.get(address).content.decode()
    tree = html5lib.parse(page, namespaceHTMLElements=False)
    texts = [*translatable(tree)]
    assert any(text.strip() for text in texts)  # the rest may be translated
    assert [text for text in texts if QUANTITY.search(text)] == []


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("/anakinra/doses/?weight=20", b"44.1"),
        ("/anakinra/dose/?regimen=css-sc&weight=20", b"200"),
    ],
)
def test_nor_in_a_fragment(client: Client, address: str, words: bytes) -> None:
    fragment = client.get(address, headers={"HX-Request": "true"}).content
    assert words in fragment
    tree = html5lib.parseFragment(fragment.decode(), namespaceHTMLElements=False)
    texts = [*translatable(tree)]
    assert [text for text in texts if QUANTITY.search(text)] == []

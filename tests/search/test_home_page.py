"""The box over the list of guides, in a browser."""

import re

import pytest
from playwright.sync_api import expect

from reference.models import Edition
from tests.conftest import OpenPage

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]


def test_the_box_of_the_list_finds_a_line_as_one_types(
    open_page: OpenPage, second_guide: Edition
) -> None:
    page = open_page("/")
    field = page.get_by_label("Drug, brand, indication")
    expect(field).to_be_focused()
    page.keyboard.type("sjia")
    expect(page.locator("#match-count")).to_have_text("1 place has “sjia”.")
    expect(page.locator(".match")).to_contain_text("the guide prints Still's disease")
    page.keyboard.press("Control+a")
    page.keyboard.press("Delete")
    expect(page.locator(".guides li")).to_have_count(2)


def test_the_box_of_the_list_works_without_scripts(
    open_page: OpenPage, second_guide: Edition
) -> None:
    page = open_page("/", java_script_enabled=False)
    page.get_by_label("Drug, brand, indication").fill("gout")
    page.get_by_role("button", name="Find").click()
    page.locator(".match a").first.click()
    expect(page).to_have_url(re.compile("/anakinra/#gout-sc$"))

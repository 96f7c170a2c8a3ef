import pytest
from collections.abc import Callable, Iterator
from django.contrib.auth.models import User
from pytest_django.live_server_helper import LiveServer
from reference.models import Edition
from .conftest import OpenPage
from .desk_steps import *
from . import desk_steps as steps

pytestmark = [
    pytest.mark.ignore_template_errors,  # in the stock admin's own templates
]

@pytest.fixture
def served_guide(live_server: LiveServer, published_edition: Edition) -> str:
    return live_server.url

Someone = Callable[..., Person]

@pytest.fixture
def somebody(open_page: OpenPage, person: Callable[..., User]) -> Someone:
    def enter(name: str, *groups: str, by_keyboard: bool = False, **options) -> Person:
        user = person(name, *groups)
        user.set_password(PASSWORD)
        user.save()
        someone = Person(open_page("/admin/", **options), by_keyboard)
        sign_in(someone, name)
        return someone
    return enter

def test_explore(somebody):
    ann = somebody("ann", "author", "reviewer")
    n=[0]
    def shot(p, full=True):
        n[0]+=1
        p.page.screenshot(path=f"/tmp/i3shots/{n[0]:02}.png", full_page=full)
        (open(f"/tmp/i3shots/{n[0]:02}.txt","w")).write(p.page.locator("body").inner_text())
    shot(ann)
    e = steps.start_next_edition(ann); shot(ann)
    steps.rule_on_the_nomid_maximum(ann, e); shot(ann)
    steps.limit_pjia(ann, e, "90"); shot(ann)
    steps.describe(ann, e); shot(ann)
    rae = somebody("rae", "reviewer")
    steps.submit(ann, e); shot(ann)
    steps.open_review(ann, e); shot(ann)
    steps.open_review(rae, e); shot(rae)
    rae.page.goto("/admin/"); shot(rae)
    rae.page.goto(e+"../preview/"); shot(rae)
    rae.page.goto(e+"../preview/print/"); shot(rae)
    rae.page.pdf(path="/tmp/i3shots/p.pdf")
    rae.page.goto("/admin/manual/"); shot(rae)
    steps.publish(rae, e); shot(rae)

"""The committee's work in a real Chromium: from the first edit to print, and back.

Every page opened here is watched for script errors and policy violations (open_page);
those that somebody works on are judged by axe and at 320 px on the way (walk).
"""

import re
from io import BytesIO, StringIO
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction
from playwright.sync_api import APIResponse, Page, expect
from pypdf import PdfReader

from reference import publishing
from reference.models import Edition, HistoryEntry, Indication, Regimen
from tests.conftest import OpenPage
from tests.desk.conftest import Enter
from tests.support import desk_steps as desk
from tests.support.axe import Walk
from tests.support.desk_steps import Person, page_of
from tests.support.guides.next_edition import address, in_review, ready_draft
from tests.tools.reliability.figures import IN_FULL

# The stock admin's own templates ask for what is not there.
pytestmark = pytest.mark.ignore_template_errors

NOMID = (
    "NOMID and DIRA: maximum printed as 8 mg per day, "
    "8 mg per kg per day in the US label"
)


def post(page: Page, where: str, **form: str) -> APIResponse:
    """Send a form that no page offered, with the cookies and the token of this one."""
    token = {cookie["name"]: cookie["value"] for cookie in page.context.cookies()}[
        "csrftoken"
    ]
    return page.request.post(where, form={"csrfmiddlewaretoken": token, **form})


def words(text: str) -> str:
    return " ".join(text.split())


def text_outside_the_banner(page: Page, where: str) -> str:
    """What a page says, without banner, printed head, and ways to a dose or a date."""
    page.goto(where)
    return words(
        page.evaluate(
            """() => {
                const body = document.body.cloneNode(true);
                const ways = "#edition-line, .running-head, .work-out-dates, "
                    + ".bar, .opened > div:first-child, .opened-note";
                for (const way of body.querySelectorAll(ways)) way.remove();
                return body.textContent;
            }"""
        )
    )


def changed_statements(page: Page) -> list[tuple[str, ...]]:
    """Each changed statement on the page: row, statement, before, after."""
    assert page.locator("#comparison .whole-row, #comparison .change-mark").count() == 0
    rows = page.evaluate(
        """() => [...document.querySelectorAll(
            "#comparison tbody tr:not(.changes-row)")].map(row => [
            row.parentElement.querySelector("code")?.textContent ?? "edition",
            ...[...row.cells].map(cell => cell.textContent)])"""
    )
    return [tuple(map(words, row)) for row in rows]


def changed_doses(page: Page) -> list[tuple[str, ...]]:
    """Each panel dose on the page: line, weight, amount before and after, ratio."""
    rows = page.evaluate(
        """() => [...document.querySelectorAll("#dose-impact tbody tr")].map(row => [
            row.closest("table").querySelector("code").textContent,
            row.cells[0].textContent,
            row.cells[1].querySelector("strong").textContent,
            row.cells[2].querySelector("strong").textContent,
            row.cells[3].textContent])"""
    )
    return [tuple(map(words, row)) for row in rows]


STATEMENTS = [
    ("edition", "Label", "June 2024", "November 2026"),
    ("edition", "Revised on", "2024-06", "2026-11"),
    (
        *("edition", "Revision line"),
        *("Updated June 2024–ARP Practice Committee", "Revised November 2026"),
    ),
    (
        *("pjia-sc", "Printed wording"),
        *("pJIA: 1mg/kg once daily, max 100mg", "pJIA: 1mg/kg once daily, max 90mg"),
    ),
    ("pjia-sc", "Maximum per dose", "100", "90"),
    ("nomid-maximum", "Ruling", "open", "kept as printed"),
    ("nomid-maximum", "Ruling text", "nothing", desk.RULING),
    ("nomid-maximum", "Ruled by", "nothing", "ARP Practice Committee"),
    ("nomid-maximum", "Ruled on", "nothing", "2026-11-20"),
]
DOSES = [
    ("pjia-sc", "100 kg", "100 mg a day", "90 mg a day", "0.9"),
    ("pjia-sc", "120 kg", "100 mg a day", "90 mg a day", "0.9"),
]
COUNT = "This edition changes 2 of 97 panel doses."


# Without JavaScript each of its forms is sent by tests/desk/test_acts.py.
@pytest.mark.parametrize("javascript", [True, False][: 1 + IN_FULL])
def test_an_edition_from_the_first_edit_to_print(
    enter: Enter, open_page: OpenPage, published_edition: Edition, javascript: bool
) -> None:
    options = {"java_script_enabled": javascript}
    reader = open_page("/anakinra/", **options)
    first = "/anakinra/editions/1/"
    before = text_outside_the_banner(reader, first)
    bytes_before = reader.request.get(f"{first}edition.json").body()

    # The author, who would have the right to publish the work of others.
    author = enter("ann", "author", "reviewer", **options)
    page = author.page
    edition = desk.start_next_edition(author)
    problems = page.locator(".committee-problems")
    expect(problems).to_contain_text("Blocks publication: Write the change note")
    expect(problems).to_contain_text("Blocks publication: Name the edition by its")
    expect(problems).to_contain_text("Warning: Resources")
    desk.rule_on_the_nomid_maximum(author, edition)
    desk.limit_pjia(author, edition, "90")

    page.goto(edition)
    author.follow("Submit for review")
    author.press("Submit for review")
    expect(page.locator("[role=alert]")).to_contain_text("cannot be submitted yet")
    expect(page.locator("[role=alert]")).to_contain_text("Write the change note")

    desk.describe(author, edition)
    expect(problems).not_to_contain_text("Blocks publication")
    expect(problems).to_contain_text("Warning: Regimens, ra-sc")
    desk.submit(author, edition)
    assert page.locator("main input:not([type=hidden])").count() == 0

    # No way for the author to publish it.
    draft = Edition.objects.get(number=2)
    desk.open_review(author, edition)
    expect(page.locator("#publish-title + p")).to_contain_text("You submitted this")
    assert page.get_by_role("button").count() == 0
    sent = {
        "opened": publishing.versions_of(draft),
        "seen": publishing.fingerprint_of(draft),
        "acknowledged": "on",
    }
    refused = post(page, address(draft, "act/publish"), **sent)
    assert refused.status == 409
    assert "You submitted this edition. Somebody who did" in refused.text()
    other = enter("abe", "author", **options)
    desk.open_review(other, edition)
    assert other.page.get_by_role("button").count() == 0
    refused = post(other.page, address(draft, "act/publish"), **sent)
    assert refused.status == 403
    assert "You do not have permission" in refused.text()
    assert reader.request.get("/anakinra/editions/2/").status == 404

    # The reviewer sees what changed, and nothing else.
    reviewer = enter("rae", "reviewer", **options)
    desk.open_review(reviewer, edition)
    page = reviewer.page
    assert changed_statements(page) == STATEMENTS
    assert changed_doses(page) == DOSES
    expect(page.locator("#dose-impact")).to_contain_text(COUNT)
    marked = page.locator("#comparison tbody", has_text="pjia-sc")
    assert marked.locator("del").all_inner_texts() == ["100", "100"]
    assert marked.locator("ins").all_inner_texts() == ["90", "90"]
    open_ones = page.locator("section[aria-labelledby=publish-title] li")
    assert open_ones.count() == 39
    assert NOMID not in open_ones.all_inner_texts()

    reviewer.press("Approve and publish edition 2")
    said = page.locator("[role=alert]")
    expect(said).to_contain_text("Open discrepancies have to be acknowledged")
    desk.publish(reviewer, edition)
    expect(desk.told(page)).to_contain_text("edition 2 (November 2026) is in force")

    # What readers have now, and what they keep.
    reader.goto("/anakinra/")
    strip = reader.locator("#edition-line")
    expect(strip).to_contain_text("Edition 2, November 2026: in force")
    expect(reader.locator("#pjia-sc")).to_contain_text("max 90mg")
    reader.get_by_role("link", name="the register").click()
    ruled = reader.locator("#discrepancy-nomid-maximum")
    expect(ruled).to_contain_text("Ruling: kept as printed")
    expect(ruled).to_contain_text(f"{desk.RULING} ARP Practice Committee, 20 November")

    after = text_outside_the_banner(reader, first)
    stamp = "edition 1, June 2024, {}. Fingerprint"
    in_force, superseded = (
        stamp.format(state) for state in ("in force", "superseded, not in force")
    )
    assert before.count(in_force) == 1
    assert after == before.replace(in_force, superseded)
    expect(strip).to_contain_text("Edition 1, June 2024: superseded, not in force")
    expect(strip).to_contain_text("Edition 2, November 2026, has taken its place")
    expect(strip.get_by_role("link", name=NOMID)).to_have_attribute(
        "href", "/anakinra/discrepancies/#discrepancy-nomid-maximum"
    )
    assert reader.request.get(f"{first}edition.json").body() == bytes_before

    reader.goto("/anakinra/editions/2/changes/")
    assert changed_statements(reader) == STATEMENTS
    assert changed_doses(reader) == DOSES
    expect(reader.locator("#dose-impact")).to_contain_text(COUNT)
    expect(reader.locator("#change-note")).to_contain_text(desk.NOTE)

    told = StringIO()
    call_command("verify", stdout=told)
    assert "All is as it was published" in told.getvalue()
    changes_by_hand = [
        "UPDATE reference_regimen SET max_per_dose = 1 WHERE edition_id = %s",
        "UPDATE reference_edition SET label = 'x' WHERE id = %s",
        "DELETE FROM reference_discrepancyline WHERE edition_id = %s",
    ]
    for change in changes_by_hand:
        with (
            pytest.raises(DatabaseError, match="in a draft only"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(change, [published_edition.pk])


def test_submitting_and_publishing_by_keyboard_alone(enter: Enter) -> None:
    author = enter("ann", "author", by_keyboard=True)
    reviewer = enter("rae", "reviewer", by_keyboard=True)
    draft = ready_draft("ann")
    desk.submit(author, address(draft))
    desk.publish(reviewer, address(draft))
    draft.refresh_from_db()
    assert draft.state == Edition.State.PUBLISHED
    assert draft.published_by == User.objects.get(username="rae")


def test_a_returned_edition_is_mended_and_comes_again(enter: Enter, walk: Walk) -> None:
    author, reviewer = enter("ann", "author"), enter("rae", "reviewer")
    draft = in_review("ann")
    edition = address(draft)
    walk.look(reviewer, "index with an edition in review", "/admin/")
    walk.look(reviewer, "edition in review", edition)
    walk.look(author, "review, for its author", address(draft, "review"))
    desk.open_review(reviewer, edition)
    left_open = reviewer.page.context.new_page()
    left_open.goto(reviewer.page.url)
    reviewer.page.get_by_text("19 warnings").click()
    walk.look(reviewer, "review")

    reviewer.follow("Return to draft, with a reason")
    walk.look(reviewer, "return")
    reviewer.press("Return to draft")
    expect(reviewer.page.locator(".errorlist")).to_contain_text("required")
    walk.look(reviewer, "return without a reason")
    reason = "The label says 85 mg.\nSee section 2."
    reviewer.page.get_by_label("Reason").fill(reason)
    reviewer.press("Return to draft")
    expect(desk.told(reviewer.page)).to_contain_text("is a draft again")

    author.page.goto(edition)
    state = author.page.locator("section[aria-labelledby=state-title]")
    expect(state).to_contain_text("Returned by rae")
    expect(state).to_contain_text("The label says 85 mg.")
    expect(state).to_contain_text("See section 2.")
    desk.limit_pjia(author, edition, "85", before="90")
    desk.submit(author, edition)
    expect(state).not_to_contain_text("Returned by")

    # The review page that was open all the while approves nothing any more.
    old = Person(left_open)
    old.tick("I have read the open discrepancies named here; they stay open")
    old.press("Approve and publish edition 2")
    expect(left_open.locator("[role=alert]")).to_contain_text(
        "it, or the edition in force, is not as it was when you opened the page."
    )
    walk.look(old, "publication refused", in_the_dark=True)
    left_open.get_by_role("link", name="Open the review page again").click()
    expect(left_open.locator("h1")).to_contain_text("Review of")
    desk.open_review(reviewer, edition)
    expect(reviewer.page.locator("#dose-impact")).to_contain_text(
        "This edition changes 2 of 97 panel doses."
    )
    desk.publish(reviewer, edition)
    assert Regimen.objects.get(edition__number=2, key="pjia-sc").max_per_dose == 85
    walk.look(reviewer, "published edition")
    published_line = Indication.objects.get(edition=draft, key="pjia")
    walk.look(reviewer, "published indication", page_of(published_line))
    walk.look(reviewer, "changes", "/anakinra/editions/2/changes/")


def test_withdrawn_by_one_and_restored_by_two(
    enter: Enter, open_page: OpenPage, published_edition: Edition, walk: Walk
) -> None:
    edition = address(published_edition)
    reviewer, second = enter("rae", "reviewer"), enter("sam", "reviewer")
    walk.look(reviewer, "withdraw", address(published_edition, "act/withdraw"))
    desk.act(reviewer, edition, "Withdraw", "The pJIA line is wrong.")
    expect(desk.told(reviewer.page)).to_contain_text("is withdrawn")
    walk.look(reviewer, "withdrawn edition")

    reader = open_page("/anakinra/")
    strip = reader.locator("#edition-line")
    expect(strip).to_contain_text("Edition 1, June 2024: withdrawn, not to be used")
    expect(strip).to_contain_text("The pJIA line is wrong.")
    expect(reader.locator("#pjia-sc")).to_contain_text("max 100mg")
    assert reader.locator("form:not(.find)").count() == 0
    walk.look(Person(reader), "withdrawn, for readers")
    dose = "/anakinra/dose/?regimen=pjia-sc&weight=20&edition=1"
    as_json = {"Accept": "application/json"}
    answer = reader.request.get(dose, headers=as_json).json()
    assert answer["status"] == "refused"
    assert answer["reason"]["code"] == "edition-withdrawn"
    reader.goto(dose)
    expect(reader.locator(".answer")).to_contain_text("No dose")
    assert "mg" not in reader.locator(".answer").inner_text()

    undo = "Undo the withdrawal"
    assert reviewer.page.get_by_role("link", name=undo, exact=True).count() == 0
    desk.act(
        *(reviewer, edition, "Ask to undo the withdrawal"), "It was right after all."
    )
    expect(reviewer.page.locator("main")).to_contain_text(
        "rae asked to undo the withdrawal"
    )
    walk.look(reviewer, "withdrawn edition, to be restored")
    desk.act(reviewer, edition, undo)
    said = reviewer.page.locator("[role=alert]")
    expect(said).to_contain_text("A second person has to agree: you asked for this.")
    walk.look(reviewer, "restoration refused")
    walk.look(second, "index with somebody waiting", "/admin/")
    expect(second.page.locator("main")).to_contain_text("asked for by rae")
    desk.act(second, edition, undo)
    expect(desk.told(second.page)).to_contain_text("is not withdrawn any more")

    reader.goto("/anakinra/")
    expect(strip).to_contain_text("Edition 1, June 2024: in force")
    assert reader.locator("form").count() > 0
    assert reader.request.get(dose, headers=as_json).json()["status"] == "computed"
    acts = HistoryEntry.objects.order_by("pk").values_list("act", "actor_name")
    assert list(acts)[1:] == [
        ("withdrawn", "rae"),
        ("restoration requested", "rae"),
        ("restored", "sam"),
    ]


def test_a_full_review_without_a_change_takes_two(
    enter: Enter, open_page: OpenPage, published_edition: Edition, walk: Walk
) -> None:
    edition = address(published_edition)
    author, reviewer = enter("ann", "author"), enter("rae", "reviewer")
    walk.look(author, "index without a draft", "/admin/")
    due = author.page.locator("section[aria-labelledby=due-title]")
    expect(due).to_contain_text("no date is set for its next review")
    author.follow("anakinra, edition 1 (June 2024)")
    walk.look(author, "published edition, for its author")
    author.follow("Propose a full review")
    walk.look(author, "full review")
    author.press("Propose a full review")
    expect(author.page.locator(".errorlist")).to_have_count(2)
    walk.look(author, "full review without dates")
    author.page.get_by_label("Fully reviewed on").fill("2026-11")
    author.page.get_by_label("Next review due").fill(desk.REVIEW_DUE)
    author.press("Propose a full review")
    expect(author.page.locator("main")).to_contain_text("Proposed by ann")
    reader = open_page("/anakinra/")
    expect(reader.locator("#edition-line")).to_contain_text("no full review recorded")
    desk.act(reviewer, edition, "Confirm the full review")
    expect(desk.told(reviewer.page)).to_contain_text("is fully reviewed")
    reader.reload()
    strip = reader.locator("#edition-line")
    expect(strip).to_contain_text("reviewed November 2026")
    expect(strip).to_contain_text(re.compile(r"next review due \d+ \w+ 2028"))
    author.page.goto("/admin/")
    expect(due).to_contain_text("none is due within 90 days")


def test_a_draft_is_previewed_as_one_on_the_page_and_on_every_sheet(
    enter: Enter, open_page: OpenPage, walk: Walk
) -> None:
    author = enter("ann", "author")
    page, draft = author.page, ready_draft("ann")
    walk.look(author, "draft", address(draft), in_the_dark=True)
    author.follow("Preview the page")
    expect(page.locator("#draft-notice")).to_contain_text("Draft, not for use")
    expect(page.locator("#edition-line")).to_contain_text("draft, not to be used")
    expect(page.locator("#pjia-sc")).to_contain_text("max 90mg")
    ways = page.locator("form").evaluate_all("all => all.map(it => it.action)")
    assert {urlsplit(way).path for way in ways} == {address(draft, "dose")}
    for part in ("preview", "preview/print"):
        response = page.goto(address(draft, part))
        assert response is not None
        # What is shown of an edition, readers see too: tests/pages judges that.
        shown = ("main section", "#every-line")
        walk.look(author, part, in_the_dark=part == "preview", apart_from=shown)
        assert "no-store" in (response.header_value("Cache-Control") or "")
        sheets = PdfReader(BytesIO(page.pdf())).pages
        assert len(sheets) == 2 if part == "preview/print" else len(sheets) > 1
        for sheet in sheets:
            assert "Draft, not for use" in words(sheet.extract_text())
    page.get_by_role("link", name="Back to the edition").click()
    expect(page.locator("#state-title")).to_have_text("State: draft")

    reader = open_page("/anakinra/print/")
    assert reader.locator("#draft-notice").count() == 0
    assert reader.request.get("/anakinra/editions/2/").status == 404
    stranger = reader.request.get(address(draft, "preview"))
    assert "Draft, not for use" not in stranger.text()


def test_a_ruling_says_who_ruled_and_when(enter: Enter, walk: Walk) -> None:
    author = enter("ann", "author")
    edition = address(ready_draft("ann"))
    desk.open_row(author, edition, "Discrepancies", NOMID)
    page = author.page
    walk.look(author, "discrepancy")
    page.locator("[name=ruling]").select_option("corrected")
    author.press("Save")
    expect(page.locator(".errorlist")).to_have_text(
        ["Type who ruled.", "Type when it was ruled on: 2026-11, or 2026-11-22."]
    )
    walk.look(author, "discrepancy with an error", in_the_dark=True)
    page.locator("[name=ruling]").select_option("open")
    page.locator("[name=ruled_by]").fill("ARP Practice Committee")
    author.press("Save")
    expect(page.locator(".errorlist")).to_have_text(
        "Leave this empty while the ruling is open."
    )


def test_the_manual_is_at_the_desk_with_its_pictures(enter: Enter, walk: Walk) -> None:
    reviewer = enter("rae", "reviewer")
    page = reviewer.page
    page.locator("#user-tools").get_by_role("link", name="Manual").click()
    expect(page).to_have_title(re.compile("The committee's manual"))
    walk.look(reviewer, "manual")
    manual = page.locator(".committee-manual")
    for mark in ("![", "](", "**", "`", "##"):
        assert mark not in manual.inner_text()
    source = settings.BASE_DIR / "docs" / "committee.md"
    pictures = re.findall(r"\(images/(.+?)\)", source.read_text())
    images = manual.locator("img")
    assert images.count() == len(pictures) > 10
    for image in images.all():
        image.scroll_into_view_if_needed()
        expect(image).to_have_js_property("complete", True)
        assert image.evaluate("it => it.naturalWidth") > 0
    links = manual.locator("a")
    assert links.count() > 10
    for link in links.all():
        assert page.locator(link.get_attribute("href") or "none").count() == 1


def test_a_stranger_is_asked_to_sign_in_before_the_manual(open_page: OpenPage) -> None:
    page = open_page("/admin/manual/")
    expect(page.get_by_label("Password")).to_be_visible()

"""The tasks of docs/usability.md, walked through in Chromium: `make usability`.

Each is a question asked on a ward, the steps from the home page to its answer, and the
words of the answer, which are in the window at the end.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from playwright.sync_api import Browser, Locator, Page, expect

from tests.support.servers.own_site import running_browser, running_site
from tests.support.servers.server_process import ROOT
from tests.tools import marked_block

DOCUMENT = ROOT / "docs" / "usability.md"
BLOCK = "usability"
MOST_TABS = 120
SCROLL_NEEDED = """it => {
    const box = it.getBoundingClientRect();
    const over = Math.max(-box.top, box.bottom - innerHeight, 0);
    return over / innerHeight;
}"""

FIRST_DAY = datetime.now(UTC).date().replace(day=15) - timedelta(days=31)


@dataclass(frozen=True)
class Step:
    """One interaction: what is done, with what, in the words of the document."""

    words: str
    do: Callable[["Hand"], None]


def follow(name: str, inside: str = "body", *, exact: bool = False) -> Step:
    """Follow the first link whose name has this in it, or is this."""
    return Step(
        f"“{name}”",
        lambda hand: hand.press(
            hand.page.locator(inside).get_by_role("link", name=name, exact=exact).first
        ),
    )


def press(name: str, inside: str) -> Step:
    """Press what has this name and is no link, inside a line or a form."""
    return Step(
        f"“{name}”",
        lambda hand: hand.press(
            hand.page.locator(f"{inside} :is(button, summary)").get_by_text(name)
        ),
    )


def fill(selector: str, value: str) -> Step:
    return Step(
        f"type {value}", lambda hand: hand.fill(hand.page.locator(selector), value)
    )


@dataclass(frozen=True)
class Task:
    question: str
    steps: list[Step]
    place: str  # the selector of what holds the answer
    answer: str

    @property
    def way(self) -> str:
        return ", ".join(step.words for step in self.steps)


CONTENTS = ".on-this-page"
SHOW = press("Show doses", "#weight-form")


def weigh(weight: str) -> list[Step]:
    """The steps to every dose at one weight."""
    return [fill("#every-line-weight", weight), SHOW]


def find(words: str) -> Step:
    return fill("#find", words)


TASKS = [
    Task(
        "What is the daily dose in NOMID for an adult of 62 kg?",
        [find("NOMID"), *weigh("62")],
        "#nomid-sc .worked-out",
        "62 mg to 124 mg per day in total",
    ),
    Task(
        "How fast is the infusion for macrophage activation syndrome, 20 kg?",
        weigh("20"),
        "#css-iv .worked-out",
        "40 mg per HOUR",
    ),
    Task(
        "pJIA, 15 kg: what volume is drawn up, from how many syringes?",
        [find("pJIA"), *weigh("15")],
        "#pjia-sc .worked-out",
        "0.1 mL",
    ),
    Task(
        "How long is a gout flare treated?",
        [find("gout")],
        "#gout-sc .guide-limits",
        "until symptoms improve, generally 3 to 5 days",
    ),
    Task(
        "What is the most that may be given a day in sJIA?",
        [find("sJIA")],
        "#stills-sc .guide-dose",
        "100 mg once daily",
    ),
    Task(
        "Is the use in COVID-19 approved by the FDA?",
        [],
        "#covid-19-sc .line-status",
        "emergency use (FDA, November 2022)",
    ),
    Task(
        "What is the dose in Kawasaki disease?",
        [find("Kawasaki")],
        "#kawasaki .guide-dose",
        "no dosing line in the guide",
    ),
    Task(
        "Is the printed NOMID maximum of 8 mg a day right?",
        [find("NOMID")],
        "#nomid-sc .guide-limits",
        "maximum 8 mg/kg per day (label); guide prints 8 mg per day",
    ),
    Task(
        "How is the dose lowered in renal impairment?",
        [follow("Notes", CONTENTS)],
        "#table-notes li",
        "Creatinine clearance less than 30 mL/min: consider every other day",
    ),
    Task(
        "How do the doses in Still's disease and in pJIA differ?",
        [follow("pJIA", "#dose-table")],
        "#pjia-sc .guide-dose",
        "1 mg/kg once daily",
    ),
    Task(
        "May it be given to somebody with an allergy to E. coli proteins?",
        [follow("Contraindications", CONTENTS)],
        "#contraindications",
        "Known hypersensitivity to E. coli-derived proteins",
    ),
    Task(
        "May a TNF blocker be given with it?",
        [follow("Warnings", CONTENTS)],
        "#warnings li",
        "(TNF) blocking agents is not recommended",
    ),
    Task(
        "Can it be frozen?",
        [follow("Storage", CONTENTS)],
        "#storage .flags",
        "Freezing, light and time out of the refrigerator are not mentioned",
    ),
    Task(
        "Which syringe or vial is there?",
        [follow("Notes", CONTENTS)],
        "#table-notes li",
        "One syringe is 100 mg in 0.67 mL",
    ),
    Task(
        "When are neutrophils counted?",
        [follow("Monitoring", CONTENTS)],
        "#monitoring p",
        "months 0, 1, 2, 3, 6, 9, 12",
    ),
    Task(
        "On which day is the second count, after a first day last month?",
        [
            Step(
                "type the first day",
                lambda hand: hand.fill(
                    hand.page.locator("[type=date]"), FIRST_DAY.isoformat()
                ),
            ),
            press("Show dates", "#monitoring"),
        ],
        ".due tbody tr:nth-child(2)",
        f"{FIRST_DAY.day} {FIRST_DAY.replace(day=28) + timedelta(days=7):%B %Y}",
    ),
    Task(
        "What has changed since the last edition?",
        [follow("Editions"), follow("Changes in edition 1")],
        "#change-note p",
        "is the first on this site",
    ),
    Task(
        "How is the guide cited?",
        [press("How to cite", "#citation")],
        "#citation .citation",
        "Edition 1, June 2024.",
    ),
]


@dataclass
class Hand:
    """What a reader has to act with; counts what it does."""

    page: Page
    interactions: int = 0
    tabs: int = 0
    screens: float = 0.0  # scrolled to what was pressed or filled in

    def press(self, target: Locator) -> None:
        self._reach(target)
        self._act(target)
        self.interactions += 1

    def fill(self, target: Locator, value: str) -> None:
        self._reach(target)
        target.fill(value)
        self.interactions += 1

    def _reach(self, target: Locator) -> None:
        self.screens += target.evaluate(SCROLL_NEEDED)
        target.scroll_into_view_if_needed()

    def _act(self, target: Locator) -> None:
        raise NotImplementedError


class Mouse(Hand):
    def _act(self, target: Locator) -> None:
        target.click()


class Finger(Hand):
    def _act(self, target: Locator) -> None:
        target.tap()


class Keyboard(Hand):
    def _reach(self, target: Locator) -> None:
        element = target.element_handle()
        for _ in range(MOST_TABS):
            if self.page.evaluate("it => document.activeElement === it", element):
                return
            self.page.keyboard.press("Tab")
            self.tabs += 1
        raise AssertionError(f"{target} is not reached by keyboard")

    def _act(self, target: Locator) -> None:
        # The button of a form that was just filled in is reached, and not left out.
        self.page.keyboard.press("Enter")


HANDS: dict[str, tuple[type[Hand], dict[str, Any]]] = {
    "Keyboard": (Keyboard, {"viewport": {"width": 1280, "height": 720}}),
    "Mouse": (Mouse, {"viewport": {"width": 1280, "height": 720}}),
    "Phone": (
        Finger,
        {"viewport": {"width": 390, "height": 844}, "has_touch": True},
    ),
}


@dataclass(frozen=True)
class Walk:
    """What one task took with one hand; the time is the machine's, without reading."""

    interactions: int
    tabs: int
    screens: float
    seconds: float


def walk(page: Page, task: Task, hand: Hand) -> Walk:
    """Go from the home page to the answer; fails if it is not in the window."""
    start = time.monotonic()
    page.goto("/")
    for step in task.steps:
        step.do(hand)
    answer = page.locator(task.place).filter(has_text=task.answer).first
    expect(answer).to_be_in_viewport(ratio=0.5)
    seconds = time.monotonic() - start
    return Walk(hand.interactions, hand.tabs, hand.screens, seconds)


@dataclass
class Walked:
    task: Task
    by_hand: dict[str, Walk] = field(default_factory=dict)


def row(number: int, walked: Walked) -> str:
    walks = list(walked.by_hand.values())

    def each(values: list[str]) -> str:
        return " / ".join(values)

    cells = [
        str(number),
        walked.task.question,
        walked.task.way,
        walked.task.answer,
        each([str(it.interactions) for it in walks]),
        str(walks[0].tabs),
        each([f"{it.screens:.1f}" for it in walks[1:]]),
        each([f"{it.seconds:.1f}" for it in walks]),
    ]
    return f"| {' | '.join(cells)} |"


HEAD = """\
| # | Question | Steps from the home page | Answer in the window | \
Interactions: keyboard / mouse / phone | Presses of Tab | \
Screens scrolled: mouse / phone | Seconds: keyboard / mouse / phone |
| --- | --- | --- | --- | --- | --- | --- | --- |"""


def table(browser: Browser, address: str) -> str:
    rows = []
    for number, task in enumerate(TASKS, start=1):
        walked = Walked(task)
        for name, (kind, window) in HANDS.items():
            context = browser.new_context(
                base_url=address, reduced_motion="reduce", **window
            )
            page = context.new_page()
            walked.by_hand[name] = walk(page, task, kind(page))
            context.close()
        rows.append(row(number, walked))
    return "\n".join([HEAD, *rows])


def main() -> None:
    with running_site() as (address, _), running_browser() as browser:
        marked_block.write(DOCUMENT, BLOCK, table(browser, address))


if __name__ == "__main__":
    main()

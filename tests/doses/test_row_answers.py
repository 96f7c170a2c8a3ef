"""What a row opens with is what the dose address says; no number is from elsewhere."""

import random
import re
from dataclasses import replace
from urllib.parse import urlencode

import html5lib
import pytest
from django.http import QueryDict
from django.test import Client

from reference.doses import strength_table
from reference.doses.every_line import every_line
from reference.doses.request import answer_to, dose_context
from reference.doses.row_answers import row_answers
from reference.editions import Document, Monograph
from reference.models import Edition
from tests.doses.test_every_line import asked_alone, random_patient
from tests.tools.reliability.figures import none_lost, times

pytestmark = pytest.mark.django_db

NUMBER = re.compile(r"\d[\d,.]*\d|\d")
# Its own address and fingerprint, the size of the register; answers, judged in
# test_presented.py.
OF_THE_SITE = {"citation", "to-register", "dose-region"}


def test_a_row_opens_with_what_one_dose_says_for_any_patient(
    published_edition: Edition, june_2024: Monograph, january_2026: Monograph
) -> None:
    """Word for word, but for the moment at which it was worked out."""
    source, wrong, requests = random.Random(20261130), [], times(15, 5_000)
    for _ in range(requests):
        asked = random_patient(source)
        # A question is confirmed for each line alone: there the two differ by design.
        asked.pop("confirm", None)
        for guide in (june_2024, january_2026):
            lines = every_line(QueryDict(urlencode(asked)), published_edition, guide)
            for row in row_answers(lines.answers, guide):
                alone = asked_alone(asked, row.answer.rule, row.answer.indication)
                answer = answer_to(QueryDict(alone), published_edition, guide)
                shown = dose_context(answer, guide, typed={})["shown"]
                if replace(row.shown, source="") != replace(shown, source=""):
                    wrong.append((alone, row.shown, shown))
    none_lost(
        wrong,
        "fuzz",
        "Random patients whose rows opened, against the page of each dose",
        tried=requests,
        unit="patients",
        on_database=False,
    )


def test_no_number_of_the_page_is_from_elsewhere(
    client: Client, june_2024: Monograph, document: Document
) -> None:
    """But the edition and what is worked out of its strength; answers by themselves."""
    page = html5lib.parse(
        client.get("/anakinra/").content.decode(), namespaceHTMLElements=False
    )
    (main,) = page.iterfind(".//main")
    for above in main.iter():
        for below in list(above):
            if {below.get("id"), below.get("class")} & OF_THE_SITE:
                above.remove(below)
    (preparation,) = june_2024.sections["preparations"]
    strengths = strength_table(preparation, june_2024.sections)
    told = " ".join(map(repr, (document, june_2024.sections, strengths)))
    shown = set(NUMBER.findall(" ".join(main.itertext())))
    assert len(shown) > 30
    assert shown - set(NUMBER.findall(told)) == set()

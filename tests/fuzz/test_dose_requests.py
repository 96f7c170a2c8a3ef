"""Dose requests in every form: each answer is the one that is due, none is late.

What is due comes from the oracle and from dose_requests.py, never from the site.
"""

import json
import random
import re
from collections import Counter
from collections.abc import Iterator
from time import perf_counter, process_time
from typing import Any
from urllib.parse import urlencode

import pytest
from django.core.handlers.wsgi import WSGIHandler

from reference.drawn import Front
from tests.fuzz.dose_requests import (
    SITES,
    Expected,
    Pairs,
    expected,
    random_pairs,
    spoilt,
)
from tests.support.guides.second_guide import load_second_guide
from tests.support.wsgi_answers import Answer, ask
from tests.tools.reliability.figures import count, times

pytestmark = pytest.mark.django_db

REQUESTS = times(1_000, 100_000)
HOSTILE_SHARE = 0.4
FORMS = {
    "JSON": {"HTTP_ACCEPT": "application/json"},
    "fragment": {"HTTP_HX_REQUEST": "true"},
    "page": {"HTTP_ACCEPT": "text/html"},
}
# A program asks most; a page is asked for where there is no JavaScript.
OF_EACH_FORM = (70, 25, 5)
SLOW_SECONDS = 0.1
STATUS_SHOWN = re.compile(rb'class="answer answer-(\w+)"')
DOSE_SHOWN = (b"answer-actions", b'class="mine"', b"data-copy=")


def faults_of(form: str, answer: Answer, due: Expected) -> Iterator[str]:
    """Yield what is not as it has to be."""
    if int(answer.status) != due.status:
        yield f"{answer.status} in place of {due.status}"
    elif form == "JSON":
        if due.status != 404:
            yield from _faults_of_json(json.loads(answer.body), due)
    else:
        wanted = {404: [], 422: [b"invalid"]}.get(due.status)
        if wanted is None:
            wanted = [str(due.answer["status"]).encode()]
        if STATUS_SHOWN.findall(answer.body) != wanted:
            yield f"not shown as {wanted}"
        shows_a_dose = any(mark in answer.body for mark in DOSE_SHOWN)
        if shows_a_dose != (wanted == [b"computed"]):
            yield "a dose that is not due" if shows_a_dose else "no dose"


def _faults_of_json(body: dict[str, Any], due: Expected) -> Iterator[str]:
    if due.status == 422:
        if body.keys() != {"status", "errors"} or body["status"] != "invalid":
            yield f"more than errors: {body}"
        return
    if "cautions" in body:
        codes = {caution["code"] for caution in body["cautions"]}
        body["cautions"] = sorted(codes - {"discrepancy-open"})
    if "reason" in body:
        body["reason"] = {"code": body["reason"]["code"]}
    if {name: body.get(name) for name in due.answer} != due.answer:
        yield f"{body} in place of {due.answer}"
    if body["status"] != "computed" and {"doses", "daily_mg", "infusion"} & body.keys():
        yield f"a dose that is not due: {body}"


def p999_ms(seconds: list[float]) -> float:
    """In how many milliseconds 999 of 1,000 were answered."""
    return sorted(seconds)[int(len(seconds) * 0.999)] * 1000


def random_requests(source: random.Random) -> Iterator[tuple[str, Pairs, Expected]]:
    """Yield drug, parameters and what is due: most as sent by a form, the rest not."""
    for _ in range(REQUESTS):
        site = source.choice(SITES)
        pairs = random_pairs(source, site)
        if source.random() < HOSTILE_SHARE:
            pairs = spoilt(source, site, pairs)
        yield site.drug, pairs, expected(site, pairs)


@pytest.mark.usefixtures("one_transaction")
def test_every_dose_request_gets_the_answer_that_is_due() -> None:
    load_second_guide()
    application, source = Front(WSGIHandler()), random.Random(20261128)
    given, failed = Counter[str](), list[str]()
    seconds, worked = list[float](), list[float]()
    for drug, pairs, due in random_requests(source):
        form = source.choices(list(FORMS), OF_EACH_FORM)[0]
        query = urlencode(pairs, errors="surrogatepass")
        begun, begun_work = perf_counter(), process_time()
        answer = ask(application, f"/{drug}/dose/", QUERY_STRING=query, **FORMS[form])
        seconds.append(perf_counter() - begun)
        worked.append(process_time() - begun_work)
        given[str(due.answer.get("status", due.status))] += 1
        for fault in faults_of(form, answer, due):
            failed.append(f"{form} {drug} {query[:500]}: {fault}")
    slow = sum(each > SLOW_SECONDS for each in seconds)
    shares = ", ".join(f"{name}: {number:,}" for name, number in sorted(given.items()))
    count(
        "fuzz",
        "dose requests, random and hostile, as JSON, fragment and page",
        tried=len(seconds),
        unit="requests",
        lost=len(failed),
        on_database=False,
        note=f"p99.9 {p999_ms(seconds):.1f} ms, of the processor {p999_ms(worked):.1f} "
        f"ms; {slow:,} took more than 100 ms; {shares}",
    )
    assert failed[:10] == []
    assert {"computed", "confirm", "refused", "404", "422"} == given.keys()

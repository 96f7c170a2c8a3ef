"""What schemathesis cannot read from /openapi.json: which dose requests are in order.

Loaded by it (api_conformance.py says how); judges by the design's own words, apart from
the site's code, as tests/fuzz/dose_requests.py does.
"""

from typing import Any
from urllib.parse import parse_qsl, urlsplit

import schemathesis

from tests.fuzz.dose_requests import SITES, expected


@schemathesis.check
def judged_as_the_design_says(
    ctx: schemathesis.CheckContext, response: schemathesis.Response, case: Any
) -> None:
    address = urlsplit(str(response.request.url))
    if address.path != "/anakinra/dose/" or response.request.method != "GET":
        return
    pairs = parse_qsl(address.query, keep_blank_values=True, errors="replace")
    asks_for_json = response.request.headers.get("Accept") == "application/json"
    # A page without parameters is the empty form.
    due = expected(SITES[0], pairs).status if pairs or asks_for_json else 200
    assert response.status_code == due, f"{response.status_code} for {pairs}"

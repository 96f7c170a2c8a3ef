"""A dose is asked for as a program asks, and its answer read."""

from typing import Any

from django.test import Client

DOSE = "/anakinra/dose/"
JSON = {"Accept": "application/json"}
HTMX = {"HX-Request": "true"}


def ask(client: Client, query: str, **headers: str) -> Any:
    return client.get(f"{DOSE}?{query}", headers=JSON | headers)


def computed(client: Client, query: str) -> dict[str, Any]:
    response = ask(client, query)
    assert response.status_code == 200, response.content
    answer: dict[str, Any] = response.json()
    assert answer["status"] == "computed", answer
    return answer


def codes(answer: dict[str, Any]) -> set[str]:
    return {caution["code"] for caution in answer["cautions"]}

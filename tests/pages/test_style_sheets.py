"""The style sheets: no rule for what no page has, and each value where it is named."""

import re
from pathlib import Path

import pytest
from django.conf import settings

CSS = Path(settings.BASE_DIR) / "static" / "css"
SOURCES = [
    *("templates/**/*.html", "reference/**/*.py", "anakinra_site/**/*.py"),
    "static/js/*.js",
]
# Set together from a word of the content, such as a status, or by htmx.
COMPOSED = re.compile(r"(status|status-ruling|answer|problem)-[a-z-]+|htmx-request")
# The stock admin's own.
STOCK = {
    *("breadcrumbs", "collapse", "field-edition", "fieldset-heading", "flex-container"),
    *("inline-group", "inline-heading", "inline-related", "object-tools", "section"),
    "vTextField",
}


def rules(name: str) -> str:
    """The style sheet without its comments."""
    return re.sub(r"/\*.*?\*/", "", (CSS / name).read_text(), flags=re.DOTALL)


def classes(name: str) -> set[str]:
    selectors = " ".join(re.findall(r"([^{}]+)\{", rules(name)))
    return set(re.findall(r"\.([A-Za-z][\w-]*)", selectors))


@pytest.mark.parametrize("name", ["site.css", "admin.css", "pdf.css"])
def test_every_class_is_used_by_a_page(name: str) -> None:
    found = [path for each in SOURCES for path in Path(settings.BASE_DIR).glob(each)]
    pages = "\n".join(path.read_text() for path in found)
    unused = {
        each
        for each in classes(name) - STOCK
        if not COMPOSED.fullmatch(each)
        and not re.search(rf"(?<![\w-]){each}(?![\w-])", pages)
    }
    assert unused == set()


@pytest.mark.parametrize("name", ["site.css", "admin.css"])
def test_every_token_that_is_used_is_defined(name: str) -> None:
    css = rules(name)
    used = set(re.findall(r"var\((--[\w-]+)\)", css))
    defined = set(re.findall(r"(--[\w-]+):", css))
    assert used
    # The stock admin defines its own.
    assert used - defined <= ({"--primary"} if name == "admin.css" else set())


def test_colours_and_sizes_of_text_are_named_once() -> None:
    body = re.sub(r"--[\w-]+:[^;]*;", "", rules("site.css"))
    # White under a QR code and the watermark of a draft are not part of the palette.
    assert set(re.findall(r"#[0-9a-f]{3,8}\b|rgb\([^)]*\)", body)) == {
        "#fff",
        "rgb(0 0 0 / 15%)",
    }
    sizes = set(re.findall(r"font-size: ([^;]+);", body))
    assert {size for size in sizes if "var(" not in size} == {
        "0.9em",  # code within a line
        *("14px", "48pt"),  # on paper: what all is measured by, and the watermark
    }

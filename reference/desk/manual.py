"""The committee's manual as a page of the desk: docs/committee.md is its only source.

Reads the little Markdown that the manual uses: headings, paragraphs, lists, pictures,
and in them bold, code and links to a heading. Text is escaped before anything else.
"""

import re

from django.conf import settings
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import slugify
from django.views.decorators.http import require_safe

PICTURE = re.compile(r"!\[([^\]]+)\]\(images/([\w-]+\.png)\)")
ITEM = re.compile(r"^(?:-|\d+\.) ")
INLINE = (
    (re.compile(r"\*\*(.+?)\*\*"), r"<strong>\1</strong>"),
    (re.compile(r"`(.+?)`"), r"<code>\1</code>"),
    (re.compile(r"\[([^\]]+)\]\((#[\w-]+)\)"), r'<a href="\2">\1</a>'),
)


@require_safe
def manual_page(request: HttpRequest) -> HttpResponse:
    """The manual, for whoever may enter the admin."""
    text = (settings.BASE_DIR / "docs" / "committee.md").read_text(encoding="utf-8")
    title, _, rest = text.partition("\n")
    context = admin.site.each_context(request) | {
        "title": title.removeprefix("# "),
        "text": as_html(rest),
    }
    return render(request, "admin/manual.html", context)


def as_html(text: str) -> SafeString:
    """Return the manual's Markdown as HTML."""
    blocks = filter(None, (block.strip() for block in text.split("\n\n")))
    return mark_safe("\n".join(_block(block) for block in blocks))  # noqa: S308 - escaped


def _block(block: str) -> str:
    marks, _, title = block.partition(" ")
    if marks in ("##", "###"):
        level = len(marks)
        return f'<h{level} id="{slugify(title)}">{_inline(title)}</h{level}>'
    picture = PICTURE.fullmatch(block)
    if picture:
        alt, name = picture.groups()
        source = escape(static(f"manual/{name}"))
        return f'<p><img src="{source}" alt="{escape(alt)}"></p>'
    if ITEM.match(block):
        kind = "ul" if block.startswith("-") else "ol"
        items = re.split(r"\n(?=(?:-|\d+\.) )", block)
        listed = "\n".join(f"<li>{_inline(ITEM.sub('', item))}</li>" for item in items)
        return f"<{kind}>\n{listed}\n</{kind}>"
    return f"<p>{_inline(block)}</p>"


def _inline(text: str) -> str:
    html = str(escape(" ".join(text.split())))
    for pattern, replacement in INLINE:
        html = pattern.sub(replacement, html)
    return html

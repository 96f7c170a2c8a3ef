"""The running heads of a printed page, as a style sheet made from the edition.

Margin boxes cannot read the page's text, so the facts of the edition are written into
the style itself; its hash lets the content security policy allow it.
"""

import base64
import hashlib
import re

NOT_PLAIN = re.compile(r"[^A-Za-z0-9 .,:/()-]")


def css_string(text: str) -> str:
    """Return text as a CSS string; nothing in it can end the string or the element."""
    escaped = NOT_PLAIN.sub(lambda match: f"\\{ord(match[0]):x} ", text)
    return f'"{escaped}"'


def running_head_style(*, title: str, edition: str, state: str, address: str) -> str:
    """Return the @page rule with title, edition, state, address and page numbers."""
    return (
        "@page{"
        f"@top-left{{content:{css_string(title)}}}"
        f"@top-right{{content:{css_string(f'{edition}: {state}')}}}"
        f"@bottom-left{{content:{css_string(address)}}}"
        '@bottom-right{content:"Page " counter(page) " of " counter(pages)}'
        "}"
    )


def style_hash(css: str) -> str:
    """Return the source expression that allows this inline style, without quotes."""
    digest = hashlib.sha256(css.encode()).digest()
    return f"sha256-{base64.b64encode(digest).decode()}"

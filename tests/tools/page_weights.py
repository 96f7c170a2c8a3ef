"""The weight of each page as it is sent: `make weights`, a table in docs/measuring.md.

Bytes of the bodies on their way, for a browser that takes brotli and gzip (any since
2017) and for one that takes gzip alone.
"""

import http.client
import re
import tempfile
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from tests.support.servers.server_process import ROOT, Server, running_server
from tests.tools import marked_block

WRITTEN_IN = ROOT / "docs" / "measuring.md"
BLOCK = "weights"
PAGES = {
    "Home": "/",
    "Monograph": "/anakinra/",
    "One indication": "/anakinra/indications/nomid/",
    "Dose, worked out": "/anakinra/dose/?regimen=nomid-sc&weight=20&edition=1",
    "Search": "/search/?q=neut",
    "Discrepancies": "/anakinra/discrepancies/",
    "Editions": "/anakinra/editions/",
    "One edition": "/anakinra/editions/1/",
}
BROTLI, GZIP = "br, gzip", "gzip"
LINKED = re.compile(r'<link rel="(icon|stylesheet)" href="(/[^"]+)"')
SCRIPT = re.compile(r'<script src="(/[^"]+)"')


@dataclass(frozen=True)
class Sent:
    """A body as it was sent, and the address that it was sent from in the end."""

    body: bytes
    redirects: int
    encoding: str


@dataclass(frozen=True)
class Weight:
    """The first visit to a page, in bytes; its total and requests have the icon in."""

    html: int
    css: int
    js: int
    icon: int
    requests: int
    redirects: int
    stylesheets: int

    @property
    def before_text(self) -> int:
        """What has to be there before the text is drawn."""
        return self.html + self.css

    @property
    def total(self) -> int:
        return self.html + self.css + self.js + self.icon


def sent(server: Server, address: str, encodings: str) -> Sent:
    """Return what the server sends for an address of its own, at most one hop on."""
    for redirects in range(2):
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)
        connection.request("GET", address, headers={"Accept-Encoding": encodings})
        response = connection.getresponse()
        body = response.read()
        connection.close()
        if response.status == http.client.OK:
            return Sent(body, redirects, response.headers.get("Content-Encoding", ""))
        address = urlsplit(response.headers["Location"]).path
    raise ValueError(f"{address} does not answer")


def weigh(server: Server, address: str, encodings: str) -> Weight:
    page = sent(server, address, "identity").body.decode()
    linked = LINKED.findall(page)
    sheets = [href for kind, href in linked if kind == "stylesheet"]
    icons = [href for kind, href in linked if kind == "icon"]
    scripts = SCRIPT.findall(page)

    def bytes_of(addresses: list[str]) -> int:
        return sum(len(sent(server, it, encodings).body) for it in addresses)

    html = sent(server, address, encodings)
    return Weight(
        html=len(html.body),
        css=bytes_of(sheets),
        js=bytes_of(scripts),
        icon=bytes_of(icons),
        requests=1 + html.redirects + len(sheets) + len(scripts) + len(icons),
        redirects=html.redirects,
        stylesheets=len(sheets),
    )


def table(server: Server) -> str:
    """Return the weights as Markdown, in kB (1000 bytes), brotli before gzip alone."""
    lines = [
        "| Page | HTML | CSS | JavaScript | First visit | Requests |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    for name, address in PAGES.items():
        weights = [weigh(server, address, taken) for taken in (BROTLI, GZIP)]
        cells = [
            " / ".join(f"{getattr(weight, part) / 1000:.1f}" for weight in weights)
            for part in ("html", "css", "js", "total")
        ]
        lines.append(f"| {name} | {' | '.join(cells)} | {weights[0].requests} |")
    return "\n".join(lines)


def main() -> None:
    with (
        tempfile.TemporaryDirectory() as folder,
        running_server(Path(folder)) as server,
    ):
        marked_block.write(WRITTEN_IN, BLOCK, table(server))


if __name__ == "__main__":
    main()

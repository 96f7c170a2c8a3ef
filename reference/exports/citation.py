"""An edition as programs that manage citations read it: RIS, BibTeX and CSL-JSON.

Cites the edition's permanent address, never the one that shows what is in force now.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

LANGUAGE = "en-US"
MONTHS = (
    *("jan", "feb", "mar", "apr", "may", "jun"),
    *("jul", "aug", "sep", "oct", "nov", "dec"),
)
# What TeX would take for a command, and how it is told not to.
TEX = {
    "\\": r"\textbackslash{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    **{sign: f"\\{sign}" for sign in "&%$#_{}"},
}


@dataclass(frozen=True, slots=True)
class Citation:
    """What a citation names. date holds year, month and day as far as the print does.

    key is the name of the citation in a bibliography, such as examplimab-edition-1.
    """

    key: str
    author: str
    title: str
    publisher: str
    edition: str
    date: tuple[int, ...]
    address: str
    fingerprint: str

    @classmethod
    def of(
        cls, document: Mapping[str, Any], *, address: str, fingerprint: str
    ) -> "Citation":
        """Return the citation of an edition from its canonical document."""
        edition = document["edition"]
        return cls(
            key=f"{document['drug']['slug']}-edition-{edition['number']}",
            author=one_line(edition["issuer"]),
            title=f"{one_line(edition['printed_title'])}: biologic reference guide",
            publisher=one_line(edition["publisher"]),
            edition=f"{edition['number']}, {one_line(edition['label'])}",
            date=tuple(int(part) for part in edition["revised_on"].split("-")),
            address=address,
            fingerprint=fingerprint,
        )

    @property
    def note(self) -> str:
        return f"Fingerprint SHA-256 {self.fingerprint}"


def one_line(text: str) -> str:
    return " ".join(text.split())


def ris(citation: Citation) -> str:
    """Return the citation as a RIS record, whose lines end as RIS asks."""
    year, *rest = citation.date
    parts = [f"{part:02}" for part in rest] + [""] * (2 - len(rest))
    fields = [
        ("TY", "RPRT"),
        ("AU", citation.author),
        ("TI", citation.title),
        ("PB", citation.publisher),
        ("ET", citation.edition),
        ("PY", str(year)),
        ("DA", f"{year}/{'/'.join(parts)}/"),
        ("UR", citation.address),
        ("LA", LANGUAGE),
        ("N1", citation.note),
    ]
    lines = [f"{tag}  - {value}" for tag, value in fields if value]
    return "\r\n".join([*lines, "ER  - ", ""])


def bibtex(citation: Citation) -> str:
    """Return the citation as a BibTeX entry; the author is a body and not a person."""
    fields = "\n".join(f"  {name} = {value}," for name, value in _fields(citation))
    return f"@techreport{{{citation.key},\n{fields}\n}}\n"


def _fields(citation: Citation) -> Iterator[tuple[str, str]]:
    year, *rest = citation.date
    yield "author", f"{{{{{in_tex(citation.author)}}}}}"
    yield "title", f"{{{{{in_tex(citation.title)}}}}}"
    yield "institution", f"{{{in_tex(citation.publisher or citation.author)}}}"
    yield "edition", f"{{{in_tex(citation.edition)}}}"
    yield "year", f"{{{year}}}"
    if rest:
        yield "month", MONTHS[rest[0] - 1]
    yield "url", f"{{{citation.address}}}"
    yield "language", f"{{{LANGUAGE}}}"
    yield "note", f"{{{in_tex(citation.note)}}}"


def in_tex(text: str) -> str:
    return re.sub(r"[\\~^&%$#_{}]", lambda found: TEX[found[0]], text)


def csl_json(citation: Citation) -> str:
    """Return the citation as the one item of a CSL-JSON list."""
    item = {
        "id": citation.key,
        "type": "report",
        "title": citation.title,
        "author": [{"literal": citation.author}],
        "publisher": citation.publisher,
        "edition": citation.edition,
        "issued": {"date-parts": [list(citation.date)]},
        "URL": citation.address,
        "language": LANGUAGE,
        "note": citation.note,
    }
    filled = {name: value for name, value in item.items() if value}
    return json.dumps([filled], ensure_ascii=False, indent=1) + "\n"

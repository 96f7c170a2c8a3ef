"""What a text names of this project: files, tests, modules and commands.

One mechanism for documents, docstrings and comments, so that none of them leads to a
place that has moved or gone.
"""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from django.core.management import get_commands

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("anakinra_site", "bench", "reference", "tests")
FOLDERS = (*PACKAGES, "docs", "fixtures", "requirements", "static", "templates")
ENDINGS = "conf|css|html|js|md|py|sh|toml"
FREE = r"(?<![\w/.:*-])"  # not in the middle of an address or of a longer path

PLACED = re.compile(rf"{FREE}(?:{'|'.join(FOLDERS)})/[\w./*@-]*[\w/*]")
FILE = re.compile(rf"{FREE}(?:[\w-]+/)*[\w@-]+\.(?:{ENDINGS})(?![\w*(])")
LINK = re.compile(r"\]\((?!https?:|#)([^)#\s]+)(?:#[^)]*)?\)")
NAMED_TEST = re.compile(r"(tests/[\w/]+\.py)::(\w+)")
DOTTED = re.compile(rf"{FREE}(?:{'|'.join(PACKAGES)})(?:\.[a-zA-Z_]\w*)+")
BLOCK = re.compile(r"^```sh\n(.*?)^```", re.DOTALL | re.MULTILINE)
MADE = re.compile(r"`make ([a-z]+)|make -C \S+ ([\w./]*\w)")
MADE_IN_BLOCK = re.compile(r"^(?:runuser .* )?make ([a-z.]\S*)", re.MULTILINE)
MANAGED = re.compile(r"(?:`|python )manage\.py ([a-z_]+)")
TARGET = re.compile(r"^([\w./]+):(?!=)", re.MULTILINE)
# A host that belongs to nobody, in every example of an address.
NOT_OURS = {"reference.example"}


def missing_places(text: str, folder: Path = ROOT) -> list[str]:
    """Return what a text that stands in a folder names and that is not there."""
    return list(dict.fromkeys(_missing(text, folder)))


def _missing(text: str, folder: Path) -> Iterator[str]:
    for place in PLACED.findall(text):
        if not (any(ROOT.glob(place)) if "*" in place else (ROOT / place).exists()):
            yield place
    for name in FILE.findall(text):
        if not (PLACED.match(name) or _is_a_file(name, folder)):
            yield name
    for link in LINK.findall(text):
        if not (folder / link).exists():
            yield link
    for file, name in NAMED_TEST.findall(text):
        if name not in _tests_in(file):
            yield f"{file}::{name}"
    for dotted in DOTTED.findall(text):
        if dotted not in NOT_OURS and not _is_in_code(dotted):
            yield dotted
    yield from sorted(commands_in(text) - _targets() - get_commands().keys())


def commands_in(text: str) -> set[str]:
    """Return the targets of make and the commands of manage.py that a text names."""
    made = {quoted or other for quoted, other in MADE.findall(text)}
    for block in BLOCK.findall(text):
        made |= set(MADE_IN_BLOCK.findall(block))
    return made - {""} | set(MANAGED.findall(text))


@cache
def _targets() -> set[str]:
    return set(TARGET.findall((ROOT / "Makefile").read_text(encoding="utf-8")))


def prose_of(code: str) -> str:
    """Return the docstrings and comments of Python code."""
    docstrings = [
        ast.get_docstring(node) or ""
        for node in ast.walk(ast.parse(code))
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
    ]
    return "\n".join([*docstrings, *re.findall(r"^\s*#.*|  # .*", code, re.M)])


def _is_a_file(name: str, folder: Path) -> bool:
    """Whether a file is there, beside or below the text or with this end of its path.

    A module that the site's code names alone is one of its own package, or of one round
    it; a test may name what it tests.
    """
    is_of_code = folder.relative_to(ROOT).parts[:1] in (
        ("anakinra_site",),
        ("reference",),
    )
    if is_of_code and name.endswith(".py") and "/" not in name:
        ours = [each for each in folder.parents if each.is_relative_to(ROOT)]
        round_it = any((each / name).exists() for each in ours)
        return round_it or any(folder.rglob(name))
    return (folder / name).exists() or name in _ends_of_paths()


@cache
def _ends_of_paths() -> frozenset[str]:
    files = [each for each in ROOT.iterdir() if each.is_file()]
    for folder in FOLDERS:
        files += (ROOT / folder).rglob("*.*")
    paths = [file.relative_to(ROOT).parts for file in files]
    return frozenset("/".join(parts[n:]) for parts in paths for n in range(len(parts)))


@cache
def _tests_in(file: str) -> frozenset[str]:
    """The names of a file's tests, those of its classes too, without running it."""
    path = ROOT / file
    tree = ast.parse(path.read_text(encoding="utf-8") if path.is_file() else "")
    return frozenset(
        node.name
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
    )


@cache
def _is_in_code(dotted: str) -> bool:
    """Whether a dotted name is a module, or something that stands in one."""
    if _file_of(dotted):
        return True
    module, _, name = dotted.rpartition(".")
    file = _file_of(module)
    if file is None:
        return "." in module and _is_in_code(module)
    return re.search(rf"\b{name}\b", file.read_text(encoding="utf-8")) is not None


def _file_of(dotted: str) -> Path | None:
    place = ROOT.joinpath(*dotted.split("."))
    file = place.with_suffix(".py")
    if file.is_file():
        return file
    return place / "__init__.py" if place.is_dir() else None

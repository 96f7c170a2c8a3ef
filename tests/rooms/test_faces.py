"""What a package lets others use stands in its face: nobody reaches past it."""

import ast
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import NamedTuple

import pytest
from django.conf import settings

ROOT = Path(settings.BASE_DIR)
PARTS = ("reference", "anakinra_site")
# Django and the settings find these by their names.
NO_PACKAGES = ("management", "migrations", "templatetags", "postgresql")
PACKAGES = sorted(
    f"{part}.{face.parent.name}"
    for part in PARTS
    for face in (ROOT / part).glob("*/__init__.py")
    if face.parent.name not in NO_PACKAGES
)
# Addresses are put together by their place.
ADDRESSES = ".urls"


class Use(NamedTuple):
    """One name of a package, in a module that is not the package's own."""

    by: str
    package: str
    module: str
    name: str


def test_others_import_from_the_face_of_a_package() -> None:
    assert [use for use in _uses(*PARTS) if use.module != use.package] == []


@pytest.mark.parametrize("package", PACKAGES)
def test_a_face_says_what_its_package_is_for_and_offers_what_others_use(
    package: str,
) -> None:
    face = import_module(package)
    assert face.__doc__
    offered = set(getattr(face, "__all__", ()))
    assert {use.name for use in _uses(*PARTS) if use.package == package} <= offered
    everybody = _uses(*PARTS, "tests", "bench")
    assert offered <= {use.name for use in everybody if use.package == package}


@cache
def _uses(*parts: str) -> list[Use]:
    return [
        use
        for part in parts
        for file in sorted((ROOT / part).rglob("*.py"))
        for use in _uses_in(file)
    ]


@cache
def _uses_in(file: Path) -> list[Use]:
    by = ".".join(file.relative_to(ROOT).with_suffix("").parts)
    return [
        Use(by, package, module, name)
        for module, name in _named(ast.parse(file.read_text(encoding="utf-8")))
        if not module.endswith(ADDRESSES)
        for package in PACKAGES
        if _is_of(module, package) and not _is_of(by, package)
    ]


def _named(tree: ast.Module) -> Iterator[tuple[str, str]]:
    """Yield each name that is imported, or used as publishing.publish is."""
    whole = dict[str, str]()
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and not node.level and node.module:
            for name in node.names:
                if f"{node.module}.{name.name}" in PACKAGES:
                    whole[name.name] = f"{node.module}.{name.name}"
                else:
                    yield node.module, name.name
    for node in ast.walk(tree):
        match node:
            case ast.Attribute(value=ast.Name(id=package), attr=used):
                if package in whole:
                    yield whole[package], used


def _is_of(module: str, package: str) -> bool:
    return module == package or module.startswith(f"{package}.")

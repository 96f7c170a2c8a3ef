"""A block of a Markdown file that a command writes, between two comments."""

from pathlib import Path


def written(file: Path, name: str) -> str:
    """Return what stands in the block; raises ValueError if there is none."""
    _, _, after = _parts(file, name)
    return after.strip()


def write(file: Path, name: str, text: str) -> None:
    """Put text in the place of what stands in the block."""
    before, marks, _ = _parts(file, name)
    _, _, rest = file.read_text(encoding="utf-8").partition(marks[1])
    block = f"{before}{marks[0]}\n{text}\n{marks[1]}{rest}"
    file.write_text(block, encoding="utf-8")


def _parts(file: Path, name: str) -> tuple[str, tuple[str, str], str]:
    start, end = f"<!-- {name}: written by make {name} -->", f"<!-- end of {name} -->"
    before, found, after = file.read_text(encoding="utf-8").partition(start)
    inside, ended, _ = after.partition(end)
    if not (found and ended):
        raise ValueError(f"{file.name} has no block {name}")
    return before, (start, end), inside

"""One backup as one file: a tar of a manifest, the database and the SHA-256 of both.

It is read as it is written here, byte for byte, and by no general reader of archives:
whatever would not be written is refused, and no name in it leads to a place on disk.
"""

import hashlib
import json
import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from tarfile import BLOCKSIZE, GNU_FORMAT, HeaderError, TarInfo
from typing import Any, BinaryIO

FORMAT = 1
MANIFEST, SUMS = "manifest.json", "SHA256SUMS"
DATABASES = {"sqlite": "database.sqlite3", "postgresql": "database.dump"}
PARTS = {"rows", "editions", "last_seals", "migrations"}  # of the contents
LARGEST_TEXT = 32 * 1024 * 1024  # bytes of the manifest, and of the sums
PIECE = 1024 * 1024  # bytes read at once
END = bytes(2 * BLOCKSIZE)
FOREIGN = {
    b"SQLite format 3\x00": "is an SQLite database and no backup: a plain copy of one "
    "that is in use can be torn, and nothing says what was in it",
    b"PGDMP": "is a dump by pg_dump alone: nothing says what was in it",
}


class BackupError(Exception):
    """A backup cannot be made or restored; says why, and that nothing was changed."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup holds, as it was counted in the moment the backup is of."""

    format: int
    made_at: str  # ISO 8601, UTC
    build: str  # of the code that made it
    vendor: str  # sqlite or postgresql
    server: str  # the version of the database
    left_out: list[str]  # tables whose rows are not in it
    faults: list[str]  # what manage.py verify found
    sha256: str  # of the database in it
    contents: dict[str, Any]  # see backup.contents

    def as_json(self) -> bytes:
        text = json.dumps(asdict(self), indent=1, sort_keys=True, ensure_ascii=False)
        return f"{text}\n".encode()


def pack(file: Path, manifest: Manifest, database: Path) -> None:
    """Write a new backup, readable by its owner alone, and wait until it is on disk."""
    name, digests = DATABASES[manifest.vendor], dict[str, str]()
    file.touch(mode=0o600, exist_ok=False)
    with file.open("wb") as out, database.open("rb") as content:

        def add(member: str, pieces: Iterator[bytes], size: int) -> None:
            digest = hashlib.sha256()
            out.write(_header(member, size))
            for piece in pieces:
                digest.update(piece)
                out.write(piece)
            out.write(_padding(size))
            digests[member] = digest.hexdigest()

        written = manifest.as_json()
        add(MANIFEST, iter([written]), len(written))
        size = database.stat().st_size
        add(name, _pieces(content, size), size)
        sums = _sums(digests)
        add(SUMS, iter([sums]), len(sums))
        out.write(END)
        out.flush()
        os.fsync(out.fileno())


def unpack(file: Path, database: Path | None = None) -> Manifest:
    """Return the manifest of a backup that is whole, its database put into a new file.

    Raises BackupError with what is wrong with it. Until this has returned, the new file
    is of no use; without one, the backup is only checked.
    """
    try:
        with file.open("rb") as opened:
            _refuse_foreign(file, opened)
            if database is None:
                return _unpack(file, opened, None)
            database.touch(mode=0o600, exist_ok=False)
            with database.open("wb") as out:
                manifest = _unpack(file, opened, out)
                out.flush()
                os.fsync(out.fileno())
                return manifest
    except (FileNotFoundError, IsADirectoryError, PermissionError) as error:
        raise BackupError(f"{file} could not be read: {error.strerror}.") from error


def digest_of(file: Path) -> str:
    """Return the SHA-256 of a file, in hexadecimal."""
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def _unpack(file: Path, opened: BinaryIO, out: BinaryIO | None) -> Manifest:
    written = b"".join(_member(file, opened, {MANIFEST}, LARGEST_TEXT)[1])
    name, content = _member(file, opened, set(DATABASES.values()))
    digest = hashlib.sha256()
    for piece in content:
        digest.update(piece)
        if out is not None:
            out.write(piece)
    sums = b"".join(_member(file, opened, {SUMS}, LARGEST_TEXT)[1])
    if opened.read(len(END) + 1) != END:
        raise _damaged(file, "its end is not that of a backup")
    found = {
        MANIFEST: hashlib.sha256(written).hexdigest(),
        name: digest.hexdigest(),
    }
    if sums != _sums(found):
        raise _damaged(file, "its content does not match its SHA-256")
    return _manifest(file, written, name, digest.hexdigest())


def _manifest(file: Path, written: bytes, name: str, sha256: str) -> Manifest:
    """Return the manifest, once it is one that this version understands."""
    try:
        values = json.loads(written)
        if values["format"] > FORMAT:
            raise BackupError(
                f"{file} was made by a newer version of the site (its format is "
                f"{values['format']}, this one reads {FORMAT}). Restore it with that."
            )
        manifest = Manifest(**values)
        expected = DATABASES[manifest.vendor], manifest.sha256
        if {*manifest.contents} != PARTS:
            raise ValueError(PARTS)
    except (ValueError, TypeError, KeyError) as error:
        raise _damaged(file, "its manifest is none") from error
    if expected != (name, sha256):
        raise _damaged(file, "its manifest is of another database")
    return manifest


def _member(
    file: Path, opened: BinaryIO, names: set[str], largest: int | None = None
) -> tuple[str, Iterator[bytes]]:
    """Return the next member's name and content; its header has to be ours."""
    block = opened.read(BLOCKSIZE)
    try:
        info = TarInfo.frombuf(block, "ascii", "strict")
    except (HeaderError, UnicodeDecodeError) as error:
        raise _damaged(file, _cut_short(block) or "a header is damaged") from error
    if info.name not in names or block != _header(info.name, info.size):
        raise _damaged(file, "it holds something else than a backup does")
    if info.size < 0 or (largest is not None and info.size > largest):
        raise _damaged(file, f"{info.name} has an impossible size")
    return info.name, _content(file, opened, info.size)


def _content(file: Path, opened: BinaryIO, size: int) -> Iterator[bytes]:
    read = 0
    for piece in _pieces(opened, size):
        read += len(piece)
        yield piece
    padding = _padding(size)
    if read < size or opened.read(len(padding)) != padding:
        raise _damaged(file, "it ends too early, or was written over")


def _pieces(opened: BinaryIO, size: int) -> Iterator[bytes]:
    """Yield so many bytes, or fewer if there are no more."""
    while size and (piece := opened.read(min(size, PIECE))):
        size -= len(piece)
        yield piece


def _header(name: str, size: int) -> bytes:
    info = TarInfo(name)
    info.size, info.mode = size, 0o600
    return info.tobuf(GNU_FORMAT)


def _padding(size: int) -> bytes:
    return bytes(-size % BLOCKSIZE)


def _sums(digests: dict[str, str]) -> bytes:
    """Return what `sha256sum --check` reads."""
    return "".join(f"{digest}  {name}\n" for name, digest in digests.items()).encode()


def _refuse_foreign(file: Path, opened: BinaryIO) -> None:
    start = opened.read(BLOCKSIZE)
    opened.seek(0)
    if not start:
        raise BackupError(f"{file} is empty.")
    for mark, words in FOREIGN.items():
        if start.startswith(mark):
            raise BackupError(f"{file} {words}. Name a file that `make backup` wrote.")
    if not start.startswith(MANIFEST.encode() + b"\0"):
        raise BackupError(
            f"{file} is not a file that `make backup` wrote, or its beginning is "
            "damaged."
        )


def _cut_short(block: bytes) -> str:
    return "it ends too early" if len(block) < BLOCKSIZE else ""


def _damaged(file: Path, how: str) -> BackupError:
    return BackupError(f"{file} is damaged: {how}. Take another backup.")

"""One backup as one file: a tar of a manifest, the database and the SHA-256 of both.

Whatever would not be written here is refused, and no name in it leads to a place on
disk.
"""

import hashlib
import json
import os
from dataclasses import asdict, dataclass
from io import BytesIO
from pathlib import Path
from tarfile import BLOCKSIZE, GNU_FORMAT, HeaderError, TarFile, TarInfo
from typing import Any, BinaryIO

FORMAT = 1
TEXTS = MANIFEST, SUMS = "manifest.json", "SHA256SUMS"
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
    name, written = DATABASES[manifest.vendor], manifest.as_json()
    sums = _sums(written, name, digest_of(database))
    file.touch(mode=0o600, exist_ok=False)
    with file.open("wb") as out, database.open("rb") as content:
        archive = TarFile(fileobj=out, mode="w", format=GNU_FORMAT)
        archive.addfile(_header(MANIFEST, len(written)), BytesIO(written))
        archive.addfile(_header(name, database.stat().st_size), content)
        archive.addfile(_header(SUMS, len(sums)), BytesIO(sums))
        out.write(END)  # closing the archive would fill a record of 20 blocks
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
    manifest, database, sums = _members(file, opened)
    opened.seek(manifest.offset_data)
    written = opened.read(manifest.size)
    opened.seek(database.offset_data)
    digest, left = hashlib.sha256(), database.size
    while piece := opened.read(min(left, PIECE)):
        left -= len(piece)
        digest.update(piece)
        if out is not None:
            out.write(piece)
    opened.seek(sums.offset_data)
    found = _sums(written, database.name, digest.hexdigest())
    if opened.read(sums.size) != found:
        raise _damaged(file, "its content does not match its SHA-256")
    return _manifest(file, written, database.name, digest.hexdigest())


def _members(file: Path, opened: BinaryIO) -> list[TarInfo]:
    """Return the three files; all around their content has to be as written here."""
    members, size_of_file = [], os.fstat(opened.fileno()).st_size
    for names in {MANIFEST}, {*DATABASES.values()}, {SUMS}:
        block = opened.read(BLOCKSIZE)
        try:
            info = TarInfo.frombuf(block, "ascii", "strict")
        except (HeaderError, UnicodeDecodeError) as error:
            is_cut = len(block) < BLOCKSIZE
            how = "it ends too early" if is_cut else "a header is damaged"
            raise _damaged(file, how) from error
        header = _header(info.name, info.size).tobuf(GNU_FORMAT)
        if info.name not in names or block != header:
            raise _damaged(file, "it holds something else than a backup does")
        if info.size < 0 or (info.name in TEXTS and info.size > LARGEST_TEXT):
            raise _damaged(file, f"{info.name} has an impossible size")
        info.offset_data = opened.tell()
        # Not beyond the file, where a size may be that no system can seek.
        opened.seek(min(info.offset_data + info.size, size_of_file))
        padding = bytes(-info.size % BLOCKSIZE)
        if opened.read(len(padding)) != padding:
            raise _damaged(file, "it ends too early, or was written over")
        members.append(info)
    if opened.read(len(END) + 1) != END:
        raise _damaged(file, "its end is not that of a backup")
    return members


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


def _header(name: str, size: int) -> TarInfo:
    info = TarInfo(name)
    info.size, info.mode = size, 0o600
    return info


def _sums(manifest: bytes, name: str, digest: str) -> bytes:
    """Return what `sha256sum --check` reads."""
    first = hashlib.sha256(manifest).hexdigest()
    return f"{first}  {MANIFEST}\n{digest}  {name}\n".encode()


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


def _damaged(file: Path, how: str) -> BackupError:
    return BackupError(f"{file} is damaged: {how}. Take another backup.")

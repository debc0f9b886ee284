"""What lies at a path: a folder of notes and documents, an export, a single file; and what is in it."""

from __future__ import annotations

import hashlib
import os
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from copassist.errors import InputError
from copassist.records import Read, Rejected, Skipped
from ingest import discourse, files, mail, pages, slack, stackexchange


class Connector(Protocol):
    """A module that reads one kind of export; adding a kind is writing one and naming it in EXPORTS."""

    def is_export(self, path: Path) -> bool:
        """Whether a folder or file looks like such an export; cheap, and never raises."""
        ...

    def origin(self, path: Path) -> str:
        """Where it came from (a workspace, a site, a list): the same for later exports of the same place."""
        ...

    def taken(self, path: Path) -> list[Path]:
        """What of `path` the export takes up, so that no other reader reads it too."""
        ...

    def read(self, path: Path) -> Iterator[Read]:
        """What it holds. Raises InputError if it can't be read as a whole, OSError if it can't be opened."""
        ...


EXPORTS: dict[str, Connector] = {
    "slack": slack,
    "discourse": discourse,
    "mail": mail,
    "stackexchange": stackexchange,
}
"""Each kind of export with its connector. Exports only add and update: a rolling export never erases what it
no longer holds."""
FOLDERS = ("sessions", "documents")
"""What all files of a folder can be said to be, in the place of judging each."""
KINDS = ("auto", *FOLDERS, *EXPORTS)
IGNORED = {".git", ".hg", ".svn", "node_modules", "__pycache__", ".DS_Store", "Thumbs.db"}
READER = "5"
"""Raised when the readers learn something, so that unchanged files are read again."""


@dataclass(frozen=True, slots=True)
class Place:
    """Something that is ingested as one source. `key` tells it from every other for good.

    `without` are files and folders in it that other sources have.
    """

    kind: str
    key: str
    name: str
    path: Path
    without: frozenset[Path] = frozenset()


@dataclass(frozen=True, slots=True)
class File:
    """A file of a source, with its path in it and a fingerprint of what it holds."""

    path: Path
    locator: str
    fingerprint: str


def places(path: Path, kind: str) -> list[Place]:
    """The sources at `path`; a Slack export inside a folder is one of its own.

    Raises InputError if there is nothing at `path` or it can't be read.
    """
    if kind not in KINDS:
        raise InputError(f"There is no kind {kind!r}.", f"Take one of: {', '.join(KINDS)}.")
    if not path.exists():
        raise InputError(f"{path} doesn't exist.", "Check the spelling of the path.")
    if not os.access(path, os.R_OK):
        raise InputError(f"{path} can't be read: permission denied.", "Check its permissions.")
    path = path.resolve()
    if kind in EXPORTS:
        return [_export(kind, path)]
    exports = _exports_in(path) if kind == "auto" else []
    without = frozenset(taken for e in exports for taken in EXPORTS[e.kind].taken(e.path))
    if path in without:
        return exports
    if path.suffix != ".zip" or pages.reads(path):
        folder_kind = "files" if kind == "auto" else kind
        folder = Place(folder_kind, f"{folder_kind}:{path}", path.name, path, without)
        holds_more = not exports or next(_walk(folder), None) is not None
        return [folder, *exports] if holds_more else exports
    if not zipfile.is_zipfile(path):
        raise InputError(
            f"{path} is no zip file that can be opened.", "Export or copy it again: it was cut off."
        )
    raise InputError(
        f"{path} is a zip file that holds no export that copassist reads.",
        "Unpack it and give the folder; or say with --kind what export it is, to see what is wrong with it.",
    )


def _export_kind(path: Path) -> str:
    return next((kind for kind, connector in EXPORTS.items() if connector.is_export(path)), "")


def _export(kind: str, path: Path) -> Place:
    name = path.stem if path.is_file() else path.name
    if EXPORTS[kind].taken(path) != [path]:
        name = f"{name}-{kind}"  # beside the folder's other files, which are a source too
    return Place(kind, f"{kind}:{EXPORTS[kind].origin(path)}", name, path)


def _exports_in(path: Path) -> list[Place]:
    """The exports at a path and below it, but for those inside of another one."""
    found: list[Place] = []
    taken: set[Path] = set()

    def look(at: Path) -> None:
        if at not in taken and not at.is_symlink() and (kind := _export_kind(at)):
            found.append(_export(kind, at))
            taken.update(EXPORTS[kind].taken(at))

    look(path)
    for parent, folders, names in os.walk(path):
        for name in sorted(names):
            look(Path(parent) / name)
        folders[:] = sorted(f for f in folders if f not in IGNORED)
        for folder in folders:
            look(Path(parent) / folder)
        folders[:] = [f for f in folders if Path(parent) / f not in taken] if path not in taken else []
    return found


def files_of(place: Place) -> Iterator[File | Rejected | Skipped]:
    """The files of a folder, or the one file, sorted; those that can't be read are rejected.

    A link that leads out of the folder is skipped: it may lead anywhere.
    """
    root = place.path if place.path.is_dir() else place.path.parent
    for path in _walk(place) if place.path.is_dir() else [place.path]:
        if isinstance(path, Rejected):
            yield path
            continue
        locator = path.relative_to(root).as_posix()
        try:
            yield _file(path, locator, root, place.kind)
        except OSError as error:
            yield Rejected(locator, f"can't be read: {error.strerror}")
        except RuntimeError:  # pathlib's word for it
            yield Skipped(locator, "link to itself")


def _file(path: Path, locator: str, root: Path, kind: str) -> File | Skipped:
    if not path.resolve().is_relative_to(root.resolve()):
        return Skipped(locator, "link out of the folder")
    if not path.is_file():
        return Skipped(locator, "not a regular file")
    with path.open("rb") as content:
        digest = hashlib.file_digest(content, "sha256").hexdigest()
    return File(path, locator, f"{READER}:{kind}:{digest}")


def fingerprint(place: Place) -> str:
    """A fingerprint of all that an export holds: the same for the same files, wherever they lie."""
    digest = hashlib.sha256(f"{READER}:{place.kind}".encode())
    for top in EXPORTS[place.kind].taken(place.path):
        for path in sorted(p for p in top.rglob("*") if p.is_file()) if top.is_dir() else [top]:
            with path.open("rb") as content:
                inside = hashlib.file_digest(content, "sha256").hexdigest()
            digest.update(f"{path.relative_to(place.path.parent).parts[1:]}:{inside}".encode())
    return digest.hexdigest()


def _walk(place: Place) -> Iterator[Path | Rejected]:
    unread: list[OSError] = []
    for parent, folders, names in os.walk(place.path, onerror=unread.append):
        folders[:] = sorted(f for f in folders if f not in IGNORED and Path(parent) / f not in place.without)
        yield from (
            Path(parent) / n
            for n in sorted(names)
            if n not in IGNORED and Path(parent) / n not in place.without
        )
    for error in unread:
        locator = Path(error.filename).relative_to(place.path).as_posix()
        yield Rejected(locator, f"can't be read: {error.strerror}")


def read(file: File, kind: str) -> Iterator[Read]:
    """What a file of a folder holds. `kind` is the source's: "files" leaves it to judgement."""
    try:
        yield from files.read(file.path, file.locator, kind)
    except OSError as error:
        yield Rejected(file.locator, f"can't be read: {error.strerror or error}")

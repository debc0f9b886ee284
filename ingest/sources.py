"""What lies at a path: a folder of notes and documents, an export, a single file; and what is in it."""

from __future__ import annotations

import hashlib
import os
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from copassist.errors import InputError
from copassist.records import Read, Rejected, Skipped
from ingest import documents, notes, slack

KINDS = ("auto", "sessions", "documents", "slack")
NOTES = {".md", ".markdown", ".txt", ".vtt", ".srt"}
IGNORED = {".git", ".hg", ".svn", "node_modules", "__pycache__", ".DS_Store", "Thumbs.db"}
READER = "1"
"""Raised when the readers learn something, so that unchanged files are read again."""


@dataclass(frozen=True, slots=True)
class Place:
    """Something that is ingested as one source. `key` tells it from every other for good."""

    kind: str
    key: str
    name: str
    path: Path
    without: tuple[Path, ...] = ()

    @property
    def is_export(self) -> bool:
        """Exports only add and update: a rolling export never erases what it no longer holds."""
        return self.kind == "slack"


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
    if kind == "slack" or (kind == "auto" and slack.is_export(path)):
        return [_slack(path)]
    if path.suffix == ".zip":
        if not zipfile.is_zipfile(path):
            return [_slack(path)]  # which says what is wrong with it
        raise InputError(
            f"{path} is a zip file that holds no Slack export.", "Unpack it and give the folder."
        )
    exports = _exports_in(path) if kind == "auto" and path.is_dir() else []
    folder_kind = "files" if kind == "auto" else kind
    return [
        Place(folder_kind, f"{folder_kind}:{path}", path.name, path, tuple(e.path for e in exports)),
        *exports,
    ]


def _slack(path: Path) -> Place:
    team = slack.workspace(path)
    return Place("slack", f"slack:{team}", path.stem if path.is_file() else path.name, path)


def _exports_in(folder: Path) -> list[Place]:
    found = []
    for parent, folders, files in os.walk(folder):
        folders[:] = sorted(f for f in folders if f not in IGNORED)
        here = [Path(parent) / name for name in [*folders, *(f for f in sorted(files) if f.endswith(".zip"))]]
        exports = [p for p in here if slack.is_export(p)]
        found += [_slack(p) for p in exports]
        folders[:] = [f for f in folders if Path(parent) / f not in exports]
    return found


def files(place: Place) -> Iterator[File | Rejected | Skipped]:
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
        yield from _read(file, kind)
    except OSError as error:
        yield Rejected(file.locator, f"can't be read: {error.strerror or error}")


def _read(file: File, kind: str) -> Iterator[Read]:
    is_text = file.path.suffix.lower() in NOTES
    if kind == "sessions" and not is_text:
        return iter([Skipped(file.locator, file.path.suffix.lower() or "no suffix")])
    if is_text and (kind == "sessions" or (kind == "files" and _is_session(file))):
        return notes.read(file.path, file.locator)
    return documents.read(file.path, file.locator)


def _is_session(file: File) -> bool:
    text = file.path.read_text(encoding="utf-8", errors="replace")
    return notes.is_session(file.path, text, file.locator)

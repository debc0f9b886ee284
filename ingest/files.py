"""One file of a folder, as the session, sessions or document that it holds."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from copassist.records import Read, Rejected, Skipped
from ingest import directory, documents, pages
from ingest.sessions import notes, transcripts


def read(path: Path, locator: str, kind: str = "files") -> Iterator[Read]:
    """Yield what a file holds, before it what of it can't be read, or why there is nothing.

    `kind` is "sessions" or "documents", or "files" to tell them apart by what they hold.
    Raises OSError if `path` cannot be opened.
    """
    suffix = path.suffix.lower()
    if kind != "documents" and transcripts.is_transcript(path):
        yield from transcripts.read(path, locator)
        return
    if directory.is_directory(path):
        yield Skipped(locator, "members directory (`copassist members import` reads it)")
        return
    if not pages.reads(path):
        yield Skipped(locator, suffix or path.name)
        return
    try:
        page = pages.read(path)
    except ValueError as error:
        yield Rejected(locator, str(error))
        return
    yield from (Rejected(locator, reason, place) for place, reason in page.problems)
    if kind == "sessions" or (kind == "files" and notes.is_session(page, path, locator)):
        yield from notes.sessions(page, path, locator)
        return
    record = documents.record(page, path, locator)
    if record.segments:
        yield record
    elif not page.problems:
        yield Skipped(locator, "page without text")

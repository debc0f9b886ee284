"""Reads notes and transcripts as a folder's files are read, for tests."""

from __future__ import annotations

from pathlib import Path

from copassist.records import Identity, Read, Record, named
from ingest.files import read

ANA, BO, CY = named("Ana Diaz"), named("Bo Lind"), named("Cy")


def outcomes(tmp_path: Path, content: bytes, name: str, kind: str = "sessions") -> list[Read]:
    """What comes of a file that holds `content`."""
    path = tmp_path / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return list(read(path, name, kind))


def note(tmp_path: Path, text: str, name: str = "note.md") -> Record:
    """The one record in a file."""
    (found,) = outcomes(tmp_path, text.encode(), name)
    assert isinstance(found, Record), found
    return found


def said(record: Record) -> list[tuple[str, str]]:
    """Each segment as (speaker or "", text), without the lines that say who was there."""
    spoken = (s for s in record.segments if s.part != "people")
    return [(s.speaker.name if s.speaker else "", s.text) for s in spoken]


def roles(record: Record) -> list[tuple[str, str]]:
    """Who has which role: (name, role)."""
    return [(label(person), role) for person, role in record.roles]


def label(person: Identity) -> str:
    """The name, else the address, of somebody."""
    return person.name or person.email

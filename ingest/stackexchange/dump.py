"""The tables of a Stack Exchange dump or a Stack Internal export, row by row.

A dump (archive.org/details/stackexchange; meta.stackexchange.com/questions/2677 says what its columns are) has
one `Posts.xml`, `Users.xml`, ... with a `<row Id="1" .../>` for each. What a team of Stack Internal (Stack
Overflow for Teams) downloads of itself is a zip of `posts.json`, `users.json`, ...: lists of objects with the
same columns, named `id`, `ownerUserId`, ..., texts in Markdown, and the addresses of people in `accounts.json`.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from lxml import etree

from copassist.errors import InputError
from copassist.records import Rejected, Skipped
from ingest.archive import Archive, opened
from ingest.json_list import entries
from ingest.json_values import Json, clean

Row = dict[str, str]
"""The columns of a row, by their name in the XML."""

_READ = ("posts", "users", "comments", "postlinks", "accounts")
_UNREAD = ("badges", "images", "posthistory", "posts2votes", "tags", "users2badges", "votes")
_ANY_SIZE = 2**63
"""Rows are read one by one, and a zip that unpacks to absurdly much isn't opened."""
_PIECE = 64 * 1024
_KINDS = {"question": "1", "answer": "2", "article": "article"}
_HOW_TO_EXPORT = "Unpack the dump, and give the folder that holds its Posts.xml."


@dataclass(frozen=True, slots=True)
class Dump:
    """An opened dump: the file of each table that is read, by the table's name in small letters.

    `unread` is what else lies there; in a folder only other tables, the rest may be anything.
    """

    archive: Archive
    files: dict[str, str]
    unread: tuple[Rejected | Skipped, ...]

    def rows(self, table: str) -> Iterator[Row | Rejected]:
        """Yield each row of a table; what follows a break is rejected with its line. None if it isn't there."""
        if (name := self.files.get(table)) is None:
            return
        try:
            with self.archive.reading(name, _ANY_SIZE) as stream:
                yield from _xml_rows(stream) if name.lower().endswith(".xml") else _json_rows(stream, name)
        except etree.XMLSyntaxError as error:
            why = str(error).partition(", line ")[0].strip()
            reason = f"is broken XML: {why}; what stands before goes in"
            yield Rejected(name, reason, f"line {error.lineno or 0}")
        except InputError as error:
            yield Rejected(name, error.message)


@contextmanager
def opened_dump(path: Path) -> Iterator[Dump]:
    """Open the dump in a folder or a zip file.

    Raises InputError if there is none or more than one, OSError if it can't be opened.
    """
    with opened(path, _HOW_TO_EXPORT) as archive:
        roots = [""] if path.is_dir() else sorted(map(_folder, filter(_is_posts, archive.names)))
        if len(set(roots)) > 1:
            raise InputError(f"{path} holds {len(set(roots))} dumps.", "Unpack it and give each folder.")
        within = archive.below(roots[0]) if roots else archive
        files: dict[str, str] = {}
        unread: list[Rejected | Skipped] = [] if path.is_dir() else list(archive.left_out)
        for name in within.names:
            table, _, suffix = name.lower().rpartition(".")
            if suffix in ("xml", "json") and table in _READ:
                files[table] = name if suffix == "xml" else files.get(table, name)
            elif suffix in ("xml", "json") and table in _UNREAD:
                unread.append(Skipped(name, name))
            elif not path.is_dir():
                unread.append(Skipped(name, f".{suffix}"))
        if "posts" not in files:
            raise InputError(f"{path} holds no posts of a Stack Exchange dump.", _HOW_TO_EXPORT)
        yield Dump(within, files, tuple(unread))


def folder_in(path: Path) -> str:
    """The name of the folder that the dump lies in inside of a zip, "" if in none."""
    with opened(path, _HOW_TO_EXPORT) as archive:
        roots = sorted(map(_folder, filter(_is_posts, archive.names)))
        return roots[0].rpartition("/")[2] if roots else ""


def holds_dump(path: Path) -> bool:
    """Whether a folder or zip file holds the posts of a dump. Raises InputError and OSError as opening does."""
    if path.is_dir():
        posts = [file for file in path.iterdir() if _is_posts(file.name) and not file.is_symlink()]
        for file in filter(Path.is_file, posts):
            with file.open("rb") as stream:
                if _begins(stream):
                    return True
        return False
    with opened(path, _HOW_TO_EXPORT) as archive:
        for name in filter(_is_posts, archive.names):
            with archive.reading(name, _ANY_SIZE) as stream:
                if _begins(stream):
                    return True
    return False


def files_of(folder: Path) -> list[Path]:
    """The files of a dump in a folder."""
    with opened_dump(folder) as dump:
        names = [*dump.files.values(), *(one.file for one in dump.unread)]
    return sorted(folder / name for name in names)


def _folder(name: str) -> str:
    return name.rpartition("/")[0]


def _is_posts(name: str) -> bool:
    return name.rpartition("/")[2].lower() in ("posts.xml", "posts.json")


def _begins(stream: IO[bytes]) -> bool:
    head = stream.read(_PIECE)
    return b"<posts" in head or (
        head.lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"[") and b'"postType"' in head
    )


# XML


class _Rows:
    """Takes the parser's events (lxml's target interface), so that no tree is built."""

    def __init__(self) -> None:
        self.found: list[Row] = []

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if tag == "row":
            self.found.append({name: clean(value) for name, value in attributes.items()})

    def doctype(self, *_: object) -> None:
        raise InputError("defines entities, which no dump does: it isn't read")

    def close(self) -> None:
        pass


def _xml_rows(stream: IO[bytes]) -> Iterator[Row]:
    rows = _Rows()
    parser = etree.XMLParser(
        target=rows, resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False
    )
    while piece := stream.read(_PIECE):
        broken = None
        try:
            parser.feed(piece)
        except etree.XMLSyntaxError as error:
            broken = error
        yield from rows.found
        rows.found.clear()
        if broken is not None:
            raise broken
    parser.close()


# JSON


def _json_rows(stream: IO[bytes], name: str) -> Iterator[Row | Rejected]:
    for number, entry in enumerate(entries(stream), start=1):
        if isinstance(entry, dict):
            yield _row(entry)
        else:
            yield Rejected(name, "is no object", f"entry {number}")


def _row(entry: Json) -> Row:
    """The columns of an entry by the names that they have in XML."""
    row = {}
    for key, value in entry.items():
        if isinstance(value, list):
            value = "|".join(part for part in value if isinstance(part, str))
        if isinstance(value, str | int) and not isinstance(value, bool):
            row[key[:1].upper() + key[1:]] = clean(str(value))
    kind = row.get("PostType", "").lower()
    row.setdefault("PostTypeId", _KINDS.get(kind, kind))
    row.setdefault("DisplayName", row.get("RealName", ""))
    return row

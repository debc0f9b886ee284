"""Reading the files of benchmark folders: documents, questions, turns, queries and judgements."""

from __future__ import annotations

import csv
import datetime as dt
import gzip
import json
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO

from ir_measures import Qrel

from copassist.errors import InputError
from copassist.records import Record, Segment, named

HISTORY = "history+text"
"""The query field that stands for a question with the conversation before it."""

_BLANK_LINE = re.compile(r"\n\s*\n")


@dataclass(frozen=True, slots=True)
class Doc:
    """A document of a corpus. `people` are its authors as the corpus names them.

    Where the corpus holds sections of longer documents, `title` is the longer one's and `heading` the section's.
    """

    id: str
    title: str
    text: str
    date: dt.date | None = None
    people: tuple[str, ...] = ()
    heading: str = ""

    @property
    def whole(self) -> str:
        """What every system gets to read of it."""
        return "\n".join(part for part in (self.title, self.heading, self.text) if part)


@dataclass(frozen=True, slots=True)
class Query:
    """A question to search for. `text` is the field of the file that was asked for.

    `turns` are what was said before it in its conversation, speaker and words, where a system that
    understands conversations is to have them; `asked` is then the question as it was put. `within` is the
    locator of the one record to search, "" for all; `seen` are the locators of those that there were when it
    was asked, None for all.
    """

    id: str
    text: str
    turns: tuple[tuple[str, str], ...] = ()
    asked: str = ""
    within: str = ""
    seen: tuple[str, ...] | None = None


def read_docs(folder: Path) -> Iterator[Doc]:
    """The documents of the folder's corpus in order."""
    for row in json_lines(folder, "corpus.jsonl", ("_id", "text")):
        about = row.get("metadata") or {}
        title, whole = row.get("title") or "", about.get("doc_title") or ""
        yield Doc(
            row["_id"],
            whole or title,
            row["text"],
            _date(about.get("date")),
            tuple(about.get("people") or ()),
            title if whole and title != whole else "",
        )


def read_queries(folder: Path, split: str, field: str = "text") -> Iterator[Query]:
    """The queries of a split in order.

    With the field "history+text" a query's text is the last two things that the person said, and its `turns`
    are all that was said before.
    """
    needed = ("history", "text") if field == HISTORY else (field,)
    for row in json_lines(folder, f"queries.{split}.jsonl", ("_id", *needed)):
        if field != HISTORY:
            yield Query(row["_id"], row[field])
            continue
        turns = tuple((str(speaker), str(words)) for speaker, words in row["history"])
        before = [words for speaker, words in turns if speaker == "user"][-1:]
        yield Query(row["_id"], "\n".join([*before, row["text"]]), turns, row["text"])


def read_qrels(folder: Path, name: str) -> Iterator[Qrel]:
    """The judgements of a file with a header line: query, document (or person), grade."""
    path = find(folder, name)
    with _opened(path) as lines:
        rows = csv.reader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)
        next(rows, None)
        for number, row in enumerate(rows, 2):
            try:
                query, doc, grade = row
                yield Qrel(query, doc, int(grade))
            except ValueError as error:
                raise InputError(f"{path}, line {number} isn't query, document, grade.") from error


def find(folder: Path, name: str) -> Path:
    """The file of that name in the folder, plain or gzipped. Raises InputError if it isn't there."""
    for path in (folder / name, folder / f"{name}.gz"):
        if path.is_file():
            return path
    raise InputError(
        f"{folder} has neither {name} nor {name}.gz.",
        "Give a folder, a split and a task whose files are there (eval/README.md names them).",
    )


def records(docs: Iterable[Doc]) -> Iterator[Record]:
    """Each document as a record: a segment for each paragraph.

    A document has no more than its own title. In a question-and-answer community the question's
    title would be at hand, but the queries *are* those questions: it would give the gold away.
    """
    for doc in docs:
        paragraphs = [p.strip("\n") for p in _BLANK_LINE.split(doc.text)]
        yield Record(
            locator=doc.id,
            kind="document",
            title=doc.title,
            segments=tuple(Segment(p, section=doc.heading) for p in paragraphs if p.strip()),
            date=doc.date,
            roles=tuple((named(person), "author") for person in doc.people),
        )


def json_lines(folder: Path, name: str, needed: Iterable[str]) -> Iterator[dict[str, Any]]:
    """The rows of a file of JSON lines. Raises InputError for one that isn't JSON or lacks a field."""
    path = find(folder, name)
    with _opened(path) as lines:
        for number, line in enumerate(lines, 1):
            try:
                row = json.loads(line)
            except json.JSONDecodeError as error:
                raise InputError(f"{path}, line {number} isn't JSON: {error}") from error
            for field in needed:
                if field not in row:
                    raise InputError(f"{path}, line {number} has no {field!r}.")
            yield row


@contextmanager
def _opened(path: Path) -> Iterator[TextIO]:
    if path.suffix == ".gz":
        with gzip.open(path, "rt", encoding="utf-8", newline="") as lines:
            yield lines
    else:
        with path.open(encoding="utf-8", newline="") as lines:
            yield lines


def _date(text: str | None) -> dt.date | None:
    return dt.date.fromisoformat(text[:10]) if text else None

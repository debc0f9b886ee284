"""Reading benchmark folders of the common layout: corpus, queries and judgements."""

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
    """A question to search for. `text` is the field of the file that was asked for."""

    id: str
    text: str


@dataclass(frozen=True, slots=True)
class Judged:
    """A corpus with the queries of a split that have a relevant document, and what is relevant to each."""

    name: str
    docs: tuple[Doc, ...]
    queries: tuple[Query, ...]
    qrels: tuple[Qrel, ...]


def judged(folder: Path, split: str, field: str = "text") -> Judged:
    """The corpus and the queries of a split with their judgements; `field` is the query's text.

    Queries without a relevant document are left out: they measure something else. Raises
    InputError if a file is missing or broken, or a query lacks the field.
    """
    qrels = tuple(read_qrels(folder, f"qrels.{split}.tsv"))
    relevant = {q.query_id for q in qrels if q.relevance > 0}
    queries = tuple(q for q in read_queries(folder, split, field) if q.id in relevant)
    if not queries:
        raise InputError(f"No query of the split {split!r} in {folder} is judged.", "Check the two files.")
    asked = {q.id for q in queries}
    return Judged(
        folder.resolve().name,
        tuple(read_docs(folder)),
        queries,
        tuple(q for q in qrels if q.query_id in asked),
    )


def read_docs(folder: Path) -> Iterator[Doc]:
    """The documents of the folder's corpus in order."""
    for row in _json_lines(folder, "corpus.jsonl", ("_id", "text")):
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
    """The queries of a split in order."""
    for row in _json_lines(folder, f"queries.{split}.jsonl", ("_id", field)):
        yield Query(row["_id"], row[field])


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
        "Give a folder with corpus.jsonl, queries.SPLIT.jsonl and qrels.SPLIT.tsv, and a split that it has.",
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


def _json_lines(folder: Path, name: str, needed: Iterable[str]) -> Iterator[dict[str, Any]]:
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

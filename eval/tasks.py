"""What retrieval is measured on: each task's memory, its queries, and what is relevant to each."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from ir_measures import Qrel

from copassist.errors import InputError
from copassist.passages import HEADER_CHARACTERS
from copassist.records import Group, Record, Segment, named
from eval import corpora
from eval.corpora import Doc, Query


@dataclass(frozen=True, slots=True)
class Text:
    """A document as the peers get it, of the record with this locator.

    `units` says what is ranked: where each unit of the text ends, and its id, in order.
    """

    record: str
    title: str
    heading: str
    text: str
    units: tuple[tuple[int, str], ...]

    @property
    def whole(self) -> str:
        """All there is to read of it."""
        return "\n".join(part for part in (self.title, self.heading, self.text) if part)


@dataclass(frozen=True, slots=True)
class Task:
    """One thing to measure: the product's memory is made of `records`, the peers' of `texts`, which say the same.

    `units` maps a record's locator to the ids that are ranked: one for the whole record, or one for each segment.
    """

    name: str
    data: str
    records: tuple[Record, ...]
    texts: tuple[Text, ...]
    units: Mapping[str, Sequence[str]]
    queries: tuple[Query, ...]
    qrels: tuple[Qrel, ...]

    def unit(self, locator: str, position: int) -> str:
        """What is ranked for the segment at this position of a record."""
        ids = self.units[locator]
        return ids[position] if len(ids) > 1 else ids[0]


def load(folder: Path, split: str, name: str = "", field: str = "text") -> Task:
    """The task of that name; without one, the first of TASKS whose files the folder has.

    Raises InputError if a file is missing or broken, or no query of the split is judged.
    """
    if not name:
        name = next((known for known, (mark, _) in TASKS.items() if _has(folder, mark)), next(iter(TASKS)))
    _, read = TASKS[name]
    task = read(folder, split, field)
    if not task.queries:
        raise InputError(f"No query of the split {split!r} in {folder} is judged.", "Check the two files.")
    return task


def answers(folder: Path, split: str, field: str) -> Task:
    """A question to the documents that answer it; where they are answers, without their questions."""
    docs = tuple(corpora.read_docs(folder))
    texts = tuple(Text(d.id, d.title, d.heading, d.text, ((len(d.text), d.id),)) for d in docs)
    judged = _judged(folder, split, f"qrels.{split}.tsv", field)
    return Task("answers", folder.resolve().name, tuple(corpora.records(docs)), texts, _itself(docs), *judged)


def links(folder: Path, split: str, field: str) -> Task:
    """A question to the earlier ones that it was linked with; the memory holds questions alone."""
    questions = _questions(folder)
    records = tuple(_thread(row, ()) for row in questions.values())
    texts = tuple(_text(row["_id"], row["title"], row["text"]) for row in questions.values())
    return Task(
        "links",
        folder.resolve().name,
        records,
        texts,
        _itself(records),
        *_linked(folder, split, field, questions),
    )


def threads(folder: Path, split: str, field: str) -> Task:
    """A question to the earlier ones that it was linked with; each with its answers, and those with their question."""
    questions = _questions(folder)
    given: dict[str, list[Doc]] = defaultdict(list)
    for row in corpora.json_lines(folder, "corpus.jsonl", ("_id", "text", "metadata")):
        given[row["metadata"]["source"]].append(Doc(row["_id"], "", row["text"]))
    records, texts = [], []
    for id_, row in questions.items():
        records.append(_thread(row, given[id_]))
        beside = f"{row['title']} {row['text']}".replace("\n", " ")[:HEADER_CHARACTERS]
        texts.append(_text(id_, row["title"], row["text"]))
        texts += [_text(id_, beside, answer.text) for answer in given[id_]]
    return Task(
        "threads",
        folder.resolve().name,
        tuple(records),
        tuple(texts),
        _itself(records),
        *_linked(folder, split, field, questions),
    )


def meetings(folder: Path, split: str, field: str) -> Task:
    """A question about one meeting to the turns that bear on it; only that meeting is searched."""
    queries, qrels = [], []
    needed = ("_id", field, "meeting", "evidence")
    for row in corpora.json_lines(folder, f"queries.{split}.jsonl", needed):
        gold = {
            f"{span['meeting']}#{turn}"
            for span in row["evidence"]
            for turn in range(span["turn_start"], span["turn_end"] + 1)
        }
        if gold:
            queries.append(Query(row["_id"], row[field], within=row["meeting"]))
            qrels += [Qrel(row["_id"], turn, 1) for turn in sorted(gold)]
    asked = {query.within for query in queries}
    turns: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in corpora.json_lines(folder, "turns.jsonl", ("meeting", "turn", "speaker", "text")):
        if row["meeting"] in asked and row["text"].strip():
            turns[row["meeting"]].append(row)
    records = tuple(
        Record(name, "session", name, tuple(Segment(row["text"], named(row["speaker"])) for row in rows))
        for name, rows in turns.items()
    )
    texts = tuple(_transcript(name, rows) for name, rows in turns.items())
    units = {name: [f"{name}#{row['turn']}" for row in rows] for name, rows in turns.items()}
    return Task("meetings", folder.resolve().name, records, texts, units, tuple(queries), tuple(qrels))


TASKS = {
    "answers": ("corpus.jsonl", answers),
    "meetings": ("turns.jsonl", meetings),
    "links": ("questions_corpus.jsonl", links),
    "threads": ("questions_corpus.jsonl", threads),
}
"""By name: the file by which a folder is known to have the task, and what reads it."""


def _has(folder: Path, name: str) -> bool:
    return (folder / name).is_file() or (folder / f"{name}.gz").is_file()


def _judged(folder: Path, split: str, name: str, field: str) -> tuple[tuple[Query, ...], tuple[Qrel, ...]]:
    """The queries of the split that have something relevant, and their judgements; others measure something else."""
    qrels = tuple(corpora.read_qrels(folder, name))
    relevant = {q.query_id for q in qrels if q.relevance > 0}
    queries = tuple(q for q in corpora.read_queries(folder, split, field) if q.id in relevant)
    asked = {q.id for q in queries}
    return queries, tuple(q for q in qrels if q.query_id in asked)


def _linked(
    folder: Path, split: str, field: str, questions: Mapping[str, dict[str, Any]]
) -> tuple[tuple[Query, ...], tuple[Qrel, ...]]:
    """The queries that were linked with an earlier question; each sees only what was asked before it."""
    queries, qrels = _judged(folder, split, f"qrels_links.{split}.tsv", field)
    times = {id_: _time(row) for id_, row in questions.items()}
    for query in queries:
        if query.id not in times:
            raise InputError(f"The question {query.id!r} of {folder} isn't in its questions_corpus.jsonl.")
    earlier = tuple(
        replace(query, seen=tuple(id_ for id_, time in times.items() if time < times[query.id]))
        for query in queries
    )
    return earlier, tuple(dict.fromkeys(qrels))


def _questions(folder: Path) -> dict[str, dict[str, Any]]:
    needed = ("_id", "title", "text", "metadata")
    return {row["_id"]: row for row in corpora.json_lines(folder, "questions_corpus.jsonl", needed)}


def _time(row: Mapping[str, Any]) -> dt.datetime:
    return dt.datetime.fromisoformat(row["metadata"]["date"])


def _thread(row: Mapping[str, Any], given: Sequence[Doc]) -> Record:
    """A question with its answers, for those who may see it: a group of its own keeps it from earlier queries."""
    return Record(
        locator=row["_id"],
        kind="thread",
        title=row["title"],
        segments=(
            Segment(f"{row['title']}\n\n{row['text']}", part="question"),
            *(Segment(answer.text, part="answer", key=answer.id) for answer in given if answer.text.strip()),
        ),
        date=_time(row).date(),
        group=Group(row["_id"]),
    )


def _text(record: str, title: str, text: str) -> Text:
    return Text(record, title, "", text, ((len(text), record),))


def _transcript(name: str, rows: Iterable[Mapping[str, Any]]) -> Text:
    lines = [(f"{row['speaker']}: {row['text']}\n", f"{name}#{row['turn']}") for row in rows]
    ends, at = [], 0
    for line, unit in lines:
        at += len(line)
        ends.append((at, unit))
    return Text(name, name, "", "".join(line for line, _ in lines), tuple(ends))


def _itself(found: Iterable[Doc] | Iterable[Record]) -> dict[str, tuple[str]]:
    """Where a record as a whole is what is ranked."""
    ids = [one.id if isinstance(one, Doc) else one.locator for one in found]
    return {id_: (id_,) for id_ in ids}

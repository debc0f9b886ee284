"""Answers: whether their sentences and citations are those that the reference's author would have given."""

from __future__ import annotations

import argparse
import json
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from sqlalchemy import select
from tqdm import tqdm

from copassist import embedding, settings
from copassist.answer import assess, extract
from copassist.embedding import Encoder
from copassist.errors import CopAssistError, InputError
from copassist.records import Citation, Filters, Hit, Sentence, Viewer
from copassist.retrieve import DEPTH, Searcher, retrieve
from copassist.sentences import sentence_spans
from copassist.store import keywords
from copassist.store import records as stored
from copassist.store import schema as t
from eval import corpora, tasks
from eval.citation_peer import citation_engine
from eval.corpora import Query
from eval.corpus_memory import CORPUS, answering, corpus_memory
from eval.report import Failure, Result
from eval.retrieval import averages, paired_bootstrap
from eval.tasks import Task

MEASURES = ("citation_precision", "citation_recall", "rouge_l", "similarity")
WHOLE_PASSAGES = 3
LEAD_SENTENCES = 3
SEED = 11


@dataclass(frozen=True, slots=True)
class Said:
    """An answer's text, and the ids of the turns or documents that it cites, each once."""

    text: str
    cited: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Ground:
    """What every system gets. `unit_of` maps a segment's id to the turn or document that it is or stands in."""

    task: Task
    searcher: Searcher
    unit_of: Mapping[str, str]

    def hits(self, query: Query) -> list[Hit]:
        """What the product's search finds, within the record that the query is about, if it is about one."""
        within = Filters(record=stored.record_id(CORPUS.key, query.within) if query.within else "")
        return retrieve(self.searcher, query.text, Viewer(), within, DEPTH)


System = Callable[[Sequence[Query]], list[Said | None]]
"""From queries to what is said to each, in their order; None where nothing is."""


def copassist(ground: Ground) -> System:
    """The product's answer; none where it says that the memory doesn't tell."""

    def answer(query: Query) -> Said | None:
        found = extract(ground.searcher, query.text, ground.hits(query))
        return _said(ground, found.sentences, found.citations) if found.sentences else None

    return _each("copassist", answer)


def unheld(ground: Ground) -> System:
    """The sentences that the product would say if it never held an answer back: their choice alone."""

    def answer(query: Query) -> Said | None:
        hits = ground.hits(query)
        found = assess(ground.searcher, query.text, hits)
        return _said(ground, found.sentences, found.citations) if found.sentences else None

    return _each("copassist, never held back", answer)


def passages(ground: Ground) -> System:
    """The three best passages whole."""

    def answer(query: Query) -> Said | None:
        hits = ground.hits(query)[:WHOLE_PASSAGES]
        cited = [ground.unit_of[s.id] for hit in hits for s in hit.segments]
        return Said("\n".join(hit.text for hit in hits), tuple(dict.fromkeys(cited))) if hits else None

    return _each("three passages", answer)


def lead(ground: Ground) -> System:
    """The first sentences of the best passage."""

    def answer(query: Query) -> Said | None:
        spoken: list[tuple[str, str]] = []
        for hit in ground.hits(query)[:1]:
            segments = {s.position: s for s in hit.segments}
            for span in hit.spans:
                segment = segments[span.position]
                for start, end in sentence_spans(segment.text):
                    if span.start <= start and end <= span.end:
                        spoken.append((segment.text[start:end], ground.unit_of[segment.id]))
        first = spoken[:LEAD_SENTENCES]
        return (
            Said(" ".join(s for s, _ in first), tuple(dict.fromkeys(u for _, u in first))) if first else None
        )

    return _each("lead sentences", answer)


def llama_index(ground: Ground) -> System:
    """llama-index's CitationQueryEngine with the packaged small model, over the same texts and vectors' model."""

    def ask(queries: Sequence[Query]) -> list[Said | None]:
        found = citation_engine(ground.task.texts, queries)
        return [Said(text, cited) if text.strip() else None for text, cited in found]

    return ask


SYSTEMS: dict[str, Callable[[Ground], System]] = {
    "copassist": copassist,
    "unheld": unheld,
    "passages": passages,
    "lead": lead,
    "llama-index": llama_index,
}


def add_options(parser: argparse.ArgumentParser) -> None:
    """What only this benchmark takes."""
    parser.add_argument(
        "--sample", type=int, metavar="N", help="ask N of the questions, drawn by a fixed seed"
    )
    parser.add_argument("--query-field", default="text", help="the field of a query to ask (default: text)")
    parser.add_argument(
        "--memory-cache", type=Path, metavar="DIR", help="keep the memory here for the next run"
    )
    parser.add_argument("--show", type=Path, metavar="FILE", help="write what each system said here")


def run(options: argparse.Namespace) -> Result:
    """Ask every system the questions of the split that have a reference answer."""
    task, references = asked(options.data, options.split, options.query_field, options.sample)
    encoder = embedding.load(settings.from_environment())
    said: dict[str, list[Said | None]] = {}
    left_out: dict[str, str] = {}
    with corpus_memory(task.records, encoder, options.memory_cache) as memory:
        searcher = answering(memory, encoder)
        ground = Ground(task, searcher, units(task, searcher))
        for name in options.systems:
            try:
                said[name] = SYSTEMS[name](ground)(task.queries)
            except CopAssistError as error:
                left_out[name] = str(error)
    if options.show:
        _write(options.show, task.queries, references, said)
    gold = relevant(task)
    values = {name: score(task.queries, answers, gold, references, encoder) for name, answers in said.items()}
    return Result(
        benchmark="answers",
        data=f"{task.data}/{task.name}",
        split=options.split,
        n=len(task.queries),
        systems={name: averages(per_query) for name, per_query in values.items()},
        models={"embedding": encoder.fingerprint},
        failed=[
            Failure(name, query.id, "no answer")
            for name, answers in said.items()
            for query, answer in zip(task.queries, answers, strict=True)
            if answer is None
        ],
        left_out=left_out,
        intervals=leads(values),
    )


def score(
    queries: Sequence[Query],
    answers: Sequence[Said | None],
    gold: Mapping[str, set[str]],
    references: Mapping[str, str],
    encoder: Encoder,
) -> dict[str, dict[str, float]]:
    """Each measure's value for each query; zero where nothing was said."""
    values: dict[str, dict[str, float]] = {name: {} for name in MEASURES}
    vectors = encoder.encode([*(a.text if a else "-" for a in answers), *(references[q.id] for q in queries)])
    for query, answer, mine, theirs in zip(
        queries, answers, vectors[: len(queries)], vectors[len(queries) :], strict=True
    ):
        right = len(set(answer.cited) & gold[query.id]) if answer else 0
        values["citation_precision"][query.id] = right / len(answer.cited) if answer and answer.cited else 0.0
        values["citation_recall"][query.id] = right / len(gold[query.id])
        values["rouge_l"][query.id] = rouge_l(answer.text, references[query.id]) if answer else 0.0
        values["similarity"][query.id] = float(mine @ theirs) if answer else 0.0
    return values


def rouge_l(text: str, reference: str) -> float:
    """ROUGE-L, F1 of the longest common subsequence of lower-case words (Lin, 2004); 0 to 1."""
    mine, theirs = keywords.words(text), keywords.words(reference)
    if not mine or not theirs:
        return 0.0
    row = [0] * (len(theirs) + 1)
    for word in mine:
        before = 0
        for column, other in enumerate(theirs, 1):
            above = row[column]
            row[column] = before + 1 if word == other else max(above, row[column - 1])
            before = above
    return 2 * row[-1] / (len(mine) + len(theirs))


def leads(
    values: Mapping[str, Mapping[str, Mapping[str, float]]],
) -> dict[str, dict[str, tuple[float, float, float]]]:
    """copassist's lead over each other system on each measure, with its 95% interval."""
    ours = values.get("copassist", {})
    return {
        name: {
            measure: paired_bootstrap([ours[measure][q] - theirs[measure][q] for q in ours[measure]])
            for measure in ours
        }
        for name, theirs in values.items()
        if name != "copassist"
    }


def relevant(task: Task) -> dict[str, set[str]]:
    """The turns or documents that each query's answer lies in."""
    gold: dict[str, set[str]] = {query.id: set() for query in task.queries}
    for qrel in task.qrels:
        if qrel.relevance > 0 and qrel.query_id in gold:
            gold[qrel.query_id].add(qrel.doc_id)
    return gold


def asked(folder: Path, split: str, field: str, sample: int | None = None) -> tuple[Task, dict[str, str]]:
    """The task with the queries to ask, all or a seeded sample, and the reference answer of each."""
    task = tasks.load(folder, split, field=field)
    rows = corpora.json_lines(folder, f"queries.{split}.jsonl", ("_id",))
    references = {row["_id"]: row["answer"] for row in rows if row.get("answer")}
    queries = [query for query in task.queries if query.id in references]
    if not queries:
        raise InputError(f"No query of the split {split!r} in {folder} has an answer.")
    if sample and sample < len(queries):
        chosen = {q.id for q in random.Random(SEED).sample(queries, sample)}
        queries = [query for query in queries if query.id in chosen]
    return replace(task, queries=tuple(queries)), references


def units(task: Task, searcher: Searcher) -> dict[str, str]:
    """The turn or document of each segment, by the segment's id."""
    of = select(t.segments.c.id, t.segments.c.position, t.records.c.locator).join(t.records)
    with searcher.memory.reading() as connection:
        return {row.id: task.unit(row.locator, row.position) for row in connection.execute(of)}


def _said(ground: Ground, sentences: Sequence[Sentence], citations: Sequence[Citation]) -> Said:
    cited = [ground.unit_of[c.segment] for c in citations if c.use == "answer"]
    return Said(" ".join(s.text for s in sentences), tuple(dict.fromkeys(cited)))


def _each(name: str, answer: Callable[[Query], Said | None]) -> System:
    return lambda queries: [answer(query) for query in tqdm(queries, name, unit=" questions")]


def _write(
    path: Path,
    queries: Sequence[Query],
    references: Mapping[str, str],
    said: Mapping[str, Sequence[Said | None]],
) -> None:
    with path.open("w", encoding="utf-8") as file:
        for number, query in enumerate(queries):
            row = {"query": query.text, "reference": references[query.id]}
            row |= {name: answer.text for name, answers in said.items() if (answer := answers[number])}
            file.write(json.dumps(row, ensure_ascii=False) + "\n")

"""Questions with what the product finds for them, and whether the memory holds an answer."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from tqdm import tqdm

from copassist.answer import assess, extract
from copassist.embedding import Encoder
from copassist.errors import InputError
from copassist.records import Filters, Hit, Status, Viewer
from copassist.retrieve import DEPTH, Searcher, retrieve
from copassist.store import memory as memories
from eval import corpora
from eval.abstention import draw
from eval.conversation import understood
from eval.corpus_memory import KeptEncoder, answering, corpus_memory
from eval.rust import made


@dataclass(frozen=True, slots=True)
class Question:
    """A question as the product understands it. Those of one `group` are never split between fitting and measuring."""

    id: str
    group: str
    text: str
    answerable: bool


@dataclass(frozen=True, slots=True)
class Seen:
    """What the product makes of a question: `features` are those of confidence.NAMES.

    `keyword` is the best BM25 score and `dense` the best cosine of a passage; zero where nothing is found.
    """

    question: Question
    features: tuple[float, ...]
    keyword: float
    dense: float
    status: Status
    confidence: float


def is_rust(folder: Path) -> bool:
    """Whether the folder is that of the Rust community, whose questions stand here."""
    return (folder / "compiler-team").is_dir() and (folder / "lang-team").is_dir()


@contextmanager
def questions_on(
    folder: Path, split: str, encoder: Encoder, cache: Path | None
) -> Iterator[tuple[Searcher, list[Question]]]:
    """The memory of a folder and the questions of a split; `cache` keeps memory and vectors between runs.

    Of the Rust community the split is a half of the drawn ones. Elsewhere questions whose `answerable` is
    null are left out, and those with a history are understood within it. Raises InputError if the split
    isn't there.
    """
    if is_rust(folder):
        questions = list(rust_questions(split))
        kept = cache / "rust" if cache else None
        with _rust_memory(folder, encoder, kept) as searcher:
            yield searcher, questions
        return
    if cache:
        cache.mkdir(parents=True, exist_ok=True)
        encoder = KeptEncoder(encoder, cache / "vectors.db")
    questions = list(conversation_questions(folder, split, encoder))
    with corpus_memory(list(corpora.records(corpora.read_docs(folder))), encoder, cache) as memory:
        yield answering(memory, encoder), questions


def rust_questions(half: str) -> Iterator[Question]:
    """The questions of a half, `fit` or `test`, in the file's order."""
    halves = json.loads(draw.HALVES.read_text(encoding="utf-8"))
    if half not in halves:
        raise InputError(f"There is no half {half!r} of the Rust questions.", "Take --split fit or test.")
    for row in draw.read():
        if row["id"] in halves[half]:
            yield Question(row["id"], row["id"], row["question"], row["answerable"])


def conversation_questions(folder: Path, split: str, encoder: Encoder) -> Iterator[Question]:
    """The questions of a split as the product understands each within its conversation."""
    needed = ("_id", "text", "history", "answerable")
    for row in corpora.json_lines(folder, f"queries.{split}.jsonl", needed):
        if row["answerable"] is None:
            continue
        said = (*(str(words) for who, words in row["history"] if who == "user"), str(row["text"]))
        conversation = row["_id"].rpartition("-t")[0] or row["_id"]
        yield Question(row["_id"], conversation, understood(said, encoder), bool(row["answerable"]))


def seen(searcher: Searcher, questions: Iterable[Question]) -> list[Seen]:
    """What the product's own functions say to each question."""
    return [
        _seen(searcher, question, retrieve(searcher, question.text, Viewer(), Filters(), DEPTH))
        for question in tqdm(list(questions), desc="Asking")
    ]


def _seen(searcher: Searcher, question: Question, hits: list[Hit]) -> Seen:
    features = assess(searcher, question.text, hits).features
    found = extract(searcher, question.text, hits)
    keyword, dense = max((h.keyword for h in hits), default=0.0), max((h.dense for h in hits), default=0.0)
    return Seen(question, features, keyword, dense, found.status, found.confidence)


@contextmanager
def _rust_memory(community: Path, encoder: Encoder, kept: Path | None) -> Iterator[Searcher]:
    with TemporaryDirectory() as scratch:
        folder = kept or Path(scratch) / "rust"
        there = (folder / memories.DATABASE).exists()
        memory = memories.open_(folder) if there else made(community, folder, encoder)
        try:
            yield answering(memory, encoder)
        finally:
            memory.close()

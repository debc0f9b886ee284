"""The questions with the passages that they were written on, which are made again from their public sources."""

from __future__ import annotations

import gzip
import hashlib
import json
import re
import subprocess
import tempfile
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from copassist.cross_encoder import Text
from copassist.passages import Counter, cut
from copassist.records import Record
from copassist.sentences import sentence_spans
from ingest.files import read

HERE = Path(__file__).parent
COMMUNITIES = ("cardano_se", "bicmeta_se")
MEETINGS = "qmsum"
INVENTED = "invented"
"""How the sources begin that were made up for this."""
INVENTED_HELD_OUT = "invented: mountain rescue, ticket machines, makers, wet lab, procurement"
"""Those that measure and don't train."""
_NOISE = re.compile(r"\s*\{[^}]*\}\s*")
"""What transcripts note between the words."""
_SPEAKER = re.compile(r"^[^\W\d_a-z][\w.'’-]+(?: [^\W\d_a-z][\w.'’-]+){1,3}: ", re.MULTILINE)
"""Who speaks in a line of an invented section: a name of two words or more."""


@dataclass(frozen=True, slots=True, eq=False)
class Example:
    """A question, a passage, and the numbers of the sentences there that answer it; none where nothing there does.

    `source` is the community or data set, `document` what the passage is from; `beside` are passages of it that don't
    answer either, as far as that is known.
    """

    question: str
    text: Text
    answers: tuple[int, ...]
    source: str
    document: str
    beside: tuple[Text, ...] = ()


def ours(
    clones: Path, data: Path, count: Counter, sources: Collection[str] = ()
) -> tuple[list[Example], int]:
    """The questions that were written for this, and how many of their passages can't be made any more.

    `clones` holds a clone `owner/name` of each repository of sources.json, `data` the shared sets. With `sources`
    those on these alone.
    """
    examples, lost = [], 0
    texts = _shared_texts(data)
    for row in _lines((HERE / "questions.jsonl").read_text(encoding="utf-8")):
        if sources and row["source"] not in sources:
            continue
        if row["source"] in (*COMMUNITIES, MEETINGS):
            header, whole = texts[row["source"], row["document"]]
            body = whole[row["start"] : row["start"] + row["sentences"][-1][1]]
        else:
            found = _passages(clones, row["source"], row["document"], count)
            header, body = found.get(row["passage"], ("", ""))
        if hashlib.sha256(body.encode()).hexdigest()[:12] != row["passage"]:
            lost += 1
            continue
        text = Text(header, body, tuple((a, b) for a, b in row["sentences"]))
        examples += [
            Example(question, text, tuple(answers), row["source"], f"{row['source']}/{row['document']}")
            for question, answers in row["asked"]
        ]
    return examples, lost


def invented(path: Path = HERE / "invented.jsonl") -> list[Example]:
    """The questions on communities that were made up for this: chat, clinics and pages as members write them."""
    examples = []
    for row in _lines(path.read_text(encoding="utf-8")):
        passages = [_section(row, section) for section in row["sections"]]
        document = f"{row['community']}/{row['title']}"
        for question, answers in row["asked"]:
            right = {number: tuple(found) for number, found in enumerate(answers) if found}
            others = tuple(text for number, text in enumerate(passages) if number not in right)
            if right:
                examples += [
                    Example(question, passages[number], found, row["community"], document, others)
                    for number, found in right.items()
                ]
            else:
                text = max(passages, key=lambda text: len(text.body))
                beside = tuple(other for other in others if other is not text)
                examples.append(Example(question, text, (), row["community"], document, beside))
    return examples


def _section(row: dict[str, Any], section: dict[str, str]) -> Text:
    """A section much as the product shows it to the cross-encoder: a speaker's name belongs to no sentence."""
    header = " | ".join(part for part in (row["title"], row["date"], section["section"]) if part)
    body = section["body"]
    names = {found.end() for found in _SPEAKER.finditer(body)}
    spans = [(max([a, *(n for n in names if a < n <= b)]), b) for a, b in sentence_spans(body)]
    return Text(header, body, tuple((a, b) for a, b in spans if a < b))


def public(clones: Path) -> Iterator[Example]:
    """Questions of data sets that others made, on Wikipedia: QED, Natural Questions (open) and XQuAD."""
    seen = set()
    for example in _qed(_shown(clones, "google-research-datasets/QED")):
        seen.add(example.question)
        yield example
    for example in _natural_questions(_shown(clones, "nelson-liu/lost-in-the-middle")):
        if example.question not in seen:
            yield example
    yield from _xquad(_shown(clones, "deepmind/xquad"))


def check_out(clones: Path, repository: str, folder: Path) -> None:
    """Write the Markdown files of a repository, at its commit in sources.json, into a folder."""
    command = ["git", "-C", str(clones / repository), "ls-tree", "-r", "--name-only", _commits()[repository]]
    listed = subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()
    show = _shown(clones, repository)
    for path in listed:
        if path.endswith(".md"):
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_bytes(show(path))


Shown = Callable[[str], bytes]
"""From a path in a repository, at its commit in sources.json, to what the file holds."""


@cache
def _commits() -> dict[str, str]:
    found: dict[str, str] = json.loads((HERE / "sources.json").read_text(encoding="utf-8"))
    return found


def _shown(clones: Path, repository: str) -> Shown:
    commit = _commits()[repository]

    def show(path: str) -> bytes:
        command = ["git", "-C", str(clones / repository), "show", f"{commit}:{path}"]
        return subprocess.run(command, check=True, capture_output=True).stdout

    return show


@cache
def _passages(clones: Path, repository: str, path: str, count: Counter) -> dict[str, tuple[str, str]]:
    """Header and body of each passage of a file as the product cuts it, by the body's digest."""
    with tempfile.TemporaryDirectory() as scratch:
        file = Path(scratch) / Path(path).name
        file.write_bytes(_shown(clones, repository)(path))
        records = [r for r in read(file, path) if isinstance(r, Record)]
    return {
        hashlib.sha256(p.body.encode()).hexdigest()[:12]: (p.header, p.body)
        for record in records
        for p in cut(record, count)
    }


def _shared_texts(data: Path) -> dict[tuple[str, str], tuple[str, str]]:
    """Header and whole text of each answer and each transcript of the shared sets."""
    texts = {}
    for name in COMMUNITIES:
        asked = {
            row["_id"]: row["title"]
            for row in _lines((data / name / "queries.train.jsonl").read_text(encoding="utf-8"))
        }
        for row in _lines((data / name / "corpus.jsonl").read_text(encoding="utf-8")):
            texts[name, row["_id"]] = asked.get(row["metadata"]["source"], ""), row["text"]
    turns: dict[str, list[str]] = defaultdict(list)
    for turn in _lines(gzip.decompress((data / MEETINGS / "turns.jsonl.gz").read_bytes()).decode()):
        said = _NOISE.sub(" ", turn["text"]).strip()
        turns[turn["meeting"]].append(f"{turn['speaker']}: {said}")
    return texts | {(MEETINGS, name): (f"Meeting {name}", "\n".join(said)) for name, said in turns.items()}


def _qed(show: Shown) -> Iterator[Example]:
    for row in _lines(show("qed-dev.jsonlines").decode()):
        body, starts = row["paragraph_text"], row["sentence_starts"]
        sentences = tuple(zip(starts, [*starts[1:], len(body)], strict=True))
        at = row["original_nq_answers"][0][0]["start"]
        yield from _answered(row["question_text"], "qed", row["title_text"], body, sentences, [at])


def _natural_questions(show: Shown) -> Iterator[Example]:
    packed = show("qa_data/nq-open-oracle.jsonl.gz")
    for row in _lines(gzip.decompress(packed).decode()):
        title, body = row["ctxs"][0]["title"], row["ctxs"][0]["text"]
        sentences = tuple(sentence_spans(body))
        answers = [a.lower() for a in row["answers"]]
        at = [start for start, end in sentences if any(a in body[start:end].lower() for a in answers)]
        if len(at) <= 2:
            yield from _answered(row["question"], "nq", title, body, sentences, at)


def _xquad(show: Shown) -> Iterator[Example]:
    for article in json.loads(show("xquad.en.json"))["data"]:
        for paragraph in article["paragraphs"]:
            body = paragraph["context"]
            sentences = tuple(sentence_spans(body))
            for row in paragraph["qas"]:
                at = row["answers"][0]["answer_start"]
                yield from _answered(row["question"], "xquad", "", body, sentences, [at])


def _answered(
    question: str, source: str, title: str, body: str, sentences: tuple[tuple[int, int], ...], at: list[int]
) -> Iterator[Example]:
    """The example whose answers are the sentences at these places, if there are any."""
    answers = tuple(i for i, (a, b) in enumerate(sentences) if any(a <= place < b for place in at))
    if answers:
        yield Example(
            question, Text(title, body, sentences), answers, source, f"{source}/{title or body[:40]}"
        )


def _lines(text: str) -> Iterator[Any]:
    yield from map(json.loads, text.splitlines())

"""The checker of written sentences: which true ones it lets stand, and which corrupted ones it catches."""

from __future__ import annotations

import argparse
import gzip
import json
import math
import random
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from tqdm import tqdm

from copassist import embedding, support
from copassist.claims import content
from copassist.sentences import sentence_spans
from copassist.settings import from_environment
from copassist.store.keywords import words
from copassist.support import Quote
from eval.corruptions import contrary, extended, figure_beside, other_figure, other_name, reworded

SEED = 5
SENTENCES = 220
"""Sentences drawn from each set and split."""
REFERENCES = 220
AROUND = 6
"""Places before and after a sentence's own whose sentences are candidates for quotes, too."""
MOST_GOLD = 80
FALSE_ACCEPTED = 0.03
"""The most of the false sentences of the fitting data, those that nothing speaks against, that may be let stand."""
_NOISE = re.compile(r"\{[^}]*\}")


@dataclass(frozen=True, slots=True)
class Place:
    """What one person said: a turn or an answer."""

    document: str
    speaker: str
    text: str


@dataclass(frozen=True, slots=True)
class Example:
    """A sentence, the places where its quotes are looked for, what was done to it, and whether it is true."""

    kind: str
    true: bool
    text: str
    places: tuple[Place, ...]
    of: int


@dataclass(frozen=True, slots=True)
class Scored:
    """An example with what the checker says and what the two plain measures score."""

    example: Example
    features: tuple[float, ...]
    against: tuple[str, ...]
    overlap: float
    cosine: float


def main() -> int:
    """Print the figures of a split, or fit the checker on the training data."""
    parser = argparse.ArgumentParser(prog="python -m eval.support", description=__doc__)
    parser.add_argument(
        "--data", type=Path, required=True, metavar="DIR", help="holds qmsum, cardano_se, ..."
    )
    parser.add_argument("--split", default="dev", metavar="NAME", help="what to measure on (default: dev)")
    parser.add_argument("--fit", action="store_true", help="fit on train and write copassist/support.json")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures here too")
    parser.add_argument("--show", action="store_true", help="print what is judged wrongly")
    options = parser.parse_args()
    encoder = embedding.load(from_environment())
    training = scored(examples(options.data, "train"), encoder)
    if options.fit:
        fit(training)
        support.fitted.cache_clear()
    measured = scored(examples(options.data, options.split), encoder)
    figures = report(measured, training)
    print(table(figures))
    if options.show:
        for one in measured:
            if holds(one) != one.example.true:
                print(json.dumps([one.example.kind, one.example.text, one.against, one.features]))
    if options.json:
        options.json.write_text(
            json.dumps({"benchmark": "support", "split": options.split, **figures}, indent=1)
        )
    return 0


# The sentences


def examples(data: Path, split: str) -> list[Example]:
    """True and false sentences of a split of every set that is there, drawn with a fixed seed."""
    drawn = random.Random(SEED)
    found: list[Example] = []
    for name, documents in sets(data, split).items():
        tqdm.write(f"{name} {split}: {sum(map(len, documents.values()))} places")
        found += _corrupted(documents, drawn, len(found))
    if (data / "qmsum").is_dir():
        found += _references(data / "qmsum", split, drawn, len(found))
    return found


def sets(data: Path, split: str) -> dict[str, dict[str, list[Place]]]:
    """The documents of each set by id: meetings, or the answers that a split's questions got."""
    found = {}
    if (data / "qmsum").is_dir():
        wanted = {q["meeting"] for q in _rows(data / "qmsum" / f"queries.{split}.jsonl")}
        found["qmsum"] = {m: turns for m, turns in _meetings(data / "qmsum").items() if m in wanted}
    for name in ("cardano_se", "bicmeta_se"):
        qrels = data / name / f"qrels.{split}.tsv"
        if not qrels.is_file():
            continue
        gold = [line.split("\t") for line in qrels.read_text("utf-8").splitlines()[1:]]
        ids = {row[1]: row[0] for row in gold}
        documents: dict[str, list[Place]] = {}
        for row in _rows(data / name / "corpus.jsonl"):
            if row["_id"] in ids:
                speaker = (row["metadata"].get("people") or [""])[0]
                documents.setdefault(ids[row["_id"]], []).append(Place(ids[row["_id"]], speaker, row["text"]))
        found[name] = documents
    return found


def _meetings(folder: Path) -> dict[str, list[Place]]:
    meetings: dict[str, list[Place]] = {}
    for row in _rows(folder / "turns.jsonl"):
        said = " ".join(_NOISE.sub(" ", row["text"]).split()).replace(" ,", ",").replace(" .", ".")
        meetings.setdefault(row["meeting"], []).append(Place(row["meeting"], row["speaker"], said))
    return meetings


def _rows(path: Path) -> Iterator[dict[str, Any]]:
    zipped = path.with_name(path.name + ".gz")
    with (
        gzip.open(zipped, "rt", encoding="utf-8")
        if zipped.is_file()
        else path.open(encoding="utf-8") as lines
    ):
        yield from map(json.loads, lines)


def _sentences(text: str) -> list[str]:
    return [text[start:end] for start, end in sentence_spans(text)]


def _tells(sentence: str) -> bool:
    """Whether a sentence says something plain enough to be reworded and corrupted."""
    plain = sum(word.isalpha() for word in sentence.split())
    return (
        8 <= len(sentence.split()) <= 40
        and plain / len(sentence.split()) > 0.6
        and len(content(sentence)) >= 4
        and not sentence.rstrip().endswith(("?", ":"))
        and "http" not in sentence
    )


def _corrupted(documents: dict[str, list[Place]], drawn: random.Random, first: int) -> list[Example]:
    """Drawn sentences reworded, as the words of whoever said them, and corrupted in each way that fits."""
    pool = [
        (places, at, sentence)
        for places in documents.values()
        for at, place in enumerate(places)
        for sentence in _sentences(place.text)
        if _tells(sentence)
    ]
    chosen = drawn.sample(pool, min(SENTENCES, len(pool)))
    speakers = sorted({p.speaker for places in documents.values() for p in places if p.speaker})
    capitals = Counter(
        name for _, _, sentence in pool for name in re.findall(r"(?<=[a-z,] )[A-Z][a-z]{2,}\b", sentence)
    )
    names = [name for name, n in capitals.most_common(60)]
    found = []
    for number, (places, at, sentence) in enumerate(chosen, first):
        near = tuple(places[max(0, at - AROUND) : at + AROUND + 1])
        whole = "\n".join(f"{p.speaker}\n{p.text}" for p in near)
        again = reworded(sentence, drawn)
        other = drawn.choice(pool)
        changed = {
            "as it is": (True, sentence),
            "reworded": (True, again),
            "figure": (False, other_figure(again, whole, drawn)),
            "figure nearby": (False, figure_beside(again, whole, drawn)),
            "name": (False, other_name(again, whole, names, drawn)),
            "negation": (False, contrary(again)),
            "addition": (False, extended(again, other[2]) if other[0] is not places else None),
            "from elsewhere": (False, reworded(other[2], drawn) if other[0] is not places else None),
        }
        if places[at].speaker:
            said = f"said that {again[0].lower() if again[:2] != 'I ' else 'I'}{again[1:]}"
            wrong = [s for s in speakers if s != places[at].speaker]
            changed["attributed"] = (True, f"{_name(places[at].speaker)} {said}")
            changed["speaker"] = (False, f"{_name(drawn.choice(wrong))} {said}" if wrong else None)
        found += [Example(kind, true, text, near, number) for kind, (true, text) in changed.items() if text]
    return found


def _name(speaker: str) -> str:
    """A speaker as a sentence names them: with a capital."""
    return f"{speaker[:1].upper()}{speaker[1:]}"


def _references(folder: Path, split: str, drawn: random.Random, first: int) -> list[Example]:
    """Sentences that people wrote about a meeting, with the turns that they stand for, or with another's."""
    meetings = _meetings(folder)
    pool = []
    for query in _rows(folder / f"queries.{split}.jsonl"):
        gold: list[Place] = []
        for span in query["evidence"]:
            gold += meetings[span["meeting"]][span["turn_start"] : span["turn_end"] + 1]
        pool += [
            (tuple(gold[:MOST_GOLD]), s) for s in _sentences(query["answer"]) if 0 < len(gold) <= MOST_GOLD
        ]
    chosen = drawn.sample(pool, min(REFERENCES, len(pool)))
    found = []
    for number, (gold_places, sentence) in enumerate(chosen, first):
        found.append(Example("written by people", True, sentence, gold_places, number))
        others = [places for places, _ in chosen if places[0].document != gold_places[0].document]
        found.append(Example("of another meeting", False, sentence, drawn.choice(others), number))
    return found


# The judgements


def scored(found: Sequence[Example], encoder: embedding.Encoder) -> list[Scored]:
    """Each example with the quotes that the product would choose for it, judged."""
    candidates: dict[Place, list[str]] = {p: _sentences(p.text) for e in found for p in e.places}
    texts = list(
        dict.fromkeys([*(e.text for e in found), *(s for each in candidates.values() for s in each)])
    )
    with tqdm(total=len(texts), unit=" sentences", disable=None) as bar:
        vectors = dict(zip(texts, encoder.encode(texts, bar.update), strict=True))
    return [
        _scored(example, candidates, vectors, encoder)
        for example in tqdm(found, unit=" examples", disable=None)
    ]


def _scored(
    example: Example, candidates: dict[Place, list[str]], vectors: dict[str, Any], encoder: embedding.Encoder
) -> Scored:
    quotes = [Quote(s, p.speaker) for p in example.places for s in candidates[p]]
    people = frozenset(word for place in example.places for word in words(place.speaker))
    cosines = [float(vectors[example.text] @ vectors[quote.text]) for quote in quotes]
    ground = support.Ground(encoder, rarities([place.text for place in example.places]), people)
    chosen = support.choose(example.text, quotes, cosines, ground)
    taken = [quotes[i] for i in chosen]
    mine = set(content(example.text))
    held = {s for quote in taken for s in content(quote.whole)}
    return Scored(
        example,
        support.features(example.text, taken, ground),
        tuple(support.objections(example.text, taken, people)),
        len(mine & held) / len(mine) if mine else 0.0,
        max(cosines, default=0.0),
    )


def rarities(texts: Sequence[str]) -> dict[str, float]:
    """What each stem counts, by the share of the texts that hold it."""
    counts = Counter(s for text in texts for s in set(content(text)))
    return {s: math.log(1 + len(texts) / (n + 0.5)) for s, n in counts.items()}


def probability(one: Scored) -> float:
    """What the fitted model says of an example."""
    model = support.fitted()
    z = model["intercept"] + sum(
        model["coefficients"][n] * v for n, v in zip(support.NAMES, one.features, strict=True)
    )
    return 1 / (1 + math.exp(-z))


def holds(one: Scored) -> bool:
    """Whether the checker lets an example stand."""
    return support.Support(probability(one), one.against).holds


def fit(training: Sequence[Scored]) -> None:
    """Fit the model on the examples that nothing speaks against, and write it with its figures."""
    from sklearn.linear_model import LogisticRegression

    open_ = [one for one in training if not one.against]
    matrix = np.array([one.features for one in open_])
    true = np.array([one.example.true for one in open_])
    model = LogisticRegression(class_weight="balanced", C=10.0).fit(matrix, true)
    sure = model.predict_proba(matrix)[:, 1]
    least = float(
        np.quantile(
            sure[~true],
            1 - FALSE_ACCEPTED * (~np.array([o.example.true for o in training])).sum() / (~true).sum(),
        )
    )
    written = {
        "coefficients": {n: round(float(c), 4) for n, c in zip(support.NAMES, model.coef_[0], strict=True)},
        "intercept": round(float(model.intercept_[0]), 4),
        "supported_from": round(least, 4),
        "fitted_on": "train of qmsum, cardano_se and bicmeta_se, by python -m eval.support --fit",
        "examples": {"true": int(true.sum()), "false": int((~true).sum())},
        "false_accepted_there": FALSE_ACCEPTED,
    }
    path = Path(support.__file__).with_name("support.json")
    path.write_text(json.dumps(written, indent=2) + "\n", encoding="utf-8")


# The figures


def report(measured: Sequence[Scored], training: Sequence[Scored]) -> dict[str, Any]:
    """For each kind n and the share let stand; of the false ones precision and recall of being caught, by system."""
    bars = {"word overlap": threshold(training, _overlap), "embedding": threshold(training, _cosine)}
    systems: dict[str, Callable[[Scored], bool]] = {
        "copassist": holds,
        "word overlap": lambda one: _overlap(one) >= bars["word overlap"],
        "embedding": lambda one: _cosine(one) >= bars["embedding"],
    }
    true = [one for one in measured if one.example.true]
    false = [one for one in measured if not one.example.true]
    kinds = {}
    for kind in dict.fromkeys(one.example.kind for one in measured):
        of = [one for one in measured if one.example.kind == kind]
        row: dict[str, Any] = {"n": len(of), "true": of[0].example.true}
        for system, accepts in systems.items():
            stand = sum(map(accepts, of))
            row[system] = {"let_stand": stand / len(of)}
            if not of[0].example.true:
                row[system] |= _caught(of, measured, accepts)
        kinds[kind] = row
    totals = {
        system: {
            "true_let_stand": sum(map(accepts, true)) / len(true),
            "false_let_stand": sum(map(accepts, false)) / len(false),
        }
        for system, accepts in systems.items()
    }
    return {"n": len(measured), "failed": [], "thresholds": bars, "kinds": kinds, "systems": totals}


def _caught(
    of: Sequence[Scored], measured: Sequence[Scored], accepts: Callable[[Scored], bool]
) -> dict[str, float]:
    """Precision and recall of catching a kind among its sentences and the true ones that they were made of."""
    numbers = {one.example.of for one in of}
    base = {"speaker": "attributed", "of another meeting": "written by people"}.get(
        of[0].example.kind, "reworded"
    )
    originals = [o for o in measured if o.example.of in numbers and o.example.kind == base]
    caught = sum(not accepts(one) for one in of)
    wrongly = sum(not accepts(one) for one in originals)
    return {"precision": caught / (caught + wrongly) if caught else 0.0, "recall": caught / len(of)}


def _overlap(one: Scored) -> float:
    return one.overlap


def _cosine(one: Scored) -> float:
    return one.cosine


def threshold(training: Sequence[Scored], measure: Callable[[Scored], float]) -> float:
    """From where on a plain measure tells true from false best: the mean of both shares judged rightly."""
    values = np.array([measure(one) for one in training])
    true = np.array([one.example.true for one in training])
    bars = np.unique(np.round(values, 3))
    right = [((values >= bar)[true].mean() + (values < bar)[~true].mean()) / 2 for bar in bars]
    return float(bars[int(np.argmax(right))])


def table(figures: dict[str, Any]) -> str:
    """The figures as a table in Markdown."""
    systems = list(figures["systems"])
    lines = [
        "| | n | " + " | ".join(f"{s}" for s in systems) + " |",
        "|---|---|" + "---|" * len(systems),
    ]
    for kind, row in figures["kinds"].items():
        cells = [
            f"let stand {row[s]['let_stand']:.2f}"
            if row["true"]
            else f"{row[s]['precision']:.2f} / {row[s]['recall']:.2f}"
            for s in systems
        ]
        lines.append(f"| {kind} | {row['n']} | " + " | ".join(cells) + " |")
    for key in ("true_let_stand", "false_let_stand"):
        cells = [f"{figures['systems'][s][key]:.3f}" for s in systems]
        lines.append(f"| all: {key.replace('_', ' ')} | {figures['n']} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())

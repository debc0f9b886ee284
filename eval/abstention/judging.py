"""Judge answers to the Rust questions twice, blind: sheets of answers to judge, and what came of judging them.

`python -m eval.abstention.judging sheet --data DIR [--half test] --out FILE` writes what each system says to
each question, in a drawn order and without the systems' names. `... score SHEET FIRST SECOND` reads two files
with a line {"item", "judged", "supported", "note"} for each item, and prints what each system got, by either
judge, and how far they agree. What a judge decides by stands in README.md.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import random
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from sklearn.metrics import cohen_kappa_score
from tqdm import tqdm

from copassist import embedding, settings
from copassist.answer import Extract, assess, extract
from copassist.records import Citation, Filters, Hit, Sentence, Viewer
from copassist.retrieve import DEPTH, Searcher, retrieve
from copassist.sentences import sentence_spans
from copassist.words import spoken
from eval.abstention import draw
from eval.abstention.asked import questions_on
from eval.report import commit

SEED = 7
LEAD_SENTENCES = 3
JUDGEMENTS = ("correct", "part", "wrong", "held")
Said = Sequence[tuple[str, str]]
"""Sentences, each with the title and day of the record that it is quoted from; empty where nothing is said."""


def copassist(searcher: Searcher, question: str, hits: Sequence[Hit]) -> Said:
    """The product's answer."""
    found: Extract = extract(searcher, question, hits)
    return _quoted(found.sentences, found.citations)


def unheld(searcher: Searcher, question: str, hits: Sequence[Hit]) -> Said:
    """What the product would say if it never held an answer back."""
    found = assess(searcher, question, hits)
    return _quoted(found.sentences, found.citations)


def lead(searcher: Searcher, question: str, hits: Sequence[Hit]) -> Said:
    """The first sentences of the best passage."""
    return [
        (text[start:end], _from(hit.record.title, hit))
        for hit in hits[:1]
        for text in (hit.text,)
        for start, end in sentence_spans(text)[:LEAD_SENTENCES]
    ]


SYSTEMS: dict[str, Callable[[Searcher, str, Sequence[Hit]], Said]] = {
    "copassist": copassist,
    "unheld": unheld,
    "lead": lead,
}


def _quoted(sentences: Sequence[Sentence], citations: Sequence[Citation]) -> Said:
    by_number = {c.n: c for c in citations}
    return [(s.text, _from(by_number[s.citations[0]].title, by_number[s.citations[0]])) for s in sentences]


def _from(title: str, found: Citation | Hit) -> str:
    day = found.date if isinstance(found, Citation) else found.record.date
    return f"{title}, {spoken(day)}" if day else title


def sheet(data: Path, half: str, cache: Path | None) -> list[dict[str, Any]]:
    """An item for each different thing that is said to a question, in a drawn order; `systems` said it."""
    rows = {row["id"]: row for row in draw.read()}
    encoder = embedding.load(settings.from_environment())
    items: dict[str, dict[str, Any]] = {}
    with questions_on(data / "communities" / "rust", half, encoder, cache) as (searcher, questions):
        for q in tqdm(questions, desc="Asking"):
            hits = retrieve(searcher, q.text, Viewer(), Filters(), DEPTH)
            for name, system in SYSTEMS.items():
                said = [{"text": text, "from": from_} for text, from_ in system(searcher, q.text, hits)]
                key = hashlib.sha256(json.dumps([q.id, said]).encode()).hexdigest()[:10]
                made = {
                    "item": key,
                    "question": q.text,
                    "in_memory": q.answerable,
                    "expect": rows[q.id]["expect"],
                    "said": said,
                    "id": q.id,
                    "systems": [],
                }
                items.setdefault(key, made)["systems"].append(name)
    drawn = sorted(items.values(), key=lambda item: str(item["item"]))
    random.Random(SEED).shuffle(drawn)
    return drawn


def blind(item: dict[str, Any]) -> dict[str, Any]:
    """An item as a judge sees it."""
    return {name: value for name, value in item.items() if name not in ("systems", "id")}


def scored(items: Sequence[dict[str, Any]], first: Sequence[Any], second: Sequence[Any]) -> str:
    """What each system got by either judge, and how far the judges agree."""
    by = [{row["item"]: row for row in rows} for rows in (first, second)]
    lines = []
    for name in SYSTEMS:
        mine = [item for item in items if name in item["systems"]]
        for judge, judged in enumerate(by, 1):
            there = Counter(judged[item["item"]]["judged"] for item in mine if item["in_memory"])
            gone = Counter(judged[item["item"]]["judged"] for item in mine if not item["in_memory"])
            bad = sum(judged[item["item"]]["supported"] is False for item in mine)
            told = ", ".join(f"{kind} {there[kind]}" for kind in JUDGEMENTS)
            lines.append(
                f"{name}, judge {judge}: of {there.total()} in the memory {told}; of {gone.total()} that "
                f"aren't {gone['held']} held back; answers with a misleading sentence {bad}"
            )
    both = [item["item"] for item in items]
    pairs = [tuple(judged[key]["judged"] for judged in by) for key in both]
    same = sum(a == b for a, b in pairs) / len(pairs)
    kappa = cohen_kappa_score([a for a, _ in pairs], [b for _, b in pairs], labels=JUDGEMENTS)
    lines.append(f"agreement on {len(pairs)} items: {same:.2f}, Cohen's kappa {kappa:.2f}")
    return "\n".join(lines)


def _lines(path: Path) -> list[Any]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def main() -> None:
    """Write a sheet, or print what came of two judgements."""
    parser = argparse.ArgumentParser(description=__doc__)
    what = parser.add_subparsers(dest="what", required=True)
    made = what.add_parser("sheet")
    made.add_argument("--data", type=Path, required=True)
    made.add_argument("--half", default="test", choices=("fit", "test"))
    made.add_argument("--memory-cache", type=Path, metavar="DIR")
    made.add_argument("--out", type=Path, required=True, help="the sheet; FILE.blind is what judges get")
    score = what.add_parser("score")
    for name in ("sheet", "first", "second"):
        score.add_argument(name, type=Path)
    options = parser.parse_args()
    if options.what == "score":
        print(scored(*(_lines(path) for path in (options.sheet, options.first, options.second))))
        return
    items = sheet(options.data, options.half, options.memory_cache)
    for path, shown in ((options.out, items), (options.out.with_suffix(".blind"), list(map(blind, items)))):
        text = "".join(json.dumps({**item, "commit": commit()}, ensure_ascii=False) + "\n" for item in shown)
        path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()

"""Questions on the sample community, each with the sentences that answer it: `python -m eval.sample --memory DIR`.

85 that the sample answers and 35 near misses, written by a language model over the sample's files before it saw any
output. An answer counts as right where a quote of it is one of the sentences, or holds or is part of one; `--show`
prints what is said, to judge by eye.
"""

from __future__ import annotations

import argparse
import json
import re
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from tqdm import tqdm

from copassist import cross_encoder, embedding, settings
from copassist.answer import Extract, extract
from copassist.records import Filters, Viewer
from copassist.retrieve import DEPTH, Searcher, retrieve
from copassist.store import memory as memories
from eval.report import commit

QUESTIONS = Path(__file__).with_name("sample_questions.jsonl")
LEAST_CHARACTERS = 12
"""A shorter sentence or quote is in too many others."""


def main() -> None:
    """Print how many questions got what."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--memory", type=Path, required=True, help="the sample's memory")
    parser.add_argument("--show", action="store_true", help="print what is said to each question")
    options = parser.parse_args()
    given = settings.from_environment()
    searcher = Searcher(
        memories.open_(options.memory), embedding.load(given), cross_encoder=cross_encoder.load(given.cache)
    )
    counts: Counter[str] = Counter()
    for row in tqdm([json.loads(line) for line in QUESTIONS.read_text("utf-8").splitlines()]):
        hits = retrieve(searcher, row["q"], Viewer(), Filters(), DEPTH)
        found = extract(searcher, row["q"], hits)
        got = outcome(found, row["answer"])
        counts[got] += 1
        if options.show:
            print(f"\n{got}: {row['q']}\n  wanted: {row['short']}")
            print("\n".join(f"  - {' '.join(c.quote.split())}" for c in found.citations))
    print(f"commit: {commit()}; encoder: {searcher.encoder.fingerprint}")
    print(json.dumps(counts))


def outcome(found: Extract, answer: str) -> str:
    """What a question got whose right sentences are `answer`; that is empty for a near miss."""
    held = found.status == "unanswered"
    if not answer:
        return "near miss, held back" if held else "near miss, given"
    if held:
        return "held back"
    return "right" if _quoted(answer, [c.quote for c in found.citations]) else "wrong"


def _quoted(answer: str, quotes: Sequence[str]) -> bool:
    sentences = [_plain(text) for text in re.split(r"(?<=[.!?])\s+", answer)]
    wanted = [s for s in sentences if len(s) > LEAST_CHARACTERS] or [_plain(answer)]
    said = [_plain(quote) for quote in quotes]
    return any(w in s or (len(s) > LEAST_CHARACTERS and s in w) for w in wanted for s in said)


def _plain(text: str) -> str:
    return re.sub(r"[\W_]+", " ", text).lower().strip()


if __name__ == "__main__":
    main()

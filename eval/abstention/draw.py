"""Draw the halves of the questions: `python -m eval.abstention.draw` writes rust_halves.json anew, always the same.

Each half, `fit` and `test`, holds 40 answerable questions and 20 near misses.
"""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
QUESTIONS = HERE / "rust_questions.jsonl"
HALVES = HERE / "rust_halves.json"
SEED = 20261124


def draw(questions: list[dict[str, Any]]) -> dict[str, list[str]]:
    """Ids of the `fit` and the `test` half, sorted; answerable and unanswerable are each split evenly."""
    drawing = random.Random(SEED)
    fit: set[str] = set()
    for answerable in (True, False):
        ids = sorted(q["id"] for q in questions if q["answerable"] is answerable)
        fit |= set(drawing.sample(ids, len(ids) // 2))
    return {"fit": sorted(fit), "test": sorted({q["id"] for q in questions} - fit)}


def read() -> list[dict[str, Any]]:
    """The questions, in the file's order; raises OSError if they can't be opened."""
    return [json.loads(line) for line in QUESTIONS.read_text(encoding="utf-8").splitlines()]


if __name__ == "__main__":
    HALVES.write_text(json.dumps(draw(read()), indent=1) + "\n", encoding="utf-8")

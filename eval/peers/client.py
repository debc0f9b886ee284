"""The peers asked from the product's environment: they run in one of their own and are never imported here."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from copassist.errors import CopAssistError
from eval.tasks import Task

ROOT = Path(__file__).parents[2]
PYTHON = ROOT / ".venv-peers" / "bin" / "python"
"""The environment of the peers; `make peers` makes it."""
SYSTEMS = (
    "llama-index",
    "llama-index-whole",
    "haystack",
    "haystack-bm25",
    "haystack-dense",
    "haystack-whole",
    "haystack-bm25-whole",
    "haystack-dense-whole",
)
"""What eval/peers/retrieval_worker.py knows; "whole" are those whose chunks the model reads whole."""


@dataclass(frozen=True, slots=True)
class Ranked:
    """By system what it ranked, for each query in order; why a system isn't there; versions and model."""

    rankings: dict[str, list[list[str]]]
    left_out: dict[str, str]
    models: dict[str, str]


def rank(task: Task, systems: Sequence[str], units: int, cache: Path | None) -> Ranked:
    """What these peers find for the queries of a task, at most `units` for each; their vectors are kept in `cache`.

    Raises CopAssistError if they fail.
    """
    if not systems:
        return Ranked({}, {}, {})
    if not PYTHON.exists():
        reason = "there is no environment of the peers; `make peers` makes it"
        return Ranked({}, dict.fromkeys(systems, reason), {})
    with TemporaryDirectory() as scratch:
        job, ranked = Path(scratch) / "job.json", Path(scratch) / "ranked.json"
        job.write_text(json.dumps(_job(task, systems, units, cache)), encoding="utf-8")
        command = [str(PYTHON), "-m", "eval.peers.retrieval_worker", str(job), str(ranked)]
        done = subprocess.run(
            command, cwd=ROOT, env=_environment(), stderr=subprocess.PIPE, text=True, check=False
        )
        if done.returncode:
            raise CopAssistError(f"The peers failed: {done.stderr.strip()[-2000:]}")
        return Ranked(**json.loads(ranked.read_text(encoding="utf-8")))


def _job(task: Task, systems: Sequence[str], units: int, cache: Path | None) -> dict[str, object]:
    """What the worker reads. Of a text that says nothing it gets nothing, like the product's memory."""
    return {
        "systems": list(systems),
        "units": units,
        "cache": str(cache.resolve()) if cache else None,
        "texts": [
            {
                "record": text.record,
                "title": text.title,
                "heading": text.heading,
                "text": text.text,
                "units": text.units,
            }
            for text in task.texts
            if text.text.strip()
        ],
        "queries": [
            {"text": query.text, "allowed": [query.within] if query.within else query.seen}
            for query in task.queries
        ],
    }


def _environment() -> dict[str, str]:
    """This one's, without network for models and without telemetry."""
    quiet = {"HF_HUB_OFFLINE": "1", "HAYSTACK_TELEMETRY_ENABLED": "False", "TOKENIZERS_PARALLELISM": "true"}
    return {**os.environ, **quiet}

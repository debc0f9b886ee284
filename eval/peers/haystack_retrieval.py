"""haystack: DocumentSplitter, its BM25 and embedding retrievers in memory, and its joiner by reciprocal ranks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from eval.peers.chunks import Chunk, chunk, deepening, first_units

PARTS = ("haystack", "haystack-bm25", "haystack-dense")


def split(texts: Sequence[dict[str, Any]]) -> list[Chunk]:
    """The texts in chunks by the defaults of DocumentSplitter."""
    from haystack import Document
    from haystack.components.preprocessors import DocumentSplitter

    splitter = DocumentSplitter()
    splitter.warm_up()
    found = []
    for text in texts:
        pieces = splitter.run([Document(content=text["text"])])["documents"]
        found += [chunk(text, piece.content, piece.meta["split_idx_start"]) for piece in pieces]
    return found


def rank(
    chunks: Sequence[Chunk], vectors: Any, queries: Sequence[dict[str, Any]], asked: Any, most: int
) -> Iterator[dict[str, list[str]]]:
    """What each of PARTS finds for each query, within the records that the query may find."""
    from haystack import Document
    from haystack.components.joiners import DocumentJoiner
    from haystack.components.retrievers.in_memory import InMemoryBM25Retriever, InMemoryEmbeddingRetriever
    from haystack.document_stores.in_memory import InMemoryDocumentStore

    store = InMemoryDocumentStore()
    store.write_documents(
        [
            Document(id=str(i), content=c.whole, meta={"record": c.record}, embedding=vectors[i].tolist())
            for i, c in enumerate(chunks)
        ]
    )
    words = InMemoryBM25Retriever(store)
    dense = InMemoryEmbeddingRetriever(store)
    joiner = DocumentJoiner(join_mode="reciprocal_rank_fusion")

    def units(documents: Sequence[Any]) -> list[str]:
        return first_units((chunks[int(document.id)] for document in documents), most)

    for query, vector in zip(queries, asked, strict=True):
        within = query["allowed"] is not None and {
            "field": "meta.record",
            "operator": "in",
            "value": list(query["allowed"]),
        }
        for k in deepening(len(chunks)):
            by_words = words.run(query=query["text"], top_k=k, filters=within or None)["documents"]
            by_meaning = dense.run(query_embedding=vector.tolist(), top_k=k, filters=within or None)[
                "documents"
            ]
            if len(units(by_meaning)) == most or len(by_meaning) < k:
                break
        joined = joiner.run([by_words, by_meaning])["documents"]
        found = (joined, by_words, by_meaning)
        yield {part: units(documents) for part, documents in zip(PARTS, found, strict=True)}

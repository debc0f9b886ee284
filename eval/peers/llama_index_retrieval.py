"""llama-index as its starter has it: SentenceSplitter, HuggingFaceEmbedding, VectorStoreIndex and its retriever."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from eval.peers.chunks import Chunk, beside, chunk, deepening, first_units

READ_TOKENS = 250
"""With its markers a chunk of so many tokens, title and heading among them, is read whole by the model."""
OVERLAP_TOKENS = 50
"""The share of the default chunk that the default overlap has."""


def split(texts: Sequence[dict[str, Any]], tokenize: Callable[[str], list[Any]] | None) -> list[Chunk]:
    """The texts in chunks by SentenceSplitter: its defaults, or such as a model with this tokenizer reads whole."""
    from llama_index.core import Document
    from llama_index.core.node_parser import SentenceSplitter

    splitter = (
        SentenceSplitter(chunk_size=READ_TOKENS, chunk_overlap=OVERLAP_TOKENS, tokenizer=tokenize)
        if tokenize
        else SentenceSplitter()
    )
    found = []
    for text in texts:
        metadata = {"beside": beside(text)} if beside(text) else {}
        document = Document(text=text["text"], metadata=metadata, metadata_template="{value}")
        nodes: list[Any] = splitter.get_nodes_from_documents([document])
        found += [chunk(text, node.text, node.start_char_idx or 0) for node in nodes]
    return found


def rank(
    chunks: Sequence[Chunk],
    vectors: Any,
    queries: Sequence[dict[str, Any]],
    asked: Any,
    most: int,
    model: Any,
) -> Iterator[list[str]]:
    """What its vector index finds for each query, within the records that the query may find."""
    from llama_index.core import QueryBundle, VectorStoreIndex
    from llama_index.core.schema import TextNode
    from llama_index.core.vector_stores import FilterOperator, MetadataFilter, MetadataFilters

    nodes = [
        TextNode(id_=str(i), text=c.whole, metadata={"record": c.record}, embedding=vectors[i].tolist())
        for i, c in enumerate(chunks)
    ]
    index = VectorStoreIndex(nodes=nodes, embed_model=model)
    for query, vector in zip(queries, asked, strict=True):
        within = query["allowed"] is not None and MetadataFilters(
            filters=[MetadataFilter(key="record", value=query["allowed"], operator=FilterOperator.IN)]
        )
        for k in deepening(len(nodes)):
            retriever = index.as_retriever(similarity_top_k=k, filters=within or None)
            hits = retriever.retrieve(QueryBundle(query["text"], embedding=vector.tolist()))
            units = first_units((chunks[int(hit.node.node_id)] for hit in hits), most)
            if len(units) == most or len(hits) < k:
                break
        yield units

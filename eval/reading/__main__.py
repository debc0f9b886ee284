"""Hold the labels against what the readers make of the same files.

`python -m eval.reading [--data DIR] [--labels threads,rust] [--show] [--json FILE]`: precision and recall by field.
A stated field that was left empty counts as a miss, a record that wasn't found as a miss in every field. Without DIR
(which holds communities/rust) the labels of that community are left out by name.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

from copassist.records import Record
from eval.reading.score import FIELDS, Score, score
from ingest import discourse, files, mail, slack

HERE = Path(__file__).parent
LABELS = ("rust", "threads", "hard")


def main() -> None:
    """Read, compare, print."""
    parser = argparse.ArgumentParser(prog="python -m eval.reading", description=__doc__)
    parser.add_argument("--data", type=Path, help="the folder that holds communities/rust")
    parser.add_argument(
        "--labels", default="rust,threads", help="which labels, of rust, threads and hard (default: the draw)"
    )
    parser.add_argument("--show", action="store_true", help="print what is wrong, record by record")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures here too")
    options = parser.parse_args()
    groups: dict[str, Score] = {}
    counts: dict[str, int] = {}
    for name in options.labels.split(","):
        if name == "rust" and options.data is None:
            print("rust: left out, since --data isn't given")
            continue
        for label in _labels(name):
            record, line = _read(label["id"], options.data)
            one = score(label, record, line)
            for group in (_group(label), "all"):
                groups.setdefault(group, Score()).add(one)
                counts[group] = counts.get(group, 0) + 1
            if options.show and one.wrong:
                print(label["id"], *one.wrong, sep="\n    ")
    _print(groups, counts)
    if options.json:
        options.json.write_text(json.dumps(_figures(groups, counts), indent=1) + "\n", encoding="utf-8")


def _labels(name: str) -> list[dict[str, Any]]:
    return [json.loads(row) for row in (HERE / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()]


def _group(label: dict[str, Any]) -> str:
    return str(label.get("drawn") or label["id"].partition("/")[0])


def _read(id_: str, data: Path | None) -> tuple[Record | None, Callable[[int], str]]:
    """The record that a label is about, None when the readers find none, and the lines of its file."""
    source, _, rest = id_.partition("/")
    threads = {"slack": _slack, "mail": _mail, "discourse": _discourse}
    if source in threads:
        return threads[source]().get(rest), lambda number: ""
    assert data is not None
    path, _, day = id_.partition("#")
    file = data / "communities" / "rust" / path
    lines = file.read_text(encoding="utf-8").splitlines()
    found = [r for r in files.read(file, path) if isinstance(r, Record)]
    if day:
        found = [r for r in found if len(found) == 1 or (r.date and r.date.isoformat() == day)]
    return (found[0] if found else None), lambda number: lines[number - 1]


@cache
def _slack() -> dict[str, Record]:
    """The threads of the export by channel and `ts` of each message."""
    threads = (r for r in slack.read(HERE / "slack-export") if isinstance(r, Record))
    return {f"{r.channel.lstrip('#')}/{key}": r for r in threads for key in _keys(r)}


@cache
def _mail() -> dict[str, Record]:
    mails = (r for r in mail.read(HERE / "list.mbox") if isinstance(r, Record) and r.kind == "thread")
    return {key: r for r in mails for key in _keys(r)}


@cache
def _discourse() -> dict[str, Record]:
    topics = (r for r in discourse.read(HERE / "discourse") if isinstance(r, Record))
    return {r.locator.rpartition("/")[2]: r for r in topics}


def _keys(record: Record) -> Iterator[str]:
    """What a label may call a thread by: its root, also one that is gone, or any message."""
    yield from (s.key.strip("<>") for s in reversed(record.segments))
    yield record.locator.rpartition("/")[2].strip("<>")


def _print(groups: dict[str, Score], counts: dict[str, int]) -> None:
    """A table: for each field precision / recall, with how many are labelled."""
    print(f"{'':12}{'n':>4}" + "".join(f"{name:>20}" for name in FIELDS) + f"{'mixed':>7}{'quoted':>8}")
    for group, total in groups.items():
        cells = [
            f"{f.precision:.2f} / {f.recall:.2f} ({f.labelled})" for f in (total.fields[n] for n in FIELDS)
        ]
        row = f"{group:12}{counts[group]:>4}" + "".join(f"{cell:>20}" for cell in cells)
        print(f"{row}{total.mixed:>7}{total.quoted:>8}")


def _figures(groups: dict[str, Score], counts: dict[str, int]) -> dict[str, Any]:
    return {
        group: {
            "n": counts[group],
            **{
                name: {
                    "precision": round(f.precision, 4),
                    "recall": round(f.recall, 4),
                    "said": f.said,
                    "labelled": f.labelled,
                }
                for name, f in total.fields.items()
            },
            "mixed": total.mixed,
            "quoted": total.quoted,
        }
        for group, total in groups.items()
    }


if __name__ == "__main__":
    main()

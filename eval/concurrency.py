"""Many people asking the running app at once while an ingest runs beside it: `python -m eval.concurrency`.

The app is a real `copassist serve`, asked over HTTP as the page asks it; the ingest is the command line's.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import socket
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import httpx
import numpy as np

from eval import corpora, growth_worker

WAIT_SECONDS = 600.0
FILES = 150
"""So many documents are ingested meanwhile."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What became of one question: the seconds until its answer was whole, and the error if there was one."""

    seconds: float
    error: str = ""


def main(arguments: Sequence[str] | None = None) -> int:
    """Print what was measured as JSON; 1 if anything failed."""
    parser = argparse.ArgumentParser(prog="python -m eval.concurrency", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, metavar="DIR")
    parser.add_argument("--split", default="dev", metavar="NAME")
    parser.add_argument("--people", type=int, default=50)
    parser.add_argument("--questions", type=int, default=2, help="by each of them, one after the other")
    parser.add_argument("--passages", type=int, default=10_000)
    parser.add_argument("--memory", type=Path, help="ask this memory, which grows, instead of a drawn one")
    options = parser.parse_args(arguments)
    with TemporaryDirectory() as scratch:
        work = Path(scratch)
        if not options.memory:
            growth_worker.make(options.data, work, options.passages)
        figures = measure(options, options.memory or work / "memory", work)
    print(json.dumps(figures, indent=2))
    return int(bool(figures["errors"]) or figures["ingest_exit"] != 0)


def measure(options: argparse.Namespace, memory: Path, work: Path) -> dict[str, Any]:
    """Start the app, let everybody ask while an ingest runs, and say what came of it."""
    docs = list(islice(corpora.read_docs(options.data), FILES))
    files = work / "files"
    files.mkdir()
    for number, doc in enumerate(docs):
        (files / f"new-{number}.md").write_text(f"# {doc.title or number}\n\n{doc.text}\n", encoding="utf-8")
    texts = [query.text[:500] for query in corpora.read_queries(options.data, options.split)]
    seeded = random.Random(0)
    asked = [seeded.sample(texts, options.questions) for _ in range(options.people)]
    with serving(memory) as (address, process):
        list(person(address, texts[:1]))  # what is loaded at the first question is loaded
        before = rss_mb(process.pid)
        ingest = subprocess.Popen(
            [sys.executable, "-m", "copassist.cli", "ingest", str(files), "--memory", str(memory)],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        began = time.perf_counter()
        with ThreadPoolExecutor(options.people) as people:
            answers = [a for some in people.map(lambda q: list(person(address, q)), asked) for a in some]
        took = time.perf_counter() - began
        still = ingest.poll() is None
        said, _ = ingest.communicate()
        after, children = rss_mb(process.pid), _children(process.pid)
    seconds = [a.seconds for a in answers]
    return {
        "people": options.people,
        "asked": len(answers),
        "errors": [a.error for a in answers if a.error],
        "p50_seconds": float(np.percentile(seconds, 50)),
        "p95_seconds": float(np.percentile(seconds, 95)),
        "answers_per_second": len(answers) / took,
        "ingest_exit": ingest.returncode,
        "ingest_ran_on": still,
        "ingest_said": said.strip().splitlines()[-3:],
        "app_rss_before_mb": before,
        "app_rss_after_mb": after,
        "app_child_processes": children,
        "load": os.getloadavg()[0],
    }


@contextmanager
def serving(memory: Path) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """The address and process of the app over a memory, until the end of the block."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "copassist.cli", "serve", "--memory", str(memory), "--port", str(port)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    address = f"http://127.0.0.1:{port}"
    try:
        for _ in range(1_200):
            if process.poll() is not None:
                raise RuntimeError(f"`copassist serve` ended with {process.returncode}")
            try:
                httpx.get(address, timeout=10)
                break
            except httpx.TransportError:
                time.sleep(0.1)
        yield address, process
    finally:
        process.terminate()
        process.wait()


def person(address: str, questions: Sequence[str]) -> Iterator[Asked]:
    """Open the page and ask these questions one after the other."""
    with httpx.Client(base_url=address, timeout=WAIT_SECONDS) as client:
        try:
            client.get("/").raise_for_status()
            config = client.get("/config").raise_for_status().json()
        except httpx.HTTPError as error:
            yield from (Asked(0.0, f"the page: {error!r}") for _ in questions)
            return
        labels = {c["id"]: c["props"].get("label") for c in config["components"]}
        event = next(
            d
            for d in config["dependencies"]
            if "submit" in [name for _, name in d["targets"]]
            and "Your question" in [labels[i] for i in d["inputs"]]
        )
        values = {"Your question": "", "I am": None, "Private: leave no trace": False}
        session = uuid.uuid4().hex
        for question in questions:
            filled = [({**values, "Your question": question}).get(str(labels[i])) for i in event["inputs"]]
            began = time.perf_counter()
            try:
                broken = _answered(client, session, event["id"], filled)
            except httpx.HTTPError as error:
                broken = repr(error)
            yield Asked(time.perf_counter() - began, broken)


def _answered(client: httpx.Client, session: str, event: int, values: Sequence[object]) -> str:
    """Ask and wait for the whole answer; the error, "" if there is none."""
    about = {"data": values, "fn_index": event, "session_hash": session, "event_data": None}
    client.post("/gradio_api/queue/join", json=about).raise_for_status()
    with client.stream("GET", "/gradio_api/queue/data", params={"session_hash": session}) as told:
        shown = ""
        for line in told.iter_lines():
            message = json.loads(line.removeprefix("data:")) if line.startswith("data:") else {}
            if message.get("msg") in ("process_generating", "process_completed"):
                shown += json.dumps(message["output"])
            if message.get("msg") == "process_completed":
                if not message["success"]:
                    return str(message["output"])
                return "" if "ca-status" in shown else f"no answer in {shown[:300]}"
    return "the app said nothing"


def rss_mb(pid: int) -> float:
    """What a process holds of working memory now (Linux)."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.partition("VmRSS:")[2].split()[0]) * 1024 / 1e6


def _children(pid: int) -> int:
    return len(Path(f"/proc/{pid}/task/{pid}/children").read_text().split())


if __name__ == "__main__":
    sys.exit(main())

"""`kill -9` at any moment leaves a memory that the next start makes whole: nothing lost, nothing shown."""

from __future__ import annotations

import json
import random
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

WORKER = Path(__file__).with_name("crash_worker.py")
KILLS = 30
REBUILDS = range(0, KILLS, 6)
"""These kills land while the index is built anew."""

Records = dict[str, list[str]]  # locator: title and audience


class Told:
    """What the killed processes said they stored, and what they were at when they died."""

    def __init__(self) -> None:
        self.records: Records = {}
        self.begun: dict[str, Any] | None = None
        self.changes = 0

    def take(self, lines: list[str]) -> None:
        for line in map(json.loads, lines):
            if "about" in line:
                self.begun = line
            elif "stored" in line and self.begun:
                self.records, self.begun = self.after(self.begun), None
                self.changes += 1

    def after(self, line: dict[str, Any]) -> Records:
        """The records as they stand once this change is stored."""
        records = dict(self.records)
        if line["what"] == "remove":
            del records[line["about"]]
        elif line["what"] == "audience":
            records[line["about"]] = [records[line["about"]][0], *line["audience"]]
        else:
            records[line["about"]] = [line["title"], *line["audience"]]
        return records

    def possible(self) -> list[Records]:
        """A change that was under way is stored whole or not at all."""
        return [self.records, *([self.after(self.begun)] if self.begun else [])]


def start(folder: Path, seed: int, *flags: str) -> tuple[subprocess.Popen[str], dict[str, Any]]:
    """A worker that is at work, and how it found the memory."""
    command = [sys.executable, str(WORKER), str(folder), str(seed), *flags]
    worker = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert worker.stdout is not None
    first, second = worker.stdout.readline(), worker.stdout.readline()
    assert "working" in second, "the worker died by itself"
    return worker, json.loads(first)["found"]


def kill(worker: subprocess.Popen[str], after: float) -> list[str]:
    """Kill it; the whole lines that it still said."""
    assert worker.stdout is not None
    time.sleep(after)
    assert worker.poll() is None, "the worker died by itself"
    worker.kill()
    said = worker.stdout.read()
    worker.stdout.close()
    worker.wait()
    return said[: said.rfind("\n") + 1].splitlines()


def check(found: dict[str, Any], told: Told) -> None:
    assert found["integrity"] == "ok"
    assert found["passages"] == found["words"] == found["vectors"]
    assert found["records"] in told.possible()
    public = {title for title, *audience in found["records"].values() if audience == ["everyone"]}
    assert not [title for title, marked in found["public"] if marked]
    assert {title for title, _ in found["public"]} == public


def test_thirty_kills_lose_nothing_and_show_nothing(tmp_path: Path) -> None:
    seeded, told, marked = random.Random(20250312), Told(), 0
    for number in range(KILLS):
        rebuild = number in REBUILDS
        worker, found = start(tmp_path / "memory", number, *(["--rebuild"] if rebuild else []))
        said = kill(worker, seeded.uniform(0.0, 0.3 if rebuild else 0.5))
        check(found, told)
        told.records, told.begun = found["records"], None
        told.take(said)
        marked += found["marked"]
    worker, found = start(tmp_path / "memory", KILLS)
    kill(worker, 0)
    check(found, told)
    assert told.changes > 3 * KILLS and marked > KILLS, "too little happened for the kills to mean much"

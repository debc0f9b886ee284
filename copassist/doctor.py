"""Checks of the installation and of a memory, each with what it found."""

from __future__ import annotations

import platform
import shutil
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import func, select, text

from copassist import cross_encoder, embedding, llm
from copassist.errors import BusyError, CopAssistError
from copassist.secrets import masked
from copassist.settings import Endpoint, Settings
from copassist.store import Memory
from copassist.store import memory as memories
from copassist.store import schema as t
from copassist.store.vectors import VectorIndex
from ingest import pages

LEAST_FREE_BYTES = 1 << 30


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at, whether it is as it should be, and what it is."""

    what: str
    passed: bool
    found: str


def checks(given: Settings) -> Iterator[Check]:
    """Look at everything that copassist needs, one after the other; the log is never written."""
    version = platform.python_version()
    yield Check("Python", sys.version_info >= (3, 11), version)
    yield _model(given)
    yield _cross_encoder(given)
    yield _readers()
    yield _secrets()
    if given.language_model:
        yield _language_model(given.language_model)
    if not (given.memory / memories.DATABASE).is_file():
        yield Check("Memory", True, f"none in {given.memory} yet; `copassist init {given.memory}` makes one")
        return
    try:
        memory = memories.open_(given.memory)
    except CopAssistError as error:
        yield Check("Memory", False, str(error))
        return
    yield from _memory(memory)


def _model(given: Settings) -> Check:
    try:
        encoder = embedding.load(given)
    except CopAssistError as error:
        return Check("Embedding model", False, str(error))
    near, far = encoder.encode(["a cat sat on the mat", "a kitten on a rug", "quarterly tax report"])[0] @ (
        encoder.encode(["a kitten on a rug", "quarterly tax report"]).T
    )
    return Check(
        "Embedding model",
        bool(near > far),
        f"{encoder.fingerprint}, tells like from unlike: {near:.2f} > {far:.2f}",
    )


def _cross_encoder(given: Settings) -> Check:
    """That an answer and a near miss are told apart shows that the weights are the right ones."""
    text = cross_encoder.Text("Parking", "Members may park behind the house.", ((0, 34),))
    try:
        model = cross_encoder.load(given.cache)
    except CopAssistError as error:
        return Check("Cross-encoder", False, str(error))
    asked = ("Where can I park?", "What does parking cost?")
    (answers,), (misses,) = (model.read(question, [text])[0] for question in asked)
    return Check(
        "Cross-encoder", answers > misses, f"tells an answer from a near miss: {answers:.1f} > {misses:.1f}"
    )


def _readers() -> Check:
    """Pandoc, a program that comes in a package, is what may not fit the machine."""
    try:
        page = pages.FORMATS[".html"](b"<p>Pandoc reads this.</p>")
    except (OSError, ValueError) as error:
        return Check("Readers", False, str(error))
    return Check("Readers", [piece.text for piece in page.pieces] == ["Pandoc reads this."], "Pandoc reads")


def _secrets() -> Check:
    _, found = masked("ghp_" + "a1B2c3D4e5F6" * 3)
    return Check("Secrets", bool(found), "found in texts" if found else "not found in texts")


def _language_model(endpoint: Endpoint) -> Check:
    """A word of the model's shows that address, name and key are right."""
    what = f"Language model {endpoint.model} at {endpoint.host}"
    try:
        llm.complete(endpoint, "Say yes.", 8)
    except CopAssistError as error:
        fix = "See whether the server runs." if error.fix == llm.TRY else error.fix
        return Check(what, False, f"{error.message} {fix}".strip())
    return Check(what, True, "answers")


def _memory(memory: Memory) -> Iterator[Check]:
    with memory.reading() as connection:
        integrity = connection.execute(text("PRAGMA integrity_check")).scalar_one()
        passages = set(connection.execute(select(t.passages.c.id)).scalars())
        worded = connection.execute(
            select(func.count()).where(func.length(t.passages.c.words) > 0)
        ).scalar_one()
    yield Check("Database", integrity == "ok", str(integrity))
    yield Check("Keyword index", worded == len(passages), f"{worded} of {len(passages)} passages")
    yield _index(memory, passages)
    free = shutil.disk_usage(memory.folder).free
    yield Check("Free disk", free > LEAST_FREE_BYTES, f"{free / (1 << 30):.1f} GiB")
    yield Check("Writable", _writable(memory.folder), str(memory.folder))


def _index(memory: Memory, passages: set[int]) -> Check:
    try:
        index = VectorIndex.open(memory)
    except BusyError:
        return Check("Vector index", True, "held by the running app, which keeps it up to date")
    except CopAssistError as error:
        return Check("Vector index", False, str(error))
    try:
        index.follow()
        held = index.passages()
    finally:
        index.close()
    return Check("Vector index", held == passages, f"{len(held)} of {len(passages)} passages")


def _writable(folder: Path) -> bool:
    try:
        with tempfile.TemporaryFile(dir=folder):
            return True
    except OSError:
        return False

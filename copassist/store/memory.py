"""Opening and making a memory, and its transactions."""

from __future__ import annotations

import errno
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, Engine, create_engine, event, select, text
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.exc import DatabaseError, OperationalError

from copassist.errors import MemoryFolderError, StorageError
from copassist.store.schema import REVISION, facts

DATABASE = "memory.db"
VECTORS = "vectors"
WAIT_SECONDS = 60
"""How long a transaction waits for another one before it fails."""


@dataclass(frozen=True, slots=True)
class Memory:
    """An open memory. Close it when done; `folder` holds all there is of it."""

    folder: Path
    engine: Engine

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A transaction that sees one consistent state and changes nothing."""
        with _said_plainly(self.folder), self.engine.connect() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction that is stored whole or, when it raises, not at all.

        Raises StorageError when the disk is full or the folder can't be written.
        """
        connecting = self.engine.connect().execution_options(writing=True)
        with _said_plainly(self.folder), connecting as connection, connection.begin():
            yield connection

    def fact(self, name: str) -> Any:
        """The fact of that name, None when it isn't known."""
        with self.reading() as connection:
            return connection.execute(select(facts.c.value).where(facts.c.name == name)).scalar()

    def set_fact(self, name: str, value: Any) -> None:
        """Store a fact, replacing the one before."""
        with self.writing() as connection:
            connection.execute(
                insert(facts)
                .values(name=name, value=value)
                .on_conflict_do_update(["name"], set_={"value": value})
            )

    @property
    def sample(self) -> bool:
        """Whether this is the sample community's memory, which takes no real files."""
        return bool(self.fact("sample"))

    def now(self) -> datetime:
        """The time in this community: the clock's, except that a sample's time starts when it was made.

        A dated sample would rot otherwise: everybody would have left, everything would be old.
        """
        sample = self.fact("sample")
        now = datetime.now(UTC)
        if not sample:
            return now
        return datetime.fromisoformat(sample["now"]) + (now - datetime.fromisoformat(sample["made"]))

    def secret(self) -> bytes:
        """The key of this memory's pseudonyms, kept beside the database, readable to its owner alone."""
        path = self.folder / "secret"
        if not path.exists():
            path.touch(mode=0o600)
            path.write_bytes(secrets.token_bytes(32))
        return path.read_bytes()

    def close(self) -> None:
        """Let go of the database."""
        self.engine.dispose()


def create(folder: Path, exist_ok: bool = False) -> Memory:
    """A new, empty memory in `folder`; with `exist_ok` the one that is there already.

    Raises MemoryFolderError if there is one, or if the folder holds other files.
    """
    if (folder / DATABASE).exists():
        if exist_ok:
            return open_(folder)
        raise MemoryFolderError(f"There is a memory in {folder} already.", "Use it, or name another folder.")
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise MemoryFolderError(
            f"{folder} isn't an empty folder.", "Name a folder that is empty or doesn't exist yet."
        )
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StorageError(
            f"{folder} can't be made: {error.strerror}.", "Name a folder that you may write to."
        ) from error
    memory = Memory(folder, _engine(folder))
    _migrate(memory)
    memory.secret()
    return memory


def open_(folder: Path) -> Memory:
    """The memory in `folder`, brought to this version's shape.

    Raises MemoryFolderError if there is none, or if a newer version of copassist made it.
    """
    if not (folder / DATABASE).is_file():
        raise MemoryFolderError(
            f"There is no memory in {folder}.",
            f"Make one with `copassist init {folder}`, or name another with --memory or COPASSIST_MEMORY.",
        )
    memory = Memory(folder, _engine(folder))
    found = _revision(memory)
    if found is None or found < REVISION:
        _migrate(memory)
    elif found > REVISION:
        raise MemoryFolderError(
            f"The memory in {folder} was made by a newer version of copassist "
            f"(its shape is {found}, this one knows {REVISION}).",
            "Upgrade copassist, then try again.",
        )
    return memory


def _engine(folder: Path) -> Engine:
    engine = create_engine(f"sqlite:///{folder / DATABASE}", connect_args={"timeout": WAIT_SECONDS})

    @event.listens_for(engine, "connect")
    def _(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # BEGIN is said by us, below
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA foreign_keys = ON")

    @event.listens_for(engine, "begin")
    def _(connection: Connection) -> None:
        # A writer takes its place at once, so that it waits for its turn instead of failing half-way.
        writing = connection.get_execution_options().get("writing")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")

    return engine


def _revision(memory: Memory) -> str | None:
    try:
        with memory.reading() as connection:
            return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    except OperationalError as error:
        if "no such table" in str(error):
            return None
        raise


def _migrate(memory: Memory) -> None:
    config = Config()
    config.set_main_option("script_location", "copassist:store/migrations")
    with memory.writing() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


@contextmanager
def _said_plainly(folder: Path) -> Iterator[None]:
    """Turn the failures that a person can mend into errors that say how."""
    try:
        yield
    except DatabaseError as error:
        reason = str(error.orig)
        if "full" in reason:
            raise StorageError(
                f"The disk that holds {folder} is full.",
                "Make room and run it again; what was stored before is whole.",
            ) from error
        if "readonly" in reason or "unable to open" in reason:
            raise StorageError(f"{folder} can't be written: {reason}.", "Check its permissions.") from error
        if "not a database" in reason or "malformed" in reason:
            raise MemoryFolderError(
                f"{folder / DATABASE} is damaged: {reason}.",
                "Restore it from a backup, or make a new memory and ingest again.",
            ) from error
        if "locked" in reason:
            raise StorageError(
                f"{folder} was busy for {WAIT_SECONDS} seconds.", "Try again when the other run is done."
            ) from error
        raise
    except OSError as error:
        if error.errno == errno.ENOSPC:
            raise StorageError(
                f"The disk that holds {folder} is full.",
                "Make room and run it again; what was stored before is whole.",
            ) from error
        raise

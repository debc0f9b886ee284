"""What the page needs from the core."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Protocol

import gradio as gr

from copassist.records import Answer, Filters, Gap, Hit, Member, Rejected, Status, StoredRecord, Viewer


@dataclass(frozen=True, slots=True)
class SourceStatus:
    """A source of the memory, with how many records of it are there."""

    name: str
    kind: str
    path: str
    audience: str
    records: int
    last_ingest: datetime | None = None


@dataclass(frozen=True, slots=True)
class WeekCount:
    """How many questions of the week that began on `start` (a Monday) got this status."""

    start: date
    status: Status
    questions: int


@dataclass(frozen=True, slots=True)
class MemoryStatus:
    """What the memory holds. `totals` are in the order to show: ("Sessions", 60).

    `problems` and `skipped` (how many by what) are those of the last ingest. A topic of questions
    shows to leaders once `least_askers` different people asked.
    """

    records: int
    totals: tuple[tuple[str, int], ...] = ()
    sources: tuple[SourceStatus, ...] = ()
    problems: tuple[Rejected, ...] = ()
    skipped: Mapping[str, int] = field(default_factory=dict)
    sample: bool = False
    examples: tuple[str, ...] = ()
    least_askers: int = 3


class Library(Protocol):
    """The core as the page sees it. Whatever can't be done raises a CopAssistError."""

    def viewer(self, member: str | None, request: gr.Request) -> Viewer:
        """On whose behalf: the sign-in of the request, or else the member picked."""

    def members(self) -> Sequence[Member]:
        """Who can be picked, in the order to show."""

    def ask(self, question: str, viewer: Viewer, conversation: str, private: bool) -> Iterator[Answer]:
        """The answer as it grows, the last one complete; `conversation` is "" for a new one."""

    def record(self, record: str, viewer: Viewer) -> StoredRecord:
        """The record whole; NotFoundError if there is none that this viewer may see."""

    def search(self, query: str, filters: Filters, viewer: Viewer, k: int) -> list[Hit]:
        """The best k passages; without a query the newest."""

    def feedback(self, question_id: str, helped: bool, text: str) -> None:
        """Keep whether an answer helped; a later call for the same question replaces the former."""

    def gaps(self) -> tuple[list[Gap], int]:
        """The gaps that may be shown, and the number of those that may not."""

    def weeks(self) -> list[WeekCount]:
        """Logged questions by week and status, oldest first."""

    def status(self) -> MemoryStatus:
        """What the memory holds today."""

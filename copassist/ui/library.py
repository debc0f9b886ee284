"""What the page needs from the core."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Protocol

import gradio as gr

from copassist.ask import Asker
from copassist.inventory import Inventory
from copassist.questions import WeekCount
from copassist.records import Answer, Filters, Gap, Hit, Member, StoredRecord, Viewer


class Library(Protocol):
    """The core as the page sees it. Whatever can't be done raises a CopAssistError.

    `picking` says whether the page may say who is asking; if not, the sign-in alone does. `examples`
    are questions to begin with. A topic of questions shows to leaders once `least_askers` different
    people asked.
    """

    picking: bool
    examples: tuple[str, ...]
    least_askers: int

    def asker(self, member: str | None, request: gr.Request) -> Asker:
        """Who asks: the sign-in of the request, or else the member picked, or else this browser."""

    def members(self) -> Sequence[Member]:
        """Who can be picked, in the order to show."""

    def ask(self, question: str, asker: Asker, earlier: Sequence[Answer]) -> Iterator[Answer]:
        """The answer as it grows, drafts first, the last one whole; `earlier` are those before it."""

    def record(self, record: str, viewer: Viewer) -> StoredRecord:
        """The record whole; NotFoundError if there is none that this viewer may see."""

    def search(self, query: str, filters: Filters, viewer: Viewer, k: int) -> list[Hit]:
        """The best k passages; without a query the newest."""

    def feedback(self, question_id: str, helped: bool, text: str) -> None:
        """Keep whether an answer helped; a later call for the same question replaces the former."""

    def gaps(self, viewer: Viewer) -> tuple[list[Gap], int]:
        """The gaps that may be shown, and the number of those that may not."""

    def weeks(self) -> list[WeekCount]:
        """Logged questions by week and status, oldest first."""

    def inventory(self, viewer: Viewer) -> Inventory:
        """What the memory holds today, as far as this viewer may know."""

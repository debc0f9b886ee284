"""What happens when somebody does something on the page: values in, HTML out."""

from __future__ import annotations

import calendar
import logging
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import gradio as gr
import pandas as pd

from copassist.errors import CopAssistError, InputError
from copassist.questions import WeekCount
from copassist.records import KINDS, Filters, Format, Kind
from copassist.ui.library import Library
from copassist.ui.lists import gaps_html, hits_html, memory_html, tiles_html, weeks_html
from copassist.ui.panel import panel_error_html, record_html
from copassist.ui.render import Feedback, Turn, error_html, transcript_html, welcome_html
from copassist.ui.words import SHORT_STATUS_WORDS, date_words

log = logging.getLogger(__name__)
BROKEN = "The program has a bug and couldn’t finish this."
BROKEN_FIX = "Try again. If it comes back, the terminal where copassist runs says more."
SHOWN = 50
"""Passages that a search asks for."""
WEEKS = 26
"""Weeks that the plot shows."""
NOBODY = ""

Asked = tuple[str, list[Turn], Any]


class Actions:
    """The page's callbacks over a library."""

    def __init__(self, library: Library) -> None:
        self.library = library

    # Ask

    def transcript(self, turns: list[Turn]) -> str:
        """The conversation; its examples while it is empty."""
        return transcript_html(turns, () if turns else self.library.examples)

    def ask(
        self, question: str | None, turns: list[Turn], me: str | None, private: bool, request: gr.Request
    ) -> Iterator[Asked]:
        """The conversation as the answer to the question grows; the question's box is emptied."""
        question = (question or "").strip()
        if not question:
            yield self.transcript(turns), turns, gr.skip()
            return
        earlier = [t.answer for t in turns if t.answer]
        turn = Turn(question, done=False)
        yield transcript_html([*turns, turn]), turns, ""
        try:
            asker = replace(self.library.asker(me or None, request), private=private)
            for answer in self.library.ask(question, asker, earlier):
                turn = replace(turn, answer=answer)
                yield transcript_html([*turns, turn]), turns, gr.skip()
            turn = replace(turn, done=True)
        except CopAssistError as error:
            turn = Turn(question, message=error.message, fix=error.fix)
        except Exception:
            log.exception("asking broke")
            turn = Turn(question, message=BROKEN, fix=BROKEN_FIX)
        turns = [*turns, turn]
        yield transcript_html(turns), turns, gr.skip()

    def ask_example(
        self, turns: list[Turn], me: str | None, private: bool, event: gr.EventData, request: gr.Request
    ) -> Iterator[Asked]:
        """As `ask`, for an example that was clicked."""
        yield from self.ask(str(event.question), turns, me, private, request)

    def feedback(self, turns: list[Turn], event: gr.EventData) -> tuple[str, list[Turn]]:
        """The conversation with thanks for the feedback, which is kept."""
        question_id, helped, more = str(event.question), event.helped == "yes", event.more == "yes"
        state: Feedback = "thanked" if more else "helped" if helped else "missed"
        mine = [t for t in turns if t.answer and t.answer.question_id == question_id]
        if mine:
            try:
                self.library.feedback(question_id, helped, str(event.text).strip()[:500])
            except CopAssistError as error:
                gr.Warning(str(error))
                return transcript_html(turns), turns
        turns = [replace(t, feedback=state) if t in mine else t for t in turns]
        return transcript_html(turns), turns

    def start_anew(self) -> tuple[str, list[Turn], str, str]:
        """An empty conversation, with the panel closed."""
        return self.transcript([]), [], "", ""

    def open_record(self, me: str | None, request: gr.Request, event: gr.EventData) -> str:
        """The panel for the record and quote of a button that was clicked."""
        try:
            record = self.library.record(str(event.record), self.library.asker(me or None, request).viewer)
        except CopAssistError as error:
            return panel_error_html(error.message, error.fix)
        return record_html(record, str(event.segment), str(event.quote), event.whole == "yes")

    # Who is there

    def choices(self) -> Any:
        """The picker of who is asking, filled from the directory where one may pick."""
        names = (
            [(member.name, member.id) for member in self.library.members()] if self.library.picking else []
        )
        return gr.update(choices=[("Nobody in particular", NOBODY), *names], value=NOBODY)

    def people(self) -> Any:
        """The picker of a person to search for, filled from the directory where that may be seen."""
        known = self.library.members() if self.library.picking else []
        names = [(m.name, m.id) for m in known if not m.hide_name]
        return gr.update(choices=[("Anyone", NOBODY), *names], value=NOBODY)

    def privacy(self, words: str) -> str:
        """`words` with the number of askers from which on leaders see a topic."""
        return words.format(askers=self.library.least_askers)

    def banner(self, request: gr.Request) -> str:
        """What is said above the page."""
        held = self.library.inventory(self.library.asker(None, request).viewer)
        return welcome_html(sum(held.records.values()), held.sample)

    # Sessions

    def search(
        self,
        query: str | None,
        kind: Kind | str | None,
        form: Format | None,
        since: str | None,
        until: str | None,
        person: str | None,
        me: str | None,
        request: gr.Request,
    ) -> str:
        """The records that match."""
        try:
            filters = Filters(
                kind=next((known for known in KINDS if known == kind), None),
                format=form or "",
                since=_day(since, "Since"),
                until=_day(until, "Until", last=True),
                person=(person or "").strip(),
            )
            viewer = self.library.asker(me or None, request).viewer
            return hits_html(self.library.search((query or "").strip(), filters, viewer, SHOWN))
        except CopAssistError as error:
            return error_html(error.message, error.fix)

    # Leaders and memory

    def leaders(self, me: str | None, request: gr.Request) -> tuple[str, Any, str]:
        """Counts and gaps, the plot, and its numbers."""
        try:
            gaps, hidden = self.library.gaps(self.library.asker(me or None, request).viewer)
            weeks = self.library.weeks()
            least_askers = self.library.least_askers
        except CopAssistError as error:
            return error_html(error.message, error.fix), gr.skip(), ""
        tiles = [("Open gaps", sum(gap.status in ("open", "reopened") for gap in gaps))]
        for status, said in SHORT_STATUS_WORDS.items():
            tiles.append((said, sum(week.questions for week in weeks if week.status == status)))
        head = "<h2>What people need that the memory doesn’t have</h2>"
        return (
            tiles_html(tiles) + head + gaps_html(gaps, hidden, least_askers),
            weeks_plot(weeks),
            weeks_html(weeks),
        )

    def plot_colors(self, colors: dict[str, str]) -> dict[str, str]:
        """Colors by the words that the plot's legend shows."""
        return {SHORT_STATUS_WORDS[status]: color for status, color in colors.items()}

    def memory(self, me: str | None, request: gr.Request) -> str:
        """What the memory holds."""
        try:
            return memory_html(self.library.inventory(self.library.asker(me or None, request).viewer))
        except CopAssistError as error:
            return error_html(error.message, error.fix)


def weeks_plot(weeks: list[WeekCount]) -> gr.BarPlot:
    """The plot of the last WEEKS weeks, named like "3 Mar", in their order."""
    last = max((week.start for week in weeks), default=date.today())
    shown = [week for week in weeks if week.start > last - timedelta(weeks=WEEKS)]
    rows = [(_short(week.start), SHORT_STATUS_WORDS[week.status], week.questions) for week in shown]
    frame = pd.DataFrame(rows, columns=["Week", "Status", "Questions"])
    return gr.BarPlot(frame, x="Week", y="Questions", color="Status", sort=list(dict.fromkeys(frame["Week"])))


def _short(day: date) -> str:
    """The day as "3 Mar"."""
    number, month, _ = date_words(day).split()
    return f"{number} {month[:3]}"


def _day(text: str | None, field: str, last: bool = False) -> date | None:
    """The day that was typed; of a year or month the first, or the `last`. InputError if it is none."""
    typed = (text or "").strip()
    if not typed:
        return None
    try:
        parts = [int(part) for part in typed.split("-")]
        if len(parts) == 3:
            return date(*parts)
        year, month = (parts[0], parts[1]) if len(parts) == 2 else (int(typed), 12 if last else 1)
        return date(year, month, calendar.monthrange(year, month)[1] if last else 1)
    except (ValueError, IndexError):
        fix = "Write it like 2025-03-12, 2025-03 or 2025."
        raise InputError(f"“{field}” isn’t a date: {typed}", fix) from None

"""Search results, gaps and the state of the memory as HTML."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from copassist.inventory import Inventory, Problem, SourceEntry
from copassist.questions import WeekCount
from copassist.records import KINDS, Gap, Hit, best_of_each
from copassist.shown import shown_line
from copassist.ui.render import contact_html, open_attributes
from copassist.ui.words import (
    KINDS_WORDS,
    SHORT_STATUS_WORDS,
    about_html,
    date_words,
    escaped,
    people_words,
    piece_html,
    time_tag,
    title_html,
)
from copassist.words import FORMAT_WORDS, counted

CAUSE_WORDS = {
    "missing": "Nothing in the memory is about this",
    "not-found": "There is something near it, but no answer was found",
    "unhelpful": "An answer was found, but it didn’t help",
}
GAP_WORDS = {"open": "Open", "planned": "Planned", "closed": "Closed", "reopened": "Open again"}


def hits_html(hits: Sequence[Hit]) -> str:
    """A card for each record found, best first, with its best passage."""
    best = best_of_each(hits)
    if not best:
        return (
            '<div class="ca-empty"><p>Nothing matches.</p>'
            "<p>Use fewer words, or widen the dates, the format or the kind.</p></div>"
        )
    return (
        f'<p class="ca-count" role="status">{counted(len(best), "result")}</p>'
        f'<ul class="ca-cards">{"".join(map(hit_html, best))}</ul>'
    )


def hit_html(hit: Hit) -> str:
    """A card for a record found, which opens it at the passage."""
    texts = {segment.position: segment for segment in hit.segments}
    first = hit.spans[0] if hit.spans else None
    segment = texts[first.position].id if first else ""
    about = about_html(hit.record, people_words(hit.record.people))
    quote = texts[first.position].text[first.start : first.end] if first else ""
    return (
        f'<li class="ca-card"><h3><button class="ca-title" {open_attributes(hit.record.id, segment, quote)}>'
        f'{title_html(hit.record.title)}</button></h3><p class="ca-about">{about}</p>'
        f'<p class="ca-passage">{escaped(hit.text)}</p></li>'
    )


def gaps_html(gaps: Sequence[Gap], hidden: int, least_askers: int = 3) -> str:
    """A card for each gap, as they come; how many topics are still hidden, and why."""
    cards = "".join(map(gap_html, gaps))
    shown = f'<ul class="ca-cards">{cards}</ul>' if gaps else _no_gaps_html(hidden)
    return f"{shown}{hidden_html(hidden, least_askers)}"


def _no_gaps_html(hidden: int) -> str:
    """What to say when there is no gap to show."""
    why = "Every question so far found an answer."
    if hidden:
        why = "No topic has been asked by enough people yet."
    return f'<div class="ca-empty"><p>No open gaps.</p><p>{why}</p></div>'


def hidden_html(hidden: int, least_askers: int) -> str:
    """How many topics wait until enough people asked; "" when none does."""
    if not hidden:
        return ""
    are = "topic is" if hidden == 1 else "topics are"
    return (
        f'<p class="ca-hidden">{hidden:,} more {are} hidden until {least_askers} different people '
        "have asked, so that nobody’s question can be told from it.</p>"
    )


def gap_html(gap: Gap) -> str:
    """A card for a topic that the memory doesn't answer; says how many asked, never who."""
    asked = f"{counted(gap.questions, 'time')} by {counted(gap.askers, 'person', 'people')}"
    facts = [
        f"<div><dt>Asked</dt><dd>{asked}</dd></div>",
        f"<div><dt>Last</dt><dd>{time_tag(gap.last_asked)}</dd></div>",
    ]
    if gap.suggested_format:
        facts.append(f"<div><dt>Suggested</dt><dd>{escaped(FORMAT_WORDS[gap.suggested_format])}</dd></div>")
    helpers = "".join(contact_html(helper, ()) for helper in gap.helpers)
    people = f'<h4>Could help</h4><ul class="ca-people">{helpers}</ul>' if helpers else ""
    examples = "".join(f"<li>{escaped(example)}</li>" for example in gap.examples)
    wording = f"<details><summary>How it was asked</summary><ul>{examples}</ul></details>" if examples else ""
    said = "".join(f"<li>{escaped(missed)}</li>" for missed in gap.missed)
    wording += f"<details><summary>What was missing</summary><ul>{said}</ul></details>" if said else ""
    return (
        f'<li class="ca-card ca-gap"><h3>{piece_html(gap.label)} '
        f'<span class="ca-tag">{GAP_WORDS[gap.status]}</span></h3>'
        f'<p class="ca-cause">{escaped(CAUSE_WORDS.get(gap.cause, gap.cause))}</p>'
        f'<dl class="ca-facts">{"".join(facts)}</dl>{wording}{people}</li>'
    )


def tiles_html(tiles: Iterable[tuple[str, int]]) -> str:
    """Numbers to see at a glance, each with what it counts."""
    cells = "".join(f"<div><dt>{escaped(of)}</dt><dd>{number:,}</dd></div>" for of, number in tiles)
    return f'<dl class="ca-tiles">{cells}</dl>'


def weeks_html(weeks: Sequence[WeekCount]) -> str:
    """The numbers behind the plot as a table, for those who can't see it; "" when there are none."""
    if not weeks:
        return ""
    statuses = tuple(SHORT_STATUS_WORDS)
    counts: dict[str, dict[str, int]] = {}
    for week in weeks:
        counts.setdefault(date_words(week.start), {})[week.status] = week.questions
    rows = ([start, *(f"{count.get(status, 0):,}" for status in statuses)] for start, count in counts.items())
    return (
        "<details class='ca-numbers'><summary>The same as numbers</summary>"
        f"{table_html(['Week of', *(SHORT_STATUS_WORDS[status] for status in statuses)], rows)}</details>"
    )


def table_html(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table of plain text."""
    head = "".join(f'<th scope="col">{escaped(name)}</th>' for name in heads)
    body = "".join(
        f"<tr>{''.join(f'<td>{escaped(shown_line(cell))}</td>' for cell in row)}</tr>" for row in rows
    )
    return (
        '<div class="ca-table" tabindex="0" role="region" aria-label="Table">'
        f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
    )


SOURCES_OF_LEADERS = "<h3>Sources</h3><p>Where it came from is shown to leaders.</p>"


def memory_html(held: Inventory) -> str:
    """What the memory holds, where it came from, and what couldn't be read."""
    return (
        tiles_html(totals(held))
        + (sources_table_html(held.sources) if held.sources or not held.passages else SOURCES_OF_LEADERS)
        + problems_html(held.problems)
        + skipped_html(held.skipped)
    )


def totals(held: Inventory) -> list[tuple[str, int]]:
    """What there is how many of, in the order to show."""
    kinds = [(KINDS_WORDS[kind], held.records.get(kind, 0)) for kind in KINDS]
    return [
        *kinds,
        ("Passages", held.passages),
        ("Members", held.members),
        ("Questions asked", held.questions),
    ]


def sources_table_html(sources: Sequence[SourceEntry]) -> str:
    """The sources with their counts; how to add one when there is none."""
    if not sources:
        return (
            '<h3>Sources</h3><div class="ca-empty"><p>Nothing was brought in yet.</p>'
            "<p>Run <code>copassist ingest PATH</code>.</p></div>"
        )
    rows = (
        [s.name, s.kind, s.path, ", ".join(s.audience), f"{s.records:,}", moment_words(s.ingested_at)]
        for s in sources
    )
    return f"<h3>Sources</h3>{table_html(['Name', 'Kind', 'Path', 'Audience', 'Records', 'Last read'], rows)}"


def moment_words(moment: datetime | None) -> str:
    """The moment as "12 March 2025, 14:05"; "never" for None."""
    return f"{date_words(moment)}, {moment:%H:%M}" if moment else "never"


def problems_html(problems: Sequence[Problem]) -> str:
    """The input that was broken in the last ingest; "" when none was."""
    if not problems:
        return ""
    rows = ([problem.file, problem.place, problem.reason] for problem in problems)
    return (
        "<h3>Couldn’t be read in the last ingest "
        f'<span class="ca-tag ca-tag-old">{len(problems):,}</span></h3>'
        f"{table_html(['File', 'Place', 'Reason'], rows)}"
    )


def skipped_html(skipped: Mapping[str, int]) -> str:
    """How much was skipped by kind, most first; "" when nothing was."""
    if not skipped:
        return ""
    rows = ([what, f"{n:,}"] for what, n in sorted(skipped.items(), key=lambda pair: (-pair[1], pair[0])))
    return f"<h3>Skipped, as not a kind that is read</h3>{table_html(['What', 'How many'], rows)}"

"""A record as HTML for the side panel: the passage in its context, with the quote marked."""

from __future__ import annotations

import re
from collections.abc import Sequence

from copassist.links import original
from copassist.records import Part, StoredRecord, StoredSegment
from copassist.shown import shown_name
from copassist.ui.render import error_html, open_attributes
from copassist.ui.words import (
    about_html,
    cast_words,
    date_words,
    escaped,
    link_html,
    piece_html,
    title_html,
)
from copassist.words import counted

AROUND = 6
"""Segments shown before and after the quoted one of a long record."""
WHOLE = 40
"""Records of up to this many segments are shown whole."""
MOST_PLACES = 100
AROUND_IT = 40
"""In so many characters around a quote it is looked for whether it is a whole line or sentence."""
_BEGINS = re.compile(r"(?:\n|[.!?:;…][\"'”’)\]]*\s+)[ \t>*•◦▪☐☒+-]*(?:\[.\]|\d+[.)])?[ \t]*\Z")
_ENDS = re.compile(r"[.!?…]\s|.[ \t]*(?:\n|\Z)", re.DOTALL)
"""What stands before the beginning of a line or sentence, and from the last character of one on."""
PART_WORDS: dict[Part, str] = {
    "problem": "Problem",
    "advice": "Advice",
    "outcome": "Outcome",
    "next-step": "Next step",
    "decision": "Decision",
    "question": "Question",
    "answer": "Answer",
    "accepted-answer": "Accepted answer",
}


def marked_html(text: str, quote: str) -> str:
    """`text` with one place where `quote` stands exactly marked; nothing marked if it doesn't.

    Of several places the first where it is a whole line or sentence, else one where it begins or ends one, else
    the first: of "- no cache" and "- cache" the second one says "cache".
    """
    places = _places(text, quote)
    if not places:
        return escaped(text)
    start = max(places, key=lambda at: (_is_whole(text, at, at + len(quote)), -at))
    end = start + len(quote)
    return (
        f'{escaped(text[:start])}<mark class="ca-quote" tabindex="-1">{escaped(text[start:end])}</mark>'
        f"{escaped(text[end:])}"
    )


def _places(text: str, quote: str) -> list[int]:
    """Where `quote` stands in `text`; the first MOST_PLACES of them."""
    places: list[int] = []
    at = text.find(quote) if quote else -1
    while at >= 0 and len(places) < MOST_PLACES:
        places.append(at)
        at = text.find(quote, at + 1)
    return places


def _is_whole(text: str, start: int, end: int) -> int:
    """How many ends of text[start:end] are ends of a line or sentence, 0 to 2."""
    begins = start == 0 or _BEGINS.search(text, max(0, start - AROUND_IT), start) is not None
    ends = end == len(text) or _ENDS.match(text, end - 1, end + AROUND_IT) is not None
    return begins + ends


def record_html(record: StoredRecord, segment: str = "", quote: str = "", whole: bool = False) -> str:
    """A record with `quote` marked in `segment`; a long one only around it, unless `whole`."""
    position = next((i for i, stored in enumerate(record.segments) if stored.id == segment), None)
    start, end = _window(len(record.segments), position, whole)
    gone = ""
    if segment and position is None:
        gone = '<p class="ca-old">The passage isn’t in this record any more. This is what it says today.</p>'
    return _panel_html(
        record,
        None if position is None else record.segments[position],
        gone
        + _part_button(record, segment, quote, start, "before")
        + _segments_html(record.segments, start, end, position, quote)
        + _part_button(record, segment, quote, len(record.segments) - end, "after"),
    )


def panel_error_html(message: str, fix: str = "") -> str:
    """The panel when a record can't be shown."""
    head = '<h2 class="ca-panel-title" tabindex="-1">Can’t show this</h2>'
    return _frame_html(head, error_html(message, fix))


def _window(count: int, position: int | None, whole: bool) -> tuple[int, int]:
    """Which segments [start, end) of `count` to show."""
    if whole or position is None or count <= WHOLE:
        return 0, count
    return max(0, position - AROUND), min(count, position + AROUND + 1)


def _part_button(record: StoredRecord, segment: str, quote: str, hidden: int, where: str) -> str:
    """A button that shows the whole record, where `hidden` segments are left out."""
    if not hidden:
        return ""
    opens = open_attributes(record.summary.id, segment, quote)
    return (
        f'<p class="ca-rest"><button class="ca-textbutton" {opens}'
        f' data-whole="yes">Show {counted(hidden, "part")} {where}</button></p>'
    )


def _panel_html(record: StoredRecord, cited: StoredSegment | None, body: str) -> str:
    """The panel of a record, with its heading above the body, and a link to the original at the cited place."""
    summary = record.summary
    cast = "".join(
        f"<dt>{said}</dt><dd>{piece_html(names)}</dd>" for said, names in cast_words(summary.people)
    )
    people = f'<dl class="ca-cast">{cast}</dl>' if cast else ""
    link = original(summary, cited)
    open_original = f'<p class="ca-original">{link_html(link, "Open the original")}</p>' if link else ""
    head = (
        f'<h2 class="ca-panel-title" tabindex="-1">{title_html(summary.title)}</h2>'
        f'<p class="ca-about">{about_html(summary)}</p>{people}{open_original}'
    )
    return _frame_html(head, body)


def _frame_html(head: str, body: str) -> str:
    """The panel around a heading and a body, with the button that closes it."""
    return (
        '<aside class="ca-panel" role="dialog" aria-label="Record">'
        f'<header class="ca-panel-head"><div>{head}</div>'
        '<button class="ca-close" type="button" data-do="close" aria-label="Close the record">×</button>'
        "</header>"
        f'<div class="ca-panel-body">{body}</div></aside>'
    )


def _segments_html(
    segments: Sequence[StoredSegment], start: int, end: int, cited: int | None, quote: str
) -> str:
    """The segments [start, end), with a heading where the section changes."""
    parts = []
    above: StoredSegment | None = None
    for i in range(start, end):
        segment = segments[i]
        heading = _heading(segment)
        if heading and (above is None or _heading(above) != heading):
            parts.append(f'<h3 class="ca-section">{piece_html(heading)}</h3>')
            above = None
        mark = quote if i == cited else ""
        parts.append(_segment_html(segment, above, mark, i == cited))
        above = segment
    return "".join(parts)


def _heading(segment: StoredSegment) -> str:
    """What stands above a segment: its section, or the part of the notes it is."""
    return segment.section or PART_WORDS.get(segment.part, "")


def _segment_html(segment: StoredSegment, above: StoredSegment | None, quote: str, cited: bool) -> str:
    """A segment; its speaker is said when it isn't the one of the segment above."""
    said = []
    if segment.speaker and (above is None or above.speaker != segment.speaker):
        said.append(f'<span class="ca-speaker">{piece_html(shown_name(segment.speaker.name))}</span>')
    if segment.time:
        same_day = above is not None and above.time is not None and above.time.date() == segment.time.date()
        day = "" if same_day else f"{date_words(segment.time)}, "
        said.append(f'<time datetime="{segment.time.isoformat()}">{day}{segment.time:%H:%M}</time>')
    if segment.location:
        said.append(f"<span>{piece_html(segment.location)}</span>")
    head = f'<p class="ca-said">{" ".join(said)}</p>' if said else ""
    cited_class = " ca-cited" if cited else ""
    return (
        f'<div class="ca-segment{cited_class}">{head}'
        f'<p class="ca-text">{marked_html(segment.text, quote)}</p></div>'
    )

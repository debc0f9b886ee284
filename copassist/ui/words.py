"""The words and small pieces of HTML that the page says things with.

Text from the memory is untrusted: whatever returns HTML here has escaped it.
"""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from datetime import date, datetime

from copassist.links import host, safe
from copassist.records import Answer, Citation, Format, Kind, Person, RecordSummary, Role
from copassist.shown import shown, shown_line, shown_name, shown_part
from copassist.words import FORMAT_WORDS, spoken

KIND_WORDS: dict[Kind, str] = {"session": "Session", "thread": "Thread", "document": "Document"}
KINDS_WORDS: dict[Kind, str] = {"session": "Sessions", "thread": "Threads", "document": "Documents"}
ROLE_WORDS: dict[Role, str] = {
    "facilitator": "Facilitated by",
    "presenter": "Presented by",
    "answerer": "Answered by",
    "author": "Written by",
    "asker": "Asked by",
    "attendee": "With",
}
STATUS_WORDS = {
    "answered": "Answered from the memory",
    "partial": "Perhaps answered",
    "unanswered": "The memory doesn’t say",
}
SHORT_STATUS_WORDS = {"answered": "Answered", "partial": "Perhaps", "unanswered": "Not in the memory"}
OUTSIDE = 'target="_blank" rel="noopener noreferrer nofollow"'
"""Attributes of a link that leads away: the other page learns nothing of this one."""


def escaped(text: str) -> str:
    """`text` as HTML that shows it, in an element or in a quoted attribute; what can't be seen is left out."""
    return html.escape(shown(text), quote=True)


_CODE = re.compile(r"`([^`\n]+)`")


def prose_html(text: str) -> str:
    """A sentence as HTML, in which `words in backticks` are code."""
    return _CODE.sub(r"<code>\1</code>", escaped(shown_part(text)))


def carried(text: str) -> str:
    """`text` as the value of an attribute that a script reads back exactly."""
    return html.escape(text, quote=True).replace("\r", "&#13;")


def piece_html(text: str) -> str:
    """`text` on one line beside others; whichever way it is written, it turns nothing but itself around."""
    line = html.escape(shown_line(text))
    return f"<bdi>{line}</bdi>" if line else ""


def title_html(title: str) -> str:
    """A record's title on one line; what to call a record without a title that can be seen."""
    return html.escape(shown_line(title)) or "Without a title"


def date_words(day: date | None) -> str:
    """The day as "12 March 2025"; "" when unknown."""
    return spoken(day) if day else ""


def time_tag(day: date | None) -> str:
    """The day as a <time> element; "" when unknown."""
    if day is None:
        return ""
    iso = (day.date() if isinstance(day, datetime) else day).isoformat()
    return f'<time datetime="{iso}">{date_words(day)}</time>'


def kind_words(kind: Kind, session_format: Format) -> str:
    """What a record is: "Clinic", "Thread"; the format where a session has one."""
    return FORMAT_WORDS.get(session_format) or KIND_WORDS[kind]


def joined(names: Sequence[str]) -> str:
    """Names as a sentence lists them: "Ana, Ben and Chi"."""
    if len(names) < 2:
        return "".join(names)
    return f"{', '.join(names[:-1])} and {names[-1]}"


def people_words(people: Sequence[Person], most: int = 3) -> str:
    """The names, each once, as they come; beyond `most`, how many more. Not escaped."""
    names = list(dict.fromkeys(shown_name(person.name) for person in people))
    if len(names) > most:
        return f"{', '.join(names[:most])} and {len(names) - most} more"
    return joined(names)


def cast_words(people: Sequence[Person]) -> list[tuple[str, str]]:
    """Who was what, as pairs like ("Presented by", "Ana and Ben"); the leading roles first."""
    cast = []
    for role, said in ROLE_WORDS.items():
        names = list(dict.fromkeys(shown_name(person.name) for person in people if person.role == role))
        if names:
            cast.append((said, joined(names)))
    rest = list(dict.fromkeys(shown_name(person.name) for person in people if person.role is None))
    if rest:
        cast.append(("People", joined(rest)))
    return cast


def about_html(of: RecordSummary | Citation, *more: str) -> str:
    """One line on a record or a cited one: kind, date, channel, and what else is given."""
    parts = [f'<span class="ca-kind">{escaped(kind_words(of.kind, of.format))}</span>', time_tag(of.date)]
    parts += [piece_html(text) for text in (of.channel, *more)]
    return '<span class="ca-dot" aria-hidden="true"> · </span>'.join(part for part in parts if part)


def place_words(citation: Citation) -> str:
    """Where in its record something was said: "Advice > Caching, page 3"; "" when that isn't told."""
    return ", ".join(part for part in (citation.section, citation.location) if part)


def whose_words(cited: Sequence[Citation]) -> str:
    """Who said what was cited of one record; if the source doesn't say, who was what in it."""
    speakers = [citation.speaker for citation in cited if citation.speaker]
    if speakers:
        return people_words(speakers)
    roles = cast_words([person for person in cited[0].people if person.role]) if cited else []
    return ", ".join(f"{said.lower()} {names}" for said, names in roles)


def confidence_words(answer: Answer) -> str:
    """How sure the memory is, said about the answer's status. The bounds only choose words."""
    if answer.status == "unanswered":
        return "Quite sure of that" if answer.confidence < 0.25 else "Something close may be there"
    if answer.confidence >= 0.8:
        return "Very likely what you asked for"
    if answer.confidence >= 0.5:
        return "Probably what you asked for"
    return "Possibly not what you asked for"


def link_html(url: str, text: str) -> str:
    """A link that opens outside the page and says which host; only the text when the address isn't a safe one."""
    address = safe(url)
    if not address:
        return escaped(text)
    where = "" if text == address else f' <span class="ca-host">({escaped(host(address))})</span>'
    return f'<a class="ca-link" href="{escaped(address)}" {OUTSIDE}>{escaped(text)}</a>{where}'


def reach_html(contact: str) -> str:
    """How to reach somebody: an address becomes a link that says itself, anything else is text."""
    contact = shown_line(contact)
    if re.fullmatch(r"(mailto:)?[\w.+-]+@[\w-]+(\.[\w-]+)+", contact, re.ASCII):
        address = contact.removeprefix("mailto:")
        return f'<a class="ca-link" href="mailto:{escaped(address)}" {OUTSIDE}>{escaped(address)}</a>'
    return link_html(contact, contact)

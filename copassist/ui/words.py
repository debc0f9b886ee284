"""The words and small pieces of HTML that the page says things with.

Text from the memory is untrusted: whatever returns HTML here has escaped it.
"""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from datetime import date, datetime
from urllib.parse import urlsplit

from copassist.records import Answer, Citation, Format, Kind, Person, RecordSummary, Role
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
    "partial": "Answered in part",
    "unanswered": "The memory doesn’t say",
}
SHORT_STATUS_WORDS = {"answered": "Answered", "partial": "In part", "unanswered": "Not in the memory"}


def escaped(text: str) -> str:
    """`text` as HTML that shows exactly it, in an element or in a quoted attribute."""
    return html.escape(text, quote=True)


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


def counted(number: int, one: str, many: str = "") -> str:
    """The number with its noun: "1 record", "1,200 records"."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def joined(names: Sequence[str]) -> str:
    """Names as a sentence lists them: "Ana, Ben and Chi"."""
    if len(names) < 2:
        return "".join(names)
    return f"{', '.join(names[:-1])} and {names[-1]}"


def people_words(people: Sequence[Person], most: int = 3) -> str:
    """The names, each once, as they come; beyond `most`, how many more. Not escaped."""
    names = list(dict.fromkeys(person.name for person in people))
    if len(names) > most:
        return f"{', '.join(names[:most])} and {len(names) - most} more"
    return joined(names)


def cast_words(people: Sequence[Person]) -> list[tuple[str, str]]:
    """Who was what, as pairs like ("Presented by", "Ana and Ben"); the leading roles first."""
    cast = []
    for role, said in ROLE_WORDS.items():
        names = list(dict.fromkeys(person.name for person in people if person.role == role))
        if names:
            cast.append((said, joined(names)))
    rest = list(dict.fromkeys(person.name for person in people if person.role is None))
    if rest:
        cast.append(("People", joined(rest)))
    return cast


def about_html(of: RecordSummary | Citation, people: bool = True) -> str:
    """One line on a record or a cited one: kind, date, channel, place in it, people."""
    parts = [f'<span class="ca-kind">{escaped(kind_words(of.kind, of.format))}</span>', time_tag(of.date)]
    parts.append(escaped(of.channel))
    if isinstance(of, Citation):
        parts.append(escaped(of.location))
    if people:
        parts.append(escaped(people_words(of.people)))
    return '<span class="ca-dot" aria-hidden="true"> · </span>'.join(part for part in parts if part)


def confidence_words(answer: Answer) -> str:
    """How sure the memory is, said about the answer's status. The bounds only choose words."""
    if answer.status == "unanswered":
        return "Quite sure of that" if answer.confidence < 0.25 else "Something close may be there"
    if answer.confidence >= 0.8:
        return "Very likely what you asked for"
    if answer.confidence >= 0.5:
        return "Probably what you asked for"
    return "Possibly not what you asked for"


def safe_url(url: str) -> str | None:
    """`url` if a click on it can only open a web page or a mail; otherwise None."""
    url = url.strip()
    if any(ord(sign) <= 32 or ord(sign) == 127 for sign in url):
        return None
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    if parts.scheme in ("http", "https") and parts.netloc:
        return url
    if parts.scheme == "mailto" and parts.path:
        return url
    return None


def link_html(url: str, text: str) -> str:
    """A link that opens outside the page; only the text when the address isn't a safe one."""
    safe = safe_url(url)
    if safe is None:
        return escaped(text)
    href = f'href="{escaped(safe)}" target="_blank" rel="noopener noreferrer"'
    return f'<a class="ca-link" {href}>{escaped(text)}</a>'


def reach_html(contact: str) -> str:
    """How to reach somebody: an address becomes a link, anything else is text."""
    contact = contact.strip()
    if safe_url(contact):
        return link_html(contact, contact.removeprefix("mailto:"))
    if re.fullmatch(r"[\w.+-]+@[\w-]+(\.[\w-]+)+", contact):
        return link_html(f"mailto:{contact}", contact)
    return escaped(contact)

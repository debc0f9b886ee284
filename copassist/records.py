"""The values that travel between modules: what a memory holds, and what it answers."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal

Kind = Literal["session", "thread", "document"]
Format = Literal["", "clinic", "show-and-tell", "peer-review", "ama", "meeting"]
Role = Literal["facilitator", "presenter", "answerer", "asker", "author", "attendee"]
Part = Literal[
    "",
    "problem",
    "advice",
    "outcome",
    "next-step",
    "decision",
    "question",
    "answer",
    "accepted-answer",
    "people",
]
Status = Literal["answered", "partial", "unanswered"]
Use = Literal["answer", "nearest", "contact"]

STATUSES: tuple[Status, ...] = ("answered", "partial", "unanswered")
KINDS: tuple[Kind, ...] = ("session", "thread", "document")
FORMATS: tuple[Format, ...] = ("clinic", "show-and-tell", "peer-review", "ama", "meeting")
EVERYONE = "everyone"
"""The group that every viewer belongs to."""
PUBLIC = frozenset({EVERYONE})
"""The audience of a record that everyone may see. An empty audience is seen by no one."""


# What a connector reads


@dataclass(frozen=True, slots=True)
class Identity:
    """Somebody as a source names them; matched to a Member of the directory later.

    `scheme` says in which world `key` is unique: "name" for people known by their name
    alone (key: the name as written), "slack:T0123" for a Slack workspace (key: the user id).
    """

    scheme: str
    key: str
    name: str = ""
    handle: str = ""
    email: str = ""


def named(name: str) -> Identity:
    """The identity of somebody whom a text knows by name alone."""
    return Identity("name", name, name)


@dataclass(frozen=True, slots=True)
class Segment:
    """What one person said or wrote in one place of a record: a message, a turn, a paragraph.

    `speaker` is None where the source doesn't say whose words these are. `section` is the path
    of headings above it ("Advice > Caching"), `location` where a reader finds it in the
    original when a heading doesn't tell ("page 3", "00:12:31", "slide 4"). `key` is the source's
    own id of it (a Slack `ts`); without one it is derived from the text. `part` says what of a
    session it is; "people" are the lines that say who ran it or was there.
    """

    text: str
    speaker: Identity | None = None
    role: Role | None = None
    time: dt.datetime | None = None
    section: str = ""
    part: Part = ""
    location: str = ""
    key: str = ""


@dataclass(frozen=True, slots=True)
class Record:
    """A session, a thread or a document, as a connector reads it.

    `locator` is its stable place in the source: the relative path, or channel and `ts`.
    `date` is when it took place or was last known to be true, None when the source doesn't say.
    `roles` are those of the record as a whole; speakers of segments needn't be repeated there.
    `channel` names the place of a thread ("#chart-help"). `link` is the address of the original.
    `group` is set when the record belongs to the members of a private place alone.
    """

    locator: str
    kind: Kind
    title: str
    segments: tuple[Segment, ...]
    date: dt.date | None = None
    format: Format = ""
    roles: tuple[tuple[Identity, Role], ...] = ()
    channel: str = ""
    link: str = ""
    group: Group | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """A set of people who may see what belongs to it, such as the members of a private channel."""

    name: str
    members: tuple[Identity, ...] = ()


@dataclass(frozen=True, slots=True)
class Rejected:
    """Input that is broken: shown with file, place and reason; the rest goes in."""

    file: str
    reason: str
    place: str = ""


@dataclass(frozen=True, slots=True)
class Skipped:
    """Input of a kind that is not read; no error. `what` is counted: ".png", "join message"."""

    file: str
    what: str


Read = Record | Rejected | Skipped
"""What a connector yields."""


# The directory


@dataclass(frozen=True, slots=True)
class Membership:
    """Belonging to a team, with the role in it, from `since` until `until` (None: unknown, or still)."""

    team: str
    role: str = "member"
    since: dt.date | None = None
    until: dt.date | None = None
    former: bool = False


@dataclass(frozen=True, slots=True)
class Member:
    """A person of the directory. `id` is "" until it is stored."""

    name: str
    id: str = ""
    emails: tuple[str, ...] = ()
    handles: tuple[str, ...] = ()
    teams: tuple[Membership, ...] = ()
    groups: tuple[str, ...] = ()
    leader: bool = False
    topics: tuple[str, ...] = ()
    steward_of: tuple[str, ...] = ()
    joined: dt.date | None = None
    left: dt.date | None = None
    away_until: dt.date | None = None
    contact: str = ""
    dont_suggest: bool = False
    hide_name: bool = False


@dataclass(frozen=True, slots=True)
class Viewer:
    """On whose behalf we search. `member` is None for somebody unknown, who sees what is public."""

    member: str | None = None
    groups: frozenset[str] = PUBLIC


# What a search returns


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody in a record, as this memory shows them.

    `member` is the directory's id, None when not matched. `name` is "a member" for one who
    doesn't want to be named.
    """

    identity: int
    name: str
    role: Role | None = None
    member: str | None = None


@dataclass(frozen=True, slots=True)
class StoredSegment:
    """A segment in the memory. `id` stays valid as long as its text stands in the record, `key` is the source's."""

    id: str
    position: int
    text: str
    speaker: Person | None = None
    time: dt.datetime | None = None
    section: str = ""
    part: Part = ""
    location: str = ""
    key: str = ""


@dataclass(frozen=True, slots=True)
class RecordSummary:
    """A record without its segments."""

    id: str
    kind: Kind
    title: str
    date: dt.date | None = None
    format: Format = ""
    channel: str = ""
    link: str = ""
    people: tuple[Person, ...] = ()


@dataclass(frozen=True, slots=True)
class StoredRecord:
    """A record with its segments in order."""

    summary: RecordSummary
    segments: tuple[StoredSegment, ...]


@dataclass(frozen=True, slots=True)
class Span:
    """The part [start, end) of the text of the segment at `position` of a record."""

    position: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Filters:
    """What a search is limited to; an empty field limits nothing.

    `person` is a member's id or a name, `record` the id of the one record to search within.
    """

    kind: Kind | None = None
    format: Format = ""
    since: dt.date | None = None
    until: dt.date | None = None
    person: str = ""
    record: str = ""


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage with its scores, best first in a list of hits.

    `score` orders one list and means nothing across lists. `dense` is the cosine with the query
    (-1 to 1), `keyword` the BM25 score (0 when no term matches). `segments` are those that the
    passage covers, whole; `spans` are what it covers of them.
    """

    passage: int
    record: RecordSummary
    segments: tuple[StoredSegment, ...]
    spans: tuple[Span, ...]
    score: float
    dense: float = 0.0
    keyword: float = 0.0

    @property
    def text(self) -> str:
        """What the passage says, segment by segment."""
        texts = {s.position: s.text for s in self.segments}
        return "\n".join(texts[s.position][s.start : s.end] for s in self.spans)


def best_of_each(hits: Iterable[Hit]) -> list[Hit]:
    """The first hit of each record, in the order in which they come."""
    first: dict[str, Hit] = {}
    for hit in hits:
        first.setdefault(hit.record.id, hit)
    return list(first.values())


# What a question gets


@dataclass(frozen=True, slots=True)
class Citation:
    """An exact quote from one segment, and where it stands. `n` is its number in the answer.

    `speaker` is whose words these are, None when the source doesn't say; `people` are the speaker
    and those with a role in the record. `superseded_by` is the id of a record that replaces what is quoted.
    """

    n: int
    use: Use
    record: str
    segment: str
    kind: Kind
    format: Format
    title: str
    date: dt.date | None
    people: tuple[Person, ...]
    quote: str
    speaker: Person | None = None
    section: str = ""
    location: str = ""
    channel: str = ""
    link: str = ""
    superseded_by: str | None = None


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of an answer with the numbers of the citations that back it."""

    text: str
    citations: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Contact:
    """A member to talk to, why, and the numbers of the citations that show it."""

    member: str
    name: str
    reason: str
    evidence: tuple[int, ...] = ()
    contact: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the memory says to a question; "unanswered" is an answer too, never an error.

    `confidence` is the probability (0 to 1) that the memory answers the question.
    `question_id` is None when the question wasn't logged. `notes` are said to the asker:
    what was left out, or who knew and has left. `written_by` is the language model whose sentences
    these are, "" for the memory's own; `draft` is what it has written so far, unchecked, "" in the end.
    """

    question: str
    status: Status
    confidence: float
    sentences: tuple[Sentence, ...] = ()
    citations: tuple[Citation, ...] = ()
    contacts: tuple[Contact, ...] = ()
    understood_as: str = ""
    notes: tuple[str, ...] = ()
    question_id: str | None = None
    conversation: str = ""
    written_by: str = ""
    draft: str = ""


@dataclass(frozen=True, slots=True)
class Gap:
    """A topic that the memory doesn't answer: a group of questions with a life.

    `examples` are other wordings, `missed` is what askers said was missing in an answer.
    """

    id: str
    label: str
    status: Literal["open", "planned", "closed", "reopened"]
    cause: str
    questions: int
    askers: int
    last_asked: dt.datetime
    suggested_format: Format
    helpers: tuple[Contact, ...] = ()
    examples: tuple[str, ...] = field(default=())
    missed: tuple[str, ...] = ()

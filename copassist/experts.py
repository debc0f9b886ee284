"""Who to ask: relevant passages vote for the people in them, by role and recency.

Document-centric expert finding (Balog et al., 2006) with voting over a deep ranking (Macdonald &
Ounis, 2006). Nobody is ranked for others to see: one to three names come out, with the reason.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import Connection, func, select

from copassist.answer import cite
from copassist.candidates import first_sentence
from copassist.records import Citation, Contact, Hit, Member, Person, Role, StoredSegment, Viewer
from copassist.store import Memory, keywords, members
from copassist.store import schema as t
from copassist.store.keywords import stem
from copassist.store.names import split_handle
from copassist.words import FORMAT_WORDS, spoken

MOST_CONTACTS = 3
MOST_LEADERS = 2
ROLE_WEIGHT: dict[Role | None, float] = {
    "answerer": 1.0,
    "presenter": 1.0,
    "author": 0.8,
    None: 0.8,  # spoke or wrote, in no role that the source names
    "facilitator": 0.4,
    "asker": 0.1,
    "attendee": 0.05,
}
MENTION_WEIGHT = 0.2
"""What being named in a passage counts: several such passages together are evidence, one is not."""
MENTION_HITS = 50
LEAST_HANDLE = 6
"""A handle shorter than this may be an ordinary word."""
HALF_LIFE_DAYS = 730
"""Evidence of two years ago counts half."""
RANK_OFFSET = 5
"""A passage at rank r votes with 1 / (r + this), so that one lucky hit doesn't decide."""
SHARE_OF_BEST = 0.35
"""Somebody with less than this share of the best one's votes isn't named."""
LEAST_VOTES = 0.05
"""With fewer votes there is no evidence worth naming somebody for."""
RELEVANT = 0.35
"""A passage with a cosine below this doesn't vote: what it is about isn't what was asked."""
RELEVANT_SHARE = 0.65
"""Nor does one with less than this share of the best one's cosine."""
TOPIC_VOTES = 0.1
"""What it adds that the question names what somebody told the directory they know."""
TOPIC_SHARE = 2 / 3
"""So much of a topic's words the question has to hold."""
STEWARD_TITLES = 3
STEWARD_VOTES = 0.15
"""What being the steward of a topic that the question or the best passages name adds."""
LOAD_DAYS = 14
LOAD_WEIGHT = 0.12
"""By how much each time somebody was named lately lowers their votes."""
EVIDENCE_EACH = 3
TOPIC_CHARACTERS = 60


@dataclass(frozen=True, slots=True)
class Evidence:
    """One passage that speaks for a person: in which role they are in it, and how much that counts."""

    hit: Hit
    segment: StoredSegment
    role: Role | None
    votes: float
    only_mentioned: bool = False


@dataclass(frozen=True, slots=True)
class Experts:
    """The contacts with the citations of their evidence, and what to say beside them."""

    contacts: tuple[Contact, ...] = ()
    citations: tuple[Citation, ...] = ()
    notes: tuple[str, ...] = ()


def find_experts(
    memory: Memory, question: str, hits: Sequence[Hit], viewer: Viewer, now: datetime, first_number: int = 1
) -> Experts:
    """One to three members to ask, best first, with reasons and evidence; nobody when there is none.

    `hits` are best first and as deep as possible. Never somebody who left, is away, doesn't wish to
    be suggested or named, or asks. Evidence is cited from `first_number` on.
    """
    with memory.reading() as connection:
        directory = {m.id: m for m in members.load(connection)}
        load = _load(connection, now)
    today = now.date()
    evidence = _evidence(hits, _mentions(hits, directory), today)
    stewards = _stewards(question, hits, directory)
    known = _known_topics(question, directory)
    votes = _votes(evidence, stewards, known, load)
    free = {
        id_
        for id_ in votes
        if id_ in directory and id_ != viewer.member and members.may_be_named(directory[id_], today)
    }
    ranked = sorted((id_ for id_ in free if votes[id_] >= LEAST_VOTES), key=lambda id_: (-votes[id_], id_))
    named = [id_ for id_ in ranked if votes[id_] >= SHARE_OF_BEST * votes[ranked[0]]][:MOST_CONTACTS]
    gone = _who_left(votes, evidence, directory, named, today)
    successor = _worked_with(gone.id, evidence, free) if gone else None
    if successor and successor not in named:
        named = [*named[: MOST_CONTACTS - 1], successor]
    told = {id_: f"knows about {topic}" for id_, topic in known.items()}
    told |= {id_: f"steward of {topic}" for id_, topic in stewards.items()}
    contacts, citations = _with_evidence([directory[id_] for id_ in named], evidence, told, first_number)
    notes = _notes(gone, directory[successor] if successor else None)
    return Experts(tuple(contacts), tuple(citations), tuple(notes))


def no_expert(memory: Memory, viewer: Viewer, now: datetime) -> str:
    """What to say when the memory doesn't show who knows: that, and the leaders who may know whom to ask."""
    with memory.reading() as connection:
        leaders = [m for m in members.load(connection) if m.leader and m.id != viewer.member]
    names = [m.name for m in leaders if members.may_be_named(m, now.date())][:MOST_LEADERS]
    asking = f" {' or '.join(names)} may know whom to ask." if names else ""
    return f"The memory doesn’t show who knows about this.{asking}"


def _votes(
    evidence: dict[str, list[Evidence]], stewards: dict[str, str], known: dict[str, str], load: Counter[str]
) -> dict[str, float]:
    """What speaks for each member, less for those who were named often lately."""
    return {
        id_: (
            sum(e.votes for e in evidence.get(id_, ()))
            + STEWARD_VOTES * (id_ in stewards)
            + TOPIC_VOTES * (id_ in known)
        )
        / (1 + LOAD_WEIGHT * load[id_])
        for id_ in {*evidence, *stewards, *known}
    }


def _evidence(
    hits: Sequence[Hit], mentions: dict[int, list[tuple[str, StoredSegment]]], today: date
) -> dict[str, list[Evidence]]:
    """For each member the passages that speak for them, the strongest of each record, strongest first."""
    best: dict[tuple[str, str], Evidence] = {}
    near = max(RELEVANT, RELEVANT_SHARE * max((hit.dense for hit in hits), default=0.0))
    for rank, hit in enumerate(hits, 1):
        if hit.dense < near:
            continue
        weight = _recency(hit.record.date, today) / (rank + RANK_OFFSET)
        found = [
            (person.member, Evidence(hit, segment, person.role, weight * factor * ROLE_WEIGHT[person.role]))
            for person, segment, factor in _people(hit)
        ]
        found += [
            (member, Evidence(hit, segment, None, weight * MENTION_WEIGHT, only_mentioned=True))
            for member, segment in mentions.get(hit.passage, ())
        ]
        for member, evidence in found:
            key = member or "", hit.record.id
            if member and (key not in best or best[key].votes < evidence.votes):
                best[key] = evidence
    by_member: dict[str, list[Evidence]] = defaultdict(list)
    for (member, _), evidence in best.items():
        by_member[member].append(evidence)
    return {member: sorted(found, key=lambda e: -e.votes) for member, found in by_member.items()}


def _mentions(
    hits: Sequence[Hit], directory: dict[str, Member]
) -> dict[int, list[tuple[str, StoredSegment]]]:
    """For each passage the members whose full name or handle it holds, with the segment that does."""
    signs: dict[tuple[str, ...], str] = {}
    for member in directory.values():
        for sign in (member.name, *(split_handle(h)[1] for h in member.handles)):
            words = tuple(keywords.words(sign))
            if len(words) > 1 or len("".join(words)) >= LEAST_HANDLE:
                signs[words] = member.id
    by_first: dict[str, list[tuple[str, ...]]] = defaultdict(list)
    for words in sorted(signs):
        by_first[words[0]].append(words)
    found: dict[int, list[tuple[str, StoredSegment]]] = {}
    for hit in hits[:MENTION_HITS]:
        for segment in hit.segments:
            said = tuple(keywords.words(segment.text))
            runs = {
                words
                for i, word in enumerate(said)
                for words in by_first.get(word, ())
                if said[i : i + len(words)] == words
            }
            found.setdefault(hit.passage, []).extend((signs[run], segment) for run in sorted(runs))
    return found


def _people(hit: Hit) -> list[tuple[Person, StoredSegment, float]]:
    """Those who speak in a passage, and, at half weight, those with a role in its record."""
    speaking = [(s.speaker, s, 1.0) for s in hit.segments if s.speaker]
    return speaking + [(person, hit.segments[0], 0.5) for person in hit.record.people]


def _recency(day: date | None, today: date) -> float:
    age = max((today - day).days, 0) if day else HALF_LIFE_DAYS
    return float(0.5 ** (age / HALF_LIFE_DAYS))


def _load(connection: Connection, now: datetime) -> Counter[str]:
    """How often each member was named to askers in the last days."""
    rows = connection.execute(
        select(t.question_contacts.c.member_id, func.count())
        .join(t.questions)
        .where(t.questions.c.asked_at >= now - timedelta(days=LOAD_DAYS), t.questions.c.asked_at <= now)
        .group_by(t.question_contacts.c.member_id)
    )
    return Counter({row[0]: row[1] for row in rows})


def _who_left(
    votes: dict[str, float],
    evidence: dict[str, list[Evidence]],
    directory: dict[str, Member],
    named: Sequence[str],
    today: date,
) -> Member | None:
    """The one who knew most and has left, if they had more votes than anybody who is named."""
    most = max((votes[id_] for id_ in named), default=LEAST_VOTES)
    for id_ in sorted(votes, key=lambda id_: -votes[id_]):
        member = directory.get(id_)
        if votes[id_] < most:
            return None
        knew = any(_knowing(e) and not e.only_mentioned for e in evidence.get(id_, ()))
        if member and knew and members.has_left(member, today) and not member.hide_name:
            return member
    return None


def _worked_with(gone: str, evidence: dict[str, list[Evidence]], free: set[str]) -> str | None:
    """Who shares most of the evidence of the one who left."""
    theirs = {e.hit.record.id for e in evidence[gone]}
    shared = {
        id_: sum(e.votes for e in evidence.get(id_, ()) if e.hit.record.id in theirs and _knowing(e))
        for id_ in free
    }
    best = max(shared, key=lambda id_: (shared[id_], id_), default=None)
    return best if best and shared[best] > 0 else None


def _knowing(evidence: Evidence) -> bool:
    """Whether it shows that somebody knows; having asked or been there doesn't."""
    return evidence.role not in ("asker", "attendee")


def _with_evidence(
    named: Sequence[Member],
    evidence: dict[str, list[Evidence]],
    told: dict[str, str],
    first_number: int,
) -> tuple[list[Contact], list[Citation]]:
    contacts: list[Contact] = []
    citations: list[Citation] = []
    for member in named:
        found = evidence.get(member.id, [])
        shown = ([e for e in found if _knowing(e)] or found)[:EVIDENCE_EACH]
        numbers = []
        for one in shown:
            numbers.append(first_number + len(citations))
            citations.append(cite(numbers[-1], "contact", one.hit, one.segment, first_sentence(one.segment)))
        contacts.append(
            Contact(
                member.id,
                member.name,
                _reason(shown, told.get(member.id, "")),
                tuple(numbers),
                members.reach(member),
            )
        )
    return contacts, citations


def _reason(shown: Sequence[Evidence], told: str) -> str:
    """What somebody did on the matter, the records of one kind of deed together, and what the directory says.

    As in: "Answered “White hairlines in the export”, advised in the clinic “boxes in the PDF” (12 February 2025)".
    """
    deeds: dict[str, list[str]] = defaultdict(list)
    for evidence in shown:
        verb, place = _deed(evidence)
        if place not in deeds[verb]:
            deeds[verb].append(place)
    said = [f"{verb} {' and '.join(places)}" for verb, places in deeds.items()]
    said += [told] if told else []
    return _upper_first(", ".join(said))


def _deed(evidence: Evidence) -> tuple[str, str]:
    """What somebody did, and in what."""
    record, role = evidence.hit.record, evidence.role
    title = f"“{_topic(record.title)}”"
    if evidence.only_mentioned:
        return "is named in", title
    if record.kind == "thread":
        if evidence.segment.part in ("answer", "accepted-answer"):
            return "answered", title
        return ("asked" if role == "asker" else "wrote in"), title
    if record.kind == "document":
        return ("wrote" if role == "author" else "spoke in"), title
    form = FORMAT_WORDS.get(record.format, "session").lower()
    form = {"ask me anything": "ask-me-anything hour"}.get(form, form)
    when = f" ({spoken(record.date)})" if record.date else ""
    return _SESSION_DEEDS[role], f"the {form} {title}{when}"


_SESSION_DEEDS: dict[Role | None, str] = {
    "answerer": "advised in",
    "presenter": "presented at",
    "facilitator": "led",
    "author": "took notes at",
    "asker": "asked in",
    "attendee": "was at",
    None: "spoke in",
}
_PREFIX = re.compile(
    r"^(?:clinic|show (?:&|and) tell|peer review(?: circle)?|ama|ask me anything|meeting)\b[^:–-]{0,25}[:–-]\s*",
    re.I,
)


def _topic(title: str) -> str:
    """A title without the form and the date that are said beside it, cut at TOPIC_CHARACTERS."""
    bare = _PREFIX.sub("", re.sub(r"\s*\([^()]*\d{4}\)\s*$", "", title)) or title
    return bare if len(bare) <= TOPIC_CHARACTERS else bare[:TOPIC_CHARACTERS].rsplit(" ", 1)[0] + " …"


def _upper_first(text: str) -> str:
    return text[:1].upper() + text[1:]


def _stewards(question: str, hits: Sequence[Hit], directory: dict[str, Member]) -> dict[str, str]:
    """Members with the topic they are steward of, where the question or a best record's title names it."""
    titles = " ".join(hit.record.title for hit in hits[:STEWARD_TITLES] if hit.dense >= RELEVANT)
    named = {stem(w) for w in keywords.terms(f"{question} {titles}")}
    found: dict[str, str] = {}
    for member in directory.values():
        for topic in member.steward_of:
            words = keywords.terms(topic)
            if sum(stem(w) in named for w in words) * 2 >= len(words):
                found.setdefault(member.id, topic)
    return found


def _known_topics(question: str, directory: dict[str, Member]) -> dict[str, str]:
    """Members with the topic of theirs that the question names."""
    asked = {stem(w) for w in keywords.terms(question)}
    found: dict[str, str] = {}
    for member in directory.values():
        for topic in member.topics:
            words = keywords.terms(topic)
            if words and sum(stem(w) in asked for w in words) >= TOPIC_SHARE * len(words):
                found.setdefault(member.id, topic)
    return found


def _notes(gone: Member | None, successor: Member | None) -> list[str]:
    if gone is None:
        return []
    since = f" ({spoken(gone.left)})" if gone.left else ""
    worked = f"; {successor.name} worked on it too" if successor else ""
    return [f"{gone.name}, who did most on this, has left the community{since}{worked}."]

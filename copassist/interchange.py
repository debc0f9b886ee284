"""Answers, hits and gaps as JSON for scripts (the interface contract) and as text for a terminal."""

from __future__ import annotations

import re
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from typing import Any

from copassist.records import Answer, Citation, Gap, Hit, Person, RecordSummary
from copassist.shown import shown, shown_line, shown_name, shown_part
from copassist.store.identities import HIDDEN_NAME
from copassist.words import FORMAT_WORDS, counted, spoken

STATUS_WORDS = {
    "answered": "Answered from the memory",
    "partial": "Perhaps answered",
    "unanswered": "The memory doesn't say",
}


_LIKE_A_MARKER = re.compile(r"(?<![\w)\]])(?:\[\d{1,3}\])+", re.ASCII)
_ROUND = str.maketrans("[]", "()")


def answer_json(answer: Answer) -> dict[str, Any]:
    """An answer as `ask --json` prints it."""
    return {
        "question": answer.question,
        "understood_as": answer.understood_as,
        "status": answer.status,
        "confidence": answer.confidence,
        "sentences": [{"text": s.text, "citations": list(s.citations)} for s in answer.sentences],
        "citations": [_citation_json(c) for c in answer.citations],
        "contacts": [
            {
                "member": c.member,
                "name": c.name,
                "reason": c.reason,
                "evidence": list(c.evidence),
                "contact": c.contact,
            }
            for c in answer.contacts
        ],
        "notes": list(answer.notes),
        "question_id": answer.question_id,
        "conversation": answer.conversation,
        "written_by": answer.written_by,
    }


def _citation_json(citation: Citation) -> dict[str, Any]:
    return {
        "n": citation.n,
        "use": citation.use,
        "record": citation.record,
        "segment": citation.segment,
        "kind": citation.kind,
        "title": citation.title,
        "date": citation.date.isoformat() if citation.date else None,
        "people": [_person_json(p) for p in citation.people],
        "quote": citation.quote,
        "location": citation.location or citation.section,
        "link": citation.link,
        "superseded_by": citation.superseded_by,
    }


def _person_json(person: Person) -> dict[str, Any]:
    hidden = person.name == HIDDEN_NAME
    return {"member": None if hidden else person.member, "name": person.name, "role": person.role}


def hits_json(hits: Sequence[Hit]) -> dict[str, Any]:
    """Hits as `search --json` prints them."""
    return {
        "hits": [
            {
                "record": hit.record.id,
                "segment": hit.segments[0].id,
                "kind": hit.record.kind,
                "format": hit.record.format,
                "title": hit.record.title,
                "date": hit.record.date.isoformat() if hit.record.date else None,
                "people": [_person_json(p) for p in people_of(hit)],
                "text": hit.text,
                "score": round(hit.score, 4),
            }
            for hit in hits
        ]
    }


def people_of(hit: Hit) -> list[Person]:
    """Those with a role in the record of a hit and those who speak in it, each once in each role."""
    speaking = [s.speaker for s in hit.segments if s.speaker]
    return list(dict.fromkeys([*speaking, *hit.record.people]))


def gaps_json(gaps: Sequence[Gap], hidden: int) -> dict[str, Any]:
    """Gaps as `gaps --json` prints them."""
    return {
        "gaps": [
            {
                "id": gap.id,
                "label": gap.label,
                "status": gap.status,
                "cause": gap.cause,
                "questions": gap.questions,
                "askers": gap.askers,
                "last_asked": gap.last_asked.isoformat(),
                "suggested_format": gap.suggested_format,
                "helpers": [{"member": h.member, "name": h.name, "reason": h.reason} for h in gap.helpers],
                "examples": list(gap.examples),
                "missed": list(gap.missed),
            }
            for gap in gaps
        ],
        "hidden": hidden,
    }


def answer_text(answer: Answer) -> str:
    """An answer for a terminal. Our own lines begin at its edge, or with two spaces; text of the memory never does."""
    numbers = {c.n for c in answer.citations}
    lines = [f"{STATUS_WORDS[answer.status]}.", ""]
    if answer.understood_as and answer.understood_as != answer.question:
        lines = [f"Understood as: {_inside(answer.understood_as, numbers)}", *lines]
    by_number = {c.n: c for c in answer.citations}
    lead = ""
    for s in answer.sentences:
        before, lead = lead, "" if answer.written_by else lead_text(by_number[s.citations[0]])
        lines += [f"{_inside(lead, numbers)}:"] if lead != before else []
        lines.append(f"  {_inside(s.text, numbers)} {''.join(f'[{n}]' for n in s.citations)}")
    nearest = [c for c in answer.citations if c.use == "nearest"]
    if nearest:
        lines += [
            "Nearest to it, though no answer:",
            *(f"  “{_inside(c.quote, numbers)}” [{c.n}]" for c in nearest),
        ]
    cited = [c for c in answer.citations if c.use != "contact"]
    if cited:
        lines += ["", *(f"[{c.n}] {place_text(c)}" for c in cited)]
    if answer.contacts:
        lines += ["", "Talk to:"]
        for contact in answer.contacts:
            reach = f" ({shown_line(contact.contact)})" if contact.contact else ""
            lines.append(f"  {shown_name(contact.name)}{reach}: {_indented(contact.reason)}.")
    lines += [f"\n{_indented(note)}" for note in answer.notes]
    return "\n".join(lines)


def lead_text(citation: Citation) -> str:
    """Our own words before what is quoted: "In the clinic of 12 March 2025, Bo Lind"; what is replaced says so."""
    when = spoken(citation.date) if citation.date else ""
    if citation.format:
        where = f"the {FORMAT_WORDS[citation.format].lower()}" + (f" of {when}" if when else "")
    else:
        where = shown_line(citation.channel) or f"“{shown_line(citation.title)}”"
        where += f", {when}" if when else ""
    who = shown_line(citation.speaker.name) if citation.speaker else ""
    older = " (replaced since)" if citation.superseded_by else ""
    return f"In {where}{older}" + (f", {who}" if who else "")


def _inside(text: str, numbers: AbstractSet[int]) -> str:
    """A text of the memory inside of an answer: what looks like one of its markers is no marker."""

    def bare(found: re.Match[str]) -> str:
        told = {int(number) for number in re.findall(r"\d+", found[0])}
        return found[0].translate(_ROUND) if told & numbers else found[0]

    return _indented(_LIKE_A_MARKER.sub(bare, shown_part(text)))


def _indented(text: str) -> str:
    """A text in which no line but the first begins where ours do."""
    return shown(text).replace("\n", "\n    ")


def place_text(citation: Citation) -> str:
    """Where a quote stands, in words, and whose it is where the source says so; nobody else is named."""
    who = shown_name(citation.speaker.name) if citation.speaker else ""
    what = FORMAT_WORDS.get(citation.format, "") or citation.channel
    when = spoken(citation.date) if citation.date else ""
    parts = (what, f"“{citation.title}”", when, citation.section, citation.location, who)
    return ", ".join(shown_line(part) for part in parts if part)


def hit_text(hit: Hit) -> str:
    """A hit for a terminal."""
    return f"{_record_line(hit.record)}\n  " + shown(hit.text[:400]).replace("\n", "\n  ")


def _record_line(record: RecordSummary) -> str:
    what = FORMAT_WORDS.get(record.format, record.kind)
    parts = (record.id, what, record.title, spoken(record.date) if record.date else "")
    return ", ".join(shown_line(part) for part in parts if part)


def gap_text(gap: Gap) -> str:
    """A gap for a terminal."""
    by = f"{counted(gap.questions, 'question')} by {counted(gap.askers, 'person', 'people')}"
    asked = f"{by}, last on {spoken(gap.last_asked.date())}"
    form = FORMAT_WORDS.get(gap.suggested_format, "session").lower()
    also = "".join(f"\n  also: {shown_line(q)}" for q in gap.examples)
    also += "".join(f"\n  missing: {shown_line(said)}" for said in gap.missed)
    return f"{shown_line(gap.label)}\n  {asked}; suggested: {form}{also}"

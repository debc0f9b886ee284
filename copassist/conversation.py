"""What a question means within its conversation, by rules: "and who ran it?", "what about Windows?".

What is brought along is shown to the asker, and holds only words of the conversation.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import literal_column, select

from copassist.embedding import Encoder
from copassist.questions import pseudonym
from copassist.records import Answer, Viewer
from copassist.retrieve import Searcher
from copassist.store import keywords
from copassist.store import schema as t
from copassist.wanted import parts_wanted

TURNS_READ = 6
"""So many of the latest turns count."""
LONGEST_TOPIC = 120
"""Characters that are brought along of what was said before, at most."""
FULL = 3
"""A question with so many words of its own stands alone whatever word it begins with."""
CONTRASTED = 0.4
"""A word of the question before gives way to one at least this near in meaning (cosine)."""

_OPENER = re.compile(r"^(?:(?:and|but|so|or|ok|okay|then|also|well|yes|no)\b[\s,.:]*)+", re.I)
_SLOT = re.compile(r"^(?:what|how) about\s+", re.I)
_RECORD = r"(?:clinic|session|meeting|talk|review|thread|show|document|hour)"
_REFERS = re.compile(
    rf"\b(?:(?:that|this|the same) {_RECORD}|it|they|them|he|him|she|those|these|there)\b"
    r"|(?:(?<=^)|(?<=\b(?:for|did|was) )|(?<=\b(?:to|of|on|in|do|is) )|(?<=\b(?:with|does|like) )|(?<=\babout ))"
    r"(?:that|this)\b|\b(?:that|this)(?=\W*$)",
    re.I,
)
_OWNS = re.compile(r"\b(?:its|their|his|her)\b", re.I)
_EXISTS = re.compile(r"\b(?:(?:is|are|was|were|will|be) there|there (?:is|are|was|were|will))\b", re.I)
_IMPERSONAL = re.compile(
    r"\b(?:(?:is|was|does|would|can) it (?:\w+ ){0,2}(?:to|that|if)|it (?:is|was|takes?|makes?) (?:\w+ ){0,3}to)\b",
    re.I,
)
_CORRECTS = re.compile(r"\bi mean(?:t)?\b|^(?:oops|sorry|correction)\b|\b(?:else|any other|others?)\b", re.I)
_OF_RECORD = re.compile(
    r"\bwho\b.*\b(?:ran|run|led|leads?|facilitat\w+|host\w*|chair\w*|moderat\w+|present\w*|attend\w*|there|at|"
    r"brought|asked|raised|answered|wrote|said|gave|showed)\b"
    rf"|\b(?:when|where) (?:was|were|did)\b.*\b(?:it|that|this|they|{_RECORD})\b",
    re.I,
)
_MEANS = re.compile(r"\bwhat (?:does|do) \S.{0,40} (?:mean|stand for)\W*$", re.I)
_DID_PEOPLE = re.compile(r"\bdid (?:they|he|she)$", re.I)
"""What ends with a word that refers to people."""
_NAME = re.compile(r"(?<=\S )(?!I\b)[A-Z][\w+-]*|\b[A-Z]{2,}\w*\b")
_QUOTED = re.compile(r"“([^“”]+)”")
_VAGUE = frozenset(
    """
    many long often far old big kind kinds type types another example examples sample details mean means meant
    work works reason reasons difference ran run led runs leads presented presents attended attend happened
    happen happens use used change changed exactly check best worst better good bad big first last next
    look looks there top fast quickly least time times cost costs else instead
    clinic session meeting talk thread person people answered wrote brought asked raised look possible
    """.split()
)
"""Words that carry meaning and yet don't say what a question is about."""


@dataclass(frozen=True, slots=True)
class Turn:
    """An earlier question, as it was understood, and the titles of the records that its answer cited, in order.

    `answered` if these answered it; else they are what was nearest.
    """

    question: str
    titles: tuple[str, ...] = ()
    answered: bool = True


Asked = tuple[str, Sequence[str], bool]
"""An earlier question as it was typed, the ids of the records that its answer cited, and whether it was answered."""


def answered(answers: Sequence[Answer], private: bool) -> list[Asked]:
    """What these answers say was asked, oldest first; unless `private`, what was asked privately is left out.

    Otherwise it would leave a trace in the log, by what a later question is understood as.
    """
    return [
        (a.question, [c.record for c in a.citations if c.use != "contact"], a.status != "unanswered")
        for a in answers
        if private or a.question_id is not None
    ]


def logged(searcher: Searcher, conversation: str, asker: str) -> list[Asked]:
    """What this asker asked before in a conversation, oldest first; what others asked in it stays theirs.

    Empty where nothing was logged, as after private questions.
    """
    asked, cited = t.questions.c, t.question_citations.c
    wanted = (asked.conversation == conversation) & (asked.asker == pseudonym(searcher.memory, asker))
    with searcher.memory.reading() as connection:
        rows = connection.execute(
            select(asked.id, asked.text, asked.status)
            .where(wanted)
            .order_by(asked.asked_at.desc(), literal_column("questions.rowid").desc())
            .limit(TURNS_READ)
        ).all()
        records = connection.execute(
            select(cited.question_id, cited.record_id)
            .where(cited.question_id.in_([row.id for row in rows]), cited.use != "contact")
            .order_by(cited.n)
        ).all()
    of = {row.id: [r.record_id for r in records if r.question_id == row.id] for row in rows}
    return [(row.text, of[row.id], row.status != "unanswered") for row in reversed(rows)]


def replay(searcher: Searcher, asked: Sequence[Asked], viewer: Viewer) -> list[Turn]:
    """The latest turns as they were understood, with the titles of what this viewer may see today alone."""
    latest = asked[-TURNS_READ:]
    wanted = {record for _, records, _ in latest for record in records}
    seen = select(t.record_groups.c.record_id).where(t.record_groups.c.group.in_(sorted(viewer.groups)))
    with searcher.memory.reading() as connection:
        titles = {
            row.id: row.title
            for row in connection.execute(
                select(t.records.c.id, t.records.c.title).where(
                    t.records.c.id.in_(wanted), t.records.c.id.in_(seen)
                )
            )
        }
    turns: list[Turn] = []
    for question, records, was_answered in latest:
        understood = understand(question, turns, searcher.encoder)
        seen_titles = tuple(titles[r] for r in dict.fromkeys(records) if r in titles)
        turns.append(Turn(understood, seen_titles, was_answered))
    return turns


def understand(question: str, turns: Sequence[Turn], encoder: Encoder) -> str:
    """The question as it can be understood alone; unchanged where it leans on no earlier turn (oldest first)."""
    if not turns or not leans(question):
        return question
    before = turns[-1]
    bare = _OPENER.sub("", question).strip() or question
    title = _clean(before.titles[0]) if before.titles else ""
    if title and (_OF_RECORD.search(bare) or (before.answered and parts_wanted(bare))):
        return _in_place(bare, f"“{title}”")
    return _swapped(bare, before.question, encoder) or _about(bare, topic(before.question) or title)


def leans(question: str) -> bool:
    """Whether a question can't be understood without what was said before."""
    bare = _OPENER.sub("", question)
    words = content(bare)
    if _SLOT.match(bare):
        return len(words) <= FULL
    refers = _REFERS.search(_IMPERSONAL.sub("", _EXISTS.sub("", bare)))
    owns = _OWNS.search(bare)
    for found in filter(None, (refers, owns)):
        if len(content(bare[: found.start()])) < FULL and not _NAME.search(bare[: found.start()]):
            return True
    if _CORRECTS.search(question) and len(words) <= FULL:
        return True
    if _NAME.search(bare) or _MEANS.search(bare):
        return False
    if len(words) < FULL and len(words) == len(keywords.words(bare)):
        return True
    return len(words) <= 1 or (bare != question and len(words) < FULL)


def content(text: str) -> list[str]:
    """The words of a text that say what it is about."""
    return [
        w for w in keywords.words(text) if w not in keywords.STOP_WORDS and w not in _VAGUE and len(w) > 1
    ]


def topic(question: str) -> str:
    """What a question is about in its own words: what it quotes, or from its first telling word to its last."""
    quoted = _QUOTED.findall(question)
    if quoted:
        return str(quoted[-1])
    clauses = re.split(r"(?<=[.?!;,:])\s+", question)
    best = max(clauses, key=lambda clause: len(content(clause)))
    telling = [m for m in re.finditer(r"[^\W_]+", best) if content(m[0])]
    return _cut(best[telling[0].start() : telling[-1].end()]) if telling else ""


def _in_place(question: str, what: str) -> str:
    """The question with `what` in place of the first word that refers to it, or after it where none does."""
    refer = (m for m in _REFERS.finditer(question) if not _DID_PEOPLE.search(question[: m.end()]))
    if found := next(refer, None):
        what = f"at {what}" if found[0].lower() == "there" else what
        return question[: found.start()] + what + question[found.end() :]
    return f"{question.rstrip(' ?.!')} at {what}?"


def _about(question: str, what: str) -> str:
    """The question followed by what it is about."""
    return f"{question} (about “{what}”)" if what else question


def _swapped(question: str, before: str, encoder: Encoder) -> str:
    """The question before with the term that this one contrasts in its place; "" where none is near enough.

    Only for "what about X?" and "and X?" where X is a few words without a verb of its own.
    """
    term = _SLOT.sub("", question).strip(" ?.!")
    candidates = [w for w in re.findall(r"[\w-]+", _QUOTED.sub("", before)) if content(w)]
    if not _SLOT.match(question) or not candidates or len(term.split()) > FULL or before.endswith(")"):
        return ""
    vectors = encoder.encode([term, *candidates])
    cosines = [float(v @ vectors[0]) for v in vectors[1:]]
    best = max(range(len(candidates)), key=cosines.__getitem__)
    if cosines[best] < CONTRASTED or candidates[best].lower() == term.lower():
        return ""
    return re.sub(rf"(?<![\w-]){re.escape(candidates[best])}(?![\w-])", lambda _: term, before, count=1)


def _clean(text: str) -> str:
    """A title in one line, without the marks that set what is brought along apart."""
    plain = "".join(c if c.isprintable() and c not in "“”" else " " for c in text)
    return _cut(" ".join(plain.split()))


def _cut(text: str) -> str:
    """The text, or its beginning up to a word's end."""
    return text if len(text) <= LONGEST_TOPIC else text[:LONGEST_TOPIC].rsplit(" ", 1)[0]

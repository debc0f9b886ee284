"""What the memory can't answer: questions grouped by meaning. Leaders see topics and counts, never who asked."""

from __future__ import annotations

import uuid
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Any

import numpy as np
from sqlalchemy import Connection, and_, insert, select, update

from copassist.embedding import Vectors
from copassist.records import Answer, Contact, Format, Gap, Member
from copassist.store import Memory, identities, members
from copassist.store import schema as t

ALIKE = 0.55
"""A question joins the gap whose questions it is nearest to, if the mean cosine is above this."""
NEAR = 0.45
"""With a passage nearer than this the memory has something, though it doesn't answer."""
EXAMPLES = 3
HELPERS = 2


def cause(answer: Answer, nearest: float) -> str:
    """Why the memory doesn't answer, as far as that shows; "" if it does.

    `nearest` is the cosine of the passage nearest to the question: "not-found" when something lies
    near, "missing" when nothing does.
    """
    if answer.status != "unanswered":
        return ""
    return "not-found" if nearest >= NEAR else "missing"


def assign(connection: Connection, question_id: str, vector: Vectors, at: datetime) -> None:
    """Put a question into the gap that it belongs to, or open one for it."""
    rows = connection.execute(
        select(t.questions.c.gap_id, t.questions.c.vector).join(t.gaps, t.gaps.c.id == t.questions.c.gap_id)
    ).all()
    by_gap: dict[str, list[float]] = defaultdict(list)
    for row in rows:
        by_gap[row.gap_id].append(float(np.frombuffer(row.vector, dtype=np.float32) @ vector))
    nearest = max(by_gap, key=lambda g: (float(np.mean(by_gap[g])), g), default=None)
    if nearest is None or float(np.mean(by_gap[nearest])) < ALIKE:
        nearest = uuid.uuid4().hex[:8]
        connection.execute(insert(t.gaps).values(id=nearest, status="open", opened_at=at))
    connection.execute(update(t.questions).where(t.questions.c.id == question_id).values(gap_id=nearest))


def release(connection: Connection, question_id: str) -> None:
    """Take a question out of its gap: the answer helped after all."""
    connection.execute(update(t.questions).where(t.questions.c.id == question_id).values(gap_id=None))


def find_gaps(memory: Memory, least_askers: int) -> tuple[list[Gap], int]:
    """The open gaps that at least so many different people asked about, and how many more there are.

    Most askers first. Of the hidden ones nothing but their number is told.
    """
    with memory.reading() as connection:
        rows = connection.execute(
            select(t.questions, t.gaps.c.status.label("gap_status"), t.feedback.c.text.label("missed"))
            .join(t.gaps, t.gaps.c.id == t.questions.c.gap_id)
            .outerjoin(t.feedback, and_(t.feedback.c.question_id == t.questions.c.id, ~t.feedback.c.helped))
            .order_by(t.questions.c.asked_at)
        ).all()
    groups: dict[str, list[Any]] = defaultdict(list)
    for row in rows:
        groups[row.gap_id].append(row)
    with memory.reading() as connection:
        named = _named(connection, memory.now().date())
        shown_as = identities.redactor(connection, any_case=True)
    shown = {id_: group for id_, group in groups.items() if len({r.asker for r in group}) >= least_askers}
    gaps = [_gap(id_, group, named, shown_as) for id_, group in shown.items()]
    gaps.sort(key=lambda g: (-g.askers, -g.questions, g.label))
    return gaps, len(groups) - len(shown)


def _gap(
    id_: str, group: Sequence[Any], named: dict[str, list[Member]], shown_as: Callable[[str], str]
) -> Gap:
    vectors = np.stack([np.frombuffer(row.vector, dtype=np.float32) for row in group])
    central = np.argsort(-(vectors @ vectors.mean(axis=0)), kind="stable")
    texts = list(dict.fromkeys(shown_as(group[i].text) for i in central))
    return Gap(
        id=id_,
        label=texts[0],
        status=group[0].gap_status,
        cause=Counter(row.cause or "unhelpful" for row in group).most_common(1)[0][0],
        questions=len(group),
        askers=len({row.asker for row in group}),
        last_asked=max(row.asked_at for row in group),
        suggested_format=suggested_format(texts),
        helpers=_helpers(group, named),
        examples=tuple(texts[1 : 1 + EXAMPLES]),
        missed=tuple(dict.fromkeys(shown_as(group[i].missed) for i in central if group[i].missed))[:EXAMPLES],
    )


def _named(connection: Connection, today: date) -> dict[str, list[Member]]:
    """For each question the members who were named for it and may still be."""
    free = {m.id: m for m in members.load(connection) if members.may_be_named(m, today)}
    found: dict[str, list[Member]] = defaultdict(list)
    for row in connection.execute(select(t.question_contacts)):
        if row.member_id in free:
            found[row.question_id].append(free[row.member_id])
    return found


def _helpers(group: Sequence[Any], named: dict[str, list[Member]]) -> tuple[Contact, ...]:
    """Those named for most of the group's questions."""
    counts = Counter(member.id for row in group for member in named.get(row.id, ()))
    by_id = {member.id: member for row in group for member in named.get(row.id, ())}
    return tuple(
        Contact(id_, by_id[id_].name, "Knows what lies nearest to it", (), members.reach(by_id[id_]))
        for id_, _ in sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:HELPERS]
    )


def suggested_format(texts: Sequence[str]) -> Format:
    """The form of session that fits questions of this kind, by how they are asked."""
    asked = [text.lower() for text in texts]
    problems = sum(
        any(w in q for w in ("fail", "error", "broke", "slow", "wrong", "problem", "fix", "doesn't", "can't"))
        for q in asked
    )
    how = sum(q.startswith(("how", "has anyone", "can ", "could ", "is there a way")) for q in asked)
    if problems * 2 >= len(asked):
        return "clinic"
    return "show-and-tell" if how * 2 >= len(asked) else "ama"

"""The log of questions: what was asked, what came of it, and whether it helped.

Askers are pseudonyms, and secrets that somebody typed are left out.
"""

from __future__ import annotations

import hashlib
import hmac
import uuid
from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import numpy as np
from sqlalchemy import func, insert, select
from sqlalchemy.dialects.sqlite import insert as upsert

from copassist import gaps
from copassist.embedding import Vectors
from copassist.errors import NotFoundError
from copassist.records import STATUSES, Answer, Status
from copassist.secrets import masked
from copassist.store import Memory
from copassist.store import schema as t

COMMAND_LINE = "the command line"
"""The one asker as which questions on the command line count when nobody is named."""
LONGEST = 4_000
"""Characters of a question that are kept."""


def pseudonym(memory: Memory, asker: str) -> str:
    """A name for an asker that tells nobody who it is: a keyed hash, with this memory's key."""
    return hmac.new(memory.secret(), asker.encode(), hashlib.sha256).hexdigest()[:16]


def log(memory: Memory, answer: Answer, vector: Vectors, nearest: float, asker: str, at: datetime) -> str:
    """Store a question with what came of it; its id. `asker` is kept as a pseudonym.

    `nearest` is the cosine of the passage nearest to the question.
    """
    id_ = uuid.uuid4().hex[:12]
    with memory.writing() as connection:
        connection.execute(
            insert(t.questions).values(
                id=id_,
                asked_at=at,
                asker=pseudonym(memory, asker),
                text=masked(answer.question)[0][:LONGEST],
                status=answer.status,
                confidence=answer.confidence,
                vector=vector.tobytes(),
                conversation=answer.conversation,
                cause=gaps.cause(answer, nearest),
            )
        )
        if answer.contacts:
            connection.execute(
                insert(t.question_contacts),
                [{"question_id": id_, "member_id": c.member} for c in answer.contacts],
            )
        if answer.citations:
            connection.execute(
                insert(t.question_citations),
                [
                    {
                        "question_id": id_,
                        "n": c.n,
                        "use": c.use,
                        "record_id": c.record,
                        "segment_id": c.segment,
                        "quote": c.quote,
                    }
                    for c in answer.citations
                ],
            )
        if answer.status == "unanswered":
            gaps.assign(connection, id_, vector, at)
    return id_


def give_feedback(memory: Memory, question_id: str, helped: bool, text: str, at: datetime) -> None:
    """Store whether an answer helped, replacing what the asker said before.

    An answer that didn't help becomes part of a gap. Raises NotFoundError if the question wasn't logged.
    """
    values = {"helped": helped, "text": masked(text)[0][:LONGEST], "at": at}
    with memory.writing() as connection:
        question = connection.execute(select(t.questions).where(t.questions.c.id == question_id)).first()
        if question is None:
            raise NotFoundError(
                "That question isn't in the log.", "Feedback is kept for logged questions alone."
            )
        statement = upsert(t.feedback).values(question_id=question_id, **values)
        connection.execute(statement.on_conflict_do_update(["question_id"], set_=values))
        if not helped and question.gap_id is None:
            gaps.assign(connection, question_id, np.frombuffer(question.vector, dtype=np.float32), at)
        elif helped and question.gap_id is not None and question.status != "unanswered":
            gaps.release(connection, question_id)


@dataclass(frozen=True, slots=True)
class WeekCount:
    """How many questions of the week that begins on `start` (a Monday) got this status."""

    start: date
    status: Status
    questions: int


def by_week(memory: Memory) -> list[WeekCount]:
    """The questions of each week by status, oldest first, from the first week to the last without a hole."""
    with memory.reading() as connection:
        rows = connection.execute(select(t.questions.c.asked_at, t.questions.c.status)).all()
    days = [(row.asked_at.date(), row.status) for row in rows]
    counts = Counter((day - timedelta(days=day.weekday()), status) for day, status in days)
    if not counts:
        return []
    first, last = min(counts)[0], max(counts)[0]
    mondays = [first + timedelta(weeks=n) for n in range((last - first).days // 7 + 1)]
    return [WeekCount(m, status, counts[m, status]) for m in mondays for status in STATUSES]


def helped(memory: Memory) -> tuple[int, int]:
    """How many answers helped and how many didn't, of those that somebody spoke about."""
    with memory.reading() as connection:
        rows: dict[bool, int] = dict(
            connection.execute(select(t.feedback.c.helped, func.count()).group_by(t.feedback.c.helped)).all()
        )
    return rows.get(True, 0), rows.get(False, 0)

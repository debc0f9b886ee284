"""A question's whole way: retrieve, answer, contacts, log."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from copassist import conversation as conversations
from copassist import questions, written
from copassist.answer import TOLD, Extract, extract
from copassist.errors import InputError
from copassist.experts import find_experts, no_expert
from copassist.records import Answer, Filters, Hit, Viewer
from copassist.retrieve import DEPTH, Searcher, retrieve
from copassist.rewriting import rewrite
from copassist.settings import Endpoint
from copassist.who import asks_whom

LONGEST_QUESTION = 2_000
NAMED = "The people named here can tell you; why stands beside each name."
NO_TURNS = (
    "Nothing that you asked before is kept of this conversation (private questions never are), "
    "so the question was taken alone."
)


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks: on whose behalf to search, and by what to tell askers apart in the log.

    `token` is the member's id, a browser's, or the command line's. `private` leaves no trace.
    """

    viewer: Viewer
    token: str
    private: bool = False


def ask(
    searcher: Searcher, question: str, asker: Asker, conversation: str = "", model: Endpoint | None = None
) -> Answer:
    """The memory's answer to a question, with citations and people to ask; see `growing`."""
    *_, answer = growing(searcher, question, asker, conversation, model)
    return answer


def growing(
    searcher: Searcher,
    question: str,
    asker: Asker,
    conversation: str = "",
    model: Endpoint | None = None,
    earlier: Sequence[Answer] = (),
) -> Iterator[Answer]:
    """The drafts that a language model writes, if there is one, and at last the answer; logged unless private.

    A follow-up is understood by the `earlier` answers, or else by what this asker's log holds of the
    `conversation`. A model writes where the memory's own sentences answer; those are the answer where it fails.
    Raises InputError if there is no question or it is longer than LONGEST_QUESTION characters.
    """
    typed = check(question)
    now = searcher.memory.now()
    turns = _turns(searcher, asker, conversation, earlier)
    question = _understood(searcher, typed, turns, model)
    hits = retrieve(searcher, question, asker.viewer, Filters(), DEPTH)
    alone = bool(conversation) and not turns
    conversation = conversation or uuid.uuid4().hex[:12]
    experts = (
        find_experts(searcher.memory, question, hits, asker.viewer, now) if asks_whom(question) else None
    )
    if experts and experts.contacts:
        found = Extract("answered", TOLD, (), (), (NAMED,))
    else:
        found = extract(searcher, question, hits)
    written_by = ""
    if model and found.sentences and not found.told:
        for state in written.write(searcher.encoder, model, question, hits, found):
            if state.draft:
                yield Answer(
                    typed,
                    found.status,
                    found.confidence,
                    understood_as=question,
                    draft=state.draft,
                    conversation=conversation,
                )
        found, written_by = state.found, state.by
    if experts is None or found.citations:
        experts = find_experts(searcher.memory, question, hits, asker.viewer, now, len(found.citations) + 1)
    notes = found.notes + experts.notes
    if found.status != "answered" and not experts.contacts:
        notes += (no_expert(searcher.memory, asker.viewer, now),)
    if alone and conversations.leans(typed):
        notes += (NO_TURNS,)
    answer = Answer(
        question=typed,
        status=found.status,
        confidence=round(found.confidence, 3),
        sentences=found.sentences,
        citations=found.citations + experts.citations,
        contacts=experts.contacts,
        understood_as=question,
        notes=notes,
        conversation=conversation,
        written_by=written_by,
    )
    yield answer if asker.private else _logged(searcher, answer, hits, asker, now)


def _understood(
    searcher: Searcher, typed: str, turns: list[conversations.Turn], model: Endpoint | None
) -> str:
    """The question as it can be searched for alone, by the model's words where a follow-up leans on what was said."""
    question = conversations.understand(typed, turns, searcher.encoder)
    if model and turns and conversations.leans(typed):
        return rewrite(model, typed, turns, question)
    return question


def _logged(searcher: Searcher, answer: Answer, hits: Sequence[Hit], asker: Asker, now: datetime) -> Answer:
    """The answer with its number in the log."""
    vector = searcher.encoder.encode([answer.understood_as])[0]
    nearest = max((hit.dense for hit in hits), default=0.0)
    id_ = questions.log(searcher.memory, answer, vector, nearest, asker.token, now)
    return replace(answer, question_id=id_)


def _turns(
    searcher: Searcher, asker: Asker, conversation: str, earlier: Sequence[Answer]
) -> list[conversations.Turn]:
    """What was said before: by the earlier answers, or else by what this asker's log holds of the conversation."""
    asked = conversations.answered(earlier, asker.private)
    if conversation and not earlier:
        asked = conversations.logged(searcher, conversation, asker.token)
    return conversations.replay(searcher, asked, asker.viewer)


def check(question: str) -> str:
    """The question without surrounding space and control characters. Raises InputError if it can't be asked, since it
    has no letter and no figure, or too many of them.
    """
    cleaned = " ".join("".join(c if c.isprintable() else " " for c in question).split())
    if not any(c.isalnum() for c in cleaned):
        raise InputError("There is no question.", "Type what you want to know.")
    if len(cleaned) > LONGEST_QUESTION:
        raise InputError(
            f"The question has {len(cleaned):,} characters; {LONGEST_QUESTION:,} are the most.",
            "Ask the heart of it in a sentence or two; what surrounds it doesn't help the search.",
        )
    return cleaned

"""Questions for the advice, the outcome or the decisions of a session: answered by that part of its notes."""

from __future__ import annotations

from collections.abc import Sequence

from copassist.candidates import Candidate, sentences
from copassist.choice import MOST_SENTENCES
from copassist.meant import meant, of_session, subject
from copassist.records import Hit, StoredSegment
from copassist.retrieve import Searcher
from copassist.store import keywords
from copassist.store import records as stored
from copassist.store.keywords import stem
from copassist.wanted import parts_wanted, without_parts
from copassist.which import beyond_time

AHEAD = 0.1
"""So much better than the next one must a session fit."""


def part(searcher: Searcher, question: str, hits: Sequence[Hit]) -> list[Candidate]:
    """What a session's notes say in the part that is asked for, each of its headings or paragraphs as far as there is
    room.

    Empty when the question asks for no part, for more than a session's, or for something in it, and when it isn't
    sure which session is meant.
    """
    wanted = parts_wanted(question)
    sessions = meant(searcher, question, hits) if len(wanted) == 1 and of_session(question) else []
    if (
        not sessions
        or not sessions[0].surely
        or any(m.score > sessions[0].score - AHEAD for m in sessions[1:])
    ):
        return []
    hit = sessions[0].hit
    record = hit.record
    with searcher.memory.reading() as connection:
        segments = stored.load(connection, [record.id])[record.id].segments
    of_part = [segment for segment in segments if segment.part in wanted]
    by_heading = len({segment.section for segment in of_part}) > 1
    paragraphs: dict[str, list[Candidate]] = {}
    for segment in of_part:
        said = paragraphs.setdefault(segment.section if by_heading else segment.id, [])
        said += [Candidate(hit, segment, *place, hit.score) for place in sentences(segment)]
    told = [said for said in paragraphs.values() if said]
    return [] if _asks_of_some(question, record.title, segments) else _spread(told)


def _asks_of_some(question: str, title: str, segments: Sequence[StoredSegment]) -> bool:
    """Whether a question has words besides the session's title that its notes have too: it asks for something there."""
    titled = set(map(stem, keywords.words(title)))
    said = {stem(word) for segment in segments for word in keywords.words(segment.text)}
    asked = {stem(word) for word in beyond_time(subject(without_parts(question)))}
    return not said.isdisjoint(asked - titled)


def _spread(told: Sequence[Sequence[Candidate]]) -> list[Candidate]:
    """The first sentence of each paragraph, and as many more as fit into an answer, of the paragraph of which the
    fewest words are said first.
    """
    counts = [1 for _ in told[:MOST_SENTENCES]]
    while sum(counts) < MOST_SENTENCES:
        longer = [i for i, n in enumerate(counts) if n < len(told[i])]
        if not longer:
            break
        counts[min(longer, key=lambda i: sum(len(c.text.split()) for c in told[i][: counts[i]]))] += 1
    return [c for said, n in zip(told, counts, strict=False) for c in said[:n]]

"""Questions for the advice, the outcome or the decisions of a session: answered by that part of its notes."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from copassist.candidates import Candidate, sentences
from copassist.choice import MOST_SENTENCES
from copassist.meant import meant, subject
from copassist.query import period
from copassist.records import Hit, Part, StoredSegment
from copassist.retrieve import Searcher
from copassist.store import keywords
from copassist.store import records as stored
from copassist.store.keywords import stem
from copassist.wanted import parts_wanted, unquoted, without_parts
from copassist.which import beyond_time

AHEAD = 0.1
"""So much better than the next one must a session fit."""
_THEY = r"(?:they|we|you|people|(?:the )?(?:group|circle|guild|others|members))"
_DONE = r"(?:advised?|recommend(?:ed)?|suggest(?:ed)?|decided?|agreed?|concluded?)(?: on)?"
_NAMED = (
    r"(?:advice|recommendations?|suggestions?|outcomes?|conclusions?|results?|decisions?"
    r"|next steps?|action items?)"
)
_SESSION = (
    r"“[^”]+”|(?:(?:the|that|this|our|a|an) )?(?:[^“”]+ )?"
    r"(?:clinic|show (?:&|and) tell|(?:peer )?review(?: circle)?|ama|ask me anything|meeting|session)\b[^“”]*"
)
_REQUEST = re.compile(
    rf"\W*(?:and )?(?:what (?:else )?(?:was|were|has been|(?:did|do|have) {_THEY}) {_DONE}"
    rf"|(?:what (?:was|were|is|are) )?(?:the )?{_NAMED}"
    rf"|what {_NAMED} (?:were (?:made|taken|given)|did {_THEY} (?:make|take|give))|what came(?: out)?)"
    rf"(?: (?:in|at|of|from|during) {_SESSION})\W*",
    re.I,
)
"""How such a part is asked for, whole: nothing stands between what is asked for and the session."""


@dataclass(frozen=True, slots=True)
class Told:
    """What a part of a session's notes says, and how many of its paragraphs are left out."""

    candidates: tuple[Candidate, ...] = ()
    more: int = 0


def part(searcher: Searcher, question: str, hits: Sequence[Hit]) -> Told:
    """What a session's notes say in the part that is asked for, each of its headings or paragraphs as far as there is
    room. The hit of what is told has all of the session's segments.

    Nothing when the question asks for no part, for more than a session's, or for something in it, and when it isn't
    sure which session is meant.
    """
    wanted = parts_wanted(question) if _REQUEST.fullmatch(question) else frozenset()
    if len(wanted) != 1:
        return Told()
    sessions = meant(searcher, question, hits, period(unquoted(question), searcher.memory.now().date()))
    if (
        not sessions
        or not sessions[0].surely
        or any(m.score > sessions[0].score - AHEAD for m in sessions[1:])
    ):
        return Told()
    record = sessions[0].hit.record
    with searcher.memory.reading() as connection:
        loaded = stored.load(connection, [record.id]).get(record.id)
    if not loaded or _asks_of_some(question, record.title, loaded.segments):
        return Told()
    paragraphs = _paragraphs(replace(sessions[0].hit, segments=loaded.segments), wanted)
    return Told(tuple(_spread(paragraphs[:MOST_SENTENCES])), max(0, len(paragraphs) - MOST_SENTENCES))


def _paragraphs(hit: Hit, wanted: frozenset[Part]) -> list[list[Candidate]]:
    """The sentences of a part, by heading where it has several, else by segment."""
    of_part = [segment for segment in hit.segments if segment.part in wanted]
    by_heading = len({segment.section for segment in of_part}) > 1
    paragraphs: dict[str, list[Candidate]] = {}
    for segment in of_part:
        said = paragraphs.setdefault(segment.section if by_heading else segment.id, [])
        found = (Candidate(hit, segment, *place, hit.score) for place in sentences(segment))
        said += [c for c in found if not c.announces]
    return [said for said in paragraphs.values() if said]


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
    counts = [1 for _ in told]
    while sum(counts) < MOST_SENTENCES:
        longer = [i for i, n in enumerate(counts) if n < len(told[i])]
        if not longer:
            break
        counts[min(longer, key=lambda i: sum(len(c.text.split()) for c in told[i][: counts[i]]))] += 1
    return [c for said, n in zip(told, counts, strict=True) for c in said[:n]]

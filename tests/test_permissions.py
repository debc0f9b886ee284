"""A search returns exactly the best of what its viewer may see, against a search written out here.

The other search knows nothing of the memory: it computes who sees what, cosines, BM25
(Robertson et al., 1994) and their sum from the records that the test itself made.
"""

from __future__ import annotations

import math
import random
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from copassist import retrieve as retrieval
from copassist.records import FORMATS, KINDS, Filters, Member, Membership, Record, Segment, Viewer, named
from copassist.retrieve import Searcher, retrieve
from copassist.store import Memory, members
from copassist.store.memory import create
from copassist.store.records import record_id
from copassist.store.vectors import VectorIndex
from copassist.words import FORMAT_WORDS, spoken
from tests.fakes import WordEncoder, enrol, put

RECORDS, TRIPLES = 150, 1000
TODAY = date(2025, 6, 1)
TEAMS = ("infra", "design", "data")
GROUPS = ("leads", "founders", "private: pay")
SYLLABLES = ("ba", "do", "fu", "ga", "ko", "lu", "ma", "no", "pu", "ra", "so", "tu", "va", "zo")
# Words that end in a, o or u are their own stems.
WORDS = [a + b for a in SYLLABLES for b in SYLLABLES]
PEOPLE = ["Ana Diaz", "Bo Lind", "Cy Fox", "Dee Ray", "Eli Moss", "Fay Wu", "Gus Orr", "Hal Ito"]
GUESTS = ["Guest One", "Guest Two"]


@dataclass(frozen=True)
class Passage:
    """A passage as the test knows it: one section of one record."""

    locator: str
    position: int
    text: str
    record: Record
    audience: frozenset[str]
    people: frozenset[str]


def a_record(seeded: random.Random, number: int) -> Record:
    kind = seeded.choice(KINDS)
    format_ = seeded.choice(FORMATS) if kind == "session" else ""
    day = seeded.choice([None, date(2023, 1, 1) + timedelta(days=seeded.randrange(800))])
    segments = tuple(
        Segment(
            " ".join(seeded.choices(WORDS, k=seeded.randint(3, 30))),
            speaker=named(seeded.choice(PEOPLE + GUESTS)) if seeded.random() < 0.5 else None,
            section=f"Part {section}",
        )
        for section in range(seeded.randint(1, 3))
    )
    roles = tuple(
        (named(name), seeded.choice(("facilitator", "attendee"))) for name in seeded.sample(PEOPLE, 2)
    )
    return Record(
        f"{number}.md", kind, f"{seeded.choice(WORDS)} {number}", segments, day, format_, roles, "#talk"
    )


def passages_of(record: Record, audience: frozenset[str]) -> Iterator[Passage]:
    """What is searched of a record, each with the header that says what it is part of."""
    people = frozenset(i.name for i, _ in record.roles) | {
        s.speaker.name for s in record.segments if s.speaker
    }
    when = spoken(record.date) if record.date else ""
    for position, segment in enumerate(record.segments):
        if record.kind == "thread":
            header = "#talk" if position == 0 else f"#talk {record.segments[0].text[:200]}"
        elif record.kind == "session":
            parts = (record.title, FORMAT_WORDS[record.format], when, segment.section)
            header = " | ".join(part for part in parts if part)
        else:
            header = f"{record.title} | {segment.section}"
        said = f"{segment.speaker.name}: {segment.text}" if segment.speaker else segment.text
        yield Passage(record.locator, position, f"{header}\n{said}", record, audience, people)


def tokens(text: str) -> list[str]:
    return re.findall(r"[^\W_]+", text.lower())


class BruteForce:
    """Every passage with its words and its vector."""

    def __init__(self, passages: list[Passage]) -> None:
        self.passages = passages
        self.vectors = WordEncoder().encode([p.text for p in passages])
        self.words = [Counter(tokens(p.text)) for p in passages]
        self.whole: dict[str, Counter[str]] = {}
        for passage, counts in zip(passages, self.words, strict=True):
            self.whole.setdefault(passage.locator, Counter()).update(counts)

    def beside(self, i: int, cosines: Sequence[float]) -> float:
        """The better cosine of the passages before and after in the record; its own where it is alone."""
        mine = self.passages[i].locator
        near = [j for j in (i - 1, i + 1) if 0 <= j < len(self.passages) and self.passages[j].locator == mine]
        return max((float(cosines[j]) for j in near), default=float(cosines[i]))

    def search(self, query: str, groups: frozenset[str], filters: Filters) -> dict[tuple[str, int], float]:
        """The score of every passage that somebody in these groups may see."""
        cosines = self.vectors @ WordEncoder().encode([query])[0]
        words = list(dict.fromkeys(tokens(query)))
        keyword = bm25(self.words, words)
        of_record = dict(zip(self.whole, bm25(list(self.whole.values()), words), strict=True))
        record = [of_record[p.locator] for p in self.passages]
        seen = [i for i, p in enumerate(self.passages) if p.audience & groups and fits(p, filters)]
        most = max((keyword[i] for i in seen), default=0.0) or 1.0
        most_of_record = max((record[i] for i in seen), default=0.0) or 1.0
        return {
            (self.passages[i].locator, self.passages[i].position): float(cosines[i])
            + 0.15 * keyword[i] / most
            + 0.1 * record[i] / most_of_record
            + 0.3 * self.beside(i, cosines)
            for i in seen
        }


def bm25(texts: list[Counter[str]], query: list[str]) -> list[float]:
    """The score of each text for the words of a query."""
    scores = [0.0] * len(texts)
    lengths = [sum(counts.values()) for counts in texts]
    average = sum(lengths) / len(lengths)
    for word in query:
        holding = sum(word in counts for counts in texts)
        rarity = max(math.log((len(texts) - holding + 0.5) / (holding + 0.5)), 1e-6)
        for i, counts in enumerate(texts):
            if f := counts[word]:
                scores[i] += rarity * f * 2.2 / (f + 1.2 * (0.25 + 0.75 * lengths[i] / average))
    return scores


def fits(passage: Passage, filters: Filters) -> bool:
    record = passage.record
    return (
        (filters.kind is None or record.kind == filters.kind)
        and (not filters.format or record.format == filters.format)
        and (filters.since is None or (record.date is not None and record.date >= filters.since))
        and (filters.until is None or (record.date is not None and record.date <= filters.until))
        and (not filters.person or filters.person in passage.people)
    )


def some_filters(seeded: random.Random) -> Filters:
    def now_and_then(value: object) -> object:
        return value if seeded.random() < 0.25 else None

    return Filters(
        kind=now_and_then(seeded.choice(KINDS)),  # type: ignore[arg-type]
        format=now_and_then(seeded.choice(FORMATS)) or "",  # type: ignore[arg-type]
        since=now_and_then(date(2023, seeded.randint(1, 12), 1)),  # type: ignore[arg-type]
        until=now_and_then(date(2024, seeded.randint(1, 12), 1)),  # type: ignore[arg-type]
        person=now_and_then(seeded.choice([*PEOPLE, *GUESTS, "Nobody Here"])) or "",  # type: ignore[arg-type]
    )


def a_member(seeded: random.Random, name: str) -> tuple[Member, frozenset[str]]:
    """A member, and the groups that they are in on TODAY."""
    memberships = [
        (Membership(team), {team})
        if (turn := seeded.randrange(4)) == 0
        else (Membership(team, until=TODAY), set())
        if turn == 1
        else (Membership(team, since=TODAY, until=TODAY + timedelta(days=1)), {team})
        if turn == 2
        else (Membership(team, former=True), set())
        for team in seeded.sample(TEAMS, 2)
    ]
    groups = seeded.sample(GROUPS, seeded.randint(0, 2))
    left = seeded.choice([None, None, TODAY])
    member = Member(name, teams=tuple(m for m, _ in memberships), groups=tuple(groups), left=left)
    of_teams = set().union(*(found for _, found in memberships))
    gone = left is not None or not of_teams  # every team of theirs is a former one
    return member, frozenset({"everyone"} if gone else {"everyone", *of_teams, *groups})


def filled(memory: Memory, seeded: random.Random) -> tuple[BruteForce, list[tuple[Viewer, frozenset[str]]]]:
    """The other search over what was stored, and viewers with the groups that they are in."""
    directory = [a_member(seeded, name) for name in PEOPLE]
    enrol(memory, *(member for member, _ in directory))
    passages = []
    for number in range(RECORDS):
        record = a_record(seeded, number)
        audience = frozenset(seeded.sample(("everyone", *TEAMS, *GROUPS), seeded.choice([1, 1, 2])))
        put(memory, record, audience)
        passages += passages_of(record, audience)
    viewers = [(Viewer(), frozenset({"everyone"}))]
    with memory.reading() as connection:
        for member in members.load(connection):
            groups = next(groups for m, groups in directory if m.name == member.name)
            viewers.append((members.viewer(connection, member.id, TODAY), groups))
    return BruteForce(passages), viewers


@pytest.mark.parametrize("through_index", [False, True])
def test_a_search_is_the_exact_best_of_what_the_viewer_may_see(
    memory: Memory, monkeypatch: pytest.MonkeyPatch, through_index: bool
) -> None:
    seeded = random.Random(f"permissions {through_index}")
    brute, viewers = filled(memory, seeded)
    index = None
    if through_index:
        monkeypatch.setattr(retrieval, "HELD_LIMIT", 0)
        monkeypatch.setattr(retrieval, "EXACT_LIMIT", 0)
        index = VectorIndex.open(memory)
    searcher = Searcher(memory, WordEncoder(), index)
    locators = {record_id("notes", p.locator): p.locator for p in brute.passages}
    compared = 0
    for _ in range(TRIPLES // 2):
        viewer, groups = seeded.choice(viewers)
        filters, k = some_filters(seeded), seeded.choice([1, 3, 10, 40])
        query = " ".join(seeded.choices(WORDS, k=seeded.randint(1, 6)))
        expected = brute.search(query, groups, filters)
        hits = retrieve(searcher, query, viewer, filters, k)
        keys = [(locators[h.record.id], h.spans[0].position) for h in hits]
        assert len(set(keys)) == len(keys) == min(k, len(expected)), (query, viewer, filters)
        assert set(keys) <= set(expected), (query, viewer, filters)
        assert [h.score for h in hits] == pytest.approx([expected[key] for key in keys], abs=1e-5)
        best = sorted(expected.values(), reverse=True)[:k]
        assert [h.score for h in hits] == pytest.approx(best, abs=1e-5), (query, filters)
        compared += len(hits)
    if index:
        index.close()
    assert compared > TRIPLES, "too few hits for the comparison to mean much"


# What is ranked, whichever way it is found

QUERIES = st.lists(st.sampled_from(WORDS), min_size=1, max_size=6, unique=True).map(" ".join)
AUDIENCES = st.frozensets(st.sampled_from(("everyone", *TEAMS, *GROUPS)))
DAYS = st.none() | st.dates(date(2022, 12, 1), date(2025, 4, 1))
FILTERS = st.builds(
    Filters,
    kind=st.none() | st.sampled_from(KINDS),
    format=st.just("") | st.sampled_from(FORMATS),
    since=DAYS,
    until=DAYS,
    person=st.just("") | st.sampled_from([*PEOPLE, *GUESTS, "Nobody Here"]),
)
WAYS = {"in working memory": (1_000_000, 0), "in SQL": (0, 1_000_000), "through Chroma": (0, 0)}
"""How the nearest are found, with the limits that make it so: HELD_LIMIT and EXACT_LIMIT."""


@pytest.fixture(scope="module")
def filled_once(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Memory, BruteForce, VectorIndex]]:
    memory = create(tmp_path_factory.mktemp("permissions") / "memory")
    brute, _ = filled(memory, random.Random("candidates"))
    index = VectorIndex.open(memory)
    yield memory, brute, index
    index.close()
    memory.close()


@pytest.mark.parametrize("way", WAYS)
@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(query=QUERIES, groups=AUDIENCES, filters=FILTERS, depth=st.integers(1, 60))
def test_what_is_ranked_is_the_exact_best_by_cosine_and_by_words_of_what_may_be_seen(
    filled_once: tuple[Memory, BruteForce, VectorIndex],
    way: str,
    query: str,
    groups: frozenset[str],
    filters: Filters,
    depth: int,
) -> None:
    memory, brute, index = filled_once
    viewer = Viewer("somebody", groups)
    with pytest.MonkeyPatch.context() as patch, memory.reading() as connection:
        held, exact = WAYS[way]
        patch.setattr(retrieval, "HELD_LIMIT", held)
        patch.setattr(retrieval, "EXACT_LIMIT", exact)
        searcher = Searcher(memory, WordEncoder(), index)
        found = retrieval.candidates(searcher, connection, query, viewer, filters, depth)
    cosines = brute.vectors @ WordEncoder().encode([query])[0]
    words = bm25(brute.words, tokens(query))
    # The passages of the records stand in SQL in the order in which the test made them, from 1 on.
    seen = [i for i, p in enumerate(brute.passages) if p.audience & groups and fits(p, filters)]
    assert {id_ - 1 for id_ in found} <= set(seen)
    for scores, column in ((cosines, 0), (words, 1)):
        mine = sorted((both[column] for both in found.values()), reverse=True)[:depth]
        best = sorted((float(scores[i]) for i in seen), reverse=True)[:depth]
        assert mine[: len(best)] == pytest.approx(best[: len(mine)], abs=1e-5)
        assert len(mine) >= sum(score > 0 for score in best)
    for id_, scores in found.items():
        mine = (cosines[id_ - 1], words[id_ - 1], brute.beside(id_ - 1, cosines))
        assert (scores.cosine, scores.keyword, scores.beside) == pytest.approx(mine, abs=1e-5)

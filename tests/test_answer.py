"""Extractive answers: which sentences, with which quotes, and when the memory doesn't say."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime

from copassist.answer import LEFT_OPEN, TOLD, Extract, extract
from copassist.records import Filters, Format, Member, Person, Record, Segment, Viewer, named
from copassist.retrieve import Searcher, retrieve
from copassist.store import Memory
from copassist.store import records as stored
from tests.fakes import WordCrossEncoder, WordEncoder, enrol, put

QUESTION = "Which gamma kernel joins lambda meshes?"
NOTE = Record(
    "a.md",
    "session",
    "Gamma kernels",
    (
        Segment("Which gamma kernel joins lambda meshes?", named("Cy Fox"), "asker", part="question"),
        Segment(
            "Use the wide gamma kernel that joins lambda meshes. Nobody tried any of the others.",
            named("Bo Lind"),
        ),
    ),
    date(2025, 3, 12),
    "clinic",
    ((named("Ana Diaz"), "facilitator"), (named("Dee Ray"), "attendee")),
)


def asked(memory: Memory, question: str, viewer: Viewer = Viewer()) -> Extract:
    searcher = Searcher(memory, WordEncoder(), cross_encoder=WordCrossEncoder())
    return extract(searcher, question, retrieve(searcher, question, viewer, Filters(), 100))


def assert_quotes_stand_in_their_segments(memory: Memory, found: Extract) -> None:
    with memory.reading() as connection:
        records = stored.load(connection, {c.record for c in found.citations})
    for citation in found.citations:
        (segment,) = [s for s in records[citation.record].segments if s.id == citation.segment]
        assert citation.quote in segment.text and citation.quote.strip()


def test_an_answer_is_the_sentence_with_its_exact_quote_and_whose_it_is(memory: Memory) -> None:
    id_ = put(memory, NOTE)
    found = asked(memory, QUESTION)
    assert found.status == "answered"
    assert found.sentences[0].text == "Use the wide gamma kernel that joins lambda meshes."
    assert found.sentences[0].citations == (1,)
    (citation,) = [c for c in found.citations if c.n == 1]
    assert (citation.use, citation.record, citation.quote) == ("answer", id_, found.sentences[0].text)
    assert (citation.title, citation.kind, citation.format) == ("Gamma kernels", "session", "clinic")
    assert citation.date == date(2025, 3, 12)
    assert [(p.name, p.role) for p in citation.people] == [("Bo Lind", None), ("Ana Diaz", "facilitator")]
    assert_quotes_stand_in_their_segments(memory, found)


def test_a_citation_is_dated_by_its_message(memory: Memory) -> None:
    said = Segment(
        "Use the wide gamma kernel that joins lambda meshes.", time=datetime(2025, 5, 2, 9, tzinfo=UTC)
    )
    put(memory, Record("1", "thread", "", (said,), date(2025, 5, 1)))
    assert asked(memory, QUESTION).citations[0].date == date(2025, 5, 2)


def test_questions_are_never_quoted_as_an_answer(memory: Memory) -> None:
    question = Segment("I ask which gamma kernel joins lambda meshes.", part="question")
    put(memory, Record("1", "thread", "", (question, Segment("Which gamma kernel joins lambda meshes now?"))))
    found = asked(memory, QUESTION)
    assert (found.sentences, found.citations) == ((), ())
    put(memory, NOTE)
    assert all(
        not c.quote.endswith("?") and "I ask" not in c.quote for c in asked(memory, QUESTION).citations
    )


def test_nothing_near_is_unanswered_with_the_nearest_only(memory: Memory) -> None:
    put(memory, NOTE)
    found = asked(memory, "Zebra quota xylophone?")
    assert (found.status, found.sentences) == ("unanswered", ())
    assert {c.use for c in found.citations} == {"nearest"}
    assert [c.n for c in found.citations] == [1]
    assert_quotes_stand_in_their_segments(memory, found)


def test_nearest_come_from_three_records_at_most_and_one_from_each(memory: Memory) -> None:
    for animal in ("Bears", "Moles", "Foxes", "Hares", "Crows"):
        text = f"{animal} dig deep elm holes for me. {animal} run in deep woods too."
        put(memory, Record(animal, "document", "", (Segment(text),)))
    found = asked(memory, "Zebra quota xylophone?")
    assert len({c.record for c in found.citations}) == len(found.citations) == 3


def test_nearest_that_say_the_same_are_shown_once(memory: Memory) -> None:
    for number in range(3):
        put(memory, Record(f"{number}", "document", "", (Segment("Foxes run in the deep dark woods."),)))
    assert len(asked(memory, "Zebra quota xylophone?").citations) == 1


def test_an_empty_memory_does_not_say(memory: Memory) -> None:
    assert asked(memory, QUESTION) == Extract("unanswered", 0.0, (), ())


def test_what_a_viewer_may_not_see_is_in_no_answer(memory: Memory) -> None:
    put(memory, NOTE, frozenset({"leads"}))
    assert asked(memory, QUESTION) == Extract("unanswered", 0.0, (), ())
    assert asked(memory, QUESTION, Viewer("x", frozenset({"leads"}))).sentences


def test_the_same_sentence_twice_is_said_once(memory: Memory) -> None:
    for number in range(3):
        text = "Use the wide gamma kernel that joins lambda meshes."
        put(memory, Record(f"{number}", "document", "", (Segment(text),)))
    assert len(asked(memory, QUESTION).sentences) == 1


def test_sentences_of_a_record_stand_in_reading_order(memory: Memory) -> None:
    text = "Gamma kernels join meshes here. Later a wide gamma kernel joins lambda meshes whole."
    put(memory, Record("1", "document", "", (Segment(text),)))
    quotes = [c.quote for c in asked(memory, QUESTION).citations]
    assert quotes == sorted(quotes, key=text.index)


def test_a_hidden_name_is_in_no_quote_and_quotes_still_hold(memory: Memory) -> None:
    enrol(memory, Member("Bo Lind", hide_name=True))
    text = "Bo Lind said hi. Use the wide gamma kernel that joins lambda meshes with Bo Lind."
    put(memory, Record("1", "document", "", (Segment(text, named("Bo Lind")),)))
    found = asked(memory, QUESTION)
    assert "Use the wide gamma kernel that joins lambda meshes with a member." in [
        c.quote for c in found.citations
    ]
    assert [p.name for p in found.citations[0].people] == ["a member"]
    assert_quotes_stand_in_their_segments(memory, found)


def test_every_citation_of_every_answer_is_an_exact_quote(memory: Memory) -> None:
    seeded = random.Random(3)
    words = ["gamma", "kernel", "joins", "the", "meshes", "is", "and", "bears", "*stars*", "(brackets)"]
    for number in range(30):
        sentences = [
            " ".join(seeded.choices(words, k=seeded.randint(3, 12))).capitalize() + seeded.choice(".!?\n")
            for _ in range(seeded.randint(1, 25))
        ]
        segments = tuple(Segment(" ".join(sentences[i::2])) for i in range(2) if sentences[i::2])
        put(memory, Record(f"{number}", "document", f"Title {number}", segments))
    answered = 0
    for _ in range(40):
        found = asked(memory, " ".join(seeded.choices(words, k=seeded.randint(1, 6))))
        assert_quotes_stand_in_their_segments(memory, found)
        assert [n for s in found.sentences for n in s.citations] == [
            c.n for c in found.citations if found.sentences
        ]
        assert [c.n for c in found.citations] == list(range(1, len(found.citations) + 1))
        answered += bool(found.sentences)
    assert answered > 10


def test_who_was_there_does_not_speak_for_what_was_said(memory: Memory) -> None:
    put(memory, NOTE)
    people = asked(memory, QUESTION).citations[0].people
    assert all(isinstance(p, Person) and p.role != "attendee" for p in people)


def test_a_numbered_thing_that_the_memory_never_names_is_not_answered_about(memory: Memory) -> None:
    put(memory, Record("r", "document", "RFCs", (Segment("The council accepted RFC 100 with a note."),)))
    assert asked(memory, "Was RFC 100 accepted by the council?").status != "unanswered"
    found = asked(memory, "Was RFC 3762 accepted by the council?")
    assert (found.status, found.notes) == ("unanswered", ("The memory never mentions RFC 3762.",))


def test_what_is_of_another_time_than_the_question_names_is_no_answer(memory: Memory) -> None:
    put(memory, NOTE)
    found = asked(memory, "Which gamma kernel joined lambda meshes on 13 March 2025?")
    assert (found.status, found.sentences) == ("unanswered", ())
    assert found.notes == ("Nothing that was found is of 13 March 2025, or speaks of it.",)
    assert asked(memory, "Which gamma kernel joined lambda meshes on 12 March 2025?").notes == ()


def test_a_text_that_speaks_of_the_time_is_of_it_and_a_document_may_be(memory: Memory) -> None:
    told = Segment("On 1 May 2024 the gamma kernel joined all lambda meshes.")
    untold = Segment("The gamma kernel joined all lambda meshes.")
    question = "Which gamma kernel joined lambda meshes in May 2024?"
    for kind, segment, of_it in (
        ("session", told, True),
        ("session", untold, False),
        ("document", untold, True),
    ):
        put(memory, Record("b.md", kind, "Gamma kernels", (segment,), date(2026, 1, 1)))
        assert (asked(memory, question).notes == ()) == of_it


def test_where_a_figure_is_asked_for_and_none_is_found_it_says_so(memory: Memory) -> None:
    put(memory, NOTE)
    found = asked(memory, "How many gamma kernels join lambda meshes?")
    assert (found.status, found.notes) == ("unanswered", ("Nothing that was found gives a figure.",))


def test_who_ran_a_session_is_answered_by_the_line_of_its_notes_that_says_so(memory: Memory) -> None:
    people = Segment("Facilitator: Ana Diaz\nPresent: Bo Lind", part="people")
    put(memory, Record("k", "session", "Kernels", (people, Segment("Kernels join meshes.")), format="clinic"))
    found = asked(memory, "Who ran the clinic about kernels?")
    assert (found.status, found.confidence) == ("answered", TOLD)
    assert [s.text for s in found.sentences] == ["Kernels: Facilitator: Ana Diaz"]
    assert [c.quote for c in found.citations] == ["Facilitator: Ana Diaz"]


def test_what_is_marked_as_open_is_said_unless_a_sentence_below_its_heading_is_nearer(memory: Memory) -> None:
    put(
        memory,
        Record("o.md", "document", "Zeta", (Segment("Open question: what about alpha beta in open zones?"),)),
    )
    assert LEFT_OPEN in asked(memory, "What about alpha beta?").notes
    told = Segment("Ring within the hour.", section="On call > Alpha beta")
    put(memory, Record("h.md", "document", "Alpha", (told,)))
    assert LEFT_OPEN not in asked(memory, "What about alpha beta?").notes


def test_the_day_of_a_session_is_told_by_the_session(memory: Memory) -> None:
    put(memory, NOTE)
    found = asked(memory, "When was the clinic about gamma kernels?")
    assert (found.status, found.citations[0].date) == ("answered", date(2025, 3, 12))
    assert found.sentences[0].text.startswith("Gamma kernels: ")


def test_a_part_that_is_told_says_what_was_replaced_last_and_how_much_is_left_out(memory: Memory) -> None:
    def notes(title: str, day: date, kind: Format, *decisions: str) -> Record:
        segments = tuple(Segment(text, section="Decisions", part="decision") for text in decisions)
        return Record(title, "session", title, segments, day, kind)

    rules = [f"Decision {n}: the gamma kernels are in mesh {n}." for n in range(1, 9)]
    put(memory, notes("gamma kernels", date(2024, 11, 20), "meeting", *rules))
    newer = "We use no mesh; this replaces Decision 1 of the meeting of 20 November 2024."
    newer_id = put(memory, notes("beta", date(2025, 4, 15), "clinic", newer))
    found = asked(memory, "What was decided in the meeting about gamma kernels?")
    assert (found.status, found.told) == ("answered", True)
    assert [s.text[:10] for s in found.sentences] == [f"Decision {n}" for n in (2, 3, 4, 5, 6, 1)]
    assert [c.superseded_by for c in found.citations] == [None] * 5 + [newer_id]
    assert found.notes == ("There the notes say 2 more; open the session to read all.",)


def test_a_part_that_is_told_is_marked_as_replaced_where_the_search_did_not_find_it(memory: Memory) -> None:
    rules = [f"Decision {n}: the gamma kernels are in mesh {n}." + " It is so." * 60 for n in range(1, 5)]
    segments = tuple(Segment(text, section="Decisions", part="decision") for text in rules)
    put(memory, Record("a", "session", "gamma kernels", segments, date(2024, 11, 20), "meeting"))
    newer = "We use no mesh; this replaces Decision 1 of the meeting of 20 November 2024."
    newer_id = put(memory, Record("b", "session", "beta", (Segment(newer),), date(2025, 4, 15), "clinic"))
    searcher = Searcher(memory, WordEncoder(), cross_encoder=WordCrossEncoder())
    question = "What was decided in the meeting about gamma kernels?"
    hits = retrieve(searcher, question, Viewer(), Filters(), 100)
    unseen = [hit for hit in hits if all(not s.text.startswith("Decision 1") for s in hit.segments)]
    assert len(unseen) < len(hits)
    found = extract(searcher, question, unseen)
    assert [c.quote[:10] for c in found.citations if c.superseded_by == newer_id] == ["Decision 1"]

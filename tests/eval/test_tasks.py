"""What retrieval is measured on, read from tiny folders of each shape."""

import json
from collections.abc import Mapping
from pathlib import Path

import pytest
from ir_measures import Qrel

from copassist.errors import InputError
from copassist.records import Group, named
from eval import tasks
from eval.tasks import Text


def write(path: Path, *rows: Mapping[str, object]) -> None:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))


def judge(path: Path, *rows: str) -> None:
    path.write_text("".join(f"{row}\n" for row in ("query-id\tcorpus-id\tscore", *rows)))


@pytest.fixture
def community(tmp_path: Path) -> Path:
    """Questions q1 to q4 of four times, two on one day; q3 is linked with q1, answers a1 to a3 were given."""
    times = {
        "q1": "2024-01-01T08:00",
        "q2": "2024-01-02T08:00",
        "q3": "2024-01-02T09:00",
        "q4": "2024-01-03T08:00",
    }
    write(
        tmp_path / "questions_corpus.jsonl",
        *(
            {"_id": id_, "title": f"T{id_}", "text": "why?", "metadata": {"date": at}}
            for id_, at in times.items()
        ),
    )
    write(
        tmp_path / "corpus.jsonl",
        {"_id": "a1", "title": "", "text": "Because.", "metadata": {"source": "q1"}},
        {"_id": "a2", "title": "", "text": "So that.", "metadata": {"source": "q1"}},
        {"_id": "a3", "title": "", "text": "Therefore.", "metadata": {"source": "q3"}},
    )
    write(
        tmp_path / "queries.dev.jsonl",
        {"_id": "q3", "text": "Tq3\nwhy?", "title": "Tq3"},
        {"_id": "q4", "text": "Tq4\nwhy?", "title": "Tq4"},
    )
    judge(tmp_path / "qrels.dev.tsv", "q3\ta3\t2", "q4\ta1\t0")
    judge(tmp_path / "qrels_links.dev.tsv", "q3\tq1\t1", "q3\tq1\t1")
    return tmp_path


@pytest.fixture
def meeting(tmp_path: Path) -> Path:
    """One meeting of four turns, of which one says nothing, and another that nobody asks about."""
    said = [("m", 0, "Ana", "Tea."), ("m", 1, "Bo", " "), ("m", 2, "Bo", "Cake."), ("m", 3, "Ana", "Jam.")]
    write(
        tmp_path / "turns.jsonl",
        *(
            {"meeting": m, "turn": i, "speaker": who, "text": text}
            for m, i, who, text in [*said, ("n", 0, "Cy", "No.")]
        ),
    )
    write(
        tmp_path / "queries.dev.jsonl",
        {
            "_id": "m-q0",
            "text": "sweet?",
            "meeting": "m",
            "evidence": [{"meeting": "m", "turn_start": 2, "turn_end": 3}],
        },
        {"_id": "m-q1", "text": "nothing?", "meeting": "m", "evidence": []},
    )
    return tmp_path


def test_without_a_name_a_folder_with_a_corpus_is_asked_for_answers(community: Path) -> None:
    task = tasks.load(community, "dev")
    assert task.name == "answers"
    assert [query.id for query in task.queries] == ["q3"], "q4 has nothing relevant"
    assert task.qrels == (Qrel("q3", "a3", 2),)
    assert task.unit("a3", 0) == "a3"


def test_answers_are_read_without_their_question(community: Path) -> None:
    task = tasks.load(community, "dev", "answers")
    assert task.texts[0] == Text("a1", "", "", "Because.", ((8, "a1"),))
    assert [segment.text for segment in task.records[0].segments] == ["Because."]
    assert task.records[0].title == ""


def test_the_query_can_be_the_title_alone(community: Path) -> None:
    assert tasks.load(community, "dev", "links", "title").queries[0].text == "Tq3"


@pytest.mark.parametrize("name", ["links", "threads"])
def test_a_linked_question_finds_neither_itself_nor_what_was_asked_later(community: Path, name: str) -> None:
    task = tasks.load(community, "dev", name)
    assert [(query.id, query.seen) for query in task.queries] == [("q3", ("q1", "q2"))]
    assert task.qrels == (Qrel("q3", "q1", 1),)
    assert [record.group for record in task.records] == [Group(id_) for id_ in ("q1", "q2", "q3", "q4")]


def test_links_are_sought_among_questions_alone(community: Path) -> None:
    task = tasks.load(community, "dev", "links")
    assert [segment.text for segment in task.records[0].segments] == ["Tq1\n\nwhy?"]
    assert task.texts[0] == Text("q1", "Tq1", "", "why?", ((4, "q1"),))
    assert len(task.texts) == 4


def test_in_threads_each_answer_has_its_question_beside_it(community: Path) -> None:
    task = tasks.load(community, "dev", "threads")
    assert [segment.text for segment in task.records[0].segments] == ["Tq1\n\nwhy?", "Because.", "So that."]
    assert task.texts[:3] == (
        Text("q1", "Tq1", "", "why?", ((4, "q1"),)),
        Text("q1", "Tq1 why?", "", "Because.", ((8, "q1"),)),
        Text("q1", "Tq1 why?", "", "So that.", ((8, "q1"),)),
    )
    assert task.unit("q1", 2) == "q1"


def test_a_folder_without_links_says_which_file_is_missing(community: Path) -> None:
    (community / "qrels_links.dev.tsv").unlink()
    with pytest.raises(InputError, match=r"neither qrels_links\.dev\.tsv nor"):
        tasks.load(community, "dev", "links")


def test_a_linked_question_that_the_questions_lack_is_named(community: Path) -> None:
    write(community / "queries.dev.jsonl", {"_id": "q9", "text": "?"})
    judge(community / "qrels_links.dev.tsv", "q9\tq1\t1")
    with pytest.raises(InputError, match=r"'q9' .* isn't in its questions_corpus"):
        tasks.load(community, "dev", "links")


def test_a_meeting_is_searched_for_the_turns_of_the_evidence(meeting: Path) -> None:
    task = tasks.load(meeting, "dev")
    assert task.name == "meetings"
    assert [(query.id, query.within) for query in task.queries] == [("m-q0", "m")]
    assert task.qrels == (Qrel("m-q0", "m#2", 1), Qrel("m-q0", "m#3", 1))


def test_a_meeting_is_a_session_with_a_segment_for_each_turn_that_says_something(meeting: Path) -> None:
    task = tasks.load(meeting, "dev")
    (record,) = task.records
    assert (record.locator, record.kind) == ("m", "session")
    assert [(s.text, s.speaker) for s in record.segments] == [
        ("Tea.", named("Ana")),
        ("Cake.", named("Bo")),
        ("Jam.", named("Ana")),
    ]
    assert [task.unit("m", at) for at in range(3)] == ["m#0", "m#2", "m#3"]


def test_the_peers_get_a_meeting_as_a_transcript_that_says_where_each_turn_ends(meeting: Path) -> None:
    (text,) = tasks.load(meeting, "dev").texts
    assert text.text == "Ana: Tea.\nBo: Cake.\nAna: Jam.\n"
    assert text.units == ((10, "m#0"), (20, "m#2"), (30, "m#3"))


@pytest.mark.parametrize("missing", ["corpus.jsonl", "queries.dev.jsonl", "qrels.dev.tsv"])
def test_a_missing_file_is_named(community: Path, missing: str) -> None:
    (community / missing).unlink()
    with pytest.raises(InputError, match=f"neither {missing} nor {missing}.gz"):
        tasks.load(community, "dev", "answers")


def test_a_split_without_judged_queries_is_refused(community: Path) -> None:
    judge(community / "qrels.dev.tsv", "q3\ta3\t0")
    with pytest.raises(InputError, match="No query of the split 'dev'"):
        tasks.load(community, "dev")

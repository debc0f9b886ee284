"""What the cross-encoder is trained on, and how."""

from __future__ import annotations

import gzip
import json
import random
from pathlib import Path

import pytest
import torch

from copassist import packaged
from copassist.cross_encoder import Text, network, weights
from eval.cross_encoder import passages
from eval.cross_encoder.passages import Example, public
from eval.cross_encoder.train import BEYOND, _away, _cropped, _loss, nearest, write
from tests.fakes import WordEncoder

ROWS = [json.loads(line) for line in (passages.HERE / "questions.jsonl").read_text("utf-8").splitlines()]
SENTENCES = tuple((i * 10, i * 10 + 9) for i in range(30))
LONG = Text("Notes", "One two. " + "Six five. " * 29, SENTENCES)


def test_every_question_says_something_and_every_answer_is_a_sentence_of_its_passage() -> None:
    repositories = json.loads((passages.HERE / "sources.json").read_text("utf-8"))
    for row in ROWS:
        assert row["source"] in {*repositories, *passages.COMMUNITIES, passages.MEETINGS}
        assert all(a < b for a, b in row["sentences"])
        for question, answers in row["asked"]:
            assert len(question.split()) > 1
            assert answers == sorted(set(answers)) and set(answers) <= set(range(len(row["sentences"])))


def test_nothing_of_the_rust_community_is_trained_on() -> None:
    assert not [row["source"] for row in ROWS if "rust" in row["source"].lower()]


def test_the_counts_of_the_readme_are_those_of_the_file() -> None:
    answered = [bool(answers) for row in ROWS for _, answers in row["asked"]]
    said = (passages.HERE / "README.md").read_text("utf-8")
    rows = [json.loads(line) for line in (passages.HERE / "invented.jsonl").read_text("utf-8").splitlines()]
    made_up = (len(rows), sum(len(row["asked"]) for row in rows))
    for count in (len(answered), len(ROWS), sum(answered), len(answered) - sum(answered), *made_up):
        assert f"{count:,}" in said


def test_an_invented_question_is_shown_with_the_sections_that_do_not_answer_it(
    tmp_path: Path,
) -> None:
    row = {
        "community": "invented: cups",
        "title": "Clinic: cups",
        "date": "3 May 2025",
        "sections": [
            {"section": "Advice", "body": "Ana Diaz: Glue it. Wait a day.\nNote: it smells."},
            {"section": "Outcome", "body": "It held."},
            {"section": "", "body": "Thanks all round!"},
        ],
        "asked": [["what mends a cup?", [[0], [0], []]], ["who broke the cup?", []]],
    }
    (tmp_path / "invented.jsonl").write_text(json.dumps(row) + "\n", "utf-8")
    advice, outcome, near_miss = passages.invented(tmp_path / "invented.jsonl")
    assert advice.text.header == "Clinic: cups | 3 May 2025 | Advice"
    said = [advice.text.body[a:b] for a, b in advice.text.sentences]
    assert said == ["Glue it.", "Wait a day.", "Note: it smells."]
    assert (advice.answers, [t.body for t in advice.beside]) == ((0,), ["Thanks all round!"])
    assert (outcome.text.body, outcome.answers) == ("It held.", (0,))
    assert (near_miss.answers, len(near_miss.beside)) == ((), 2)


def test_every_invented_question_has_its_answers_among_its_sections() -> None:
    rows = [json.loads(line) for line in (passages.HERE / "invented.jsonl").read_text("utf-8").splitlines()]
    assert {row["community"].startswith(passages.INVENTED) for row in rows} == {True}
    assert passages.INVENTED_HELD_OUT in {row["community"] for row in rows}
    for row in rows:
        texts = [passages._section(row, section) for section in row["sections"]]
        for question, answers in row["asked"]:
            assert len(question.split()) > 1
            assert len(answers) in (0, len(texts))
            assert all(
                set(found) <= set(range(len(text.sentences)))
                for found, text in zip(answers, texts, strict=bool(answers))
            )


def test_the_same_passage_away_from_its_answers_has_none_of_them() -> None:
    chance = random.Random(3)
    for _ in range(50):
        ((cut, right),) = _away(LONG, (12, 14), 12, chance)
        said = [cut.body[a:b] for a, b in cut.sentences]
        assert right == () and 0 < len(" ".join(said).split()) <= 12
    whole = Text("", "One two.", ((0, 8),))
    assert _away(whole, (0,), 12, chance) == []


@pytest.mark.parametrize("answers", [(0,), (29,), (12, 13), ()])
def test_a_cut_passage_keeps_an_answer_and_its_sentences_places(answers: tuple[int, ...]) -> None:
    chance = random.Random(3)
    for _ in range(50):
        cut, kept = _cropped(LONG, answers, 66, chance)
        said = [cut.body[a:b] for a, b in cut.sentences]
        assert len(" ".join(said).split()) <= 66
        assert bool(kept) == bool(answers)
        wanted = {LONG.body[slice(*LONG.sentences[i])] for i in answers}
        assert {said[i] for i in kept} <= wanted


def test_a_passage_of_another_document_comes_nearest_first() -> None:
    def example(document: str, body: str) -> Example:
        return Example("apple", Text("", body, ((0, len(body)),)), (0,), "s", document)

    examples = [
        example("a", "apple"),
        example("b", "apple bear"),
        example("c", "apple!"),
        example("a", "apple x"),
    ]
    near = nearest(examples[:1], examples, WordEncoder())
    assert [text.body for text in near[0]] == ["apple!", "apple bear"]
    same = [*examples, example("d", "apple")]
    assert "apple" not in [text.body for text in nearest(examples[:1], same, WordEncoder())[0]]


def test_the_loss_is_small_where_an_answer_or_nothing_is_rightly_preferred() -> None:
    two = Text("", "One. Two.", ((0, 4), (5, 9)))
    sure = (torch.tensor([9.0, 0.0]), torch.tensor(0.0))
    nothing = (torch.tensor([0.0, 0.0]), torch.tensor(9.0))

    def loss(*answers: tuple[int, ...]) -> float:
        return float(_loss([sure, nothing], [[("q", two, own)] for own in answers]))

    assert loss((0,), ()) < 0.01
    assert loss((), (1,)) > 8


def test_an_answer_beyond_what_is_read_is_nothing_to_learn() -> None:
    two = Text("", "One. Two.", ((0, 4), (5, 9)))
    found = (torch.tensor([9.0, BEYOND]), torch.tensor(0.0))
    assert float(_loss([found], [[("q", two, (0, 1))]])) < 0.01
    assert float(_loss([found], [[("q", two, (1,))]])) == pytest.approx(
        9, abs=0.1
    )  # nothing is shown that answers


def test_passages_that_are_shown_together_compete() -> None:
    one = Text("", "One.", ((0, 4),))
    right, wrong = (torch.tensor([5.0]), torch.tensor(0.0)), (torch.tensor([8.0]), torch.tensor(0.0))
    shown = [("q", one, (0,)), ("q", one, ())]
    assert float(_loss([right, wrong], [shown])) == pytest.approx(3, abs=0.1)
    assert float(_loss([wrong, right], [shown])) < 0.1


def test_weights_are_kept_in_a_quarter_of_the_bytes_and_nearly_as_they_were(tmp_path: Path) -> None:
    model = network(packaged.folder(), {})
    model.bert.embeddings.requires_grad_(False)
    write(model, tmp_path / "kept.safetensors")
    kept = weights(tmp_path / "kept.safetensors")
    state = {name: p for name, p in model.named_parameters() if p.requires_grad}
    assert kept.keys() == state.keys()
    for name, values in state.items():
        off = (kept[name] - values).abs().max() / values.abs().max().clamp(min=1e-9)
        assert off < 0.005, name
    assert (tmp_path / "kept.safetensors").stat().st_size < sum(p.numel() for p in state.values()) * 1.1


def test_data_sets_of_others_become_examples(monkeypatch: pytest.MonkeyPatch) -> None:
    qed = {
        "question_text": "who won",
        "title_text": "Cup",
        "paragraph_text": "It rained. Ana won.",
        "sentence_starts": [0, 11],
        "original_nq_answers": [[{"start": 11}]],
    }
    nq = {"question": "who lost", "answers": ["Bo"], "ctxs": [{"title": "Cup", "text": "Ana won. Bo lost."}]}
    paragraph = {
        "context": "Ana won. Bo lost.",
        "qas": [{"question": "who won?", "answers": [{"answer_start": 0}]}],
    }
    files = {
        "qed-dev.jsonlines": json.dumps(qed).encode(),
        "qa_data/nq-open-oracle.jsonl.gz": gzip.compress(json.dumps(nq).encode()),
        "xquad.en.json": json.dumps({"data": [{"paragraphs": [paragraph]}]}).encode(),
    }
    monkeypatch.setattr(passages, "_shown", lambda clones, repository: files.__getitem__)
    found = [(e.question, e.answers, e.source) for e in public(Path("clones"))]
    assert found == [("who won", (1,), "qed"), ("who lost", (1,), "nq"), ("who won?", (0,), "xquad")]

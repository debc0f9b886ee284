"""A question and a passage read together."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from copassist import cross_encoder, packaged, settings
from copassist.cross_encoder import PASSAGE_TOKENS, QUESTION_TOKENS, CrossEncoder, Text, encoded

NOTES = (
    "We moved the release to October because the build farm is down. "
    "Rosa will write to all teams. "
    "Nobody objected to the new date."
)


def text_of(body: str, header: str = "Release meeting | 3 March 2025") -> Text:
    """A passage of sentences that end with a full stop."""
    places, at = [], 0
    for sentence in body.split(". "):
        end = at + len(sentence.rstrip(".")) + 1
        places.append((at, end))
        at = end + 1
    return Text(header, body, tuple(places))


@pytest.fixture(scope="module")
def model() -> CrossEncoder:
    """The product's own."""
    return cross_encoder.load(settings.from_environment().cache)


@pytest.mark.parametrize(
    ("question", "sentence"),
    [
        ("Why was the launch delayed?", 0),
        ("Who tells the other teams about it?", 1),
        ("Did anyone oppose the change of date?", 2),
    ],
)
def test_the_sentence_that_answers_has_the_best_odds(
    model: CrossEncoder, question: str, sentence: int
) -> None:
    (odds,) = model.read(question, [text_of(NOTES)])
    assert odds.index(max(odds)) == sentence
    assert odds[sentence] > 0


@pytest.mark.parametrize(
    "question",
    [
        "How much does the build farm cost a month?",
        "Which database does the release tool use?",
        "What is a good recipe for apple pie?",
    ],
)
def test_a_near_miss_has_odds_against_it(model: CrossEncoder, question: str) -> None:
    (odds,) = model.read(question, [text_of(NOTES)])
    assert max(odds) < 0


def test_odds_are_the_mean_of_a_sentences_tokens_against_nothing(
    model: CrossEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Given:
        def run(self, _: None, given: dict[str, Any]) -> tuple[Any, Any]:
            return np.arange(given["input_ids"].shape[1])[None, :], np.array([2.0])

    monkeypatch.setattr(model, "_session", Given())
    (odds,) = model.read("Who writes?", [text_of(NOTES)])
    *_, places = encoded(packaged.tokenizer(), "Who writes?", text_of(NOTES))
    assert odds == [(a + b - 1) / 2 - 2 for a, b in places]


def test_each_text_has_the_odds_of_its_own_sentences(model: CrossEncoder) -> None:
    one, two = text_of(NOTES), text_of("Lunch is at noon. The cook is ill.", "")
    assert model.read("When is lunch?", [one, two]) == [
        *model.read("When is lunch?", [one]),
        *model.read("When is lunch?", [two]),
    ]
    assert model.read("When is lunch?", []) == []


def test_a_sentence_beyond_what_is_read_has_the_least_odds(model: CrossEncoder) -> None:
    text = text_of("The farm is down again today. " * 60 + "Lunch is at noon.")
    (odds,) = model.read("When is lunch?", [text])
    assert len(odds) == len(text.sentences)
    assert odds[-1] == min(odds)


def test_places_are_those_of_the_sentences_tokens() -> None:
    tokenizer = packaged.tokenizer()
    ids, types, places = encoded(tokenizer, "Who writes?", text_of(NOTES))
    said = [tokenizer.decode(ids[a:b]) for a, b in places]
    assert said == [sentence.lower() for sentence in (NOTES[a:b] for a, b in text_of(NOTES).sentences)]
    assert types == sorted(types) and ids[types.index(1) - 1] == tokenizer.token_to_id("[SEP]")


def test_no_more_is_read_than_the_model_reads() -> None:
    text = text_of("Gamma kernels glow. " * 200, "header " * 200)
    ids, _, places = encoded(packaged.tokenizer(), "why " * 200, text)
    assert len(ids) == QUESTION_TOKENS + PASSAGE_TOKENS + 4
    assert places[-1] == (0, 0)

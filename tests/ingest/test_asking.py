"""What asks something is told from what doesn't."""

from __future__ import annotations

import pytest

from ingest.asking import is_question, role_in_thread


@pytest.mark.parametrize(
    "text",
    [
        "Which font?",
        "how do I set a palette",
        "Hi all, does anyone know this error",
        "What's the limit of `lk check`",
        "It fails. Any idea? ```a?.b```",
        "The pump hums. I'd like to know how loud yours are.",
        "We are looking for a quieter pump.",
        "New pump, same noise. Help wanted!",
    ],
)
def test_a_question_is_known_by_its_mark_or_its_opening(text: str) -> None:
    assert is_question(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "See https://example.org/a?b=1",
        "Use `a?.b`",
        "However it works.",
        "I like to hear it hum.",
        "```what?```",
        "Done.",
    ],
)
def test_marks_in_links_and_code_ask_nothing(text: str) -> None:
    assert not is_question(text)


@pytest.mark.parametrize(
    ("text", "begins", "by_starter", "asked", "expected"),
    [
        ("Which font?", True, True, True, ("asker", "question")),
        ("Thanks!", False, True, True, ("asker", "")),
        ("And in print?", False, True, True, ("asker", "question")),
        ("Arial.", False, False, True, ("answerer", "answer")),
        ("The guide is out.", True, True, False, ("author", "")),
        ("One more page.", False, True, False, ("author", "")),
        ("Nice.", False, False, False, ("answerer", "")),
    ],
)
def test_who_began_a_thread_stays_asker_or_author_and_the_others_answer(
    text: str, begins: bool, by_starter: bool, asked: bool, expected: tuple[str, str]
) -> None:
    assert role_in_thread(text, begins, by_starter, asked) == expected

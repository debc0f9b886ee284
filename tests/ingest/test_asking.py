"""What asks something is told from what doesn't."""

from __future__ import annotations

import pytest

from ingest.asking import is_question


@pytest.mark.parametrize(
    "text",
    [
        "Which font?",
        "how do I set a palette",
        "Hi all, does anyone know this error",
        "What's the limit of `lk check`",
        "It fails. Any idea? ```a?.b```",
    ],
)
def test_a_question_is_known_by_its_mark_or_its_opening(text: str) -> None:
    assert is_question(text)


@pytest.mark.parametrize(
    "text", ["", "See https://example.org/a?b=1", "Use `a?.b`", "However it works.", "```what?```", "Done."]
)
def test_marks_in_links_and_code_ask_nothing(text: str) -> None:
    assert not is_question(text)

"""Where sentences end."""

from __future__ import annotations

import pytest

from copassist.sentences import sentence_spans


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("Cache it. Then measure!", ["Cache it.", "Then measure!"]),
        ("  Cache it.  ", ["Cache it."]),
        ("Version 2.5 is out, e.g. for you.", ["Version 2.5 is out, e.g. for you."]),
        ("Steps:\n- cache\n- measure", ["Steps:", "- cache", "- measure"]),
        ("```\na = 1. b\nc\n``` Then go.", ["```\na = 1. b\nc\n```", "Then go."]),
        ("Run ```a. b", ["Run", "```a. b"]),
        ("no full stop", ["no full stop"]),
        ("Über uns. Ça va?", ["Über uns.", "Ça va?"]),
        (" \n\t", []),
        ("", []),
    ],
)
def test_sentences_are_found_without_the_space_around_them(text: str, sentences: list[str]) -> None:
    assert [text[start:end] for start, end in sentence_spans(text)] == sentences

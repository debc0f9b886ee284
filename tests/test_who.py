"""Questions for people."""

from __future__ import annotations

import pytest

from copassist.who import asks_whom


@pytest.mark.parametrize(
    "question",
    [
        "Who knows about slow dashboards?",
        "who else has tried this?",
        "Who might be able to help me with fonts?",
        "Who has experience with uncertainty?",
        "who solved this before?",
        "And who would know more?",
        "Does anybody here know about tiles?",
        "Whom should I ask about embargoes?",
        "who to ask about Quire",
        "Who do I talk to about the logo?",
        "Is there an expert on log axes?",
    ],
)
def test_a_question_for_somebody_to_talk_to(question: str) -> None:
    assert asks_whom(question)


@pytest.mark.parametrize(
    "question",
    [
        "Who ran the clinic about the slow dashboard?",
        "Who may see embargoed charts before release?",
        "Who should I send the draft to?",
        "Who was asked to write the guide?",
        "Has anyone solved the font problem?",
        "How many people know the embargo?",
        "What did the expert on fonts say?",
    ],
)
def test_a_question_for_what_the_memory_says(question: str) -> None:
    assert not asks_whom(question)

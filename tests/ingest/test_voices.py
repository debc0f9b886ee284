"""Whose words stand where in notes: prefixes, replies, lines nobody says."""

from __future__ import annotations

from pathlib import Path

import pytest

from copassist.records import Segment, named
from tests.ingest.noting import ANA, CY, note, said

LISTED = "Attendees: Ana Diaz, Bo Lind, Cy\n\n"


def spoken(tmp_path: Path, text: str) -> list[tuple[str, str]]:
    return said(note(tmp_path, LISTED + text))


@pytest.mark.parametrize(
    "line",
    ["Ana: yes", "**Ana**: yes", "**Ana:** yes", "Ana Diaz: yes", "@ana: yes", "Diaz: yes", "Ana (she/her): yes",
     "Ana (Acme) (remote): yes", "Ana (10:32): yes", "Ana [10:32]: yes", "10:32 Ana: yes", "[10:32] Ana: yes",
     "10:32 - Ana: yes", "[Ana] yes", "Ana - yes", "Ana – yes", "ana> yes", "Ana says: yes",
     "Ana to Bo: yes", "Ana -> Bo: yes", "> Ana: yes"],
)  # fmt: skip
def test_a_name_before_words_is_whose_they_are(tmp_path: Path, line: str) -> None:
    text = line if line.startswith(">") else f"- {line}"
    assert spoken(tmp_path, f"{text}\n") == [("Ana Diaz", "yes")]


@pytest.mark.parametrize(
    "line",
    ["Ana & Bo: yes", "Ana and Bo: yes", "Ana, Bo, Cy: yes", "Ana/Bo: yes", "[Ana, Bo] yes", "Eve: yes",
     "Ana Diaz and the others", "the plan - yes", "+1 Ana", "Decision: yes"],
)  # fmt: skip
def test_what_several_say_or_an_unknown_name_stays_in_the_text(tmp_path: Path, line: str) -> None:
    assert spoken(tmp_path, f"- {line}\n") == [("", line)]


@pytest.mark.parametrize("line", ["Ana & Bo: yes", "Eve: yes", "+1 Bo", "Decision: yes", "Bo: yes"])
def test_nothing_of_that_is_the_speakers_in_whose_item_it_stands(tmp_path: Path, line: str) -> None:
    found = spoken(tmp_path, f"- Ana: first\n  - {line}\n")
    assert found[0] == ("Ana Diaz", "first")
    assert found[1] == (("Bo Lind", "yes") if line == "Bo: yes" else ("", line))


def test_the_time_of_a_line_is_its_place(tmp_path: Path) -> None:
    record = note(tmp_path, LISTED + "- 10:32 Ana: yes\n- Bo (10:40): no\n")
    assert [s.location for s in record.segments[1:]] == ["10:32", "10:40"]


def test_a_name_in_capitals_may_be_initials(tmp_path: Path) -> None:
    text = "| Attendee | Abbreviation |\n|---|---|\n| Ana Diaz | ADZ |\n| Bo Lind | |\n\n"
    assert said(note(tmp_path, f"{text}ADZ: one\n\nBL: two\n\nBL: three\n"))[-3:] == [
        ("Ana Diaz", "one"),
        ("Bo Lind", "two"),
        ("Bo Lind", "three"),
    ]


def test_a_first_name_that_two_people_have_stays_as_it_is_written(tmp_path: Path) -> None:
    text = "Attendees: Ana Diaz, Ana Berg\n\n- Ana: yes\n- Diaz: no\n"
    assert said(note(tmp_path, text)) == [("Ana", "yes"), ("Ana Diaz", "no")]


def test_who_speaks_again_and_again_is_somebody_though_nobody_lists_them(tmp_path: Path) -> None:
    lines = (
        "- niko: it works\n- niko: no\n- link: https://x.org\n- link: https://y.org\n- type: x1\n- type: y2\n"
    )
    assert said(note(tmp_path, lines)) == [
        ("niko", "it works"),
        ("niko", "no"),
        ("", "link: https://x.org"),
        ("", "link: https://y.org"),
        ("", "type: x1"),
        ("", "type: y2"),
    ]


def test_among_people_who_talk_one_speaks_but_once(tmp_path: Path) -> None:
    talk = LISTED + "- Ana: one\n- Bo: two\n- Cy: three\n"
    lines = ("hygiene: fix it", "Danger: we may break it", "Zebra: shall we?", "a zebra is one")
    text = talk + "- niko: shall we?\n" + "".join(f"- {line}\n" for line in lines)
    assert said(note(tmp_path, text))[3:] == [("niko", "shall we?"), *(("", line) for line in lines)]


@pytest.mark.parametrize("line", ["@niko: maybe", "Niko asks: maybe", "niko writes: maybe"])
def test_what_is_written_of_a_person_makes_a_name(tmp_path: Path, line: str) -> None:
    ((speaker, text),) = said(note(tmp_path, f"- {line}\n"))
    assert (speaker.lower(), text) == ("niko", "maybe")


def test_additional_notes_are_nobodys(tmp_path: Path) -> None:
    assert said(note(tmp_path, "- Implementers notes: see there\n")) == [
        ("", "Implementers notes: see there")
    ]


# Lists


def test_nested_items_are_the_speakers_until_others_talk(tmp_path: Path) -> None:
    text = "- Ana: use it\n  - because\n  - Cy: I disagree\n    - it is slow\n  - it depends\n- Bo: fine\n"
    assert spoken(tmp_path, text) == [
        ("Ana Diaz", "use it\nbecause"),
        ("Cy", "I disagree\nit is slow"),
        ("", "it depends"),
        ("Bo Lind", "fine"),
    ]


def test_what_is_nested_under_a_question_is_nobodys(tmp_path: Path) -> None:
    assert spoken(tmp_path, "- Cy: shall we?\n  - it leaks\n") == [("Cy", "shall we?"), ("", "it leaks")]


def test_what_an_item_quotes_is_not_its_speakers(tmp_path: Path) -> None:
    text = "- Cy: they wrote\n  > it leaks\n- Ana: yes  \n  +1 Bo\n"
    assert spoken(tmp_path, text) == [
        ("Cy", "they wrote"),
        ("", "it leaks"),
        ("Ana Diaz", "yes"),
        ("", "+1 Bo"),
    ]


@pytest.mark.parametrize("reply", ["Yes. So we do.", "+1", "Agreed, with a cap", "No - it leaks"])
def test_a_nested_reply_is_not_the_words_of_whom_it_answers(tmp_path: Path, reply: str) -> None:
    text = f"- Ana: Fill it up.\n  - Every day.\n  - {reply}\n    - Then wait.\n  - Today.\n- {reply}\n"
    assert spoken(tmp_path, text) == [
        ("Ana Diaz", "Fill it up.\nEvery day."),
        ("", f"{reply}\nThen wait.\nToday."),
        ("", reply),
    ]


def test_below_a_name_alone_a_reply_is_the_words_of_who_bears_it(tmp_path: Path) -> None:
    assert spoken(tmp_path, "- Ana: Fill it.\n- Cy:\n  - Agreed, we fill it.\n") == [
        ("Ana Diaz", "Fill it."),
        ("Cy", "Agreed, we fill it."),
    ]


def test_a_second_paragraph_of_an_item_is_the_speakers(tmp_path: Path) -> None:
    assert spoken(tmp_path, "- Ana: one\n\n  two\n\n- three\n") == [("Ana Diaz", "one\ntwo"), ("", "three")]


def test_deeper_replies_are_their_own(tmp_path: Path) -> None:
    text = "- Ana: one\n  - two\n    - Bo: three\n      - four\n    - five\n  - six\n"
    assert spoken(tmp_path, text) == [
        ("Ana Diaz", "one\ntwo"),
        ("Bo Lind", "three\nfour"),
        ("", "five\nsix"),
    ]


def test_code_and_tables_are_nobodys(tmp_path: Path) -> None:
    text = "- Ana: look\n\n```\nBo: x\n```\n\n| Ana: a | Bo: b |\n|---|---|\n| 1 | 2 |\n"
    assert spoken(tmp_path, text)[1:] == [("", "```\nBo: x\n```"), ("", "Ana: a | Bo: b\n1 | 2")]
    text = "It prints:\n\n```\nBo: x\nAna: y\n```\n"
    assert spoken(tmp_path, text) == [("", "It prints:\n```\nBo: x\nAna: y\n```")]


def test_what_stands_behind_names_in_a_list_of_people_is_nobodys(tmp_path: Path) -> None:
    record = note(tmp_path, "## Attendees\n- Ana Diaz: remote\n- Bo Lind: late\n\n## Notes\n- Ana: yes\n")
    assert [(s.part, s.speaker, s.text) for s in record.segments] == [
        ("people", None, "Ana Diaz: remote\nBo Lind: late"),
        ("", ANA, "yes"),
    ]


def test_tasks_are_nobodys(tmp_path: Path) -> None:
    text = "## Talk\n- [ ] Ana: write\n\n## Next steps\n- Bo: tell\n\nAction: Ana: ask\n"
    assert spoken(tmp_path, text) == [("", "Ana: write"), ("", "Bo: tell"), ("", "Action: Ana: ask")]


# Paragraphs


def test_lines_of_one_paragraph_are_turns(tmp_path: Path) -> None:
    assert spoken(tmp_path, "Ana: one\nthat goes on\nBo: two\nAna: three\n") == [
        ("Ana Diaz", "one that goes on"),
        ("Bo Lind", "two"),
        ("Ana Diaz", "three"),
    ]


def test_an_unknown_name_within_a_paragraph_ends_a_turn(tmp_path: Path) -> None:
    assert spoken(tmp_path, "Ana: one\nEve: two\nthree\n") == [("Ana Diaz", "one"), ("", "Eve: two three")]


@pytest.mark.parametrize(
    "line",
    ["Ana: one 10:33 Bo: two", "10:32 Ana: one 10:33 Bo: two", "Ana: one. Bo: two", "[Ana] one [Bo] two",
     "Ana: eins Örn: zwei", "Ana - one. Bo - two"],
)  # fmt: skip
def test_where_lines_were_joined_nobody_speaks_alone(tmp_path: Path, line: str) -> None:
    assert {speaker for speaker, _ in spoken(tmp_path, f"- {line}\n")} == {""}


def test_names_alone_on_a_line_head_what_they_say(tmp_path: Path) -> None:
    text = (
        "# Call\n\n**Ana Diaz**\n\nHello all.\n\nAnd welcome.\n\n**Bo Lind**\n- yes\n  - sure\n\n"
        "**Ana Diaz** (10:03)\n\n"
        "Well.\n\n**Bo Lind**\n\nIndeed so.\n\n**Ana Diaz**\n\nBye now.\n\n## After\n\nNobody spoke.\n"
    )
    record = note(tmp_path, text)
    assert said(record) == [
        ("Ana Diaz", "Hello all."),
        ("Ana Diaz", "And welcome."),
        ("Bo Lind", "yes\nsure"),
        ("Ana Diaz", "Well."),
        ("Bo Lind", "Indeed so."),
        ("Ana Diaz", "Bye now."),
        ("", "Nobody spoke."),
    ]
    assert record.segments[3].location == "10:03"


def test_names_that_head_reports_once_each_say_nothing(tmp_path: Path) -> None:
    text = "".join(f"**{name}**\n\n- did it\n\n" for name in ("Ana Diaz", "Bo Lind", "Eve Gray", "Flo Hart"))
    assert [speaker for speaker, _ in said(note(tmp_path, text))] == [""] * 8


# Parts


def test_labels_before_lines_give_the_part_of_all_that_is_nested(tmp_path: Path) -> None:
    record = note(tmp_path, "- Decision: we go\n  - on Monday\n- Next step:\n  - Ana: tell\n- fix: typo\n")
    assert [(s.text, s.part) for s in record.segments] == [
        ("Decision: we go\non Monday", "decision"),
        ("Next step:\nAna: tell", "next-step"),
        ("fix: typo", ""),
    ]


def test_advice_and_problems_may_have_a_teller(tmp_path: Path) -> None:
    record = note(
        tmp_path, LISTED + "- Advice (Cy): wait\n- Suggestion from Ana: ask\n- Action (Bo): write\n"
    )
    assert record.segments[1:] == (
        Segment("wait", CY, "answerer", part="advice"),
        Segment("ask", ANA, "answerer", part="advice"),
        Segment("Action (Bo): write", part="next-step"),
    )


def test_questions_and_answers_carry_part_and_role(tmp_path: Path) -> None:
    text = "# AMA: billing\n\nQ1 (Ana Diaz): Who pays?\n\nA (Cy): We do.\n\nQ: When?\n\nQuestion from Eve Gray: Why?\n"
    assert note(tmp_path, text).segments == (
        Segment("Who pays?", ANA, "asker", part="question"),
        Segment("We do.", CY, "answerer", part="answer"),
        Segment("When?", part="question"),
        Segment("Why?", named("Eve Gray"), "asker", part="question"),
    )


def test_lettered_points_are_no_answers(tmp_path: Path) -> None:
    assert [s.part for s in note(tmp_path, "A. First the cache.\n\nB. Then the rest.\n").segments] == ["", ""]
    assert [s.part for s in note(tmp_path, "Q. Why?\n\nA. Because.\n").segments] == ["question", "answer"]

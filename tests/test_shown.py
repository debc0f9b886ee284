"""What can't be seen is left out where text is shown; what scripts and emoji need stays."""

import json

import pytest

from copassist.shown import LONGEST_LINE, shown, shown_json, shown_line, shown_name, shown_part


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("plain\ttext\nof lines", "plain\ttext\nof lines"),
        ("\x1b[31mred\x1b[0m", "[31mred[0m"),
        ("\x1b]8;;https://evil.example\x07here", "]8;;https://evil.examplehere"),
        ("\x9b2Jcleared", "2Jcleared"),
        ("safe\rFORGED", "safe\nFORGED"),
        ("a\r\nb\u2028c\u2029d\x0be\x85f", "a\nb\nc\nd\ne\nf"),
        ("\u202egpj.exe\u202c \u2066a\u2069 \u200fb", "gpj.exe a b"),
        ("pass\u200bword\u2060\ufeff \u00ad", "password "),
        ("ok\U000e0049\U000e0067", "ok"),
        ("a\0b\ud800c\uffff", "abc"),
        ("Z\u0300\u0301\u0302\u0303\u0304!", "Z\u0300\u0301\u0302!"),
        ("\u0e01\u0e47\u0e47\u0e47\u0e47\u0e47", "\u0e01\u0e47\u0e47\u0e47"),
        ("\u3164\u115f", ""),
    ],
)
def test_what_moves_turns_or_hides_text_is_left_out(text, left):
    assert shown(text) == left


@pytest.mark.parametrize(
    "text",
    [
        "Größe – 三つ",
        "\u05e9\u05dc\u05d5\u05dd",
        "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645",
        "👩\u200d💻 ❤\ufe0f",
        "Vie\u0323\u0302t",
    ],
)
def test_other_scripts_and_emoji_stay_as_they_are(text):
    assert shown(text) == text


def test_a_line_is_one_line_and_not_endless():
    assert shown_line(" Clinic\n\nTalk to:\n  Mallory ") == "Clinic Talk to: Mallory"
    assert shown_line("x" * LONGEST_LINE) == "x" * LONGEST_LINE
    assert shown_line("x" * (LONGEST_LINE + 1)) == "x" * (LONGEST_LINE - 1) + "…"


def test_a_name_and_a_part_leave_room_for_others():
    assert shown_name("\u3164\u2800 ") == "somebody"
    assert shown_name("w" * 81) == "w" * 79 + "…"
    assert shown_part("w" * 2_001) == "w" * 1_999 + "…"
    assert shown_part("a\nb") == "a\nb"


def test_json_holds_nothing_unseen_and_reads_back_exactly():
    value = {"a": "\x1b[2J \x9b \u202e \U000e0041 \u2028 \ud800 ö\n"}
    written = shown_json(value)
    assert written == ('{"a": "\\u001b[2J \\u009b \\u202e \\udb40\\udc41 \\u2028 \\ud800 ö\\n"}')
    assert json.loads(written) == value

"""Caption files as cues: WebVTT, SRT, SBV, and what is broken in them."""

from __future__ import annotations

import pytest

from ingest.sessions.captions import Captions, Cue, parse


def cues(text: str) -> list[tuple[str, str, str]]:
    return [(cue.start, cue.voice, cue.text) for cue in parse(text).cues]


def test_voice_tags_name_the_voice_of_what_follows_them() -> None:
    text = (
        "WEBVTT\n\n7f/17-0\n00:00:03.040 --> 00:00:06.480 align:start\n<v Ana Diaz>Hello, this\nis it.</v>\n\n"
        "7f/17-1\n00:06.480 --> 00:07.480\n<v.loud Bo Lind>Yes &amp; <i>no</i></v> so <v Ana Diaz>ok\n"
    )
    assert cues(text) == [
        ("00:00:03", "Ana Diaz", "Hello, this"),
        ("00:00:03", "Ana Diaz", "is it."),
        ("00:00:06", "Bo Lind", "Yes & no"),
        ("00:00:06", "", "so"),
        ("00:00:06", "Ana Diaz", "ok"),
    ]


def test_comments_are_kept_and_styles_are_not() -> None:
    text = (
        "WEBVTT Kind: captions\n\nNOTE\ntitle: Clinic\n\nNOTE made by hand\n\nSTYLE\n::cue {}\n\n"
        "00:01.000 --> 00:02.000\nHi\n"
    )
    assert parse(text) == Captions((Cue("00:00:01", "Hi"),), "\ntitle: Clinic\nmade by hand", ())


def test_srt_as_it_is_found() -> None:
    text = (
        '1\n00:00:01,000 --> 00:00:02,000\n<font color="#fff">Hello.</font>\n2\n00:00:02,000 --> 00:00:03,000\n'
        "In 2020\n\nwe met.\n\n3\n\n01:00:04,000 --> 01:00:05,000\n{\\an8}Bye\n\n"
    )
    assert cues(text) == [
        ("00:00:01", "", "Hello."),
        ("00:00:02", "", "In 2020"),
        ("00:00:02", "", "we met."),
        ("01:00:04", "", "Bye"),
    ]


def test_sbv_is_read() -> None:
    assert cues("0:00:01.000,0:00:03.000\nhi\n\n0:00:03.000,0:00:04.000\nyes\nno\n") == [
        ("00:00:01", "", "hi"),
        ("00:00:03", "", "yes"),
        ("00:00:03", "", "no"),
    ]


def test_lines_that_roll_up_are_said_once() -> None:
    text = (
        "WEBVTT\nKind: captions\nLanguage: en\n\n00:00:00.160 --> 00:00:02.389 align:start position:0%\n \n"
        "hello<00:00:00.480><c> and</c><00:00:00.640><c> welcome</c>\n\n"
        "00:00:02.389 --> 00:00:02.399\nhello and welcome\n \n\n"
        "00:00:02.399 --> 00:00:05.000\nhello and welcome\nto<00:00:02.480><c> the</c><00:00:02.640><c> clinic</c>\n\n"
        "00:00:05.000 --> 00:00:05.010\nto the clinic\n \n"
    )
    assert cues(text) == [("00:00:00", "", "hello and welcome"), ("00:00:02", "", "to the clinic")]


def test_two_captions_that_roll_are_said_once() -> None:
    text = (
        "WEBVTT\n\n00:00.160 --> 00:02.389\nhello<00:00:00.480><c> and</c>\n\n"
        "00:02.389 --> 00:02.399\nhello and\nwelcome\n"
    )
    assert [said for _, _, said in cues(text)] == ["hello and", "welcome"]


def test_what_people_say_again_stays() -> None:
    text = "".join(
        f"{i}\n00:00:0{i},000 --> 00:00:0{i},900\n{said}\n\n"
        for i, said in enumerate("yes yes no so on".split())
    )
    assert [said for _, _, said in cues(text)] == ["yes", "yes", "no", "so", "on"]


@pytest.mark.parametrize("times", ["00:00:0x --> 00:00:09.000", "00:00:06,000 -->", "soon --> later"])
def test_a_cue_with_broken_times_is_told_with_its_line_and_the_rest_goes_in(times: str) -> None:
    found = parse(
        f"WEBVTT\n\n1\n00:01.000 --> 00:02.000\none\n\n2\n{times}\nlost\n\n3\n00:03.000 --> 00:04.000\nthree\n"
    )
    assert [cue.text for cue in found.cues] == ["one", "three"]
    assert found.problems == (("line 8", f"the times of a caption can't be read: {times}"),)


def test_words_of_a_broken_cue_are_no_other_ones() -> None:
    found = parse("WEBVTT\n\n00:01.000 --> 00:02.000\none\n\ntwo\n\nx --> y\nlost\n\nlost, too\n")
    assert [cue.text for cue in found.cues] == ["one", "two"]

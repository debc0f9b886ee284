"""Words, dates and links as the page shows them."""

from datetime import date, datetime

import pytest

from copassist.records import Answer, Citation, Person, RecordSummary
from copassist.ui.words import (
    about_html,
    carried,
    cast_words,
    confidence_words,
    date_words,
    escaped,
    joined,
    kind_words,
    link_html,
    people_words,
    piece_html,
    place_words,
    reach_html,
    time_tag,
    title_html,
    whose_words,
)
from copassist.words import counted

ANA = Person(1, "Ana", "facilitator")
BEN = Person(2, "Ben", "presenter")
CHI = Person(3, "Chi")


def test_a_date_is_said_as_day_month_and_year():
    assert date_words(date(2025, 3, 12)) == "12 March 2025"
    assert date_words(None) == ""


def test_a_moment_is_tagged_with_its_day():
    assert time_tag(datetime(2025, 3, 2, 9, 30)) == '<time datetime="2025-03-02">2 March 2025</time>'


def test_escaping_leaves_no_way_out_of_an_element_or_attribute():
    assert escaped("<b a='1' c=\"2\">&") == "&lt;b a=&#x27;1&#x27; c=&quot;2&quot;&gt;&amp;"


def test_a_session_is_called_by_its_format_and_anything_else_by_its_kind():
    assert kind_words("session", "ama") == "Ask me anything"
    assert kind_words("session", "") == "Session"
    assert kind_words("thread", "") == "Thread"


def test_numbers_and_names_are_put_in_words():
    assert counted(1, "record") == "1 record"
    assert counted(1200, "record") == "1,200 records"
    assert counted(2, "person", "people") == "2 people"
    assert joined([]) == ""
    assert joined(["Ana"]) == "Ana"
    assert joined(["Ana", "Ben", "Chi"]) == "Ana, Ben and Chi"


def test_people_are_named_once_and_counted_beyond_the_most():
    assert people_words([ANA, ANA, BEN]) == "Ana and Ben"
    assert people_words([ANA, BEN, CHI], most=1) == "Ana and 2 more"


def test_the_cast_says_who_was_what_leading_roles_first():
    assert cast_words([CHI, BEN, ANA]) == [
        ("Facilitated by", "Ana"),
        ("Presented by", "Ben"),
        ("People", "Chi"),
    ]


def test_a_record_is_summed_up_in_a_line_without_what_is_unknown():
    record = RecordSummary("r", "thread", "T", channel="#a<b>")
    dot = '<span class="ca-dot" aria-hidden="true"> · </span>'
    assert (
        about_html(record, "Ana")
        == f'<span class="ca-kind">Thread</span>{dot}<bdi>#a&lt;b&gt;</bdi>{dot}<bdi>Ana</bdi>'
    )


@pytest.mark.parametrize(
    ("status", "confidence", "said"),
    [
        ("answered", 0.8, "Very likely what you asked for"),
        ("answered", 0.5, "Probably what you asked for"),
        ("partial", 0.49, "Possibly not what you asked for"),
        ("unanswered", 0.24, "Quite sure of that"),
        ("unanswered", 0.25, "Something close may be there"),
    ],
)
def test_confidence_is_said_in_words(status, confidence, said):
    assert confidence_words(Answer("q", status, confidence)) == said


def test_a_link_opens_outside_and_cannot_break_out_of_its_attribute():
    assert link_html('https://a.org/"onclick="x', "<b>") == (
        '<a class="ca-link" href="https://a.org/&quot;onclick=&quot;x" target="_blank"'
        ' rel="noopener noreferrer nofollow">&lt;b&gt;</a> <span class="ca-host">(a.org)</span>'
    )
    assert link_html("javascript:alert(1)", "<b>") == "&lt;b&gt;"


def test_how_to_reach_somebody_is_a_link_only_for_an_address():
    away = 'target="_blank" rel="noopener noreferrer nofollow"'
    mail = f'<a class="ca-link" href="mailto:ana@a.org" {away}>ana@a.org</a>'
    assert reach_html("ana@a.org") == mail
    assert reach_html("mailto:ana@a.org") == mail
    assert reach_html("@ana on Slack <b>") == "@ana on Slack &lt;b&gt;"
    assert reach_html("https://a.org/ana") == (
        f'<a class="ca-link" href="https://a.org/ana" {away}>https://a.org/ana</a>'
    )
    for text in ("javascript:alert@a.org", "mailto:ana@a.org?bcc=b@b.org", "https://wiki.org@b.org/"):
        assert reach_html(text) == text


def test_what_cannot_be_seen_is_left_out_where_text_is_shown_and_kept_where_it_is_carried():
    assert escaped("a\x1b\u202eb\r<") == "ab\n&lt;"
    assert carried("a\x1b\u202eb\r<") == "a\x1b\u202eb&#13;&lt;"
    assert piece_html(" a\n\u202eb<") == "<bdi>a b&lt;</bdi>"
    assert piece_html("\u200b") == ""


def test_a_title_that_cannot_be_seen_is_called_something():
    assert title_html("Slow\nmaps &") == "Slow maps &amp;"
    assert title_html(" \u200b\u3164") == "Without a title"


def test_the_words_of_a_source_are_their_speakers_else_those_with_a_role_in_the_record():
    def cited(speaker, *people):
        about = {"kind": "session", "format": "", "title": "T", "date": None, "quote": "q"}
        return Citation(1, "answer", "r", "s", people=people, speaker=speaker, **about)

    assert whose_words([cited(CHI, CHI, ANA), cited(BEN, BEN, ANA), cited(CHI, CHI)]) == "Chi and Ben"
    assert whose_words([cited(None, BEN, ANA, CHI)]) == "facilitated by Ana, presented by Ben"
    assert whose_words([cited(None)]) == ""


def test_where_something_stands_in_its_record_is_its_heading_and_its_place():
    about = {"kind": "session", "format": "", "title": "T", "date": None, "quote": "q", "people": ()}
    assert place_words(Citation(1, "answer", "r", "s", section="A > B", location="page 3", **about)) == (
        "A > B, page 3"
    )
    assert place_words(Citation(1, "answer", "r", "s", **about)) == ""

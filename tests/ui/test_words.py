"""Words, dates and links as the page shows them."""

from datetime import date, datetime

import pytest

from copassist.records import Answer, Person, RecordSummary
from copassist.ui.words import (
    about_html,
    cast_words,
    confidence_words,
    counted,
    date_words,
    escaped,
    joined,
    kind_words,
    link_html,
    people_words,
    reach_html,
    safe_url,
    time_tag,
)

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
    record = RecordSummary("r", "thread", "T", channel="#a<b>", people=(ANA,))
    dot = '<span class="ca-dot" aria-hidden="true"> · </span>'
    assert about_html(record) == f'<span class="ca-kind">Thread</span>{dot}#a&lt;b&gt;{dot}Ana'


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


@pytest.mark.parametrize(
    "url", ["https://a.org/x?y=1&z=2", "http://a.org", "mailto:ana@a.org", " https://a.org "]
)
def test_web_and_mail_addresses_are_safe(url):
    assert safe_url(url) == url.strip()


@pytest.mark.parametrize(
    "url",
    [
        "",
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        "java\nscript:alert(1)",
        "\x01javascript:alert(1)",
        "data:text/html,<script>",
        "vbscript:x",
        "file:///etc/passwd",
        "//a.org",
        "/a",
        "https:",
        "https://[",
        "https://a.org/\x00",
    ],
)
def test_other_addresses_are_not_safe(url):
    assert safe_url(url) is None


def test_a_link_opens_outside_and_cannot_break_out_of_its_attribute():
    assert link_html('https://a.org/"onclick="x', "<b>") == (
        '<a class="ca-link" href="https://a.org/&quot;onclick=&quot;x" target="_blank"'
        ' rel="noopener noreferrer">&lt;b&gt;</a>'
    )
    assert link_html("javascript:alert(1)", "<b>") == "&lt;b&gt;"


def test_how_to_reach_somebody_is_a_link_only_for_an_address():
    mail = (
        '<a class="ca-link" href="mailto:ana@a.org" target="_blank" rel="noopener noreferrer">ana@a.org</a>'
    )
    assert reach_html("ana@a.org") == mail
    assert reach_html("mailto:ana@a.org") == mail
    assert reach_html("@ana on Slack <b>") == "@ana on Slack &lt;b&gt;"
    assert reach_html("javascript:alert@a.org") == "javascript:alert@a.org"

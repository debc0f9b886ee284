"""The address of an original: at the message, answer, post, mail, heading or page, and only where it is safe."""

import pytest

from copassist.links import host, original, safe
from copassist.records import RecordSummary, StoredSegment

SLACK = "https://acme.slack.com/archives/C1/p1741773600000000"
ASKED = "https://diy.stackexchange.com/questions/12"
TOPIC = "https://forum.example.org/t/slow-maps/12"


@pytest.mark.parametrize(
    ("link", "place", "address"),
    [
        (SLACK, {"key": "1741773600.000000"}, SLACK),
        (SLACK, {"key": "1741773900.000100"}, "https://acme.slack.com/archives/C1/p1741773900000100"),
        (
            SLACK,
            {"key": "1741773900.000100", "location": "reply"},
            "https://acme.slack.com/archives/C1/p1741773900000100?thread_ts=1741773600.000000&cid=C1",
        ),
        (ASKED, {"key": "12", "location": "question"}, ASKED),
        (ASKED, {"key": "34", "location": "answer 34"}, "https://diy.stackexchange.com/a/34"),
        (
            ASKED,
            {"key": "34", "location": "answer 34 (community wiki)"},
            "https://diy.stackexchange.com/a/34",
        ),
        (ASKED, {"key": "comment 56", "location": "comment on answer 34"}, f"{ASKED}#comment56_34"),
        (ASKED, {"key": "comment 56", "location": "comment on the question"}, f"{ASKED}#comment56_12"),
        (TOPIC, {"key": "99", "location": "post 3"}, f"{TOPIC}/3"),
        ("https://x.org/a.pdf", {"location": "page 3"}, "https://x.org/a.pdf#page=3"),
        (
            "https://x.org/a.md",
            {"section": "Maps > What's new, Ana?"},
            "https://x.org/a.md#whats-new-ana",
        ),
        ("https://x.org/a.md", {"section": "Größe"}, "https://x.org/a.md#gr%C3%B6%C3%9Fe"),
        ("https://x.org/a.vtt", {"location": "00:12:31"}, "https://x.org/a.vtt"),
        (
            "https://lists.example.org/r/1%40a.example",
            {"key": "2@b.example"},
            "https://lists.example.org/r/2@b.example",
        ),
        ("https://lists.example.org/r/77", {"key": "2@b.example"}, "https://lists.example.org/r/77"),
    ],
)
def test_the_original_opens_at_the_place_where_the_source_has_an_address_for_it(link, place, address):
    record = RecordSummary("r", "thread", "T", link=link)
    assert original(record, StoredSegment("s", 0, "text", **place)) == address
    assert original(record) == link


def test_without_a_link_or_with_an_unsafe_one_there_is_no_address():
    segment = StoredSegment("s", 0, "text", section="A")
    assert original(RecordSummary("r", "thread", "T"), segment) == ""
    assert original(RecordSummary("r", "thread", "T", link="javascript:alert(1)//a.md"), segment) == ""


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)", "data:text/html,x", "vbscript:x", "file:///etc/passwd", "//evil.example/x",
        "https:evil.example", "https:///evil.example", "java\tscript:alert(1)", "https://a.example/\nx",
        "https://wiki.example@evil.example/", "https://wiki.example\\@evil.example/",
        "https://%65vil.example/", "https://a.example:x/", "https://a.example:99999/", "https://a..example/",
        "https://a.example/\u202egpj.exe", "https://a.example/\u2028", "https://a.example/\u200b",
        "https://a.example/x/../admin", "https://a.example/x/%2E%2e/admin", "https://[::1", "https://a b/",
        "mailto:a@b.example", "", "&#106;avascript:alert(1)",
    ],
)  # fmt: skip
def test_an_address_that_could_lead_elsewhere_than_it_shows_is_none(url):
    assert safe(url) == ""


def test_the_host_is_the_one_that_a_browser_goes_to():
    assert host("https://Wiki.Example:8080/a?b=c#d") == "wiki.example"
    assert host("https://b\u00fccher.example/") == "xn--bcher-kva.example"
    assert host("https://\u0430pple.com/") == "xn--pple-43d.com"  # a Cyrillic letter
    assert host("https://[2001:db8::1]/") == "[2001:db8::1]"
    assert safe(" https://a.example/x?y#z ") == "https://a.example/x?y#z"

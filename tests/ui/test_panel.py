"""A record in the side panel: the quote is marked where it stands exactly, and nowhere else."""

from datetime import date, datetime

from copassist.records import Person, RecordSummary, StoredRecord, StoredSegment
from copassist.ui.panel import marked_html, panel_error_html, record_html

ANA = Person(1, "Ana", "facilitator")
BEN = Person(2, "<Ben>", "answerer")


def mark(text):
    return f'<mark class="ca-quote" tabindex="-1">{text}</mark>'


def record(*segments, **summary):
    return StoredRecord(RecordSummary("r1", "session", "Slow maps", **summary), segments)


def long_record(count):
    return record(*(StoredSegment(f"s{i}", i, f"text {i}.") for i in range(count)))


def test_the_quote_is_marked_in_its_text():
    assert marked_html("Cut tiles at night.", "tiles") == f"Cut {mark('tiles')} at night."


def test_a_quote_with_special_signs_is_found_before_escaping():
    text = 'If a < b & "c" > d, <b>stop</b>.'
    assert marked_html(text, '< b & "c" >') == (
        f"If a {mark('&lt; b &amp; &quot;c&quot; &gt;')} d, &lt;b&gt;stop&lt;/b&gt;."
    )


def test_a_quote_of_an_entity_marks_no_part_of_an_escaped_sign():
    assert marked_html("a & b", "amp") == "a &amp; b"
    assert marked_html("5 &lt; 6", "&lt;") == f"5 {mark('&amp;lt;')} 6"


def test_a_quote_over_line_breaks_and_other_scripts_is_marked_whole():
    assert marked_html("one\ntwo – 三つ!", "two – 三つ") == f"one\n{mark('two – 三つ')}!"


def test_of_equal_places_the_one_that_is_a_whole_line_or_sentence_is_marked_else_the_first():
    assert marked_html("yes and yes", "yes") == f"{mark('yes')} and yes"
    assert marked_html("a yes and yes or", "yes") == f"a {mark('yes')} and yes or"
    assert marked_html("- no cache\n- cache", "cache") == f"- no cache\n- {mark('cache')}"
    assert marked_html("Don’t Use it. Use it. Now", "Use it.") == f"Don’t Use it. {mark('Use it.')} Now"
    assert marked_html("cache less\n1. cache\ncache", "cache") == f"cache less\n1. {mark('cache')}\ncache"


def test_a_quote_that_overlaps_itself_a_thousand_times_is_marked_once():
    assert marked_html("a" * 100_000, "a" * 50_000).count("<mark") == 1


def test_what_cannot_be_seen_is_left_out_in_and_around_the_mark():
    assert marked_html("a\u202eb\x1b c\rd", "b\x1b c") == f"a{mark('b c')}\nd"


def test_the_day_is_said_again_only_when_it_changes():
    shown = record_html(
        record(
            StoredSegment("a", 0, "1", time=datetime(2025, 3, 12, 9, 5)),
            StoredSegment("b", 1, "2", time=datetime(2025, 3, 12, 9, 7)),
            StoredSegment("c", 2, "3", time=datetime(2025, 3, 13, 9, 5)),
        )
    )
    assert ">12 March 2025, 09:05<" in shown
    assert ">09:07<" in shown
    assert ">13 March 2025, 09:05<" in shown


def test_the_link_opens_the_original_at_the_cited_place():
    stored = record(StoredSegment("a", 0, "x", location="page 7"), link="https://a.org/x.pdf")
    assert 'href="https://a.org/x.pdf#page=7"' in record_html(stored, "a", "x")
    assert 'href="https://a.org/x.pdf"' in record_html(stored)


def test_a_quote_that_does_not_stand_there_exactly_marks_nothing():
    assert marked_html("Cut tiles", "cut tiles") == "Cut tiles"
    assert marked_html("Cut  tiles", "Cut tiles") == "Cut  tiles"
    assert marked_html("Cut tiles", "") == "Cut tiles"


def test_the_quote_is_marked_only_in_the_cited_segment():
    shown = record_html(record(StoredSegment("a", 0, "same"), StoredSegment("b", 1, "same")), "b", "same")
    assert '<div class="ca-segment"><p class="ca-text">same</p></div>' in shown
    assert f'<div class="ca-segment ca-cited"><p class="ca-text">{mark("same")}</p></div>' in shown


def test_the_panel_says_what_the_record_is_and_links_to_the_original():
    shown = record_html(
        record(
            format="clinic",
            date=date(2025, 3, 12),
            channel="#maps",
            people=(ANA, BEN),
            link="https://a.org/n?a=1&b=2",
        )
    )
    dot = '<span class="ca-dot" aria-hidden="true"> · </span>'
    assert (
        '<h2 class="ca-panel-title" tabindex="-1">Slow maps</h2><p class="ca-about">'
        f'<span class="ca-kind">Clinic</span>{dot}<time datetime="2025-03-12">12 March 2025</time>'
        f"{dot}<bdi>#maps</bdi></p>"
        '<dl class="ca-cast"><dt>Facilitated by</dt><dd><bdi>Ana</bdi></dd>'
        "<dt>Answered by</dt><dd><bdi>&lt;Ben&gt;</bdi></dd></dl>"
        '<p class="ca-original"><a class="ca-link" href="https://a.org/n?a=1&amp;b=2" target="_blank"'
        ' rel="noopener noreferrer nofollow">Open the original</a> <span class="ca-host">(a.org)</span></p>'
    ) in shown


def test_an_unsafe_link_is_left_out():
    assert "original" not in record_html(record(link="javascript:alert(1)"))


def test_a_speaker_is_said_again_only_when_it_changes_or_a_section_begins():
    shown = record_html(
        record(
            StoredSegment(
                "a", 0, "1", ANA, datetime(2025, 3, 12, 9, 5), "Advice > Caching", location="page 3"
            ),
            StoredSegment("b", 1, "2", ANA, section="Advice > Caching"),
            StoredSegment("c", 2, "3", BEN, section="Advice > Caching"),
            StoredSegment("d", 3, "4", BEN, part="next-step"),
        )
    )
    assert (
        '<h3 class="ca-section"><bdi>Advice &gt; Caching</bdi></h3><div class="ca-segment"><p class="ca-said">'
        '<span class="ca-speaker"><bdi>Ana</bdi></span> '
        '<time datetime="2025-03-12T09:05:00">12 March 2025, 09:05</time> '
        "<span><bdi>page 3</bdi></span></p>"
        '<p class="ca-text">1</p></div><div class="ca-segment"><p class="ca-text">2</p></div>'
        '<div class="ca-segment"><p class="ca-said"><span class="ca-speaker"><bdi>&lt;Ben&gt;</bdi></span></p>'
        '<p class="ca-text">3</p></div><h3 class="ca-section"><bdi>Next step</bdi></h3><div class="ca-segment">'
        '<p class="ca-said"><span class="ca-speaker"><bdi>&lt;Ben&gt;</bdi></span></p><p class="ca-text">4</p></div>'
    ) in shown


def test_a_long_record_shows_what_is_around_the_quote_and_offers_the_rest():
    shown = record_html(long_record(60), "s30", "text")
    assert ">text 23.<" not in shown
    assert ">text 24.<" in shown
    assert f"{mark('text')} 30." in shown
    assert ">text 36.<" in shown
    assert ">text 37.<" not in shown
    assert (
        '<button class="ca-textbutton" type="button" data-do="open_record" data-record="r1"'
        ' data-segment="s30" data-quote="text" data-whole="yes">Show 24 parts before</button>'
    ) in shown
    assert "Show 23 parts after" in shown


def test_a_long_record_is_shown_whole_on_demand_or_without_a_quote():
    assert "Show " not in record_html(long_record(60), "s30", "text", whole=True)
    assert ">text 59.<" in record_html(long_record(60))
    assert ">text 39.<" in record_html(long_record(40), "s1")


def test_a_passage_that_is_gone_is_said_to_be_gone():
    gone = "The passage isn’t in this record any more."
    assert gone in record_html(long_record(2), "old", "text")
    assert "<mark" not in record_html(long_record(2), "old", "text")
    assert gone not in record_html(long_record(2))


def test_a_record_that_cannot_be_shown_says_why():
    shown = panel_error_html("No record <x>.", "Search again.")
    assert ">No record &lt;x&gt;.</p>" in shown
    assert 'data-do="close"' in shown

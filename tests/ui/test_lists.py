"""Search results, gaps and the state of the memory as HTML."""

from datetime import date, datetime

from copassist.inventory import Inventory, Problem, SourceEntry
from copassist.questions import WeekCount
from copassist.records import Contact, Gap, Hit, RecordSummary, Span, StoredSegment
from copassist.ui.lists import (
    gap_html,
    gaps_html,
    hidden_html,
    hits_html,
    memory_html,
    moment_words,
    problems_html,
    skipped_html,
    sources_table_html,
    table_html,
    tiles_html,
    weeks_html,
)


def hit(record, text="Cut <tiles> at night.", start=4, end=11):
    summary = RecordSummary(record, "session", f"Title & {record}", date(2025, 3, 12), "clinic")
    return Hit(1, summary, (StoredSegment("s4", 4, text),), (Span(4, start, end),), 1.0)


def gap(**changed):
    values = {"label": "Printing <A0>", "status": "open", "cause": "unhelpful", "questions": 9, "askers": 5}
    values |= {"last_asked": datetime(2025, 5, 2, 10), "suggested_format": "ama"}
    return Gap("g1", **(values | changed))


def test_a_result_opens_its_record_at_the_passage():
    assert (
        '<h3><button class="ca-title" type="button" data-do="open_record" data-record="r1" data-segment="s4"'
        ' data-quote="&lt;tiles&gt;">Title &amp; r1</button></h3>'
    ) in hits_html([hit("r1")])
    assert '<p class="ca-passage">&lt;tiles&gt;</p>' in hits_html([hit("r1")])


def test_a_record_found_twice_is_one_result_with_its_best_passage():
    shown = hits_html([hit("r1", "best", 0, 4), hit("r2"), hit("r1", "second", 0, 6)])
    assert '<p class="ca-count" role="status">2 results</p>' in shown
    assert "best" in shown
    assert "second" not in shown


def test_no_result_says_what_to_change():
    assert "Nothing matches." in hits_html([])


def test_a_gap_says_how_many_asked_in_which_words_and_who_could_help():
    assert gap_html(gap(helpers=(Contact("m1", "Ana", "Steward"),), examples=("What <size>?",))) == (
        '<li class="ca-card ca-gap"><h3><bdi>Printing &lt;A0&gt;</bdi> <span class="ca-tag">Open</span></h3>'
        '<p class="ca-cause">An answer was found, but it didn’t help</p><dl class="ca-facts">'
        "<div><dt>Asked</dt><dd>9 times by 5 people</dd></div>"
        '<div><dt>Last</dt><dd><time datetime="2025-05-02">2 May 2025</time></dd></div>'
        "<div><dt>Suggested</dt><dd>Ask me anything</dd></div></dl>"
        "<details><summary>How it was asked</summary><ul><li>What &lt;size&gt;?</li></ul></details>"
        '<h4>Could help</h4><ul class="ca-people"><li class="ca-person">'
        '<span class="ca-initials" aria-hidden="true">A</span><div><p class="ca-name">Ana</p>'
        '<p class="ca-reason">Steward</p></div></li></ul></li>'
    )


def test_a_gap_says_what_was_missing():
    shown = gap_html(gap(missed=("The <price>",)))
    assert (
        "<details><summary>What was missing</summary><ul><li>The &lt;price&gt;</li></ul></details>" in shown
    )


def test_a_cause_in_other_words_is_shown_as_it_is():
    assert '<p class="ca-cause">because &lt;x&gt;</p>' in gap_html(gap(cause="because <x>"))


def test_hidden_topics_are_counted_and_explained():
    assert hidden_html(0, 3) == ""
    assert "1 more topic is hidden until 3 different people have asked" in hidden_html(1, 3)
    assert "2 more topics are hidden until 4 different people have asked" in gaps_html([gap()], 2, 4)


def test_no_gap_tells_none_asked_from_too_few_asked():
    assert "Every question so far found an answer." in gaps_html([], 0)
    assert "No topic has been asked by enough people yet." in gaps_html([], 2)


def test_a_table_holds_plain_text_and_can_be_scrolled_by_keyboard():
    assert table_html(["A<"], [["<b>"]]) == (
        '<div class="ca-table" tabindex="0" role="region" aria-label="Table"><table>'
        '<thead><tr><th scope="col">A&lt;</th></tr></thead><tbody><tr><td>&lt;b&gt;</td></tr></tbody>'
        "</table></div>"
    )


def test_the_weeks_are_also_there_as_numbers():
    weeks = [WeekCount(date(2025, 3, 3), "answered", 4), WeekCount(date(2025, 3, 3), "unanswered", 2)]
    assert "<tr><td>3 March 2025</td><td>4</td><td>0</td><td>2</td></tr>" in weeks_html(weeks)
    assert weeks_html([]) == ""


def test_tiles_show_a_number_with_what_it_counts():
    assert tiles_html([("Records", 1200)]) == (
        '<dl class="ca-tiles"><div><dt>Records</dt><dd>1,200</dd></div></dl>'
    )


def test_the_memory_shows_sources_problems_and_what_was_skipped():
    shown = memory_html(
        Inventory(
            records={"session": 3},
            segments=9,
            passages=4,
            members=2,
            questions=1,
            model="m",
            sample=False,
            waiting=0,
            sources=(
                SourceEntry("Notes", "sessions", "/n", ("everyone",), "", 3, datetime(2025, 3, 12, 14, 5)),
            ),
            problems=(Problem("Notes", "a<b>.md", "line 2", "no title"),),
            skipped={".png": 2, "join message": 7},
        )
    )
    assert (
        "<tr><td>Notes</td><td>sessions</td><td>/n</td><td>everyone</td><td>3</td>"
        "<td>12 March 2025, 14:05</td></tr>" in shown
    )
    assert "<tr><td>a&lt;b&gt;.md</td><td>line 2</td><td>no title</td></tr>" in shown
    assert "<tr><td>join message</td><td>7</td></tr><tr><td>.png</td><td>2</td></tr>" in shown


def test_what_is_not_there_is_not_shown():
    assert problems_html([]) == ""
    assert skipped_html({}) == ""
    assert moment_words(None) == "never"
    assert "Nothing was brought in yet." in sources_table_html(())

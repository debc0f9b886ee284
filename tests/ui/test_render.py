"""Answers, citations, people and errors as HTML; hostile text stays text."""

from datetime import date

from copassist.records import Answer, Citation, Contact, Person, Sentence
from copassist.ui.render import (
    Turn,
    answer_html,
    chip_html,
    chips_html,
    contact_html,
    error_html,
    feedback_html,
    nearest_html,
    notes_html,
    open_attributes,
    saved_html,
    sentence_html,
    sources_html,
    status_html,
    superseded_html,
    transcript_html,
    turn_html,
    welcome_html,
)

HOSTILE = "\"><script>alert('x')</script>"
HARMLESS = "&quot;&gt;&lt;script&gt;alert(&#x27;x&#x27;)&lt;/script&gt;"


def cite(n, use="answer", record="r1", **changed):
    values = {
        "segment": f"s{n}",
        "kind": "session",
        "format": "clinic",
        "title": "Slow maps",
        "date": date(2025, 3, 12),
        "people": (Person(1, "Ana"),),
        "quote": f"quote {n}",
        "speaker": Person(1, "Ana"),
    }
    return Citation(n, use, record, **(values | changed))


def opens(n):
    return f'type="button" data-do="open_record" data-record="r1" data-segment="s{n}" data-quote="quote {n}"'


def chip(n):
    return (
        f'<button class="ca-chip" {opens(n)} aria-label="Source {n}: Slow maps, 12 March 2025"'
        f' title="Slow maps, 12 March 2025">{n}</button>'
    )


def test_a_chip_is_a_button_that_carries_the_record_segment_and_quote():
    assert chip_html(cite(1)) == chip(1)


def test_what_a_button_carries_cannot_break_out_of_its_attributes():
    assert open_attributes(HOSTILE, HOSTILE, HOSTILE) == (
        f'type="button" data-do="open_record" data-record="{HARMLESS}"'
        f' data-segment="{HARMLESS}" data-quote="{HARMLESS}"'
    )


def test_chips_come_in_the_order_asked_for_without_unknown_numbers():
    assert chips_html((2, 9, 1), (cite(1), cite(2))) == chip(2) + chip(1)


def test_a_sentence_is_followed_by_its_chips():
    assert sentence_html(Sentence("Use <b>tiles</b>.", (1,)), (cite(1),)) == (
        f'<p class="ca-sentence">Use &lt;b&gt;tiles&lt;/b&gt;. <span class="ca-chips">{chip(1)}</span></p>'
    )
    assert sentence_html(Sentence("Yes.", ()), ()) == '<p class="ca-sentence">Yes.</p>'


def test_the_status_is_said_in_words():
    assert status_html(Answer("q", "partial", 0.6)) == (
        '<p class="ca-status ca-partial"><span class="ca-status-word">Perhaps answered</span>'
        '<span class="ca-sure">Probably what you asked for</span></p>'
    )
    assert "Answered from the memory" in status_html(Answer("q", "answered", 0.9))
    assert "The memory doesn’t say" in status_html(Answer("q", "unanswered", 0.1))


def test_sources_list_each_record_once_with_its_numbers_and_leave_out_other_uses():
    cited = (cite(1), cite(2), cite(3, use="contact", record="r3"), cite(4, use="nearest", record="r4"))
    dot = '<span class="ca-dot" aria-hidden="true"> · </span>'
    assert sources_html(cited) == (
        '<section class="ca-block" aria-label="Sources"><h3>Sources</h3><ul class="ca-sources">'
        f'<li><span class="ca-chips">{chip(1)}{chip(2)}</span>'
        f'<div><button class="ca-title" {opens(1)}>Slow maps</button><p class="ca-about">'
        f'<span class="ca-kind">Clinic</span>{dot}<time datetime="2025-03-12">12 March 2025</time>{dot}<bdi>Ana</bdi>'
        "</p></div></li></ul></section>"
    )
    assert sources_html(cited[2:]) == ""


def test_old_evidence_is_marked_and_opens_the_newer():
    assert superseded_html(cite(1)) == ""
    old = cite(1, superseded_by="r2")
    assert superseded_html(old) == (
        '<p class="ca-old"><span class="ca-tag ca-tag-old">Older</span> Something newer was said since. '
        '<button class="ca-textbutton" type="button" data-do="open_record" data-record="r2" data-segment=""'
        ' data-quote="">Open the newer one</button></p>'
    )
    assert superseded_html(old) in sources_html((old,))


def test_the_nearest_things_are_marked_as_no_answer():
    shown = nearest_html((cite(1), cite(2, use="nearest", quote=HOSTILE, title=HOSTILE)))
    assert '<h3>The nearest things it does say <span class="ca-tag">not an answer</span></h3>' in shown
    assert f"<li><blockquote>{HARMLESS} " in shown
    assert f">{HARMLESS}</button></p>" in shown
    assert "quote 1" not in shown
    assert nearest_html((cite(1),)) == ""


def test_a_contact_says_who_why_how_and_shows_the_evidence():
    assert contact_html(Contact("m1", "Ana Silva", "Led <it>", (1,), "@ana"), (cite(1),)) == (
        '<li class="ca-person"><span class="ca-initials" aria-hidden="true">AS</span>'
        '<div><p class="ca-name">Ana Silva</p><p class="ca-reason">Led &lt;it&gt;</p>'
        '<p class="ca-reach">@ana</p>'
        f'<p class="ca-evidence">Evidence <span class="ca-chips">{chip(1)}</span></p></div></li>'
    )


def test_a_contact_without_evidence_or_address_shows_neither():
    assert contact_html(Contact("m1", "<b>", "R"), ()) == (
        '<li class="ca-person"><span class="ca-initials" aria-hidden="true">&lt;</span>'
        '<div><p class="ca-name">&lt;b&gt;</p><p class="ca-reason">R</p></div></li>'
    )


def test_notes_are_text():
    assert notes_html((HOSTILE,)) == f'<ul class="ca-notes"><li>{HARMLESS}</li></ul>'
    assert notes_html(()) == ""


def test_words_in_backticks_and_blocks_of_code_are_shown_as_code():
    inline = Sentence("Run `lk <cache>`, not `lk`.", ())
    block = Sentence("```sh\nlk cache\nlk <warm>\n```", ())
    assert sentence_html(inline, ()) == (
        '<p class="ca-sentence">Run <code>lk &lt;cache&gt;</code>, not <code>lk</code>.</p>'
    )
    assert sentence_html(block, ()) == (
        '<div class="ca-sentence"><pre class="ca-code"><code>lk cache\nlk &lt;warm&gt;</code></pre></div>'
    )


def test_a_growing_answer_shows_only_its_sentences():
    answer = Answer("q", "answered", 0.9, (Sentence("Yes.", ()),), question_id="q1")
    said = '<div class="ca-sentences"><p class="ca-sentence">Yes.</p></div>'
    assert answer_html(answer, done=False) == said
    assert answer_html(answer) == status_html(answer) + said


def test_how_a_question_was_understood_shows_when_it_differs():
    understood = '<p class="ca-understood">Understood as: Who ran &lt;it&gt;?</p>'
    assert answer_html(Answer("And who?", "answered", 1, understood_as="Who ran <it>?")).startswith(
        understood
    )
    assert "Understood" not in answer_html(Answer("Who?", "answered", 1, understood_as="Who?"))


def test_an_asker_learns_whether_the_question_was_saved():
    assert saved_html(Answer("q", "answered", 1)) == (
        '<p class="ca-saved">Nothing about this question was saved.</p>'
    )
    assert saved_html(Answer("q", "answered", 1, question_id="q1")) == ""
    assert "is saved without your name" in saved_html(Answer("q", "unanswered", 0, question_id="q1"))


def test_feedback_goes_from_two_buttons_to_a_line_to_thanks():
    of = f'data-do="feedback" data-question="{HARMLESS}"'
    assert feedback_html(HOSTILE, "") == (
        '<div class="ca-feedback">'
        f'<button class="ca-button" type="button" {of} data-helped="yes">This helped</button>'
        f'<button class="ca-button" type="button" {of} data-helped="no">Not what I needed</button></div>'
    )
    assert "What was one useful thing you gained?" in feedback_html("q", "helped")
    assert 'data-helped="no"' in feedback_html("q", "missed")
    assert "What was missing?" in feedback_html("q", "missed")
    assert "Thank you, that helps the community." in feedback_html("q", "thanked")


def test_an_error_is_a_box_with_the_fix_and_never_a_status():
    box = error_html("Busy <x>", "Wait")
    assert box == (
        '<div class="ca-error" role="alert"><p class="ca-error-title">Busy &lt;x&gt;</p>'
        '<p class="ca-fix">Wait</p></div>'
    )
    assert turn_html(Turn("q", message="Busy <x>", fix="Wait")) == (
        f'<article class="ca-turn"><h2 class="ca-question">q</h2><div class="ca-answer">{box}</div></article>'
    )


def test_a_turn_shows_that_we_are_looking_then_the_answer_then_asks_for_feedback():
    answer = Answer(HOSTILE, "answered", 1, question_id="q1")
    assert "Looking through the memory…" in turn_html(Turn("q", done=False))
    assert "ca-feedback" not in turn_html(Turn("q", answer, done=False))
    assert turn_html(Turn("q", answer)).endswith(f"{feedback_html('q1', '')}</div></article>")
    assert f'<h2 class="ca-question">{HARMLESS}</h2>' in turn_html(Turn(HOSTILE, answer))


def test_a_private_question_asks_for_no_feedback():
    assert "ca-feedback" not in turn_html(Turn("q", Answer("q", "answered", 1)))


def test_an_empty_conversation_offers_examples_and_a_begun_one_does_not():
    example = f'data-do="example" data-question="{HARMLESS}">{HARMLESS}</button>'
    assert f'<button class="ca-example" type="button" {example}' in transcript_html((), (HOSTILE,))
    begun = transcript_html((Turn("one"), Turn("two")), ("example",))
    assert begun.startswith('<div class="ca-transcript" role="log" aria-label="Conversation">')
    assert begun.index("one") < begun.index("two")
    assert "example" not in begun


def test_the_banner_tells_a_sample_and_an_empty_memory():
    assert "This is a sample community." in welcome_html(112, sample=True)
    assert "This memory is empty." in welcome_html(0, sample=False)
    assert welcome_html(1, sample=False) == (
        '<p class="ca-tagline">Ask what 1 record of your community remembers.</p>'
    )

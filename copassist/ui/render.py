"""Answers as HTML: the transcript of a conversation, with citations that open."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from copassist.records import Answer, Citation, Contact, Sentence
from copassist.shown import shown_line, shown_name, shown_part
from copassist.ui.words import (
    STATUS_WORDS,
    about_html,
    carried,
    confidence_words,
    date_words,
    escaped,
    piece_html,
    place_words,
    prose_html,
    reach_html,
    title_html,
    whose_words,
)
from copassist.words import FORMAT_WORDS, counted

_FENCED = re.compile(r"(?:```|~~~)[^\n]*\n(.*?)\n?(?:```|~~~)", re.DOTALL)

Feedback = Literal["", "helped", "missed", "thanked"]


@dataclass(frozen=True, slots=True)
class Turn:
    """One question of a conversation as the page shows it.

    `answer` is None while nothing is known yet, `done` is False while it still grows. `message`
    and `fix` say what broke; then there is no answer. `feedback` is how far the asker got in
    saying whether it helped.
    """

    question: str
    answer: Answer | None = None
    done: bool = True
    message: str = ""
    fix: str = ""
    feedback: Feedback = ""


def open_attributes(record: str, segment: str = "", quote: str = "") -> str:
    """The attributes that make a <button> open a record at a quote (see page.js)."""
    return (
        f'type="button" data-do="open_record" data-record="{carried(record)}"'
        f' data-segment="{carried(segment)}" data-quote="{carried(quote)}"'
    )


def chip_html(citation: Citation) -> str:
    """A citation's number as a button that opens it in its context."""
    place = (shown_line(citation.title), date_words(citation.date), shown_line(place_words(citation)))
    where = ", ".join(part for part in place if part)
    return (
        f'<button class="ca-chip" {open_attributes(citation.record, citation.segment, citation.quote)}'
        f' aria-label="Source {citation.n}: {escaped(where)}" title="{escaped(where)}">{citation.n}</button>'
    )


def chips_html(numbers: Iterable[int], citations: Sequence[Citation]) -> str:
    """Chips for the numbers that are among the citations, in the order given."""
    known = {citation.n: citation for citation in citations}
    return "".join(chip_html(known[n]) for n in numbers if n in known)


def sentences_html(answer: Answer) -> str:
    """The sentences of an answer, each run of one record under where it was said.

    What a language model wrote is nobody's words, and stands under nobody's name.
    """
    if answer.written_by:
        return "".join(sentence_html(sentence, answer.citations) for sentence in answer.sentences)
    by_number = {citation.n: citation for citation in answer.citations}
    said, record, speaker = "", "", ""
    for sentence in answer.sentences:
        citation = by_number.get(sentence.citations[0]) if sentence.citations else None
        if citation and citation.record != record:
            record, speaker = citation.record, ""
            said += f'<p class="ca-from">{from_words(citation)}</p>'
        name = citation.speaker.name if citation and citation.speaker else ""
        lead = (
            f'<span class="ca-speaker">{piece_html(shown_name(name))}</span> '
            if name and name != speaker
            else ""
        )
        speaker = name
        said += sentence_html(sentence, answer.citations, lead)
    return said


def from_words(citation: Citation) -> str:
    """Where something was said: "Clinic, 12 March 2025"; of a replaced record that it is older."""
    what = FORMAT_WORDS.get(citation.format, "") or citation.channel or citation.title
    when = f", {date_words(citation.date)}" if citation.date else ""
    older = ' <span class="ca-tag ca-tag-old">Older, replaced since</span>' if citation.superseded_by else ""
    return f"{piece_html(what)}{when}{older}"


def sentence_html(sentence: Sentence, citations: Sequence[Citation], lead: str = "") -> str:
    """A sentence of an answer after what leads to it, followed by its chips."""
    chips = chips_html(sentence.citations, citations)
    chips = f' <span class="ca-chips">{chips}</span>' if chips else ""
    block = _FENCED.fullmatch(shown_part(sentence.text))
    if block:
        code = f'<pre class="ca-code"><code>{escaped(block[1])}</code></pre>'
        return f'<div class="ca-sentence">{lead}{code}{chips}</div>'
    return f'<p class="ca-sentence">{lead}{prose_html(sentence.text)}{chips}</p>'


def status_html(answer: Answer) -> str:
    """What kind of answer it is, and how sure, in words."""
    return (
        f'<p class="ca-status ca-{answer.status}">'
        f'<span class="ca-status-word">{STATUS_WORDS[answer.status]}</span>'
        f'<span class="ca-sure">{confidence_words(answer)}</span></p>'
    )


def superseded_html(citation: Citation) -> str:
    """A warning that there is newer evidence, which opens it; "" when there is none."""
    if citation.superseded_by is None:
        return ""
    return (
        '<p class="ca-old"><span class="ca-tag ca-tag-old">Older</span> Something newer was said since. '
        f'<button class="ca-textbutton" {open_attributes(citation.superseded_by)}>'
        "Open the newer one</button></p>"
    )


def sources_html(citations: Sequence[Citation]) -> str:
    """The records that back an answer, each once with its numbers; "" when there are none."""
    by_record: dict[str, list[Citation]] = {}
    for citation in citations:
        if citation.use == "answer":
            by_record.setdefault(citation.record, []).append(citation)
    if not by_record:
        return ""
    rows = "".join(_source_html(cited) for cited in by_record.values())
    return (
        '<section class="ca-block" aria-label="Sources"><h3>Sources</h3>'
        f'<ul class="ca-sources">{rows}</ul></section>'
    )


def _source_html(cited: Sequence[Citation]) -> str:
    """A row of the sources: the numbers, the title that opens it, what it is, where in it and whose words."""
    first = cited[0]
    places = {place_words(citation) for citation in cited}
    about = about_html(first, places.pop() if len(places) == 1 else "", whose_words(cited))
    old = "".join(dict.fromkeys(superseded_html(citation) for citation in cited))
    return (
        f'<li><span class="ca-chips">{"".join(chip_html(citation) for citation in cited)}</span>'
        f'<div><button class="ca-title" {open_attributes(first.record, first.segment, first.quote)}>'
        f'{title_html(first.title)}</button><p class="ca-about">{about}</p>{old}</div></li>'
    )


def nearest_html(citations: Sequence[Citation]) -> str:
    """What lies near an unanswered question, marked as no answer; "" when nothing does."""
    nearest = [citation for citation in citations if citation.use == "nearest"]
    if not nearest:
        return ""
    rows = "".join(map(_nearest_row_html, nearest))
    return (
        '<section class="ca-block" aria-label="The nearest things"><h3>The nearest things it does say '
        f'<span class="ca-tag">not an answer</span></h3><ul class="ca-nearest">{rows}</ul></section>'
    )


def _nearest_row_html(citation: Citation) -> str:
    """What is said nearby, with where; the title opens it."""
    opens = open_attributes(citation.record, citation.segment, citation.quote)
    return (
        f"<li><blockquote>{escaped(shown_part(citation.quote))} "
        f'<span class="ca-chips">{chip_html(citation)}</span></blockquote>'
        f'<p><button class="ca-title" {opens}>{title_html(citation.title)}</button></p>'
        f'<p class="ca-about">{about_html(citation, place_words(citation), whose_words([citation]))}</p></li>'
    )


def contact_html(contact: Contact, citations: Sequence[Citation]) -> str:
    """A card for somebody to talk to: why, how, and the evidence."""
    reach = f'<p class="ca-reach">{reach_html(contact.contact)}</p>' if contact.contact else ""
    chips = chips_html(contact.evidence, citations)
    evidence = f'<p class="ca-evidence">Evidence <span class="ca-chips">{chips}</span></p>' if chips else ""
    initials = "".join(word[0] for word in shown_name(contact.name).split()[:2]).upper()
    return (
        f'<li class="ca-person"><span class="ca-initials" aria-hidden="true">{escaped(initials)}</span>'
        f'<div><p class="ca-name">{escaped(shown_name(contact.name))}</p>'
        f'<p class="ca-reason">{escaped(contact.reason)}</p>'
        f"{reach}{evidence}</div></li>"
    )


def contacts_html(contacts: Sequence[Contact], citations: Sequence[Citation]) -> str:
    """The people to talk to; "" when there is nobody."""
    if not contacts:
        return ""
    cards = "".join(contact_html(contact, citations) for contact in contacts)
    return (
        '<section class="ca-block" aria-label="Talk to"><h3>Talk to</h3>'
        f'<ul class="ca-people">{cards}</ul></section>'
    )


def notes_html(notes: Sequence[str]) -> str:
    """What the asker should know besides; "" when there is nothing."""
    if not notes:
        return ""
    return '<ul class="ca-notes">' + "".join(f"<li>{escaped(note)}</li>" for note in notes) + "</ul>"


def answer_html(answer: Answer, done: bool = True) -> str:
    """An answer: its sentences, and once it is done, before them its status, after them sources, people and notes."""
    understood = ""
    if answer.understood_as and answer.understood_as != answer.question:
        understood = f'<p class="ca-understood">Understood as: {escaped(answer.understood_as)}</p>'
    if answer.draft:
        return understood + draft_html(answer.draft)
    said = f'<div class="ca-sentences">{sentences_html(answer)}</div>'
    if not done:
        return understood + said
    by = f'<p class="ca-saved">{written_words(answer)}</p>' if answer.written_by else ""
    return (
        f"{understood}{status_html(answer)}{said}{by}{notes_html(answer.notes)}"
        f"{sources_html(answer.citations)}{nearest_html(answer.citations)}"
        f"{contacts_html(answer.contacts, answer.citations)}{saved_html(answer)}"
    )


def written_words(answer: Answer) -> str:
    """Who wrote a checked answer, and what of it holds."""
    return (
        f"Written by the language model {escaped(answer.written_by)} from the passages found; "
        "each sentence was checked against the quotes behind its numbers."
    )


def draft_html(draft: str) -> str:
    """What a language model has written so far, marked as unchecked, as plain text."""
    return (
        '<div class="ca-draft"><p class="ca-pending">A language model is writing. '
        f"Its draft is checked against the memory before it counts.</p><p>{escaped(shown_part(draft))}</p></div>"
    )


def saved_html(answer: Answer) -> str:
    """Whether the question was saved, where that matters to the asker; otherwise ""."""
    if answer.question_id is None:
        return '<p class="ca-saved">Nothing about this question was saved.</p>'
    if answer.status == "unanswered":
        return (
            '<p class="ca-saved">Your question is saved without your name, '
            "so that the community sees what it is missing.</p>"
        )
    return ""


def feedback_html(question_id: str, feedback: Feedback) -> str:
    """Whether it helped: two buttons, then a line to say more, then thanks."""
    if feedback == "thanked":
        thanks = '<p class="ca-thanks" role="status">Thank you, that helps the community.</p>'
        return f'<div class="ca-feedback">{thanks}</div>'
    of = f'data-do="feedback" data-question="{carried(question_id)}"'
    if not feedback:
        return (
            '<div class="ca-feedback">'
            f'<button class="ca-button" type="button" {of} data-helped="yes">This helped</button>'
            f'<button class="ca-button" type="button" {of} data-helped="no">Not what I needed</button></div>'
        )
    helped, ask, optional = "no", "What was missing?", "Optional; leaders may see it, without your name"
    if feedback == "helped":
        helped, ask, optional = "yes", "What was one useful thing you gained?", "Optional"
    return (
        f'<form class="ca-feedback ca-more" {of} data-helped="{helped}">'
        '<p class="ca-thanks" role="status">Thank you.</p>'
        f'<label><span>{ask} <span class="ca-optional">{optional}</span></span>'
        '<input name="text" type="text" maxlength="500" autocomplete="off"></label>'
        '<button class="ca-button" type="submit">Send</button></form>'
    )


def error_html(message: str, fix: str = "") -> str:
    """A box that says what broke and what to do about it; never mistaken for an answer."""
    advice = f'<p class="ca-fix">{escaped(fix)}</p>' if fix else ""
    said = f'<p class="ca-error-title">{escaped(message)}</p>'
    return f'<div class="ca-error" role="alert">{said}{advice}</div>'


def turn_html(turn: Turn) -> str:
    """A question with its answer, what broke, or a sign that we are looking."""
    if turn.message:
        body = error_html(turn.message, turn.fix)
    elif turn.answer is None:
        body = '<p class="ca-pending">Looking through the memory…</p>'
    else:
        body = answer_html(turn.answer, turn.done)
        if turn.done and turn.answer.question_id:
            body += feedback_html(turn.answer.question_id, turn.feedback)
    return (
        f'<article class="ca-turn"><h2 class="ca-question">{escaped(turn.question)}</h2>'
        f'<div class="ca-answer">{body}</div></article>'
    )


def transcript_html(turns: Sequence[Turn], examples: Sequence[str] = ()) -> str:
    """The conversation, oldest turn first; an invitation with examples while it is empty."""
    if turns:
        said = "".join(map(turn_html, turns))
        return f'<div class="ca-transcript" role="log" aria-label="Conversation">{said}</div>'
    buttons = "".join(
        f'<li><button class="ca-example" type="button" data-do="example" data-question="{carried(example)}">'
        f"{escaped(example)}</button></li>"
        for example in examples
    )
    tried = f'<p class="ca-hint">For example</p><ul class="ca-examples">{buttons}</ul>' if examples else ""
    return (
        '<div class="ca-welcome"><h2>What would you like to know?</h2>'
        "<p>Answers come from the community’s sessions, threads and documents. "
        f"Each sentence shows where it was said, and by whom.</p>{tried}</div>"
    )


def welcome_html(records: int, sample: bool) -> str:
    """A banner above the page for the sample community or an empty memory; "" otherwise."""
    if sample:
        return (
            '<div class="ca-banner" role="note"><strong>This is a sample community.</strong> '
            "Its people and notes are made up, so that you can try things. Make a memory of your own with "
            "<code>copassist init DIR</code>, then <code>copassist ingest PATH --memory DIR</code>.</div>"
        )
    if records == 0:
        return (
            '<div class="ca-banner" role="note"><strong>This memory is empty.</strong> '
            "Bring in a folder of session notes with <code>copassist ingest PATH</code>, "
            "or a Slack export with <code>copassist ingest EXPORT.zip --kind slack</code>. "
            "Then ask here.</div>"
        )
    remember = "remembers" if records == 1 else "remember"
    return f'<p class="ca-tagline">Ask what {counted(records, "record")} of your community {remember}.</p>'

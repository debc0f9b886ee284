"""Each attack in every field of what is shown: it stays text on the page, on the terminal and in JSON."""

from __future__ import annotations

import json
import re
from datetime import UTC, date, datetime

import lxml.html
import pytest

from copassist.interchange import (
    STATUS_WORDS,
    answer_json,
    answer_text,
    gap_text,
    gaps_json,
    hit_text,
    hits_json,
)
from copassist.inventory import Inventory, Problem, SourceEntry
from copassist.links import safe
from copassist.records import (
    Answer,
    Citation,
    Contact,
    Gap,
    Hit,
    Person,
    RecordSummary,
    Sentence,
    Span,
    StoredRecord,
    StoredSegment,
)
from copassist.shown import shown, shown_json, shown_part
from copassist.ui.lists import gaps_html, hits_html, memory_html
from copassist.ui.panel import panel_error_html, record_html
from copassist.ui.render import Turn, transcript_html
from ingest.json_values import clean
from tests.hostile.attacks import ATTACKS

UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u200e\u200f\u202a-\u202e\u2028\u2029\u2066-\u2069\U000e0000-\U000e0fff]"
)
TAGS = set(
    "div p pre span button section h2 h3 h4 ul li blockquote article form label input aside header mark time dl dt dd"
    " bdi a table thead tbody tr th td details summary code strong".split()
)
ATTRIBUTES = set(
    "class type title role href target rel name maxlength autocomplete datetime tabindex scope aria-label"
    " aria-hidden data-do data-record data-segment data-quote data-question data-helped data-whole".split()
)


def parsed(html: str) -> lxml.html.HtmlElement:
    """The elements of HTML of ours; fails if one of them is more than text, a button or a safe link."""
    root = lxml.html.fragment_fromstring(html, create_parent="div")
    for element in root.iter():
        assert element.tag in TAGS, element.tag
        assert set(element.attrib) <= ATTRIBUTES, element.attrib
        if element.tag == "a":
            href = element.get("href")
            assert safe(href) == href or re.fullmatch(r"mailto:[\w.+-]+@[\w.-]+", href)
            assert element.get("rel") == "noopener noreferrer nofollow"
        if element.tag == "input":
            assert element.get("name") == "text"
    return root


def answer(attack: str) -> Answer:
    """An answer that says the attack in all its fields, as the memory can hold it."""
    attack = clean(attack)
    person = Person(1, attack, "presenter", attack)
    cited = [
        Citation(
            n, use, attack, attack, "session", "", attack, date(2025, 3, 12), (person,), attack, person,
            section=attack, location=attack, channel=attack, link=attack, superseded_by=attack,
        )
        for n, use in ((1, "answer"), (2, "nearest"), (3, "contact"))
    ]  # fmt: skip
    return Answer(
        attack, "partial", 0.5, (Sentence(attack, (1,)),), tuple(cited),
        (Contact(attack, attack, attack, (3,), attack),), f"{attack}!", (f"Note: {attack}",), attack, attack,
    )  # fmt: skip


def record(attack: str) -> StoredRecord:
    """A record that says the attack in all its fields."""
    attack = clean(attack)
    person = Person(1, attack, "presenter")
    summary = RecordSummary("r", "thread", attack, date(2025, 3, 12), "", attack, attack, (person,))
    time = datetime(2025, 3, 12, 9, 5, tzinfo=UTC)
    text = f"{attack}\n{attack} again"
    return StoredRecord(summary, (StoredSegment("s", 0, text, person, time, attack, "", attack, attack),))


def gap(attack: str) -> Gap:
    helper = Contact(attack, attack, attack, (), attack)
    asked = datetime(2025, 3, 12, tzinfo=UTC)
    return Gap("g", attack, "open", attack, 3, 3, asked, "ama", (helper,), (attack,), (attack,))


@pytest.mark.parametrize("name", ATTACKS)
def test_an_answer_shows_the_attack_as_text_on_the_page(name):
    attack = ATTACKS[name]
    root = parsed(transcript_html((Turn(attack, answer(attack)), Turn(attack, message=attack, fix=attack))))
    (sentence,) = root.find_class("ca-sentence")
    for part in sentence.xpath("./span"):  # the speaker, and the numbers
        part.drop_tree()
    fence = re.compile(r"```[^\n]*\n(.*)\n```|`([^`\n]+)`", re.DOTALL)
    assert words(sentence) == words_of(fence.sub(lambda m: m[1] or m[2], shown_part(clean(attack))))
    assert [words(e) for e in root.find_class("ca-question")] == [" ".join(shown(attack).split())] * 2
    assert [b.text_content() for b in root.find_class("ca-chip")] == ["1", "2", "3"]
    assert len(root.find_class("ca-status")) == len(root.find_class("ca-error")) == 1


def words(element: lxml.html.HtmlElement) -> str:
    return words_of(element.text_content())


def words_of(text: str) -> str:
    """A text with its white space as a browser shows it."""
    return " ".join(text.split())


@pytest.mark.parametrize("name", ATTACKS)
def test_a_record_shows_the_attack_as_text_with_the_quote_marked(name):
    attack = clean(ATTACKS[name])
    root = parsed(record_html(record(attack), "s", attack))
    (text,), (mark,) = root.find_class("ca-text"), root.iter("mark")
    assert text.text_content() == shown(f"{attack}\n{attack} again")
    assert mark.text_content() == shown(attack)
    parsed(panel_error_html(attack, attack))


@pytest.mark.parametrize("name", ATTACKS)
def test_lists_show_the_attack_as_text(name):
    attack = ATTACKS[name]
    stored = record(attack)
    hit = Hit(1, stored.summary, stored.segments, (Span(0, 0, len(attack)),), 1.0)
    source = SourceEntry(attack, attack, attack, (attack,), attack, 1, None)
    problem = Problem(attack, attack, attack, attack)
    held = Inventory({}, 0, 0, 0, 0, attack, False, 0, (source,), (problem,), {attack: 1})
    parsed(hits_html([hit]) + gaps_html([gap(attack)], 1) + memory_html(held))


@pytest.mark.parametrize("name", ATTACKS)
def test_a_terminal_gets_nothing_unseen_and_no_line_that_passes_for_ours(name):
    attack = ATTACKS[name]
    said = answer_text(answer(attack))
    stored = record(attack)
    hit = Hit(1, stored.summary, stored.segments, (Span(0, 0, len(attack)),), 1.0)
    for text in (said, gap_text(gap(attack)), hit_text(hit)):
        assert not UNSEEN.search(text)
    lines = said.split("\n")
    assert lines[0].startswith("Understood as: ")
    assert [line for line in lines[1:] if line.startswith(tuple(STATUS_WORDS.values()))] == [
        "Perhaps answered."
    ]
    assert len([line for line in lines if line.startswith("Talk to:")]) == 1
    assert [line[:3] for line in lines if line.startswith("[")][:2] == ["[1]", "[2]"]
    body = "\n".join(lines[: lines.index("Nearest to it, though no answer:")])
    assert len(re.findall(r"(?<![\w)\]])\[[123]\]", body)) == 1


@pytest.mark.parametrize("name", ATTACKS)
def test_json_reads_back_exactly_and_holds_nothing_unseen(name):
    attack = ATTACKS[name]
    stored = record(attack)
    hit = Hit(1, stored.summary, stored.segments, (Span(0, 0, len(attack)),), 1.0)
    for value in (answer_json(answer(attack)), hits_json([hit]), gaps_json([gap(attack)], 1)):
        written = shown_json(value)
        assert not UNSEEN.search(written)
        assert json.loads(written) == value

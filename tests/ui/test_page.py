"""The page in a real browser, over a small library of its own."""

import os
import time
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from copassist.ask import Asker
from copassist.errors import BusyError, NotFoundError
from copassist.inventory import Inventory
from copassist.questions import WeekCount
from copassist.records import (
    Answer,
    Citation,
    Contact,
    Gap,
    Hit,
    Member,
    Person,
    RecordSummary,
    Sentence,
    Span,
    StoredRecord,
    StoredSegment,
    Viewer,
)

os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
sync_api = pytest.importorskip("playwright.sync_api")
CHROMIUM = Path("/usr/bin/chromium")
pytestmark = pytest.mark.skipif(not CHROMIUM.exists(), reason="needs /usr/bin/chromium")

BEN = Person(1, "Ben", "answerer", "m2")
HOSTILE = "<img src=x onerror='window.hacked=1'> ${window.hacked=2} {{value}} `"
SUMMARY = RecordSummary("r1", "session", "Slow maps", date(2025, 3, 12), "clinic", people=(BEN,))
TEXTS = (f"It was slow. {HOSTILE}", 'Cut "tiles" & cache them.', "It went well.")
RECORD = StoredRecord(SUMMARY, tuple(StoredSegment(f"s{i}", i, text, BEN) for i, text in enumerate(TEXTS)))


def cited(n, segment, quote, use="answer"):
    about = {"kind": "session", "format": "clinic", "title": "Slow maps", "date": date(2025, 3, 12)}
    return Citation(n, use, "r1", segment, people=(BEN,), quote=quote, **about)


ANSWER = Answer(
    "q",
    "answered",
    0.9,
    (Sentence("Cache tiles.", (1,)), Sentence(HOSTILE, (2,))),
    (cited(1, "s1", '"tiles" & cache'), cited(2, "s0", "It was slow.")),
    (Contact("m2", "Ben", "Led the clinic", (1,)),),
    conversation="c1",
)
UNANSWERED = Answer("q", "unanswered", 0.1, (), (cited(1, "s2", "It went well.", "nearest"),))


class FakeLibrary:
    """A library of one record that remembers what it was asked and told."""

    def __init__(self):
        self.asked = []
        self.told = []
        self.searched = []

    picking = True
    examples = ("How do maps get fast?",)
    least_askers = 3

    def asker(self, member, request):
        return Asker(Viewer(member), member or "browser")

    def members(self):
        return [Member("Ana", "m1"), Member("Ben", "m2")]

    def ask(self, question, asker, earlier):
        private, conversation = asker.private, earlier[-1].conversation if earlier else ""
        self.asked.append((question, asker.viewer.member, conversation, private))
        if question == "busy":
            raise BusyError("The index is held.", "Wait a minute.")
        if question == "bug":
            raise ZeroDivisionError
        answer = UNANSWERED if question == "unknown" else ANSWER
        answer = replace(answer, question=question, question_id=None if private else f"q{len(self.asked)}")
        for i in range(1, len(answer.sentences)):
            yield replace(answer, sentences=answer.sentences[:i])
            time.sleep(2 if question == "slow" else 0.3)
        yield answer

    def record(self, record, viewer):
        if viewer.member == "m1":
            raise NotFoundError("There is no such record.", "Search again.")
        return RECORD

    def search(self, query, filters, viewer, k):
        self.searched.append((query, filters))
        if query == "nothing":
            return []
        return [Hit(1, SUMMARY, RECORD.segments, (Span(1, 0, len(TEXTS[1])),), 1.0)]

    def feedback(self, question_id, helped, text):
        self.told.append((question_id, helped, text))

    def gaps(self, viewer):
        return [Gap("g1", "Licences", "open", "missing", 9, 5, date(2025, 5, 2), "ama")], 7

    def weeks(self):
        return [WeekCount(date(2025, 3, 3), "answered", 4), WeekCount(date(2025, 3, 10), "unanswered", 2)]

    def inventory(self, viewer):
        return Inventory({"session": 1}, 3, 2, 2, 6, "model", False, 0, (), (), {})


@pytest.fixture(scope="module")
def served():
    from copassist.ui.page import build, launch_options

    library = FakeLibrary()
    page = build(library)
    _, url, _ = page.launch(
        server_name="127.0.0.1", server_port=None, prevent_thread_lock=True, quiet=True, **launch_options()
    )
    yield library, url
    page.close()


@pytest.fixture(scope="module")
def browser():
    flags = "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking"
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=str(CHROMIUM),
            args=[*flags.split(), "--disable-component-update", "--disable-sync"],
        )
        yield browser
        browser.close()


@pytest.fixture
def opened(served, browser):
    library, url = served
    for kept in (library.asked, library.told, library.searched):
        kept.clear()
    page = browser.new_page(viewport={"width": 1280, "height": 860})
    page.set_default_timeout(15000)
    hosts = set()
    page.on("request", lambda request: hosts.add(request.url.split("/")[2]))
    page.goto(url)
    page.wait_for_selector(".ca-example")
    yield library, page
    assert hosts == {url.split("/")[2]}
    page.close()


def ask(page, question):
    answers = page.locator(".ca-turn").count()
    page.fill("#ca-question textarea", question)
    page.press("#ca-question textarea", "Enter")
    page.wait_for_function(f"document.querySelectorAll('.ca-turn').length == {answers + 1}")
    page.wait_for_function("!document.querySelector('.ca-pending')")


def answered(page, question):
    ask(page, question)
    page.wait_for_selector(".ca-turn:last-child .ca-status")


def test_an_example_asks_and_the_answer_grows_sentence_by_sentence(opened):
    library, page = opened
    page.click(".ca-example")
    page.wait_for_selector(".ca-sentence")
    assert page.locator(".ca-sentence").count() == 1
    assert page.locator(".ca-status").count() == 0
    page.wait_for_selector(".ca-status")
    assert page.locator(".ca-sentence").count() == 2
    assert library.asked == [("How do maps get fast?", None, "", False)]


def test_hostile_text_is_shown_and_never_run(opened):
    _, page = opened
    answered(page, HOSTILE)
    assert page.inner_text(".ca-question") == HOSTILE
    assert HOSTILE in page.inner_text(".ca-sentence >> nth=1")
    page.click(".ca-chip >> nth=1")
    page.wait_for_selector(".ca-panel")
    assert HOSTILE in page.inner_text(".ca-cited")
    assert page.evaluate("window.hacked") is None


def test_each_chip_of_each_answer_opens_its_own_quote_by_keyboard_too(opened):
    _, page = opened
    answered(page, "one")
    answered(page, "two")
    page.focus(".ca-turn:nth-child(1) .ca-sentence >> nth=1 >> .ca-chip")
    page.keyboard.press("Enter")
    page.wait_for_selector("mark")
    assert page.inner_text("mark") == "It was slow."
    assert page.evaluate("document.activeElement.className") == "ca-panel-title"
    page.keyboard.press("Escape")
    assert page.locator(".ca-panel").count() == 0
    assert page.evaluate("document.activeElement.innerText") == "2"
    page.keyboard.press("Space")
    page.wait_for_selector("mark")
    page.click(".ca-close")
    page.click(".ca-turn:nth-child(2) .ca-chip >> nth=0")
    page.wait_for_selector("mark")
    assert page.inner_text("mark") == '"tiles" & cache'
    assert page.locator("mark").is_visible()


def test_a_chip_opens_while_the_answer_still_grows(opened):
    _, page = opened
    ask(page, "slow")
    page.click(".ca-chip")
    page.wait_for_selector("mark")
    assert page.locator(".ca-status").count() == 0
    page.wait_for_selector(".ca-status")
    assert page.inner_text("mark") == '"tiles" & cache'


def test_a_follow_up_belongs_to_the_conversation_and_a_new_one_does_not(opened):
    library, page = opened
    answered(page, "one")
    answered(page, "two")
    page.click("#ca-new")
    page.wait_for_selector(".ca-welcome")
    answered(page, "three")
    assert [conversation for _, _, conversation, _ in library.asked] == ["", "c1", ""]


def test_a_new_conversation_ends_an_answer_that_still_grows(opened):
    _, page = opened
    ask(page, "slow")
    page.click("#ca-new")
    page.wait_for_selector(".ca-welcome")
    page.wait_for_timeout(2500)
    assert page.locator(".ca-turn").count() == 0


def test_feedback_is_kept_with_its_words_and_thanked_for(opened):
    library, page = opened
    answered(page, "one")
    page.click("text=This helped")
    page.fill(".ca-more input", "tiles")
    page.press(".ca-more input", "Enter")
    page.wait_for_selector("text=Thank you, that helps the community.")
    assert library.told == [("q1", True, ""), ("q1", True, "tiles")]


def test_a_private_question_is_asked_as_private_and_gets_no_feedback_buttons(opened):
    library, page = opened
    page.check("#ca-private input")
    answered(page, "one")
    assert library.asked == [("one", None, "", True)]
    assert page.locator(".ca-feedback").count() == 0
    assert "Nothing about this question was saved." in page.inner_text(".ca-answer")


def test_who_asks_decides_what_opens_and_begins_a_new_conversation(opened):
    library, page = opened
    answered(page, "one")
    page.click("#ca-me input")
    page.click("[role=option]:has-text('Ana')")
    page.wait_for_selector(".ca-welcome")
    answered(page, "two")
    assert library.asked[1] == ("two", "m1", "", False)
    page.click(".ca-chip >> nth=0")
    page.wait_for_selector(".ca-panel .ca-error")
    assert "There is no such record." in page.inner_text(".ca-panel")


def test_what_broke_is_said_with_its_fix_and_never_as_unanswered(opened):
    _, page = opened
    ask(page, "busy")
    page.wait_for_selector(".ca-error")
    assert "The index is held.\nWait a minute." in page.inner_text(".ca-error").replace("\n\n", "\n")
    ask(page, "bug")
    page.wait_for_selector(".ca-turn:nth-child(2) .ca-error")
    assert page.locator(".ca-status").count() == 0


def test_an_unanswered_question_shows_the_nearest_as_no_answer(opened):
    _, page = opened
    answered(page, "unknown")
    assert "The memory doesn’t say" in page.inner_text(".ca-status")
    assert "not an answer" in page.inner_text(".ca-block h3")
    assert "It went well." in page.inner_text(".ca-nearest")


def test_sessions_are_found_by_words_and_dates_and_open(opened):
    library, page = opened
    page.get_by_role("tab", name="Sessions").click()
    page.wait_for_selector(".ca-card")
    page.get_by_label("About").fill("tiles")
    page.get_by_label("Since").fill("2024")
    page.get_by_label("Until").fill("2025-02")
    library.searched.clear()
    page.click("#ca-find")
    page.wait_for_timeout(500)
    query, filters = library.searched[-1]
    assert (query, filters.kind, filters.since, filters.until) == (
        "tiles",
        "session",
        date(2024, 1, 1),
        date(2025, 2, 28),
    )
    page.click(".ca-card .ca-title")
    page.wait_for_selector("mark")
    assert page.inner_text("mark") == TEXTS[1]
    page.get_by_label("Since").fill("soon")
    page.click("#ca-find")
    page.wait_for_selector(".ca-error:has-text('isn’t a date: soon')")


def test_leaders_see_gaps_counts_and_a_plot_with_its_numbers(opened):
    _, page = opened
    page.get_by_role("tab", name="Leaders").click()
    page.wait_for_selector(".ca-gap:visible")
    assert "9 times by 5 people" in page.inner_text(".ca-gap")
    assert "7 more topics are hidden" in page.inner_text(".ca-hidden")
    page.wait_for_selector(".vega-embed canvas, .vega-embed svg")
    page.click("text=The same as numbers")
    assert "3 March 2025" in page.inner_text(".ca-numbers")


def test_the_memory_tab_shows_what_is_there(opened):
    _, page = opened
    page.get_by_role("tab", name="Memory").click()
    page.wait_for_selector(".ca-tiles:visible")
    assert "Where it came from is shown to leaders." in page.inner_text(".ca-wide >> nth=0")


@pytest.mark.parametrize("width", [1280, 420])
def test_nothing_is_wider_than_the_window(opened, width):
    _, page = opened
    page.set_viewport_size({"width": width, "height": 860})
    answered(page, "x" * 300)
    assert page.evaluate("document.documentElement.scrollWidth") == width
    page.click(".ca-chip >> nth=0")
    page.wait_for_selector(".ca-panel")
    assert page.evaluate("document.documentElement.scrollWidth") == width

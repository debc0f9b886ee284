"""The real app over the sample community, in a real browser."""

from __future__ import annotations

import os
import re
import shutil
import warnings
from pathlib import Path

import pytest

from copassist import cross_encoder, embedding, settings
from copassist.records import Viewer
from copassist.retrieve import Searcher, retrieve
from copassist.sentences import sentence_spans
from copassist.store.memory import open_
from tests import misbehaving_server
from tests.fakes import all_rows
from tests.test_sample import sample
from tests.test_serve import ready, serving, start

CHROMIUM = Path("/usr/bin/chromium")
REQUIRED = os.environ.get("COPASSIST_BROWSER") == "required"
FONTS = "My report looks fine on screen, but in the PDF some letters are empty squares. How do I fix that?"
STRANGE = "Which vaccination do I need before moving to the new office building?"
TEMPLATES = "When will the old template server tmpl-01 be switched off?"


@pytest.fixture(scope="module")
def browser():
    try:
        from playwright import sync_api
    except ImportError:
        missing = "playwright isn't installed (pip install playwright)"
    else:
        missing = "" if CHROMIUM.exists() else f"there is no {CHROMIUM} (apt install chromium)"
    if missing and REQUIRED:
        pytest.fail(f"COPASSIST_BROWSER=required, but {missing}")
    if missing:
        warnings.warn(f"THE APP WAS NOT TESTED IN A BROWSER: {missing}", stacklevel=1)
        pytest.skip(f"THE APP WAS NOT TESTED IN A BROWSER: {missing}")
    flags = "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking"
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=str(CHROMIUM),
            args=[*flags.split(), "--disable-component-update", "--disable-sync"],
        )
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def app(browser, tmp_path_factory):
    """The app over a copy of the sample, which the tests may write to."""
    memory = tmp_path_factory.mktemp("app") / "larkspur"
    shutil.copytree(sample(tmp_path_factory), memory)
    running = start(memory)
    yield ready(running)
    said = running.stop()
    assert "Traceback" not in said


@pytest.fixture
def page(app, browser):
    """The page in a browser of its own; whatever a test does, nothing is asked of another host."""
    context = browser.new_context(viewport={"width": 1280, "height": 860})
    page = context.new_page()
    page.set_default_timeout(20000)
    hosts, broken = set(), []
    page.on("request", lambda request: hosts.add(request.url.split("/")[2]))
    page.on("pageerror", lambda error: broken.append(str(error)))
    page.goto(app.address)
    page.wait_for_selector(".ca-example")
    yield page
    context.close()
    assert hosts == {app.address.split("/")[2]}
    assert broken == []


def ask(page, question: str) -> None:
    answers = page.locator(".ca-turn").count()
    page.fill("#ca-question textarea", question)
    page.press("#ca-question textarea", "Enter")
    page.wait_for_selector(f".ca-turn:nth-child({answers + 1}) .ca-status")


def pick(page, name: str) -> None:
    """Say who one is."""
    page.click("#ca-me input")
    page.click(f"[role=option]:has-text('{name}')")
    page.wait_for_selector(".ca-welcome")


def open_tab(page, name: str) -> None:
    page.get_by_role("tab", name=name).click()


def logged(app, question: str) -> list[dict[str, object]]:
    memory = open_(app.memory)
    found = [row for row in all_rows(memory, "questions") if row["text"] == question]
    memory.close()
    return found


def test_the_sample_says_that_it_is_one_and_offers_questions(page):
    assert "This is a sample community." in page.inner_text(".ca-banner")
    assert FONTS in page.locator(".ca-example").all_inner_texts()


def test_an_answer_is_cited_opens_at_its_quote_and_names_somebody_to_talk_to(page):
    ask(page, FONTS)
    assert page.inner_text(".ca-status-word") in ("Answered from the memory", "Perhaps answered")
    chip = page.locator(".ca-sentence .ca-chip").first
    quote, title = chip.get_attribute("data-quote"), chip.get_attribute("title")
    chip.click()
    page.wait_for_selector(".ca-panel mark")
    assert page.inner_text(".ca-panel mark") == quote
    assert page.locator(".ca-panel mark").is_visible()
    opened = page.inner_text(".ca-panel-title")
    assert opened.startswith("Clinic")
    assert title.startswith(f"{opened}, ")
    page.keyboard.press("Escape")
    assert page.locator(".ca-panel").count() == 0
    assert "Dario Fenwick" in page.locator(".ca-person .ca-name").all_inner_texts()
    assert page.inner_text(".ca-person .ca-reason") != ""


def test_every_citation_of_an_answer_opens_with_its_quote_marked(page):
    ask(page, FONTS)
    chips = page.locator(".ca-turn .ca-chip")
    quotes = {}
    for i in range(chips.count()):
        quotes.setdefault(chips.nth(i).get_attribute("data-quote"), chips.nth(i))
    assert len(quotes) > 1
    for quote, chip in quotes.items():
        chip.click()
        page.wait_for_function(
            "quote => document.querySelector('.ca-panel mark')?.textContent === quote", arg=quote
        )
        page.keyboard.press("Escape")


def test_a_quote_that_was_scrolled_away_comes_back_by_the_same_number(page):
    ask(page, FONTS)
    chip = page.locator(".ca-sentence .ca-chip").first
    chip.click()
    page.wait_for_selector(".ca-panel mark")
    shown = """() => {
      const body = document.querySelector('.ca-panel-body').getBoundingClientRect();
      const mark = document.querySelector('.ca-panel mark').getBoundingClientRect();
      return mark.bottom > body.top && mark.top < body.bottom;
    }"""
    assert page.evaluate(shown)
    page.evaluate(
        "() => { const body = document.querySelector('.ca-panel-body');"
        " body.style.maxHeight = '60px'; body.scrollTop = body.scrollHeight; }"
    )
    assert not page.evaluate(shown)
    chip.click()
    page.wait_for_function(shown)


def test_a_follow_up_shows_what_it_is_understood_as(page):
    ask(page, FONTS)
    ask(page, "And who ran it?")
    understood = page.inner_text(".ca-turn:nth-child(2) .ca-understood")
    assert understood.startswith("Understood as: who ran “") and "PDF" in understood


def test_a_model_writes_before_ones_eyes_and_what_it_wrote_is_checked(
    browser, tmp_path, tmp_path_factory, monkeypatch
):
    memory = tmp_path / "larkspur"
    shutil.copytree(sample(tmp_path_factory), memory)
    searcher = Searcher(
        open_(memory),
        embedding.load(settings.from_environment()),
        cross_encoder=cross_encoder.load(settings.from_environment().cache),
    )
    best = retrieve(searcher, FONTS, Viewer())[0]
    backed = next(
        best.text[a:b] for a, b in sentence_spans(best.text) if b - a > 40 and best.text[b - 1] == "."
    )
    searcher.memory.close()
    with misbehaving_server.serving(f"{backed} [1]. Mallory pays 900 euro for it [1].") as model:
        monkeypatch.setenv("COPASSIST_LLM_URL", f"{model.url}/steady")
        monkeypatch.setenv("COPASSIST_LLM_MODEL", "pear-1")
        with serving(memory) as app:
            page = browser.new_page()
            page.set_default_timeout(20000)
            page.goto(app.address)
            page.wait_for_selector(".ca-example")
            page.fill("#ca-question textarea", FONTS)
            page.press("#ca-question textarea", "Enter")
            page.wait_for_function(
                "start => document.querySelector('.ca-draft p:last-child')?.textContent.startsWith(start)",
                arg=backed[:10],
            )
            assert "Its draft is checked" in page.inner_text(".ca-draft")
            page.wait_for_selector(".ca-status")
            said = page.inner_text(".ca-transcript")
            page.close()
    assert "Written by the language model pear-1" in said and "Mallory" not in said
    assert "A sentence of the language model’s was left out" in said


def test_feedback_with_a_line_is_thanked_for_and_kept(page, app):
    question = "How do I get rid of empty squares in my PDF, please?"
    ask(page, question)
    page.click("text=This helped")
    page.fill(".ca-more input", "Embed the font as a subset.")
    page.press(".ca-more input", "Enter")
    page.wait_for_selector("text=Thank you, that helps the community.")
    (asked,) = logged(app, question)
    memory = open_(app.memory)
    told = [row for row in all_rows(memory, "feedback") if row["question_id"] == asked["id"]]
    memory.close()
    assert [(row["helped"], row["text"]) for row in told] == [(True, "Embed the font as a subset.")]


def test_a_private_question_leaves_no_trace(page, app):
    question = "What do I do about squares in a PDF, in confidence?"
    page.check("#ca-private input")
    ask(page, question)
    assert "Nothing about this question was saved." in page.inner_text(".ca-turn")
    assert page.locator(".ca-feedback").count() == 0
    assert logged(app, question) == []


def test_what_the_memory_does_not_say_is_said_and_saved(page, app):
    ask(page, STRANGE)
    assert page.inner_text(".ca-status-word") == "The memory doesn’t say"
    assert page.locator(".ca-sentence").count() == 0
    assert "Your question is saved without your name" in page.inner_text(".ca-saved")
    assert [row["status"] for row in logged(app, STRANGE)] == ["unanswered"]


def test_sessions_finds_a_clinic_by_topic_and_format(page):
    open_tab(page, "Sessions")
    page.wait_for_selector(".ca-card:visible")
    page.get_by_label("About").fill("dashboard takes long to load")
    page.click("#ca-find")
    title = "Clinic: the depot dashboard takes 41 seconds"
    page.wait_for_selector(f".ca-card:nth-child(1) .ca-title:has-text('{title}')")
    page.get_by_role("combobox", name="Format").click()
    page.click("[role=option]:has-text('Show & tell')")
    page.wait_for_function("t => !document.querySelector('.ca-cards').textContent.includes(t)", arg=title)
    shown = page.locator(".ca-card:visible .ca-kind").all_inner_texts()
    assert set(shown) == {"Show & tell"}
    page.get_by_role("combobox", name="Format").click()
    page.click("[role=option]:has-text('Clinic')")
    page.wait_for_selector(f".ca-card:nth-child(1) .ca-title:has-text('{title}')")
    page.click(".ca-card:visible .ca-title >> nth=0")
    page.wait_for_selector(".ca-panel mark")
    assert page.inner_text(".ca-panel-title") == title
    assert "Kwame Osterlund" in page.inner_text(".ca-cast")


def test_leaders_see_gaps_without_names_and_a_plot(page):
    open_tab(page, "Leaders")
    page.wait_for_selector(".ca-gap:visible")
    page.wait_for_selector(".vega-embed canvas, .vega-embed svg")
    gaps = page.locator(".ca-gap:visible")
    assert gaps.count() >= 3
    for i in range(gaps.count()):
        times, people = re.search(r"(\d+) times by (\d+) people", gaps.nth(i).inner_text()).groups()
        assert int(times) >= int(people) >= 3
    page.click("text=The same as numbers")
    assert "26 October 2026" in page.inner_text(".ca-numbers")


def test_memory_shows_the_sources_and_what_they_gave(page):
    open_tab(page, "Memory")
    page.wait_for_selector(".ca-table:visible")
    rows = [row.split("\t") for row in page.inner_text(".ca-table:visible tbody").splitlines() if row]
    assert [row[0] for row in rows] == ["documents", "sessions", "slack-export"]
    assert [row[4] for row in rows[:2]] == ["6", "20"]


def test_a_steward_finds_the_private_channel_and_nobody_in_particular_does_not(page):
    ask(page, TEMPLATES)
    shown = page.inner_text(".ca-transcript")
    assert "#guild-stewards" not in shown
    assert "22 January" not in shown
    pick(page, "Kwame Osterlund")
    ask(page, TEMPLATES)
    assert "#guild-stewards" in page.inner_text(".ca-transcript")
    page.click(".ca-turn li:has-text('#guild-stewards') .ca-title >> nth=0")
    page.wait_for_selector(".ca-panel mark")
    assert "22 January 2027" in page.inner_text(".ca-panel")
    pick(page, "Nobody in particular")
    assert page.locator(".ca-panel").count() == 0
    ask(page, TEMPLATES)
    assert "#guild-stewards" not in page.inner_text(".ca-transcript")


def test_two_browsers_have_different_cookies_and_count_as_different_askers(page, app, browser):
    question = "Is there a song of the guild, and who wrote it?"
    other = browser.new_context()
    second = other.new_page()
    second.goto(app.address)
    second.wait_for_selector(".ca-example")
    for asking in (page, page, second):
        ask(asking, question)
    cookies = [
        next(c["value"] for c in context.cookies() if c["name"] == "copassist_browser")
        for context in (page.context, other)
    ]
    assert cookies[0] != cookies[1]
    other.close()
    rows = logged(app, question)
    assert (len(rows), len({row["asker"] for row in rows})) == (3, 2)

"""A memory made of hostile sources by the product's own commands, on its terminal and on its page in a browser."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest

from copassist import cross_encoder, embedding, settings
from copassist.ask import Asker, ask
from copassist.records import StoredRecord, Viewer
from copassist.retrieve import Searcher, open_record, retrieve
from copassist.shown import shown, shown_name
from copassist.store.memory import open_
from tests.hostile.attacks import ATTACKS, EVIL, IMITATIONS
from tests.hostile.making import NUMBERS, Community, make
from tests.hostile.test_fields import UNSEEN, words_of
from tests.test_cli import copassist
from tests.test_serve import ready, start

CHROMIUM = Path("/usr/bin/chromium")
ACTIVE = "script, iframe, img, object, embed, base, meta, link, style, svg, math, video, audio, template, form[action]"


@pytest.fixture(scope="module")
def community(tmp_path_factory) -> Community:
    return make(tmp_path_factory.mktemp("hostile"))


@pytest.fixture(scope="module")
def searcher(community):
    memory = open_(community.memory)
    yield Searcher(
        memory,
        embedding.load(settings.from_environment()),
        cross_encoder=cross_encoder.load(settings.from_environment().cache),
    )
    memory.close()


def thread(searcher: Searcher) -> StoredRecord:
    """The thread in which each attack is a reply."""
    hits = retrieve(searcher, "Which glue holds foam board?", Viewer(), k=100)
    found = next(hit.record.id for hit in hits if hit.record.title.startswith("Which glue"))
    return open_record(searcher.memory, found, Viewer())


def test_every_source_was_taken_and_what_is_broken_is_said_without_moving_the_cursor(community):
    assert {name: ran.code for name, ran in community.said.items()} == {
        "init": 0, "members": 0, "slack": 0, "notes": 1, "forum": 0, "guild.mbox": 0,
    }  # fmt: skip
    rejected = [line for line in community.said["notes"].err.split("\n") if line.startswith("Rejected: ")]
    assert len(rejected) == 1
    assert not UNSEEN.search(rejected[0])


def test_what_a_message_imitates_stays_the_words_of_its_writer(searcher):
    by_name = {segment.key: segment for segment in thread(searcher).segments if segment.speaker}
    for name in IMITATIONS:
        number = NUMBERS[name]
        (segment,) = (s for s in by_name.values() if f"Foam board number {number} " in s.text)
        assert shown_name(segment.speaker.name) == shown_name(ATTACKS[name][:300])
        assert segment.speaker.name != "Ana Pires"
        assert segment.part == "answer"


@pytest.mark.parametrize(
    "name", ["ignore previous instructions", "a citation", "a contact", "overwriting", "json"]
)
def test_an_answer_quotes_exactly_and_names_the_speaker_of_the_segment(searcher, name):
    question = f"What does foam board number {NUMBERS[name]} need?"
    answer = ask(searcher, question, Asker(Viewer(), "x", private=True))
    assert answer.citations
    for citation in answer.citations:
        record = open_record(searcher.memory, citation.record, Viewer())
        (segment,) = (s for s in record.segments if s.id == citation.segment)
        assert citation.quote in segment.text
        assert (citation.speaker, citation.title) == (segment.speaker, record.summary.title)
    assert all(1 <= n <= len(answer.citations) for s in answer.sentences for n in s.citations)


@pytest.mark.parametrize(
    "command",
    [
        ("ask", "What does foam board number 143 need?", "--private"),
        ("ask", ATTACKS["terminal colours"], "--private"),
        ("ask", ATTACKS["full-text syntax"], "--private"),
        ("search", "foam board"),
        ("search", ATTACKS["sql"]),
        ("gaps",),
        ("status",),
        ("sources", "list"),
        ("members", "list"),
        ("members", "review"),
    ],
)  # fmt: skip
def test_a_command_prints_nothing_unseen_and_valid_json(community, command):
    said = copassist(*command, memory=community.memory)
    assert said.code == 0
    assert not UNSEEN.search(said.out + said.err)
    told = copassist(*command, "--json", memory=community.memory)
    assert isinstance(told.json, dict)
    assert not UNSEEN.search(told.out)


@pytest.fixture(scope="module")
def app(community):
    app = ready(start(community.memory))
    yield app
    assert "Traceback" not in app.stop()


def test_the_app_gives_out_no_files_and_fetches_nothing(app, community):
    for path in (
        "file=/etc/passwd", f"file={community.memory}/memory.db", "file/etc/passwd", f"proxy={EVIL}/",
        f"file={EVIL}/", "upload_progress?upload_id=x", "stream/x/0/1/playlist.m3u8",
    ):  # fmt: skip
        assert httpx.get(f"{app.address}/gradio_api/{path}").status_code == 404, path
    sent = httpx.post(f"{app.address}/gradio_api/upload", files={"files": ("x.html", b"<script>")})
    assert sent.status_code == 404


def test_the_page_tells_the_browser_to_run_nothing_else_and_to_tell_nobody(app):
    headers = httpx.get(app.address).headers
    policy = dict(part.strip().split(" ", 1) for part in headers["content-security-policy"].split(";"))
    assert policy["default-src"] == policy["connect-src"] == policy["form-action"] == "'self'"
    assert policy["img-src"] == "'self' data:"
    assert policy["frame-ancestors"] == policy["object-src"] == "'none'"
    assert "'unsafe-inline'" not in policy["script-src"]
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["x-content-type-options"] == "nosniff"


@pytest.fixture(scope="module")
def page(app):
    """The page in a browser; whatever a test does: no dialog, no script of theirs, no request to another host."""
    api = pytest.importorskip("playwright.sync_api")
    if not CHROMIUM.exists():
        pytest.skip(f"there is no {CHROMIUM}")
    flags = "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking"
    with api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=flags.split())
        page = browser.new_page(viewport={"width": 1280, "height": 860})
        page.set_default_timeout(30000)
        asked, broken = set(), []
        page.on("request", lambda request: asked.add(request.url.split("/")[2]))
        page.on("dialog", lambda dialog: broken.append(dialog.message))
        page.on("pageerror", lambda error: broken.append(str(error)))
        page.goto(app.address)
        page.wait_for_selector(".ca-welcome")
        yield page
        assert asked == {app.address.split("/")[2]}
        assert broken == []
        assert page.evaluate("window.hacked") is None
        browser.close()


def check(page) -> None:
    """Fail if anything that shows text of the memory holds more than text."""
    inside = [f"{part} :is({ACTIVE})" for part in (".ca-main", ".ca-wide", "#ca-panel")]
    assert page.locator(", ".join(inside)).evaluate_all("all => all.map(e => e.outerHTML)") == []
    attributes = page.evaluate(
        "[...document.querySelectorAll('.ca-main *, .ca-wide *, #ca-panel *')]"
        ".flatMap(e => [...e.attributes].map(a => a.name)).filter(n => n.startsWith('on'))"
    )
    assert attributes == []
    links = page.evaluate("[...document.querySelectorAll('.ca-main a, #ca-panel a')].map(a => a.href)")
    assert all(link.startswith(("https://", "http://", "mailto:")) for link in links)


def test_each_attack_is_text_in_the_panel(page, searcher):
    page.fill("#ca-question textarea", "What does foam board number 100 need?")
    page.press("#ca-question textarea", "Enter")
    page.wait_for_selector(".ca-status")
    check(page)
    stored = thread(searcher)
    page.locator(f"[data-record='{stored.summary.id}']").first.click()
    page.wait_for_selector(".ca-panel mark")
    if page.locator("[data-whole=yes]").count():
        page.locator("[data-whole=yes]").first.click()
        page.wait_for_function("!document.querySelector('[data-whole=yes]')")
    check(page)
    told = page.locator(".ca-text").evaluate_all("all => all.map(e => e.textContent)")
    assert told == [shown(segment.text) for segment in stored.segments]
    assert page.locator("mark").is_visible()
    page.keyboard.press("Escape")


@pytest.mark.parametrize("name", ["image", "script", "templates", "page templates", "override", "a status"])
def test_a_hostile_question_is_text_too(page, name):
    page.click("#ca-new")
    page.wait_for_selector(".ca-welcome")
    page.fill("#ca-question textarea", ATTACKS[name])
    page.press("#ca-question textarea", "Enter")
    page.wait_for_selector(".ca-status")
    assert words_of(page.inner_text(".ca-question")) == words_of(shown(ATTACKS[name]))
    assert page.locator(".ca-status").count() == 1
    check(page)


@pytest.mark.parametrize("tab", ["Sessions", "Leaders", "Memory"])
def test_the_other_tabs_hold_only_text(page, tab):
    page.get_by_role("tab", name=tab).click()
    page.wait_for_selector(".ca-card:visible, .ca-table:visible, .ca-empty:visible")
    check(page)
    assert page.evaluate("document.documentElement.scrollWidth") == 1280

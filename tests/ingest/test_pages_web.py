"""HTML files as a person sees them, and pages in a zip."""

from __future__ import annotations

import os
import time
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest import pages
from ingest.pages import Page, Piece, web
from tests.ingest.making import zipped


def page(html: str) -> Page:
    return web.html(html.encode())


def texts(html: str) -> list[str]:
    return [piece.text for piece in page(html).pieces]


@pytest.mark.parametrize(
    "struck",
    [
        "<s>Bo</s>",
        "<del>Bo</del>",
        "<strike>Bo</strike>",
        "<span style='color: red; text-decoration: line-through'>Bo</span>",
        "<span style='text-decoration-line:line-through'>Bo</span>",
        "<span class='c1 c5'>Bo</span>",
        "<s><del><span class=c5>Bo</span></del></s>",
    ],
)
def test_what_is_struck_out_is_marked_whatever_the_way(struck: str) -> None:
    through = "{text-decoration:line-through}"
    styles = f"@media print{{.c1{through}}} .c1{{color:red}} /* .c1{through} */ p.c4,.c5{through}"
    assert texts(f"<style>{styles}</style><p class=c1>Ana, {struck}, Cy</p>") == ["Ana, ~~Bo~~, Cy"]


def test_struck_blocks_are_marked_one_by_one() -> None:
    html = (
        "<ul><li style='text-decoration:line-through'>Ana<ul><li>Bo</li></ul></li></ul><del>Cy<p>Di</p></del>"
    )
    assert texts(html) == ["~~Ana~~", "~~Bo~~", "~~Cy~~", "~~Di~~"]


@pytest.mark.parametrize(
    "hidden",
    [
        "<p hidden>no</p>",
        "<p style='display: none'>no</p>",
        "<p style='visibility:hidden'>no</p>",
        "<p class=gone>no</p>",
        "<span aria-hidden=true>no</span>",
        "<template><p>no</p></template>",
        "<noscript>no</noscript>",
        "<script>no</script>",
        "<style>no</style>",
        "<svg><text>no</text></svg>",
        "<!-- no -->",
        "<nav>no</nav>",
        "<div role=navigation>no</div>",
        "<iframe src='file:///etc/passwd'>no</iframe>",
        "<object data='file:///etc/passwd'>no</object>",
        "<select><option>no</option></select>",
    ],
)
def test_what_nobody_sees_is_not_there(hidden: str) -> None:
    assert texts(f"<style>.gone{{display:none}}</style><p>a</p>{hidden}<p>b</p>") == ["a", "b"]


def test_text_behind_something_hidden_stays() -> None:
    assert texts("<p>a <span hidden>no</span>b</p><embed src=x><p>c") == ["a b", "c"]


def test_boxes_are_told() -> None:
    html = (
        "<ul><li><input type=checkbox checked> a</li><li><label><input type='checkbox'> b</label></li></ul>"
    )
    assert [(piece.text, piece.checked) for piece in page(html).pieces] == [("a", True), ("b", False)]


def test_a_page_is_its_main_part_with_the_heading_over_it() -> None:
    found = page(
        "<header>Site</header><h1>Guide</h1><main><header>By Ana</header><p>Text.</p></main><aside>Ads</aside>c"
    )
    assert (found.title, [piece.text for piece in found.pieces]) == ("Guide", ["By Ana", "Text."])


def test_without_a_main_part_header_and_footer_are_left_out_and_a_heading_in_the_header_is_not() -> None:
    found = page("<header><h1>Guide</h1></header><p>Text.</p><aside>Ads</aside><footer>c</footer>")
    assert (found.title, [piece.text for piece in found.pieces]) == ("Guide", ["Text."])
    assert texts("<header>Site</header><p>Text.</p>") == ["Text."]


def test_tables_definitions_quotations_and_line_breaks() -> None:
    html = (
        "<table><tr><th>a</th><th>b</th></tr><tr><td rowspan=2>1</td><td>x<br>y</td></tr><tr><td>z</td></tr></table>"
        "<dl><dt>Term</dt><dd>What it means</dd></dl><blockquote>Said</blockquote><p>one<br>two</p>"
    )
    table, term, said, lines = page(html).pieces
    assert table.rows == (("a", "b"), ("1", "x\ny"), ("1", "z"))
    assert table.text == "a | b\n1 | x y\n1 | z"
    assert (term.text, said.text, said.quoted, lines.text) == (
        "Term: What it means",
        "Said",
        True,
        "one\ntwo",
    )


GOOGLE = """<html><head><style>.c3{font-weight:400;text-decoration:none}.c5{text-decoration:line-through}</style></head>
<body class="doc-content"><p class="c1 title" id="h.1"><span class="c3">Notes</span></p>
<h2 class="c2"><span>Attendees</span></h2><ul class="c8 lst-kix_abc-0 start"><li class="c1"><span class="c3">Ana</span></li></ul>
<ul class="c8 lst-kix_abc-1 start"><li class="c1"><span class="c3">remote</span></li></ul>
<ul class="c8 lst-kix_abc-0"><li><span class="c5">Bo</span></li><li><span>Cy</span><sup><a href="#cmnt1" id="cmnt_ref1">[a]</a></sup></li></ul>
<div class="c10"><p><a href="#cmnt_ref1" id="cmnt1">[a]</a><span>A comment</span></p></div></body></html>"""  # noqa: E501


def test_google_docs_has_its_title_nested_lists_and_no_comments() -> None:
    found = page(GOOGLE)
    assert found.title == "Notes"
    assert [(p.headings, p.depth, p.text) for p in found.pieces] == [
        (("Attendees",), 1, "Ana"),
        (("Attendees",), 2, "remote"),
        (("Attendees",), 1, "~~Bo~~"),
        (("Attendees",), 1, "Cy"),
    ]


def test_confluence_says_who_and_when_and_what_surrounds_the_page_is_left_out() -> None:
    html = """<title>Charts : Notes</title><div id="breadcrumb-section"><ol><li>Charts</li></ol></div>
    <h1 id="title-heading"><span id="title-text"> Charts : Notes </span></h1><div class="page-metadata">Created by
    <span class='author'> Ana Diaz</span>, last modified by <span class='editor'> Bo Lind</span> on Mar 12, 2025</div>
    <div id="main-content"><h1>Problem</h1><p>Legends.</p><ul class="inline-task-list">
    <li class="checked" data-inline-task-id="1">done</li><li data-inline-task-id="2">open</li></ul></div>
    <div><h2 id="attachments">Attachments:</h2>a.png</div>"""
    found = page(html)
    assert (found.title, found.front) == ("Notes", {"author": "Ana Diaz", "modified": date(2025, 3, 12)})
    assert [(p.headings, p.text, p.checked) for p in found.pieces] == [
        (("Problem",), "Legends.", None),
        (("Problem",), "done", True),
        (("Problem",), "open", False),
    ]


@pytest.mark.parametrize(
    ("head", "encoding"),
    [
        ("<meta charset=shift_jis>", "shift_jis"),
        ('<meta http-equiv="Content-Type" content="text/html; charset=windows-1252">', "cp1252"),
        ("<meta charset=nonsense>", "utf-8"),
        ("", "utf-16"),
        ("", "utf-8"),
    ],
)
def test_a_page_is_read_in_the_encoding_that_it_declares(head: str, encoding: str) -> None:
    word = "会議" if encoding == "shift_jis" else "café"
    assert web.html(f"<html><head>{head}</head><p>{word}".encode(encoding)).pieces == (Piece(word),)


def test_a_zip_with_one_page_and_its_pictures_is_that_page(tmp_path: Path) -> None:
    path = tmp_path / "Notes.zip"
    path.write_bytes(
        zipped({"Notes.html": "<title>Notes</title><h1>Notes</h1><p>Text.</p>", "images/image1.png": b"x"})
    )
    assert pages.reads(path)
    assert (pages.read(path).title, pages.read(path).pieces) == ("Notes", (Piece("Text.", block=1),))


@pytest.mark.parametrize(
    "files", [{"a.html": "x", "b.html": "x"}, {"a.html": "x", "users.json": "[]"}, {"a.png": ""}]
)
def test_any_other_zip_is_none_that_is_read(tmp_path: Path, files: dict[str, str | bytes]) -> None:
    path = tmp_path / "a.zip"
    path.write_bytes(zipped(files))
    assert not pages.reads(path)
    path.write_bytes(b"PK\x03\x04 cut off")
    assert not pages.reads(path)


# What goes wrong


@pytest.mark.parametrize(
    "html",
    [
        "<div>" * 3000 + "x",
        "<ul><li>" * 2000 + "x",
        "<script>" * 20_000,
        "<p " + "a=b " * 20_000 + ">x",
        "<style>" + ".a{" * 50_000 + "</style><p>x",
        "<style>" + "." * 50_000 + "</style><p>x",
        "<style>/*" * 20_000,
        "<!--" * 50_000,
        "<p style='" + "a:" * 100_000 + "'>x",
        "<del><div>" * 500 + "x",
        "<table><tr><td rowspan=1000000 colspan=1000>x</td></tr></table>",
        "<meta " * 20_000,
    ],
    ids=lambda html: html[:12],
)
def test_html_that_means_harm_is_over_in_seconds(html: str) -> None:
    started = time.process_time()
    try:
        web.html(html.encode())
    except ValueError as error:
        assert str(error).endswith(("save it as text", "save it again"))
    assert time.process_time() - started < 2


@pytest.mark.parametrize(
    ("table", "around"),
    [
        ("<tr><th>a<th>b</tr><script>x</script><tr hidden><td>no<td>no</tr><tr><td>1<td>2</tr>", []),
        ("<form><tr><th>a<th>b</tr><tr><td>1<td>2</tr></form>", []),
        ("<tr><td>a<td>b</tr><tr><td>1<td style='display:none'>no</td><td>2</tr>", []),
        ("stray<tr><td>a<td>b</tr><p>more</p><tr>and<td>1<td>2</tr>", ["stray", "more", "and"]),
        ("<tr><td>a</td><form><td>b</td></form></tr><tr><td>1</td><td>2</td></tr>", []),
    ],
)
def test_a_table_stays_one_whatever_lies_between_its_cells(table: str, around: list[str]) -> None:
    assert texts(f"<table>{table}</table>") == [*around, "a | b\n1 | 2"]


@pytest.mark.parametrize(
    "html",
    [
        "<table><tr><th>a<th>b" * 12 + "<table></table>",
        "<table><tr><th>a<th>b" * 12 + "<table><table><tr><td>c",
        "<table><tr><th>a<th>b" * 11 + "<table><tr></table><tr>c",
        "<ul><x-y><p>a</p>" * 30,
        "<ul><li>a<o,><li>b" * 25,
    ],
    ids=["a table without cells", "a table in no cell", "a row in no table", "no entry", "an odd name"],
)
def test_what_pandoc_tries_anew_at_each_level_is_mended_before(html: str) -> None:
    started = sum(os.times()[:4])  # with what other processes took
    page(html)
    assert sum(os.times()[:4]) - started < 2


def test_what_is_mended_keeps_its_words() -> None:
    assert texts("<ul><x-y>a</x-y><li>b</ul><table>c<tr></tr></table><o:p title='d'>e</o:p>") == [
        "a",
        "b",
        "c",
        "e",
    ]


def test_a_page_that_the_parser_cut_off_is_refused() -> None:
    with pytest.raises(ValueError, match="nested more than 2,000 deep"):
        web.html(b"<div>" * 3000 + b"x")


TAGS = st.sampled_from(
    "p b s ul li table tr td th h1 div span del pre code dl dt dd blockquote br input main style".split()
)
NODE = st.recursive(
    st.text(max_size=8),
    lambda inner: (
        st.builds("<{0} class='{1}'>{2}</{0}>".format, TAGS, st.text("ab'-", max_size=3), inner)
        | st.lists(inner, max_size=4).map("".join)
    ),
    max_leaves=12,
)


@settings(deadline=None, max_examples=60)
@given(NODE | st.text())
def test_any_html_is_a_page_or_a_reason(html: str) -> None:
    try:
        found = pages.page.clean(web.html(html.encode("utf-8", "replace")))
    except ValueError as error:
        assert str(error)
        return
    for piece in found.pieces:
        assert piece.text.strip() == piece.text != ""
        assert not any(c == "\0" or "\ud800" <= c <= "\udfff" for c in piece.text)

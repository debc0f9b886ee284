"""What pandoc reads of Word files, OpenDocument texts, markups and notebooks."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest import pages
from ingest.pages import Page, Piece, pandoc
from ingest.pages.page import clean
from tests.ingest.making import docx, odt, p, r, zipped


def page(tmp_path: Path, content: bytes | str, name: str) -> Page:
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return pages.read(path)


def texts(page: Page) -> list[str]:
    return [piece.text for piece in page.pieces]


def item(text: str, depth: int = 1, block: int = 0, checked: bool | None = None, **more: object) -> Piece:
    return Piece(text, depth=depth, block=block, opens=True, checked=checked, **more)  # type: ignore[arg-type]


# Word


def test_word_keeps_what_is_struck_out_however_the_words_are_cut_into_runs(tmp_path: Path) -> None:
    line = p(r("Attendees: ", "<w:b/>"), r("Ana, "), r("Bo ", "<w:strike/>"), r("Li", "<w:strike/>"), ", Cy")
    assert texts(page(tmp_path, docx(line), "a.docx")) == ["Attendees: Ana, ~~Bo Li~~, Cy"]


def test_word_lists_are_nested_by_their_level_and_not_by_their_style(tmp_path: Path) -> None:
    body = p("a", depth=0) + p("b", depth=1) + p("c", depth=2) + p("d", depth=0)
    assert page(tmp_path, docx(body), "a.docx").pieces == (item("a"), item("b", 2), item("c", 3), item("d"))


def test_word_insertions_are_kept_and_deletions_and_comments_are_not(tmp_path: Path) -> None:
    inserted = f'<w:ins w:id="1" w:author="Zed">{r("new ")}</w:ins>'
    deleted = '<w:del w:id="2" w:author="Zed"><w:r><w:delText>old </w:delText></w:r></w:del>'
    comment = '<w:r><w:commentReference w:id="0"/></w:r>'
    assert texts(page(tmp_path, docx(p("The ", inserted, deleted, "plan", comment)), "a.docx")) == [
        "The new plan"
    ]


def test_word_titles_are_no_section_and_headings_are(tmp_path: Path) -> None:
    body = (
        p("Policy", style="Title")
        + p("Trains", style="Heading1")
        + p("Night", style="Heading2")
        + p("Ask first.")
    )
    found = page(tmp_path, docx(body), "a.docx")
    assert (found.title, found.pieces) == ("Policy", (Piece("Ask first.", ("Trains", "Night"), block=2),))


def test_word_boxes_are_told_ticked_or_not(tmp_path: Path) -> None:
    box = "<w:sdt><w:sdtPr><w14:checkbox/></w:sdtPr><w:sdtContent>{}</w:sdtContent></w:sdt>"
    body = p(box.format(r("☒")), " Ana") + p(box.format(r("☐")), " Bo")
    found = page(tmp_path, docx(body), "a.docx").pieces
    assert [(piece.text, piece.checked) for piece in found] == [("Ana", True), ("Bo", False)]


def test_word_text_boxes_are_read_and_hidden_text_is_not(tmp_path: Path) -> None:
    def inside(text: str) -> str:
        return f"<w:txbxContent>{p(text)}{p('and more')}</w:txbxContent>"

    drawn = f'<mc:Choice Requires="wps"><wps:txbx>{inside("In a box")}</wps:txbx></mc:Choice>'
    old = f"<mc:Fallback><w:pict><v:textbox>{inside('In a box')}</v:textbox></w:pict></mc:Fallback>"
    box = f"<w:r><mc:AlternateContent>{drawn}{old}</mc:AlternateContent></w:r>"
    body = p("Before", box) + p(r("secret", "<w:vanish/>"), r("twice", "<w:dstrike/>"))
    assert texts(page(tmp_path, docx(body), "a.docx")) == ["Before", "In a box", "and more", "~~twice~~"]


def test_word_cells_that_span_rows_stand_in_each(tmp_path: Path) -> None:
    def cell(text: str, merge: str = "") -> str:
        return f"<w:tc><w:tcPr>{merge}</w:tcPr>{p(text)}</w:tc>"

    start, on = '<w:vMerge w:val="restart"/>', "<w:vMerge/>"
    rows = [cell("team") + cell("who"), cell("Charts", start) + cell("Ana"), cell("", on) + cell("☒ Bo")]
    table = f"<w:tbl><w:tblGrid/>{''.join(f'<w:tr>{row}</w:tr>' for row in rows)}</w:tbl>"
    (piece,) = page(tmp_path, docx(table), "a.docx").pieces
    assert piece.rows == (("team", "who"), ("Charts", "Ana"), ("Charts", "[x] Bo"))
    assert piece.text == "team | who\nCharts | Ana\nCharts | [x] Bo"


def test_word_says_its_title_date_and_author_where_the_text_does_not(tmp_path: Path) -> None:
    core = "<dc:title>A &amp; B</dc:title><dc:creator>Ana Diaz</dc:creator>"
    core += '<dcterms:modified xsi:type="dcterms:W3CDTF">2025-03-12T10:00:00Z</dcterms:modified>'
    found = page(tmp_path, docx(p("x"), core), "a.docx")
    assert (found.file_title, found.file_date, found.file_author) == ("A & B", date(2025, 3, 12), "Ana Diaz")


def test_the_day_of_an_empty_template_is_no_date(tmp_path: Path) -> None:
    core = "<dcterms:modified>2013-12-23T23:15:00Z</dcterms:modified>"
    assert page(tmp_path, docx(p("x"), core), "a.docx").file_date is None


# Other formats

LIST = "<text:list><text:list-item><text:p>a</text:p>{}</text:list-item></text:list>"


def test_opendocument_keeps_headings_lists_and_what_is_struck_out(tmp_path: Path) -> None:
    body = '<text:h text:outline-level="1">Head</text:h>'
    body += '<text:p>Ana, <text:span text:style-name="T1">Bo</text:span></text:p>'
    body += LIST.format(LIST.format(""))
    found = page(
        tmp_path, odt(f"{body}<text:h text:outline-level='1'>Next</text:h><text:p>x</text:p>"), "a.odt"
    )
    assert found.title == "Head"
    assert found.pieces == (
        Piece("Ana, ~~Bo~~", block=1),
        item("a", block=2),
        item("a", 2, block=2),
        Piece("x", ("Next",), block=4),
    )


def test_opendocument_says_when_and_by_whom_it_was_written(tmp_path: Path) -> None:
    meta = "<meta:initial-creator>Ana Diaz</meta:initial-creator><dc:date>2025-03-12T10:00:00</dc:date>"
    found = page(tmp_path, odt("<text:p>x</text:p>", meta=meta), "a.odt")
    assert (found.file_author, found.file_date) == ("Ana Diaz", date(2025, 3, 12))


def test_restructured_text_gives_its_fields_sections_and_code(tmp_path: Path) -> None:
    text = "Guide\n=====\n\n:Author: Ana Diaz\n:Date: 2025-03-12\n\nSteps\n-----\n\nRun:\n\n.. code:: sh\n\n   make\n\n"
    text += (
        "Term\n   What it means\n\n.. include:: /etc/passwd\n\n.. csv-table:: T\n   :file: /etc/passwd\n\n"
    )
    found = page(tmp_path, text, "a.rst")
    assert found.front == {"title": "Guide", "author": ["Ana Diaz"], "date": "2025-03-12"}
    assert texts(found) == ["Run:\n```sh\nmake\n```", "Term: What it means", "T"]


def test_org_keeps_boxes_and_asciidoc_its_author(tmp_path: Path) -> None:
    found = page(tmp_path, "#+TITLE: Plan\n* Tasks\n- [X] +Bo+\n- [ ] Cy\n", "a.org")
    assert found.front == {"title": "Plan"}
    assert [(piece.text, piece.checked) for piece in found.pieces] == [("~~Bo~~", True), ("Cy", False)]
    found = page(
        tmp_path, "= Plan\nAna Diaz\n\n== Tasks\ninclude::/etc/passwd[]\n\n[line-through]#Bo#\n", "a.adoc"
    )
    assert (found.front["title"], texts(found)) == ("Plan", ["~~Bo~~"])


def test_a_notebook_gives_text_code_and_results_but_no_errors(tmp_path: Path) -> None:
    def cell(kind: str, source: str, outputs: list[object]) -> dict[str, object]:
        more = {"outputs": outputs, "execution_count": 1} if kind == "code" else {}
        return {"cell_type": kind, "id": source[:3], "metadata": {}, "source": [source], **more}

    printed = {"output_type": "stream", "name": "stdout", "text": ["42\n"]}
    warned = {"output_type": "stream", "name": "stderr", "text": ["careful\n"]}
    failed = {"output_type": "error", "ename": "E", "evalue": "boom", "traceback": ["trace"]}
    cells = [cell("markdown", "# Study", []), cell("code", "6 * 7", [printed, warned, failed])]
    text = json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": cells})
    found = page(tmp_path, text, "a.ipynb")
    assert (found.title, texts(found)) == ("Study", ["```python\n6 * 7\n```", "```\n42\n```"])


def test_rich_text_keeps_words_that_are_struck_out_and_bullets(tmp_path: Path) -> None:
    text = r"{\rtf1 Ana, {\strike Bo}\par {\pntext\'95\tab}\bullet  one\par caf\'e9 \u8364?\par}"
    assert texts(page(tmp_path, text, "a.rtf")) == ["Ana, ~~Bo~~", "one", "café €"]


def test_an_e_book_gives_its_chapters_and_author(tmp_path: Path) -> None:
    container = '<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>'
    container += (
        '<rootfile full-path="a.opf" media-type="application/oebps-package+xml"/></rootfiles></container>'
    )
    package = '<package xmlns="http://www.idpf.org/2007/opf" version="3.0" xmlns:dc="http://purl.org/dc/elements/1.1/">'
    package += "<metadata><dc:title>Guide</dc:title><dc:creator>Ana Diaz</dc:creator></metadata><manifest>"
    package += '<item id="c" href="c.xhtml" media-type="application/xhtml+xml"/></manifest>'
    package += '<spine><itemref idref="c"/></spine></package>'
    chapter = '<html xmlns="http://www.w3.org/1999/xhtml"><body><h1>One</h1><p>Text.</p><h1>Two</h1><p>More.</p></body></html>'
    files: dict[str, str | bytes] = {"mimetype": "application/epub+zip", "META-INF/container.xml": container}
    found = page(tmp_path, zipped({**files, "a.opf": package, "c.xhtml": chapter}), "a.epub")
    assert (found.front["title"], found.front["author"]) == ("Guide", "Ana Diaz")
    assert [(piece.headings, piece.text) for piece in found.pieces] == [
        (("One",), "Text."),
        (("Two",), "More."),
    ]


# What goes wrong

LAUGH = (
    '<!DOCTYPE x [<!ENTITY a "' + "ha" * 50 + '">'
    + "".join(f'<!ENTITY {b} "{f"&{a};" * 50}">' for a, b in ["ab", "bc", "cd", "de", "ef"])
    + '<!ENTITY out SYSTEM "file:///etc/passwd">]>'
)  # fmt: skip


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (docx(p("&f;"), entities=LAUGH), "a.docx"),
        (docx(p("&out;"), entities=LAUGH), "a.docx"),
        (docx(p(r("&f;&out;", "<w:vanish/>")), entities=LAUGH), "a.docx"),
        (odt("<text:p>&f;</text:p>", entities=LAUGH), "a.odt"),
        (odt("<text:p>&out;</text:p>", entities=LAUGH), "a.odt"),
        (zipped({"mimetype": "x"}), "a.odt"),
        (zipped({"word/document.xml": "<a/>"}), "a.docx"),
        (zipped({"mimetype": "x"}), "a.epub"),
        (b"{", "a.ipynb"),
        (b"no rtf", "a.rtf"),
    ],
)  # fmt: skip
def test_what_is_broken_or_means_harm_says_so(tmp_path: Path, content: bytes, name: str) -> None:
    with pytest.raises(ValueError, match="open it and save it again"):
        page(tmp_path, content, name)


def test_nesting_that_nobody_writes_is_refused(tmp_path: Path) -> None:
    deep = f"its lists or quotations are nested more than {pandoc.DEEPEST} deep"
    for times in (pandoc.DEEPEST + 2, 900):
        with pytest.raises(ValueError, match=deep):
            page(tmp_path, "<blockquote>" * times + "x", "a.html")
    assert texts(page(tmp_path, "<blockquote>" * pandoc.DEEPEST + "x", "a.html")) == ["x"]


def test_a_reader_that_takes_too_long_or_too_much_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pandoc, "SECONDS", 0.001)
    with pytest.raises(ValueError, match="takes longer than"):
        pandoc.read(b"a " * 100_000, "rst", "reStructuredText")
    monkeypatch.setattr(pandoc, "SECONDS", 60)
    monkeypatch.setattr(pandoc, "MEMORY", "8m")
    with pytest.raises(ValueError, match="takes more than 8m of memory"):
        pandoc.read(b"a " * 100_000, "rst", "reStructuredText")


def test_a_small_file_gets_less_time_than_a_large_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pandoc, "_SECONDS_OF_SMALL", 0)
    with pytest.raises(ValueError, match="longer than 0 seconds"):
        page(tmp_path, "Hello.", "a.rst")
    assert texts(page(tmp_path, "Hello.\n\n" + " " * 100_000, "a.rst")) == ["Hello."]


SEEDS = {
    ".rst": b"Guide\n=====\n\n:Date: 2025\n\n* a\n\n  * b\n\n.. note:: hm\n\n+---+\n| a |\n+---+\n\n`x`_ [1]_\n",
    ".org": b"#+TITLE: T\n* TODO H :tag:\n- [X] +a+\n  - b\n| a | b |\n|---+---|\n#+BEGIN_SRC sh\nmake\n#+END_SRC\n",
    ".rtf": rb"{\rtf1\ansi{\info{\title T}}Ana, {\strike Bo}\par\trowd\cellx1000 a\cell\row \u8364? \bin3 abc}",
    ".odt": odt(LIST.format(LIST.format("")) + '<text:h text:outline-level="1">H</text:h>'),
    ".ipynb": b'{"nbformat":4,"nbformat_minor":5,"metadata":{},"cells":[]}',
}


@pytest.mark.parametrize("suffix", SEEDS)
@settings(deadline=None, max_examples=12)
@given(data=st.data())
def test_a_file_with_some_bytes_changed_is_a_page_or_a_reason(suffix: str, data: st.DataObject) -> None:
    changed = bytearray(SEEDS[suffix])
    for at in data.draw(st.lists(st.integers(0, len(changed) - 1), max_size=6)):
        changed[at] = data.draw(st.integers(0, 255))
    try:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(pandoc, "SECONDS", 1)  # some readers of pandoc don't end on what is broken
            found = clean(pages.FORMATS[suffix](bytes(changed)))
    except ValueError as error:
        assert str(error)
        return
    for piece in found.pieces:
        assert piece.text.strip() == piece.text != ""
        assert not any(c == "\0" or "\ud800" <= c <= "\udfff" for c in piece.text)

"""What unstructured reads: web pages, Word and PowerPoint files, as pages."""

from __future__ import annotations

import io
import os
import re
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from ingest.pages.dates import find_date
from ingest.pages.markdown import parse, unwrap_hackmd
from ingest.pages.page import USUAL_SECTION, Page, Piece, table, unboxed
from ingest.pages.text import decode

LARGEST = 500_000_000
"""Office files that unpack to more bytes than this are refused."""


def html(content: bytes) -> Page:
    """A web page; what HackMD saved as one is Markdown. Raises ValueError with the reason when it is broken."""
    text = decode(content)
    if (markdown := unwrap_hackmd(text)) != text:
        return parse(markdown)
    _prepare_unstructured()
    from unstructured.partition.html import partition_html

    named = re.search(r"<title[^>]{0,200}>([^<]{1,300})</title>", text, re.IGNORECASE)
    elements = _partition(lambda: partition_html(text=text), "HTML")
    return replace(_page(elements), file_title=" ".join(named[1].split()) if named else "")


def docx(content: bytes) -> Page:
    """A Word file. Raises ValueError with the reason when it is broken."""
    title, modified = _office_properties(content, "Word")
    _prepare_unstructured()
    from unstructured.partition.docx import partition_docx

    elements = _partition(lambda: partition_docx(file=io.BytesIO(content)), "Word")
    return replace(_page(elements), file_title=title, file_date=modified)


def pptx(content: bytes) -> Page:
    """A PowerPoint file, slide by slide with its notes. Raises ValueError with the reason when it is broken."""
    title, modified = _office_properties(content, "PowerPoint")
    _prepare_unstructured()
    from unstructured.partition.pptx import partition_pptx

    elements = _partition(
        lambda: partition_pptx(file=io.BytesIO(content), include_slide_notes=True), "PowerPoint"
    )
    return replace(_page(elements, "slide"), file_title=title, file_date=modified)


def _prepare_unstructured() -> None:
    """Keep unstructured from reporting home and from downloading a spaCy model (both at first use).

    It asks the model only for word tags, to tell prose from headings by whether there is a verb.
    A blank pipeline that calls every word a verb makes headings what the file marks as headings.
    """
    os.environ.setdefault("DO_NOT_TRACK", "1")
    os.environ.setdefault("SCARF_NO_ANALYTICS", "1")
    os.environ.setdefault("UNSTRUCTURED_DISABLE_NOTICE", "1")
    import spacy
    from spacy.language import Language
    from spacy.tokens import Doc
    from unstructured.nlp import tokenize

    if getattr(tokenize._get_nlp, "of_copassist", False):
        return

    def all_verbs(doc: Doc) -> Doc:
        for token in doc:
            token.tag_ = "VB"
        return doc

    Language.component("copassist_all_verbs", func=all_verbs)
    pipeline = spacy.blank("en")
    pipeline.add_pipe("sentencizer")
    pipeline.add_pipe("copassist_all_verbs")

    def blank() -> Any:
        return pipeline

    blank.of_copassist = True  # type: ignore[attr-defined]
    tokenize._get_nlp = blank  # type: ignore[assignment]


def _partition(parser: Callable[[], Sequence[Any]], kind: str) -> Sequence[Any]:
    """The elements of a file; raises ValueError when it is broken."""
    try:
        return parser()
    except Exception as error:  # a parser of foreign files raises anything; here the file is the cause
        raise ValueError(f"broken {kind} file ({type(error).__name__}); open it and save it again") from error


def _office_properties(content: bytes, kind: str) -> tuple[str, date | None]:
    """The title and the date of the last change that an Office file keeps of itself."""
    if content.startswith(b"\xd0\xcf\x11\xe0"):
        raise ValueError(
            f"encrypted, or in the old {kind} format; save it without a password as a new {kind} file"
        )
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as parts:
            if sum(part.file_size for part in parts.infolist()) > LARGEST:
                raise ValueError("unpacks to more than 500 MB")
            core = parts.read("docProps/core.xml").decode("utf-8", "replace")
    except KeyError:
        return "", None
    except (
        zipfile.BadZipFile,
        NotImplementedError,
        RuntimeError,
        EOFError,
        OSError,
        zlib.error,
    ) as error:
        raise ValueError(f"broken {kind} file ({type(error).__name__}); open it and save it again") from error
    title = re.search(r"<dc:title>([^<]{1,300})</dc:title>", core)
    modified = re.search(r"<dcterms:modified[^>]{0,200}>([^<]{1,40})<", core)
    return title[1].strip() if title else "", find_date(modified[1]) if modified else None


_LEFT_OUT = ("Header", "Footer", "PageBreak", "PageNumber", "Image")


def _page(elements: Sequence[Any], place: str = "") -> Page:
    """What unstructured found, as pieces. The first heading is the title where it stands above all."""
    pieces: list[Piece] = []
    headings: list[str] = []
    path: list[tuple[int, str]] = []
    title, block, slide = "", 0, None
    for i, element in enumerate(elements):
        kind, text = type(element).__name__, str(element.text or "").strip()
        number = element.metadata.page_number if place else None
        if number != slide:
            path, slide = [], number
        if kind == "Title" and text:
            depth = element.metadata.category_depth or 0
            if not title and not headings and _is_title(elements, i, depth):
                title = text
                continue
            path = [above for above in path if above[0] < depth] + [(depth, text)]
            headings.append(text)
        elif text and kind not in _LEFT_OUT:
            depth = max(1, element.metadata.category_depth or 1) if kind == "ListItem" else 0
            block += depth == 0
            above, location = tuple(name for _, name in path), f"{place} {number}" if number else ""
            piece = Piece("", above, depth, block, opens=depth > 0, location=location)
            pieces += _pieces(element, kind, text, piece)
    return Page(title=title, pieces=tuple(pieces), headings=tuple(headings))


def _is_title(elements: Sequence[Any], i: int, depth: int) -> bool:
    level = [
        j
        for j, e in enumerate(elements)
        if type(e).__name__ == "Title" and (e.metadata.category_depth or 0) <= depth
    ]
    first = not any(str(e.text or "").strip() for e in elements[:i] if type(e).__name__ not in _LEFT_OUT)
    return (first or level == [i]) and not USUAL_SECTION.match(str(elements[i].text))


def _pieces(element: Any, kind: str, text: str, piece: Piece) -> Iterator[Piece]:
    """What an element says, each as a piece like `piece`."""
    if kind == "Table" and element.metadata.text_as_html:
        import lxml.html

        rows = lxml.html.fromstring(element.metadata.text_as_html).iter("tr")
        yield from table(([" ".join(cell.text_content().split()) for cell in row] for row in rows), piece)
    elif kind == "CodeSnippet":
        yield replace(piece, text=f"```\n{text}\n```", code=True)
    else:
        lines = "\n".join(" ".join(line.split()) for line in text.splitlines() if line.strip())
        said, checked = unboxed(lines)
        if said:
            yield replace(piece, text=said, checked=checked)

"""Guides, policies, slides and other documents."""

from __future__ import annotations

import io
import os
import re
import zipfile
import zlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

from copassist.records import Identity, Read, Record, Rejected, Role, Segment, Skipped
from ingest.markdown import (
    SHORT,
    USUAL_SECTION,
    Page,
    Piece,
    decode,
    find_date,
    parse,
    readable,
    split,
    table_texts,
    unwrap_hackmd,
)
from ingest.notes import names

MARKDOWN = (".md", ".markdown", ".txt")
LARGEST = 500_000_000
"""Office files that unpack to more bytes than this are refused."""


@dataclass(slots=True)
class _Parsed:
    """A document of any kind, read. `fallback` titles and dates it when its text doesn't."""

    page: Page
    fallback_title: str = ""
    fallback_date: date | None = None
    rejected: list[Rejected] = field(default_factory=list)


def read(path: Path, locator: str) -> Iterator[Read]:
    """Yield the document in `path`, before it the pages that can't be read, or why there is none.

    Raises OSError if `path` cannot be opened.
    """
    suffix = path.suffix.lower()
    reader = _READERS.get(suffix)
    if reader is None:
        yield Skipped(locator, suffix or path.name)
        return
    content = path.read_bytes()
    if not content.strip():
        yield Rejected(locator, "the file is empty")
        return
    try:
        parsed = reader(content, suffix, locator)
    except ValueError as error:
        yield Rejected(locator, str(error))
        return
    yield from parsed.rejected
    record = _record(parsed, path, locator)
    if record.segments:
        yield record
    elif suffix != ".pdf":
        yield Skipped(locator, "page without text")
    elif not parsed.rejected:
        yield Rejected(
            locator, "no text in it (a scan?); run text recognition (OCR) on it, or find its source"
        )


def _record(parsed: _Parsed, path: Path, locator: str) -> Record:
    page = parsed.page
    front = page.front.get("title")
    stated = str(front).strip() if isinstance(front, str | date) else ""
    title = stated or page.title or parsed.fallback_title or readable(path)
    day = _stated_date(page) or find_date(path.stem) or parsed.fallback_date
    return Record(locator, "document", title, tuple(segments(page.pieces)), day, roles=tuple(_authors(page)))


def segments(pieces: Iterable[Piece]) -> Iterator[Segment]:
    """One segment for each piece; a list item with all that is nested in it is one where it is short."""
    for group in _items(pieces):
        together = "\n".join(piece.text for piece in group)
        texts = [together] if len(together) <= SHORT else [piece.text for piece in group]
        for text in (part for whole in texts for part in split(whole)):
            yield Segment(text, section=" > ".join(group[0].headings), location=group[0].location)


def _items(pieces: Iterable[Piece]) -> Iterator[list[Piece]]:
    group: list[Piece] = []
    for piece in pieces:
        nested = piece.depth > 1 or (piece.depth == 1 and not piece.opens)
        if group and not (nested and piece.block == group[0].block and group[0].depth):
            yield group
            group = []
        group.append(piece)
    if group:
        yield group


# What a document says about itself

_DATED = re.compile(
    r"(?:last )?(?:updated?|modified|reviewed|revised|date|as of|valid from)(?: on)?\s*:", re.IGNORECASE
)
_AUTHORED = re.compile(
    r"(?:document |page )?(?:authors?|owners?|maintainers?|(?:written|maintained|owned) by)\s*:\s*(.+)",
    re.IGNORECASE,
)
_DATE_KEYS = ("last_updated", "last-updated", "updated", "lastmod", "last_reviewed", "modified", "date")
_AUTHOR_KEYS = ("author", "authors", "owner", "owners", "maintainer", "maintainers")


def _stated_date(page: Page) -> date | None:
    for key in _DATE_KEYS:
        value = page.front.get(key)
        if isinstance(value, date):
            return value.date() if isinstance(value, datetime) else value
        if isinstance(value, str) and (found := find_date(value)):
            return found
    for line in _lines([*page.pieces[:30], *page.pieces[-5:]]):
        if _DATED.match(line) and (found := find_date(line)):
            return found
    return None


def _authors(page: Page) -> Iterator[tuple[Identity, Role]]:
    found: list[Identity] = []
    for key in _AUTHOR_KEYS:
        value = page.front.get(key)
        for name in value if isinstance(value, list) else [value]:
            if isinstance(name, str):
                found += [person for person, _ in names(name, "author")]
    for line in _lines(page.pieces[:15]):
        if stated := _AUTHORED.fullmatch(line):
            found += [person for person, _ in names(stated[1], "author")]
    yield from ((person, "author") for person in dict.fromkeys(found))


def _lines(pieces: Iterable[Piece]) -> Iterator[str]:
    return (line for piece in pieces if not piece.code for line in piece.text.split("\n"))


# Markdown and text


def _markdown(content: bytes, suffix: str, locator: str) -> _Parsed:
    return _Parsed(parse(decode(content), prose=suffix == ".txt"))


# What unstructured reads


def _html(content: bytes, suffix: str, locator: str) -> _Parsed:
    text = decode(content)
    if (markdown := unwrap_hackmd(text)) != text:
        return _Parsed(parse(markdown))
    _prepare_unstructured()
    from unstructured.partition.html import partition_html

    named = re.search(r"<title[^>]{0,200}>([^<]{1,300})</title>", text, re.IGNORECASE)
    elements = _partition(lambda: partition_html(text=text), "HTML")
    return _Parsed(_page(elements), " ".join(named[1].split()) if named else "")


def _docx(content: bytes, suffix: str, locator: str) -> _Parsed:
    title, modified = _office_properties(content, "Word")
    _prepare_unstructured()
    from unstructured.partition.docx import partition_docx

    elements = _partition(lambda: partition_docx(file=io.BytesIO(content)), "Word")
    return _Parsed(_page(elements), title, modified)


def _pptx(content: bytes, suffix: str, locator: str) -> _Parsed:
    title, modified = _office_properties(content, "PowerPoint")
    _prepare_unstructured()
    from unstructured.partition.pptx import partition_pptx

    elements = _partition(
        lambda: partition_pptx(file=io.BytesIO(content), include_slide_notes=True), "PowerPoint"
    )
    return _Parsed(_page(elements, "slide"), title, modified)


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
            for part in _texts(element, kind, text):
                opens, code = depth > 0, kind == "CodeSnippet"
                pieces.append(Piece(part, above, depth, block, opens, code=code, location=location))
    return Page({}, title, tuple(pieces), tuple(headings))


def _is_title(elements: Sequence[Any], i: int, depth: int) -> bool:
    level = [
        j
        for j, e in enumerate(elements)
        if type(e).__name__ == "Title" and (e.metadata.category_depth or 0) <= depth
    ]
    first = not any(str(e.text or "").strip() for e in elements[:i] if type(e).__name__ not in _LEFT_OUT)
    return (first or level == [i]) and not USUAL_SECTION.match(str(elements[i].text))


def _texts(element: Any, kind: str, text: str) -> Iterator[str]:
    if kind == "Table" and element.metadata.text_as_html:
        import lxml.html

        rows = lxml.html.fromstring(element.metadata.text_as_html).iter("tr")
        yield from table_texts([[" ".join(cell.text_content().split()) for cell in row] for row in rows])
    elif kind == "CodeSnippet":
        yield f"```\n{text}\n```"
    else:
        yield "\n".join(" ".join(line.split()) for line in text.splitlines() if line.strip())


# PDF


def _pdf(content: bytes, suffix: str, locator: str) -> _Parsed:
    from pypdf import PdfReader

    try:
        reader = PdfReader(io.BytesIO(content))
        if reader.is_encrypted and not reader.decrypt(""):
            raise ValueError("encrypted; save it without a password")
        pages = list(reader.pages)
        title, changed = _pdf_properties(reader)
    except ValueError:
        raise
    except Exception as error:  # pypdf raises anything on a broken file
        raise ValueError(f"broken PDF file ({type(error).__name__}); open it and save it again") from error
    parsed = _Parsed(Page({}, "", (), ()), title, changed)
    texts: list[tuple[int, list[str]]] = []
    for number, page in enumerate(pages, 1):
        try:
            texts.append((number, page.extract_text().replace("\0", "").splitlines()))
        except Exception as error:
            reason = f"the page can't be read ({type(error).__name__})"
            parsed.rejected.append(Rejected(locator, reason, f"page {number}"))
    pieces = [
        Piece(text, block=number, location=f"page {number}")
        for number, lines in _without_running_lines(texts)
        for text in paragraphs(lines)
    ]
    parsed.page = Page({}, "", tuple(pieces), ())
    return parsed


def _pdf_properties(reader: Any) -> tuple[str, date | None]:
    found = reader.metadata
    if not found:
        return "", None
    title = str(found.get("/Title") or "").strip()
    title = (
        ""
        if re.match(r"untitled|microsoft (?:word|powerpoint) - |.*\.\w{3,4}$", title, re.IGNORECASE)
        else title
    )
    changed = str(found.get("/ModDate") or found.get("/CreationDate") or "")
    return title, find_date(changed[2:10])


def _without_running_lines(pages: Sequence[tuple[int, list[str]]]) -> Iterator[tuple[int, list[str]]]:
    """The pages without the first and last lines that three pages or more have in common."""

    def shape(line: str) -> str:
        return re.sub(r"\d+", "#", line.strip())

    ends = Counter(shape(line) for _, lines in pages for line in {*lines[:1], *lines[-1:]})
    for number, lines in pages:
        last = len(lines) - 1
        yield number, [line for i, line in enumerate(lines) if i not in (0, last) or ends[shape(line)] < 3]


def paragraphs(lines: Sequence[str]) -> Iterator[str]:
    """The paragraphs of a page's lines: parted by a blank line, a bullet or a short line that ends.

    A word that a line break cut with a hyphen is whole again.
    """
    width = max((len(line.rstrip()) for line in lines), default=0)
    text = ""
    for line in [*lines, ""]:
        bare = " ".join(line.split())
        item = re.match(r"(?:[•·▪◦‣–*-]|\d{1,2}[.)])\s+(?=\S)", bare)
        if text and (not bare or item):
            yield text
            text = ""
        bare = re.sub(r"^[•·▪◦‣*-]\s+", "", bare)
        hyphenated = re.search(r"[a-z]-$", text) and bare[:1].islower()
        text = text[:-1] + bare if hyphenated else f"{text} {bare}".strip()
        if text and bare.endswith((".", "!", "?", ":")) and len(line.rstrip()) < 0.8 * width:
            yield text
            text = ""


_READERS: dict[str, Callable[[bytes, str, str], _Parsed]] = {
    **dict.fromkeys(MARKDOWN, _markdown),
    ".html": _html,
    ".htm": _html,
    ".docx": _docx,
    ".pptx": _pptx,
    ".pdf": _pdf,
}

"""Word and OpenDocument texts and e-books, as pages."""

from __future__ import annotations

import html
import io
import re
import zipfile
from dataclasses import replace
from typing import Any

from lxml import etree

from ingest.pages import outline, packed, pandoc
from ingest.pages.dates import find_date
from ingest.pages.outline import Block
from ingest.pages.page import Page, paragraph


def docx(content: bytes) -> Page:
    """A Word file, with its insertions and without its deletions and comments.

    Raises ValueError with the reason when it is broken.
    """
    with packed.opened(content, "Word") as parts:
        properties = properties_of(packed.text_of(parts, "docProps/core.xml"))
        content = _plainer(content, parts)
    return _with_title(*pandoc.read(content, "docx", "Word"), properties)


def odt(content: bytes) -> Page:
    """An OpenDocument text. Raises ValueError with the reason when it is broken."""
    with packed.opened(content, "OpenDocument") as parts:
        if "encryption-data" in packed.text_of(parts, "META-INF/manifest.xml"):
            raise ValueError("encrypted; save it without a password")
        meta = packed.text_of(parts, "meta.xml")
    properties = Page(
        file_title=_element(meta, "dc:title"),
        file_date=find_date(_element(meta, "dc:date")),
        file_author=_element(meta, "meta:initial-creator") or _element(meta, "dc:creator"),
    )
    return _with_title(*pandoc.read(content, "odt", "OpenDocument"), properties)


def epub(content: bytes) -> Page:
    """An e-book. Raises ValueError with the reason when it is broken."""
    with packed.opened(content, "EPUB"):
        front, blocks = pandoc.read(content, "epub", "EPUB")
    return outline.page(blocks, front)


def _with_title(front: dict[str, Any], blocks: list[Block], properties: Page) -> Page:
    """The page of a text whose title, subtitle and abstract are known by the styles of their paragraphs."""
    title = str(front.pop("title", ""))
    above = [list(paragraph(str(front.pop(key)))) for key in ("subtitle", "abstract") if key in front]
    page = outline.page([*above, *blocks], front, title)
    return replace(
        page,
        file_title=properties.file_title,
        file_date=properties.file_date,
        file_author=properties.file_author,
    )


# What a file says of itself

_TEMPLATES = ("2013-12-23", "2013-01-27")
"""The days on which the empty documents were made that python-docx and python-pptx start from."""


def properties_of(core: str) -> Page:
    """Title, date of the last change and author that an Office file keeps of itself."""
    modified = _element(core, "dcterms:modified")
    return Page(
        file_title=_element(core, "dc:title"),
        file_date=None if modified.startswith(_TEMPLATES) else find_date(modified),
        file_author=_element(core, "dc:creator"),
    )


def _element(xml: str, name: str) -> str:
    found = re.search(rf"<{name}(?:\s[^>]{{0,200}})?>([^<]{{1,300}})</{name}>", xml)
    return " ".join(html.unescape(found[1]).split()) if found else ""


# Word files made plainer, for what pandoc passes over

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_MARKUP = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_BODY = "word/document.xml"


def _plainer(content: bytes, parts: zipfile.ZipFile) -> bytes:
    """The file with text boxes as paragraphs, without hidden text, and double strike-through as a single one."""
    if _BODY not in parts.namelist():
        return content
    body = parts.read(_BODY)
    if not re.search(rb"<w:(?:txbxContent|vanish|dstrike)\b", body):
        return content
    try:
        root = etree.fromstring(
            body, etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True)
        )
    except etree.XMLSyntaxError as error:
        raise packed.broken("Word", error) from error
    for mark in list(root.iter(f"{_W}dstrike")):
        mark.tag = f"{_W}strike"
    for mark in list(root.iter(f"{_W}vanish")):
        run = next(mark.iterancestors(f"{_W}r"), None)
        if run is not None and mark.get(f"{_W}val") not in ("0", "false"):
            run.clear(keep_tail=True)
    for box in list(root.iter(f"{_W}txbxContent")):
        around = next(box.iterancestors(f"{_W}p"), None)
        if around is not None and next(box.iterancestors(f"{_MARKUP}Fallback"), None) is None:
            for inner in reversed(box):
                around.addnext(inner)
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as plainer:
        for part in parts.infolist():
            if part.filename == _BODY:
                plainer.writestr(_BODY, etree.tostring(root, encoding="UTF-8", xml_declaration=True))
            elif part.filename.endswith((".xml", ".rels")):
                plainer.writestr(part.filename, parts.read(part))
    return buffer.getvalue()

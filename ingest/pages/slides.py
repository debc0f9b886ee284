"""PowerPoint files, as pages, by unstructured."""

from __future__ import annotations

import io
import os
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import groupby
from typing import Any

from lxml import html

from ingest.pages import outline, packed
from ingest.pages.office import properties_of
from ingest.pages.outline import Block, Heading
from ingest.pages.page import HARD, Page, Piece, paragraph, table


def pptx(content: bytes) -> Page:
    """A PowerPoint file, slide by slide, each with its notes at its end.

    Raises ValueError with the reason when it is broken.
    """
    with packed.opened(content, "PowerPoint") as parts:
        properties = properties_of(packed.text_of(parts, "docProps/core.xml"))
    _prepare_unstructured()
    from unstructured.partition.pptx import partition_pptx

    try:
        slides, notes = _plainer(content)
        elements = partition_pptx(file=slides)
    except Exception as error:  # a parser of foreign files raises anything; here the file is the cause
        raise packed.broken("PowerPoint", error) from error
    page = outline.page(list(_blocks(elements, notes)))
    title, day, author = properties.file_title, properties.file_date, properties.file_author
    return replace(page, file_title=title, file_date=day, file_author=author)


def _plainer(content: bytes) -> tuple[io.BytesIO, list[str]]:
    """The slides with struck-through text between ~~, without running footers and numbers; and their notes."""
    import pptx
    from pptx.enum.shapes import PP_PLACEHOLDER as KIND

    deck = pptx.Presentation(io.BytesIO(content))
    notes = []
    for slide in deck.slides:
        frame = slide.notes_slide.notes_text_frame if slide.has_notes_slide else None
        notes.append(frame.text if frame is not None else "")
        for shape in list(slide.placeholders):
            if shape.placeholder_format.type in (KIND.FOOTER, KIND.SLIDE_NUMBER, KIND.DATE):
                shape._element.getparent().remove(shape._element)
        for run in slide._element.iter("{http://schemas.openxmlformats.org/drawingml/2006/main}r"):
            if run.rPr is not None and run.rPr.get("strike", "noStrike") != "noStrike" and run.text.strip():
                run.t.text = f"~~{run.text}~~"
    plainer = io.BytesIO()
    deck.save(plainer)
    plainer.seek(0)
    return plainer, notes


def _blocks(elements: Sequence[Any], notes: Sequence[str]) -> Iterator[Block]:
    """Each slide as a heading and its pieces; a slide without a title ends the section above it."""
    by_number = {number: list(on) for number, on in groupby(elements, lambda e: e.metadata.page_number)}
    for number, said in enumerate(notes, 1):
        on = by_number.get(number, [])
        title = next((e for e in on if type(e).__name__ == "Title" and e.metadata.category_depth == 0), None)
        yield Heading(1, " ".join(title.text.split()) if title is not None else "")
        pieces = [piece for element in on if element is not title for piece in _pieces(element)]
        pieces += paragraph(said.replace("\v", HARD).replace("\n", HARD))
        yield [replace(piece, location=f"slide {number}") for piece in pieces]


def _pieces(element: Any) -> Iterator[Piece]:
    """What an element says: all but a table is an item of a list, as deep as it lies on the slide."""
    kind, depth = type(element).__name__, element.metadata.category_depth or 0
    if kind == "Table" and element.metadata.text_as_html:
        rows = html.fromstring(element.metadata.text_as_html).iter("tr")
        yield from table([cell.text_content() for cell in row] for row in rows)
    else:
        level = max(0, depth - 1) if kind == "Title" else depth
        for piece in paragraph(str(element.text).replace("\n", HARD), level + 1):
            yield replace(piece, opens=True)


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

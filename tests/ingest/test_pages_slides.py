"""PowerPoint files, slide by slide."""

from __future__ import annotations

import io
from typing import Any

import pptx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pptx.util import Inches

from ingest.pages import Piece
from ingest.pages.slides import pptx as read


def saved(deck: Any) -> bytes:
    buffer = io.BytesIO()
    deck.save(buffer)
    return buffer.getvalue()


def box(shapes: Any, top: int, text: str) -> Any:
    shape = shapes.add_textbox(Inches(1), Inches(top), Inches(2), Inches(1))
    shape.text_frame.text = text
    return shape


def test_each_slide_is_a_section_with_its_list_its_groups_and_its_notes_at_the_end() -> None:
    deck = pptx.Presentation()
    slide = deck.slides.add_slide(deck.slide_layouts[1])
    slide.shapes.title.text = "Talk"
    frame = slide.placeholders[1].text_frame
    frame.text = "By Ana"
    slide = deck.slides.add_slide(deck.slide_layouts[1])
    slide.shapes.title.text = "Charts"
    frame = slide.placeholders[1].text_frame
    frame.text = "Never red alone"
    nested = frame.add_paragraph()
    nested.text, nested.level = "Not even here", 1
    slide.notes_slide.notes_text_frame.text = "Say it aloud.\nTwice."
    group = slide.shapes.add_group_shape()
    box(group.shapes, 5, "Grouped words")
    slide = deck.slides.add_slide(deck.slide_layouts[6])
    box(slide.shapes, 4, "Below")
    box(slide.shapes, 1, "Above")
    found = read(saved(deck))
    assert (found.title, found.headings, found.file_date) == ("Talk", ("Charts",), None)
    assert [(p.headings, p.text, p.depth, p.location) for p in found.pieces] == [
        ((), "By Ana", 1, "slide 1"),
        (("Charts",), "Never red alone", 1, "slide 2"),
        (("Charts",), "Not even here", 2, "slide 2"),
        (("Charts",), "Grouped words", 1, "slide 2"),
        (("Charts",), "Say it aloud.\nTwice.", 0, "slide 2"),
        ((), "Above", 1, "slide 3"),
        ((), "Below", 1, "slide 3"),
    ]


def test_tables_are_rows_and_what_is_struck_out_is_marked() -> None:
    deck = pptx.Presentation()
    slide = deck.slides.add_slide(deck.slide_layouts[6])
    table = slide.shapes.add_table(2, 2, Inches(1), Inches(1), Inches(4), Inches(1)).table
    for at, text in enumerate(["who", "role", "Ana", "lead"]):
        table.cell(at // 2, at % 2).text = text
    shape = box(slide.shapes, 4, "Ana, ")
    run = shape.text_frame.paragraphs[0].add_run()
    run.text = "Bo"
    run.font._rPr.set("strike", "sngStrike")
    first, second = read(saved(deck)).pieces
    assert (first.rows, first.text) == ((("who", "role"), ("Ana", "lead")), "who | role\nAna | lead")
    assert second.text == "Ana, ~~Bo~~"


def test_footers_and_numbers_of_slides_are_left_out() -> None:
    deck = pptx.Presentation()
    slide = deck.slides.add_slide(deck.slide_layouts[5])
    slide.shapes.title.text = "Charts"
    for shape in deck.slide_layouts[5].placeholders:
        if shape.placeholder_format.idx in (10, 11, 12):  # date, footer, number
            slide.shapes.clone_placeholder(shape)
    for shape in slide.placeholders:
        if shape.placeholder_format.idx in (10, 11, 12):
            shape.text_frame.text = "confidential"
    box(slide.shapes, 4, "Words")
    assert read(saved(deck)).pieces == (Piece("Words", (), 1, 1, True, location="slide 1"),)


@settings(deadline=None, max_examples=15)
@given(st.data())
def test_a_file_with_some_bytes_changed_is_a_page_or_a_reason(data: st.DataObject) -> None:
    changed = bytearray(SMALL)
    for at in data.draw(st.lists(st.integers(0, len(SMALL) - 1), max_size=8)):
        changed[at] = data.draw(st.integers(0, 255))
    try:
        read(bytes(changed))
    except ValueError as error:
        assert str(error)


SMALL = saved(pptx.Presentation())


def test_a_broken_file_says_so() -> None:
    with pytest.raises(ValueError, match="broken PowerPoint file"):
        read(SMALL[:-300])

"""Files of every format that holds prose, as pages of pieces that can be quoted."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from ingest.pages import markdown, office, pdf
from ingest.pages.page import Page, Piece
from ingest.pages.text import decode

__all__ = ["FORMATS", "Page", "Piece", "read"]


def read(path: Path) -> Page:
    """The page in a file whose suffix is in FORMATS.

    Raises ValueError with the reason when it is empty, broken, encrypted or holds no text where it should;
    OSError if `path` cannot be opened.
    """
    content = path.read_bytes()
    if not content.strip():
        raise ValueError("the file is empty")
    return FORMATS[path.suffix.lower()](content)


def _markdown(content: bytes) -> Page:
    return markdown.parse(decode(content))


def _text(content: bytes) -> Page:
    return markdown.parse(decode(content), prose=True)


FORMATS: dict[str, Callable[[bytes], Page]] = {
    ".md": _markdown,
    ".markdown": _markdown,
    ".txt": _text,
    ".html": office.html,
    ".htm": office.html,
    ".docx": office.docx,
    ".pptx": office.pptx,
    ".pdf": pdf.pdf,
}
"""The reader of each suffix: it takes what the file holds."""

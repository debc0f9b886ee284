"""Files of every format that holds prose, as pages of pieces that can be quoted."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from ingest.pages import markdown, markup, office, pdf, sheets, slides, web, zipped
from ingest.pages.page import Page, Piece, clean
from ingest.pages.text import decode

__all__ = ["FORMATS", "Page", "Piece", "read", "reads"]

LARGEST_TEXT = 50_000_000
"""How many bytes of a text file are read; a larger one is refused."""
LARGEST = 300_000_000
"""How many bytes of any other file are read: pictures in it may make it large."""


def reads(path: Path) -> bool:
    """Whether `read` knows what to do with a file: by its suffix, or because it is a page in a zip."""
    suffix = path.suffix.lower()
    return suffix in FORMATS or (suffix == ".zip" and zipped.holds_page(path))


def read(path: Path) -> Page:
    """The page in a file that `reads` says yes to.

    Raises ValueError with the reason when it is empty, too large, broken, encrypted or holds no text where it
    should; OSError if `path` cannot be opened.
    """
    suffix = path.suffix.lower()
    most = LARGEST if suffix in _PACKED else LARGEST_TEXT
    if (size := path.stat().st_size) > most:
        raise ValueError(
            f"larger than {most // 1_000_000} MB ({size // 1_000_000:,}); split it into smaller files"
        )
    content = path.read_bytes()
    if not content.strip():
        raise ValueError("the file is empty")
    reader = zipped.html_zip if suffix == ".zip" else FORMATS[suffix]
    return clean(reader(content))


def _markdown(content: bytes) -> Page:
    return markdown.parse(decode(content))


def _text(content: bytes) -> Page:
    return markdown.parse(decode(content), prose=True)


FORMATS: dict[str, Callable[[bytes], Page]] = {
    ".md": _markdown,
    ".markdown": _markdown,
    ".txt": _text,
    ".html": web.html,
    ".htm": web.html,
    ".docx": office.docx,
    ".odt": office.odt,
    ".rtf": markup.rtf,
    ".epub": office.epub,
    ".rst": markup.rst,
    ".org": markup.org,
    ".adoc": markup.asciidoc,
    ".asciidoc": markup.asciidoc,
    ".ipynb": markup.notebook,
    ".pptx": slides.pptx,
    ".xlsx": sheets.xlsx,
    ".csv": sheets.csv,
    ".tsv": sheets.csv,
    ".pdf": pdf.pdf,
}
"""The reader of each suffix: it takes what the file holds."""
_PACKED = {".docx", ".odt", ".epub", ".pptx", ".xlsx", ".pdf", ".zip"}

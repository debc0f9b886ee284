"""Texts in a markup other than Markdown, notebooks and RTF, as pages."""

from __future__ import annotations

import re

from ingest.pages import outline, pandoc
from ingest.pages.page import Page
from ingest.pages.text import decode


def rst(content: bytes) -> Page:
    """A text in reStructuredText, without the tables that it takes from other files."""
    return _page(
        re.sub(r"^[ \t]+:(?:file|url):.*$", "", decode(content), flags=re.MULTILINE),
        "rst",
        "reStructuredText",
    )


def asciidoc(content: bytes) -> Page:
    """A text in AsciiDoc, without what it includes from other files."""
    return _page(re.sub(r"^include::.*$", "", decode(content), flags=re.MULTILINE), "asciidoc", "AsciiDoc")


def org(content: bytes) -> Page:
    """A text in Org mode, without what it includes from other files."""
    return _page(decode(content), "org", "Org")


def notebook(content: bytes) -> Page:
    """A Jupyter notebook: its text, code and what the code printed, without errors and pictures."""
    return _page(decode(content), "ipynb", "notebook")


def rtf(content: bytes) -> Page:
    """A text in Rich Text Format."""
    if not content.lstrip().startswith(b"{\\rtf"):
        raise ValueError("not an RTF file; open it and save it again")
    front, blocks = pandoc.read(content, "rtf", "RTF")
    return outline.page(blocks, front)


def _page(text: str, language: str, kind: str) -> Page:
    front, blocks = pandoc.read(text.encode(), language, kind)
    return outline.page(blocks, front)

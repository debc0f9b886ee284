"""A web page with its pictures in one zip, as Google Docs downloads it."""

from __future__ import annotations

import zipfile
from pathlib import Path, PurePosixPath

from ingest.pages import packed, web
from ingest.pages.page import Page

_PAGES = {".html", ".htm"}
_BESIDE = {
    ".png",
    ".jpg",
    ".jpeg",
    ".gif",
    ".svg",
    ".webp",
    ".css",
    ".emf",
    ".wmf",
    ".ico",
    ".woff",
    ".woff2",
}


def holds_page(path: Path) -> bool:
    """Whether a file is a zip of one web page and its pictures, and of nothing else; never raises."""
    try:
        with zipfile.ZipFile(path) as parts:
            return bool(_page(parts))
    except (OSError, zipfile.BadZipFile, ValueError, RuntimeError, NotImplementedError):
        return False


def html_zip(content: bytes) -> Page:
    """The page in a zip of one web page and its pictures. Raises ValueError with the reason when it is broken."""
    with packed.opened(content, "zip") as parts:
        name = _page(parts)
        page = parts.read(name) if name else b""
    if not page.strip():
        raise ValueError("no web page in this zip; unpack it and give the folder")
    return web.html(page)


def _page(parts: zipfile.ZipFile) -> str:
    """The name of the only page, "" where there is none, or more than that and its pictures."""
    names = [name for name in parts.namelist() if not (name.endswith("/") or name.startswith("__MACOSX/"))]
    pages = [name for name in names if PurePosixPath(name).suffix.lower() in _PAGES]
    others = {PurePosixPath(name).suffix.lower() for name in names if name not in pages}
    return pages[0] if len(pages) == 1 and others <= _BESIDE else ""

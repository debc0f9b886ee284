"""A program of its own that writes what a PDF file says: `python pdf_text.py < FILE`.

PDFium is fast and reads nearly everything, but it is C++ that foreign files are fed to. In a process of its own, with
limits, a file that makes it crash, hang or swell is one file that can't be read. One line of JSON for the file
(its title, date, author and outline), then one for each page.
"""

from __future__ import annotations

import json
import sys
from typing import Any

MEMORY = 2_000_000_000


def main() -> None:
    """Write the lines; a single one with the reason if the file can't be opened."""
    if sys.platform != "win32":
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(sys.stdin.buffer.read())
        pages = len(document)
        about = document.get_metadata_dict()
    except pypdfium2.PdfiumError as error:
        _write({"failed": "password" if "password" in str(error).lower() else str(error)})
        return
    _write({"about": about, "outline": _outline(document), "pages": pages})
    for number in range(pages):
        try:
            page = document[number]
            text = page.get_textpage()
            _write({"text": text.get_text_bounded(), "empty": pypdfium2.raw.FPDFPage_CountObjects(page) < 1})
            text.close()
            page.close()
        except pypdfium2.PdfiumError as error:
            _write({"failed": str(error)})


def _outline(document: Any) -> list[tuple[str, int, int]]:
    """The title, depth (0 for the highest) and page (from 0) of each entry."""
    found: list[tuple[str, int, int]] = []
    for entry in document.get_toc(max_depth=6):
        target = entry.get_dest()
        number = target.get_index() if target is not None else None
        if number is not None and len(found) < 20_000:
            found.append((entry.get_title(), entry.level, number))
    return found


def _write(line: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(line) + "\n")


if __name__ == "__main__":
    main()

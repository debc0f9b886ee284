"""HTML as plain text, for connectors whose source keeps what people wrote as HTML."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from lxml import etree

from copassist.errors import InputError

DEEPEST = 2000
"""How many elements may lie inside each other; nobody writes such a thing, and it costs quadratic time."""
Instead = Callable[[str, Mapping[str, str]], str | None]
"""What stands for an element, given its tag and attributes: "" nothing, None its own content as usual."""

_HIDDEN = set("head iframe math noframes noscript object script style svg template title".split())
_PARAGRAPHS = set("blockquote dl h1 h2 h3 h4 h5 h6 hr ol p pre table ul".split())
_LINES = set(
    "address article aside br caption center dd details div dt fieldset figcaption figure footer form"
    " header legend li main nav option section summary tr".split()
)
_MARKS = {"code": "`", "tt": "`", "del": "~~", "s": "~~", "strike": "~~"}
_UNSEEN = dict.fromkeys((0x00AD, 0x200B, 0xFEFF))  # soft hyphen, zero-width space, byte-order mark


def as_it_is(tag: str, attributes: Mapping[str, str]) -> str | None:
    """Nothing stands for anything."""
    return None


def plain(html: str, instead: Instead = as_it_is) -> str:
    """The text that a reader of `html` sees, "" if there is none.

    Paragraphs are parted by a blank line, list entries start with "- " or a number, lines of a quotation with
    "> ", the cells of a row are joined by " | ", code stands in backticks, a block of it in a fence, what is
    struck through in ~~, a link is "label (address)" unless its label says the address. Scripts, styles and
    hidden elements are left out. Holds no NUL and no lone surrogate.

    Raises InputError if elements are nested deeper than DEEPEST.
    """
    parser = etree.HTMLParser(target=_Text(instead), encoding="utf-8", huge_tree=True)
    text: str = etree.fromstring(html.encode("utf-8", "replace"), parser)
    return text


class _Text:
    """Takes the parser's events (lxml's target interface), so that no tree is built."""

    def __init__(self, instead: Instead) -> None:
        self._instead = instead
        self._out: list[str] = []
        self._open: list[str] = []  # tags of open elements, "" for one whose end does nothing
        self._skip_from: int | None = None  # how many were open around an element that is left out
        self._breaks = 0  # line breaks, a space, a bullet, cells, marks: written before the next text
        self._space = False
        self._bullet = ""
        self._cells = 0
        self._marks = ""
        self._raised = False
        self._in_new_cell = False
        self._lists: list[int | None] = []  # the next number of each open list, None for bullets
        self._rows: list[int] = []  # the cells so far in each open row
        self._quotes = 0
        self._code: list[str] | None = None
        self._link: tuple[str, int, int] | None = None  # address, where its label starts, how deep it lies

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        if len(self._open) >= DEEPEST:
            raise InputError(f"The HTML is nested more than {DEEPEST} deep.", "Give it as plain text.")
        self._open.append("")
        if self._skip_from is not None:
            return
        stands_for_it = self._instead(tag, attributes)
        if stands_for_it is not None or tag in _HIDDEN or _is_hidden(attributes):
            self._skip_from = len(self._open) - 1
            if stands_for_it:
                self._break_around(tag)
                self.text(stands_for_it)
                self._break_around(tag)
        elif self._code is None:
            self._open[-1] = tag
            self._start(tag, attributes)
        elif tag == "br":
            self._code.append("\n")

    def end(self, tag: str) -> None:
        opened = self._open.pop()
        if self._skip_from is not None:
            self._skip_from = None if len(self._open) == self._skip_from else self._skip_from
        elif opened:
            self._end(opened)

    def data(self, text: str) -> None:
        if self._skip_from is not None:
            return
        if self._code is not None:
            self._code.append(text)
        else:
            self.text(text)

    def comment(self, text: str) -> None:
        pass

    def pi(self, target: str, text: str) -> None:
        pass

    def close(self) -> str:
        return "".join(self._out).strip()

    def text(self, text: str) -> None:
        """Write `text` with its white space as a browser shows it."""
        words = text.translate(_UNSEEN).split()
        self._space |= text[:1].isspace()
        if words:
            self._write(" ".join(words))
            self._space = text[-1:].isspace()

    def _start(self, tag: str, attributes: Mapping[str, str]) -> None:
        self._break_around(tag)
        if tag in ("ul", "ol"):
            self._lists.append(_number(attributes.get("start")) if tag == "ol" else None)
        elif tag == "li":
            self._bullet = self._next_bullet()
            self._breaks = min(self._breaks, 1)
        elif tag == "blockquote":
            self._quotes += 1
        elif tag == "tr":
            self._rows.append(0)
        elif tag in ("td", "th"):
            self._start_cell()
        elif tag == "pre":
            self._code = []
        elif tag in _MARKS:
            self._marks += _MARKS[tag]
        elif tag == "sup":
            self._raised = True
        elif tag == "a" and self._link is None:
            self._link = (attributes.get("href", "").strip(), len(self._out), len(self._open) - 1)
        elif tag == "img" and (name := attributes.get("alt") or attributes.get("title")):
            self.text(f"[image: {' '.join(name.split())}]")
        elif tag == "input" and attributes.get("type") == "checkbox":
            self.text("[x] " if "checked" in attributes else "[ ] ")

    def _end(self, tag: str) -> None:
        if tag in ("ul", "ol"):
            self._lists.pop()
        elif tag == "li":
            self._bullet = ""
        elif tag == "blockquote":
            self._quotes -= 1
        elif tag == "tr":
            self._rows.pop()
            self._cells, self._in_new_cell = 0, False
        elif tag == "pre":
            self._end_code()
        elif tag in _MARKS:
            self._end_mark(_MARKS[tag])
        elif tag == "sup":
            self._raised = False
        elif tag == "a" and self._link is not None and self._link[2] == len(self._open):
            self._end_link(self._link[0], self._link[1])
        self._break_around(tag)

    def _break_around(self, tag: str) -> None:
        if not self._bullet and not self._in_new_cell:
            inner_list = tag in ("ul", "ol") and len(self._lists) > 0
            self._breaks = max(
                self._breaks, 2 if tag in _PARAGRAPHS and not inner_list else int(tag in _LINES)
            )

    def _next_bullet(self) -> str:
        number = self._lists[-1] if self._lists else None
        if number is None:
            return "- "
        self._lists[-1] = number + 1
        return f"{number}. "

    def _start_cell(self) -> None:
        if self._rows:
            self._cells += self._rows[-1] > 0
            self._rows[-1] += 1
            self._breaks = 0 if self._rows[-1] > 1 else self._breaks
            self._in_new_cell = True

    def _write(self, text: str) -> None:
        """Put down what waited for the next text, then `text`."""
        if self._breaks and self._out:
            self._out.append("\n" * self._breaks)
        if self._breaks or not self._out:
            self._out.append(self._line_start())
        elif self._space and not self._cells:
            self._out.append(" ")
        if self._raised and text.lstrip("+-\u2212").isdecimal():
            text = f"^{text}"  # 10<sup>6</sup> isn't 106
        self._out += [self._bullet, (" | " * self._cells), self._marks, text]
        self._breaks = self._cells = 0
        self._bullet = self._marks = ""
        self._space = self._raised = self._in_new_cell = False

    def _line_start(self) -> str:
        """What a line of a quotation or list starts with; cut where nothing real is nested that deep."""
        depth = len(self._lists) - bool(self._bullet)
        return "> " * min(self._quotes, 8) + "  " * max(0, min(depth, 8))

    def _end_code(self) -> None:
        lines = "".join(self._code or []).replace("\r\n", "\n").strip("\n").rstrip().split("\n")
        self._code = None
        if lines != [""]:
            longest = max((len(run) for line in lines for run in re.findall("`+", line)), default=0)
            fence = "`" * max(3, longest + 1)
            self._write(fence)
            start = self._line_start()
            self._out += [f"\n{start}{line}" for line in [*lines, fence]]

    def _end_mark(self, mark: str) -> None:
        if self._marks.endswith(mark):
            self._marks = self._marks.removesuffix(mark)
        else:
            self._out.append(mark)

    def _end_link(self, address: str, start: int) -> None:
        self._link = None
        label = "".join(self._out[start:]).strip()
        shown = address.removeprefix("mailto:")
        same = (shown.rstrip("/"), re.sub(r"^https?://", "", shown).rstrip("/"))
        if label and re.match(r"(https?|ftp|mailto):", address) and label.rstrip("/") not in same:
            self._out.append(f" ({' '.join(shown.split())})")


def _is_hidden(attributes: Mapping[str, str]) -> bool:
    style = "".join(attributes.get("style", "").split()).lower()
    return "hidden" in attributes or "display:none" in style or "visibility:hidden" in style


def _number(start: str | None) -> int:
    return int(start) if start is not None and re.fullmatch("[0-9]{1,9}", start) else 1

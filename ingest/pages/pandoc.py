"""What pandoc reads: Word, OpenDocument, e-books, HTML and plain-text markups, as blocks of a page.

Pandoc runs as a process of its own, without files or network (`--sandbox`), with limits on time and memory.
Its document (pandoc.org/using-the-pandoc-api.html) comes back as JSON, whose inner objects become text while it
is parsed, so that neither the words of a long file nor deep nesting of marks cost memory or stack.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cache
from typing import Any

from ingest.pages.outline import Block, Heading, join_code
from ingest.pages.page import HARD, Piece, lines, paragraph, table, unboxed

SECONDS = 60
"""How long pandoc may take for one file: enough for some 5 MB of text."""
_SECONDS_OF_SMALL = 15
"""How long it may take for a small one; a second more for each 20 kB. Some formats have readers that don't end."""
MEMORY = "768m"
DEEPEST = 60
"""How deep lists, quotations and tables may lie in each other."""


def read(content: bytes, language: str, kind: str) -> tuple[dict[str, Any], list[Block]]:
    """What a file says of itself (title, author, date and the like), and its blocks.

    `language` is pandoc's name of the format, `kind` the reader's. Raises ValueError with the reason when the file
    is broken or takes too long to read.
    """
    output = _run(content, language, kind)
    try:
        document = json.loads(output, object_hook=_plain)
    except RecursionError:
        raise ValueError(
            f"its lists or quotations are nested more than {DEEPEST} deep; save it as text"
        ) from None
    front = {key: said for key, value in document["meta"].items() if (said := _stated(value))}
    return front, list(_top(document["blocks"]))


@cache
def _program() -> str:
    import pypandoc

    return str(pypandoc.get_pandoc_path())


def _run(content: bytes, language: str, kind: str) -> bytes:
    command = [_program(), "--sandbox", "--standalone", "--from", language, "--to", "json"]
    command += ["+RTS", f"-M{MEMORY}", "-RTS"]
    seconds = min(SECONDS, _SECONDS_OF_SMALL + len(content) // 20_000)
    try:
        done = subprocess.run(command, input=content, capture_output=True, timeout=seconds)
    except subprocess.TimeoutExpired:
        raise ValueError(
            f"takes longer than {seconds} seconds to read; split it into smaller files"
        ) from None
    if done.returncode == 251:
        raise ValueError(f"takes more than {MEMORY} of memory to read; split it into smaller files")
    if done.returncode:
        raise ValueError(f"broken {kind} file; open it and save it again")
    return done.stdout


# From the inside out: what pandoc calls inlines, as text

_QUOTES = {"SingleQuote": ("‘", "’"), "DoubleQuote": ("“", "”")}
_STRUCK = ("line-through", "strikethrough")


def _plain(node: dict[str, Any]) -> Any:
    """What stands for an object of the JSON whose inner objects went through here: inlines are text."""
    kind = node.get("t")
    content: Any = node.get("c")
    match kind:
        case "Str":
            return content
        case "Space":
            return " "
        case "SoftBreak" | "LineBreak":
            return "\n" if kind == "SoftBreak" else HARD
        case "Emph" | "Strong" | "Underline" | "SmallCaps" | "MetaInlines":
            return "".join(content or ())
        case "Strikeout":
            return _struck("".join(content or ()))
        case "Span" if content:
            return (_struck if set(content[0][1]) & set(_STRUCK) else str)("".join(content[1]))
        case "Superscript" | "Subscript":
            return _raised("".join(content or ()), "^" if kind == "Superscript" else "")
        case "Quoted" if content:
            before, after = _QUOTES[content[0]["t"]]
            return f"{before}{''.join(content[1])}{after}"
        case "Cite" | "Link" if content:
            return "".join(content[1])
        case "Code" if content:
            return f"`{content[1]}`" if content[1].strip() else content[1]
        case "Math" if content:
            return content[1]
        case "Note":
            said = " ".join(
                " ".join(piece.text.split()) for block in _top(content) for piece in _pieces_of(block)
            )
            return f" ({said})" if said else ""
        case "Image" | "RawInline":
            return ""
    return node


def _struck(text: str) -> str:
    bare = text.strip()
    return text.replace(bare, f"~~{bare.replace('~~', '')}~~") if bare else text


def _raised(text: str, mark: str) -> str:
    """10 to the power of 6 isn't 106."""
    return f"{mark}{text}" if text.lstrip("+-−").isdecimal() else text


def _stated(value: Any) -> Any:
    """What a piece of the document's metadata says: text or a list of texts; None when it's neither."""
    if isinstance(value, str):
        return " ".join(value.split())
    match value:
        case {"t": "MetaString", "c": str(text)}:
            return text
        case {"t": "MetaList", "c": list(values)}:
            return [said for one in values if isinstance(said := _stated(one), str)]
        case {"t": "MetaBlocks", "c": list(blocks)}:
            return " ".join(piece.text for block in _top(blocks) for piece in _pieces_of(block))
    return None


# From the outside in: blocks


def _top(blocks: Sequence[Any]) -> Iterator[Block]:
    """The headings and the other blocks, those inside of sections and figures like all others."""
    waiting = list(reversed(blocks))
    while waiting:
        node = waiting.pop()
        kind, content = node["t"], node.get("c")
        if kind == "Header":
            yield Heading(content[0], unboxed(" ".join(lines("".join(content[2]))))[0])
        elif kind in ("Div", "Figure"):
            waiting += reversed(_inside(node))
        elif pieces := list(_block(node, 0)):
            yield pieces


def _pieces_of(block: Block) -> list[Piece]:
    return [Piece(block.text)] if isinstance(block, Heading) else block


_NOISE = ("error", "stderr", "title")
"""What a notebook's cell printed when it failed; the word "Note" over a note."""


def _inside(node: dict[str, Any]) -> list[Any]:
    """The blocks of a section or figure."""
    attributes, *_, blocks = node["c"]
    return [] if set(attributes[1]) & set(_NOISE) else list(blocks)


def _block(node: dict[str, Any], depth: int, level: int = 0) -> Iterator[Piece]:
    """The pieces of one block; `level` is how deep it lies in others."""
    if level > DEEPEST:
        raise ValueError(f"its lists or quotations are nested more than {DEEPEST} deep; save it as text")
    content: Any = node.get("c")
    match node["t"]:
        case "Plain" | "Para":
            yield from paragraph("".join(content), depth)
        case "Header":
            yield from paragraph("".join(content[2]), depth)
        case "LineBlock":
            yield from paragraph(HARD.join("".join(line) for line in content), depth)
        case "CodeBlock":
            yield from _code(content[0][1], content[1], depth)
        case "BulletList":
            yield from (piece for blocks in content for piece in _item(blocks, depth + 1, level))
        case "OrderedList":
            yield from (piece for blocks in content[1] for piece in _item(blocks, depth + 1, level))
        case "DefinitionList":
            yield from _definitions(content, depth, level)
        case "BlockQuote":
            quoted = (piece for inner in content for piece in _block(inner, depth, level + 1))
            yield from (replace(piece, quoted=True) for piece in quoted)
        case "Table":
            yield from _table(content, depth, level)
        case "Div" | "Figure":
            yield from (piece for inner in _inside(node) for piece in _block(inner, depth, level + 1))


def _code(classes: Sequence[str], code: str, depth: int) -> Iterator[Piece]:
    code = code.rstrip().strip("\n")
    if code.strip():
        language = classes[0] if classes and classes[0].isalnum() else ""
        mark = "````" if "```" in code else "```"
        yield Piece(f"{mark}{language}\n{code}\n{mark}", depth=depth, code=True)


def _item(blocks: Sequence[Any], depth: int, level: int) -> Iterator[Piece]:
    """The pieces of a list item; its code joins the paragraph that introduces it."""
    pieces: list[Piece] = []
    join_code(pieces, (piece for block in blocks for piece in _block(block, depth, level + 1)))
    if pieces and pieces[0].depth == depth:
        pieces[0] = replace(pieces[0], opens=True)
    yield from pieces


def _definitions(entries: Sequence[Any], depth: int, level: int) -> Iterator[Piece]:
    """Each entry as an item: the term and a colon before what is said of it."""
    for term, definitions in entries:
        name = " ".join(lines("".join(term))).rstrip(":")
        said = [piece for blocks in definitions for piece in _item(blocks, depth + 1, level)]
        if said and name and not (said[0].code or said[0].rows or said[0].quoted):
            said[0] = replace(said[0], text=f"{name}: {said[0].text}")
        elif name:
            said.insert(0, Piece(name, depth=depth + 1, opens=True))
        yield from said


def _table(content: Sequence[Any], depth: int, level: int) -> Iterator[Piece]:
    """The caption and the rows of a table. One that only arranges a page gives what stands in its cells."""
    _, (_, caption), _, head, bodies, foot = content
    rows = [*head[1], *(row for body in bodies for row in (*body[2], *body[3])), *foot[1]]
    yield from (piece for inner in caption for piece in _block(inner, depth, level + 1))
    if all(len(cells) <= 1 for _, cells in rows):
        for _, cells in rows:
            yield from (p for cell in cells for inner in cell[4] for p in _block(inner, depth, level + 1))
        return
    yield from table(_grid(rows, level), Piece("", depth=depth))


def _grid(rows: Sequence[Any], level: int) -> Iterator[list[str]]:
    """The texts of cells; what spans rows stands in each of them, what spans columns in the first."""
    above: list[tuple[int, str]] = []  # for each column, how many more rows a cell covers, and its text
    for _, cells in rows:
        row: list[tuple[int, str]] = []
        waiting = list(reversed(cells))
        while waiting or any(left for left, _ in above[len(row) :]):
            if above[len(row) :] and above[len(row)][0]:
                row.append(above[len(row)])
            elif not waiting:
                row.append((1, ""))
            else:
                _, _, height, width, blocks = waiting.pop()
                row += [(height, _cell(blocks, level)), *[(height, "")] * (width - 1)]
        above = [(left - 1, text) for left, text in row]
        yield [text for _, text in row]


def _cell(blocks: Sequence[Any], level: int) -> str:
    said: list[str] = []
    for block in blocks:
        if block["t"] in ("Plain", "Para"):
            said.append("".join(block["c"]))
        else:
            said += [piece.text for piece in _block(block, 0, level + 1)]
    return HARD.join(said)

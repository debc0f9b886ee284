"""Markdown and plain text as pages."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Any

import frontmatter
import yaml
from markdown_it import MarkdownIt
from markdown_it.token import Token
from markdown_it.tree import SyntaxTreeNode

from ingest.pages.page import BOX, SHORT, USUAL_SECTION, Page, Piece, table, unboxed


def parse(text: str, prose: bool = False) -> Page:
    """Read Markdown with or without front matter; in `prose` (.txt) an indented line is no code."""
    front, body = split_front_matter(unwrap_hackmd(text))
    parser = MarkdownIt("commonmark", {"maxNesting": 100}).enable(["table", "strikethrough"])
    parser.disable(["code", "entity"] if prose else [])
    root = SyntaxTreeNode(parser.parse(re.sub(r"@_(?=\*\*)", "@", body)))
    title_at = _title_heading(root.children, str(front.get("title") or ""))
    title = _inline(root.children[title_at]) if title_at is not None else ""
    pieces, headings = _walk(root.children, title_at)
    return Page(front, title, tuple(pieces), tuple(headings))


# Around the Markdown


def unwrap_hackmd(text: str) -> str:
    """The Markdown inside a HackMD page that was saved as HTML; any other text as it is."""
    if not text.lstrip()[:200].lower().startswith(("<!doctype html", "<html")):
        return text
    found = re.search(r'<div id="doc"[^>]{0,500}>', text)
    if not found:
        return text
    end = text.find("</div>", found.end())
    return html.unescape(text[found.end() : end if end >= 0 else len(text)]).strip() + "\n"


def split_front_matter(text: str) -> tuple[dict[str, Any], str]:
    """The front matter with lower-case keys, and the text below it; {} when there is none.

    YAML that doesn't parse (`title: Clinic: caching`) is read as lines of "key: value".
    """
    text = text.lstrip("\ufeff \t\n")
    found = re.match(r"---[ \t]*\n(.*?)^(?:---|\.\.\.)[ \t]*$\n?", text, re.DOTALL | re.MULTILINE)
    if not found:
        return {}, text
    body = text[found.end() :]
    try:
        front, _ = frontmatter.parse(f"---\n{found[1]}---\n")
    except (yaml.YAMLError, ValueError, TypeError, RecursionError):
        front = _key_lines(found[1])
    if not front and not _key_lines(found[1]) and found[1].strip():
        return {}, text
    return {str(key).strip().lower(): value for key, value in front.items()}, body


def _key_lines(text: str) -> dict[str, object]:
    pairs = (re.match(r"([A-Za-z][\w -]{0,30}):\s*(.*)", line) for line in text.splitlines())
    return {pair[1]: pair[2].strip(" '\"") for pair in pairs if pair}


# Walking the blocks


def _title_heading(nodes: Sequence[SyntaxTreeNode], stated: str) -> int | None:
    """Where the title heading stands: a first heading above all others that isn't a usual section.

    Below front matter that has `stated` a title, it is one that repeats it or stands alone.
    """
    found = [(i, int(n.tag[1])) for i, n in enumerate(nodes) if n.type == "heading"]
    if not found:
        return None
    first, level = found[0]
    others = [other for _, other in found[1:]]
    text = _inline(nodes[first])
    alone = all(other > level for other in others)
    same = text.lower() == stated.strip().lower()
    if not text or (USUAL_SECTION.match(text) and not same) or (stated and not alone and not same):
        return None
    return first if level == 1 or (first == 0 and alone) else None


def _walk(nodes: Sequence[SyntaxTreeNode], title_at: int | None) -> tuple[list[Piece], list[str]]:
    pieces: list[Piece] = []
    headings: list[str] = []
    path: list[tuple[int, str]] = []
    for i, node in enumerate(nodes):
        if node.type == "heading":
            text, level = unboxed(_inline(node))[0], int(node.tag[1])
            path = [above for above in path if above[0] < level]
            if i != title_at and text:
                path.append((level, text))
                headings.append(text)
            continue
        above = tuple(text for _, text in path)
        for piece in _block(node, 0):
            piece = replace(piece, headings=above, block=i)
            if not (piece.code and _join_code(pieces, piece)):
                pieces.append(piece)
    return pieces, headings


def _join_code(pieces: list[Piece], code: Piece) -> bool:
    """Append code to the paragraph right above that introduces it, where both are short."""
    if not pieces:
        return False
    last = pieces[-1]
    near = last.headings == code.headings and last.depth == code.depth
    near = near and last.block in (code.block, code.block - 1)
    introduces = not (last.code or last.quoted or last.rows) and last.text.endswith((":", "…", "..."))
    if not (near and introduces and len(last.text) + len(code.text) <= 2 * SHORT):
        return False
    pieces[-1] = replace(last, text=f"{last.text}\n{code.text}")
    return True


def _block(node: SyntaxTreeNode, depth: int) -> Iterator[Piece]:
    """The pieces of one block, without headings and block number."""
    if node.type in ("paragraph", "heading"):
        yield from _paragraph(node, depth)
    elif node.type in ("fence", "code_block"):
        yield from _code(node, depth)
    elif node.type == "table":
        yield from table(_rows(node), Piece("", depth=depth))
    elif node.type == "html_block":
        if text := strip_tags(node.content):
            yield Piece(text, depth=depth)
    elif node.type in ("bullet_list", "ordered_list"):
        for child in node.children:
            yield from _item(child, depth + 1)
    else:
        quoted = node.type == "blockquote"
        for child in node.children:
            for piece in _block(child, depth):
                yield replace(piece, quoted=True) if quoted else piece


def _paragraph(node: SyntaxTreeNode, depth: int) -> Iterator[Piece]:
    """One piece, but that lines with a box are the items of a list, with or without its marks."""
    lines = _lines(node)
    boxes = [i for i, line in enumerate(lines) if BOX.match(line)]
    for start, end in pairwise([0, *boxes, len(lines)]):
        text, checked = unboxed(_join_lines(lines[start:end]))
        if text and checked is None:
            yield Piece(text, depth=depth)
        elif text:
            yield Piece(text, depth=max(depth, 1), opens=True, checked=checked)


def _item(node: SyntaxTreeNode, depth: int) -> Iterator[Piece]:
    """The pieces of a list item; its code joins the paragraph that introduces it."""
    pieces: list[Piece] = []
    for child in node.children:
        for piece in _block(child, depth):
            if not (piece.code and _join_code(pieces, piece)):
                pieces.append(piece if pieces or piece.depth > depth else replace(piece, opens=True))
    yield from pieces


def _code(node: SyntaxTreeNode, depth: int) -> Iterator[Piece]:
    code = node.content.rstrip().strip("\n")
    if code.strip():
        mark = node.markup if node.type == "fence" else "```"
        yield Piece(f"{mark}{node.info.strip()}\n{code}\n{mark}", depth=depth, code=True)


def _rows(node: SyntaxTreeNode) -> list[list[str]]:
    rows = [row for row in node.walk() if row.type == "tr"]
    return [[_inline(cell) for cell in row.children] for row in rows]


# Inside a line

_TAG_NAMES = (
    "a|abbr|b|big|blockquote|body|br|button|center|cite|code|col|dd|del|details|div|dl|dt|em|figure|"
    "figcaption|font|footer|form|h[1-6]|head|header|hr|html|i|iframe|img|input|ins|kbd|label|li|link|"
    "main|mark|meta|nav|ol|option|p|picture|pre|q|s|samp|section|small|source|span|strike|strong|sub|"
    "summary|sup|svg|table|tbody|td|tfoot|th|thead|title|tr|tt|u|ul|var|video|wbr"
)
# Only tags of HTML: `Vec<T>` outside of backticks is text that people wrote.
_TAG = re.compile(rf"</?(?:{_TAG_NAMES})(?:[\s/][^<>]{{0,2000}})?/?>", re.IGNORECASE)
_HIDDEN = re.compile(r"<!--.*?(?:-->|\Z)|<(script|style)\b.*?(?:</\1>|\Z)", re.DOTALL | re.IGNORECASE)
_LABEL_LINE = re.compile(r"@?[A-Za-z][^:\n]{0,38}:(?:\s|$)")


def strip_tags(text: str) -> str:
    """`text` without HTML comments, scripts and tags; a line break for each line that isn't empty."""
    apart = re.sub(r"(</(?:summary|p|div|li|t[dhr]|h[1-6])\s*>|<br\b)", r"\n\1", _HIDDEN.sub("", text))
    bare = _TAG.sub("", apart)
    lines = (" ".join(line.split()) for line in html.unescape(bare).splitlines())
    return "\n".join(line for line in lines if line)


def _inline(node: SyntaxTreeNode) -> str:
    return _join_lines(_lines(node))


def _lines(node: SyntaxTreeNode) -> list[str]:
    """The lines of a paragraph, heading or cell that aren't empty."""
    tokens = [t for n in node.walk() if n.type == "inline" and n.token for t in n.token.children or []]
    lines = (re.sub(r"[ \t\xa0]+", " ", line).strip() for line in "".join(_render(tokens)).split("\n"))
    return [line for line in lines if line]


def _render(tokens: Iterable[Token]) -> Iterator[str]:
    for token in tokens:
        if token.type in ("text", "text_special"):
            yield token.content
        elif token.type == "code_inline":
            yield f"`{token.content}`"
        elif token.type in ("softbreak", "hardbreak"):
            yield "\n"
        elif token.type in ("s_open", "s_close"):
            yield "~~"
        elif token.type == "html_inline":
            yield "\n" if re.match(r"<br\b", token.content, re.IGNORECASE) else _without_tags(token.content)


def _without_tags(text: str) -> str:
    return _TAG.sub("", _HIDDEN.sub("", text))


def _join_lines(lines: Iterable[str]) -> str:
    """Wrapped lines as one; a line that begins with a label or name and a colon stays its own."""
    text = ""
    for line in lines:
        text += ("\n" if _LABEL_LINE.match(line) else " ") * bool(text) + line
    return text

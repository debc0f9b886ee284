"""Markdown and plain text as pages."""

from __future__ import annotations

import html
import re
import time
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

import yaml
from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token
from markdown_it.tree import SyntaxTreeNode

from ingest.pages import outline
from ingest.pages.outline import Block, Heading, join_code
from ingest.pages.page import HARD, Page, Piece, lines, paragraph, table, unboxed

SLICE = 100_000
"""How many characters of a long text are parsed at a time, so that memory stays flat."""
SECONDS = 60
"""How long one text may take the processor: some 50 MB of it, or less of what nobody would write."""
MOST_PIECES = 200_000
"""How many paragraphs and list items one text may have."""
_PICTURE = re.compile(r"data:[\w/+.-]{1,60};base64,[A-Za-z0-9+/=]+")
_MOST_BRACKETS = 1000
"""A paragraph with more of them is taken as it is: looking for links in it takes too long."""


def parse(text: str, prose: bool = False) -> Page:
    """Read Markdown with or without front matter; in `prose` (.txt) an indented line is no code.

    Raises ValueError with the reason when it would take too long.
    """
    front, body = split_front_matter(unwrap_hackmd(text))
    parser = MarkdownIt("commonmark", {"maxNesting": 100}).enable(["table", "strikethrough"])
    parser.disable(["code", "entity"] if prose else [])
    parser.core.ruler.at("inline", _parse_lines)
    blocks: list[Block] = []
    pieces, end = 0, time.thread_time() + SECONDS
    body = _PICTURE.sub("picture", re.sub(r"@_(?=\*\*)", "@", body))
    for part in _slices(body):
        found = list(_blocks(SyntaxTreeNode(parser.parse(part))))
        pieces += sum(len(block) for block in found if isinstance(block, list))
        if pieces > MOST_PIECES or time.thread_time() > end:
            raise ValueError("too much to read in one text; split it into smaller files")
        blocks += found
    return outline.page(blocks, front)


def _slices(text: str) -> Iterator[str]:
    """The text in parts, cut before a paragraph that isn't indented or fenced; anywhere if there is none for long."""
    start = at = 0
    fence, blank = "", False
    for line in _lines(text) if len(text) > SLICE else ():
        paragraph_starts = blank and not fence and not line[0].isspace()
        if at - start > SLICE and (paragraph_starts or at - start > 2 * SLICE):
            yield text[start:at]
            start = at
        mark = re.match(r" {0,3}(```|~~~)", line)
        if mark and (not fence or fence == mark[1]):
            fence = "" if fence else mark[1]
        blank = line.isspace()
        at += len(line)
    yield text[start:]


def _lines(text: str) -> Iterator[str]:
    """The lines with their ends; a very long one in parts."""
    for line in text.splitlines(keepends=True):
        yield from (line[i : i + SLICE] for i in range(0, len(line), SLICE))


def _parse_lines(state: StateCore) -> None:
    """Parse what stands in paragraphs, headings and cells; one that is full of brackets stays as it is."""
    for token in state.tokens:
        if token.type == "inline" and token.content.count("[") > _MOST_BRACKETS:
            token.children = [Token("text", "", 0, content=token.content)]
        elif token.type == "inline":
            token.children = []
            state.md.inline.parse(token.content, state.md, state.env, token.children)


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


class _Plain(yaml.SafeLoader):
    """YAML without references to other places in it: a few lines with them can stand for gigabytes."""

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        if self.check_event(yaml.AliasEvent):
            raise yaml.YAMLError("an alias")
        return super().compose_node(parent, index)


_LONGEST_FRONT = 64_000


def split_front_matter(text: str) -> tuple[dict[str, Any], str]:
    """The front matter with lower-case keys, and the text below it; {} when there is none.

    YAML that doesn't parse (`title: Clinic: caching`) is read as lines of "key: value".
    """
    text = text.lstrip("\ufeff \t\n")
    found = re.match(r"---[ \t]*\n(.*?)^(?:---|\.\.\.)[ \t]*$\n?", text, re.DOTALL | re.MULTILINE)
    if not found or len(found[1]) > _LONGEST_FRONT:
        return {}, text
    body = text[found.end() :]
    try:
        front = yaml.load(found[1], _Plain)
    except (yaml.YAMLError, ValueError, TypeError, RecursionError):
        front = _key_lines(found[1])
    if not isinstance(front, dict) or not (front or _key_lines(found[1])):
        return {}, body if not found[1].strip() else text
    return {str(key).strip().lower(): value for key, value in front.items()}, body


def _key_lines(text: str) -> dict[str, object]:
    pairs = (re.match(r"([A-Za-z][\w -]{0,30}):\s*(.*)", line) for line in text.splitlines())
    return {pair[1]: pair[2].strip(" '\"") for pair in pairs if pair}


# Walking the blocks


def _blocks(root: SyntaxTreeNode) -> Iterator[Block]:
    for node in root.children:
        if node.type == "heading":
            yield Heading(int(node.tag[1]), unboxed(" ".join(lines(_inline(node))))[0])
        else:
            yield list(_block(node, 0))


def _block(node: SyntaxTreeNode, depth: int) -> Iterator[Piece]:
    """The pieces of one block, without headings and block number."""
    if node.type in ("paragraph", "heading"):
        yield from paragraph(_inline(node), depth)
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


def _item(node: SyntaxTreeNode, depth: int) -> Iterator[Piece]:
    """The pieces of a list item; its code joins the paragraph that introduces it."""
    pieces: list[Piece] = []
    join_code(pieces, (piece for child in node.children for piece in _block(child, depth)))
    if pieces and pieces[0].depth == depth:
        pieces[0] = replace(pieces[0], opens=True)
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
_STRUCK = re.compile(r"</?(?:s|del|strike)\s*>", re.IGNORECASE)


def strip_tags(text: str) -> str:
    """`text` without HTML comments, scripts and tags; a line break for each line that isn't empty."""
    apart = re.sub(r"(</(?:summary|p|div|li|t[dhr]|h[1-6])\s*>|<br\b)", r"\n\1", _HIDDEN.sub("", text))
    bare = _TAG.sub("", _STRUCK.sub("~~", apart))
    said = (" ".join(line.split()) for line in html.unescape(bare).splitlines())
    return "\n".join(line for line in said if line)


def _inline(node: SyntaxTreeNode) -> str:
    """What a paragraph, heading or cell says; HARD stands for a line break made on purpose."""
    tokens = (t for n in node.walk() if n.type == "inline" and n.token for t in n.token.children or [])
    return "".join(_render(tokens))


def _render(tokens: Iterable[Token]) -> Iterator[str]:
    for token in tokens:
        if token.type in ("text", "text_special"):
            yield token.content
        elif token.type == "code_inline":
            yield f"`{token.content}`"
        elif token.type in ("softbreak", "hardbreak"):
            yield "\n" if token.type == "softbreak" else HARD
        elif token.type in ("s_open", "s_close"):
            yield "~~"
        elif token.type == "html_inline":
            yield HARD if re.match(r"<br\b", token.content, re.IGNORECASE) else _without_tags(token.content)


def _without_tags(text: str) -> str:
    return _TAG.sub("", _STRUCK.sub("~~", _HIDDEN.sub("", text)))

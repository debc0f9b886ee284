"""What people write in Slack as plain text: its mrkdwn, the rich text of its blocks, and what a thread is called.

The formats: docs.slack.dev/messaging/formatting-message-text and docs.slack.dev/reference/block-kit/blocks.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ingest.asking import CODE
from ingest.json_values import Json, objects, string
from ingest.slack.workspace import Workspace

_TOKEN = re.compile(r"<([@#!]?)([^<>|\n]*)(?:\|([^<>\n]*))?>")
# What people stress stands between spaces or brackets; *.csv, 2*3 and snake_case don't.
_SPAN = rf"({CODE}|<[^<>\n]*>)"
_BOLD = re.compile(rf"{_SPAN}|(?<![^\s(\[{{\"'_~])\*(?=\S)([^*\n]+)(?<=\S)\*(?![\w*])", re.DOTALL)
_ITALIC = re.compile(rf"{_SPAN}|(?<![^\s(\[{{\"'~])_(?=\S)([^_\n]+)(?<=\S)_(?!\w)", re.DOTALL)
_EMOJI = re.compile(r":[\w+'-]{1,100}:")
_WORD = re.compile(r"\w\S*")
_MARKS = "•◦▪"


def plain_text(text: str, found: Workspace) -> str:
    """`text` in Slack's mrkdwn as it reads on screen; code and :emoji: stay as they are."""
    for mark in (_BOLD, _ITALIC):
        text = mark.sub(lambda m: m[1] or m[2], text)
    text = _TOKEN.sub(lambda m: _token(m, found), text)
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&").strip()


def _token(match: re.Match[str], found: Workspace) -> str:
    sign, target, label = match[1], match[2], match[3] or ""
    if sign == "@":
        return f"@{found.shown.get(target) or label or target}"
    if sign == "#":
        return f"#{label or found.named.get(target) or target}"
    if sign == "!":
        return _command(target, label)
    if not re.match(r"[a-z][a-z0-9+.-]*:", target):
        return match[0]
    address = re.sub(r"^(mailto|tel):", "", target)
    is_same = label.rstrip("/") in ("", address.rstrip("/"), re.sub(r"^\w+://", "", address).rstrip("/"))
    return address if is_same else f"{label} ({address})"


def _command(target: str, label: str) -> str:
    """How <!here>, <!subteam^S1|@desk> or <!date^1^{date}|12 May> reads."""
    if target.startswith("date^"):
        return label
    name = label or ("group" if target.startswith("subteam^") else target)
    return name if name.startswith("@") else f"@{name}"


# Blocks


def blocks_text(blocks: object, found: Workspace) -> str:
    """The text of blocks, as Slack itself writes it into the text of a message that has them."""
    return "\n".join(line for block in objects(blocks) for line in _block(block, found)).strip()


def tables_text(blocks: object, found: Workspace) -> str:
    """The tables in blocks, which the text of a message doesn't repeat: a line for each row, cells by " | "."""
    rows = []
    for block in objects(blocks):
        listed = block.get("rows") if block.get("type") == "table" else None
        for row in listed if isinstance(listed, list) else []:
            rows.append(" | ".join(_cell(cell, found) for cell in objects(row)))
    return "\n".join(row for row in rows if row.strip(" |"))


def _cell(cell: Json, found: Workspace) -> str:
    text = string(cell, "text") or blocks_text([cell], found)
    return " ".join(text.split())


def _block(block: Json, found: Workspace) -> Iterator[str]:
    kind = string(block, "type")
    if kind == "rich_text":
        for part in objects(block.get("elements")):
            yield from _rich(part, found)
    elif kind in ("section", "header", "markdown"):
        inner = block.get("text")
        said = string(inner, "text") if isinstance(inner, dict) else string(block, "text")
        yield plain_text(said, found)
    elif kind == "context":
        yield " ".join(plain_text(string(e, "text"), found) for e in objects(block.get("elements")))


def _rich(part: Json, found: Workspace) -> Iterator[str]:
    """The lines of a section, list, quote or piece of code in rich text."""
    kind, inner = string(part, "type"), objects(part.get("elements"))
    if kind == "rich_text_list":
        yield from _list(part, inner, found)
        return
    text = "".join(_inline(element, found) for element in inner)
    if kind == "rich_text_preformatted":
        yield f"```{text}```"
    elif kind == "rich_text_quote":
        yield from (f"> {line}" for line in text.strip("\n").split("\n"))
    elif kind == "rich_text_section":
        yield text.strip("\n")


def _list(part: Json, entries: list[Json], found: Workspace) -> Iterator[str]:
    indent, offset = part.get("indent"), part.get("offset")
    depth = min(indent, 8) if isinstance(indent, int) and indent > 0 else 0
    first = offset + 1 if isinstance(offset, int) and 0 <= offset < 10_000 else 1
    for number, entry in enumerate(entries, start=first):
        mark = f"{number}." if part.get("style") == "ordered" else _MARKS[min(depth, len(_MARKS) - 1)]
        text = "".join(_inline(element, found) for element in objects(entry.get("elements")))
        yield f"{'    ' * depth}{mark} {text}"


def _inline(element: Json, found: Workspace) -> str:
    kind, text = string(element, "type"), string(element, "text")
    user, channel = string(element, "user_id"), string(element, "channel_id")
    style = element.get("style")
    if kind == "text" and isinstance(style, dict) and style.get("code"):
        return f"`{text}`"
    tokens = {
        "user": f"@{found.shown.get(user) or user}",
        "channel": f"#{found.named.get(channel) or channel}",
        "link": plain_text(f"<{string(element, 'url')}|{text}>", found),
        "emoji": f":{string(element, 'name')}:",
        "broadcast": f"@{string(element, 'range')}",
        "usergroup": "@group",
        "date": string(element, "fallback"),
        "color": string(element, "value"),
    }
    return tokens.get(kind, text)


# Quotes and words


def own_words(text: str) -> str:
    """A plain text without the lines that quote somebody ("> so"), and without all that follows ">>>"."""
    own, in_code = [], False
    for line in text.split("\n"):
        if not in_code and line.startswith(">>>"):
            break
        if in_code or not line.startswith(">"):
            own.append(line)
            in_code ^= line.count("```") % 2 == 1
    return re.sub(r"\n{3,}", "\n\n", "\n".join(own)).strip()


def has_words(text: str) -> bool:
    """Whether a text says anything beside emoji and punctuation."""
    return _WORD.search(_EMOJI.sub(" ", text)) is not None

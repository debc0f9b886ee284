"""What people write in Slack as plain text: its mrkdwn, and the rich text of its blocks."""

from __future__ import annotations

import re

from ingest.asking import CODE
from ingest.json_values import Json, objects, string
from ingest.slack_workspace import Workspace

_TOKEN = re.compile(r"<([@#!]?)([^<>|\n]*)(?:\|([^<>\n]*))?>")
# What people stress stands between spaces or brackets; *.csv, 2*3 and snake_case don't.
_SPAN = rf"({CODE}|<[^<>\n]*>)"
_BOLD = re.compile(rf"{_SPAN}|(?<![^\s(\[{{\"'_~])\*(?=\S)([^*\n]+)(?<=\S)\*(?![\w*])", re.DOTALL)
_ITALIC = re.compile(rf"{_SPAN}|(?<![^\s(\[{{\"'~])_(?=\S)([^_\n]+)(?<=\S)_(?!\w)", re.DOTALL)


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
        names = (c.name for c in found.channels.values() if c.id == target)
        return f"#{label or next(names, target)}"
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


def blocks_text(blocks: object, found: Workspace) -> str:
    """The text of rich_text blocks, each section, list entry or block of code on lines of its own."""
    lines = []
    for block in objects(blocks):
        kind, inner = string(block, "type"), objects(block.get("elements"))
        if kind in ("rich_text_section", "rich_text_preformatted", "rich_text_quote"):
            line = "".join(_inline(element, found) for element in inner)
            lines.append(f"```{line}```" if kind == "rich_text_preformatted" else line)
        elif kind in ("rich_text", "rich_text_list"):
            lines.append(blocks_text(inner, found))
    return "\n".join(lines)


def _inline(element: Json, found: Workspace) -> str:
    kind, text = string(element, "type"), string(element, "text")
    user, channel = string(element, "user_id"), string(element, "channel_id")
    tokens = {
        "text": text,
        "user": plain_text(f"<@{user}>", found),
        "channel": plain_text(f"<#{channel}>", found),
        "link": plain_text(f"<{string(element, 'url')}|{text}>", found),
        "emoji": f":{string(element, 'name')}:",
        "broadcast": f"@{string(element, 'range')}",
        "usergroup": "@group",
        "date": string(element, "fallback"),
    }
    return tokens.get(kind, text)


def title_of(text: str, longest: int = 80) -> str:
    """The first sentence that says more than "Hi all!", cut at a word to `longest` characters."""
    sentences = [s for s in re.split(r"\n+|(?<=[.!?])\s+(?=[^\sa-z])", text.strip()) if s.strip(" `")]
    title = " ".join(next((s for s in sentences if len(s.split()) > 2), next(iter(sentences), text)).split())
    return title if len(title) <= longest else title[: longest - 1].rsplit(" ", 1)[0] + "…"

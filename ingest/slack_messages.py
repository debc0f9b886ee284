"""The messages of a Slack export: which of them people wrote, and what they say."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from ingest.json_values import Json, object_in, objects, string
from ingest.slack_text import blocks_text, plain_text
from ingest.slack_workspace import Workspace

TS = re.compile(r"([0-9]{1,11})(?:\.([0-9]{1,12}))?")


@dataclass(frozen=True, slots=True)
class Message:
    """`root` is the `ts` of the thread that it belongs to, "" when it says of none."""

    ts: str
    time: datetime
    user: str
    text: str
    root: str = ""


def unread_kind(raw: Json, found: Workspace) -> str:
    """What kind of message this is if it's nothing that a person said, else ""."""
    kind = string(raw, "subtype").removeprefix("channel_").removeprefix("group_")
    named = {
        "join": "join message",
        "leave": "leave message",
        "topic": "topic change",
        "purpose": "purpose change",
        "name": "name change",
        "tombstone": "deleted message",
        "message_deleted": "deleted message",
        "message_changed": "earlier version of a message",
        "reply_broadcast": "copy of a reply",
    }
    if (
        kind in ("bot_message", "bot_add", "bot_remove")
        or raw.get("bot_id")
        or string(raw, "user") in found.bots
    ):
        return named.get(kind, "bot message")
    if kind in ("", "me_message", "thread_broadcast", "file_share", "file_comment"):
        return ""
    return named.get(kind, kind.replace("_", " "))


def message_of(raw: Json, found: Workspace) -> Message:
    """The message with its text made plain; exports before 2018 keep what was said of a `file` inside it."""
    file = object_in(raw, "file")
    comment = object_in(raw, "comment") or object_in(file, "initial_comment")
    files = [file] if file else [f for f in objects(raw.get("files")) if f.get("mode") != "tombstone"]
    names = [string(f, "name") or string(f, "title") for f in files]
    said = string(comment, "comment") if file else string(raw, "text")
    text = plain_text(said, found) or blocks_text(raw.get("blocks"), found).strip()
    ts, root = string(raw, "ts"), string(raw, "thread_ts")
    return Message(
        ts,
        time=time_of(ts),
        user=string(raw, "user") or string(comment, "user"),
        text="\n".join(filter(None, [text, *(f"[file: {name}]" for name in names if name)])),
        root=root if TS.fullmatch(root) else "",
    )


def time_of(ts: str) -> datetime:
    seconds, _, fraction = ts.partition(".")
    return datetime.fromtimestamp(int(seconds), UTC) + timedelta(microseconds=int(fraction[:6].ljust(6, "0")))

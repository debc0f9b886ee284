"""The messages of a Slack export: which of them people wrote, and what they say.

The kinds: docs.slack.dev/reference/events/message#subtypes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from ingest.json_values import Json, object_in, objects, string
from ingest.slack.text import blocks_text, own_words, plain_text, tables_text
from ingest.slack.workspace import Workspace

_TS = re.compile(r"([0-9]{1,10})(?:\.([0-9]{1,12}))?")
_FILE_ID = re.compile(r"\bF[A-Z0-9]{8,12}\b")
_LATEST = 4102444800
"""The year 2100: a message of later days says nothing true about its time."""
_LONGEST_SNIPPET = 1000
"""So many characters of a snippet are kept, in code marks: what somebody pastes needn't be their own words."""
_WRITTEN = ("", "me_message", "thread_broadcast", "file_share", "file_comment")
"""The kinds of messages that people write."""
_KINDS = {
    "join": "join message",
    "leave": "leave message",
    "topic": "topic change",
    "purpose": "purpose change",
    "name": "name change",
    "tombstone": "deleted message",
    "message_deleted": "deleted message",
    "reply_broadcast": "copy of a reply",
    "ekm_access_denied": "message whose key was withdrawn",
}


@dataclass(frozen=True, slots=True)
class Message:
    """What somebody wrote. `ts` is its id in the channel and its time.

    `root` is the `ts` of the thread that it belongs to, "" when it says of none, `starter` who began that.
    `edited` is when its text became what it is, 0 if it never changed. `quotes` tells that it holds nothing but
    what it quotes.
    """

    ts: str
    user: str
    text: str
    root: str = ""
    starter: str = ""
    edited: float = 0.0
    quotes: bool = False


def is_ts(ts: str) -> bool:
    """Whether this is a time of Slack ("1731412345.000100") that a message can have."""
    return _TS.fullmatch(ts) is not None and float(ts) < _LATEST


def time_of(ts: str) -> datetime:
    """When something with this `ts` was written."""
    seconds, _, fraction = ts.partition(".")
    return datetime.fromtimestamp(int(seconds), UTC) + timedelta(microseconds=int(fraction[:6].ljust(6, "0")))


def unread_kind(raw: Json, found: Workspace) -> str:
    """What kind of message this is if it's nothing that a person wrote, else ""."""
    subtype = string(raw, "subtype")
    kind = subtype.removeprefix("channel_").removeprefix("group_")
    if (
        subtype in ("bot_message", "bot_add", "bot_remove")
        or raw.get("bot_id")
        or string(raw, "user") in found.bots
    ):
        return _KINDS.get(kind, "bot message")
    return "" if subtype in _WRITTEN else _KINDS.get(kind, kind.replace("_", " "))


def message_of(raw: Json, found: Workspace) -> Message:
    """The message with its text made plain, "" if it says nothing of its own.

    Before 2018 exports kept what was said of a `file` inside it. What is attached to a message (a page that it
    links to, a message that it passes on) is what others wrote, and no part of it.
    """
    file = object_in(raw, "file")
    comment = object_in(raw, "comment") or object_in(file, "initial_comment")
    user = string(raw, "user") or string(comment, "user")
    said = string(raw, "text")
    if file:
        said = string(comment, "comment") if string(comment, "user") in ("", user) else ""
    ids = {string(attached, "id") for attached in objects(raw.get("files"))}
    said = _FILE_ID.sub(lambda m: "" if m[0] in ids else m[0], said)  # stands where a canvas is shown
    blocks = raw.get("blocks")
    text = plain_text(said, found) or blocks_text(blocks, found)
    own = own_words(text)
    parts = [own, tables_text(blocks, found), *_files(raw, user)]
    ts, root = string(raw, "ts"), string(raw, "thread_ts")
    edited = string(object_in(raw, "edited"), "ts")
    return Message(
        ts,
        user,
        "\n".join(filter(None, parts)) or text,
        root=root if is_ts(root) else "",
        starter=string(raw, "parent_user_id"),
        edited=float(edited) if is_ts(edited) else 0.0,
        quotes=bool(text) and not any(parts),
    )


def _files(raw: Json, user: str) -> Iterator[str]:
    """The name of each file, with what somebody recorded in it, or the beginning of a snippet of their own."""
    file = object_in(raw, "file")
    for attached in [file] if file else objects(raw.get("files")):
        name, title = string(attached, "name"), string(attached, "title")
        name = title if attached.get("mode") == "quip" else name or title  # a canvas has no other name
        if attached.get("mode") == "tombstone" or not name:
            continue
        yield f"[file: {' '.join(name.split())}]"
        if string(attached, "user") not in ("", user):
            continue
        transcript = object_in(object_in(attached, "transcription"), "preview")
        if attached.get("subtype") in ("slack_audio", "slack_video"):
            yield string(transcript, "content").strip() + (" …" if transcript.get("has_more") else "")
        preview = string(attached, "preview").replace("\r\n", "\n").strip("\n")
        if attached.get("mode") == "snippet" and preview.strip() and "```" not in preview:
            is_cut = attached.get("lines_more") or attached.get("preview_is_truncated")
            more = "\n…" if is_cut or len(preview) > _LONGEST_SNIPPET else ""
            yield f"```\n{preview[:_LONGEST_SNIPPET]}{more}\n```"

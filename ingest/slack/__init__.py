"""Slack workspace exports, a folder or a .zip, as threads whose messages keep their author and time.

The layout (slack.com/help/articles/220556107): `users.json` (`org_users.json` on Enterprise Grid),
`channels.json`, `groups.json` for private channels, `dms.json` and `mpims.json` for direct messages,
and for each conversation a folder with one `YYYY-MM-DD.json` a day. In the export of an organisation with many
workspaces the same again lies in `teams/WORKSPACE`.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path, PurePosixPath

from copassist.errors import InputError
from copassist.records import Read, Record, Rejected, Segment, Skipped
from ingest.archive import Archive
from ingest.asking import is_question, role_in_thread
from ingest.json_values import Json, object_in, objects, string
from ingest.slack.messages import Message, is_ts, message_of, time_of, unread_kind
from ingest.slack.text import has_words
from ingest.slack.workspace import (
    LISTS,
    Channel,
    Workspace,
    entries,
    is_day,
    is_place,
    opened,
    read_workspace,
    team_of,
)
from ingest.spool import Spool
from ingest.titles import makeshift_title, title_of

GAP = 2 * 60 * 60
"""A silence of so many seconds ends a conversation that isn't a thread."""
LONGEST_TALK = 500
"""Where nobody pauses, a conversation ends after so many messages."""
_LOG = "integration_logs.json"
_FOLDERS_LOOKED_AT, _FILES_LOOKED_AT = 1000, 50


def is_export(path: Path) -> bool:
    """Whether `path` looks like a Slack export; False for a broken zip, which only `read` explains."""
    try:
        if path.is_dir():
            return any((path / name).is_file() for name in LISTS) and _has_days(path)
        if path.suffix.lower() != ".zip":
            return False
        with opened(path) as export:
            names = export.names
    except (InputError, OSError):
        return False
    return any(name in LISTS for name in names) and any(name == _LOG or is_day(name) for name in names)


def _has_days(folder: Path) -> bool:
    """Whether one of the first folders in it holds a day's messages, or there is Slack's own log."""
    if (folder / _LOG).is_file():
        return True
    with os.scandir(folder) as inside:
        folders = [e.path for e in islice(inside, _FOLDERS_LOOKED_AT) if e.is_dir(follow_symlinks=False)]
    return any(_has_day(channel) for channel in folders)


def _has_day(channel: str) -> bool:
    try:
        with os.scandir(channel) as files:
            return any(is_day(f"channel/{file.name}") for file in islice(files, _FILES_LOOKED_AT))
    except OSError:
        return False


def origin(path: Path) -> str:
    """The id of the workspace ("T0123"), else a name made from the file's, the same for later exports.

    Raises InputError and OSError as `read` does.
    """
    with opened(path) as export:
        return team_of(export)


def taken(path: Path) -> list[Path]:
    """What of `path` the export takes up: all of it."""
    return [path]


def permalink(base: str, channel_id: str, ts: str) -> str:
    """The address of a message in the workspace at `base` ("https://acme.slack.com")."""
    return f"{base.rstrip('/')}/{_link(channel_id, ts)}"


def read(path: Path) -> Iterator[Read]:
    """Yield a Record for each thread, and for each stretch of channel talk without a pause of 2 hours.

    The locator is the channel's id and the `ts` of the root or of the first message, so that it outlives
    another name of the channel. A reply whose root isn't in the export belongs to a record at the root's `ts`.
    `link` is relative to the workspace's address. Private channels carry their Group; direct messages are
    never read. However large the export, one thread or conversation is held in memory at a time.

    Raises InputError if the export can't be read as a whole, OSError if `path` cannot be opened.
    """
    with opened(path) as export:
        found, problems = read_workspace(export)
        yield from export.left_out
        yield from problems
        channels: dict[str, Channel] = {}
        places: dict[str, list[str]] = {}
        for name in export.names:
            folder, _, file = name.rpartition("/")
            if channel := found.channel(folder):
                folder = channel.below + channel.name
                channels[folder] = channel
            if file not in LISTS or channel or not is_place(folder):
                places.setdefault(folder, []).append(name)
        for folder, names in places.items():
            if folder in channels:
                yield from _read_channel(export, found, channels[folder], names)
            else:
                yield from _not_read(found, folder, names)


def _not_read(found: Workspace, folder: str, names: list[str]) -> Iterator[Read]:
    """What a folder outside the lists holds; never read, as nobody knows for whom it was written."""
    last = folder.rpartition("/")[2]
    if last in found.direct or re.fullmatch(r"mpdm-.*|D[A-Z0-9]{6,}", last):
        yield from (Skipped(name, "direct messages") for name in names)
    elif last.startswith("FC:"):
        yield from (Skipped(name, "comments on a canvas") for name in names)
    elif found.is_doubtful(folder):
        yield Rejected(folder, "is the name of two channels in the lists: nobody knows who may read it")
    elif any(is_day(name) for name in names):
        yield Rejected(folder, "is in neither channels.json nor groups.json: nobody knows who may read it")
    else:
        yield from (Skipped(name, _kind_of_file(name)) for name in names)


def _kind_of_file(name: str) -> str:
    path = PurePosixPath(name)
    return path.suffix.lower() if path.suffix not in ("", ".json") else path.name


# A channel


@dataclass(frozen=True, slots=True)
class _Said:
    """What a channel holds: its messages by the `ts` of their thread, or by their own.

    `listed` are replies that only their root tells of, by `ts`, `deleted` the `ts` of messages that are gone.
    """

    spool: Spool
    listed: dict[str, str] = field(default_factory=dict)
    deleted: set[str] = field(default_factory=set)


def _read_channel(export: Archive, found: Workspace, channel: Channel, names: list[str]) -> Iterator[Read]:
    with Spool() as spool:
        said = _Said(spool)
        for name in names:
            if is_day(name):
                yield from _put_down(export, found, name, said)
            else:
                yield Skipped(name, _kind_of_file(name))
        for root, messages in _threads(said):
            if any(has_words(message.text) for message in messages):
                yield _record(found, channel, root, messages)
            else:
                yield Skipped(f"{channel.below}{channel.name}", "emoji without words")


def _put_down(export: Archive, found: Workspace, name: str, said: _Said) -> Iterator[Rejected | Skipped]:
    """Add the messages of one day to what was said; yield those that aren't taken."""
    try:
        for number, entry in enumerate(entries(export, name), start=1):
            if not isinstance(entry, dict):
                yield Rejected(name, "is no object", f"message {number}")
                continue
            # An export with a log of edits holds the text that a message was changed to in an entry of its own.
            raw = object_in(entry, "message") if entry.get("subtype") == "message_changed" else entry
            ts = string(raw, "ts")
            if not is_ts(ts):
                yield Rejected(name, "has no ts that says when it was written", f"message {number}")
                continue
            if not raw.get("thread_ts"):
                said.listed.update((string(reply, "ts"), ts) for reply in objects(raw.get("replies")))
            if kind := unread_kind(raw, found):
                if kind == "deleted message":
                    said.deleted.add(string(raw, "deleted_ts") or ts)
                yield Skipped(name, kind)
            elif not (message := _message(raw, found, said)).text:
                yield Skipped(name, "shared message" if raw.get("attachments") else "empty message")
            else:
                said.spool.put(message.root or ts, float(ts), message)
    except InputError as error:
        yield Rejected(name, error.message)


def _message(raw: Json, found: Workspace, said: _Said) -> Message:
    message = message_of(raw, found)
    found.meet(message.user, object_in(raw, "user_profile"))
    if not message.root and message.ts in said.listed:
        return replace(message, root=said.listed[message.ts])
    return message


# Threads


def _threads(said: _Said) -> Iterator[tuple[str, list[Message]]]:
    """Each thread and each conversation with its `ts`, messages oldest first."""
    talk: list[Message] = []
    for ts, copies in said.spool.groups():
        messages = _latest(copies, said.deleted)
        if len(messages) > 1 or any(message.root for message in messages):
            yield ts, messages
        elif messages:
            if talk and (float(ts) - float(talk[-1].ts) >= GAP or len(talk) >= LONGEST_TALK):
                yield talk[0].ts, talk
                talk = []
            talk += messages
    if talk:
        yield talk[0].ts, talk


def _latest(copies: list[Message], deleted: set[str]) -> list[Message]:
    """Each message once, as it was edited last, without those that are gone."""
    latest: dict[tuple[str, str], Message] = {}
    for copy in copies:
        one = copy.ts, copy.user
        if copy.ts not in deleted and (one not in latest or copy.edited >= latest[one].edited):
            latest[one] = copy
    return list(latest.values())


def _record(found: Workspace, channel: Channel, ts: str, messages: list[Message]) -> Record:
    first = messages[0]
    has_root = first.ts == ts
    starter = first.user if has_root else next((m.starter for m in messages if m.starter), "")
    question = first if has_root and not first.quotes and is_question(first.text) else None
    return Record(
        locator=f"{channel.place}/{ts}",
        kind="thread",
        title=_title(messages),
        segments=tuple(_segment(found, message, starter, question) for message in messages),
        date=time_of(ts).date(),
        channel=f"#{channel.name}",
        link=_link(channel.id, ts) if channel.id else "",
        group=found.group(channel),
    )


def _title(messages: list[Message]) -> str:
    """What whoever wrote first says first; a bare link or picture is called by what they say of it next."""
    first = messages[0]
    said = (title_of(m.text) for m in messages[:5] if m.user == first.user)
    return next(filter(None, said), makeshift_title(first.text))


def _segment(found: Workspace, message: Message, starter: str, question: Message | None) -> Segment:
    """`starter` wrote the root, `question` is that if it asks something.

    In talk without threads nobody is known to reply, unless it begins with a question.
    """
    in_talk = question is None and message.root in ("", message.ts)
    by_starter = in_talk or message.user == starter
    role, part = role_in_thread(message.text, message is question, by_starter, question is not None)
    speaker = found.identity(message.user) if message.user else None
    if message.quotes:
        speaker, part = None, ""  # nobody knows whose words these are
    time = time_of(message.ts)
    place = "" if message.root in ("", message.ts) else "reply"
    return Segment(
        message.text, speaker, role if speaker else None, time, part=part, location=place, key=message.ts
    )


def _link(channel_id: str, ts: str) -> str:
    return f"archives/{channel_id}/p{ts.replace('.', '')}"

"""Slack workspace exports, a folder or a .zip, as threads whose messages keep their author and time.

The layout (slack.com/help/articles/220556107): `users.json` (`org_users.json` on Enterprise Grid),
`channels.json`, `groups.json` for private channels, `dms.json` and `mpims.json` for direct messages,
and for each conversation a folder with one `YYYY-MM-DD.json` a day.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path, PurePosixPath

from copassist.errors import InputError
from copassist.records import Group, Part, Read, Record, Rejected, Role, Segment, Skipped
from ingest.archive import Archive, opened
from ingest.asking import is_question as is_question
from ingest.json_values import objects, string
from ingest.slack_messages import TS, Message, message_of, time_of, unread_kind
from ingest.slack_text import title_of
from ingest.slack_workspace import (
    HOW_TO_EXPORT,
    LISTS,
    OTHER_LISTS,
    Channel,
    Workspace,
    content,
    entries,
    is_day,
    read_workspace,
    team_of,
    users_file,
)

GAP = timedelta(hours=2)
"""A silence this long ends a conversation that isn't a thread."""


@dataclass(slots=True)
class _Talk:
    """What one channel holds: messages by `ts`, and the root of each reply that a root lists."""

    messages: dict[str, Message] = field(default_factory=dict)
    roots: dict[str, str] = field(default_factory=dict)


def is_export(path: Path) -> bool:
    """Whether `path` looks like a Slack export; False for a broken zip, which only `read` explains."""
    try:
        with opened(path, LISTS, HOW_TO_EXPORT) as export:
            names = export.names
    except (InputError, OSError):
        return False
    has_days = any(is_day(name) for name in names)
    return sum(name in names for name in LISTS + OTHER_LISTS) + has_days >= 2


def origin(path: Path) -> str:
    """The id of the workspace ("T0123"), else a name made from the file's, the same for later exports.

    Raises InputError and OSError as `read` does.
    """
    with opened(path, LISTS, HOW_TO_EXPORT) as export:
        return team_of(export, entries(export, users_file(export)))


def taken(path: Path) -> list[Path]:
    """What of `path` the export takes up: all of it."""
    return [path]


def permalink(base: str, channel_id: str, ts: str) -> str:
    """The address of a message in the workspace at `base` ("https://acme.slack.com")."""
    return f"{base.rstrip('/')}/{_link(channel_id, ts)}"


def read(path: Path) -> Iterator[Read]:
    """Yield a Record for each thread, and for each stretch of channel talk without a pause of 2 hours.

    The locator is the channel's name and the `ts` of the root or of the first message; after a channel
    is renamed, its threads have other locators. A reply whose root isn't in the export starts a record at
    the root's `ts`. `link` is relative to the workspace's address. Private channels carry their Group;
    direct messages are never read. One channel is held in memory at a time.

    Raises InputError if the export can't be read as a whole, OSError if `path` cannot be opened.
    """
    with opened(path, LISTS, HOW_TO_EXPORT) as export:
        users = entries(export, users_file(export))
        found, problems = read_workspace(export, users)
        yield from problems
        folders: dict[str, list[str]] = {}
        for name in export.names:
            folder = name.rpartition("/")[0]
            if folder or name not in LISTS:
                folders.setdefault(folder, []).append(name)
        for folder, names in folders.items():
            if folder in found.channels:
                yield from _read_channel(export, found, found.channels[folder], names)
            else:
                yield from _left_out(found, folder, names)


def _read_channel(export: Archive, found: Workspace, channel: Channel, names: list[str]) -> Iterator[Read]:
    talk = _Talk()
    for name in names:
        if is_day(name):
            yield from _read_day(export, found, name, talk)
        else:
            yield Skipped(name, _kind_of_file(name))
    messages = [replace(m, root=m.root or talk.roots.get(m.ts, "")) for m in talk.messages.values()]
    for root, group in _grouped(messages).items():
        yield _record(found, channel, root, group)


def _left_out(found: Workspace, folder: str, names: list[str]) -> Iterator[Read]:
    """What a folder outside the lists holds; never read, as nobody knows for whom it was written."""
    if folder in found.direct or re.fullmatch(r"mpdm-.*|D[A-Z0-9]{6,}", folder):
        yield from (Skipped(name, "direct messages") for name in names)
    elif folder.startswith("FC:"):
        yield from (Skipped(name, "comments on a canvas") for name in names)
    elif any(is_day(name) for name in names):
        yield Rejected(folder, "is in neither channels.json nor groups.json: nobody knows who may read it")
    else:
        yield from (Skipped(name, _kind_of_file(name)) for name in names)


def _kind_of_file(name: str) -> str:
    path = PurePosixPath(name)
    return path.suffix.lower() if path.suffix not in ("", ".json") else path.name


# Messages


def _read_day(export: Archive, found: Workspace, name: str, talk: _Talk) -> Iterator[Rejected | Skipped]:
    """Add the messages of one day to `talk`; yield those that aren't taken."""
    try:
        day = content(export, name)
    except InputError as error:
        yield Rejected(name, error.message)
        return
    if not isinstance(day, list):
        yield Rejected(name, "is no list of messages")
        return
    for number, raw in enumerate(day, start=1):
        place = f"message {number}"
        if not isinstance(raw, dict):
            yield Rejected(name, "is no object", place)
        elif not TS.fullmatch(string(raw, "ts")):
            yield Rejected(name, "has no ts (when it was written)", place)
        elif kind := unread_kind(raw, found):
            yield Skipped(name, kind)
        elif not (message := message_of(raw, found)).text:
            yield Skipped(name, "empty message")
        else:
            talk.messages[message.ts] = message
            talk.roots |= {string(reply, "ts"): message.ts for reply in objects(raw.get("replies"))}


# Threads


def _grouped(messages: list[Message]) -> dict[str, list[Message]]:
    """Messages oldest first by the `ts` of their thread's root, or of their conversation's first message."""
    roots = {m.root for m in messages}
    groups: dict[str, list[Message]] = {}
    conversation, last = "", None
    for m in sorted(messages, key=lambda m: (m.time, m.ts)):
        key = m.root or (m.ts if m.ts in roots else "")
        if not key:
            if last is None or m.time - last >= GAP:
                conversation = m.ts
            key, last = conversation, m.time
        groups.setdefault(key, []).append(m)
    return groups


def _record(found: Workspace, channel: Channel, root: str, messages: list[Message]) -> Record:
    first = messages[0]
    asker = first.user if first.ts == root and is_question(first.text) else None
    group = None
    if channel.private:
        members = tuple(found.identity(user) for user in channel.members)
        group = Group(f"slack:{found.team}/#{channel.name}", members)
    return Record(
        locator=f"{channel.name}/{root}",
        kind="thread",
        title=title_of(first.text),
        segments=tuple(_segment(found, message, asker, message is first) for message in messages),
        date=time_of(root).date(),
        channel=f"#{channel.name}",
        link=_link(channel.id, root) if channel.id else "",
        group=group,
    )


def _segment(found: Workspace, message: Message, asker: str | None, first: bool) -> Segment:
    """`asker` is None where nobody is known to have asked. An asker's thanks are no part of the question."""
    role: Role | None = "author"
    part: Part = ""
    if asker is not None and message.user == asker:
        role, part = "asker", "question" if first or is_question(message.text) else ""
    elif asker is not None:
        role, part = "answerer", "answer"
    speaker = found.identity(message.user) if message.user else None
    return Segment(message.text, speaker, role if speaker else None, message.time, part=part, key=message.ts)


def _link(channel_id: str, ts: str) -> str:
    return f"archives/{channel_id}/p{ts.replace('.', '')}"

"""Slack workspace exports, a folder or a .zip, as threads whose messages keep their author and time.

The layout (slack.com/help/articles/220556107): `users.json` (`org_users.json` on Enterprise Grid),
`channels.json`, `groups.json` for private channels, `dms.json` and `mpims.json` for direct messages,
and for each conversation a folder with one `YYYY-MM-DD.json` a day.
"""

from __future__ import annotations

import json
import lzma
import re
import struct
import zipfile
import zlib
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path, PurePosixPath
from typing import IO

from copassist.errors import InputError
from copassist.records import Group, Identity, Part, Read, Record, Rejected, Role, Segment, Skipped

LARGEST = 200 * 1024 * 1024
"""How many bytes of one file are read, unpacked; a larger one is rejected."""
GAP = timedelta(hours=2)
"""A silence this long ends a conversation that isn't a thread."""

Json = dict[str, object]
_LISTS = ("users.json", "org_users.json", "channels.json", "groups.json", "dms.json", "mpims.json")
_OTHER_LISTS = ("integration_logs.json", "canvases.json")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}\.json")
_TS = re.compile(r"([0-9]{1,11})(?:\.([0-9]{1,12}))?")
_UNZIPPING = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    EOFError,
    RuntimeError,
    ValueError,
    struct.error,
)
_HOW_TO_EXPORT = (
    "Export the workspace again (in Slack: Settings, Import/Export Data, Export) and give its .zip."
)


@dataclass(frozen=True, slots=True)
class _Export:
    path: Path
    names: tuple[str, ...]
    open: Callable[[str], IO[bytes]]


@dataclass(frozen=True, slots=True)
class _Channel:
    id: str
    name: str
    members: tuple[str, ...] = ()
    private: bool = False


@dataclass(frozen=True, slots=True)
class _Workspace:
    """`shown` is how a mention of a user id reads; `direct` are the folders of direct messages."""

    team: str
    users: dict[str, Identity]
    shown: dict[str, str]
    bots: frozenset[str]
    channels: dict[str, _Channel]
    direct: frozenset[str]

    def identity(self, user: str) -> Identity:
        return self.users.get(user) or Identity(f"slack:{self.team}", user)


@dataclass(frozen=True, slots=True)
class _Message:
    """`root` is the `ts` of the thread that it belongs to, "" when it says of none."""

    ts: str
    time: datetime
    user: str
    text: str
    root: str = ""


@dataclass(slots=True)
class _Talk:
    """What one channel holds: messages by `ts`, and the root of each reply that a root lists."""

    messages: dict[str, _Message] = field(default_factory=dict)
    roots: dict[str, str] = field(default_factory=dict)


def is_export(path: Path) -> bool:
    """Whether `path` looks like a Slack export; False for a broken zip, which only `read` explains."""
    try:
        with _opened(path) as export:
            names = export.names
    except (InputError, OSError):
        return False
    has_days = any(_is_day(name) for name in names)
    return sum(name in names for name in _LISTS + _OTHER_LISTS) + has_days >= 2


def origin(path: Path) -> str:
    """The id of the workspace ("T0123"), else a name made from the file's, the same for later exports.

    Raises InputError and OSError as `read` does.
    """
    with _opened(path) as export:
        return _team(export, _entries(export, _users_file(export)))


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
    with _opened(path) as export:
        users = _entries(export, _users_file(export))
        found, problems = _read_workspace(export, users)
        yield from problems
        folders: dict[str, list[str]] = {}
        for name in export.names:
            folder = name.rpartition("/")[0]
            if folder or name not in _LISTS:
                folders.setdefault(folder, []).append(name)
        for folder, names in folders.items():
            if folder in found.channels:
                yield from _read_channel(export, found, found.channels[folder], names)
            else:
                yield from _left_out(found, folder, names)


def _read_channel(export: _Export, found: _Workspace, channel: _Channel, names: list[str]) -> Iterator[Read]:
    talk = _Talk()
    for name in names:
        if _is_day(name):
            yield from _read_day(export, found, name, talk)
        else:
            yield Skipped(name, _kind_of_file(name))
    messages = [replace(m, root=m.root or talk.roots.get(m.ts, "")) for m in talk.messages.values()]
    for root, group in _grouped(messages).items():
        yield _record(found, channel, root, group)


def _left_out(found: _Workspace, folder: str, names: list[str]) -> Iterator[Read]:
    """What a folder outside the lists holds; never read, as nobody knows for whom it was written."""
    if folder in found.direct or re.fullmatch(r"mpdm-.*|D[A-Z0-9]{6,}", folder):
        yield from (Skipped(name, "direct messages") for name in names)
    elif folder.startswith("FC:"):
        yield from (Skipped(name, "comments on a canvas") for name in names)
    elif any(_is_day(name) for name in names):
        yield Rejected(folder, "is in neither channels.json nor groups.json: nobody knows who may read it")
    else:
        yield from (Skipped(name, _kind_of_file(name)) for name in names)


def _kind_of_file(name: str) -> str:
    path = PurePosixPath(name)
    return path.suffix.lower() if path.suffix not in ("", ".json") else path.name


# The files


@contextmanager
def _opened(path: Path) -> Iterator[_Export]:
    if path.is_dir():
        files = [p for p in (*path.glob("*"), *path.glob("*/*")) if p.is_file() and not p.is_symlink()]
        names = sorted(filter(_is_wanted, (p.relative_to(path).as_posix() for p in files)))
        yield _Export(path, tuple(names), lambda name: (path / name).open("rb"))
        return
    try:
        archive = zipfile.ZipFile(path)
    except _UNZIPPING as error:
        raise InputError(f"{path} is no zip file that can be opened: {error}.", _HOW_TO_EXPORT) from error
    with archive:
        inside = [i.filename for i in archive.infolist() if _is_wanted(i.filename)]
        lists = [name for name in inside if PurePosixPath(name).name in _LISTS]
        top = min((name.rpartition("/")[0] for name in lists), key=len, default="")
        prefix = f"{top}/" if top else ""
        names = sorted({name.removeprefix(prefix) for name in inside if name.startswith(prefix)})
        yield _Export(path, tuple(names), lambda name: archive.open(prefix + name))


def _is_wanted(name: str) -> bool:
    """False for what systems add (.DS_Store, __MACOSX) and for a name that leads out of the export."""
    parts = name.split("/")
    return parts[0] != "__MACOSX" and not any(part == "" or part.startswith(".") for part in parts)


def _is_day(name: str) -> bool:
    folder, _, file = name.rpartition("/")
    return folder != "" and _DAY.fullmatch(file) is not None


def _json(export: _Export, name: str) -> object:
    """What a file of the export holds; InputError says why it can't be read."""
    try:
        with export.open(name) as stream:
            content = stream.read(LARGEST + 1)
    except (*_UNZIPPING, OSError) as error:
        raise InputError(f"can't be read: {error}") from error
    if len(content) > LARGEST:
        raise InputError(f"is larger than {LARGEST // 1024**2} MB")
    try:
        return json.loads(content)
    except (ValueError, RecursionError) as error:
        raise InputError(f"is broken JSON: {error}") from error


def _entries(export: _Export, name: str) -> list[Json]:
    try:
        entries = _json(export, name)
        if not isinstance(entries, list):
            raise InputError("is no list")
    except InputError as error:
        raise InputError(f"{name} of {export.path} {error.message}.", _HOW_TO_EXPORT) from error
    return [entry for entry in entries if isinstance(entry, dict)]


def _users_file(export: _Export) -> str:
    """The name of the list of users, after a check that what `read` cannot do without is there."""
    users = next((name for name in ("users.json", "org_users.json") if name in export.names), "")
    missing, why = "", ""
    if not users:
        missing, why = "users.json", "no message has an author"
    elif "channels.json" not in export.names:
        missing, why = "channels.json", "nobody knows who may read what"
    if missing:
        message = f"{export.path} is no complete Slack export: {missing} is missing, without it {why}."
        raise InputError(message, _HOW_TO_EXPORT)
    return users


# Who and where


def _team(export: _Export, users: list[Json]) -> str:
    teams = Counter(team for user in users if (team := _string(user, "team_id")))
    for name in filter(_is_day, export.names if not teams else ()):
        try:
            day = _json(export, name)
        except InputError:
            continue  # `read` reports it
        teams.update(team for m in _objects(day) if (team := _string(m, "team") or _string(m, "user_team")))
        if teams:
            break
    if teams:
        return teams.most_common(1)[0][0]
    name = export.path.resolve().stem
    plain = re.sub(r"(?i)[\s_-]*slack[\s_-]*export.*", "", name) or name
    return re.sub(r"\W+", "-", plain.lower()).strip("-") or "slack"


def _read_workspace(export: _Export, users: list[Json]) -> tuple[_Workspace, list[Rejected]]:
    """Who wrote and where; a broken groups.json keeps private channels out instead of opening them."""
    team = _team(export, users)
    lists: dict[str, list[Json]] = {"channels.json": _entries(export, "channels.json")}
    problems = []
    for name in ("groups.json", "dms.json", "mpims.json"):
        try:
            lists[name] = _entries(export, name) if name in export.names else []
        except InputError as error:
            lists[name] = []
            problems.append(Rejected(name, error.message))
    listed = lists["channels.json"] + lists["groups.json"]
    alone = [c for c in listed if c.get("is_im") or c.get("is_mpim")]
    alone += lists["dms.json"] + lists["mpims.json"]
    direct = {_string(c, key) for c in alone for key in ("id", "name")} - {""}
    private = {_string(c, "name") for c in lists["groups.json"]}
    channels = [_channel(c, private) for c in listed]
    workspace = _Workspace(
        team,
        users={_string(user, "id"): _identity(team, user) for user in users},
        shown={_string(user, "id"): _shown(user) for user in users},
        bots=frozenset(_string(user, "id") for user in users if user.get("is_bot")) | {"USLACKBOT"},
        channels={c.name: c for c in channels if c.name and c.name not in direct},
        direct=frozenset(direct),
    )
    return workspace, problems


def _channel(entry: Json, private: set[str]) -> _Channel:
    members = entry.get("members")
    ids = tuple(m for m in members if isinstance(m, str)) if isinstance(members, list) else ()
    name = _string(entry, "name")
    return _Channel(_string(entry, "id"), name, ids, name in private or bool(entry.get("is_private")))


def _identity(team: str, user: Json) -> Identity:
    profile = _object(user, "profile")
    known_as = _string(profile, "display_name") or _string(user, "name")
    return Identity(
        f"slack:{team}",
        key=_string(user, "id"),
        name=_string(profile, "real_name") or _string(user, "real_name"),
        handle=f"@{known_as}" if known_as else "",
        email=_string(profile, "email"),
    )


def _shown(user: Json) -> str:
    profile = _object(user, "profile")
    names = (_string(profile, "display_name"), _string(profile, "real_name"), _string(user, "real_name"))
    return next(filter(None, names), _string(user, "name"))


def _string(entry: Json, key: str) -> str:
    """The text under `key`, "" if there is none; what no database takes (NUL, half a pair) is replaced."""
    value = entry.get(key)
    return value.replace("\0", "").encode("utf-8", "replace").decode() if isinstance(value, str) else ""


def _object(entry: Json, key: str) -> Json:
    value = entry.get(key)
    return value if isinstance(value, dict) else {}


def _objects(value: object) -> list[Json]:
    return [entry for entry in value if isinstance(entry, dict)] if isinstance(value, list) else []


# Messages


def _read_day(export: _Export, found: _Workspace, name: str, talk: _Talk) -> Iterator[Rejected | Skipped]:
    """Add the messages of one day to `talk`; yield those that aren't taken."""
    try:
        day = _json(export, name)
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
        elif not _TS.fullmatch(_string(raw, "ts")):
            yield Rejected(name, "has no ts (when it was written)", place)
        elif kind := _unread_kind(raw, found):
            yield Skipped(name, kind)
        elif not (message := _message(raw, found)).text:
            yield Skipped(name, "empty message")
        else:
            talk.messages[message.ts] = message
            talk.roots |= {_string(reply, "ts"): message.ts for reply in _objects(raw.get("replies"))}


def _unread_kind(raw: Json, found: _Workspace) -> str:
    """What kind of message this is if it's nothing that a person said, else ""."""
    kind = _string(raw, "subtype").removeprefix("channel_").removeprefix("group_")
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
        or _string(raw, "user") in found.bots
    ):
        return named.get(kind, "bot message")
    if kind in ("", "me_message", "thread_broadcast", "file_share", "file_comment"):
        return ""
    return named.get(kind, kind.replace("_", " "))


def _message(raw: Json, found: _Workspace) -> _Message:
    """The message with its text made plain; exports before 2018 keep what was said of a `file` inside it."""
    file = _object(raw, "file")
    comment = _object(raw, "comment") or _object(file, "initial_comment")
    files = [file] if file else [f for f in _objects(raw.get("files")) if f.get("mode") != "tombstone"]
    names = [_string(f, "name") or _string(f, "title") for f in files]
    said = _string(comment, "comment") if file else _string(raw, "text")
    text = plain_text(said, found) or _blocks_text(raw.get("blocks"), found).strip()
    ts, root = _string(raw, "ts"), _string(raw, "thread_ts")
    return _Message(
        ts,
        time=_time(ts),
        user=_string(raw, "user") or _string(comment, "user"),
        text="\n".join(filter(None, [text, *(f"[file: {name}]" for name in names if name)])),
        root=root if _TS.fullmatch(root) else "",
    )


def _time(ts: str) -> datetime:
    seconds, _, fraction = ts.partition(".")
    return datetime.fromtimestamp(int(seconds), UTC) + timedelta(microseconds=int(fraction[:6].ljust(6, "0")))


# Threads


def _grouped(messages: list[_Message]) -> dict[str, list[_Message]]:
    """Messages oldest first by the `ts` of their thread's root, or of their conversation's first message."""
    roots = {m.root for m in messages}
    groups: dict[str, list[_Message]] = {}
    conversation, last = "", None
    for m in sorted(messages, key=lambda m: (m.time, m.ts)):
        key = m.root or (m.ts if m.ts in roots else "")
        if not key:
            if last is None or m.time - last >= GAP:
                conversation = m.ts
            key, last = conversation, m.time
        groups.setdefault(key, []).append(m)
    return groups


def _record(found: _Workspace, channel: _Channel, root: str, messages: list[_Message]) -> Record:
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
        date=_time(root).date(),
        channel=f"#{channel.name}",
        link=_link(channel.id, root) if channel.id else "",
        group=group,
    )


def _segment(found: _Workspace, message: _Message, asker: str | None, first: bool) -> Segment:
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


# Text

_CODE = r"```.*?```|`[^`\n]+`"
_TOKEN = re.compile(r"<([@#!]?)([^<>|\n]*)(?:\|([^<>\n]*))?>")
# What people stress stands between spaces or brackets; *.csv, 2*3 and snake_case don't.
_SPAN = rf"({_CODE}|<[^<>\n]*>)"
_BOLD = re.compile(rf"{_SPAN}|(?<![^\s(\[{{\"'_~])\*(?=\S)([^*\n]+)(?<=\S)\*(?![\w*])", re.DOTALL)
_ITALIC = re.compile(rf"{_SPAN}|(?<![^\s(\[{{\"'~])_(?=\S)([^_\n]+)(?<=\S)_(?!\w)", re.DOTALL)
_QUESTION = re.compile(
    r"((hi|hello|hey)\b[^,.!\n]{0,30}[,.!]?\s+)?"
    r"(how|why|what'?s|is there|are there|any ?(one|body)|any (idea|tip|advice|experience)s?"
    r"|ha(s|ve) (you|we|any ?(one|body))|wh(at|en|o|ere|ich) (is|are|do|does|did|has|should|would|can)"
    r"|(do|does|did|can|could|should|would|will) (i|you|we|it|the|any|(any|some) ?(one|body)))\b",
    re.IGNORECASE,
)


def plain_text(text: str, found: _Workspace) -> str:
    """`text` in Slack's mrkdwn as it reads on screen; code and :emoji: stay as they are."""
    for mark in (_BOLD, _ITALIC):
        text = mark.sub(lambda m: m[1] or m[2], text)
    text = _TOKEN.sub(lambda m: _token(m, found), text)
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&").strip()


def _token(match: re.Match[str], found: _Workspace) -> str:
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


def _blocks_text(blocks: object, found: _Workspace) -> str:
    """The text of rich_text blocks, each section, list entry or block of code on lines of its own."""
    lines = []
    for block in _objects(blocks):
        kind, inner = _string(block, "type"), _objects(block.get("elements"))
        if kind in ("rich_text_section", "rich_text_preformatted", "rich_text_quote"):
            line = "".join(_inline(element, found) for element in inner)
            lines.append(f"```{line}```" if kind == "rich_text_preformatted" else line)
        elif kind in ("rich_text", "rich_text_list"):
            lines.append(_blocks_text(inner, found))
    return "\n".join(lines)


def _inline(element: Json, found: _Workspace) -> str:
    kind, text = _string(element, "type"), _string(element, "text")
    user, channel = _string(element, "user_id"), _string(element, "channel_id")
    tokens = {
        "text": text,
        "user": plain_text(f"<@{user}>", found),
        "channel": plain_text(f"<#{channel}>", found),
        "link": plain_text(f"<{_string(element, 'url')}|{text}>", found),
        "emoji": f":{_string(element, 'name')}:",
        "broadcast": f"@{_string(element, 'range')}",
        "usergroup": "@group",
        "date": _string(element, "fallback"),
    }
    return tokens.get(kind, text)


def is_question(text: str) -> bool:
    """Whether `text` asks something: a question mark outside of links and code, or an English opening."""
    prose = re.sub(rf"{_CODE}|https?://\S+", " ", text, flags=re.DOTALL)
    return "?" in prose or _QUESTION.match(prose.strip()) is not None


def title_of(text: str, longest: int = 80) -> str:
    """The first sentence that says more than "Hi all!", cut at a word to `longest` characters."""
    sentences = [s for s in re.split(r"\n+|(?<=[.!?])\s+(?=[^\sa-z])", text.strip()) if s.strip(" `")]
    title = " ".join(next((s for s in sentences if len(s.split()) > 2), next(iter(sentences), text)).split())
    return title if len(title) <= longest else title[: longest - 1].rsplit(" ", 1)[0] + "…"

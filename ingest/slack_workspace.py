"""Who is in a Slack workspace and where they write, as the lists of its export say."""

from __future__ import annotations

import json
import re
from collections import Counter
from dataclasses import dataclass

from copassist.errors import InputError
from copassist.records import Identity, Rejected
from ingest.archive import UNZIPPING, Archive
from ingest.json_values import Json, object_in, objects, string

LARGEST = 200 * 1024 * 1024
"""How many bytes of one file are read, unpacked; a larger one is rejected."""
LISTS = ("users.json", "org_users.json", "channels.json", "groups.json", "dms.json", "mpims.json")
OTHER_LISTS = ("integration_logs.json", "canvases.json")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}\.json")
HOW_TO_EXPORT = (
    "Export the workspace again (in Slack: Settings, Import/Export Data, Export) and give its .zip."
)


@dataclass(frozen=True, slots=True)
class Channel:
    id: str
    name: str
    members: tuple[str, ...] = ()
    private: bool = False


@dataclass(frozen=True, slots=True)
class Workspace:
    """`shown` is how a mention of a user id reads; `direct` are the folders of direct messages."""

    team: str
    users: dict[str, Identity]
    shown: dict[str, str]
    bots: frozenset[str]
    channels: dict[str, Channel]
    direct: frozenset[str]

    def identity(self, user: str) -> Identity:
        return self.users.get(user) or Identity(f"slack:{self.team}", user)


def is_day(name: str) -> bool:
    folder, _, file = name.rpartition("/")
    return folder != "" and _DAY.fullmatch(file) is not None


def content(export: Archive, name: str) -> object:
    """What a file of the export holds; InputError says why it can't be read."""
    try:
        with export.open(name) as stream:
            content = stream.read(LARGEST + 1)
    except (*UNZIPPING, OSError) as error:
        raise InputError(f"can't be read: {error}") from error
    if len(content) > LARGEST:
        raise InputError(f"is larger than {LARGEST // 1024**2} MB")
    try:
        return json.loads(content)
    except (ValueError, RecursionError) as error:
        raise InputError(f"is broken JSON: {error}") from error


def entries(export: Archive, name: str) -> list[Json]:
    try:
        entries = content(export, name)
        if not isinstance(entries, list):
            raise InputError("is no list")
    except InputError as error:
        raise InputError(f"{name} of {export.path} {error.message}.", HOW_TO_EXPORT) from error
    return [entry for entry in entries if isinstance(entry, dict)]


def users_file(export: Archive) -> str:
    """The name of the list of users, after a check that what `read` cannot do without is there."""
    users = next((name for name in ("users.json", "org_users.json") if name in export.names), "")
    missing, why = "", ""
    if not users:
        missing, why = "users.json", "no message has an author"
    elif "channels.json" not in export.names:
        missing, why = "channels.json", "nobody knows who may read what"
    if missing:
        message = f"{export.path} is no complete Slack export: {missing} is missing, without it {why}."
        raise InputError(message, HOW_TO_EXPORT)
    return users


def team_of(export: Archive, users: list[Json]) -> str:
    teams = Counter(team for user in users if (team := string(user, "team_id")))
    for name in filter(is_day, export.names if not teams else ()):
        try:
            day = content(export, name)
        except InputError:
            continue  # `read` reports it
        teams.update(team for m in objects(day) if (team := string(m, "team") or string(m, "user_team")))
        if teams:
            break
    if teams:
        return teams.most_common(1)[0][0]
    name = export.path.resolve().stem
    plain = re.sub(r"(?i)[\s_-]*slack[\s_-]*export.*", "", name) or name
    return re.sub(r"\W+", "-", plain.lower()).strip("-") or "slack"


def read_workspace(export: Archive, users: list[Json]) -> tuple[Workspace, list[Rejected]]:
    """Who wrote and where; a broken groups.json keeps private channels out instead of opening them."""
    team = team_of(export, users)
    lists: dict[str, list[Json]] = {"channels.json": entries(export, "channels.json")}
    problems = []
    for name in ("groups.json", "dms.json", "mpims.json"):
        try:
            lists[name] = entries(export, name) if name in export.names else []
        except InputError as error:
            lists[name] = []
            problems.append(Rejected(name, error.message))
    listed = lists["channels.json"] + lists["groups.json"]
    alone = [c for c in listed if c.get("is_im") or c.get("is_mpim")]
    alone += lists["dms.json"] + lists["mpims.json"]
    direct = {string(c, key) for c in alone for key in ("id", "name")} - {""}
    private = {string(c, "name") for c in lists["groups.json"]}
    channels = [_channel(c, private) for c in listed]
    workspace = Workspace(
        team,
        users={string(user, "id"): _identity(team, user) for user in users},
        shown={string(user, "id"): _shown(user) for user in users},
        bots=frozenset(string(user, "id") for user in users if user.get("is_bot")) | {"USLACKBOT"},
        channels={c.name: c for c in channels if c.name and c.name not in direct},
        direct=frozenset(direct),
    )
    return workspace, problems


def _channel(entry: Json, private: set[str]) -> Channel:
    members = entry.get("members")
    ids = tuple(m for m in members if isinstance(m, str)) if isinstance(members, list) else ()
    name = string(entry, "name")
    return Channel(string(entry, "id"), name, ids, name in private or bool(entry.get("is_private")))


def _identity(team: str, user: Json) -> Identity:
    profile = object_in(user, "profile")
    known_as = string(profile, "display_name") or string(user, "name")
    return Identity(
        f"slack:{team}",
        key=string(user, "id"),
        name=string(profile, "real_name") or string(user, "real_name"),
        handle=f"@{known_as}" if known_as else "",
        email=string(profile, "email"),
    )


def _shown(user: Json) -> str:
    profile = object_in(user, "profile")
    names = (string(profile, "display_name"), string(profile, "real_name"), string(user, "real_name"))
    return next(filter(None, names), string(user, "name"))

"""Who is in a Slack workspace and where they write, as the lists of its export say."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from copassist.errors import InputError
from copassist.records import Group, Identity, Rejected
from ingest import archive, json_list
from ingest.archive import Archive
from ingest.json_values import Json, clean, object_in, string

USERS = ("users.json", "org_users.json")
LISTS = (*USERS, "channels.json", "groups.json", "dms.json", "mpims.json")
HOW_TO_EXPORT = (
    "Export the workspace again (in Slack: Settings, Import/Export Data, Export) and give its .zip."
)
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}\.json")


@dataclass(frozen=True, slots=True)
class Channel:
    """A public or private channel; `below` is the folder of its workspace in the export of an organisation."""

    id: str
    name: str
    below: str = ""
    members: tuple[str, ...] = ()
    private: bool = False

    @property
    def place(self) -> str:
        """What stays the same when the channel gets another name, or another one gets its name."""
        return self.id or self.below + self.name


@dataclass(frozen=True, slots=True)
class Workspace:
    """What the lists of an export say; whom only messages introduce is added as they are read.

    `shown` is how a mention of a user id reads, `named` how one of a channel id does. `channels` are by the
    folder that holds their days, `doubtful` are folders that two channels lay claim to, `direct` the names and
    ids of direct messages.
    """

    team: str
    people: dict[str, Identity] = field(default_factory=dict)
    shown: dict[str, str] = field(default_factory=dict)
    bots: set[str] = field(default_factory=lambda: {"USLACKBOT"})
    channels: dict[str, Channel] = field(default_factory=dict)
    named: dict[str, str] = field(default_factory=dict)
    doubtful: set[str] = field(default_factory=set)
    direct: set[str] = field(default_factory=set)

    def identity(self, user: str) -> Identity:
        """Somebody by their id, with their names if they are known."""
        return self.people.get(user) or Identity(f"slack:{self.team}", user)

    def channel(self, folder: str) -> Channel | None:
        """The channel whose days lie in a folder, None if no list says of one."""
        return self.channels.get(_composed(folder))

    def is_doubtful(self, folder: str) -> bool:
        """Whether two channels lay claim to a folder."""
        return _composed(folder) in self.doubtful

    def group(self, channel: Channel) -> Group | None:
        """The members of a private channel, None for a public one."""
        if not channel.private:
            return None
        members = tuple(self.identity(user) for user in channel.members)
        return Group(f"slack:{self.team}/#{channel.name} ({channel.place})", members)

    def meet(self, user: str, profile: Json) -> None:
        """Learn from a message the names of its author of another workspace, who stands in no list."""
        if user and profile and user not in self.people:
            entry: Json = {"id": user, "name": profile.get("name"), "profile": profile}
            self.people[user] = _identity(self.team, entry)
            self.shown[user] = _shown(entry) or user


@contextmanager
def opened(path: Path) -> Iterator[Archive]:
    """Open an export, also one that lies in a folder of what is given.

    Raises InputError if it is no zip file that can be read, OSError if it can't be opened.
    """
    with archive.opened(path, HOW_TO_EXPORT) as found:
        places = {name.rpartition("/")[0] for name in found.names if name.rpartition("/")[2] in LISTS}
        yield found.below(
            min(places, key=lambda place: (len(place.split("/")), place != "", place), default="")
        )


def is_place(folder: str) -> bool:
    """Whether the lists of a workspace lie in a folder of the export."""
    return re.fullmatch(r"(teams/[^/]+)?", folder) is not None


def is_day(name: str) -> bool:
    """Whether a file holds the messages of a day."""
    folder, _, file = name.rpartition("/")
    return folder != "" and _DAY.fullmatch(file) is not None


def entries(export: Archive, name: str) -> Iterator[object]:
    """The entries of a list in the export. Raises InputError that says why it can't be read, or no further."""
    with export.reading(name) as stream:
        yield from json_list.entries(stream)


def team_of(export: Archive) -> str:
    """The id of the workspace or organisation, else a name made from the file's, the same for later exports.

    Raises InputError if the export lacks, or holds broken, what it can't be read without.
    """
    _check_complete(export)
    teams, organisations = Counter[str](), Counter[str]()
    for user in _users(export):
        teams[string(user, "team_id")] += 1
        organisations[string(object_in(user, "enterprise_user"), "enterprise_id")] += 1
    of_many = _commonest(organisations) if len(_workspaces(export)) > 1 else ""
    if team := of_many or _commonest(teams) or _team_of_messages(export):
        return team
    name = clean(export.path.resolve().stem)
    plain = re.sub(r"(?i)[\s_-]*slack[\s_-]*export.*", "", name) or name
    return re.sub(r"\W+", "-", plain.lower()).strip("-") or "slack"


def read_workspace(export: Archive) -> tuple[Workspace, list[Rejected]]:
    """Who wrote and where, and what of the lists is broken; a broken one opens no private channel.

    Raises InputError if the export lacks, or holds broken, what it can't be read without.
    """
    found = Workspace(team_of(export))
    problems = [*_add_people(found, _users(export))]
    channels: list[Channel] = []
    for below in _workspaces(export):
        public = [*_list(export, f"{below}channels.json")]
        lists: dict[str, list[Json]] = {}
        for name in ("groups.json", "dms.json", "mpims.json"):
            try:
                lists[name] = [*_objects(export, below + name)]
            except InputError as error:
                lists[name] = []
                problems.append(Rejected(below + name, error.message))
        alone = [c for c in public + lists["groups.json"] if c.get("is_im") or c.get("is_mpim")]
        for c in alone + lists["dms.json"] + lists["mpims.json"]:
            found.direct.update({string(c, "id"), string(c, "name")} - {""})
        channels += [_channel(c, below, private=bool(c.get("is_private"))) for c in public]
        channels += [_channel(c, below, private=True) for c in lists["groups.json"]]
    _add_channels(found, channels)
    return found, problems


# The lists


def _workspaces(export: Archive) -> list[str]:
    """Where lists of channels lie: at "", and for the workspaces of an organisation at "teams/NAME/"."""
    parts = (name.split("/") for name in export.names if name.startswith("teams/"))
    return ["", *sorted({f"teams/{p[1]}/" for p in parts if len(p) == 3 and p[2] in LISTS})]


def _check_complete(export: Archive) -> None:
    present, places = set(export.names), _workspaces(export)
    for names, why in (
        (USERS, "no message has an author"),
        (("channels.json", "groups.json"), "nobody knows who may read what"),
    ):
        if not any(below + name in present for below in places for name in names):
            message = f"{export.path} is no complete Slack export: {names[0]} is missing, without it {why}."
            raise InputError(message, HOW_TO_EXPORT)


def _objects(export: Archive, name: str) -> Iterator[Json]:
    """The objects of a list, none if the export hasn't got it."""
    if name in export.names:
        yield from (entry for entry in entries(export, name) if isinstance(entry, dict))


def _list(export: Archive, name: str) -> Iterator[Json]:
    """The objects of a list that must not be broken: the InputError names it."""
    try:
        yield from _objects(export, name)
    except InputError as error:
        raise InputError(f"{name} of {export.path} {error.message}.", HOW_TO_EXPORT) from error


def _users(export: Archive) -> Iterator[Json]:
    for below in _workspaces(export):
        for name in USERS:
            yield from _list(export, below + name)


def _team_of_messages(export: Archive) -> str:
    """The workspace that most messages are of, on the first day whose messages say so."""
    for name in filter(is_day, export.names):
        teams = Counter[str]()
        try:
            for message in _objects(export, name):
                teams[string(message, "team") or string(message, "user_team")] += 1
        except InputError:
            pass  # `read` reports it
        if team := _commonest(teams):
            return team
    return ""


def _commonest(counted: Counter[str]) -> str:
    return next((name for name, _ in counted.most_common() if name), "")


# People


def _add_people(found: Workspace, users: Iterable[Json]) -> Iterator[Rejected]:
    """Add who is in the lists; an id that two people share tells nobody's name."""
    shared = set()
    for user in users:
        id_, identity = string(user, "id"), _identity(found.team, user)
        if not id_:
            continue
        before = found.people.get(id_)
        if before is not None and _are_two(before, identity):
            shared.add(id_)
        found.people[id_] = identity
        found.shown[id_] = _shown(user)
        if user.get("is_bot"):
            found.bots.add(id_)
    for id_ in sorted(shared):
        found.people[id_] = Identity(f"slack:{found.team}", id_)
        found.shown[id_] = id_
        yield Rejected(
            "users.json", f"gives the id {id_} to two people: its messages are left without a name"
        )


def _are_two(one: Identity, other: Identity) -> bool:
    """Whether two entries for one id differ in more than what somebody changes of themselves."""
    if one.email and other.email:
        return one.email.lower() != other.email.lower() and one.name != other.name
    return bool(one.name and other.name) and one.name != other.name and one.handle != other.handle


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


# Channels


def _channel(entry: Json, below: str, private: bool) -> Channel:
    members = entry.get("members")
    ids = tuple(m for m in members if isinstance(m, str)) if isinstance(members, list) else ()
    return Channel(string(entry, "id"), string(entry, "name"), below, tuple(map(clean, ids)), private)


def _add_channels(found: Workspace, channels: Iterable[Channel]) -> None:
    """Add each channel under the folders in which its days may lie: its name's, or its id's."""
    for channel in channels:
        found.named[channel.id] = channel.name
        if channel.name in found.direct or channel.id in found.direct:
            continue
        for folder in filter(None, (channel.name, channel.id)):
            place = _composed(channel.below + folder)
            before = found.channels.get(place)
            if before is not None and before.id != channel.id:
                found.doubtful.add(place)
            found.channels[place] = _stricter(before, channel) if before is not None else channel
    for place in found.doubtful:
        del found.channels[place]


def _stricter(one: Channel, other: Channel) -> Channel:
    """Of two entries for a channel the one that fewer people may read."""
    if one.private and other.private:
        return replace(other, members=tuple(m for m in other.members if m in one.members))
    return one if one.private else other


def _composed(name: str) -> str:
    """A name in the form that lists have; some systems take accents apart when they unpack."""
    return unicodedata.normalize("NFC", name)

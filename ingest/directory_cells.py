"""The cells of the members directory: what stands in one, and what is wrong with it."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from copassist.records import Membership
from copassist.store.names import split_handle

TEAM_KEYS = ("team", "role", "since", "until", "former")
YES = ("yes", "y", "true", "x", "1")
NO = ("", "no", "n", "false", "0")
_EMPTY = ("", "~", "null")
_TEAM_FIX = "write a team as Maps (lead, 2024-05-01 to 2025-01-31), as Maps (since 2024-05-01), or as Maps"
_TIME = re.compile(r"[0-9]{2}")
"""No role has it, so that a time written otherwise isn't taken for one."""
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


@dataclass(slots=True)
class Entry:
    """A row of CSV or an entry of YAML: its cells by column, and what is wrong with them.

    A cell is a text, or in YAML whatever stands there; `place` is what the leader looks for ("row 4").
    """

    place: str
    cells: Mapping[str, object]
    problems: list[str] = field(default_factory=list)

    def wrong(self, problem: str) -> None:
        """Note what is wrong with it."""
        self.problems.append(f"{self.place}: {problem}")


def unknown(what: str, name: str, known: Iterable[str]) -> str:
    """What to say of a name that isn't known."""
    near = difflib.get_close_matches(name, known, n=1)
    fix = f"perhaps `{near[0]}` is meant" if near else f"known are {', '.join(known)}"
    return f"unknown {what} `{name}`; {fix}"


def scalar(entry: Entry, column: str, value: object) -> str:
    """The text of one value, "" where there is none."""
    if value is None:
        return ""
    if not isinstance(value, str):
        entry.wrong(f"`{column}` is a list or mapping; write one value")
        return ""
    text = " ".join(value.split())
    return "" if text.lower() in _EMPTY else text


def one(entry: Entry, column: str) -> str:
    """The one value of a cell, "" where there is none."""
    return scalar(entry, column, entry.cells.get(column))


def several(entry: Entry, column: str) -> tuple[str, ...]:
    """The values of a cell, each once: between semicolons, or a list in YAML."""
    value = entry.cells.get(column)
    values = value if isinstance(value, list) else str(scalar(entry, column, value)).split(";")
    return tuple(dict.fromkeys(text for v in values if (text := scalar(entry, column, v))))


def handles(entry: Entry) -> tuple[str, ...]:
    """The handles, with the world that they are of or without: "slack:@ana", "@ana"."""
    found = several(entry, "handles")
    for handle in found:
        if handle.endswith(":") or not split_handle(handle)[1].removeprefix("@"):
            entry.wrong(f"the handle {handle!r} is empty; write it as @ana, or with its world as slack:@ana")
    return found


# Teams


def teams(entry: Entry) -> tuple[Membership, ...]:
    """The teams, the former ones last."""
    value = entry.cells.get("teams")
    if isinstance(value, list):
        found = [team for v in value if (team := _membership(entry, v)) is not None]
    else:
        found = [team_of(entry, "teams", text) for text in several(entry, "teams")]
    former = [team_of(entry, "former_teams", text) for text in several(entry, "former_teams")]
    return (*found, *(replace(team, former=True) for team in former))


def team_of(entry: Entry, column: str, text: str) -> Membership:
    """A team as a text: "Maps", or with a role, a time or both: "Maps (lead, 2024-05-01 to 2025-01-31)".

    A name that itself ends in brackets has a pair behind it: "Platform (EU) ()".
    """
    if text.count("(") != text.count(")"):
        entry.wrong(f"`{column}`: the brackets in {text!r} don't fit; {_TEAM_FIX}, with commas inside")
        return Membership(text)
    if not text.endswith(")"):
        return Membership(text)
    name, _, inside = text[:-1].rpartition("(")
    team = Membership(name.strip())
    if not team.team:
        entry.wrong(f"`{column}`: no team stands before {text!r}; {_TEAM_FIX}")
    for part in filter(None, map(str.strip, inside.split(","))):
        team = _with_part(entry, column, team, part)
    _check_time(entry, column, team)
    return team


def _with_part(entry: Entry, column: str, team: Membership, part: str) -> Membership:
    """The membership with what one part between its brackets says: a time, "former" or a role."""
    match part.lower().split():
        case ["former"]:
            return replace(team, former=True)
        case ["since" | "from", first]:
            return replace(team, since=date_of(entry, column, first))
        case ["until" | "to", last]:
            return replace(team, until=date_of(entry, column, last))
        case [first, "to" | "until" | "-" | "–" | "—", last] if first[0].isdigit():
            return replace(team, since=date_of(entry, column, first), until=date_of(entry, column, last))
    if _TIME.search(part):
        entry.wrong(f"`{column}`: {part!r} is neither a time nor a role; {_TEAM_FIX}")
    elif team.role != "member":
        entry.wrong(f"`{column}`: {team.team} has two roles, {team.role!r} and {part!r}; keep one")
    return replace(team, role=part)


def _check_time(entry: Entry, column: str, team: Membership) -> None:
    if team.since and team.until and team.until < team.since:
        entry.wrong(f"`{column}`: {team.team} ends on {team.until}, before it begins on {team.since}")


def _membership(entry: Entry, value: object) -> Membership | None:
    if not isinstance(value, dict):
        text = scalar(entry, "teams", value)
        return team_of(entry, "teams", text) if text else None
    for key in value:
        if key not in TEAM_KEYS:
            entry.wrong(f"teams: {unknown('key', str(key), TEAM_KEYS)}")
    name = scalar(entry, "team", value.get("team"))
    if not name:
        entry.wrong('teams: a team has no name; write "team: ..."')
        return None
    team = Membership(
        name,
        role=scalar(entry, "role", value.get("role")) or "member",
        since=date_of(entry, "since", value.get("since")),
        until=date_of(entry, "until", value.get("until")),
        former=is_yes(entry, "former", value.get("former")),
    )
    _check_time(entry, "teams", team)
    return team


def date_of(entry: Entry, column: str, value: object) -> date | None:
    """A day, None where there is none."""
    text = scalar(entry, column, value)
    try:
        if not text:
            return None
        if not _DATE.fullmatch(text):
            raise ValueError
        return date.fromisoformat(text)
    except ValueError:
        entry.wrong(f"`{column}` is no date: {text!r}; write it as year-month-day, such as 2025-01-31")
        return None


def is_yes(entry: Entry, column: str, value: object) -> bool:
    """Whether a cell says yes; an empty one says no."""
    text = scalar(entry, column, value).lower()
    if text not in (*YES, *NO):
        entry.wrong(f"`{column}` is neither yes nor no: {text!r}; write yes, or leave it empty")
    return text in YES

"""The members directory that a leader keeps, as CSV or YAML."""

from __future__ import annotations

import csv
import difflib
import io
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import yaml

from copassist.errors import DirectoryError
from copassist.records import Member, Membership

COLUMNS = (
    "name", "emails", "handles", "teams", "former_teams", "groups", "leader", "topics", "steward_of",
    "joined", "left", "away_until", "contact", "dont_suggest", "hide_name",
)  # fmt: skip
TEAM_KEYS = ("team", "role", "since", "until", "former")
YES = ("yes", "y", "true", "x", "1")
NO = ("", "no", "n", "false", "0")
_EMPTY = ("", "~", "null")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


@dataclass(slots=True)
class _Entry:
    """A row of CSV or an entry of YAML: its cells by column, and what is wrong with them.

    A cell is a text, or in YAML whatever stands there; `place` is what the leader looks for ("row 4").
    """

    place: str
    cells: Mapping[str, object]
    problems: list[str] = field(default_factory=list)

    def wrong(self, problem: str) -> None:
        self.problems.append(f"{self.place}: {problem}")


def read(path: Path) -> list[Member]:
    """The members of the directory, in the file's order.

    CSV has a header and one row a member; several values in a cell stand between semicolons, commas
    or semicolons separate the cells. YAML is a list of entries with the same keys, or `members:` with
    such a list; there a team may have `team`, `role`, `since`, `until` and `former`.

    Raises DirectoryError with everything that is wrong, each with its row.
    """
    if path.suffix.lower() == ".csv":
        entries, problems = _csv_entries(path, _text(path))
    elif path.suffix.lower() in (".yaml", ".yml"):
        entries, problems = _yaml_entries(path, _text(path))
    else:
        raise DirectoryError(f"{path} is neither .csv nor .yaml.", "Save the directory as CSV or YAML.")
    members = [_member(entry) for entry in entries]
    problems += [problem for entry in entries for problem in entry.problems]
    problems += _duplicates([(entry.place, member) for entry, member in zip(entries, members, strict=True)])
    if problems:
        count = f"{len(problems)} problem{'s' if len(problems) > 1 else ''}"
        lines = "".join(f"\n- {problem}." for problem in problems)
        raise DirectoryError(f"{path} has {count}:{lines}", "Correct the file and import it again.")
    return members


def _text(path: Path) -> str:
    try:
        content = path.read_bytes()
    except OSError as error:
        why = error.strerror or str(error)
        raise DirectoryError(
            f"{path} can't be read: {why}.", "Check the name and the permissions."
        ) from error
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        fix = "In the spreadsheet choose Save as, CSV UTF-8."
        raise DirectoryError(f"{path} is no UTF-8 text (byte {error.start + 1}).", fix) from error
    if "\0" in text:
        raise DirectoryError(f"{path} is no text file.", "Save the directory as CSV UTF-8 or as YAML.")
    return text


# CSV


def _csv_entries(path: Path, text: str) -> tuple[list[_Entry], list[str]]:
    """The rows with their number in the spreadsheet, and what is wrong with the file as a whole."""
    first = next((line for line in text.splitlines() if line.strip()), "")
    delimiter = max(",;\t", key=first.count)
    rows: list[tuple[int, list[str]]] = []
    problems = []
    try:
        for number, row in enumerate(
            csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True), 1
        ):
            if any(cell.strip() for cell in row):
                rows.append((number, [cell.strip() for cell in row]))
    except csv.Error as error:
        number = rows[-1][0] + 1 if rows else 1
        problems.append(f"row {number}: the quotes don't fit ({error}); double a quote within a quoted cell")
    if not rows:
        raise DirectoryError(
            f"{path} has no header.", f"Begin with a row of column names: {','.join(COLUMNS)}"
        )
    header = [_column(cell) for cell in rows[0][1]]
    if "name" not in header:
        message = f"{path} has no column `name`; its first row reads: {', '.join(rows[0][1])}."
        raise DirectoryError(message, f"Begin with a row of column names: {','.join(COLUMNS)}")
    problems += [f"row {rows[0][0]}: {problem}" for problem in _header_problems(header)]
    entries = [_row(number, header, cells) for number, cells in rows[1:]]
    return entries, problems


def _column(cell: str) -> str:
    return re.sub(r"[\s_-]+", "_", cell.strip().lower())


def _header_problems(header: list[str]) -> list[str]:
    problems = [_unknown("column", column, COLUMNS) for column in header if column and column not in COLUMNS]
    twice = dict.fromkeys(column for column in header if column and header.count(column) > 1)
    return problems + [f"the column `{column}` is there twice; keep one" for column in twice]


def _unknown(what: str, name: str, known: Iterable[str]) -> str:
    near = difflib.get_close_matches(name, known, n=1)
    fix = f"perhaps `{near[0]}` is meant" if near else f"known are {', '.join(known)}"
    return f"unknown {what} `{name}`; {fix}"


def _row(number: int, header: list[str], cells: list[str]) -> _Entry:
    entry = _Entry(f"row {number}", dict(zip(header, cells, strict=False)))
    if any(cells[len(header) :]):
        entry.wrong(
            f"has {len(cells)} cells, the header {len(header)}; quote a cell that holds the separator"
        )
    elif any(cell and not column for column, cell in zip(header, cells, strict=False)):
        entry.wrong("has a value in a column without a name; name the column or empty it")
    return entry


# YAML


def _yaml_entries(path: Path, text: str) -> tuple[list[_Entry], list[str]]:
    """The entries, every scalar as the text that stands there (BaseLoader), so that `no` stays "no"."""
    try:
        content = yaml.load(text, Loader=yaml.BaseLoader)
    except (yaml.YAMLError, RecursionError) as error:
        raise DirectoryError(
            f"{path} is broken YAML: {error}", "Correct it there and import it again."
        ) from error
    if isinstance(content, dict):
        content = content.get("members")
    if not isinstance(content, list):
        fix = 'Write one entry for each member, such as "- name: Ines Valcourt".'
        raise DirectoryError(f"{path} holds no list of members.", fix)
    entries, problems = [], []
    for number, mapping in enumerate(content, start=1):
        if not isinstance(mapping, dict):
            problems.append(f'entry {number}: is no mapping; write "- name: ..." and its other keys below')
            continue
        entry = _Entry(f"entry {number}", {_column(str(key)): value for key, value in mapping.items()})
        for key in entry.cells:
            if key not in COLUMNS:
                entry.wrong(_unknown("key", key, COLUMNS))
        entries.append(entry)
    return entries, problems


# One member


def _member(entry: _Entry) -> Member:
    name = _one(entry, "name")
    if not name:
        entry.wrong("the name is empty; fill it in or remove the row")
    former = (Membership(team, former=True) for team in _several(entry, "former_teams"))
    return Member(
        name=name,
        emails=_several(entry, "emails"),
        handles=_several(entry, "handles"),
        teams=(*_teams(entry), *former),
        groups=_several(entry, "groups"),
        leader=_yes(entry, "leader", entry.cells.get("leader")),
        topics=_several(entry, "topics"),
        steward_of=_several(entry, "steward_of"),
        joined=_date(entry, "joined", entry.cells.get("joined")),
        left=_date(entry, "left", entry.cells.get("left")),
        away_until=_date(entry, "away_until", entry.cells.get("away_until")),
        contact=_one(entry, "contact"),
        dont_suggest=_yes(entry, "dont_suggest", entry.cells.get("dont_suggest")),
        hide_name=_yes(entry, "hide_name", entry.cells.get("hide_name")),
    )


def _scalar(entry: _Entry, column: str, value: object) -> str:
    """The text of one value, "" where there is none."""
    if value is None:
        return ""
    if not isinstance(value, str):
        entry.wrong(f"`{column}` is a list or mapping; write one value")
        return ""
    text = " ".join(value.split())
    return "" if text.lower() in _EMPTY else text


def _one(entry: _Entry, column: str) -> str:
    return _scalar(entry, column, entry.cells.get(column))


def _several(entry: _Entry, column: str) -> tuple[str, ...]:
    """The values of a cell, each once: between semicolons, or a list in YAML."""
    value = entry.cells.get(column)
    values = value if isinstance(value, list) else str(_scalar(entry, column, value)).split(";")
    return tuple(dict.fromkeys(text for v in values if (text := _scalar(entry, column, v))))


def _teams(entry: _Entry) -> tuple[Membership, ...]:
    value = entry.cells.get("teams")
    if not isinstance(value, list):
        return tuple(Membership(team) for team in _several(entry, "teams"))
    return tuple(team for v in value if (team := _membership(entry, v)) is not None)


def _membership(entry: _Entry, value: object) -> Membership | None:
    if not isinstance(value, dict):
        name = _scalar(entry, "teams", value)
        return Membership(name) if name else None
    for key in value:
        if key not in TEAM_KEYS:
            entry.wrong(f"teams: {_unknown('key', str(key), TEAM_KEYS)}")
    name = _scalar(entry, "team", value.get("team"))
    if not name:
        entry.wrong('teams: a team has no name; write "team: ..."')
        return None
    return Membership(
        name,
        role=_scalar(entry, "role", value.get("role")) or "member",
        since=_date(entry, "since", value.get("since")),
        until=_date(entry, "until", value.get("until")),
        former=_yes(entry, "former", value.get("former")),
    )


def _date(entry: _Entry, column: str, value: object) -> date | None:
    text = _scalar(entry, column, value)
    try:
        if not text:
            return None
        if not _DATE.fullmatch(text):
            raise ValueError
        return date.fromisoformat(text)
    except ValueError:
        entry.wrong(f"`{column}` is no date: {text!r}; write it as year-month-day, such as 2025-01-31")
        return None


def _yes(entry: _Entry, column: str, value: object) -> bool:
    text = _scalar(entry, column, value).lower()
    if text not in (*YES, *NO):
        entry.wrong(f"`{column}` is neither yes nor no: {text!r}; write yes, or leave it empty")
    return text in YES


# The members together


def _duplicates(members: list[tuple[str, Member]]) -> list[str]:
    """Rows that can't be told apart, or that claim the same address or handle."""
    problems = []
    for what, keys in (("e-mail", _email_keys), ("handle", _handle_keys)):
        seen: dict[str, str] = {}
        for place, member in members:
            for shown, key in keys(member):
                if key in seen and seen[key] != place:
                    problems.append(
                        f"{place}: the {what} {shown} is also in {seen[key]}; give it to one of them"
                    )
                seen.setdefault(key, place)
    named: dict[str, list[tuple[str, Member]]] = {}
    for place, member in members:
        named.setdefault(member.name.casefold(), []).append((place, member))
    for name, group in named.items():
        unclear = [place for place, member in group if not member.emails and not member.handles]
        if name and len(group) > 1 and unclear:
            places = ", ".join(place for place, _ in group)
            fix = f"give {' and '.join(unclear)} an e-mail or handle, or remove the duplicate"
            problems.append(f"{places}: the same name, {group[0][1].name}; {fix}")
    return problems


def _email_keys(member: Member) -> list[tuple[str, str]]:
    return [(email, email.casefold()) for email in member.emails]


def _handle_keys(member: Member) -> list[tuple[str, str]]:
    return [(handle, handle.casefold().removeprefix("@")) for handle in member.handles]

"""The members directory that a leader keeps, as CSV or YAML."""

from __future__ import annotations

import csv
import io
import re
from collections import defaultdict
from datetime import date
from pathlib import Path

import yaml

from copassist.errors import DirectoryError
from copassist.records import Member
from copassist.store.names import name_key, overlap, sign, split_handle
from ingest import directory_cells as cells
from ingest.directory_cells import Entry

COLUMNS = (
    "name", "emails", "handles", "teams", "former_teams", "groups", "leader", "topics", "steward_of",
    "joined", "left", "away_until", "contact", "dont_suggest", "hide_name",
)  # fmt: skip
MOST_HEADER = 1_000
"""So many characters of a file are looked at for the names of its columns."""


def read(path: Path) -> list[Member]:
    """The members of the directory, in the file's order.

    CSV has a header and one row a member; several values in a cell stand between semicolons, commas
    or semicolons separate the cells. YAML is a list of entries with the same keys, or `members:` with
    such a list. A team may have a role and a time behind it, as in "Maps (lead, 2024-05-01 to
    2025-01-31); Data (since 2025-02-01)"; in YAML it may be a mapping with `team`, `role`, `since`,
    `until` and `former`. A handle may name the world that it is of: "slack:@ana", "github:ana".

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


def is_directory(path: Path) -> bool:
    """Whether a file is such a table of members, by its columns' names: `name` and others, none of them unknown."""
    if path.suffix.lower() != ".csv":
        return False
    with path.open(encoding="utf-8-sig", errors="replace") as file:
        first = next((line for line in file.read(MOST_HEADER).splitlines() if line.strip()), "")
    columns = {_column(cell) for cell in next(csv.reader([first], delimiter=_delimiter(first)), [])} - {""}
    return "name" in columns and len(columns) > 1 and columns <= {*COLUMNS}


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


def _csv_entries(path: Path, text: str) -> tuple[list[Entry], list[str]]:
    """The rows with their number in the spreadsheet, and what is wrong with the file as a whole."""
    first = next((line for line in text.splitlines() if line.strip()), "")
    rows: list[tuple[int, list[str]]] = []
    problems = []
    try:
        for number, row in enumerate(
            csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(first), strict=True), 1
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


def _delimiter(header: str) -> str:
    return max(",;\t", key=header.count)


def _column(cell: str) -> str:
    return re.sub(r"[\s_-]+", "_", cell.strip().lower())


def _header_problems(header: list[str]) -> list[str]:
    problems = [
        cells.unknown("column", column, COLUMNS) for column in header if column and column not in COLUMNS
    ]
    twice = dict.fromkeys(column for column in header if column and header.count(column) > 1)
    return problems + [f"the column `{column}` is there twice; keep one" for column in twice]


def _row(number: int, header: list[str], cells: list[str]) -> Entry:
    entry = Entry(f"row {number}", dict(zip(header, cells, strict=False)))
    if any(cells[len(header) :]):
        entry.wrong(
            f"has {len(cells)} cells, the header {len(header)}; quote a cell that holds the separator"
        )
    elif any(cell and not column for column, cell in zip(header, cells, strict=False)):
        entry.wrong("has a value in a column without a name; name the column or empty it")
    return entry


# YAML


def _yaml_entries(path: Path, text: str) -> tuple[list[Entry], list[str]]:
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
        entry = Entry(f"entry {number}", {_column(str(key)): value for key, value in mapping.items()})
        for key in entry.cells:
            if key not in COLUMNS:
                entry.wrong(cells.unknown("key", key, COLUMNS))
        entries.append(entry)
    return entries, problems


# One member


def _member(entry: Entry) -> Member:
    def yes(column: str) -> bool:
        return cells.is_yes(entry, column, entry.cells.get(column))

    def day(column: str) -> date | None:
        return cells.date_of(entry, column, entry.cells.get(column))

    name = cells.one(entry, "name")
    if not name:
        entry.wrong("the name is empty; fill it in or remove the row")
    return Member(
        name=name,
        emails=cells.several(entry, "emails"),
        handles=cells.handles(entry),
        teams=cells.teams(entry),
        groups=cells.several(entry, "groups"),
        leader=yes("leader"),
        topics=cells.several(entry, "topics"),
        steward_of=cells.several(entry, "steward_of"),
        joined=day("joined"),
        left=day("left"),
        away_until=day("away_until"),
        contact=cells.one(entry, "contact"),
        dont_suggest=yes("dont_suggest"),
        hide_name=yes("hide_name"),
    )


# The members together


def _duplicates(members: list[tuple[str, Member]]) -> list[str]:
    """Rows that can't be told apart, or that claim the same address or handle."""
    problems = _same_addresses(members) + _same_handles(members)
    named: dict[str, list[tuple[str, Member]]] = {}
    for place, member in members:
        named.setdefault(name_key(member.name), []).append((place, member))
    for name, group in named.items():
        unclear = [place for place, member in group if not member.emails and not member.handles]
        if name and len(group) > 1 and unclear:
            places = ", ".join(place for place, _ in group)
            fix = f"give {' and '.join(unclear)} an e-mail or handle, or remove the duplicate"
            problems.append(f"{places}: the same name, {group[0][1].name}; {fix}")
    return problems


def _same_addresses(members: list[tuple[str, Member]]) -> list[str]:
    problems = []
    seen: dict[str, str] = {}
    for place, member in members:
        for email in member.emails:
            first = seen.setdefault(sign(email), place)
            if first != place:
                problems.append(f"{place}: the e-mail {email} is also in {first}; give it to one of them")
    return problems


def _same_handles(members: list[tuple[str, Member]]) -> list[str]:
    """Handles that two members would have in one world: a plain one counts in every world."""
    problems = []
    seen: dict[str, list[tuple[str, str, str]]] = defaultdict(list)
    for place, member in members:
        for handle in member.handles:
            world, bare = split_handle(handle)
            known = [k for k in seen[sign(bare)] if k[0] != place and overlap(world, k[1])]
            for first, other, shown in known[:1]:
                where, fix = first, "give it to one of them"
                if world != other:
                    where = f"{first} as {shown}"
                    fix += ", or write with each its world, as in slack:@ana"
                problems.append(f"{place}: the handle {handle} is also in {where}; {fix}")
            seen[sign(bare)].append((place, world, handle))
    return problems

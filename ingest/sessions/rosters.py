"""People in tables, and behind labels: what of it is believed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from ingest.sessions.labels import Named, role_of
from ingest.sessions.not_names import NOT_NAMES
from ingest.sessions.people import Someone, listed


def role_of_line(label: str, rest: str) -> Named:
    """The role that "label: rest" gives; "Notes: Ana Diaz" gives one, "Notes: see below" doesn't."""
    role = role_of(label)
    if not role and re.fullmatch(r"(?:meeting )?(?:notes|minutes)|protokoll", label.strip(), re.IGNORECASE):
        entries = listed(rest, "author")
        full = all(" " in person.who.name for person in entries[0])
        role = "author" if entries[0] and full and not entries[1] else ""
    return role if role != "group" else ""


def believed(text: str, role: Named) -> list[Someone]:
    """The people in a list, none where most of it are no names."""
    found, missed = listed(text, role)
    return found if missed <= len(found) else []


# Tables

_NAME_COLUMN = re.compile(
    r"(?:full |participant |attendee |member )?names?|who|person|people|attendees?|participants?|members?|"
    r"teilnehm\w*|nom|nombre|wer|qui",
    re.IGNORECASE,
)
_ROLE_COLUMN = re.compile(r"(?:meeting )?roles?|function|capacity|rolle|funktion|rôle|rol", re.IGNORECASE)
_THERE_COLUMN = re.compile(
    r"(?:is |was )?(?:present|attended|attendance|attending|here|there|in attendance|anwesend|présente?|"
    r"asisti(?:ó|o)|asistencia|presente)\s*\??|✓|✔|✅",
    re.IGNORECASE,
)
_ALIAS_COLUMN = re.compile(
    r"abbreviations?|initials?|nick(?:name)?s?|handles?|github(?: (?:id|handle|user(?:name)?))?|irc|slack|alias|"
    r"user ?name|delegate abbreviation",
    re.IGNORECASE,
)
_NO = re.compile(
    r"[\s.–—-]*|\[ \]|[☐❌✗✘].*|"
    r"(?:no|n|false|0|nein|non|absent|regrets?|apolog\w*|excused|declined|invited)\b.{0,40}",
    re.IGNORECASE | re.DOTALL,
)


def in_table(rows: Sequence[Sequence[str]], heading: Named) -> Iterator[Someone]:
    """The people in a table: one a row, a column for each role, or labels with names beside them."""
    head = [cell.strip(" *:") for cell in rows[0]]
    column = {"name": -1, "role": -1, "there": -1, "alias": -1}
    kinds = (
        ("alias", _ALIAS_COLUMN),
        ("role", _ROLE_COLUMN),
        ("there", _THERE_COLUMN),
        ("name", _NAME_COLUMN),
    )
    for i, cell in enumerate(head):
        kind = next((kind for kind, words in kinds if words.fullmatch(cell)), "")
        if kind and column[kind] < 0:
            column[kind] = i
    means = heading or (role_of(head[column["name"]]) if column["name"] >= 0 else "")
    if column["name"] >= 0 and (means or column["there"] >= 0):
        for row in rows[1:]:
            yield from _in_row(row, column, means or "attendee")
    elif len(head) > 1 and sum(role_of(cell) != "" for cell in head) > 1:
        for row in rows[1:]:
            for label, cell in zip(head, row, strict=False):
                yield from believed(cell, role) if (role := role_of(label)) else ()
    else:
        for row in rows:
            for label, cell in zip(row[::2], row[1::2], strict=False):
                if stated := role_of_line(label.strip(" *:"), cell):
                    yield from believed(cell, stated)


def _in_row(row: Sequence[str], column: Mapping[str, int], means: Named) -> Iterator[Someone]:
    def cell(kind: str) -> str:
        return row[column[kind]].strip() if 0 <= column[kind] < len(row) else ""

    if column["there"] >= 0 and _NO.fullmatch(cell("there")):
        return
    role = role_of(cell("role"))
    remark = f" ({cell('role')})" if role not in ("", "group", "attendee") and "(" not in cell("role") else ""
    for person in listed(cell("name") + remark, means)[0]:
        alias = re.fullmatch(r"@?([\w.-]{1,39})", cell("alias"))
        if alias and alias[1].lower() not in NOT_NAMES:
            yield Someone(person.who, person.role, (*person.aliases, alias[1]))
        else:
            yield person

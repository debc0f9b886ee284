"""Dates as people write them, and file names as titles."""

from __future__ import annotations

import re
from datetime import date
from pathlib import PurePath

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = (
    r"(jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|"
    r"oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)"
)
_DATES = (
    re.compile(r"(?<![\d.])(?P<y>(?:19|20)\d\d)([-./_])(?P<m>\d{1,2})\2(?P<d>\d{1,2})(?!\d)"),
    re.compile(r"(?<!\d)(?P<y>(?:19|20)\d\d)(?P<m>0[1-9]|1[0-2])(?P<d>[0-3]\d)(?!\d)"),
    re.compile(
        rf"(?<!\d)(?P<d>\d{{1,2}})(?:st|nd|rd|th)?[ _-]+(?:of +)?{_MONTH.replace('(', '(?P<m>', 1)}"
        r"[.,]?[ _-]+(?P<y>(?:19|20)\d\d)(?!\d)",
        re.IGNORECASE,
    ),
    re.compile(
        rf"\b{_MONTH.replace('(', '(?P<m>', 1)}\.?[ _-]+(?P<d>\d{{1,2}})(?:st|nd|rd|th)?,?[ _-]+"
        r"(?P<y>(?:19|20)\d\d)(?!\d)",
        re.IGNORECASE,
    ),
    re.compile(r"(?<![\d.])(?P<d>\d{1,2})\.(?P<m>\d{1,2})\.(?P<y>(?:19|20)\d\d)(?!\d)"),
)


def find_date(text: str) -> date | None:
    """The first whole date in `text`, such as 2019.04.18, 20190418, 12 March 2025 or March 12, 2025.

    Dates with slashes and the day first are left alone: 03/04/2025 means two things.
    """
    found = sorted((m.start(), i, m) for i, p in enumerate(_DATES) for m in p.finditer(text[:2000]))
    for _, _, match in found:
        month = match["m"].lower()
        number = _MONTHS.index(month[:3]) + 1 if month[:3] in _MONTHS else int(month)
        try:
            return date(int(match["y"]), number, int(match["d"]))
        except ValueError:
            continue
    return None


def only_date(text: str) -> date | None:
    """The date that is all `text` says ("Berlin, 12 March 2025" says more), None if there is none."""
    found = find_date(text) if len(text) < 40 else None
    rest = text
    for pattern in _DATES:
        rest = pattern.sub("", rest)
    return None if re.search(r"\w", rest) else found


def readable(path: PurePath) -> str:
    """The name of a file as a title: "2020-01-06-Pin-unsoundness.md" gives "Pin unsoundness".

    A name that is only a date, or says nothing ("index", "README"), takes that of its folder before it.
    The id that Notion appends to names is no part of it.
    """
    stem = re.sub(r"[ _-][0-9a-f]{32}$", "", path.stem.encode("utf-8", "replace").decode())
    name = re.sub(r"[-_\s]+", " ", stem).strip()
    if find_date(stem):
        rest = name
        for pattern in _DATES:
            rest = re.sub(r"\s+", " ", pattern.sub(" ", rest.replace(" ", "-")).replace("-", " ")).strip(" .")
        name = rest or str(find_date(stem))
    if name[:1].isdigit() or name.lower() in ("index", "readme", "notes", "minutes", ""):
        folders = [p for p in path.parts[-4:-1] if p.lower() not in _PLAIN_FOLDERS]
        above = re.sub(r"[-_]+", " ", folders[-1]).strip(" /") if folders else ""
        name = f"{above} {name}".strip()
    name = re.sub(r"^ama\b", "AMA", name, flags=re.IGNORECASE)
    return name[:1].upper() + name[1:]


_PLAIN_FOLDERS = ("minutes", "meetings", "notes", "sessions", "content", "docs", "src", "/", ".", "..")

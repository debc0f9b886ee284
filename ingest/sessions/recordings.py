"""What services write into the names of recordings, and into those of the people who speak there."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

from copassist.records import Identity
from ingest.pages.dates import readable
from ingest.sessions.days import day_in
from ingest.sessions.people import listed

# Names of people

_ANONYMOUS = re.compile(
    r"(?:(?:unknown|unidentified|anonymous|other) )?(?:speaker|participant|caller|guest|user|attendee|voice|sprecher|"
    r"orateur|orador|hablante|locuteur)(?:[ #_-]?\d{1,3}|[ #_-]?[A-Z])?|"
    r"unknown|anonymous|@\d+|(?:conference|meeting) room\b.*|.*\b(?:room|zimmer|raum) \d+|"
    r".*(?:['’]s|s['’]) (?:presentation|screen|i?phone|ipad|macbook.*)|iphone.*|ipad|galaxy.*|"
    r"[+\d][\d\s*().-]{5,}|me|you",
    re.IGNORECASE,
)


def speaker_named(name: str) -> Identity | None:
    """Whom the name of a speaker names; None for "Speaker 1", a meeting room, a phone or a shared screen."""
    bare = re.sub(r"\s*[(\[][^()\[\]]*[)\]]", "", name).strip(" *:")
    bare = re.split(r"\s+[|–—]\s+|\s+-\s+", bare)[0].strip()
    if turned := re.fullmatch(r"([^\s,]+(?: [^\s,]+)?), ([^\s,]+(?: [^\s,]+)?)", bare):
        bare = f"{turned[2]} {turned[1]}"  # "Diaz, Ana"
    if not bare or len(bare) > 80 or _ANONYMOUS.fullmatch(bare) or not re.search(r"[^\W\d_]", bare):
        return None
    if "@" in bare:
        found, _ = listed(bare, "attendee")
        return found[0].who if found else None
    return Identity("name", bare, bare)


# Names of files

_ENDS = re.compile(
    r"(?:\.(?:transcript|cc|captions?|[a-z]{2}(?:-[A-Za-z]{2})?))+$|"
    r"[-_ ]*(?:meeting )?(?:recording|transcript(?:ion)?|captions?|subtitles?|chat(?: messages)?|notes by gemini)"
    r"(?:-[a-z]{2}-[A-Z]{2})?$",
    re.IGNORECASE,
)
_STAMPS = re.compile(
    r"^GMT\d{8}-\d{6}(?:_Recording(?:_\d+x\d+)?)?|[-_ ]+\d{8}[_-]\d{6}(?:UTC)?|"
    r"\s*\(\d{4}-\d\d-\d\d at \d\d[:_.-]?\d\d[^()]*\)|"
    r"\s*[-–_]\s*\d{4}[/_-]\d\d[/_-]\d\d[ _]\d\d[:_.-]?\d\d(?:\s[A-Z+\d:-]{2,9})?|"
    r"^\d{4}-\d\d-\d\d \d\d\.\d\d\.\d\d\s*|\s+\d{9,12}$",
)
_NAMELESS = re.compile(
    r"meeting_saved|(?:meeting_saved_|audio_|closed_|)?(?:chat|captions?|transcript|recording|cc|new)\d*",
    re.IGNORECASE,
)


def recording_title(path: Path) -> str:
    """The title of a meeting in the name that a service gave its recording, or in that of the folder it is in.

    "Clinic caching-20250312_100000-Meeting Recording.vtt" gives "Clinic caching".
    """
    for name in (path.stem, path.parent.name):
        title = cleaned(name)
        if (
            title
            and not (_NAMELESS.fullmatch(title) or _NAMELESS.fullmatch(name))
            and (name == path.stem or _STAMPS.search(name))
        ):
            return readable(Path(*path.parts[:-1], f"{title}.txt"))
    day = day_named(path)
    return f"Recording {day}" if day else readable(path)


def cleaned(name: str) -> str:
    """A title without the time and the words that a service adds: "Clinic - Transcript" gives "Clinic"."""
    before = ""
    while name != before:
        before = name
        name = _ENDS.sub("", name).strip(" -–_")
        name = _STAMPS.sub("", name).strip(" -–_")
    return name


def day_named(path: Path) -> date | None:
    """The day in the name of a file, or of the folder of a recording."""
    found = day_in(path.stem) or (day_in(path.parent.name) if _STAMPS.search(path.parent.name) else None)
    return found.day if found else None

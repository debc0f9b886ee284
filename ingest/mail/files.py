"""Where mails lie: mbox files (mboxo, mboxrd, Thunderbird, Takeout, pipermail), Maildir folders, .eml files."""

from __future__ import annotations

import gzip
import os
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import IO, cast

from copassist.records import Rejected, Skipped
from ingest.mail.headers import postmark_time

LARGEST = 50 * 1024 * 1024
"""So many bytes of one mail are read; a larger one is rejected."""
LINE = 64 * 1024
"""A longer line comes in pieces."""

_HOW_TO = "Export the mailbox again."
_FIELD = re.compile(rb"[!-9;-~]{1,80}:|>From ")
_KNOWN = re.compile(
    rb"(?:from|date|subject|to|message-id|received|return-path|delivered-to|mime-version|content-type|reply-to|sender"
    rb"|in-reply-to|references|x-[\w-]+|status|list-[\w-]+|dkim-signature|cc|authentication-results):",
    re.IGNORECASE,
)
_POSTMARK = re.compile(  # Mar 12 10:14, 12 Mar 2024 10:14, 2024-03-12 10:14
    rb"[A-Z][a-z]{2} {1,2}\d{1,2} {1,2}\d{1,2}:\d\d[: ].*(?<!\d)(?:19|20)\d\d(?!\d)"
    rb"|\d{1,2} [A-Z][a-z]{2} (?:19|20)?\d\d \d{1,2}:\d\d|(?:19|20)\d\d-\d\d-\d\d[T ]\d\d:\d\d"
)
_WEEKDAY = re.compile(rb"(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun),? ")
_ESCAPED = re.compile(rb"^>(>*From )", re.MULTILINE)
_PIPERMAIL = re.compile(r"\d{4}(?:-[A-Za-z]+|-\d{2}|q\d|\d{4})?\.txt(?:\.gz)?", re.IGNORECASE)
_NO_MAILBOX = {
    ".md",
    ".markdown",
    ".html",
    ".htm",
    ".log",
    ".pdf",
    ".docx",
    ".json",
    ".py",
    ".zip",
    ".csv",
    ".msf",
}
_UNREAD_FOLDERS = re.compile(
    r"\.?(?:inbox\.)?(?:spam|junk(?:[ -]?e?-?mail)?|trash|deleted (?:items|messages)|papierkorb|corbeille|papelera"
    r"|drafts|entwürfe|brouillons|borradores|unsent messages|templates)(?:\.mbox)?",
    re.IGNORECASE,
)
_UNPACKING = (gzip.BadGzipFile, zlib.error, EOFError)


@dataclass(frozen=True, slots=True)
class Raw:
    """One mail as it lies there. `folder` names the mailbox that it's in, `arrived` is by its account."""

    file: str
    place: str
    folder: str
    content: bytes
    arrived: datetime | None = None


Found = Raw | Rejected | Skipped


def is_mailbox(path: Path) -> bool:
    """Whether a file begins as an mbox or an .eml does; False when it can't be read."""
    try:
        if path.suffix.lower() in _NO_MAILBOX or not path.is_file():
            return False
        with _opened(path) as stream:
            lines = list(_first_lines(stream, 60))
    except (OSError, *_UNPACKING):
        return False
    if path.suffix.lower() == ".eml":
        return _is_head(lines)
    return bool(lines) and _is_postmark(lines[0]) and _is_head(lines[1:])


def is_maildir(path: Path) -> bool:
    """Whether a folder is a Maildir: cur, new and tmp, as programs that deliver mail make them."""
    return all((path / name).is_dir() for name in ("cur", "new", "tmp"))


def mailboxes_in(folder: Path) -> list[Path]:
    """The .eml files and mboxes that lie directly in a folder, sorted; .eml files even when they are broken."""
    names = _names(folder)
    likely = (folder / name for name in sorted(names) if _may_be(name, names))
    return [path for path in likely if path.suffix.lower() == ".eml" or is_mailbox(path)]


def holds_mail(folder: Path) -> bool:
    """Whether a mailbox lies directly in a folder; looks into five files at most."""
    names = _names(folder)
    likely = islice((name for name in sorted(names) if _may_be(name, names)), 5)
    return any(is_mailbox(folder / name) for name in likely)


def _names(folder: Path) -> set[str]:
    try:
        with os.scandir(folder) as entries:
            return {entry.name for entry in entries if entry.is_file(follow_symlinks=False)}
    except OSError:
        return set()


def _may_be(name: str, names: set[str]) -> bool:
    """Whether a file's name is one that mail is kept under."""
    lower = name.lower()
    return (
        lower.endswith((".eml", ".mbox", ".mbx"))
        or f"{name}.msf" in names
        or bool(_PIPERMAIL.fullmatch(lower))
    )


def mails(path: Path) -> Iterator[Found]:
    """Every mail at a path, one at a time, in a settled order; what can't be read is said.

    Raises OSError if `path` itself can't be opened.
    """
    if path.is_file():
        yield from _in_file(path, path.name, "" if path.suffix.lower() == ".eml" else name_of(path))
    elif is_maildir(path):
        yield from _in_maildir(path)
    else:
        os.scandir(path).close()
        for file in mailboxes_in(path):
            yield from _tried(file, file.name, name_of(file))


def name_of(path: Path) -> str:
    """What a mailbox is called: that of its folder where a file is but one month or one mail of it."""
    path = path.resolve()
    if path.is_dir():
        return path.name
    part = is_month(path) or path.suffix.lower() == ".eml" or path.name == "mbox"
    return path.parent.name.removesuffix(".mbox") if part else path.stem


def is_month(path: Path) -> bool:
    """Whether a file has the name of a month, quarter or year of a pipermail archive ("2024-March.txt.gz")."""
    return _PIPERMAIL.fullmatch(path.name) is not None


def _tried(file: Path, name: str, folder: str) -> Iterator[Found]:
    if _UNREAD_FOLDERS.fullmatch(file.name):
        yield Skipped(name, "spam, deleted mail or drafts")
        return
    try:
        yield from _in_file(file, name, folder)
    except OSError as error:
        yield Rejected(name, f"can't be read: {error.strerror or error}")


def _in_maildir(path: Path) -> Iterator[Found]:
    unread: list[OSError] = []
    for parent, folders, names in os.walk(path, onerror=unread.append):
        folders.sort()
        here = Path(parent)
        if here.name not in ("cur", "new"):
            continue
        box = here.parent.name if here.parent != path else ""
        for name in sorted(names):
            file = here / name
            flags = name.rpartition(":2,")[2] if ":2," in name else ""
            if _UNREAD_FOLDERS.fullmatch(box) or "T" in flags or "D" in flags:
                yield Skipped(file.relative_to(path).as_posix(), "spam, deleted mail or drafts")
            elif file.is_symlink() or not file.is_file():
                yield Skipped(file.relative_to(path).as_posix(), "not a regular file")
            elif not name.startswith("."):
                yield from _tried(file, file.relative_to(path).as_posix(), box.lstrip(".") or path.name)
    for error in unread:
        yield Rejected(Path(error.filename).relative_to(path).as_posix(), f"can't be read: {error.strerror}")


def _in_file(path: Path, name: str, folder: str) -> Iterator[Found]:
    with _opened(path) as stream:
        try:
            if path.suffix.lower() == ".eml" or path.parent.name in ("cur", "new"):
                content = stream.read(LARGEST + 1)
                yield Raw(name, "", folder, content) if len(content) <= LARGEST else _too_large(name, "")
            else:
                yield from _in_mbox(stream, name, folder)
        except _UNPACKING as error:
            yield Rejected(
                name, f"is cut off or broken ({error}); what came before is read. Download it again."
            )


def _opened(path: Path) -> IO[bytes]:
    if path.suffix.lower() == ".gz":
        return cast(IO[bytes], gzip.open(path))
    return path.open("rb")


def _too_large(name: str, place: str) -> Rejected:
    return Rejected(
        name, f"a mail of more than {LARGEST // 1024**2} MB; save its attachments on their own", place
    )


# mbox


def _in_mbox(stream: IO[bytes], name: str, folder: str) -> Iterator[Found]:
    number = 0
    if stream.read(3) != b"\xef\xbb\xbf":
        stream.seek(0)
    for postmark, content in _cut(stream):
        if not postmark:
            if content.strip():
                yield Rejected(name, f"text before the first mail. {_HOW_TO}", "start")
            continue
        number += 1
        place = f"message {number}"
        if len(content) > LARGEST:
            yield _too_large(name, place)
        else:
            arrived = postmark_time(postmark.decode("latin-1"))
            yield Raw(name, place, folder, _unescaped(content), arrived)


def _cut(stream: IO[bytes]) -> Iterator[tuple[bytes, bytes]]:
    """The line that starts each mail and the mail, cut short after LARGEST; first what stands before any."""
    postmark, content = b"", bytearray()
    waiting = b""  # a line that starts a mail if the next is a header
    after_blank = True
    for line in iter(lambda: stream.readline(LINE), b""):
        if waiting:
            if _FIELD.match(line):
                yield postmark, bytes(content)
                postmark, content = waiting, bytearray()
            else:
                content += waiting
            waiting = b""
        if line.startswith(b"From ") and _is_postmark(line) and (after_blank or _WEEKDAY.search(line)):
            waiting = line
        elif len(content) <= LARGEST:
            content += line
        after_blank = not line.strip()
    yield postmark, bytes(content + waiting)


def _is_postmark(line: bytes) -> bool:
    """Whether a line is like "From ana@example.org Tue Mar 12 10:14:33 2024"; Thunderbird writes "From " alone."""
    rest = line[5:300].strip()
    return line.startswith(b"From ") and (not rest or _POSTMARK.search(rest) is not None)


def _unescaped(content: bytes) -> bytes:
    """The mail without the ">" before "From " that mbox needs; it stays in a block of quoted lines.

    There nobody knows whether it's mbox's or a quotation mark, and the line is no one's of this mail's.
    """

    def bare(match: re.Match[bytes]) -> bytes:
        before = content.rfind(b"\n", max(0, match.start() - 2000), max(0, match.start() - 1)) + 1
        end = content.find(b"\n", match.end(), match.end() + 2000)
        quoted = content[before : before + 1] == b">" or (end >= 0 and content[end + 1 : end + 2] == b">")
        return match[0] if quoted and match.start() else match[1]

    return _ESCAPED.sub(bare, content)


# The first lines of a file


def _first_lines(stream: IO[bytes], most: int) -> Iterator[bytes]:
    """The first lines, without those that are empty at the start; a file without lines ends soon."""
    started = False
    for line in islice(iter(lambda: stream.readline(1000), b""), most):
        line = line.removeprefix(b"\xef\xbb\xbf")
        if started or line.strip():
            started = True
            yield line


def _is_head(lines: list[bytes]) -> bool:
    """Whether lines begin with two headers of mail or more, and nothing else up to the first empty line."""
    known = 0
    for line in lines:
        if not line.strip():
            break
        if not line[:1].isspace() and not _FIELD.match(line) and not line.startswith(b"From "):
            return known >= 3
        known += _KNOWN.match(line) is not None
    return known >= 2

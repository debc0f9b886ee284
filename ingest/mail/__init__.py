"""Mail as threads: mbox files, Maildir folders, .eml files and the archives of mailing lists.

What is a thread is in `threads`, what of a mail its sender wrote in `text`; both work on one mail at a time.
"""

from __future__ import annotations

import re
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path, PurePosixPath

from copassist.errors import InputError
from copassist.records import Identity, Read, Record, Rejected, Role, Segment, Skipped
from ingest import files as any_file
from ingest.asking import is_question, role_in_thread
from ingest.mail import files, headers, parts, text, threads
from ingest.mail.headers import Head
from ingest.spool import Spool
from ingest.titles import makeshift_title, title_of

_NO_DOCUMENTS = set(
    ".png .jpg .jpeg .gif .bmp .svg .webp .tif .tiff .heic .ico .vcf .ics .p7s .p7m .asc .sig .gpg .zip .rar .7z"
    " .gz .tgz .tar .exe .dat .eml .msg .mp3 .mp4 .wav .m4a .mov".split()
)


@dataclass(frozen=True, slots=True)
class _Said:
    """What somebody wrote in one mail."""

    head: Head
    text: str
    folder: str


@dataclass(frozen=True, slots=True)
class _Survey:
    """What must be known of all mails before one is read; `noise` are tags in subjects that say nothing."""

    threads: threads.Threads
    noise: frozenset[str]


def is_export(path: Path) -> bool:
    """Whether `path` is a mailbox, or a folder in which some lie directly."""
    try:
        if path.is_dir():
            return files.is_maildir(path) or files.holds_mail(path)
    except OSError:
        return False
    return files.is_mailbox(path)


def origin(path: Path) -> str:
    """The list or person that most of the first mails are for, and the mailbox's name without its date.

    Raises OSError if `path` cannot be opened.
    """
    lists: Counter[str] = Counter()
    owners: Counter[str] = Counter()
    for mail in islice((found for found in files.mails(path) if isinstance(found, files.Raw)), 50):
        found, _ = headers.split(mail.content)
        lists[headers.list_id(found)] += 1
        owners[found.get("delivered-to", "").strip().lower()[:200]] += 1
    place = next((name for name, n in lists.most_common(1) if n * 2 > lists.total()), "")
    del owners[""]
    place = place or next((name for name, n in owners.most_common(1) if n * 2 > owners.total()), "")
    name = files.name_of(path)
    if path.is_file() and files.is_month(path):
        name = f"{name}/{path.name.partition('.')[0]}"
    undated = re.sub(r"[\s_-]*\b\d{4}-?\d{2}-?\d{2}\b.*", "", name) or name
    return "/".join(filter(None, [parts.clean(place), undated]))


def taken(path: Path) -> list[Path]:
    """All of a mailbox; of a folder that holds other files too only its mailboxes."""
    return files.mailboxes_in(path) if path.is_dir() and not files.is_maildir(path) else [path]


def read(path: Path) -> Iterator[Read]:
    """Yield each document that is attached to a mail, then a Record for each thread, oldest first.

    A thread's locator is the Message-ID of its root, even where that mail is missing. A mail without own
    words (a forwarded one) gives no segment. Mail that no person wrote to be read (automatic replies,
    bounces, invitations, spam) is skipped, so is encrypted mail. The files are gone through twice, one mail
    in memory at a time, and one thread.

    Raises InputError if there is no mail at `path`, OSError if it cannot be opened.
    """
    path.stat()
    if not is_export(path):
        raise InputError(
            f"{path} holds no mail that can be read.",
            "Give an mbox file, a Maildir, an .eml file, or a folder in which such files lie.",
        )
    now = datetime.now(UTC)
    survey = _survey(path, now)
    read_already = bytearray(len(survey.threads.forest.ids))
    with Spool() as spool:
        for found in files.mails(path):
            if isinstance(found, files.Raw):
                yield from _take(found, survey, spool, read_already, now)
            else:
                yield found
        for root, said in spool.groups():
            yield from _thread(root, said, survey.noise)


def _survey(path: Path, now: datetime) -> _Survey:
    forest = threads.Forest()
    tags: Counter[str] = Counter()
    begun = 0
    lists: set[str] = set()
    for found in files.mails(path):
        head = headers.head(found.content, found.arrived, now) if isinstance(found, files.Raw) else None
        if head:
            in_subject = headers.tags(head.subject)
            subject, is_reply = headers.base_subject(head.subject, frozenset(in_subject))
            threads.add(forest, head.id, head.references, head.time, subject, is_reply)
            if not is_reply:
                begun += 1
                tags.update(tag for tag in in_subject if tag in tags or len(tags) < 1000)
            lists.add(re.sub(r"\W", "", head.channel.partition(".")[0]))
    noise = (tag for tag, n in tags.items() if n > max(2, begun / 2) or re.sub(r"\W", "", tag) in lists)
    return _Survey(threads.grown(forest), frozenset(noise))


def _take(
    mail: files.Raw, survey: _Survey, spool: Spool, read_already: bytearray, now: datetime
) -> Iterator[Read]:
    """Put down what somebody wrote in a mail; yield the documents attached to it, or why it isn't read."""
    head = headers.head(mail.content, mail.arrived, now)
    if head is None:
        yield Rejected(mail.file, "begins with no headers of a mail; export it again", mail.place)
        return
    number = survey.threads.forest.numbers[head.id]
    if head.unread or read_already[number]:
        yield Skipped(mail.file, head.unread or "mail that is there twice")
        return
    try:
        apart = parts.taken_apart(mail.content)
        written, broken = parts.body(apart.parts)
    except InputError as error:
        yield Rejected(mail.file, str(error), mail.place)
        return
    if apart.unread:
        yield Skipped(mail.file, apart.unread)
        return
    read_already[number] = 1
    own = text.own_words(written, head.author.name if head.author else "", broken)
    if own:
        root, order = survey.threads.place(head.id)
        spool.put(root, order, _Said(head, own, mail.folder))
    elif "-----BEGIN PGP MESSAGE-----" in written:
        yield Skipped(mail.file, "encrypted message")
    elif not any(part.name for part in apart.parts):
        yield Skipped(mail.file, "mail without words of its own")
    yield from _documents(head, apart.parts)


# Documents


def _documents(head: Head, of_mail: Sequence[parts.Part]) -> Iterator[Read]:
    names: Counter[str] = Counter()
    for part in of_mail:
        if not part.name:
            continue
        names[part.name] += 1
        again = f"{names[part.name]}-" if names[part.name] > 1 else ""
        locator = f"{head.id}/{again}{part.name}"
        suffix = PurePosixPath(part.name).suffix.lower()
        if part.type.startswith(("image/", "audio/", "video/")) or suffix in _NO_DOCUMENTS or not suffix:
            yield Skipped(locator, suffix or part.type)
        else:
            yield from _document(head, part, locator)


def _document(head: Head, part: parts.Part, locator: str) -> Iterator[Read]:
    """What a file attached to a mail holds: dated by the mail, and its sender is an author of it."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / part.name
        is_text = (
            part.charset and part.type.startswith("text/") and path.suffix.lower() not in (".html", ".htm")
        )
        path.write_bytes(parts.text_of(part.content, part.charset).encode() if is_text else part.content)
        for found in any_file.read(path, locator, "documents"):
            if isinstance(found, Record):
                sender: list[tuple[Identity, Role]] = [(head.author, "author")] if head.author else []
                roles = tuple(dict.fromkeys([*sender, *found.roles]))
                date = head.time.date() if head.time else found.date
                yield replace(found, date=date, roles=roles, link=head.link)
            else:
                yield found


# Threads


def _thread(root: str, said: list[_Said], noise: frozenset[str]) -> Iterator[Record]:
    """The thread, or nothing where no mail has words that no one said before."""
    said = list(_own(said))
    if not said:
        return
    first = said[0]
    asks = is_question(first.text) or "?" in first.head.subject
    starter = first.head.author if first.head.id == root else None
    subject, _ = headers.base_subject(first.head.subject, noise)
    day = next((one.head.time.date() for one in said if one.head.time), None)
    yield Record(
        locator=root,
        kind="thread",
        title=subject or title_of(first.text) or makeshift_title(first.text),
        segments=tuple(_segment(one, starter, one is first, asks and starter is not None) for one in said),
        date=day,
        channel=first.head.channel or first.folder,
        link=first.head.link,
    )


def _own(said: list[_Said]) -> Iterator[_Said]:
    """What was said, without what is only repeated from another person's earlier mail."""
    before: dict[str, str] = {}
    for one in said:
        author = one.head.author.key if one.head.author else one.head.id
        own = text.without_repeats(one.text, before, author)
        for line in one.text.split("\n"):
            before.setdefault(text.spoken_line(line), author)
        if own.replace(text.GAP, "").strip():
            yield replace(one, text=own)


def _segment(one: _Said, starter: Identity | None, begins: bool, asked: bool) -> Segment:
    author = one.head.author
    by_starter = author is not None and starter is not None and author.key == starter.key
    role, part = role_in_thread(one.text, begins, by_starter, asked)
    return Segment(one.text, author, role if author else None, one.head.time, part=part, key=one.head.id)

"""Questions and answers of a Stack Exchange site or of Stack Internal, as threads whose texts keep their author.

What is read: the public data dump of a site, and what a team of Stack Internal (Stack Overflow for Teams)
downloads of itself; see `stackexchange_dump`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from copassist.errors import InputError
from copassist.records import Identity, Read, Rejected, Skipped, named
from ingest.json_values import moment
from ingest.lookup import Lookup
from ingest.spool import Spool
from ingest.stackexchange.dump import Dump, Row, files_of, folder_in, holds_dump, opened_dump
from ingest.stackexchange.text import comment_text
from ingest.stackexchange.thread import Comment, Duplicate, Found, Post, thread

_SITE = re.compile(
    r"(?:(?:[a-z0-9-]+\.)*(?:stackexchange|stackoverflow|serverfault|superuser|askubuntu|stackapps)\.com"
    r"|(?:meta\.)?mathoverflow\.net|[a-z0-9-]+\.stackenterprise\.co)(?=$|[^a-z0-9.]|\.zip$|\.7z$)"
)
_ID = re.compile(r"[0-9]{1,15}")
_COMMUNITY = "-1"
_SEVEN_ZIP = b"7z\xbc\xaf\x27\x1c"
_OTHER_KINDS = {
    "3": "wiki page",
    "4": "description of a tag",
    "5": "description of a tag",
    "6": "nomination of a moderator",
    "7": "placeholder",
    "8": "wiki page",
}


@dataclass(frozen=True, slots=True)
class _Reading:
    """What is looked up: people by id (name and address), posts by id (their question, "" if unread; title)."""

    dump: Dump
    scheme: str
    people: Lookup
    posts: Lookup
    spool: Spool


def is_export(path: Path) -> bool:
    """Whether a folder or zip file holds the posts of a dump, or a .7z file is named like one."""
    try:
        if path.suffix.lower() == ".7z":
            return _is_packed_dump(path)
        return (path.is_dir() or path.suffix.lower() == ".zip") and holds_dump(path)
    except (InputError, OSError):
        return False


def origin(path: Path) -> str:
    """The site ("cardano.stackexchange.com") if the name of the folder or file tells it, else that name.

    Raises InputError and OSError as `read` does.
    """
    name = path.resolve().name if path.is_dir() else path.stem
    return _site(path) or re.sub(r"[\W_]*[0-9]{4}-?[0-9]{2}-?[0-9]{2}.*", "", name) or name


def taken(path: Path) -> list[Path]:
    """The files of the dump; others in its folder are left to other readers.

    Raises InputError and OSError as `read` does.
    """
    return files_of(path) if path.is_dir() else [path]


def read(path: Path) -> Iterator[Read]:
    """Yield a Record for each question with its answers, the accepted one first, and for each article.

    The locator is "q/ID". The link is the question's address if the site is known, else relative: "q/ID".
    Comments follow what they comment on. What a community wrote together (a community wiki) and what the
    site's own user wrote has no speaker. One thread is held in memory at a time, the rest is on disk.

    Raises InputError if there is no dump at `path`, OSError if it cannot be opened.
    """
    if path.suffix.lower() == ".7z":
        yield Rejected(path.name, "is a .7z archive: unpack it, and give the folder")
        return
    site = _site(path)
    with opened_dump(path) as dump, Lookup() as people, Lookup() as posts, Spool() as spool:
        reading = _Reading(dump, f"stackexchange:{origin(path)}", people, posts, spool)
        yield from dump.unread
        yield from _read_people(reading)
        yield from _read_posts(reading)
        yield from _read_comments(reading)
        yield from _read_duplicates(reading)
        for id, found in spool.groups():
            first = next(
                (one for one in found if isinstance(one, Post) and one.id == id and one.kind != "2"), None
            )
            if first is not None:
                yield from thread(dump.files["posts"], site, first, found)
            else:
                yield from _without_question(reading, id, found)


def _is_packed_dump(path: Path) -> bool:
    if not _SITE.match(path.name.lower()) or not path.is_file():
        return False
    with path.open("rb") as stream:
        return stream.read(len(_SEVEN_ZIP)) == _SEVEN_ZIP


def _site(path: Path) -> str:
    """The host of the site that the dump is of, "" if nothing tells it."""
    names = [path.resolve().name]
    if path.suffix.lower() == ".zip":
        names.insert(0, folder_in(path))
    return next((found[0] for name in names if (found := _SITE.match(name.lower()))), "")


# The tables


def _read_people(reading: _Reading) -> Iterator[Rejected]:
    """Look up who has which id; the addresses of a team's people are in a table of their own."""
    if "users" not in reading.dump.files:
        yield Rejected("Users.xml", "is missing: people have no names; put it beside the posts")
    with Lookup() as addresses:
        for row in reading.dump.rows("accounts"):
            if isinstance(row, Rejected):
                yield row
            else:
                addresses.put(row.get("AccountId", ""), row.get("VerifiedEmail", ""))
        for row in reading.dump.rows("users"):
            if isinstance(row, Rejected):
                yield row
            else:
                address = addresses.get(row.get("AccountId", "")) or ("", "")
                reading.people.put(row.get("Id", ""), row.get("DisplayName", ""), address[0])


def _who(reading: _Reading, row: Row, whose: str) -> Identity | None:
    """Who wrote what a row holds, None for nobody and for the site's own user.

    Without an id there is a name as it was shown: "user123" for 123 who deleted the account.
    """
    id, shown = row.get(f"{whose}UserId", ""), row.get(f"{whose}UserDisplayName", "")
    shown = shown or row.get(f"{whose}DisplayName", "")
    gone = re.fullmatch("user([0-9]{1,15})", shown)
    if not id and gone:
        return Identity(reading.scheme, gone[1], shown)
    if not id or id == _COMMUNITY:
        return named(shown) if shown and not id else None
    name, email = reading.people.get(id) or ("", "")
    return Identity(reading.scheme, id, name or shown, email=email)


def _read_posts(reading: _Reading) -> Iterator[Rejected | Skipped]:
    file = reading.dump.files["posts"]
    for row in reading.dump.rows("posts"):
        if isinstance(row, Rejected):
            yield row
            continue
        id, kind, parent = row.get("Id", ""), row.get("PostTypeId", ""), row.get("ParentId", "")
        if not _ID.fullmatch(id) or (kind == "2" and not _ID.fullmatch(parent)):
            yield Rejected(file, "has no Id, or is an answer without ParentId", f"post {id[:20]}")
        elif reading.posts.get(id) is not None:
            yield Rejected(file, "has the Id of a post before it, which is read", f"post {id}")
        elif why := _unread(row, kind):
            reading.posts.put(id, "")
            yield Skipped(file, why)
        else:
            question = parent if kind == "2" else id
            reading.posts.put(id, question, row.get("Title", ""))
            reading.spool.put(question, 0, _post(reading, row, kind))


def _unread(row: Row, kind: str) -> str:
    """Why a post isn't read, "" if it is."""
    state = row.get("PostState", "").lower()
    if row.get("DeletionDate"):
        return "deleted post"
    if state not in ("", "published"):
        return f"{state[:20]} post"  # "deleted", "draft"
    return "" if kind in ("1", "2", "article") else _OTHER_KINDS.get(kind, f"post of type {kind[:20]}")


def _post(reading: _Reading, row: Row, kind: str) -> Post:
    shared = bool(row.get("CommunityOwnedDate"))
    return Post(
        row["Id"],
        kind,
        row.get("Title", ""),
        tags=tuple(re.findall(r"[^<>|\s]+", row.get("Tags", ""))),
        html=row.get("Body", ""),
        markdown=row.get("BodyMarkdown", ""),
        time=moment(row.get("CreationDate", "")),
        speaker=None if shared else _who(reading, row, "Owner"),
        accepted=row.get("AcceptedAnswerId", ""),
        shared=shared,
    )


def _read_comments(reading: _Reading) -> Iterator[Rejected | Skipped]:
    file = reading.dump.files.get("comments", "")
    for row in reading.dump.rows("comments"):
        if isinstance(row, Rejected):
            yield row
            continue
        id, post = row.get("Id", ""), row.get("PostId", "")
        question, _ = reading.posts.get(post) or ("", "")
        try:
            text = comment_text(row.get("Text") or row.get("BodyMarkdown", ""))
        except InputError as error:
            yield Rejected(file, error.message, f"comment {id[:20]}")
            continue
        if not _ID.fullmatch(id):
            yield Rejected(file, "has no Id", f"comment {id[:20]}")
        elif not question or not text:
            what = "comment without text" if question else "comment on a post that isn't here"
            yield Skipped(file, what)
        else:
            speaker = _who(reading, row, "")
            time = moment(row.get("CreationDate", ""))
            reading.spool.put(question, 1, Comment(id, post, text, time, speaker))


def _read_duplicates(reading: _Reading) -> Iterator[Rejected]:
    for row in reading.dump.rows("postlinks"):
        if isinstance(row, Rejected):
            yield row
        elif row.get("LinkTypeId") == "3" and _ID.fullmatch(of := row.get("RelatedPostId", "")):
            post = row.get("PostId", "")
            question, _ = reading.posts.get(post) or ("", "")
            if question and question == post:
                _, title = reading.posts.get(of) or ("", "")
                reading.spool.put(question, 2, Duplicate(of, title))


def _without_question(reading: _Reading, question: str, found: list[Found]) -> Iterator[Rejected | Skipped]:
    """What is said of answers whose question isn't read."""
    for one in found:
        if not isinstance(one, Post):
            yield Skipped(reading.dump.files["comments"], "comment on a post that isn't here")
        elif reading.posts.get(question) is not None:
            yield Skipped(reading.dump.files["posts"], "answer to a question that isn't read")
        else:
            reason = f"answers question {question}, which isn't here"
            yield Rejected(reading.dump.files["posts"], reason, f"post {one.id}")

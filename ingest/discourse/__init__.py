"""Topics of a Discourse forum as people save them, as threads whose posts keep their author and time.

A topic is what `/t/ID.json` answers (with `?print=true` up to 1,000 posts, else the first 20), its further
pages what `/t/ID/posts.json?post_ids[]=...` does (docs.discourse.org; TopicViewSerializer and PostSerializer
in the source of Discourse). One file holds one page of one topic, a folder any number of them.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

from copassist.errors import InputError
from copassist.records import Identity, Read, Record, Rejected, Segment, Skipped
from ingest.asking import is_question, role_in_thread
from ingest.discourse.page import Post, Topic, base_of, host_of, post_of, text_of, topic_of
from ingest.json_values import Json, object_in, parsed, whole
from ingest.spool import Spool

LARGEST = 50 * 1024 * 1024
"""How many bytes of one file are read; a larger one is rejected. A page of 1,000 posts is about 5 MB."""

_NAME = re.compile(r".+\.json(\?.*)?", re.IGNORECASE | re.DOTALL)
_HEAD = 64 * 1024
_HOW_TO_SAVE = "Save the topic from the forum's /t/ID.json?print=true."


def is_export(path: Path) -> bool:
    """Whether a file looks like a saved topic, or a folder holds one."""
    try:
        if path.is_dir():
            return any(_is_page(file) for file in path.iterdir())
        return _is_page(path)
    except OSError:
        return False


def origin(path: Path) -> str:
    """The forum's host ("forum.example.org") if a file tells it, else the name of the folder.

    Raises OSError if `path` cannot be opened.
    """
    for file in _pages(path):
        try:
            if base := base_of(_opened(file)):
                return host_of(base)
        except (InputError, OSError):
            continue  # which `read` explains
    return path.name if path.is_dir() else path.resolve().parent.name


def taken(path: Path) -> list[Path]:
    """The saved topics in a folder, at any depth; the rest of it is left to other readers."""
    return _pages(path)


def read(path: Path) -> Iterator[Read]:
    """Yield a Record for each topic; its posts are the latest copies in all the files of it.

    The locator is "t/ID". The link is the topic's address if the file tells the host, else relative.
    Private messages, whispers, and posts that are deleted or hidden are never read. What others are quoted
    with isn't under the poster's name: "[quoting NAME]" stands for it. One file, and then one topic, is held
    in memory at a time.

    Raises InputError if nothing of `path` is a saved topic, OSError if it cannot be opened.
    """
    pages = _pages(path)
    if not pages:
        raise InputError(f"{path} holds no saved topic of a Discourse forum.", _HOW_TO_SAVE)
    place = origin(path)
    with Spool() as spool:
        for page in pages:
            name = page.relative_to(path).as_posix() if path.is_dir() else page.name
            try:
                content = _opened(page)
            except InputError as error:
                yield Rejected(name, error.message)
                continue
            except OSError as error:
                if page == path:
                    raise
                yield Rejected(name, f"can't be read: {error.strerror}")
                continue
            yield from _put_down(content, name, place, spool)
        for _, found in spool.groups():
            yield from _thread(
                [one for one in found if isinstance(one, Topic)],
                [one for one in found if isinstance(one, Post)],
            )


# The files


def _pages(path: Path) -> list[Path]:
    if not path.is_dir():
        return [path]
    found = []
    for parent, folders, names in os.walk(path):
        folders[:] = sorted(f for f in folders if not f.startswith("."))
        found += [p for name in sorted(names) if _is_page(p := Path(parent) / name)]
    return found


def _is_page(file: Path) -> bool:
    if not _NAME.fullmatch(file.name) or file.is_symlink() or not file.is_file():
        return False
    try:
        with file.open("rb") as stream:
            head = stream.read(_HEAD).replace(b"\0", b"")  # as good as decoded, should it be UTF-16
    except OSError:
        return False
    return b'"post_stream"' in head and b'"posts"' in head


def _opened(page: Path) -> Json:
    """What a file holds. Raises InputError that says why it is no topic, OSError if it can't be opened."""
    with page.open("rb") as stream:
        content = stream.read(LARGEST + 1)
    if len(content) > LARGEST:
        raise InputError(f"is larger than {LARGEST // 1024**2} MB: save the topic in several pages")
    topic = parsed(content)
    if not isinstance(topic, dict) or not isinstance(object_in(topic, "post_stream").get("posts"), list):
        raise InputError("is no saved topic: it has no post_stream with posts")
    return topic


# Threads


def _put_down(content: Json, name: str, place: str, spool: Spool) -> Iterator[Rejected]:
    """Add what a file holds to `spool`; yield what of it is broken."""
    base = base_of(content)
    if base and host_of(base) != place:
        yield Rejected(
            name, f"is of {host_of(base)}, the rest of {place}: give each forum a folder of its own"
        )
        return
    stream = object_in(content, "post_stream")
    topic = topic_of(content, stream, name, base)
    if topic is not None:
        spool.put(str(topic.id), 0, topic)
    if topic is not None and topic.unread:
        return
    posts = stream.get("posts")
    for position, raw in enumerate(posts if isinstance(posts, list) else [], start=1):
        where = f"entry {position} of the posts"
        if not isinstance(raw, dict):
            yield Rejected(name, "is no object", where)
            continue
        post = post_of(raw, name, place)
        topic_id = whole(raw, "topic_id") or whole(content, "id")
        if post is None or topic_id is None:
            yield Rejected(name, "has no id, no post_number or no topic_id", where)
        else:
            spool.put(str(topic_id), post.number, post)


def _thread(topics: list[Topic], copies: list[Post]) -> Iterator[Read]:
    """What all the files say of one topic; `copies` may hold a post more than once."""
    posts: dict[int, Post] = {}
    for copy in copies:
        if copy.id not in posts or copy.as_of > posts[copy.id].as_of:
            posts[copy.id] = copy
    if not topics:
        for file in sorted({copy.file for copy in copies}):
            reason = (
                "holds posts of a topic that isn't here: save its /t/ID.json too, which says who may read it"
            )
            yield Rejected(file, reason)
        return
    topic = max(topics, key=lambda topic: (topic.unread == "private message", topic.as_of))
    if topic.unread:
        yield Skipped(topic.file, topic.unread)
        return
    if missing := set(topic.stream) - posts.keys():
        there = len(set(topic.stream)) - len(missing)
        reason = (
            f"holds {there} of {len(set(topic.stream))} posts: save it with ?print=true or its further pages"
        )
        yield Rejected(topic.file, reason, f"topic {topic.id}")
    written: list[tuple[Post, str]] = []
    for post in sorted(posts.values(), key=lambda post: (post.number, post.id)):
        try:
            text = "" if post.unread else text_of(post)
        except InputError as error:
            yield Rejected(post.file, error.message, f"post {post.number}")
            continue
        if text:
            written.append((post, text))
        else:
            yield Skipped(post.file, post.unread or "post without text")
    if written:
        yield _record(topic, written)


def _record(topic: Topic, written: list[tuple[Post, str]]) -> Record:
    accepted = topic.accepted or frozenset(post.number for post, _ in written if post.accepted)
    first, text = written[0]
    asks = bool(accepted) or is_question(topic.title) or is_question(text)
    starter = first if first.number == 1 else None
    date = topic.created or first.time
    return Record(
        locator=f"t/{topic.id}",
        kind="thread",
        title=topic.title,
        segments=tuple(_segment(post, text, starter, asks, accepted) for post, text in written),
        date=date.date() if date else None,
        channel=topic.channel,
        link=topic.address,
    )


def _segment(post: Post, text: str, starter: Post | None, asks: bool, accepted: frozenset[int]) -> Segment:
    """`starter` is the first post, None where it isn't there. Who solves their own problem answers it."""
    by_starter = starter is not None and (post is starter or _same(post.speaker, starter.speaker))
    role, part = role_in_thread(text, post is starter, by_starter, asks and starter is not None)
    if post.number in accepted:
        role, part = "answerer", "accepted-answer"
    return Segment(
        text,
        post.speaker,
        role if post.speaker else None,
        post.time,
        part=part,
        location=f"post {post.number}",
        key=str(post.id),
    )


def _same(one: Identity | None, other: Identity | None) -> bool:
    """Whether these are one person, by key: names change."""
    return one is not None and other is not None and one.key == other.key

"""What one saved page of a Discourse topic says of the topic, its posts and their authors."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from copassist.records import Identity
from ingest.html_text import plain
from ingest.json_values import Json, moment, object_in, objects, string, whole

_AVATAR = re.compile(r"(.*?)/user_avatar/([^/]+)/.*", re.DOTALL)
_HOST = re.compile(r"[a-z0-9.-]{1,253}(:[0-9]{1,5})?")
_KINDS = {1: "", 2: "", 3: "small action", 4: "whisper"}


@dataclass(frozen=True, slots=True)
class Topic:
    """What one file says of a topic as a whole. `stream` are the ids of all its posts, where it tells them."""

    file: str
    id: int
    title: str
    address: str
    channel: str
    created: datetime | None
    accepted: frozenset[int]
    stream: tuple[int, ...]
    as_of: tuple[float, int]
    unread: str = ""


@dataclass(frozen=True, slots=True)
class Post:
    """A post as one file has it. `unread` says why it isn't read, and then there is no text."""

    file: str
    id: int
    number: int
    time: datetime | None
    speaker: Identity | None
    accepted: bool
    as_of: tuple[float, int, bool]
    cooked: str = ""
    raw: str = ""
    unread: str = ""


def base_of(topic: Json) -> str:
    """The address of the forum if the topic tells it, "" otherwise.

    Nothing in a topic says it as such, but the pictures of people who uploaded one are at
    "/user_avatar/HOST/NAME/..."; some programs that save topics add a `url`.
    """
    for key in ("base_url", "url"):
        address = string(topic, key)
        if re.match("https?://", address) and (base := _valid(address.partition("/t/")[0])):
            return base
    posts = objects(object_in(topic, "post_stream").get("posts"))
    for avatar in (_AVATAR.fullmatch(string(post, "avatar_template")) for post in posts):
        if avatar is not None:
            below = avatar[1] if re.fullmatch("(/[A-Za-z0-9_-]+)*", avatar[1]) else ""
            if base := _valid(f"https://{avatar[2]}{below}"):
                return base
    return ""


def _valid(address: str) -> str:
    try:
        parts = urlsplit(address)
    except ValueError:
        return ""
    host = parts.netloc.lower()
    return f"{parts.scheme}://{host}{parts.path.rstrip('/')}" if _HOST.fullmatch(host) else ""


def host_of(base: str) -> str:
    """What tells the forum from every other: its address without the scheme."""
    return base.partition("://")[2]


def topic_of(content: Json, stream: Json, name: str, base: str) -> Topic | None:
    """What the file says of its topic, None where it is but a further page of posts."""
    id, title = whole(content, "id"), string(content, "title")
    if id is None or not title:
        return None
    unread = ""
    invited = object_in(content, "details").get("allowed_users")  # only private messages have such a list
    if string(content, "archetype") == "private_message" or invited:
        unread = "private message"
    elif content.get("deleted_at"):
        unread = "deleted topic"
    answers = [object_in(content, "accepted_answer"), *objects(content.get("accepted_answers"))]
    ids = stream.get("stream")
    slug = string(content, "slug")
    path = f"t/{slug}/{id}" if re.fullmatch(r"[^\s/?#]+", slug) else f"t/{id}"
    last = moment(string(content, "last_posted_at"))
    return Topic(
        name,
        id,
        title,
        address=f"{base}/{path}" if base else path,
        channel=_channel(content) or host_of(base),
        created=moment(string(content, "created_at")),
        accepted=frozenset(number for answer in answers if (number := whole(answer, "post_number"))),
        stream=tuple(i for i in ids if isinstance(i, int)) if isinstance(ids, list) else (),
        as_of=(last.timestamp() if last else 0, whole(content, "posts_count") or 0),
        unread=unread,
    )


def _channel(topic: Json) -> str:
    """The category if the file names it, else the tags."""
    category = topic.get("category")
    name = string(topic, "category_name") or string(topic, "category")
    if isinstance(category, dict):
        name = name or string(category, "name")
    tags = topic.get("tags")
    names = [
        string({"name": tag}, "name") if isinstance(tag, str) else string(tag, "name")
        for tag in (tags if isinstance(tags, list) else [])
        if isinstance(tag, str | dict)
    ]
    return name or " ".join(f"[{tag}]" for tag in names if tag)


def post_of(raw: Json, name: str, place: str) -> Post | None:
    """What the file says of a post, None where it is none. `place` is the forum that its author is known at."""
    id, number = whole(raw, "id"), whole(raw, "post_number")
    if id is None or number is None:
        return None
    kind = whole(raw, "post_type") or 1
    deleted = bool(raw.get("deleted_at") or raw.get("user_deleted"))
    unread = _KINDS.get(kind, f"post of type {kind}")
    if not unread and (deleted or raw.get("hidden")):
        unread = "deleted post" if deleted else "hidden post"
    times = (moment(string(raw, key)) for key in ("updated_at", "created_at", "deleted_at"))
    return Post(
        name,
        id,
        number,
        time=moment(string(raw, "created_at")),
        speaker=_identity(raw, place),
        accepted=raw.get("accepted_answer") is True,
        as_of=(max((t.timestamp() for t in times if t), default=0), whole(raw, "version") or 0, deleted),
        cooked="" if unread else string(raw, "cooked"),
        raw="" if unread else string(raw, "raw"),
        unread=unread,
    )


def _identity(post: Json, place: str) -> Identity | None:
    """Who wrote a post; None for one that the forum itself wrote, whose users have negative ids."""
    id, username = whole(post, "user_id"), string(post, "username")
    if (id is not None and id < 0) or (id is None and not username):
        return None
    handle = f"@{username}" if username else ""
    return Identity(f"discourse:{place}", handle if id is None else str(id), string(post, "name"), handle)


# Text

_QUOTE = re.compile(r"\[(/?)quote(?:=([^\[\]\n]{0,300}))?\]", re.IGNORECASE)
_LEFT_OUT = set(
    "elided footnote-backref meta onebox-body onebox-metadata poll-buttons poll-info".split()
)  # what mail repeated, the size of a picture, what a linked page says, the controls of a poll


def text_of(post: Post) -> str:
    """What the poster wrote. `cooked` tells quotes from the rest better than `raw`, which files seldom have.

    Raises InputError for HTML that is nested beyond all sense.
    """
    return plain(post.cooked, _instead) if post.cooked else _without_quotes(post.raw).strip()


def _instead(tag: str, attributes: Mapping[str, str]) -> str | None:
    """What stands for the parts of a post that aren't its author's words, or that are pictures."""
    classes = set(attributes.get("class", "").split())
    if (tag == "aside" and "quote" in classes) or "chat-transcript" in classes:
        return _quoting(attributes.get("data-username", ""))
    if tag == "aside" and "onebox" in classes:
        return attributes.get("data-onebox-src")
    if tag == "img" and "emoji" in classes:
        name = attributes.get("title") or attributes.get("alt", "")
        return name if name.startswith(":") else f":{name}:"
    if tag == "a" and "lightbox" in classes and (name := attributes.get("title", "")):
        return f"[image: {name}]"
    if "chcklst-box" in classes:
        return "[x]" if "checked" in classes else "[ ]"
    return "" if classes & _LEFT_OUT else None


def _quoting(name: str) -> str:
    return f"[quoting {name}]" if name else "[quote]"


def _without_quotes(raw: str) -> str:
    """Markdown with "[quoting NAME]" where [quote="NAME, post:2, topic:3"]...[/quote] stands, nested or not."""
    kept = []
    depth = position = 0
    for mark in _QUOTE.finditer(raw):
        if depth == 0:
            kept.append(raw[position : mark.start()])
            if not mark[1]:
                name = (mark[2] or "").partition(",")[0].strip(' "')
                kept.append(f"{_quoting(name)}\n")
        depth = max(0, depth - 1) if mark[1] else depth + 1
        position = mark.end()
    return "".join(kept) + (raw[position:] if depth == 0 else "")

"""A question with its answers and comments, or an article with its comments, as one record."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from copassist.errors import InputError
from copassist.records import Identity, Part, Read, Record, Rejected, Role, Segment, Skipped
from ingest.asking import role_in_thread
from ingest.stackexchange.text import post_text
from ingest.titles import title_of

_LATEST = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Post:
    """A question ("1"), an answer ("2") or an article, as its row has it."""

    id: str
    kind: str
    title: str
    tags: tuple[str, ...]
    html: str
    markdown: str
    time: datetime | None
    speaker: Identity | None
    accepted: str
    shared: bool


@dataclass(frozen=True, slots=True)
class Comment:
    id: str
    post: str
    text: str
    time: datetime | None
    speaker: Identity | None


@dataclass(frozen=True, slots=True)
class Duplicate:
    """That a question was closed because another one is the same; `title` is "" if that isn't here."""

    of: str
    title: str


Found = Post | Comment | Duplicate


def thread(file: str, site: str, first: Post, found: Sequence[Found]) -> Iterator[Read]:
    """Yield the record of a question or an article, before it what of it can't be read.

    `file` is where the posts come from, `site` their host, "" if unknown. `found` holds `first` too.
    """
    answers = [one for one in found if isinstance(one, Post) and one is not first]
    answers.sort(key=lambda answer: (answer.id != first.accepted, answer.time or _LATEST, int(answer.id)))
    comments: dict[str, dict[str, Comment]] = {}
    for one in found:
        if isinstance(one, Comment):
            comments.setdefault(one.post, {})[one.id] = one
    segments: list[Segment] = []
    for post in (first, *answers):
        try:
            text = post_text(post.html, post.markdown)
        except InputError as error:
            yield Rejected(file, error.message, f"post {post.id}")
        else:
            if text:
                segments.append(_segment(first, post, text))
            else:
                yield Skipped(file, "post without text")
        under = sorted(comments.get(post.id, {}).values(), key=lambda c: (c.time or _LATEST, int(c.id)))
        segments += [_comment(first, post, comment) for comment in under]
    segments += [_closed(one) for one in found if isinstance(one, Duplicate)]
    if segments:
        yield _record(site, first, tuple(segments))


def _record(site: str, first: Post, segments: tuple[Segment, ...]) -> Record:
    asks = first.kind == "1"
    path = f"{'questions' if site else 'q'}/{first.id}" if asks else f"articles/{first.id}"
    return Record(
        locator=f"q/{first.id}",
        kind="thread" if asks else "document",
        title=first.title or title_of(segments[0].text),
        segments=segments,
        date=first.time.date() if first.time else None,
        channel=" ".join(filter(None, [site, *(f"[{tag}]" for tag in first.tags)])),
        link=f"https://{site}/{path}" if site else path,
    )


def _segment(first: Post, post: Post, text: str) -> Segment:
    role: Role = "author"
    part: Part = ""
    if post is not first:
        role, part = "answerer", "accepted-answer" if post.id == first.accepted else "answer"
    elif first.kind == "1":
        role, part = "asker", "question"
    return Segment(
        text,
        post.speaker,
        role if post.speaker else None,
        post.time,
        part=part,
        location=_place(first, post) + (" (community wiki)" if post.shared else ""),
        key=post.id,
    )


def _comment(first: Post, post: Post, comment: Comment) -> Segment:
    """What is said in a comment answers nothing, whoever says it."""
    by_starter = _same(comment.speaker, first.speaker)
    role, part = role_in_thread(comment.text, False, by_starter, first.kind == "1")
    return Segment(
        comment.text,
        comment.speaker,
        role if comment.speaker else None,
        comment.time,
        part=part if by_starter else "",
        location=f"comment on {'the ' if post is first else ''}{_place(first, post)}",
        key=f"comment {comment.id}",
    )


def _closed(duplicate: Duplicate) -> Segment:
    of = f"\u201c{duplicate.title}\u201d" if duplicate.title else f"question {duplicate.of}"
    return Segment(f"Closed as a duplicate of {of}.", key=f"duplicate of {duplicate.of}")


def _place(first: Post, post: Post) -> str:
    if post is not first:
        return f"answer {post.id}"
    return "question" if first.kind == "1" else "article"


def _same(one: Identity | None, other: Identity | None) -> bool:
    return one is not None and one == other

"""Whatever stands in a Slack export, reading it ends, says what it left out, and mixes up no people."""

from __future__ import annotations

import json
import tempfile
import time
import zipfile
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from copassist.errors import InputError
from copassist.records import Read, Record, Rejected, Skipped
from ingest import slack
from ingest.asking import is_question
from ingest.slack.text import blocks_text, has_words, own_words, plain_text
from ingest.slack.workspace import Workspace
from ingest.titles import makeshift_title, title_of
from tests.ingest.slack_exports import export, said, zipped

TEXT = st.text(max_size=30) | st.sampled_from(
    [
        "<@U01INES> how?",
        "*a* _b_ `c`",
        "&gt; so\nno",
        "```x",
        ":+1:",
        "<https://a|b>",
        "\0",
        "half \ud83d",
        "<!here>",
    ]
)
SCALAR = st.none() | st.booleans() | st.integers() | st.floats() | TEXT
JUNK = st.recursive(
    SCALAR,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(TEXT, inner, max_size=2),
    max_leaves=4,
)
TS = st.integers(0, 20_000).map(lambda n: f"{1731412345 + n}.000100") | st.sampled_from(["0", "9" * 10, "x"])
USER = st.sampled_from(["U01INES", "U02DARIO", "U03BOT", "U09NEW", "", "USLACKBOT"])
SUBTYPE = st.sampled_from(
    [
        "",
        "thread_broadcast",
        "bot_message",
        "tombstone",
        "message_deleted",
        "message_changed",
        "file_share",
        "x",
    ]
)


def objects(**keys: st.SearchStrategy[object]) -> st.SearchStrategy[dict[str, object]]:
    """Objects with any of these keys, of the right type more often than not."""
    return st.fixed_dictionaries({}, optional={key: value | JUNK for key, value in keys.items()})


INLINE = objects(
    type=st.sampled_from(["text", "user", "channel", "link", "emoji", "date", "usergroup", "x"]),
    text=TEXT,
    user_id=USER,
    url=TEXT,
    name=TEXT,
    style=objects(code=st.booleans()),
)
BLOCK = st.recursive(
    INLINE,
    lambda inner: objects(
        type=st.sampled_from(
            "rich_text rich_text_section rich_text_list rich_text_quote rich_text_preformatted"
            " section table header context x".split()
        ),
        elements=st.lists(inner, max_size=3),
        rows=st.lists(st.lists(inner, max_size=2), max_size=2),
        text=TEXT,
        style=st.sampled_from(["ordered", "bullet"]),
        indent=st.integers(),
        offset=st.integers(),
    ),
    max_leaves=8,
)
FILE = objects(
    id=TEXT,
    name=TEXT,
    title=TEXT,
    mode=st.sampled_from(["hosted", "snippet", "quip", "tombstone"]),
    subtype=st.just("slack_audio"),
    user=USER,
    preview=TEXT,
    transcription=objects(preview=objects(content=TEXT)),
    initial_comment=objects(comment=TEXT, user=USER),
)
MESSAGE = st.deferred(
    lambda: objects(
        ts=TS,
        thread_ts=TS,
        user=USER,
        text=TEXT,
        subtype=SUBTYPE,
        deleted_ts=TS,
        parent_user_id=USER,
        edited=objects(ts=TS),
        replies=st.lists(objects(ts=TS), max_size=3),
        blocks=st.lists(BLOCK, max_size=2),
        files=st.lists(FILE, max_size=2),
        file=FILE,
        comment=objects(comment=TEXT, user=USER),
        user_profile=objects(real_name=TEXT, display_name=TEXT, name=TEXT),
        message=MESSAGE,
        attachments=st.lists(objects(text=TEXT), max_size=1),
    )
)
DAY = st.lists(
    st.tuples(MESSAGE, TS, USER).map(lambda m: {"ts": m[1], "user": m[2], **m[0]}) | JUNK, max_size=6
)

often = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))


def texts(value: object) -> Iterator[str]:
    """Every text in a value, however deep."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, tuple):
        for inner in value:
            yield from texts(inner)
    elif is_dataclass(value):
        for f in fields(value):
            yield from texts(getattr(value, f.name))


def checked(path: Path) -> list[Read]:
    """What is read, after a check that a database takes all of it."""
    found = list(slack.read(path))
    for one in found:
        assert isinstance(one, Record | Rejected | Skipped)
        for text in texts(one):
            assert "\0" not in text
            text.encode("utf-8")
        if isinstance(one, Record):
            assert one.segments and one.title and all(s.text.strip() for s in one.segments)
    locators = [one.locator for one in found if isinstance(one, Record)]
    assert len(set(locators)) == len(locators)
    return found


@often
@given(st.lists(DAY, min_size=1, max_size=3))
def test_any_days_are_read_and_every_message_is_its_authors(days: list[list[object]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        named = {f"talk/2024-11-{12 + n}.json": json.dumps(day) for n, day in enumerate(days)}
        found = checked(export(Path(folder), named))
    written: dict[str, set[str]] = {}
    for day in days:
        for message in day:
            while isinstance(message, dict):
                authors = [message, message.get("comment"), (message.get("file") or {})]
                authors += [a.get("initial_comment") for a in authors if isinstance(a, dict)]
                for author in authors:
                    if isinstance(author, dict) and isinstance(author.get("user"), str):
                        written.setdefault(str(message.get("ts")), set()).add(author["user"])
                message = message.get("message")
    for record in found:
        for segment in record.segments if isinstance(record, Record) else ():
            assert segment.speaker is None or segment.speaker.key in written[segment.key]


@often
@given(st.binary(max_size=200) | JUNK.map(lambda value: json.dumps(value).encode()))
def test_any_content_of_a_day_or_a_list_is_read_or_refused(content: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = export(Path(folder), {"talk/2024-11-13.json": [said(0, "Hello.")]})
        (path / "talk" / "2024-11-12.json").write_bytes(content)
        assert any(isinstance(one, Record) for one in checked(path))
        for name in ("groups.json", "users.json", "channels.json"):
            (path / name).write_bytes(content)
            slack.is_export(path)
            try:
                checked(path)
            except InputError as error:
                assert error.fix


@often
@given(st.lists(JUNK, max_size=3), st.lists(JUNK, max_size=3), st.lists(JUNK, max_size=3))
def test_any_lists_are_read(users: list[object], channels: list[object], groups: list[object]) -> None:
    entries = [{"id": id_, "name": name} for id_ in users[:1] for name in channels[:1]]
    with tempfile.TemporaryDirectory() as folder:
        path = export(
            Path(folder),
            {"talk/2024-11-12.json": [said(0, "Hello.")]},
            users=[*users, *entries],
            channels=[*channels, *entries],
            groups=[*groups, *entries],
            dms=[*entries, *channels],
        )
        checked(path)


@often
@given(st.data())
def test_a_damaged_zip_is_read_or_refused(data: st.DataObject) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = zipped(
            export(Path(folder) / "a", {"talk/2024-11-12.json": [said(0, "Hello.")]}), Path(folder) / "a.zip"
        )
        raw = bytearray(path.read_bytes())
        for _ in range(data.draw(st.integers(1, 4))):
            raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
        path.write_bytes(bytes(raw[: data.draw(st.integers(0, len(raw)))] or raw))
        slack.is_export(path)
        try:
            checked(path)
        except InputError as error:
            assert error.fix


@often
@given(st.text() | TEXT, st.lists(BLOCK | JUNK, max_size=4))
def test_any_text_and_blocks_become_plain_text(text: str, blocks: list[object]) -> None:
    found = Workspace("T1")
    plain = plain_text(text, found)
    assert set(own_words(plain).split("\n")) <= {
        *plain.split("\n"),
        *(line.strip() for line in plain.split("\n")),
        "",
    }
    assert len(title_of(plain)) <= 80 and len(makeshift_title(plain)) <= 80
    assert has_words(plain) or not title_of(plain)
    assert isinstance(blocks_text(blocks, found), str)


PIECES = "*|_|`|```|<|<@|* | *a|_a |[file: |:a|&gt; |> |\n|. |(http:|@here |?|~|```a|<!date^1^|x |•| \n|a.A |:+1:|https://"


@pytest.mark.parametrize("piece", [*PIECES.split("|"), "<a|", "|"])
def test_a_text_of_a_million_signs_takes_no_longer_than_its_length(piece: str) -> None:
    text = piece * (1_000_000 // len(piece))
    started = time.perf_counter()
    plain = plain_text(text, Workspace("T1"))
    for reading in (own_words, has_words, title_of, makeshift_title, is_question):
        reading(plain)
        reading(text)
    assert time.perf_counter() - started < 20  # a quadratic pattern takes hours


def test_a_zip_of_many_small_files_is_read(tmp_path: Path) -> None:
    path = zipped(export(tmp_path / "a", {}), tmp_path / "a.zip")
    with zipfile.ZipFile(path, "a") as archive:
        for n in range(3000):
            archive.writestr(f"talk/{2000 + n // 300}-{n % 300:03d}.json", "[]")
            archive.writestr(f"talk/{2000 + n // 336}-{n % 336 // 28 + 1:02d}-{n % 28 + 1:02d}.json", "[]")
    assert {type(one) for one in checked(path)} == {Skipped}

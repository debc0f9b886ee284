"""What the Discourse connector makes of saved topics."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from copassist.errors import InputError
from copassist.records import Identity, Read, Record, Rejected, Segment, Skipped
from ingest import discourse

INES = Identity("discourse:forum.example.org", "41", "Ines Valcourt", "@ines")
DARIO = Identity("discourse:forum.example.org", "42", "Dario Fenwick", "@dario")


def post(number: int, cooked: str, user: Identity = INES, **more: object) -> dict[str, object]:
    """A post as a topic's JSON holds it, written `number` minutes after 2024-11-12 10:00 UTC."""
    written = f"2024-11-12T10:{number:02}:00.000Z"
    return {
        "id": 700 + number,
        "name": user.name,
        "username": user.handle[1:],
        "avatar_template": f"/user_avatar/forum.example.org/{user.handle[1:]}/{{size}}/12_2.png",
        "created_at": written,
        "cooked": cooked,
        "post_number": number,
        "post_type": 1,
        "updated_at": written,
        "reply_to_post_number": None,
        "topic_id": 31,
        "topic_slug": "boxes-in-the-pdf",
        "version": 1,
        "user_id": int(user.key),
        "hidden": False,
        "deleted_at": None,
        "user_deleted": False,
        "accepted_answer": False,
    } | more


def topic(*posts: dict[str, object], **more: object) -> dict[str, object]:
    return {
        "post_stream": {"posts": list(posts), "stream": [p["id"] for p in posts]},
        "timeline_lookup": [[1, 0]],
        "tags": ["fonts", {"id": 3, "name": "pdf", "slug": "pdf"}],
        "id": 31,
        "title": "Boxes in the PDF",
        "fancy_title": "Boxes in the PDF",
        "posts_count": len(posts),
        "created_at": "2024-11-12T10:01:00.000Z",
        "last_posted_at": "2024-11-12T10:59:00.000Z",
        "archetype": "regular",
        "slug": "boxes-in-the-pdf",
        "category_id": 5,
        "deleted_at": None,
        "details": {"created_by": {"id": 41, "username": "ines"}},
    } | more


def page(*posts: dict[str, object]) -> dict[str, object]:
    """A further page: posts alone."""
    return {"post_stream": {"posts": list(posts)}, "id": 31}


def saved(folder: Path, *contents: object, **named: object) -> Path:
    """A folder with one file for each content: 1.json, 2.json, ..."""
    files = {str(n): content for n, content in enumerate(contents, start=1)} | named
    for name, content in files.items():
        (folder / f"{name}.json").write_text(json.dumps(content), encoding="utf-8")
    return folder


def record(path: Path) -> Record:
    (found,) = [r for r in discourse.read(path) if isinstance(r, Record)]
    return found


def others(path: Path) -> list[Read]:
    return [r for r in discourse.read(path) if not isinstance(r, Record)]


def text_of(tmp_path: Path, cooked: str, **more: object) -> str:
    return record(saved(tmp_path, topic(post(1, cooked, **more)))).segments[0].text


QUESTION = post(1, "<p>The PDF shows boxes. How do we embed fonts?</p>")
ANSWER = post(2, "<p>Tick <strong>Embed all</strong> in the export profile.</p>", DARIO)
THANKS = post(3, "<p>That worked, thanks!</p>")


def test_a_topic_becomes_a_thread_with_who_asked_and_whose_answer_was_accepted(tmp_path: Path) -> None:
    content = topic(QUESTION, ANSWER, THANKS, accepted_answer={"post_number": 2, "username": "dario"})
    (found,) = discourse.read(saved(tmp_path, content))
    assert found == Record(
        locator="t/31",
        kind="thread",
        title="Boxes in the PDF",
        segments=(
            Segment(
                "The PDF shows boxes. How do we embed fonts?",
                INES,
                "asker",
                datetime(2024, 11, 12, 10, 1, tzinfo=UTC),
                part="question",
                location="post 1",
                key="701",
            ),
            Segment(
                "Tick Embed all in the export profile.",
                DARIO,
                "answerer",
                datetime(2024, 11, 12, 10, 2, tzinfo=UTC),
                part="accepted-answer",
                location="post 2",
                key="702",
            ),
            Segment(
                "That worked, thanks!",
                INES,
                "asker",
                datetime(2024, 11, 12, 10, 3, tzinfo=UTC),
                location="post 3",
                key="703",
            ),
        ),
        date=date(2024, 11, 12),
        channel="[fonts] [pdf]",
        link="https://forum.example.org/t/boxes-in-the-pdf/31",
    )


def test_the_flag_of_a_post_tells_the_accepted_answer_too(tmp_path: Path) -> None:
    found = record(saved(tmp_path, topic(QUESTION, ANSWER | {"accepted_answer": True})))
    assert [(s.role, s.part) for s in found.segments] == [
        ("asker", "question"),
        ("answerer", "accepted-answer"),
    ]


def test_who_solves_their_own_problem_answers_it(tmp_path: Path) -> None:
    content = topic(QUESTION, THANKS, accepted_answers=[{"post_number": 3, "username": "ines"}])
    found = record(saved(tmp_path, content))
    assert [(s.role, s.part) for s in found.segments] == [
        ("asker", "question"),
        ("answerer", "accepted-answer"),
    ]


def test_replies_answer_nothing_where_nobody_asked(tmp_path: Path) -> None:
    content = topic(post(1, "<p>The template is out.</p>"), post(2, "<p>Nice.</p>", DARIO))
    assert [(s.role, s.part) for s in record(saved(tmp_path, content)).segments] == [
        ("author", ""),
        ("answerer", ""),
    ]


@pytest.mark.parametrize(
    ("title", "cooked", "accepted"),
    [
        ("Boxes?", "<p>They are there.</p>", False),
        ("Boxes", "<p>Why are they there?</p>", False),
        ("Boxes", "<p>They are there.</p>", True),
    ],
)
def test_a_title_a_text_or_an_accepted_answer_shows_that_something_is_asked(
    tmp_path: Path, title: str, cooked: str, accepted: bool
) -> None:
    posts = [post(1, cooked), ANSWER | {"accepted_answer": accepted}, post(3, "<p>Where is it?</p>")]
    part = "accepted-answer" if accepted else "answer"
    assert [(s.role, s.part) for s in record(saved(tmp_path, topic(*posts, title=title))).segments] == [
        ("asker", "question"),
        ("answerer", part),
        ("asker", "question"),
    ]


def test_who_nobody_knows_is_nobody_else(tmp_path: Path) -> None:
    posts = [post(1, "<p>Why?</p>", user_id=-1), post(2, "<p>So.</p>", user_id=-1)]
    segments = record(saved(tmp_path, topic(*posts))).segments
    assert [(s.speaker, s.part) for s in segments] == [(None, "question"), (None, "answer")]


def test_a_topic_without_date_is_as_old_as_its_first_post(tmp_path: Path) -> None:
    old = QUESTION | {"created_at": "2019-01-02T00:00:00.000Z"}
    assert record(saved(tmp_path, topic(old))).date == date(2024, 11, 12)
    assert record(saved(tmp_path, topic(old, created_at=None))).date == date(2019, 1, 2)
    assert record(saved(tmp_path, topic(QUESTION | {"created_at": "soon"}, created_at=None))).date is None


def test_replies_to_a_deleted_question_make_nobody_the_asker(tmp_path: Path) -> None:
    content = topic(QUESTION | {"deleted_at": "2024-12-01T00:00:00.000Z"}, ANSWER, THANKS)
    found = record(saved(tmp_path, content))
    assert [(s.location, s.role, s.part) for s in found.segments] == [
        ("post 2", "answerer", ""),
        ("post 3", "answerer", ""),
    ]


def test_pages_of_one_topic_are_read_together(tmp_path: Path) -> None:
    stream = {"posts": [QUESTION], "stream": [701, 702, 703]}
    nameless = page({key: value for key, value in THANKS.items() if key != "topic_id"})
    saved(tmp_path, nameless, topic(post_stream=stream), page(ANSWER) | {"id": None})
    found = record(tmp_path)
    assert [s.key for s in found.segments] == ["701", "702", "703"]
    assert others(tmp_path) == []


def test_posts_that_were_not_saved_are_told(tmp_path: Path) -> None:
    saved(tmp_path, topic(post_stream={"posts": [QUESTION, ANSWER], "stream": [701, 702, 703, 704, 705]}))
    assert [s.key for s in record(tmp_path).segments] == ["701", "702"]
    reason = "holds 2 of 5 posts: save it with ?print=true or its further pages"
    assert others(tmp_path) == [Rejected("1.json", reason, "topic 31")]


def test_posts_without_their_topic_are_not_read_as_nobody_knows_for_whom_they_are(tmp_path: Path) -> None:
    reason = "holds posts of a topic that isn't here: save its /t/ID.json too, which says who may read it"
    assert list(discourse.read(saved(tmp_path, page(ANSWER)))) == [Rejected("1.json", reason)]


def test_of_several_copies_of_a_post_the_latest_counts(tmp_path: Path) -> None:
    edited = ANSWER | {"cooked": "<p>Edited.</p>", "updated_at": "2024-11-13T08:00:00.000Z", "version": 2}
    found = record(saved(tmp_path, topic(QUESTION, edited), topic(QUESTION, ANSWER)))
    assert [s.text for s in found.segments] == [found.segments[0].text, "Edited."]
    assert found.segments[1].time == datetime(2024, 11, 12, 10, 2, tzinfo=UTC)


def test_of_copies_of_one_time_the_higher_version_counts(tmp_path: Path) -> None:
    edited = ANSWER | {"cooked": "<p>Edited.</p>", "version": 2}
    found = record(saved(tmp_path, topic(QUESTION, edited), topic(QUESTION, ANSWER)))
    assert found.segments[1].text == "Edited."


def test_the_topic_is_as_its_latest_copy_says(tmp_path: Path) -> None:
    later = {"last_posted_at": "2025-01-01T00:00:00Z", "title": "Later"}
    assert record(saved(tmp_path, topic(QUESTION, **later), topic(QUESTION))).title == "Later"
    longer = {"title": "Longer", "posts_count": 2}
    assert record(saved(tmp_path, topic(QUESTION, **longer), topic(QUESTION))).title == "Longer"


def test_a_post_that_was_deleted_since_is_left_out(tmp_path: Path) -> None:
    gone = ANSWER | {"deleted_at": "2024-11-20T08:00:00.000Z"}
    saved(tmp_path, topic(QUESTION, ANSWER), topic(QUESTION, gone))
    assert [s.key for s in record(tmp_path).segments] == ["701"]
    assert others(tmp_path) == [Skipped("2.json", "deleted post")]


@pytest.mark.parametrize(
    ("change", "what"),
    [
        ({"deleted_at": "2024-11-20T08:00:00.000Z"}, "deleted post"),
        ({"user_deleted": True}, "deleted post"),
        ({"hidden": True}, "hidden post"),
        ({"post_type": 3, "action_code": "closed.enabled", "cooked": ""}, "small action"),
        ({"post_type": 4}, "whisper"),
        ({"post_type": 4, "user_deleted": True}, "whisper"),
        ({"post_type": 9}, "post of type 9"),
        ({"cooked": "<p></p>"}, "post without text"),
    ],
)
def test_what_is_not_read_of_a_topic_is_counted(tmp_path: Path, change: dict[str, object], what: str) -> None:
    saved(tmp_path, topic(QUESTION, ANSWER | change))
    assert [s.key for s in record(tmp_path).segments] == ["701"]
    assert others(tmp_path) == [Skipped("1.json", what)]


@pytest.mark.parametrize(
    ("change", "what"),
    [
        ({"archetype": "private_message"}, "private message"),
        ({"details": {"allowed_users": [{"id": 41}]}}, "private message"),
        ({"deleted_at": "2024-11-20T08:00:00.000Z"}, "deleted topic"),
    ],
)
def test_private_messages_and_deleted_topics_are_never_read(
    tmp_path: Path, change: dict[str, object], what: str
) -> None:
    saved(tmp_path, topic(QUESTION, **change), page(ANSWER))
    assert list(discourse.read(tmp_path)) == [Skipped("1.json", what)]


def test_what_was_private_in_one_copy_is_private(tmp_path: Path) -> None:
    saved(tmp_path, topic(QUESTION, last_posted_at="2025-01-01T00:00:00Z"))
    saved(tmp_path, two=topic(QUESTION, archetype="private_message"))
    assert list(discourse.read(tmp_path)) == [Skipped("two.json", "private message")]


def test_the_words_of_others_are_never_under_the_poster(tmp_path: Path) -> None:
    quote = (
        '<aside class="quote no-group" data-username="dario" data-post="2" data-topic="31">\n'
        '<div class="title">\n<div class="quote-controls"></div>\n'
        '<img alt="" width="24" height="24" src="/u/dario/48.png" class="avatar"> dario:</div>\n'
        "<blockquote>\n<p>Tick <b>Embed all</b>.</p>\n</blockquote>\n</aside>\n<p>Where is that?</p>"
    )
    assert text_of(tmp_path, quote) == "[quoting dario]\n\nWhere is that?"
    nameless = '<aside class="quote"><blockquote><p>x</p></blockquote></aside><p>So?</p>'
    assert text_of(tmp_path, nameless) == "[quote]\n\nSo?"
    aside = '<aside data-username="ana"><p>By the way,</p></aside><p>so</p>'
    assert text_of(tmp_path, aside) == "By the way,\n\nso"
    chat = '<div class="chat-transcript" data-username="ana"><p>hi</p></div><p>See above.</p>'
    assert text_of(tmp_path, chat) == "[quoting ana]\n\nSee above."
    mailed = '<p>Yes.</p><details class="elided"><summary>···</summary><p>On Monday, Ana wrote</p></details>'
    assert text_of(tmp_path, mailed) == "Yes."


def test_a_linked_page_leaves_its_address(tmp_path: Path) -> None:
    onebox = (
        '<aside class="onebox allowlistedgeneric" data-onebox-src="https://docs.example.org/fonts">'
        '<header class="source"><a href="https://docs.example.org/fonts">docs.example.org</a></header>'
        '<article class="onebox-body"><h3><a href="https://docs.example.org/fonts">Fonts</a></h3><p>How</p>'
        '</article><div class="onebox-metadata"></div></aside>'
    )
    assert text_of(tmp_path, onebox) == "https://docs.example.org/fonts"
    old = onebox.replace(' data-onebox-src="https://docs.example.org/fonts"', "")
    assert text_of(tmp_path, old) == "docs.example.org (https://docs.example.org/fonts)"


@pytest.mark.parametrize(
    ("cooked", "text"),
    [
        ('<p>Good <img src="/i.png" title=":tada:" class="emoji" alt=":tada:">!</p>', "Good :tada:!"),
        ('<p>a <img src="/i.png" class="emoji only-emoji" alt="heart"></p>', "a :heart:"),
        (
            '<p><img src="/i.png" title="a box" alt="box"> <a href="/x" title="y">here</a></p>',
            "[image: box] here",
        ),
        ('<p>ask <a class="mention" href="/u/dario">@dario</a></p>', "ask @dario"),
        (
            '<p><div class="lightbox-wrapper"><a class="lightbox" href="https://f.example.org/o.png" title="profile">'
            '<img src="/s.png" alt="profile"><div class="meta"><span class="filename">profile</span>'
            '<span class="informations">1152×872 111 KB</span></div></a></div></p>',
            "[image: profile]",
        ),
        (
            '<div class="poll" data-poll-name="poll"><div class="poll-container"><ul>'
            '<li data-poll-option-id="a">Otter</li><li data-poll-option-id="b">Heath</li></ul></div>'
            '<div class="poll-info"><span class="info-number">0</span> voters</div></div>',
            "- Otter\n- Heath",
        ),
        ('<p><span class="chcklst-box checked fa fa-square-check-o"></span> done</p>', "[x] done"),
        (
            '<pre class="codeblock-buttons"><code class="lang-py">a = 1\n\nb = 2\n</code></pre>',
            "```\na = 1\n\nb = 2\n```",
        ),
        ("<details><summary>Log</summary><p>line</p></details>", "Log\n\nline"),
        ('<div class="md-table"><table><tr><th>a</th></tr><tr><td>1</td></tr></table></div>', "a\n1"),
    ],
)
def test_posts_read_as_on_screen(tmp_path: Path, cooked: str, text: str) -> None:
    assert text_of(tmp_path, cooked) == text


def test_where_only_the_source_of_a_post_was_saved_its_quotes_are_marks(tmp_path: Path) -> None:
    raw = 'Hm.\n[quote="dario, post:2, topic:31"]\nTick\n[quote]\ninner\n[/quote]\nit.\n[/quote]\n\nWhere *is* it?'
    assert text_of(tmp_path, "", raw=raw) == "Hm.\n[quoting dario]\n\n\nWhere *is* it?"


def test_people_without_id_are_known_by_their_username(tmp_path: Path) -> None:
    content = topic(
        post(1, "<p>Hi</p>", user_id=None, post_type=None),
        post(2, "<p>Ho</p>", user_id=-1, username="system", name="system"),
        post(3, "<p>He</p>", user_id=None, username=None, name=None),
    )
    first, second, third = record(saved(tmp_path, content)).segments
    assert first.speaker == Identity("discourse:forum.example.org", "@ines", "Ines Valcourt", "@ines")
    assert (second.speaker, second.role) == (None, None)
    assert (third.speaker, third.role) == (None, None)


def test_without_a_host_the_folder_names_the_forum(tmp_path: Path) -> None:
    folder = tmp_path / "our-forum"
    folder.mkdir()
    letters = {"avatar_template": "/letter_avatar_proxy/v4/letter/i/a8b319/{size}.png"}
    found = record(saved(folder, topic(QUESTION | letters, tags=[])))
    assert discourse.origin(folder) == discourse.origin(folder / "1.json") == "our-forum"
    assert (found.link, found.channel) == ("t/boxes-in-the-pdf/31", "")
    assert found.segments[0].speaker == Identity("discourse:our-forum", "41", "Ines Valcourt", "@ines")


@pytest.mark.parametrize(
    ("more", "avatar", "base"),
    [
        ({"url": "https://talk.example.org/t/x/31"}, "", "https://talk.example.org"),
        (
            {"url": "ftp://talk.example.org/t/x/31"},
            "/user_avatar/example.org/ines/{size}/1_2.png",
            "https://example.org",
        ),
        ({"base_url": "https://example.org/forum/"}, "", "https://example.org/forum"),
        ({}, "/forum/user_avatar/example.org/ines/{size}/1_2.png", "https://example.org/forum"),
        (
            {},
            "https://sea2.discourse-cdn.com/acme/user_avatar/talk.acme.org/ines/{size}/1_2.png",
            "https://talk.acme.org",
        ),
    ],
)
def test_the_address_of_the_forum_is_taken_from_what_a_topic_tells(
    tmp_path: Path, more: dict[str, object], avatar: str, base: str
) -> None:
    saved(tmp_path, topic(QUESTION | {"avatar_template": avatar}, **more))
    assert record(tmp_path).link == f"{base}/t/boxes-in-the-pdf/31"
    assert discourse.origin(tmp_path) == base.removeprefix("https://")


def test_topics_of_two_forums_are_not_mixed(tmp_path: Path) -> None:
    other = topic(
        QUESTION | {"avatar_template": "/user_avatar/talk.acme.org/ines/{size}/1_2.png", "topic_id": 8}, id=8
    )
    saved(tmp_path, topic(QUESTION), other)
    reason = "is of talk.acme.org, the rest of forum.example.org: give each forum a folder of its own"
    assert others(tmp_path) == [Rejected("2.json", reason)]


def test_the_category_is_the_channel_where_the_file_names_it(tmp_path: Path) -> None:
    assert record(saved(tmp_path, topic(QUESTION, category_name="Support"))).channel == "Support"
    assert record(saved(tmp_path, topic(QUESTION, category={"name": "Help"}))).channel == "Help"
    assert record(saved(tmp_path, topic(QUESTION, category="Help"))).channel == "Help"
    assert record(saved(tmp_path, topic(QUESTION, tags=["", 3, "pdf"]))).channel == "[pdf]"
    assert record(saved(tmp_path, topic(QUESTION, tags=[]))).channel == "forum.example.org"


def test_only_saved_topics_are_taken_from_a_folder(tmp_path: Path) -> None:
    saved(tmp_path, topic(QUESTION), latest={"topic_list": {"topics": []}})
    (tmp_path / "notes.md").write_text("# Notes")
    (tmp_path / "topic.txt").write_text((tmp_path / "1.json").read_text())
    (tmp_path / "2.json").mkdir()
    (tmp_path / "3.json").write_text('{"posts": []}')
    (tmp_path / "4.json").write_text('{"post_stream": {}}')
    hidden = tmp_path / ".cache"
    hidden.mkdir()
    saved(hidden, topic(ANSWER))
    below = tmp_path / "31"
    below.mkdir()
    further = below / "posts.json?post_ids[]=702"
    further.write_text(json.dumps(page(ANSWER)))
    assert discourse.is_export(tmp_path)
    assert discourse.is_export(tmp_path / "1.json")
    assert not discourse.is_export(tmp_path / "latest.json")
    assert not discourse.is_export(tmp_path / "notes.md")
    assert not discourse.is_export(tmp_path / "missing.json")
    assert discourse.taken(tmp_path) == [tmp_path / "1.json", further]
    assert discourse.taken(tmp_path / "1.json") == [tmp_path / "1.json"]
    assert len(record(tmp_path).segments) == 2
    further.write_text('{"post_stream": {"posts": 1}}')
    (rejected,) = others(tmp_path)
    assert isinstance(rejected, Rejected)
    assert rejected.file == "31/posts.json?post_ids[]=702"


def test_a_file_from_a_shell_of_windows_is_read(tmp_path: Path) -> None:
    (tmp_path / "1.json").write_text(json.dumps(topic(QUESTION)), encoding="utf-16")
    assert discourse.is_export(tmp_path)
    assert record(tmp_path).segments[0].speaker == INES


def test_broken_files_and_posts_are_rejected_and_the_rest_goes_in(tmp_path: Path) -> None:
    saved(tmp_path, topic(QUESTION, {"id": 9}, post_stream={"posts": [QUESTION, {"id": 9}, "x"]}))
    (tmp_path / "2.json").write_text('{"post_stream": {"posts": [{"id": 1')
    (tmp_path / "3.json").write_text('{"a": [{"post_stream": {"posts": 1}}]}')
    deep = topic(post(1, "<div>" * 3000 + "x", topic_id=32), id=32)
    saved(tmp_path, four=deep)
    assert record(tmp_path).locator == "t/31"
    first, *rest = sorted(others(tmp_path), key=lambda r: (r.file != "2.json", r.file, str(r)))
    assert isinstance(first, Rejected)
    assert first.reason.startswith("is broken JSON")
    assert rest == [
        Rejected("1.json", "has no id, no post_number or no topic_id", "entry 2 of the posts"),
        Rejected("1.json", "is no object", "entry 3 of the posts"),
        Rejected("3.json", "is no saved topic: it has no post_stream with posts"),
        Rejected("four.json", "The HTML is nested more than 2000 deep.", "post 1"),
    ]


def test_a_file_that_is_too_large_is_rejected(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(discourse, "LARGEST", 1024**2)
    saved(tmp_path, topic(QUESTION), topic(post(1, "x" * 1024**2)))
    assert record(tmp_path).locator == "t/31"
    assert others(tmp_path) == [Rejected("2.json", "is larger than 1 MB: save the topic in several pages")]


def test_links_out_of_the_folder_are_not_followed(tmp_path: Path) -> None:
    outside, folder = tmp_path / "outside.json", tmp_path / "folder"
    outside.write_text(json.dumps(topic(QUESTION)))
    folder.mkdir()
    (folder / "1.json").symlink_to(outside)
    assert not discourse.is_export(folder)


def test_what_is_no_saved_topic_at_all_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="holds no saved topic"):
        list(discourse.read(tmp_path))
    with pytest.raises(FileNotFoundError):
        list(discourse.read(tmp_path / "missing.json"))


# Any input

_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(), max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
_COOKED = st.sampled_from(
    ["<p>", "</p>", "<aside class=quote>", "</aside>", "<pre>", "a\ud800\0", "&#0;", "?"]
)


def _changed(keys: list[str]) -> st.SearchStrategy[dict[str, object]]:
    return st.dictionaries(st.sampled_from(keys), _VALUES, max_size=4)


_POSTS = st.builds(
    lambda number, cooked, change: post(number, "".join(cooked)) | change,
    st.integers(1, 9),
    st.lists(_COOKED, max_size=5),
    _changed([*post(1, ""), "raw"]),
)
_TOPICS = st.builds(
    lambda posts, change: topic(*posts) | change,
    st.lists(_POSTS, max_size=3),
    _changed([*topic(), "accepted_answer", "accepted_answers", "category", "url"]),
)


def _texts(found: Read) -> list[str]:
    if not isinstance(found, Record):
        return [found.file, found.reason, found.place] if isinstance(found, Rejected) else [found.what]
    people = [s.speaker for s in found.segments if s.speaker]
    named = [text for p in people for text in (p.scheme, p.key, p.name, p.handle)]
    texts = [text for s in found.segments for text in (s.text, s.key, s.location)]
    return [found.title, found.locator, found.channel, found.link, *named, *texts]


@settings(max_examples=150, deadline=None)
@given(st.lists(_TOPICS | st.builds(page, _POSTS) | _VALUES, min_size=1, max_size=3))
def test_any_json_is_read_rejected_or_skipped(contents: list[object]) -> None:
    with TemporaryDirectory() as name:
        folder = saved(Path(name), *contents)
        assert discourse.is_export(folder) in (True, False)
        if not discourse.taken(folder):
            return
        for found in discourse.read(folder):
            assert isinstance(found, Record | Rejected | Skipped)
            for text in _texts(found):
                assert "\0" not in text
                text.encode("utf-8")


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=60), st.integers(0, 400))
def test_any_bytes_are_read_or_rejected(noise: bytes, cut: int) -> None:
    with TemporaryDirectory() as name:
        file = Path(name) / "1.json"
        whole = json.dumps(topic(QUESTION, ANSWER)).encode()
        file.write_bytes(whole[:cut] + noise + whole[cut:])
        for found in discourse.read(file):
            assert isinstance(found, Record | Rejected | Skipped)

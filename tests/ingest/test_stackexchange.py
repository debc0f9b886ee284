"""What the Stack Exchange connector makes of dumps and of what a team downloads of itself."""

from __future__ import annotations

import json
import zipfile
from datetime import UTC, date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from xml.sax.saxutils import quoteattr

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from copassist.errors import InputError
from copassist.records import Identity, Read, Record, Rejected, Segment, Skipped, named
from ingest import stackexchange

SCHEME = "stackexchange:quire.stackexchange.com"
INES = Identity(SCHEME, "41", "Ines Valcourt")
DARIO = Identity(SCHEME, "42", "Dario Fenwick")
USERS = [
    {"Id": -1, "DisplayName": "Community"},
    {"Id": 41, "DisplayName": "Ines Valcourt", "Reputation": 101, "AccountId": 9041},
    {"Id": 42, "DisplayName": "Dario Fenwick", "Reputation": 1, "AccountId": 9042},
]
QUESTION = {
    "Id": 5,
    "PostTypeId": 1,
    "AcceptedAnswerId": 7,
    "CreationDate": "2024-11-12T10:00:00.000",
    "Score": 3,
    "ViewCount": 12,
    "Body": "<p>The PDF shows <em>boxes</em>.</p>\n",
    "OwnerUserId": 41,
    "LastEditorUserId": 42,
    "LastEditDate": "2024-11-14T08:00:00.000",
    "Title": "How do we embed fonts?",
    "Tags": "<fonts><pdf>",
    "AnswerCount": 2,
    "CommentCount": 1,
    "ContentLicense": "CC BY-SA 4.0",
}
FIRST = {
    "Id": 6,
    "PostTypeId": 2,
    "ParentId": 5,
    "CreationDate": "2024-11-12T11:00:00.000",
    "Score": 9,
    "Body": "<p>Print it.</p>",
    "OwnerUserId": 42,
}
ACCEPTED = FIRST | {"Id": 7, "CreationDate": "2024-11-12T12:00:00.000", "Body": "<p>Tick it.</p>"}
COMMENT = {
    "Id": 70,
    "PostId": 7,
    "Score": 0,
    "Text": "That [worked](https://x.org/p), `tick` is <b>it</b>!",
    "CreationDate": "2024-11-12T13:00:00.000",
    "UserId": 41,
}


def table(name: str, rows: list[dict[str, object]]) -> str:
    lines = ["  <row " + " ".join(f"{k}={quoteattr(str(v))}" for k, v in row.items()) + " />" for row in rows]
    return "\n".join(
        ['\ufeff<?xml version="1.0" encoding="utf-8"?>', f"<{name.lower()}>", *lines, f"</{name.lower()}>"]
    )


def dump(at: Path, posts: list[dict[str, object]] | str, **tables: list[dict[str, object]] | str) -> Path:
    """A dump in the folder "quire.stackexchange.com"; a table that is a text is written as it is."""
    folder = at / "quire.stackexchange.com"
    folder.mkdir(exist_ok=True)
    for name, rows in {"Posts": posts, "Users": USERS, **tables}.items():
        content = rows if isinstance(rows, str) else table(name, rows)
        (folder / f"{name}.xml").write_text(content, encoding="utf-8")
    return folder


def zipped(folder: Path, to: Path, below: str = "") -> Path:
    with zipfile.ZipFile(to, "w") as archive:
        for file in sorted(folder.iterdir()):
            archive.write(file, below + file.name)
    return to


def record(path: Path) -> Record:
    (found,) = [r for r in stackexchange.read(path) if isinstance(r, Record)]
    return found


def others(path: Path) -> list[Read]:
    return [r for r in stackexchange.read(path) if not isinstance(r, Record)]


def shown(found: Record) -> list[tuple[str, str | None, str | None, str]]:
    return [(s.location, s.speaker.name if s.speaker else None, s.role, s.part) for s in found.segments]


def at(hour: int) -> datetime:
    return datetime(2024, 11, 12, hour, tzinfo=UTC)


def test_a_question_comes_with_its_answers_the_accepted_one_first(tmp_path: Path) -> None:
    (found,) = stackexchange.read(dump(tmp_path, [QUESTION, FIRST, ACCEPTED], Comments=[COMMENT]))
    assert found == Record(
        locator="q/5",
        kind="thread",
        title="How do we embed fonts?",
        segments=(
            Segment(
                "The PDF shows boxes.", INES, "asker", at(10), part="question", location="question", key="5"
            ),
            Segment(
                "Tick it.", DARIO, "answerer", at(12), part="accepted-answer", location="answer 7", key="7"
            ),
            Segment(
                "That worked (https://x.org/p), `tick` is <b>it</b>!",
                INES,
                "asker",
                at(13),
                location="comment on answer 7",
                key="comment 70",
            ),
            Segment("Print it.", DARIO, "answerer", at(11), part="answer", location="answer 6", key="6"),
        ),
        date=date(2024, 11, 12),
        channel="quire.stackexchange.com [fonts] [pdf]",
        link="https://quire.stackexchange.com/questions/5",
    )


def test_tables_may_come_in_any_order_and_rows_too(tmp_path: Path) -> None:
    usual = dump(tmp_path, [QUESTION, FIRST, ACCEPTED], Comments=[COMMENT])
    expected = record(usual)
    assert record(dump(tmp_path, [ACCEPTED, FIRST, QUESTION], Comments=[COMMENT])) == expected


def test_a_dump_of_many_pieces_is_read_once(tmp_path: Path) -> None:
    posts = [QUESTION] + [FIRST | {"Id": n, "Body": "x" * 1000} for n in range(10, 210)]
    folder = dump(tmp_path, posts)
    assert len(record(folder).segments) == 201
    assert others(folder) == []


def test_tags_are_read_as_newer_dumps_write_them(tmp_path: Path) -> None:
    assert record(dump(tmp_path, [QUESTION | {"Tags": "|fonts|c++|"}])).channel.endswith(" [fonts] [c++]")


def test_comments_answer_nothing_whoever_writes_them(tmp_path: Path) -> None:
    comments = [
        COMMENT | {"Id": 73, "PostId": 7, "UserId": 42, "CreationDate": "2024-11-12T13:01:00.000"},
        COMMENT | {"Id": 74, "PostId": 7, "UserId": 99, "CreationDate": "2024-11-12T13:02:00.000"},
        COMMENT | {"Id": 75, "Text": "Which profile?", "CreationDate": "2024-11-12T13:03:00.000"},
        COMMENT | {"Id": 71, "PostId": 5, "UserId": 42},
        COMMENT | {"Id": 72, "PostId": 5, "UserId": -1, "CreationDate": "2024-11-12T13:01:00.000"},
    ]
    assert shown(record(dump(tmp_path, [QUESTION, ACCEPTED], Comments=comments))) == [
        ("question", "Ines Valcourt", "asker", "question"),
        ("comment on the question", "Dario Fenwick", "answerer", ""),
        ("comment on the question", None, None, ""),
        ("answer 7", "Dario Fenwick", "answerer", "accepted-answer"),
        ("comment on answer 7", "Dario Fenwick", "answerer", ""),
        ("comment on answer 7", "", "answerer", ""),
        ("comment on answer 7", "Ines Valcourt", "asker", "question"),
    ]


@pytest.mark.parametrize(
    ("change", "speaker"),
    [
        ({}, INES),
        ({"OwnerUserId": "", "OwnerDisplayName": "Ana Petrova"}, named("Ana Petrova")),
        ({"OwnerUserId": "", "OwnerDisplayName": "user41"}, Identity(SCHEME, "41", "user41")),
        ({"OwnerUserId": 77, "OwnerDisplayName": "Ana"}, Identity(SCHEME, "77", "Ana")),
        ({"OwnerUserId": 77, "OwnerDisplayName": "user41"}, Identity(SCHEME, "77", "user41")),
        ({"OwnerUserId": -1, "OwnerDisplayName": "Community"}, None),
        ({"OwnerUserId": ""}, None),
        ({"CommunityOwnedDate": "2024-11-15T00:00:00.000"}, None),
    ],
)
def test_who_wrote_a_post(tmp_path: Path, change: dict[str, object], speaker: Identity | None) -> None:
    (segment,) = record(dump(tmp_path, [QUESTION | change])).segments
    assert (segment.speaker, segment.role) == (speaker, "asker" if speaker else None)
    assert segment.location == ("question (community wiki)" if "CommunityOwnedDate" in change else "question")


def test_a_duplicate_is_said_at_the_end_with_the_title_of_the_other(tmp_path: Path) -> None:
    old = QUESTION | {"Id": 2, "Title": "Fonts are missing", "AcceptedAnswerId": ""}
    gone = QUESTION | {"Id": 3, "Title": "Secret", "DeletionDate": "2024-12-01T00:00:00.000"}
    links = [
        {"Id": 1, "PostId": 5, "RelatedPostId": 2, "LinkTypeId": 3},
        {"Id": 2, "PostId": 5, "RelatedPostId": 2, "LinkTypeId": 1},
        {"Id": 3, "PostId": 5, "RelatedPostId": 3, "LinkTypeId": 3},
        {"Id": 4, "PostId": 7, "RelatedPostId": 2, "LinkTypeId": 3},
        {"Id": 5, "PostId": 99, "RelatedPostId": 2, "LinkTypeId": 3},
        {"Id": 6, "RelatedPostId": 2, "LinkTypeId": 3},
    ]
    folder = dump(tmp_path, [old, gone, QUESTION, ACCEPTED], PostLinks=links)
    found = {r.locator: r.segments for r in stackexchange.read(folder) if isinstance(r, Record)}
    assert len(found["q/2"]) == 1
    assert found["q/5"][2:] == (
        Segment("Closed as a duplicate of “Fonts are missing”.", key="duplicate of 2"),
        Segment("Closed as a duplicate of question 3.", key="duplicate of 3"),
    )


@pytest.mark.parametrize(
    ("change", "what"),
    [
        ({"PostTypeId": 5}, "description of a tag"),
        ({"PostTypeId": 12}, "post of type 12"),
        ({"DeletionDate": "2024-12-01T00:00:00.000"}, "deleted post"),
        ({"Body": "<p></p>"}, "post without text"),
    ],
)
def test_posts_that_are_not_read_are_counted(tmp_path: Path, change: dict[str, object], what: str) -> None:
    folder = dump(tmp_path, [QUESTION, FIRST | change])
    assert [s.key for s in record(folder).segments] == ["5"]
    assert others(folder) == [Skipped("Posts.xml", what)]


def test_answers_and_comments_without_what_they_belong_to_are_told(tmp_path: Path) -> None:
    gone = QUESTION | {"Id": 4, "DeletionDate": "2024-12-01T00:00:00.000"}
    assert stackexchange.is_export(dump(tmp_path, []))
    posts = [QUESTION, gone, FIRST | {"Id": 8, "ParentId": 4}, FIRST | {"Id": 9, "ParentId": 3}]
    comments = [
        COMMENT | {"Id": "x"},
        COMMENT | {"PostId": 3},
        COMMENT | {"PostId": 9},
        COMMENT | {"PostId": 5, "Text": " "},
    ]
    assert others(dump(tmp_path, posts, Comments=comments)) == [
        Skipped("Posts.xml", "deleted post"),
        Rejected("Comments.xml", "has no Id", "comment x"),
        Skipped("Comments.xml", "comment on a post that isn't here"),
        Skipped("Comments.xml", "comment without text"),
        Rejected("Posts.xml", "answers question 3, which isn't here", "post 9"),
        Skipped("Comments.xml", "comment on a post that isn't here"),
        Skipped("Posts.xml", "answer to a question that isn't read"),
    ]


def test_what_answers_itself_or_shares_a_number_with_a_comment_is_no_question(tmp_path: Path) -> None:
    posts = [
        QUESTION | {"Id": 9, "AcceptedAnswerId": ""},
        FIRST | {"ParentId": 6},
        FIRST | {"Id": 7, "ParentId": 8},
    ]
    folder = dump(tmp_path, posts, Comments=[COMMENT | {"Id": 8}])
    assert record(folder).locator == "q/9"
    assert others(folder) == [
        Skipped("Posts.xml", "answer to a question that isn't read"),
        Rejected("Posts.xml", "answers question 8, which isn't here", "post 7"),
        Skipped("Comments.xml", "comment on a post that isn't here"),
    ]


def test_other_tables_are_skipped_and_a_missing_list_of_people_is_told(tmp_path: Path) -> None:
    folder = dump(tmp_path, [QUESTION], Votes=[], PostHistory=[])
    (folder / "Users.xml").unlink()
    assert others(folder) == [
        Skipped("PostHistory.xml", "PostHistory.xml"),
        Skipped("Votes.xml", "Votes.xml"),
        Rejected("Users.xml", "is missing: people have no names; put it beside the posts"),
    ]
    assert record(folder).segments[0].speaker == Identity(SCHEME, "41")


def test_what_stands_before_a_break_goes_in(tmp_path: Path) -> None:
    whole = table("Posts", [QUESTION, FIRST, ACCEPTED])
    folder = dump(tmp_path, whole[: whole.index("Tick")])
    assert [s.key for s in record(folder).segments] == ["5", "6"]
    (broken,) = others(folder)
    assert isinstance(broken, Rejected)
    assert (broken.file, broken.place) == ("Posts.xml", "line 5")
    assert broken.reason.startswith("is broken XML: ")
    assert broken.reason.endswith("; what stands before goes in")


@pytest.mark.parametrize(
    "row",
    [{"Body": "<p>no id</p>", "PostTypeId": 1}, {"Id": "x", "PostTypeId": 1}, {"Id": 9, "PostTypeId": 2}],
)
def test_a_row_that_belongs_nowhere_is_rejected(tmp_path: Path, row: dict[str, object]) -> None:
    place = f"post {row.get('Id', '')}"
    reason = "has no Id, or is an answer without ParentId"
    assert others(dump(tmp_path, [row, QUESTION])) == [Rejected("Posts.xml", reason, place)]


def test_each_table_that_breaks_is_told(tmp_path: Path) -> None:
    cut = "<rows><row Id='1'"
    folder = dump(tmp_path, [QUESTION], Users=cut, Comments=cut, PostLinks=cut)
    assert [r.file for r in others(folder)] == ["Users.xml", "Comments.xml", "PostLinks.xml"]


def test_of_two_posts_with_one_id_the_first_is_read(tmp_path: Path) -> None:
    folder = dump(tmp_path, [QUESTION, FIRST, FIRST | {"Body": "other"}])
    assert [s.text for s in record(folder).segments] == ["The PDF shows boxes.", "Print it."]
    assert others(folder) == [
        Rejected("Posts.xml", "has the Id of a post before it, which is read", "post 6")
    ]


def test_a_dump_that_defines_entities_is_not_read(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("password")
    bomb = f'<!DOCTYPE posts [<!ENTITY a SYSTEM "{secret.as_uri()}">]><posts><row Id="1" Body="&a;"/></posts>'
    found = list(stackexchange.read(dump(tmp_path, bomb)))
    assert found == [Rejected("Posts.xml", "defines entities, which no dump does: it isn't read")]


def test_texts_nested_beyond_all_sense_are_rejected_and_the_rest_goes_in(tmp_path: Path) -> None:
    deep = COMMENT | {"Id": 71, "Text": "*a **b " * 2000 + "c** d*" * 2000}
    folder = dump(tmp_path, [QUESTION, ACCEPTED | {"Body": "<b>" * 3000 + "x"}], Comments=[COMMENT, deep])
    assert [s.key for s in record(folder).segments] == ["5", "comment 70"]
    reason = "The HTML is nested more than 2000 deep."
    assert others(folder) == [
        Rejected("Comments.xml", reason, "comment 71"),
        Rejected("Posts.xml", reason, "post 7"),
    ]


def test_pictures_without_a_name_are_marked(tmp_path: Path) -> None:
    body = '<p>See <img src="a.png" alt="enter image description here"> and <img src="b.png" alt="a box"></p>'
    assert (
        record(dump(tmp_path, [QUESTION | {"Body": body}])).segments[0].text
        == "See [image] and [image: a box]"
    )


# Where it lies


def test_a_zip_reads_like_its_folder(tmp_path: Path) -> None:
    folder = dump(tmp_path, [QUESTION, ACCEPTED], Comments=[COMMENT])
    plain = zipped(folder, tmp_path / "quire.stackexchange.com.zip")
    nested = zipped(folder, tmp_path / "download.zip", "quire.stackexchange.com/")
    for packed in (plain, nested):
        assert stackexchange.is_export(packed)
        assert stackexchange.origin(packed) == "quire.stackexchange.com"
        assert stackexchange.taken(packed) == [packed]
        assert list(stackexchange.read(packed)) == list(stackexchange.read(folder))


def test_other_files_in_a_zip_are_counted_and_in_a_folder_left_to_others(tmp_path: Path) -> None:
    folder = dump(tmp_path, [QUESTION], Badges=[])
    (folder / "license.txt").write_text("CC BY-SA")
    (folder / "package.json").write_text("{}")
    assert [p.name for p in stackexchange.taken(folder)] == ["Badges.xml", "Posts.xml", "Users.xml"]
    assert others(folder) == [Skipped("Badges.xml", "Badges.xml")]
    packed = zipped(folder, tmp_path / "x.zip")
    assert others(packed) == [
        Skipped("Badges.xml", "Badges.xml"),
        Skipped("license.txt", ".txt"),
        Skipped("package.json", ".json"),
    ]


def test_a_zip_with_two_dumps_is_an_error(tmp_path: Path) -> None:
    folder = dump(tmp_path, [QUESTION])
    with zipfile.ZipFile(tmp_path / "both.zip", "w") as archive:
        for below in ("quire.stackexchange.com", "quire.meta.stackexchange.com"):
            archive.write(folder / "Posts.xml", f"{below}/Posts.xml")
    assert stackexchange.is_export(tmp_path / "both.zip")
    with pytest.raises(InputError, match="holds 2 dumps"):
        list(stackexchange.read(tmp_path / "both.zip"))


def test_a_7z_file_is_known_but_must_be_unpacked(tmp_path: Path) -> None:
    packed = tmp_path / "quire.stackexchange.com.7z"
    packed.write_bytes(b"7z\xbc\xaf\x27\x1c" + bytes(20))
    assert stackexchange.is_export(packed)
    assert stackexchange.origin(packed) == "quire.stackexchange.com"
    assert list(stackexchange.read(packed)) == [
        Rejected(packed.name, "is a .7z archive: unpack it, and give the folder")
    ]
    other = tmp_path / "photos.7z"
    other.write_bytes(packed.read_bytes())
    assert not stackexchange.is_export(other)


def test_what_is_no_dump_is_known_by_its_content(tmp_path: Path) -> None:
    folder = tmp_path / "blog"
    folder.mkdir()
    assert not stackexchange.is_export(folder)
    (folder / "posts.json").write_text('[{"title": "Hello", "body": "..."}]')
    (folder / "posts.xml").write_text("<rss></rss>")
    (folder / "link").symlink_to(dump(tmp_path, [QUESTION]) / "Posts.xml")
    assert not stackexchange.is_export(folder)
    assert not stackexchange.is_export(folder / "posts.xml")
    assert not stackexchange.is_export(tmp_path / "missing")
    (tmp_path / "cut.zip").write_bytes(b"PK\x03\x04")
    assert not stackexchange.is_export(tmp_path / "cut.zip")
    with pytest.raises(InputError, match="holds no posts"):
        list(stackexchange.read(tmp_path))
    with pytest.raises(FileNotFoundError):
        list(stackexchange.read(tmp_path / "missing"))


@pytest.mark.parametrize(
    ("name", "origin"),
    [
        ("stackoverflow.com-Posts", "stackoverflow.com"),
        ("cardano.meta.stackexchange.com", "cardano.meta.stackexchange.com"),
        ("acme.stackenterprise.co", "acme.stackenterprise.co"),
        ("notstackoverflow.com", "notstackoverflow.com"),
        ("stackoverflow.community", "stackoverflow.community"),
        ("our-team", "our-team"),
        ("our-team_2024-05-01", "our-team"),
        ("2024-05-01", "2024-05-01"),
    ],
)
def test_the_name_of_the_folder_tells_the_site(tmp_path: Path, name: str, origin: str) -> None:
    folder = dump(tmp_path, [QUESTION]).rename(tmp_path / name)
    assert stackexchange.origin(folder) == origin
    is_site = "." in name and name != "stackoverflow.community" and not name.startswith("not")
    assert record(folder).link == (f"https://{origin}/questions/5" if is_site else "q/5")


# What a team downloads of itself

TEAM: dict[str, object] = {
    "accounts": [{"accountId": 9041, "verifiedEmail": "ines@example.org"}],
    "users": [
        {"id": 41, "accountId": 9041, "realName": "Ines Valcourt", "creationDate": "2023-01-01T00:00:00Z"},
        {"id": 42, "accountId": 9042, "realName": "Dario Fenwick", "userTypeId": "admin"},
    ],
    "posts": [
        {
            "id": 5,
            "postType": "question",
            "postState": "Published",
            "title": "How do we embed fonts?",
            "bodyMarkdown": "The PDF shows *boxes*:\n\n- here\n- there\n\n```\na  b\n```\n",
            "tags": "|fonts|pdf|",
            "ownerUserId": 41,
            "acceptedAnswerId": 7,
            "creationDate": "2024-11-12T10:00:00.123Z",
            "score": 2,
        },
        {"id": 7, "postType": "answer", "parentId": 5, "bodyMarkdown": "Tick it.", "ownerUserId": 42},
        {"id": 8, "postType": "answer", "parentId": 5, "bodyMarkdown": "No.", "postState": "Deleted"},
        {"id": 10, "postType": "answer", "parentId": 5, "bodyMarkdown": "No.", "postState": "Draft"},
        {
            "id": 9,
            "postType": "article",
            "title": "Fonts",
            "bodyMarkdown": "# All\n\nof it",
            "ownerUserId": 42,
        },
    ],
    "comments": [
        {"id": 70, "postId": 7, "text": "Thanks!", "userId": 41, "creationDate": "2024-11-12T13:00:00Z"},
        {"id": 71, "postId": 9, "bodyMarkdown": "Good.", "userDisplayName": "Ana Petrova"},
    ],
    "posts2votes": [{"postId": 5, "voteType": 2}],
}


def team(folder: Path, **changes: object) -> Path:
    for name, rows in (TEAM | changes).items():
        content = rows if isinstance(rows, str) else json.dumps(rows)
        (folder / f"{name}.json").write_text(content, encoding="utf-8")
    return folder


def test_what_a_team_downloads_is_read_too(tmp_path: Path) -> None:
    packed = zipped(team(tmp_path), tmp_path.parent / "acme-2024-11-20.zip")
    assert stackexchange.is_export(packed)
    assert stackexchange.is_export(tmp_path)
    assert stackexchange.origin(packed) == "acme"
    *unread, question, article = stackexchange.read(packed)
    assert unread == [
        Skipped("posts2votes.json", "posts2votes.json"),
        Skipped("posts.json", "deleted post"),
        Skipped("posts.json", "draft post"),
    ]
    ines = Identity("stackexchange:acme", "41", "Ines Valcourt", email="ines@example.org")
    dario = Identity("stackexchange:acme", "42", "Dario Fenwick")
    assert isinstance(question, Record)
    assert (question.title, question.channel, question.link) == (
        "How do we embed fonts?",
        "[fonts] [pdf]",
        "q/5",
    )
    assert [(s.text, s.speaker, s.part) for s in question.segments] == [
        ("The PDF shows boxes:\n- here\n- there\n\n```\na  b\n```", ines, "question"),
        ("Tick it.", dario, "accepted-answer"),
        ("Thanks!", ines, ""),
    ]
    assert question.segments[0].time == datetime(2024, 11, 12, 10, 0, 0, 123000, tzinfo=UTC)
    assert isinstance(article, Record)
    assert (article.kind, article.link) == ("document", "articles/9")
    assert [(s.text, s.speaker, s.role, s.location) for s in article.segments] == [
        ("All\n\nof it", dario, "author", "article"),
        ("Good.", named("Ana Petrova"), "answerer", "comment on the article"),
    ]


def test_broken_lists_of_a_team_are_rejected_where_they_break(tmp_path: Path) -> None:
    cut = json.dumps(TEAM["posts"])
    posts = cut[: cut.index('{"id": 8')]
    team(tmp_path, posts=posts, comments=[1], users='{"items": []}', accounts="")
    assert [s.text for s in record(tmp_path).segments][1:] == ["Tick it."]
    broken = [(r.file, r.reason[:22], r.place) for r in others(tmp_path) if isinstance(r, Rejected)]
    assert broken == [
        ("accounts.json", "is empty", ""),
        ("users.json", "is no list", ""),
        ("posts.json", "is broken JSON: entry ", ""),
        ("comments.json", "is no object", "entry 1"),
    ]


# Any input

_TEXTS = st.text(st.characters(), max_size=6) | st.sampled_from(
    ["1", "2", "5", "-1", "<p>\ud800\0", "[a](b)", "2024-11-12", "user5", "|a|", "q" * 40]
)
_COLUMNS = sorted(
    {*QUESTION, *FIRST, *COMMENT, "CommunityOwnedDate", "OwnerDisplayName", "LinkTypeId", "PostState"}
)
_ROWS = st.lists(
    st.builds(
        lambda row, change: row | change,
        st.sampled_from([QUESTION, FIRST, ACCEPTED, COMMENT]),
        st.dictionaries(st.sampled_from(_COLUMNS), _TEXTS, max_size=3),
    ),
    max_size=4,
)


def _check(path: Path) -> None:
    for found in stackexchange.read(path):
        assert isinstance(found, Record | Rejected | Skipped)
        texts = [found.title, found.link, found.channel] if isinstance(found, Record) else [found.file]
        for segment in found.segments if isinstance(found, Record) else ():
            speaker = segment.speaker or named("")
            texts += [segment.text, segment.key, segment.location, speaker.key, speaker.name]
        for text in texts:
            assert "\0" not in text
            text.encode("utf-8")


@settings(max_examples=100, deadline=None)
@given(_ROWS, _ROWS, _ROWS)
def test_any_rows_of_a_team_are_read_rejected_or_skipped(
    posts: list[dict[str, object]], comments: list[dict[str, object]], users: list[dict[str, object]]
) -> None:
    with TemporaryDirectory() as name:
        _check(team(Path(name), posts=posts, comments=comments, users=users))


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=12), st.integers(0, 1200), st.integers(0, 40), st.booleans())
def test_any_bytes_in_a_dump_are_read_or_rejected(noise: bytes, where: int, cut: int, packed: bool) -> None:
    with TemporaryDirectory() as name:
        folder = dump(Path(name), [QUESTION, FIRST, ACCEPTED], Comments=[COMMENT])
        posts = folder / "Posts.xml"
        content = posts.read_bytes()
        posts.write_bytes(content[:where] + noise + content[where + cut :])
        _check(zipped(folder, Path(name) / "dump.zip") if packed else folder)


@settings(max_examples=60, deadline=None)
@given(st.binary(min_size=1, max_size=8), st.integers(0, 3000))
def test_any_bytes_in_a_zip_are_read_rejected_or_an_input_error(noise: bytes, where: int) -> None:
    with TemporaryDirectory() as name:
        packed = zipped(dump(Path(name), [QUESTION, ACCEPTED]), Path(name) / "dump.zip")
        content = packed.read_bytes()
        packed.write_bytes(content[:where] + noise + content[where + len(noise) :])
        assert stackexchange.is_export(packed) in (True, False)
        try:
            _check(packed)
        except InputError as error:
            assert error.message

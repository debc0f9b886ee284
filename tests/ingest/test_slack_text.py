"""What is written in Slack reads as on screen, and only what is somebody's own."""

from __future__ import annotations

from pathlib import Path

import pytest

from copassist.records import Record, Skipped
from tests.ingest.slack_exports import DARIO, export, read, records, said, text_of


@pytest.mark.parametrize(
    ("mrkdwn", "plain"),
    [
        ("<@U01INES> and <@U02DARIO> and <@U09NEW>", "@ines and @Dario Fenwick and @U09NEW"),
        ("<#C01HELP|> <#C01HELP|chart-help> <#C09GONE>", "#chart-help #chart-help #C09GONE"),
        ("<https://example.org/a|the page>", "the page (https://example.org/a)"),
        (
            "<https://example.org/> <http://example.org|example.org>",
            "https://example.org/ http://example.org",
        ),
        ("<mailto:a@example.org|a@example.org>", "a@example.org"),
        ("<!here> <!channel|@channel> <!subteam^S01|@desk>", "@here @channel @desk"),
        ("<!date^1731412345^{date}|12 November>", "12 November"),
        ("a &lt; b &amp;&amp; c &gt; d, &amp;lt; stays", "a < b && c > d, &lt; stays"),
        ("*bold*, _it_ and *_both_* (*x*)", "bold, it and both (x)"),
        ("*see <https://example.org/_a_|here>*", "see here (https://example.org/_a_)"),
        (
            "snake_case_name, 2*3*4, *.csv and *.txt, __init__",
            "snake_case_name, 2*3*4, *.csv and *.txt, __init__",
        ),
        ("`*a*` and ```_b_ &lt;c&gt;```", "`*a*` and ```_b_ <c>```"),
        ("done :tada:", "done :tada:"),
    ],
)
def test_mrkdwn_reads_as_on_screen(tmp_path: Path, mrkdwn: str, plain: str) -> None:
    assert text_of(tmp_path, text=mrkdwn) == plain


def test_rich_text_is_read_where_there_is_no_text(tmp_path: Path) -> None:
    section = {
        "type": "rich_text_section",
        "elements": [
            {"type": "text", "text": "Ask "},
            {"type": "user", "user_id": "U01INES"},
            {"type": "text", "text": " or see "},
            {"type": "link", "url": "https://example.org", "text": "this"},
        ],
    }
    entry = {"type": "rich_text_section", "elements": [{"type": "text", "text": "first"}]}
    blocks = [{"type": "rich_text", "elements": [section, {"type": "rich_text_list", "elements": [entry]}]}]
    assert text_of(tmp_path, text="", blocks=blocks) == "Ask @ines or see this (https://example.org)\n• first"


def test_text_is_preferred_to_its_rich_text(tmp_path: Path) -> None:
    section = {"type": "rich_text_section", "elements": [{"type": "text", "text": "other"}]}
    assert text_of(tmp_path, text="said", blocks=[{"type": "rich_text", "elements": [section]}]) == "said"


def test_names_of_attached_files_follow_the_text_but_those_of_deleted_files_do_not(tmp_path: Path) -> None:
    files = [
        {"id": "F1", "name": "plan.pdf", "mode": "hosted"},
        {"id": "F2", "mode": "tombstone", "name": "x"},
    ]
    assert text_of(tmp_path, text="Here.", files=files) == "Here.\n[file: plan.pdf]"


@pytest.mark.parametrize(
    ("text", "role"),
    [
        ("how do I set a palette", "asker"),
        ("Hi all, does anyone know this error", "asker"),
        ("See https://example.org/a?b=1", "author"),
        ("Use `a?.b`", "author"),
        ("However it works.", "author"),
    ],
)
def test_a_question_is_known_by_its_mark_or_its_opening(tmp_path: Path, text: str, role: str) -> None:
    (record,) = records(export(tmp_path, {"talk/2024-11-12.json": [said(0, text)]}))
    assert record.segments[0].role == role


def test_a_long_title_is_cut_at_a_word(tmp_path: Path) -> None:
    (record,) = records(export(tmp_path, {"talk/2024-11-12.json": [said(0, "word " * 30)]}))
    assert record.title == "word " * 14 + "word…"


def section(*elements: dict[str, object]) -> dict[str, object]:
    return {"type": "rich_text_section", "elements": list(elements)}


def words(text: str, **style: bool) -> dict[str, object]:
    return {"type": "text", "text": text, **({"style": style} if style else {})}


def test_lists_of_rich_text_read_as_slack_writes_them(tmp_path: Path) -> None:
    lists = [
        section(words("To do:\n")),
        {"type": "rich_text_list", "style": "ordered", "indent": 0, "elements": [section(words("one"))]},
        {"type": "rich_text_list", "style": "bullet", "indent": 1, "elements": [section(words("inside"))]},
        {
            "type": "rich_text_list",
            "style": "ordered",
            "indent": 0,
            "offset": 1,
            "elements": [section(words("two")), section(words("three"))],
        },
    ]
    blocks = [{"type": "rich_text", "elements": lists}]
    assert text_of(tmp_path, text="", blocks=blocks) == "To do:\n1. one\n    ◦ inside\n2. two\n3. three"


def test_every_part_of_rich_text_reads_as_on_screen(tmp_path: Path) -> None:
    parts = [
        section(
            words("Run "),
            words("lk check", code=True),
            words(" in "),
            {"type": "channel", "channel_id": "C02TALK"},
            words(", "),
            {"type": "usergroup", "usergroup_id": "S01"},
            words(" and "),
            {"type": "broadcast", "range": "here"},
            words(" by "),
            {"type": "date", "timestamp": 1731412345, "format": "{date}", "fallback": "12 November"},
            words(", in "),
            {"type": "color", "value": "#B00020"},
            words(" "),
            {"type": "emoji", "name": "tada"},
        ),
        {"type": "rich_text_preformatted", "elements": [words("a = 1\nb = 2")]},
    ]
    read_as = (
        "Run `lk check` in #talk, @group and @here by 12 November, in #B00020 :tada:\n```a = 1\nb = 2```"
    )
    blocks = [{"type": "rich_text", "elements": parts}]
    assert text_of(tmp_path, text="", blocks=blocks) == read_as


def test_a_table_follows_the_text_that_leaves_it_out(tmp_path: Path) -> None:
    def cell(text: str) -> dict[str, object]:
        return {"type": "rich_text", "elements": [section(words(text))]}

    rows = [[cell("Profile"), {"type": "raw_text", "text": "Size"}], [cell("house-5"), cell("9.4 MB")]]
    blocks = [{"type": "table", "rows": rows}]
    assert text_of(tmp_path, text="Measured:", blocks=blocks) == "Measured:\nProfile | Size\nhouse-5 | 9.4 MB"


# Whose words


def test_what_somebody_quotes_is_not_theirs(tmp_path: Path) -> None:
    text = "&gt; Which profile?\n&gt; The old one?\nhouse-5, always.\n&gt; And the size?\nNine megabytes."
    assert text_of(tmp_path, text=text) == "house-5, always.\nNine megabytes."


def test_all_that_follows_three_angles_is_a_quote(tmp_path: Path) -> None:
    assert text_of(tmp_path, text="Dario said:\n&gt;&gt;&gt; Tick the box.\nAlways.") == "Dario said:"


def test_what_looks_like_a_quote_in_code_is_code(tmp_path: Path) -> None:
    text = "Try this:\n```\n&gt;&gt;&gt; import larkplot\n```\nIt works."
    assert text_of(tmp_path, text=text) == "Try this:\n```\n>>> import larkplot\n```\nIt works."


def test_a_message_that_is_nothing_but_a_quote_is_kept_as_nobodys_words(tmp_path: Path) -> None:
    quote = {"type": "rich_text_quote", "elements": [words("Tick the box.\nAlways.")]}
    day = [
        said(0, "", blocks=[{"type": "rich_text", "elements": [quote]}]),
        said(9, "That's it.", "U02DARIO"),
    ]
    (record,) = records(export(tmp_path, {"talk/2024-11-12.json": day}))
    assert [(s.text, s.speaker, s.role) for s in record.segments] == [
        ("> Tick the box.\n> Always.", None, None),
        ("That's it.", DARIO, "author"),
    ]


def test_a_message_that_somebody_passes_on_is_not_theirs(tmp_path: Path) -> None:
    shared = {
        "is_share": True,
        "is_msg_unfurl": True,
        "author_id": "U02DARIO",
        "author_name": "Dario Fenwick",
        "channel_id": "C09OTHER",
        "text": "Tick the box.",
        "from_url": "https://acme.slack.com/archives/C09OTHER/p1731412000000100",
    }
    day = [said(0, "Look at this!", attachments=[shared]), said(9, "", attachments=[shared])]
    skipped, record = read(export(tmp_path, {"talk/2024-11-12.json": day}))
    assert skipped == Skipped("talk/2024-11-12.json", "shared message")
    assert isinstance(record, Record)
    assert [s.text for s in record.segments] == ["Look at this!"]


# Files


def test_a_snippet_of_their_own_begins_in_code_marks(tmp_path: Path) -> None:
    file = {
        "name": "fix.py",
        "mode": "snippet",
        "user": "U01INES",
        "preview": "a = 1\r\nb = 2",
        "lines_more": 3,
    }
    assert text_of(tmp_path, text="Try:", files=[file]) == "Try:\n[file: fix.py]\n```\na = 1\nb = 2\n…\n```"


def test_of_somebody_elses_file_only_the_name_is_read(tmp_path: Path) -> None:
    file = {"name": "fix.py", "mode": "snippet", "user": "U02DARIO", "preview": "a = 1"}
    assert text_of(tmp_path, text="Dario's:", files=[file]) == "Dario's:\n[file: fix.py]"


def test_what_its_owner_said_of_a_file_is_not_said_by_who_shares_it(tmp_path: Path) -> None:
    comment = {"user": "U02DARIO", "comment": "My plan."}
    file = {"name": "plan.pdf", "user": "U02DARIO", "initial_comment": comment}
    assert text_of(tmp_path, subtype="file_share", text="ines shared a file", file=file) == "[file: plan.pdf]"
    mine = file | {"initial_comment": comment | {"user": "U01INES"}}
    assert text_of(tmp_path, subtype="file_share", text="x", file=mine) == "My plan.\n[file: plan.pdf]"


def test_what_somebody_recorded_is_read_as_slack_wrote_it_down(tmp_path: Path) -> None:
    clip = {
        "name": "audio_message.m4a",
        "mode": "hosted",
        "subtype": "slack_audio",
        "user": "U01INES",
        "transcription": {"status": "complete", "preview": {"content": "Tick the box", "has_more": True}},
    }
    assert text_of(tmp_path, text="", files=[clip]) == "[file: audio_message.m4a]\nTick the box …"


def test_the_id_of_a_canvas_gives_way_to_its_name(tmp_path: Path) -> None:
    canvas = {"id": "F07A32DC2GG", "name": "Untitled", "title": "Weekly sync", "mode": "quip"}
    text = "The notes of F07A32DC2GX:\nF07A32DC2GG"
    assert text_of(tmp_path, text=text, files=[canvas]) == "The notes of F07A32DC2GX:\n[file: Weekly sync]"


# Titles and emoji


@pytest.mark.parametrize(
    ("texts", "title"),
    [
        (["Hi all! How do we embed fonts?"], "How do we embed fonts?"),
        ([":wave: <!here> Any news?"], "@here Any news?"),
        (["<!channel> Any news of the fonts?"], "Any news of the fonts?"),
        (["Third edition (<https://example.org/a>) is out. Read it."], "Third edition is out."),
        (["<https://example.org/a|The style guide> is out."], "The style guide is out."),
        (["<https://example.org/a>", "A map of all stops"], "A map of all stops"),
        (["<https://example.org/a>"], "https://example.org/a"),
        (["```Traceback\nKeyError: 'x'```", "This fails since Monday"], "This fails since Monday"),
        (["```Traceback\nKeyError: 'x'```"], "Traceback"),
        (["`lk check` says no"], "`lk check` says no"),
        (["Thanks"], "Thanks"),
        (["&gt; Which profile?"], "Which profile?"),
    ],
)
def test_a_thread_is_called_by_what_is_said_first(tmp_path: Path, texts: list[str], title: str) -> None:
    day = [said(n, text) for n, text in enumerate(texts)]
    (record,) = records(export(tmp_path, {"talk/2024-11-12.json": day}))
    assert record.title == title


def test_a_link_without_words_is_not_called_by_what_somebody_else_says_of_it(tmp_path: Path) -> None:
    day = [said(0, "<https://example.org/a>"), said(9, "That one is old by now.", "U02DARIO")]
    (record,) = records(export(tmp_path, {"talk/2024-11-12.json": day}))
    assert record.title == "https://example.org/a"


def test_a_picture_without_words_is_called_by_its_name(tmp_path: Path) -> None:
    day = [said(0, "", files=[{"name": "stops.png"}])]
    (record,) = records(export(tmp_path, {"talk/2024-11-12.json": day}))
    assert (record.title, record.segments[0].text) == ("stops.png", "[file: stops.png]")


def test_an_emoji_answers_but_emoji_alone_are_no_talk(tmp_path: Path) -> None:
    root = said(0, "Is the server up?", thread_ts="1731412345.000000")
    answer = said(60, ":white_check_mark:", "U02DARIO", thread_ts="1731412345.000000")
    day = [root, answer, said(9000, ":+1::skin-tone-2: 👍")]
    record, skipped = read(export(tmp_path, {"talk/2024-11-12.json": day}))
    assert isinstance(record, Record)
    assert [s.text for s in record.segments] == ["Is the server up?", ":white_check_mark:"]
    assert skipped == Skipped("talk", "emoji without words")

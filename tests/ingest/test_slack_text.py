"""What is written in Slack reads as on screen, and only what is somebody's own."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.ingest.slack_exports import export, records, said, text_of


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

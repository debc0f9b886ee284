"""What the Slack connector makes of an export."""

from __future__ import annotations

import json
import os
import zipfile
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from copassist.errors import InputError
from copassist.records import Group, Identity, Record, Rejected, Skipped
from ingest import slack
from tests.generate_slack import write_export
from tests.ingest.slack_exports import DARIO, INES, USERS, export, read, records, said, text_of, zipped

# 1731412345 is 2024-11-12 11:52:25 UTC.
ROOT = "1731412345.000100"
QUESTION = {
    "client_msg_id": "8e9c3d7a-0000-4000-8000-000000000001",
    "type": "message",
    "text": "Hi all! How do we embed fonts? The PDF shows boxes.",
    "user": "U01INES",
    "ts": ROOT,
    "team": "T0123",
    "blocks": [{"type": "rich_text", "block_id": "a", "elements": []}],
    "thread_ts": ROOT,
    "reply_count": 2,
    "reply_users_count": 2,
    "latest_reply": "1731498750.000400",
    "reply_users": ["U02DARIO", "U01INES"],
    "replies": [
        {"user": "U02DARIO", "ts": "1731412400.000200"},
        {"user": "U01INES", "ts": "1731498750.000400"},
    ],
    "is_locked": False,
    "subscribed": False,
}
ANSWER = {
    "type": "message",
    "text": "Tick *Embed all* in the export profile.",
    "user": "U02DARIO",
    "ts": "1731412400.000200",
    "thread_ts": ROOT,
    "parent_user_id": "U01INES",
    "edited": {"user": "U02DARIO", "ts": "1731412460.000000"},
}
THANKS = {
    "type": "message",
    "subtype": "thread_broadcast",
    "text": "That worked, thanks!",
    "user": "U01INES",
    "ts": "1731498750.000400",
    "thread_ts": ROOT,
    "root": {"type": "message", "text": "Hi all! How do we embed fonts?", "user": "U01INES", "ts": ROOT},
}


def test_a_thread_over_two_days_becomes_one_record_with_who_asked_and_who_answered(tmp_path: Path) -> None:
    days = {"chart-help/2024-11-12.json": [QUESTION, ANSWER], "chart-help/2024-11-13.json": [THANKS]}
    (record,) = read(export(tmp_path, days))
    assert isinstance(record, Record)
    assert record.locator == "C01HELP/1731412345.000100"
    assert record.kind == "thread"
    assert record.title == "How do we embed fonts?"
    assert record.date == date(2024, 11, 12)
    assert record.channel == "#chart-help"
    assert record.link == "archives/C01HELP/p1731412345000100"
    assert (record.group, record.roles) == (None, ())
    assert [(s.key, s.speaker, s.role, s.part) for s in record.segments] == [
        ("1731412345.000100", INES, "asker", "question"),
        ("1731412400.000200", DARIO, "answerer", "answer"),
        ("1731498750.000400", INES, "asker", ""),
    ]
    assert record.segments[0].time == datetime(2024, 11, 12, 11, 52, 25, 100, tzinfo=UTC)
    assert record.segments[1].text == "Tick Embed all in the export profile."


def test_a_broadcast_reply_that_is_there_twice_is_read_once(tmp_path: Path) -> None:
    days = {"chart-help/2024-11-12.json": [QUESTION, THANKS], "chart-help/2024-11-13.json": [THANKS]}
    (record,) = records(export(tmp_path, days))
    assert [s.text for s in record.segments] == [QUESTION["text"], "That worked, thanks!"]


def test_a_reply_whose_root_is_not_in_the_export_starts_a_record_at_the_root(tmp_path: Path) -> None:
    (record,) = records(export(tmp_path, {"chart-help/2024-11-13.json": [ANSWER]}))
    assert record.locator == "C01HELP/1731412345.000100"
    assert [(s.key, s.role, s.part) for s in record.segments] == [("1731412400.000200", "answerer", "")]


def test_who_wrote_a_root_that_is_not_there_is_known_from_its_replies_but_not_whether_it_asked(
    tmp_path: Path,
) -> None:
    day = [ANSWER | {"text": "Which profile?"}, THANKS]
    (record,) = records(export(tmp_path, {"chart-help/2024-11-13.json": day}))
    assert [(s.speaker, s.role, s.part) for s in record.segments] == [
        (DARIO, "answerer", ""),
        (INES, "author", ""),
    ]


def test_replies_to_what_asks_nothing_are_by_others_and_answer_no_question(tmp_path: Path) -> None:
    root = said(0, "The template is out.", thread_ts="1731412345.000000")
    replies = [
        said(60, "Nice.", "U02DARIO", thread_ts="1731412345.000000"),
        said(90, "Thanks.", thread_ts="1731412345.000000"),
    ]
    (record,) = records(export(tmp_path, {"talk/2024-11-12.json": [root, *replies]}))
    assert [(s.role, s.part) for s in record.segments] == [("author", ""), ("answerer", ""), ("author", "")]


def test_a_root_is_known_by_its_replies_where_it_has_no_thread_ts(tmp_path: Path) -> None:
    root = {key: QUESTION[key] for key in ("type", "user", "text", "ts")}
    day = [said(-60, "Good morning."), root, ANSWER]
    thread, talk = records(export(tmp_path, {"chart-help/2024-11-12.json": day}))
    assert [s.role for s in talk.segments] == ["author"]
    assert [s.role for s in thread.segments] == ["asker", "answerer"]


def test_replies_to_a_deleted_root_stay_together(tmp_path: Path) -> None:
    tombstone = {
        "type": "message",
        "subtype": "tombstone",
        "user": "USLACKBOT",
        "ts": ROOT,
        "thread_ts": ROOT,
    }
    day = [tombstone | {"text": "This message was deleted."}, ANSWER, THANKS]
    skipped, record = read(export(tmp_path, {"chart-help/2024-11-12.json": day}))
    assert skipped == Skipped("chart-help/2024-11-12.json", "deleted message")
    assert isinstance(record, Record)
    assert record.locator == "C01HELP/1731412345.000100"
    assert len(record.segments) == 2


def test_replies_that_only_their_root_lists_are_joined_to_it(tmp_path: Path) -> None:
    root = said(0, "Which font?", replies=[{"user": "U02DARIO", "ts": "1731422345.000000"}])
    day = [root, said(10_000, "Heath Sans.", "U02DARIO"), said(10_001, "Lunch?")]
    thread, talk = records(export(tmp_path, {"talk/2024-11-12.json": day}))
    assert [s.text for s in thread.segments] == ["Which font?", "Heath Sans."]
    assert [s.text for s in talk.segments] == ["Lunch?"]


def test_channel_talk_without_threads_is_split_where_it_pauses_for_two_hours(tmp_path: Path) -> None:
    first = [said(0, "Does anyone know Quire?"), said(7199, "I do.", "U02DARIO")]
    later = [said(7199 + 7200, "The template is out."), said(7199 + 7260, "Nice.", "U02DARIO")]
    old, new = records(export(tmp_path, {"talk/2024-11-12.json": first + later}))
    assert old.locator == "C02TALK/1731412345.000000"
    assert [(s.text, s.role, s.part) for s in old.segments] == [
        ("Does anyone know Quire?", "asker", "question"),
        ("I do.", "answerer", "answer"),
    ]
    assert (new.locator, new.title) == ("C02TALK/1731426744.000000", "The template is out.")
    assert [(s.text, s.role, s.part) for s in new.segments] == [
        ("The template is out.", "author", ""),
        ("Nice.", "author", ""),
    ]


def test_messages_are_read_oldest_first_whatever_their_order_in_the_file(tmp_path: Path) -> None:
    day = [said(60, "two"), said(120, "three"), said(0, "one")]
    (record,) = records(export(tmp_path, {"talk/2024-11-12.json": day}))
    assert [s.text for s in record.segments] == ["one", "two", "three"]


@pytest.mark.parametrize(
    ("message", "what"),
    [
        ({"subtype": "channel_join"}, "join message"),
        ({"subtype": "group_leave"}, "leave message"),
        ({"subtype": "channel_topic"}, "topic change"),
        ({"subtype": "bot_message", "user": None, "bot_id": "B1"}, "bot message"),
        ({"bot_id": "B1"}, "bot message"),
        ({"user": "U03BOT"}, "bot message"),
        ({"user": "USLACKBOT"}, "bot message"),
        ({"subtype": "bot_add"}, "bot message"),
        ({"subtype": "tombstone"}, "deleted message"),
        ({"subtype": "huddle_thread"}, "huddle thread"),
        ({"subtype": "reply_broadcast"}, "copy of a reply"),
        ({"text": ""}, "empty message"),
    ],
)
def test_what_no_person_said_is_skipped_by_kind(
    tmp_path: Path, message: dict[str, object], what: str
) -> None:
    day = [said(0, "some text") | message]
    assert read(export(tmp_path, {"talk/2024-11-12.json": day})) == [Skipped("talk/2024-11-12.json", what)]


def test_a_comment_on_a_file_in_an_old_export_keeps_its_words_and_its_author(tmp_path: Path) -> None:
    message = {
        "type": "message",
        "subtype": "file_comment",
        "text": "<@U02DARIO|dario> commented on U01INES's file <https://example.org/f|Notes>: Good notes.",
        "file": {"id": "F1", "name": "notes.txt", "title": "Notes", "user": "U01INES"},
        "comment": {"id": "Fc1", "user": "U02DARIO", "comment": "Good notes."},
        "ts": "1452876787.000018",
    }
    (record,) = records(export(tmp_path, {"talk/2016-01-15.json": [message]}))
    assert [(s.text, s.speaker) for s in record.segments] == [("Good notes.\n[file: notes.txt]", DARIO)]


def test_an_author_who_is_not_in_the_list_keeps_their_id(tmp_path: Path) -> None:
    (record,) = records(export(tmp_path, {"talk/2024-11-12.json": [said(0, "Hello.", "U09NEW")]}))
    assert record.segments[0].speaker == Identity("slack:T0123", "U09NEW")


def test_a_private_channel_belongs_to_its_members(tmp_path: Path) -> None:
    groups = [{"id": "G01", "name": "stewards", "members": ["U01INES", "U09NEW"]}]
    path = export(tmp_path, {"stewards/2024-11-12.json": [said(0, "Between us.")]}, groups=groups)
    (record,) = records(path)
    assert record.group == Group("slack:T0123/#stewards (G01)", (INES, Identity("slack:T0123", "U09NEW")))


def test_a_channel_marked_private_among_the_public_ones_is_private(tmp_path: Path) -> None:
    channels = [{"id": "C01", "name": "stewards", "is_private": True, "members": ["U01INES"]}]
    path = export(tmp_path, {"stewards/2024-11-12.json": [said(0, "Between us.")]}, channels=channels)
    (record,) = records(path)
    assert record.group == Group("slack:T0123/#stewards (C01)", (INES,))


def test_direct_messages_are_left_out(tmp_path: Path) -> None:
    days = {
        "D01AB2CD3/2024-11-12.json": [said(0, "secret")],
        "d-7/2024-11-12.json": [said(0, "secret")],
        "mpdm-ines--dario-1/2024-11-12.json": [said(0, "secret")],
    }
    dms = [{"id": "d-7", "members": ["U01INES", "U02DARIO"]}]
    mpims = [{"id": "G9", "name": "mpdm-ines--dario-1", "members": ["U01INES", "U02DARIO"]}]
    assert read(export(tmp_path, days, dms=dms, mpims=mpims)) == [
        Skipped("D01AB2CD3/2024-11-12.json", "direct messages"),
        Skipped("d-7/2024-11-12.json", "direct messages"),
        Skipped("mpdm-ines--dario-1/2024-11-12.json", "direct messages"),
    ]


def test_private_channels_are_not_opened_by_a_broken_list_of_them(tmp_path: Path) -> None:
    broken, unlisted = read(export(tmp_path, {"stewards/2024-11-12.json": [said(0, "Secret.")]}, groups="[{"))
    assert isinstance(broken, Rejected) and broken.file == "groups.json"
    reason = "is in neither channels.json nor groups.json: nobody knows who may read it"
    assert unlisted == Rejected("stewards", reason)


def test_a_broken_day_is_rejected_and_the_rest_goes_in(tmp_path: Path) -> None:
    days = {
        "talk/2024-11-11.json": '[{"type": "message"',
        "talk/2024-11-12.json": {"messages": []},
        "talk/2024-11-13.json": [said(0, "fine")],
    }
    broken, no_list, record = read(export(tmp_path, days))
    assert isinstance(broken, Rejected) and broken.file == "talk/2024-11-11.json"
    assert broken.reason.startswith("is broken JSON: ")
    assert no_list == Rejected("talk/2024-11-12.json", "is no list")
    assert isinstance(record, Record) and record.segments[0].text == "fine"


def test_a_broken_message_is_rejected_with_its_place(tmp_path: Path) -> None:
    day = ["text", said(0, "fine"), {"type": "message", "text": "when?"}, said(0, "x") | {"ts": 1731412345.1}]
    file = "talk/2024-11-12.json"
    one, three, four, record = read(export(tmp_path, {file: day}))
    assert one == Rejected(file, "is no object", "message 1")
    assert three == Rejected(file, "has no ts that says when it was written", "message 3")
    assert four == Rejected(file, "has no ts that says when it was written", "message 4")
    assert isinstance(record, Record) and len(record.segments) == 1


def test_fields_of_a_wrong_type_are_taken_as_absent(tmp_path: Path) -> None:
    odd = {
        "text": ["x"],
        "user": 7,
        "thread_ts": {},
        "files": "f",
        "blocks": [None, {"elements": 1}],
        "replies": [1],
    }
    file = "talk/2024-11-12.json"
    assert read(export(tmp_path, {file: [said(0, "") | odd]})) == [Skipped(file, "empty message")]


def test_text_that_no_database_takes_is_mended(tmp_path: Path) -> None:
    assert text_of(tmp_path, text="half \ud83d a pair\0") == "half ? a pair"


def test_other_files_are_skipped_by_kind(tmp_path: Path) -> None:
    days = {
        "talk/canvas_in_the_conversation.json": {},
        "talk/plan.PDF": "x",
        "FC:F01:Plan/2024-11-12.json": [],
    }
    assert read(export(tmp_path, days)) == [
        Skipped("FC:F01:Plan/2024-11-12.json", "comments on a canvas"),
        Skipped("talk/canvas_in_the_conversation.json", "canvas_in_the_conversation.json"),
        Skipped("talk/plan.PDF", ".pdf"),
    ]


def test_a_zip_reads_as_its_folder_does_also_below_one_folder(tmp_path: Path) -> None:
    days = {"chart-help/2024-11-12.json": [QUESTION, ANSWER], "chart-help/2024-11-13.json": [THANKS]}
    folder = export(tmp_path / "export", days)
    assert read(zipped(folder, tmp_path / "a.zip")) == read(folder)
    below = zipped(folder, tmp_path / "b.zip", top="Acme export/")
    assert slack.is_export(below)
    assert read(below) == read(folder)


def test_a_file_that_unpacks_to_more_than_the_limit_is_rejected(tmp_path: Path) -> None:
    path = zipped(export(tmp_path / "export", {}), tmp_path / "a.zip")
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("talk/2024-11-12.json", b" " * (200 * 1024 * 1024 + 1))
    assert read(path) == [Rejected("talk/2024-11-12.json", "is larger than 200 MB")]


def test_a_broken_zip_is_an_error_that_names_it(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    path.write_bytes(b"PK\x03\x04 and no more")
    assert not slack.is_export(path)
    with pytest.raises(InputError, match=r"a\.zip is no zip file that can be opened") as error:
        read(path)
    assert error.value.fix.startswith("Export the workspace again")


@pytest.mark.parametrize(
    ("missing", "why"),
    [
        ("users", "without it no message has an author"),
        ("channels", "without it nobody knows who may read what"),
    ],
)
def test_an_export_without_a_list_it_needs_is_an_error(tmp_path: Path, missing: str, why: str) -> None:
    path = export(tmp_path, {"talk/2024-11-12.json": [said(0, "Hello.")]})
    (path / f"{missing}.json").unlink()
    assert slack.is_export(path)
    with pytest.raises(InputError, match=f"{missing}.json is missing, {why}"):
        read(path)


def test_a_broken_list_of_users_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"users.json of .* is broken JSON"):
        read(export(tmp_path, {}, users="[{"))


def test_the_list_of_an_enterprise_organisation_will_do(tmp_path: Path) -> None:
    path = export(tmp_path, {"talk/2024-11-12.json": [said(0, "Hello.")]})
    (path / "users.json").rename(path / "org_users.json")
    (record,) = records(path)
    assert record.segments[0].speaker == INES


def test_another_folder_or_file_is_no_export(tmp_path: Path) -> None:
    (tmp_path / "notes").mkdir()
    (tmp_path / "notes" / "2024-11-12.json").write_text("[]")
    (tmp_path / "users.txt").write_text("x")
    assert not slack.is_export(tmp_path)
    assert not slack.is_export(tmp_path / "users.txt")
    assert not slack.is_export(tmp_path / "missing")


def test_the_workspace_is_the_team_that_most_users_are_of(tmp_path: Path) -> None:
    guest = {"id": "U09", "team_id": "T0999"}
    assert slack.origin(export(tmp_path, {}, users=[guest, *USERS])) == "T0123"


def test_the_workspace_without_a_team_in_the_users_is_that_of_the_messages(tmp_path: Path) -> None:
    assert slack.origin(export(tmp_path, {"chart-help/2024-11-12.json": [QUESTION]}, users=[])) == "T0123"


def test_the_workspace_without_any_team_is_named_by_the_file_without_its_dates(tmp_path: Path) -> None:
    path = export(tmp_path / "Acme Labs Slack export Jan 1 2024 - Feb 1 2024", {}, users=[])
    assert slack.origin(path) == "acme-labs"


def test_a_permalink_is_the_base_with_the_channel_and_the_digits_of_ts() -> None:
    link = "https://acme.slack.com/archives/C01HELP/p1731412345000100"
    assert slack.permalink("https://acme.slack.com/", "C01HELP", ROOT) == link


# What changes after it was written


def test_the_text_of_a_message_is_what_it_was_changed_to(tmp_path: Path) -> None:
    change = {
        "type": "message",
        "subtype": "message_changed",
        "hidden": True,
        "ts": "1731412500.000000",
        "message": said(0, "Use profile house-6.", edited={"user": "U01INES", "ts": "1731412500.000000"}),
        "previous_message": said(0, "Use profile house-5."),
    }
    day = [change, said(0, "Use profile house-5.")]
    (record,) = read(export(tmp_path, {"talk/2024-11-12.json": day}))
    assert isinstance(record, Record)
    assert [(s.key, s.text) for s in record.segments] == [("1731412345.000000", "Use profile house-6.")]


def test_what_was_deleted_later_is_not_read(tmp_path: Path) -> None:
    deletion = {
        "type": "message",
        "subtype": "message_deleted",
        "ts": "1731412500.000000",
        "deleted_ts": "1731412345.000000",
    }
    days = {
        "talk/2024-11-12.json": [said(0, "Pay is 7."), said(1, "Hello.")],
        "talk/2024-11-13.json": [deletion],
    }
    skipped, record = read(export(tmp_path, days))
    assert skipped == Skipped("talk/2024-11-13.json", "deleted message")
    assert isinstance(record, Record) and [s.text for s in record.segments] == ["Hello."]


def test_two_people_who_write_in_the_same_instant_are_both_heard(tmp_path: Path) -> None:
    day = [said(0, "Mine."), said(0, "Mine, too.", "U02DARIO")]
    (record,) = records(export(tmp_path, {"talk/2024-11-12.json": day}))
    assert [(s.text, s.speaker) for s in record.segments] == [("Mine.", INES), ("Mine, too.", DARIO)]


# Long talk


def test_a_conversation_goes_on_after_midnight(tmp_path: Path) -> None:
    # 43,655 seconds after 11:52:25 the day ends.
    days = {
        "talk/2024-11-12.json": [said(43_000, "Does the nightly load run?")],
        "talk/2024-11-13.json": [said(44_000, "It does.", "U02DARIO")],
    }
    (record,) = records(export(tmp_path, days))
    assert (record.locator, record.date) == ("C02TALK/1731455345.000000", date(2024, 11, 12))
    assert [s.role for s in record.segments] == ["asker", "answerer"]


def test_talk_without_a_pause_is_cut_after_500_messages(tmp_path: Path) -> None:
    day = [said(60 * n, f"Message {n}.") for n in range(501)]
    one, two = records(export(tmp_path, {"talk/2024-11-12.json": day}))
    assert (len(one.segments), [s.text for s in two.segments]) == (500, ["Message 500."])


def test_all_messages_of_a_large_export_are_read_once_and_threads_stay_together(tmp_path: Path) -> None:
    path = write_export(tmp_path, 5000, channels=2)
    written = [
        (channel, str(message["ts"]), str(message["user"]), message.get("thread_ts"))
        for channel in ("general", "chart-help")
        for day in sorted((tmp_path / channel).iterdir())
        for message in json.loads(day.read_text())
    ]
    ids = {"general": "C0000", "chart-help": "C0001"}
    threads: dict[str, list[str]] = {}
    for channel, ts, _, root in sorted(written):
        if root:
            threads.setdefault(f"{ids[channel]}/{root}", []).append(ts)
    found = records(path)
    heard = [(r.channel[1:], s.key, s.speaker.key) for r in found for s in r.segments if s.speaker]
    assert sorted(heard) == sorted((channel, ts, user) for channel, ts, user, _ in written)
    assert len(heard) == 5000
    assert {r.locator: [s.key for s in r.segments] for r in found if r.locator in threads} == threads
    talk = [[s.time for s in r.segments] for r in found if r.locator not in threads]
    assert all(b - a < timedelta(hours=2) for times in talk for a, b in pairwise(times) if a and b)


# Other workspaces


def test_somebody_of_another_workspace_is_named_as_their_messages_say(tmp_path: Path) -> None:
    profile = {"real_name": "Noor Haddad", "display_name": "noor", "name": "noor.h", "team": "T0999"}
    day = [said(0, "Hello.", "U77NOOR", user_profile=profile, user_team="T0999"), said(9, "Hi <@U77NOOR>!")]
    (record,) = records(export(tmp_path, {"talk/2024-11-12.json": day}))
    assert record.segments[0].speaker == Identity("slack:T0123", "U77NOOR", "Noor Haddad", "@noor")
    assert record.segments[1].text == "Hi @noor!"


def test_the_export_of_an_organisation_holds_its_workspaces(tmp_path: Path) -> None:
    def person(id_: str, team: str) -> dict[str, object]:
        return {"id": id_, "team_id": team, "enterprise_user": {"id": id_, "enterprise_id": "E01"}}

    days = {
        "town-hall/2024-11-12.json": [said(0, "For all.")],
        "teams/maps/general/2024-11-12.json": [said(0, "For maps.", "U02DARIO")],
        "teams/maps/board/2024-11-12.json": [said(0, "For the board of maps.")],
        "teams/print/general/2024-11-12.json": [said(0, "For print.")],
        "teams/maps/users.json": [person("U02DARIO", "T1")],
        "teams/maps/channels.json": [{"id": "C1", "name": "general"}],
        "teams/maps/groups.json": [{"id": "G1", "name": "board", "members": ["U01INES"]}],
        "teams/print/users.json": [person("U01INES", "T2")],
        "teams/print/channels.json": [{"id": "C2", "name": "general"}],
    }
    path = export(tmp_path, days, users=[], channels=[{"id": "C0", "name": "town-hall"}])
    (path / "users.json").rename(path / "org_users.json")
    assert slack.is_export(path)
    assert slack.origin(path) == "E01"
    assert [(r.locator, r.channel, r.segments[0].text) for r in records(path)] == [
        ("G1/1731412345.000000", "#board", "For the board of maps."),
        ("C1/1731412345.000000", "#general", "For maps."),
        ("C2/1731412345.000000", "#general", "For print."),
        ("C0/1731412345.000000", "#town-hall", "For all."),
    ]
    ines = Identity("slack:E01", "U01INES")
    assert [r.group for r in records(path)] == [
        Group("slack:E01/#board (G1)", (ines,)),
        None,
        None,
        None,
    ]


# Other names


def test_a_thread_is_the_same_after_its_channel_got_another_name(tmp_path: Path) -> None:
    old = export(tmp_path / "old", {"talk/2024-11-12.json": [said(0, "Hello.")]})
    channels = [{"id": "C02TALK", "name": "lounge"}]
    new = export(tmp_path / "new", {"lounge/2024-11-12.json": [said(0, "Hello.")]}, channels=channels)
    (before,), (after,) = records(old), records(new)
    assert before.locator == after.locator == "C02TALK/1731412345.000000"
    assert (before.channel, after.channel) == ("#talk", "#lounge")


def test_members_of_a_private_channel_may_not_read_what_stood_in_another_one_of_its_name(
    tmp_path: Path,
) -> None:
    def group_of(folder: str, id_: str) -> Group | None:
        groups = [{"id": id_, "name": "stewards", "members": ["U01INES"]}]
        path = export(tmp_path / folder, {"stewards/2024-11-12.json": [said(0, "Secret.")]}, groups=groups)
        return records(path)[0].group

    old, new = group_of("old", "G01"), group_of("new", "G02")
    assert old is not None and new is not None and old.name != new.name


def test_a_channel_without_an_id_goes_by_its_name(tmp_path: Path) -> None:
    channels = [{"name": "talk"}]
    (record,) = records(export(tmp_path, {"talk/2024-11-12.json": [said(0, "Hi.")]}, channels=channels))
    assert (record.locator, record.link) == ("talk/1731412345.000000", "")


# Lists that contradict themselves


def test_an_id_that_two_people_have_names_nobody(tmp_path: Path) -> None:
    other = {"id": "U01INES", "team_id": "T0123", "name": "noor", "profile": {"real_name": "Noor Haddad"}}
    day = [said(0, "Who am I?")]
    problem, record = read(export(tmp_path, {"talk/2024-11-12.json": day}, users=[*USERS, other]))
    reason = "gives the id U01INES to two people: its messages are left without a name"
    assert problem == Rejected("users.json", reason)
    assert isinstance(record, Record) and record.segments[0].speaker == Identity("slack:T0123", "U01INES")


def test_somebody_who_is_listed_again_after_a_move_is_one_person(tmp_path: Path) -> None:
    moved = USERS[0] | {"team_id": "T0999", "real_name": "Ines Valcourt-Roy"}
    (record,) = read(export(tmp_path, {"talk/2024-11-12.json": [said(0, "Hi.")]}, users=[*USERS, moved]))
    assert isinstance(record, Record) and record.segments[0].speaker == INES


def test_a_folder_that_two_channels_claim_is_not_read(tmp_path: Path) -> None:
    channels = [{"id": "C1", "name": "talk"}, {"id": "C2", "name": "talk", "is_private": True}]
    path = export(tmp_path, {"talk/2024-11-12.json": [said(0, "Secret?")]}, channels=channels)
    reason = "is the name of two channels in the lists: nobody knows who may read it"
    assert read(path) == [Rejected("talk", reason)]


def test_a_channel_that_both_lists_have_is_private(tmp_path: Path) -> None:
    groups = [{"id": "C02TALK", "name": "talk", "members": ["U01INES"]}]
    path = export(tmp_path, {"talk/2024-11-12.json": [said(0, "Between us.")]}, groups=groups)
    (record,) = records(path)
    assert record.group is not None and record.group.members == (INES,)


@pytest.mark.parametrize("order", [1, -1])
def test_of_two_entries_for_a_channel_the_stricter_one_counts(tmp_path: Path, order: int) -> None:
    private = {"id": "C02TALK", "name": "talk", "is_private": True, "members": ["U01INES"]}
    channels = [private, {"id": "C02TALK", "name": "talk"}][::order]
    path = export(tmp_path, {"talk/2024-11-12.json": [said(0, "Between us.")]}, channels=channels)
    (record,) = records(path)
    assert record.group is not None and record.group.members == (INES,)


def test_of_two_lists_of_members_those_count_who_are_in_both(tmp_path: Path) -> None:
    groups = [{"id": "G1", "name": "talk", "members": m} for m in (["U02DARIO"], ["U01INES", "U02DARIO"])]
    path = export(tmp_path, {"talk/2024-11-12.json": [said(0, "Secret.")]}, channels=[], groups=groups)
    (record,) = records(path)
    assert record.group is not None and record.group.members == (DARIO,)


def test_a_channel_whose_folder_has_its_id_is_read(tmp_path: Path) -> None:
    days = {"C02TALK/2024-11-12.json": [said(0, "one")], "talk/2024-11-12.json": [said(1, "two")]}
    (record,) = records(export(tmp_path, days))
    assert (record.channel, [s.text for s in record.segments]) == ("#talk", ["one", "two"])


def test_a_name_whose_accents_were_taken_apart_is_the_channels(tmp_path: Path) -> None:
    channels = [{"id": "C1", "name": "g\u00e9n\u00e9ral"}]
    path = export(tmp_path, {"ge\u0301ne\u0301ral/2024-11-12.json": [said(0, "Salut.")]}, channels=channels)
    (record,) = records(path)
    assert record.channel == "#g\u00e9n\u00e9ral"


# Hostile input


@pytest.mark.parametrize(
    "ts", ["-1.0", "99999999999.000000", "4102444800.0", "1731412345,0", "١٧.0", "", "1e9"]
)
def test_a_message_of_an_impossible_time_is_rejected(tmp_path: Path, ts: str) -> None:
    file = "talk/2024-11-12.json"
    (rejected,) = read(export(tmp_path, {file: [said(0, "When?") | {"ts": ts}]}))
    assert rejected == Rejected(file, "has no ts that says when it was written", "message 1")


def test_what_stands_before_a_break_goes_in(tmp_path: Path) -> None:
    file = "talk/2024-11-12.json"
    rejected, record = read(
        export(tmp_path, {file: json.dumps([said(0, "Hello.")])[:-1] + ', {"type": "mess'})
    )
    assert isinstance(rejected, Rejected)
    assert (rejected.file, rejected.reason[:27]) == (file, "is broken JSON: entry 2: Un")
    assert isinstance(record, Record) and [s.text for s in record.segments] == ["Hello."]


def test_a_message_without_a_bottom_ends_its_day_alone(tmp_path: Path) -> None:
    deep = '[{"ts": "1731412345.000000", "blocks": ' + "[" * 100_000
    days = {"talk/2024-11-12.json": deep, "talk/2024-11-13.json": [said(0, "Hello.")]}
    rejected, record = read(export(tmp_path, days))
    assert isinstance(rejected, Rejected) and rejected.file == "talk/2024-11-12.json"
    assert isinstance(record, Record) and [s.text for s in record.segments] == ["Hello."]


def test_a_link_in_a_folder_is_not_followed(tmp_path: Path) -> None:
    secret = export(tmp_path / "secret", {"talk/2024-11-12.json": [said(0, "Secret.")]})
    path = export(tmp_path / "export", {})
    (path / "talk").symlink_to(secret / "talk", target_is_directory=True)
    (path / "chart-help").mkdir()
    (path / "chart-help" / "2024-11-12.json").symlink_to(secret / "talk" / "2024-11-12.json")
    assert read(path) == [Skipped("talk", "link"), Skipped("chart-help/2024-11-12.json", "link")]


def test_a_folder_whose_name_is_no_text_is_rejected(tmp_path: Path) -> None:
    path = export(tmp_path, {})
    folder = path / os.fsdecode(b"caf\xe9")
    folder.mkdir()
    (folder / "2024-11-12.json").write_text("[]")
    reason = "is in neither channels.json nor groups.json: nobody knows who may read it"
    assert read(path) == [Rejected("caf?", reason)]


def test_only_a_zip_by_its_name_is_looked_into(tmp_path: Path) -> None:
    path = zipped(export(tmp_path / "export", {"talk/2024-11-12.json": []}), tmp_path / "notes.docx")
    assert not slack.is_export(path)
    assert slack.is_export(path.rename(tmp_path / "export.ZIP"))


def test_lists_of_another_program_are_no_export(tmp_path: Path) -> None:
    (tmp_path / "users.json").write_text("[]")
    (tmp_path / "channels.json").write_text("[]")
    (tmp_path / "notes").mkdir()
    assert not slack.is_export(tmp_path)
    assert not slack.is_export(zipped(tmp_path, tmp_path.parent / f"{tmp_path.name}.zip"))

"""What the mail connector makes of mailboxes."""

from __future__ import annotations

import base64
import gzip
import io
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime
from email.message import EmailMessage
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from copassist.errors import InputError
from copassist.records import Identity, Read, Record, Rejected, Segment, Skipped, named
from ingest import mail
from ingest.mail import files, parts, threads

ANA = Identity("mail", "ana@example.org", "Ana Costa", email="ana@example.org")
BOB = Identity("mail", "bob@example.org", "Bob Reed", email="bob@example.org")
POSTMARK = "From ana@example.org Tue Mar 12 10:14:33 2024"


def letter(id: str = "a@x", text: str = "Embed them.", minute: int = 0, drop: str = "", **more: str) -> str:
    """A mail of Ana's, written `minute` minutes after 2024-03-12 09:00 UTC; `more` are headers."""
    fields = {
        "Message-ID": f"<{id}>",
        "From": "Ana Costa <ana@example.org>",
        "To": "guild@lists.example.org",
        "Subject": "Fonts",
        "Date": f"Tue, 12 Mar 2024 10:{minute:02}:00 +0100",
    }
    fields |= {name.replace("_", "-"): value for name, value in more.items()}
    return "".join(f"{name}: {value}\n" for name, value in fields.items() if name != drop) + f"\n{text}\n"


def reply(id: str, to: str, text: str = "From the profile menu.", minute: int = 5, **more: str) -> str:
    fields = {"From": "Bob Reed <bob@example.org>", "Subject": "Re: Fonts", "References": f"<{to}>"}
    return letter(id, text, minute, **(fields | more))


def mbox(folder: Path, *letters: str | bytes, name: str = "box.mbox", postmark: str = POSTMARK) -> Path:
    path = folder / name
    whole = (text if isinstance(text, bytes) else text.encode("utf-8", "surrogateescape") for text in letters)
    path.write_bytes(b"".join(postmark.encode() + b"\n" + text + b"\n" for text in whole))
    return path


def records(found: Iterable[Read]) -> list[Record]:
    return [one for one in found if isinstance(one, Record)]


def only(path: Path) -> Record:
    (record,) = mail.read(path)
    assert isinstance(record, Record)
    return record


def texts(record: Record) -> list[str]:
    return [segment.text for segment in record.segments]


# A thread


def test_a_question_and_its_answer_are_one_thread_with_who_wrote_what_and_when(tmp_path: Path) -> None:
    path = mbox(
        tmp_path,
        letter("a@x", "How do we embed fonts?", Subject="[guild] Fonts in PDF", List_Id="Guild <guild.example.org>"),
        reply("b@x", "a@x", "> How do we embed fonts?\n\nFrom the profile menu.", Subject="Re: [guild] Fonts in PDF"),
        letter("c@x", "That worked!", 9, References="<a@x> <b@x>", Subject="Re: [guild] Fonts in PDF"),
    )  # fmt: skip
    at = [datetime(2024, 3, 12, 9, minute, tzinfo=UTC) for minute in (0, 5, 9)]
    assert only(path) == Record(
        locator="a@x",
        kind="thread",
        title="Fonts in PDF",
        segments=(
            Segment("How do we embed fonts?", ANA, "asker", at[0], part="question", key="a@x"),
            Segment("From the profile menu.", BOB, "answerer", at[1], part="answer", key="b@x"),
            Segment("That worked!", ANA, "asker", at[2], key="c@x"),
        ),
        date=date(2024, 3, 12),
        channel="guild.example.org",
    )


def test_replies_answer_nothing_where_nobody_asked(tmp_path: Path) -> None:
    record = only(mbox(tmp_path, letter(text="The fonts are embedded now."), reply("b@x", "a@x", "Good.")))
    assert [(s.role, s.part) for s in record.segments] == [("author", ""), ("answerer", "")]
    assert record.channel == "box"


def test_a_question_in_the_subject_asks(tmp_path: Path) -> None:
    record = only(mbox(tmp_path, letter(text="The PDF shows boxes.", Subject="Fonts in PDF?")))
    assert record.segments[0].part == "question"


def test_nobody_asks_in_a_thread_whose_first_mail_is_missing(tmp_path: Path) -> None:
    path = mbox(
        tmp_path, reply("b@x", "a@x", "Which version?"), letter("c@x", "3.", 9, References="<a@x> <b@x>")
    )
    record = only(path)
    assert (record.locator, record.title) == ("a@x", "Fonts")
    assert [(s.role, s.part) for s in record.segments] == [("answerer", ""), ("answerer", "")]


def test_a_thread_keeps_its_locator_when_the_missing_root_comes(tmp_path: Path) -> None:
    before = only(mbox(tmp_path, reply("b@x", "a@x")))
    after = only(mbox(tmp_path, reply("b@x", "a@x"), letter("a@x", "How?")))
    assert before.locator == after.locator == "a@x"
    assert texts(after) == ["How?", "From the profile menu."]


def test_the_link_is_where_a_list_keeps_the_mail(tmp_path: Path) -> None:
    assert (
        only(mbox(tmp_path, letter(Archived_At="<https://lists.example.org/m/1>"))).link
        == "https://lists.example.org/m/1"
    )
    assert only(mbox(tmp_path, letter(Archived_At="<http://lists.example.org/m/1>"))).link == ""


def test_a_mail_without_a_subject_is_named_by_its_first_line(tmp_path: Path) -> None:
    assert (
        only(mbox(tmp_path, letter(text="Hi all!\n\nEmbed them in the profile.", drop="Subject"))).title
        == "Embed them in the profile."
    )


@pytest.mark.parametrize(
    ("subject", "title"),
    [
        ("Re: AW: Fwd: Fonts", "Fonts"),
        ("RE: [EXTERNAL] RE: Fonts", "Fonts"),
        ("Re[2]: Fonts", "Fonts"),
        ("[Fwd: Fonts]", "Fonts"),
        ("Fonts (fwd)", "Fonts"),
        ("回复：Fonts", "Fonts"),
        ("[RFC] Fonts", "[RFC] Fonts"),
        ("Return of the fonts", "Return of the fonts"),
        ("=?utf-8?q?Schriften_f=C3=BCr?= =?utf-8?b?IGFsbGU=?=", "Schriften für alle"),
        ("=?iso-8859-1?Q?gro=DF?=", "groß"),
        ("Schriften f\udcfcr alle", "Schriften für alle"),
        ("Fonts\n and more", "Fonts and more"),
    ],
)  # fmt: skip
def test_a_title_is_the_subject_without_what_mail_programs_add(
    tmp_path: Path, subject: str, title: str
) -> None:
    assert only(mbox(tmp_path, letter(Subject=subject))).title == title


def test_a_tag_that_most_subjects_start_with_is_a_lists(tmp_path: Path) -> None:
    path = mbox(tmp_path, *(letter(f"{n}@x", Subject=f"[guild] Topic {n}") for n in range(3)))
    assert [record.title for record in records(mail.read(path))] == ["Topic 0", "Topic 1", "Topic 2"]


# Threading


def heard(*mails: tuple[str, str], subjects: dict[str, str] | None = None) -> dict[str, str]:
    """The root of each of some mails, given as id and references; a subject and a day come after a colon."""
    forest = threads.Forest()
    for id, references in mails:
        subject, _, day = (subjects or {}).get(id, "").partition("@")
        time = datetime(2024, 3, int(day or 1), tzinfo=UTC)
        base, is_reply = mail.headers.base_subject(subject)
        threads.add(forest, id, tuple(references.split()), time, base, is_reply)
    grown = threads.grown(forest)
    return {id: grown.place(id)[0] for id, _ in mails}


def test_replies_to_a_missing_mail_are_one_thread() -> None:
    assert heard(("b", "a"), ("c", "a")) == {"b": "a", "c": "a"}


def test_a_chain_of_references_joins_mails_whose_link_is_missing() -> None:
    assert heard(("c", "b"), ("d", "a b c"), ("a", "")) == {"c": "a", "d": "a", "a": "a"}


def test_what_a_mail_itself_says_of_its_parent_counts_more_than_what_others_say() -> None:
    assert heard(("d", "x b d2"), ("b", "a")) == {"d": "a", "b": "a"}
    assert heard(("b", "a"), ("d", "x b d2")) == {"b": "a", "d": "a"}


def test_a_mail_that_answers_itself_or_in_a_circle_has_a_root() -> None:
    assert heard(("a", "a")) == {"a": "a"}
    assert heard(("b", "a b")) == {"b": "a"}
    assert heard(("b", "a"), ("a", "b"), ("c", "b")) == {"b": "a", "a": "a", "c": "a"}


def test_a_reply_that_names_no_mail_answers_the_last_one_of_its_subject() -> None:
    subjects = {"a": "Fonts@1", "b": "Re: Fonts@3", "c": "Re: Fonts@31", "d": "Re: Other@3", "e": "Fonts@4"}
    mails = [(id, "") for id in subjects]
    assert heard(*mails, subjects=subjects) == {"a": "a", "b": "a", "c": "e", "d": "d", "e": "e"}


def test_a_subject_that_is_older_than_a_month_is_another() -> None:
    forest = threads.Forest()
    threads.add(forest, "a", (), datetime(2024, 1, 1, tzinfo=UTC), "Fonts", False)
    threads.add(forest, "b", (), datetime(2024, 2, 1, tzinfo=UTC), "Fonts", True)
    assert threads.grown(forest).place("b")[0] == "b"


def test_a_reply_comes_after_what_it_answers_even_when_a_clock_is_wrong(tmp_path: Path) -> None:
    path = mbox(tmp_path, reply("b@x", "a@x", "Second.", minute=0), letter("a@x", "First.", minute=9))
    assert texts(only(path)) == ["First.", "Second."]


def test_in_reply_to_joins_where_there_are_no_references(tmp_path: Path) -> None:
    answer = letter("b@x", "Yes.", 5, In_Reply_To="Your message of Tuesday <a@x>", Subject="Re: Fonts")
    assert texts(only(mbox(tmp_path, letter(), answer))) == ["Embed them.", "Yes."]


@given(st.lists(st.tuples(st.integers(0, 12), st.lists(st.integers(0, 12), max_size=4)), max_size=25))
@settings(deadline=None)
def test_any_references_give_each_mail_one_root_above_it(mails: list[tuple[int, list[int]]]) -> None:
    forest = threads.Forest()
    for id, above in mails:
        threads.add(forest, str(id), tuple(dict.fromkeys(map(str, above))), None, "", False)
    grown = threads.grown(forest)
    for number, id in enumerate(forest.ids):
        root, order = grown.place(id)
        assert grown.place(root)[0] == root
        parent = forest.parents[number]
        assert (parent < 0) == (root == id)
        assert parent < 0 or (grown.roots[parent] == grown.roots[number] and grown.orders[parent] < order)


def test_a_chain_of_100_000_replies_is_one_thread() -> None:
    assert set(heard(*((str(n), str(n - 1)) for n in range(100_000, 0, -1))).values()) == {"0"}


# People


@pytest.mark.parametrize(
    ("headers", "person"),
    [
        ({"From": "ANA@Example.org"}, Identity("mail", "ana@example.org", "", email="ANA@Example.org")),
        ({"From": '"Costa, Ana" <ana@example.org>'}, replace(ANA, name="Costa, Ana")),
        ({"From": "Costa, Ana <ana@example.org>"}, replace(ANA, name="Costa, Ana")),
        ({"From": "ana@example.org (Ana Costa)"}, ANA),
        ({"From": "ana at example.org (Ana Costa)"}, ANA),
        ({"From": "Ana Costa <ana at example.org>"}, ANA),
        ({"From": "=?utf-8?b?QW5hIENvc3Rh?= <ana@example.org>"}, ANA),
        ({"From": '"=?utf-8?q?Ana_Costa?=" <ana@example.org>'}, ANA),
        ({"From": "Ana Cost\udce1 <ana@example.org>"}, replace(ANA, name="Ana Costá")),
        ({"From": "Ana Costa <an...@example.org>"}, named("Ana Costa")),
        ({"From": "Ana Costa <notifications@example.com>"}, named("Ana Costa")),
        ({"From": "Ana Costa"}, named("Ana Costa")),
        ({"From": "noreply@example.org"}, None),
        ({"From": ""}, None),
        ({"From": "Ana Costa via Guild <guild@lists.example.org>"}, named("Ana Costa")),
        ({"From": "Ana Costa via Guild <guild@lists.example.org>", "Reply-To": "Ana Costa <ana@example.org>"}, ANA),
        ({"From": "Ana Costa via Guild <guild@lists.example.org>", "List-Post": "<mailto:talk@lists.example.org>",
          "Reply-To": "talk@lists.example.org, ana@example.org"}, ANA),
        ({"From": "Ana Costa via Guild <guild@lists.example.org>", "Reply-To": "Bob <bob@example.org>"},
         named("Ana Costa")),
        ({"From": "'Ana Costa' via Guild <guild@lists.example.org>", "X-Original-Sender": "ana@example.org"}, ANA),
        ({"From": "Ana via Guild <guild@lists.example.org>", "X-Original-From": "Ana Costa <ana@example.org>"}, ANA),
        ({"From": "Ana Costa <ana=40example.org@dmarc.ietf.org>"}, ANA),
    ],
)  # fmt: skip
def test_the_author_is_known_by_address_and_never_by_that_of_a_list(
    tmp_path: Path, headers: dict[str, str], person: Identity | None
) -> None:
    (segment,) = only(mbox(tmp_path, letter(**headers))).segments
    assert (segment.speaker, segment.role) == (person, "author" if person else None)


def test_a_mail_without_an_author_is_nobodys_and_no_asker(tmp_path: Path) -> None:
    record = only(
        mbox(
            tmp_path,
            letter(text="How?", drop="From"),
            letter("b@x", "Why?", 5, References="<a@x>", drop="From"),
        )
    )
    assert [(s.speaker, s.role, s.part) for s in record.segments] == [(None, None, ""), (None, None, "")]


# Time


@pytest.mark.parametrize(
    ("headers", "time"),
    [
        ({"Date": "Tue, 12 Mar 2024 10:14:33 -0700"}, datetime(2024, 3, 12, 17, 14, 33, tzinfo=UTC)),
        ({"Date": "12 Mar 24 10:14 GMT"}, datetime(2024, 3, 12, 10, 14, tzinfo=UTC)),
        ({"Date": "Tue, 12 Mar 2024 10:14:33 +9900"}, None),
        ({"Date": "Tue, 12 Mar 2024 10:14:33 +2300"}, None),
        ({"Date": "Tue, 12 Mar 2199 10:14:33 +0100"}, None),
        ({"Date": "Thu, 1 Jan 1970 00:00:00 +0000"}, None),
        ({"Date": "yesterday"}, None),
        ({"Date": "99 Mar 2024 99:99:99 +0000"}, None),
        ({"Date": "yesterday", "Received": "from a; Tue, 12 Mar 2024 09:00:00 +0000"},
         datetime(2024, 3, 12, 9, tzinfo=UTC)),
        ({"Date": "Tue, 19 Mar 2024 10:14:33 +0000", "Received": "from a; Tue, 12 Mar 2024 09:00:00 +0000"},
         datetime(2024, 3, 12, 9, tzinfo=UTC)),
    ],
)  # fmt: skip
def test_the_time_is_in_utc_and_by_the_server_where_the_writers_clock_was_wrong(
    tmp_path: Path, headers: dict[str, str], time: datetime | None
) -> None:
    path = tmp_path / "a.eml"
    path.write_text(letter(**headers), encoding="utf-8")
    record = only(path)
    assert (record.segments[0].time, record.date) == (time, time.date() if time else None)


def test_a_mail_without_date_has_that_of_the_mailbox(tmp_path: Path) -> None:
    record = only(mbox(tmp_path, letter(drop="Date")))
    assert record.segments[0].time == datetime(2024, 3, 12, 10, 14, 33, tzinfo=UTC)


# Ids


def test_a_mail_that_lies_in_two_folders_is_read_once(tmp_path: Path) -> None:
    found = list(mail.read(mbox(tmp_path, letter(), letter())))
    assert texts(records(found)[0]) == ["Embed them."]
    assert found[0] == Skipped("box.mbox", "mail that is there twice")


def test_a_mail_without_id_has_one_by_what_it_holds_wherever_it_lies(tmp_path: Path) -> None:
    single = tmp_path / "a.eml"
    single.write_text(letter(drop="Message-ID").replace("\n", "\r\n"), encoding="utf-8")
    in_box = only(mbox(tmp_path, letter(drop="Message-ID", X_Gmail_Labels="Inbox")))
    assert in_box.locator == only(single).locator
    assert in_box.locator != only(mbox(tmp_path, letter(text="Other.", drop="Message-ID"))).locator


# Mailboxes


@pytest.mark.parametrize(
    "postmark",
    [
        "From ana@example.org Tue Mar 12 10:14:33 2024",
        "From - Tue Mar 12 10:14:33 2024",
        "From ",
        "From 1793445@xxx Tue Mar 12 10:14:33 +0000 2024",
        "From ana at example.org  Tue Mar 12 10:14:33 2024",
        "\ufeffFrom ana@example.org Tue Mar 12 10:14:33 2024",
    ],
)
def test_an_mbox_is_known_and_cut_by_the_lines_that_programs_write(tmp_path: Path, postmark: str) -> None:
    path = mbox(tmp_path, letter("a@x"), letter("b@x"), name="Inbox", postmark=postmark.lstrip("\ufeff"))
    path.write_bytes((b"\xef\xbb\xbf" if postmark[0] == "\ufeff" else b"") + path.read_bytes())
    assert mail.is_export(path) and mail.taken(path) == [path]
    assert [record.locator for record in records(mail.read(path))] == ["a@x", "b@x"]


def test_lines_that_begin_with_from_belong_to_the_mail(tmp_path: Path) -> None:
    text = (
        "Hi,\n\nFrom the menu.\n\n>From here on it is easy.\n\n>>From.\n\nFrom ana at 10:14 in 2024\n\nBye."
    )
    said = "Hi,\n\nFrom the menu.\n\nFrom here on it is easy.\n\n[…]\n\nFrom ana at 10:14 in 2024\n\nBye."
    assert texts(only(mbox(tmp_path, letter(text=text)))) == [said]


@pytest.mark.parametrize(
    "line",
    [
        "\nFrom ana Tue Mar 12 10:14:33 2024\nis when it was.",
        "so far\nFrom 12 Mar 2024 10:14 on\nNote: it works.",
        "\nFrom ana Tue Mar 12 10:14:33 2024",
    ],
)
def test_a_line_like_a_postmark_starts_a_mail_only_below_a_blank_line_and_above_headers(
    tmp_path: Path, line: str
) -> None:
    assert texts(only(mbox(tmp_path, letter(text=f"Hello,\n{line}")))) == [f"Hello,\n{line}"]


def test_a_last_line_like_a_postmark_belongs_to_the_mail(tmp_path: Path) -> None:
    path = mbox(tmp_path, letter(text="Hello,\n\nFrom ana Tue Mar 12 10:14:33 2024"))
    path.write_bytes(path.read_bytes().rstrip())
    assert texts(only(path)) == ["Hello,\n\nFrom ana Tue Mar 12 10:14:33 2024"]


def test_of_a_mail_that_is_too_large_no_more_is_held_than_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "LARGEST", 1000)
    stream = io.BytesIO(b"From \nA: b\n\n" + b"x" * 100_000 + b"\n" + b"y\n" * 100_000)
    assert [len(content) <= 1000 + files.LINE for _, content in files._cut(stream)] == [True, True]


def test_of_headers_that_stand_twice_the_first_counts(tmp_path: Path) -> None:
    assert only(mbox(tmp_path, letter(Subject="One\nSubject: Two"))).title == "One"


def test_a_quoted_line_that_mbox_may_have_marked_stays_quoted(tmp_path: Path) -> None:
    assert texts(only(mbox(tmp_path, letter(text="> Is it there?\n>From the menu?\n\nYes.")))) == ["Yes."]


def test_an_archive_of_pipermail_is_one_export_over_its_months(tmp_path: Path) -> None:
    folder = tmp_path / "guild"
    folder.mkdir()
    first = letter("a@x", "How?", From="ana at example.org (Ana Costa)", Subject="[guild] Fonts")
    second = letter(
        "b@x", "So.", 5, From="bob at example.org (Bob Reed)", Subject="[guild] Fonts", In_Reply_To="<a@x>"
    )
    mbox(folder, first, name="2024-March.txt", postmark="From ana at example.org  Tue Mar 12 10:14:33 2024")
    (folder / "2024-April.txt.gz").write_bytes(gzip.compress(mbox(tmp_path, second).read_bytes()))
    (folder / "readme.txt").write_text("From here on: notes.")
    assert mail.is_export(folder)
    assert mail.taken(folder) == [folder / "2024-April.txt.gz", folder / "2024-March.txt"]
    record = only(folder)
    assert [segment.speaker for segment in record.segments] == [ANA, BOB]
    assert (record.channel, mail.origin(folder)) == ("guild", "guild")


def maildir(folder: Path, **mails: str) -> Path:
    for name in ("cur", "new", "tmp"):
        (folder / name).mkdir(parents=True)
    for number, (place, text) in enumerate(mails.items()):
        flags = place.partition("_")[2]
        (folder / place.partition("_")[0] / f"171023{number}.M1.host:2,{flags}").write_text(
            text, encoding="utf-8"
        )
    return folder


def test_a_maildir_is_read_with_its_folders(tmp_path: Path) -> None:
    box = maildir(
        tmp_path / "Maildir",
        cur_S=letter("a@x", "How?"),
        new=letter("c@x", Subject="Other"),
        cur_ST=letter("d@x"),
    )
    maildir(box / ".Sent", cur_S=reply("b@x", "a@x"))
    maildir(box / ".Junk", cur_S=letter("e@x"))
    assert mail.is_export(box) and mail.taken(box) == [box]
    found = list(mail.read(box))
    assert [(record.locator, len(record.segments)) for record in records(found)] == [("a@x", 2), ("c@x", 1)]
    unread = [one.what for one in found if isinstance(one, Skipped)]
    assert unread == ["spam, deleted mail or drafts"] * 2


def test_of_a_folder_with_mails_and_other_files_only_the_mails_are_taken(tmp_path: Path) -> None:
    (tmp_path / "b.eml").write_text(letter("b@x", "So.", 5, References="<a@x>"))
    (tmp_path / "a.EML").write_text(letter("a@x", "How?"))
    (tmp_path / "broken.eml").write_text("no mail")
    (tmp_path / "notes.md").write_text(f"{POSTMARK}\n{letter()}")
    assert mail.is_export(tmp_path)
    assert mail.taken(tmp_path) == [tmp_path / name for name in ("a.EML", "b.eml", "broken.eml")]
    found = list(mail.read(tmp_path))
    assert [texts(record) for record in records(found)] == [["How?", "So."]]
    assert Rejected("broken.eml", "begins with no headers of a mail; export it again") in found


def test_mailboxes_of_thunderbird_are_known_by_their_index(tmp_path: Path) -> None:
    mbox(tmp_path, letter("a@x", "How?"), name="Inbox")
    mbox(tmp_path, reply("b@x", "a@x"), name="Sent")
    mbox(tmp_path, letter("c@x"), name="Trash")
    for name in ("Inbox", "Sent", "Trash"):
        (tmp_path / f"{name}.msf").write_text("// <!-- <mdb:mork -->")
    assert mail.taken(tmp_path) == [tmp_path / name for name in ("Inbox", "Sent", "Trash")]
    found = list(mail.read(tmp_path))
    assert [texts(record) for record in records(found)] == [["How?", "From the profile menu."]]
    assert Skipped("Trash", "spam, deleted mail or drafts") in found


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.txt", "From 10:14 on 2024-03-12 we met.\nSubject: fonts\nTo: do\n"),
        ("a.txt", "From Lisbon\n\nSubject: fonts\n"),
        ("a.md", f"{POSTMARK}\n{letter()}"),
        ("a.log", f"{POSTMARK}\n{letter()}"),
        ("a.txt", "From host Tue Mar 12 10:14:33 2024\nERROR: no\nWARN: so\n"),
        ("a.txt", letter()),
        ("a.eml", "Some text\n"),
        ("a.gz", "no gzip"),
        ("a.txt", ""),
    ],
)
def test_what_only_begins_like_a_mailbox_is_none(tmp_path: Path, name: str, text: str) -> None:
    path = tmp_path / name
    path.write_text(text)
    assert not mail.is_export(path)
    assert not mail.is_export(tmp_path)
    with pytest.raises(InputError, match=r"holds no mail that can be read\. Give an mbox"):
        list(mail.read(path))


def test_a_path_that_is_not_there_is_no_export_and_cannot_be_opened(tmp_path: Path) -> None:
    assert not mail.is_export(tmp_path / "missing")
    with pytest.raises(OSError):
        list(mail.read(tmp_path / "missing"))


def test_the_origin_is_the_list_or_the_owner_and_the_mailbox_without_its_date(tmp_path: Path) -> None:
    listed = mbox(
        tmp_path,
        *(letter(f"{n}@x", List_Id="<guild.example.org>") for n in range(3)),
        name="guild 2024-03-12.mbox",
    )
    own = mbox(tmp_path, letter(Delivered_To="Ana@example.org"), letter("b@x"), name="All mail.mbox")
    plain = mbox(tmp_path, letter(), name="Inbox")
    assert mail.origin(listed) == "guild.example.org/guild"
    assert mail.origin(own) == "ana@example.org/All mail"
    assert mail.origin(plain) == "Inbox"


# Mails that are not read


@pytest.mark.parametrize(
    ("headers", "kind"),
    [
        ({"Auto-Submitted": "auto-replied"}, "automatic reply"),
        ({"Auto-Submitted": "auto-generated"}, "automatic message"),
        ({"Subject": "Out of Office: Fonts"}, "automatic reply"),
        ({"Subject": "Abwesenheitsnotiz"}, "automatic reply"),
        ({"Precedence": "auto_reply"}, "automatic reply"),
        ({"Precedence": "bulk"}, "automatic message"),
        ({"From": "Mail Delivery System <MAILER-DAEMON@example.org>"}, "bounce"),
        ({"Content-Type": "multipart/report; report-type=delivery-status; boundary=b"}, "bounce"),
        ({"Content-Type": "multipart/report; report-type=disposition-notification; boundary=b"}, "read receipt"),
        ({"Content-Type": "multipart/encrypted; boundary=b"}, "encrypted message"),
        ({"Content-Type": "application/pkcs7-mime; smime-type=enveloped-data"}, "encrypted message"),
        ({"Content-Type": "text/calendar; method=REQUEST"}, "calendar invitation"),
        ({"Content-Type": "multipart/digest; boundary=b"}, "digest of a list"),
        ({"Subject": "Guild Digest, Vol 3, Issue 4"}, "digest of a list"),
        ({"X-Gmail-Labels": "Spam,Unread"}, "spam"),
        ({"X-Gmail-Labels": "Drafts"}, "draft"),
        ({"X-Gmail-Labels": "Chat"}, "chat"),
        ({"X-Mozilla-Status": "0009"}, "deleted message"),
    ],
)  # fmt: skip
def test_mail_that_nobody_wrote_to_be_read_is_skipped(
    tmp_path: Path, headers: dict[str, str], kind: str
) -> None:
    assert list(mail.read(mbox(tmp_path, letter(**headers)))) == [Skipped("box.mbox", kind)]


@pytest.mark.parametrize(
    "headers",
    [
        {"Precedence": "list"},
        {"Precedence": "bulk", "List-Id": "<guild.example.org>"},
        {"Precedence": "bulk", "References": "<z@x>"},
        {"Subject": "Out of office hours for the clinic"},
        {"Auto-Submitted": "no"},
        {"X-Mozilla-Status": "0001"},
        {"X-Gmail-Labels": "Inbox,Opened"},
    ],
)
def test_mail_of_lists_and_people_is_read(tmp_path: Path, headers: dict[str, str]) -> None:
    assert texts(only(mbox(tmp_path, letter(**headers)))) == ["Embed them."]


def test_an_encrypted_text_and_a_forwarded_mail_have_no_words_of_the_sender(tmp_path: Path) -> None:
    secret = "-----BEGIN PGP MESSAGE-----\n\nhQEMA\n-----END PGP MESSAGE-----"
    forwarded = "---------- Forwarded message ---------\nFrom: Bob\nDate: x\nSubject: y\n\nTheirs."
    assert list(mail.read(mbox(tmp_path, letter(text=secret), letter("b@x", forwarded)))) == [
        Skipped("box.mbox", "encrypted message"),
        Skipped("box.mbox", "mail without words of its own"),
    ]


def test_a_mail_larger_than_the_limit_is_rejected_and_the_rest_goes_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "LARGEST", 1024 * 1024)
    large = letter("b@x", "x" * 80 + "\n" + "y" * 2_000_000)
    found = list(mail.read(mbox(tmp_path, letter("a@x"), large, letter("c@x"))))
    assert found[0] == Rejected(
        "box.mbox", "a mail of more than 1 MB; save its attachments on their own", "message 2"
    )
    assert [record.locator for record in records(found)] == ["a@x", "c@x"]


def test_a_compressed_mailbox_that_is_cut_off_gives_what_came_before(tmp_path: Path) -> None:
    whole = gzip.compress(
        mbox(
            tmp_path,
            *(letter(f"{n}@x", base64.b64encode(bytes(range(200)) * n).decode()) for n in range(1, 40)),
        ).read_bytes()
    )
    path = tmp_path / "2024-March.txt.gz"
    path.write_bytes(whole[: len(whole) // 2])
    found = list(mail.read(path))
    assert "1@x" in [record.locator for record in records(found)]
    (problem,) = [one for one in found if isinstance(one, Rejected)]
    assert problem.reason.endswith("what came before is read. Download it again.")


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"Content-Type: multipart/mixed; boundary=b\n\n" + b"--b\n\n" * 3000, "more than 2000 parts"),
        (b"".join(b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (n, n) for n in range(300)), "parts"),
        (b"\n" * 1_100_000, "more than 1000000 lines"),
        (b"Content-Type: text/plain; a=" + b";" * 10_000 + b"\n\nx", "Content-Type of more than 4000"),
        (b"Content-Type: text/html\n\n" + b"<div>" * 3000, "nested more than 2000 deep"),
        (b"Content-Type: text/plain\n\n" + b"word " * 300_000, "text of more than 1000000 characters"),
        (b"Content-Type: multipart/mixed; boundary*=b; boundary*0=b\n\n--b\n\nx", "built in a broken way"),
    ],
)  # fmt: skip
def test_a_mail_that_no_program_builds_is_rejected(tmp_path: Path, content: bytes, reason: str) -> None:
    start = letter().partition("\n\n")[0].encode() + b"\n"
    found = list(mail.read(mbox(tmp_path, start + content, letter("b@x"))))
    (problem,) = [one for one in found if isinstance(one, Rejected)]
    assert reason in problem.reason and problem.place == "message 1"
    assert [record.locator for record in records(found)] == ["b@x"]


# Text in its encodings


@pytest.mark.parametrize(
    ("kind", "content"),
    [
        ("text/plain; charset=utf-8", "Größe".encode()),
        ("text/plain; charset=iso-8859-1", "Größe".encode("latin-1")),
        ("text/plain; charset=windows-1252", "Größe".encode("latin-1")),
        ("text/plain; charset=us-ascii", "Größe".encode("latin-1")),
        ("text/plain; charset=us-ascii", "Größe".encode()),
        ("text/plain; charset=utf-8", "Größe".encode("latin-1")),
        ("text/plain; charset=iso-8859-1", "Größe".encode()),
        ("text/plain; charset=x-unknown", "Größe".encode()),
        ("text/plain; charset=unicode_escape", "Größe".encode()),
        ("text/plain", "Größe".encode("latin-1")),
        ("text/plain; charset=utf-16", "Größe".encode("utf-16")),
        ("text/html", '<meta charset="utf-8"><p>Größe'.encode()),
        ("text/html", b"<p>Gr&ouml;&szlig;e</p>"),
    ],
)
def test_text_is_read_in_the_encoding_that_it_really_has(tmp_path: Path, kind: str, content: bytes) -> None:
    head = letter(Content_Type=kind, Content_Transfer_Encoding="base64").partition("\n\n")[0].encode()
    path = mbox(tmp_path, head + b"\n\n" + base64.encodebytes(content))
    assert texts(only(path)) == ["Größe"]


def test_soft_line_breaks_are_joined(tmp_path: Path) -> None:
    flowed = letter(text="One \nline.\n> Quoted \n> too.\nTwo.", Content_Type="text/plain; format=flowed")
    assert texts(only(mbox(tmp_path, flowed))) == ["One line.\n\n[…]\n\nTwo."]


def composed(plain: str | None, html: str = "", *attached: tuple[str, bytes]) -> bytes:
    message = EmailMessage()
    message["Message-ID"] = "<a@x>"
    message["From"] = "Ana Costa <ana@example.org>"
    message["Subject"] = "Fonts"
    message["Date"] = "Tue, 12 Mar 2024 10:00:00 +0100"
    if plain is not None:
        message.set_content(plain)
    if html and plain is not None:
        message.add_alternative(html, subtype="html")
    elif html:
        message.set_content(html, subtype="html")
    for name, content in attached:
        message.add_attachment(content, maintype="application", subtype="octet-stream", filename=name)
    return message.as_bytes()


@pytest.mark.parametrize(
    ("plain", "html", "said"),
    [
        ("Plain.", "<p>Rich.</p>", "Plain."),
        ("", "<p>Rich.</p>", "Rich."),
        ("Mine.\n\nBob:\n\nTheirs.", "<p>Mine.</p>Bob:<blockquote>Theirs.</blockquote>", "Mine.\n\nBob:"),
        ("[image: logo]", "<p>Rich.</p>", "Rich."),
        ("Your mail client can't show HTML mail. View it in a browser: https://x", "<p>Rich.</p>", "Rich."),
        (None, "<p>Rich.</p>", "Rich."),
    ],
)
def test_of_alternatives_the_plain_text_is_read_unless_it_says_nothing(
    tmp_path: Path, plain: str | None, html: str, said: str
) -> None:
    assert texts(only(mbox(tmp_path, composed(plain, html)))) == [said]


def test_what_another_said_before_is_not_the_repliers_though_nothing_marks_it(tmp_path: Path) -> None:
    question = "Hello all,\n\nhow do we embed the fonts of a chart in a PDF file?"
    path = mbox(tmp_path, letter("a@x", question), reply("b@x", "a@x", f"In the profile.\n\n{question}"))
    assert texts(only(path)) == [question, "In the profile."]


# Attachments


def test_a_document_that_is_attached_is_a_record_of_its_own(tmp_path: Path) -> None:
    path = mbox(tmp_path, composed("See the guide.", "", ("guide.md", b"# Fonts\n\nEmbed all of them.\n")))
    document, thread = records(mail.read(path))
    assert document == Record(
        "a@x/guide.md",
        "document",
        "Fonts",
        document.segments,
        date(2024, 3, 12),
        roles=((ANA, "author"),),
    )
    assert texts(document) == ["Embed all of them."]
    assert texts(thread) == ["See the guide."]


def test_a_text_that_is_attached_is_read_in_its_encoding(tmp_path: Path) -> None:
    text = letter(
        Content_Type="text/plain; charset=koi8-r; name=guide.txt", Content_Transfer_Encoding="base64",
        text=base64.b64encode("Привет всем.".encode("koi8-r")).decode(),
    )  # fmt: skip
    assert texts(records(mail.read(mbox(tmp_path, text)))[0]) == ["Привет всем."]


def test_a_mail_with_only_a_document_gives_only_that(tmp_path: Path) -> None:
    (document,) = mail.read(mbox(tmp_path, composed("", "", ("guide.md", b"Embed all."))))
    assert isinstance(document, Record) and document.kind == "document"


def test_two_documents_of_one_name_are_told_apart(tmp_path: Path) -> None:
    path = mbox(tmp_path, composed("", "", ("a.md", b"One."), ("a.md", b"Two.")))
    assert [record.locator for record in records(mail.read(path))] == ["a@x/a.md", "a@x/2-a.md"]


@pytest.mark.parametrize(
    ("name", "read_as"),
    [
        ("../../etc/guide.md", "guide.md"),
        ("C:\\temp\\guide.md", "guide.md"),
        ("gui\x07de.md", "guide.md"),
        ("ü" * 300 + ".md", "ü" * 50 + ".md"),
    ],
)
def test_a_documents_name_is_never_a_path(tmp_path: Path, name: str, read_as: str) -> None:
    field = f"attachment; filename*=utf-8''{''.join(f'%{byte:02X}' for byte in name.encode())}"
    text = letter(text="Embed all.", Content_Type="text/markdown", Content_Disposition=field)
    assert [record.locator for record in records(mail.read(mbox(tmp_path, text)))] == [f"a@x/{read_as}"]


def test_pictures_cards_invitations_and_archives_are_counted(tmp_path: Path) -> None:
    names = ("logo.png", "ana.vcf", "invite.ics", "all.zip", "smime.p7s", "mail.eml", "noname")
    found = list(mail.read(mbox(tmp_path, composed("Embed them.", "", *((name, b"x") for name in names)))))
    kinds = [".png", ".vcf", ".ics", ".zip", ".p7s", ".eml", "application/octet-stream"]
    assert found[:-1] == [Skipped(f"a@x/{name}", kind) for name, kind in zip(names, kinds, strict=True)]


def test_the_signature_of_a_signed_mail_is_no_document(tmp_path: Path) -> None:
    text = (
        "--b\nContent-Type: text/plain\n\nEmbed them.\n--b\n"
        "Content-Type: application/pgp-signature; name=signature.asc\n\nabc\n--b--\n"
    )
    path = mbox(tmp_path, letter(text=text, Content_Type="multipart/signed; boundary=b"))
    assert texts(only(path)) == ["Embed them."]


def test_a_mail_attached_to_another_is_nobodys_of_the_senders(tmp_path: Path) -> None:
    inner = EmailMessage()
    inner["From"] = "Bob Reed <bob@example.org>"
    inner.set_content("Theirs.")
    outer = EmailMessage()
    outer["Message-ID"], outer["From"] = "<a@x>", "Ana Costa <ana@example.org>"
    outer.set_content("See the mail.")
    outer.add_attachment(inner)
    skipped, thread = mail.read(mbox(tmp_path, outer.as_bytes()))
    assert skipped == Skipped("a@x/message.eml", ".eml")
    assert isinstance(thread, Record) and texts(thread) == ["See the mail."]


# Anything

_FIELDS = [
    b"From: Ana <a@x>", b"From: ((((a", b"From: \xff <a@\xe9>", b"From: a at b (C)", b"From: A via B <l@x>",
    b"Reply-To: a,b,<c@d>,\"", b"Date: Tue, 12 Mar 2024 10:14:33 +9999", b"Date: 99 Foo 9", b"Date: 1 Jan 1970",
    b"Message-ID: <a@x>", b"Message-ID: \x00\xff", b"References: <a@x> <b@x>", b"References: <b@x>\n <a@x>",
    b"Subject: Re: [l] =?utf-7?q?+2AA-?=", b"Subject: =?x?b?====?=", b"Subject: \xe9", b"In-Reply-To: <c@x>",
    b"Content-Type: text/plain; charset=utf-7", b"Content-Type: text/plain; charset=\"\x00\"; format=flowed",
    b"Content-Type: text/html; charset=nope", b"Content-Type: multipart/mixed; boundary=b",
    b"Content-Type: multipart/alternative; boundary*=b; boundary*0=b", b"Content-Type: message/rfc822",
    b"Content-Transfer-Encoding: base64", b"Content-Transfer-Encoding: uuencode", b"List-Id: \xff",
    b"Content-Disposition: attachment; filename=\"../x.md\"", b"X-Original-From: \"", b"Delivered-To: \xff",
]  # fmt: skip
_LINES = [
    b"Hello.", b"> quoted", b"On Tue, 12 Mar 2024, Bob wrote:", b"--b", b"--b--", b"", b"-- ", b">From x", b"+2AA-",
    b"From ana Tue Mar 12 10:14:33 2024", b"begin 644 x.txt", b"#0V%T", b"SGVsbG8=", b"<p>Hi<blockquote>theirs",
    b"\x00\xff", b"-----BEGIN PGP MESSAGE-----", b"\r", b"# Title", b"Content-Disposition: attachment; filename=x.md",
]  # fmt: skip


def storable(found: Read) -> bool:
    """Whether all texts of what was read can be stored."""
    if not isinstance(found, Record):
        return "\0" not in f"{found!r}" and f"{found}".encode() != b""
    people = [s.speaker for s in found.segments if s.speaker] + [person for person, _ in found.roles]
    words = [found.locator, found.title, found.channel, found.link, *(s.text for s in found.segments)]
    words += [s.key for s in found.segments] + [w for p in people for w in (p.key, p.name, p.email)]
    return all("\0" not in word and word.encode() is not None for word in words) and bool(found.segments)


@given(
    st.lists(
        st.tuples(
            st.lists(st.one_of(st.sampled_from(_FIELDS), st.binary(max_size=30)), max_size=7),
            st.lists(
                st.one_of(st.sampled_from(_LINES), st.sampled_from(_FIELDS), st.binary(max_size=30)),
                max_size=12,
            ),
        ),
        max_size=4,
    )
)
@settings(max_examples=150, deadline=None)
def test_any_mailbox_gives_records_that_can_be_stored_or_says_why_not(
    letters: list[tuple[list[bytes], list[bytes]]],
) -> None:
    with TemporaryDirectory() as folder:
        first = letter("first@x", "Hello there.").encode()
        rest = [b"\n".join([*fields, b"", *lines]) for fields, lines in letters]
        path = mbox(Path(folder), first, *rest)
        assert "\0" not in mail.origin(path)
        found = list(mail.read(path))
        assert all(storable(one) for one in found)
        said = [segment.text for record in records(found) for segment in record.segments]
        assert any(text.startswith("Hello there.") for text in said)


@given(st.binary(max_size=300), st.sampled_from(["a.mbox", "a.eml", "a.txt", "2024-March.txt.gz", "Inbox"]))
@settings(max_examples=150, deadline=None)
def test_any_file_is_a_mailbox_or_not_and_is_read_or_refused(content: bytes, name: str) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_bytes(content)
        if not mail.is_export(path):
            with pytest.raises(InputError):
                list(mail.read(path))
        else:
            assert all(storable(one) for one in mail.read(path))


@given(st.binary(max_size=200), st.text(max_size=30))
def test_any_bytes_are_text_in_any_encoding(content: bytes, charset: str) -> None:
    text = parts.text_of(content, charset)
    assert "\0" not in text and text.encode() is not None

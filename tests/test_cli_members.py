"""`copassist members`: what an import shows before it applies it, and how a leader settles who is open."""

from __future__ import annotations

import contextlib
import io
import os
import pty
import shutil
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from copassist import cli
from copassist.cli import members_words
from copassist.records import Identity, Member, Membership, Record, Segment, named
from copassist.store.matching import Candidate
from copassist.store.memory import create, open_
from copassist.store.review import OpenIdentity, Seen
from tests.fakes import all_rows, put, rows
from tests.test_cli import Ran, copassist

HEADER = "name,emails,handles,teams,left\n"
MEMBERS = HEADER + (
    "Ana Pires,ana@example.org,@anap,Maps,\nAna Costa,,,Print,\nBo Lind,bo@example.org,slack:@bo,,\n"
)
ACCOUNT = Identity("slack:T1", "U1", "Ana", "@ana.p", "ap@other.org")


def record(number: int, *people: Identity, day: date | None = None) -> Record:
    segments = tuple(Segment(f"Words {number}.", person) for person in people)
    return Record(f"{number}.md", "session", f"Session {number}", segments, day)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A memory in which "Ana" speaks twice, as a name and by an account, and others once."""
    folder = tmp_path_factory.mktemp("made")
    memory = create(folder / "memory")
    put(memory, record(1, named("Ana"), named("Ana Pires"), day=date(2025, 3, 12)))
    put(memory, record(2, named("Ana"), ACCOUNT, named("Guest One"), day=date(2025, 6, 4)))
    memory.close()
    (folder / "members.csv").write_text(MEMBERS)
    return folder


@pytest.fixture
def folder(made: Path, tmp_path: Path) -> Path:
    """The memory with the directory imported, to change; beside it the members file."""
    shutil.copytree(made, tmp_path / "own")
    assert members(tmp_path / "own", "import", tmp_path / "own" / "members.csv").code == 0
    return tmp_path / "own"


def members(folder: Path, *arguments: object) -> Ran:
    return copassist("members", *arguments, memory=folder / "memory")


def written(folder: Path, text: str) -> Path:
    (folder / "new.csv").write_text(text)
    return folder / "new.csv"


class Terminal(io.StringIO):
    """What a terminal is to a program that asks: answers typed before, and isatty."""

    def isatty(self) -> bool:
        return True


class SlowTerminal(Terminal):
    """A terminal whose person takes so long to answer that meanwhile somebody else speaks in the memory."""

    def __init__(self, answers: str, folder: Path) -> None:
        super().__init__(answers)
        self.folder = folder

    def readline(self, size: int | None = -1, /) -> str:
        memory = open_(self.folder / "memory")
        put(memory, record(9, named("Zoe Zed")))
        memory.close()
        return super().readline(size)


def typing(folder: Path, answers: str | Terminal, *arguments: object) -> Ran:
    """Run a members command on a terminal on which these answers are typed."""
    given = ["members", *map(str, arguments), "--memory", str(folder / "memory")]
    out, err, stdin = Terminal(), io.StringIO(), sys.stdin
    sys.stdin = answers if isinstance(answers, Terminal) else Terminal(answers)
    try:
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            code = cli.main(given)
    finally:
        sys.stdin = stdin
    return Ran(code, out.getvalue(), err.getvalue())


def matched(folder: Path) -> dict[str, object]:
    """The member of each identity, by its key."""
    memory = open_(folder / "memory")
    found = {str(row["key"]): row["member_id"] for row in all_rows(memory, "identities")}
    memory.close()
    return found


def runs(folder: Path) -> int:
    memory = open_(folder / "memory")
    count = rows(memory, "runs")
    memory.close()
    return count


ids = {"Ana": 1, "Ana Pires": 2, "U1": 3, "Guest One": 4}
"""As they were stored: the order in which they speak."""


# Import


def test_a_first_import_asks_nobody_and_says_whom_it_matched(made: Path, tmp_path: Path) -> None:
    shutil.copytree(made, tmp_path / "own")
    ran = typing(tmp_path / "own", "", "import", made / "members.csv")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out == (
        "3 added: Ana Pires, Ana Costa, Bo Lind\n"
        "1 seen in the sources matched:\n"
        "  Ana Pires (a name in texts), in 1 record, is Ana Pires by its full name\n"
        "The directory has 3 members.\n"
    )


NEW = HEADER + (
    'Ana Pires,ana@example.org,@anap,"Maps (lead); Data",2026-03-31\n'
    "Ana Costa,,@ana.p,,\nBo Lind,bo@example.org,slack:@bo,,\nGuest One,,,,\nAna Pires,2@example.org,,,\n"
)
DIFFERENCE = (
    "2 added: Guest One, Ana Pires\n"
    "2 changed:\n"
    "  Ana Pires: teams Maps -> Maps (lead), Data; left 2026-03-31\n"
    "  Ana Costa: handles @ana.p; teams Print -> nothing\n"
    "2 seen in the sources matched:\n"
    "  Ana, @ana.p, ap@other.org (slack:T1), in 1 record, is Ana Costa by its handle\n"
    "  Guest One (a name in texts), in 1 record, is Guest One by its full name\n"
    "1 no longer matched, so open again:\n"
    "  Ana Pires (a name in texts), in 1 record, was Ana Pires; several members have this name now\n"
)


def test_an_import_shows_each_field_and_what_it_does_to_the_matches(folder: Path) -> None:
    ran = members(folder, "import", written(folder, NEW))
    assert (ran.code, ran.out) == (0, DIFFERENCE + "The directory has 5 members.\n")
    assert matched(folder) == {"Ana": None, "Ana Pires": None, "U1": "ana-costa", "Guest One": "guest-one"}
    assert copassist("undo", memory=folder / "memory").code == 0
    assert matched(folder) == {"Ana": None, "Ana Pires": "ana-pires", "U1": None, "Guest One": None}


def test_a_dry_run_only_shows(folder: Path) -> None:
    ran = members(folder, "import", written(folder, NEW), "--dry-run")
    assert (ran.code, ran.out) == (0, DIFFERENCE + "Nothing was changed.\n")
    assert matched(folder)["Guest One"] is None and runs(folder) == 1
    assert members(folder, "import", written(folder, HEADER + "Bo Lind,,,,\n"), "--dry-run").code == 0


@pytest.mark.parametrize(
    ("typed", "end"),
    [
        ("y\n", "Apply this to the directory? [y/N] The directory has 5 members.\n"),
        ("\n", "Apply this to the directory? [y/N] Nothing was changed.\n"),
    ],
)
def test_on_a_terminal_a_change_is_shown_and_asked_about(folder: Path, typed: str, end: str) -> None:
    ran = typing(folder, typed, "import", written(folder, NEW))
    assert (ran.code, ran.out) == (0, DIFFERENCE + end)
    assert runs(folder) == (2 if typed == "y\n" else 1)


def test_what_was_not_shown_is_not_applied(folder: Path) -> None:
    file = written(folder, MEMBERS + "Zoe Zed,,,,\n")
    ran = typing(folder, SlowTerminal("y\n", folder), "import", file)
    assert (ran.code, runs(folder)) == (1, 1)
    assert "The memory changed after the difference was shown; nothing was imported." in ran.err
    assert "Zoe Zed (a name in texts), in 1 record, is Zoe Zed" in typing(folder, "y\n", "import", file).out


def test_yes_asks_nobody(folder: Path) -> None:
    ran = typing(folder, "", "import", written(folder, HEADER + "Bo Lind,,,,\n"), "--yes")
    assert ran.code == 0 and "[y/N]" not in ran.out
    assert ran.out.endswith("The directory has 1 member.\n")


def test_without_a_terminal_a_removal_needs_yes_and_is_shown_with_what_it_loses(folder: Path) -> None:
    fewer = written(folder, MEMBERS.replace("Ana Pires,ana@example.org,@anap,Maps,\n", ""))
    ran = members(folder, "import", fewer)
    assert ran.code == 1
    assert "1 removed: Ana Pires\n1 no longer matched" in ran.out
    assert "The file no longer has Ana Pires; nothing was changed." in ran.err
    assert matched(folder)["Ana Pires"] == "ana-pires"
    assert members(folder, "import", fewer, "--yes").code == 0
    assert matched(folder)["Ana Pires"] is None


def test_the_difference_as_json(folder: Path) -> None:
    said = members(folder, "import", written(folder, NEW), "--json", "--dry-run").json
    assert (said["added"], said["removed"], said["applied"]) == (["Guest One", "Ana Pires"], [], False)
    assert said["changed"][0] == {
        "member": "ana-pires",
        "name": "Ana Pires",
        "fields": [
            {
                "field": "teams",
                "before": [{"team": "Maps", "role": "member", "since": None, "until": None, "former": False}],
                "after": [
                    {"team": "Maps", "role": "lead", "since": None, "until": None, "former": False},
                    {"team": "Data", "role": "member", "since": None, "until": None, "former": False},
                ],
            },
            {"field": "left", "before": None, "after": "2026-03-31"},
        ],
    }
    assert [(m["id"], m["what"], m["why"], m["records"]) for m in said["matches"]] == [
        (ids["Ana Pires"], "lost", "shared name", 1),
        (ids["U1"], "matched", "handle", 1),
        (ids["Guest One"], "matched", "name", 1),
    ]
    applied = members(folder, "import", folder / "new.csv", "--json").json
    assert applied == {**said, "applied": True}
    again = members(folder, "import", folder / "new.csv", "--json").json
    assert again == {"added": [], "changed": [], "removed": [], "matches": [], "applied": False}


def test_a_choice_that_ends_with_its_member_is_said(folder: Path) -> None:
    assert members(folder, "review", "--settle", f"{ids['Ana']}=Ana Costa").code == 0
    fewer = written(folder, MEMBERS.replace("Ana Costa,,,Print,\n", ""))
    assert members(folder, "import", fewer, "--yes").out == (
        "1 removed: Ana Costa\n"
        "1 no longer matched, so open again:\n"
        "  Ana (a name in texts), in 2 records, was Ana Costa (settled by hand); that member is removed\n"
        "The directory has 2 members.\n"
    )


def test_a_choice_that_now_fits_a_member_stays_and_is_said(folder: Path) -> None:
    members(folder, "review", "--settle", f"{ids['Guest One']}=nobody")
    ran = members(folder, "import", written(folder, MEMBERS + "Guest One,,,,\n"))
    assert (
        "1 settled by hand stay so, but fit a member now:\n"
        "  Guest One (a name in texts), in 1 record, is nobody of the directory, but fits Guest One by its "
        f"full name; `copassist members review --settle {ids['Guest One']}=open` takes the choice back\n"
    ) in ran.out
    assert matched(folder)["Guest One"] is None


# List


def test_the_list_shows_the_teams_of_a_day(folder: Path) -> None:
    rows = 'Ana Pires,,,"Maps (lead, 2024-05-01 to 2025-01-31); Data (since 2025-02-01)",\nBo Lind,,,Maps,2025-02-01\n'
    assert members(folder, "import", written(folder, HEADER + rows), "--yes").code == 0
    assert members(folder, "list", "--at", "2025-01-01").out == (
        "ana-pires  Ana Pires  Maps (lead, 2024-05-01 to 2025-01-31)\n"
        "bo-lind  Bo Lind  Maps  left 2025-02-01\n"
    )
    assert members(folder, "list").out.startswith("ana-pires  Ana Pires  Data (since 2025-02-01)\n")


def test_those_seen_but_not_in_the_directory_are_listed_with_counts(folder: Path) -> None:
    members(folder, "review", "--settle", f"{ids['Guest One']}=nobody")
    ran = members(folder, "list", "--seen")
    assert ran.out == (
        "   1  Ana (a name in texts): in 2 records, open\n"
        "   3  Ana, @ana.p, ap@other.org (slack:T1): in 1 record, open\n"
        "   4  Guest One (a name in texts): in 1 record, nobody of the directory\n"
        "3 seen in the sources, but not in the directory.\n"
    )
    said = members(folder, "list", "--seen", "--json", "-n", 2).json["seen"]
    assert [(s["id"], s["records"], s["member"], s["why"]) for s in said] == [
        (1, 2, None, ""),
        (3, 1, None, ""),
    ]


# Review


REVIEW = """\
   1  Ana (a name in texts): in 2 records
      2025-06-04  Session 2 (speaks)
      2025-03-12  Session 1 (speaks)
      the same name: Ana, @ana.p, ap@other.org (slack:T1) is open, too, in 1 record
      1) Ana Costa (ana-costa) has this as part of the name
      2) Ana Pires (ana-pires) has this as part of the name
"""
FOOT = (
    "`copassist members review --settle ID=MEMBER` says who one is (ID=nobody: nobody of the directory; "
    "ID=open: takes that back), for all its records.\n"
)


def test_the_review_lists_who_is_open_with_evidence_and_candidates(folder: Path) -> None:
    assert members(folder, "review").out == REVIEW + (
        "   3  Ana, @ana.p, ap@other.org (slack:T1): in 1 record\n"
        "      2025-06-04  Session 2 (speaks)\n"
        "      the same name: Ana (a name in texts) is open, too, in 2 records\n"
        "      1) Ana Pires (ana-pires) has a name that this account reads like\n"
        "      2) Ana Costa (ana-costa) has this as part of the name\n"
        "   4  Guest One (a name in texts): in 1 record\n"
        "      2025-06-04  Session 2 (speaks)\n"
        f"3 seen in the sources, but not matched to the directory. {FOOT}"
    )


def test_a_page_of_the_review_says_how_many_more_there_are(folder: Path) -> None:
    ran = members(folder, "review", "-n", 1)
    end = f"2 more; -n 3 lists them all.\n3 seen in the sources, but not matched to the directory. {FOOT}"
    assert ran.out == REVIEW + end


def test_the_review_as_json_gives_all_that_is_listed(folder: Path) -> None:
    said = members(folder, "review", "--json").json["unmatched"]
    assert [one["identity"]["key"] for one in said] == ["Ana", "U1", "Guest One"]
    ana = said[0]
    assert ana["identity"] == {"scheme": "name", "key": "Ana", "name": "Ana", "handle": "", "email": ""}
    assert (ana["id"], ana["records"], ana["why"], ana["member"], ana["places"]) == (1, 2, "", None, [])
    assert [c["member"] for c in ana["candidates"]] == ["ana-costa", "ana-pires"]
    assert [(s["title"], s["date"], s["roles"], s["audience"]) for s in ana["sightings"]] == [
        ("Session 2", "2025-06-04", [], ["everyone"]),
        ("Session 1", "2025-03-12", [], ["everyone"]),
    ]
    assert [n["identity"]["key"] for n in ana["namesakes"]] == ["U1"]


def test_settling_by_id_takes_effect_at_once_and_is_taken_back_by_undo(folder: Path) -> None:
    ran = members(
        folder, "review", "--settle", "1=@anap", "--settle", "3=bo@example.org", "--settle", "4=nobody"
    )
    assert (ran.code, ran.out) == (
        0,
        "   1  Ana (a name in texts): in 2 records, is Ana Pires\n"
        "   3  Ana, @ana.p, ap@other.org (slack:T1): in 1 record, is Bo Lind\n"
        "   4  Guest One (a name in texts): in 1 record, nobody of the directory\n",
    )
    after = {"Ana": "ana-pires", "Ana Pires": "ana-pires", "U1": "bo-lind", "Guest One": None}
    assert matched(folder) == after
    assert members(folder, "review", "--json").json == {"unmatched": []}
    assert members(folder, "review", "--settled").out == ran.out
    assert [s["id"] for s in members(folder, "review", "--settled", "--json").json["settled"]] == [1, 3, 4]
    assert copassist("undo", memory=folder / "memory").out.startswith(
        "Took back: members review. The memory has "
    )
    assert matched(folder) == {"Ana": None, "Ana Pires": "ana-pires", "U1": None, "Guest One": None}


def test_a_settlement_is_taken_back_alone(folder: Path) -> None:
    members(folder, "review", "--settle", "1=ana-pires", "--settle", "2=ana-costa")
    ran = members(folder, "review", "--settle", "1=open", "--settle", "2=open", "--json")
    said = [(s["id"], s["member"] and s["member"]["name"], s["why"]) for s in ran.json["settled"]]
    assert said == [(1, None, ""), (2, "Ana Pires", "name")]
    assert members(folder, "review", "--settled").out == "Nobody was settled by hand.\n"


@pytest.mark.parametrize(
    ("choices", "error"),
    [
        (["1=ana-pires", "4=Nobody Here"], "There is no member 'Nobody Here' in the directory."),
        (["1=ana-pires", "99=nobody"], "There is nobody with the id 99."),
        (["1=Ana"], "There is no member 'Ana' in the directory."),
    ],
)
def test_of_choices_one_of_which_is_wrong_none_is_kept(folder: Path, choices: list[str], error: str) -> None:
    ran = members(folder, "review", *[word for choice in choices for word in ("--settle", choice)])
    assert ran.code == 1 and error in ran.err
    assert runs(folder) == 1


def test_on_a_terminal_one_is_asked_about_after_the_other(folder: Path) -> None:
    ran = typing(folder, "2\nBob\nBo Lind\nn\n", "review")
    assert ran.code == 0
    assert "1 of 3\n" + REVIEW in ran.out
    assert "   1  Ana (a name in texts): in 2 records, is Ana Pires\n" in ran.out
    assert "the same name: Ana (a name in texts) is Ana Pires, in 2 records\n" in ran.out
    assert "1) Ana Pires (ana-pires) has a name that this account reads like, is called this in texts\n"
    assert "There is no member 'Bob' in the directory." in ran.err
    assert ran.out.endswith(
        " in 1 record, nobody of the directory\n3 settled. `copassist undo` takes that back.\n"
    )
    assert matched(folder) == {
        "Ana": "ana-pires",
        "Ana Pires": "ana-pires",
        "U1": "bo-lind",
        "Guest One": None,
    }
    assert members(folder, "review", "--json").json == {"unmatched": []}
    assert copassist("undo", memory=folder / "memory").code == 0
    assert matched(folder)["U1"] is None


@pytest.mark.parametrize(
    ("typed", "settled"), [("\n1\nq\n", {"U1"}), ("1\n", {"Ana"}), ("q\n", set()), ("", set())]
)
def test_enter_skips_and_q_or_the_end_stops(folder: Path, typed: str, settled: set[str]) -> None:
    ran = typing(folder, typed, "review")
    assert ran.code == 0
    assert {key for key, member in matched(folder).items() if member and key != "Ana Pires"} == settled
    assert ran.out.endswith("0 settled.\n") is (not settled)


def test_a_number_that_was_not_listed_is_asked_again(folder: Path) -> None:
    ran = typing(folder, "3\n0\n1\nq\n", "review")
    assert ran.err.count("There is no member") == 2
    assert matched(folder)["Ana"] == "ana-costa"


def test_a_real_terminal_is_asked(folder: Path) -> None:
    controller, terminal = pty.openpty()
    command = [sys.executable, "-m", "copassist.cli", "members", "review", "--memory", str(folder / "memory")]
    ran = subprocess.Popen(command, stdin=terminal, stdout=terminal, stderr=terminal)
    os.close(terminal)
    os.write(controller, b"ana-pires\nq\n")
    shown = b""
    with contextlib.suppress(OSError):  # how a terminal ends on Linux
        while part := os.read(controller, 4096):
            shown += part
    assert ran.wait(timeout=60) == 0
    os.close(controller)
    assert b"Who is it?" in shown and b"1 settled." in shown
    assert matched(folder)["Ana"] == "ana-pires"


def test_the_review_into_a_file_only_lists(folder: Path) -> None:
    stdin, sys.stdin = sys.stdin, Terminal("1\n")
    try:
        assert members(folder, "review").code == 0
    finally:
        sys.stdin = stdin
    assert runs(folder) == 1


@pytest.mark.parametrize(
    "arguments",
    [
        ["import"],
        ["list", "file.csv"],
        ["review", "--dry-run"],
        ["list", "--settle", "1=ana"],
        ["import", "x.csv", "--seen"],
        ["review", "--at", "2025-01-01"],
        ["review", "--settle", "Ana=ana-pires"],
        ["review", "--settle", "1"],
        ["review", "--settle", "1="],
        ["list", "--at", "today"],
        ["review", "-n", "0"],
    ],
    ids=" ".join,
)
def test_options_that_do_not_fit_are_wrong_usage(folder: Path, arguments: list[str]) -> None:
    ran = members(folder, *arguments)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err


# Words


def test_a_name_cannot_move_the_cursor() -> None:
    assert members_words.identity_text(named("Ana\x1b[2J\n\u202eX")) == "Ana [2J  X (a name in texts)"


def test_a_conflict_and_a_private_place_are_said() -> None:
    seen = Seen(7, ACCOUNT, 0, ("slack:T1/#pay",), Candidate("bo-lind", "Bo Lind", ""), "conflict")
    could_be = tuple(Candidate(f"m{n}", f"M {n}", "has this name") for n in range(11))
    lines = list(members_words.open_lines(OpenIdentity(seen, could_be, (), (seen,) * 7)))
    assert lines[0] == "   7  Ana, @ana.p, ap@other.org (slack:T1): in no records"
    assert lines[1] == "      belongs to the private slack:T1/#pay, which whoever it is may then see"
    assert lines[7] == "      and 2 more of this name"
    assert lines[8] == (
        "      conflict: is taken for Bo Lind, but what is known of it points to different members"
    )
    assert lines[-2:] == ["      9) M 8 (m8) has this name", "      and 2 more could be meant"]


def test_a_member_is_listed_with_role_and_that_they_left() -> None:
    member = Member("Ana", "ana", teams=(Membership("Maps", "lead"),), leader=True, left=date(2026, 1, 1))
    assert members_words.member_line(member, date(2025, 1, 1)) == (
        "ana  Ana  Maps (lead)  leader  left 2026-01-01"
    )

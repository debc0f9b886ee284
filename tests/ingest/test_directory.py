"""What the members directory reads, and what it says about a file that it can't take."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from copassist.errors import DirectoryError
from copassist.records import Member, Membership, Record
from copassist.store.members import membership_text
from ingest import directory, directory_cells, files
from ingest.directory_cells import Entry


def written(tmp_path: Path, text: str | bytes, name: str = "members.csv") -> Path:
    path = tmp_path / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode("utf-8"))
    return path


def problems(path: Path) -> list[str]:
    """The problems that the error lists."""
    with pytest.raises(DirectoryError) as error:
        directory.read(path)
    assert error.value.fix == "Correct the file and import it again."
    first, *found = error.value.message.split("\n- ")
    assert first == f"{path} has {len(found)} problem{'s' if len(found) > 1 else ''}:"
    return found


def test_a_full_row_of_csv_is_read(tmp_path: Path) -> None:
    header = (
        "name,emails,handles,teams,former_teams,groups,leader,topics,steward_of,"
        "joined,left,away_until,contact,dont_suggest,hide_name"
    )
    row = (
        "Ines Valcourt,ines@example.org; i.valcourt@example.org,@ines,Transit; Maps,Finance,stewards,yes,"
        'fonts;print,fonts,2024-10-01,2026-03-31,2025-12-15,"desk 4.12, Tuesdays",x,true'
    )
    assert directory.read(written(tmp_path, f"{header}\n{row}\n")) == [
        Member(
            name="Ines Valcourt",
            emails=("ines@example.org", "i.valcourt@example.org"),
            handles=("@ines",),
            teams=(Membership("Transit"), Membership("Maps"), Membership("Finance", former=True)),
            groups=("stewards",),
            leader=True,
            topics=("fonts", "print"),
            steward_of=("fonts",),
            joined=date(2024, 10, 1),
            left=date(2026, 3, 31),
            away_until=date(2025, 12, 15),
            contact="desk 4.12, Tuesdays",
            dont_suggest=True,
            hide_name=True,
        )
    ]


def test_only_the_name_is_required_and_columns_stand_in_any_order(tmp_path: Path) -> None:
    path = written(tmp_path, "Leader, NAME ,Away Until\nno,Ines,\n,Dario,2025-12-15\n")
    assert directory.read(path) == [
        Member("Ines"),
        Member("Dario", away_until=date(2025, 12, 15)),
    ]


def test_a_spreadsheet_with_semicolons_and_a_byte_order_mark_is_read(tmp_path: Path) -> None:
    path = written(
        tmp_path, b'\xef\xbb\xbfname;topics;contact\r\nIn\xc3\xa9s;"fonts; print";desk 4, left\r\n'
    )
    assert directory.read(path) == [Member("Inés", topics=("fonts", "print"), contact="desk 4, left")]


def test_yaml_reads_as_csv_does_and_gives_teams_their_roles_and_dates(tmp_path: Path) -> None:
    text = """
members:
  - name: No
    emails: [ines@example.org, i@example.org]
    handles: "@ines"
    leader: yes
    joined: 2024-10-01
    left: null
    teams:
      - Maps
      - {team: lang, role: lead, since: 2020-01-01, until: 2023-12-31, former: true}
    former_teams: Finance
"""
    assert directory.read(written(tmp_path, text, "members.yml")) == [
        Member(
            name="No",
            emails=("ines@example.org", "i@example.org"),
            handles=("@ines",),
            teams=(
                Membership("Maps"),
                Membership("lang", "lead", date(2020, 1, 1), date(2023, 12, 31), former=True),
                Membership("Finance", former=True),
            ),
            leader=True,
            joined=date(2024, 10, 1),
        )
    ]


def test_yaml_may_be_the_list_itself(tmp_path: Path) -> None:
    assert directory.read(written(tmp_path, "- name: Ines\n", "m.yaml")) == [Member("Ines")]


def test_all_problems_are_told_at_once_with_their_rows(tmp_path: Path) -> None:
    text = (
        "name,joined,leader,contact,topcis\n"
        "Ines,20241001,maybe,,\n"
        "\n"
        ",2024-02-30,,,\n"
        "Dario,2024-01-01,,desk 4, Tuesdays,\n"
    )
    assert problems(written(tmp_path, text)) == [
        "row 1: unknown column `topcis`; perhaps `topics` is meant.",
        "row 2: `leader` is neither yes nor no: 'maybe'; write yes, or leave it empty.",
        "row 2: `joined` is no date: '20241001'; write it as year-month-day, such as 2025-01-31.",
        "row 4: the name is empty; fill it in or remove the row.",
        "row 4: `joined` is no date: '2024-02-30'; write it as year-month-day, such as 2025-01-31.",
    ]


def test_a_cell_too_many_is_told_with_the_way_out(tmp_path: Path) -> None:
    assert problems(written(tmp_path, "name,contact\nDario,desk 4, Tuesdays\n")) == [
        "row 2: has 3 cells, the header 2; quote a cell that holds the separator."
    ]


def test_a_handle_or_address_of_two_members_is_a_problem_whatever_its_case(tmp_path: Path) -> None:
    text = "name,emails,handles\nInes,i@example.org,@ines\nJo,I@Example.org,\nSam,s@example.org,INES\n"
    assert problems(written(tmp_path, text)) == [
        "row 3: the e-mail I@Example.org is also in row 2; give it to one of them.",
        "row 4: the handle INES is also in row 2; give it to one of them.",
    ]


def test_a_handle_twice_in_one_row_is_no_duplicate(tmp_path: Path) -> None:
    path = written(tmp_path, "name,handles\nInes,@ines; ines\n")
    assert directory.read(path) == [Member("Ines", handles=("@ines", "ines"))]


def test_the_same_name_twice_needs_an_address_or_handle_in_both_rows(tmp_path: Path) -> None:
    apart = "name,emails,handles\nMaya Okonjo,m@example.org,\nmaya okonjo,,@maya.o\n"
    assert [m.name for m in directory.read(written(tmp_path, apart))] == ["Maya Okonjo", "maya okonjo"]
    unclear = "name,emails\nMaya Okonjo,m@example.org\nMaya Okonjo,\n"
    assert problems(written(tmp_path, unclear)) == [
        "row 2, row 3: the same name, Maya Okonjo; give row 3 an e-mail or handle, or remove the duplicate."
    ]


def test_a_column_without_a_near_name_lists_the_known_ones(tmp_path: Path) -> None:
    (problem,) = problems(written(tmp_path, "name,shoe size\nInes,38\n"))
    assert problem.startswith("row 1: unknown column `shoe_size`; known are name, emails, handles, teams,")


def test_a_column_that_is_there_twice_is_a_problem(tmp_path: Path) -> None:
    assert problems(written(tmp_path, "name,topics,Topics\nInes,a,b\n")) == [
        "row 1: the column `topics` is there twice; keep one."
    ]


def test_quotes_that_do_not_fit_are_told_with_their_row(tmp_path: Path) -> None:
    (problem,) = problems(written(tmp_path, 'name,contact\nInes,"desk" 4\n'))
    assert problem.startswith("row 2: the quotes don't fit")


def test_problems_in_yaml_name_the_entry(tmp_path: Path) -> None:
    text = """
- {name: Ines, email: i@example.org}
- Dario
- {name: Maya, teams: [{role: lead}, {team: Maps, from: 2020}], joined: [2024]}
"""
    assert problems(written(tmp_path, text, "m.yaml")) == [
        'entry 2: is no mapping; write "- name: ..." and its other keys below.',
        "entry 1: unknown key `email`; perhaps `emails` is meant.",
        'entry 3: teams: a team has no name; write "team: ...".',
        "entry 3: teams: unknown key `from`; perhaps `former` is meant.",
        "entry 3: `joined` is a list or mapping; write one value.",
    ]


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("m.csv", b"", "has no header"),
        ("m.csv", b"Ines,@ines\n", "has no column `name`; its first row reads: Ines, @ines"),
        ("m.csv", b"name\nIn\xe9s\n", r"is no UTF-8 text \(byte 8\)"),
        ("m.csv", b"name\0\n", "is no text file"),
        ("m.xlsx", b"PK", "is neither .csv nor .yaml"),
        ("m.yaml", b"a: [", "is broken YAML"),
        ("m.yaml", b"name: Ines\n", "holds no list of members"),
    ],
)
def test_a_file_that_is_no_directory_says_why_and_what_to_do(
    tmp_path: Path, name: str, content: bytes, message: str
) -> None:
    with pytest.raises(DirectoryError, match=message) as error:
        directory.read(written(tmp_path, content, name))
    assert error.value.fix


# Teams


def teams(tmp_path: Path, cell: str, former: str = "") -> tuple[Membership, ...]:
    """The teams of a member with these cells."""
    (member,) = directory.read(written(tmp_path, f'name,teams,former_teams\nInes,"{cell}","{former}"\n'))
    return member.teams


START, END = date(2024, 5, 1), date(2025, 1, 31)


@pytest.mark.parametrize(
    ("cell", "read"),
    [
        ("Maps", (Membership("Maps"),)),
        (
            "Maps (lead, 2024-05-01 to 2025-01-31); Data",
            (Membership("Maps", "lead", START, END), Membership("Data")),
        ),
        ("Maps (2024-05-01 to 2025-01-31, Lead)", (Membership("Maps", "Lead", START, END),)),
        ("Maps (2024-05-01 – 2025-01-31)", (Membership("Maps", since=START, until=END),)),
        ("Maps(since 2024-05-01)", (Membership("Maps", since=START),)),
        ("Maps (From 2024-05-01)", (Membership("Maps", since=START),)),
        ("Maps (until 2025-01-31)", (Membership("Maps", until=END),)),
        ("Maps (to 2025-01-31, former)", (Membership("Maps", until=END, former=True),)),
        ("Maps (level 2 lead)", (Membership("Maps", "level 2 lead"),)),
        ("Platform (EU) ()", (Membership("Platform (EU)"),)),
        ("Platform (EU) (lead)", (Membership("Platform (EU)", "lead"),)),
        ("Platform (EU) desk", (Membership("Platform (EU) desk"),)),
        ("Maps ()", (Membership("Maps"),)),
    ],
)
def test_a_team_may_have_a_role_and_a_time(tmp_path: Path, cell: str, read: tuple[Membership, ...]) -> None:
    assert teams(tmp_path, cell) == read


def test_somebody_may_have_been_in_a_team_twice(tmp_path: Path) -> None:
    twice = teams(tmp_path, "Maps (until 2025-01-31); Maps (since 2025-06-01)")
    assert twice == (Membership("Maps", until=END), Membership("Maps", since=date(2025, 6, 1)))


def test_former_teams_may_have_a_role_and_a_time_too(tmp_path: Path) -> None:
    assert teams(tmp_path, "Data", "Maps (lead, until 2025-01-31); Print") == (
        Membership("Data"),
        Membership("Maps", "lead", until=END, former=True),
        Membership("Print", former=True),
    )


def test_yaml_takes_the_notation_as_well_as_keys(tmp_path: Path) -> None:
    text = "- {name: Ines, teams: ['Maps (lead, since 2024-05-01)', {team: Data (EU), until: 2025-01-31}]}\n"
    assert directory.read(written(tmp_path, text, "m.yaml"))[0].teams == (
        Membership("Maps", "lead", START),
        Membership("Data (EU)", until=END),
    )


HOW = "write a team as Maps (lead, 2024-05-01 to 2025-01-31), as Maps (since 2024-05-01), or as Maps"


@pytest.mark.parametrize(
    ("cell", "problem"),
    [
        (
            "Maps (lead; since 2024-05-01)",
            f"the brackets in 'Maps (lead' don't fit; {HOW}, with commas inside",
        ),
        ("Maps (2024)", f"'2024' is neither a time nor a role; {HOW}"),
        ("Maps (2024-05-01)", f"'2024-05-01' is neither a time nor a role; {HOW}"),
        ("Maps (2024-05-01 to)", f"'2024-05-01 to' is neither a time nor a role; {HOW}"),
        ("Maps (lead, scribe)", "Maps has two roles, 'lead' and 'scribe'; keep one"),
        ("(lead)", f"no team stands before '(lead)'; {HOW}"),
        (
            "Maps (2025-01-31 to 2024-05-01)",
            "Maps ends on 2024-05-01, before it begins on 2025-01-31",
        ),
    ],
)
def test_what_is_wrong_with_a_team_is_told_with_how_to_write_it(
    tmp_path: Path, cell: str, problem: str
) -> None:
    found = problems(written(tmp_path, f'name,teams\nInes,"{cell}"\n'))
    assert found[0] == f"row 2: `teams`: {problem}."


def test_a_day_that_there_is_not_is_told(tmp_path: Path) -> None:
    assert problems(written(tmp_path, 'name,former_teams\nInes,"Maps (since 2024-02-30)"\n')) == [
        "row 2: `former_teams` is no date: '2024-02-30'; write it as year-month-day, such as 2025-01-31."
    ]


def test_a_time_that_runs_backwards_is_told_in_yaml_too(tmp_path: Path) -> None:
    text = "- {name: Ines, teams: [{team: Maps, since: 2025-01-31, until: 2024-05-01}]}\n"
    assert problems(written(tmp_path, text, "m.yaml")) == [
        "entry 1: `teams`: Maps ends on 2024-05-01, before it begins on 2025-01-31."
    ]


@given(
    st.sampled_from(["Maps", "Data desk", "Platform (EU) desk"]),
    st.sampled_from(["member", "lead", "level 2 lead", "former lead"]),
    st.none() | st.dates(date(2000, 1, 1), date(2010, 1, 1)),
    st.none() | st.dates(date(2010, 1, 1), date(2020, 1, 1)),
    st.booleans(),
)
def test_what_a_difference_shows_of_a_team_can_be_written_into_the_file(
    team: str, role: str, since: date | None, until: date | None, former: bool
) -> None:
    membership = Membership(team, role, since, until, former)
    entry = Entry("row 2", {"teams": membership_text(membership)})
    assert (directory_cells.teams(entry), entry.problems) == ((membership,), [])


@given(st.text(st.sampled_from("M(),; -–2024lesincuto15")))
def test_any_text_is_a_team_or_a_problem(text: str) -> None:
    entry = Entry("row 2", {"teams": text})
    read = directory_cells.teams(entry)
    assert entry.problems or all(team.team for team in read)


# Handles


def test_a_handle_may_name_its_world(tmp_path: Path) -> None:
    path = written(tmp_path, "name,handles\nInes,slack:@ines; github:ines-v\nJo,github:ines; @jo\n")
    assert [m.handles for m in directory.read(path)] == [
        ("slack:@ines", "github:ines-v"),
        ("github:ines", "@jo"),
    ]


def test_a_handle_that_two_members_would_have_in_one_world_is_a_problem(tmp_path: Path) -> None:
    text = "name,handles\nInes,@ines\nJo,slack:@Ines\nSam,github:sam; slack:T1:sam\nMo,slack:sam\n"
    how = "give it to one of them, or write with each its world, as in slack:@ana"
    assert problems(written(tmp_path, text)) == [
        f"row 3: the handle slack:@Ines is also in row 2 as @ines; {how}.",
        f"row 5: the handle slack:sam is also in row 4 as slack:T1:sam; {how}.",
    ]


@pytest.mark.parametrize("handle", ["@", "slack:", "slack:@"])
def test_an_empty_handle_is_a_problem(tmp_path: Path, handle: str) -> None:
    assert problems(written(tmp_path, f"name,handles\nInes,{handle}\n")) == [
        f"row 2: the handle {handle!r} is empty; write it as @ana, or with its world as slack:@ana."
    ]


def test_the_same_name_in_other_order_and_without_accents_is_the_same(tmp_path: Path) -> None:
    text = 'name,emails\nInés Valcourt,i@example.org\n"Valcourt, Ines",\n'
    (problem,) = problems(written(tmp_path, text))
    assert problem.startswith("row 2, row 3: the same name, Inés Valcourt; give row 3 an e-mail or handle")


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(DirectoryError, match=r"none\.csv can't be read: No such file or directory"):
        directory.read(tmp_path / "none.csv")


@pytest.mark.parametrize(
    ("header", "told"),
    [
        ("name,emails,topics", True),
        ("\ufeffName;E mails;Away until;Hide-name", False),
        ("Name;Emails;Away until;Hide-name", True),
        ("name,emails", True),
        ('"name","emails","topics",', True),
        ("\n\nName\tHandles", True),
        ("name", False),
        ("name,emails,shelf", False),
        ("emails,handles,topics", False),
    ],
)
def test_a_directory_is_told_from_other_tables_and_is_no_document(
    tmp_path: Path, header: str, told: bool
) -> None:
    path = written(tmp_path, f"{header}\nAna Diaz,ana@example.org,x\n")
    assert directory.is_directory(path) == told
    assert any(isinstance(read, Record) for read in files.read(path, "members.csv")) != told

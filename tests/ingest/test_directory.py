"""What the members directory reads, and what it says about a file that it can't take."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from copassist.errors import DirectoryError
from copassist.records import Member, Membership
from ingest import directory


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


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(DirectoryError, match=r"none\.csv can't be read: No such file or directory"):
        directory.read(tmp_path / "none.csv")

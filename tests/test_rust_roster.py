"""The Rust project's roster as a members directory."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from copassist.errors import InputError
from copassist.records import Member, Membership
from eval import rust_roster
from ingest import directory

PROJECT = Path(__file__).parents[1]
ROSTER = PROJECT.parent / "shared" / "data" / "communities" / "rust" / "team"


def roster(tmp_path: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        path = tmp_path / "team" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return tmp_path / "team"


def converted(source: Path, out: Path) -> dict[str, Member]:
    """The directory that the command writes, by handle."""
    command = [sys.executable, "-m", "eval.rust_roster", str(source), str(out)]
    subprocess.run(command, cwd=PROJECT, check=True, capture_output=True)
    return {member.handles[0]: member for member in directory.read(out)}


def test_leads_members_and_alumni_become_roles_that_last_or_ended(tmp_path: Path) -> None:
    source = roster(
        tmp_path,
        {
            "people/ann.toml": 'name = "Ann Ôe"\ngithub = "ann"\ngithub-id = 1\n',
            "people/Bob.toml": 'name = "Bob"\ngithub = "Bob"\ngithub-id = 2\n',
            "people/zoe.toml": 'name = "Zoe"\ngithub = "zoe"\ngithub-id = 3\n',
            "teams/lang.toml": (
                'name = "lang"\n[people]\nleads = ["ann"]\nmembers = ["ann"]\nalumni = ["Bob"]\n'
            ),
            "teams/docs.toml": (
                'name = "docs"\n[people]\nleads = ["Bob"]\nmembers = [{ github = "Bob", roles = ["x"] }]\n'
            ),
            "teams/archive/docs.toml": 'name = "docs"\n[people]\nleads = []\nmembers = ["Bob"]\n',
            "teams/archive/core.toml": (
                'name = "core"\n[people]\nleads = []\nmembers = ["Bob"]\nalumni = ["ann"]\n'
            ),
        },
    )
    assert converted(source, tmp_path / "out.yaml") == {
        "@ann": Member(
            "Ann Ôe",
            handles=("@ann",),
            teams=(Membership("lang", "lead"), Membership("core", former=True)),
            leader=True,
        ),
        "@Bob": Member(
            "Bob",
            handles=("@Bob",),
            teams=(
                Membership("docs", "lead"),
                Membership("core", former=True),
                Membership("lang", former=True),
            ),
        ),
        "@zoe": Member("Zoe", handles=("@zoe",)),
    }


def test_a_folder_without_people_is_no_roster(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"has no people/\*\.toml"):
        rust_roster.members(tmp_path)


@pytest.mark.skipif(not ROSTER.is_dir(), reason=f"the Rust roster isn't at {ROSTER}")
def test_the_real_roster_is_a_directory_that_can_be_imported(tmp_path: Path) -> None:
    members = converted(ROSTER, tmp_path / "rust.yaml")
    assert len(members) == len(list(ROSTER.glob("people/*.toml")))
    assert {handle for handle, member in members.items() if member.leader} == {
        "@BoxyUwU",
        "@davidtwco",
        "@tmandry",
    }
    assert {members["@thejpster"].name, members["@jonathanpallant"].name} == {"Jonathan Pallant"}
    lang = [team for team in members["@pnkfelix"].teams if team.team == "lang"]
    assert lang == [Membership("lang", former=True)]
    assert members["@pnkfelix"].left is None

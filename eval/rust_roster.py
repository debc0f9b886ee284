"""The roster of the Rust project as a members directory: `python -m eval.rust_roster ROSTER_DIR OUT.yaml`.

ROSTER_DIR is a copy of github.com/rust-lang/team with `people/*.toml` and `teams/**/*.toml`.

A team's `leads` and `members` belong to it; its `alumni`, and whoever stands in an archived team, once
did: that is a role that ended, and the same person is often at work in another team. `left` stays
empty even for people all of whose roles ended, because the roster doesn't say when that was, and a
date that we made up would be shown as a fact. Who has left reads off the teams: all of them former.

The roster has Zulip numbers but no Zulip names, and names occur twice: the GitHub name is the handle.
"""

from __future__ import annotations

import argparse
import tomllib
from collections.abc import Iterator
from pathlib import Path

import yaml

from copassist.errors import InputError

LED = ("lang", "compiler")
"""The teams whose leads lead the community."""

Role = dict[str, str]


def members(roster: Path) -> list[dict[str, object]]:
    """The entries of the directory, by GitHub name; raises InputError if `roster` is no roster."""
    people = [tomllib.loads(p.read_text("utf-8")) for p in sorted(roster.glob("people/*.toml"))]
    if not people:
        raise InputError(f"{roster} has no people/*.toml.", "Give a copy of github.com/rust-lang/team.")
    roles: dict[str, dict[str, Role]] = {}
    leaders = set()
    for github, role in sorted(_roles(roster), key=lambda found: "former" in found[1]):
        roles.setdefault(github, {}).setdefault(role["team"], role)
        if role["role"] == "lead" and role["team"] in LED:
            leaders.add(github)
    return [
        _entry(person["name"], person["github"], list(roles.get(person["github"], {}).values()), leaders)
        for person in sorted(people, key=lambda person: str(person["github"]).lower())
    ]


def _roles(roster: Path) -> Iterator[tuple[str, Role]]:
    """Each person's part in each team; a lead, whom `members` names again, comes as lead first."""
    for path in sorted(roster.glob("teams/**/*.toml")):
        team = tomllib.loads(path.read_text("utf-8"))
        archived = path.parent.name == "archive"
        for key, role in (("leads", "lead"), ("members", "member"), ("alumni", "member")):
            for person in team["people"].get(key, []):
                github = person if isinstance(person, str) else person["github"]
                former = {"former": "yes"} if archived or key == "alumni" else {}
                yield github, {"team": team["name"], "role": role, **former}


def _entry(name: str, github: str, roles: list[Role], leaders: set[str]) -> dict[str, object]:
    entry: dict[str, object] = {"name": name, "handles": [f"@{github}"]}
    if roles:
        entry["teams"] = sorted(roles, key=lambda role: ("former" in role, role["team"]))
    if github in leaders:
        entry["leader"] = "yes"
    return entry


def convert(roster: Path, out: Path) -> int:
    """Write the directory of a roster as YAML; how many members it has."""
    entries = members(roster)
    text = yaml.safe_dump({"members": entries}, allow_unicode=True, sort_keys=False)
    out.write_text(text, encoding="utf-8")
    return len(entries)


def main() -> None:
    """Write the directory of the roster that the command line names."""
    parser = argparse.ArgumentParser(description="Make a members directory from the Rust project's roster.")
    parser.add_argument("roster", type=Path, help="a copy of github.com/rust-lang/team")
    parser.add_argument("out", type=Path, help="the YAML file to write")
    arguments = parser.parse_args()
    print(f"{convert(arguments.roster, arguments.out)} members in {arguments.out}")


if __name__ == "__main__":
    main()

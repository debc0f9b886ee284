"""The `members` command: the directory, and who isn't in it."""

from __future__ import annotations

import argparse
from dataclasses import asdict
from pathlib import Path
from typing import Any

from copassist import settings
from copassist.cli.terminal import DONE, day, positive, print_json, wrong_usage

_BELONGS = {
    "yes": "import", "dry_run": "import", "file": "import", "settle": "review", "settled": "review",
    "seen": "list", "at": "list",
}  # fmt: skip
"""What each option goes with."""


def add(command: Any, in_json: argparse.ArgumentParser) -> None:
    """Add the command."""
    made = command(
        "members", _members, "Import the members directory, list it, or review who isn't in it.", in_json
    )
    made.add_argument("what", choices=("import", "review", "list"))
    made.add_argument(
        "file", type=Path, nargs="?", metavar="FILE", help="the directory: CSV or YAML, for `import`"
    )
    made.add_argument("--dry-run", action="store_true", help="import: show what would change, change nothing")
    made.add_argument("--yes", action="store_true", help="import: don't ask before it is applied")
    made.add_argument(
        "--settle",
        action="append",
        default=[],
        type=_settlement,
        metavar="ID=MEMBER",
        help="review: say who somebody is, by the id listed; ID=nobody: nobody of the directory; ID=open: "
        "take that back; may be given again",
    )
    made.add_argument("--settled", action="store_true", help="review: list who was settled by hand")
    made.add_argument(
        "--seen", action="store_true", help="list: those seen in the sources, but not in the directory"
    )
    made.add_argument(
        "--at", type=day, metavar="DATE", help="list: with the teams of that day (default: today)"
    )
    made.add_argument(
        "-n", type=positive, dest="most", metavar="N", help="review, list --seen: how many at most"
    )


def _settlement(text: str) -> tuple[int, str]:
    """What `--settle` was given: an id and whom a leader chose."""
    id_, equals, who = text.partition("=")
    if not equals or not id_.strip().isdecimal() or not who.strip():
        raise argparse.ArgumentTypeError(f"{text!r} isn't ID=MEMBER, such as 12=ana-pires")
    return int(id_), who.strip()


def _members(options: argparse.Namespace, given: settings.Settings) -> int:
    from copassist.cli import members_import, members_review
    from copassist.store import memory as memories

    for option, what in _BELONGS.items():
        if getattr(options, option) and options.what != what:
            said = "FILE" if option == "file" else f"--{option.replace('_', '-')}"
            return wrong_usage(f"{said} goes with `copassist members {what}`")
    memory = memories.open_(given.memory)
    runs = {"import": members_import.run, "review": members_review.run, "list": _list}
    return runs[options.what](options, memory)


def _list(options: argparse.Namespace, memory: Any) -> int:
    from copassist.cli.members_words import member_line
    from copassist.store import members

    if options.seen:
        return _list_seen(options, memory)
    with memory.reading() as connection:
        directory = members.load(connection)
    if options.json:
        print_json({"members": members.member_json.dump_python(directory, mode="json")})
        return DONE
    for member in directory:
        print(member_line(member, options.at or memory.now().date()))
    return DONE


def _list_seen(options: argparse.Namespace, memory: Any) -> int:
    from copassist.cli.members_words import settled_line
    from copassist.store import review

    with memory.reading() as connection:
        seen = [person for person in review.everybody(connection) if person.member is None]
    shown = seen[: options.most]
    if options.json:
        print_json({"seen": [asdict(person) for person in shown]})
        return DONE
    for person in shown:
        print(settled_line(person))
    print(f"{len(seen)} seen in the sources, but not in the directory.")
    return DONE

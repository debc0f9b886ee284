"""The `members` command: the directory, and who isn't in it."""

from __future__ import annotations

import argparse
from dataclasses import asdict
from pathlib import Path
from typing import Any

from copassist import settings
from copassist.cli.terminal import DONE, ask_person, print_json, wrong_usage
from copassist.errors import InputError


def add(command: Any, in_json: argparse.ArgumentParser) -> None:
    """Add the command."""
    made = command(
        "members", _members, "Import the members directory, list it, or review who isn't in it.", in_json
    )
    made.add_argument("what", choices=("import", "review", "list"))
    made.add_argument(
        "file", type=Path, nargs="?", metavar="FILE", help="the directory: CSV or YAML, for `import`"
    )
    made.add_argument("--yes", action="store_true", help="don't ask before the import is applied")


def _members(options: argparse.Namespace, given: settings.Settings) -> int:
    from copassist.store import identities, members
    from copassist.store import memory as memories

    memory = memories.open_(given.memory)
    if options.what == "import":
        return _members_import(options, memory)
    with memory.reading() as connection:
        directory = members.load(connection)
        unmatched = identities.unmatched(connection)
    if options.what == "list":
        if options.json:
            print_json({"members": members.member_json.dump_python(directory, mode="json")})
            return DONE
        for member in directory:
            teams = ", ".join(m.team for m in member.teams if not m.former)
            print(
                f"{member.id}  {member.name}  {teams}"
                + ("  leader" if member.leader else "")
                + (f"  left {member.left}" if member.left else "")
            )
        return DONE
    if options.json:
        print_json({"unmatched": [asdict(u) for u in unmatched]})
        return DONE
    for seen in unmatched:
        could = f"  could be {', '.join(seen.candidates)}" if seen.candidates else ""
        print(
            f"{seen.identity.name or seen.identity.key}  {seen.identity.handle}  in {seen.records} records{could}"
        )
    print(
        f"{len(unmatched)} seen in the sources, but not in the directory. "
        "Add their handle, address or full name to the members file and import it again."
    )
    return DONE


def _members_import(options: argparse.Namespace, memory: Any) -> int:
    from copassist.store import members
    from ingest import directory, history

    if options.file is None:
        return wrong_usage("name the file: `copassist members import FILE`")
    if memory.sample:
        from copassist.errors import RefusedError

        raise RefusedError(
            f"{memory.folder} holds the sample community, which takes no other files.",
            "Make your own memory: `copassist init DIR`.",
        )
    read = directory.read(options.file)
    with memory.reading() as connection:
        difference, _ = members.compare(connection, read)
    said = [
        (verb, names)
        for verb, names in (
            ("added", difference.added),
            ("changed", difference.changed),
            ("removed", difference.removed),
        )
        if names
    ]
    if (
        difference.removed
        and not options.yes
        and not ask_person(f"This removes {', '.join(difference.removed)} from the directory. Go on?")
    ):
        raise InputError(
            f"The file no longer has {', '.join(difference.removed)}; nothing was changed.",
            "If that is right, run it again with --yes. Somebody who left keeps a line, with the day in `left`.",
        )
    with history.alone(memory):
        history.import_members(memory, read)
    for verb, names in said:
        print(f"{len(names)} {verb}: {', '.join(names)}")
    print(f"The directory has {len(read)} members." if said else "Nothing changed.")
    return DONE

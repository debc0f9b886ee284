"""`members import`: the difference is shown before it is applied."""

from __future__ import annotations

import argparse
from dataclasses import asdict
from typing import Any

from copassist.cli.members_words import difference_lines
from copassist.cli.terminal import DONE, ask_person, on_terminal, print_json, wrong_usage
from copassist.errors import InputError, RefusedError


def run(options: argparse.Namespace, memory: Any) -> int:
    """Show what the file changes, ask on a terminal, apply it."""
    from copassist.store import members
    from ingest import directory, history

    if options.file is None:
        return wrong_usage("name the file: `copassist members import FILE`")
    if memory.sample:
        raise RefusedError(
            f"{memory.folder} holds the sample community, which takes no other files.",
            "Make your own memory: `copassist init DIR`.",
        )
    read = directory.read(options.file)
    with memory.reading() as connection:
        has_directory = bool(members.load(connection))
        difference, _ = members.compare(connection, read)
    changes = difference != members.Difference()
    if not options.json:
        print("\n".join(difference_lines(difference)) if changes else "Nothing changed.")
    applied = changes and not options.dry_run and _confirmed(options, difference.removed, has_directory)
    if applied:
        with history.alone(memory):
            history.import_members(memory, read, difference)
    if options.json:
        print_json({**asdict(difference), "applied": applied})
    elif changes:
        size = f"{len(read)} member{'s' if len(read) != 1 else ''}"
        print(f"The directory has {size}." if applied else "Nothing was changed.")
    return DONE


def _confirmed(options: argparse.Namespace, removed: tuple[str, ...], has_directory: bool) -> bool:
    """Whether to apply it: a first directory without a question, a change after one on a terminal.

    Raises InputError if it removes somebody and there is nobody to ask.
    """
    if options.yes or not has_directory:
        return True
    if on_terminal() and not options.json:
        return ask_person("Apply this to the directory?")
    if removed:
        raise InputError(
            f"The file no longer has {', '.join(removed)}; nothing was changed.",
            "If that is right, run it again with --yes. Somebody who left keeps a line, with the day in `left`.",
        )
    return True

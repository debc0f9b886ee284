"""The command line: `copassist COMMAND`, for people and, with --json, for scripts."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from contextlib import redirect_stdout
from dataclasses import replace
from pathlib import Path
from typing import Any

from copassist import __version__, settings
from copassist.cli import asking, keeping, members
from copassist.cli.terminal import PARTLY, Seen, print_error
from copassist.errors import CopAssistError


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; its exit code: 0 done, 1 done in part or an error, 2 wrong usage."""
    options = _parser().parse_args(arguments)
    try:
        given = settings.from_environment()
        if options.memory is not None:
            given = replace(given, memory=options.memory)
        run: Callable[[argparse.Namespace, settings.Settings], int] = options.run
        with redirect_stdout(Seen(sys.stdout)):
            return run(options, given)
    except CopAssistError as error:
        print_error(error, as_json=getattr(options, "json", False))
        return PARTLY
    except KeyboardInterrupt:
        print("\nStopped. What was stored is whole; run it again to go on.", file=sys.stderr)
        return 130
    except BrokenPipeError:
        sys.stderr.close()
        return PARTLY


def _parser() -> argparse.ArgumentParser:
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument(
        "--memory",
        type=Path,
        metavar="DIR",
        help="the memory's folder (default: COPASSIST_MEMORY, else ./memory)",
    )
    in_json = argparse.ArgumentParser(add_help=False)
    in_json.add_argument("--json", action="store_true", help="print JSON for scripts")
    parser = argparse.ArgumentParser(
        prog="copassist",
        description="A community's memory that answers, with quotes that hold and people to ask.",
    )
    parser.add_argument("--version", action="version", version=f"copassist {__version__}")
    parser.set_defaults(memory=None)
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)

    def command(
        name: str, run: Any, help_: str, *parents: argparse.ArgumentParser
    ) -> argparse.ArgumentParser:
        made = commands.add_parser(name, help=help_, description=help_, parents=[common, *parents])
        made.set_defaults(run=run)
        return made

    keeping.add(command, in_json)
    members.add(command, in_json)
    asking.add(command, in_json)
    return parser

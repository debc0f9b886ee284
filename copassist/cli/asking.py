"""Commands that ask a memory: questions, search, gaps, the app."""

from __future__ import annotations

import argparse
import shlex
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from copassist import settings
from copassist.cli.terminal import DONE, day, positive, print_json
from copassist.records import FORMATS, KINDS, Filters, Hit, best_of_each


def add(command: Any, in_json: argparse.ArgumentParser) -> None:
    """Add the commands that ask a memory."""
    as_ = argparse.ArgumentParser(add_help=False)
    as_.add_argument(
        "--as",
        dest="as_",
        metavar="MEMBER",
        help="on whose behalf: a name, id, address or handle of the directory",
    )
    made = command(
        "ask",
        _ask,
        "Ask the memory a question. Questions are logged, the asker as a pseudonym.",
        as_,
        in_json,
    )
    made.add_argument("question")
    made.add_argument(
        "--private",
        action="store_true",
        help="leave no trace in the log; no later question can go on from it",
    )
    made.add_argument(
        "--conversation",
        default="",
        metavar="ID",
        help="go on from an earlier answer of your own, by the conversation that it names",
    )
    made = command("search", _search, "Find records; with an empty query the newest.", as_, in_json)
    made.add_argument("query", nargs="?", default="")
    made.add_argument("--kind", choices=KINDS)
    made.add_argument("--format", choices=FORMATS, default="")
    made.add_argument("--since", type=day, metavar="DATE", help="no older than this day, as in 2025-03-01")
    made.add_argument("--until", type=day, metavar="DATE", help="no newer than this day")
    made.add_argument(
        "--person", default="", metavar="MEMBER", help="records in which they spoke or had a role"
    )
    made.add_argument("--record", default="", metavar="RECORD", help="within this record alone, by its id")
    made.add_argument(
        "-n",
        type=positive,
        default=10,
        dest="most",
        metavar="N",
        help="how many records at most, with --json or --record how many passages (default: 10)",
    )
    command("gaps", _gaps, "Show what people asked that the memory can't answer.", in_json)
    made = command("serve", _serve, "Start the app in the browser.")
    made.add_argument(
        "--host", default="127.0.0.1", help="the address to listen on (default: this machine alone)"
    )
    made.add_argument("--port", type=_port, default=7860)
    made.add_argument("--open", action="store_true", help="open it in the browser")
    made.add_argument(
        "--users",
        type=Path,
        metavar="FILE",
        help="let people sign in: a file with a line member:password each; without it, on any other "
        "address than this machine's own, everyone sees what is public",
    )


def _port(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 65535:
        raise argparse.ArgumentTypeError(f"{text!r} is no port; take one from 1 to 65535")
    return int(text)


def _searcher(given: settings.Settings) -> Any:
    from copassist import embedding
    from copassist.retrieve import Searcher
    from copassist.store import memory as memories

    return Searcher(memories.open_(given.memory), embedding.load(given))


def _viewer(memory: Any, who: str | None) -> Any:
    from copassist.records import Viewer
    from copassist.store import members

    if who is None:
        return Viewer()
    with memory.reading() as connection:
        return members.viewer(connection, members.find(connection, who).id, memory.now().date())


def _ask(options: argparse.Namespace, given: settings.Settings) -> int:
    from copassist import cross_encoder
    from copassist.ask import Asker, ask, check
    from copassist.questions import COMMAND_LINE

    check(options.question)
    searcher = replace(_searcher(given), cross_encoder=cross_encoder.load(given.cache))
    viewer = _viewer(searcher.memory, options.as_)
    answer = ask(
        searcher,
        options.question,
        Asker(viewer, viewer.member or COMMAND_LINE, options.private),
        options.conversation,
        given.language_model,
    )
    if options.json:
        from copassist.interchange import answer_json

        print_json(answer_json(answer))
    else:
        from copassist.interchange import answer_text

        print(answer_text(answer))
        if answer.question_id:
            print(f'\nTo go on from here: {_again(options)} --conversation {answer.conversation} "..."')
    return DONE


def _again(options: argparse.Namespace) -> str:
    """The command to ask the same memory as the same person."""
    memory = ["--memory", str(options.memory)] if options.memory else []
    return shlex.join(["copassist", "ask", *memory, *(["--as", options.as_] if options.as_ else [])])


def _search(options: argparse.Namespace, given: settings.Settings) -> int:
    from copassist.interchange import hit_text, hits_json
    from copassist.retrieve import retrieve

    searcher = _searcher(given)
    filters = Filters(
        options.kind, options.format, options.since, options.until, options.person, options.record
    )
    viewer = _viewer(searcher.memory, options.as_)

    def found(k: int) -> list[Hit]:
        return retrieve(searcher, options.query, viewer, filters, k)

    if options.json:
        print_json(hits_json(found(options.most)))
    else:
        shown = found(options.most) if options.record else _records(found, options.most)
        print(
            "\n\n".join(hit_text(hit) for hit in shown)
            or f"Nothing found.{_whom(searcher.memory, options.person)}"
        )
    return DONE


def _records(found: Callable[[int], list[Hit]], most: int) -> list[Hit]:
    """The best passage of each of the best records; `found` gives so many passages."""
    k = most
    while len(hits := found(k)) == k and len(best_of_each(hits)) < most:
        k *= 4
    return best_of_each(hits)[:most]


def _whom(memory: Any, person: str) -> str:
    """What to say to somebody who looked for a person and found nothing."""
    from copassist.store import identities, members

    if not person:
        return ""
    with memory.reading() as connection:
        known = identities.identities_of(connection, person)
        like = "" if known else members.alike(connection, person)
    return f" Did you mean {like}?" if like else " A person is found by full name, handle or id."


def _gaps(options: argparse.Namespace, given: settings.Settings) -> int:
    from copassist.gaps import find_gaps
    from copassist.interchange import gap_text, gaps_json
    from copassist.store import memory as memories

    gaps, hidden = find_gaps(memories.open_(given.memory), given.gap_askers)
    if options.json:
        print_json(gaps_json(gaps, hidden))
        return DONE
    print("\n\n".join(gap_text(gap) for gap in gaps) or "No gap that enough people asked about.")
    if hidden:
        print(f"\n{hidden} more, each asked by fewer than {given.gap_askers} people.")
    return DONE


def _serve(options: argparse.Namespace, given: settings.Settings) -> int:
    from copassist.ui.serve import serve

    serve(given, options.host, options.port, options.open, options.users)
    return DONE

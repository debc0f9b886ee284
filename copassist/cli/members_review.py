"""`members review`: who is seen in the sources, but can't be matched by the rules; a leader says who it is."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import asdict, replace
from typing import Any

from copassist.cli.members_words import MOST_CANDIDATES, open_lines, settled_line
from copassist.cli.terminal import DONE, on_terminal, print_error, print_json
from copassist.errors import NotFoundError

PAGE = 20
NOBODY, OPEN = "nobody", "open"
_PROMPT = "Who is it? (number or name; n: nobody of the directory; Enter: later; q: stop) "
_FOOT = (
    "`copassist members review --settle ID=MEMBER` says who one is (ID=nobody: nobody of the directory; "
    "ID=open: takes that back), for all its records."
)


def run(options: argparse.Namespace, memory: Any) -> int:
    """List who is open, or who was settled; settle; on a terminal ask about each."""
    from copassist.store import review

    if options.settle:
        return _settle(options, memory)
    with memory.reading() as connection:
        people = review.everybody(connection)
        if options.settled:
            return _list_settled(options, [p for p in people if p.why == "settled"])
        listed = [p for p in people if p.is_open]
        if not options.json and listed and on_terminal():
            most = options.most or len(listed)
        else:
            shown = listed[: options.most or (None if options.json else PAGE)]
            return _list_open(options, review.explain(connection, shown, people), len(listed))
    return _ask_each(memory, people, listed[:most])


def _list_open(options: argparse.Namespace, shown: Sequence[Any], count: int) -> int:
    if options.json:
        print_json({"unmatched": [_plain(one) for one in shown]})
        return DONE
    for one in shown:
        print("\n".join(open_lines(one)))
    if count > len(shown):
        print(f"{count - len(shown)} more; -n {count} lists them all.")
    print(f"{count} seen in the sources, but not matched to the directory. " + (_FOOT if count else ""))
    return DONE


def _plain(one: Any) -> dict[str, Any]:
    """Somebody open as JSON, with what is known of them on one level."""
    values = asdict(one)
    return {**values.pop("seen"), **values}


def _list_settled(options: argparse.Namespace, settled: Sequence[Any]) -> int:
    if options.json:
        print_json({"settled": [asdict(seen) for seen in settled]})
        return DONE
    for seen in settled[: options.most]:
        print(settled_line(seen))
    if not settled:
        print("Nobody was settled by hand.")
    return DONE


# Settling


def _settle(options: argparse.Namespace, memory: Any) -> int:
    from copassist.store import review
    from ingest import history

    with memory.reading() as connection:
        choices = {id_: _choice(connection, who) for id_, who in options.settle}
    history.settle(history.Run(memory, "members review"), choices)
    with memory.reading() as connection:
        known = {seen.id: seen for seen in review.everybody(connection)}
    settled = [known[id_] for id_ in choices if id_ in known]
    if options.json:
        print_json({"settled": [asdict(seen) for seen in settled]})
        return DONE
    for seen in settled:
        print(settled_line(seen))
    return DONE


def _choice(connection: Any, who: str) -> Any:
    from copassist.store import members
    from copassist.store.matches import Settlement

    if who.lower() == OPEN:
        return None
    return Settlement(None if who.lower() == NOBODY else members.find(connection, who).id)


def _ask_each(memory: Any, people: Sequence[Any], listed: Sequence[Any]) -> int:
    """Ask about one after the other; each answer is stored at once, all of them are one run for `undo`."""
    from copassist.store import review
    from ingest import history

    run = history.Run(memory, "members review")
    by_id = {seen.id: seen for seen in people}
    settled = 0
    for number, seen in enumerate(listed, 1):
        with memory.reading() as connection:
            (one,) = review.explain(connection, [seen], by_id.values())
        print("\n".join((f"\n{number} of {len(listed)}", *open_lines(one))))
        answer = _answer(memory, one)
        if answer == "stop":
            break
        if answer != "later":
            settlement, member = answer
            history.settle(run, {seen.id: settlement})
            by_id[seen.id] = replace(seen, member=member, why="settled")
            print(settled_line(by_id[seen.id]))
            settled += 1
    print(f"{settled} settled." + (" `copassist undo` takes that back." if settled else ""))
    return DONE


def _answer(memory: Any, one: Any) -> Any:
    """What the person says who somebody is: the settlement and its member; or "later", or "stop"."""
    from copassist.store import members
    from copassist.store.matches import Settlement
    from copassist.store.matching import Candidate

    shown = one.candidates[:MOST_CANDIDATES]
    while True:
        try:
            said = input(_PROMPT).strip()
        except EOFError:
            return "stop"
        if said in ("", "q"):
            return "later" if said == "" else "stop"
        if said in ("n", NOBODY):
            return Settlement(None), None
        if said.isdecimal() and 1 <= int(said) <= len(shown):
            return Settlement(shown[int(said) - 1].member), shown[int(said) - 1]
        try:
            with memory.reading() as connection:
                found = members.find(connection, said)
            return Settlement(found.id), Candidate(found.id, found.name, "")
        except NotFoundError as error:
            print_error(error, as_json=False)

"""Commands that keep a memory: make it, bring it up to date, take back, look after it."""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from copassist import settings
from copassist.cli.terminal import (
    DONE,
    PARTLY,
    Bar,
    ask_person,
    on_terminal,
    print_json,
    web_address,
    wrong_usage,
)
from copassist.errors import InputError, NotFoundError
from copassist.shown import shown_line
from copassist.words import counted

PLANNED_SHOWN = 200
"""So many lines of a dry run are printed."""
PEOPLE_SHOWN = 8
FORGETTING = "Forget {name} for good? Earlier runs can't be undone any more, either."


def add(command: Any, in_json: argparse.ArgumentParser) -> None:
    """Add the commands that keep a memory."""
    made = command("init", _init, "Make a new, empty memory.")
    made.add_argument("folder", type=Path, metavar="DIR")
    made = command("ingest", _ingest, "Bring the memory up to date with files, folders and exports.", in_json)
    made.add_argument("paths", type=Path, nargs="+", metavar="PATH")
    made.add_argument(
        "--kind",
        default="auto",
        choices=("auto", "sessions", "documents", "slack", "discourse", "mail", "stackexchange"),
        help="what it is (default: find out)",
    )
    made.add_argument(
        "--audience",
        action="append",
        default=[],
        metavar="GROUP",
        help="who may see it: a team or group of the directory (default: everyone); may be given again",
    )
    made.add_argument(
        "--link-base",
        type=web_address,
        metavar="URL",
        help="where the originals can be opened; the path in the source is put behind it",
    )
    made.add_argument("--dry-run", action="store_true", help="show what would happen, change nothing")
    made.add_argument("--yes", action="store_true", help="don't ask before removing many records")
    made = command(
        "sources", _sources, "List what was ingested, or remove one of it with all its records.", in_json
    )
    made.add_argument("what", choices=("list", "remove"), nargs="?", default="list")
    made.add_argument("name", nargs="?", metavar="SOURCE")
    command("undo", _undo, "Take back the last ingest, removal, members import or review.")
    made = command("forget", _forget, "Delete a record, or a member's name and addresses, for good.")
    made.add_argument("what", metavar="RECORD|MEMBER")
    made.add_argument("--yes", action="store_true", help="don't ask before a member is forgotten")
    command("status", _status, "Show what the memory holds, and what couldn't be read.", in_json)
    command("reindex", _reindex, "Cut and embed everything anew, for instance for another model.")
    command("doctor", _doctor, "Check the installation and the memory.")


def _init(options: argparse.Namespace, given: settings.Settings) -> int:
    from copassist.store import memory

    memory.create(options.folder).close()
    print(f"Made an empty memory in {options.folder}.")
    print(f"Next: copassist ingest --memory {options.folder} PATH...")
    return DONE


def _ingest(options: argparse.Namespace, given: settings.Settings) -> int:
    from copassist import embedding
    from copassist.store import memory as memories
    from ingest import pipeline
    from ingest.report import Options

    memory = memories.open_(given.memory)
    with Bar(quiet=options.json) as bar:
        ingest_options = Options(
            kind=options.kind,
            audience=tuple(options.audience),
            link_base=options.link_base,
            dry_run=options.dry_run,
            confirm=(lambda question: True) if options.yes else ask_person,
            progress=bar,
        )
        report = pipeline.ingest(memory, options.paths, embedding.load(given), ingest_options)
    if options.json:
        print_json(asdict(report))
    else:
        _print_report(report, options.dry_run)
    return PARTLY if report.rejected else DONE


def _print_report(report: Any, dry_run: bool) -> None:
    for planned in report.planned[:PLANNED_SHOWN]:
        print(_planned_line(planned))
    if more := report.planned[PLANNED_SHOWN:]:
        print(f"... and {len(more)} more; --json lists all of them.")
    kinds = ", ".join(f"{n} {kind}{'s' if n != 1 else ''}" for kind, n in sorted(report.kinds.items()))
    would = "Would be: " if dry_run else ""
    print(
        f"{would}{report.added} added, {report.changed} changed, {report.removed} removed, {report.unchanged} unchanged"
        + (f" ({kinds})." if kinds else ".")
    )
    nothing = not (report.added or report.changed or report.removed or report.unchanged)
    if nothing and not (report.rejected or report.forgotten or report.skipped):
        print("Nothing that is read was found there; docs/sources.md says what is.")
    if report.forgotten:
        print(f"{report.forgotten} left out: somebody had them forgotten.")
    if report.secrets:
        print(f"Secrets taken out of the texts: {_counted(report.secrets)}.")
    if report.undated:
        print(f"{report.undated} with a date more than a year ahead: taken as undated.")
    if dry_run:
        _print_unclear(report.planned)
    if report.skipped:
        print(f"Skipped: {_counted(report.skipped)}.")
    for rejected in report.rejected:
        place = f", {rejected.place}" if rejected.place else ""
        print(shown_line(f"Rejected: {rejected.file}{place}: {rejected.reason}"), file=sys.stderr)
    if not dry_run and not report.followed:
        print("The running app takes it into its index within seconds.")


def _planned_line(planned: Any) -> str:
    """What would happen to a record: "would add     a.md  clinic, 2025-03-12: Caching. Ana Pires (facilitator)"."""
    what = ", ".join(str(part) for part in (planned.format or planned.kind, planned.date) if part)
    people = ", ".join(planned.people[:PEOPLE_SHOWN])
    if more := len(planned.people) - PEOPLE_SHOWN:
        people += f" and {more} more" if more > 0 else ""
    unclear = f"  [unclear: {', '.join(planned.unclear)}]" if planned.unclear else ""
    title = planned.title.rstrip(".")
    told = f"{what}: {title}" if what else title
    line = f"would {planned.verb:6}  {shown_line(planned.file)}  {shown_line(told)}"
    return line + (f". {shown_line(people)}" if people else "") + unclear


def _print_unclear(planned: Any) -> None:
    unclear = Counter(what for one in planned for what in one.unclear)
    if unclear:
        print(f"Unclear: {_counted(unclear)}.")
    people = Counter(person.rpartition(" (")[0] or person for one in planned for person in one.people)
    if people:
        most = ", ".join(f"{person} ({n})" for person, n in people.most_common(PEOPLE_SHOWN * 2))
        print(
            f"{len(people)} people, each with the number of records: {most}{', ...' if len(people) > 16 else ''}"
        )


def _counted(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{n} × {what}" for what, n in sorted(counts.items()))


def _sources(options: argparse.Namespace, given: settings.Settings) -> int:
    from copassist import inventory
    from copassist.store import memory as memories
    from ingest import history, pipeline

    memory = memories.open_(given.memory)
    if options.what == "remove":
        if not options.name:
            return wrong_usage("name the source to remove; `copassist sources list` shows them")
        with history.alone(memory):
            count = history.remove_source(memory, options.name)
        pipeline.follow(memory)
        print(f"Removed {options.name} with {count} records. `copassist undo` brings it back.")
        return DONE
    sources = inventory.take(memory).sources
    if options.json:
        print_json({"sources": [asdict(s) for s in sources]})
        return DONE
    for source in sources:
        when = f"{source.ingested_at:%Y-%m-%d %H:%M}" if source.ingested_at else "not finished"
        audience = shown_line(", ".join(source.audience))
        print(
            f"{shown_line(source.name)}  {source.kind}  {source.records} records  for {audience}  "
            f"{when}  {shown_line(source.path)}"
        )
    if not sources:
        print("Nothing was ingested yet. `copassist ingest PATH...` does it.")
    return DONE


def _undo(options: argparse.Namespace, given: settings.Settings) -> int:
    from copassist import embedding, inventory
    from copassist.store import memory as memories
    from ingest import history, pipeline

    memory = memories.open_(given.memory)
    with history.alone(memory):
        what = history.undo(memory, embedding.load(given))
    pipeline.follow(memory)
    count = sum(inventory.take(memory).records.values())
    print(f"Took back: {what}. The memory has {counted(count, 'record')} now.")
    return DONE


def _forget(options: argparse.Namespace, given: settings.Settings) -> int:
    from copassist.store import members
    from copassist.store import memory as memories
    from ingest import history, pipeline

    memory = memories.open_(given.memory)
    try:
        with history.alone(memory):
            history.forget_record(memory, options.what)
        print(f"Forgot the record {options.what}. No later ingest brings it back.")
    except NotFoundError as no_record:
        try:
            with memory.reading() as connection:
                member = members.find(connection, options.what)
        except NotFoundError as no_member:
            message = f"{no_record.message} {no_member.message}"
            raise NotFoundError(message, no_member.fix) from None
        if member.hide_name:
            raise InputError(
                f"{member.name} doesn't want to be named: once forgotten, the name would show where texts hold it.",
                "Keep the line in the members file with the day in `left`, or import it without `hide_name` first.",
            ) from None
        if not options.yes and not _agreed(FORGETTING.format(name=member.name)):
            print("Nothing was changed.")
            return DONE
        with history.alone(memory):
            history.forget_member(memory, member.id)
        print(
            f"Forgot {member.name}. Their words stay, as those of somebody; names inside texts weren't "
            "changed. Earlier runs can't be undone any more."
        )
    pipeline.follow(memory)
    return DONE


def _agreed(question: str) -> bool:
    """What is answered on the terminal. Raises InputError without one."""
    if not on_terminal():
        raise InputError(
            "Nothing was changed: this can't be undone.", "If it is meant, run it again with --yes."
        )
    return ask_person(question)


def _status(options: argparse.Namespace, given: settings.Settings) -> int:
    from copassist import inventory
    from copassist.store import memory as memories

    held = inventory.take(memories.open_(given.memory))
    if options.json:
        print_json(asdict(held))
        return DONE
    kinds = (
        ", ".join(f"{n} {kind}{'s' if n != 1 else ''}" for kind, n in sorted(held.records.items()))
        or "no records"
    )
    print(
        f"{given.memory}: {kinds}; {held.segments} segments, {held.passages} passages, "
        f"{held.members} members, {held.questions} questions in the log."
    )
    if held.sample:
        print("This is the sample community.")
    print(
        f"Model: {held.model or 'none yet'}. Index: "
        + (f"{held.waiting} changes behind." if held.waiting else "up to date.")
    )
    for source in held.sources:
        print(shown_line(f"Source {source.name}: {source.records} records from {source.path}"))
    if held.skipped:
        print("Skipped: " + ", ".join(f"{n} × {what}" for what, n in held.skipped.items()) + ".")
    for problem in held.problems:
        place = f", {problem.place}" if problem.place else ""
        print(shown_line(f"Rejected: {problem.file}{place}: {problem.reason}"))
    return DONE


def _reindex(options: argparse.Namespace, given: settings.Settings) -> int:
    from copassist import embedding
    from copassist.store import memory as memories
    from ingest.reindex import reindex

    with Bar() as bar:
        count = reindex(memories.open_(given.memory), embedding.load(given), bar)
    print(f"Indexed {count} passages.")
    return DONE


def _doctor(options: argparse.Namespace, given: settings.Settings) -> int:
    from copassist import doctor

    failed = 0
    for check in doctor.checks(given):
        failed += not check.passed
        print(f"{'ok   ' if check.passed else 'WRONG'}  {check.what}: {check.found}")
    return PARTLY if failed else DONE

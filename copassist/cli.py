"""The command line: `copassist COMMAND`, for people and, with --json, for scripts."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

from copassist import __version__, settings
from copassist.errors import CopAssistError, InputError
from copassist.records import FORMATS, KINDS

DONE, PARTLY, USAGE = 0, 1, 2


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; its exit code: 0 done, 1 done in part or an error, 2 wrong usage."""
    options = _parser().parse_args(arguments)
    try:
        given = settings.from_environment()
        if options.memory is not None:
            given = replace(given, memory=options.memory)
        run: Callable[[argparse.Namespace, settings.Settings], int] = options.run
        return run(options, given)
    except CopAssistError as error:
        _print_error(error, as_json=getattr(options, "json", False))
        return PARTLY
    except KeyboardInterrupt:
        print("\nStopped. What was stored is whole; run it again to go on.", file=sys.stderr)
        return 130
    except BrokenPipeError:
        sys.stderr.close()
        return PARTLY


def _print_error(error: CopAssistError, as_json: bool) -> None:
    if as_json:
        print(
            json.dumps(
                {"error": {"kind": error.kind, "message": error.message, "fix": error.fix}},
                ensure_ascii=False,
            )
        )
        return
    print(f"copassist: {error.message}", file=sys.stderr)
    if error.fix:
        print(f"           {error.fix}", file=sys.stderr)


def _wrong_usage(what: str) -> int:
    print(f"copassist: {what}", file=sys.stderr)
    return USAGE


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

    _add_keeping(command, in_json)
    _add_asking(command, in_json)
    return parser


def _add_keeping(command: Any, in_json: argparse.ArgumentParser) -> None:
    made = command("init", _init, "Make a new, empty memory.")
    made.add_argument("folder", type=Path, metavar="DIR")
    made = command("ingest", _ingest, "Bring the memory up to date with files, folders and exports.", in_json)
    made.add_argument("paths", type=Path, nargs="+", metavar="PATH")
    made.add_argument(
        "--kind",
        default="auto",
        choices=("auto", "sessions", "documents", "slack"),
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
    command("undo", _undo, "Take back the last ingest, removal or members import.")
    made = command(
        "members", _members, "Import the members directory, list it, or review who isn't in it.", in_json
    )
    made.add_argument("what", choices=("import", "review", "list"))
    made.add_argument(
        "file", type=Path, nargs="?", metavar="FILE", help="the directory: CSV or YAML, for `import`"
    )
    made.add_argument("--yes", action="store_true", help="don't ask before the import is applied")
    made = command("forget", _forget, "Delete a record, or a member's name and addresses, for good.")
    made.add_argument("what", metavar="RECORD|MEMBER")
    command("status", _status, "Show what the memory holds, and what couldn't be read.", in_json)
    command("reindex", _reindex, "Cut and embed everything anew, for instance for another model.")
    command("doctor", _doctor, "Check the installation and the memory.")


def _add_asking(command: Any, in_json: argparse.ArgumentParser) -> None:
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
    made.add_argument("--private", action="store_true", help="leave no trace in the log")
    made.add_argument(
        "--conversation", default="", metavar="ID", help="go on with the conversation of an earlier answer"
    )
    made = command("search", _search, "Find records; with an empty query the newest.", as_, in_json)
    made.add_argument("query", nargs="?", default="")
    made.add_argument("--kind", choices=KINDS)
    made.add_argument("--format", choices=FORMATS, default="")
    made.add_argument("--since", type=_date, metavar="DATE", help="no older than this day, as in 2025-03-01")
    made.add_argument("--until", type=_date, metavar="DATE", help="no newer than this day")
    made.add_argument(
        "--person", default="", metavar="MEMBER", help="records in which they spoke or had a role"
    )
    made.add_argument(
        "-n", type=_positive, default=10, dest="most", metavar="N", help="how many at most (default: 10)"
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


def _date(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no day; write it as 2025-03-01") from None


def _positive(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is no whole number above 0")
    return int(text)


def _port(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 65535:
        raise argparse.ArgumentTypeError(f"{text!r} is no port; take one from 1 to 65535")
    return int(text)


# Keeping a memory


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

    memory = memories.open_(given.memory)
    with _Bar(quiet=options.json) as bar:
        ingest_options = pipeline.Options(
            kind=options.kind,
            audience=tuple(options.audience),
            link_base=options.link_base,
            dry_run=options.dry_run,
            confirm=(lambda question: True) if options.yes else _ask_person,
            progress=bar,
        )
        report = pipeline.ingest(memory, options.paths, embedding.load(given), ingest_options)
    if options.json:
        _print_json(asdict(report))
    else:
        _print_report(report, options.dry_run)
    return PARTLY if report.rejected else DONE


def _print_report(report: Any, dry_run: bool) -> None:
    for verb, file, what in report.planned:
        print(f"would {verb:6}  {file}  {what}")
    kinds = ", ".join(f"{n} {kind}{'s' if n != 1 else ''}" for kind, n in sorted(report.kinds.items()))
    would = "Would be: " if dry_run else ""
    print(
        f"{would}{report.added} added, {report.changed} changed, {report.removed} removed, {report.unchanged} unchanged"
        + (f" ({kinds})." if kinds else ".")
    )
    if report.forgotten:
        print(f"{report.forgotten} left out: somebody had them forgotten.")
    if report.skipped:
        print("Skipped: " + ", ".join(f"{n} × {what}" for what, n in sorted(report.skipped.items())) + ".")
    for rejected in report.rejected:
        place = f", {rejected.place}" if rejected.place else ""
        print(f"Rejected: {rejected.file}{place}: {rejected.reason}", file=sys.stderr)
    if not dry_run and not report.followed:
        print("The running app takes it into its index within seconds.")


def _ask_person(question: str) -> bool:
    """Ask on the terminal; without one the answer is no."""
    if not sys.stdin.isatty():
        return False
    return input(f"{question} [y/N] ").strip().lower() in ("y", "yes")


def _sources(options: argparse.Namespace, given: settings.Settings) -> int:
    from copassist import inventory
    from copassist.store import memory as memories
    from ingest import history, pipeline

    memory = memories.open_(given.memory)
    if options.what == "remove":
        if not options.name:
            return _wrong_usage("name the source to remove; `copassist sources list` shows them")
        with history.alone(memory):
            count = history.remove_source(memory, options.name)
        pipeline.follow(memory)
        print(f"Removed {options.name} with {count} records. `copassist undo` brings it back.")
        return DONE
    sources = inventory.take(memory).sources
    if options.json:
        _print_json({"sources": [asdict(s) for s in sources]})
        return DONE
    for source in sources:
        when = f"{source.ingested_at:%Y-%m-%d %H:%M}" if source.ingested_at else "not finished"
        print(
            f"{source.name}  {source.kind}  {source.records} records  for {', '.join(source.audience)}  "
            f"{when}  {source.path}"
        )
    if not sources:
        print("Nothing was ingested yet. `copassist ingest PATH...` does it.")
    return DONE


def _undo(options: argparse.Namespace, given: settings.Settings) -> int:
    from copassist import embedding
    from copassist.store import memory as memories
    from ingest import history, pipeline

    memory = memories.open_(given.memory)
    with history.alone(memory):
        what = history.undo(memory, embedding.load(given))
    pipeline.follow(memory)
    print(f"Took back: {what}.")
    return DONE


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
            _print_json({"members": members.member_json.dump_python(directory, mode="json")})
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
        _print_json({"unmatched": [asdict(u) for u in unmatched]})
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
        return _wrong_usage("name the file: `copassist members import FILE`")
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
        and not _ask_person(f"This removes {', '.join(difference.removed)} from the directory. Go on?")
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


def _forget(options: argparse.Namespace, given: settings.Settings) -> int:
    from copassist.errors import NotFoundError
    from copassist.store import members
    from copassist.store import memory as memories
    from ingest import history, pipeline

    memory = memories.open_(given.memory)
    with history.alone(memory):
        try:
            history.forget_record(memory, options.what)
            print(f"Forgot the record {options.what}. No later ingest brings it back.")
        except NotFoundError as no_record:
            try:
                with memory.reading() as connection:
                    member = members.find(connection, options.what)
            except NotFoundError as no_member:
                message = f"{no_record.message} {no_member.message}"
                raise NotFoundError(message, no_member.fix) from None
            history.forget_member(memory, member.id)
            print(
                f"Forgot {member.name}. Their words stay, as those of somebody; names inside texts weren't "
                "changed. Earlier runs can't be undone any more."
            )
    pipeline.follow(memory)
    return DONE


def _status(options: argparse.Namespace, given: settings.Settings) -> int:
    from copassist import inventory
    from copassist.store import memory as memories

    held = inventory.take(memories.open_(given.memory))
    if options.json:
        _print_json(asdict(held))
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
        print(f"Source {source.name}: {source.records} records from {source.path}")
    if held.skipped:
        print("Skipped: " + ", ".join(f"{n} × {what}" for what, n in held.skipped.items()) + ".")
    for problem in held.problems:
        print(f"Rejected: {problem.file}{', ' + problem.place if problem.place else ''}: {problem.reason}")
    return DONE


def _reindex(options: argparse.Namespace, given: settings.Settings) -> int:
    from copassist import embedding
    from copassist.store import memory as memories
    from ingest.reindex import reindex

    with _Bar() as bar:
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


# Asking it


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
    from copassist.ask import Asker, ask, check
    from copassist.questions import COMMAND_LINE

    check(options.question)
    searcher = _searcher(given)
    viewer = _viewer(searcher.memory, options.as_)
    answer = ask(
        searcher,
        options.question,
        Asker(viewer, viewer.member or COMMAND_LINE, options.private),
        options.conversation,
    )
    if options.json:
        from copassist.interchange import answer_json

        _print_json(answer_json(answer))
    else:
        from copassist.interchange import answer_text

        print(answer_text(answer))
    return DONE


def _search(options: argparse.Namespace, given: settings.Settings) -> int:
    from copassist.interchange import hit_text, hits_json
    from copassist.records import Filters
    from copassist.retrieve import retrieve

    searcher = _searcher(given)
    filters = Filters(options.kind, options.format, options.since, options.until, options.person)
    hits = retrieve(searcher, options.query, _viewer(searcher.memory, options.as_), filters, options.most)
    if options.json:
        _print_json(hits_json(hits))
    else:
        print("\n\n".join(hit_text(hit) for hit in hits) or "Nothing found.")
    return DONE


def _gaps(options: argparse.Namespace, given: settings.Settings) -> int:
    from copassist.gaps import find_gaps
    from copassist.interchange import gap_text, gaps_json
    from copassist.store import memory as memories

    gaps, hidden = find_gaps(memories.open_(given.memory), given.gap_askers)
    if options.json:
        _print_json(gaps_json(gaps, hidden))
        return DONE
    print("\n\n".join(gap_text(gap) for gap in gaps) or "No gap that enough people asked about.")
    if hidden:
        print(f"\n{hidden} more, each asked by fewer than {given.gap_askers} people.")
    return DONE


def _serve(options: argparse.Namespace, given: settings.Settings) -> int:
    from copassist.ui.serve import serve

    serve(given, options.host, options.port, options.open, options.users)
    return DONE


def _print_json(value: Any) -> None:
    print(json.dumps(value, ensure_ascii=False, default=_plain))


def _plain(value: Any) -> Any:
    if isinstance(value, date | datetime):
        return value.isoformat()
    if isinstance(value, set | frozenset):
        return sorted(value)
    raise TypeError(f"{value!r} has no JSON form")


class _Bar:
    """A progress bar on the terminal, for what says how far it is."""

    def __init__(self, quiet: bool = False) -> None:
        self._quiet = quiet
        self._bar: Any = None
        self._what = ""

    def __enter__(self) -> _Bar:
        return self

    def __exit__(self, *_: object) -> None:
        if self._bar is not None:
            self._bar.close()

    def __call__(self, what: str, done: int, total: int | None) -> None:
        if self._quiet:
            return
        if self._what != what:
            from tqdm import tqdm

            self.__exit__()
            self._bar, self._what = (
                tqdm(desc=what, total=total, unit=" files" if total is not None else " records"),
                what,
            )
        self._bar.update(done - self._bar.n)


if __name__ == "__main__":
    sys.exit(main())

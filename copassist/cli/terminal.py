"""What all commands share: exit codes, printing, asking the person, a progress bar."""

from __future__ import annotations

import argparse
import sys
from datetime import date, datetime
from typing import Any, TextIO

from copassist.errors import CopAssistError
from copassist.shown import shown, shown_json

DONE, PARTLY, USAGE = 0, 1, 2


class Seen:
    """A stream to a terminal through which nothing goes that can't be seen: no text may move its cursor."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        """Write what of `text` can be seen."""
        return self._stream.write(shown(text))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


def print_error(error: CopAssistError, as_json: bool) -> None:
    """Say what went wrong and what to do, for a person or a script."""
    if as_json:
        print_json({"error": {"kind": error.kind, "message": error.message, "fix": error.fix}})
        return
    print(f"copassist: {shown(error.message)}", file=sys.stderr)
    if error.fix:
        print(f"           {shown(error.fix)}", file=sys.stderr)


def wrong_usage(what: str) -> int:
    """Say what was wrong with the call; the exit code for it."""
    print(f"copassist: {what}", file=sys.stderr)
    return USAGE


def on_terminal() -> bool:
    """Whether a person reads and can answer."""
    return sys.stdin.isatty() and sys.stdout.isatty()


def ask_person(question: str) -> bool:
    """Ask on the terminal; without one the answer is no."""
    if not sys.stdin.isatty():
        return False
    return input(f"{question} [y/N] ").strip().lower() in ("y", "yes")


def print_json(value: Any) -> None:
    """Print a value as one line of JSON."""
    print(shown_json(value, _plain))


def _plain(value: Any) -> Any:
    if isinstance(value, date | datetime):
        return value.isoformat()
    if isinstance(value, set | frozenset):
        return sorted(value)
    raise TypeError(f"{value!r} has no JSON form")


def day(text: str) -> date:
    """A day given as an argument."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no day; write it as 2025-03-01") from None


def web_address(text: str) -> str:
    """The address of a web site given as an argument; "" for none."""
    from copassist.links import safe

    if text and not safe(text):
        raise argparse.ArgumentTypeError(f"{text!r} is no web address; write it as https://wiki.example.org")
    return text


def positive(text: str) -> int:
    """A number above 0 given as an argument."""
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is no whole number above 0")
    return int(text)


class Bar:
    """A progress bar on the terminal, for what says how far it is."""

    def __init__(self, quiet: bool = False) -> None:
        self._quiet = quiet
        self._bar: Any = None
        self._what = ""

    def __enter__(self) -> Bar:
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

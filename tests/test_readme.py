"""The README's commands work: the marked ones are run as written, the others are known to the program."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

from tests.test_cli import copassist

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
FENCED = re.compile(
    r"(?:^<!-- run: (?P<run>[\w-]+) -->\n+)?^```(?P<language>\w*)\n(?P<text>.*?)^```$", re.M | re.S
)
SHELLS = ("bash", "console", "sh", "shell")
PROGRAMS = ("copassist", "python -m eval", "make")


def blocks() -> list[tuple[str, str]]:
    """The fenced shell blocks: for which community each is to be run ("" for none), and its lines."""
    return [
        (found["run"] or "", "".join(f"{line.removeprefix('$ ')}\n" for line in found["text"].splitlines()))
        for found in FENCED.finditer(README)
        if found["language"] in SHELLS
    ]


def commands() -> list[str]:
    """Every command of ours that the README shows: in a fenced shell block, or between backticks."""
    fenced = [line for _, text in blocks() for line in text.replace("\\\n", " ").splitlines()]
    inline = re.findall(r"`([^`\n]+)`", FENCED.sub("", README))
    found = [" ".join(shlex.split(line, comments=True)) for line in (*fenced, *inline) if _is_ours(line)]
    return list(dict.fromkeys(found))


def _is_ours(line: str) -> bool:
    return any(line.strip().startswith(f"{program} ") for program in PROGRAMS)


def options_of(command: str) -> set[str]:
    return set(re.findall(r"(?<=\s)--?[a-z][\w-]*", command))


@cache
def help_of(program: str, command: str) -> str:
    """What `program command --help` prints; fails if it doesn't know the command."""
    if program == "copassist":
        ran = copassist(command, "--help")
        assert ran.code == 0, ran.err
        return ran.out
    called = [sys.executable, "-m", "eval", command, "--help"]
    ran = subprocess.run(called, cwd=ROOT, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    return ran.stdout


def test_the_readme_shows_how_to_run_test_and_fill_a_memory():
    shown = [" ".join(command.split()[:2]) for command in commands()]
    for needed in ("make run", "make test", "copassist init", "copassist ingest", "copassist ask"):
        assert needed in shown
    assert "larkspur" in [run for run, _ in blocks()]


@pytest.mark.parametrize("lines", [text for run, text in blocks() if run == "larkspur"])
def test_a_block_for_larkspur_runs_as_it_is_written(lines, tmp_path):
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    environment = {**os.environ, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
    environment.pop("COPASSIST_MEMORY", None)
    ran = subprocess.run(
        ["bash", "-euxo", "pipefail", "-c", lines],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr


def test_every_mark_names_a_community_that_there_is():
    marked = re.findall(r"<!-- run: ([\w-]+) -->", README)
    assert marked == [run for run, _ in blocks() if run]
    assert set(marked) == {"larkspur"}


@pytest.mark.parametrize("command", [c for c in commands() if not c.startswith("make ")])
def test_the_program_knows_a_command_and_its_options(command):
    words = command.split()
    program, name = ("copassist", words[1]) if words[0] == "copassist" else ("eval", words[3])
    known = help_of(program, name)
    assert known.startswith("usage: ")
    assert options_of(command) - options_of(known.replace(",", " ").replace("[", " ")) == set()


@pytest.mark.parametrize("command", [c for c in commands() if c.startswith("make ")])
def test_make_has_the_target(command):
    targets = re.findall(r"^(\w+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.M)
    assert command.split()[1] in targets


@pytest.mark.parametrize("path", re.findall(r"\]\((?!https?:|#)([^)#]+)", README))
def test_what_the_readme_links_to_is_there(path):
    assert (ROOT / path).exists()


@pytest.mark.parametrize("name", sorted(set(re.findall(r"COPASSIST_[A-Z_]+", README))))
def test_a_setting_that_the_readme_names_is_read(name):
    code = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "copassist").rglob("*.py"))
    assert f'"{name.removeprefix("COPASSIST_")}"' in code

"""Bad input: each is told what happened, where and what to do, and what was stored stays whole."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import socket
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from pypdf import PdfWriter

from copassist import settings
from copassist.store.memory import create, open_
from copassist.store.schema import REVISION
from tests.fakes import all_rows
from tests.test_cli import GUIDE, MEMBERS, QUESTION, copassist, write_export, write_notes

KEPT = ("records", "segments", "passages", "embeddings", "changes", "members", "sources", "questions", "runs")
"""What must stand as it stood after an error."""


@pytest.fixture(scope="module")
def ready(tmp_path_factory):
    """A memory with two sessions, a document, two threads and three members."""
    folder = tmp_path_factory.mktemp("ready")
    write_notes(folder / "notes")
    write_export(folder / "export")
    (folder / "members.csv").write_text(MEMBERS)
    assert copassist("init", folder / "memory").code == 0
    assert copassist("members", "import", folder / "members.csv", memory=folder / "memory").code == 0
    ran = copassist("ingest", folder / "notes", folder / "export", memory=folder / "memory")
    assert ran.code == 0
    return folder


@pytest.fixture
def memory(ready, tmp_path):
    """A copy of that memory, for one test."""
    shutil.copytree(ready / "memory", tmp_path / "memory")
    return tmp_path / "memory"


def kept(memory: Path) -> dict[str, list[dict[str, object]]]:
    opened = open_(memory)
    found = {table: list(all_rows(opened, table)) for table in KEPT}
    opened.close()
    return found


def set_fact(memory: Path, name: str, value: object) -> None:
    opened = open_(memory)
    opened.set_fact(name, value)
    opened.close()


def refused(memory: Path | None, kind: str, said: str, fix: str, *arguments: object) -> None:
    """The command says `said` and `fix` and exits 1, in words and as JSON, and changes nothing."""
    before = kept(memory) if memory else None
    ran = copassist(*arguments, memory=memory)
    assert (ran.code, ran.out) == (1, "")
    assert ran.err == f"copassist: {said}\n           {fix}\n"
    if arguments[0] in ("ingest", "ask", "search", "members", "sources", "status", "gaps"):
        ran = copassist(*arguments, "--json", memory=memory)
        assert (ran.code, ran.err) == (1, "")
        assert ran.json == {"error": {"kind": kind, "message": said, "fix": fix}}
    if memory:
        assert kept(memory) == before


# Paths and files


def test_a_path_that_does_not_exist(memory, tmp_path):
    missing = tmp_path / "nots"
    said = f"{missing} doesn't exist."
    refused(memory, "input", said, "Check the spelling of the path.", "ingest", missing)


def test_one_path_that_does_not_exist_keeps_the_others_from_going_in_by_halves(memory, ready, tmp_path):
    (tmp_path / "more").mkdir()
    (tmp_path / "more" / "new.md").write_text(GUIDE)
    missing = tmp_path / "nots"
    said = f"{missing} doesn't exist."
    refused(memory, "input", said, "Check the spelling of the path.", "ingest", tmp_path / "more", missing)


def bound(*arguments: object) -> subprocess.CompletedProcess[str]:
    """Run a command for whom permissions hold: the superuser gives up reading everything."""
    command = [sys.executable, "-m", "copassist.cli", *map(str, arguments)]
    if os.geteuid() == 0:
        if shutil.which("setpriv") is None:
            pytest.skip("runs as the superuser, for whom permissions don't hold, and setpriv is missing")
        command = ["setpriv", "--bounding-set=-dac_override,-dac_read_search", *command]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)


def test_a_file_without_permission_to_read_is_rejected_and_the_rest_goes_in(memory, tmp_path):
    folder = tmp_path / "more"
    folder.mkdir()
    (folder / "good.md").write_text(GUIDE)
    (folder / "locked.md").write_text(GUIDE)
    (folder / "locked.md").chmod(0)
    before = len(kept(memory)["records"])
    ran = bound("ingest", folder, "--memory", memory)
    assert ran.returncode == 1
    assert ran.stdout == "1 added, 0 changed, 0 removed, 0 unchanged (1 document).\n"
    assert ran.stderr.splitlines()[-1] == "Rejected: locked.md: can't be read: Permission denied"
    assert len(kept(memory)["records"]) == before + 1
    shown = copassist("status", memory=memory).out.splitlines()
    assert shown[-1] == "Rejected: locked.md: can't be read: Permission denied"


def test_a_path_without_permission_to_read(memory, tmp_path):
    locked = tmp_path / "locked.md"
    locked.write_text(GUIDE)
    locked.chmod(0)
    before = kept(memory)
    ran = bound("ingest", locked, "--json", "--memory", memory)
    assert (ran.returncode, ran.stderr) == (1, "")
    assert json.loads(ran.stdout)["error"] == {
        "kind": "input",
        "message": f"{locked} can't be read: permission denied.",
        "fix": "Check its permissions.",
    }
    assert kept(memory) == before


EXPORT_AGAIN = (
    "Export the workspace again (in Slack: Settings, Import/Export Data, Export) and give its .zip."
)


def test_a_zip_that_was_cut_off(memory, ready, tmp_path):
    whole = Path(shutil.make_archive(str(tmp_path / "whole"), "zip", ready / "export"))
    cut = tmp_path / "export.zip"
    cut.write_bytes(whole.read_bytes()[:300])
    said = f"{cut} is no zip file that can be opened: File is not a zip file."
    refused(memory, "input", said, EXPORT_AGAIN, "ingest", cut, "--kind", "slack")
    said = f"{cut} is no zip file that can be opened."
    refused(memory, "input", said, "Export or copy it again: it was cut off.", "ingest", cut)


def test_a_zip_that_is_no_slack_export(memory, tmp_path):
    other = tmp_path / "photos.zip"
    with zipfile.ZipFile(other, "w") as archive:
        archive.writestr("a.txt", "a")
    said = f"{other} is a zip file that holds no export that copassist reads."
    fix = "Unpack it and give the folder; or say with --kind what export it is, to see what is wrong with it."
    refused(memory, "input", said, fix, "ingest", other)


def test_a_day_of_a_zip_that_is_damaged_is_rejected_and_the_rest_goes_in(ready, tmp_path):
    export = shutil.copytree(ready / "export", tmp_path / "export")
    (export / "help" / "2025-03-14.json").write_text("[" + " " * 60 + "]")
    archive = Path(shutil.make_archive(str(tmp_path / "export"), "zip", export))
    with zipfile.ZipFile(archive) as opened:
        start = opened.getinfo("help/2025-03-14.json").header_offset
    content = bytearray(archive.read_bytes())
    content[start + 30 + len("help/2025-03-14.json") + 2] ^= 0xFF
    archive.write_bytes(content)
    copassist("init", tmp_path / "memory")
    ran = copassist("ingest", archive, memory=tmp_path / "memory")
    assert ran.code == 1
    assert ran.out == "2 added, 0 changed, 0 removed, 0 unchanged (2 threads).\n"
    assert ran.err.splitlines()[-1].startswith("Rejected: export.zip/help/2025-03-14.json: can't be read: ")
    assert len(kept(tmp_path / "memory")["records"]) == 2


def test_a_slack_export_without_users(memory, ready, tmp_path):
    export = shutil.copytree(ready / "export", tmp_path / "export")
    (export / "users.json").unlink()
    said = (
        f"{export} is no complete Slack export: users.json is missing, without it no message has an author."
    )
    refused(memory, "input", said, EXPORT_AGAIN, "ingest", export)
    refused(memory, "input", said, EXPORT_AGAIN, "ingest", export, "--kind", "slack")


def test_a_pdf_without_text_is_rejected_and_the_rest_goes_in(memory, tmp_path):
    folder = tmp_path / "scans"
    folder.mkdir()
    scan = PdfWriter()
    scan.add_blank_page(200, 200)
    scan.write(folder / "scan.pdf")
    (folder / "good.md").write_text(GUIDE)
    before = kept(memory)["records"]
    ran = copassist("ingest", folder, memory=memory)
    assert ran.code == 1
    assert ran.out == "1 added, 0 changed, 0 removed, 0 unchanged (1 document).\n"
    assert ran.err.splitlines()[-1] == (
        "Rejected: scan.pdf: no text in it (a scan?); run text recognition (OCR) on it, or find its source"
    )
    after = kept(memory)["records"]
    assert len(after) == len(before) + 1
    assert [row for row in after if row in before] == before
    again = copassist("ingest", folder, "--json", memory=memory)
    assert again.code == 1
    assert [r["file"] for r in again.json["rejected"]] == ["scan.pdf"]


@pytest.mark.parametrize("name", ["broken.pdf", "broken.docx", "broken.pptx", "empty.md", "empty.txt"])
def test_a_file_that_is_not_what_its_name_says_is_rejected(memory, tmp_path, name):
    folder = tmp_path / "more"
    folder.mkdir()
    (folder / name).write_bytes(b"" if name.startswith("empty") else b"no such thing")
    before = kept(memory)["records"]
    ran = copassist("ingest", folder, memory=memory)
    assert ran.code == 1
    assert ran.err.splitlines()[-1].startswith(f"Rejected: {name}: ")
    assert kept(memory)["records"] == before


def test_an_audience_that_nobody_is_in(memory, ready):
    opened = open_(memory)
    private = next(str(row["group"]) for row in all_rows(opened, "records") if row["group"])
    opened.close()
    said = "There is no team or group 'Boad' in the directory."
    groups = ", ".join(sorted(["Maps", "Print", "everyone", "stewards", private]))
    known = f"Import a members file that has it, or take one of: {groups}."
    refused(memory, "input", said, known, "ingest", ready / "notes", "--audience", "Boad")


# The members file

HEADER = "name,emails,handles\n"
FIX = "Correct the file and import it again."


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (
            HEADER + "Ana,ana@example.org,\nBen,ANA@example.org,\n",
            "row 3: the e-mail ANA@example.org is also in row 2; give it to one of them",
        ),
        (
            HEADER + "Ana,a@example.org,\nana,,\n",
            "row 2, row 3: the same name, Ana; give row 3 an e-mail or handle, or remove the duplicate",
        ),
        ("name,emial\nAna,a@example.org\n", "row 1: unknown column `emial`; perhaps `emails` is meant"),
        (HEADER + ",a@example.org,\n", "row 2: the name is empty; fill it in or remove the row"),
        (
            "name,left\nAna,31.12.2025\n",
            "row 2: `left` is no date: '31.12.2025'; write it as year-month-day, such as 2025-01-31",
        ),
    ],
    ids=["same address", "same name", "unknown column", "no name", "no date"],
)
def test_a_members_file_with_a_mistake_is_refused_whole(memory, tmp_path, text, problem):
    file = tmp_path / "members.csv"
    file.write_text(text)
    refused(memory, "directory", f"{file} has 1 problem:\n- {problem}.", FIX, "members", "import", file)


def test_a_members_file_without_a_header(memory, tmp_path):
    file = tmp_path / "members.csv"
    file.write_text("Ana,ana@example.org\nBen,ben@example.org\n")
    said = f"{file} has no column `name`; its first row reads: Ana, ana@example.org."
    columns = (
        "name,emails,handles,teams,former_teams,groups,leader,topics,steward_of,joined,left,away_until,"
        "contact,dont_suggest,hide_name"
    )
    fix = f"Begin with a row of column names: {columns}"
    refused(memory, "directory", said, fix, "members", "import", file)


def test_a_members_file_that_does_not_exist(memory, tmp_path):
    file = tmp_path / "members.csv"
    said = f"{file} can't be read: No such file or directory."
    refused(memory, "directory", said, "Check the name and the permissions.", "members", "import", file)


# The memory

OTHER_MODEL = "Set COPASSIST_EMBEDDING_MODEL back, or run `copassist reindex` to embed everything anew."


def test_a_memory_that_another_model_made_neither_answers_nor_takes_more(memory, ready):
    mine = kept_fact(memory, "model")
    set_fact(memory, "model", "elephant/1234")
    said = f"The vectors in {memory} were made by the model elephant/1234, but {mine} is configured."
    refused(memory, "memory", said, OTHER_MODEL, "ask", QUESTION)
    refused(memory, "memory", said, OTHER_MODEL, "search", "tiles")
    refused(memory, "memory", said, OTHER_MODEL, "ingest", ready / "notes")


def test_reindex_mends_a_memory_that_another_model_made(memory):
    set_fact(memory, "model", "elephant/1234")
    assert copassist("reindex", memory=memory).code == 0
    assert copassist("search", "tiles", memory=memory).code == 0


def kept_fact(memory: Path, name: str) -> object:
    opened = open_(memory)
    value = opened.fact(name)
    opened.close()
    return value


@pytest.mark.parametrize(
    "arguments", [["status"], ["ask", QUESTION], ["ingest", "."], ["gaps"], ["undo"]], ids=" ".join
)
def test_a_memory_that_a_newer_version_made(memory, arguments):
    opened = open_(memory)
    with opened.writing() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    opened.close()
    database = (memory / "memory.db").read_bytes()
    ran = copassist(*arguments, memory=memory)
    assert (ran.code, ran.out) == (1, "")
    assert ran.err == (
        f"copassist: The memory in {memory} was made by a newer version of copassist "
        f"(its shape is 9999, this one knows {REVISION}).\n           Upgrade copassist, then try again.\n"
    )
    assert (memory / "memory.db").read_bytes() == database


def test_a_memory_that_is_damaged(tmp_path):
    folder = tmp_path / "memory"
    folder.mkdir()
    (folder / "memory.db").write_bytes(b"this is no database" * 300)
    said = f"{folder / 'memory.db'} is damaged: file is not a database."
    ran = copassist("status", "--json", memory=folder)
    assert ran.code == 1
    assert ran.json["error"] == {
        "kind": "memory",
        "message": said,
        "fix": "Restore it from a backup, or make a new memory and ingest again.",
    }


@pytest.mark.parametrize(
    "arguments",
    [
        ["ingest", "."],
        ["ask", QUESTION],
        ["search", "tiles"],
        ["gaps"],
        ["status"],
        ["sources"],
        ["undo"],
        ["members", "list"],
        ["forget", "ana"],
        ["reindex"],
        ["serve", "--port", "45671"],
    ],
    ids=" ".join,
)
def test_a_folder_that_is_no_memory(tmp_path, arguments):
    ran = copassist(*arguments, memory=tmp_path)
    assert (ran.code, ran.out) == (1, "")
    assert ran.err == (
        f"copassist: There is no memory in {tmp_path}.\n           Make one with "
        f"`copassist init {tmp_path}`, or name another with --memory or COPASSIST_MEMORY.\n"
    )
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("base", ["javascript:alert(1)", "wiki.example.org", "https://wiki@evil.example"])
def test_a_link_base_that_opens_no_web_page(memory, tmp_path, base):
    (tmp_path / "guide.md").write_text(GUIDE)
    before = kept(memory)
    ran = copassist("ingest", tmp_path, "--link-base", base, memory=memory)
    assert ran.code == 2
    assert f"'{base}' is no web address; write it as https://wiki.example.org" in ran.err
    assert kept(memory) == before


def test_init_into_a_folder_that_holds_something(tmp_path):
    (tmp_path / "letter.txt").write_text("Dear Ana")
    said = f"{tmp_path} isn't an empty folder."
    refused(None, "memory", said, "Name a folder that is empty or doesn't exist yet.", "init", tmp_path)
    assert [p.name for p in tmp_path.iterdir()] == ["letter.txt"]


def test_init_over_a_memory_keeps_it(memory):
    before = kept(memory)
    said = f"There is a memory in {memory} already."
    refused(None, "memory", said, "Use it, or name another folder.", "init", memory)
    assert kept(memory) == before


@pytest.mark.parametrize("what", ["ingest", "members"])
def test_the_sample_takes_no_real_files(memory, ready, what):
    set_fact(memory, "sample", {"now": "2026-11-02T09:00:00+00:00", "made": "2026-11-02T09:00:00+00:00"})
    said = f"{memory} holds the sample community, which takes no other files."
    given = ["ingest", ready / "notes"] if what == "ingest" else ["members", "import", ready / "members.csv"]
    refused(memory, "refused", said, "Make your own memory: `copassist init DIR`.", *given)


def test_a_large_removal_is_refused_unless_confirmed(memory, ready, tmp_path):
    notes = ready / "notes"
    hidden = tmp_path / "hidden"
    hidden.mkdir()
    for name in ("2025-03-12-clinic-tiles.md", "file-names.md"):
        (notes / name).rename(hidden / name)
    try:
        said = f"2 of the 3 records of 'notes' are no longer in {notes}; nothing was changed."
        fix = (
            "If that is right, run it again with --yes (`copassist undo` brings them back). "
            "If not, check the folder."
        )
        refused(memory, "refused", said, fix, "ingest", notes)
    finally:
        for file in hidden.iterdir():
            file.rename(notes / file.name)


# The machine


@contextlib.contextmanager
def small_disk(folder: Path, size: str):
    """A file system of that size at `folder`."""
    folder.mkdir()
    try:
        made = subprocess.run(
            ["mount", "-t", "tmpfs", "-o", f"size={size}", "copassist-test", folder],
            capture_output=True,
            text=True,
            check=False,
        )
    except FileNotFoundError:
        pytest.skip("no mount command, so that no disk can be filled")
    if made.returncode:
        pytest.skip(f"a small disk can't be mounted here: {made.stderr.strip()}")
    try:
        yield
    finally:
        subprocess.run(["umount", "--lazy", folder], check=True)


def write_many(folder: Path, number: int) -> Path:
    folder.mkdir()
    for n in range(number):
        lines = "".join(
            f"- Line {i} of note {n} says that thing {n * i} is on shelf {n}.\n" for i in range(90)
        )
        (folder / f"note-{n:03}.md").write_text(f"# Note {n}\n\n{lines}")
    return folder


FULL = "Make room and run it again; what was stored before is whole."


def test_a_disk_that_fills_up_keeps_whole_what_was_stored(ready, tmp_path):
    """The vectors of 120 notes don't fit into 1.5 MB; those of the first three do."""
    few, many = write_many(tmp_path / "few", 3), write_many(tmp_path / "many", 120)
    with small_disk(tmp_path / "disk", "1536k"):
        memory = tmp_path / "disk" / "memory"
        assert copassist("init", memory).code == 0
        assert copassist("ingest", few, memory=memory).code == 0
        before = kept(memory)["records"]
        ran = copassist("ingest", many, "--json", memory=memory)
        assert (ran.code, ran.err) == (1, "")
        assert ran.json["error"] == {
            "kind": "storage",
            "message": f"The disk that holds {memory} is full.",
            "fix": FULL,
        }
        after = kept(memory)
        assert [row for row in after["records"] if row in before] == before
        opened = open_(memory)
        with opened.reading() as connection:
            assert connection.exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"
        opened.close()
        stored = {row["record_id"] for row in after["passages"]}
        assert stored == {row["id"] for row in after["records"]}
        ran = copassist("search", "thing on a shelf", "--json", memory=memory)
        assert (ran.code, len(ran.json["hits"])) == (0, 10)


def test_a_disk_that_is_full_for_the_index_says_so_and_the_records_are_there(tmp_path):
    few = write_many(tmp_path / "few", 1)
    with small_disk(tmp_path / "disk", "600k"):
        memory = tmp_path / "disk" / "memory"
        assert copassist("init", memory).code == 0
        ran = copassist("ingest", few, memory=memory)
        assert ran.code == 1
        assert ran.err.endswith(f"copassist: The disk that holds {memory} is full.\n           {FULL}\n")
        ran = copassist("search", "thing on a shelf", "--json", memory=memory)
        assert (ran.code, {hit["title"] for hit in ran.json["hits"]}) == (0, {"Note 0"})


def test_a_port_in_use(memory):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        said = f"Port {port} on 127.0.0.1 can't be used: Address already in use."
        fix = f"Stop what uses it, or take another: `copassist serve --port {port + 1}`, or `make run PORT={port + 1}`."
        refused(memory, "busy", said, fix, "serve", "--port", port)


def test_two_ingests_at_once(memory, ready, tmp_path):
    (tmp_path / "more").mkdir()
    (tmp_path / "more" / "new.md").write_text(GUIDE)
    hold = (
        "import sys; from filelock import FileLock\n"
        "with FileLock(sys.argv[1]): print('held', flush=True); sys.stdin.read()"
    )
    holder = subprocess.Popen(
        [sys.executable, "-c", hold, str(memory / "ingest.lock")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert holder.stdout.readline() == "held\n"
        said = f"Another ingest into {memory} is running."
        fix = "Wait until it is done, then try again."
        refused(memory, "busy", said, fix, "ingest", tmp_path / "more")
        refused(memory, "busy", said, fix, "sources", "remove", "notes")
        refused(memory, "busy", said, fix, "undo")
    finally:
        holder.communicate()
    assert copassist("ingest", tmp_path / "more", memory=memory).code == 0


# Questions and names


def test_a_question_of_ten_thousand_characters(memory):
    said = "The question has 10,000 characters; 2,000 are the most."
    fix = "Ask the heart of it in a sentence or two; what surrounds it doesn't help the search."
    refused(memory, "input", said, fix, "ask", "x" * 10_000)


@pytest.mark.parametrize(
    "question", ["", "  \n\t ", "\x00\x07", "??? 🚂"], ids=["empty", "blank", "control", "signs"]
)
def test_a_question_without_words(memory, question):
    refused(memory, "input", "There is no question.", "Type what you want to know.", "ask", question)


@pytest.mark.parametrize("question", ["‽ 🚂 x", "' OR 1=1 --", '"NEAR(*', "x" * 2000])
def test_a_strange_question_gets_an_answer_never_an_error(memory, question):
    ran = copassist("ask", question, "--private", "--json", memory=memory)
    assert (ran.code, ran.json["question"]) == (0, question)


@pytest.mark.parametrize("command", ["ask", "search"])
def test_somebody_who_is_not_in_the_directory(memory, command):
    said = "There is no member 'Zed' in the directory."
    refused(memory, "not-found", said, "`copassist members list` shows who is.", command, "x", "--as", "Zed")


def test_forget_of_something_unknown(memory):
    said = "There is no record 'nothing'. There is no member 'nothing' in the directory."
    refused(memory, "not-found", said, "`copassist members list` shows who is.", "forget", "nothing")


def test_a_source_that_is_not_there(memory):
    said = "There is no source 'mail'."
    refused(memory, "not-found", said, "`copassist sources list` shows them.", "sources", "remove", "mail")


def test_undo_of_nothing(tmp_path):
    create(tmp_path / "memory").close()
    said = f"There is nothing to undo in {tmp_path / 'memory'}."
    refused(tmp_path / "memory", "not-found", said, "The last 20 runs can be undone.", "undo")


def test_a_setting_that_is_no_number(memory, monkeypatch):
    monkeypatch.setenv("COPASSIST_GAP_ASKERS", "three")
    assert settings.Settings().gap_askers == 3
    said = "COPASSIST_GAP_ASKERS is 'three', not a whole number."
    refused(memory, "input", said, "Set it to 3, say.", "gaps")


def test_a_users_file_that_is_not_one(memory, tmp_path):
    users = tmp_path / "users"
    users.write_text("ana:secret\nben\n")
    said = f"{users}, line 2 isn't member:password."
    refused(memory, "input", said, "Write one member and password a line.", "serve", "--users", users)

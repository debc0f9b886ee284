"""What is found at a path."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from copassist.errors import InputError
from copassist.records import Record, Skipped
from ingest import sources
from ingest.sources import File, places


def write(folder: Path, **texts: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in texts.items():
        (folder / name.replace("__", ".")).write_text(text, encoding="utf-8")
    return folder


def export(folder: Path) -> Path:
    (folder / "talk").mkdir(parents=True)
    write(folder / "talk", **{"2024-11-12__json": "[]"})
    users = '[{"id": "U1", "team_id": "T1", "name": "ana"}]'
    return write(folder, users__json=users, channels__json='[{"id": "C1", "name": "talk"}]')


def test_a_folder_is_one_source_of_files(tmp_path: Path) -> None:
    (place,) = places(write(tmp_path / "notes", a__md="# A"), "auto")
    assert (place.kind, place.name, place.path) == ("files", "notes", tmp_path / "notes")
    assert place.key == f"files:{tmp_path / 'notes'}"


def test_a_slack_export_inside_a_folder_is_a_source_of_its_own(tmp_path: Path) -> None:
    folder = write(tmp_path / "all", a__md="# A")
    export(folder / "slack")
    notes, slack = places(folder, "auto")
    assert (notes.kind, slack.kind, slack.name) == ("files", "slack", "slack")
    assert [f.locator for f in sources.files_of(notes) if isinstance(f, File)] == ["a.md"]


def test_an_export_is_the_same_source_wherever_it_lies(tmp_path: Path) -> None:
    (one,), (two,) = places(export(tmp_path / "x"), "auto"), places(export(tmp_path / "y"), "auto")
    assert one.key == two.key == "slack:T1"


def test_what_cannot_be_a_source_is_refused_with_a_reason(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("a.md", "# A")
    with pytest.raises(InputError, match="doesn't exist"):
        places(tmp_path / "nowhere", "auto")
    with pytest.raises(InputError, match="There is no kind 'letters'"):
        places(tmp_path, "letters")
    with pytest.raises(InputError, match="a zip file that holds no export"):
        places(tmp_path / "a.zip", "auto")


def test_files_come_sorted_with_their_path_in_the_source(tmp_path: Path) -> None:
    write(tmp_path / "n" / "sub", b__md="b")
    write(tmp_path / "n" / ".git", c__md="c")
    write(tmp_path / "n", z__md="z", a__md="a", DS_Store="")
    (tmp_path / "n" / "DS_Store").rename(tmp_path / "n" / ".DS_Store")
    (place,) = places(tmp_path / "n", "auto")
    assert [f.locator for f in sources.files_of(place) if isinstance(f, File)] == ["a.md", "z.md", "sub/b.md"]


def test_a_fingerprint_tells_content_and_kind_apart_and_nothing_else(tmp_path: Path) -> None:
    def fingerprint(folder: str, text: str, kind: str = "auto") -> str:
        (place,) = places(write(tmp_path / folder, a__md=text), kind)
        (file,) = sources.files_of(place)
        assert isinstance(file, File)
        return file.fingerprint

    assert fingerprint("x", "one") == fingerprint("y", "one")
    assert fingerprint("x", "one") != fingerprint("x", "two")
    assert fingerprint("x", "two") != fingerprint("x", "two", "documents")


def test_links_that_lead_out_and_broken_ones_are_skipped(tmp_path: Path) -> None:
    folder = write(tmp_path / "n", a__md="a")
    (folder / "inside.md").symlink_to(folder / "a.md")
    (folder / "nowhere.md").symlink_to(folder / "gone.md")
    (folder / "out.md").symlink_to(write(tmp_path / "secret", s__md="s") / "s.md")
    (folder / "loop.md").symlink_to(folder / "loop.md")
    (place,) = places(folder, "auto")
    found = [
        f if isinstance(f, Skipped) else f.locator for f in sources.files_of(place) if not isinstance(f, str)
    ]
    assert found == [
        "a.md",
        "inside.md",
        Skipped("loop.md", "link to itself"),
        Skipped("nowhere.md", "not a regular file"),
        Skipped("out.md", "link out of the folder"),
    ]


CLINIC = (
    "# Clinic\n\nFormat: clinic\nDate: 2025-03-12\nFacilitator: Ana Diaz\n\n## Problem\n\nCharts are slow.\n"
)


@pytest.mark.parametrize(
    ("kind", "name", "text", "found"),
    [
        ("auto", "a.md", CLINIC, "session"),
        ("auto", "a.md", "# Fonts\n\nEmbed all fonts.\n", "document"),
        ("sessions", "a.md", "# Fonts\n\nEmbed all fonts.\n", "session"),
        ("documents", "a.md", CLINIC, "document"),
        ("sessions", "a.png", "x", Skipped("a.png", ".png")),
        ("auto", "a.png", "x", Skipped("a.png", ".png")),
    ],
)
def test_the_kind_decides_how_a_file_is_read(
    tmp_path: Path, kind: str, name: str, text: str, found: object
) -> None:
    path = tmp_path / "n" / name
    path.parent.mkdir()
    path.write_text(text)
    (place,) = places(tmp_path / "n", kind)
    (file,) = sources.files_of(place)
    assert isinstance(file, File)
    (read,) = sources.read(file, place.kind)
    assert (read.kind if isinstance(read, Record) else read) == found


MAIL = "From: Ana <ana@example.org>\nSubject: {}\nMessage-ID: <{}@x>\nDate: Wed, 12 Mar 2025 10:00:00 +0000\n\nHi.\n"


def test_mails_among_notes_are_one_source_beside_them(tmp_path: Path) -> None:
    folder = write(tmp_path / "n", a__md="# A", one__eml=MAIL.format("A", 1), two__eml=MAIL.format("B", 2))
    notes, mail = places(folder, "auto")
    assert [(p.kind, p.name, p.path) for p in (notes, mail)] == [
        ("files", "n", folder),
        ("mail", "n-mail", folder),
    ]
    assert [f.locator for f in sources.files_of(notes) if isinstance(f, File)] == ["a.md"]
    assert [r.title for r in sources.EXPORTS["mail"].read(folder) if isinstance(r, Record)] == ["A", "B"]


def test_an_export_has_another_fingerprint_only_when_something_in_it_changed(tmp_path: Path) -> None:
    (one,), (two,) = places(export(tmp_path / "x"), "auto"), places(export(tmp_path / "y"), "auto")
    assert sources.fingerprint(one) == sources.fingerprint(two)
    write(tmp_path / "y" / "talk", **{"2024-11-13__json": "[]"})
    assert sources.fingerprint(one) != sources.fingerprint(two)


def test_a_web_page_with_its_pictures_in_a_zip_is_one_file(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "notes.zip", "w") as archive:
        archive.writestr("Notes.html", "<h1>Fonts</h1><p>Embed all fonts.</p>")
        archive.writestr("images/image1.png", "x")
    (place,) = places(tmp_path / "notes.zip", "auto")
    (file,) = sources.files_of(place)
    assert isinstance(file, File)
    (read,) = sources.read(file, place.kind)
    assert isinstance(read, Record)
    assert (read.title, [s.text for s in read.segments]) == ("Fonts", ["Embed all fonts."])


def test_a_folder_that_holds_nothing_but_exports_is_no_source_itself(tmp_path: Path) -> None:
    write(tmp_path / "n", one__eml=MAIL.format("A", 1))
    assert [p.kind for p in places(tmp_path / "n", "auto")] == ["mail"]

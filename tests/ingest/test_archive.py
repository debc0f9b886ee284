"""What others packed is opened without leading out, lying, or filling the memory."""

from __future__ import annotations

import struct
import warnings
import zipfile
from pathlib import Path

import pytest

from copassist.errors import InputError
from copassist.records import Rejected, Skipped
from ingest.archive import LARGEST, opened


def packed(path: Path, files: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path


def content(path: Path, name: str) -> bytes:
    with opened(path, "Pack it again.") as archive, archive.reading(name) as stream:
        return stream.read()


def refused(path: Path, message: str, fix: str) -> None:
    with pytest.raises(InputError) as error, opened(path, "Pack it again."):
        pass
    assert error.value.message == message
    assert error.value.fix == fix


def test_a_folder_and_its_zip_hold_the_same(tmp_path: Path) -> None:
    (tmp_path / "a" / "b").mkdir(parents=True)
    (tmp_path / "a" / "b" / "one.json").write_bytes(b"[1]")
    (tmp_path / "a" / "two.json").write_bytes(b"[2]")
    (tmp_path / "a" / ".DS_Store").write_bytes(b"")
    zipped = packed(
        tmp_path / "a.zip",
        {"two.json": b"[2]", "b/": b"", "b/one.json": b"[1]", "__MACOSX/._two.json": b"", ".DS_Store": b""},
    )
    for path in (tmp_path / "a", zipped):
        with opened(path, "") as archive:
            assert (archive.names, archive.left_out) == (("b/one.json", "two.json"), ())
        assert (content(path, "b/one.json"), content(path, "two.json")) == (b"[1]", b"[2]")


def test_what_lies_below_a_folder_can_be_read_as_if_that_were_opened(tmp_path: Path) -> None:
    path = packed(tmp_path / "a.zip", {"top/b/one.json": b"[1]", "topping.json": b""})
    with opened(path, "") as archive:
        below = archive.below("top")
        assert below.names == ("b/one.json",)
        with below.reading("b/one.json") as stream:
            assert stream.read() == b"[1]"


def test_links_are_not_followed(tmp_path: Path) -> None:
    (tmp_path / "secret").mkdir()
    (tmp_path / "secret" / "pay.json").write_text("7")
    folder = tmp_path / "a"
    folder.mkdir()
    (folder / "inside").symlink_to(tmp_path / "secret", target_is_directory=True)
    (folder / "pay.json").symlink_to(tmp_path / "secret" / "pay.json")
    (folder / "round").symlink_to(folder, target_is_directory=True)
    with opened(folder, "") as archive:
        assert archive.names == ()
        assert archive.left_out == tuple(Skipped(name, "link") for name in ("inside", "pay.json", "round"))


def test_a_link_in_a_zip_is_none_of_its_files(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    link = zipfile.ZipInfo("pay.json")
    link.external_attr = 0o120777 << 16
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(link, "/secret/pay.json")
    with opened(path, "") as found:
        assert (found.names, found.left_out) == ((), (Skipped("pay.json", "link"),))


def test_a_name_that_leads_out_of_a_zip_is_rejected(tmp_path: Path) -> None:
    path = packed(
        tmp_path / "a.zip", {"../one.json": b"", "/two.json": b"", "b/../../c.json": b"", "d.json": b""}
    )
    reason = "has a name that leads out of the zip file; nothing of it is read"
    with opened(path, "") as archive:
        assert archive.names == ("d.json",)
        assert [(r.file, r.reason) for r in archive.left_out if isinstance(r, Rejected)] == [
            ("../one.json", reason),
            ("/two.json", reason),
            ("b/../../c.json", reason),
        ]


def test_of_two_files_of_one_name_the_last_one_is_read(tmp_path: Path) -> None:
    path = packed(tmp_path / "a.zip", {"one.json": b"[1]"})
    with warnings.catch_warnings(action="ignore"), zipfile.ZipFile(path, "a") as archive:
        archive.writestr("one.json", b"[2]")
    reason = "is in the zip file more than once; the last one is read"
    with opened(path, "") as found:
        assert (found.names, found.left_out) == (("one.json",), (Rejected("one.json", reason),))
    assert content(path, "one.json") == b"[2]"


def test_names_in_unicode_are_read_though_the_zip_does_not_say_so(tmp_path: Path) -> None:
    path = packed(tmp_path / "a.zip", {"général/one.json": b"[1]"})
    raw = path.read_bytes()
    # The flag "names are UTF-8" stands in bit 11 of the flags, at 6 in a file's header and at 8 in the list.
    for signature, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        flags = raw.index(signature) + at
        raw = raw[:flags] + struct.pack("<H", 0) + raw[flags + 2 :]
    path.write_bytes(raw)
    with opened(path, "") as archive:
        assert archive.names == ("général/one.json",)
    assert content(path, "général/one.json") == b"[1]"


def test_names_with_the_separator_of_windows_are_paths(tmp_path: Path) -> None:
    path = packed(tmp_path / "a.zip", {"talk\\one.json": b"[1]"})
    with opened(path, "") as archive:
        assert archive.names == ("talk/one.json",)
    assert content(path, "talk/one.json") == b"[1]"


def test_a_folder_name_that_is_no_text_is_shown_mended(tmp_path: Path) -> None:
    (tmp_path / "caf\udce9.json").write_bytes(b"[1]")
    with opened(tmp_path, "") as archive:
        assert archive.names == ("caf?.json",)
    assert content(tmp_path, "caf?.json") == b"[1]"


def test_a_file_larger_than_the_limit_is_not_read(tmp_path: Path) -> None:
    path = packed(tmp_path / "a.zip", {"large.json": b" " * 3000})
    (tmp_path / "large.json").write_bytes(b" " * 3000)
    for place in (path, tmp_path):
        said = pytest.raises(InputError, match="is larger than 0 MB")
        with opened(place, "") as archive, said, archive.reading("large.json", largest=2999):
            pass
    assert LARGEST == 200 * 1024 * 1024


def test_a_zip_that_unpacks_to_absurdly_much_is_refused(tmp_path: Path) -> None:
    path = packed(tmp_path / "a.zip", {f"{n}.json": b" " for n in range(3)})
    raw = bytearray(path.read_bytes())
    at = raw.index(b"PK\x01\x02")
    while at >= 0:  # each entry of the list says that its file has a gigabyte
        raw[at + 24 : at + 28] = struct.pack("<L", 1024**3)
        at = raw.find(b"PK\x01\x02", at + 1)
    path.write_bytes(raw)
    message = f"{path} says that it unpacks to 3 GB, more than 100 times its size: it isn't read."
    refused(path, message, "Pack it again.")


def test_a_zip_never_unpacks_to_more_than_it_says(tmp_path: Path) -> None:
    path = packed(tmp_path / "a.zip", {"one.json": b"[" + b"1," * 1_000_000})
    raw = bytearray(path.read_bytes())
    at = raw.index(b"PK\x01\x02")
    raw[at + 24 : at + 28] = struct.pack("<L", 10)
    path.write_bytes(raw)
    said = pytest.raises(InputError, match="can't be read: Bad CRC-32")
    with opened(path, "") as archive, said, archive.reading("one.json") as stream:
        while piece := stream.read(1000):
            assert len(piece) <= 10


def test_a_zip_whose_list_is_too_long_is_refused(tmp_path: Path) -> None:
    path = packed(tmp_path / "a.zip", {"one.json": b"[1]"})
    raw = bytearray(path.read_bytes())
    at = raw.index(b"PK\x05\x06")
    raw[at + 12 : at + 16] = struct.pack("<L", 101 * 1024 * 1024)
    path.write_bytes(raw)
    refused(path, f"{path} holds more files than can be listed.", "Unpack it and give the folder.")


def test_a_zip_with_a_password_is_refused(tmp_path: Path) -> None:
    path = packed(tmp_path / "a.zip", {"one.json": b"[1]"})
    raw = bytearray(path.read_bytes())
    at = raw.index(b"PK\x01\x02")
    raw[at + 8] |= 1
    path.write_bytes(raw)
    refused(path, f"{path} needs a password.", "Unpack it and give the folder.")


@pytest.mark.parametrize("raw", [b"", b"PK\x03\x04 and no more", b"no zip at all"])
def test_what_is_no_zip_is_refused(tmp_path: Path, raw: bytes) -> None:
    path = tmp_path / "a.zip"
    path.write_bytes(raw)
    refused(path, f"{path} is no zip file that can be opened: File is not a zip file.", "Pack it again.")


def test_a_damaged_file_in_a_zip_says_so(tmp_path: Path) -> None:
    path = packed(tmp_path / "a.zip", {"one.json": b"[1, 2, 3, 4, 5]" * 20})
    raw = bytearray(path.read_bytes())
    raw[30 + len("one.json") + 2] ^= 0xFF
    path.write_bytes(raw)
    with pytest.raises(InputError, match="can't be read: "):
        content(path, "one.json")


def test_a_missing_path_is_the_callers_to_explain(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError), opened(tmp_path / "a.zip", ""):
        pass

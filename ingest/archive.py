"""A folder or a zip file that another program packed, opened so that nothing in it leads out or fills the memory."""

from __future__ import annotations

import lzma
import os
import stat
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from copassist.errors import InputError
from copassist.records import Rejected, Skipped
from ingest.json_values import clean

LARGEST = 200 * 1024 * 1024
"""How many bytes of one file are read, unpacked, unless the caller says otherwise."""
MOST_UNPACKED = 100
"""A zip that says it unpacks to more than so many times its size, and to more than SPARE, is none that we read."""
SPARE = 1024**3
LARGEST_LIST = 100 * 1024 * 1024
"""How long the list of files in a zip may be, in bytes: some million files."""
DEEPEST = 6
"""Files in more folders than so many aren't looked for."""

UNZIPPING = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    EOFError,
    RuntimeError,
    ValueError,
    struct.error,
)
"""What is raised where a zip file is broken, or packed in a way that isn't known."""


@dataclass(frozen=True, slots=True)
class Archive:
    """What lies in a folder or zip file.

    `names` are the paths in it of ordinary files, with "/", sorted. `left_out` is what there is besides.
    """

    path: Path
    names: tuple[str, ...]
    open: Callable[[str, int], IO[bytes]]
    left_out: tuple[Rejected | Skipped, ...] = ()

    @contextmanager
    def reading(self, name: str, largest: int = LARGEST) -> Iterator[IO[bytes]]:
        """The content of a file. Raises InputError that says why it can't be read."""
        try:
            with self.open(name, largest) as stream:
                yield stream
        except OSError as error:
            raise InputError(f"can't be read: {error.strerror or error}") from error
        except UNZIPPING as error:
            raise InputError(f"can't be read: {error}") from error

    def below(self, folder: str) -> Archive:
        """The same as if a folder in it had been opened; the archive itself for ""."""
        if not folder:
            return self
        start = f"{folder}/"
        names = tuple(name.removeprefix(start) for name in self.names if name.startswith(start))
        return Archive(
            self.path, names, lambda name, largest: self.open(start + name, largest), self.left_out
        )


@contextmanager
def opened(path: Path, fix: str) -> Iterator[Archive]:
    """Open a folder or a zip file.

    Raises InputError with `fix` if it is no zip file that can be read, OSError if it can't be opened.
    """
    if path.is_dir():
        yield _folder(path)
        return
    with path.open("rb") as file:
        if _list_size(file) > LARGEST_LIST:
            raise InputError(f"{path} holds more files than can be listed.", "Unpack it and give the folder.")
        try:
            packed = zipfile.ZipFile(file)
        except UNZIPPING as error:
            raise InputError(f"{path} is no zip file that can be opened: {error}.", fix) from error
        with packed:
            yield _zip(path, packed, fix)


def _check_size(size: int, largest: int) -> None:
    if size > largest:
        raise InputError(f"is larger than {largest // 1024**2} MB")


def _parts_wanted(name: str) -> bool:
    """False for what systems add (.DS_Store, __MACOSX) and for a name that leads out."""
    parts = name.split("/")
    return parts[0] != "__MACOSX" and not any(part == "" or part.startswith(".") for part in parts)


# A folder


def _folder(path: Path) -> Archive:
    names: dict[str, str] = {}  # as shown, and as the system knows them
    left_out: list[Rejected | Skipped] = []
    waiting = [("", 1)]
    while waiting:
        below, depth = waiting.pop()
        try:
            entries = sorted(os.scandir(path / below), key=lambda entry: entry.name)
        except OSError as error:
            if not below:
                raise
            left_out.append(Rejected(clean(below), f"can't be read: {error.strerror}"))
            continue
        for entry in entries:
            name = below + entry.name
            if not _parts_wanted(name):
                continue
            if entry.is_symlink():
                left_out.append(Skipped(clean(name), "link"))
            elif entry.is_dir() and depth < DEEPEST:
                waiting.append((f"{name}/", depth + 1))
            elif entry.is_file():
                names[clean(name)] = name

    def content(name: str, largest: int) -> IO[bytes]:
        file = path / names[name]
        _check_size(file.stat().st_size, largest)
        return file.open("rb")

    return Archive(path, tuple(sorted(names)), content, tuple(left_out))


# A zip file


def _zip(path: Path, packed: zipfile.ZipFile, fix: str) -> Archive:
    infos: dict[str, zipfile.ZipInfo] = {}
    left_out: list[Rejected | Skipped] = []
    for info in packed.infolist():
        name = _name_of(info)
        if info.is_dir() or name.endswith("/"):
            continue
        if name.startswith("/") or ".." in name.split("/"):
            left_out.append(
                Rejected(name, "has a name that leads out of the zip file; nothing of it is read")
            )
        elif stat.S_ISLNK(info.external_attr >> 16):
            left_out.append(Skipped(name, "link"))
        elif _parts_wanted(name):
            if name in infos:
                left_out.append(Rejected(name, "is in the zip file more than once; the last one is read"))
            infos[name] = info
    _check_packing(path, infos.values(), fix)

    def content(name: str, largest: int) -> IO[bytes]:
        _check_size(infos[name].file_size, largest)  # zipfile never unpacks more than it says
        return packed.open(infos[name])

    return Archive(path, tuple(sorted(infos)), content, tuple(left_out))


def _name_of(info: zipfile.ZipInfo) -> str:
    """The name as it was meant: some programs write UTF-8 without saying so, some the separator of Windows."""
    name = info.filename
    if not info.flag_bits & 0x800:
        with suppress(UnicodeError):
            name = name.encode("cp437").decode("utf-8")
    return clean(name.replace("\\", "/"))


def _check_packing(path: Path, infos: Iterable[zipfile.ZipInfo], fix: str) -> None:
    """Raise InputError for a zip file that needs a password, or that would unpack to absurdly much."""
    size = 0
    for info in infos:
        size += info.file_size
        if info.flag_bits & 1:
            raise InputError(f"{path} needs a password.", "Unpack it and give the folder.")
    if size > max(path.stat().st_size * MOST_UNPACKED, SPARE):
        said = f"{path} says that it unpacks to {size / 1024**3:.0f} GB, more than {MOST_UNPACKED} times its size"
        raise InputError(f"{said}: it isn't read.", fix)


def _list_size(file: IO[bytes]) -> int:
    """How many bytes the list of files in a zip takes, as its end record says, 0 if it has none (APPNOTE 4.3)."""
    size = file.seek(0, os.SEEK_END)
    file.seek(max(0, size - 0x10000 - 100))
    tail = file.read()
    file.seek(0)
    end = tail.rfind(b"PK\x05\x06")
    if end < 0:
        return 0
    large = end - 76  # where the record for large files stands, before its locator
    if large >= 0 and tail[large : large + 4] == b"PK\x06\x06" and tail[end - 20 : end - 16] == b"PK\x06\x07":
        return int.from_bytes(tail[large + 40 : large + 48], "little")
    return int.from_bytes(tail[end + 12 : end + 16], "little")

"""A folder or a zip file that another program packed, opened so that nothing in it leads out of it."""

from __future__ import annotations

import lzma
import struct
import zipfile
import zlib
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO

from copassist.errors import InputError

UNZIPPING = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    EOFError,
    RuntimeError,
    ValueError,
    struct.error,
)
"""What is raised where a zip file is broken, encrypted, or packed in a way that isn't known."""


@dataclass(frozen=True, slots=True)
class Archive:
    """What lies in a folder or zip; `names` are relative to it, sorted."""

    path: Path
    names: tuple[str, ...]
    open: Callable[[str], IO[bytes]]


@contextmanager
def opened(path: Path, lists: Collection[str], fix: str) -> Iterator[Archive]:
    """Open what lies at `path`, in a zip below the folder that holds one of `lists`.

    Raises InputError with `fix` if it is no zip file, OSError if it can't be opened.
    """
    if path.is_dir():
        files = [p for p in (*path.glob("*"), *path.glob("*/*")) if p.is_file() and not p.is_symlink()]
        names = sorted(filter(_is_wanted, (p.relative_to(path).as_posix() for p in files)))
        yield Archive(path, tuple(names), lambda name: (path / name).open("rb"))
        return
    try:
        archive = zipfile.ZipFile(path)
    except UNZIPPING as error:
        raise InputError(f"{path} is no zip file that can be opened: {error}.", fix) from error
    with archive:
        inside = [i.filename for i in archive.infolist() if _is_wanted(i.filename)]
        lists = [name for name in inside if PurePosixPath(name).name in lists]
        top = min((name.rpartition("/")[0] for name in lists), key=len, default="")
        prefix = f"{top}/" if top else ""
        names = sorted({name.removeprefix(prefix) for name in inside if name.startswith(prefix)})
        yield Archive(path, tuple(names), lambda name: archive.open(prefix + name))


def _is_wanted(name: str) -> bool:
    """False for what systems add (.DS_Store, __MACOSX) and for a name that leads out of the export."""
    parts = name.split("/")
    return parts[0] != "__MACOSX" and not any(part == "" or part.startswith(".") for part in parts)

"""Zip archives that files are made of, opened only if they are what they say and unpack to a sane size."""

from __future__ import annotations

import copy
import io
import lzma
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager

LARGEST = 300_000_000
"""Archives that unpack to more bytes than this are refused."""
MOST = 20_000
"""Archives with more files than this are refused."""
_SMALL = 20_000_000
_DENSEST = 200
"""Archives that unpack to more than _SMALL and are packed more densely than this are refused: no document is."""
_BROKEN = (
    zipfile.BadZipFile, zlib.error, lzma.LZMAError, struct.error, EOFError, NotImplementedError, RuntimeError, OSError,
)  # fmt: skip
"""What zipfile raises for a file that is broken, or packed or encrypted in a way that it doesn't know."""


@contextmanager
def opened(content: bytes, kind: str) -> Iterator[zipfile.ZipFile]:
    """The archive that a file of this `kind` is. Raises ValueError with the reason when it's broken or a bomb."""
    if content.startswith(b"\xd0\xcf\x11\xe0"):
        raise ValueError(
            f"encrypted, or in the old {kind} format; save it without a password as a new {kind} file"
        )
    if content.count(b"PK\x01\x02") > MOST:
        raise ValueError(
            f"holds more than {MOST:,} files, which no {kind} file does; open it and save it again"
        )
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            size = sum(part.file_size for part in archive.infolist())
            if size > LARGEST or size > max(_SMALL, _DENSEST * len(content)):
                raise ValueError(
                    f"unpacks to {size // 1_000_000:,} MB, which is too much to read; split it into smaller files"
                )
            if any(part.flag_bits & 1 for part in archive.infolist()):
                raise ValueError("encrypted; save it without a password")
            for part in archive.infolist():
                _unpack(archive, part, kind)
            yield archive
    except _BROKEN as error:
        raise broken(kind, error) from error


def _unpack(archive: zipfile.ZipFile, part: zipfile.ZipInfo, kind: str) -> None:
    """Raise ValueError if a part holds more than it says, as parsers that trust it would fill the memory with it."""
    unbounded = copy.copy(part)
    unbounded.file_size = LARGEST
    size = 0
    with archive.open(unbounded) as unpacked:
        while chunk := unpacked.read(1_000_000):
            size += len(chunk)
            if size > part.file_size:
                raise ValueError(
                    f"broken {kind} file (a part is larger than it says); open it and save it again"
                )


def broken(kind: str, error: Exception) -> ValueError:
    """What to raise for a file that a parser didn't get through."""
    return ValueError(f"broken {kind} file ({type(error).__name__}); open it and save it again")


def text_of(archive: zipfile.ZipFile, name: str) -> str:
    """The text of one of the files, "" if it isn't there."""
    try:
        return archive.read(name).decode("utf-8", "replace")
    except KeyError:
        return ""

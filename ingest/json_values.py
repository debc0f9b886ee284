"""What files of other programs hold as JSON: each value of the type that is asked for, or nothing."""

from __future__ import annotations

import json
from datetime import UTC, datetime

from copassist.errors import InputError

Json = dict[str, object]
_LARGEST_NUMBER = 2**53
"""What every writer of JSON keeps exactly; no id is larger."""


def parsed(content: bytes) -> object:
    """The value that `content` says, in any encoding of Unicode. Raises InputError if it is broken."""
    try:
        value: object = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise InputError(f"is broken JSON: {error}") from error
    return value


def clean(text: str) -> str:
    """`text` without what no database takes: NUL is dropped, half a surrogate pair becomes "?"."""
    return text.replace("\0", "").encode("utf-8", "replace").decode()


def string(entry: Json, key: str) -> str:
    """The text under `key`, "" if there is none."""
    value = entry.get(key)
    return clean(value) if isinstance(value, str) else ""


def whole(entry: Json, key: str) -> int | None:
    """The whole number under `key`, None if there is none; True and 1.0 are none."""
    value = entry.get(key)
    if not isinstance(value, int) or isinstance(value, bool):
        return None
    return value if abs(value) <= _LARGEST_NUMBER else None


def object_in(entry: Json, key: str) -> Json:
    """The object under `key`, {} if there is none."""
    value = entry.get(key)
    return value if isinstance(value, dict) else {}


def objects(value: object) -> list[Json]:
    """The objects of a list, [] if it is none; other entries are left out."""
    return [entry for entry in value if isinstance(entry, dict)] if isinstance(value, list) else []


def moment(text: str) -> datetime | None:
    """The time that `text` says in ISO 8601, in UTC, which it is in where it says no zone; None if it is none."""
    try:
        time = datetime.fromisoformat(text)
        return time.astimezone(UTC) if time.tzinfo else time.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return None

"""Slack exports in their true shape, written for tests."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Mapping
from pathlib import Path

from copassist.records import Identity, Read, Record, Skipped
from ingest import slack

USERS = [
    {
        "id": "U01INES",
        "team_id": "T0123",
        "name": "ines.valcourt",
        "deleted": False,
        "real_name": "Ines Valcourt",
        "is_bot": False,
        "profile": {"real_name": "Ines Valcourt", "display_name": "ines", "email": "ines@example.org"},
    },
    {
        "id": "U02DARIO",
        "team_id": "T0123",
        "name": "dario",
        "deleted": True,
        "real_name": "Dario Fenwick",
        "profile": {"real_name": "Dario Fenwick", "display_name": ""},
    },
    {"id": "U03BOT", "team_id": "T0123", "name": "refresh", "is_bot": True, "profile": {}},
]
CHANNELS = [
    {"id": "C01HELP", "name": "chart-help", "is_archived": False, "members": ["U01INES", "U02DARIO"]},
    {"id": "C02TALK", "name": "talk", "is_archived": False, "members": ["U01INES"]},
]
INES = Identity("slack:T0123", "U01INES", "Ines Valcourt", "@ines", "ines@example.org")
DARIO = Identity("slack:T0123", "U02DARIO", "Dario Fenwick", "@dario")


def export(folder: Path, days: Mapping[str, object], **lists: object) -> Path:
    """An export in `folder`; a value that is a text is written as it is."""
    files: dict[str, object] = {"users.json": USERS, "channels.json": CHANNELS, "integration_logs.json": []}
    files |= {f"{name}.json": content for name, content in lists.items()} | dict(days)
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
    return folder


def zipped(folder: Path, path: Path, top: str = "") -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for file in sorted(p for p in folder.rglob("*") if p.is_file()):
            archive.write(file, top + file.relative_to(folder).as_posix())
    return path


def read(path: Path) -> list[Read]:
    """What is read, but for the list of integrations that every export has."""
    return [r for r in slack.read(path) if r != Skipped("integration_logs.json", "integration_logs.json")]


def records(path: Path) -> list[Record]:
    return [r for r in read(path) if isinstance(r, Record)]


def said(at: float, text: str, user: str = "U01INES", **more: object) -> dict[str, object]:
    """A message written `at` seconds after 2024-11-12 11:52:25 UTC."""
    return {"type": "message", "user": user, "text": text, "ts": f"{1731412345 + at:.6f}", **more}


def text_of(tmp_path: Path, **message: object) -> str:
    (record,) = records(export(tmp_path, {"talk/2024-11-12.json": [said(0, "") | message]}))
    return record.segments[0].text

"""A community whose every source is hostile: each attack in every field that a person can write into."""

from __future__ import annotations

import csv
import json
from dataclasses import dataclass
from email.header import Header
from pathlib import Path

from tests.hostile.attacks import ATTACKS
from tests.test_cli import Ran, copassist

ASKED = 1741773600
NUMBERS = {name: 100 + number for number, name in enumerate(ATTACKS)}
"""The number by which each attack is asked for."""
FILE = "2025-03-12-clinic-<img src=x onerror=window.hacked=1>\x1b[31m\u202e${hacked}.md"
CHANNEL = "<img src=x onerror=window.hacked=1>\u202e @children"


@dataclass(frozen=True)
class Community:
    """Where the hostile memory lies, and what the commands said that made it."""

    memory: Path
    folder: Path
    said: dict[str, Ran]


def line(attack: str) -> str:
    """An attack where only one line of valid Unicode can stand, as in a name."""
    return " ".join(attack.encode("utf-8", "replace").decode().replace("\0", "").split())


def slack_text(name: str) -> str:
    """What the message with an attack says."""
    return f"Foam board number {NUMBERS[name]} needs the {ATTACKS[name]}"


def make(folder: Path) -> Community:
    """Write the sources below `folder` and take them into a memory there with the product's own commands."""
    _slack(folder / "slack")
    _notes(folder / "notes")
    _forum(folder / "forum")
    _mail(folder / "guild.mbox")
    _members(folder / "members.csv")
    memory = folder / "memory"
    said = {"init": copassist("init", memory)}
    said["members"] = copassist("members", "import", folder / "members.csv", "--yes", memory=memory)
    base = ("--link-base", "https://wiki.example")
    for name in ("slack", "notes", "forum", "guild.mbox"):
        said[name] = copassist("ingest", folder / name, *base, memory=memory)
    return Community(memory, folder, said)


def _slack(folder: Path) -> None:
    """A thread in which each attack is a reply of a user whose name is the attack."""
    root = f"{ASKED}.000000"
    users = [_user("UANA", "ana", "Ana Pires")]
    said = [_message("UANA", root, root, "Which glue holds foam board, and what does each number need?")]
    for name, number in NUMBERS.items():
        users.append(_user(f"U{number}", f"user{number}", ATTACKS[name][:300]))
        said.append(_message(f"U{number}", f"{ASKED + number}.000000", root, slack_text(name)))
        said[-1]["files"] = [{"id": f"F{number}", "name": ATTACKS[name][:200], "user": f"U{number}"}]
    channel = {"id": "C1", "name": CHANNEL, "members": [user["id"] for user in users]}
    (folder / CHANNEL).mkdir(parents=True)
    (folder / "users.json").write_text(json.dumps(users))
    (folder / "channels.json").write_text(json.dumps([channel]))
    (folder / CHANNEL / "2025-03-12.json").write_text(json.dumps(said))


def _user(id_: str, name: str, real: str) -> dict[str, object]:
    return {"id": id_, "team_id": "T1", "name": name, "profile": {"real_name": real}}


def _message(user: str, ts: str, root: str, text: str) -> dict[str, object]:
    return {"type": "message", "ts": ts, "user": user, "text": text, "team": "T1", "thread_ts": root}


def _notes(folder: Path) -> None:
    """A note for each attack, which is its title, a heading, the facilitator's name and a part of its text."""
    folder.mkdir()
    for name, attack in ATTACKS.items():
        number, text = NUMBERS[name], attack.encode("utf-8", "replace").decode().replace("\0", "")
        head = "\n".join(
            f"{key}: {json.dumps(line(value)[:400])}"
            for key, value in (("title", f"{attack} {number}"), ("facilitator", attack), ("location", attack))
        )
        (folder / f"2025-03-{number % 28 + 1:02}-clinic-{number}.md").write_text(
            f"---\n{head}\nformat: clinic\n---\n\n## Advice {line(attack)[:300]}\n\n"
            f"Matt paper number {number} wants to be {text}\n\nIt lies flat after that.\n"
        )
    (folder / FILE).write_text("## Advice\n\nThe vellum wants to be pressed under a warm iron.\n")
    (folder / (FILE + ".pdf")).write_text("no pdf")


def _forum(folder: Path) -> None:
    """A topic whose posts hold each attack as HTML."""
    folder.mkdir()
    posts = [
        {
            "id": number,
            "post_number": at,
            "topic_id": 7,
            "user_id": number,
            "username": f"user{number}",
            "name": ATTACKS[name][:200],
            "created_at": "2025-03-12T09:05:00.000Z",
            "cooked": f"<p>Vinyl number {number} likes a {ATTACKS[name]} on it.</p>",
        }
        for at, (name, number) in enumerate(NUMBERS.items(), 1)
    ]
    topic = {
        "id": 7,
        "title": ATTACKS["image"],
        "slug": "x/../../admin?q=1",
        "category_name": ATTACKS["script"],
        "created_at": "2025-03-12T09:05:00.000Z",
        "post_stream": {"posts": posts, "stream": [post["id"] for post in posts]},
    }
    (folder / "7.json").write_text(json.dumps(topic))


def _mail(path: Path) -> None:
    """A mail for each attack, which is its subject, its sender's name and a part of its text."""
    mails = []
    for name, number in NUMBERS.items():
        attack, text = line(ATTACKS[name])[:200], ATTACKS[name].encode("utf-8", "replace").decode()
        mails.append(
            f"From user@example.org Wed Mar 12 09:05:00 2025\n"
            f"From: {Header(attack, 'utf-8').encode()} <user{number}@example.org>\n"
            f"Subject: {Header(f'{number} {attack}', 'utf-8').encode()}\n"
            f"Archived-At: <https://lists.example/{number}?next=javascript:window.hacked=1>\n"
            f"Message-ID: <{number}@example.org>\nDate: Wed, 12 Mar 2025 09:05:00 +0000\n"
            "Content-Type: text/plain; charset=utf-8\n\n"
            f"Cork board number {number} takes {text}\n\n".replace("\nFrom ", "\n>From ")
        )
    path.write_text("".join(mails), encoding="utf-8")


def _members(path: Path) -> None:
    """A directory in which each attack is a name, a way to reach somebody, and a topic."""
    with path.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["name", "teams", "topics", "steward_of", "contact", "leader"])
        rows.writerow(["Ana Pires", "Maps", "", "", "ana@example.org", "yes"])
        for attack in ATTACKS.values():
            text = line(attack)[:300].replace(";", ",")
            if text.strip():
                bare = text.replace("(", "").replace(")", "")
                rows.writerow([text, bare, text, text, text, ""])

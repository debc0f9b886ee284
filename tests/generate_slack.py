"""Writes Slack exports of any size, made of everyday words, to measure how they are read.

`python -m tests.generate_slack FOLDER MESSAGES [CHANNELS]` writes one; the same numbers give the same export.
"""

from __future__ import annotations

import json
import random
import sys
from datetime import UTC, datetime
from pathlib import Path

WORDS = """
the a to and of in for is on that it with we you this be have as are at not but from or by our they can if an
how do does what which when why should would could will there all any some one two three new old same other
chart table report map page file folder link box list label title axis scale colour font line point bar legend
layer tile filter query row column index cache server worker queue build deploy release branch merge review test
error warning log message field value key name number date day week month year hour minute team channel meeting
note clinic question answer problem fix idea step change update version setting option profile template script
print export import open close save load send read write add remove move copy check set use need want try find
show ask tell know think work help wait break fail start stop run keep make take give get put go come see look
slow fast small large long short empty full right wrong missing broken ready done better worse first last next
again already always never often only just still also maybe please thanks sorry yes no well here now then soon
""".split()
FIRST = "Ana Bo Cy Dee Eli Fay Gus Hal Ida Jo Kim Leo Mia Ned Ola Pia Quin Ray Sue Tim Una Vic Wes Xia Yan Zoe".split()
LAST = "Adler Brook Carey Dunn Ellis Frost Grove Hayes Irwin Jarvis Kerr Lund Moss Nash Ortiz Pryor".split()
CHANNELS = ("general", "chart-help", "maps", "data-loads", "print", "show-and-tell", "random", "stewards")
START = 1672531200  # 2023-01-01
DAYS = 500


def sentence(rng: random.Random, asks: bool = False) -> str:
    """A line of common words, rarer ones further down the list as in a language."""
    found = [WORDS[min(int(rng.paretovariate(0.9)) - 1, len(WORDS) - 1)] for _ in range(rng.randint(4, 24))]
    found[1::3] = [rng.choice(WORDS) for _ in found[1::3]]
    return " ".join(found).capitalize() + ("?" if asks else ".")


def message(rng: random.Random, ts: str, user: str, **more: object) -> dict[str, object]:
    """A message as today's exports hold it, with its text said again in blocks and its author's profile."""
    text = " ".join(sentence(rng) for _ in range(rng.choice((1, 1, 1, 2, 3, 6))))
    if "replies" in more:
        text = f"{sentence(rng, asks=True)} {text}"
    section = {"type": "rich_text_section", "elements": [{"type": "text", "text": text}]}
    return {
        "client_msg_id": f"{rng.getrandbits(128):032x}",
        "type": "message",
        "text": text,
        "user": user,
        "ts": ts,
        "team": "T0123",
        "user_team": "T0123",
        "user_profile": {"real_name": user, "display_name": user, "team": "T0123", "name": user.lower()},
        "blocks": [{"type": "rich_text", "block_id": f"{rng.getrandbits(24):x}", "elements": [section]}],
        **more,
    }


def write_export(folder: Path, messages: int, channels: int = len(CHANNELS)) -> Path:
    """An export with so many messages in up to eight channels over 500 days, most of them in threads."""
    rng = random.Random(messages)
    users = [
        {
            "id": f"U{n:04d}",
            "team_id": "T0123",
            "name": f"{first}.{last}".lower(),
            "profile": {"real_name": f"{first} {last}", "display_name": first.lower() + str(n)},
        }
        for n, (first, last) in enumerate((first, last) for first in FIRST for last in LAST)
    ]
    ids = [str(user["id"]) for user in users]
    names = CHANNELS[:channels]
    _write(folder / "users.json", users)
    listed = [{"id": f"C{n:04d}", "name": name, "members": ids} for n, name in enumerate(names)]
    _write(folder / "channels.json", listed)
    _write(folder / "integration_logs.json", [])
    for number, name in enumerate(names):
        extra = messages % len(names) if number == 0 else 0
        _write_channel(folder / name, rng, ids, messages // len(names) + extra)
    return folder


def _write_channel(folder: Path, rng: random.Random, ids: list[str], messages: int) -> None:
    days: dict[str, list[dict[str, object]]] = {}
    left = messages
    while left:
        at = START + rng.randrange(DAYS * 86400)
        replies = min(rng.choice((0, 0, 0, 0, 1, 2, 3, 6)), left - 1)
        root = f"{at}.{rng.randrange(1_000_000):06d}"
        later = [
            f"{at + 60 * n + rng.randrange(60)}.{rng.randrange(1_000_000):06d}" for n in range(1, replies + 1)
        ]
        asker = rng.choice(ids)
        about = (
            {"thread_ts": root, "reply_count": replies, "replies": [{"ts": ts} for ts in later]}
            if replies
            else {}
        )
        thread = [message(rng, root, asker, **about)]
        for ts in later:
            thread.append(message(rng, ts, rng.choice(ids), thread_ts=root, parent_user_id=asker))
        for one in thread:
            day = datetime.fromtimestamp(int(str(one["ts"]).partition(".")[0]), UTC).date().isoformat()
            days.setdefault(day, []).append(one)
        left -= len(thread)
    for day, said in days.items():
        _write(folder / f"{day}.json", sorted(said, key=lambda one: str(one["ts"])))


def _write(path: Path, content: object) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content), encoding="utf-8")


if __name__ == "__main__":
    write_export(Path(sys.argv[1]), *map(int, sys.argv[2:]))

"""Feeds each reader of untrusted files with inputs that a coverage-guided fuzzer makes up (atheris, libFuzzer).

No part of the test suite. Install `atheris`, then from the root of the repository, for each name in TARGETS:

    python tests/fuzz/fuzz_readers.py slack -max_total_time=60
    python tests/fuzz/fuzz_readers.py mail -runs=20000

libFuzzer says how many inputs it gave and how coverage grew ("#20000 DONE cov: 1234"). What a reader must not do
is printed once for each place in the code, and the shortest input that does it is kept in fuzz-failures/ of the
folder for temporary files: raise anything but InputError, take more than two seconds, yield something other than
Record, Rejected and Skipped, or let a NUL or a lone surrogate into a text.
"""

from __future__ import annotations

import json
import os
import random
import re
import shutil
import sys
import tempfile
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields
from pathlib import Path
from xml.sax.saxutils import quoteattr

import atheris

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

with atheris.instrument_imports(include=["copassist", "ingest", "markdown_it"]):
    from copassist.errors import InputError
    from copassist.records import Group, Identity, Read, Record, Rejected, Segment, Skipped
    from copassist.secrets import masked
    from ingest import discourse, files, mail, slack, stackexchange

FAILURES = Path(tempfile.gettempdir()) / "fuzz-failures"
SLOW = 2.0
LARGEST = 6000
"""Bytes of one input: enough to say something wrong, and small enough that two seconds are too long."""
Json = dict[str, object]
Mutate = Callable[[bytes, random.Random], bytes]


class Wrong(Exception):
    """A reader did what it must not do."""


@dataclass(frozen=True, slots=True)
class Target:
    """`read` is given a folder to write in and the input; `seeds` are inputs in the true shape."""

    read: Callable[[Path, bytes], Iterator[Read]]
    seeds: tuple[bytes, ...]
    mutate: Mutate


# What the readers read


def _file(name: str) -> Callable[[Path, bytes], Iterator[Read]]:
    def read(folder: Path, data: bytes) -> Iterator[Read]:
        path = folder / name
        path.write_bytes(data)
        yield from files.read(path, name)

    return read


def _slack(folder: Path, data: bytes) -> Iterator[Read]:
    """One day of a channel in an export that is fine otherwise."""
    (folder / "help").mkdir()
    users = [{"id": "U01", "team_id": "T01", "name": "ines", "profile": {"real_name": "Ines Valcourt"}}]
    (folder / "users.json").write_text(json.dumps(users))
    (folder / "channels.json").write_text(json.dumps([{"id": "C01", "name": "help", "members": ["U01"]}]))
    (folder / "help" / "2024-11-12.json").write_bytes(data)
    slack.origin(folder)
    yield from slack.read(folder)


def _discourse(folder: Path, data: bytes) -> Iterator[Read]:
    (folder / "31.json").write_bytes(data)
    discourse.is_export(folder)
    discourse.origin(folder)
    yield from discourse.read(folder)


def _stackexchange(folder: Path, data: bytes) -> Iterator[Read]:
    """The posts of a dump whose other tables are fine."""
    user = '<users><row Id="41" DisplayName="Ines Valcourt" /></users>'
    (folder / "Users.xml").write_text(user)
    (folder / "Posts.xml").write_bytes(data)
    stackexchange.is_export(folder)
    yield from stackexchange.read(folder)


def _mail(folder: Path, data: bytes) -> Iterator[Read]:
    path = folder / "list.mbox"
    path.write_bytes(data)
    mail.is_export(path)
    mail.origin(path)
    yield from mail.read(path)


def _secrets(folder: Path, data: bytes) -> Iterator[Read]:
    """No reader, but given the same texts: masking again must change nothing."""
    text = data.decode("utf-8", "surrogateescape")
    once, _ = masked(text)
    if masked(once) != (once, {}):
        raise Wrong("masking again changes the text")
    yield Skipped("secrets", "text")


# Inputs in the true shape

_POST: Json = {
    "id": 701, "name": "Ines Valcourt", "username": "ines", "created_at": "2024-11-12T10:01:00.000Z",
    "cooked": '<p>Why <b>boxes</b>? <a class="mention" href="/u/dario">@dario</a></p><aside class="quote"'
    ' data-username="dario" data-post="1"><blockquote><p>Print.</p></blockquote></aside>', "post_number": 1,
    "post_type": 1, "reply_to_post_number": None, "user_id": 41, "hidden": False, "deleted_at": None,
    "accepted_answer": False, "topic_id": 31, "topic_slug": "boxes", "version": 1,
}  # fmt: skip
_TOPIC: Json = {
    "post_stream": {"posts": [_POST, _POST | {"id": 702, "post_number": 2, "user_id": 42, "accepted_answer": True}]},
    "id": 31, "title": "Boxes in the PDF", "tags": ["pdf", {"name": "fonts"}], "archetype": "regular",
    "created_at": "2024-11-12T10:01:00.000Z", "slug": "boxes", "accepted_answer": {"post_number": 2},
    "details": {"created_by": {"id": 41, "username": "ines"}},
}  # fmt: skip
_SAID: Json = {
    "type": "message", "user": "U01", "text": "Why boxes, <@U01>? <https://x.org|here> &amp; :smile:",
    "ts": "1731412345.000100", "thread_ts": "1731412345.000100", "reply_count": 1, "team": "T01",
    "replies": [{"user": "U01", "ts": "1731412400.000200"}], "edited": {"user": "U01", "ts": "1731412350.000000"},
    "user_profile": {"real_name": "Ines Valcourt", "name": "ines"},
    "files": [{"name": "a.pdf", "title": "A", "mimetype": "application/pdf"}],
    "blocks": [{"type": "rich_text", "elements": [
        {"type": "rich_text_section", "elements": [{"type": "text", "text": "Why", "style": {"code": True}},
         {"type": "link", "url": "https://x.org"}, {"type": "user", "user_id": "U01"},
         {"type": "emoji", "name": "ok"}]},
        {"type": "rich_text_list", "style": "ordered", "indent": 1, "elements": [
            {"type": "rich_text_section", "elements": [{"type": "text", "text": "one"}]}]},
        {"type": "rich_text_preformatted", "elements": [{"type": "text", "text": "code"}]},
        {"type": "rich_text_quote", "elements": [{"type": "text", "text": "said"}]}]}],
}  # fmt: skip
_REPLY: Json = _SAID | {
    "ts": "1731412400.000200",
    "subtype": "thread_broadcast",
    "root": {"ts": "1731412345.000100"},
}
_ROWS: tuple[Json, ...] = (
    {"Id": 5, "PostTypeId": 1, "AcceptedAnswerId": 7, "CreationDate": "2024-11-12T10:00:00.000", "Score": 3,
     "Body": "<p>The PDF shows <em>boxes</em>.</p>", "OwnerUserId": 41, "Title": "How?", "Tags": "<fonts><pdf>"},
    {"Id": 7, "PostTypeId": 2, "ParentId": 5, "CreationDate": "2024-11-12T11:00:00.000", "Body": "<p>Tick it.</p>",
     "OwnerDisplayName": "user42"},
)  # fmt: skip
_DUMP = '<?xml version="1.0" encoding="utf-8"?>\n<posts>\n{}\n</posts>'.format(
    "\n".join("<row " + " ".join(f"{k}={quoteattr(str(v))}" for k, v in row.items()) + " />" for row in _ROWS)
)
_MBOX = """From ines@example.org Tue Nov 12 10:00:00 2024
From: =?utf-8?q?In=C3=A9s?= <ines@example.org>
To: list@example.org
Subject: =?utf-8?b?Qm94ZXM=?= in the PDF?
Date: Tue, 12 Nov 2024 10:00:00 +0100
Message-ID: <1@example.org>
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary="b"

--b
Content-Type: text/plain; charset=utf-8; format=flowed
Content-Transfer-Encoding: quoted-printable

Why =E2=80=9Cboxes=E2=80=9D?
-- =20
In=C3=A9s
--b
Content-Type: text/markdown; name="notes.md"
Content-Disposition: attachment; filename*=utf-8''notes.md
Content-Transfer-Encoding: base64

IyBOb3RlcwoKQm94ZXMu
--b--

From dario@example.org Tue Nov 12 11:00:00 2024
From: Dario Fenwick <dario@example.org>
Subject: Re: Boxes in the PDF?
Date: Tue, 12 Nov 2024 11:00:00 +0100
Message-ID: <2@example.org>
In-Reply-To: <1@example.org>
References: <0@example.org> <1@example.org>
Content-Type: text/html; charset=iso-8859-1

<p>Tick it.</p><blockquote type="cite">On Tue, Ines wrote:<br>Why?</blockquote>
"""
_NOTES = """---
title: Clinic
date: 2024-11-12
attendees: [Ines Valcourt, Dario]
---
# Clinic 2024-11-12

**Facilitator:** Ines Valcourt
Attendees: Ines, ~~Dario~~, Mo (scribe)

## Problem
- [x] Boxes in the *PDF* [see](https://x.org "t")
  - nested `code`

| Name | Present |
|------|:-------:|
| Ines | x |

Ines: why?
Dario: tick it.

```py
x = 1
```
> quoted

## 2024-11-19
1. Advice
   Setext
   ---
<b>html</b> ![i](x.png) &amp; [^1]

[^1]: note
"""
_PAGE = """<!doctype html><html lang=en><head><meta charset="utf-8"><title>Clinic</title>
<meta name="author" content="Ines"><style>p{}</style><script>x()</script></head><body><h1>Clinic</h1>
<p>Facilitator: <b>Ines</b><br>Attendees: Ines, <s>Dario</s></p><ul><li>a<ol start=3><li>b</ol></ul>
<table><tr><th>Name<th>Here<tr><td colspan=2>Ines</table><pre><code>x = 1</code></pre>
<div hidden>no</div><blockquote>said</blockquote><img alt="i" src=x><a href="https://x.org">x</a></body></html>"""
_VTT = """WEBVTT - Clinic

NOTE title: Clinic

1
00:00:01.000 --> 00:00:04.000 align:start
<v Ines Valcourt>Why <i>boxes</i>?</v>

00:00:05.000 --> 00:00:06.500
Dario Fenwick: tick it.
and print
"""
_SRT = """1
00:00:01,000 --> 00:00:04,000
Ines Valcourt: why?

2
00:00:05,000 --> 00:00:06,500
- Dario: tick it.
"""
_SAYS = (
    "password: hunter"
    + "2\nAPI_KEY='0a1b2c3d4e5f60718293a4b5c6d7e8f9'\npostgres://u:p4ss!word@h/d\n"
    + (
        "-----BEGIN PRIVATE KEY-----\n"
        + "aB3/" * 24
        + "\n-----END PRIVATE KEY-----\nAuthorization: Bearer a1b2c3d4e5f6a7b8c9d0\n"
    )
)


# How inputs change

_ODD: tuple[object, ...] = (
    None, True, 0, -1, 2**63, 1e308, "", " ", "\0", "\ud800", "a" * 300, "<b>x", "<@U01>", "&#0;", "&lt;", "[]",
    "1731412345", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59.999Z", "2024-13-45", "99999999999.9", "\u202e",
    "٣", "²", "ß", [], {}, [[]],
)  # fmt: skip
_TOKENS = (
    "\0 \r \ufeff ======= ------- --- ``` ~~~ <v x> </v> --> 00:00:00.000 WEBVTT NOTE [ ]( ) ![ | || \" ' ; , \t"
    " & &#0; &#xD800; &#55296; <!-- --> <![CDATA[ ]]> <!DOCTYPE %PDF { } * ** _ # > - 1. : :: date: Attendees:"
    " Facilitator: 2024-11-12 31/02/2024 @ =?utf-8?q? ?= boundary= charset= Content-Type: multipart/mixed"
    " message/rfc822 base64 References: Date: password= token: ²"
).split(" ")


def _changed_json(data: bytes, rng: random.Random) -> bytes:
    """The same document with some of its values replaced, dropped, doubled or moved."""
    try:
        document = json.loads(data)
    except (ValueError, RecursionError):
        return atheris.Mutate(data, LARGEST)
    for _ in range(rng.randint(1, 4)):
        places = list(_places(document))
        if not places:
            break
        holder, key = rng.choice(places)
        change = rng.randrange(5)
        if change == 0:
            holder[key] = rng.choice(_ODD)
        elif change == 1 and isinstance(holder[key], str):
            holder[key] = _spliced(holder[key], rng)
        elif change == 2:
            other, its_key = rng.choice(places)
            holder[key] = json.loads(json.dumps(other[its_key]))
        elif change == 3:
            del holder[key]
        elif isinstance(holder, list):
            holder.insert(key, json.loads(json.dumps(holder[key])))
    return json.dumps(document, ensure_ascii=rng.random() < 0.5).encode("utf-8", "surrogatepass")


def _places(document: object) -> Iterator[tuple[object, object]]:
    todo = [document]
    while todo:
        holder = todo.pop()
        keys = (
            list(holder)
            if isinstance(holder, dict)
            else range(len(holder))
            if isinstance(holder, list)
            else ()
        )
        for key in keys:
            yield holder, key
            todo.append(holder[key])


def _spliced(text: str, rng: random.Random) -> str:
    at, to = sorted((rng.randint(0, len(text)), rng.randint(0, len(text))))
    return rng.choice(
        [
            text[:at] + rng.choice(_TOKENS) + text[at:],
            text[:at] + text[to:],
            text[:to] + text[at:to] * 3 + text[to:],
        ]
    )


def _changed_lines(data: bytes, rng: random.Random) -> bytes:
    """The same text with some lines doubled, dropped, swapped or changed inside."""
    lines = data.decode("utf-8", "surrogateescape").split("\n")
    for _ in range(rng.randint(1, 4)):
        n, other = rng.randrange(len(lines)), rng.randrange(len(lines))
        change = rng.randrange(6)
        if change == 0:
            lines.insert(n, lines[other])
        elif change == 1 and len(lines) > 1:
            del lines[n]
        elif change == 2:
            lines[n], lines[other] = lines[other], lines[n]
        elif change == 3:
            lines[n] = (lines[n] + rng.choice(["", " ", "\t"])) * rng.choice([2, 3, 30])
        else:
            lines[n] = _spliced(lines[n], rng)
    return "\n".join(lines).encode("utf-8", "surrogatepass" if rng.random() < 0.1 else "replace")


def _changed_rows(data: bytes, rng: random.Random) -> bytes:
    """The same rows with some attributes given odd values, else changed as lines are."""
    text = data.decode("utf-8", "replace")
    values = list(re.finditer('(?<==")[^"]*(?=")', text))
    if not values or rng.random() < 0.4:
        return _changed_lines(data, rng)
    value = rng.choice(values)
    odd = rng.choice([str(rng.choice(_ODD)), rng.choice(values)[0], _spliced(value[0], rng)])
    odd = odd.replace('"', "&quot;").replace("<", "&lt;")
    return (text[: value.start()] + odd + text[value.end() :]).encode("utf-8", "replace")


TARGETS = {
    "slack": Target(_slack, (json.dumps([_SAID, _REPLY]).encode(),), _changed_json),
    "discourse": Target(_discourse, (json.dumps(_TOPIC).encode(),), _changed_json),
    "stackexchange": Target(_stackexchange, (_DUMP.encode(),), _changed_rows),
    "mail": Target(_mail, (_MBOX.encode(),), _changed_lines),
    "markdown": Target(_file("2024-11-12 clinic.md"), (_NOTES.encode(),), _changed_lines),
    "text": Target(_file("clinic.txt"), (_NOTES.encode(),), _changed_lines),
    "html": Target(_file("clinic.html"), (_PAGE.encode(),), _changed_lines),
    "csv": Target(_file("people.csv"), (b'Name;Here\n"Ines; V";x\nDario;"a\nb"\n',), _changed_lines),
    "vtt": Target(_file("clinic.vtt"), (_VTT.encode(),), _changed_lines),
    "srt": Target(_file("clinic.srt"), (_SRT.encode(),), _changed_lines),
    "secrets": Target(_secrets, (_SAYS.encode(),), _changed_lines),
}


# What they must not do


def _check(found: Read) -> None:
    if not isinstance(found, Record | Rejected | Skipped):
        raise Wrong(f"yields {type(found).__name__}")
    for text in _texts(found):
        if "\0" in text or any("\ud800" <= c <= "\udfff" for c in text):
            raise Wrong(f"NUL or lone surrogate in a text of {type(found).__name__}")


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, tuple):
        for one in value:
            yield from _texts(one)
    elif isinstance(value, Record | Rejected | Skipped | Segment | Identity | Group):
        for field in fields(value):
            yield from _texts(getattr(value, field.name))


def _one(name: str, data: bytes) -> None:
    """Give a reader one input, and keep the input if the reader does what it must not do."""
    folder = Path(tempfile.mkdtemp(dir="/dev/shm" if Path("/dev/shm").is_dir() else None))
    started = _seconds()
    try:
        for found in TARGETS[name].read(folder, data):
            _check(found)
        if (took := _seconds() - started) > SLOW:
            raise Wrong(f"takes {took:.1f} seconds")
    except InputError:
        pass
    except Exception as error:  # whatever it is, it's what we look for
        _keep(name, data, error)
    finally:
        shutil.rmtree(folder)


def _seconds() -> float:
    """Seconds of processor time that this process and those it waited for have taken."""
    return sum(os.times()[:4])


def _keep(name: str, data: bytes, error: Exception) -> None:
    """Write down an input that fails, unless a shorter one that fails in the same place is known."""
    ours = [
        f
        for f in traceback.extract_tb(error.__traceback__)
        if str(ROOT) in f.filename and ".venv" not in f.filename
    ]
    last = ours[-1]
    what = re.sub(r"[0-9.]+", "", str(error))[:40] if isinstance(error, Wrong) else ""
    place = re.sub(
        r"\W+", "-", f"{name}-{Path(last.filename).stem}-{last.lineno}-{type(error).__name__}-{what}"
    ).strip("-")
    kept = FAILURES / place
    if not kept.exists() or len(data) < kept.stat().st_size:
        print(
            f"{'shorter' if kept.exists() else 'NEW'}: {kept} ({len(data)} bytes): {type(error).__name__}: {error}"
        )
        kept.write_bytes(data)


def main() -> None:
    name = sys.argv[1] if len(sys.argv) > 1 else ""
    if name not in TARGETS:
        sys.exit(f"Name one of: {', '.join(TARGETS)}")
    target = TARGETS[name]
    FAILURES.mkdir(exist_ok=True)
    corpus = Path(tempfile.mkdtemp(prefix=f"fuzz-{name}-"))
    for n, seed in enumerate(target.seeds):
        (corpus / f"seed-{n}").write_bytes(seed)

    def mutate(data: bytes, largest: int, seed: int) -> bytes:
        rng = random.Random(seed)
        if rng.random() < 0.2:
            return atheris.Mutate(data, largest)
        return target.mutate(data, rng)[:largest]

    arguments = [
        sys.argv[0],
        f"-max_len={LARGEST}",
        "-timeout=90",
        f"-artifact_prefix={FAILURES}/",
        *sys.argv[2:],
        str(corpus),
    ]
    atheris.Setup(arguments, lambda data: _one(name, data), custom_mutator=mutate)
    atheris.Fuzz()


if __name__ == "__main__":
    main()

"""What the headers of a mail say: which one it is, whom it answers, who wrote it and when."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from email.parser import BytesHeaderParser
from email.utils import getaddresses, parsedate_tz

from copassist.records import Identity, named
from ingest.mail.parts import decoded

LONGEST_HEADERS = 256 * 1024
MOST_REFERENCES = 100
"""Of a longer list the first and the last are taken."""
EARLIEST = datetime(1971, 1, 1, tzinfo=UTC)
"""An earlier time is that of a clock that wasn't set."""
LARGEST_OFFSET = 14 * 3600

Headers = Mapping[str, str]
"""The first value of each header by its name in lower case, as it was written."""

_HEADERS_END = re.compile(rb"\r?\n\r?\n|\r\r")
_ID = re.compile(r"<([^<>]{1,600})>")
_REPLY = (
    r"re|aw|antw(?:ort)?|sv|vs|vá|res|resp|rif|rép|ré|odp|ynt|cevap|atb|отв|ответ|回复|答复|回覆|返信|답장"
)
_FORWARD = r"fwd?|wg|tr|enc|rv|doorst|vb|pd|vidarebef|ilt|továbbítás|пересл|转发|轉寄|転送|전달"
_PREFIX = re.compile(
    rf"\s*(?:({_REPLY})|{_FORWARD})\s?(?:\[\d{{1,3}}\]|\(\d{{1,3}}\))?\s?[:：]\s*", re.IGNORECASE
)
_TAG = re.compile(r"\s*\[([^\[\]]{1,60})\]\s*")
_WARNINGS = {"external", "ext", "extern", "spam", "suspected spam", "caution"}
_SHARED = re.compile(
    r"(?:no-?reply|do-?not-?reply|notifications?|notify|comments-noreply|mailer|.*-noreply)(?:\+.*)?"
)
_MASKED = re.compile(r"\.\.\.|…|\*\*|^(?:hidden|xxx)")
_OUT_OF_OFFICE = re.compile(
    r"(?:automatic reply|auto(?:mated)?[- ]?re(?:ply|sponse)|out of (?:the )?office|automatische (?:antwort"
    r"|antwoord)|abwesenheits(?:notiz|nachricht|meldung|assistent)|réponse automatique"
    r"|absence du bureau|respuesta automática|fuera de (?:la )?oficina|resposta automática|risposta automatica"
    r"|fuori (?:sede|ufficio)|afwezigheid|autosvar"
    r"|automatiskt svar|автоответ|自动回复|自動返信|undeliver(?:able|ed mail)|delivery status notification"
    r"|mail delivery failed|returned mail|unzustellbar|failure notice)\s*(?:[:：(–-]|$)",
    re.IGNORECASE,
)
_DIGEST = re.compile(r"\bdigest, vol(?:\.|ume)? \d+, (?:issue|nummer|numéro|nr|n°)", re.IGNORECASE)


_OF_LISTS = set(
    "list-id list-post list-archive x-mailing-list mailing-list x-beenthere references in-reply-to".split()
)
_LABELS_UNREAD = set("spam trash bin papierkorb corbeille papelera cestino lixeira prullenbak".split())
_LABELS_DRAFT = set("draft drafts entwürfe brouillons borradores bozze rascunhos concepten".split())


@dataclass(frozen=True, slots=True)
class Head:
    """A mail without its text. `references` are oldest first, `subject` is as written.

    `unread` says why nobody wants to read it ("automatic reply"), "" if that isn't so.
    """

    id: str
    references: tuple[str, ...] = ()
    author: Identity | None = None
    time: datetime | None = None
    subject: str = ""
    channel: str = ""
    link: str = ""
    unread: str = ""


def head(content: bytes, arrived: datetime | None, now: datetime) -> Head | None:
    """The head of a mail, None where `content` doesn't begin with the headers of one.

    `arrived` is when the mailbox says that it came, the last resort for its time.
    """
    headers, rest = split(content)
    if not headers.keys() & {"from", "date", "subject", "message-id", "received", "to"}:
        return None
    subject = decoded(headers.get("subject", ""))
    return Head(
        id=_own_id(headers) or _made_id(headers, content[rest:]),
        references=_references(headers),
        author=author(headers),
        time=_time(headers, arrived, now),
        subject=subject,
        channel=list_id(headers),
        link=_archived_at(headers),
        unread=_unread_kind(headers, subject),
    )


def split(content: bytes) -> tuple[Headers, int]:
    """The headers that `content` begins with, and where the text below them begins."""
    found = _HEADERS_END.search(content, 0, LONGEST_HEADERS)
    end = found.end() if found else min(len(content), LONGEST_HEADERS)
    fields: dict[str, str] = {}
    for name, value in BytesHeaderParser().parsebytes(content[:end].lstrip(b"\xef\xbb\xbf\r\n")).raw_items():
        fields.setdefault(str(name).lower(), str(value))
    return fields, end


# Which one


def _own_id(headers: Headers) -> str:
    value = decoded(headers.get("message-id", ""))
    found = _ID.search(value)
    return "".join((found[1] if found else value[:600]).split()).strip("<>")


def _made_id(headers: Headers, text: bytes) -> str:
    """An id for a mail without one: the same wherever the mail is kept."""
    digest = hashlib.sha256()
    for name in ("from", "date", "subject"):
        digest.update(decoded(headers.get(name, "")).encode() + b"\n")
    digest.update(text.translate(None, b" \t\r\n"))
    return f"{digest.hexdigest()[:32]}@no-message-id"


def _references(headers: Headers) -> tuple[str, ...]:
    """The ids of the mails above this one; of In-Reply-To the first, where there are no References."""
    for name, most in (("references", MOST_REFERENCES), ("in-reply-to", 1)):
        found = ["".join(found.split()) for found in _ID.findall(headers.get(name, "")[:LONGEST_HEADERS])]
        ids = [id for id in (decoded(id) for id in found) if id]
        if ids:
            first = ids[:1] if len(ids) > most else []
            return tuple(dict.fromkeys([*first, *ids[len(first) - most :]] if most > 1 else ids[:1]))
    return ()


# Who


def author(headers: Headers) -> Identity | None:
    """Who wrote a mail, None if it doesn't say.

    Where a list or a service has put its own address in the place of the author's, that isn't taken for
    the author's: what the mail says of the original is, else the name alone.
    """
    address, name = _mailbox(headers.get("from", ""))
    if original := headers.get("x-original-from"):
        true_address, true_name = _mailbox(original)
        if true_address:
            return _identity(true_address, true_name or name)
    shown, _, via = name.rpartition(" via ")
    if shown and via:
        shown = shown.strip("'\" ")
        return _identity(_address_behind(headers, address, shown), shown)
    return _identity(_without_dmarc(address), name)


def _identity(address: str, name: str) -> Identity | None:
    local = address.rpartition("@")[0].lower()
    if not address or _SHARED.fullmatch(local[:80]):  # one address of many people
        return named(name) if name else None
    return Identity("mail", address.lower(), "" if name.lower() == address.lower() else name, email=address)


def _address_behind(headers: Headers, listed: str, name: str) -> str:
    """The author's own address, where the one in From is that of a list; "" if the mail doesn't say it."""
    sender = _mailbox(headers.get("x-original-sender", ""))[0]
    if sender and sender.lower() != listed.lower():
        return sender
    posts = headers.get("list-post", "").lower()
    words = set(re.findall(r"\w+", name.lower()))
    for shown, address in _mailboxes(headers.get("reply-to", "")):
        is_list = address.lower() == listed.lower() or (address and address.lower() in posts)
        if address and not is_list and (not shown or words & set(re.findall(r"\w+", shown.lower()))):
            return address
    return ""


def _without_dmarc(address: str) -> str:
    """ana=40example.org@dmarc.ietf.org is ana@example.org."""
    local, _, domain = address.rpartition("@")
    if domain.lower().startswith("dmarc.") and "=40" in local:
        return local.replace("=40", "@")
    return address


def _mailbox(value: str) -> tuple[str, str]:
    """Address and name of the first of some mailboxes, "" for what isn't there or is masked."""
    value = " ".join(value[:2000].split())
    obscured = re.fullmatch(r"([^\s()<>]{1,100}) at ([^\s()<>]{1,100})(?: \((.{0,200})\))?", value)
    if obscured:
        name, address = obscured[3] or "", f"{obscured[1]}@{obscured[2]}"
    elif "@" not in value and "<" not in value:
        name, address = value, ""
    else:
        name, address = next(iter(_mailboxes(value)), ("", ""))
        if "@" not in address and "<" in value:  # a comma without quotation marks, or "ana at example.org"
            name, _, rest = value.rpartition("<")
            address = re.sub(r"^(\S+) at (\S+)$", r"\1@\2", rest.split(">")[0].strip())
    name = decoded(name).strip("'\" ")
    address = decoded(address).strip("<>'\" ")
    if "@" not in address.strip("@") or " " in address:
        return "", name or address
    return ("", name) if _MASKED.search(address) else (address, name)


def _mailboxes(value: str) -> list[tuple[str, str]]:
    """Name and address of each mailbox of a header."""
    value = value[:2000]
    return getaddresses([value]) if value.count("(") <= 20 else []  # the library descends into each


# When


def _time(headers: Headers, arrived: datetime | None, now: datetime) -> datetime | None:
    """When a mail was written, in UTC; by when it came, if its own clock was wrong."""
    latest = now + timedelta(days=1)
    came = _date(headers.get("received", "").rpartition(";")[2]) or arrived
    if came and not EARLIEST <= came <= latest:
        came = None
    written = _date(headers.get("date", ""))
    if written and EARLIEST <= written <= (came + timedelta(days=1) if came else latest):
        return written
    return came


def _date(value: str) -> datetime | None:
    """A date of a header in UTC; without a zone it is taken to be there."""
    try:
        found = parsedate_tz(decoded(value[:200]))
        if found is None or abs(found[9] or 0) > LARGEST_OFFSET:
            return None
        zone = timezone(timedelta(seconds=found[9] or 0))
        return datetime(*found[:5], min(found[5], 59), tzinfo=zone).astimezone(UTC)
    except (ValueError, OverflowError, IndexError, TypeError):
        return None


def postmark_time(line: str) -> datetime | None:
    """When a mail came, by the line that starts it in an mbox."""
    found = re.search(
        r"(?:[A-Z][a-z]{2},? )?[A-Z][a-z]{2} {1,2}\d{1,2} .*|[A-Z][a-z]{2}, \d{1,2} .*", line[:300]
    )
    return _date(found[0]) if found else None


# What and where


def base_subject(subject: str, noise: frozenset[str] = frozenset()) -> tuple[str, bool]:
    """A subject without Re:, Fwd: and the tags in `noise`, and whether it had a Re:.

    Tags are compared in lower case.
    """
    is_reply = False
    rest = subject.strip()
    for _ in range(20):
        tag = _TAG.match(rest)
        if tag and tag[1].strip().lower() in noise | _WARNINGS and rest[tag.end() :]:
            rest = rest[tag.end() :]
        elif prefix := _PREFIX.match(rest):
            is_reply |= prefix[1] is not None
            rest = rest[prefix.end() :]
        elif wrapped := re.fullmatch(r"\[(?:fwd|fw): ?(.*)\]|(.*\S) ?\(fwd\)", rest, re.IGNORECASE):
            rest = wrapped[1] or wrapped[2]
        else:
            break
    return " ".join(rest.split()), is_reply


def tags(subject: str) -> list[str]:
    """The tags ("[guild]") that a subject starts with, in lower case."""
    found: list[str] = []
    rest = base_subject(subject)[0]
    while len(found) < 5 and (tag := _TAG.match(rest)):
        found.append(tag[1].strip().lower())
        rest = base_subject(rest[tag.end() :])[0]
    return found


def list_id(headers: Headers) -> str:
    """The id of the mailing list that a mail came through ("guild.lists.example.org"), else ""."""
    value = decoded(headers.get("list-id", ""))
    found = _ID.search(value)
    return "".join((found[1] if found else value).split()).lower()[:200]


def _archived_at(headers: Headers) -> str:
    found = re.fullmatch(r"<?(https://[^\s<>\"]{1,900})>?", decoded(headers.get("archived-at", "")))
    return found[1] if found else ""


def _unread_kind(headers: Headers, subject: str) -> str:
    automatic = headers.get("auto-submitted", "no").split(";")[0].strip().lower()
    precedence = headers.get("precedence", "").strip().lower()
    labels = {label.strip().lower() for label in decoded(headers.get("x-gmail-labels", "")).split(",")}
    local = _mailbox(headers.get("from", ""))[0].lower().partition("@")[0]
    listed = bool(_OF_LISTS & headers.keys())
    if labels & _LABELS_UNREAD or headers.get("x-spam-flag", "").strip().lower() == "yes":
        return "spam"
    if labels & _LABELS_DRAFT:
        return "draft"
    if _is_expunged(headers):
        return "deleted message"
    if "chat" in labels:
        return "chat"
    if local in ("mailer-daemon", "postmaster"):
        return "bounce"
    replies = automatic.startswith("auto-replied") or precedence == "auto_reply"
    if replies or {"x-autoreply", "x-autorespond"} & headers.keys() or _OUT_OF_OFFICE.match(subject):
        return "automatic reply"
    if automatic != "no" or (precedence in ("bulk", "junk") and not listed):
        return "automatic message"
    return "digest of a list" if _DIGEST.search(subject) else ""


def _is_expunged(headers: Headers) -> bool:
    """Whether Thunderbird only waits to take it out of the file."""
    status = headers.get("x-mozilla-status", "").strip()
    return re.fullmatch("[0-9a-fA-F]{4}", status) is not None and bool(int(status, 16) & 0x0008)

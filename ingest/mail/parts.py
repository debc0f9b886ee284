"""The parts of one mail: its text, whatever its encoding, and the files attached to it."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from email import message_from_bytes
from email.errors import HeaderParseError
from email.header import decode_header
from email.message import Message
from pathlib import PurePosixPath

from copassist.errors import InputError
from ingest import html_text
from ingest.mail.quotes import EDGE
from ingest.mail.text import unflowed

MOST_CHARACTERS = 1_000_000
"""A longer text is no letter but the output of a program."""
MOST_LINES = 1_000_000
MOST_PARTS = 2_000
DEEPEST = 100
LONGEST_FIELD = 4_000
MOST_FIELDS = 400_000
"""What no mail program writes: the library's parser takes too long for it, or too much memory."""

_TYPE_FIELD = re.compile(rb"^content-type:[^\r\n]*(?:\r?\n[ \t][^\r\n]*)*", re.IGNORECASE | re.MULTILINE)
_TYPE = re.compile(r"[\w.+-]{1,80}/[\w.+-]{1,80}", re.ASCII)
_NESTS = re.compile(rb"multipart/|message/", re.IGNORECASE)
_BOUNDARY = re.compile(rb"^--[^\s]", re.MULTILINE)
_META_CHARSET = re.compile(rb"<meta[^>]{1,200}?charset=[\"']?([\w-]{1,40})", re.IGNORECASE)
_ENCODED_WORD = r"=\?[^?\s]+\?[bBqQ]\?[^?]*\?="
_ENCODED_WORDS = re.compile(rf"{_ENCODED_WORD}(?:\s+{_ENCODED_WORD})*")
_QUOTES_IN_HTML = re.compile(rb"<blockquote|gmail_quote|divRplyFwdMsg|yahoo_quoted", re.IGNORECASE)
_NO_CHARSETS = {"idna", "punycode", "unicode_escape", "raw_unicode_escape", "undefined", "mbcs", "oem"}
_WIDER = {"iso8859-1": "cp1252", "ascii": "cp1252", "gb2312": "gb18030", "gbk": "gb18030", "euc_kr": "cp949"}
_OTHER_NAMES = {
    "ks_c_5601-1987": "cp949",
    "x-gbk": "gb18030",
    "utf8mb4": "utf-8",
    "x-sjis": "cp932",
    "cp-850": "cp850",
}
_SUFFIXES = {
    "application/pdf": ".pdf",
    "application/msword": ".doc",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": ".docx",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation": ".pptx",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": ".xlsx",
    "application/vnd.oasis.opendocument.text": ".odt",
    "text/plain": ".txt",
    "text/html": ".html",
    "text/csv": ".csv",
    "text/markdown": ".md",
    "text/calendar": ".ics",
    "message/rfc822": ".eml",
}


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a mail. `choice` numbers the alternatives that it is one of, 0 for none.

    `name` is that of a file, "" for text that is to be read in the mail itself.
    """

    type: str
    content: bytes
    charset: str = ""
    name: str = ""
    choice: int = 0
    flowed: str = ""
    """"flowed" where lines are broken softly, "delsp" where such a break has no space."""


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail taken apart. `unread` says why it isn't read ("encrypted message"), "" if it is."""

    parts: tuple[Part, ...]
    unread: str = ""


def taken_apart(content: bytes) -> Mail:
    """The parts of a mail, in order; those that only frame others are left out.

    Raises InputError if it is built in a way that no mail program builds it.
    """
    _check_size(content)
    try:
        message = message_from_bytes(content)
        unread = _unread_kind(message)
        return Mail(() if unread else tuple(_leaves(message)), unread)
    except Exception as error:  # the library raises anything on broken headers; here the mail is the cause
        raise InputError(f"is built in a broken way ({type(error).__name__}); save it again") from error


def _check_size(content: bytes) -> None:
    fields = _TYPE_FIELD.findall(content)
    nests = sum(_NESTS.search(field) is not None for field in fields)
    if content.count(b"\n") > MOST_LINES or content.count(b"\r") > MOST_LINES:
        raise InputError(f"has more than {MOST_LINES} lines; save what is attached as files")
    if nests > DEEPEST or (nests and sum(1 for _ in _BOUNDARY.finditer(content)) > MOST_PARTS):
        raise InputError(
            f"has more than {MOST_PARTS} parts, or {DEEPEST} inside each other; save them as files"
        )
    if any(len(field) > LONGEST_FIELD for field in fields) or sum(map(len, fields)) > MOST_FIELDS:
        raise InputError(
            f"has a Content-Type of more than {LONGEST_FIELD} characters, or too many; save it again"
        )


def _unread_kind(message: Message) -> str:
    kind = message.get_content_type()
    smime = ("application/pkcs7-mime", "application/x-pkcs7-mime")
    if kind == "multipart/encrypted" or kind in smime:
        return "encrypted message"
    if kind == "multipart/report":
        report = str(message.get_param("report-type", "")).lower()
        return "read receipt" if report == "disposition-notification" else "bounce"
    inner = [part.get_content_type() for part in _children(message)]
    if kind == "multipart/digest" or "multipart/digest" in inner:
        return "digest of a list"
    if kind == "text/calendar" or any(_invites(part) for part in (message, *_children(message))):
        return "calendar invitation"
    return "encrypted message" if inner and all(i in smime for i in inner) else ""


def _children(message: Message) -> list[Message]:
    payload = message.get_payload()
    return [p for p in payload if isinstance(p, Message)] if isinstance(payload, list) else []


def _invites(part: Message) -> bool:
    """Whether an invitation is one of the forms in which this part says its text."""
    if part.get_content_type() != "multipart/alternative":
        return part.get_content_type() == "text/calendar" and part.get_param("method") is not None
    return any(child.get_content_type() == "text/calendar" for child in _children(part))


def _leaves(message: Message) -> Iterator[Part]:
    """Parts with content, without those that hold others; a stack, as nesting is up to the sender."""
    waiting: list[tuple[Message, int]] = [(message, 0)]
    choices = 0
    while waiting:
        part, choice = waiting.pop()
        stated = part.get_content_type()
        kind = stated if _TYPE.fullmatch(stated) else "application/octet-stream"
        if kind.startswith("message/"):
            yield Part("message/rfc822", b"", name=_file_name(part, kind) or "message.eml")
            continue
        if not part.is_multipart():
            yield _leaf(part, kind, choice)
            continue
        if kind == "multipart/alternative" and not choice:
            choices += 1
            choice = choices
        children = _children(part)[:1] if kind == "multipart/signed" else _children(part)
        waiting += [(child, choice) for child in reversed(children)]


def _leaf(part: Message, kind: str, choice: int) -> Part:
    fields = (part.get("content-disposition") or "", part.get("content-transfer-encoding") or "")
    if any(len(str(field)) > LONGEST_FIELD for field in fields):
        return Part("application/octet-stream", b"", name="attachment")
    attached = part.get_content_disposition() == "attachment"
    name = _file_name(part, kind)
    is_text = kind in ("text/plain", "text/html", "text/markdown") or (
        kind.startswith("text/") and choice > 0
    )
    is_file = attached or not is_text or (name != "" and not choice)
    name = (name or f"attachment{_SUFFIXES.get(kind, '')}") if is_file else ""
    flowed = str(part.get_param("format", "")).lower() == "flowed"
    delsp = str(part.get_param("delsp", "")).lower() == "yes"
    content = part.get_payload(decode=True)
    return Part(
        kind,
        content if isinstance(content, bytes) else b"",
        charset=str(part.get_param("charset", "") or ""),
        name=name,
        choice=choice,
        flowed="" if not flowed else "delsp" if delsp else "flowed",
    )


def _file_name(part: Message, kind: str) -> str:
    """The last component of the name that a part gives its file, never a path; "" if it gives none."""
    stated = decoded(str(part.get_filename() or ""))
    name = re.sub(r"[\x00-\x1f\x7f<>:\"|?*]", "", re.split(r"[/\\]", stated)[-1]).strip(" .")
    suffix = PurePosixPath(name).suffix[:10] or _SUFFIXES.get(kind, "")
    stem = name.removesuffix(suffix).encode()[:100].decode("utf-8", "ignore")
    return f"{stem}{suffix}" if stem else ""


# Text


def body(parts: Sequence[Part]) -> tuple[str, bool]:
    """The text to be read in a mail, and whether its lines may have been broken to fit a window.

    Of alternatives the plain text is taken, HTML where there is none or it says nothing. Raises
    InputError if the HTML can't be read, or if nobody can have written so much.
    """
    texts: list[str] = []
    broken = False
    for group in _grouped([part for part in parts if not part.name]):
        plain = [part for part in group if part.type in ("text/plain", "text/markdown")]
        said = "\n\n".join(_plain(part) for part in plain)
        html = [part for part in group if part.type == "text/html"]
        if not html or (_says_something(said) and not _only_html_marks(said, html)):
            texts.append(said)
            broken |= any(not part.flowed for part in plain)
        else:
            texts += [html_text.plain(_html(part), _instead) for part in html]
    text = "\n".join(texts)
    if len(text) > MOST_CHARACTERS:
        raise InputError(f"has a text of more than {MOST_CHARACTERS} characters; save it as a file")
    return text, broken


def _grouped(parts: Sequence[Part]) -> list[list[Part]]:
    """Parts that say the same in different forms together; parts that stand alone as groups of one."""
    groups: dict[tuple[int, int], list[Part]] = {}
    for number, part in enumerate(parts):
        groups.setdefault((part.choice, 0 if part.choice else number), []).append(part)
    return list(groups.values())


def _plain(part: Part) -> str:
    text = text_of(part.content, part.charset).replace("\r\n", "\n").replace("\r", "\n")
    return unflowed(text, part.flowed == "delsp") if part.flowed else text


def _says_something(text: str) -> bool:
    words = re.sub(r"https?://\S+|\[(?:cid|image):[^\]]{0,200}\]", "", text)[:2000].strip()
    useless = re.search(
        r"(?i)\bhtml\b.{0,60}\b(?:view|enabled?|compatible|support|version|browser|anzeigen|afficher|reader|client)",
        words[:300],
    )
    return bool(re.search(r"\w|[^\x00-\x7f]", words)) and not (useless and len(words) < 300)


def _only_html_marks(text: str, html: list[Part]) -> bool:
    """Whether quotations are marked in the HTML and not in the plain text."""
    quotes = any(_QUOTES_IN_HTML.search(part.content) for part in html)
    return quotes and not re.search(r"^[ \t]{0,8}>", text, re.MULTILINE)


def _html(part: Part) -> str:
    stated = _META_CHARSET.search(part.content[:4000])
    return text_of(part.content, part.charset or (stated[1].decode("ascii") if stated else ""))


def _instead(tag: str, attributes: Mapping[str, str]) -> str | None:
    """What stands for the elements in which mail programs put signatures and quotations."""
    marks = f"{attributes.get('class', '')} {attributes.get('id', '')}".lower()
    style = attributes.get("style", "").lower()
    if any(mark in marks for mark in ("gmail_signature", "moz-signature", "moz-cite-prefix", "yahoo_quoted")):
        return "> " if "moz-cite" in marks or "yahoo" in marks else ""
    if attributes.get("id", "").lower() in ("signature", "ms-outlook-mobile-signature", "x_signature"):
        return ""
    edge = "divrplyfwdmsg" in marks or "outlookmessageheader" in marks
    if edge or (tag == "div" and re.search(r"border-top:\s?solid #(?:e1e1e1|b5c4df) 1\.0pt", style[:400])):
        return EDGE
    return None


def text_of(content: bytes, charset: str) -> str:
    """`content` as text in the encoding that it says it has, or in the one that it really has."""
    name = _codec(charset)
    tries = ["utf-8", name] if name in ("", "cp1252") else [name, "utf-8"]
    for encoding in filter(None, tries):
        try:
            return clean(content.decode(encoding))
        except ValueError:
            continue
    return clean(content.decode("cp1252", "replace"))


def _codec(charset: str) -> str:
    """Python's name of an encoding, a wider one where senders mean that; "" if it isn't known."""
    wanted = charset.strip(" '\"").lower()[:40]
    try:
        name = codecs.lookup(_OTHER_NAMES.get(wanted, wanted)).name
        b"".decode(name)
    except (LookupError, ValueError):
        return ""
    return "" if name.replace("-", "_") in _NO_CHARSETS else _WIDER.get(name, name)


def decoded(value: str) -> str:
    """A header's value in words: encoded words (RFC 2047) and bytes outside of ASCII read, on one line."""
    value = value[:LONGEST_FIELD]
    if value.isascii() and "=?" not in value:
        return " ".join(value.replace("\0", "").split())
    if any("\udc80" <= c <= "\udcff" for c in value):  # bytes that the parser couldn't read
        value = text_of(value.encode("utf-8", "surrogateescape"), "")
    return " ".join(clean(_ENCODED_WORDS.sub(_read_words, value)).split())


def _read_words(words: re.Match[str]) -> str:
    try:
        found = decode_header(words[0])
    except HeaderParseError:
        return words[0]
    return "".join(t if isinstance(t, str) else text_of(t, charset or "") for t, charset in found)


def clean(text: str) -> str:
    """`text` without what no database takes: NUL, half a pair."""
    return text.replace("\0", "").encode("utf-8", "replace").decode()

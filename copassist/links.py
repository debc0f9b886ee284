"""The address of an original, at the place that a citation quotes."""

from __future__ import annotations

import re
from urllib.parse import quote, urlsplit

from copassist.records import RecordSummary, StoredSegment
from copassist.shown import shown

_SLACK = re.compile(r"(?P<channel>.*/archives/(?P<id>[A-Z0-9]+))/p(?P<ts>\d{16})")
_STACK_EXCHANGE = re.compile(r"(?P<site>https?://.*)/(?:q|questions)/\d+")
_DISCOURSE = re.compile(r".*/t/(?:[^/?#]+/)?\d+")
_MARKDOWN = re.compile(r"[^?#]*\.(?:md|markdown)", re.IGNORECASE)
_PDF = re.compile(r"[^?#]*\.pdf", re.IGNORECASE)
_MAIL = re.compile(r"(?P<archive>https?://[^?#]*/)[^/?#]*(?:@|%40)[^/?#]*")
_CLIMBS = re.compile(r"/(?:\.|%2e){2}(?:/|$)", re.IGNORECASE)
_HOST = re.compile(r"[a-z0-9._-]+|\[[0-9a-f:.]+\]")


def original(record: RecordSummary, segment: StoredSegment | None = None) -> str:
    """The address of a record's original, at the segment if the source has addresses for such places.

    "" where there is none, or none that only opens a web page.
    """
    link = safe(record.link)
    return safe(_at(link, segment)) if link and segment else link


def _at(link: str, segment: StoredSegment) -> str:
    """The address of the message, answer, post, mail, heading or page that a segment is; else `link`."""
    numbers = re.findall(r"\d+", segment.location)
    if (found := _SLACK.fullmatch(link)) and re.fullmatch(r"\d{10}\.\d{6}", segment.key):
        address = f"{found['channel']}/p{segment.key.replace('.', '')}"
        thread = f"?thread_ts={found['ts'][:10]}.{found['ts'][10:]}&cid={found['id']}"
        return address + thread * (segment.location == "reply")
    if (found := _STACK_EXCHANGE.fullmatch(link)) and "comment " in segment.key:
        post = numbers[0] if numbers else link.rpartition("/")[2]
        return f"{link}#comment{segment.key.removeprefix('comment ')}_{post}"
    if found and segment.location.startswith("answer ") and numbers:
        return f"{found['site']}/a/{numbers[0]}"
    if _DISCOURSE.fullmatch(link) and re.fullmatch(r"post \d+", segment.location):
        return f"{link}/{numbers[0]}"
    if _PDF.fullmatch(link) and re.fullmatch(r"page \d+", segment.location):
        return f"{link}#page={numbers[0]}"
    if _MARKDOWN.fullmatch(link) and segment.section:
        return f"{link}#{quote(_slug(segment.section.rpartition(' > ')[2]))}"
    if (found := _MAIL.fullmatch(link)) and "@" in segment.key:
        return f"{found['archive']}{quote(segment.key, safe='@')}"
    return link


def _slug(heading: str) -> str:
    """The anchor of a heading as GitHub, GitLab and most wikis make it: "What's new?" is "whats-new"."""
    return re.sub(r"\s", "-", re.sub(r"[^\w\s-]", "", heading.strip().lower()))


def safe(url: str) -> str:
    """`url` if a click on it can only open a web page at the host that it shows; otherwise ""."""
    url = url.strip(" ")
    plain = shown(url) == url and not any(c.isspace() or c == "\\" for c in url)
    return url if plain and host(url) else ""


def host(url: str) -> str:
    """The host that a browser goes to, as it is asked for ("xn--bcher-kva.example"); "" if that isn't plain.

    An address with a user name isn't ("https://wiki.example@evil.example"), nor one that climbs ("/../").
    """
    try:
        parts = urlsplit(url)
        name, _port = parts.hostname or "", parts.port
        name = f"[{name}]" if ":" in name else name.encode("idna").decode()
    except ValueError:  # UnicodeError is one
        return ""
    is_plain = (
        parts.scheme in ("http", "https") and "@" not in parts.netloc and not _CLIMBS.search(parts.path)
    )
    return name if is_plain and _HOST.fullmatch(name) else ""

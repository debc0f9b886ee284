"""Secrets by how people write them: passwords and keys under a name, private keys, recovery phrases."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache

from copassist.secret_values import is_login, is_password, is_random, is_stand_in


@dataclass(frozen=True, slots=True)
class Found:
    """A secret at [start, end) of a text."""

    start: int
    end: int
    kind: str


CLUE = re.compile(r"[0-9]|[a-z][A-Z]|\w[!@#$%^&]+\w")
"""Each secret but a recovery phrase has one of these; most of what people write has none."""


def found(text: str) -> Iterator[Found]:
    """The secrets in `text`, in no order; they may overlap. Takes time in proportion to the text."""
    yield from _phrases(text)
    if not CLUE.search(text):
        return
    yield from _named(text)
    yield from _private_keys(text)
    for shape in _SHAPES:
        if any(hint in text for hint in shape.hints):
            for match in shape.pattern.finditer(text):
                if shape.holds(match["s"]):
                    end = match.end("s")
                    yield Found(end - len(match["s"].lstrip()), end, shape.kind)


# What has a shape of its own


@dataclass(frozen=True, slots=True)
class _Shape:
    """A pattern whose group "s" is the secret; only looked for in a text that has one of the hints."""

    kind: str
    hints: tuple[str, ...]
    pattern: re.Pattern[str]
    holds: Callable[[str], bool]


def _shape(kind: str, hints: str, pattern: str, holds: Callable[[str], bool] | None = None) -> _Shape:
    whole = pattern if "(?P<s>" in pattern else rf"(?<![A-Za-z0-9])(?P<s>{pattern})"
    compiled = re.compile(whole, re.ASCII)
    return _Shape(kind, tuple(hints.split()), compiled, holds or (lambda value: not is_stand_in(value)))


_BECH32 = "[02-9ac-hj-np-z]"
_DOCUMENTED = frozenset("password passwd pass passwort secret pw pwd token user username".split())
"""What documentation writes in place of a password in an address."""
_USER = r"[\w.@+-]{1,60}"
_NAMED_LOGIN = (
    r"(?i)\b(?:cred(?:ential)?s|log-?in|user(?:name)?|wi-?fi|wlan)\b(?: ?/ ?pass(?:word)?)?[\"'*:]{0,4} "
    rf"(?:(?:is|are|with|as|use) )?[\"'`]?{_USER}[\"'`]?(?: [/:] |[/:])[\"'`]?(?P<s>[^\s\"'`,;()]{{4,100}})"
)
_HEADER = r"(?i)authorization[\"']?\s?[:=]\s?[\"']?"
_SCHEME = r"(?:(?:bearer|token|apikey|api-key|bot|splunk) )?"
_ADDRESS = r"\b[A-Za-z][A-Za-z0-9+.-]{1,20}://(?P<u>[^\s:@/'\"<>`]{0,128}):(?!(?P=u)@)"
_SHAPES = (
    _shape("AWS key id", "AKIA ASIA", r"(?:AKIA|ASIA)[A-Z2-7]{16}(?![A-Za-z0-9])"),
    _shape("Slack cookie", "xoxd-", r"xoxd-[\w%+/=-]{40,}"),
    _shape("Google OAuth secret", "GOCSPX-", r"GOCSPX-[\w-]{28,}"),
    _shape("Google access token", "ya29.", r"ya29\.[\w.-]{40,}"),
    _shape("Google refresh token", "1//0", r"1//0[\w-]{40,}"),
    _shape("Anthropic key", "sk-ant-", r"sk-ant-[a-z]{2,8}[0-9]{2}-[\w-]{60,}"),
    _shape("Stripe key", "k_test_ k_live_", r"[sr]k_(?:test|live)_[A-Za-z0-9]{16,}"),
    _shape("webhook secret", "whsec_", r"whsec_[\w+/=-]{24,}"),
    _shape("Mailgun key", "key-", r"key-[0-9a-f]{32}(?![A-Za-z0-9])"),
    _shape("Mailchimp key", "-us", r"[0-9a-f]{32}-us[0-9]{1,2}(?![A-Za-z0-9])"),
    _shape("crates.io token", "cio", r"cio[A-Za-z0-9]{32}(?![A-Za-z0-9])", is_random),
    _shape("NuGet key", "oy2", r"oy2[a-z0-9]{43}(?![A-Za-z0-9])"),
    _shape("Telegram bot token", ":AA", r"[0-9]{8,10}:AA[\w-]{33}(?![\w-])"),
    _shape("Discord bot token", ".", r"[MNO][\w-]{23,25}\.[\w-]{6}\.[\w-]{27,38}(?![\w-])", is_random),
    _shape("Discord webhook", "/api/webhooks/", r"/api/webhooks/[0-9]{17,20}/(?P<s>[\w-]{60,})"),
    _shape("Teams webhook", "/webhookb2/", r"/webhookb2/(?P<s>[\w@-]{36,}/[\w/-]{36,})"),
    _shape("Notion token", "secret_", r"secret_[A-Za-z0-9]{43}(?![A-Za-z0-9])"),
    _shape("New Relic key", "NRAK-", r"NRAK-[A-Z0-9]{27}"),
    _shape("Tailscale key", "tskey-", r"tskey-[a-z]{3,9}-[\w-]{20,}"),
    _shape("PlanetScale token", "pscale_", r"pscale_(?:tkn|pw|oauth)_[\w.=-]{32,}"),
    _shape("Fly.io token", "fo1_ fm2_", r"f(?:o1|m2)_[\w+/=-]{40,}"),
    _shape("Azure token", "AZDO", r"[A-Za-z0-9]{52,80}AZDO[A-Za-z0-9]{4}(?![A-Za-z0-9])"),
    _shape("Azure client secret", "Q~", r"[\w.~-]{3}[0-9]Q~[\w.~-]{31,34}"),
    _shape("signature", "sig= Signature=", r"(?:[?&]sig|X-(?:Amz|Goog)-Signature)=(?P<s>[\w%+/=-]{43,})"),
    _shape("one-time password seed", "otpauth:", r"otpauth://\S{1,200}?[?&]secret=(?P<s>[A-Za-z2-7]{16,})"),
    _shape("signing key", "sk1 xprv1 nsec1", r"(?:[a-z0-9]{1,10}_)?(?:x?sk|xprv|nsec)1[02-9ac-hj-np-z]{50,}"),
    _shape("signing key", "prv", r"[xyzt]prv[1-9A-HJ-NP-Za-km-z]{100,112}(?![A-Za-z0-9])"),
    _shape(
        "signing key",
        "SigningKey",
        r"SigningKey\w{0,40}[\\\"']{1,4}[^{}]{0,200}?cborHex[\\\"': ]{1,8}(?P<s>[0-9a-f]{60,})",
    ),
    _shape(
        "private key", "Private-Lines:", r"Private-Lines: [0-9]{1,4}(?P<s>(?:\s+[A-Za-z0-9+/=]{1,80}(?!\S))+)"
    ),
    _shape("login", "uthorization UTHORIZATION", _HEADER + r"basic (?P<s>[\w+/=-]{8,})", is_login),
    _shape("token", "uthorization UTHORIZATION", _HEADER + _SCHEME + r"(?P<s>[\w.~+/=:-]{16,})", is_random),
    _shape("token", "earer", r"(?i)\bbearer[\"']? (?P<s>[\w.~+/=-]{20,})", is_random),
    _shape("session", "ookie:", r"(?i)\bcookie: ?[\w.-]{1,60}=(?P<s>[\w.~+/=%:-]{20,})", is_random),
    _shape("password", "sshpass", r"\bsshpass\b[^\n]{0,40}?\s-p ?[\"']?(?P<s>[^\s\"']{4,200})", is_password),
    _shape(
        "password", "mysql", r"\bmysql\w{0,10}\b[^\n]{0,120}?\s-p[\"']?(?P<s>[^\s\"']{4,200})", is_password
    ),
    _shape(
        "password", "curl wget", rf"\s(?:-u|--user) ?[\"']?{_USER}:(?P<s>[^\s\"'`]{{4,200}})", is_password
    ),
    _shape(
        "password", "DENTIFIED dentified", r"(?i)\bidentified by [\"'](?P<s>[^\s\"']{4,200})", is_password
    ),
    _shape("password", "login", r"\blogin\s+\S{1,100}\s+password\s+(?P<s>\S{4,200})", is_password),
    _shape("password", "redential reds ogin sername ifi i-fi wlan WLAN", _NAMED_LOGIN, is_password),
    _shape(
        "password",
        "://",
        _ADDRESS + r"(?P<s>[^\s@/'\"<>`]{3,256})@[\w\[]",
        lambda value: not is_stand_in(value) and value.lower() not in _DOCUMENTED,
    ),
)


# Passwords and keys under a name


_CORES = "pass pwd pw kennwort contrase senha token secret key seed auth session".split()
_NAME = re.compile(
    r"""(?ix)
    (?P<password> pass[_-]?(?:word|wd|wort|phrase|code) | (?<=mot\ de\ )passe | kennwort | contrase[ñn]a | senha
                | (?<![a-z]) (?:pwd|pw) (?![a-z]) )
  | (?P<pass> (?<![a-z]) pass (?![a-z]) )
  | (?P<key> (?: token | secret | key (?![a-z]) | seed | (?<![a-z]) auth (?=["'=]) | session_?id (?=["'=]) )
      (?:[ _-]?(?:key|base|value|seed))? )
    """
)
_WHICH_KEY = re.compile(
    r"""(?ix)
    (?:api|access|account|auth|secret|private|signing|encryption|master|shared|service|client|license|preshared
      |storage|deploy)[ _-]?$"""
)
_WHICH_SEED = re.compile(r"(?i)(?:otp|2fa|mfa)[ _-]?$")
_TO_VALUE = re.compile(
    r"""(?ix)
    ["'`*\])]{0,4} (?:\ (?:for|of|on|to|at|in|für|von|zum|pour|de)\ [^\n:=|]{1,40}?)? (?:\ \([^()\n]{1,40}\))?
    (?: [ \t]{0,4} (?:=>|->|→|[:=|]) =? [ \t*_]{0,4}
      | \ (?:is|was|will\ be|has\ been|ist|war|lautet|est|es|changed|reset)
        (?:\ (?:now|set|changed|reset|jetzt))? (?:\ to)? :? [ \t]{1,2}
      | \ [-–—]\ | > (?=[^<\n]{4,200}</) | (?:\ value=|,\ ?|\(|\ ) (?=["'`]) )
    """
)
_OPTION = re.compile(
    r"(?i)(?:^|\s)--?[\w-]{0,30}$|\b(?:user|username|login) \S{1,60},? (?:(?:and|with) )?$|\bapi[ _-]?$"
)
_SPACE = re.compile(r"[ \t]{1,4}")
_QUOTED = re.compile(r"""\\?(?P<q>["'`])(?P<s>(?:(?!(?P=q))[^\s\\]){4,200}+)\\?(?P=q)""")
_BARE = re.compile(r"""(?P<s>(?:[^\s"'`<>;,|\\]|[;,](?![\s"'}\])]|$|[\w ]{1,30}[=:])){4,201}+)""")
_IN_QUERY = re.compile(r"""(?P<s>[^\s"'`<>&#)\]]{4,201}+)""")
_QUERY = re.compile(r"[?&][\w.-]*$")
_MEETING = re.compile(r"zoom\.us/[^\s?]*\?(?:\S*&)?$")
_RUN = re.compile(r"[A-Za-z0-9_\-+/=.~%:]{16,}+")
_CLOSERS = ".,:;)]}*"


def _named(text: str) -> Iterator[Found]:
    """Passwords and keys that stand after their name: "password: ...", DB_PASSWORD=..., "the api key is ..."."""
    run, taken = (0, 0), 0
    for name in _names(text):
        gap = _TO_VALUE.match(text, name.end()) or _after_space(text, name)
        if gap is None or name.start() < taken or _in_invitation(text, name):
            continue
        password = None if name["key"] else _password(text, name, gap.end())
        if password is not None:
            yield password
        at = gap.end() + (text[gap.end() : gap.end() + 1] in ("'", '"', "`"))
        if not run[0] <= at < run[1]:
            match = _RUN.match(text, at)
            run = match.span() if match else (at, at)
        if not name["pass"] and is_random(text[at : min(run[1], at + 512)].rstrip(_CLOSERS)):
            taken = run[1]
            last = text[max(at, run[1] - len(_CLOSERS)) : run[1]]
            yield Found(at, run[1] - len(last) + len(last.rstrip(_CLOSERS)), "key")


def _names(text: str) -> Iterator[re.Match[str]]:
    """The names of passwords and keys, in order. Finding plain strings first is ten times as fast."""
    low = text.lower()
    if len(low) != len(text):
        low = "".join(c.lower() if c.isascii() else c for c in text)
    for at in sorted(at for core in _CORES for at in _places(low, core)):
        name = _NAME.match(text, at)
        if name is None or (low.startswith("key", at) and not _WHICH_KEY.search(text, max(0, at - 12), at)):
            continue
        if not low.startswith("seed", at) or _WHICH_SEED.search(text, max(0, at - 5), at):
            yield name


def _places(text: str, part: str) -> Iterator[int]:
    at = text.find(part)
    while at >= 0:
        yield at
        at = text.find(part, at + len(part))


def _after_space(text: str, name: re.Match[str]) -> re.Match[str] | None:
    """The gap after a name that its value follows without a sign: `--password X`, "pw X", "user ines password X"."""
    if name[0].lower() == "pw" or _OPTION.search(text, max(0, name.start() - 80), name.start()):
        return _SPACE.match(text, name.end())
    return None


def _in_invitation(text: str, name: re.Match[str]) -> bool:
    """Whether the name is in a link to a meeting, which is of no use without the password in it."""
    return _MEETING.search(text, max(0, name.start() - 120), name.start()) is not None


def _password(text: str, name: re.Match[str], at: int) -> Found | None:
    in_query = _QUERY.search(text, max(0, name.start() - 40), name.start())
    if quoted := _QUOTED.match(text, at):
        start, value = quoted.start("s"), quoted["s"]
    elif bare := (_IN_QUERY if in_query else _BARE).match(text, at):
        start, value = at, bare[0].removesuffix("**")
        value = value.rstrip(".,:;" if "(" in value or "[" in value else ".,:;)]}")
    else:
        return None
    if is_password(value, digits_will_do=name["password"] is not None):
        return Found(start, start + len(value), "password")
    return None


# Private keys and recovery phrases


_EDGE = re.compile(r"-{4,5} ?(BEGIN|END) [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)? ?-{4,5}")
_BODY = re.compile(r"[A-Za-z0-9+/]{40}")
_LINES = re.compile(r"(?:(?:\\[rn]|[\s>|*`#])*+[A-Za-z0-9+/=]{16,}+)++")
LONGEST_KEY = 32_000


def _private_keys(text: str) -> Iterator[Found]:
    """Private keys in armour, from BEGIN to END; one that is cut off as far as its lines go."""
    if "PRIVATE KEY" not in text:
        return
    edges = list(_EDGE.finditer(text))
    for n, edge in enumerate(edges):
        after = edges[n + 1] if n + 1 < len(edges) else None
        end = edge.end()
        if edge[1] == "END":
            continue
        if after is not None and after[1] == "END" and after.start() - end <= LONGEST_KEY:
            end = after.end()
        elif lines := _LINES.match(text, end):
            end = lines.end()
        if _BODY.search(text, edge.end(), end):
            yield Found(edge.start(), end, "private key")


_MANY_WORDS = re.compile(r"(?<![A-Za-z])[a-z]{3,8}(?:[\s,\"'0-9.)]{1,8}+[a-z]{3,8}+(?![A-Za-z])){11,}+")
_WORD = re.compile("[a-z]+")


def _phrases(text: str) -> Iterator[Found]:
    """Recovery phrases of wallets: twelve words or more on end, all of the list that wallets take them from."""
    for many in _MANY_WORDS.finditer(text):
        start, end, length = 0, 0, 0
        for word in _WORD.finditer(text, *many.span()):
            known = word[0] in _wallet_words()
            if known:
                start = word.start() if length == 0 else start
                end, length = word.end(), length + 1
            if length >= 12 and (not known or word.end() == many.end()):
                yield Found(start, end, "recovery phrase")
            length = length if known else 0


@cache
def _wallet_words() -> frozenset[str]:
    """The 2,048 English words of BIP 39."""
    from mnemonic import Mnemonic

    return frozenset(Mnemonic("english").wordlist)

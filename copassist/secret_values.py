"""Whether a value that stands where a secret would stand is one, or a placeholder, a word, a version, a name."""

from __future__ import annotations

import base64
import binascii
import re

_STAND_INS = re.compile(
    r"your|example|sample|placeholder|change.?me|change.?this|redact|removed|dummy|foobar|insert|todo|xxxx"
    r"|\.\.\.|…|\*\*\*|<|>|\{\{|\$\{|\$\(|\#\{|%\(|_here|123456789",
    re.IGNORECASE,
)
_VARIABLE = re.compile(
    r"\$\w+|%\w*%?|@\w+@|\{.*\}?|\[.*\]?|\(.*\)?|`.*|process\.env\b.*|os\.environ\b.*|env[.:(\[].*"
)
_ORDINARY = re.compile(
    r"""(?ix)
      v?\d+([.:/-]\d+)++[\w.:+-]{0,20}+ | \d{4}-\d\d-\d\dT.*  # versions, dates, times
    | \d+[-+]?[a-z]{1,14}[-.]?[a-z]*                        # 12h, 2factor, 30days, 1password
    | (sha|md|utf|ipv|https?|oauth|base|argon|rfc|log|k|s|ec|x|p|ed|secp|curve|rs|hs|es|aes|web|win|python
      |java|gpt|step|section|chapter|part|phase|tier|level|line|page|pr|mr|issue|ticket|rust|llvm|gcc|ubuntu
      |debian|id|h|q|t|auth|bip|pbkdf|pkcs|pass|password|passwd|pwd|pw|user|key|token|secret|arg|param|test)
      [-_ ]?v?\d[\d.x]{0,6}([-_.][\w.-]*|[a-z]{0,5})        # sha256, oauth2, step2, password1
    | [\w.-]*(\#\d{2,}|@v?\d[\d.]*)                        # rust#102944, node@18
    | [^@\s]+@[^@\s]+\.[a-z]{2,}                            # an address
    | .*://.* | .*\]\(.* | (~|\.{1,2})?/[\w./-]* | [a-z]:\\.*   # links and paths
    | [a-z_]\w*((\.|::|->)[a-z_]\w*)+ | \w+\(.*             # names and calls in code
    """
)
_RANDOM = re.compile(r"[A-Za-z0-9_\-+/=.~%:]{16,}")
_WORDS = re.compile(r"[A-Z]?[a-z]{3,}|[A-Z]{4,}")
_VOWELS = re.compile(r"[aeiouy]", re.IGNORECASE)
_UNSPEAKABLE = re.compile(r"[^aeiouy]{5}|[aeiouy]{4}|q(?!u)|[jqxz].*[jqxz]", re.IGNORECASE)


def is_stand_in(value: str) -> bool:
    """Whether `value` stands for a secret that each reader has to fill in: "<token>", "${TOKEN}", "xxxx"."""
    return (
        len(set(value.lower()) - set("-_. ")) <= 2
        or _VARIABLE.fullmatch(value) is not None
        or _STAND_INS.search(value) is not None
    )


def is_password(value: str, digits_will_do: bool = False) -> bool:
    """Whether `value`, given where a password stands, is one: letters among which is a digit or a sign.

    Digits alone are one if they will do.
    """
    if not 5 <= len(value) <= 200 or is_stand_in(value):
        return False
    if value.isdecimal():
        return digits_will_do
    if not any(c.isalpha() for c in value) or _ORDINARY.fullmatch(value):
        return False
    return any(c.isdecimal() for c in value) or re.search(r"\w[!@#$%^&]+\w", value) is not None


def is_random(value: str) -> bool:
    """Whether `value`, given where a key or token stands, is no identifier, number, date or path."""
    value = value[:512]
    if not _RANDOM.fullmatch(value) or is_stand_in(value) or _ORDINARY.fullmatch(value):
        return False
    letters = sum(c.isalpha() for c in value)
    if letters < 3 or letters == len(value) or not any(c.isdecimal() for c in value):
        return False
    return 2 * sum(len(word) for word in _WORDS.findall(value) if _is_wordlike(word)) <= len(value)


def is_login(value: str) -> bool:
    """Whether `value` is what HTTP's basic scheme sends: a name and a password, in base64."""
    try:
        return b":" in base64.b64decode(value + "=" * (-len(value) % 4), validate=True)[1:]
    except (binascii.Error, ValueError):
        return False


def _is_wordlike(letters: str) -> bool:
    vowels = len(_VOWELS.findall(letters))
    return len(letters) >= 4 and 0.2 <= vowels / len(letters) <= 0.7 and not _UNSPEAKABLE.search(letters)

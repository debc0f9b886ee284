"""What a thread is called that has no title of its own."""

from __future__ import annotations

import re

_LOOKED_AT = 4000
"""In so many characters a title is looked for."""
_EMOJI = re.compile(r":[\w+'-]{1,100}:")
_FILE = re.compile(r"\[file: [^\n\[\]]*\]")
_TO_ALL = re.compile(r"\A(?:\s*@(?:here|channel|everyone|group)\b[\s,:]*)+")
_WORD = re.compile(r"\w\S*")
_ADDRESS = re.compile(r"https?://\S+")


def title_of(text: str, longest: int = 80) -> str:
    """The first sentence that says more than "Hi all!", cut at a word to `longest` characters.

    Empty if there is no prose in it: code, links and names of files are no title.
    """
    prose = re.sub(
        r"```.*?(?:```|\Z)|\((?:https?|mailto):[^\s()]*\)", " ", text[:_LOOKED_AT], flags=re.DOTALL
    )
    prose = _EMOJI.sub(" ", _FILE.sub(" ", _TO_ALL.sub("", prose)))
    found = ""
    for sentence in re.split(r"\n+|(?<=[.!?])\s+(?=[^\sa-z])", prose.strip()):
        words = len(_WORD.findall(_ADDRESS.sub(" ", sentence)))
        if words > 2 or (words and not found):
            found = sentence
        if words > 2:
            break
    return _cut(found.strip(" \t>•◦▪*-"), longest)


def makeshift_title(text: str, longest: int = 80) -> str:
    """What a text without prose is called: its first line that holds anything."""
    lines = (line.removeprefix("[file: ").strip(" `>]") for line in text[:_LOOKED_AT].split("\n"))
    return _cut(next((line for line in lines if line), ""), longest)


def _cut(text: str, longest: int) -> str:
    text = " ".join(text.split())
    return text if len(text) <= longest else text[: longest - 1].rsplit(" ", 1)[0] + "…"

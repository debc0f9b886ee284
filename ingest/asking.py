"""Whether what somebody wrote asks something, and what that makes of them in a thread."""

from __future__ import annotations

import re

from copassist.records import Part, Role

CODE = r"```.*?```|`[^`\n]+`"
"""What stands in backticks, as a pattern that spans lines with re.DOTALL."""
_QUESTION = re.compile(
    r"((hi|hello|hey)\b[^,.!\n]{0,30}[,.!]?\s+)?"
    r"(how|why|what'?s|is there|are there|any ?(one|body)|any (idea|tip|advice|experience)s?"
    r"|ha(s|ve) (you|we|any ?(one|body))|wh(at|en|o|ere|ich) (is|are|do|does|did|has|should|would|can)"
    r"|(do|does|did|can|could|should|would|will) (i|you|we|it|the|any|(any|some) ?(one|body)))\b",
    re.IGNORECASE,
)
_INDIRECT = re.compile(
    r"\b(?:(?:i|we)(?:'m|’m| am|'re|’re| are)? (?:wonder(?:ing)?|curious|looking for)\b"
    r"|(?:i|we)(?:'d|’d| would) (?:like|love) to (?:know|hear|learn)\b"
    r"|(?:help|advice) (?:is )?(?:needed|wanted|appreciated|welcome)\b"
    r"|(?:i|we) need (?:some |your )?(?:help|advice)\b)",
    re.IGNORECASE,
)


def is_question(text: str) -> bool:
    """Whether `text` asks something: by a question mark outside of links and code, or in English words."""
    prose = re.sub(rf"{CODE}|https?://\S+", " ", text, flags=re.DOTALL)
    asks = "?" in prose or _QUESTION.match(prose.strip()) or _INDIRECT.search(prose)
    return bool(asks)


def role_in_thread(text: str, begins: bool, by_starter: bool, asked: bool) -> tuple[Role, Part]:
    """The role of a message's writer in a thread, and what the message is of it.

    `begins` is said of the first message, `by_starter` of all messages of its writer, `asked` where the first
    message asks something. Who began the thread stays asker, or author; everybody else is an answerer, though
    what they wrote answers nothing where nobody asked. An asker's thanks are no part of the question.
    """
    if not by_starter:
        return "answerer", "answer" if asked else ""
    if not asked:
        return "author", ""
    return "asker", "question" if begins or is_question(text) else ""

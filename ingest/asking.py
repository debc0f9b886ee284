"""Whether what somebody wrote asks something."""

from __future__ import annotations

import re

CODE = r"```.*?```|`[^`\n]+`"
"""What stands in backticks, as a pattern that spans lines with re.DOTALL."""
_QUESTION = re.compile(
    r"((hi|hello|hey)\b[^,.!\n]{0,30}[,.!]?\s+)?"
    r"(how|why|what'?s|is there|are there|any ?(one|body)|any (idea|tip|advice|experience)s?"
    r"|ha(s|ve) (you|we|any ?(one|body))|wh(at|en|o|ere|ich) (is|are|do|does|did|has|should|would|can)"
    r"|(do|does|did|can|could|should|would|will) (i|you|we|it|the|any|(any|some) ?(one|body)))\b",
    re.IGNORECASE,
)


def is_question(text: str) -> bool:
    """Whether `text` asks something: a question mark outside of links and code, or an English opening."""
    prose = re.sub(rf"{CODE}|https?://\S+", " ", text, flags=re.DOTALL)
    return "?" in prose or _QUESTION.match(prose.strip()) is not None

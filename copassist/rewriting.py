"""A follow-up as a language model understands it, which must hold nothing but words of the conversation."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import replace

from copassist import llm, prompts
from copassist.conversation import Turn, content
from copassist.errors import LanguageModelError
from copassist.settings import Endpoint
from copassist.store.keywords import stem

log = logging.getLogger(__name__)

MOST_SECONDS = 15.0
"""A rewrite that takes longer isn't waited for: the rules have one already."""
MOST_TOKENS = 60
LONGEST = 200


def rewrite(endpoint: Endpoint, question: str, turns: Sequence[Turn], by_rules: str) -> str:
    """The question as the model understands it in the conversation, or `by_rules` where that can't be used.

    Used is one question on one line that keeps what this question asks for, brings something along of the turns
    (oldest first), and has no telling word that is neither here nor there. A model that fails changes nothing.
    """
    prompt = prompts.rewrite([(turn.question, turn.titles[:1]) for turn in turns], question)
    try:
        said = llm.complete(
            replace(endpoint, timeout=min(endpoint.timeout, MOST_SECONDS)), prompt, MOST_TOKENS
        )
    except LanguageModelError as error:
        log.warning("The question was understood by rules: %s", error)
        return by_rules
    lines = [line.strip(" \"'“”") for line in prompts.unquoted(said).splitlines() if line.strip()]
    return lines[0] if len(lines) == 1 and _holds(lines[0], question, turns) else by_rules


def _holds(rewritten: str, question: str, turns: Sequence[Turn]) -> bool:
    asked, told = _stems(question), _stems(rewritten)
    earlier = {s for turn in turns for text in (turn.question, *turn.titles) for s in _stems(text)}
    return (
        rewritten.endswith("?")
        and len(rewritten) <= LONGEST
        and asked <= told <= asked | earlier
        and asked != told
    )


def _stems(text: str) -> set[str]:
    return {stem(word) for word in content(text)}

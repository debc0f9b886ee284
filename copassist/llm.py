"""A language model behind an OpenAI-compatible address, by llama-index; the only module that touches it.

The server is trusted with the prompt and with nothing else: however it fails, what comes of it is a
LanguageModelError within `Endpoint.timeout` seconds, and no more than MOST_BYTES are read of it.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from time import monotonic
from typing import TYPE_CHECKING, Any

from copassist.errors import LanguageModelError, TooLongError
from copassist.prompts import Prompt
from copassist.settings import Endpoint

if TYPE_CHECKING:
    import httpx

MOST_TOKENS = 600
"""The longest answer that is asked for."""
MOST_CHARACTERS = 6_000
"""The longest answer that is read; of a longer one the beginning counts."""
MOST_BYTES = 4_000_000
MOST_WAIT = 30.0
"""Seconds in which the next piece must come, once the first one came."""
UNKNOWN_KEY = "none"
"""What is sent where no key is set: the client wants one, a local server reads none."""


def stream(endpoint: Endpoint, prompt: Prompt, most_tokens: int = MOST_TOKENS) -> Iterator[str]:
    """The answer to a prompt, piece by piece. Raises LanguageModelError, TooLongError if the prompt doesn't fit.

    A stream without any text is an error; one of more than MOST_CHARACTERS ends there.
    """
    import llama_index.llms.openai_like  # noqa: F401  its seconds are none of the server's

    loop = asyncio.new_event_loop()
    pieces = _pieces(endpoint, prompt, most_tokens)
    end = monotonic() + endpoint.timeout
    length = 0
    try:
        while (piece := _next(loop, pieces, endpoint, end, length > 0)) is not None:
            piece = piece[: MOST_CHARACTERS - length]
            length += len(piece)
            if piece:
                yield piece
            if length >= MOST_CHARACTERS:
                return
        if not length:
            raise LanguageModelError("The language model answered nothing.", TRY)
    finally:
        loop.run_until_complete(pieces.aclose())  # type: ignore[attr-defined]
        loop.run_until_complete(loop.shutdown_asyncgens())
        loop.close()


def complete(endpoint: Endpoint, prompt: str | Prompt, most_tokens: int = MOST_TOKENS) -> str:
    """The whole answer to a prompt, without surrounding space. Raises LanguageModelError."""
    asked = prompt if isinstance(prompt, Prompt) else Prompt("", prompt)
    return "".join(stream(endpoint, asked, most_tokens)).strip()


TRY = "See whether the server runs; `copassist doctor` looks at it."


def _next(
    loop: asyncio.AbstractEventLoop, pieces: AsyncIterator[str], endpoint: Endpoint, end: float, begun: bool
) -> str | None:
    """The next piece, None after the last one. Raises LanguageModelError, also if it doesn't come in time."""
    left = end - monotonic()

    async def wait() -> str | None:
        async with asyncio.timeout(min(left, MOST_WAIT) if begun else left):
            return await anext(pieces, None)

    try:
        return loop.run_until_complete(wait())
    except LanguageModelError:
        raise
    except TimeoutError as error:
        raise LanguageModelError(
            "The language model did not answer in time.",
            "Give it longer by COPASSIST_LLM_TIMEOUT (seconds), or take a faster model.",
        ) from error
    except Exception as error:  # what an unknown server sends can break its client in any way
        raise _told(endpoint, error) from None  # the cause may hold the key


async def _pieces(endpoint: Endpoint, prompt: Prompt, most_tokens: int) -> AsyncIterator[str]:
    """What the server sends as text. Raises whatever the client raises."""
    import httpx
    from llama_index.core.base.llms.types import ChatMessage
    from llama_index.llms.openai_like import OpenAILike

    async with httpx.AsyncClient(
        timeout=httpx.Timeout(endpoint.timeout),
        follow_redirects=False,
        event_hooks={"response": [_bound]},
    ) as client:
        model = OpenAILike(
            model=endpoint.model,
            api_base=endpoint.url,
            api_key=endpoint.key or UNKNOWN_KEY,
            is_chat_model=True,
            max_tokens=most_tokens,
            temperature=0.0,
            max_retries=0,
            timeout=endpoint.timeout,
            async_http_client=client,
        )
        said = [("system", prompt.system), ("user", prompt.user)]
        messages = [ChatMessage(role=role, content=text) for role, text in said if text]
        async for response in await model.astream_chat(messages):
            yield str(response.delta or "")


async def _bound(response: httpx.Response) -> None:
    """Let no more than MOST_BYTES of a response be read."""
    import httpx

    class Bounded(httpx.AsyncByteStream):
        """What a server sends, up to MOST_BYTES."""

        def __init__(self, whole: httpx.AsyncByteStream) -> None:
            self._whole = whole

        async def __aiter__(self) -> AsyncIterator[bytes]:
            read = 0
            async for chunk in self._whole:
                read += len(chunk)
                if read > MOST_BYTES:
                    raise ValueError("the answer doesn't end")
                yield chunk

        async def aclose(self) -> None:
            await self._whole.aclose()

    assert isinstance(response.stream, httpx.AsyncByteStream)
    response.stream = Bounded(response.stream)


def _told(endpoint: Endpoint, error: Exception) -> LanguageModelError:
    """The error as a person can act on it, without what the server said."""
    import httpx
    import openai

    at = "The language model"
    if isinstance(error, openai.APIStatusError):
        return _declined(endpoint, at, error)
    if isinstance(error, openai.APIConnectionError | httpx.TransportError):
        return LanguageModelError(f"{at} can't be reached, or broke off.", TRY)
    return LanguageModelError(
        f"{at} answered with something that isn't an answer ({type(error).__name__}).",
        "COPASSIST_LLM_URL must be the address of an OpenAI-compatible server, which mostly ends in /v1.",
    )


def _declined(endpoint: Endpoint, at: str, error: Any) -> LanguageModelError:
    """What a status of HTTP means for the person who set the environment."""
    status = int(error.status_code)
    said = json.dumps(error.body, default=str).lower()
    if status in (400, 413, 422) and any(word in said for word in ("context", "too long", "too many tokens")):
        return TooLongError(f"{at} can't read so much at once.", "Give it a larger context.")
    if status in (401, 403):
        return LanguageModelError(f"{at} refuses the key.", "Set COPASSIST_LLM_KEY to a key that it takes.")
    if status == 404 or (status == 400 and "model" in said):
        return LanguageModelError(
            f"{at} doesn't know the model {endpoint.model!r}, or isn't there.",
            "Set COPASSIST_LLM_MODEL to a model that it serves, "
            "and COPASSIST_LLM_URL to its address, which mostly ends in /v1.",
        )
    if status == 429:
        return LanguageModelError(f"{at} is asked too often, or its quota is used up.", "Try again later.")
    return LanguageModelError(f"{at} failed (HTTP {status}).", TRY)

"""What a person may set, read once from the environment."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from platformdirs import user_cache_path

from copassist.errors import InputError

DEFAULT_MODEL = "all-MiniLM-L6-v2"
"""The embedding model that comes as a package; it runs on onnxruntime."""
ANSWER_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Endpoint:
    """An OpenAI-compatible server and which of its language models writes; `timeout` in seconds is for a whole answer.

    The key is in no representation, so that it gets into no log.
    """

    url: str
    model: str
    key: str = field(default="", repr=False)
    timeout: float = ANSWER_SECONDS

    @property
    def host(self) -> str:
        """The server as it is named to people."""
        return urlsplit(self.url).netloc


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings of one run.

    `embedding_model` is DEFAULT_MODEL, or what sentence-transformers loads: a folder or a name.
    `gap_askers` is from how many different askers on a topic's questions are shown to leaders.
    Without a `language_model` answers are the memory's own sentences.
    """

    memory: Path = Path("memory")
    embedding_model: str = DEFAULT_MODEL
    cache: Path = field(default_factory=lambda: user_cache_path("copassist"))
    gap_askers: int = 3
    language_model: Endpoint | None = None


def from_environment() -> Settings:
    """The settings that COPASSIST_MEMORY, _EMBEDDING_MODEL, _CACHE, _GAP_ASKERS and _LLM_* give.

    Raises InputError if one of them can't be read.
    """
    given = {name: os.environ.get(f"COPASSIST_{name}", "").strip() for name in _NAMES}
    default = Settings()
    try:
        gap_askers = int(given["GAP_ASKERS"] or default.gap_askers)
    except ValueError as error:
        raise InputError(
            f"COPASSIST_GAP_ASKERS is {given['GAP_ASKERS']!r}, not a whole number.", "Set it to 3, say."
        ) from error
    return Settings(
        memory=Path(given["MEMORY"] or default.memory),
        embedding_model=given["EMBEDDING_MODEL"] or default.embedding_model,
        cache=Path(given["CACHE"] or default.cache),
        gap_askers=gap_askers,
        language_model=_endpoint(given),
    )


def _endpoint(given: dict[str, str]) -> Endpoint | None:
    """The language model that the environment names, if any. Raises InputError for half of one."""
    url, model, key, timeout = (given[f"LLM_{name}"] for name in ("URL", "MODEL", "KEY", "TIMEOUT"))
    if not (url or model):
        return None
    if not (url and model):
        missing = "COPASSIST_LLM_MODEL" if url else "COPASSIST_LLM_URL"
        raise InputError(f"A language model is half set: {missing} is empty.", f"Set {missing}, or neither.")
    try:
        parts = urlsplit(url)
        seconds = float(timeout or ANSWER_SECONDS)
        # What isn't a server's plain address may hold a password, so it isn't repeated.
        if parts.scheme not in ("http", "https") or not parts.hostname or "@" in parts.netloc or parts.query:
            raise ValueError("no plain address")
    except ValueError as error:
        raise InputError(
            "COPASSIST_LLM_URL or _TIMEOUT can't be read.",
            "The address is like http://127.0.0.1:8080/v1, with the key in COPASSIST_LLM_KEY alone; "
            "the time-out is in seconds.",
        ) from error
    if not 0 < seconds < float("inf"):
        raise InputError("COPASSIST_LLM_TIMEOUT isn't a time.", "Set it to 60, say: seconds for an answer.")
    if not (key.isascii() and key.isprintable()):
        raise InputError("COPASSIST_LLM_KEY has signs that no key has.", "Copy the key anew.")
    return Endpoint(url.rstrip("/"), model, key, seconds)


_NAMES = (
    "MEMORY",
    "EMBEDDING_MODEL",
    "CACHE",
    "GAP_ASKERS",
    "LLM_URL",
    "LLM_MODEL",
    "LLM_KEY",
    "LLM_TIMEOUT",
)

"""What a person may set, read once from the environment."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path

from platformdirs import user_cache_path

from copassist.errors import InputError

DEFAULT_MODEL = "all-MiniLM-L6-v2"
"""The embedding model that comes as a package; it runs on onnxruntime."""


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings of one run.

    `embedding_model` is DEFAULT_MODEL, or what sentence-transformers loads: a folder or a name.
    `gap_askers` is from how many different askers on a topic's questions are shown to leaders.
    """

    memory: Path = Path("memory")
    embedding_model: str = DEFAULT_MODEL
    cache: Path = field(default_factory=lambda: user_cache_path("copassist"))
    gap_askers: int = 3


def from_environment() -> Settings:
    """The settings that COPASSIST_MEMORY, _EMBEDDING_MODEL, _CACHE and _GAP_ASKERS give.

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
    )


_NAMES = ("MEMORY", "EMBEDDING_MODEL", "CACHE", "GAP_ASKERS")

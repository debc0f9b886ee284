"""An empty memory and a model that needs no weights."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from copassist.store import Memory
from copassist.store.memory import create
from tests.fakes import WordEncoder


@pytest.fixture
def memory(tmp_path: Path) -> Iterator[Memory]:
    made = create(tmp_path / "memory")
    yield made
    made.close()


@pytest.fixture
def encoder() -> WordEncoder:
    return WordEncoder()

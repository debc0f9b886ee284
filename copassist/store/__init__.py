"""One memory: a folder with SQL (the truth) and vectors (derived, can be rebuilt)."""

from copassist.store.memory import Memory

__all__ = ["Memory"]

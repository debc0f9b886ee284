"""Texts by key, on disk."""

from __future__ import annotations

from ingest.lookup import Lookup


def test_texts_are_found_by_their_key_the_last_ones_put_there() -> None:
    with Lookup() as people:
        people.put("41", "Ines")
        people.put("42", "Dario", "dario@example.org")
        people.put("41", "Ines Valcourt")
        assert people.get("41") == ("Ines Valcourt", "")
        assert people.get("42") == ("Dario", "dario@example.org")
        assert people.get("4") is None


def test_each_holds_its_own() -> None:
    with Lookup() as one, Lookup() as other:
        one.put("a", "b")
        assert other.get("a") is None

"""Values come back group by group, in order, whatever the order they were put in."""

from ingest.spool import Spool


def test_groups_come_back_by_their_first_value_and_values_by_their_order() -> None:
    with Spool() as spool:
        spool.put("late", 3, "c")
        spool.put("early", 9, "z")
        spool.put("early", 1, "a")
        spool.put("late", 2, "b")
        assert list(spool.groups()) == [("early", ["a", "z"]), ("late", ["b", "c"])]


def test_equal_orders_keep_the_order_of_putting() -> None:
    with Spool() as spool:
        for value in ("first", "second", "third"):
            spool.put("g", 0, value)
        assert list(spool.groups()) == [("g", ["first", "second", "third"])]


def test_groups_that_begin_together_are_not_mixed() -> None:
    with Spool() as spool:
        for group in ("b", "a", "b", "a"):
            spool.put(group, 1, group)
        assert list(spool.groups()) == [("a", ["a", "a"]), ("b", ["b", "b"])]


def test_an_empty_spool_has_no_groups() -> None:
    with Spool() as spool:
        assert list(spool.groups()) == []

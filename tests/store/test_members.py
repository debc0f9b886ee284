"""The directory, and who may see what."""

from __future__ import annotations

from datetime import date

import pytest

from copassist.errors import NotFoundError
from copassist.records import Group, Identity, Member, Membership, Record, Segment, Viewer
from copassist.store import Memory, members
from copassist.store.members import Difference
from tests.fakes import enrol, put

TODAY = date(2025, 6, 1)
YESTERDAY, TOMORROW = date(2025, 5, 31), date(2025, 6, 2)


def groups_of(memory: Memory, member: Member) -> set[str]:
    """The groups in which a member searches today."""
    enrol(memory, member)
    with memory.reading() as connection:
        return set(members.viewer(connection, "ana-diaz", TODAY).groups)


def ana(*teams: Membership, **more: object) -> Member:
    return Member("Ana Diaz", emails=("ana@example.org",), teams=teams, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("member", "groups"),
    [
        (ana(), {"everyone"}),
        (ana(Membership("core"), groups=("leads",)), {"everyone", "core", "leads"}),
        (ana(Membership("core"), Membership("old", former=True)), {"everyone", "core"}),
        (ana(Membership("core"), Membership("old", until=TODAY)), {"everyone", "core"}),
        (ana(Membership("core", until=TOMORROW)), {"everyone", "core"}),
        (ana(Membership("core"), Membership("next", since=TOMORROW)), {"everyone", "core"}),
        (ana(Membership("core", since=TODAY)), {"everyone", "core"}),
        (ana(Membership("core"), left=TODAY, groups=("leads",)), {"everyone"}),
        (ana(Membership("core"), left=TOMORROW), {"everyone", "core"}),
        (ana(Membership("core", former=True), groups=("leads",)), {"everyone"}),
        (ana(Membership("core"), away_until=TOMORROW), {"everyone", "core"}),
    ],
)
def test_a_viewer_sees_what_their_teams_and_groups_see_today(
    memory: Memory, member: Member, groups: set[str]
) -> None:
    assert groups_of(memory, member) == groups


def test_a_member_of_a_private_place_sees_it(memory: Memory) -> None:
    private = Group("private: #pay", (Identity("slack:T1", "U1", "Ana", "", "ana@example.org"),))
    put(memory, Record("1", "thread", "Pay", (Segment("Pay."),), group=private), frozenset({"private: #pay"}))
    assert groups_of(memory, ana()) == {"everyone", "private: #pay"}
    assert groups_of(memory, ana(left=YESTERDAY)) == {"everyone"}
    with memory.reading() as connection:
        assert members.groups(connection) == {"private: #pay"}


def test_nobody_known_sees_what_is_public(memory: Memory) -> None:
    with memory.reading() as connection:
        assert members.viewer(connection, None, TODAY) == Viewer(None, frozenset({"everyone"}))
        assert members.viewer(connection, "nobody", TODAY) == Viewer(None, frozenset({"everyone"}))


def test_one_who_left_searches_as_nobody(memory: Memory) -> None:
    enrol(memory, ana(Membership("core"), left=YESTERDAY))
    with memory.reading() as connection:
        assert members.viewer(connection, "ana-diaz", TODAY) == Viewer()


def test_one_whose_team_begins_tomorrow_has_not_left() -> None:
    assert not members.has_left(ana(Membership("core", since=TOMORROW)), TODAY)


def test_a_directory_is_loaded_as_it_was_saved(memory: Memory) -> None:
    full = Member(
        name="Ana Diaz",
        id="ana-diaz",
        emails=("ana@example.org",),
        handles=("@ana",),
        teams=(Membership("core", "lead", date(2024, 1, 1), date(2025, 1, 1), True),),
        groups=("leads",),
        leader=True,
        topics=("fonts",),
        steward_of=("exports",),
        joined=date(2020, 1, 1),
        left=date(2025, 1, 1),
        away_until=date(2025, 2, 1),
        contact="chat",
        dont_suggest=True,
        hide_name=True,
    )
    enrol(memory, Member("Bo Lind"), full)
    with memory.reading() as connection:
        assert members.load(connection) == [full, Member("Bo Lind", "bo-lind")]


def compared(memory: Memory, *read: Member) -> tuple[Difference, list[str]]:
    """What storing these would change, and their ids; then store them."""
    with memory.reading() as connection:
        difference, with_ids = members.compare(connection, read)
    enrol(memory, *read)
    return difference, [m.id for m in with_ids]


def test_a_member_keeps_the_id_when_name_or_address_changes(memory: Memory) -> None:
    assert compared(memory, ana()) == (Difference(("Ana Diaz",), (), ()), ["ana-diaz"])
    renamed = Member("Ana Costa", emails=("ANA@example.org",))
    assert compared(memory, renamed) == (Difference((), ("Ana Costa",), ()), ["ana-diaz"])
    moved = Member("Ana Costa", emails=("new@example.org",))
    assert compared(memory, moved) == (Difference((), ("Ana Costa",), ()), ["ana-diaz"])
    assert compared(memory, moved)[0] == Difference((), (), ())
    assert compared(memory)[0] == Difference((), (), ("Ana Costa",))


def test_two_of_one_name_get_ids_of_their_own_and_keep_them(memory: Memory) -> None:
    two = (Member("Ana Diaz", emails=("1@example.org",)), Member("Ana Diaz", emails=("2@example.org",)))
    assert compared(memory, *two)[1] == ["ana-diaz", "ana-diaz-2"]
    assert compared(memory, *reversed(two))[1] == ["ana-diaz-2", "ana-diaz"]


def test_two_of_one_name_without_addresses_keep_their_ids(memory: Memory) -> None:
    two = (Member("Ana Diaz", contact="1"), Member("Ana Diaz", contact="2"))
    assert compared(memory, *two)[1] == ["ana-diaz", "ana-diaz-2"]
    assert compared(memory, *two) == (Difference((), (), ()), ["ana-diaz", "ana-diaz-2"])


def test_a_newcomer_never_gets_the_id_of_one_who_is_known(memory: Memory) -> None:
    compared(memory, ana())
    newcomer, renamed = (
        Member("Ana Diaz", emails=("2@example.org",)),
        Member("Ana Costa", emails=ana().emails),
    )
    assert compared(memory, newcomer, renamed)[1] == ["ana-diaz-2", "ana-diaz"]


@pytest.mark.parametrize("who", ["ana-diaz", "Ana Diaz", "ana diaz", "ana@example.org", "@ana", "ana"])
def test_a_member_is_found_by_id_name_address_or_handle(memory: Memory, who: str) -> None:
    enrol(memory, Member("Ana Diaz", emails=("ana@example.org",), handles=("@ana",)), Member("Bo Lind"))
    with memory.reading() as connection:
        assert members.find(connection, who).id == "ana-diaz"


def test_finding_nobody_or_two_is_an_error(memory: Memory) -> None:
    enrol(memory, Member("Ana Diaz"), Member("Ana Diaz"))
    with memory.reading() as connection:
        with pytest.raises(NotFoundError, match="no member 'Bo'"):
            members.find(connection, "Bo")
        with pytest.raises(
            NotFoundError, match=r"could be 2 members\. Say which one by id: ana-diaz, ana-diaz-2"
        ):
            members.find(connection, "Ana Diaz")

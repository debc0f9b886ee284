"""The directory, and who may see what."""

from __future__ import annotations

from datetime import date

import pytest

from copassist.errors import NotFoundError
from copassist.records import Group, Identity, Member, Membership, Record, Segment, Viewer
from copassist.store import Memory, members
from copassist.store.members import Difference, FieldChange, MemberChange
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


FORMER = Membership("core", former=True)
"""A team that somebody left on a day that the directory doesn't know."""


@pytest.mark.parametrize(
    ("member", "left"),
    [
        (ana(), False),
        (ana(Membership("core")), False),
        (ana(FORMER, Membership("data")), False),
        (ana(FORMER, Membership("data", since=TOMORROW)), False),
        (ana(Membership("core", since=TOMORROW)), False),
        (ana(FORMER), True),
        (ana(FORMER, Membership("data", former=True)), True),
        (ana(FORMER, left=TOMORROW), False),
        (ana(Membership("core"), left=TODAY), True),
        # A team that ended on a known day: nothing says that its member left the community.
        (ana(Membership("core", until=YESTERDAY)), False),
        (ana(Membership("core", until=YESTERDAY, former=True)), False),
        (ana(FORMER, Membership("data", until=YESTERDAY)), False),
    ],
)
def test_leaving_a_team_is_not_leaving_the_community(member: Member, left: bool) -> None:
    assert members.has_left(member, TODAY) is left


def test_teams_change_with_the_day() -> None:
    first = Membership("core", "lead", date(2024, 1, 1), date(2025, 1, 1))
    second, back = Membership("data", since=date(2024, 7, 1)), Membership("core", since=date(2026, 1, 1))
    member = ana(first, second, back, FORMER)
    assert members.teams_at(member, date(2023, 12, 31)) == []
    assert members.teams_at(member, date(2024, 1, 1)) == [first]
    assert members.teams_at(member, date(2024, 12, 31)) == [first, second]
    assert members.teams_at(member, date(2025, 1, 1)) == [second]
    assert members.teams_at(member, date(2026, 1, 1)) == [second, back]


@pytest.mark.parametrize(
    ("membership", "text"),
    [
        (Membership("Maps"), "Maps"),
        (Membership("Maps", "lead"), "Maps (lead)"),
        (Membership("Maps", since=YESTERDAY), "Maps (since 2025-05-31)"),
        (Membership("Maps", until=YESTERDAY, former=True), "Maps (former, until 2025-05-31)"),
        (Membership("Maps", "lead", YESTERDAY, TOMORROW), "Maps (lead, 2025-05-31 to 2025-06-02)"),
    ],
)
def test_a_membership_reads_as_the_file_writes_it(membership: Membership, text: str) -> None:
    assert members.membership_text(membership) == text


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


def changed(name: str, *fields: FieldChange) -> Difference:
    """A difference that changes these fields of Ana alone."""
    return Difference(changed=(MemberChange("ana-diaz", name, fields),))


def test_a_member_keeps_the_id_when_name_or_address_changes(memory: Memory) -> None:
    name = FieldChange("name", "Ana Diaz", "Ana Costa")
    first, second, third = ("ana@example.org",), ("ANA@example.org",), ("new@example.org",)
    assert compared(memory, ana()) == (Difference(added=("Ana Diaz",)), ["ana-diaz"])
    renamed = compared(memory, Member("Ana Costa", emails=second))
    assert renamed == (changed("Ana Costa", name, FieldChange("emails", first, second)), ["ana-diaz"])
    moved = compared(memory, Member("Ana Costa", emails=third))
    assert moved == (changed("Ana Costa", FieldChange("emails", second, third)), ["ana-diaz"])
    assert compared(memory, Member("Ana Costa", emails=third))[0] == Difference()
    assert compared(memory)[0] == Difference(removed=("Ana Costa",))


def test_a_member_keeps_the_id_with_a_handle_of_one_world(memory: Memory) -> None:
    compared(memory, Member("Ana Diaz", handles=("slack:@ana",)))
    assert compared(memory, Member("Ana Costa", handles=("Slack:ANA",)))[1] == ["ana-diaz"]
    assert compared(memory, Member("Bo Lind", handles=("github:ana",)))[1] == ["bo-lind"]


def test_a_difference_names_each_field(memory: Memory) -> None:
    before = ana(Membership("core"), topics=("fonts",))
    after = ana(Membership("core", "lead"), Membership("data"), left=TODAY, leader=True)
    compared(memory, before)
    assert compared(memory, after)[0] == changed(
        "Ana Diaz",
        FieldChange("teams", (Membership("core"),), (Membership("core", "lead"), Membership("data"))),
        FieldChange("leader", False, True),
        FieldChange("topics", ("fonts",), ()),
        FieldChange("left", None, TODAY),
    )


def test_two_of_one_name_get_ids_of_their_own_and_keep_them(memory: Memory) -> None:
    two = (Member("Ana Diaz", emails=("1@example.org",)), Member("Ana Diaz", emails=("2@example.org",)))
    assert compared(memory, *two)[1] == ["ana-diaz", "ana-diaz-2"]
    assert compared(memory, *reversed(two))[1] == ["ana-diaz-2", "ana-diaz"]


def test_two_of_one_name_without_addresses_keep_their_ids(memory: Memory) -> None:
    two = (Member("Ana Diaz", contact="1"), Member("Ana Diaz", contact="2"))
    assert compared(memory, *two)[1] == ["ana-diaz", "ana-diaz-2"]
    assert compared(memory, *two) == (Difference(), ["ana-diaz", "ana-diaz-2"])


def test_a_newcomer_never_gets_the_id_of_one_who_is_known(memory: Memory) -> None:
    compared(memory, ana())
    newcomer, renamed = (
        Member("Ana Diaz", emails=("2@example.org",)),
        Member("Ana Costa", emails=ana().emails),
    )
    assert compared(memory, newcomer, renamed)[1] == ["ana-diaz-2", "ana-diaz"]


def test_a_newcomer_never_gets_the_id_of_one_who_leaves_the_directory(memory: Memory) -> None:
    compared(memory, ana())
    compared(memory, Member("Ana Costa", emails=ana().emails))
    assert compared(memory, Member("Ana Diaz", emails=("2@example.org",)))[1] == ["ana-diaz-2"]


def test_a_handle_that_is_given_to_another_takes_no_id_along(memory: Memory) -> None:
    bo, cy = Member("Bo Lind", handles=("@bo",)), Member("Cy Fox", handles=("@cy",))
    assert compared(memory, bo, cy)[1] == ["bo-lind", "cy-fox"]
    swapped = Member("Bo Lind", handles=("@cy",)), Member("Cy Fox", handles=("@bo",))
    assert compared(memory, *swapped)[1] == ["bo-lind", "cy-fox"]
    assert compared(memory, Member("Bo Lind"), Member("Zoe Zed", handles=("@cy",)))[1] == [
        "bo-lind",
        "zoe-zed",
    ]


@pytest.mark.parametrize("who", ["ana-diaz", "Ana Diaz", "ana diaz", "ana@example.org", "@ana", "ana"])
def test_a_member_is_found_by_id_name_address_or_handle(memory: Memory, who: str) -> None:
    enrol(memory, Member("Ana Diaz", emails=("ana@example.org",), handles=("@ana",)), Member("Bo Lind"))
    with memory.reading() as connection:
        assert members.find(connection, who).id == "ana-diaz"


@pytest.mark.parametrize("who", ["slack:@ana", "SLACK:@ANA", "@ana", "ana", "Diaz, Ana", "Ána Díaz"])
def test_a_member_is_found_by_a_handle_of_one_world_and_the_name_in_other_order(
    memory: Memory, who: str
) -> None:
    enrol(memory, Member("Ana Diaz", handles=("slack:@ana",)), Member("Bo Lind", handles=("slack:@bo",)))
    with memory.reading() as connection:
        assert members.find(connection, who).id == "ana-diaz"


@pytest.mark.parametrize(
    ("member", "reach"),
    [
        (Member("Ana", contact="desk 4", handles=("@ana",)), "desk 4"),
        (Member("Ana", handles=("@ana", "slack:@x"), emails=("a@x.org",)), "@ana"),
        (Member("Ana", handles=("slack:@ana",)), "@ana on slack"),
        (Member("Ana", emails=("a@x.org",)), "a@x.org"),
        (Member("Ana"), ""),
    ],
)
def test_somebody_is_reached_as_they_wish(member: Member, reach: str) -> None:
    assert members.reach(member) == reach


def test_finding_nobody_or_two_is_an_error(memory: Memory) -> None:
    enrol(memory, Member("Ana Diaz"), Member("Ana Diaz"), Member("Cy Lind", hide_name=True))
    with memory.reading() as connection:
        with pytest.raises(NotFoundError, match="no member 'Bo'"):
            members.find(connection, "Bo")
        with pytest.raises(NotFoundError, match=r"mean Ana Diaz \(ana-diaz\) or Ana Diaz \(ana-diaz-2\)\?"):
            members.find(connection, "diaz")
        with pytest.raises(
            NotFoundError, match=r"no member 'Lind' in the directory\. `copassist members list`"
        ):
            members.find(connection, "Lind")
        with pytest.raises(
            NotFoundError, match=r"could be 2 members\. Say which one by id: ana-diaz, ana-diaz-2"
        ):
            members.find(connection, "Ana Diaz")

"""Who of the directory somebody in a source is by the rules, and who they could be."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from copassist.records import Identity, Member, named
from copassist.store.matching import Match, candidates, match, signs_of
from copassist.store.names import holds_in, name_key, name_words, overlap, split_handle

DIRECTORY = [
    Member("Ana Pires", "ana", emails=("ana@example.org",), handles=("@anap", "slack:@ap")),
    Member("Bo Lind", "bo", emails=("bo@example.org",), handles=("bo", "discourse:talk.example.org:@lindy")),
    Member("Ana Costa", "ana-c", handles=("github:@anap2",)),
    Member("Jo Lee", "jo-1", emails=("jo1@example.org",)),
    Member("Jo Lee", "jo-2", emails=("jo2@example.org",)),
    Member("Søren Ødegård-O'Brien", "soren"),
    Member("Okoro, Ben", "ben"),
    Member("Zoe", "zoe"),
]
SIGNS = signs_of(DIRECTORY)


def slack(name: str = "", handle: str = "", email: str = "") -> Identity:
    return Identity("slack:T1", "U1", name, handle, email)


@pytest.mark.parametrize(
    ("identity", "found"),
    [
        (slack(email="ANA@Example.org"), Match("ana", "address")),
        (slack("Somebody Else", email="ana@example.org"), Match("ana", "address")),
        (Identity("mail", "ana@example.org"), Match("ana", "address")),
        (named("ana@example.org"), Match("ana", "address")),
        (slack(handle="@AnaP"), Match("ana", "handle")),
        (slack(handle="anap"), Match("ana", "handle")),
        (Identity("stackexchange:x", "7", "7", "anap"), Match("ana", "handle")),
        (named("@ANAP"), Match("ana", "handle")),
        (slack("Ana Pires"), Match("ana", "name")),
        (named("PIRES,  ána"), Match("ana", "name")),
        (named("Soren Odegard-O’Brien"), Match("soren", "name")),
        (named("Ben Okoro"), Match("ben", "name")),
        (slack("Jo Lee", email="jo2@example.org"), Match("jo-2", "address")),
    ],
)
def test_an_exact_address_or_handle_decides_else_a_full_name(identity: Identity, found: Match) -> None:
    assert match(SIGNS, identity) == found


@pytest.mark.parametrize(
    "identity",
    [
        named("Ana"),
        named("Ana P."),
        named("Ana M. Pires"),
        named("Ana Maria Pires"),
        named("Pires Ana"),
        named("Pires"),
        named("Ana Pires, PhD"),
        named("Ana Pires (guest)"),
        named("Zoe"),
        named(""),
        named(","),
        slack(),
        slack(handle="@"),
        Identity("slack:T1", "anap"),
        Identity("slack:T1", "ana@example.org"),
    ],
)
def test_part_of_a_name_more_than_the_name_and_an_id_decide_nothing(identity: Identity) -> None:
    assert match(SIGNS, identity) == Match(None)


def test_a_name_that_two_members_bear_stays_open() -> None:
    assert match(SIGNS, named("Jo Lee")) == Match(None, "shared name")


@pytest.mark.parametrize(
    "identity",
    [
        slack(handle="@bo", email="ana@example.org"),
        slack("Bo Lind", "@anap"),
        slack("Bo Lind", email="ana@example.org"),
        slack("Jo Lee", email="ana@example.org"),
    ],
)
def test_signs_of_two_members_are_a_conflict(identity: Identity) -> None:
    assert match(SIGNS, identity) == Match(None, "conflict")


@pytest.mark.parametrize(
    ("identity", "member"),
    [
        (slack(handle="@ap"), "ana"),
        (Identity("slack:T2", "U1", handle="ap"), "ana"),
        (Identity("discourse:talk.example.org", "1", handle="@ap"), None),
        (Identity("discourse:talk.example.org", "1", handle="lindy"), "bo"),
        (Identity("discourse:other.example.org", "1", handle="lindy"), None),
        (Identity("slackers", "1", handle="ap"), None),
        (named("@ap"), None),
        (named("ap"), None),
        (named("@anap2"), None),
        (Identity("github", "1", handle="anap2"), "ana-c"),
    ],
)
def test_a_handle_with_a_world_counts_there_alone(identity: Identity, member: str | None) -> None:
    assert match(SIGNS, identity).member == member


@pytest.mark.parametrize(
    ("word", "member"),
    [
        ("ann", "a"),
        ("Ann", None),
        ("ANN", None),
        ("@Ann", "a"),
        ("kit", None),
        ("Kit", None),
        ("@kit", "b"),
        ("BoxyU", "c"),
        ("boxyu", "c"),
        ("BOXYU", "c"),
    ],
)
def test_a_word_without_the_at_sign_is_a_handle_unless_it_can_be_a_first_name(
    word: str, member: str | None
) -> None:
    directory = [
        Member("Ann Roe", "a", handles=("@ann",)),
        Member("Cy Fox", "b", handles=("@kit",)),
        Member("Box", "c", handles=("@BoxyU",)),
        Member("Kit Moss", "d"),
    ]
    assert match(signs_of(directory), named(word)).member == member


def could_be(identity: Identity) -> list[tuple[str, str]]:
    return [(c.member, c.why) for c in candidates(SIGNS, identity)]


PART = "has this as part of the name"
MIDDLE = "has this name, with more or fewer middle names or initials"
READS = "has a name that this account reads like"


@pytest.mark.parametrize(
    ("identity", "found"),
    [
        (named("Ana"), [("ana-c", PART), ("ana", PART)]),
        (named("Pires"), [("ana", PART)]),
        (named("An"), [("ana-c", f"{PART}, in another form"), ("ana", f"{PART}, in another form")]),
        (named("Anabel"), [("ana-c", f"{PART}, in another form"), ("ana", f"{PART}, in another form")]),
        (named("Li"), []),
        (named("Ana M. Pires"), [("ana", MIDDLE)]),
        (named("Ana Maria Pires"), [("ana", MIDDLE)]),
        (named("A. Pires"), [("ana", MIDDLE)]),
        (named("Pires Ana"), [("ana", "has this name in another order")]),
        (named("Ana Pirez"), [("ana", "has a name spelt much like this")]),
        (named("Ana Xu"), []),
        (named("Zoe"), [("zoe", "has this name")]),
        (named("Zoe Ray"), [("zoe", "has part of this name")]),
        (named("Jo Lee"), [("jo-1", "has this name"), ("jo-2", "has this name")]),
        (named("A"), []),
        (named(""), []),
        (slack("x", "ana.pires"), [("ana", READS)]),
        (named("apires42"), [("ana", READS)]),
        (slack("x", "blind"), [("bo", READS)]),
        (slack("x", "ana_pires2"), [("ana", READS)]),
        (Identity("mail", "acosta@other.org"), [("ana-c", READS)]),
        (
            slack("Bo Lind", "@anap"),
            [("ana", "has the handle @anap"), ("bo", "has this name")],
        ),
    ],
)
def test_candidates_come_likeliest_first_with_what_speaks_for_them(
    identity: Identity, found: list[tuple[str, str]]
) -> None:
    assert could_be(identity) == found


def test_one_word_is_not_an_initial_and_the_word_itself_comes_first() -> None:
    signs = signs_of([Member("J. Ryan Rye", "j"), Member("Josh Moss", "josh"), Member("Jo Abt", "jo")])
    assert [c.member for c in candidates(signs, named("Josh"))] == ["josh", "jo"]
    assert [c.member for c in candidates(signs, named("J. Rye"))] == ["j"]


def test_a_text_of_a_million_characters_is_nobody() -> None:
    long = (
        "zu" + "\u0301" * 500_000 + "\u0316" * 500_000
    )  # what normalize() takes quadratic time to put in order
    assert match(SIGNS, Identity("slack:T1", "U1", long, long, long)) == Match(None)
    assert could_be(Identity("slack:T1", "U1", long, long, long + "@x")) == []
    assert could_be(named("zu " * 500_000)) == []


def test_only_the_whole_of_a_long_name_is_that_name() -> None:
    long = "Ana " + "x" * 300
    signs = signs_of([Member(long, "ana")])
    assert match(signs, named(long)) == Match("ana", "name")
    assert match(signs, named(long + "y")) == Match(None)


TEXTS = st.text(st.sampled_from("aA .,@:-'é\u0301ßİ1ø"), max_size=12)


@given(TEXTS, TEXTS, TEXTS, TEXTS)
def test_any_text_is_matched_or_not_but_never_breaks(key: str, name: str, handle: str, email: str) -> None:
    directory = [Member(name or "x", "1", (email,), (handle,)), *DIRECTORY]
    signs = signs_of(directory)
    for scheme in ("name", "mail", "slack:T1"):
        identity = Identity(scheme, key, name, handle, email)
        found = match(signs, identity)
        assert (found.member is None) == (found.why in ("", "conflict", "shared name"))
        candidates(signs, identity)


@given(
    st.permutations(DIRECTORY), st.sampled_from([named("Ana"), named("Jo Lee"), slack("Bo Lind", "@anap")])
)
def test_the_order_of_the_directory_decides_nothing(directory: list[Member], identity: Identity) -> None:
    signs = signs_of(directory)
    assert match(signs, identity) == match(SIGNS, identity)
    assert candidates(signs, identity) == candidates(SIGNS, identity)


# Names, handles


@pytest.mark.parametrize(
    ("handle", "world", "bare"),
    [
        ("@ana", "", "@ana"),
        ("ana", "", "ana"),
        ("slack:@ana", "slack", "@ana"),
        ("GitHub: ana", "github", "ana"),
        ("slack:T1:@ana", "slack:t1", "@ana"),
        ("@ana:matrix.org", "", "@ana:matrix.org"),
        ("https://x.org/ana", "", "https://x.org/ana"),
    ],
)
def test_a_handle_may_name_its_world(handle: str, world: str, bare: str) -> None:
    assert split_handle(handle) == (world, bare)


def test_a_world_holds_in_its_schemes() -> None:
    assert holds_in("", "anything") and holds_in("slack", "slack:T1") and holds_in("slack:t1", "slack:T1")
    assert not holds_in("slack:t1", "slack:T2") and not holds_in("slack", "slackers")
    assert overlap("", "slack") and overlap("slack", "slack:t1") and overlap("slack:t1", "slack")
    assert not overlap("slack", "github") and not overlap("slack:t1", "slack:t2")


def test_names_are_compared_without_case_accents_order_and_marks() -> None:
    assert name_key("  PIRES ,  Ána ") == "ana pires"
    assert name_key("Łucja D’Arc‑Øre") == "lucja d'arc-ore"
    assert name_key("Pires, Ana, PhD") == "pires, ana, phd"
    assert name_key("Prof. Dr Ana Pires") == name_key("Pires, Dr. Ana") == "ana pires"
    assert name_key("Dr Pires") == "dr pires"
    assert name_words("Ana-Li P. O'Brien") == ["ana", "li", "p", "o'brien"]

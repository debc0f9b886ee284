"""The command line's contract: what each command does, its exit code, and the JSON that scripts read."""

from __future__ import annotations

import contextlib
import io
import json
import re
import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest

from copassist import cli
from copassist.store.memory import open_
from tests.fakes import all_rows, rows

MEMBERS = """name,emails,handles,teams,groups,leader,steward_of,dont_suggest
Ana Pires,ana@example.org,@ana,Maps,,yes,tile server,
Ben Okoro,ben@example.org,@ben,Maps,,,,
Cleo Marsh,cleo@example.org,@cleo,Print,stewards,,,
"""
CLINIC = """---
title: "Clinic: the tile server is slow"
date: 2025-03-12
format: clinic
facilitator: Ana Pires
presenter: Ben Okoro
---

## Problem

The tile server needs 40 seconds to draw the harbour map.

## Advice

- Ana Pires: draw the tiles at night and keep them in the cache, then the map opens in two seconds.

## Outcome

Ben drew the tiles at night, and the harbour map opens in two seconds now.
"""
SHOW = """---
title: "Show & tell: paper for posters"
date: 2025-06-04
format: show-and-tell
facilitator: Cleo Marsh
presenter: Cleo Marsh
---

## What we showed

Cleo Marsh: matt paper of 120 grams keeps posters flat in a damp hall.
"""
GUIDE = """# Guide to file names

Updated: 2025-02-01

## Names of files

Begin the name of a file with the year, the month and the day, and write no spaces in it.
"""
QUESTION = "How do we make the slow tile server draw the harbour map faster?"
PRIVATE = "The old plotter Zebulon is sold in August."
UNKNOWN = "Which vaccination do I need for a journey to the moon?"


@dataclass(frozen=True)
class Ran:
    """What a command left: its exit code, and what it printed."""

    code: int
    out: str
    err: str

    @property
    def json(self):
        return json.loads(self.out)


def copassist(*arguments: object, memory: Path | None = None) -> Ran:
    """Run a command as a script would; `memory` goes behind it as --memory."""
    given = [str(a) for a in arguments] + (["--memory", str(memory)] if memory else [])
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            code = cli.main(given)
        except SystemExit as left:
            code = left.code
    return Ran(code, out.getvalue(), err.getvalue())


def message(ts: float, user: str, text: str, **more: str) -> dict[str, str]:
    return {"type": "message", "ts": f"{ts:.6f}", "user": user, "text": text, "team": "T1", **more}


def write_export(folder: Path) -> Path:
    """A Slack export with a public channel and a private one, of Cleo alone."""
    users = [("U1", "ana", "Ana Pires"), ("U2", "ben", "Ben Okoro"), ("U3", "cleo", "Cleo Marsh")]
    listed = [
        {"id": i, "team_id": "T1", "name": n, "profile": {"real_name": r, "email": f"{n}@example.org"}}
        for i, n, r in users
    ]
    asked = message(1741773600, "U2", "Which glue holds foam board?", thread_ts="1741773600.000000")
    said = message(1741773900, "U3", "Spray glue holds foam board best.", thread_ts="1741773600.000000")
    secret = message(1741860000, "U3", PRIVATE)
    files = {
        "users.json": listed,
        "channels.json": [{"id": "C1", "name": "help", "members": ["U1", "U2", "U3"]}],
        "groups.json": [{"id": "G1", "name": "plans", "members": ["U3"]}],
        "help/2025-03-12.json": [asked, said],
        "plans/2025-03-13.json": [secret],
    }
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(json.dumps(content))
    return folder


def write_notes(folder: Path) -> Path:
    """Two sessions and a document."""
    folder.mkdir()
    (folder / "2025-03-12-clinic-tiles.md").write_text(CLINIC)
    (folder / "2025-06-04-show-posters.md").write_text(SHOW)
    (folder / "file-names.md").write_text(GUIDE)
    return folder


@dataclass(frozen=True)
class Community:
    """A tiny community on disk: its memory, what it was made of, and what the commands said."""

    memory: Path
    notes: Path
    members: Path
    export: Path
    said: dict[str, Ran]


@pytest.fixture(scope="module")
def community(tmp_path_factory):
    folder = tmp_path_factory.mktemp("community")
    notes, export = write_notes(folder / "notes"), write_export(folder / "export")
    (folder / "members.csv").write_text(MEMBERS)
    memory = folder / "memory"
    said = {"init": copassist("init", memory)}
    said["import"] = copassist("members", "import", folder / "members.csv", memory=memory)
    said["ingest"] = copassist("ingest", notes, export, memory=memory)
    return Community(memory, notes, folder / "members.csv", export, said)


@pytest.fixture
def own(community, tmp_path):
    """The community with a memory and notes of the test's own, to change."""
    memory, notes = tmp_path / "memory", community.notes
    shutil.copytree(community.memory, memory)
    return Community(memory, notes, community.members, community.export, community.said)


def records(memory: Path) -> list[dict[str, object]]:
    opened = open_(memory)
    found = list(all_rows(opened, "records"))
    opened.close()
    return found


def record_of(memory: Path, locator: str) -> str:
    return next(str(r["id"]) for r in records(memory) if r["locator"] == locator)


def count(memory: Path, table: str) -> int:
    opened = open_(memory)
    number = rows(opened, table)
    opened.close()
    return number


# Keeping a memory


def test_init_makes_an_empty_memory_and_says_what_comes_next(community):
    ran = community.said["init"]
    assert (ran.code, ran.err) == (0, "")
    assert ran.out == (
        f"Made an empty memory in {community.memory}.\n"
        f"Next: copassist ingest --memory {community.memory} PATH...\n"
    )


def test_members_import_says_whom_it_added(community):
    ran = community.said["import"]
    assert (ran.code, ran.err) == (0, "")
    assert ran.out == "3 added: Ana Pires, Ben Okoro, Cleo Marsh\nThe directory has 3 members.\n"


def test_members_import_of_the_same_file_changes_nothing(own):
    ran = copassist("members", "import", own.members, memory=own.memory)
    assert (ran.code, ran.out) == (0, "Nothing changed.\n")


def test_a_member_is_removed_only_when_that_is_confirmed(own, tmp_path):
    fewer = tmp_path / "fewer.csv"
    fewer.write_text("".join(MEMBERS.splitlines(keepends=True)[:3]))
    ran = copassist("members", "import", fewer, memory=own.memory)
    assert ran.code == 1
    assert "The file no longer has Cleo Marsh; nothing was changed." in ran.err
    assert count(own.memory, "members") == 3
    ran = copassist("members", "import", fewer, "--yes", memory=own.memory)
    assert (ran.code, ran.out) == (
        0,
        "1 removed: Cleo Marsh\n"
        "2 no longer matched, so open again:\n"
        "  Cleo Marsh (a name in texts), in 1 record, was Cleo Marsh; that member is removed\n"
        "  Cleo Marsh, @cleo, cleo@example.org (slack:T1), in 2 records, was Cleo Marsh; that member is removed\n"
        "The directory has 2 members.\n",
    )


def test_members_list_names_everybody_with_team_and_role(community):
    ran = copassist("members", "list", memory=community.memory)
    assert ran.code == 0
    assert ran.out == (
        "ana-pires  Ana Pires  Maps  leader\nben-okoro  Ben Okoro  Maps\ncleo-marsh  Cleo Marsh  Print\n"
    )
    ran = copassist("members", "list", "--json", memory=community.memory)
    assert [m["id"] for m in ran.json["members"]] == ["ana-pires", "ben-okoro", "cleo-marsh"]


def test_members_review_lists_who_is_not_in_the_directory(own, tmp_path):
    guest = tmp_path / "guest"
    guest.mkdir()
    (guest / "2025-07-02-ama.md").write_text(
        "---\ntitle: AMA on inks\nformat: ama\nfacilitator: Dora Quill\n---\n\nInk dries in an hour.\n"
    )
    assert copassist("members", "review", "--json", memory=own.memory).json == {"unmatched": []}
    assert copassist("ingest", guest, memory=own.memory).code == 0
    ran = copassist("members", "review", memory=own.memory)
    assert ran.code == 0
    assert "Dora Quill (a name in texts): in 1 record\n" in ran.out


def test_ingest_says_what_went_in_and_again_that_nothing_changed(community):
    ran = community.said["ingest"]
    assert ran.code == 0
    assert ran.out.splitlines() == [
        "5 added, 0 changed, 0 removed, 0 unchanged (1 document, 2 sessions, 2 threads)."
    ]
    before = records(community.memory)
    ran = copassist("ingest", community.notes, community.export, memory=community.memory)
    assert (ran.code, ran.out) == (0, "0 added, 0 changed, 0 removed, 5 unchanged.\n")
    assert records(community.memory) == before


def test_a_dry_run_shows_what_would_happen_and_changes_nothing(own, tmp_path):
    more = tmp_path / "more"
    more.mkdir()
    (more / "2025-07-02-clinic-inks.md").write_text(CLINIC.replace("tile server", "ink pump"))
    before = records(own.memory)
    ran = copassist("ingest", more, "--dry-run", memory=own.memory)
    assert ran.code == 0
    assert ran.out == (
        "would add     2025-07-02-clinic-inks.md  clinic, 2025-03-12: Clinic: the ink pump is slow. "
        "Ana Pires (facilitator), Ben Okoro (presenter)\n"
        "Would be: 1 added, 0 changed, 0 removed, 0 unchanged (1 session).\n"
        "2 people, each with the number of records: Ana Pires (1), Ben Okoro (1)\n"
    )
    assert records(own.memory) == before
    assert count(own.memory, "sources") == 2


def test_what_is_not_read_is_skipped_and_counted_which_is_no_error(own, tmp_path):
    more = tmp_path / "more"
    more.mkdir()
    (more / "picture.png").write_bytes(b"\x89PNG")
    ran = copassist("ingest", more, memory=own.memory)
    assert ran.code == 0
    assert ran.out.splitlines()[1] == "Skipped: 1 × .png."


def test_ingest_json_counts_what_it_did(own):
    ran = copassist("ingest", own.notes, "--json", memory=own.memory)
    assert ran.code == 0
    told = ran.json
    assert [told[k] for k in ("added", "changed", "removed", "unchanged", "rejected")] == [0, 0, 0, 3, []]


def test_sources_are_listed_and_one_is_removed_with_its_records_and_brought_back(own):
    listed = copassist("sources", "list", "--json", memory=own.memory)
    assert listed.code == 0
    assert [(s["name"], s["records"]) for s in listed.json["sources"]] == [("export", 2), ("notes", 3)]
    assert copassist("sources", memory=own.memory).out.startswith("export  slack  2 records  for everyone")
    before = records(own.memory)
    ran = copassist("sources", "remove", "notes", memory=own.memory)
    assert (ran.code, ran.out) == (
        0,
        "Removed notes with 3 records. `copassist undo` brings it back.\n",
    )
    assert [r["kind"] for r in records(own.memory)] == ["thread", "thread"]
    ran = copassist("undo", memory=own.memory)
    assert (ran.code, ran.out) == (0, "Took back: sources remove notes. The memory has 5 records now.\n")
    known = [(r["id"], r["content"]) for r in before]
    assert [(r["id"], r["content"]) for r in records(own.memory)] == known


def test_a_folder_with_nothing_to_read_is_said_to_have_nothing(own, tmp_path):
    (tmp_path / "empty").mkdir()
    ran = copassist("ingest", tmp_path / "empty", memory=own.memory)
    assert ran.out == (
        "0 added, 0 changed, 0 removed, 0 unchanged.\n"
        "Nothing that is read was found there; docs/sources.md says what is.\n"
    )


def test_undo_takes_back_the_last_ingest(own, tmp_path):
    more = tmp_path / "more"
    more.mkdir()
    (more / "note.md").write_text(GUIDE)
    copassist("ingest", more, memory=own.memory)
    assert len(records(own.memory)) == 6
    ran = copassist("undo", memory=own.memory)
    assert (ran.code, ran.out) == (0, f"Took back: ingest {more}. The memory has 5 records now.\n")
    assert len(records(own.memory)) == 5


def test_a_forgotten_record_is_gone_for_good(own):
    id_ = record_of(own.memory, "2025-03-12-clinic-tiles.md")
    ran = copassist("forget", id_, memory=own.memory)
    assert (ran.code, ran.out) == (0, f"Forgot the record {id_}. No later ingest brings it back.\n")
    ran = copassist("ingest", own.notes, memory=own.memory)
    assert "0 added" in ran.out
    assert id_ not in {r["id"] for r in records(own.memory)}
    hits = copassist("search", "slow tile server", "--json", memory=own.memory).json["hits"]
    assert id_ not in {hit["record"] for hit in hits}


def test_a_forgotten_member_is_named_no_more(own):
    ran = copassist("forget", "Cleo Marsh", "--yes", memory=own.memory)
    assert ran.code == 0
    assert ran.out.startswith("Forgot Cleo Marsh. Their words stay, as those of somebody;")
    assert [m["name"] for m in copassist("members", "list", "--json", memory=own.memory).json["members"]] == [
        "Ana Pires",
        "Ben Okoro",
    ]
    hits = copassist("search", "spray glue foam board", "--json", "-n", 1, memory=own.memory).json["hits"]
    assert "Cleo Marsh" not in json.dumps([hit["people"] for hit in hits])


def test_a_member_is_forgotten_only_when_that_is_meant(own):
    ran = copassist("forget", "Cleo Marsh", memory=own.memory)
    assert (ran.code, ran.out) == (1, "")
    assert "Nothing was changed: this can't be undone." in ran.err and "--yes" in ran.err
    assert "Cleo Marsh" in copassist("members", "list", memory=own.memory).out


def test_a_member_with_a_hidden_name_is_not_forgotten_since_texts_would_show_it(own):
    file = own.notes.parent / "hidden.csv"
    file.write_text("name,hide_name\nCleo Marsh,yes\n")
    assert copassist("members", "import", file, "--yes", memory=own.memory).code == 0
    ran = copassist("forget", "Cleo Marsh", "--yes", memory=own.memory)
    assert (ran.code, ran.out) == (1, "") and "doesn't want to be named" in ran.err and "`left`" in ran.err
    hits = copassist("search", "spray glue foam board", "--json", memory=own.memory).json["hits"]
    assert {"member": None, "name": "a member"} in [
        {k: p[k] for k in ("member", "name")} for hit in hits for p in hit["people"]
    ]


def test_status_counts_what_the_memory_holds(community):
    ran = copassist("status", "--json", memory=community.memory)
    assert ran.code == 0
    held = ran.json
    assert held["records"] == {"document": 1, "session": 2, "thread": 2}
    assert (held["members"], held["waiting"], held["sample"]) == (3, 0, False)
    assert [s["name"] for s in held["sources"]] == ["export", "notes"]
    said = copassist("status", memory=community.memory)
    assert said.code == 0
    assert said.out.startswith(f"{community.memory}: 1 document, 2 sessions, 2 threads;")
    assert "Index: up to date." in said.out


def test_reindex_embeds_every_passage_anew(own):
    passages = copassist("status", "--json", memory=own.memory).json["passages"]
    ran = copassist("reindex", memory=own.memory)
    assert (ran.code, ran.out) == (0, f"Indexed {passages} passages.\n")
    assert "2025-03-12" in copassist("search", "slow tile server", "--json", memory=own.memory).out


def test_doctor_finds_a_new_memory_well(community):
    ran = copassist("doctor", memory=community.memory)
    assert ran.code == 0
    assert {line[:5] for line in ran.out.splitlines()} == {"ok   "}
    looked_at = [line[7:].partition(":")[0] for line in ran.out.splitlines()]
    assert looked_at == [
        "Python",
        "Embedding model",
        "Cross-encoder",
        "Readers",
        "Secrets",
        "Database",
        "Keyword index",
        "Vector index",
        "Free disk",
        "Writable",
    ]


def test_doctor_says_what_is_wrong_and_exits_1(own):
    opened = open_(own.memory)
    with opened.writing() as connection:
        connection.exec_driver_sql(
            "UPDATE passages SET words = x'' WHERE id = (SELECT min(id) FROM passages)"
        )
    opened.close()
    ran = copassist("doctor", memory=own.memory)
    assert ran.code == 1
    wrong = [line for line in ran.out.splitlines() if line.startswith("WRONG")]
    assert [line.partition(":")[0] for line in wrong] == ["WRONG  Keyword index"]


def test_the_memory_is_also_named_by_the_environment(community, monkeypatch):
    monkeypatch.setenv("COPASSIST_MEMORY", str(community.memory))
    assert copassist("status", "--json").json["members"] == 3


# Asking it

ANSWER_KEYS = {
    "question", "understood_as", "status", "confidence", "sentences", "citations", "contacts",
    "question_id", "conversation",
}  # fmt: skip
CITATION_KEYS = {
    "n", "use", "record", "segment", "kind", "title", "date", "people", "quote", "location", "link",
    "superseded_by",
}  # fmt: skip
HIT_KEYS = {"record", "segment", "kind", "format", "title", "date", "people", "text", "score"}
GAP_KEYS = {
    "id", "label", "status", "cause", "questions", "askers", "last_asked", "suggested_format", "helpers",
    "examples", "missed",
}  # fmt: skip


@pytest.fixture(scope="module")
def answer(community):
    ran = copassist("ask", QUESTION, "--as", "Cleo Marsh", "--private", "--json", memory=community.memory)
    assert (ran.code, ran.err) == (0, "")
    return ran.json


def test_an_answer_has_the_keys_of_the_contract(answer):
    assert set(answer) == ANSWER_KEYS | {"notes", "written_by"}
    assert answer["question"] == answer["understood_as"] == QUESTION
    assert answer["status"] in ("answered", "partial")
    assert 0 <= answer["confidence"] <= 1
    assert {key for s in answer["sentences"] for key in s} == {"text", "citations"}
    assert {key for c in answer["contacts"] for key in c} == {
        "member",
        "name",
        "reason",
        "evidence",
        "contact",
    }


def test_a_citation_has_the_keys_of_the_contract_at_least(answer):
    assert answer["citations"]
    for citation in answer["citations"]:
        assert CITATION_KEYS - set(citation) == set()
        assert all({"member", "role"} - set(person) == set() for person in citation["people"])


def test_a_citation_has_no_keys_besides_those_of_the_contract(answer):
    assert {key for c in answer["citations"] for key in c} == CITATION_KEYS
    assert {key for c in answer["citations"] for p in c["people"] for key in p} == {"member", "name", "role"}


def test_every_sentence_cites_an_exact_quote_of_the_record(answer, community):
    cited = {c["n"]: c for c in answer["citations"]}
    assert [c["n"] for c in answer["citations"]] == list(range(1, len(cited) + 1))
    opened = open_(community.memory)
    texts = {row["id"]: (row["record_id"], row["text"]) for row in all_rows(opened, "segments")}
    opened.close()
    for sentence in answer["sentences"]:
        assert sentence["citations"]
        assert {cited[n]["use"] for n in sentence["citations"]} == {"answer"}
    for citation in cited.values():
        record, text = texts[citation["segment"]]
        assert record == citation["record"]
        assert citation["quote"] in text


def test_the_answer_comes_from_the_clinic_and_names_who_knows(answer, community):
    clinic = record_of(community.memory, "2025-03-12-clinic-tiles.md")
    used = [c for c in answer["citations"] if c["use"] == "answer"]
    assert (used[0]["record"], used[0]["title"], used[0]["date"], used[0]["kind"]) == (
        clinic,
        "Clinic: the tile server is slow",
        "2025-03-12",
        "session",
    )
    assert answer["contacts"][0]["member"] == "ana-pires"


def test_an_asker_is_never_sent_to_themselves(community):
    ran = copassist("ask", QUESTION, "--as", "@ana", "--private", "--json", memory=community.memory)
    assert "ana-pires" not in {c["member"] for c in ran.json["contacts"]}


def test_an_unanswered_question_has_no_sentences_and_exits_0(community):
    ran = copassist("ask", UNKNOWN, "--private", "--json", memory=community.memory)
    assert (ran.code, ran.json["status"], ran.json["sentences"]) == (0, "unanswered", [])
    assert {c["use"] for c in ran.json["citations"]} <= {"nearest", "contact"}
    said = copassist("ask", UNKNOWN, "--private", memory=community.memory)
    assert (said.code, said.out.splitlines()[0]) == (0, "The memory doesn't say.")


def test_a_private_question_leaves_no_row(own):
    ran = copassist("ask", UNKNOWN, "--private", "--json", memory=own.memory)
    assert ran.json["question_id"] is None
    written = ("questions", "question_citations", "question_contacts", "gaps")
    assert {table: count(own.memory, table) for table in written} == dict.fromkeys(written, 0)


def test_a_question_is_logged_under_a_pseudonym(own):
    ran = copassist("ask", QUESTION, "--as", "Cleo Marsh", "--json", memory=own.memory)
    opened = open_(own.memory)
    (logged,) = all_rows(opened, "questions")
    opened.close()
    assert (logged["id"], logged["text"], logged["status"], logged["conversation"]) == (
        ran.json["question_id"],
        QUESTION,
        ran.json["status"],
        ran.json["conversation"],
    )
    assert not {"Cleo Marsh", "cleo-marsh", "cleo@example.org"} & {str(v) for v in logged.values()}


def test_a_conversation_goes_on_under_its_id(own):
    first = copassist("ask", QUESTION, "--json", memory=own.memory).json
    ran = copassist(
        "ask", "Who led it?", "--conversation", first["conversation"], "--json", memory=own.memory
    )
    assert (ran.code, ran.json["conversation"]) == (0, first["conversation"])


def test_hits_have_the_keys_of_the_contract_best_first(community):
    ran = copassist("search", "slow tile server", "--json", memory=community.memory)
    assert (ran.code, ran.err) == (0, "")
    assert set(ran.json) == {"hits"}
    hits = ran.json["hits"]
    assert {frozenset(hit) for hit in hits} == {frozenset(HIT_KEYS)}
    assert hits[0]["title"] == "Clinic: the tile server is slow"
    assert [h["score"] for h in hits] == sorted((h["score"] for h in hits), reverse=True)


@pytest.mark.parametrize(
    ("filters", "titles"),
    [
        (["--format", "clinic"], {"Clinic: the tile server is slow"}),
        (["--kind", "document"], {"Guide to file names"}),
        (["--kind", "session", "--since", "2025-04-01"], {"Show & tell: paper for posters"}),
        (["--kind", "session", "--until", "2025-03-12"], {"Clinic: the tile server is slow"}),
        (["--person", "Ben Okoro", "--kind", "session"], {"Clinic: the tile server is slow"}),
        (["--since", "2026-01-01"], set()),
        (["--as", "Cleo Marsh", "--kind", "thread", "--since", "2025-03-13"], {PRIVATE}),
        (["--as", "Ana Pires", "--kind", "thread", "--since", "2025-03-13"], set()),
        (["--kind", "thread", "--since", "2025-03-13"], set()),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)  # fmt: skip
@pytest.mark.parametrize("query", ["the old paper of the map", ""], ids=["words", "newest"])
def test_a_search_finds_what_its_filters_and_its_viewer_allow(community, query, filters, titles):
    ran = copassist("search", query, *filters, "--json", memory=community.memory)
    assert ran.code == 0
    assert {hit["title"] for hit in ran.json["hits"]} == titles


def test_a_search_names_each_record_once_and_within_one_shows_its_passages(own):
    parts = "\n\n".join(f"## Part {n}\n\nSpray glue, spray glue, {'layer ' * 90}." for n in range(6))
    (own.notes / "long.md").write_text(f"# Spray glue\n\n{parts}")
    assert copassist("ingest", own.notes, memory=own.memory).code == 0
    id_ = record_of(own.memory, "long.md")
    best = copassist("search", "spray glue", "--json", "-n", 3, memory=own.memory).json["hits"]
    assert [hit["record"] for hit in best] == [id_] * 3
    found = copassist("search", "spray glue", "-n", 3, memory=own.memory).out.split("\n\n")
    heads = [text.split(",")[0] for text in found]
    assert heads[0] == id_ and len(set(heads)) == len(heads) == 3
    within = copassist("search", "spray glue", "--record", id_, memory=own.memory).out
    assert within.count(f"{id_},") > 3


def test_a_search_says_when_nothing_is_found(community):
    ran = copassist("search", "tiles", "--since", "2026-01-01", memory=community.memory)
    assert (ran.code, ran.out) == (0, "Nothing found.\n")
    ran = copassist("search", "tiles", "--person", "Ana P", memory=community.memory)
    assert ran.out == "Nothing found. Did you mean Ana Pires (ana-pires)?\n"
    ran = copassist("search", "tiles", "--person", "Zoe", memory=community.memory)
    assert ran.out == "Nothing found. A person is found by full name, handle or id.\n"


def test_the_terminal_says_how_to_go_on_where_there_is_something_to_go_on_from(own):
    ran = copassist("ask", QUESTION, memory=own.memory)
    again = re.escape(f"copassist ask --memory {own.memory} --conversation ")
    conversation = re.search(again + r'(\w+) "\.\.\."\n\Z', ran.out)[1]
    ran = copassist("ask", "Who ran it?", "--conversation", conversation, "--json", memory=own.memory)
    assert ran.json["understood_as"] != "Who ran it?"
    assert "--conversation" not in copassist("ask", QUESTION, "--private", memory=own.memory).out
    ran = copassist("ask", QUESTION, "--as", "Ana Pires", memory=own.memory)
    assert f"--memory {own.memory} --as 'Ana Pires' --conversation" in ran.out


def test_a_gap_shows_once_three_people_asked_and_is_but_a_number_before(own):
    for member in ("Ana Pires", "Ben Okoro"):
        copassist("ask", UNKNOWN, "--as", member, memory=own.memory)
    assert copassist("gaps", "--json", memory=own.memory).json == {"gaps": [], "hidden": 1}
    copassist("ask", UNKNOWN, "--as", "Cleo Marsh", memory=own.memory)
    ran = copassist("gaps", "--json", memory=own.memory)
    assert (ran.code, set(ran.json), ran.json["hidden"]) == (0, {"gaps", "hidden"}, 0)
    (gap,) = ran.json["gaps"]
    assert set(gap) == GAP_KEYS
    assert (gap["label"], gap["status"], gap["cause"]) == (UNKNOWN, "open", "missing")
    assert (gap["questions"], gap["askers"], gap["examples"]) == (3, 3, [])
    said = copassist("gaps", memory=own.memory)
    assert said.out.startswith(f"{UNKNOWN}\n  3 questions by 3 people, last on ")


def test_questions_on_the_command_line_without_a_name_count_as_one_asker(own):
    for _ in range(3):
        copassist("ask", UNKNOWN, memory=own.memory)
    assert copassist("gaps", "--json", memory=own.memory).json == {"gaps": [], "hidden": 1}


# Wrong usage


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["dance"],
        ["init"],
        ["ingest"],
        ["ingest", "x", "--kind", "letters"],
        ["members"],
        ["members", "dance"],
        ["ask"],
        ["ask", "one", "two"],
        ["search", "x", "--since", "yesterday"],
        ["search", "x", "--kind", "song"],
        ["search", "x", "-n", "0"],
        ["forget"],
        ["serve", "--port", "http"],
        ["serve", "--port", "70000"],
        ["status", "--dance"],
    ],
    ids=" ".join,
)
def test_wrong_usage_exits_2_and_shows_the_usage(arguments):
    ran = copassist(*arguments)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith("usage: copassist")


@pytest.mark.parametrize("arguments", [["--help"], ["--version"], ["ask", "--help"]], ids=" ".join)
def test_help_and_version_exit_0(arguments):
    ran = copassist(*arguments)
    assert (ran.code, ran.err) == (0, "")
    assert "copassist" in ran.out


def test_every_kind_that_can_be_read_can_be_named():
    from ingest.sources import KINDS

    help_ = copassist("ingest", "--help").out
    assert all(kind in help_ for kind in KINDS)

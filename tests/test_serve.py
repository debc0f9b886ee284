"""The served app without a browser: who may see what, what an ingest beside it does, and its locks."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import gradio as gr
import httpx
import pytest
from filelock import FileLock

from copassist.records import PUBLIC, Viewer
from copassist.retrieve import Searcher
from copassist.store.memory import open_
from copassist.ui.serve import OpenLibrary
from tests.fakes import WordEncoder, all_rows
from tests.test_cli import MEMBERS, PRIVATE, copassist, write_export, write_notes

SECRET = "old plotter Zebulon sold in August"
"""Words of the private channel that Cleo Marsh alone is in."""


@dataclass(frozen=True)
class App:
    """A running `copassist serve`."""

    address: str
    process: subprocess.Popen[str]
    memory: Path

    def stop(self) -> str:
        """End it as a service manager does, and give back what it printed."""
        self.process.send_signal(signal.SIGTERM)
        said, _ = self.process.communicate(timeout=20)
        return said


def start(memory: Path, *arguments: str) -> App:
    """Start the app on a free port; `ready` waits until it answers."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "copassist.cli", "serve", "--memory", str(memory), "--port", str(port)]
    process = subprocess.Popen(
        [*command, *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )
    return App(f"http://127.0.0.1:{port}", process, memory)


def ready(app: App) -> App:
    """The app, once it answers."""
    for _ in range(600):
        assert app.process.poll() is None, app.process.communicate()[0]
        try:
            httpx.get(app.address, timeout=10)
            return app
        except httpx.TransportError:
            time.sleep(0.1)
    raise AssertionError(f"{app.address} didn't answer within a minute")


@contextmanager
def serving(memory: Path, *arguments: str) -> Iterator[App]:
    """The app over a memory, from when it answers until the end of the block."""
    app = start(memory, *arguments)
    try:
        yield ready(app)
    finally:
        if app.process.poll() is None:
            app.stop()


class Refused(Exception):
    """The app answered an event with an error."""


class Visit:
    """One visit of the page, without a browser: its events are asked for as the page's own code does."""

    def __init__(self, client: httpx.Client) -> None:
        self.client = client
        self.session = uuid.uuid4().hex
        self.config = client.get("/config").raise_for_status().json()
        self.labels = {c["id"]: c["props"].get("label") for c in self.config["components"]}
        self.happens("load", [], ["I am"])  # on load the pickers are filled

    def happens(
        self, trigger: str, inputs: list[str | None], outputs: list[str | None], *values: object
    ) -> Any:
        """What the event from inputs to outputs with these labels gives back for the first of them."""
        event = next(
            d
            for d in self.config["dependencies"]
            if [self.labels[i] for i in d["inputs"]] == inputs
            and [self.labels[i] for i in d["outputs"]] == outputs
            and trigger in [name for _, name in d["targets"]]
        )
        asked = {"data": values, "fn_index": event["id"], "session_hash": self.session, "event_data": None}
        self.client.post("/gradio_api/queue/join", json=asked).raise_for_status()
        about = {"session_hash": self.session}
        with self.client.stream("GET", "/gradio_api/queue/data", params=about) as told:
            for line in told.iter_lines():
                message = json.loads(line.removeprefix("data:")) if line.startswith("data:") else {}
                if message.get("msg") == "process_completed":
                    if not message["success"]:
                        raise Refused(message["output"]["error"])
                    return message["output"]["data"][0]
        raise AssertionError("the event brought nothing")

    def search(self, query: str, me: str = "") -> list[str]:
        """The titles that Sessions shows for a query, asked as `me`; best first."""
        inputs = ["About", "Kind", "Format", "Since", "Until", "Person", "I am"]
        shown = self.happens("click", inputs, [None], query, "", "", "", "", "", me)
        return re.findall(r"<h3><button[^>]*>([^<]*)</button>", shown)


@contextmanager
def visiting(app: App, *signing_in: str) -> Iterator[Visit]:
    """A visit of a browser of its own, signed in with a name and a password if they are given."""
    with httpx.Client(base_url=app.address, timeout=30) as client:
        if signing_in:
            name, password = signing_in
            client.post("/login", data={"username": name, "password": password}).raise_for_status()
        client.get("/")
        yield Visit(client)


def search(app: App, query: str, me: str = "") -> list[str]:
    """The titles that Sessions shows to a new browser."""
    with visiting(app) as visit:
        return visit.search(query, me)


@pytest.fixture(scope="module")
def tiny(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("tiny")
    (folder / "members.csv").write_text(MEMBERS)
    memory = folder / "memory"
    for ran in (
        copassist("init", memory),
        copassist("members", "import", folder / "members.csv", memory=memory),
        copassist("ingest", write_notes(folder / "notes"), write_export(folder / "export"), memory=memory),
    ):
        assert ran.code == 0, ran.err
    return memory


@dataclass(frozen=True)
class Apps:
    local: App
    open: App
    signed: App


@pytest.fixture(scope="module")
def apps(tiny, tmp_path_factory) -> Iterator[Apps]:
    """Three apps at once: on this machine alone, open to the network, and with sign-in."""
    folder = tmp_path_factory.mktemp("apps")
    for name in ("local", "open", "signed"):
        shutil.copytree(tiny, folder / name)
    users = folder / "users"
    users.write_text("Cleo Marsh:matt paper\nBen Okoro:foam board\n")
    with ExitStack() as running:
        local = start(folder / "local")
        public = start(folder / "open", "--host", "0.0.0.0")
        signed = start(folder / "signed", "--host", "0.0.0.0", "--users", str(users))
        for app in (local, public, signed):
            running.callback(app.process.communicate)
            running.callback(app.process.terminate)
        yield Apps(ready(local), ready(public), ready(signed))


def eventually(what: Callable[[], bool], seconds: float) -> float:
    """How long it took until `what` held; fails after so many seconds."""
    begun = time.monotonic()
    while not what():
        assert time.monotonic() - begun < seconds
        time.sleep(0.25)
    return time.monotonic() - begun


# An ingest beside the app


def test_what_is_ingested_beside_the_app_is_found_at_once_and_indexed_within_seconds(apps, tmp_path):
    more = tmp_path / "more"
    more.mkdir()
    (more / "2025-09-10-clinic-lamination.md").write_text(
        "---\ntitle: Clinic on lamination\nformat: clinic\nfacilitator: Ana Pires\n---\n\n"
        "## Advice\n\nThe laminator Quagga wants 110 degrees.\n"
    )
    assert "Clinic on lamination" not in search(apps.local, "laminator Quagga degrees")
    ran = copassist("ingest", more, memory=apps.local.memory)
    assert ran.code == 0
    assert ran.out.splitlines()[-1] == "The running app takes it into its index within seconds."
    assert search(apps.local, "laminator Quagga degrees")[0] == "Clinic on lamination"
    eventually(lambda: waiting(apps.local.memory) == 0, 10)
    assert apps.local.process.poll() is None


def waiting(memory: Path) -> int:
    return copassist("status", "--json", memory=memory).json["waiting"]


def test_asking_on_the_command_line_works_beside_the_app(apps):
    ran = copassist("ask", "How do we make the slow tile server faster?", "--json", memory=apps.local.memory)
    assert ran.code == 0
    assert "Clinic: the tile server is slow" in {c["title"] for c in ran.json["citations"]}


def test_a_record_forgotten_beside_the_app_is_shown_no_more(apps):
    opened = open_(apps.local.memory)
    guide = next(r["id"] for r in all_rows(opened, "records") if r["kind"] == "document")
    opened.close()
    assert "Guide to file names" in search(apps.local, "names of files")
    assert copassist("forget", guide, memory=apps.local.memory).code == 0
    assert "Guide to file names" not in search(apps.local, "names of files")
    eventually(lambda: waiting(apps.local.memory) == 0, 10)


def test_a_second_app_over_the_same_memory_says_that_the_first_holds_it(apps):
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    ran = copassist("serve", "--port", port, memory=apps.local.memory)
    assert ran.code == 1
    assert ran.err.startswith(f"copassist: Another copassist holds the index of {apps.local.memory}.\n")


def test_the_lock_is_free_once_the_app_was_ended(tiny, tmp_path):
    shutil.copytree(tiny, tmp_path / "memory")
    app = ready(start(tmp_path / "memory"))
    lock = FileLock(tmp_path / "memory" / "vectors.lock", timeout=0)
    with pytest.raises(TimeoutError), lock:
        pass
    said = app.stop()
    assert said.startswith(f"copassist is at {app.address} (stop it with Ctrl+C).\n")
    assert "Traceback" not in said
    with lock:
        pass
    assert copassist("doctor", memory=tmp_path / "memory").code == 0


# Who sees what


def test_on_this_machine_one_may_say_who_one_is_and_sees_what_that_member_sees(apps):
    assert PRIVATE in search(apps.local, SECRET, me="cleo-marsh")
    assert PRIVATE not in search(apps.local, SECRET, me="ana-pires")
    assert PRIVATE not in search(apps.local, SECRET)


def test_on_the_network_without_sign_in_everybody_sees_what_is_public_alone(apps):
    shown = search(apps.open, SECRET)
    assert shown != []
    assert PRIVATE not in shown


def test_on_the_network_without_sign_in_a_forged_member_gets_nothing(apps):
    with visiting(apps.open) as visit, pytest.raises(Refused, match="cleo-marsh is not in the list"):
        visit.search(SECRET, "cleo-marsh")


def test_a_forged_member_is_nobody_even_where_the_page_would_let_it_through(tiny):
    memory = open_(tiny)
    request = gr.Request(username=None)
    request.cookies = {}
    library = OpenLibrary(Searcher(memory, WordEncoder()), 3, False, False, ())
    assert library.asker("cleo-marsh", request).viewer == Viewer(None, PUBLIC)
    picking = replace(library, picking=True)
    assert picking.asker("cleo-marsh", request).viewer.member == "cleo-marsh"
    memory.close()


def test_on_the_network_without_sign_in_the_picker_is_not_there_and_tells_no_names(apps):
    for app, there, names in (
        (apps.open, False, ["Nobody in particular"]),
        (apps.local, True, ["Nobody in particular", "Ana Pires", "Ben Okoro", "Cleo Marsh"]),
    ):
        with visiting(app) as visit:
            (picker,) = [c for c in visit.config["components"] if c["props"].get("label") == "I am"]
            assert picker["props"]["visible"] is there
            assert [name for name, _ in visit.happens("load", [], ["I am"])["choices"]] == names


def test_on_the_network_without_sign_in_no_paths_are_shown(apps):
    with visiting(apps.local) as visit:
        assert "/notes" in visit.happens("load", ["I am"], [None], "")
    with visiting(apps.open) as visit:
        shown = visit.happens("load", ["I am"], [None], "")
    assert "Sessions" in shown
    assert "/notes" not in shown


@pytest.mark.parametrize(
    ("name", "password"),
    [("Cleo Marsh", "glossy"), ("Cleo Marsh", ""), ("Ana Pires", ""), ("Ben Okoro", "matt paper")],
    ids=["wrong", "empty", "not in the file", "another's"],
)
def test_a_wrong_password_is_refused(apps, name, password):
    with httpx.Client(base_url=apps.signed.address) as client:
        told = client.post("/login", data={"username": name, "password": password})
        assert told.status_code in (400, 422)
        assert client.get("/config").status_code == 401


def test_without_signing_in_nothing_is_told(apps):
    with httpx.Client(base_url=apps.signed.address) as client:
        assert client.get("/config").status_code == 401
        asked = {"data": [SECRET, "", "", "", "", "", "cleo-marsh"], "fn_index": 0, "session_hash": "x"}
        assert client.post("/gradio_api/queue/join", json=asked).status_code == 401


def test_whoever_signs_in_sees_their_groups_and_cannot_be_somebody_else(apps):
    with visiting(apps.signed, "Cleo Marsh", "matt paper") as cleo:
        assert PRIVATE in cleo.search(SECRET)
    with visiting(apps.signed, "Ben Okoro", "foam board") as ben:
        assert PRIVATE not in ben.search(SECRET)
        with pytest.raises(Refused):
            ben.search(SECRET, "cleo-marsh")


# Askers


def test_two_browsers_get_different_cookies_that_others_cannot_make_up(apps):
    with httpx.Client(base_url=apps.local.address) as one, httpx.Client(base_url=apps.local.address) as other:
        for client in (one, one, other):
            client.get("/")
        cookies = {client.cookies["copassist_browser"] for client in (one, other)}
    assert len(cookies) == 2
    assert all(re.fullmatch(r"[0-9a-f]{16}\.[0-9a-f]{32}", cookie) for cookie in cookies)


def test_an_asker_is_a_browser_or_all_those_without_a_cookie_of_ours_together(apps):
    question = "Which vaccination does a trip to the moon need?"
    for cookie in ("", "0123456789abcdef." + "0" * 32, "made up", None, None):
        with visiting(apps.local) as visit:
            if cookie is not None:
                visit.client.cookies.delete("copassist_browser")
                visit.client.cookies.set("copassist_browser", cookie)
            inputs = ["Your question", None, "I am", "Private: leave no trace"]
            shown = visit.happens("submit", inputs, [None, None, "Your question"], question, [], "", False)
            assert question in shown
    opened = open_(apps.local.memory)
    askers = [row["asker"] for row in all_rows(opened, "questions") if row["text"] == question]
    opened.close()
    assert len(askers) == 5
    assert len(set(askers)) == 3  # two browsers, and the three without a cookie of ours

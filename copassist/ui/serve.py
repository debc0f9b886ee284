"""Serving the app: one memory, its model and its index held open, and the page over them."""

from __future__ import annotations

import hmac
import ipaddress
import logging
import secrets
import socket
import threading
import webbrowser
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import gradio as gr
import uvicorn
from fastapi import FastAPI, Request, Response

from copassist import cross_encoder, embedding, gaps, inventory, questions
from copassist.ask import Asker, growing
from copassist.errors import BusyError, CopAssistError, InputError, RefusedError
from copassist.inventory import Inventory
from copassist.questions import WeekCount
from copassist.records import Answer, Filters, Gap, Hit, Member, StoredRecord, Viewer
from copassist.retrieve import Searcher, held_passages, open_record, retrieve
from copassist.settings import Endpoint, Settings
from copassist.store import Memory, members
from copassist.store import memory as memories
from copassist.store.vectors import VectorIndex
from copassist.ui.guard import guarded, is_closed
from copassist.ui.page import build, launch_options

log = logging.getLogger(__name__)
COOKIE = "copassist_browser"
FOLLOW_SECONDS = 1.0
"""How often the index looks for what an ingest beside the app has stored."""


@dataclass(slots=True)
class OpenLibrary:
    """The core over an open memory, as the page sees it (see library.Library).

    `picking` is True on this machine alone: there anybody may say who they are. `signing_in` is
    True where people sign in; elsewhere everybody is the public viewer. `language_model` writes the
    answers, if there is one.
    """

    searcher: Searcher
    least_askers: int
    picking: bool
    signing_in: bool
    examples: tuple[str, ...]
    language_model: Endpoint | None = None

    def asker(self, member: str | None, request: gr.Request) -> Asker:
        """See Library: the one place that decides on whose behalf the page searches."""
        who = request.username if self.signing_in else member if self.picking else None
        viewer = Viewer()
        if who:
            with self.searcher.memory.reading() as connection:
                found = members.find(connection, who)
                viewer = members.viewer(connection, found.id, self.searcher.memory.now().date())
        return Asker(viewer, viewer.member or f"browser {browser_of(self.searcher.memory.secret(), request)}")

    def members(self) -> Sequence[Member]:
        """See Library."""
        with self.searcher.memory.reading() as connection:
            today = self.searcher.memory.now().date()
            return [m for m in members.load(connection) if not members.has_left(m, today)]

    def ask(self, question: str, asker: Asker, earlier: Sequence[Answer]) -> Iterator[Answer]:
        """See Library."""
        conversation = earlier[-1].conversation if earlier else ""
        for answer in growing(self.searcher, question, asker, conversation, self.language_model, earlier):
            for n in range(1, len(answer.sentences) if not answer.written_by else 0):
                yield replace(answer, sentences=answer.sentences[:n])
            yield answer

    def record(self, record: str, viewer: Viewer) -> StoredRecord:
        """See Library."""
        return open_record(self.searcher.memory, record, viewer)

    def search(self, query: str, filters: Filters, viewer: Viewer, k: int) -> list[Hit]:
        """See Library."""
        return retrieve(self.searcher, query, viewer, filters, k)

    def feedback(self, question_id: str, helped: bool, text: str) -> None:
        """See Library."""
        questions.give_feedback(self.searcher.memory, question_id, helped, text, self.searcher.memory.now())

    def gaps(self, viewer: Viewer) -> tuple[list[Gap], int]:
        """See Library. Where people sign in, leaders alone see what was asked."""
        if not self.picking and not self._leads(viewer):
            raise RefusedError("Gaps are shown to the leaders of the community.", "Sign in as one of them.")
        return gaps.find_gaps(self.searcher.memory, self.least_askers)

    def weeks(self) -> list[WeekCount]:
        """See Library."""
        return questions.by_week(self.searcher.memory)

    def inventory(self, viewer: Viewer) -> Inventory:
        """See Library. Where people sign in, leaders alone see files and paths."""
        held = inventory.take(self.searcher.memory)
        if self.picking or self._leads(viewer):
            return held
        return replace(held, sources=(), problems=(), skipped={})

    def _leads(self, viewer: Viewer) -> bool:
        with self.searcher.memory.reading() as connection:
            return any(m.leader for m in members.load(connection) if m.id == viewer.member)


def browser_of(secret: bytes, request: gr.Request) -> str:
    """The number of the browser that asks, if its signature is ours; else the same for all others."""
    number, _, signature = str(request.cookies.get(COOKIE, "")).partition(".")
    return number if number and hmac.compare_digest(signature, _signature(secret, number)) else "unknown"


def _signature(secret: bytes, number: str) -> str:
    return hmac.new(secret, number.encode(), "sha256").hexdigest()[:32]


def application(library: OpenLibrary, passwords: dict[str, str]) -> FastAPI:
    """The web application: the page, with a signed number for each browser, behind sign-in if there are passwords."""
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    secret = library.searcher.memory.secret()

    @app.middleware("http")
    async def _(request: Request, call_next: Callable[[Request], Awaitable[Response]]) -> Response:
        if is_closed(request):
            return Response(status_code=404)
        response = await guarded(await call_next(request))
        if request.url.path == "/" and COOKIE not in request.cookies:
            number = secrets.token_hex(8)
            value = f"{number}.{_signature(secret, number)}"
            response.set_cookie(COOKIE, value, max_age=365 * 24 * 3600, httponly=True, samesite="lax")
        return response

    def signs_in(name: str, password: str) -> bool:
        return hmac.compare_digest(passwords.get(name, secrets.token_hex()).encode(), password.encode())

    auth: Any = signs_in if passwords else None
    mounted: FastAPI = gr.mount_gradio_app(app, build(library), path="/", auth=auth, **launch_options())
    return mounted


def serve(given: Settings, host: str, port: int, open_browser: bool, users: Path | None = None) -> None:
    """Serve the app until it is stopped.

    Raises BusyError if the port or the memory's index is taken, InputError for a bad users file.
    """
    passwords = read_passwords(users) if users else {}
    _check_port(host, port)
    memory = memories.open_(given.memory)
    _check_members(memory, passwords)
    searcher = Searcher(
        memory, embedding.load(given), VectorIndex.open(memory), cross_encoder.load(given.cache)
    )
    local = ipaddress.ip_address(socket.gethostbyname(host)).is_loopback
    library = OpenLibrary(
        searcher,
        given.gap_askers,
        local and not passwords,
        bool(passwords),
        tuple(memory.fact("examples") or ()),
        given.language_model,
    )
    stopped = threading.Event()
    follower = threading.Thread(target=_follow, args=(searcher, stopped), daemon=True)
    follower.start()
    address = f"http://{host}:{port}"
    print(f"copassist is at {address} (stop it with Ctrl+C).", flush=True)
    if not local and not passwords:
        print("Everyone is the public viewer there: without --users nobody signs in.", flush=True)
    if open_browser:
        threading.Timer(1.0, webbrowser.open, (address,)).start()
    try:
        uvicorn.run(application(library, passwords), host=host, port=port, log_level="warning")
    finally:
        stopped.set()
        follower.join()
        if searcher.index:
            searcher.index.close()
        memory.close()


def _follow(searcher: Searcher, stopped: threading.Event) -> None:
    """Keep the index, and what is held of the passages, up to date with the change log.

    A search brings what is held up to date by itself; here it is made ready before anybody asks.
    """
    while True:
        try:
            with searcher.memory.reading() as connection:
                held_passages(searcher, connection)
            if searcher.index:
                searcher.index.follow()
        except CopAssistError as error:
            log.error("the index can't follow: %s", error)
        if stopped.wait(FOLLOW_SECONDS):
            return


def _check_members(memory: Memory, passwords: dict[str, str]) -> None:
    """Raise NotFoundError for somebody who could sign in but isn't in the directory."""
    with memory.reading() as connection:
        for name in passwords:
            members.find(connection, name)


def _check_port(host: str, port: int) -> None:
    try:
        with socket.create_server((host, port)):
            pass
    except OSError as error:
        reason = str(error.strerror).partition(" (while")[0]  # Python repeats the address there
        raise BusyError(
            f"Port {port} on {host} can't be used: {reason}.",
            f"Stop what uses it, or take another: `copassist serve --port {port + 1}`, or `make run PORT={port + 1}`.",
        ) from error


def read_passwords(path: Path) -> dict[str, str]:
    """Member and password of each line "member:password" of a file. Raises InputError."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(
            f"{path} can't be read: {error}.", "Give a text file with a line member:password each."
        ) from error
    passwords = {}
    for number, line in enumerate(lines, 1):
        name, colon, password = line.partition(":")
        if line.strip() and not (colon and name.strip() and password.strip()):
            raise InputError(
                f"{path}, line {number} isn't member:password.", "Write one member and password a line."
            )
        if line.strip():
            passwords[name.strip()] = password.strip()
    if not passwords:
        raise InputError(f"{path} is empty, so nobody could sign in.", "Write one member:password a line.")
    return passwords

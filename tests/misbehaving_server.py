"""A server that speaks to a client of language models as badly as servers do, one way for each path.

The base URL `server.url + "/MODE"` picks the way; `server.asked` holds what was sent, oldest first.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

KEY_ECHO = {"error": {"message": "Incorrect API key provided: {key}", "type": "invalid_request_error"}}
TOO_LONG = {"error": {"message": "request exceeds the available context size", "type": "exceed_context_size"}}


class Server(ThreadingHTTPServer):
    """The server; `text` is what it writes in the modes that write an answer, `fits` the characters that it reads."""

    daemon_threads = True

    def __init__(self, text: str, fits: int) -> None:
        super().__init__(("127.0.0.1", 0), Answering)
        self.text, self.fits = text, fits
        self.asked: list[dict[str, Any]] = []
        self.keys: list[str] = []

    @property
    def url(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self.server_port}"

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that hangs up is what some tests are about."""


@contextmanager
def serving(text: str = "Pears are green [1].", fits: int = 10**9) -> Iterator[Server]:
    """A server that runs until the end of the block."""
    server = Server(text, fits)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class Answering(BaseHTTPRequestHandler):
    """Answers a request in the way that its path names."""

    server: Server

    def do_POST(self) -> None:
        """Answer /MODE/chat/completions."""
        request = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.asked.append(json.loads(request))
        self.server.keys.append(self.headers["Authorization"])
        mode = self.path.split("/")[1]
        getattr(self, f"_{mode}")()

    def log_message(self, *_: object) -> None:
        """Nothing on the terminal of the tests."""

    def _events(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.end_headers()

    def _send(self, event: object) -> None:
        text = event if isinstance(event, str) else json.dumps(event)
        self.wfile.write(f"data: {text}\n\n".encode())
        self.wfile.flush()

    def _refuse(self, status: int, body: object = None) -> None:
        sent = json.dumps(body or {"error": {"message": "no"}}).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(sent)))
        self.end_headers()
        self.wfile.write(sent)

    def _write(self, text: str, pause: float = 0.0) -> None:
        for start in range(0, len(text), 7):
            self._send(chunk(text[start : start + 7]))
            time.sleep(pause)

    def _well(self) -> None:
        if sum(len(m["content"]) for m in self.server.asked[-1]["messages"]) > self.server.fits:
            self._refuse(400, TOO_LONG)
            return
        self._events()
        self._write(self.server.text)
        self._send("[DONE]")

    def _steady(self) -> None:
        self._events()
        self._write(self.server.text, pause=0.15)
        self._send("[DONE]")

    def _silent(self) -> None:
        time.sleep(3)

    def _slow(self) -> None:
        self._events()
        for _ in range(60):
            self._send(chunk("word "))
            time.sleep(0.05)

    def _dripping_head(self) -> None:
        for letter in b"HTTP/1.1 200 OK\r\nX: " + b"x" * 60:
            self.wfile.write(bytes([letter]))
            self.wfile.flush()
            time.sleep(0.05)

    def _pinging(self) -> None:
        self._events()
        for _ in range(60):
            self.wfile.write(b": ping\n\n")
            self.wfile.flush()
            time.sleep(0.05)

    def _endless(self) -> None:
        self._events()
        while True:
            self._send(chunk("and so on and on "))

    def _endless_line(self) -> None:
        self._events()
        while True:
            self.wfile.write(b"data" * 50_000)

    def _endless_thinking(self) -> None:
        self._events()
        while True:
            self._send(
                {**chunk(""), "choices": [{"index": 0, "delta": {"reasoning_content": "hm " * 5_000}}]}
            )

    def _rate_limited(self) -> None:
        self._refuse(429)

    def _broken(self) -> None:
        self._refuse(500)

    def _unavailable(self) -> None:
        self._refuse(503)

    def _wrong_key(self) -> None:
        given = self.headers["Authorization"].removeprefix("Bearer ")
        self._refuse(401, json.loads(json.dumps(KEY_ECHO).replace("{key}", given)))

    def _wrong_model(self) -> None:
        self._refuse(404, {"error": {"message": "The model does not exist", "code": "model_not_found"}})

    def _too_long(self) -> None:
        self._refuse(400, TOO_LONG)

    def _elsewhere(self) -> None:
        self.send_response(307)
        self.send_header("Location", f"{self.server.url}/well/chat/completions")
        self.end_headers()

    def _page(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(b"<html><h1>It works!</h1></html>")

    def _invalid_json(self) -> None:
        self._events()
        self._send('{"choices": [')

    def _wrong_shape(self) -> None:
        self._events()
        self._send({"choices": "none", "object": 7})

    def _not_utf8(self) -> None:
        self._events()
        self.wfile.write(b'data: {"choices":[{"index":0,"delta":{"content":"\xff\xfe\xff"}}]}\n\n')

    def _empty(self) -> None:
        self._events()
        self._send("[DONE]")

    def _error_event(self) -> None:
        self._events()
        self._send({"error": {"message": "the worker died", "code": 500}})

    def _dropped(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Content-Length", "100000")
        self.end_headers()
        self._write(self.server.text)


def chunk(text: str) -> dict[str, Any]:
    """A piece of an answer as a server streams it."""
    return {
        "id": "1",
        "object": "chat.completion.chunk",
        "created": 1,
        "model": "m",
        "choices": [{"index": 0, "delta": {"content": text}, "finish_reason": None}],
    }

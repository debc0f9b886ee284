"""What a browser is told not to do, and what of Gradio's own doors stays shut."""

from __future__ import annotations

import base64
import hashlib
import re
from typing import Any

from fastapi import Request, Response

CLOSED = re.compile(
    r"/gradio_api/(?:file|proxy|upload|stream|component_server|custom_component|process_recording)"
)
"""Addresses at which Gradio would give out or take files, or fetch something; the page needs none of them."""
HEADERS = {
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
_INLINE = re.compile(rb"<script(?![^>]*\ssrc=)[^>]*>(.*?)</script>", re.DOTALL)


def is_closed(request: Request) -> bool:
    """Whether nothing is answered there."""
    return CLOSED.match(request.url.path) is not None


async def guarded(response: Any) -> Response:
    """The response with what a browser may do with it: nothing from, or to, another host.

    Scripts are ours alone: files of this host, and what stands in the page itself as it is sent. So an attribute
    or element that text might bring in later runs nothing. Gradio and its plots make functions of strings.
    """
    response.headers.update(HEADERS)
    if not response.headers.get("content-type", "").startswith("text/html"):
        return response  # type: ignore[no-any-return]
    body = b"".join([part async for part in response.body_iterator])
    hashes = " ".join(f"'sha256-{_hash(script)}'" for script in _INLINE.findall(body))
    policy = (
        f"default-src 'self'; script-src 'self' 'unsafe-eval' {hashes}; style-src 'self' 'unsafe-inline'; "
        "img-src 'self' data:; font-src 'self' data:; connect-src 'self'; object-src 'none'; base-uri 'self'; "
        "form-action 'self'; frame-src 'none'; frame-ancestors 'none'"
    )
    headers = {name: value for name, value in response.headers.items() if name != "content-length"}
    return Response(body, response.status_code, {**headers, "Content-Security-Policy": policy})


def _hash(script: bytes) -> str:
    return base64.b64encode(hashlib.sha256(script).digest()).decode()

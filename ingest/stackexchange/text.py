"""The texts of Stack Exchange, HTML in posts and a little Markdown in comments, as they read on screen."""

from __future__ import annotations

from collections.abc import Mapping

from markdown_it import MarkdownIt

from ingest.html_text import plain

LONGEST = 200_000
"""How many characters of Markdown are made plain; a longer text, which no site takes, is kept as it is."""

_POST = MarkdownIt("commonmark").enable(["table", "strikethrough"])
_COMMENT = MarkdownIt("commonmark", {"html": False})


def post_text(html: str, markdown: str) -> str:
    """The text of a post from its HTML, else from its Markdown.

    Raises InputError for HTML that is nested beyond all sense.
    """
    if not html and len(markdown) > LONGEST:
        return markdown.strip()
    return plain(html or _POST.render(markdown), _instead)


def comment_text(markdown: str) -> str:
    """The text of a comment, in which only links, code and stress are marked."""
    if len(markdown) > LONGEST:
        return markdown.strip()
    return plain(_COMMENT.renderInline(markdown))


def _instead(tag: str, attributes: Mapping[str, str]) -> str | None:
    """What the sites propose as the description of a picture is none."""
    nameless = attributes.get("alt", "").strip() in ("", "enter image description here")
    return "[image]" if tag == "img" and nameless else None

"""HTML files, as pages: saved web pages, and what wikis, Google Docs and Confluence export."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import takewhile
from typing import Any

import lxml.html
from lxml import etree

from ingest.pages import outline, pandoc
from ingest.pages.dates import find_date
from ingest.pages.markdown import parse, unwrap_hackmd
from ingest.pages.outline import Heading
from ingest.pages.page import Page
from ingest.pages.text import decode

_BLOCKS = set(
    "address article blockquote caption center dd details div dl dt fieldset figure form h1 h2 h3 h4 h5 h6 hr li main"
    " ol p pre section summary table tbody td tfoot th thead tr ul".split()
)
_UNSEEN = set(
    "button canvas frame frameset iframe nav noframes noscript object script select style svg template textarea"
    " dialog".split()
)
_UNSEEN_ROLES = {"navigation", "banner", "contentinfo", "search", "dialog", "tooltip"}
_STRUCK = {"s", "del", "strike"}


def html(content: bytes) -> Page:
    """A web page as a person sees it; what HackMD saved as one is Markdown.

    Raises ValueError with the reason when it is broken.
    """
    text = decode(content, _declared(content))
    if (markdown := unwrap_hackmd(text)) != text:
        return parse(markdown)
    root = _tree(text)
    styles = _styles(root)
    stated = _confluence(root)
    title = str(stated.pop("title", "")) or _google(root)
    for element in list(root.iter(etree.Element)):
        _show(element, _style(element, styles))
    _take_main(root)
    _nest_lists(root)
    _tidy(root)
    seen = etree.tostring(root, encoding="utf-8", method="html")
    front, blocks = pandoc.read(seen, "html-native_divs-native_spans", "HTML")
    name = str(front.pop("title", ""))
    heading = next((block.text for block in blocks if isinstance(block, Heading)), "")
    title = title or (heading if heading.lower() == name.lower() else "")
    return replace(outline.page(blocks, {**front, **stated}, title), file_title=name)


def _declared(content: bytes) -> str:
    """The encoding that the page says of itself, "" if none."""
    pattern = rb"""<(?:meta|\?xml)\s[^>]{0,300}?(?:charset|encoding)\s{0,9}=\s{0,9}["']?([\w-]{2,40})"""
    found = re.search(pattern, content[:4096], re.IGNORECASE)
    return found[1].decode("ascii", "replace") if found else ""


def _tree(text: str) -> Any:
    parser = lxml.html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, huge_tree=True)
    try:
        root = lxml.html.document_fromstring(text.encode("utf-8", "replace"), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError):
        raise ValueError("no text in this HTML file; open it in a browser and save it again") from None
    if any(error.level == etree.ErrorLevels.FATAL for error in parser.error_log):
        raise ValueError("its elements are nested more than 2,000 deep; save it as text")
    return root


# How it looks


def _styles(root: Any) -> dict[str, str]:
    """What each class of the page's own style sheets declares, without spaces; rules for print and phones aside."""
    found: dict[str, str] = {}
    for sheet in root.iter("style"):
        depth, selector = 0, ""
        for part in re.split(r"([{}])", re.sub(r"/\*.*?(?:\*/|\Z)", "", sheet.text or "", flags=re.DOTALL)):
            if part in ("{", "}"):
                depth += 1 if part == "{" else -1
            elif depth == 0:
                selector = part
            elif depth == 1:
                for name in re.findall(r"(?:^|,)\s*(?:[a-z]\w*)?\.([\w-]+)\s*(?=,|$)", selector):
                    found[name] = found.get(name, "") + ";" + _squeezed(part)
    return found


def _squeezed(style: str) -> str:
    return "".join(style.split()).lower()


def _style(element: Any, styles: dict[str, str]) -> str:
    declared = [styles[name] for name in (element.get("class") or "").split() if name in styles]
    return ";".join([*declared, _squeezed(element.get("style") or "")])


def _show(element: Any, style: str) -> None:
    """Empty the element if nobody sees it; say in HTML what its style says."""
    if _is_unseen(element, style):
        element.clear(keep_tail=True)
        element.tag = "span"
        above = element.getparent()
        if above is not None and above.tag in (*_LISTS, *_GROUPS, "tr") and not (element.tail or "").strip():
            above.remove(element)
    elif element.tag == "input" and element.get("type") == "checkbox":
        ticked = element.get("checked") is not None
        element.clear(keep_tail=True)
        element.tag, element.text = "span", "☒ " if ticked else "☐ "
    elif element.tag == "li" and element.get("data-inline-task-id"):
        element.text = ("☒ " if "checked" in (element.get("class") or "").split() else "☐ ") + (
            element.text or ""
        )
    elif element.tag in ("details", "summary", "label"):
        element.tag = "div" if element.tag != "label" else "span"
    elif element.tag in _STRUCK or re.search(r"text-decoration(?:-line)?:[^;]*line-through", style):
        _strike(element)


def _is_unseen(element: Any, style: str) -> bool:
    return (
        element.tag in _UNSEEN
        or element.get("hidden") is not None
        or element.get("aria-hidden") == "true"
        or element.get("role") in _UNSEEN_ROLES
        or "display:none" in style
        or "visibility:hidden" in style
    )


def _strike(element: Any) -> None:
    """Put what an element says between <s> and </s>, in each of the blocks in it."""
    waiting = [element]
    while waiting:
        at = waiting.pop()
        blocks = [child for child in at if child.tag in _BLOCKS]
        if at.get("struck") or not (blocks or at.tag in _BLOCKS):
            at.tag = at.tag if at.get("struck") else "s"
            continue
        waiting += blocks
        at.set("struck", "")
        struck = etree.Element("s")
        struck.text, at.text = at.text, None
        struck.extend(takewhile(lambda child: child.tag not in _BLOCKS, list(at)))
        if len(struck) or (struck.text or "").strip():
            at.insert(0, struck)


# What is the page, and what only surrounds it


def _take_main(root: Any) -> None:
    """Keep what the page says is its content, with the heading over it; else all but its header and footer."""
    mains = [
        e for e in root.iter() if e.tag == "main" or e.get("role") == "main" or e.get("id") == "main-content"
    ]
    heading = next(root.iter("h1"), None)
    if len(mains) == 1 and "".join(mains[0].itertext()).strip():
        inside = mains[0].find(".//h1") is not None
        body = etree.Element("body")
        body.extend([mains[0]] if heading is None or inside else [heading, mains[0]])
        root.replace(root.find("body"), body)
        return
    for element in list(root.iter("header", "footer", "aside")):
        if element.tag == "footer" or not any(True for _ in element.iter("h1", "h2", "h3")):
            element.clear(keep_tail=True)


def _nest_lists(root: Any) -> None:
    """Put lists inside of each other that Google Docs exports one after the other, with their depth as a class."""
    last: list[Any] = []  # the last entry so far at each depth
    for element in list(root.iter("ul", "ol")):
        found = re.search(r"\blst-kix_\w+-(\d)(?:\s|$)", element.get("class") or "")
        above = element.getprevious()
        depth = int(found[1]) if found else 0
        if not found or above is None or above.tag not in ("ul", "ol"):
            last, depth = [], 0
        if 0 < depth <= len(last):
            last[depth - 1].append(element)
        last = [*last[:depth], *element.findall("li")[-1:]]


_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]*")
_LISTS = ("ul", "ol")
_GROUPS = ("table", "thead", "tbody", "tfoot")
_HOMES = {
    "li": _LISTS,
    "tr": _GROUPS,
    **dict.fromkeys(("td", "th"), ("tr",)),
    **dict.fromkeys(("caption", "colgroup", "thead", "tbody", "tfoot"), ("table",)),
    "col": ("table", "colgroup"),
}
"""What a part of a list or table must lie in."""


def _tidy(root: Any) -> None:
    """Mend what pandoc fails to parse and tries anew at each level above, in a time that doubles with each level.

    What is no table and an element or attribute with an odd name go, what isn't an entry in a list becomes one, and
    what stands in a table but in no cell comes before it.
    """
    for element in list(root.iterdescendants(etree.Element)):
        if any(not _NAME.fullmatch(name) for name in element.attrib):
            kept = {name: value for name, value in element.attrib.items() if _NAME.fullmatch(name)}
            element.attrib.clear()
            element.attrib.update(kept)
        no_table = element.tag == "table" and not _has_cells(element)
        if no_table or not _NAME.fullmatch(element.tag):
            element.drop_tag()
        elif element.tag == "table" or element.getparent().tag in (*_GROUPS, "tr"):
            _put_out_of_table(element)
    for element in root.iterdescendants(etree.Element):
        above = element.getparent().tag
        if above in _LISTS and element.tag not in ("li", *_LISTS):
            element.tag = "li"
        elif above not in _HOMES.get(element.tag, (above,)):
            element.tag = "div"


def _has_cells(element: Any) -> bool:
    return next(element.iter("td", "th"), None) is not None


def _put_out_of_table(element: Any) -> None:
    """Move what is in a table and no part of it before the table, words too; unwrap a form around rows."""
    within = element.getparent().tag in (*_GROUPS, "tr")
    table = next(element.iterancestors("table"), None) if within else element
    if table is None or (within and element.getparent().tag not in _HOMES.get(element.tag, ())):
        if table is None or _has_cells(element):
            element.drop_tag()
        else:
            table.addprevious(element)
        return
    inside = (element.text or "") if element.tag in (*_GROUPS, "tr") else ""
    behind = (element.tail or "") if within else ""
    if inside.strip() or behind.strip():
        words = etree.Element("p")
        words.text = f"{inside} {behind}"
        table.addprevious(words)
        element.text = None if inside.strip() else element.text
        element.tail = None if behind.strip() else element.tail


def _google(root: Any) -> str:
    """The title of what Google Docs exports, "" without one; comments in the margin are left out."""
    title = ""
    for element in list(root.iter("p", "a")):
        if element.tag == "p" and "title" in (element.get("class") or "").split():
            element.tag = "h1"
            title = title or " ".join("".join(element.itertext()).split())
        elif (element.get("href") or "").startswith("#cmnt"):
            around = next(element.iterancestors("div"), None) if element.get("id") else None
            (element if around is None else around).clear(keep_tail=True)
    return title


def _confluence(root: Any) -> dict[str, Any]:
    """The title, author and last change of a page that Confluence exported; what stands around it is cut off."""
    title = root.find(".//*[@id='title-text']")
    if title is None:
        return {}
    name = " ".join("".join(title.itertext()).split())
    title.clear(keep_tail=True)
    title.text = name.partition(" : ")[2] or name
    main = root.find(".//*[@id='main-content']")
    if main is not None:
        main.insert(0, next(title.iterancestors("h1"), title))
    about = root.find(".//*[@class='page-metadata']")
    said = "" if about is None else " ".join("".join(about.itertext()).split())
    for unwanted in ("breadcrumb-section", "attachments", "comments"):
        for element in root.findall(f".//*[@id='{unwanted}']"):
            section = next(element.iterancestors("div"), element)
            (element if unwanted == "breadcrumb-section" else section).clear(keep_tail=True)
    author = re.search(r"Created by (.{2,60}?)(?:,| on |$)", said)
    changed = find_date(said.rpartition(" on ")[2])
    found = {"title": title.text, "author": author[1] if author else None, "modified": changed}
    return {key: value for key, value in found.items() if value}

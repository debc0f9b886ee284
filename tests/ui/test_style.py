"""The colors of the page can be read: WCAG AA in light and dark."""

import re
from pathlib import Path

import pytest

import copassist.ui

CSS = (Path(copassist.ui.__file__).parent / "style.css").read_text("utf-8")
LIGHT, DARK = (
    dict(re.findall(r"--ca-([a-z-]+): (#[0-9a-f]{6})", block))
    for block in re.findall(r"(?:^:root|^\.dark) \{(.*?)\n\}", CSS, re.S | re.M)[:2]
)
TEXT = [
    ("ink", "paper"),
    ("ink", "surface"),
    ("ink", "wash"),
    ("ink", "note"),
    ("ink", "bad"),
    ("ink", "line"),
    ("soft", "paper"),
    ("soft", "surface"),
    ("accent", "paper"),
    ("accent", "surface"),
    ("accent", "wash"),
    ("accent-ink", "accent"),
    ("mark-ink", "mark"),
    ("good", "paper"),
    ("part", "paper"),
    ("part", "note"),
    ("none", "paper"),
    ("bad-ink", "bad"),
]


def luminance(color):
    """Relative luminance as WCAG 2.2 defines it."""
    channels = [int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one, other):
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def test_black_on_white_is_the_greatest_contrast():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)


@pytest.mark.parametrize("colors", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize(("text", "surface"), TEXT)
def test_text_stands_out(colors, text, surface):
    assert contrast(colors[text], colors[surface]) >= 4.5


@pytest.mark.parametrize("colors", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize("surface", ["paper", "surface"])
def test_edges_of_inputs_stand_out(colors, surface):
    assert contrast(colors["edge"], colors[surface]) >= 3

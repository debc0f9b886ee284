"""How sure the product was beside how often the answer was there, as a drawing."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

SIDE, EDGE = 300, 50
_PAGE = SIDE + 2 * EDGE


def reliability_svg(rows: Sequence[tuple[float, float, int, float, float]], title: str) -> str:
    """An SVG of the rows of `benchmark.reliability`: a dot for each bin with its n; the diagonal is exact."""
    dots = "".join(
        f'<circle cx="{_x(sure):.1f}" cy="{_y(share):.1f}" r="5" fill="#1f5fa8"/>'
        f'<text x="{_x(sure) + 8:.1f}" y="{_y(share) + 4:.1f}">n {n}</text>'
        for _, _, n, sure, share in rows
    )
    ticks = "".join(
        f'<text x="{_x(tick):.0f}" y="{_y(0) + 18:.0f}" text-anchor="middle">{tick:.1f}</text>'
        f'<text x="{_x(0) - 8:.0f}" y="{_y(tick) + 4:.0f}" text-anchor="end">{tick:.1f}</text>'
        for tick in (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_PAGE} {_PAGE}" font-family="sans-serif" '
        f'font-size="11"><rect width="{_PAGE}" height="{_PAGE}" fill="#fff"/>'
        f'<rect x="{EDGE}" y="{EDGE}" width="{SIDE}" height="{SIDE}" fill="none" stroke="#888"/>'
        f'<line x1="{_x(0)}" y1="{_y(0)}" x2="{_x(1)}" y2="{_y(1)}" stroke="#aaa" stroke-dasharray="4"/>'
        f"{ticks}{dots}"
        f'<text x="{_PAGE / 2}" y="25" text-anchor="middle" font-size="14">{escape(title)}</text>'
        f'<text x="{_PAGE / 2}" y="{_PAGE - 12}" text-anchor="middle">confidence</text>'
        f'<text x="14" y="{_PAGE / 2}" text-anchor="middle" '
        f'transform="rotate(-90 14 {_PAGE / 2})">share answerable</text></svg>\n'
    )


def _x(value: float) -> float:
    return EDGE + SIDE * value


def _y(value: float) -> float:
    return EDGE + SIDE * (1 - value)

"""Small charts of the evidence page as SVG of fixed proportions: histograms, reliability diagram, severity curves.

Marks differ in shape and dash, so they read in grey; every panel says in words what it shows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from markupsafe import Markup, escape

from fieldcheck.domain.estimate import Estimate
from fieldcheck.measure.interval import wilson_limits
from fieldcheck.report.charts import BORDER, GRID, INK, INK2, PAPER
from fieldcheck.words.direction import isolated

WIDTH, HEIGHT = 220, 98
_LEFT, _RIGHT, _TOP, _BOTTOM = 44.0, 212.0, 6.0, 78.0
_FIELD_TINT, _BENCHMARK_TINT = "#9AA3AC", "#DDE1E4"
MOST_SEVERE = 5.0

Curve = Sequence[tuple[float, Estimate]]  # severity, accuracy


@dataclass(frozen=True, slots=True)
class SeverityCurves:
    """Accuracy by severity, 0 clean. `limit`: the −20 pp line; `here`: the severity that this field looks like, None where unknown."""

    benchmark: Curve
    field: Curve
    limit: float | None
    here: float | None


def histograms(right: Sequence[int], wrong: Sequence[int], words: tuple[str, str], ticks: tuple[str, str], alt: str) -> Markup:
    """Right answers upwards, wrong ones downwards, in ten bins of confidence on one axis. `words`: what stands for either."""
    most = max(*right, *wrong, 1)
    middle, reach = (_TOP + _BOTTOM) / 2, (_BOTTOM - _TOP) / 2 - 4
    step = (_RIGHT - _LEFT) / len(right)
    parts = []
    for at, (up, down) in enumerate(zip(right, wrong, strict=True)):
        x, rise, fall = _LEFT + at * step + 1, reach * up / most, reach * down / most
        parts.append(_rect(x, middle - rise, step - 2, rise, PAPER, INK))
        parts.append(_rect(x, middle, step - 2, fall, INK, INK))
    parts.append(_line(_LEFT, middle, _RIGHT, middle, BORDER))
    parts += [_text(_LEFT - 4, _TOP + 10, str(most), "end"), _text(_LEFT - 4, _BOTTOM, str(most), "end")]
    parts += [_text(_LEFT + 2, _TOP + 9, words[0]), _text(_LEFT + 2, _BOTTOM, words[1]), *_ends(ticks)]
    return _panel(parts, alt)


def reliability(bins: Sequence[tuple[float, Estimate]], ticks: tuple[str, str], alt: str) -> Markup:
    """Share right by confidence. Grey bars: where 95 of 100 calibrated models would be; discs with limits: this one."""
    parts = [*_frame(ticks), _line(_x(0), _y(0), _x(1), _y(1), BORDER, dash="3 3")]
    for confidence, share in bins:
        lo, hi = wilson_limits(confidence, max(share.n, 1))
        x = _x(confidence)
        parts.append(_rect(x - 4, _y(hi), 8, _y(lo) - _y(hi), GRID, GRID))
        if share.measured:
            parts += [_line(x, _y(share.lo), x, _y(share.hi), INK), _dot(x, _y(share.value))]
    return _panel(parts, alt)


def severity_curves(curves: SeverityCurves, ticks: tuple[str, str], alt: str) -> Markup:
    """Benchmark with squares and a dashed line, field with discs; bands are the 95 % limits."""
    parts = [_band(curves.benchmark, _BENCHMARK_TINT), _band(curves.field, _FIELD_TINT), *_frame(ticks)]
    if curves.limit is not None:
        parts.append(_line(_LEFT, _y(curves.limit), _RIGHT, _y(curves.limit), INK2, dash="2 3"))
    if curves.here is not None:
        parts.append(_line(_s(curves.here), _TOP, _s(curves.here), _BOTTOM, INK, dash="6 3"))
        parts.append(_text(_s(curves.here), _TOP + 9, "▼", "middle"))
    for curve, mark, dash in ((curves.benchmark, _square, "5 3"), (curves.field, _dot, "")):
        known = [(_s(severity), _y(one.value)) for severity, one in curve if one.measured]
        parts += [_line(*a, *b, INK, dash) for a, b in pairwise(known)]
        parts += [mark(x, y) for x, y in known]
    parts += [_text(_s(at), _BOTTOM + 14, said, "middle") for at, said in ((0.0, "0"), (1.0, "1"), (3.0, "3"), (MOST_SEVERE, "5"))]
    return _panel(parts, alt)


def _x(share: float) -> float:
    return round(_LEFT + (_RIGHT - _LEFT) * share, 1)


def _s(severity: float) -> float:
    return _x(severity / MOST_SEVERE)


def _y(share: float) -> float:
    return round(_BOTTOM - (_BOTTOM - _TOP) * min(max(share, 0.0), 1.0), 1)


def _frame(ticks: tuple[str, str]) -> list[Markup]:
    lines = [_line(_LEFT, _y(at), _RIGHT, _y(at), GRID) for at in (0.0, 0.5, 1.0)]
    return [*lines, _text(_LEFT - 4, _y(1) + 8, ticks[1], "end"), _text(_LEFT - 4, _y(0), ticks[0], "end")]


def _ends(ticks: tuple[str, str]) -> list[Markup]:
    return [_text(_LEFT, _BOTTOM + 14, ticks[0]), _text(_RIGHT, _BOTTOM + 14, ticks[1], "end")]


def _band(curve: Curve, colour: str) -> Markup:
    known = [(_s(severity), one) for severity, one in curve if one.measured]
    if len(known) < 2:
        return Markup("")
    edge = [f"{x},{_y(one.hi)}" for x, one in known] + [f"{x},{_y(one.lo)}" for x, one in reversed(known)]
    return Markup('<polygon points="{}" fill="{}" fill-opacity="0.6"/>').format(" ".join(edge), colour)


def _line(x1: float, y1: float, x2: float, y2: float, colour: str, dash: str = "") -> Markup:
    dashed = Markup(' stroke-dasharray="{}"').format(dash) if dash else ""
    return Markup('<line x1="{}" y1="{}" x2="{}" y2="{}" stroke="{}" stroke-width="1.3"{}/>').format(x1, y1, x2, y2, colour, dashed)


def _rect(x: float, y: float, width: float, height: float, fill: str, stroke: str) -> Markup:
    form = Markup('<rect x="{}" y="{}" width="{}" height="{}" fill="{}" stroke="{}"/>')
    return form.format(round(x, 1), round(y, 1), round(width, 1), round(max(height, 0.0), 1), fill, stroke)


def _dot(x: float, y: float) -> Markup:
    return Markup('<circle cx="{}" cy="{}" r="3.5" fill="{}"/>').format(x, y, INK)


def _square(x: float, y: float) -> Markup:
    return _rect(x - 3, y - 3, 6, 6, PAPER, INK)


def _text(x: float, y: float, said: str, anchor: str = "start") -> Markup:
    form = Markup('<text x="{}" y="{}" font-size="12" text-anchor="{}" fill="{}">{}</text>')
    return form.format(round(x, 1), round(y, 1), anchor, INK2, escape(isolated(said)))


def _panel(parts: Sequence[Markup], alt: str) -> Markup:
    form = Markup('<svg class="chart" viewBox="0 0 {} {}" width="100%" role="img" aria-label="{}">{}</svg>')
    return form.format(WIDTH, HEIGHT, isolated(alt), Markup("").join(parts))

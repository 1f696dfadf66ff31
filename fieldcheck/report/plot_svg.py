"""Drawing of a chart's description as SVG of fixed proportions, and its table. Marks differ in
shape, fill and dash, so they read in grey."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import pairwise

from markupsafe import Markup, escape

from fieldcheck.analyses.blocks import Cell, Panel, Table
from fieldcheck.analyses.score_charts import BORDER, GRID, INK, INK2, PAPER
from fieldcheck.domain.report import Fill, MarkShape, Plot, PlotAxis, PlotRule, PlotSeries
from fieldcheck.safe_text import isolate_rtl_names

WIDTH, HEIGHT = 220, 98
_LEFT, _RIGHT, _TOP, _BOTTOM = 44.0, 212.0, 6.0, 78.0
_FILLS: dict[Fill, tuple[str, str]] = {
    "full": (INK, INK),
    "empty": (PAPER, INK),
    "grey": (GRID, GRID),
}
_FULL_BAND, _EMPTY_BAND = "#9AA3AC", "#DDE1E4"


@dataclass(frozen=True, slots=True)
class _Scale:
    """From the units of the axes to the places of the drawing; what lies beyond an axis is drawn on
    its end."""

    across: PlotAxis
    up: PlotAxis

    def to_x(self, value: float) -> float:
        return round(_LEFT + (_RIGHT - _LEFT) * _to_share(self.across, value), 1)

    def to_y(self, value: float) -> float:
        return round(_BOTTOM - (_BOTTOM - _TOP) * _to_share(self.up, value), 1)


def draw_plot(plot: Plot) -> Markup:
    """The chart: bands below, then axes and rules, then marks. It says to a screen reader what
    `said` says."""
    scale = _Scale(plot.x, plot.y)
    parts = [_draw_band(item, scale) for item in plot.series if item.band] + _draw_axes(plot, scale)
    for series in plot.series:
        parts += _draw_series(series, scale)
    form = Markup(
        '<svg class="chart" viewBox="0 0 {} {}" width="100%" role="img" aria-label="{}">{}</svg>'
    )
    return form.format(
        WIDTH, HEIGHT, isolate_rtl_names(f"{plot.title}: {plot.alt_text}"), Markup("").join(parts)
    )


def build_panel(plot: Plot) -> Panel:
    """The chart under its title."""
    return Panel(plot.title, draw_plot(plot))


def build_plot_table(plot: Plot) -> Table:
    """The marks of the chart as a table, a line each."""
    heads = tuple(
        Cell(column_title, head=index == 0, figure=index > 0)
        for index, column_title in enumerate(plot.column_titles)
    )
    rows = tuple(
        tuple(Cell(text, head=index == 0, figure=index > 0) for index, text in enumerate(mark.row))
        for mark in plot.marks
    )
    return Table(plot.title, heads, rows)


def _to_share(axis: PlotAxis, value: float) -> float:
    return min(max((value - axis.lo) / (axis.hi - axis.lo or 1.0), 0.0), 1.0)


def _draw_axes(plot: Plot, scale: _Scale) -> list[Markup]:
    parts = [
        _draw_line(_LEFT, scale.to_y(value), _RIGHT, scale.to_y(value), GRID)
        for value, _ in plot.y.ticks
    ]
    parts += [_draw_line(_LEFT, _BOTTOM, _RIGHT, _TOP, BORDER, "3 3")] if plot.diagonal else []
    parts += [part for rule in plot.rules for part in _draw_rule(rule, scale)]
    parts += [
        _draw_text(_LEFT - 4, min(scale.to_y(value) + 4, _BOTTOM), text, "end")
        for value, text in plot.y.ticks
    ]
    return parts + [
        _draw_text(scale.to_x(value), _BOTTOM + 14, text, _get_text_anchor(plot.x, value))
        for value, text in plot.x.ticks
    ]


def _get_text_anchor(axis: PlotAxis, value: float) -> str:
    """Words at either end of an axis stand inside the drawing."""
    share = _to_share(axis, value)
    return "start" if share < 0.05 else "end" if share > 0.95 else "middle"


def _draw_rule(rule: PlotRule, scale: _Scale) -> list[Markup]:
    if rule.level:
        return [_draw_line(_LEFT, scale.to_y(rule.at), _RIGHT, scale.to_y(rule.at), INK2, "2 3")]
    x = scale.to_x(rule.at)
    head = [_draw_text(x, _TOP + 9, rule.mark, "middle")] if rule.mark else []
    return [_draw_line(x, _TOP, x, _BOTTOM, INK, "6 3"), *head]


def _draw_series(series: PlotSeries, scale: _Scale) -> Iterable[Markup]:
    positions = [(scale.to_x(mark.x), scale.to_y(mark.y)) for mark in series.marks]
    if series.kind == "bars":
        for mark in series.marks:
            left, right = (
                scale.to_x(mark.x - series.width / 2),
                scale.to_x(mark.x + series.width / 2),
            )
            ends = sorted((scale.to_y(mark.y), scale.to_y(mark.base)))
            yield _draw_rect(left, ends[0], right - left, ends[1] - ends[0], *_FILLS[series.fill])
    if series.kind == "line":
        yield from (
            _draw_line(*a, *b, INK, "5 3" if series.dashed else "") for a, b in pairwise(positions)
        )
    if not series.band:
        shown = ((scale.to_x(mark.x), mark) for mark in series.marks if mark.has_limits)
        yield from (
            _draw_line(
                x,
                scale.to_y(mark.lo),
                x,
                scale.to_y(mark.hi),
                BORDER if series.kind == "bars" else INK,
            )
            for x, mark in shown
        )
    if series.kind != "bars":
        yield from (_MARKS[series.shape](x, y) for x, y in positions)


def _draw_band(series: PlotSeries, scale: _Scale) -> Markup:
    limited_marks = [mark for mark in series.marks if mark.has_limits]
    if len(limited_marks) < 2:
        return Markup("")
    edge = [f"{scale.to_x(mark.x)},{scale.to_y(mark.hi)}" for mark in limited_marks] + [
        f"{scale.to_x(m.x)},{scale.to_y(m.lo)}" for m in reversed(limited_marks)
    ]
    colour = _EMPTY_BAND if series.dashed else _FULL_BAND
    return Markup('<polygon points="{}" fill="{}" fill-opacity="0.6"/>').format(
        " ".join(edge), colour
    )


def _draw_line(x1: float, y1: float, x2: float, y2: float, colour: str, dash: str = "") -> Markup:
    dashed = Markup(' stroke-dasharray="{}"').format(dash) if dash else ""
    return Markup(
        '<line x1="{}" y1="{}" x2="{}" y2="{}" stroke="{}" stroke-width="1.3"{}/>'
    ).format(x1, y1, x2, y2, colour, dashed)


def _draw_rect(x: float, y: float, width: float, height: float, fill: str, stroke: str) -> Markup:
    form = Markup('<rect x="{}" y="{}" width="{}" height="{}" fill="{}" stroke="{}"/>')
    return form.format(
        round(x, 1), round(y, 1), round(width, 1), round(max(height, 0.0), 1), fill, stroke
    )


def _draw_disc(x: float, y: float) -> Markup:
    return Markup('<circle cx="{}" cy="{}" r="3.5" fill="{}"/>').format(x, y, INK)


def _draw_ring(x: float, y: float) -> Markup:
    return Markup('<circle cx="{}" cy="{}" r="3.5" fill="{}" stroke="{}"/>').format(
        x, y, PAPER, INK
    )


def _draw_square(x: float, y: float) -> Markup:
    return _draw_rect(x - 3, y - 3, 6, 6, PAPER, INK)


def _draw_triangle(x: float, y: float) -> Markup:
    return Markup('<path d="M{} {}l4 7h-8z" fill="{}" stroke="{}"/>').format(
        x, round(y - 4, 1), PAPER, INK
    )


def _draw_nothing(_x: float, _y: float) -> Markup:
    return Markup("")


_MARKS: dict[MarkShape, Callable[[float, float], Markup]] = {
    "disc": _draw_disc,
    "ring": _draw_ring,
    "square": _draw_square,
    "triangle": _draw_triangle,
    "none": _draw_nothing,
}


def _draw_text(x: float, y: float, text: str, anchor: str = "start") -> Markup:
    form = Markup('<text x="{}" y="{}" font-size="12.5" text-anchor="{}" fill="{}">{}</text>')
    return form.format(round(x, 1), round(y, 1), anchor, INK2, escape(isolate_rtl_names(text)))

"""The report's charts as inline SVG, with the dumbbell chart of the gap. Marks differ in shape, so
they read in black and white.

Colours are those of the light theme. Every function returns markup whose texts are escaped.
"""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Sequence

from markupsafe import Markup, escape

from fieldcheck.analyses import names_and_numbers
from fieldcheck.analyses.blocks import Cell, Table
from fieldcheck.analyses.report_data import (
    BenchmarkResult,
    FieldResult,
    GapResult,
    get_compared_scores,
)
from fieldcheck.domain.estimate import FEW_FRAMES, Estimate
from fieldcheck.domain.report import GapChart, PlotAxis, ScoreRow
from fieldcheck.i18n.language import tr
from fieldcheck.i18n.numbers import format_percent
from fieldcheck.models.messages import get_metric_name
from fieldcheck.safe_text import isolate_rtl_names

INK = "#16191C"
INK2 = "#42484F"
BORDER = "#6E757D"
GRID = "#C6CBD0"
DIM = "#7A8087"
PAPER = "#FFFFFF"
ALARM, AMBER, ACCENT = "#B3161B", "#FFB000", "#0B5CAD"

# Nine of the 256 colours of the map "cividis" (CC0; Nuñez, Anderton & Renslow 2018), RGB in 0-1, at
# even distances.
CIVIDIS = (
    (0.0000, 0.1262, 0.3015),
    (0.0236, 0.2130, 0.4314),
    (0.2556, 0.3032, 0.4201),
    (0.3798, 0.3933, 0.4346),
    (0.4897, 0.4856, 0.4714),
    (0.6089, 0.5803, 0.4680),
    (0.7392, 0.6844, 0.4352),
    (0.8769, 0.7962, 0.3684),
    (1.0000, 0.9169, 0.2731),
)

# where 0 % of the axis stands and how long it is, in per cent of the drawing's width
_FIRST, _SPAN = 5.0, 90.0
DASHES, DOTS = "4 3", "1 4"
_CLOSE = 0.45  # nearer than this, two labels above the line take two rows
# nearer to an end of the scale than this, a label is drawn inwards
_EDGE = 0.12
_LETTER = 0.014  # of the scale that a bold letter takes on a sheet


def draw_gap_chart(chart: GapChart) -> Markup:
    """Square: benchmark with its range. Disc: field. Thin line with ends: this camera; thick line:
    this footage. Bracket: the gap. Diamond: claim. Dashes: the limit; dots: the ceiling of the
    labels. Hollow disc: the last report, and in red a field of fewer than ten frames."""
    field, benchmark = chart.field, chart.benchmark
    benchmark_label, field_label, _ = chart.labels
    apart = abs(field.value - benchmark.value) if field and benchmark else 1.0
    near = apart <= _CLOSE
    y = 64 if near else 46  # of the marks; labels that would meet stand in two rows
    ticks = [(x, GRID, "") for x, _ in chart.axis.ticks]
    ticks += [(x, INK2, dash) for x, dash in ((chart.ceiling, DOTS), (chart.limit, DASHES)) if x]
    parts = [_draw_tick(x, y - 24, y + 32, colour, dash) for x, colour, dash in ticks]
    parts += [_draw_text(_to_percent(x), y + 47, text, 13, INK2) for x, text in chart.axis.ticks]
    parts += [_draw_text(50, y + 62, chart.axis.name, 13, INK2), *_draw_bracket(chart, y)]
    parts += [_draw_interval(chart.camera, y, INK)] if chart.camera is not None else []
    parts += [_draw_interval(benchmark, y, INK, 1.5)] if benchmark is not None else []
    disc = Markup('<circle cx="{}%" cy="{}" r="{}" fill="{}" stroke="{}" stroke-width="2"/>')
    if chart.last is not None:
        parts.append(disc.format(_to_percent(chart.last), y, 8, PAPER, INK))
    if field is not None:
        parts.append(_draw_line(field.lo, field.hi, y, INK, 9))
        colours = (PAPER, ALARM) if chart.has_few_frames else (ALARM, PAPER)
        parts.append(disc.format(_to_percent(field.value), y, 11, *colours))
        parts.append(_draw_label(field.value, y - 30, field_label))
    if benchmark is not None:
        parts.append(_draw_square(benchmark.value, y))
        parts.append(_draw_label(benchmark.value, 14 if near else y - 30, benchmark_label))
    if chart.claimed is not None:
        form = Markup('<text x="{}%" y="{}" font-size="15" text-anchor="middle" fill="{}">◆</text>')
        parts.append(form.format(_to_percent(chart.claimed), y + 5, ACCENT))
    return _wrap_svg(y + 67, parts, chart.alt_text)


def _draw_label(value: float, y: int, text: str) -> Markup:
    """Name and score of a side above its mark."""
    return _draw_text(_to_percent(value), y, text, 15, INK, bold=True, share=value)


def _draw_bracket(chart: GapChart, y: int) -> list[Markup]:
    """A bracket under both marks with the gap in its middle, or beside it where it is short."""
    field, benchmark, label = chart.field, chart.benchmark, chart.labels[2]
    if field is None or benchmark is None:
        return []
    left, right = sorted((field.value, benchmark.value))
    line = Markup('<line x1="{}%" x2="{}%" y1="{}" y2="{}" stroke="{}" stroke-width="1.75"/>')
    ends = ((left, left), (right, right))
    corners = ((left, right, y + 26, y + 26), *((*end, y + 18, y + 27) for end in ends))
    parts = [
        line.format(_to_percent(x1), _to_percent(x2), y1, y2, ALARM) for x1, x2, y1, y2 in corners
    ]
    x, anchor = _to_percent((left + right) / 2), "middle"
    if right - left < _LETTER * len(label):
        beside = right + _LETTER * len(label) < 1
        x, anchor = (_to_percent(right) + 1, "start") if beside else (_to_percent(left) - 1, "end")
    # paper below the word, so that the bracket ends before it; a casing of its letters would be
    # drawn over them on sheets, whose renderer knows no paint order
    width = round(100 * _LETTER * len(label), 1)
    start = x - {"middle": width / 2, "start": 0.0, "end": width}[anchor]
    below = Markup('<line x1="{}%" x2="{}%" y1="{}" y2="{}" stroke="{}" stroke-width="20"/>')
    form = Markup(
        '<text x="{}%" y="{}" font-size="15" font-weight="600" text-anchor="{}" fill="{}">{}</text>'
    )
    return [
        *parts,
        below.format(round(start, 1), round(start + width, 1), y + 26, y + 26, PAPER),
        form.format(x, y + 31, anchor, ALARM, escape(isolate_rtl_names(label))),
    ]


def draw_scale(share: float) -> Markup:
    """A bar that is filled up to `share` (0 to 1), with a mark there and one at its end."""
    bar = Markup('<rect x="0" y="6" width="{}%" height="6" rx="3" fill="{}"/>')
    mark = Markup('<line x1="{x}%" x2="{x}%" y1="0" y2="18" stroke="{}" stroke-width="2"/>')
    here = round(100 * min(max(share, 0.02), 1.0), 1)
    parts = [bar.format(100, GRID), bar.format(here, ACCENT)]
    parts += [mark.format(INK, x=here), mark.format(INK2, x=99.4)]
    return _wrap_svg(18, parts)


def draw_score_axis(middle: bool = True) -> Markup:
    """The scale above a column of rows: its first, its middle and its last figure; without the
    middle one where there is no room."""
    ends = [
        _draw_text(_to_percent(x), 13, format_percent(x), 13, INK2, share=x, edge=0.0)
        for x in (0.0, 1.0)
    ]
    # hidden on a phone
    inner = Markup('<g class="middle">{}</g>').format(
        _draw_text(_to_percent(0.5), 13, format_percent(0.5), 13, INK2)
    )
    return _wrap_svg(18, [*ends, inner] if middle else ends)


def draw_score_row(shown: ScoreRow) -> Markup:
    """One score with its range on the scale of `axis`: a full disc, or a hollow one below ten
    frames. Dashes: its rule.

    The cells beside it carry the same figures, so it says nothing to a screen reader.
    """
    parts, estimate = [_draw_tick(x, 0, 26, GRID) for x in (0.0, 0.5, 1.0)], shown.estimate
    if shown.rule is not None:
        parts.append(_draw_tick(shown.rule, 0, 26, INK2, DASHES))
    if estimate.measured:
        colour = DIM if shown.has_few_frames else INK
        parts.append(_draw_line(estimate.lo, estimate.hi, 13, colour, 2))
        form = Markup('<circle cx="{}%" cy="13" r="5.5" fill="{}" stroke="{}" stroke-width="2"/>')
        parts.append(
            form.format(_to_percent(estimate.value), PAPER if shown.has_few_frames else INK, colour)
        )
    return _wrap_svg(26, parts)


def build_score_table(
    caption: str, rows: Sequence[ScoreRow], score: str = "", slim: bool = False
) -> Table:
    """Scores on one scale, a row each: name, n, figure and mark. `score` heads the figures; `slim`:
    for half a sheet."""
    scale = Cell("", drawing=draw_score_axis(middle=not slim))
    heads = (
        Cell(caption, head=True),
        Cell("n", figure=True),
        Cell(score or tr("score"), figure=True),
        scale,
    )
    result = tuple(
        (
            Cell(row.name, head=True, sign=row.sign),
            Cell(str(row.n), figure=True),
            Cell(row.figure, figure=True),
            Cell("", drawing=draw_score_row(row)),
        )
        for row in rows
    )
    return Table(caption, heads, result, kind="slices" if slim else "ranges")


def draw_sign(kind: str) -> Markup:
    """The shape before a word: octagon, triangle, disc with a tick, ring, or unequal; each means
    the same in black and white."""
    drawn = {
        "octagon": Markup('<path d="M12 2h16l10 10v16L28 38H12L2 28V12z" fill="{}"/>').format(
            ALARM
        ),
        "triangle": Markup(
            '<path d="M20 3 38 36H2z" fill="{}" stroke="{}" stroke-width="2"/>'
        ).format(AMBER, INK),
        "tick": Markup(
            '<circle cx="20" cy="20" r="18" fill="{0}"/><path d="M11 20l7 7 12-14" '
            'fill="none" stroke="{1}" stroke-width="4"/>'
        ).format(ACCENT, PAPER),
        "ring": Markup(
            '<circle cx="20" cy="20" r="16" fill="none" stroke="{}" stroke-width="5" '
            'stroke-dasharray="7 5.6"/>'
        ).format(BORDER),
        "unequal": Markup(
            '<path d="M5 14h30M5 26h30M27 5 13 35" fill="none" stroke="{}" stroke-width="4"/>'
        ).format(INK),
    }[kind]
    return Markup(
        '<svg class="sign" viewBox="0 0 40 40" width="40" height="40" aria-hidden="true">{}</svg>'
    ).format(drawn)


def to_standalone_svg(drawing: Markup, width: int) -> tuple[str, str]:
    """A drawing of this module as a file of its own, `width` px wide, and what it says to a screen
    reader (empty: nothing)."""
    root = ET.fromstring(drawing)
    if "viewBox" not in root.attrib:
        root.set("width", str(width))
        root.set("viewBox", f"0 0 {width} {root.attrib['height']}")
    root.set("xmlns", "http://www.w3.org/2000/svg")
    style = ET.Element("style")
    style.text = 'text { font-family: Inter, "DejaVu Sans" }'
    root.insert(0, style)
    return ET.tostring(root, encoding="unicode"), root.get("aria-label", "")


def compute_shade(share: float) -> tuple[str, str]:
    """Background and text colour, `#rrggbb`, of a table cell whose count is `share` (0 to 1) of the
    largest."""
    position = min(max(share, 0.0), 1.0) * (len(CIVIDIS) - 1)
    low = min(int(position), len(CIVIDIS) - 2)
    rgb = tuple(
        a + (b - a) * (position - low) for a, b in zip(CIVIDIS[low], CIVIDIS[low + 1], strict=True)
    )
    light = 0.2126 * _to_linear(rgb[0]) + 0.7152 * _to_linear(rgb[1]) + 0.0722 * _to_linear(rgb[2])
    on_dark, on_light = 1.05 / (light + 0.05), (light + 0.05) / 0.05
    return "#" + "".join(
        f"{round(255 * part):02x}" for part in rgb
    ), "#ffffff" if on_dark >= on_light else "#000000"


def _to_linear(part: float) -> float:
    """One channel without its gamma, as WCAG 2 defines relative luminance."""
    return part / 12.92 if part <= 0.03928 else float(((part + 0.055) / 1.055) ** 2.4)


def _to_percent(fraction: float) -> float:
    return round(_FIRST + _SPAN * fraction, 2)


def _wrap_svg(height: int, parts: list[Markup], alt: str = "") -> Markup:
    label = (
        Markup('role="img" aria-label="{}"').format(isolate_rtl_names(alt))
        if alt
        else Markup('aria-hidden="true"')
    )
    return Markup('<svg class="chart" width="100%" height="{}" {}>{}</svg>').format(
        height, label, Markup("").join(parts)
    )


def _draw_text(
    x: float,
    y: int,
    text: str,
    size: int,
    colour: str,
    *,
    bold: bool = False,
    share: float = 0.5,
    edge: float = _EDGE,
) -> Markup:
    """Centred on `x` per cent; within `edge` of either end of the scale (`share`) it is drawn
    inwards, so that it is not cut off."""
    anchor = "middle" if edge < share < 1 - edge else "start" if share < 0.5 else "end"
    if anchor != "middle" and edge > 0:
        x = 0 if anchor == "start" else 100
    form = Markup('<text x="{}%" y="{}" font-size="{}" text-anchor="{}" fill="{}"{}>{}</text>')
    return form.format(
        x,
        y,
        size,
        anchor,
        colour,
        Markup(' font-weight="600"') if bold else "",
        escape(isolate_rtl_names(text)),
    )


def _draw_line(a: float, b: float, y: int, colour: str, width: float) -> Markup:
    return Markup(
        '<line x1="{}%" x2="{}%" y1="{y}" y2="{y}" stroke="{}" stroke-width="{}"/>'
    ).format(_to_percent(a), _to_percent(b), colour, width, y=y)


def _draw_tick(x: float, y1: int, y2: int, colour: str, dash: str = "") -> Markup:
    dashed = Markup(' stroke-dasharray="{}"').format(dash) if dash else ""
    return Markup('<line x1="{x}%" x2="{x}%" y1="{}" y2="{}" stroke="{}"{}/>').format(
        y1, y2, colour, dashed, x=_to_percent(x)
    )


def _draw_interval(estimate: Estimate, y: int, colour: str, width: float = 2) -> Markup:
    ends = [_draw_tick(x, y - 9, y + 9, colour) for x in (estimate.lo, estimate.hi)]
    return Markup("").join([_draw_line(estimate.lo, estimate.hi, y, colour, width), *ends])


def _draw_square(x: float, y: int) -> Markup:
    form = Markup(
        '<rect x="{}%" y="{}" width="18" height="18" transform="translate(-9 0)" fill="{}" '
        'stroke="{}" stroke-width="3"/>'
    )
    return form.format(_to_percent(x), y - 9, PAPER, INK)


# Dumbbell chart of the gap as report and window draw it: both scores with their ranges, the claim,
# the limit and the last report.


def build_gap_chart(
    benchmark: BenchmarkResult | None,
    field: FieldResult,
    gap: GapResult,
    ceiling: float | None = None,
    last: float | None = None,
) -> GapChart | None:
    """Chart of what was measured, in the metric of the gap and in the language that is set; None
    where nothing was. `ceiling` of the labels and `last` field score are shares of correct frames,
    and stand in no chart of another metric."""
    score = None if benchmark is None else _get_if_measured(benchmark.claim_score)
    shown, camera = get_compared_scores(field, gap)
    footage, other = _get_if_measured(shown), gap.footage is not None
    if score is None and footage is None:
        return None
    labels = (
        ""
        if score is None
        else tr("Benchmark {value}", value=names_and_numbers.format_benchmark_value(score)),
        ""
        if footage is None
        else tr("Field {value}", value=names_and_numbers.format_value_with_count(footage)),
        names_and_numbers.format_gap(gap.estimate)
        if gap.estimate.measured and shown.n >= FEW_FRAMES
        else "",
    )
    ranged = (
        labels[0],
        f"{labels[1]} ({names_and_numbers.format_range(shown)})" if footage is not None else "",
        labels[2],
    )
    return GapChart(
        benchmark=score,
        field=footage,
        camera=camera,
        labels=labels,
        axis=PlotAxis(
            0.0,
            1.0,
            tuple((quarter / 4, format_percent(quarter / 4)) for quarter in range(5)),
            get_metric_name(gap.metric or "accuracy"),
        ),
        alt_text=tr("Chart: {what}", what=", ".join(part for part in ranged if part)),
        claimed=benchmark.claimed if benchmark is not None else None,
        limit=None if score is None else max(0.0, score.value - gap.tolerance),
        ceiling=None if other else ceiling,
        last=None if other else last,
    )


def _get_if_measured(estimate: Estimate) -> Estimate | None:
    return estimate if estimate.measured else None

"""Description of a chart: its axes, series, marks and rules, what it says in words and its table.
Report and window draw it alike.

Shapes, fills and dashes tell series apart, so that no colour has to; every mark names the frames
behind it, where there are any. Two forms have descriptions of their own: the dumbbell of the gap,
and scores in the rows of a table.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite, nan
from typing import Literal

from fieldcheck.domain.estimate import FEW_FRAMES, Estimate

SeriesKind = Literal["bars", "points", "line"]
MarkShape = Literal["disc", "square", "triangle", "ring", "none"]
Fill = Literal["full", "empty", "grey"]


@dataclass(frozen=True, slots=True)
class PlotMark:
    """`x`, `y` in the units of the axes; `lo`, `hi` the 95 % limits of `y`, NaN where there are
    none; of a bar `base` is its other end. `row`: its line of the table; `frames`: ids of the
    frames behind it."""

    x: float
    y: float
    row: tuple[str, ...]
    lo: float = nan
    hi: float = nan
    base: float = 0.0
    frames: tuple[str, ...] = ()

    @property
    def has_limits(self) -> bool:
        """Whether it has limits to draw."""
        return isfinite(self.lo) and isfinite(self.hi)


@dataclass(frozen=True, slots=True)
class PlotSeries:
    """Marks of one kind. `width` of a bar in units of x; `band`: limits are a band along the line,
    else a whisker on each mark; `listed`: its marks stand in the table; `name` tells it from others
    of its chart."""

    kind: SeriesKind
    marks: tuple[PlotMark, ...]
    shape: MarkShape = "disc"
    fill: Fill = "full"
    dashed: bool = False
    band: bool = False
    width: float = 0.0
    listed: bool = True
    name: str = ""


@dataclass(frozen=True, slots=True)
class PlotRule:
    """A line through the whole chart: at a value of y where it is `level`, else of x; `mark` stands
    at its end, beside the drawing."""

    at: float
    level: bool = True
    mark: str = ""


@dataclass(frozen=True, slots=True)
class PlotAxis:
    """From `lo` to `hi`; `ticks` pair a value with its finished text, units included; `name` says
    what is measured along it."""

    lo: float
    hi: float
    ticks: tuple[tuple[float, str], ...]
    name: str = ""


@dataclass(frozen=True, slots=True)
class Plot:
    """One chart. `section`: anchor of the section of the report that shows it; `alt_text`: what it
    shows in words, with its n; `column_titles` of its table. `diagonal`: a dashed line from corner
    to corner. `figures`: those that `alt_text` has beside the marks'. `how`: the beginning of
    `alt_text` that all charts of its kind share, told once where several stand together."""

    section: str
    title: str
    alt_text: str
    x: PlotAxis
    y: PlotAxis
    series: tuple[PlotSeries, ...]
    column_titles: tuple[str, ...]
    rules: tuple[PlotRule, ...] = ()
    diagonal: bool = False
    figures: tuple[float, ...] = ()
    how: str = ""

    @property
    def marks(self) -> tuple[PlotMark, ...]:
        """Marks that stand in the table, in its order."""
        return tuple(mark for series in self.series if series.listed for mark in series.marks)


@dataclass(frozen=True, slots=True)
class GapChart:
    """Dumbbell chart of the gap; what was not measured is None. `field` with its range over this
    footage, `camera` over other clips of its cameras; `labels` of benchmark, field and the line
    between them; `axis` of shares; `alt_text`: all of it in words. `claimed`: the stated reference
    score; `limit`: the lowest field score within the limit of the gap; `ceiling`: what no model
    exceeds on labels as noisy as these; `last`: the field score of the report before."""

    benchmark: Estimate | None
    field: Estimate | None
    camera: Estimate | None
    labels: tuple[str, str, str]
    axis: PlotAxis
    alt_text: str
    claimed: float | None = None
    limit: float | None = None
    ceiling: float | None = None
    last: float | None = None

    @property
    def has_few_frames(self) -> bool:
        """Whether the mark of the field is hollow: below ten frames."""
        return self.field is not None and self.field.n < FEW_FRAMES


@dataclass(frozen=True, slots=True)
class ScoreRow:
    """A score as a row of a table and as a mark on its scale of shares. `n` pictures or answers;
    `figure` is what the cell says; `rule`: where dashes stand, such as the score of all frames;
    `sign` stands before the name."""

    name: str
    n: int
    figure: str
    estimate: Estimate
    rule: float | None = None
    sign: str = ""

    @property
    def has_few_frames(self) -> bool:
        """Whether its mark is hollow: below ten frames."""
        return self.estimate.n < FEW_FRAMES

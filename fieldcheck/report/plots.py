"""Charts of the confidence: right and wrong answers by confidence, by class and by entropy, and the reliability diagram."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from itertools import islice
from math import log
from statistics import median

from fieldcheck.domain.calibration import Calibration
from fieldcheck.domain.plot import Plot, PlotAxis, PlotMark, PlotSeries
from fieldcheck.measure.interval import wilson_limits
from fieldcheck.report import number_format
from fieldcheck.report.frame_rows import FrameRow
from fieldcheck.report.report import Report
from fieldcheck.report.tiles import decision_of
from fieldcheck.words.figures import number, percent, points
from fieldcheck.words.language import text

BINS, MOST_CLASSES, FEWEST = 10, 12, 10
NEAR_ONE = 0.02  # how far scores may be from a sum of 1 and still be probabilities
SECTION = "calibration"
Bins = list[tuple[FrameRow, ...]]


def confidence_plots(report: Report) -> tuple[Plot, ...]:
    """All of this module that there is something to draw for."""
    single = (confidence(report), reliability(report), entropy(report))
    return (*(one for one in single if one is not None), *by_class(report))


def share_axis(name: str) -> PlotAxis:
    """From 0 to 100 % of what `name` says, with a figure at both ends."""
    return PlotAxis(0.0, 1.0, ((0.0, percent(0.0)), (1.0, percent(1.0))), name)


def scored(report: Report) -> list[FrameRow]:
    """Labelled frames with an answer and its confidence."""
    return [row for row in report.frame_rows if row.right is not None and row.confidence is not None]


def confidence(report: Report) -> Plot | None:
    """Right answers upwards, wrong ones downwards, by confidence in tenths; unweighted frames, or boxes of a detector."""
    decision = decision_of(report)
    if decision is None or not any((*decision.right, *decision.wrong)):
        return None
    rows = [row for row in scored(report) if row.weight]  # chosen frames are in no count of the decision
    behind = {right: _binned((row for row in rows if row.right is right), _confidence) for right in (True, False)}
    said = text("Open bars: correct ({right}), {sure} at confidence 0.9 or more. Filled bars: wrong ({wrong}), {confident} at 0.9 or more.")
    said = said.format(right=sum(decision.right), sure=decision.right[-1], wrong=sum(decision.wrong), confident=decision.wrong[-1])
    title = text("Confidence of correct and wrong predictions")
    return _mirrored(title, said, text("confidence"), decision.right, decision.wrong, behind[True], behind[False])


def by_class(report: Report) -> tuple[Plot, ...]:
    """Confidence of each class that is predicted often enough, right and wrong, the most frequent first."""
    rows = [row for row in scored(report) if row.prediction and "|" not in row.prediction]
    frequent = [name for name, n in Counter(row.prediction for row in rows).most_common(MOST_CLASSES) if n >= FEWEST]
    return tuple(_of_class(name, [row for row in rows if row.prediction == name]) for name in frequent)


def _of_class(name: str, rows: Sequence[FrameRow]) -> Plot:
    right, wrong = ([row for row in rows if row.right is side] for side in (True, False))
    said = text("Predictions of {name}: {right} correct (open bars), {wrong} wrong (filled bars); median confidence {middle}.")
    middle = median(_confidence(row) for row in rows)
    said = said.format(name=name, right=len(right), wrong=len(wrong), middle=number(middle, 2))
    up, down = _binned(right, _confidence), _binned(wrong, _confidence)
    title = text("Confidence, predicted {name}").format(name=name)
    return replace(_mirrored(title, said, text("confidence"), *_counts(up, down), up, down), figures=(middle,))


def entropy(report: Report) -> Plot | None:
    """Entropy of the whole answer as a share of the largest possible, right and wrong; only where answers are probabilities."""
    spread = _entropies(report)
    rows = [row for row in scored(report) if row.frame_id in spread]
    if len(rows) < FEWEST:
        return None
    right, wrong = ([row for row in rows if row.right is side] for side in (True, False))
    said = text("Normalised entropy, n = {n}: median {right} for correct (open bars), {wrong} for wrong predictions (filled bars).")
    middles = [median(spread[row.frame_id] for row in side) if side else None for side in (right, wrong)]
    middle = ["–" if one is None else number(one, 2) for one in middles]
    up, down = (_binned(side, lambda row: spread[row.frame_id]) for side in (right, wrong))
    title = text("Entropy of correct and wrong predictions")
    said = said.format(n=len(rows), right=middle[0], wrong=middle[1])
    made = _mirrored(title, said, text("normalised entropy"), *_counts(up, down), up, down)
    return replace(made, figures=tuple(one for one in middles if one is not None))


def reliability(report: Report) -> Plot | None:
    """Share right by confidence. Grey bars: where 95 of 100 calibrated models would be; discs with limits: this one."""
    found = (report.facts or {}).get("calibration")
    side = found.side("field") if isinstance(found, Calibration) else None
    if side is None or not side.bins or side.n < FEWEST:
        return None
    said = text("Calibration error {error} pp, up to {null} pp by chance, n = {n}. Grey bars: calibrated model.")
    said = said.format(error=points(side.ece.value), null=points(side.ece.null_p95), n=side.n)
    rows, band, marks = iter(_by_confidence(report, side.n)), [], []
    for one in side.bins:
        lo, hi = wilson_limits(one.confidence, max(one.right.n, 1))
        frames = tuple(row.frame_id for row in islice(rows, one.right.n))
        cells = (percent(one.confidence), number_format.figure(one.right), str(one.right.n))
        band.append(PlotMark(one.confidence, hi, cells, base=lo))
        if one.right.measured:
            marks.append(PlotMark(one.confidence, one.right.value, cells, one.right.lo, one.right.hi, frames=frames))
    title = text("Reliability diagram, field, with the band of a calibrated model")
    series = (PlotSeries("bars", tuple(band), fill="grey", width=0.05, listed=False), PlotSeries("points", tuple(marks)))
    heads = (text("confidence"), text("correct"), "n")
    return Plot(SECTION, title, said, share_axis(text("confidence")), share_axis(text("accuracy")), series, heads, diagonal=True)


def _by_confidence(report: Report, n: int) -> list[FrameRow]:
    """Scored frames by rising confidence, as the bins hold them; none where those are boxes."""
    rows = sorted(scored(report), key=_confidence)
    return rows if len(rows) == n else []


def _entropies(report: Report) -> dict[str, float]:
    k = len(report.model.classes) if report.model is not None else 0
    answers: dict[str, list[float]] = defaultdict(list)
    for row in report.prediction_rows:
        if row.on == "field" and row.score is not None and row.x is None:
            answers[row.frame_id].append(row.score)
    whole = {name: given for name, given in answers.items() if len(given) == k > 1 and abs(sum(given) - 1) < NEAR_ONE and min(given) >= 0}
    return {name: -sum(p * log(p) for p in given if p > 0) / log(k) for name, given in whole.items()}


def _confidence(row: FrameRow) -> float:
    return row.confidence or 0.0


def _binned(rows: Iterable[FrameRow], figure: Callable[[FrameRow], float]) -> Bins:
    found: list[list[FrameRow]] = [[] for _ in range(BINS)]
    for row in rows:
        found[min(max(int(figure(row) * BINS), 0), BINS - 1)].append(row)
    return [tuple(one) for one in found]


def _counts(up: Bins, down: Bins) -> tuple[list[int], list[int]]:
    return [len(one) for one in up], [len(one) for one in down]


def _mirrored(title: str, said: str, across: str, right: Sequence[int], wrong: Sequence[int], up: Bins, down: Bins) -> Plot:
    """Bars up and down from one line; a bar whose frames are counted otherwise names none."""
    most = max(*right, *wrong, 1)
    step, series = 1 / len(right), []
    for sign, name, counts, rows in ((1, text("correct"), right, up), (-1, text("wrong"), wrong, down)):
        marks = []
        for at, n in enumerate(counts):
            edges = f"{number(at * step, 1)}–{number((at + 1) * step, 1)}"
            frames = tuple(row.frame_id for row in rows[at]) if len(rows) == len(counts) and len(rows[at]) == n else ()
            marks.append(PlotMark((at + 0.5) * step, sign * n, (edges, name, str(n)), frames=frames))
        series.append(PlotSeries("bars", tuple(marks), fill="empty" if sign > 0 else "full", width=0.8 * step))
    up_axis = PlotAxis(-most, most, ((-most, str(most)), (0.0, "0"), (most, str(most))), text("predictions"))
    heads = (text("from – to"), text("prediction"), "n")
    x_axis = PlotAxis(0.0, 1.0, ((0.0, "0"), (0.5, number(0.5, 1)), (1.0, "1")), across)
    return Plot(SECTION, title, said, x_axis, up_axis, tuple(series), heads)

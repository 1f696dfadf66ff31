"""Charts of the confidence: right and wrong answers by confidence, of each class, by entropy, and
the reliability diagram. `plot_svg` draws them."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from itertools import islice
from math import fsum, log
from statistics import median

from fieldcheck.analyses import calibration, names_and_numbers
from fieldcheck.analyses.report_data import FrameRow, Report
from fieldcheck.domain.report import Plot, PlotAxis, PlotMark, PlotSeries
from fieldcheck.i18n.language import tr, tr_points
from fieldcheck.i18n.numbers import format_number, format_percent, format_points
from fieldcheck.report.key_figures import get_decision
from fieldcheck.stats.wilson_interval import compute_wilson_limits

BINS, MOST_CONFIDENCE_CLASSES, FEWEST = 10, 12, 10
NEAR_ONE = 0.02  # how far scores may be from a sum of 1 and still be probabilities
SECTION = "calibration"
Bins = list[tuple[FrameRow, ...]]


def list_confidence_plots(report: Report) -> tuple[Plot, ...]:
    """All of this module that there is something to draw for."""
    single = (
        build_confidence_plot(report),
        build_reliability_plot(report),
        build_entropy_plot(report),
    )
    return (*(plot for plot in single if plot is not None), *build_class_plots(report))


def make_share_axis(name: str) -> PlotAxis:
    """From 0 to 100 % of what `name` says, with a figure at both ends."""
    return PlotAxis(0.0, 1.0, ((0.0, format_percent(0.0)), (1.0, format_percent(1.0))), name)


def list_scored_rows(report: Report) -> list[FrameRow]:
    """Labelled frames with an answer and its confidence."""
    return [
        row for row in report.frame_rows if row.right is not None and row.confidence is not None
    ]


def build_confidence_plot(report: Report) -> Plot | None:
    """Right answers upwards, wrong ones downwards, by confidence in tenths; unweighted frames, or
    boxes of a detector."""
    decision = get_decision(report)
    if decision is None or not any((*decision.right, *decision.wrong)):
        return None
    # chosen frames are in no count of the decision
    rows = [row for row in list_scored_rows(report) if row.weight]
    behind = {
        right: _split_into_bins((row for row in rows if row.right is right), _get_confidence)
        for right in (True, False)
    }
    sentence = tr(
        "Open bars: correct ({right}), {sure} at confidence 0.9 or more. Filled bars: wrong "
        "({wrong}), {confident} at 0.9 or more."
    )
    sentence = sentence.format(
        right=sum(decision.right),
        sure=decision.right[-1],
        wrong=sum(decision.wrong),
        confident=decision.wrong[-1],
    )
    title = tr("Confidence of correct and wrong predictions")
    return _build_mirrored_plot(
        title,
        sentence,
        tr("confidence"),
        decision.right,
        decision.wrong,
        behind[True],
        behind[False],
    )


def build_class_plots(report: Report) -> tuple[Plot, ...]:
    """Confidence of each class that is predicted often enough, right and wrong, the most frequent
    first."""
    rows = [row for row in list_scored_rows(report) if row.prediction and "|" not in row.prediction]
    frequent = [
        name
        for name, n in Counter(row.prediction for row in rows).most_common(MOST_CONFIDENCE_CLASSES)
        if n >= FEWEST
    ]
    return tuple(
        _build_class_plot(name, [row for row in rows if row.prediction == name])
        for name in frequent
    )


def _build_class_plot(name: str, rows: Sequence[FrameRow]) -> Plot:
    right, wrong = ([row for row in rows if row.right is side] for side in (True, False))
    sentence = tr(
        "Predictions of {name}: {right} correct (open bars), {wrong} wrong (filled bars); "
        "median confidence {middle}."
    )
    middle = median(_get_confidence(row) for row in rows)
    sentence = sentence.format(
        name=name, right=len(right), wrong=len(wrong), middle=format_number(middle, 2)
    )
    up, down = _split_into_bins(right, _get_confidence), _split_into_bins(wrong, _get_confidence)
    title = tr("Confidence, predicted {name}", name=name)
    return replace(
        _build_mirrored_plot(title, sentence, tr("confidence"), *_count_bins(up, down), up, down),
        figures=(middle,),
    )


def build_entropy_plot(report: Report) -> Plot | None:
    """Entropy of the whole answer as a share of the largest possible, right and wrong; only where
    answers are probabilities."""
    spread = _compute_entropies(report)
    rows = [row for row in list_scored_rows(report) if row.frame_id in spread]
    if len(rows) < FEWEST:
        return None
    right, wrong = ([row for row in rows if row.right is side] for side in (True, False))
    sentence = tr(
        "Normalised entropy, n = {n}: median {right} for correct (open bars), {wrong} for "
        "wrong predictions (filled bars)."
    )
    middles = [
        median(spread[row.frame_id] for row in side) if side else None for side in (right, wrong)
    ]
    middle = [
        "–" if middle_value is None else format_number(middle_value, 2) for middle_value in middles
    ]
    up, down = (_split_into_bins(side, lambda row: spread[row.frame_id]) for side in (right, wrong))
    title = tr("Entropy of correct and wrong predictions")
    sentence = sentence.format(n=len(rows), right=middle[0], wrong=middle[1])
    plot = _build_mirrored_plot(
        title, sentence, tr("normalised entropy"), *_count_bins(up, down), up, down
    )
    return replace(
        plot, figures=tuple(middle_value for middle_value in middles if middle_value is not None)
    )


def build_reliability_plot(report: Report) -> Plot | None:
    """Share right by confidence. Grey bars: where 95 of 100 calibrated models would be; discs with
    limits: this one."""
    result = calibration.ANALYSIS.get_result(report)
    side = result.get_side("field") if result is not None else None
    if side is None or not side.bins or side.n < FEWEST:
        return None
    error = format_points(side.ece.value)
    sentence = tr_points(
        "Calibration error {error} pp, up to {null} pp by chance, n = {n}. Grey bars: "
        "calibrated model.",
        error,
    )
    sentence = sentence.format(error=error, null=format_points(side.ece.null_p95), n=side.n)
    rows, band, marks = iter(_sort_by_confidence(report, side.n)), [], []
    for bin_row in side.bins:
        lo, hi = compute_wilson_limits(bin_row.confidence, max(bin_row.right.n, 1))
        frames = tuple(row.frame_id for row in islice(rows, bin_row.right.n))
        cells = (
            format_percent(bin_row.confidence),
            names_and_numbers.format_counted_value(bin_row.right),
            str(bin_row.right.n),
        )
        band.append(PlotMark(bin_row.confidence, hi, cells, base=lo))
        if bin_row.right.measured:
            marks.append(
                PlotMark(
                    bin_row.confidence,
                    bin_row.right.value,
                    cells,
                    bin_row.right.lo,
                    bin_row.right.hi,
                    frames=frames,
                )
            )
    title = tr("Reliability diagram, field, with the band of a calibrated model")
    series = (
        PlotSeries("bars", tuple(band), fill="grey", width=0.05, listed=False),
        PlotSeries("points", tuple(marks)),
    )
    heads = (tr("confidence"), tr("correct"), "n")
    return Plot(
        SECTION,
        title,
        sentence,
        make_share_axis(tr("confidence")),
        make_share_axis(tr("accuracy")),
        series,
        heads,
        diagonal=True,
    )


def _sort_by_confidence(report: Report, n: int) -> list[FrameRow]:
    """Scored frames by rising confidence, as the bins hold them; none where those are boxes."""
    rows = sorted(list_scored_rows(report), key=_get_confidence)
    return rows if len(rows) == n else []


def _compute_entropies(report: Report) -> dict[str, float]:
    k = len(report.model.classes) if report.model is not None else 0
    answers: dict[str, list[float]] = defaultdict(list)
    for row in report.prediction_rows:
        if row.on == "field" and row.score is not None and row.x is None:
            answers[row.frame_id].append(row.score)
    whole = {
        name: predictions
        for name, predictions in answers.items()
        if len(predictions) == k > 1
        and abs(fsum(predictions) - 1) < NEAR_ONE
        and min(predictions) >= 0
    }
    return {
        name: -fsum(p * log(p) for p in predictions if p > 0) / log(k)
        for name, predictions in whole.items()
    }


def _get_confidence(row: FrameRow) -> float:
    return row.confidence or 0.0


def _split_into_bins(rows: Iterable[FrameRow], figure: Callable[[FrameRow], float]) -> Bins:
    rows_by_bin: list[list[FrameRow]] = [[] for _ in range(BINS)]
    for row in rows:
        rows_by_bin[min(max(int(figure(row) * BINS), 0), BINS - 1)].append(row)
    return [tuple(bin_rows) for bin_rows in rows_by_bin]


def _count_bins(up: Bins, down: Bins) -> tuple[list[int], list[int]]:
    return [len(bin_rows) for bin_rows in up], [len(bin_rows) for bin_rows in down]


def _build_mirrored_plot(
    title: str,
    text: str,
    across: str,
    right: Sequence[int],
    wrong: Sequence[int],
    up: Bins,
    down: Bins,
) -> Plot:
    """Bars up and down from one line; a bar whose frames are counted otherwise names none."""
    most = max(*right, *wrong, 1)
    step, series = 1 / len(right), []
    for sign, name, counts, rows in ((1, tr("correct"), right, up), (-1, tr("wrong"), wrong, down)):
        marks = []
        for index, n in enumerate(counts):
            edges = f"{format_number(index * step, 1)}–{format_number((index + 1) * step, 1)}"
            frames = (
                tuple(row.frame_id for row in rows[index])
                if len(rows) == len(counts) and len(rows[index]) == n
                else ()
            )
            marks.append(
                PlotMark((index + 0.5) * step, sign * n, (edges, name, str(n)), frames=frames)
            )
        series.append(
            PlotSeries("bars", tuple(marks), fill="empty" if sign > 0 else "full", width=0.8 * step)
        )
    up_axis = PlotAxis(
        -most, most, ((-most, str(most)), (0.0, "0"), (most, str(most))), tr("predictions")
    )
    heads = (tr("from – to"), tr("prediction"), "n")
    x_axis = PlotAxis(0.0, 1.0, ((0.0, "0"), (0.5, format_number(0.5, 1)), (1.0, "1")), across)
    return Plot(SECTION, title, text, x_axis, up_axis, tuple(series), heads)

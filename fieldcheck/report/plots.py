"""Charts of the report: descriptions of all of them, and their drawing as SVG. Marks differ in
shape, fill and dash, so they read in grey."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice, pairwise
from math import ceil, log
from statistics import median

from markupsafe import Markup, escape

from fieldcheck.analyses import calibration, decomposition, names_and_numbers
from fieldcheck.analyses.abstention_thresholds import ABSTENTION
from fieldcheck.analyses.blocks import Cell, Panel, Table
from fieldcheck.analyses.decomposition import Decomposition
from fieldcheck.analyses.precision_recall import (
    PRECISION_RECALL,
    UNLIKENESS,
    PrecisionRecall,
    Unlikeness,
)
from fieldcheck.analyses.releases import RELEASES, Releases
from fieldcheck.analyses.report_data import FrameRow, Report
from fieldcheck.analyses.score_charts import BORDER, GRID, INK, INK2, PAPER
from fieldcheck.corruptions.catalogue import get_family
from fieldcheck.corruptions.messages import get_corruption_name
from fieldcheck.domain.estimate import FEW_FRAMES, Estimate
from fieldcheck.domain.items import make_benchmark_subject
from fieldcheck.domain.plot import Fill, MarkShape, Plot, PlotAxis, PlotMark, PlotRule, PlotSeries
from fieldcheck.domain.robustness import CLEAN, SweepRow
from fieldcheck.domain.run import On
from fieldcheck.domain.training import Curves
from fieldcheck.i18n.language import tr, tr_points
from fieldcheck.i18n.numbers import (
    format_number,
    format_percent,
    format_points,
    format_points_interval,
    format_points_with_unit,
)
from fieldcheck.report.key_figures import get_decision
from fieldcheck.safe_text import isolate_rtl_names
from fieldcheck.stats.decision_thresholds import Abstention
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
    return (*(one for one in single if one is not None), *build_class_plots(report))


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
    said = tr(
        "Open bars: correct ({right}), {sure} at confidence 0.9 or more. Filled bars: wrong "
        "({wrong}), {confident} at 0.9 or more."
    )
    said = said.format(
        right=sum(decision.right),
        sure=decision.right[-1],
        wrong=sum(decision.wrong),
        confident=decision.wrong[-1],
    )
    title = tr("Confidence of correct and wrong predictions")
    return _build_mirrored_plot(
        title, said, tr("confidence"), decision.right, decision.wrong, behind[True], behind[False]
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
    said = tr(
        "Predictions of {name}: {right} correct (open bars), {wrong} wrong (filled bars); "
        "median confidence {middle}."
    )
    middle = median(_get_confidence(row) for row in rows)
    said = said.format(
        name=name, right=len(right), wrong=len(wrong), middle=format_number(middle, 2)
    )
    up, down = _split_into_bins(right, _get_confidence), _split_into_bins(wrong, _get_confidence)
    title = tr("Confidence, predicted {name}").format(name=name)
    return replace(
        _build_mirrored_plot(title, said, tr("confidence"), *_count_bins(up, down), up, down),
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
    said = tr(
        "Normalised entropy, n = {n}: median {right} for correct (open bars), {wrong} for "
        "wrong predictions (filled bars)."
    )
    middles = [
        median(spread[row.frame_id] for row in side) if side else None for side in (right, wrong)
    ]
    middle = ["–" if one is None else format_number(one, 2) for one in middles]
    up, down = (_split_into_bins(side, lambda row: spread[row.frame_id]) for side in (right, wrong))
    title = tr("Entropy of correct and wrong predictions")
    said = said.format(n=len(rows), right=middle[0], wrong=middle[1])
    made = _build_mirrored_plot(
        title, said, tr("normalised entropy"), *_count_bins(up, down), up, down
    )
    return replace(made, figures=tuple(one for one in middles if one is not None))


def build_reliability_plot(report: Report) -> Plot | None:
    """Share right by confidence. Grey bars: where 95 of 100 calibrated models would be; discs with
    limits: this one."""
    found = calibration.ANALYSIS.get_result(report)
    side = found.get_side("field") if found is not None else None
    if side is None or not side.bins or side.n < FEWEST:
        return None
    error = format_points(side.ece.value)
    said = tr_points(
        "Calibration error {error} pp, up to {null} pp by chance, n = {n}. Grey bars: "
        "calibrated model.",
        error,
    )
    said = said.format(error=error, null=format_points(side.ece.null_p95), n=side.n)
    rows, band, marks = iter(_sort_by_confidence(report, side.n)), [], []
    for one in side.bins:
        lo, hi = compute_wilson_limits(one.confidence, max(one.right.n, 1))
        frames = tuple(row.frame_id for row in islice(rows, one.right.n))
        cells = (
            format_percent(one.confidence),
            names_and_numbers.format_counted_value(one.right),
            str(one.right.n),
        )
        band.append(PlotMark(one.confidence, hi, cells, base=lo))
        if one.right.measured:
            marks.append(
                PlotMark(
                    one.confidence,
                    one.right.value,
                    cells,
                    one.right.lo,
                    one.right.hi,
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
        said,
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
        name: given
        for name, given in answers.items()
        if len(given) == k > 1 and abs(sum(given) - 1) < NEAR_ONE and min(given) >= 0
    }
    return {
        name: -sum(p * log(p) for p in given if p > 0) / log(k) for name, given in whole.items()
    }


def _get_confidence(row: FrameRow) -> float:
    return row.confidence or 0.0


def _split_into_bins(rows: Iterable[FrameRow], figure: Callable[[FrameRow], float]) -> Bins:
    found: list[list[FrameRow]] = [[] for _ in range(BINS)]
    for row in rows:
        found[min(max(int(figure(row) * BINS), 0), BINS - 1)].append(row)
    return [tuple(one) for one in found]


def _count_bins(up: Bins, down: Bins) -> tuple[list[int], list[int]]:
    return [len(one) for one in up], [len(one) for one in down]


def _build_mirrored_plot(
    title: str,
    said: str,
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
        for at, n in enumerate(counts):
            edges = f"{format_number(at * step, 1)}–{format_number((at + 1) * step, 1)}"
            frames = (
                tuple(row.frame_id for row in rows[at])
                if len(rows) == len(counts) and len(rows[at]) == n
                else ()
            )
            marks.append(
                PlotMark((at + 0.5) * step, sign * n, (edges, name, str(n)), frames=frames)
            )
        series.append(
            PlotSeries("bars", tuple(marks), fill="empty" if sign > 0 else "full", width=0.8 * step)
        )
    up_axis = PlotAxis(
        -most, most, ((-most, str(most)), (0.0, "0"), (most, str(most))), tr("predictions")
    )
    heads = (tr("from – to"), tr("prediction"), "n")
    x_axis = PlotAxis(0.0, 1.0, ((0.0, "0"), (0.5, format_number(0.5, 1)), (1.0, "1")), across)
    return Plot(SECTION, title, said, x_axis, up_axis, tuple(series), heads)


# Charts beside those of the confidence: parts of the gap, risk and coverage, severity,
# precision–recall, releases, unlikeness.

DROP, MOST_SEVERE, MOST_CLASSES, LEAST_GAP, MOST_EPOCHS = 0.2, 5.0, 6, 0.01, 200


def list_curve_plots(report: Report) -> tuple[Plot, ...]:
    """All of this module that there is something to draw for, in the order of the report."""
    found = [
        *_build_decomposition_plots(report, decomposition.ANALYSIS.get_result(report)),
        *_build_risk_plots(report, ABSTENTION.get_result(report)),
    ]
    found += [build_severity_plot(report, name) for name in list_costly_corruptions(report)]
    return (
        *found,
        *_build_unlikeness_plots(report, UNLIKENESS.get_result(report)),
        *_build_release_plots(report, RELEASES.get_result(report)),
        *_build_precision_recall_plots(report, PRECISION_RECALL.get_result(report)),
        *_build_loss_plots(None if report.training is None else report.training.curves),
    )


def list_costly_corruptions(report: Report) -> list[str]:
    """Swept corruptions with accuracies, what costs most first, by the largest drop on either
    side."""
    most: dict[str, float] = {}
    for row in report.stress.rows if report.stress is not None else ():
        if row.corruption != CLEAN and row.drop.measured:
            most[row.corruption] = max(most.get(row.corruption, -1.0), row.drop.value)
    return sorted(most, key=lambda name: -most[name])


def build_severity_plot(report: Report, name: str) -> Plot:
    """Accuracy by severity: squares and a dashed line for the benchmark, discs for the field, bands
    for their 95 % limits."""
    sides: tuple[tuple[On, str], ...] = (("benchmark", tr("benchmark")), ("field", tr("field")))
    rows = {on: _list_sweep_rows(report, name, on) for on, _ in sides}
    clean = next(
        (
            row.value.value
            for row in (*rows["benchmark"], *rows["field"])
            if row.corruption == CLEAN
        ),
        None,
    )
    told = {
        get_family(one): at
        for one, at in (
            report.field_match.named_corruptions if report.field_match is not None else ()
        )
    }
    here = told.get(get_family(name))
    last = [
        tr("{side} {value} at severity {severity}").format(
            side=said,
            value=names_and_numbers.format_estimate(rows[on][-1].value),
            severity=format_number(rows[on][-1].severity),
        )
        for on, said in sides
        if rows[on]
    ]
    frames = {
        "field": tuple(row.frame_id for row in list_scored_rows(report)),
        "benchmark": _list_benchmark_images(report),
    }
    series = []
    for on, said in sides:
        marks = tuple(
            _build_plot_mark(
                row.severity, row.value, (format_number(row.severity), said), frames[on]
            )
            for row in rows[on]
        )
        line = on == "benchmark"
        series.append(
            PlotSeries("line", marks, "square" if line else "disc", dashed=line, band=True)
        )
    rules = [] if clean is None else [PlotRule(clean - DROP)]
    rules += [] if here is None else [PlotRule(here, level=False, mark="▼")]
    ticks = tuple((at, format_number(at)) for at in (0.0, 1.0, 3.0, MOST_SEVERE))
    heads = (tr("severity"), tr("side"), tr("accuracy"), "n")
    axes = PlotAxis(0.0, MOST_SEVERE, ticks, tr("severity")), make_share_axis(tr("accuracy"))
    return Plot(
        "breaks",
        get_corruption_name(name),
        ", ".join(last) + ".",
        *axes,
        tuple(series),
        heads,
        tuple(rules),
    )


def _list_benchmark_images(report: Report) -> tuple[str, ...]:
    """Pictures of the benchmark that the model answered."""
    return tuple(
        dict.fromkeys(
            make_benchmark_subject(row.frame_id)
            for row in report.prediction_rows
            if row.on == "benchmark"
        )
    )


def _list_sweep_rows(report: Report, name: str, on: On) -> list[SweepRow]:
    rows = report.stress.rows if report.stress is not None else ()
    return sorted(
        (
            row
            for row in rows
            if row.on == on and row.corruption in (CLEAN, name) and row.value.measured
        ),
        key=lambda r: r.severity,
    )


def _build_plot_mark(
    x: float, estimate: Estimate, names: tuple[str, ...], frames: tuple[str, ...] = ()
) -> PlotMark:
    """A share with its limits; its line in the table ends with figure and n."""
    cells = (*names, names_and_numbers.format_counted_value(estimate), str(estimate.n))
    return PlotMark(x, estimate.value, cells, estimate.lo, estimate.hi, frames=frames)


def _build_decomposition_plots(report: Report, found: Decomposition | None) -> Iterator[Plot]:
    """Each part is worked out from all judged frames of the field."""
    if found is None or report.field.footage.n < FEW_FRAMES:
        return
    behind = tuple(row.frame_id for row in list_scored_rows(report))
    parts = [(tr("class mix"), found.mix.estimate)]
    parts += [(tr("image quality"), found.quality.estimate)] if found.quality is not None else []
    parts.append((tr("remainder"), found.remainder))
    marks = [
        PlotMark(
            at + 0.5,
            one.value,
            (f"{at + 1}  {name}", _format_points(one)),
            one.lo if one.measured else one.value,
            one.hi if one.measured else one.value,
            frames=behind,
        )
        for at, (name, one) in enumerate(parts)
    ]
    whole = PlotMark(
        len(parts) + 0.5,
        found.total,
        (f"{len(parts) + 1}  {tr('gap')}", format_points_with_unit(found.total)),
        frames=behind,
    )
    ends = [end for mark in marks for end in (mark.y, mark.lo, mark.hi)] + [found.total, 0.0]
    low, high = min(ends), max(*ends, LEAST_GAP)  # parts of nothing are no bars
    said = ", ".join(
        f"{at + 1} {name} {_format_points(one)}" for at, (name, one) in enumerate(parts)
    )
    total = format_points(found.total)
    said = tr_points("Gap of {total} pp: {parts}; last bar: total gap.", total).format(
        total=total, parts=said
    )
    series = (
        PlotSeries("bars", tuple(marks), fill="grey", width=0.6),
        PlotSeries("bars", (whole,), width=0.6),
    )
    x = PlotAxis(
        0.0,
        len(parts) + 1.0,
        tuple((at + 0.5, str(at + 1)) for at in range(len(parts) + 1)),
        tr("part"),
    )
    ticks = sorted({0.0, high} | ({low} if low < -0.15 * (high - low) else set()))
    y = PlotAxis(low, high, tuple((at, format_points(at)) for at in ticks), tr("gap, pp"))
    yield Plot(
        "decomposition",
        tr("Gap decomposition, pp"),
        said,
        x,
        y,
        series,
        (tr("part"), tr("pp (95% CI)")),
    )


def _format_points(found: Estimate) -> str:
    points = format_points_with_unit(found.value)
    return f"{points} ({format_points_interval(found)})" if found.measured else points


def _build_risk_plots(report: Report, found: Abstention | None) -> Iterator[Plot]:
    if found is None:
        return
    rows = sorted(list_scored_rows(report), key=lambda row: row.confidence or 0.0)
    every = tuple(row.frame_id for row in rows)
    marks = (
        [_build_plot_mark(1.0, found.error, (format_percent(1.0),), every)]
        if found.error.measured
        else []
    )
    for one in found.curve:
        if one.error.measured:
            kept = every[ceil(one.share.value * len(rows)) :]
            marks.append(
                _build_plot_mark(
                    1 - one.share.value, one.error, (format_percent(1 - one.share.value),), kept
                )
            )
    if len(marks) < 2:
        return
    most = max(mark.hi for mark in marks)
    y = PlotAxis(
        0.0, most, ((0.0, format_percent(0.0)), (most, format_percent(most))), tr("errors")
    )
    said = tr(
        "Error rate of accepted frames by coverage: {first} at full coverage, {last} at "
        "{share}, n = {n}."
    )
    last = min(marks, key=lambda mark: mark.x)
    words = {
        "first": marks[0].row[1],
        "last": last.row[1],
        "share": last.row[0],
        "n": found.error.n,
    }
    ordered = tuple(sorted(marks, key=lambda mark: mark.x))
    heads = (tr("coverage"), tr("errors"), "n")
    line = (PlotSeries("line", ordered, band=True),)
    yield Plot(
        "abstention",
        tr("Risk-coverage curve"),
        said.format(**words),
        make_share_axis(heads[0]),
        y,
        line,
        heads,
    )


def _build_unlikeness_plots(report: Report, found: Unlikeness | None) -> Iterator[Plot]:
    if found is None:
        return
    marks = []
    for at, step in enumerate(found.steps):
        frames = tuple(row.frame_id for row in report.frame_rows[step.first : step.last + 1])
        when, n = (
            names_and_numbers.format_timestamp(step.at) or str(at + 1),
            str(step.last - step.first + 1),
        )
        cells = (
            when,
            (
                f"{format_number(step.middle, 2)} "
                f"({format_number(step.low, 2)}–{format_number(step.high, 2)})"
            ),
            n,
        )
        marks.append(PlotMark(at + 0.5, step.middle, cells, step.low, step.high, frames=frames))
    high = max(found.own, *(mark.hi for mark in marks)) or 1.0
    ends = (0.0, tr("first")), (float(len(marks)), tr("last"))
    how = tr("by the model's embeddings") if found.of_model else tr("by image statistics")
    beyond = sum(step.middle > found.own for step in found.steps)
    said = tr(
        "Distance to the nearest benchmark image over time, {how}: median and quartiles of "
        "{n} frames in "
        "{steps} time bins, {beyond} of them beyond the dotted line (95% of the {pictures} "
        "benchmark images "
        "have a closer neighbour)."
    ).format(how=how, n=found.n, steps=len(marks), beyond=beyond, pictures=found.n_pictures)
    heads = (tr("from"), tr("distance (quartiles)"), "n")
    axes = (
        PlotAxis(0.0, float(len(marks)), ends, tr("time")),
        PlotAxis(0.0, high, ((0.0, "0"), (high, format_number(high, 2))), heads[1]),
    )
    line = (PlotSeries("line", tuple(marks), band=True),)
    yield Plot(
        "domain",
        tr("Distance from benchmark over time"),
        said,
        *axes,
        line,
        heads,
        (PlotRule(found.own),),
    )


def _build_release_plots(report: Report, found: Releases | None) -> Iterator[Plot]:
    if found is None:
        return
    last, heads = len(found.releases) - 1, (tr("Release"), tr("recall"), "n")
    x = PlotAxis(
        0.0,
        float(last),
        ((0.0, found.releases[0].model), (float(last), found.releases[-1].model)),
        heads[0],
    )
    for one in sorted(found.classes, key=lambda one: min(one.recall) - max(one.recall))[
        :MOST_CLASSES
    ]:
        behind = tuple(
            row.frame_id for row in list_scored_rows(report) if row.label == one.class_name
        )
        # of frames that some release did not answer none is named
        behind = behind if len(behind) == one.n else ()
        named = enumerate(zip(found.releases, one.estimates, strict=True))
        marks = tuple(
            _build_plot_mark(float(at), recall, (release.model,), behind)
            for at, (release, recall) in named
        )
        every = tuple(
            _build_plot_mark(float(at), release.accuracy, (release.model,))
            for at, release in enumerate(found.releases)
        )
        said = tr(
            "{name}: recall {first} in the first release, {last} in the last, n = {n}. "
            "Dashed: accuracy of each release, n = {all}."
        )
        words = {
            "first": format_percent(one.recall[0]),
            "last": format_percent(one.recall[-1]),
            "n": one.n,
            "all": found.n,
        }
        series = (
            PlotSeries("line", every, "square", dashed=True, band=True, listed=False),
            PlotSeries("line", marks),
        )
        yield Plot(
            "releases",
            one.class_name,
            said.format(name=one.class_name, **words),
            x,
            make_share_axis(heads[1]),
            series,
            heads,
        )


def _build_precision_recall_plots(
    report: Report, curves: tuple[PrecisionRecall, ...] | None
) -> Iterator[Plot]:
    rows = curves or ()
    for name in dict.fromkeys(row.class_name for row in rows):
        yield _build_precision_recall_plot(
            report, name, [row for row in rows if row.class_name == name]
        )


def _build_precision_recall_plot(
    report: Report, name: str, sides: Sequence[PrecisionRecall]
) -> Plot:
    series, told, labelled = [], [], {row.frame_id for row in list_scored_rows(report)}
    scores = [
        (
            row.on,
            row.score,
            make_benchmark_subject(row.frame_id) if row.on == "benchmark" else row.frame_id,
        )
        for row in report.prediction_rows
        if row.class_name == name
        and row.score is not None
        and (row.on == "benchmark" or row.frame_id in labelled)
    ]
    for one in sides:
        side = tr("field") if one.on == "field" else tr("benchmark")
        marks = []
        for point in one.points:
            cells = (
                side,
                format_number(point.threshold, 2),
                names_and_numbers.format_counted_value(point.recall),
                names_and_numbers.format_counted_value(point.precision),
                str(one.n),
            )
            taken = tuple(
                dict.fromkeys(
                    frame
                    for on, score, frame in scores
                    if on == one.on and score >= point.threshold
                )
            )
            limits = point.precision.lo, point.precision.hi
            marks.append(
                PlotMark(point.recall.value, point.precision.value, cells, *limits, frames=taken)
            )
        line = one.on == "benchmark"
        series.append(
            PlotSeries(
                "line", tuple(marks), "square" if line else "disc", dashed=line, band=len(marks) > 1
            )
        )
        told.append(tr("{side} n = {n}").format(side=side, n=one.n))
    how = tr(
        "Precision against recall by threshold, unweighted, with 95% CI. Circle: field; "
        "square, dashed: benchmark."
    )
    said = f"{how} {', '.join(told)}."
    heads = (tr("side"), tr("threshold"), tr("recall"), tr("precision"), "n")
    title = tr("Precision-recall curve, {name}").format(name=name)
    axes = make_share_axis(heads[2]), make_share_axis(heads[3])
    return Plot("thresholds", title, said, *axes, tuple(series), heads, how=how)


def _build_loss_plots(curves: Curves | None) -> Iterator[Plot]:
    """Both losses of the training by epoch on one scale; a long log is thinned out. No frame of the
    project stands behind a loss."""
    if curves is None:
        return
    n = len(curves.epochs)
    shown = sorted({0, *range(n - 1, -1, -ceil(n / MOST_EPOCHS))})
    series = []
    for name, losses, dashed in (
        (tr("training"), curves.train, True),
        (tr("validation"), curves.val, False),
    ):
        marks = (
            PlotMark(
                curves.epochs[at],
                losses[at],
                (format_number(curves.epochs[at]), name, format_number(losses[at], 3)),
            )
            for at in shown
        )
        series.append(
            PlotSeries("line", tuple(marks), "none" if n > 1 else "disc", dashed=dashed, name=name)
        )
    told = [
        figure
        for losses in (curves.train, curves.val)
        for figure in (losses[0], min(losses), losses[-1])
    ]
    said = tr(
        "Dashed: training loss, first {0}, lowest {1}, last {2}. Line: validation loss, first "
        "{3}, lowest {4}, last {5}; epochs: {n}."
    )
    said = said.format(*(format_number(figure, 3) for figure in told), n=n)
    low, high = min(0.0, *told), max(*curves.train, *curves.val)
    ends = sorted({curves.epochs[0], curves.epochs[-1]})
    x = PlotAxis(ends[0], ends[-1], tuple((at, format_number(at)) for at in ends), tr("epoch"))
    y = PlotAxis(
        low, high, ((low, format_number(low, 1)), (high, format_number(high, 1))), tr("loss")
    )
    heads = (x.name, tr("side"), y.name)
    yield Plot(
        "trained", tr("Loss per epoch"), said, x, y, tuple(series), heads, figures=tuple(told)
    )


# Drawing of a chart's description as SVG of fixed proportions. Marks differ in shape, fill and
# dash, so they read in grey.

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
    parts = [_draw_band(one, scale) for one in plot.series if one.band] + _draw_axes(plot, scale)
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
        Cell(said, head=at == 0, figure=at > 0) for at, said in enumerate(plot.column_titles)
    )
    rows = tuple(
        tuple(Cell(said, head=at == 0, figure=at > 0) for at, said in enumerate(mark.row))
        for mark in plot.marks
    )
    return Table(plot.title, heads, rows)


def _to_share(axis: PlotAxis, value: float) -> float:
    return min(max((value - axis.lo) / (axis.hi - axis.lo or 1.0), 0.0), 1.0)


def _draw_axes(plot: Plot, scale: _Scale) -> list[Markup]:
    parts = [
        _draw_line(_LEFT, scale.to_y(at), _RIGHT, scale.to_y(at), GRID) for at, _ in plot.y.ticks
    ]
    parts += [_draw_line(_LEFT, _BOTTOM, _RIGHT, _TOP, BORDER, "3 3")] if plot.diagonal else []
    parts += [part for rule in plot.rules for part in _draw_rule(rule, scale)]
    parts += [
        _draw_text(_LEFT - 4, min(scale.to_y(at) + 4, _BOTTOM), said, "end")
        for at, said in plot.y.ticks
    ]
    return parts + [
        _draw_text(scale.to_x(at), _BOTTOM + 14, said, _get_text_anchor(plot.x, at))
        for at, said in plot.x.ticks
    ]


def _get_text_anchor(axis: PlotAxis, at: float) -> str:
    """Words at either end of an axis stand inside the drawing."""
    share = _to_share(axis, at)
    return "start" if share < 0.05 else "end" if share > 0.95 else "middle"


def _draw_rule(rule: PlotRule, scale: _Scale) -> list[Markup]:
    if rule.level:
        return [_draw_line(_LEFT, scale.to_y(rule.at), _RIGHT, scale.to_y(rule.at), INK2, "2 3")]
    x = scale.to_x(rule.at)
    head = [_draw_text(x, _TOP + 9, rule.mark, "middle")] if rule.mark else []
    return [_draw_line(x, _TOP, x, _BOTTOM, INK, "6 3"), *head]


def _draw_series(series: PlotSeries, scale: _Scale) -> Iterable[Markup]:
    places = [(scale.to_x(mark.x), scale.to_y(mark.y)) for mark in series.marks]
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
            _draw_line(*a, *b, INK, "5 3" if series.dashed else "") for a, b in pairwise(places)
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
        yield from (_MARKS[series.shape](x, y) for x, y in places)


def _draw_band(series: PlotSeries, scale: _Scale) -> Markup:
    known = [mark for mark in series.marks if mark.has_limits]
    if len(known) < 2:
        return Markup("")
    edge = [f"{scale.to_x(mark.x)},{scale.to_y(mark.hi)}" for mark in known] + [
        f"{scale.to_x(m.x)},{scale.to_y(m.lo)}" for m in reversed(known)
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


def _draw_text(x: float, y: float, said: str, anchor: str = "start") -> Markup:
    form = Markup('<text x="{}" y="{}" font-size="12.5" text-anchor="{}" fill="{}">{}</text>')
    return form.format(round(x, 1), round(y, 1), anchor, INK2, escape(isolate_rtl_names(said)))

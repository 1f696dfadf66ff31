"""Charts of the gap decomposition, risk and coverage, severity of corruptions, distance over time,
releases, precision and recall, and loss per epoch. `plot_svg` draws them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import ceil

from fieldcheck.analyses import decomposition, names_and_numbers
from fieldcheck.analyses.abstention_thresholds import ABSTENTION
from fieldcheck.analyses.decomposition import Decomposition
from fieldcheck.analyses.precision_recall import (
    PRECISION_RECALL,
    UNLIKENESS,
    PrecisionRecall,
    Unlikeness,
)
from fieldcheck.analyses.releases import RELEASES, Releases
from fieldcheck.analyses.report_data import Report
from fieldcheck.analyses.robustness import get_robustness
from fieldcheck.analyses.training import ANALYSIS as TRAINING
from fieldcheck.corruptions.catalogue import get_family
from fieldcheck.corruptions.messages import get_corruption_name
from fieldcheck.domain.estimate import FEW_FRAMES, Estimate
from fieldcheck.domain.items import make_benchmark_subject
from fieldcheck.domain.report import Plot, PlotAxis, PlotMark, PlotRule, PlotSeries
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
from fieldcheck.models.messages import get_metric_name
from fieldcheck.report.confidence_plots import list_scored_rows, make_share_axis
from fieldcheck.stats.decision_thresholds import Abstention

DROP, MOST_SEVERE, MOST_CLASSES, LEAST_GAP, MOST_EPOCHS = 0.2, 5.0, 6, 0.01, 200


def list_curve_plots(report: Report) -> tuple[Plot, ...]:
    """All of this module that there is something to draw for, in the order of the report."""
    training = TRAINING.get_result(report)
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
        *_build_loss_plots(None if training is None else training.training.curves),
    )


def list_costly_corruptions(report: Report) -> list[str]:
    """Swept corruptions with scores, what costs most first, by the largest drop on either side."""
    most: dict[str, float] = {}
    sweep = get_robustness(report).sweep
    for row in sweep.rows if sweep is not None else ():
        if row.corruption != CLEAN and row.drop.measured:
            most[row.corruption] = max(most.get(row.corruption, -1.0), row.drop.value)
    return sorted(most, key=lambda name: -most[name])


def build_severity_plot(report: Report, name: str) -> Plot:
    """The score by severity: squares and dashes for the benchmark, discs for the field."""
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
    field_match = get_robustness(report).field_match
    matched = field_match.named_corruptions if field_match is not None else ()
    here = {get_family(one): severity for one, severity in matched}.get(get_family(name))
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
    score = get_metric_name(report.own_metric)
    heads = (tr("severity"), tr("side"), score, "n")
    axes = PlotAxis(0.0, MOST_SEVERE, ticks, tr("severity")), make_share_axis(score)
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
    sweep = get_robustness(report).sweep
    rows = sweep.rows if sweep is not None else ()
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

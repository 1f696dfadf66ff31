"""Charts of the gap decomposition, risk and coverage, severity of corruptions, distance over time,
releases, precision and recall, and loss per epoch. `plot_svg` draws them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import ceil

from fieldcheck.analyses import decomposition, flicker, names_and_numbers
from fieldcheck.analyses.abstention_thresholds import ABSTENTION
from fieldcheck.analyses.decomposition import Decomposition
from fieldcheck.analyses.precision_recall import (
    PRECISION_RECALL,
    UNLIKENESS,
    PrecisionRecall,
    Unlikeness,
)
from fieldcheck.analyses.releases_and_ranking import RELEASES, Releases
from fieldcheck.analyses.report_data import Report
from fieldcheck.analyses.retraining import ANALYSIS as TRAINING
from fieldcheck.analyses.robustness import get_robustness
from fieldcheck.corruptions.catalogue import get_family
from fieldcheck.corruptions.messages import get_corruption_name
from fieldcheck.domain.estimate import FEW_FRAMES, Estimate
from fieldcheck.domain.items import make_benchmark_subject
from fieldcheck.domain.model_card import Curves
from fieldcheck.domain.report import Plot, PlotAxis, PlotMark, PlotRule, PlotSeries
from fieldcheck.domain.robustness import CLEAN, SweepRow
from fieldcheck.domain.run import On
from fieldcheck.i18n.language import tr, tr_points, use_language
from fieldcheck.i18n.numbers import (
    format_number,
    format_percent,
    format_points,
    format_points_interval,
    format_points_with_unit,
)
from fieldcheck.models.messages import get_metric_name
from fieldcheck.report.confidence_plots import (
    list_confidence_plots,
    list_scored_rows,
    make_share_axis,
)
from fieldcheck.report.plot_svg import draw_plot
from fieldcheck.stats.decision_thresholds import Abstention

DROP, MOST_SEVERE, MOST_CLASSES, LEAST_GAP, MOST_EPOCHS = 0.2, 5.0, 6, 0.01, 200


def list_curve_plots(report: Report) -> tuple[Plot, ...]:
    """All of this module that there is something to draw for, in the order of the report."""
    training = TRAINING.get_result(report)
    plots = [
        *_build_decomposition_plots(report, decomposition.ANALYSIS.get_result(report)),
        *_build_risk_plots(report, ABSTENTION.get_result(report)),
    ]
    plots += [build_severity_plot(report, name) for name in list_costly_corruptions(report)]
    return (
        *plots,
        *_build_unlikeness_plots(report, UNLIKENESS.get_result(report)),
        *_build_flicker_plots(report, flicker.ANALYSIS.get_result(report)),
        *_build_release_plots(report, RELEASES.get_result(report)),
        *_build_precision_recall_plots(report, PRECISION_RECALL.get_result(report)),
        *_build_loss_plots(None if training is None else training.training.curves),
    )


def draw_figures(report: Report, lang: str) -> dict[str, str]:
    """Every chart of a report as SVG, by title."""
    with use_language(lang):
        plots = (*list_confidence_plots(report), *list_curve_plots(report))
        return {plot.title: str(draw_plot(plot)) for plot in plots}


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
    rows = {set_name: _list_sweep_rows(report, name, set_name) for set_name, _ in sides}
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
    here = {get_family(matched_name): severity for matched_name, severity in matched}.get(
        get_family(name)
    )
    last = [
        tr(
            "{side} {value} at severity {severity}",
            side=text,
            value=names_and_numbers.format_estimate(rows[set_name][-1].value),
            severity=format_number(rows[set_name][-1].severity),
        )
        for set_name, text in sides
        if rows[set_name]
    ]
    frames = {
        "field": tuple(row.frame_id for row in list_scored_rows(report)),
        "benchmark": _list_benchmark_images(report),
    }
    series = []
    for set_name, side_name in sides:
        marks = tuple(
            _build_plot_mark(
                row.severity, row.value, (format_number(row.severity), side_name), frames[set_name]
            )
            for row in rows[set_name]
        )
        line = set_name == "benchmark"
        series.append(
            PlotSeries("line", marks, "square" if line else "disc", dashed=line, band=True)
        )
    rules = [] if clean is None else [PlotRule(clean - DROP)]
    rules += [] if here is None else [PlotRule(here, level=False, mark="▼")]
    ticks = tuple((tick, format_number(tick)) for tick in (0.0, 1.0, 3.0, MOST_SEVERE))
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


def _list_sweep_rows(report: Report, name: str, set_name: On) -> list[SweepRow]:
    sweep = get_robustness(report).sweep
    rows = sweep.rows if sweep is not None else ()
    return sorted(
        (
            row
            for row in rows
            if row.on == set_name and row.corruption in (CLEAN, name) and row.value.measured
        ),
        key=lambda r: r.severity,
    )


def _build_plot_mark(
    x: float, estimate: Estimate, names: tuple[str, ...], frames: tuple[str, ...] = ()
) -> PlotMark:
    """A share with its limits; its line in the table ends with figure and n."""
    cells = (*names, names_and_numbers.format_counted_value(estimate), str(estimate.n))
    return PlotMark(x, estimate.value, cells, estimate.lo, estimate.hi, frames=frames)


def _build_decomposition_plots(report: Report, result: Decomposition | None) -> Iterator[Plot]:
    """Each part is worked out from all judged frames of the field."""
    if result is None or report.field.footage.n < FEW_FRAMES:
        return
    behind = tuple(row.frame_id for row in list_scored_rows(report))
    parts = [(tr("class mix"), result.mix.estimate)]
    parts += [(tr("image quality"), result.quality.estimate)] if result.quality is not None else []
    parts.append((tr("remainder"), result.remainder))
    marks = [
        PlotMark(
            index + 0.5,
            part.value,
            (f"{index + 1}  {name}", _format_points(part)),
            part.lo if part.measured else part.value,
            part.hi if part.measured else part.value,
            frames=behind,
        )
        for index, (name, part) in enumerate(parts)
    ]
    whole = PlotMark(
        len(parts) + 0.5,
        result.total,
        (f"{len(parts) + 1}  {tr('gap')}", format_points_with_unit(result.total)),
        frames=behind,
    )
    ends = [end for mark in marks for end in (mark.y, mark.lo, mark.hi)] + [result.total, 0.0]
    low, high = min(ends), max(*ends, LEAST_GAP)  # parts of nothing are no bars
    sentence = ", ".join(
        f"{index + 1} {name} {_format_points(part)}" for index, (name, part) in enumerate(parts)
    )
    total = format_points(result.total)
    sentence = tr_points("Gap of {total} pp: {parts}; last bar: total gap.", total).format(
        total=total, parts=sentence
    )
    series = (
        PlotSeries("bars", tuple(marks), fill="grey", width=0.6),
        PlotSeries("bars", (whole,), width=0.6),
    )
    x = PlotAxis(
        0.0,
        len(parts) + 1.0,
        tuple((index + 0.5, str(index + 1)) for index in range(len(parts) + 1)),
        tr("part"),
    )
    ticks = sorted({0.0, high} | ({low} if low < -0.15 * (high - low) else set()))
    y = PlotAxis(low, high, tuple((tick, format_points(tick)) for tick in ticks), tr("gap, pp"))
    yield Plot(
        "decomposition",
        tr("Gap decomposition, pp"),
        sentence,
        x,
        y,
        series,
        (tr("part"), tr("pp (95% CI)")),
    )


def _format_points(estimate: Estimate) -> str:
    points = format_points_with_unit(estimate.value)
    return f"{points} ({format_points_interval(estimate)})" if estimate.measured else points


def _build_risk_plots(report: Report, abstention: Abstention | None) -> Iterator[Plot]:
    if abstention is None:
        return
    rows = sorted(list_scored_rows(report), key=lambda row: row.confidence or 0.0)
    every = tuple(row.frame_id for row in rows)
    marks = (
        [_build_plot_mark(1.0, abstention.error, (format_percent(1.0),), every)]
        if abstention.error.measured
        else []
    )
    for point in abstention.curve:
        if point.error.measured:
            kept = every[ceil(point.share.value * len(rows)) :]
            marks.append(
                _build_plot_mark(
                    1 - point.share.value,
                    point.error,
                    (format_percent(1 - point.share.value),),
                    kept,
                )
            )
    if len(marks) < 2:
        return
    most = max(mark.hi for mark in marks)
    y = PlotAxis(
        0.0, most, ((0.0, format_percent(0.0)), (most, format_percent(most))), tr("errors")
    )
    sentence = tr(
        "Error rate of accepted frames by coverage: {first} at full coverage, {last} at "
        "{share}, n = {n}."
    )
    last = min(marks, key=lambda mark: mark.x)
    words = {
        "first": marks[0].row[1],
        "last": last.row[1],
        "share": last.row[0],
        "n": abstention.error.n,
    }
    ordered = tuple(sorted(marks, key=lambda mark: mark.x))
    heads = (tr("coverage"), tr("errors"), "n")
    line = (PlotSeries("line", ordered, band=True),)
    yield Plot(
        "abstention",
        tr("Risk-coverage curve"),
        sentence.format(**words),
        make_share_axis(heads[0]),
        y,
        line,
        heads,
    )


def _build_unlikeness_plots(report: Report, unlikeness: Unlikeness | None) -> Iterator[Plot]:
    if unlikeness is None:
        return
    marks = []
    for index, step in enumerate(unlikeness.steps):
        frames = tuple(row.frame_id for row in report.frame_rows[step.first : step.last + 1])
        when, n = (
            names_and_numbers.format_timestamp(step.at) or str(index + 1),
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
        marks.append(PlotMark(index + 0.5, step.middle, cells, step.low, step.high, frames=frames))
    high = max(unlikeness.own, *(mark.hi for mark in marks)) or 1.0
    ends = (0.0, tr("first")), (float(len(marks)), tr("last"))
    how = tr("by the model's embeddings") if unlikeness.of_model else tr("by image statistics")
    beyond = sum(step.middle > unlikeness.own for step in unlikeness.steps)
    sentence = tr(
        "Distance to the nearest benchmark image over time, {how}: median and quartiles of "
        "{n} frames in "
        "{steps} time bins, {beyond} of them beyond the dotted line (95% of the {pictures} "
        "benchmark images "
        "have a closer neighbour).",
        how=how,
        n=unlikeness.n,
        steps=len(marks),
        beyond=beyond,
        pictures=unlikeness.n_pictures,
    )
    heads = (tr("from"), tr("distance (quartiles)"), "n")
    axes = (
        PlotAxis(0.0, float(len(marks)), ends, tr("time")),
        PlotAxis(0.0, high, ((0.0, "0"), (high, format_number(high, 2))), heads[1]),
    )
    line = (PlotSeries("line", tuple(marks), band=True),)
    yield Plot(
        "domain",
        tr("Distance from benchmark over time"),
        sentence,
        *axes,
        line,
        heads,
        (PlotRule(unlikeness.own),),
    )


def _build_flicker_plots(
    report: Report, measured_flicker: flicker.Flicker | None
) -> Iterator[Plot]:
    """Changes a minute clip by clip; behind the clip with the worst ten seconds stand its sampled
    frames."""
    if measured_flicker is None:
        return
    marks = []
    for index, clip in enumerate(measured_flicker.by_clip):
        rate = clip.changes / clip.minutes
        worst = measured_flicker.worst
        is_worst = worst is not None and worst.clip_id == clip.clip_id
        name = report.clip_names.get(clip.clip_id, clip.clip_id)
        cells = (name, format_number(rate, 1), format_number(clip.minutes, 1))
        frames = worst.frames if worst is not None and is_worst else ()
        marks.append(PlotMark(index + 0.5, rate, cells, frames=frames))
    high = max(1.0, *(mark.y for mark in marks))
    heads = (tr("Clip"), tr("changes per minute"), tr("minutes"))
    n = float(len(marks))
    ticks = ((0.5, "1"), (n - 0.5, str(len(marks)))) if len(marks) > 1 else ((0.5, "1"),)
    yield Plot(
        "flicker",
        tr("Flicker by clip"),
        flicker.describe_flicker(measured_flicker.overall),
        PlotAxis(0.0, n, ticks, heads[0]),
        PlotAxis(0.0, high, ((0.0, "0"), (high, format_number(high, 1))), heads[1]),
        (PlotSeries("bars", tuple(marks), width=0.8),),
        heads,
        (PlotRule(measured_flicker.overall.rate.value),),
    )


def _build_release_plots(report: Report, releases: Releases | None) -> Iterator[Plot]:
    if releases is None:
        return
    last, heads = len(releases.releases) - 1, (tr("Release"), tr("recall"), "n")
    x = PlotAxis(
        0.0,
        float(last),
        ((0.0, releases.releases[0].model), (float(last), releases.releases[-1].model)),
        heads[0],
    )
    for class_row in sorted(releases.classes, key=lambda item: min(item.recall) - max(item.recall))[
        :MOST_CLASSES
    ]:
        behind = tuple(
            row.frame_id for row in list_scored_rows(report) if row.label == class_row.class_name
        )
        # of frames that some release did not answer none is named
        behind = behind if len(behind) == class_row.n else ()
        named = enumerate(zip(releases.releases, class_row.estimates, strict=True))
        marks = tuple(
            _build_plot_mark(float(index), recall, (release.model,), behind)
            for index, (release, recall) in named
        )
        every = tuple(
            _build_plot_mark(float(index), release.accuracy, (release.model,))
            for index, release in enumerate(releases.releases)
        )
        sentence = tr(
            "{name}: recall {first} in the first release, {last} in the last, n = {n}. "
            "Dashed: accuracy of each release, n = {all}."
        )
        words = {
            "first": format_percent(class_row.recall[0]),
            "last": format_percent(class_row.recall[-1]),
            "n": class_row.n,
            "all": releases.n,
        }
        series = (
            PlotSeries("line", every, "square", dashed=True, band=True, listed=False),
            PlotSeries("line", marks),
        )
        yield Plot(
            "releases",
            class_row.class_name,
            sentence.format(name=class_row.class_name, **words),
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
    series, parts, labelled = [], [], {row.frame_id for row in list_scored_rows(report)}
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
    for item in sides:
        side = tr("field") if item.on == "field" else tr("benchmark")
        marks = []
        for point in item.points:
            cells = (
                side,
                format_number(point.threshold, 2),
                names_and_numbers.format_counted_value(point.recall),
                names_and_numbers.format_counted_value(point.precision),
                str(item.n),
            )
            taken = tuple(
                dict.fromkeys(
                    frame
                    for set_name, score, frame in scores
                    if set_name == item.on and score >= point.threshold
                )
            )
            limits = point.precision.lo, point.precision.hi
            marks.append(
                PlotMark(point.recall.value, point.precision.value, cells, *limits, frames=taken)
            )
        line = item.on == "benchmark"
        series.append(
            PlotSeries(
                "line", tuple(marks), "square" if line else "disc", dashed=line, band=len(marks) > 1
            )
        )
        parts.append(tr("{side} n = {n}", side=side, n=item.n))
    how = tr(
        "Precision against recall by threshold, unweighted, with 95% CI. Circle: field; "
        "square, dashed: benchmark."
    )
    sentence = f"{how} {', '.join(parts)}."
    heads = (tr("side"), tr("threshold"), tr("recall"), tr("precision"), "n")
    title = tr("Precision-recall curve, {name}", name=name)
    axes = make_share_axis(heads[2]), make_share_axis(heads[3])
    return Plot("thresholds", title, sentence, *axes, tuple(series), heads, how=how)


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
                curves.epochs[index],
                losses[index],
                (format_number(curves.epochs[index]), name, format_number(losses[index], 3)),
            )
            for index in shown
        )
        series.append(
            PlotSeries("line", tuple(marks), "none" if n > 1 else "disc", dashed=dashed, name=name)
        )
    rows = [
        figure
        for losses in (curves.train, curves.val)
        for figure in (losses[0], min(losses), losses[-1])
    ]
    sentence = tr(
        "Dashed: training loss, first {0}, lowest {1}, last {2}. Line: validation loss, first "
        "{3}, lowest {4}, last {5}; epochs: {n}."
    )
    sentence = sentence.format(*(format_number(figure, 3) for figure in rows), n=n)
    low, high = min(0.0, *rows), max(*curves.train, *curves.val)
    ends = sorted({curves.epochs[0], curves.epochs[-1]})
    x = PlotAxis(ends[0], ends[-1], tuple((end, format_number(end)) for end in ends), tr("epoch"))
    y = PlotAxis(
        low, high, ((low, format_number(low, 1)), (high, format_number(high, 1))), tr("loss")
    )
    heads = (x.name, tr("side"), y.name)
    yield Plot(
        "trained", tr("Loss per epoch"), sentence, x, y, tuple(series), heads, figures=tuple(rows)
    )

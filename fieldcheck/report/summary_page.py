"""The first page: the verdict in word and shape, the headline, what its ranges mean, the chart, the counts."""

from __future__ import annotations

import re

from markupsafe import Markup

from fieldcheck.report import charts, findings, independence, label_effect, printed, shared_classes
from fieldcheck.report import code_names as named
from fieldcheck.report.blocks import Block, Heading, Lines, ListLine, Opening, Pairs, Paragraph
from fieldcheck.report.report import LookRow, Report
from fieldcheck.words import scores
from fieldcheck.words.figures import limit, percent
from fieldcheck.words.language import plural, text

FEW_CLIPS, TOO_FEW_CLIPS = 8, 3  # methods 2.4: below the first the camera's range is weak, below the second there is none


def opening(report: Report) -> Opening:
    """Everything above the first section."""
    return Opening(
        eyebrow=" · ".join(part for part in (text("Field report"), report.site or report.project, printed.moment(report.created)) if part),
        sign=charts.sign(named.sign_of(report.readiness)),
        verdict=named.readiness(report.readiness),
        headline=tuple(re.split(r"(?<=\.) (?=[A-ZÄÖÜ])", report.gap.sentence)),  # scores, gap, what is open
        under=(*ranges(report), *_limit(report), *_warnings(report)),
        chart=_chart(report),
        key=_key(report),
        counts=(*([report.gap.counts] if report.gap.counts else []), *_beside(report)),
        blocks=_lines(report),
    )


def ranges(report: Report) -> list[str]:
    """Which of the two intervals the headline has, and the other one."""
    field, gap = report.field, report.gap
    if not gap.estimate.measured:
        return []
    if gap.basis == "footage":
        return [text("95% ranges for this footage only, not for the camera on other days.")]
    first = plural("95% ranges for this camera, from {n} clip.", "95% ranges for this camera, from {n} clips.", field.n_clips)
    if field.n_cameras > 1:
        first = plural("95% ranges for these cameras, from {n} clip.", "95% ranges for these cameras, from {n} clips.", field.n_clips)
    lines = [first.format(n=field.n_clips)]
    if gap.other is not None and gap.other.measured:
        alone = text("On this footage alone: field {value} ({range}), {gap}.")
        lines.append(alone.format(value=printed.value(field.footage), range=printed.span(field.footage), gap=printed.gap_whole(gap.other)))
    return lines


def _limit(report: Report) -> list[str]:
    figure, who = limit(report.gap.tolerance), report.gap.tolerance_by
    if who:
        return [text("The limit for the gap is {points} pp, set by {name}.").format(points=figure, name=who)]
    return [text("The limit for the gap is {points} pp.").format(points=figure)]


def _warnings(report: Report) -> list[str]:
    """What a reader must know before trusting the figures."""
    field, said = report.field, []
    if "rendered_sample" in report.notes:
        said.append(text("Sample project: these pictures are rendered, not filmed."))
    if "intervals_recomputed" in report.notes:
        said.append(text("Intervals recomputed by method 2: an earlier report of this project has those of method 1."))
    if field.n_labelled and 0 < field.n_clips < TOO_FEW_CLIPS:
        said.append(text("Too few clips for a range of the camera: the result describes this footage only."))
    elif field.n_labelled and 0 < field.n_clips < FEW_CLIPS:
        said.append(text("Few clips: the range for the camera is wide."))
    if field.n_labelled and field.blind is False:
        said.append(text("Labels were not made blind: the model's answer could be seen."))
    if field.n_labelled and field.blind is None:
        said.append(text("Blind labelling: not recorded."))
    if "borders_changed" in report.notes:
        said.append(text("Clip borders were changed after labelling."))
    if report.changed:
        said.append(scores.left_out(report.changed))
    said += [*shared_classes.warning(report), *independence.warning(report)]
    if field.n_nan:
        said.append(
            plural(
                "The model gave NaN or infinite values on {n} frame.",
                "The model gave NaN or infinite values on {n} frames.",
                field.n_nan,
            ).format(n=field.n_nan)
        )
    return said


def _chart(report: Report) -> Markup | None:
    benchmark, field = report.benchmark, report.field
    score = benchmark.score if benchmark is not None and benchmark.score.measured else None
    if score is None and not field.footage.measured:
        return None
    field_label = text("Field {value}").format(value=printed.value(field.footage))
    benchmark_label = "" if score is None else text("Benchmark {value}").format(value=printed.benchmark_value(score))
    gap_label = printed.gap_value(report.gap.estimate) if report.gap.estimate.measured else ""
    said = [
        part
        for part in (benchmark_label, f"{field_label} ({printed.span(field.footage)})" if field.footage.measured else "", gap_label)
        if part
    ]
    return charts.dumbbell(
        charts.Dumbbell(
            benchmark=None if score is None else score.value,
            thick=field.footage,
            thin=field.camera,
            benchmark_label=benchmark_label,
            field_label=field_label,
            gap_label=gap_label,
            ticks=ticks(),
            axis_label=text("accuracy"),
            alt=text("Chart: {what}").format(what=", ".join(said)),
            ceiling=label_effect.ceiling(report),
        )
    )


def ticks() -> tuple[str, ...]:
    """The five figures of a scale."""
    return tuple(percent(at / 4) for at in range(5))


def _key(report: Report) -> str:
    """What the marks of the chart are: the camera's range first, the footage's second, then the benchmark."""
    field, said = report.field, []
    if field.camera is not None and field.camera.measured:
        said.append(text("Thin line: this camera, {range}.").format(range=printed.span(field.camera)))
    if field.footage.measured:
        said.append(
            text("Thick line: this footage, {range} (disc: {value}, n = {n}).").format(
                range=printed.span(field.footage), value=printed.value(field.footage), n=field.footage.n
            )
        )
    if report.benchmark is not None and report.benchmark.score.measured:
        said.append(text("Square: benchmark, {score}.").format(score=printed.benchmark_whole(report.benchmark.score)))
    return " ".join(said)


def _beside(report: Report) -> list[str]:
    """Frames that are not in the headline: unsure ones, and those added by hand."""
    field, said = report.field, []
    if field.n_unsure and field.if_unsure_wrong is not None and field.if_unsure_wrong.measured:
        bound = plural(
            "{n} frame could not be judged by a person; were the model wrong on it, the field figure would be {value}.",
            "{n} frames could not be judged by a person; were the model wrong on all of them, the field figure would be {value}.",
            field.n_unsure,
        )
        said.append(bound.format(n=field.n_unsure, value=printed.whole(field.if_unsure_wrong)))
    said += label_effect.beside(report)
    said += [looked(row) for row in report.label_noise if row.n_looked]
    for row in field.strata:
        if row.name.startswith("extra") and row.picked:
            added = plural(
                "{n} further frame was added by hand. It is not in the figures above.",
                "{n} further frames were added by hand. They are not in the figures above.",
                row.picked,
            )
            said.append(added.format(n=row.picked))
    return said


def looked(row: LookRow) -> str:
    """Label review: what second looks made of the score; it never takes the place of the headline."""
    first = plural(
        "Label review ({n} of {all} disagreement): {wrong} wrong labels in the field; {after} in place of {before}.",
        "Label review ({n} of {all} disagreements): {wrong} wrong labels in the field; {after} in place of {before}.",
        row.n,
    )
    if row.on == "benchmark":
        first = plural(
            "Label review ({n} of {all} disagreement): {wrong} wrong labels in the benchmark; {after} in place of {before}.",
            "Label review ({n} of {all} disagreements): {wrong} wrong labels in the benchmark; {after} in place of {before}.",
            row.n,
        )
    said = first.format(n=row.n_looked, all=row.n, wrong=row.label_wrong, after=printed.whole(row.after), before=printed.whole(row.before))
    return f"{said} {text('The headline stays with the first labels, since only disagreements were looked at.')}"


def _lines(report: Report) -> tuple[Block, ...]:
    steps = tuple(ListLine(str(number), "", step) for number, step in enumerate(findings.first_steps(report), 1))
    blocks: list[Block] = [
        Heading(text("Where it fails most")),
        Lines(findings.fails_most(report)),
        Heading(text("What to do first")),
        Lines(steps),
        Heading(text("What was tested")),
    ]
    if not report.visits:
        blocks.append(Paragraph(text("There is no footage yet.")))
    blocks += [Pairs(findings.what_was_tested(visit)) for visit in report.visits]
    return tuple(blocks)

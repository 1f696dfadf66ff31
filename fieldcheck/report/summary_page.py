"""The first page: the verdict in word and shape, the headline, what its ranges mean, the chart, the counts."""

from __future__ import annotations

import re

from fieldcheck.domain.estimate import FEW_FRAMES
from fieldcheck.domain.plot import GapChart
from fieldcheck.report import (
    actions,
    charts,
    checklist,
    findings,
    form,
    independence,
    label_effect,
    number_format,
    seal,
    shared_classes,
    tiles,
)
from fieldcheck.report import code_names as named
from fieldcheck.report.blocks import Block, Cell, Heading, Lines, ListLine, Opening, Paragraph, Table
from fieldcheck.report.gap_chart import gap_chart
from fieldcheck.report.report import LookRow, Report
from fieldcheck.report.sections import SECTIONS
from fieldcheck.scoring.verdict import TOLERANCE
from fieldcheck.timestamp import local
from fieldcheck.words import scores
from fieldcheck.words.figures import percent
from fieldcheck.words.language import plural, text

FEW_CLIPS, TOO_FEW_CLIPS = 8, 3  # methods 2.4: below the first the camera's range is weak, below the second there is none


def opening(report: Report) -> Opening:
    """Everything above the first section."""
    return Opening(
        eyebrow=" · ".join(
            part for part in (text("Field report"), report.site or report.project, number_format.moment(report.created)) if part
        ),
        about=_about(report),
        sign=charts.sign(named.sign_of(report.readiness)),
        verdict=named.readiness(report.readiness),
        because=because(report),
        headline=tuple(re.split(r"(?<=\.) (?=[A-ZÄÖÜ])", report.gap.sentence)),  # scores, gap, what is open
        under=tuple(ranges(report)),
        chart=_chart(report),
        key=_key(report),
        counts=(*([report.gap.counts] if report.gap.counts else []), *_beside(report)),
        tiles=tiles.tiles(report),
        blocks=_lines(report),
    )


def _about(report: Report) -> tuple[str, ...]:
    """Revision, place, model, benchmark and who made it, in two lines."""
    first = [text("Report {project}, revision {n}").format(project=report.project, n=report.provenance.revision)]
    first += [text("line: {name}").format(name=report.line)] if report.line else []
    for visit in report.visits:
        first += [", ".join(visit.locations)] if visit.locations else []
        times = dict.fromkeys(number_format.moment(local(at).isoformat()) for at in (visit.first_at, visit.last_at) if at)
        first += [" – ".join(times)] if times else []
    second = []
    if report.model is not None:
        second.append(text("model: {name}, SHA-256 {digest}").format(name=report.model.name, digest=report.model.sha256[:12]))
    if report.benchmark is not None:
        name = report.benchmark.path
        second.append(text("benchmark: {name}, n = {n}").format(name=name, n=report.benchmark.n) if name else f"n = {report.benchmark.n}")
    second += [text("created by {name}").format(name=report.by)] if report.by else []
    return tuple(" · ".join(parts) for parts in (first, second) if parts)


def because(report: Report) -> str:
    """The one fact that decides the verdict, also where a checklist line does."""
    gap = report.gap
    apart = number_format.gap_whole(gap.estimate) if gap.estimate.measured else ""
    if gap.verdict == "not_comparable":
        return text("because the measured score disagrees with the reference score; the two may be measured differently.")
    if gap.verdict == "fail":
        return text("because of {gap}, {limit}.").format(gap=apart, limit=tiles.limit_said(report))
    failed = [row for row in report.checklist if row.state == "fail"]
    if failed:
        figure = f" ({checklist.figure(failed[0])})" if checklist.figure(failed[0]) else ""
        return text("because a checklist item is not met: {demand}{figure}.").format(demand=checklist.demand(failed[0].rule), figure=figure)
    return _because_open(report, apart)


def _because_open(report: Report, apart: str) -> str:
    field, gap = report.field, report.gap
    if gap.verdict == "pass":
        left = sum(row.state != "pass" for row in report.checklist)
        if left:
            said = plural(
                "because {n} checklist item is still open; {gap} does not contradict the {limit}.",
                "because {n} checklist items are still open; {gap} does not contradict the {limit}.",
                left,
            )
            return said.format(n=left, gap=apart, limit=tiles.limit_said(report))
        return text("because of {gap}, within the {limit}, and every checklist item met.").format(gap=apart, limit=tiles.limit_said(report))
    if gap.verdict == "chosen_only":
        return text("because only hard frames were selected; they are not representative of the footage.")
    if field.n_unsure and not field.n_labelled:
        return plural(
            "because the one frame shown could not be judged.",
            "because none of {n} frames could be judged.",
            field.n_unsure,
        ).format(n=field.n_unsure)
    if not field.n_labelled:
        return text("because no frame is labelled yet.")
    if not apart:
        return plural(
            "because {n} labelled frame gives no gap yet.", "because {n} labelled frames give no gap yet.", field.n_labelled
        ).format(n=field.n_labelled)
    if field.footage.n < FEW_FRAMES:
        few = plural(
            "because {n} label is too few for a score, {limit}.", "because {n} labels are too few for a score, {limit}.", field.n_labelled
        )
        return few.format(n=field.n_labelled, limit=tiles.limit_said(report))
    return text("because {gap} from {n} labels is inconclusive, {limit}.").format(
        gap=apart, n=field.n_labelled, limit=tiles.limit_said(report)
    )


def ranges(report: Report) -> list[str]:
    """Which of the two intervals the headline has, and the other one."""
    field, gap = report.field, report.gap
    if not gap.estimate.measured:
        return []
    if gap.basis == "footage":
        return [text("95% CI for this footage only, not for other days.")]
    first = plural("95% CI for this camera, from {n} clip.", "95% CI for this camera, from {n} clips.", field.n_clips)
    if field.n_cameras > 1:
        first = plural("95% CI for these cameras, from {n} clip.", "95% CI for these cameras, from {n} clips.", field.n_clips)
    lines = [first.format(n=field.n_clips)]
    if gap.other is not None and gap.other.measured:
        alone = text("This footage only: field {value} ({range}), {gap}.")
        lines.append(
            alone.format(
                value=number_format.value(field.footage), range=number_format.span(field.footage), gap=number_format.gap_whole(gap.other)
            )
        )
    return lines


def warnings(report: Report) -> list[str]:
    """Warnings: all that a reader must know before trusting the figures."""
    field, said = report.field, []
    if "rendered_sample" in report.notes:
        said.append(text("Demo project: images are rendered, not real footage."))
    if "intervals_recomputed" in report.notes:
        said.append(text("Intervals recomputed with method 2; an earlier report of this project used method 1."))
    if field.n_labelled and 0 < field.n_clips < TOO_FEW_CLIPS:
        said.append(text("Too few clips for a camera interval: the result holds for this footage only."))
    elif field.n_labelled and 0 < field.n_clips < FEW_CLIPS:
        said.append(text("Few clips: the interval for the camera is wide."))
    if field.n_labelled and field.blind is False:
        said.append(text("Not blind: the model's prediction was visible during labelling."))
    if field.n_labelled and field.blind is None:
        said.append(text("Blind labelling: not recorded."))
    if "borders_changed" in report.notes:
        said.append(text("Clip borders were changed after labelling."))
    pictures = ((report.changed, scores.left_out), (report.changed_benchmark, scores.not_renewed))
    said += [say(names) for names, say in pictures if names]
    said += [*shared_classes.warning(report), *independence.warning(report), *seal.warning(report)]
    if field.n_nan:
        said.append(
            plural(
                "The model returned NaN or infinite values on {n} frame.",
                "The model returned NaN or infinite values on {n} frames.",
                field.n_nan,
            ).format(n=field.n_nan)
        )
    return said


def _chart(report: Report) -> GapChart | None:
    last = report.provenance.last
    return gap_chart(report.benchmark, report.field, report.gap, label_effect.ceiling(report), last.field if last is not None else None)


def _key(report: Report) -> str:
    """What the marks of the chart are: the camera's range first, the footage's second, then the benchmark."""
    field, said = report.field, []
    if field.camera is not None and field.camera.measured:
        said.append(text("Thin line: 95% CI, this camera, {range}.").format(range=number_format.span(field.camera)))
    if field.footage.measured:
        said.append(
            text("Thick line: 95% CI, this footage, {range} (circle: {value}, n = {n}).").format(
                range=number_format.span(field.footage), value=number_format.value(field.footage), n=field.footage.n
            )
        )
    if report.benchmark is not None and report.benchmark.score.measured:
        said.append(text("Square: benchmark, {score}.").format(score=number_format.benchmark_whole(report.benchmark.score)))
        said.append(text("Dashed: benchmark minus limit."))
    if report.benchmark is not None and report.benchmark.claimed is not None:
        said.append(text("Diamond: reference score, {value}.").format(value=percent(report.benchmark.claimed, 1)))
    if report.provenance.last is not None:
        said.append(text("Hollow circle: previous report, {value}.").format(value=percent(report.provenance.last.field)))
    return " ".join(said)


def _beside(report: Report) -> list[str]:
    """Frames that are not in the headline: unsure ones, and those added by hand."""
    field, said = report.field, []
    if field.n_unsure and field.if_unsure_wrong is not None and field.if_unsure_wrong.measured:
        bound = plural(
            "{n} frame is labelled “unsure”; if the model were wrong on it, the field score would be {value}.",
            "{n} frames are labelled “unsure”; if the model were wrong on all of them, the field score would be {value}.",
            field.n_unsure,
        )
        said.append(bound.format(n=field.n_unsure, value=number_format.whole(field.if_unsure_wrong)))
    said += label_effect.beside(report)
    said += [looked(row) for row in report.label_noise if row.n_looked]
    for row in field.strata:
        if row.name.startswith("extra") and row.picked:
            added = plural(
                "{n} required frame was added and does not count in the scores above.",
                "{n} required frames were added and do not count in the scores above.",
                row.picked,
            )
            said.append(added.format(n=row.picked))
    return said


def looked(row: LookRow) -> str:
    """Label review: what label reviews made of the score; it never takes the place of the headline."""
    first = plural(
        "Label review ({n} of {all} disagreement), wrong labels in the field: {wrong}; score {after} instead of {before}.",
        "Label review ({n} of {all} disagreements), wrong labels in the field: {wrong}; score {after} instead of {before}.",
        row.n,
    )
    if row.on == "benchmark":
        first = plural(
            "Label review ({n} of {all} disagreement), wrong labels in the benchmark: {wrong}; score {after} instead of {before}.",
            "Label review ({n} of {all} disagreements), wrong labels in the benchmark: {wrong}; score {after} instead of {before}.",
            row.n,
        )
    said = first.format(
        n=row.n_looked, all=row.n, wrong=row.label_wrong, after=number_format.whole(row.after), before=number_format.whole(row.before)
    )
    return f"{said} {text('The main result uses the original labels, because only disagreements were reviewed.')}"


def _lines(report: Report) -> tuple[Block, ...]:
    boxes = (text("release"), text("supervised trial"), text("reject"))
    return (
        Heading(text("Weakest slices")),
        *findings.where_it_fails(report),
        Heading(text("Recommended actions")),
        actions.table(report),
        Heading(text("Limitations")),
        Lines(tuple(ListLine("–", "", line) for line in cannot_say(report))),
        Heading(text("Approval")),
        Paragraph("    ".join(f"☐\u00a0{name}" for name in boxes)),
        *form.to_notes(report),
        _approval(),
    )


def cannot_say(report: Report) -> tuple[str, ...]:
    """Limitations: all that a reader must know before trusting the figures, and what they do not show."""
    said, field = warnings(report), report.field
    if field.design == "hard":
        said.append(text("Conditions were selected; the result is not representative of all footage."))
    if field.n_clips:
        said.append(
            plural(
                "{n} clip was labelled: the result does not cover situations that were not recorded.",
                "{n} clips were labelled: the result does not cover situations that were not recorded.",
                field.n_clips,
            ).format(n=field.n_clips)
        )
    if not report.gap.tolerance_by:
        default = report.gap.tolerance == TOLERANCE
        said.append(
            text("Gap limit not set by a person: program default.")
            if default
            else text("The gap limit was set without a name; its owner is unknown.")
        )
    decision = tiles.decision_of(report)
    if decision is not None and decision.findings:
        said.append(text("“Weakest slices” shows association, not cause."))
    said += form.left_out_said(report, SECTIONS)
    return tuple(said)


def _approval() -> Table:
    names = (text("Approval"), text("Name"), text("Date"), text("Signature"))
    heads = tuple(Cell(name, head=at == 0) for at, name in enumerate(names))
    rows = tuple((Cell(who, head=True), Cell(""), Cell(""), Cell("")) for who in (text("Prepared"), text("Reviewed"), text("Released")))
    return Table(text("To be filled in by hand"), heads, rows, kind="approval")

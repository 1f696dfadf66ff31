"""The first page: the verdict in word and shape, the headline, what its ranges mean, the chart, the
counts."""

from __future__ import annotations

from fieldcheck.analyses import (
    domain_shift,
    independence,
    limits,
    mask_scores,
    names_and_numbers,
    score_charts,
    shared_classes,
)
from fieldcheck.analyses import label_noise as label_effect
from fieldcheck.analyses.blocks import (
    Block,
    Cell,
    FirstPage,
    Heading,
    Lines,
    LinkLine,
    ListLine,
    OptionalBlock,
    Paragraph,
    Table,
)
from fieldcheck.analyses.gap_headline import get_readiness_name
from fieldcheck.analyses.label_noise import get_label_reviews
from fieldcheck.analyses.monitor import list_open_alarm_lines
from fieldcheck.analyses.report_data import FieldResult, GapResult, Report, get_compared_scores
from fieldcheck.analyses.score_charts import build_gap_chart
from fieldcheck.domain.report import GapChart
from fieldcheck.i18n.language import tr, tr_plural
from fieldcheck.i18n.numbers import format_percent
from fieldcheck.labels.label_error_review import LabelReviewRows
from fieldcheck.models import messages
from fieldcheck.report import findings, key_figures, report_change, verdict_and_checklist
from fieldcheck.report import section as report_form
from fieldcheck.report.section import SECTIONS
from fieldcheck.report.verdict_and_checklist import describe_reason, get_verdict

# methods 2.4: below the first the camera's range is weak, below the second there is none
FEW_CLIPS, TOO_FEW_CLIPS = 8, 3


def build_first_page(report: Report) -> FirstPage:
    """Everything above the first section."""
    return FirstPage(
        eyebrow=" · ".join(
            part
            for part in (
                tr("Field report"),
                report.site or report.project,
                names_and_numbers.format_timestamp(report.created),
            )
            if part
        ),
        about=_list_about_lines(report),
        sign=score_charts.draw_sign(names_and_numbers.get_readiness_sign(report.readiness)),
        verdict=get_readiness_name(report.readiness),
        because=describe_reason(get_verdict(report)),
        headline=report.gap.headline,
        under=(
            *list_range_sentences(report.field, report.gap),
            *report_change.list_change_sentences(report),
            *mask_scores.list_mask_sentences(report),
            *domain_shift.list_gap_explanations(report),
        ),
        chart=build_chart(report),
        key=_describe_chart_key(report),
        short_key=_name_chart_marks(report),
        counts=list_counts(report),
        tiles=key_figures.build_key_figures(report),
        blocks=_build_page_blocks(report),
    )


def _list_about_lines(report: Report) -> tuple[str, ...]:
    """Revision, place, model, benchmark and who made it, in two lines."""
    first = [
        tr("Report {project}, revision {n}").format(
            project=report.project, n=report.provenance.revision
        )
    ]
    first += [tr("line: {name}").format(name=report.line)] if report.line else []
    for visit in report.visits:
        first += [", ".join(visit.locations)] if visit.locations else []
        times = dict.fromkeys(
            names_and_numbers.format_site_time(moment, visit.ahead_s)
            for moment in (visit.first_at, visit.last_at)
            if moment
        )
        first += [" – ".join(times)] if times else []
    second = []
    if report.model is not None:
        second.append(tr("model: {name}").format(name=report.model.name))
    if report.benchmark is not None:
        name = report.benchmark.path
        second.append(
            tr("benchmark: {name}, n = {n}").format(name=name, n=report.benchmark.n)
            if name
            else f"n = {report.benchmark.n}"
        )
    second += [tr("created by {name}").format(name=report.author)] if report.author else []
    return tuple(" · ".join(parts) for parts in (first, second) if parts)


def list_range_sentences(field: FieldResult, gap: GapResult) -> list[str]:
    """Which of the two intervals the headline has, and the other one."""
    if not gap.estimate.measured:
        return []
    if gap.basis == "footage":
        return [tr("95% CI for this footage only, not for other days.")]
    first = tr_plural(
        "95% CI for this camera, from {n} clip.",
        "95% CI for this camera, from {n} clips.",
        field.n_clips,
    )
    if field.n_cameras > 1:
        first = tr_plural(
            "95% CI for these cameras, from {n} clip.",
            "95% CI for these cameras, from {n} clips.",
            field.n_clips,
        )
    lines = [first.format(n=field.n_clips)]
    if gap.other is not None and gap.other.measured:
        footage, _ = get_compared_scores(field, gap)
        alone = tr("This footage only: field {value} ({range}), {gap}.")
        lines.append(
            alone.format(
                value=names_and_numbers.format_value(footage),
                range=names_and_numbers.format_spread(footage),
                gap=names_and_numbers.format_gap_with_range(gap.other),
            )
        )
    return lines


def list_warnings(report: Report) -> list[str]:
    """Warnings: all that a reader must know before trusting the figures."""
    field, lines = report.field, []
    if "rendered_sample" in report.notes:
        lines.append(tr("Demo project: images are rendered, not real footage."))
    if "intervals_recomputed" in report.notes:
        lines.append(
            tr(
                "Intervals recomputed with method 2; an earlier report of this project used "
                "method 1."
            )
        )
    if field.n_labelled and 0 < field.n_clips < TOO_FEW_CLIPS:
        lines.append(
            tr("Too few clips for a camera interval: the result holds for this footage only.")
        )
    elif field.n_labelled and 0 < field.n_clips < FEW_CLIPS:
        lines.append(tr("Few clips: the interval for the camera is wide."))
    if field.n_labelled and field.blind is False:
        lines.append(tr("Not blind: the model's prediction was visible during labelling."))
    if field.n_labelled and field.blind is None:
        lines.append(tr("Blind labelling: not recorded."))
    if "borders_changed" in report.notes:
        lines.append(tr("Clip borders were changed after labelling."))
    pictures = (
        (report.changed, messages.list_left_out_frames),
        (report.changed_benchmark, messages.list_not_renewed_images),
    )
    lines += [say(names) for names, say in pictures if names]
    lines += [
        *shared_classes.list_shared_class_warnings(report),
        *independence.list_independence_warnings(report),
        *independence.list_seal_warnings(report),
    ]
    if field.n_nan:
        lines.append(
            tr_plural(
                "The model returned NaN or infinite values on {n} frame.",
                "The model returned NaN or infinite values on {n} frames.",
                field.n_nan,
            ).format(n=field.n_nan)
        )
    return lines


def build_chart(report: Report) -> GapChart | None:
    """Builds the chart of both scores, None without a field score."""
    last = report.provenance.last
    return build_gap_chart(
        report.benchmark,
        report.field,
        report.gap,
        label_effect.get_label_ceiling(report),
        last.field if last is not None else None,
    )


def _describe_chart_key(report: Report) -> str:
    """What the marks of the chart are: the camera's range first, the footage's second, then the
    benchmark."""
    footage, camera = get_compared_scores(report.field, report.gap)
    lines = []
    if camera is not None:
        lines.append(
            tr("Thin line: 95% CI, this camera, {range}.").format(
                range=names_and_numbers.format_range(camera)
            )
        )
    if footage.measured:
        lines.append(
            tr("Thick line: 95% CI, this footage, {range} (circle: {value}, n = {n}).").format(
                range=names_and_numbers.format_range(footage),
                value=names_and_numbers.format_value(footage),
                n=footage.n,
            )
        )
    if report.benchmark is not None and report.benchmark.claim_score.measured:
        lines.append(
            tr("Square: benchmark, {score}.").format(
                score=names_and_numbers.format_benchmark_estimate(report.benchmark.claim_score)
            )
        )
        lines.append(tr("Dashed: benchmark minus limit."))
    if report.benchmark is not None and report.benchmark.claimed is not None:
        lines.append(
            tr("Diamond: reference score, {value}.").format(
                value=format_percent(report.benchmark.claimed, 1)
            )
        )
    if report.provenance.last is not None and report.gap.footage is None:
        lines.append(
            tr("Hollow circle: previous report, {value}.").format(
                value=format_percent(report.provenance.last.field)
            )
        )
    return " ".join(lines)


def _name_chart_marks(report: Report) -> str:
    """What the marks of the chart are, without their figures, where the sheet has no room for
    more."""
    if report.benchmark is None or report.field.camera is None:
        return ""
    return tr(
        "Thin line: other clips. Thick line: this footage. Square: benchmark. Dashed: benchmark "
        "minus limit."
    )


def list_counts(report: Report) -> tuple[str, ...]:
    """Lists the headline in frames, and the frames that do not count in it."""
    counts = [report.gap.counts] if report.gap.counts else []
    return (*counts, *_list_excluded_frames(report))


def _list_excluded_frames(report: Report) -> list[str]:
    """Frames that are not in the headline: unsure ones, and those added by hand."""
    field, lines = report.field, []
    if field.n_unsure and field.if_unsure_wrong is not None and field.if_unsure_wrong.measured:
        bound = tr_plural(
            (
                "{n} frame is labelled “unsure”; if the model were wrong on it, the field score "
                "would be {value}."
            ),
            (
                "{n} frames are labelled “unsure”; if the model were wrong on all of them, the "
                "field score would be {value}."
            ),
            field.n_unsure,
        )
        lines.append(
            bound.format(
                n=field.n_unsure, value=names_and_numbers.format_estimate(field.if_unsure_wrong)
            )
        )
    lines += label_effect.list_label_noise_notes(report)
    lines += [describe_label_review(row) for row in get_label_reviews(report) if row.n_looked]
    for row in field.strata:
        if row.name.startswith("extra") and row.picked:
            added = tr_plural(
                "{n} frame was added after picking and does not count in the scores above.",
                "{n} frames were added after picking and do not count in the scores above.",
                row.picked,
            )
            lines.append(added.format(n=row.picked))
    return lines


def describe_label_review(row: LabelReviewRows) -> str:
    """Label review: what label reviews made of the score; it never takes the place of the
    headline."""
    first = tr_plural(
        (
            "Label review ({n} of {all} disagreement), wrong labels in the field: {wrong}; score "
            "{after} instead of {before}."
        ),
        (
            "Label review ({n} of {all} disagreements), wrong labels in the field: {wrong}; score "
            "{after} instead of {before}."
        ),
        len(row.rows),
    )
    if row.on == "benchmark":
        first = tr_plural(
            (
                "Label review ({n} of {all} disagreement), wrong labels in the benchmark: "
                "{wrong}; score {after} instead of {before}."
            ),
            (
                "Label review ({n} of {all} disagreements), wrong labels in the benchmark: "
                "{wrong}; score {after} instead of {before}."
            ),
            len(row.rows),
        )
    sentence = first.format(
        n=row.n_looked,
        all=len(row.rows),
        wrong=row.counts["label_wrong"],
        after=names_and_numbers.format_estimate(row.after),
        before=names_and_numbers.format_estimate(row.before),
    )
    basis = tr(
        "The main result uses the original labels, because only disagreements were reviewed."
    )
    return f"{sentence} {basis}"


def _build_page_blocks(report: Report) -> tuple[Block, ...]:
    boxes = (tr("release"), tr("supervised trial"), tr("reject"))
    return (
        *_build_alarm_blocks(report),
        Heading(tr("Weakest slices")),
        *findings.build_finding_blocks(report),
        Heading(tr("Recommended actions")),
        findings.build_action_table(report),
        *_build_trial_blocks(report),
        Heading(tr("Limitations")),
        Lines(tuple(ListLine("–", "", line) for line in list_limitations(report))),
        Heading(tr("Approval")),
        Paragraph("    ".join(f"☐\u00a0{name}" for name in boxes)),
        *report_form.link_to_notes(report),
        _build_approval_table(),
    )


def _build_trial_blocks(report: Report) -> tuple[Block, ...]:
    """The checklist's lines before a trial, in one paragraph; those of later phases stand on the
    second page and in the appendix."""
    rows = verdict_and_checklist.get_phase_rows(report, "trial")
    lines = [
        f"{names_and_numbers.get_check_state_label(row.state)[0]}\u00a0"
        f"{verdict_and_checklist.RULES[row.rule].demand()}"
        for row in rows
    ]
    if not lines:
        return ()
    elsewhere = LinkLine(tr("In the checklist under “Method and checklist”."), "checklist")
    shown = OptionalBlock(Paragraph(" · ".join(lines)), elsewhere, rank=4)
    return (Heading(verdict_and_checklist.get_phase_name("trial")), shown)


ALARMS_SHOWN = 3  # the newest


def _build_alarm_blocks(report: Report) -> tuple[Block, ...]:
    """Open alarms of the line, which stand here until somebody acknowledges them."""
    alarms = list_open_alarm_lines(report)
    if not alarms:
        return ()
    shown = alarms[-ALARMS_SHOWN:]
    text = tr_plural("{n} open drift alarm", "{n} open drift alarms", len(alarms))
    lines = tuple(ListLine("–", "", line) for line in shown)
    return (Heading(text.format(n=len(alarms))), Lines(lines))


def list_limitations(report: Report) -> tuple[str, ...]:
    """Limitations: all that a reader must know before trusting the figures, and what they do not
    show."""
    warnings, field = list_warnings(report), report.field
    if field.design == "hard":
        warnings.append(
            tr("Conditions were selected; the result is not representative of all footage.")
        )
    if field.n_clips:
        warnings.append(
            tr_plural(
                (
                    "{n} clip was labelled: the result does not cover situations that were not "
                    "recorded."
                ),
                (
                    "{n} clips were labelled: the result does not cover situations that were not "
                    "recorded."
                ),
                field.n_clips,
            ).format(n=field.n_clips)
        )
    for limit in limits.get_judged_limits(report):
        if not limit.confirmed:
            warnings.append(tr("The gap limit is the default and was not confirmed by a person."))
        elif not limit.by:
            text = tr("Limit set without a name; its owner is unknown: {name}.")
            warnings.append(text.format(name=limits.get_limit_name(limit.code)))
    decision = key_figures.get_decision(report)
    if decision is not None and decision.findings:
        warnings.append(tr("“Weakest slices” shows association, not cause."))
    warnings += report_form.describe_left_out_sections(report, SECTIONS)
    return tuple(warnings)


def _build_approval_table() -> Table:
    names = (tr("Approval"), tr("Name"), tr("Date"), tr("Signature"))
    heads = tuple(Cell(name, head=index == 0) for index, name in enumerate(names))
    rows = tuple(
        (Cell(who, head=True), Cell(""), Cell(""), Cell(""))
        for who in (tr("Prepared"), tr("Reviewed"), tr("Released"))
    )
    return Table(tr("To be filled in by hand"), heads, rows, kind="approval")

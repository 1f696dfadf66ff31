"""The first page: the verdict in word and shape, the headline, what its ranges mean, the chart, the
reasons of the verdict, the most confident errors, and what would narrow the interval. The page
after the last label and the first tab of Explore show the same."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from fieldcheck.analyses import (
    domain_shift,
    escape_rate,
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
    ImageBlock,
    Lines,
    LinkLine,
    ListLine,
    NarrowingCard,
    OptionalBlock,
    Paragraph,
    ReasonLines,
    ResultCards,
    Table,
)
from fieldcheck.analyses.confident_errors import (
    ON_THE_FIRST_PAGE,
    build_image_blocks,
    describe_missing_errors,
)
from fieldcheck.analyses.gap_headline import GapPlan, IntervalPlan, describe_obstacle, plan_interval
from fieldcheck.analyses.independence import list_missing_search_notes
from fieldcheck.analyses.label_noise import get_label_reviews
from fieldcheck.analyses.monitor import list_open_alarm_lines
from fieldcheck.analyses.report_data import FieldResult, GapResult, Report, get_compared_scores
from fieldcheck.analyses.score_charts import build_gap_chart
from fieldcheck.domain.estimate import Estimate
from fieldcheck.domain.report import GapChart, JudgedLimit, ReportedFinding
from fieldcheck.i18n.language import capitalise, tr, tr_plural, tr_points
from fieldcheck.i18n.numbers import format_percent, format_points, format_points_interval
from fieldcheck.labels.label_error_review import LabelReviewRows
from fieldcheck.models import messages
from fieldcheck.models.messages import get_readiness_name
from fieldcheck.report import findings, key_figures, report_change, verdict_and_checklist
from fieldcheck.report import section as report_form
from fieldcheck.report.section import SECTIONS
from fieldcheck.report.verdict_and_checklist import ReportVerdict, describe_preceding, get_verdict

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
        cards=_build_result_cards(report),
        counts=list_counts(report),
        blocks=_build_page_blocks(report),
    )


def _list_about_lines(report: Report) -> tuple[str, ...]:
    """Revision, place, model, benchmark and who made it, in two lines."""
    first = [
        tr("Report {project}, revision {n}", project=report.project, n=report.provenance.revision)
    ]
    first += [tr("line: {name}", name=report.line)] if report.line else []
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
        second.append(tr("model: {name}", name=report.model.name))
    if report.benchmark is not None:
        name = report.benchmark.path
        second.append(
            tr("benchmark: {name}, n = {n}", name=name, n=report.benchmark.n)
            if name
            else f"n = {report.benchmark.n}"
        )
    second += [tr("created by {name}", name=report.author)] if report.author else []
    return tuple(" · ".join(parts) for parts in (first, second) if parts)


def list_range_sentences(field: FieldResult, gap: GapResult) -> list[str]:
    """Say which interval the headline has, over these cameras or this footage, and give the other
    one."""
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
                n=field.n_nan,
            )
        )
    return lines


def build_chart(report: Report) -> GapChart | None:
    """Builds the chart of both scores, None without a field score."""
    return build_gap_chart(
        report.benchmark,
        report.field,
        report.gap,
        label_effect.get_label_ceiling(report),
        report_change.get_previous_field_score(report),
    )


def _describe_chart_key(report: Report) -> str:
    """What the marks of the chart are: the camera's range first, the footage's second, then the
    benchmark."""
    footage, camera = get_compared_scores(report.field, report.gap)
    lines = []
    if camera is not None:
        lines.append(
            tr(
                "Thin line: 95% CI, other clips of these cameras, {range}.",
                range=names_and_numbers.format_range(camera),
            )
        )
    if footage.measured:
        lines.append(
            tr(
                "Thick line: 95% CI, this footage, {range} (circle: {value}, n = {n}).",
                range=names_and_numbers.format_range(footage),
                value=names_and_numbers.format_value(footage),
                n=footage.n,
            )
        )
    if report.benchmark is not None and report.benchmark.claim_score.measured:
        lines.append(
            tr(
                "Square: benchmark, {score}.",
                score=names_and_numbers.format_benchmark_estimate(report.benchmark.claim_score),
            )
        )
        lines.append(tr("Dashed: benchmark minus limit."))
    if report.benchmark is not None and report.benchmark.claimed is not None:
        lines.append(
            tr(
                "Diamond: reference score, {value}.",
                value=format_percent(report.benchmark.claimed, 1),
            )
        )
    previous = report_change.get_previous_field_score(report)
    if previous is not None and report.gap.footage is None:
        lines.append(tr("Hollow circle: previous report, {value}.", value=format_percent(previous)))
    return " ".join(lines)


def _name_chart_marks(report: Report) -> str:
    """What the marks of the chart are, without their figures, where the sheet has no room for
    more."""
    if report.benchmark is None or report.field.camera is None:
        return ""
    marks = [
        tr(
            "Thin line: other clips. Thick line: this footage. Square: benchmark. Dashed: "
            "benchmark minus limit."
        )
    ]
    if report.benchmark.claimed is not None:
        marks.append(tr("Diamond: reference score."))
    if report_change.get_previous_field_score(report) is not None and report.gap.footage is None:
        marks.append(tr("Hollow circle: previous report."))
    return " ".join(marks)


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
                n=field.n_clips,
            )
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
        (Cell(role, head=True), Cell(""), Cell(""), Cell(""))
        for role in (tr("Prepared"), tr("Reviewed"), tr("Released"))
    )
    return Table(tr("To be filled in by hand"), heads, rows, kind="approval")


# Reasons of the verdict.

ReasonSign = Literal["octagon", "triangle", "ring", "tick"]
Narrowing = Literal["", "record", "label"]
SIGNS: dict[str, ReasonSign] = {"not_met": "octagon", "inconclusive": "ring", "met": "tick"}
"""Shapes of judged limits: that of the verdict which each would give alone."""
RANK = tuple(SIGNS)


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason of a verdict. `sign`: its shape; `title`: a few words; `text`: the figures behind
    them, may be empty."""

    sign: ReasonSign
    title: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class Outlook:
    """What would narrow the interval. `half_width` of today, in points, from `clips`; `wanted`
    clips are expected to give `expected`, both 0 where more clips are not the way. `text` says what
    to do, `note` what else is known, `action` how it is done in this program."""

    half_width: str
    clips: int
    wanted: int
    expected: str
    text: str
    note: str
    action: Narrowing


def list_limit_reasons(verdict: ReportVerdict) -> tuple[Reason, ...]:
    """What precedes the limits where anything does, else every limit, the worst first."""
    decided = verdict.readiness in ("not_ready", "supervised_trial")
    preceding = "" if decided else describe_preceding(verdict)
    if preceding:
        return (Reason("triangle", capitalise(preceding)),)
    ranked = sorted(verdict.limits, key=lambda limit: RANK.index(limit.state))
    return tuple(_build_limit_reason(limit) for limit in ranked)


def _build_limit_reason(limit: JudgedLimit) -> Reason:
    title = {
        "met": tr("{name} within the limit"),
        "not_met": tr("{name} above the limit"),
        "inconclusive": tr("{name}: inconclusive"),
    }[limit.state].format(name=limits.get_limit_name(limit.code))
    text = capitalise(f"{limits.describe_measured(limit)}, {limits.describe_limit(limit)}.")
    if limit.state == "inconclusive":
        text = f"{text} {capitalise(limits.describe_open_cause(limit))}."
    return Reason(SIGNS[limit.state], title, text)


def list_reasons(report: Report) -> tuple[Reason, ...]:
    """The limits, then what else a reader looks at: demonstrated slices, rates that nobody has set
    a limit for, and warnings."""
    warnings = (*list_warnings(report), *list_missing_search_notes(report))
    return (*_list_measured_reasons(report), *(Reason("triangle", warning) for warning in warnings))


def _list_measured_reasons(report: Report) -> tuple[Reason, ...]:
    decision = key_figures.get_decision(report)
    result = decision.findings if decision is not None else ()
    return (
        *list_limit_reasons(get_verdict(report)),
        *(_build_finding_reason(report, finding) for finding in result),
        *_list_rate_reasons(report),
    )


def describe_change(report: Report) -> str:
    """What changed since the report before; empty where nothing did."""
    return " ".join(report_change.list_change_sentences(report))


def _build_finding_reason(report: Report, reported_finding: ReportedFinding) -> Reason:
    name = names_and_numbers.get_slice_value_name(
        reported_finding.key, reported_finding.value, report.clip_names
    )
    points = format_points(reported_finding.difference.value)
    behind = tr_points("{value}, {points} pp ({range}) below. Association, not cause.", points)
    text = behind.format(
        value=names_and_numbers.format_estimate(reported_finding.estimate),
        points=points,
        range=format_points_interval(reported_finding.difference),
    )
    return Reason("triangle", tr("{name} below the rest", name=name), text)


def _list_rate_reasons(report: Report) -> list[Reason]:
    """Escapes and false rejects that were seen and that no limit judges."""
    rates = escape_rate.ANALYSIS.get_result(report)
    if rates is None:
        return []
    judged = {judged_limit.code for judged_limit in limits.get_judged_limits(report)}
    rows = (
        ("escape_rate", rates.escape, rates.escape_cameras, rates.escaped, rates.defects),
        (
            "false_reject_rate",
            rates.false_reject,
            rates.false_reject_cameras,
            rates.rejected,
            rates.good,
        ),
    )
    return [
        _build_rate_reason(code, footage, cameras, hits, n_all)
        for code, footage, cameras, hits, n_all in rows
        if hits and code not in judged
    ]


def _build_rate_reason(
    code: str, footage: Estimate, cameras: Estimate, hits: int, n_all: int
) -> Reason:
    shown = cameras if cameras.measured else footage
    sentence = (
        tr("{rate}, {hits} of {n}. No limit set.")
        if cameras.measured
        else tr("{rate} on this footage, {hits} of {n}. No limit set.")
    )
    text = sentence.format(rate=names_and_numbers.format_rate_with_range(shown), hits=hits, n=n_all)
    return Reason("triangle", limits.get_limit_name(code), capitalise(text))


# What would narrow the interval.


def describe_outlook(field: FieldResult, gap: GapResult) -> Outlook | None:
    """The interval of today and the one way to a narrower one; None without an interval."""
    if not gap.estimate.measured or not field.n_clips:
        return None
    interval = plan_interval(
        gap.estimate, gap.field, gap.correlation, field.n_clips, field.n_labelled
    )
    half_width = _format_half_width((gap.estimate.hi - gap.estimate.lo) / 2)
    if gap.basis == "footage" or interval is None:
        text = tr(
            "Record clips at other times: from three clips on the interval holds for these cameras."
        )
        return Outlook(half_width, field.n_clips, 0, "", text, "", "record")
    plan = gap.plan
    if plan is not None and plan.obstacle:
        text = f"{capitalise(describe_obstacle(plan.obstacle))}."
        return Outlook(half_width, field.n_clips, 0, "", text, "", "")
    if plan is not None and plan.more_labels is not None:
        return _describe_more_labels(half_width, field, plan)
    return _describe_more_clips(half_width, interval, plan)


def _describe_more_labels(half_width: str, field: FieldResult, plan: GapPlan) -> Outlook:
    more = plan.more_labels or 0
    text = tr_plural(
        "Label {n} more frame: about a 50% chance of a conclusive result.",
        "Label {n} more frames: about a 50% chance of a conclusive result.",
        more,
    )
    if plan.without_error:
        text = tr_plural(
            "Label {n} more frame: demonstrates that the limit is met if no prediction is wrong.",
            "Label {n} more frames: demonstrates that the limit is met if no prediction is wrong.",
            more,
        )
    return Outlook(half_width, field.n_clips, 0, "", text.format(n=more), "", "label")


def _describe_more_clips(
    half_width: str, interval_plan: IntervalPlan, plan: GapPlan | None
) -> Outlook:
    """The clips that decide where the gap is open, else those of the next step."""
    decides = plan is not None and plan.all_clips is not None
    wanted = (
        interval_plan.with_clips(plan.all_clips.clips)
        if decides and plan and plan.all_clips
        else interval_plan
    )
    text = tr_plural(
        "Record {n} more clip, spread over all locations and conditions.",
        "Record {n} more clips, spread over all locations and conditions.",
        wanted.more_clips,
        n=wanted.more_clips,
    )
    note = tr("About a 50% chance of a conclusive result.") if decides else ""
    if plan is not None and plan.without_error:
        note = tr("Demonstrates that the limit is met if no prediction is wrong.")
    same = tr(
        "With twice the labels in the same clips: {width}.",
        width=_format_half_width(wanted.same_clips),
    )
    return Outlook(
        half_width,
        wanted.clips,
        wanted.wanted,
        _format_half_width(wanted.expected),
        text,
        note or same,
        "record",
    )


def _format_half_width(share: float) -> str:
    points = format_points(share)
    return tr_points("± {points} pp", points).format(points=points)


# The three cards of the page.

MOST_REASONS = 4


def _build_result_cards(report: Report) -> ResultCards:
    """Reasons, errors and outlook as on the result page; warnings stand under the limitations."""
    reasons = _list_measured_reasons(report)
    hidden = len(reasons) - MOST_REASONS
    more = tr_plural("{n} more in the report", "{n} more in the report", hidden)
    errors = tuple(map(_shorten_error, build_image_blocks(report, ON_THE_FIRST_PAGE)))
    return ResultCards(
        titles=(tr("Reasons"), tr("Most confident errors")),
        reasons=tuple(
            ReasonLines(score_charts.draw_sign(reason.sign), reason.title, reason.text)
            for reason in reasons[:MOST_REASONS]
        ),
        more=more.format(n=hidden) if hidden > 0 else "",
        errors=errors,
        no_errors="" if errors else describe_missing_errors(report),
        narrowing=_build_narrowing_card(describe_outlook(report.field, report.gap)),
    )


def _shorten_error(error: ImageBlock) -> ImageBlock:
    """The error in the words of the result page: label, prediction, confidence and condition."""
    (_, label), (_, prediction) = error.lines
    small = " · ".join(error.small.split(" · ")[:2])
    return replace(error, lines=((f"{label} →", prediction),), small=small)


def _build_narrowing_card(outlook: Outlook | None) -> NarrowingCard | None:
    if outlook is None:
        return None
    clips, wanted = (
        tr_plural("{n} clip", "{n} clips", n, n=n) for n in (outlook.clips, outlook.wanted)
    )
    source = tr_plural("from {n} clip", "from {n} clips", outlook.clips)
    expected = tr("expected {width}", width=outlook.expected)
    return NarrowingCard(
        title=tr("Narrower interval"),
        width=outlook.half_width,
        source=source.format(n=outlook.clips),
        scale=score_charts.draw_scale(outlook.clips / outlook.wanted) if outlook.wanted else None,
        marks=(clips, f"{wanted}, {expected}"),
        text=outlook.text,
        note=outlook.note,
    )

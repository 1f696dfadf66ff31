"""Label quality: pace, blind repeats, suspected label errors, and what label noise can do to the
field score (methods 9), with the report sections."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from math import isnan
from typing import Any

from fieldcheck.analyses import names_and_numbers
from fieldcheck.analyses.analysis import NOT_MEASURED, Analysis, ChecklistRule, CheckResult
from fieldcheck.analyses.blocks import Block, Cell, Paragraph, Section, Table
from fieldcheck.analyses.report_data import LabellingPace, Provenance, Report
from fieldcheck.csv_json_xml import to_json_value
from fieldcheck.domain.estimate import Estimate
from fieldcheck.domain.items import get_benchmark_path
from fieldcheck.domain.label import (
    ANSWERS,
    LOOK_ANSWERS,
    SIDES,
    LabelEvent,
    LabelledSet,
    RepeatKind,
)
from fieldcheck.errors.message_format import format_report_remedy
from fieldcheck.i18n.language import tr, tr_plural
from fieldcheck.i18n.numbers import format_interval, format_minutes, format_percent, format_points
from fieldcheck.labels.label_error_review import (
    LabelErrorCandidate,
    LabelErrorRanking,
    LabelReviewRows,
    find_label_errors,
    list_label_reviews,
)
from fieldcheck.labels.store import RepeatAgreement, measure_trust
from fieldcheck.models.scored_sides import load_field_side
from fieldcheck.models.store import get_label_kind, get_project_task, list_project_classes
from fieldcheck.progress import NullProgress
from fieldcheck.project.project import Project
from fieldcheck.project.tables import labels as labels_table
from fieldcheck.project.tables import models as models_table
from fieldcheck.stats.agreement import (
    compute_shared_ceiling,
    correct_for_label_noise,
    get_worst_case,
)


def list_labelling_rows(provenance: Provenance) -> list[tuple[str, str]]:
    """Pace, operators and blind repeats: a name and what is known of it."""
    result = []
    if provenance.pace is not None:
        result.append((tr("Labelling speed"), format_labelling_pace(provenance.pace)))
    elif provenance.seconds_per_label is not None:
        sentence = tr(
            "{seconds} s per frame (median)",
            seconds=names_and_numbers.format_decimal(provenance.seconds_per_label, 1),
        )
        result.append((tr("Labelling speed"), sentence))
    if provenance.labelled_by:
        result.append((tr("Labelled by"), ", ".join(provenance.labelled_by)))
    return result + list_repeat_rows(provenance.repeats)


def list_repeat_rows(repeats: Sequence[RepeatAgreement]) -> list[tuple[str, str]]:
    """Blind repeats: who agreed with whom, and what no model can exceed."""
    result = []
    for repeated in repeats:
        name = (
            tr("Inter-annotator agreement")
            if repeated.how == "other"
            else tr("Intra-annotator agreement (minutes apart)")
        )
        result.append((name, format_agreement(repeated)))
        if repeated.ceiling.measured:
            result.append((tr("Label ceiling"), describe_label_ceiling(repeated)))
    return result


def format_labelling_pace(pace: LabellingPace) -> str:
    """`100 frames in 4:12, 1.06 keys per label, 5 corrected, all blind.`"""
    n = pace.n_frames
    parts = [
        tr_plural(
            "{n} frame in {time}",
            "{n} frames in {time}",
            n,
            n=n,
            time=format_minutes(round(pace.seconds)),
        ),
        tr("{keys} keys per label", keys=names_and_numbers.format_decimal(pace.n_keys / n, 2)),
    ]
    if pace.n_clicks:
        parts.append(
            tr(
                "{clicks} clicks per label",
                clicks=names_and_numbers.format_decimal(pace.n_clicks / n, 2),
            )
        )
    parts.append(tr_plural("{n} corrected", "{n} corrected", pace.n_corrected, n=pace.n_corrected))
    parts.append(
        tr_plural("{n} not blind", "{n} not blind", pace.n_not_blind, n=pace.n_not_blind)
        if pace.n_not_blind
        else tr("all blind")
    )
    return ", ".join(parts)


def format_agreement(repeated: RepeatAgreement) -> str:
    """`28 of 30 frames alike, 93 % (79–98 %); kappa 0.86 (0.67–1.00)`"""
    agree = round(repeated.agreement.value * repeated.n)
    sentence = tr_plural(
        "{agree} of {n} frame in agreement",
        "{agree} of {n} frames in agreement",
        repeated.n,
        agree=agree,
        n=repeated.n,
    )
    if repeated.agreement.status == "ok":
        sentence += f", {names_and_numbers.format_value_with_range(repeated.agreement)}"
    if not repeated.kappa.measured:
        return sentence
    return (
        sentence
        + "; "
        + tr("beyond chance (kappa) {kappa}", kappa=_format_estimate(repeated.kappa))
    )


def describe_label_ceiling(repeated: RepeatAgreement) -> str:
    """Label noise ceiling: what follows for every score on these labels."""
    sentence = tr(
        "a model scores at most {ceiling} ({range}) on labels like these, for errors that the "
        "two passes do not share; about {error} of 100 labels are wrong in such a way"
    )
    return sentence.format(
        ceiling=format_percent(repeated.ceiling.value, 0),
        range=format_interval(repeated.ceiling, 0),
        error=names_and_numbers.format_decimal(100 * repeated.error.value, 1),
    )


def _format_estimate(estimate: Estimate) -> str:
    value, lo, hi = (
        names_and_numbers.format_decimal(item, 2)
        for item in (estimate.value, estimate.lo, estimate.hi)
    )
    return f"{value} ({lo}–{hi})"


# Effect of label noise on the field score: what wrong labels can make of it, from frames that were
# labelled twice.


SHARED_ERRORS = (0.0, 0.05, 0.10)  # shares of labels that both passes get wrong alike: what if


@dataclass(frozen=True, slots=True)
class LabelEffect:
    """Label noise from `n` blind repeats, `how` they were made. `error`: share of wrong labels of
    one pass; `score`: the field's; `worst`: its worst-case band; `corrected`: the same were errors
    independent of the model, "na" for labels that are no single classes; `ceiling`: what no model
    can exceed; all of it for errors that the two passes do not share. `what_if`: the ceiling if
    they share errors on 0, 5 and 10 % of the labels, None where that is no better than chance.
    Labels that are clean in the benchmark alone make a gap of about `error`."""

    how: RepeatKind
    n: int
    error: Estimate
    score: Estimate
    worst: Estimate
    corrected: Estimate
    ceiling: float
    what_if: tuple[float | None, ...] = ()


# Label noise beside the gap: the worst-case band, the corrected score, and the ceiling that no
# model exceeds.


def build_label_noise_section(result: LabelEffect | None) -> Section:
    """Label noise and what it can make of the score, or that nobody labelled twice."""
    title, short = tr("Effect of label noise"), tr("Label noise")
    if result is None:
        sentence = tr("Not measured: no frame was labelled twice.")
        return Section("label_effect", short, title, (Paragraph(sentence, quiet=True),))
    return Section(
        "label_effect", short, title, tuple(Paragraph(line) for line in _list_noise_lines(result))
    )


def get_label_ceiling(report: Report) -> float | None:
    """Ceiling for the chart of the gap; None without repeats."""
    result = LABEL_EFFECT.get_result(report)
    return None if result is None else result.ceiling


def list_label_noise_notes(report: Report) -> list[str]:
    """One sentence for the first page; none without repeats."""
    result = LABEL_EFFECT.get_result(report)
    if result is None:
        return []
    sentence = tr(
        "Label noise, for errors that the two passes do not share: an estimated {error} of the "
        "labels are wrong; worst case for the field score: {worst}; dotted line: label ceiling, at "
        "most {ceiling}."
    )
    return [
        sentence.format(
            error=format_percent(result.error.value, 1),
            worst=names_and_numbers.format_range(result.worst),
            ceiling=format_percent(result.ceiling, 1),
        )
    ]


def _list_noise_lines(label_effect: LabelEffect) -> list[str]:
    reviewers = tr_plural(
        "One annotator labelled {n} frame twice",
        "One annotator labelled {n} frames twice",
        label_effect.n,
    )
    if label_effect.how == "other":
        reviewers = tr_plural(
            "Two annotators labelled {n} frame",
            "Two annotators labelled {n} frames",
            label_effect.n,
        )
    text = tr(
        "{who}, blind: about {error} ({range}) of the labels of one pass are wrong, "
        "counting only label errors made in one of the two passes."
    )
    error = {
        "error": format_percent(label_effect.error.value, 1),
        "range": names_and_numbers.format_range(label_effect.error),
    }
    lines = [text.format(who=reviewers.format(n=label_effect.n), **error)]
    worst = tr(
        "Worst case (all label errors in one direction): field score {score}, bounds {worst}."
    )
    lines.append(
        worst.format(
            score=names_and_numbers.format_value_with_count(label_effect.score),
            worst=names_and_numbers.format_range(label_effect.worst),
        )
    )
    if label_effect.corrected.measured:
        alone = tr(
            "For errors that the two labelling passes do not share, if they are independent "
            "of model errors, the corrected field score is {corrected}."
        )
        lines.append(
            alone.format(corrected=names_and_numbers.format_estimate(label_effect.corrected))
        )
    lines.append(
        tr(
            "With labels of this quality a model scores at most {ceiling}, counting only "
            "label errors made in one of the two passes.",
            ceiling=format_percent(label_effect.ceiling, 1),
        )
    )
    lines += _list_what_if(label_effect)
    lines.append(
        tr(
            "Equal label noise on both sides largely cancels out in the gap; a clean "
            "benchmark alone adds a gap of about {points} pp.",
            points=format_points(label_effect.error.value, 1),
        )
    )
    return lines


def _list_what_if(label_effect: LabelEffect) -> list[str]:
    """The ceiling under errors that both passes share, which nothing measures."""
    shown = [
        tr(
            "at most {ceiling} if both passes make the same error on {shared} of the labels",
            ceiling=format_percent(ceiling, 1),
            shared=format_percent(shared),
        )
        for shared, ceiling in zip(SHARED_ERRORS, label_effect.what_if, strict=False)
        if ceiling is not None and shared
    ]
    if not shown:
        return []
    sentence = tr(
        "Assumed, not measured: label ceiling {cases}. Agreement does not detect such errors."
    )
    return [sentence.format(cases=", ".join(shown))]


# Label noise of a project and what it can make of the field score, from blind repeats (methods 9).


def compute_label_effect(project: Project) -> LabelEffect | None:
    """By repeats of another person where there are any, else by those of the same; None without
    repeats or a field score."""
    trust = measure_trust(project)
    agreed = trust.other or trust.same
    scores = load_field_side(project, project.read(models_table.get_newest_model)).scores
    score = scores.camera if scores.camera.measured else scores.footage
    if agreed is None or not agreed.error.measured or not score.measured:
        return None
    error, single = agreed.error.value, get_label_kind(get_project_task(project)) == "class"
    alone = (
        correct_for_label_noise(score, error, max(2, len(list_project_classes(project))))
        if single
        else Estimate.not_measured("not_single", score.n)
    )
    how: RepeatKind = "other" if trust.other is not None else "same"
    classes = max(2, len(list_project_classes(project)))
    ceilings = (
        compute_shared_ceiling(1 - agreed.agreement.value, shared, classes)
        for shared in SHARED_ERRORS
    )
    return LabelEffect(
        how,
        agreed.n,
        agreed.error,
        score,
        get_worst_case(score, error),
        alone,
        1 - error,
        tuple(None if isnan(ceiling) else ceiling for ceiling in ceilings),
    )


# Suspected label errors of one side, by how little the model believes its labels.


@dataclass(frozen=True, slots=True)
class SuspectLabel:
    """A frame or benchmark picture whose `label` the model doubts: it says `instead`, and is
    `confidence` sure of the label. `answer`: what a label review said, empty before one."""

    item: str
    label: str
    instead: str
    confidence: float
    answer: str = ""


@dataclass(frozen=True, slots=True)
class SuspectedLabels:
    """Of `n` judged labels `flagged` are doubted (methods 9); `labels`: these, the most doubtful
    first and at most `MOST`."""

    on: LabelledSet
    n: int
    flagged: int
    labels: tuple[SuspectLabel, ...]


# Label quality on the page: the labels that the model doubts most, to be looked at before anybody
# blames the model.

SHOWN = 12  # of each side


def build_suspect_section(result: tuple[SuspectedLabels, ...] | None) -> Section:
    """Counts and the first suspects of each side."""
    title = tr("Suspected label errors")
    if not result:
        sentence = tr("Not measured. Requires class or box labels and predictions for them.")
        return Section("suspected_labels", title, title, (Paragraph(sentence, quiet=True),))
    blocks: list[Block] = []
    for side_labels in result:
        blocks.append(Paragraph(_describe_suspect_count(side_labels)))
        if side_labels.labels:
            blocks.append(_build_suspect_table(side_labels))
    return Section("suspected_labels", title, title, tuple(blocks))


def _describe_suspect_count(suspected_labels: SuspectedLabels) -> str:
    if not suspected_labels.flagged:
        sentence = tr("Benchmark: the model contradicts 0 of {of} labels with confidence.")
        if suspected_labels.on == "field":
            sentence = tr("Field: the model contradicts 0 of {of} labels with confidence.")
        return sentence.format(of=suspected_labels.n)
    sentence = tr_plural(
        (
            "Benchmark: the model contradicts {n} of {of} labels with confidence. Either the label "
            "or the model may be wrong: review{remedy}."
        ),
        (
            "Benchmark: the model contradicts {n} of {of} labels with confidence. Either the label "
            "or the model may be wrong: review{remedy}."
        ),
        suspected_labels.flagged,
    )
    if suspected_labels.on == "field":
        sentence = tr_plural(
            (
                "Field: the model contradicts {n} of {of} labels with confidence. Either the label "
                "or the model may be wrong: review{remedy}."
            ),
            (
                "Field: the model contradicts {n} of {of} labels with confidence. Either the label "
                "or the model may be wrong: review{remedy}."
            ),
            suspected_labels.flagged,
        )
    return sentence.format(
        n=suspected_labels.flagged, of=suspected_labels.n, remedy=format_report_remedy("look")
    )


def _build_suspect_table(suspected_labels: SuspectedLabels) -> Table:
    heads = (
        Cell(tr("Image"), head=True),
        Cell(tr("Assigned label")),
        Cell(tr("Prediction")),
        Cell(tr("label confidence"), figure=True),
    )
    rows = tuple(
        (
            Cell(label.item, head=True),
            Cell(label.label),
            Cell(_name_prediction(label)),
            Cell(names_and_numbers.format_confidence(label.confidence), figure=True),
        )
        for label in suspected_labels.labels[:SHOWN]
    )
    title = tr("Lowest label confidence first")
    if len(rows) < suspected_labels.flagged:
        title = tr(
            "Lowest label confidence first: {n} of {of}", n=len(rows), of=suspected_labels.flagged
        )
    return Table(title, heads, rows)


def _name_prediction(label: SuspectLabel) -> str:
    """The predicted classes; boxes of the labelled ones lie elsewhere, or are of another number."""
    if label.instead != label.label:
        return label.instead
    return tr("{names}, in another place", names=label.instead)


# Suspected label errors of a project's benchmark and field, for its report.

MOST = 40  # labels of a side


def compute_suspected_labels(project: Project) -> tuple[SuspectedLabels, ...]:
    """Suspects of each side of which labels could be judged."""
    rankings = [find_label_errors(project, set_name, NullProgress()) for set_name in SIDES]
    return tuple(_to_result(ranking) for ranking in rankings if ranking.n)


def _to_result(label_error_ranking: LabelErrorRanking) -> SuspectedLabels:
    rows = {row.subject: row for row in label_error_ranking.rows}
    ranked = [
        rows[subject]
        for subject in label_error_ranking.ranking
        if subject in rows and rows[subject].flagged
    ][:MOST]
    shown = tuple(_to_suspect(row) for row in ranked)
    return SuspectedLabels(
        label_error_ranking.on, label_error_ranking.n, label_error_ranking.n_flagged, shown
    )


def _to_suspect(row: LabelErrorCandidate) -> SuspectLabel:
    return SuspectLabel(
        get_benchmark_path(row.subject) or row.subject,
        row.label,
        row.instead,
        row.confidence,
        row.answer or "",
    )


# How fast the labels were made, from the log of every act of labelling.

LONGEST_S = 60.0
"""Seconds on one frame above this limit count as a break, not as labelling."""


def measure_pace(project: Project) -> LabellingPace | None:
    """Labelling pace, as the report tells it; None where no label was made on the Label screen."""
    events = project.read(labels_table.list_label_events)
    return compute_pace(
        events, {label.frame_id for label in project.read(labels_table.list_labels)}
    )


def compute_pace(events: tuple[LabelEvent, ...], labelled: set[str]) -> LabellingPace | None:
    """The pace of the frames that carry a label now. Corrected: answered again after an answer that
    was not "unsure", or taken back."""
    of_frame: dict[str, list[LabelEvent]] = defaultdict(list)
    for event in events:
        if event.frame_id in labelled:
            of_frame[event.frame_id].append(event)
    if not of_frame:
        return None
    every_event = [event for events_of_frame in of_frame.values() for event in events_of_frame]
    return LabellingPace(
        n_frames=len(of_frame),
        seconds=sum(
            min(LONGEST_S, event.seconds) for event in every_event if event.seconds is not None
        ),
        n_keys=sum(event.n_keys for event in every_event),
        n_clicks=sum(event.n_clicks for event in every_event),
        n_corrected=sum(_is_corrected(events_of_frame) for events_of_frame in of_frame.values()),
        n_not_blind=sum(
            any(not event.blind for event in events_of_frame)
            for events_of_frame in of_frame.values()
        ),
    )


def _is_corrected(events: list[LabelEvent]) -> bool:
    answers = [event.action for event in events if event.action in ANSWERS]
    return any(event.action == "back" for event in events) or any(
        action != "unsure" for action in answers[:-1]
    )


LEAST_AGREEMENT, LEAST_KAPPA = 0.9, 0.6
LEAST_REPEATS = 20  # frames that two people labelled


def check_label_agreement(report: Report) -> CheckResult:
    """Judges the agreement between people; one who agrees with themselves may be wrong twice."""
    repeats = report.provenance.repeats
    by_others = [
        repeat for repeat in repeats if repeat.how == "other" and repeat.agreement.measured
    ]
    if not by_others:
        return NOT_MEASURED
    result = by_others[0]
    if result.n < LEAST_REPEATS:
        return "too_few", result.agreement.value
    pairs = ((result.agreement, LEAST_AGREEMENT), (result.kappa, LEAST_KAPPA))
    if any(agreement.measured and agreement.lo >= least for agreement, least in pairs):
        return "pass", result.agreement.value
    short = all(agreement.hi < least for agreement, least in pairs if agreement.measured)
    return "fail" if short else "too_few", result.agreement.value


# Disagreements of labels and predictions that somebody looked at again.


def load_label_reviews(
    project: Project, sides: Sequence[LabelledSet] = SIDES
) -> tuple[LabelReviewRows, ...]:
    """Returns the label review of each side on which anything disagrees; none without a model."""
    if project.read(models_table.get_newest_model) is None:
        return ()
    reviews = (list_label_reviews(project, set_name) for set_name in sides)
    return tuple(review for review in reviews if review.rows)


def get_label_reviews(report: Report) -> tuple[LabelReviewRows, ...]:
    """Returns the label reviews that the report holds."""
    return LABEL_REVIEWS.get_result(report) or ()


def export_label_noise(report: Report) -> dict[str, Any]:
    """Returns the label reviews of both sides."""
    return {"label_noise": [_export_label_review(review) for review in get_label_reviews(report)]}


def _export_label_review(review: LabelReviewRows) -> dict[str, Any]:
    counts = {answer: review.counts[answer] for answer in LOOK_ANSWERS}
    scores = {"before": review.before, "after": review.after, "share": review.share}
    return {
        "on": review.on,
        "n": len(review.rows),
        "n_looked": review.n_looked,
        **counts,
        **to_json_value(scores),
    }


LABEL_EFFECT: Analysis[LabelEffect] = Analysis(
    key="label_effect",
    result=LabelEffect,
    compute=compute_label_effect,
    section=build_label_noise_section,
    checklist=(
        ChecklistRule(
            "label_agreement",
            12,
            lambda: tr("Two annotators labelled at least 20 of the same frames and agree"),
            lambda: tr("Have a second annotator relabel at least 20 frames blind."),
            check_label_agreement,
            phase="trial",
            format_figure=format_percent,
            by_labels=True,
        ),
    ),
)


SUSPECTED_LABELS: Analysis[tuple[SuspectedLabels, ...]] = Analysis(
    key="suspected_labels",
    result=tuple[SuspectedLabels, ...],
    compute=compute_suspected_labels,
    section=build_suspect_section,
)


LABEL_REVIEWS: Analysis[tuple[LabelReviewRows, ...]] = Analysis(
    key="label_reviews", compute=load_label_reviews, summary=export_label_noise
)

"""Data of the Explore screen and of a round's result: verdict, scores, most confident errors, or
what is still missing."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from functools import partial
from typing import Literal

from sqlite_utils import Database

from fieldcheck.analyses import failures
from fieldcheck.analyses import names_and_numbers as named
from fieldcheck.analyses.blocks import ImageBlock
from fieldcheck.analyses.confident_errors import (
    MOST_PICTURES,
    build_image_block,
    build_image_blocks,
    describe_missing_errors,
    find_worst_frames,
    get_worst_frames,
)
from fieldcheck.analyses.decision import compute_decision
from fieldcheck.analyses.escape_rate import load_escape_rates
from fieldcheck.analyses.failures import ConfusionCounts
from fieldcheck.analyses.gap import build_benchmark_result, build_field_result, compute_gap_result
from fieldcheck.analyses.label_noise import get_label_reviews, load_label_reviews
from fieldcheck.analyses.limits import MeasuredFigures, judge_limits
from fieldcheck.analyses.report_data import FieldResult, GapResult, Report, WorstFrame
from fieldcheck.analyses.score_charts import build_gap_chart
from fieldcheck.analyses.shared_classes import ComparedSides, load_compared_sides
from fieldcheck.domain.estimate import Estimate, Readiness
from fieldcheck.domain.report import GapChart, Plot, ScoreRow
from fieldcheck.domain.run import StoredModel
from fieldcheck.footage.clips_and_scene_cuts import list_sampling_lines
from fieldcheck.i18n import language
from fieldcheck.i18n.language import tr_plural
from fieldcheck.latency.latency_run import load_latency
from fieldcheck.models.compare import list_left_frames
from fieldcheck.models.mask_scores import load_mask_scores
from fieldcheck.models.messages import describe_mask_scores, get_metric_name, get_readiness_name
from fieldcheck.models.run import compute_benchmark_key, compute_picks_key, make_own_rate_run
from fieldcheck.models.runs_mlflow import ScoredRun, run_and_score
from fieldcheck.models.store import get_card, make_run
from fieldcheck.progress import Progress
from fieldcheck.project.limits import get_set_limits
from fieldcheck.project.memoise import memo_scope, memoisable
from fieldcheck.project.project import Project
from fieldcheck.project.tables import labels as labels_table
from fieldcheck.project.tables import models as models_table
from fieldcheck.project.tables import recordings as clips_table
from fieldcheck.project.tables import runs as predictions_table
from fieldcheck.project.tables import values as values_table
from fieldcheck.project.tables.project_state import compute_content_state
from fieldcheck.report.assemble import load_current_report
from fieldcheck.report.section import list_all_plots
from fieldcheck.report.summary_page import (
    Outlook,
    Reason,
    build_chart,
    describe_change,
    describe_outlook,
    list_counts,
    list_limit_reasons,
    list_range_sentences,
    list_reasons,
)
from fieldcheck.report.verdict_and_checklist import ReportVerdict, describe_reason, get_verdict
from fieldcheck.sampling.hardness import list_other_models
from fieldcheck.stats.gap import decide_readiness

# Result of a round of labels: verdict on the gap, both scores, the most confident errors, or what
# is still missing for them.

MOST_SHOWN, NAME = 3, "round"
Lacking = Literal["", "model", "benchmark", "answers"]


@dataclass(frozen=True, slots=True)
class RoundResult:
    """Result of the labels, in figures of the report.

    - `lacking`: what the gap waits for, empty where it is measured; `n_waiting` pictures the model
      has still to answer.
    - `readiness`: the word that the report will have, None without a benchmark; `reason` for it.
    - `headline`: scores, gap and what is open, as sentences; `chart` of both scores.
    - `under`: what the intervals are of; `reasons` of the word, `outlook` to a narrower interval.
    - `worst`: the most confident errors, one a burst; `n_wrong` disagreements between label and
      prediction, `n_open` of them nobody has looked at again.
    """

    lacking: Lacking
    n_waiting: int
    n_labelled: int
    readiness: Readiness | None
    reason: str
    headline: tuple[str, ...]
    chart: GapChart | None
    gap: Estimate
    worst: tuple[WorstFrame, ...]
    n_open: int
    under: tuple[str, ...] = ()
    reasons: tuple[Reason, ...] = ()
    outlook: Outlook | None = None
    n_wrong: int = 0


def compute_round_result(project: Project, lang: str) -> RoundResult:
    """Gap of the newest model as the report would state it, without the rest of the report; its
    sentences in the language `lang`. It is worked out once for as long as the project stands."""

    def build_result() -> RoundResult:
        with memo_scope(), language.use_language(lang):
            return _compute_result(project)

    return project.results.get_or_compute(
        (NAME, lang), lambda: project.read(compute_content_state), build_result, lambda: None
    )


def get_known_result(project: Project, lang: str) -> RoundResult | None:
    """The result for the project as it stands, None where it was not worked out."""
    result = project.results.find_result((NAME, lang), project.read(compute_content_state))
    return result if isinstance(result, RoundResult) else None


def _compute_result(project: Project) -> RoundResult:
    models = project.read(models_table.list_models)
    model = models[-1] if models else None
    card = get_card(model) if model else None
    benchmark = project.read(models_table.get_benchmark)
    sides = load_compared_sides(project, model)
    waiting = _count_unanswered(sides) if model else 0
    lacking: Lacking = "model" if model is None else "benchmark" if benchmark is None else ""
    if model and benchmark and sides.benchmark_all is None:
        waiting += len(benchmark.items)
    part = build_benchmark_result(sides.benchmark, card, None) if sides.benchmark and card else None
    shown = build_field_result(project, sides.field, card)
    gap = compute_gap_result(
        part,
        sides.field,
        shown,
        project.read(values_table.list_settings),
        card,
        named=benchmark is not None,
    )
    verdict = _compute_verdict(project, gap, shown, part is not None, sides)
    reviews = load_label_reviews(project, ("field",))
    return RoundResult(
        lacking=lacking or ("answers" if waiting else ""),
        n_waiting=waiting,
        n_labelled=sum(label.state == "done" for label in sides.field_all.labels.values()),
        readiness=verdict.readiness if part else None,
        reason=describe_reason(verdict) if part else "",
        headline=(*gap.headline, *_list_mask_sentences(project)),
        chart=build_gap_chart(part, shown, gap),
        gap=gap.estimate,
        worst=find_worst_frames(project, sides.field_all, card, MOST_SHOWN) if card else (),
        n_open=sum(review.n_open for review in reviews),
        under=tuple(list_range_sentences(shown, gap)),
        reasons=list_limit_reasons(verdict) if part else (),
        outlook=describe_outlook(shown, gap) if part else None,
        n_wrong=sum(len(review.rows) for review in reviews),
    )


def _list_mask_sentences(project: Project) -> tuple[str, ...]:
    mask_scores = load_mask_scores(project)
    return (
        () if mask_scores is None or mask_scores.missing else (describe_mask_scores(mask_scores),)
    )


def _compute_verdict(
    project: Project, gap: GapResult, field: FieldResult, has_benchmark: bool, sides: ComparedSides
) -> ReportVerdict:
    """The verdict of the report, from those figures alone that a limit is set for."""
    set_limits = get_set_limits(project)
    model = project.read(models_table.get_newest_model)
    card = get_card(model) if model else None
    limited = {rate.rate for rate in set_limits.rates}
    decision = compute_decision(project) if "confident_errors" in limited else None
    figures = MeasuredFigures(
        gap,
        field.n_labelled,
        has_benchmark,
        field.n_looks,
        load_escape_rates(project) if limited else None,
        decision.confident_errors_cameras if decision is not None else None,
        load_latency(project) if set_limits.latency is not None else None,
        failures.compute_class_scores(sides.field_all, card),
    )
    judged = judge_limits(figures, set_limits)
    readiness = decide_readiness(gap.verdict, [limit.state for limit in judged])
    return ReportVerdict(readiness, judged, gap.verdict, field.n_labelled, field.n_unsure, gap.plan)


def _count_unanswered(sides: ComparedSides) -> int:
    """Labelled picks that the model has not answered."""
    side = sides.field_all
    return sum(
        label.state == "done" and name not in side.answers for name, label in side.labels.items()
    )


@dataclass(frozen=True, slots=True)
class GapProgress:
    """How far the project is on the way to a gap. `n_answers` answers of the newest model are still
    to be given; `n_left` picks nobody has said anything about. `key` is another as soon as anything
    is that the gap is made from, `state` with anything of a report."""

    n_listed: int
    n_picked: int
    n_labelled: int
    n_left: int
    model: str
    has_benchmark: bool
    n_answers: int
    key: str
    state: str = ""


@dataclass(frozen=True, slots=True)
class SliceLine:
    """One slice: what it was cut by, its value, and the line as it is shown. `key` is a facet, or
    `slice` for a saved one."""

    key: str
    value: str
    line: ScoreRow


@dataclass(frozen=True, slots=True)
class ExploreData:
    """The opening of the report and where the model fails. `reasons` of the verdict, the worst
    first; `outlook` to a narrower interval; `change` since the report before, empty without one.
    `n_wrong` disagreements between label and prediction, `n_open` of them wait for a label
    review. `metric`: what slices of a detector are scored by, in words."""

    verdict: str
    readiness: Readiness
    sign: str
    headline: tuple[str, ...]
    under: tuple[str, ...]
    counts: tuple[str, ...]
    reason: str
    classes: tuple[ScoreRow, ...]
    confusion: ConfusionCounts | None
    worst: tuple[ImageBlock, ...]
    no_worst: str
    slices: tuple[SliceLine, ...] = ()
    n_open: int = 0
    chart: GapChart | None = None
    plots: tuple[Plot, ...] = ()
    reasons: tuple[Reason, ...] = ()
    outlook: Outlook | None = None
    change: str = ""
    n_wrong: int = 0
    metric: str = ""


def get_gap_progress(project: Project) -> GapProgress:
    """Missing parts: what there is and what is not, in one look."""
    return project.read(_load_gap_progress)


def run_all(project: Project, progress: Progress, now: str) -> list[ScoredRun]:
    """Every answer of the newest model that is not there yet, as one count. Raises as
    `run_and_score`."""
    model = project.read(models_table.get_newest_model)
    sets = project.read(partial(_count_answers_by_set, model=model)) if model else {}
    return run_and_score(
        project,
        None,
        "all",
        _CombinedProgress(progress, {set_name: n - done for set_name, (n, done) in sets.items()}),
        now,
    )


def build_explore_data(project: Project, lang: str, progress: Progress, now: str) -> ExploreData:
    """The figures of the project as it stands, in the language `lang`. Nothing is written."""
    with language.use_language(lang):
        explore_data = _make_explore_data(load_current_report(project, lang, progress, now))
        waits = _describe_open_comparison(project)
        return replace(explore_data, change=" ".join(filter(None, (explore_data.change, waits))))


def _describe_open_comparison(project: Project) -> str:
    """How many labels the comparison with the model before waits for; empty where it waits for
    none, or there is no such model."""
    names = list_other_models(project)
    n = len(list_left_frames(project, names[0])) if names else 0
    if not n:
        return ""
    return tr_plural(
        "{n} label is still missing for the comparison with {model}: a frame on which the "
        "two models differ.",
        "{n} labels are still missing for the comparison with {model}: frames on which "
        "the two models differ.",
        n,
        n=n,
        model=names[0],
    )


@memoisable
def _load_gap_progress(db: Database) -> GapProgress:
    listing, picks = (
        list_sampling_lines(db, with_frozen=True),
        [pick for pick in labels_table.list_picks(db) if not pick.taken_out],
    )
    labels = {label.frame_id: label for label in labels_table.list_labels(db)}
    model, benchmark = models_table.get_newest_model(db), models_table.get_benchmark(db)
    answer_counts = list(_count_answers_by_set(db, model).values()) if model else []
    facts = [
        labels,
        picks,
        labels_table.list_current_draws(db),
        len(listing),
        model,
        benchmark,
        answer_counts,
        sorted(values_table.list_settings(db).items(), key=str),
    ]
    facts += [
        labels_table.list_label_reviews(db),
        labels_table.list_tags(db),
        values_table.list_saved_slices(db),
        clips_table.list_clips(db),
    ]
    if model:
        flicker = make_own_rate_run(model, "flicker").run_id
        facts.append(predictions_table.count_predictions(db, [flicker]))
    lines = [labels[pick.frame_id].state for pick in picks if pick.frame_id in labels]
    return GapProgress(
        sum(not line.frame.frozen for line in listing), len(picks), lines.count("done"),
        len(picks) - len(lines), model.name if model else "",
        benchmark is not None, sum(n - done for n, done in answer_counts),
        hashlib.sha256(repr(facts).encode()).hexdigest(),
        compute_content_state(db),
    )  # fmt: skip


def _count_answers_by_set(db: Database, model: StoredModel) -> dict[str, tuple[int, int]]:
    """For the picks, the footage and the benchmark: how many answers are asked for, and how many of
    them are there."""
    result: dict[str, tuple[int, int]] = {}
    picks = [pick.frame_id for pick in labels_table.list_picks(db) if not pick.taken_out]
    if picks:
        result["field"] = _count_answered(
            db, make_run(model, "field", compute_picks_key(picks), len(picks), "").run_id, picks
        )
    listed = [line.frame.frame_id for line in list_sampling_lines(db, with_frozen=True)]
    if listed:
        result["footage"] = _count_answered(
            db, make_run(model, "footage", "footage", 0, "").run_id, listed
        )
    benchmark = models_table.get_benchmark(db)
    if benchmark is not None:
        items = [item.path for item in benchmark.items]
        result["benchmark"] = _count_answered(
            db,
            make_run(model, "benchmark", compute_benchmark_key(benchmark), len(items), "").run_id,
            items,
        )
    return result


class _CombinedProgress:
    """The progress of several runs as one count of answers; each run counts pieces of its own set,
    named by the unit."""

    def __init__(self, progress: Progress, wanted: dict[str, int]) -> None:
        self._progress, self._wanted = progress, wanted
        self._done_by_set = dict.fromkeys(wanted, 0)

    def report(self, done: int, total: int | None, unit: str = "") -> None:
        if total and unit in self._wanted:
            self._done_by_set[unit] = self._wanted[unit] * done // total
            self._progress.report(sum(self._done_by_set.values()), sum(self._wanted.values()), unit)

    def check(self) -> None:
        self._progress.check()


def _count_answered(db: Database, run_id: str, subjects: list[str]) -> tuple[int, int]:
    there = partial(predictions_table.get_predicted_subjects, run_id=run_id)(db)
    return len(subjects), len(there.intersection(subjects))


def _make_explore_data(report: Report) -> ExploreData:
    return ExploreData(
        verdict=get_readiness_name(report.readiness),
        readiness=report.readiness,
        sign=named.get_readiness_sign(report.readiness),
        headline=report.gap.headline,
        under=tuple(list_range_sentences(report.field, report.gap)),
        counts=list_counts(report),
        reason=describe_reason(get_verdict(report)),
        classes=failures.list_class_score_rows(report),
        confusion=failures.build_confusion_counts(report),
        worst=build_image_blocks(report, MOST_PICTURES),
        no_worst="" if get_worst_frames(report) else describe_missing_errors(report),
        slices=_list_slice_lines(report),
        n_open=sum(row.n_open for row in get_label_reviews(report) if row.on == "field"),
        chart=build_chart(report),
        plots=list_all_plots(report),
        reasons=list_reasons(report),
        outlook=describe_outlook(report.field, report.gap),
        change=describe_change(report),
        n_wrong=sum(len(row.rows) for row in get_label_reviews(report) if row.on == "field"),
        metric=get_metric_name(report.own_metric) if report.own_metric == "frame_score" else "",
    )


def _list_slice_lines(report: Report) -> tuple[SliceLine, ...]:
    """Blind spots, then the others group by group, each worst first; clips and
    classes as on the page."""
    kept = [row for row in failures.get_failures(report).slices or () if failures.is_on_page(row)]
    kept.sort(
        key=lambda row: (
            row.flag != "blind_spot",
            row.key if row.flag != "blind_spot" else "",
            row.flag == "too_few",
            row.estimate.value,
        )
    )
    rows = [
        (
            failures.SIGNS[row.flag],
            named.get_slice_value_name(row.key, row.value, report.clip_names),
            row.estimate,
        )
        for row in kept
    ]
    lines = failures.build_score_rows(rows, report.field.footage)
    return tuple(SliceLine(row.key, row.value, line) for row, line in zip(kept, lines, strict=True))


# First figures of Explore: what the result of a round showed, before the whole report is worked
# out.


def load_first_figures(project: Project, lang: str) -> ExploreData | None:
    """Scores, gap and most confident errors as the result of a round showed them for just this
    state; None where it did not. What only a whole report tells is empty."""
    known_result = get_known_result(project, lang)
    if known_result is None or known_result.lacking:
        return None
    with language.use_language(lang):
        readiness: Readiness = known_result.readiness or "no_verdict"
        return ExploreData(
            verdict=get_readiness_name(readiness),
            readiness=readiness,
            sign=named.get_readiness_sign(readiness),
            headline=known_result.headline,
            reason=known_result.reason,
            under=known_result.under,
            counts=(),
            classes=(),
            confusion=None,
            worst=tuple(build_image_block(frame, {}) for frame in known_result.worst),
            no_worst="",
            n_open=known_result.n_open,
            chart=known_result.chart,
            reasons=known_result.reasons,
            outlook=known_result.outlook,
            n_wrong=known_result.n_wrong,
        )

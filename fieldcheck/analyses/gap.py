"""The gap of a report: benchmark score, field score, interval, verdict, headline, and what a
decision still requires."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from pathlib import PureWindowsPath

import numpy as np

from fieldcheck.analyses import gap_headline as gap_words
from fieldcheck.analyses import report_data as paper
from fieldcheck.analyses.gap_headline import FootageSize, plan_gap
from fieldcheck.domain.estimate import FEW_FRAMES, Estimate
from fieldcheck.domain.model_card import Card, dump_card
from fieldcheck.domain.recording import compute_recorded_seconds
from fieldcheck.domain.run import StoredModel
from fieldcheck.errors.message_format import use_audience
from fieldcheck.labels.store import is_all_blind
from fieldcheck.models.check_model import CardGuess
from fieldcheck.models.preprocess import make_preprocessing_record
from fieldcheck.models.scored_sides import (
    BenchmarkSide,
    FieldSide,
    compute_benchmark_metrics,
    compute_field_metrics,
    compute_field_score,
    get_scored_metric,
    select_scored_picks,
)
from fieldcheck.project.project import Project
from fieldcheck.project.tables import frames as frames_table
from fieldcheck.project.tables import labels as draws_table
from fieldcheck.project.tables import recordings as captures_table
from fieldcheck.sampling.pick_frames import count_left_frames
from fieldcheck.stats import gap
from fieldcheck.stats.camera_interval import estimate_clip_correlation
from fieldcheck.stats.weighted_field_score import EXTRA

FIVE_POINTS = 0.05

# The gap of a report: estimate, interval, verdict, headline and the frames that a decision still
# needs.


def compute_gap_result(
    benchmark: paper.BenchmarkResult | None, side: FieldSide, shown: paper.FieldResult,
    settings: Mapping[str, object], card: Card | None,
    named: bool = False,
) -> paper.GapResult:  # fmt: skip
    """Gap, interval and verdict by the stored tolerance; a plan only where the verdict is still
    open. `named`: there is a benchmark, whether or not the model has answered it."""
    tolerance = float(str(settings.get("tolerance", gap.DEFAULT_GAP_LIMIT)))
    scores = side.scores
    score = benchmark.claim_score if benchmark else gap_words.NO_BENCHMARK
    metric = benchmark.claim_metric if benchmark else ""
    other = bool(benchmark and card and metric != benchmark.metric)
    footage, camera = (
        compute_field_score(side, card, metric)
        if other and card
        else (scores.footage, scores.camera)
    )
    result = gap.compute_gap(score, footage, camera)
    chosen_only = bool(side.draws) and all(
        draw.design == "hard" and not draw.census for draw in side.draws
    )
    reproduced = benchmark.reproduced if benchmark else None
    unsure_only = not shown.n_labelled and 0 < shown.n_picked <= shown.n_unsure
    case = gap.VerdictCase(bool(side.draws), chosen_only, unsure_only, reproduced, shown.n_looks)
    decided = gap.decide_verdict(result.estimate, result.basis, tolerance, case)
    facts = _build_gap_facts(side, shown, result, (footage, camera), card, metric)
    named_benchmark = score if benchmark else gap_words.NOT_RUN if named else None
    facts = replace(facts, benchmark=named_benchmark, verdict=decided)
    plan, icc = None, None if other else _measure_correlation(side)
    if decided == "not_enough":
        size = _measure_footage(side, shown)
        plan = plan_gap(result.field, icc, score, tolerance, size, shown.n_looks)
    return paper.GapResult(
        estimate=result.estimate,
        basis=result.basis,
        field=result.field,
        other=result.other,
        tolerance=tolerance,
        verdict=decided,
        sentence=_describe_for_report(facts),
        counts=gap_words.describe_counts(facts),
        plan=plan,
        tolerance_by=str(settings.get("tolerance_by", "")),
        metric=metric,
        footage=footage if other else None,
        camera=camera if other else None,
        correlation=icc,
    )


def _build_gap_facts(
    side: FieldSide,
    shown: paper.FieldResult,
    result: gap.Gap,
    field: tuple[Estimate, Estimate],
    card: Card | None,
    metric: str,
) -> gap_words.GapFacts:
    """What the headline needs to know of the field; `field`: its score for this footage and for
    this camera in `metric`."""
    own = get_scored_metric(card) if card else ""
    scores = side.scores
    return gap_words.GapFacts(
        benchmark=None,
        field=result.field,
        footage=field[0],
        hard=shown.hard,
        chosen=scores.chosen,
        gap=result.estimate,
        basis=result.basis,
        verdict=None,
        design=shown.design,
        census=scores.census,
        interim=scores.interim,
        strata=tuple((row.name, row.right, row.labelled) for row in shown.strata),
        n_listed=shown.n_frames_listed,
        n_picked=shown.n_picked,
        n_unsure=shown.n_unsure,
        # With those that the model has not answered yet: the sentence says what is missing.
        n_labelled=_count_labelled_picks(side),
        n_cameras=shown.n_cameras,
        metric=(metric or own) if gap_words.has_named_metric(own, metric) else "",
        by_frames=metric in ("", own),
    )


def _count_labelled_picks(side: FieldSide) -> int:
    return sum(
        side.labels[pick.frame_id].state == "done"
        for pick in side.picks
        if pick.frame_id in side.labels
    )


def _measure_footage(side: FieldSide, shown: paper.FieldResult) -> FootageSize:
    """What the footage holds, and how many labels can be made now: of picks that have none, and of
    frames that can be drawn: those of clips that no draw covers, and where every clip has picks
    those that the draws left."""
    waiting = sum(
        not pick.taken_out
        and pick.frame_id not in side.labels
        and not pick.stratum.startswith(EXTRA)
        for pick in side.picks
    )
    listed = {stratum.name: stratum.listed for draw in side.draws for stratum in draw.strata}
    drawable = max(0, len(side.listing) - sum(listed.values()))
    clips = {line.clip.clip_id for line in side.listing}
    return FootageSize(
        shown.n_clips,
        shown.n_labelled,
        max(1, len(clips)),
        len(side.listing),
        waiting,
        drawable,
        0 if drawable else count_left_frames(side.draws, side.picks),
    )


def _describe_for_report(gap_facts: gap_words.GapFacts) -> str:
    """The headline names no command: it stands in a report, whichever door asked for it."""
    with use_audience("window"):
        return gap_words.describe_gap(gap_facts)


def _measure_correlation(side: FieldSide) -> float | None:
    """Correlation within clips of the labelled frames; None where it cannot be told."""
    weighed = [index for index in side.labelled.tolist() if side.scores.weight[index] > 0]
    if np.unique(side.sample.clip[weighed]).size < 2:
        return None
    clip_correlation = estimate_clip_correlation(
        side.sample.right[weighed], side.scores.weight[weighed], side.sample.clip[weighed]
    )
    return clip_correlation.value if clip_correlation.measurable else None


def build_recording_summaries(
    project: Project, side: FieldSide
) -> tuple[paper.RecordingSummary, ...]:
    """First and last moment, cameras, places, light and recorded length of the footage: one visit
    so far, none where nothing is listed."""
    if not side.listing:
        return ()
    recordings = {line.recording.recording_id: line.recording for line in side.listing}
    outages = {
        name: project.read(partial(captures_table.list_gaps, recording_id=name))
        for name in recordings
    }
    clips = {line.clip.clip_id: line.clip for line in side.listing}
    times = sorted(line.taken_at for line in side.listing if line.taken_at)
    light = Counter(
        name for index in side.labelled.tolist() for name in side.lines[index].conditions
    )
    return (
        paper.RecordingSummary(
            first_at=times[0] if times else "",
            last_at=times[-1] if times else "",
            cameras=tuple(sorted({clip.camera for clip in clips.values() if clip.camera})),
            locations=tuple(sorted({clip.location for clip in clips.values() if clip.location})),
            conditions=tuple(light.most_common()),
            seconds=sum(
                compute_recorded_seconds(recording.seconds, outages[recording.recording_id])
                for recording in recordings.values()
            ),
            n_clips=len(clips),
            n_frames_listed=len(side.listing),
            n_labelled=side.scores.n_labelled or _count_labelled_picks(side),
            ahead_s=next((line.recording.ahead_s for line in side.listing if line.taken_at), None),
        ),
    )


def build_model_part(model: StoredModel, card: Card) -> paper.Model:
    """The model with its card and the record of its preprocessing."""
    return paper.Model(
        model.name,
        model.sha256,
        card.task,
        card.classes,
        dump_card(card),
        make_preprocessing_record(card),
    )


def build_benchmark_result(
    side: BenchmarkSide, card: Card, guess: CardGuess | None
) -> paper.BenchmarkResult:
    """Benchmark score with the claimed one, whether it was reproduced, and the further metrics."""
    claimed = side.benchmark.claimed
    return paper.BenchmarkResult(
        n=len(side.items),
        score=side.score,
        metric=get_scored_metric(card),
        claimed=claimed,
        reproduced=gap.is_claim_met(side.of_every_class or side.compared, claimed),
        compared_metric=side.metric,
        compared=side.compared,
        held=side.of_every_class or side.compared,
        path=PureWindowsPath(side.benchmark.root).name,
        format=side.benchmark.format,
        spot_of=len(side.benchmark.items) if side.spot else 0,
        guess=(guess.change, guess.score) if guess else None,
        metrics=compute_benchmark_metrics(side, card),
    )


def _count_looks(side: FieldSide) -> int:
    """Looks at labels that grew: one for the first draws together, and one for each draw made after
    a label, where some of their picks are labelled. Picks that nobody could judge are no look."""
    later = {draw.draw_id for draw in side.draws if draw.labels_existed}
    labelled = {
        pick.draw_id
        for pick in side.picks
        if pick.frame_id in side.labels and side.labels[pick.frame_id].state == "done"
    }
    return max(1, len(later & labelled) + bool(labelled - later))


def count_labels_for_five_points(footage: Estimate, camera: Estimate) -> int | None:
    """Counts the labels for an interval of ±5 points at this score and design effect (methods
    11.1).

    Returns None below ten frames, which are no score.
    """
    score = camera if camera.measured else footage
    if not score.measured or not score.n_eff > 0 or score.n < FEW_FRAMES:
        return None
    return gap.count_frames_for_width(score.value, FIVE_POINTS, max(1.0, score.n / score.n_eff))


def build_field_result(project: Project, side: FieldSide, card: Card | None) -> paper.FieldResult:
    """Field score by every way of weighing, with the counts behind it and the strata."""
    scores = side.scores
    every_draw = project.read(draws_table.list_draws)
    labels = [side.labels[pick.frame_id] for pick in side.picks if pick.frame_id in side.labels]
    first = side.draws[0] if side.draws else None
    listed = project.read(frames_table.count_frames)
    return paper.FieldResult(
        footage=scores.footage,
        camera=scores.camera if scores.camera.measured else None,
        hard=None if scores.census else scores.hard,
        chosen=scores.chosen,
        design=first.design if first else None,
        seed=first.seed if first else None,
        n_frames_listed=len(side.listing),
        n_picked=scores.n_picked,
        # Where the model has answered none of them, labels are not what is missing.
        n_labelled=scores.n_labelled or _count_labelled_picks(side),
        n_unsure=scores.n_unsure,
        n_skipped=scores.n_skipped,
        blind=is_all_blind(labels),
        census=scores.census,
        n_clips=scores.n_clips,
        n_cameras=len({side.lines[index].clip.camera for index in side.labelled.tolist()}),
        strata=scores.strata,
        n_draws=len(every_draw),
        labels_for_five_points=count_labels_for_five_points(scores.footage, scores.camera),
        seed_typed=any(draw.seed_typed for draw in side.draws),
        labels_existed=any(draw.labels_existed for draw in side.draws),
        n_looks=_count_looks(side),
        taken_out=scores.n_out,
        n_frozen=listed - len(side.listing),
        n_nan=sum(
            side.answers[side.picks[index].frame_id].nan
            for index in side.labelled[select_scored_picks(side)].tolist()
        ),
        if_unsure_wrong=scores.bounds.if_wrong if scores.bounds else None,
        if_unsure_right=scores.bounds.if_right if scores.bounds else None,
        metrics=compute_field_metrics(side, card) if card else {},
    )

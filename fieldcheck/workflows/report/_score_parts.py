"""Benchmark score, field score and the visits they come from, as the report states them."""

from __future__ import annotations

from collections import Counter
from functools import partial
from pathlib import PureWindowsPath

from fieldcheck.domain.captured import compute_recorded_seconds
from fieldcheck.domain.model_card import Card, dump_card
from fieldcheck.domain.run import StoredModel
from fieldcheck.domain.training import FieldRange, Training
from fieldcheck.inference.preprocessing_record import make_preprocessing_record
from fieldcheck.progress import Progress
from fieldcheck.project.folder import Project
from fieldcheck.project.tables import captures as captures_table
from fieldcheck.project.tables import draws as draws_table
from fieldcheck.project.tables import frames as frames_table
from fieldcheck.report import report as paper
from fieldcheck.scoring import gap as gaps
from fieldcheck.workflows.label.label_frames import is_all_blind
from fieldcheck.workflows.models.claim import CardGuess
from fieldcheck.workflows.models.trained_range import compute_field_ranges
from fieldcheck.workflows.models.training_info import get_training
from fieldcheck.workflows.report._failure_analysis import select_scored_picks
from fieldcheck.workflows.report.two_sides import (
    BenchmarkSide,
    FieldSide,
    compute_benchmark_metrics,
    compute_field_metrics,
    get_scored_metric,
)


def build_recording_summaries(project: Project, side: FieldSide) -> tuple[paper.RecordingSummary, ...]:
    """First and last moment, cameras, places, light and recorded length of the footage: one visit so far, none where nothing is listed."""
    if not side.listing:
        return ()
    recordings = {line.recording.recording_id: line.recording for line in side.listing}
    outages = {name: project.read(partial(captures_table.list_gaps, recording_id=name)) for name in recordings}
    clips = {line.clip.clip_id: line.clip for line in side.listing}
    times = sorted(line.taken_at for line in side.listing if line.taken_at)
    light = Counter(name for at in side.at.tolist() for name in side.lines[at].conditions)
    return (
        paper.RecordingSummary(
            first_at=times[0] if times else "",
            last_at=times[-1] if times else "",
            cameras=tuple(sorted({clip.camera for clip in clips.values() if clip.camera})),
            locations=tuple(sorted({clip.location for clip in clips.values() if clip.location})),
            conditions=tuple(light.most_common()),
            seconds=sum(compute_recorded_seconds(one.seconds, outages[one.recording_id]) for one in recordings.values()),
            n_clips=len(clips),
            n_frames_listed=len(side.listing),
            n_labelled=side.scores.n_labelled,
        ),
    )


def build_model_part(model: StoredModel, card: Card) -> paper.Model:
    """The model with its card and the record of its preprocessing."""
    return paper.Model(model.name, model.sha256, card.task, card.classes, dump_card(card), make_preprocessing_record(card))


def build_benchmark_result(side: BenchmarkSide, card: Card, guess: CardGuess | None) -> paper.BenchmarkResult:
    """Benchmark score with the claimed one, whether it was reproduced, and the further metrics."""
    claimed = side.benchmark.claimed
    return paper.BenchmarkResult(
        n=len(side.items),
        score=side.score,
        metric=get_scored_metric(card),
        claimed=claimed,
        reproduced=gaps.is_claim_met(side.of_every_class or side.compared, claimed),
        compared=paper.Metric(side.metric, side.compared),
        held=side.of_every_class or side.compared,
        path=PureWindowsPath(side.benchmark.root).name,
        format=side.benchmark.format,
        spot_of=len(side.benchmark.items) if side.spot else 0,
        guess=(guess.change, guess.score) if guess else None,
        metrics=tuple(paper.Metric(name, estimate) for name, estimate in compute_benchmark_metrics(side, card).items()),
    )


def build_field_result(project: Project, side: FieldSide, card: Card | None) -> paper.FieldResult:
    """Field score by every way of weighing, with the counts behind it and the strata."""
    scores = side.scores
    every_draw = project.read(draws_table.list_draws)
    labels = [side.labels[one.frame_id] for one in side.picks if one.frame_id in side.labels]
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
        n_labelled=scores.n_labelled,
        n_unsure=scores.n_unsure,
        n_skipped=scores.n_skipped,
        blind=is_all_blind(labels),
        census=scores.census,
        n_clips=scores.n_clips,
        n_cameras=len({side.lines[at].clip.camera for at in side.at.tolist()}),
        strata=tuple(paper.StratumRow(s.name, s.listed, s.picked, s.labelled, s.right, s.score) for s in scores.strata),
        n_draws=len(every_draw),
        seed_typed=any(draw.seed_typed for draw in side.draws),
        labels_existed=any(draw.labels_existed for draw in side.draws),
        taken_out=scores.n_out,
        n_frozen=listed - len(side.listing),
        n_nan=sum(side.answers[side.picks[at].frame_id].nan for at in side.at[select_scored_picks(side)].tolist()),
        if_unsure_wrong=scores.bounds.if_wrong if scores.bounds else None,
        if_unsure_right=scores.bounds.if_right if scores.bounds else None,
        metrics=tuple(paper.Metric(name, estimate) for name, estimate in compute_field_metrics(side, card).items()) if card else (),
    )


def load_training(project: Project, model: StoredModel | None, progress: Progress) -> tuple[Training | None, tuple[FieldRange, ...] | None]:
    """Training of the model, and the range of corruptions it was trained on beside the field's. Raises Cancelled."""
    training = get_training(project, model)
    return training, compute_field_ranges(project, training, progress)

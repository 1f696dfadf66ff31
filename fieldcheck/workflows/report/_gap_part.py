"""The gap of a report: estimate, interval, verdict, headline and the frames that a decision still needs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from fieldcheck.domain.estimate import Estimate
from fieldcheck.domain.model_card import Card
from fieldcheck.measure.camera_interval import estimate_clip_correlation
from fieldcheck.measure.interval import compute_equivalent_n
from fieldcheck.report import report as paper
from fieldcheck.scoring import gap as gaps
from fieldcheck.scoring import verdict as verdicts
from fieldcheck.scoring.field import EXTRA
from fieldcheck.words import gap as gap_words
from fieldcheck.words.remedies import use_audience
from fieldcheck.workflows.report.two_sides import FieldSide, compute_field_score


def compute_gap_result(
    benchmark: paper.BenchmarkResult | None, side: FieldSide, shown: paper.FieldResult, told: Mapping[str, object], card: Card | None,
    named: bool = False,
) -> paper.GapResult:  # fmt: skip
    """Gap, interval and verdict by the stored tolerance; `frames_to_decide` only where the verdict is still open. `named`: there is a
    benchmark, whether or not the model has answered it."""
    tolerance = float(str(told.get("tolerance", verdicts.DEFAULT_GAP_LIMIT)))
    scores = side.scores
    score = benchmark.claim_metric.estimate if benchmark else gap_words.NO_BENCHMARK
    metric = benchmark.claim_metric.name if benchmark else ""
    other = bool(benchmark and card and metric != benchmark.metric)
    footage, camera = compute_field_score(side, card, metric) if other and card else (scores.footage, scores.camera)
    found = gaps.compute_gap(score, footage, camera)
    chosen_only = bool(side.draws) and all(draw.design == "hard" and not draw.census for draw in side.draws)
    reproduced = benchmark.reproduced if benchmark else None
    decided = verdicts.decide_verdict(found.estimate, tolerance, drawn=bool(side.draws), chosen_only=chosen_only, reproduced=reproduced)
    left = verdicts.count_frames_to_decide(
        score,
        _to_share(found.field) if other else found.field,
        tolerance,
        census=scores.census,
        clustering=_measure_clustering(side) if found.basis == "camera" and not other else None,
    )
    said = gap_words.GapFacts(
        benchmark=score if benchmark else gap_words.NOT_RUN if named else None,
        field=found.field,
        footage=footage,
        hard=shown.hard,
        chosen=scores.chosen,
        gap=found.estimate,
        basis=found.basis,
        verdict=decided,
        design=shown.design,
        census=scores.census,
        interim=scores.interim,
        strata=tuple((row.name, row.right, row.labelled) for row in shown.strata),
        n_listed=shown.n_frames_listed,
        n_picked=shown.n_picked,
        n_unsure=shown.n_unsure,
        # With those that the model has not answered yet: the sentence says what is missing.
        n_labelled=sum(side.labels[one.frame_id].state == "done" for one in side.picks if one.frame_id in side.labels),
        n_open=_count_open_labels(side, shown.n_frames_listed),
        n_cameras=shown.n_cameras,
        more_frames=left.frames,
        why_not=left.why,
        metric=metric if other else "",
    )
    return paper.GapResult(
        estimate=found.estimate,
        basis=found.basis,
        tolerance=tolerance,
        verdict=decided,
        sentence=_describe_for_report(said),
        counts=gap_words.describe_counts(said),
        other=found.other,
        frames_to_decide=left.frames if decided == "not_enough" else None,
        why_not=left.why,
        tolerance_by=str(told.get("tolerance_by", "")),
        metric=metric,
    )


def _count_open_labels(side: FieldSide, n_listed: int) -> int:
    """Labels that can be made now: of picks that have none, and of listed frames in clips that no draw covers."""
    waiting = sum(not one.taken_out and one.frame_id not in side.labels and not one.stratum.startswith(EXTRA) for one in side.picks)
    covered = sum(one.listed for draw in side.draws for one in draw.strata)
    return waiting + max(0, n_listed - covered)


def _to_share(field: Estimate) -> Estimate:
    """A resampled score as if it were a share of as many frames as give a range of this width: what further labels would do to it."""
    return replace(field, n_eff=compute_equivalent_n(field.value, field.hi - field.lo, field.n)) if field.measured else field


def _describe_for_report(said: gap_words.GapFacts) -> str:
    """The headline names no command: it stands in a report, whichever door asked for it."""
    with use_audience("window"):
        return gap_words.describe_gap(said)


def _measure_clustering(side: FieldSide) -> verdicts.ClipClustering | None:
    weighed = [at for at in side.at.tolist() if side.scores.weight[at] > 0]
    clips = int(np.unique(side.sample.clip[weighed]).size)
    if clips < 2:
        return None
    found = estimate_clip_correlation(side.sample.right[weighed], side.scores.weight[weighed], side.sample.clip[weighed])
    return verdicts.ClipClustering(clips, found.value) if found.measurable else None

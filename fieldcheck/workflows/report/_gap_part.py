"""The gap of a report: estimate, interval, verdict, headline and the frames that a decision still needs."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from fieldcheck.measure.camera_interval import clip_correlation
from fieldcheck.report import report as paper
from fieldcheck.scoring import gap as gaps
from fieldcheck.scoring import verdict as verdicts
from fieldcheck.words import gap as gap_words
from fieldcheck.words.remedies import told_by
from fieldcheck.workflows.report.two_sides import FieldSide


def gap_part(
    benchmark: paper.BenchmarkResult | None, side: FieldSide, shown: paper.FieldResult, told: Mapping[str, object]
) -> paper.ReportedGap:
    """Gap, interval and verdict by the stored tolerance; `frames_to_decide` only where the verdict is still open."""
    tolerance = float(str(told.get("tolerance", verdicts.TOLERANCE)))
    scores = side.scores
    score = benchmark.score if benchmark else gap_words.NO_BENCHMARK
    found = gaps.gap(score, scores.footage, scores.camera)
    chosen_only = bool(side.draws) and all(draw.design == "hard" and not draw.census for draw in side.draws)
    reproduced = benchmark.reproduced if benchmark else None
    decided = verdicts.verdict(found.estimate, tolerance, drawn=bool(side.draws), chosen_only=chosen_only, reproduced=reproduced)
    left = verdicts.frames_to_decide(
        score, found.field, tolerance, census=scores.census, clustering=_clustering(side) if found.basis == "camera" else None
    )
    said = gap_words.GapFacts(
        benchmark=benchmark.score if benchmark else None,
        field=found.field,
        footage=scores.footage,
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
        # With those that the model has not answered yet: the sentence says what is missing.
        n_labelled=sum(side.labels[one.frame_id].state == "done" for one in side.picks if one.frame_id in side.labels),
        n_cameras=shown.n_cameras,
        more_frames=left.frames,
        why_not=left.why,
    )
    return paper.ReportedGap(
        estimate=found.estimate,
        basis=found.basis,
        tolerance=tolerance,
        verdict=decided,
        sentence=_on_paper(said),
        counts=gap_words.counts(said),
        other=found.other,
        frames_to_decide=left.frames if decided == "not_enough" else None,
        why_not=left.why,
        tolerance_by=str(told.get("tolerance_by", "")),
    )


def _on_paper(said: gap_words.GapFacts) -> str:
    """The headline names no command: it stands in a report, whichever door asked for it."""
    with told_by("window"):
        return gap_words.headline(said)


def _clustering(side: FieldSide) -> verdicts.Clustering | None:
    weighed = [at for at in side.at.tolist() if side.scores.weight[at] > 0]
    clips = int(np.unique(side.sample.clip[weighed]).size)
    if clips < 2:
        return None
    found = clip_correlation(side.sample.right[weighed], side.scores.weight[weighed], side.sample.clip[weighed])
    return verdicts.Clustering(clips, found.value) if found.measurable else None

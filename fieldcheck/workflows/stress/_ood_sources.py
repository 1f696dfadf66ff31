"""The frames of a model's own kind that probes are made from: labelled benchmark pictures first, then the picks."""

from __future__ import annotations

from fieldcheck.domain.box import Box
from fieldcheck.domain.prediction import Prediction
from fieldcheck.domain.run import StoredModel
from fieldcheck.files import inside
from fieldcheck.progress import Progress
from fieldcheck.project.folder import Project
from fieldcheck.project.tables import benchmarks as benchmarks_table
from fieldcheck.project.tables import labels as labels_table
from fieldcheck.workflows.footage.saved_frames import sound_picks
from fieldcheck.workflows.models.models import card_of
from fieldcheck.workflows.models.run_model import benchmark_root, run_on
from fieldcheck.workflows.report.two_sides import benchmark_side, field_side
from fieldcheck.workflows.stress._ood_pictures import Corners, PatchSource
from fieldcheck.workflows.stress._sweep_plan import drawn

MOST_FRAMES = 200


def own_frames(project: Project, model: StoredModel, seed: int, progress: Progress, now: str) -> tuple[PatchSource, ...]:
    """At most 200: a draw of the benchmark, filled up with picks in their order; run clean first where they are not answered yet."""
    sources: list[PatchSource] = []
    benchmark = project.read(benchmarks_table.get)
    if benchmark is not None:
        run_on(project, model, "benchmark", progress, now)
        root = benchmark_root(project, benchmark)
        for item in drawn(benchmark, card_of(model), seed):
            sources.append(PatchSource(item.path, str(inside(root, item.path)), tuple(map(_corners, item.boxes))))
    picks = sound_picks(project, progress)[: MOST_FRAMES - len(sources)]
    if picks:
        run_on(project, model, "field", progress, now)
        labels = {label.frame_id: label for label in project.read(labels_table.all)}
        for pick in picks:
            boxes = labels[pick.frame_id].boxes if pick.frame_id in labels else ()
            sources.append(PatchSource(pick.frame_id, str(inside(project.path, pick.file)), tuple(map(_corners, boxes))))
    return tuple(sources)


def clean_answers(project: Project, model: StoredModel) -> dict[str, Prediction]:
    """Clean answers of the model, to benchmark and picks as they are, by the frame's name."""
    side = benchmark_side(project, model)
    return {**(side.answers if side else {}), **field_side(project, model).answers}


def _corners(box: Box) -> Corners:
    return box.x, box.y, box.x + box.w, box.y + box.h

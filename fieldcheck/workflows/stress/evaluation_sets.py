"""Evaluation sets of the newest model: the benchmark as it is, the benchmark under moderate corruption, and every golden set."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from fieldcheck.domain.benchmark import EvaluationSet
from fieldcheck.domain.estimate import Estimate
from fieldcheck.domain.prediction import Prediction
from fieldcheck.domain.run import Run, StoredModel
from fieldcheck.domain.sweep import SEVERITIES
from fieldcheck.errors import LabelsRefused, PathMissing, PathRefused
from fieldcheck.files import join_inside_data_set, make_json_key
from fieldcheck.measure.camera_interval import estimate_camera_interval
from fieldcheck.measure.interval import estimate_wilson
from fieldcheck.progress import Progress
from fieldcheck.project.folder import Project
from fieldcheck.project.tables import predictions as predictions_table
from fieldcheck.workflows.chunks import map_chunks, split_into_chunks
from fieldcheck.workflows.models.golden import GoldenSet, list_golden_sets, read_golden_items
from fieldcheck.workflows.models.held_out import EvaluationItem, ItemChunk, predict_items
from fieldcheck.workflows.models.judge_answers import evaluate_labels
from fieldcheck.workflows.models.models import get_card, make_model_file, make_run
from fieldcheck.workflows.models.provider import insert_run
from fieldcheck.workflows.models.unreadable_pictures import find_readable
from fieldcheck.workflows.report.two_sides import BenchmarkSide
from fieldcheck.workflows.stress._sweep_plan import list_swept_cells
from fieldcheck.workflows.stress._sweep_sets import load_sweep_set
from fieldcheck.workflows.stress.sweep_scores import get_newest_seed, load_cell

RECIPE = "golden"  # no corruption: the name keeps these runs apart from those of the benchmark
GONE = (PathMissing, PathRefused, LabelsRefused)


def run_golden_sets(project: Project, model: StoredModel, progress: Progress, now: str) -> None:
    """The model's answer to every picture of every golden set that is there; what was answered before is not run again.

    A picture that cannot be read is told and left out. Raises Cancelled.
    """
    for golden in list_golden_sets(project):
        try:
            items = _list_items(golden)
            run = _make_run(golden, items, model, now)
        except GONE:
            continue  # the report says that it is gone
        known = _load_predictions(project, run)
        missing = [item for item in items if item.subject not in known]
        there = find_readable([item.file for item in missing], progress).tolist()
        _run_missing(project, model, run, [item for item, can in zip(missing, there, strict=True) if can], progress)


def list_evaluation_sets(project: Project, model: StoredModel, benchmark: BenchmarkSide | None) -> tuple[EvaluationSet, ...]:
    """Clean, corrupted and collected, in this order; where there is no set of a kind its line says so."""
    clean = benchmark.score if benchmark else Estimate.not_measured("not_run")
    sets = [EvaluationSet("clean", "", clean.n, clean), _make_corrupted_set(project, model)]
    collected = [_make_golden_set(project, model, golden) for golden in list_golden_sets(project)]
    return (*sets, *(collected or [EvaluationSet("collected", "", 0, Estimate.not_measured("no_set"))]))


def _make_corrupted_set(project: Project, model: StoredModel) -> EvaluationSet:
    """All corruptions at moderate over the benchmark's draw; the answers to one picture are kin, as frames of one clip are."""
    seed, moderate = get_newest_seed(project, model), SEVERITIES["moderate"]
    found = load_sweep_set(project, model, "benchmark", seed) if seed is not None else None
    if found is None or seed is None:
        return EvaluationSet("damaged", "", 0, Estimate.not_measured("not_run"))
    right: list[bool] = []
    picture: list[str] = []
    for cell in list_swept_cells(project, model, "benchmark", seed):
        if cell[1] == moderate:
            stored = load_cell(project, model, "benchmark", cell, seed)
            answers = [stored.get(subject, clean) for subject, clean in zip(found.subjects, found.clean, strict=True)]
            there = [subject in stored for subject in found.subjects]
            right += [bool(one) for one, is_there in zip(found.is_right(answers), there, strict=True) if is_there]
            picture += [subject for subject, is_there in zip(found.subjects, there, strict=True) if is_there]
    if not right:
        return EvaluationSet("damaged", "", 0, Estimate.not_measured("not_run"))
    return EvaluationSet("damaged", "", len(set(picture)), estimate_camera_interval(right, np.ones(len(right)), picture))


def _make_golden_set(project: Project, model: StoredModel, golden: GoldenSet) -> EvaluationSet:
    try:
        if project.isolated:
            raise PathMissing(Path(golden.root))
        items = _list_items(golden)
        stored = _load_predictions(project, _make_run(golden, items, model, ""))
    except GONE:
        return EvaluationSet("collected", golden.name, golden.n, Estimate.not_measured("gone"))
    answered = [item for item in items if item.subject in stored]
    if not answered:
        return EvaluationSet("collected", golden.name, len(items), Estimate.not_measured("not_run"))
    card, given = get_card(model), [stored[item.subject] for item in answered]
    right = evaluate_labels(card, frozenset(card.classes), answered, given).right
    return EvaluationSet("collected", golden.name, len(items), estimate_wilson(int(right.sum()), right.size))


def _list_items(golden: GoldenSet) -> list[EvaluationItem]:
    found = read_golden_items(golden)
    return [EvaluationItem(one.path, str(join_inside_data_set(Path(golden.root), one.path)), one.class_name, one.boxes) for one in found]


def _make_run(golden: GoldenSet, items: Sequence[EvaluationItem], model: StoredModel, now: str) -> Run:
    """The run that holds the answers to a set as its files are now: a picture that was changed is asked about again."""
    files = [(item.subject, *_get_file_stamp(Path(item.file))) for item in items]
    return make_run(model, "benchmark", make_json_key([golden.root, files]), len(files), now, RECIPE)


def _get_file_stamp(file: Path) -> tuple[int, int]:
    try:
        found = file.stat()
    except FileNotFoundError as error:
        raise PathMissing(file) from error
    return found.st_size, found.st_mtime_ns


def _load_predictions(project: Project, run: Run) -> dict[str, Prediction]:
    return project.read(lambda db: predictions_table.get_predictions(db, run.run_id))


def _run_missing(
    project: Project, model: StoredModel, run: Run, missing: Sequence[EvaluationItem], progress: Progress
) -> None:  # fmt: skip
    if not missing:
        return
    spec, done = make_model_file(project, model), 0
    project.write(lambda db: insert_run(db, run, spec.provider)).result()
    chunks = [ItemChunk(spec, some, hashed=True) for some in split_into_chunks(missing)]

    def on_chunk(_chunk: ItemChunk, found: tuple[Prediction, ...]) -> None:
        nonlocal done
        project.write(lambda db: predictions_table.insert_predictions(db, run.run_id, found)).result()
        done += len(found)
        progress.report(done, len(missing), "pictures")

    map_chunks(predict_items, chunks, on_chunk, progress)

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
from fieldcheck.files import inside_set, json_key
from fieldcheck.measure.camera_interval import camera_interval
from fieldcheck.measure.interval import wilson
from fieldcheck.progress import Progress
from fieldcheck.project.folder import Project
from fieldcheck.project.tables import predictions as predictions_table
from fieldcheck.workflows.chunks import map_chunks, portions
from fieldcheck.workflows.models.golden import Golden, all_golden, golden_items
from fieldcheck.workflows.models.held_out import Item, ItemChunk, answer_items
from fieldcheck.workflows.models.judge_answers import judge_labels
from fieldcheck.workflows.models.models import card_of, model_file, run_of
from fieldcheck.workflows.models.provider import note_run
from fieldcheck.workflows.models.unreadable_pictures import readable
from fieldcheck.workflows.report.two_sides import BenchmarkSide
from fieldcheck.workflows.stress._sweep_plan import swept_cells
from fieldcheck.workflows.stress._sweep_sets import sweep_set
from fieldcheck.workflows.stress.sweep_scores import newest_seed, stored_cell

RECIPE = "golden"  # no corruption: the name keeps these runs apart from those of the benchmark
GONE = (PathMissing, PathRefused, LabelsRefused)


def answer_golden(project: Project, model: StoredModel, progress: Progress, now: str) -> None:
    """The model's answer to every picture of every golden set that is there; what was answered before is not run again.

    A picture that cannot be read is told and left out. Raises Cancelled.
    """
    for golden in all_golden(project):
        try:
            items = _items(golden)
            run = _run(golden, items, model, now)
        except GONE:
            continue  # the report says that it is gone
        known = _known(project, run)
        missing = [item for item in items if item.subject not in known]
        there = readable([item.file for item in missing], progress).tolist()
        _answer(project, model, run, [item for item, can in zip(missing, there, strict=True) if can], progress)


def evaluation_sets(project: Project, model: StoredModel, benchmark: BenchmarkSide | None) -> tuple[EvaluationSet, ...]:
    """Clean, corrupted and collected, in this order; where there is no set of a kind its line says so."""
    clean = benchmark.score if benchmark else Estimate.na("not_run")
    sets = [EvaluationSet("clean", "", clean.n, clean), _corrupted(project, model)]
    collected = [_collected(project, model, golden) for golden in all_golden(project)]
    return (*sets, *(collected or [EvaluationSet("collected", "", 0, Estimate.na("no_set"))]))


def _corrupted(project: Project, model: StoredModel) -> EvaluationSet:
    """All corruptions at moderate over the benchmark's draw; the answers to one picture are kin, as frames of one clip are."""
    seed, moderate = newest_seed(project, model), SEVERITIES["moderate"]
    found = sweep_set(project, model, "benchmark", seed) if seed is not None else None
    if found is None or seed is None:
        return EvaluationSet("damaged", "", 0, Estimate.na("not_run"))
    right: list[bool] = []
    picture: list[str] = []
    for cell in swept_cells(project, model, "benchmark", seed):
        if cell[1] == moderate:
            stored = stored_cell(project, model, "benchmark", cell, seed)
            answers = [stored.get(subject, clean) for subject, clean in zip(found.subjects, found.clean, strict=True)]
            there = [subject in stored for subject in found.subjects]
            right += [bool(one) for one, is_there in zip(found.right(answers), there, strict=True) if is_there]
            picture += [subject for subject, is_there in zip(found.subjects, there, strict=True) if is_there]
    if not right:
        return EvaluationSet("damaged", "", 0, Estimate.na("not_run"))
    return EvaluationSet("damaged", "", len(set(picture)), camera_interval(right, np.ones(len(right)), picture))


def _collected(project: Project, model: StoredModel, golden: Golden) -> EvaluationSet:
    try:
        if project.alone:
            raise PathMissing(Path(golden.root))
        items = _items(golden)
        stored = _known(project, _run(golden, items, model, ""))
    except GONE:
        return EvaluationSet("collected", golden.name, golden.n, Estimate.na("gone"))
    answered = [item for item in items if item.subject in stored]
    if not answered:
        return EvaluationSet("collected", golden.name, len(items), Estimate.na("not_run"))
    card, given = card_of(model), [stored[item.subject] for item in answered]
    right = judge_labels(card, frozenset(card.classes), answered, given).right
    return EvaluationSet("collected", golden.name, len(items), wilson(int(right.sum()), right.size))


def _items(golden: Golden) -> list[Item]:
    found = golden_items(golden)
    return [Item(one.path, str(inside_set(Path(golden.root), one.path)), one.class_name, one.boxes) for one in found]


def _run(golden: Golden, items: Sequence[Item], model: StoredModel, now: str) -> Run:
    """The run that holds the answers to a set as its files are now: a picture that was changed is asked about again."""
    files = [(item.subject, *_stamp(Path(item.file))) for item in items]
    return run_of(model, "benchmark", json_key([golden.root, files]), len(files), now, RECIPE)


def _stamp(file: Path) -> tuple[int, int]:
    try:
        found = file.stat()
    except FileNotFoundError as error:
        raise PathMissing(file) from error
    return found.st_size, found.st_mtime_ns


def _known(project: Project, run: Run) -> dict[str, Prediction]:
    return project.read(lambda db: predictions_table.for_run(db, run.run_id))


def _answer(
    project: Project, model: StoredModel, run: Run, missing: Sequence[Item], progress: Progress
) -> None:  # fmt: skip
    if not missing:
        return
    spec, done = model_file(project, model), 0
    project.write(lambda db: note_run(db, run, spec.provider)).result()
    chunks = [ItemChunk(spec, some, hashed=True) for some in portions(missing)]

    def keep(_chunk: ItemChunk, found: tuple[Prediction, ...]) -> None:
        nonlocal done
        project.write(lambda db: predictions_table.insert(db, run.run_id, found)).result()
        done += len(found)
        progress.report(done, len(missing), "pictures")

    map_chunks(answer_items, chunks, keep, progress)

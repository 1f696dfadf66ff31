"""The heat table of a sweep from stored answers: each cell beside the clean answers to the very same frames."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from math import inf, isfinite, isnan, nan
from typing import TypeAlias

import numpy as np

from fieldcheck.corruption.catalog import CATALOG, IN_PLACE
from fieldcheck.domain.estimate import Estimate
from fieldcheck.domain.model_card import Card
from fieldcheck.domain.prediction import Prediction
from fieldcheck.domain.run import On, StoredModel
from fieldcheck.domain.sweep import CLEAN, Sweep, SweepRow
from fieldcheck.measure.camera_interval import estimate_camera_interval
from fieldcheck.measure.interval import estimate_wilson
from fieldcheck.measure.weighted import compute_weighted_median, estimate_weighted_share
from fieldcheck.project.folder import Project
from fieldcheck.project.tables import components as components_table
from fieldcheck.project.tables import predictions as predictions_table
from fieldcheck.project.tables import runs as runs_table
from fieldcheck.scoring.robustness import compute_corruption_error, compute_severity_area, find_confident_errors, find_tipping_severity
from fieldcheck.workflows.footage.sampling_list import list_sampling_lines
from fieldcheck.workflows.models.judge_answers import get_confidence
from fieldcheck.workflows.models.models import get_card
from fieldcheck.workflows.pick.sensitivity import compute_answer_change
from fieldcheck.workflows.report.two_sides import load_footage_answers
from fieldcheck.workflows.stress._sweep_plan import list_swept_cells, make_cell_run
from fieldcheck.workflows.stress._sweep_sets import Bools, Floats, SweepSet, load_sweep_set

FLIP, CONFIDENCE = "flip", "sureness"  # names under which footage keeps what became of each frame
PSNR, SSIM = "psnr", "ssim"  # and the benchmark how like each picture still is
SETS: tuple[On, ...] = ("benchmark", "field", "footage")

Cell: TypeAlias = tuple[str, float]  # corruption, severity


def compute_sweep_scores(
    project: Project, model: StoredModel, seed: int, sets: Collection[On] = SETS, asked: Collection[Cell] | None = None
) -> Sweep:  # fmt: skip
    """Every cell of this model and seed of which something is answered, set by set; of `sets` and of the cells `asked` for only, where
    they are named: then the curves, too, are those of these cells, as if no other had ever been swept."""
    rows: list[SweepRow] = []
    mce: list[tuple[On, float]] = []
    partial: list[On] = []
    for on in (one for one in SETS if one in sets):
        cells = [cell for cell in list_swept_cells(project, model, on, seed) if asked is None or cell in asked]
        if not cells:
            continue
        found, whole = _score_footage(project, model, seed, cells) if on == "footage" else _score_labelled(project, model, on, seed, cells)
        rows += _add_curves(found)
        if not whole:
            partial.append(on)
        if not isnan(error := _compute_mean_error(found)):
            mce.append((on, error))
    return Sweep(model.name, seed, tuple(rows), tuple(mce), tuple(partial))


def get_newest_seed(project: Project, model: StoredModel) -> int | None:
    """The seed that this model was swept with last; None where it never was."""
    seeds = [run.seed for run in project.read(runs_table.list_all_runs) if run.model_sha256 == model.sha256 and run.recipe in IN_PLACE]
    return seeds[-1] if seeds else None


def load_newest_sweep(project: Project, model: StoredModel) -> Sweep | None:
    """The last sweep of a model, None where nothing of it is answered."""
    seed = get_newest_seed(project, model)
    found = compute_sweep_scores(project, model, seed) if seed is not None else None
    return found if found is not None and found.rows else None


def load_cell(project: Project, model: StoredModel, on: On, cell: Cell, seed: int) -> dict[str, Prediction]:
    """The answers of one cell by the frame's name."""
    run_id = make_cell_run(project, model, on, *cell, seed).run_id
    return project.read(lambda db: predictions_table.get_predictions(db, run_id))


def list_swept_severities(project: Project, model: StoredModel, on: On, corruption: str, seed: int) -> list[float]:
    """Severities of a corruption of which something is answered, rising."""
    return [severity for name, severity in list_swept_cells(project, model, on, seed) if name == corruption]


def _score_labelled(project: Project, model: StoredModel, on: On, seed: int, cells: Sequence[Cell]) -> tuple[list[SweepRow], bool]:
    """The clean row and one for each cell that has answers, and whether every cell is complete."""
    one, card = load_sweep_set(project, model, on, seed), get_card(model)
    if one is None:
        return [], False
    rows, whole = [_make_clean_row(one, card)], True
    for cell in cells:
        stored = load_cell(project, model, on, cell, seed)
        there = np.array([subject in stored for subject in one.subjects], dtype=np.bool_)
        whole = whole and bool(there.all())
        if there.any():
            row = _make_cell_row(one, card, cell, stored, there)
            rows.append(row if on != "benchmark" else _add_similarity(project, model, row, seed))
    return rows, whole


def _make_clean_row(one: SweepSet, card: Card) -> SweepRow:
    everywhere = np.ones(len(one.subjects), dtype=np.bool_)
    right, sure = one.is_right(one.clean), _compute_confidence(one.clean, card)
    nothing = Estimate.not_measured("clean", len(one.subjects))
    wrong = estimate_weighted_share(find_confident_errors(right, sure), one.weight)
    return SweepRow(
        CLEAN, "", 0.0, one.on, one.score(right, everywhere), nothing, nothing, wrong, compute_weighted_median(sure, one.weight)
    )


def _make_cell_row(one: SweepSet, card: Card, cell: Cell, stored: Mapping[str, Prediction], there: Bools) -> SweepRow:
    """A cell over the frames that are answered under it; the others wait, as unlabelled ones do in the headline."""
    answers = [stored.get(subject, clean) for subject, clean in zip(one.subjects, one.clean, strict=True)]
    right, sure = one.is_right(answers) & there, _compute_confidence(answers, card)
    flips = np.array([compute_answer_change(before.answer, after.answer, card) for before, after in zip(one.clean, answers, strict=True)])
    weight = one.weight[there]
    return SweepRow(
        corruption=cell[0],
        family=CATALOG[cell[0]].cause,
        severity=cell[1],
        on=one.on,
        value=one.score(right, there),
        drop=one.drop(one.is_right(one.clean), right, there),
        flips=estimate_weighted_share(flips[there], weight),
        confident_wrong=estimate_weighted_share(find_confident_errors(right[there], sure[there]), weight),
        median_confidence=compute_weighted_median(sure[there], weight),
    )


def _add_similarity(project: Project, model: StoredModel, row: SweepRow, seed: int) -> SweepRow:
    """The medians over the pictures that were measured. What a corruption leaves as it was has an infinite PSNR, told as none."""
    run_id = make_cell_run(project, model, row.on, row.corruption, row.severity, seed).run_id
    psnrs, ssims = (list(load_kept_figures(project, model, name, run_id).values()) for name in (PSNR, SSIM))
    middle = float(np.median(psnrs)) if psnrs else inf
    return replace(row, psnr=middle if isfinite(middle) else None, ssim=float(np.median(ssims)) if ssims else None)


def _score_footage(project: Project, model: StoredModel, seed: int, cells: Sequence[Cell]) -> tuple[list[SweepRow], bool]:
    """Without labels there are only flips and confidence, over every listed frame."""
    clip = {line.frame.frame_id: line.clip.clip_id for line in project.read(list_sampling_lines)}
    clean = [found for name, found in load_footage_answers(project, model).items() if name in clip]
    unknown, nothing = Estimate.not_measured("no_labels", len(clip)), Estimate.not_measured("clean", len(clean))
    middle = compute_weighted_median(_compute_confidence(clean, get_card(model)), np.ones(len(clean)))
    rows, whole = [SweepRow(CLEAN, "", 0.0, "footage", unknown, nothing, nothing, unknown, middle)], True
    for corruption, severity in cells:
        run_id = make_cell_run(project, model, "footage", corruption, severity, seed).run_id
        flips, sures = (load_kept_figures(project, model, name, run_id) for name in (FLIP, CONFIDENCE))
        names = [name for name in flips if name in clip]
        whole = whole and len(names) == len(clip)
        if names:
            rate = _estimate_flip_rate([flips[name] for name in names], [clip[name] for name in names])
            middle = compute_weighted_median(np.array([sures[name] for name in names]), np.ones(len(names)))
            rows.append(SweepRow(corruption, CATALOG[corruption].cause, severity, "footage", unknown, unknown, rate, unknown, middle))
    return rows, whole


def load_kept_figures(project: Project, model: StoredModel, name: str, run_id: str) -> dict[str, float]:
    """Figures that one cell of the footage keeps of each frame: `flip` or `sureness` by frame id."""
    return project.read(lambda db: components_table.get_component(db, f"{name}-{run_id}", model.sha256))


def _estimate_flip_rate(flips: Sequence[float], clips: Sequence[str]) -> Estimate:
    """For other clips of the camera where there are three or more, else for frames like these."""
    rate = estimate_camera_interval(flips, np.ones(len(flips)), clips)
    return rate if rate.measured else estimate_wilson(float(np.sum(flips)), len(flips))


def _compute_confidence(answers: Sequence[Prediction], card: Card) -> Floats:
    return np.array([get_confidence(answer.answer, card) for answer in answers], dtype=np.float64)


def _add_curves(rows: Sequence[SweepRow]) -> list[SweepRow]:
    """Every row with the tipping severity and the area of its corruption."""
    clean = next((row for row in rows if row.corruption == CLEAN), None)
    if clean is None or not clean.value.measured:
        return list(rows)
    return [row if row.corruption == CLEAN else _add_curve(row, clean, rows) for row in rows]


def _add_curve(row: SweepRow, clean: SweepRow, rows: Sequence[SweepRow]) -> SweepRow:
    cells = [clean, *(one for one in rows if one.corruption == row.corruption and one.value.measured)]
    severities, scores = [cell.severity for cell in cells], [cell.value.value for cell in cells]
    area = compute_severity_area(severities, scores)
    return replace(row, tipping=find_tipping_severity(severities, scores), auc=None if isnan(area) else area)


def _compute_mean_error(rows: Sequence[SweepRow]) -> float:
    """The mean over corruptions of their mean error (methods 5.2, mCE without a reference); NaN without a score."""
    by_corruption: dict[str, list[float]] = {}
    for row in rows:
        if row.corruption != CLEAN and row.value.measured:
            by_corruption.setdefault(row.corruption, []).append(1 - row.value.value)
    errors = [compute_corruption_error(own) for own in by_corruption.values()]
    return float(np.mean(errors)) if errors else nan

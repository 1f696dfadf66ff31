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
from fieldcheck.measure.camera_interval import camera_interval
from fieldcheck.measure.interval import wilson
from fieldcheck.measure.weighted import hajek, weighted_median
from fieldcheck.project.folder import Project
from fieldcheck.project.tables import components as components_table
from fieldcheck.project.tables import predictions as predictions_table
from fieldcheck.project.tables import runs as runs_table
from fieldcheck.scoring.robustness import confident_error_rate, corruption_error, severity_area, tipping_severity
from fieldcheck.workflows.footage.sampling_list import lines
from fieldcheck.workflows.models.judge_answers import confidence_of
from fieldcheck.workflows.models.models import card_of
from fieldcheck.workflows.pick.sensitivity import changed
from fieldcheck.workflows.report.two_sides import footage_answers
from fieldcheck.workflows.stress._sweep_plan import cell_run, swept_cells
from fieldcheck.workflows.stress._sweep_sets import Bools, Floats, SweepSet, sweep_set

FLIP, CONFIDENCE = "flip", "sureness"  # names under which footage keeps what became of each frame
PSNR, SSIM = "psnr", "ssim"  # and the benchmark how like each picture still is
SETS: tuple[On, ...] = ("benchmark", "field", "footage")

Cell: TypeAlias = tuple[str, float]  # corruption, severity


def sweep_scores(
    project: Project, model: StoredModel, seed: int, sets: Collection[On] = SETS, asked: Collection[Cell] | None = None
) -> Sweep:  # fmt: skip
    """Every cell of this model and seed of which something is answered, set by set; of `sets` and of the cells `asked` for only, where
    they are named: then the curves, too, are those of these cells, as if no other had ever been swept."""
    rows: list[SweepRow] = []
    mce: list[tuple[On, float]] = []
    partial: list[On] = []
    for on in (one for one in SETS if one in sets):
        cells = [cell for cell in swept_cells(project, model, on, seed) if asked is None or cell in asked]
        if not cells:
            continue
        found, whole = _of_footage(project, model, seed, cells) if on == "footage" else _of_labelled(project, model, on, seed, cells)
        rows += _with_curves(found)
        if not whole:
            partial.append(on)
        if not isnan(error := _mean_error(found)):
            mce.append((on, error))
    return Sweep(model.name, seed, tuple(rows), tuple(mce), tuple(partial))


def newest_seed(project: Project, model: StoredModel) -> int | None:
    """The seed that this model was swept with last; None where it never was."""
    seeds = [run.seed for run in project.read(runs_table.all) if run.model_sha256 == model.sha256 and run.recipe in IN_PLACE]
    return seeds[-1] if seeds else None


def newest_sweep(project: Project, model: StoredModel) -> Sweep | None:
    """The last sweep of a model, None where nothing of it is answered."""
    seed = newest_seed(project, model)
    found = sweep_scores(project, model, seed) if seed is not None else None
    return found if found is not None and found.rows else None


def stored_cell(project: Project, model: StoredModel, on: On, cell: Cell, seed: int) -> dict[str, Prediction]:
    """The answers of one cell by the frame's name."""
    run_id = cell_run(project, model, on, *cell, seed).run_id
    return project.read(lambda db: predictions_table.for_run(db, run_id))


def swept_severities(project: Project, model: StoredModel, on: On, corruption: str, seed: int) -> list[float]:
    """Severities of a corruption of which something is answered, rising."""
    return [severity for name, severity in swept_cells(project, model, on, seed) if name == corruption]


def _of_labelled(project: Project, model: StoredModel, on: On, seed: int, cells: Sequence[Cell]) -> tuple[list[SweepRow], bool]:
    """The clean row and one for each cell that has answers, and whether every cell is complete."""
    one, card = sweep_set(project, model, on, seed), card_of(model)
    if one is None:
        return [], False
    rows, whole = [_clean_row(one, card)], True
    for cell in cells:
        stored = stored_cell(project, model, on, cell, seed)
        there = np.array([subject in stored for subject in one.subjects], dtype=np.bool_)
        whole = whole and bool(there.all())
        if there.any():
            row = _row(one, card, cell, stored, there)
            rows.append(row if on != "benchmark" else _with_likeness(project, model, row, seed))
    return rows, whole


def _clean_row(one: SweepSet, card: Card) -> SweepRow:
    everywhere = np.ones(len(one.subjects), dtype=np.bool_)
    right, sure = one.right(one.clean), _confidence(one.clean, card)
    nothing = Estimate.na("clean", len(one.subjects))
    wrong = hajek(confident_error_rate(right, sure), one.weight)
    return SweepRow(CLEAN, "", 0.0, one.on, one.score(right, everywhere), nothing, nothing, wrong, weighted_median(sure, one.weight))


def _row(one: SweepSet, card: Card, cell: Cell, stored: Mapping[str, Prediction], there: Bools) -> SweepRow:
    """A cell over the frames that are answered under it; the others wait, as unlabelled ones do in the headline."""
    answers = [stored.get(subject, clean) for subject, clean in zip(one.subjects, one.clean, strict=True)]
    right, sure = one.right(answers) & there, _confidence(answers, card)
    flips = np.array([changed(before.answer, after.answer, card) for before, after in zip(one.clean, answers, strict=True)])
    weight = one.weight[there]
    return SweepRow(
        corruption=cell[0],
        family=CATALOG[cell[0]].cause,
        severity=cell[1],
        on=one.on,
        value=one.score(right, there),
        drop=one.drop(one.right(one.clean), right, there),
        flips=hajek(flips[there], weight),
        confident_wrong=hajek(confident_error_rate(right[there], sure[there]), weight),
        median_confidence=weighted_median(sure[there], weight),
    )


def _with_likeness(project: Project, model: StoredModel, row: SweepRow, seed: int) -> SweepRow:
    """The medians over the pictures that were measured. What a corruption leaves as it was has an infinite PSNR, told as none."""
    run_id = cell_run(project, model, row.on, row.corruption, row.severity, seed).run_id
    psnrs, ssims = (list(kept_of(project, model, name, run_id).values()) for name in (PSNR, SSIM))
    middle = float(np.median(psnrs)) if psnrs else inf
    return replace(row, psnr=middle if isfinite(middle) else None, ssim=float(np.median(ssims)) if ssims else None)


def _of_footage(project: Project, model: StoredModel, seed: int, cells: Sequence[Cell]) -> tuple[list[SweepRow], bool]:
    """Without labels there are only flips and confidence, over every listed frame."""
    clip = {line.frame.frame_id: line.clip.clip_id for line in project.read(lines)}
    clean = [found for name, found in footage_answers(project, model).items() if name in clip]
    unknown, nothing = Estimate.na("no_labels", len(clip)), Estimate.na("clean", len(clean))
    middle = weighted_median(_confidence(clean, card_of(model)), np.ones(len(clean)))
    rows, whole = [SweepRow(CLEAN, "", 0.0, "footage", unknown, nothing, nothing, unknown, middle)], True
    for corruption, severity in cells:
        run_id = cell_run(project, model, "footage", corruption, severity, seed).run_id
        flips, sures = (kept_of(project, model, name, run_id) for name in (FLIP, CONFIDENCE))
        names = [name for name in flips if name in clip]
        whole = whole and len(names) == len(clip)
        if names:
            rate = _flip_rate([flips[name] for name in names], [clip[name] for name in names])
            middle = weighted_median(np.array([sures[name] for name in names]), np.ones(len(names)))
            rows.append(SweepRow(corruption, CATALOG[corruption].cause, severity, "footage", unknown, unknown, rate, unknown, middle))
    return rows, whole


def kept_of(project: Project, model: StoredModel, name: str, run_id: str) -> dict[str, float]:
    """Figures that one cell of the footage keeps of each frame: `flip` or `sureness` by frame id."""
    return project.read(lambda db: components_table.get(db, f"{name}-{run_id}", model.sha256))


def _flip_rate(flips: Sequence[float], clips: Sequence[str]) -> Estimate:
    """For other clips of the camera where there are three or more, else for frames like these."""
    rate = camera_interval(flips, np.ones(len(flips)), clips)
    return rate if rate.measured else wilson(float(np.sum(flips)), len(flips))


def _confidence(answers: Sequence[Prediction], card: Card) -> Floats:
    return np.array([confidence_of(answer.answer, card) for answer in answers], dtype=np.float64)


def _with_curves(rows: Sequence[SweepRow]) -> list[SweepRow]:
    """Every row with the tipping severity and the area of its corruption."""
    clean = next((row for row in rows if row.corruption == CLEAN), None)
    if clean is None or not clean.value.measured:
        return list(rows)
    return [row if row.corruption == CLEAN else _with_curve(row, clean, rows) for row in rows]


def _with_curve(row: SweepRow, clean: SweepRow, rows: Sequence[SweepRow]) -> SweepRow:
    cells = [clean, *(one for one in rows if one.corruption == row.corruption and one.value.measured)]
    severities, scores = [cell.severity for cell in cells], [cell.value.value for cell in cells]
    area = severity_area(severities, scores)
    return replace(row, tipping=tipping_severity(severities, scores), auc=None if isnan(area) else area)


def _mean_error(rows: Sequence[SweepRow]) -> float:
    """The mean over corruptions of their mean error (methods 5.2, mCE without a reference); NaN without a score."""
    by_corruption: dict[str, list[float]] = {}
    for row in rows:
        if row.corruption != CLEAN and row.value.measured:
            by_corruption.setdefault(row.corruption, []).append(1 - row.value.value)
    errors = [corruption_error(own) for own in by_corruption.values()]
    return float(np.mean(errors)) if errors else nan

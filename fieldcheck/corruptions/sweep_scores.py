"""Scores of a severity sweep: its labelled frames, the table of cells against clean predictions,
the frames behind a cell, and the evaluation sets."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from math import inf, isfinite, isnan, nan
from pathlib import Path
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from fieldcheck.corruptions.catalogue import CATALOG, IN_PLACE
from fieldcheck.domain.estimate import Estimate
from fieldcheck.domain.label import Benchmark, BenchmarkItem, EvaluationSet, Pick
from fieldcheck.domain.model_card import Card
from fieldcheck.domain.prediction import Prediction
from fieldcheck.domain.robustness import CLEAN, SEVERITIES, Sweep, SweepRow
from fieldcheck.domain.run import On, Run, StoredModel
from fieldcheck.errors.files import PathMissing, PathRefused
from fieldcheck.errors.imported_files import LabelsRefused
from fieldcheck.errors.labels import NoFootage, NothingLabelled
from fieldcheck.files import join_inside, join_inside_data_set, make_json_key
from fieldcheck.footage.clips_and_scene_cuts import list_sampling_lines
from fieldcheck.footage.frame_pixels import list_intact_picks
from fieldcheck.models.evaluate import (
    EvaluationItem,
    GoldenSet,
    ItemChunk,
    evaluate_labels,
    filter_known_items,
    get_confidence,
    list_golden_sets,
    predict_items,
    read_golden_items,
)
from fieldcheck.models.providers import insert_run
from fieldcheck.models.run import compute_benchmark_key, find_readable, get_benchmark
from fieldcheck.models.scored_sides import (
    BenchmarkSide,
    FieldSide,
    get_counted_classes,
    load_benchmark_side,
    load_field_side,
    load_footage_answers,
)
from fieldcheck.models.store import get_card, make_model_file, make_run
from fieldcheck.parallel import map_chunks, split_into_chunks
from fieldcheck.progress import Progress
from fieldcheck.project.project import Project, get_benchmark_root
from fieldcheck.project.tables import frames as frames_table
from fieldcheck.project.tables import labels as labels_table
from fieldcheck.project.tables import models as benchmarks_table
from fieldcheck.project.tables import runs as runs_table
from fieldcheck.sampling.hardness import compute_answer_change
from fieldcheck.stats.camera_interval import estimate_camera_interval
from fieldcheck.stats.cluster import estimate_change
from fieldcheck.stats.robustness import (
    compute_corruption_error,
    compute_severity_area,
    find_confident_errors,
    find_tipping_severity,
)
from fieldcheck.stats.significance import compare_paired
from fieldcheck.stats.weighted_field_score import (
    FieldScores,
    compute_field_scores,
    compute_weighted_median,
    estimate_weighted_share,
)
from fieldcheck.stats.wilson_interval import estimate_wilson

# The labelled frames that a sweep is scored on: how answers to them are judged, and how their drop
# is measured.

# Severity sweep plan: what it goes over, and under which names its answers are stored.

# pictures of the benchmark: a flip rate then has a half-width of seven points at most (methods 5.3)
MOST_BENCHMARK = 200


def list_available_sets(project: Project) -> tuple[On, ...]:
    """Benchmark and field, as far as there is something to score; the footage where neither is.
    Raises NoFootage without anything."""
    available: list[On] = []
    if project.read(benchmarks_table.get_benchmark) is not None:
        available.append("benchmark")
    if list_labelled_picks(project):
        available.append("field")
    if not available and project.read(frames_table.count_frames):
        available.append("footage")
    if not available:
        raise NoFootage(project.path)
    return tuple(available)


def require_set(project: Project, set_name: On) -> None:
    """Raises NoBenchmark, NothingLabelled or NoFootage for a set that is not there."""
    if set_name == "benchmark":
        get_benchmark(project)
    if set_name == "field" and not list_labelled_picks(project):
        raise NothingLabelled(project.path)
    if set_name == "footage" and not project.read(frames_table.count_frames):
        raise NoFootage(project.path)


def list_labelled_picks(project: Project) -> tuple[Pick, ...]:
    """The picks that a label is done for, and whose saved frame is what was stored."""
    labelled_ids = {
        label.frame_id for label in project.read(labels_table.list_labels) if label.state == "done"
    }
    return tuple(pick for pick in list_intact_picks(project) if pick.frame_id in labelled_ids)


def draw_items(
    benchmark: Benchmark, card: Card, seed: int, most: int = MOST_BENCHMARK
) -> tuple[BenchmarkItem, ...]:
    """At most 200 pictures, or `most`, of the benchmark that the model can be held against, drawn
    by `seed`, in the benchmark's order."""
    items = filter_known_items(benchmark.items, card)
    positions = np.random.default_rng(seed).permutation(len(items))[:most]
    return tuple(items[index] for index in sorted(positions.tolist()))


def list_images(
    project: Project, model: StoredModel, set_name: On, seed: int
) -> tuple[tuple[str, str], ...]:
    """Name and file of every picture of the benchmark or the field that the sweep goes over. Raises
    NoBenchmark."""
    if set_name == "field":
        return tuple(
            (pick.frame_id, str(join_inside(project.path, pick.file)))
            for pick in list_labelled_picks(project)
        )
    benchmark = get_benchmark(project)
    root = get_benchmark_root(project, benchmark)
    return tuple(
        (item.path, str(join_inside_data_set(root, item.path)))
        for item in draw_items(benchmark, get_card(model), seed)
    )


def make_cell_run(
    project: Project,
    model: StoredModel,
    set_name: On,
    corruption: str,
    severity: float,
    seed: int,
    now: str = "",
) -> Run:
    """The run that holds the answers of one cell. Field and footage grow and their frames never
    change, so their names suffice."""
    benchmark = project.read(benchmarks_table.get_benchmark) if set_name == "benchmark" else None
    key = compute_benchmark_key(benchmark) if benchmark else set_name
    return make_run(model, set_name, key, 0, now, corruption, severity, seed)


def list_swept_cells(
    project: Project, model: StoredModel, set_name: On, seed: int
) -> tuple[tuple[str, float], ...]:
    """Corruption and severity of every cell of which something is answered: in the order of the
    catalogue, severities rising.

    Cells of an earlier benchmark or an earlier version of the program have other names and are left
    alone.
    """
    runs = [
        run
        for run in project.read(runs_table.list_all_runs)
        if run.on == set_name and run.seed == seed and run.recipe in IN_PLACE
    ]
    cells = {
        (run.recipe, run.severity)
        for run in runs
        if make_cell_run(project, model, set_name, run.recipe, run.severity, seed).run_id
        == run.run_id
    }
    return tuple(sorted(cells, key=lambda cell: (IN_PLACE.index(cell[0]), cell[1])))


Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class SweepSet:
    """Labelled frames with the clean answers to them and the weight of each.

    `right(answers)`: (n,) bool of an answer for each frame. `score(right, there)`: the set's score
    over the frames that are answered, as its side of the gap has it. `drop(before, after, there)`:
    what was lost on these very frames.
    """

    on: On
    subjects: tuple[str, ...]
    clean: tuple[Prediction, ...]
    weight: Floats
    is_right: Callable[[Sequence[Prediction]], Bools]
    score: Callable[[Bools, Bools], Estimate]
    drop: Callable[[Bools, Bools, Bools], Estimate]


def load_sweep_set(
    project: Project, model: StoredModel, set_name: On, seed: int
) -> SweepSet | None:
    """The benchmark's draw or the labelled picks with the clean answers to them; None where the
    model has answered none."""
    return (
        _load_benchmark_set(project, model, seed)
        if set_name == "benchmark"
        else _load_field_set(project, model)
    )


def _load_benchmark_set(project: Project, model: StoredModel, seed: int) -> SweepSet | None:
    side, card, benchmark = (
        load_benchmark_side(project, model),
        get_card(model),
        project.read(benchmarks_table.get_benchmark),
    )
    if side is None or benchmark is None:
        return None
    items = tuple(item for item in draw_items(benchmark, card, seed) if item.path in side.answers)
    counted = get_counted_classes(card, benchmark)

    def is_right(answers: Sequence[Prediction]) -> Bools:
        return evaluate_labels(card, counted, items, answers).right

    return SweepSet(
        "benchmark",
        tuple(item.path for item in items),
        tuple(side.answers[item.path] for item in items),
        np.ones(len(items)),
        is_right,
        lambda right, is_listed: estimate_wilson(int(right[is_listed].sum()), int(is_listed.sum())),
        lambda before, after, is_listed: compare_paired(after[is_listed], before[is_listed]).change,
    )


def _load_field_set(project: Project, model: StoredModel) -> SweepSet | None:
    side = load_field_side(project, model)
    card = get_card(model)
    counted = get_counted_classes(card, project.read(benchmarks_table.get_benchmark))
    weighed = side.scores.weight[side.labelled] > 0
    # hand-picked frames weigh nothing and stand for themselves
    indices = side.labelled[weighed] if weighed.any() else side.labelled
    if not indices.size:
        return None
    labels = [side.labels[side.picks[index].frame_id] for index in indices.tolist()]
    weight = side.scores.weight[indices] if weighed.any() else np.ones(indices.size)

    def is_right(answers: Sequence[Prediction]) -> Bools:
        return evaluate_labels(card, counted, labels, answers).right

    return SweepSet(
        "field",
        tuple(label.frame_id for label in labels),
        tuple(side.answers[label.frame_id] for label in labels),
        weight,
        is_right,
        lambda right, is_listed: _get_headline(
            _compute_field_scores(side, indices, right, is_listed)
        ),
        lambda before, after, is_listed: _estimate_field_drop(
            side, indices, weight, before, after, is_listed
        ),
    )


def _compute_field_scores(
    side: FieldSide, indices: NDArray[np.int64], right: Bools, there: Bools
) -> FieldScores:
    """The field's scores had the model answered so; frames that it has not answered yet wait, as
    they do in the headline."""
    every, state = np.zeros(len(side.picks), dtype=np.bool_), side.sample.state.copy()
    every[indices] = right
    state[indices[~there]] = ""
    return compute_field_scores(replace(side.sample, right=every, state=state))


def _get_headline(scores: FieldScores) -> Estimate:
    if scores.chosen is not None and not scores.footage.measured:
        return scores.chosen
    return scores.camera if scores.camera.measured else scores.footage


def _estimate_field_drop(
    side: FieldSide,
    indices: NDArray[np.int64],
    weight: Floats,
    before: Bools,
    after: Bools,
    there: Bools,
) -> Estimate:
    """By clips where the headline is, else by strata (methods 6.4)."""
    lost = before[there].astype(np.float64) - after[there]
    by_camera = estimate_change(lost, weight[there], side.sample.clip[indices][there])
    if by_camera.measured and side.scores.camera.measured:
        return by_camera
    stratum, counted = (
        side.sample.stratum[indices][there],
        {stratum.name: stratum.counted for stratum in side.scores.strata},
    )
    if set(stratum.tolist()) <= set(counted):
        return compare_paired(after[there], before[there], stratum, counted).change
    return compare_paired(after[there], before[there]).change


FLIP, CONFIDENCE = "flip", "sureness"  # names under which footage keeps what became of each frame
PSNR, SSIM = "psnr", "ssim"  # and the benchmark how like each picture still is
SETS: tuple[On, ...] = ("benchmark", "field", "footage")

Cell: TypeAlias = tuple[str, float]  # corruption, severity


def compute_sweep_scores(
    project: Project, model: StoredModel, seed: int, sets: Collection[On] = SETS,
    wanted_cells: Collection[Cell] | None = None
) -> Sweep:  # fmt: skip
    """Every cell of this model and seed of which something is answered, set by set; of `sets` and
    of `wanted_cells` only, where they are named: then the curves, too, are those of these cells, as
    if no other had ever been swept."""
    rows: list[SweepRow] = []
    mce: list[tuple[On, float]] = []
    partial: list[On] = []
    for set_name in (side for side in SETS if side in sets):
        cells = [
            cell
            for cell in list_swept_cells(project, model, set_name, seed)
            if wanted_cells is None or cell in wanted_cells
        ]
        if not cells:
            continue
        footage, whole = (
            _score_footage(project, model, seed, cells)
            if set_name == "footage"
            else _score_labelled(project, model, set_name, seed, cells)
        )
        rows += _add_curves(footage)
        if not whole:
            partial.append(set_name)
        if not isnan(error := _compute_mean_error(footage)):
            mce.append((set_name, error))
    return Sweep(model.name, seed, tuple(rows), tuple(mce), tuple(partial))


def get_newest_seed(project: Project, model: StoredModel) -> int | None:
    """The seed that this model was swept with last; None where it never was."""
    seeds = [
        run.seed
        for run in project.read(runs_table.list_all_runs)
        if run.model_sha256 == model.sha256 and run.recipe in IN_PLACE
    ]
    return seeds[-1] if seeds else None


def load_newest_sweep(project: Project, model: StoredModel) -> Sweep | None:
    """The last sweep of a model, None where nothing of it is answered."""
    seed = get_newest_seed(project, model)
    sweep = compute_sweep_scores(project, model, seed) if seed is not None else None
    return sweep if sweep is not None and sweep.rows else None


def load_cell(
    project: Project, model: StoredModel, set_name: On, cell: Cell, seed: int
) -> dict[str, Prediction]:
    """The answers of one cell by the frame's name."""
    run_id = make_cell_run(project, model, set_name, *cell, seed).run_id
    return project.read(lambda db: runs_table.get_predictions(db, run_id))


def list_swept_severities(
    project: Project, model: StoredModel, set_name: On, corruption: str, seed: int
) -> list[float]:
    """Severities of a corruption of which something is answered, rising."""
    return [
        severity
        for name, severity in list_swept_cells(project, model, set_name, seed)
        if name == corruption
    ]


def _score_labelled(
    project: Project, model: StoredModel, set_name: On, seed: int, cells: Sequence[Cell]
) -> tuple[list[SweepRow], bool]:
    """The clean row and one for each cell that has answers, and whether every cell is complete."""
    sweep_set, card = load_sweep_set(project, model, set_name, seed), get_card(model)
    if sweep_set is None:
        return [], False
    rows, whole = [_make_clean_row(sweep_set, card)], True
    for cell in cells:
        stored = load_cell(project, model, set_name, cell, seed)
        there = np.array([subject in stored for subject in sweep_set.subjects], dtype=np.bool_)
        whole = whole and bool(there.all())
        if there.any():
            row = _make_cell_row(sweep_set, card, cell, stored, there)
            rows.append(
                row if set_name != "benchmark" else _add_similarity(project, model, row, seed)
            )
    return rows, whole


def _make_clean_row(sweep_set: SweepSet, card: Card) -> SweepRow:
    everywhere = np.ones(len(sweep_set.subjects), dtype=np.bool_)
    right, sure = sweep_set.is_right(sweep_set.clean), _compute_confidence(sweep_set.clean, card)
    nothing = Estimate.not_measured("clean", len(sweep_set.subjects))
    wrong = estimate_weighted_share(find_confident_errors(right, sure), sweep_set.weight)
    return SweepRow(
        CLEAN,
        "",
        0.0,
        sweep_set.on,
        sweep_set.score(right, everywhere),
        nothing,
        nothing,
        wrong,
        compute_weighted_median(sure, sweep_set.weight),
    )


def _make_cell_row(
    sweep_set: SweepSet, card: Card, cell: Cell, stored: Mapping[str, Prediction], there: Bools
) -> SweepRow:
    """A cell over the frames that are answered under it; the others wait, as unlabelled ones do in
    the headline."""
    answers = [
        stored.get(subject, clean)
        for subject, clean in zip(sweep_set.subjects, sweep_set.clean, strict=True)
    ]
    right, sure = sweep_set.is_right(answers) & there, _compute_confidence(answers, card)
    flips = np.array(
        [
            compute_answer_change(before.answer, after.answer, card)
            for before, after in zip(sweep_set.clean, answers, strict=True)
        ]
    )
    weight = sweep_set.weight[there]
    return SweepRow(
        corruption=cell[0],
        family=CATALOG[cell[0]].cause,
        severity=cell[1],
        on=sweep_set.on,
        value=sweep_set.score(right, there),
        drop=sweep_set.drop(sweep_set.is_right(sweep_set.clean), right, there),
        flips=estimate_weighted_share(flips[there], weight),
        confident_wrong=estimate_weighted_share(
            find_confident_errors(right[there], sure[there]), weight
        ),
        median_confidence=compute_weighted_median(sure[there], weight),
    )


def _add_similarity(project: Project, model: StoredModel, row: SweepRow, seed: int) -> SweepRow:
    """Adds the medians over the measured images. An unchanged image has an infinite PSNR, which is
    stored as None."""
    run_id = make_cell_run(project, model, row.on, row.corruption, row.severity, seed).run_id
    psnrs, ssims = (
        list(load_kept_figures(project, model, name, run_id).values()) for name in (PSNR, SSIM)
    )
    middle = float(np.median(psnrs)) if psnrs else inf
    return replace(
        row,
        psnr=middle if isfinite(middle) else None,
        ssim=float(np.median(ssims)) if ssims else None,
    )


def _score_footage(
    project: Project, model: StoredModel, seed: int, cells: Sequence[Cell]
) -> tuple[list[SweepRow], bool]:
    """Without labels there are only flips and confidence, over every listed frame."""
    clip = {line.frame.frame_id: line.clip.clip_id for line in project.read(list_sampling_lines)}
    clean = [
        prediction
        for name, prediction in load_footage_answers(project, model).items()
        if name in clip
    ]
    unknown, nothing = (
        Estimate.not_measured("no_labels", len(clip)),
        Estimate.not_measured("clean", len(clean)),
    )
    middle = compute_weighted_median(
        _compute_confidence(clean, get_card(model)), np.ones(len(clean))
    )
    rows, whole = (
        [SweepRow(CLEAN, "", 0.0, "footage", unknown, nothing, nothing, unknown, middle)],
        True,
    )
    for corruption, severity in cells:
        run_id = make_cell_run(project, model, "footage", corruption, severity, seed).run_id
        flips, sures = (
            load_kept_figures(project, model, name, run_id) for name in (FLIP, CONFIDENCE)
        )
        names = [name for name in flips if name in clip]
        whole = whole and len(names) == len(clip)
        if names:
            rate = _estimate_flip_rate(
                [flips[name] for name in names], [clip[name] for name in names]
            )
            middle = compute_weighted_median(
                np.array([sures[name] for name in names]), np.ones(len(names))
            )
            rows.append(
                SweepRow(
                    corruption,
                    CATALOG[corruption].cause,
                    severity,
                    "footage",
                    unknown,
                    unknown,
                    rate,
                    unknown,
                    middle,
                )
            )
    return rows, whole


def load_kept_figures(
    project: Project, model: StoredModel, name: str, run_id: str
) -> dict[str, float]:
    """Figures that one cell of the footage keeps of each frame: `flip` or `sureness` by frame
    id."""
    return project.read(lambda db: frames_table.get_component(db, f"{name}-{run_id}", model.sha256))


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
    cells = [
        clean,
        *(
            sweep_row
            for sweep_row in rows
            if sweep_row.corruption == row.corruption and sweep_row.value.measured
        ),
    ]
    severities, scores = [cell.severity for cell in cells], [cell.value.value for cell in cells]
    area = compute_severity_area(severities, scores)
    return replace(
        row, tipping=find_tipping_severity(severities, scores), auc=None if isnan(area) else area
    )


def _compute_mean_error(rows: Sequence[SweepRow]) -> float:
    """The mean over corruptions of their mean error (methods 5.2, mCE without a reference); NaN
    without a score."""
    by_corruption: dict[str, list[float]] = {}
    for row in rows:
        if row.corruption != CLEAN and row.value.measured:
            by_corruption.setdefault(row.corruption, []).append(1 - row.value.value)
    errors = [compute_corruption_error(own) for own in by_corruption.values()]
    return float(np.mean(errors)) if errors else nan


# Evaluation sets of the newest model: the benchmark as it is, the benchmark under moderate
# corruption, and every golden set.

RECIPE = "golden"  # no corruption: the name keeps these runs apart from those of the benchmark
GONE = (PathMissing, PathRefused, LabelsRefused)


def run_golden_sets(project: Project, model: StoredModel, progress: Progress, now: str) -> None:
    """The model's answer to every picture of every golden set that is there; what was answered
    before is not run again. A model that runs elsewhere answers none.

    A picture that cannot be read is told and left out. Raises Cancelled.
    """
    if get_card(model).is_file:
        return
    for golden in list_golden_sets(project):
        try:
            items = _list_items(golden)
            run = _make_run(golden, items, model, now)
        except GONE:
            continue  # the report says that it is gone
        prediction_by_subject = _load_predictions(project, run)
        missing = [item for item in items if item.subject not in prediction_by_subject]
        there = find_readable([item.file for item in missing], progress).tolist()
        _run_missing(
            project,
            model,
            run,
            [item for item, can in zip(missing, there, strict=True) if can],
            progress,
        )


def list_evaluation_sets(
    project: Project, model: StoredModel, benchmark: BenchmarkSide | None
) -> tuple[EvaluationSet, ...]:
    """Clean, corrupted and collected, in this order; where there is no set of a kind its line says
    so."""
    clean = benchmark.score if benchmark else Estimate.not_measured("not_run")
    sets = [EvaluationSet("clean", "", clean.n, clean), _make_corrupted_set(project, model)]
    collected = [_make_golden_set(project, model, golden) for golden in list_golden_sets(project)]
    return (
        *sets,
        *(collected or [EvaluationSet("collected", "", 0, Estimate.not_measured("no_set"))]),
    )


def _make_corrupted_set(project: Project, model: StoredModel) -> EvaluationSet:
    """All corruptions at moderate over the benchmark's draw; the answers to one picture are kin, as
    frames of one clip are."""
    seed, moderate = get_newest_seed(project, model), SEVERITIES["moderate"]
    sweep_set = load_sweep_set(project, model, "benchmark", seed) if seed is not None else None
    if sweep_set is None or seed is None:
        return EvaluationSet("damaged", "", 0, Estimate.not_measured("not_run"))
    right: list[bool] = []
    picture: list[str] = []
    for cell in list_swept_cells(project, model, "benchmark", seed):
        if cell[1] == moderate:
            stored = load_cell(project, model, "benchmark", cell, seed)
            answers = [
                stored.get(subject, clean)
                for subject, clean in zip(sweep_set.subjects, sweep_set.clean, strict=True)
            ]
            there = [subject in stored for subject in sweep_set.subjects]
            right += [
                bool(is_correct)
                for is_correct, is_there in zip(sweep_set.is_right(answers), there, strict=True)
                if is_there
            ]
            picture += [
                subject
                for subject, is_there in zip(sweep_set.subjects, there, strict=True)
                if is_there
            ]
    if not right:
        return EvaluationSet("damaged", "", 0, Estimate.not_measured("not_run"))
    return EvaluationSet(
        "damaged",
        "",
        len(set(picture)),
        estimate_camera_interval(right, np.ones(len(right)), picture),
    )


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
    card, predictions = get_card(model), [stored[item.subject] for item in answered]
    right = evaluate_labels(card, frozenset(card.classes), answered, predictions).right
    return EvaluationSet(
        "collected", golden.name, len(items), estimate_wilson(int(right.sum()), right.size)
    )


def _list_items(golden: GoldenSet) -> list[EvaluationItem]:
    items = read_golden_items(golden)
    return [
        EvaluationItem(
            benchmark_item.path,
            str(join_inside_data_set(Path(golden.root), benchmark_item.path)),
            benchmark_item.class_name,
            benchmark_item.boxes,
        )
        for benchmark_item in items
    ]


def _make_run(
    golden: GoldenSet, items: Sequence[EvaluationItem], model: StoredModel, now: str
) -> Run:
    """The run that holds the answers to a set as its files are now: a picture that was changed is
    asked about again."""
    files = [(item.subject, *_get_file_stamp(Path(item.file))) for item in items]
    return make_run(
        model, "benchmark", make_json_key([golden.root, files]), len(files), now, RECIPE
    )


def _get_file_stamp(file: Path) -> tuple[int, int]:
    try:
        info = file.stat()
    except FileNotFoundError as error:
        raise PathMissing(file) from error
    return info.st_size, info.st_mtime_ns


def _load_predictions(project: Project, run: Run) -> dict[str, Prediction]:
    return project.read(lambda db: runs_table.get_predictions(db, run.run_id))


def _run_missing(
    project: Project, model: StoredModel, run: Run, missing: Sequence[EvaluationItem],
    progress: Progress
) -> None:  # fmt: skip
    if not missing:
        return
    spec, done = make_model_file(project, model), 0
    project.write(lambda db: insert_run(db, run, spec.provider)).result()
    chunks = [ItemChunk(spec, some, hashed=True) for some in split_into_chunks(missing)]

    def on_chunk(_chunk: ItemChunk, predictions: tuple[Prediction, ...]) -> None:
        nonlocal done
        project.write(
            lambda db: runs_table.insert_predictions(db, run.run_id, predictions)
        ).result()
        done += len(predictions)
        progress.report(done, len(missing), "pictures")

    map_chunks(predict_items, chunks, on_chunk, progress)

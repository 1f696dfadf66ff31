"""The gate of a training run: the new model against an old one on clean, corrupted, golden and
field pictures and on every slice."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from fieldcheck.analyses.failures import get_own_slices
from fieldcheck.corruptions.catalogue import CORE
from fieldcheck.domain.label import Benchmark, BenchmarkItem
from fieldcheck.domain.model_card import Card
from fieldcheck.domain.run import DECIDING, GateSet, StoredModel
from fieldcheck.errors.files import PathMissing
from fieldcheck.errors.models import ModelUnknown, NoModel
from fieldcheck.files import join_inside, join_inside_data_set
from fieldcheck.models.benchmark import check_metric, get_compared_metric
from fieldcheck.models.compare import (
    GateSetResult,
    PairedCorrectness,
    State,
    check_gate_sets,
    compute_set_weights,
)
from fieldcheck.models.evaluate import (
    EvaluationItem,
    Judgement,
    compute_image_seed,
    evaluate_items,
    filter_known_items,
    list_golden_sets,
    make_metric_statistic,
    read_golden_items,
)
from fieldcheck.models.near_duplicates import TrainingLeaks, find_training_leaks
from fieldcheck.models.run import find_readable, get_benchmark
from fieldcheck.models.scored_sides import get_counted_classes, load_field_side
from fieldcheck.models.store import find_model, format_card, get_card, inspect_fitting_model
from fieldcheck.progress import Progress
from fieldcheck.project.project import Project, get_benchmark_root
from fieldcheck.project.tables import models as models_table
from fieldcheck.project.tables import values as settings_table
from fieldcheck.stats.bootstrap_draw import Statistic
from fieldcheck.stats.gap import DEFAULT_GAP_LIMIT

MOST_CORRUPTED = 600  # benchmark pictures that are corrupted; half a minute of a small model
Keys = list[tuple[str, str]]


EXIT_CODES: dict[State, int] = {"pass": 0, "fail": 3, "not_enough": 4, "too_few": 4}
"""Verdict → exit code of a gate, for build servers; 1 and 2 are refusals and wrong usage."""


def decide_gate_verdict(lines: Sequence[GateSetResult], required: Sequence[GateSet] = ()) -> State:
    """`fail` where one line fails; `not_enough` where the clean, the corrupted or a golden set
    leaves it open; else `pass`.

    Field frames and slices can stop a model and cannot hold it up: a hundred labelled frames show a
    loss of twenty points, and never that there is none of three (methods 2.2). `required`: kinds
    that hold it up all the same, where they are open or not there.
    """
    if any(line.state == "fail" for line in lines):
        return "fail"
    open_ = any(
        line.state in ("not_enough", "too_few")
        for line in lines
        if line.kind in {*DECIDING, *required}
    )
    absent = not set(required) <= {line.kind for line in lines}
    return "not_enough" if open_ or absent or not lines else "pass"


def list_undecided(lines: Sequence[GateSetResult]) -> tuple[GateSetResult, ...]:
    """The lines of which nothing may be said: neither that there is a loss, nor that there is
    none."""
    return tuple(line for line in lines if line.state in ("not_enough", "too_few"))


@dataclass(frozen=True, slots=True)
class GateRequest:
    """`model`: an ONNX file that need not be in the project, or a model's name; `against`: a
    model's name, None for the newest other.

    Every core corruption takes its turn on the benchmark at `severity`; `seed` decides which
    pictures and how. `tolerance`: the loss that is accepted, None for the project's; `required`:
    kinds of sets that have to be decided; `metric`: what clean, corrupted and field are compared
    by, empty for the one that the old model's score is claimed in; `trained_on`: the folder of the
    candidate's training pictures, where it is known.
    """

    model: str
    card: Path | None = None
    against: str | None = None
    severity: float = 3.0
    seed: int = 0
    tolerance: float | None = None
    required: tuple[GateSet, ...] = ()
    metric: str = ""
    trained_on: Path | None = None


@dataclass(frozen=True, slots=True)
class GateResult:
    """Gate result. `skipped`: benchmark pictures left out because one of the models has no class
    for them; `leaked`: pictures of benchmark and field that lie among the candidate's training
    pictures too, or nearly the same, None where nobody said which these are; `inherited`: the model
    of the project whose card the candidate is read by, empty where it has its own; `not_asked`: the
    kinds of sets that a model that runs elsewhere was not asked about."""

    model: str
    against: str
    tolerance: float
    severity: float
    seed: int
    skipped: int
    lines: tuple[GateSetResult, ...]
    verdict: State
    required: tuple[GateSet, ...] = ()
    metric: str = ""
    leaked: TrainingLeaks | None = None
    inherited: str = ""
    not_asked: tuple[GateSet, ...] = ()


@dataclass(frozen=True, slots=True)
class _GateSet:
    """Items of one set before any model has answered them. `stratum`, `counted_per_stratum` and
    `keys` (its slices) are set for the field only."""

    kind: GateSet
    name: str
    items: tuple[EvaluationItem, ...]
    stratum: tuple[str, ...] | None = None
    counted_per_stratum: dict[str, float] | None = None
    keys: tuple[Keys, ...] = ()
    clips: tuple[str, ...] | None = None


def run_gate(project: Project, wanted: GateRequest, progress: Progress, now: str) -> GateResult:
    """Both models over every set. Nothing is stored: the candidate is a stranger until `model set`
    takes it in.

    Raises NoModel, ModelUnknown, NoBenchmark, what `inspect_fitting_model` raises for a file,
    PathMissing and LabelsRefused for a golden set that is gone or spoilt, Cancelled. A picture of
    benchmark or golden set that cannot be read is told and left out.
    """
    new, inherited = _open_candidate(project, wanted, now)
    old = _find_old_model(project, wanted, new)
    benchmark = get_benchmark(project)
    metric = wanted.metric or project.read(lambda db: get_compared_metric(db, benchmark, old))
    check_metric(benchmark, metric, old)
    shared = set(get_card(new).classes) & set(get_card(old).classes)
    every = _make_clean_set(project, benchmark, get_card(new), shared)
    clean = _remove_unreadable(every, progress)
    golden = (_remove_unreadable(gate_set, progress) for gate_set in _iter_golden_sets(project))
    field = tuple(_iter_field_set(project, old))
    leaked = (
        _find_leaks(project, (clean, *field), wanted.trained_on, progress)
        if wanted.trained_on
        else None
    )
    foreign = any(get_card(model).is_file for model in (old, new))
    corrupted_and_golden = () if foreign else (_make_corrupted_set(clean, wanted), *golden)
    sets = [clean, *corrupted_and_golden, *field]
    answered = [
        comparison
        for each in sets
        for comparison in _compare_on_set(project, (old, new), benchmark, metric, each, progress)
    ]
    stored = float(
        str(project.read(settings_table.list_settings).get("tolerance", DEFAULT_GAP_LIMIT))
    )
    tolerance = stored if wanted.tolerance is None else wanted.tolerance
    lines = check_gate_sets(answered, tolerance)
    skipped = len(benchmark.items) - len(every.items)
    return GateResult(
        new.name,
        old.name,
        tolerance,
        wanted.severity,
        wanted.seed,
        skipped,
        lines,
        decide_gate_verdict(lines, wanted.required),
        wanted.required,
        metric,
        leaked,
        inherited,
        ("corrupted", "golden") if foreign else (),
    )


def _find_leaks(
    project: Project, sets: Sequence[_GateSet], folder: Path, progress: Progress
) -> TrainingLeaks:
    """Pictures of the benchmark, and behind it those of the field, that the candidate has seen in
    training."""
    benchmark, field = (
        [(item.subject, Path(item.file)) for gate_set in some for item in gate_set.items]
        for some in (sets[:1], sets[1:])
    )
    return find_training_leaks(project, benchmark, field, folder, progress)


def _open_candidate(project: Project, wanted: GateRequest, now: str) -> tuple[StoredModel, str]:
    """The new model, and the one whose card it takes where it has none of its own."""
    path = Path(wanted.model)
    if path.is_file():
        result = inspect_fitting_model(project, path, wanted.card)
        return StoredModel(
            path.stem, result.sha256, str(path.resolve()), format_card(result.card), now
        ), result.inherited
    try:
        return find_model(project, wanted.model), ""
    except ModelUnknown:
        if path.suffix == ".onnx":
            raise PathMissing(path) from None
        raise


def _find_old_model(project: Project, wanted: GateRequest, new: StoredModel) -> StoredModel:
    """The one that was named, else the newest that is not the candidate; a project's only model
    stands against itself."""
    if wanted.against is not None:
        return find_model(project, wanted.against)
    stored = project.read(models_table.list_models)
    if not stored:
        raise NoModel(project.path)
    others = [model for model in stored if (model.sha256, model.card) != (new.sha256, new.card)]
    return (others or list(stored))[-1]


def _make_item(root: Path, item: BenchmarkItem, subject: str = "") -> EvaluationItem:
    return EvaluationItem(
        subject or item.path,
        str(join_inside_data_set(root, item.path)),
        item.class_name,
        item.boxes,
        points=item.points,
    )


def _make_clean_set(
    project: Project, benchmark: Benchmark, card: Card, shared: set[str]
) -> _GateSet:
    root = get_benchmark_root(project, benchmark)
    return _GateSet(
        "clean",
        "",
        tuple(_make_item(root, item) for item in filter_known_items(benchmark.items, card, shared)),
    )


def _make_corrupted_set(clean: _GateSet, wanted: GateRequest) -> _GateSet:
    """A seeded draw of the benchmark, each picture corrupted once; the twelve corruptions take
    turns."""
    order = np.random.default_rng(wanted.seed).permutation(len(clean.items))[:MOST_CORRUPTED]
    result = []
    for turn, position in enumerate(order.tolist()):
        item, kind = clean.items[position], tuple(CORE)[turn % len(CORE)]
        seed = compute_image_seed(item.subject, kind, wanted.seed)
        result.append(
            EvaluationItem(
                item.subject,
                item.file,
                item.class_name,
                item.boxes,
                kind,
                wanted.severity,
                seed,
                item.points,
            )
        )
    return _GateSet("corrupted", "", tuple(result))


def _iter_golden_sets(project: Project) -> Iterator[_GateSet]:
    for golden in list_golden_sets(project):
        yield _GateSet(
            "golden",
            golden.name,
            tuple(_make_item(Path(golden.root), item) for item in read_golden_items(golden)),
        )


def _remove_unreadable(gate_set: _GateSet, progress: Progress) -> _GateSet:
    """The set without the pictures that cannot be read."""
    there = find_readable([item.file for item in gate_set.items], progress)
    return replace(
        gate_set,
        items=tuple(
            item for item, is_there in zip(gate_set.items, there.tolist(), strict=True) if is_there
        ),
    )


def _iter_field_set(project: Project, old: StoredModel) -> Iterator[_GateSet]:
    """The labelled frames of the draw, whatever model has answered them; nothing where there are
    none."""
    side = load_field_side(project, old)
    kept, changed, counted = (
        [],
        set(side.changed),
        {stratum.name: stratum.counted for stratum in side.scores.strata},
    )
    for position, pick in enumerate(side.picks):
        label = side.labels.get(pick.frame_id)
        if (
            label is not None
            and label.state == "done"
            and not pick.taken_out
            and pick.frame_id not in changed
            and pick.stratum in counted
        ):
            kept.append((position, label))
    if not kept:
        return
    items = tuple(
        EvaluationItem(
            label.frame_id,
            str(join_inside(project.path, side.picks[index].file)),
            label.class_name,
            label.boxes,
            points=label.points,
        )
        for index, label in kept
    )
    keys: list[Keys] = []
    own = get_own_slices(project)
    for position, label in kept:
        clip, conditions = side.lines[position].clip, side.lines[position].conditions
        facts = [("location", clip.location), ("camera", clip.camera), ("class", label.class_name)]
        mine = (key for key, members in own.items() if label.frame_id in members)
        keys.append(
            [
                key
                for key in (*facts, *(("condition", name) for name in conditions), *mine)
                if key[1]
            ]
        )
    yield _GateSet(
        "field",
        "",
        items,
        tuple(side.picks[index].stratum for index, _ in kept),
        counted,
        tuple(keys),
        tuple(side.lines[index].clip.clip_id for index, _ in kept),
    )


def _compare_on_set(
    project: Project,
    models: tuple[StoredModel, StoredModel],
    benchmark: Benchmark,
    metric: str,
    gate_set: _GateSet,
    progress: Progress,
) -> Iterator[PairedCorrectness]:
    """A set as both models answered it, and behind the field its slices."""
    counted = (
        get_counted_classes(get_card(models[0]), benchmark)
        if gate_set.kind != "golden"
        else frozenset(get_card(models[0]).classes)
    )
    judged = (
        [evaluate_items(project, model, counted, gate_set.items, progress) for model in models]
        if gate_set.items
        else []
    )
    before, after = (
        (judgement.right for judgement in judged) if judged else (np.zeros(0, np.bool_),) * 2
    )
    subjects = tuple(item.subject for item in gate_set.items)
    stratum = np.array(gate_set.stratum, dtype=np.str_) if gate_set.stratum is not None else None
    scores = (
        _make_metric_statistics(models, judged, metric)
        if judged and gate_set.kind != "golden"
        else None
    )
    clip = np.array(gate_set.clips, dtype=np.str_) if gate_set.clips is not None else None
    whole = PairedCorrectness(
        gate_set.kind,
        gate_set.name,
        subjects,
        before,
        after,
        stratum,
        gate_set.counted_per_stratum,
        scores,
        clip=clip,
    )
    yield whole
    weight, _ = compute_set_weights(whole)
    for key, value in _list_slices(gate_set.keys):
        member = np.array([(key, value) in facts for facts in gate_set.keys], dtype=np.bool_)
        names = tuple(name for name, inside_ in zip(subjects, member, strict=True) if inside_)
        yield PairedCorrectness(
            "slice",
            f"{key}={value}",
            names,
            before[member],
            after[member],
            weight=weight[member],
            clip=None if clip is None else clip[member],
        )


def _make_metric_statistics(
    models: Sequence[StoredModel], judged: Sequence[Judgement], metric: str
) -> tuple[Statistic, Statistic] | None:
    """Each model's metric as a function of weights; None where it is the share of right pictures,
    which needs no resampling."""
    if metric == get_card(models[0]).answers.metric:
        return None
    before, after = (
        make_metric_statistic(judgement, len(get_card(model).classes), metric)
        for model, judgement in zip(models, judged, strict=True)
    )
    return before, after


def _list_slices(keys: Sequence[Keys]) -> list[tuple[str, str]]:
    """Every value that some frames share and others do not, key by key."""
    result = sorted({key for facts in keys for key in facts})
    return [key for key in result if any(key not in facts for facts in keys)]

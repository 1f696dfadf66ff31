"""The gate of a training run: the new model against an old one on clean, corrupted, golden and field pictures and on every slice."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from fieldcheck.corruption.catalog import CORE
from fieldcheck.domain.benchmark import Benchmark, BenchmarkItem
from fieldcheck.domain.model_card import Card
from fieldcheck.domain.run import StoredModel
from fieldcheck.errors import ModelUnknown, NoModel, PathMissing
from fieldcheck.files import inside, inside_set
from fieldcheck.measure.bootstrap import Statistic
from fieldcheck.progress import Progress
from fieldcheck.project.folder import Project
from fieldcheck.project.tables import models as models_table
from fieldcheck.project.tables import settings as settings_table
from fieldcheck.scoring.gate import TOLERANCE, Gated, Kind, PairedCorrectness, State, gate, verdict
from fieldcheck.workflows.models.benchmarks import check_metric, metric_on
from fieldcheck.workflows.models.compared_metric import statistic_of
from fieldcheck.workflows.models.golden import all_golden, golden_items
from fieldcheck.workflows.models.held_out import Item, judged_on, picture_seed
from fieldcheck.workflows.models.judge_answers import Judgement, known_items
from fieldcheck.workflows.models.models import card_of, card_text, find_model, look_at_fitting
from fieldcheck.workflows.models.run_model import benchmark_of, benchmark_root
from fieldcheck.workflows.models.trained_pictures import SeenInTraining, seen_in_training
from fieldcheck.workflows.models.unreadable_pictures import readable
from fieldcheck.workflows.report.slicing import own_slices
from fieldcheck.workflows.report.two_sides import counted_classes, field_side

MOST_CORRUPTED = 600  # benchmark pictures that are corrupted; half a minute of a small model
Keys = list[tuple[str, str]]


EXIT_CODES: dict[State, int] = {"pass": 0, "fail": 3, "not_enough": 4, "too_few": 4}
"""Verdict → exit code of a gate, for build servers; 1 and 2 are refusals and wrong usage."""


@dataclass(frozen=True, slots=True)
class GateRequest:
    """`model`: an ONNX file that need not be in the project, or a model's name; `against`: a model's name, None for the newest other.

    Every core corruption takes its turn on the benchmark at `severity`; `seed` decides which pictures and how. `tolerance`: the loss
    that is accepted, None for the project's; `required`: kinds of sets that have to be decided;
    `metric`: what clean, corrupted and field are compared by, empty for the one that the old model's score is claimed in;
    `trained_on`: the folder of the candidate's training pictures, where it is known.
    """

    model: str
    card: Path | None = None
    against: str | None = None
    severity: float = 3.0
    seed: int = 0
    tolerance: float | None = None
    required: tuple[Kind, ...] = ()
    metric: str = ""
    trained_on: Path | None = None


@dataclass(frozen=True, slots=True)
class GateResult:
    """Gate result. `skipped`: benchmark pictures left out because one of the models has no class for them; `leaked`: pictures of benchmark
    and field that lie among the candidate's training pictures too, or nearly the same, None where nobody said which these are;
    `inherited`: the model of the project whose card the candidate is read by, empty where it has its own."""

    model: str
    against: str
    tolerance: float
    severity: float
    seed: int
    skipped: int
    lines: tuple[Gated, ...]
    verdict: State
    required: tuple[Kind, ...] = ()
    metric: str = ""
    leaked: SeenInTraining | None = None
    inherited: str = ""


@dataclass(frozen=True, slots=True)
class _Set:
    """Items of one set before anybody has answered; `stratum` and `counted` for the field alone, `keys` (slices) too."""

    kind: Kind
    name: str
    items: tuple[Item, ...]
    stratum: tuple[str, ...] | None = None
    counted: dict[str, float] | None = None
    keys: tuple[Keys, ...] = ()


def run_gate(project: Project, wanted: GateRequest, progress: Progress, now: str) -> GateResult:
    """Both models over every set. Nothing is stored: the candidate is a stranger until `model set` takes it in.

    Raises NoModel, ModelUnknown, NoBenchmark, what `look_at_fitting` raises for a file, PathMissing and LabelsRefused for a golden set
    that is gone or spoilt, Cancelled. A picture of benchmark or golden set that cannot be read is told and left out.
    """
    new, inherited = _candidate(project, wanted, now)
    old = _old(project, wanted, new)
    benchmark = benchmark_of(project)
    metric = wanted.metric or project.read(lambda db: metric_on(db, benchmark, old))
    check_metric(benchmark, metric, old)
    known = set(card_of(new).classes) & set(card_of(old).classes)
    every = _clean(project, benchmark, card_of(new), known)
    clean = _readable(every, progress)
    golden = (_readable(one, progress) for one in _golden(project))
    field = tuple(_field(project, old))
    leaked = _leaked(project, (clean, *field), wanted.trained_on, progress) if wanted.trained_on else None
    sets = [clean, _corrupted(clean, wanted), *golden, *field]
    answered = [one for each in sets for one in _answered(project, (old, new), benchmark, metric, each, progress)]
    stored = float(str(project.read(settings_table.all).get("tolerance", TOLERANCE)))
    tolerance = stored if wanted.tolerance is None else wanted.tolerance
    lines = gate(answered, tolerance)
    skipped = len(benchmark.items) - len(every.items)
    return GateResult(
        new.name,
        old.name,
        tolerance,
        wanted.severity,
        wanted.seed,
        skipped,
        lines,
        verdict(lines, wanted.required),
        wanted.required,
        metric,
        leaked,
        inherited,
    )


def _leaked(project: Project, sets: Sequence[_Set], folder: Path, progress: Progress) -> SeenInTraining:
    """Pictures of the benchmark, and behind it those of the field, that the candidate has seen in training."""
    benchmark, field = ([(item.subject, Path(item.file)) for one in some for item in one.items] for some in (sets[:1], sets[1:]))
    return seen_in_training(project, benchmark, field, folder, progress)


def _candidate(project: Project, wanted: GateRequest, now: str) -> tuple[StoredModel, str]:
    """The new model, and the one whose card it takes where it has none of its own."""
    path = Path(wanted.model)
    if path.is_file():
        found = look_at_fitting(project, path, wanted.card)
        return StoredModel(path.stem, found.sha256, str(path.resolve()), card_text(found.card), now), found.inherited
    try:
        return find_model(project, wanted.model), ""
    except ModelUnknown:
        if path.suffix == ".onnx":
            raise PathMissing(path) from None
        raise


def _old(project: Project, wanted: GateRequest, new: StoredModel) -> StoredModel:
    """The one that was named, else the newest that is not the candidate; a project's only model stands against itself."""
    if wanted.against is not None:
        return find_model(project, wanted.against)
    stored = project.read(models_table.all)
    if not stored:
        raise NoModel(project.path)
    others = [model for model in stored if (model.sha256, model.card) != (new.sha256, new.card)]
    return (others or list(stored))[-1]


def _item(root: Path, item: BenchmarkItem, subject: str = "") -> Item:
    return Item(subject or item.path, str(inside_set(root, item.path)), item.class_name, item.boxes, points=item.points)


def _clean(project: Project, benchmark: Benchmark, card: Card, known: set[str]) -> _Set:
    root = benchmark_root(project, benchmark)
    return _Set("clean", "", tuple(_item(root, item) for item in known_items(benchmark.items, card, known)))


def _corrupted(clean: _Set, wanted: GateRequest) -> _Set:
    """A seeded draw of the benchmark, each picture corrupted once; the twelve corruptions take turns."""
    order = np.random.default_rng(wanted.seed).permutation(len(clean.items))[:MOST_CORRUPTED]
    found = []
    for turn, place in enumerate(order.tolist()):
        one, kind = clean.items[place], tuple(CORE)[turn % len(CORE)]
        seed = picture_seed(one.subject, kind, wanted.seed)
        found.append(Item(one.subject, one.file, one.class_name, one.boxes, kind, wanted.severity, seed, one.points))
    return _Set("corrupted", "", tuple(found))


def _golden(project: Project) -> Iterator[_Set]:
    for golden in all_golden(project):
        yield _Set("golden", golden.name, tuple(_item(Path(golden.root), item) for item in golden_items(golden)))


def _readable(one: _Set, progress: Progress) -> _Set:
    """The set without the pictures that cannot be read."""
    there = readable([item.file for item in one.items], progress)
    return replace(one, items=tuple(item for item, is_there in zip(one.items, there.tolist(), strict=True) if is_there))


def _field(project: Project, old: StoredModel) -> Iterator[_Set]:
    """The labelled frames of the draw, whatever model has answered them; nothing where there are none."""
    side = field_side(project, old)
    kept, changed, counted = [], set(side.changed), {stratum.name: stratum.counted for stratum in side.scores.strata}
    for place, pick in enumerate(side.picks):
        label = side.labels.get(pick.frame_id)
        if label is not None and label.state == "done" and not pick.taken_out and pick.frame_id not in changed and pick.stratum in counted:
            kept.append((place, label))
    if not kept:
        return
    items = tuple(
        Item(label.frame_id, str(inside(project.path, side.picks[place].file)), label.class_name, label.boxes, points=label.points)
        for place, label in kept
    )
    keys: list[Keys] = []
    own = own_slices(project)
    for place, label in kept:
        clip, conditions = side.lines[place].clip, side.lines[place].conditions
        said = [("location", clip.location), ("camera", clip.camera), ("class", label.class_name)]
        mine = (key for key, members in own.items() if label.frame_id in members)
        keys.append([key for key in (*said, *(("condition", name) for name in conditions), *mine) if key[1]])
    yield _Set("field", "", items, tuple(side.picks[place].stratum for place, _ in kept), counted, tuple(keys))


def _answered(
    project: Project, models: tuple[StoredModel, StoredModel], benchmark: Benchmark, metric: str, one: _Set, progress: Progress
) -> Iterator[PairedCorrectness]:
    """A set as both models answered it, and behind the field its slices."""
    counted = counted_classes(card_of(models[0]), benchmark) if one.kind != "golden" else frozenset(card_of(models[0]).classes)
    judged = [judged_on(project, model, counted, one.items, progress) for model in models] if one.items else []
    before, after = (found.right for found in judged) if judged else (np.zeros(0, np.bool_),) * 2
    subjects = tuple(item.subject for item in one.items)
    stratum = np.array(one.stratum, dtype=np.str_) if one.stratum is not None else None
    scores = _scores(models, judged, metric) if judged and one.kind != "golden" else None
    yield PairedCorrectness(one.kind, one.name, subjects, before, after, stratum, one.counted, scores)
    for key, value in _slices(one.keys):
        member = np.array([(key, value) in said for said in one.keys], dtype=np.bool_)
        names = tuple(name for name, inside_ in zip(subjects, member, strict=True) if inside_)
        yield PairedCorrectness("slice", f"{key}={value}", names, before[member], after[member])


def _scores(models: Sequence[StoredModel], judged: Sequence[Judgement], metric: str) -> tuple[Statistic, Statistic] | None:
    """Each model's metric as a function of weights; None where it is the share of right pictures, which needs no resampling."""
    if metric == card_of(models[0]).answers.metric:
        return None
    before, after = (statistic_of(found, len(card_of(model).classes), metric) for model, found in zip(models, judged, strict=True))
    return before, after


def _slices(keys: Sequence[Keys]) -> list[tuple[str, str]]:
    """Every value that some frames share and others do not, key by key."""
    found = sorted({key for said in keys for key in said})
    return [key for key in found if any(key not in said for said in keys)]

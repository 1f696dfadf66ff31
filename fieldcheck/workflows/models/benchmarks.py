"""The benchmark: a labelled set that stays where it lies, read, checked against the model's classes and named in the project."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from sqlite_utils import Database

from fieldcheck.domain.answer_kind import answer_kind
from fieldcheck.domain.benchmark import Benchmark
from fieldcheck.domain.run import StoredModel
from fieldcheck.errors import BenchmarkRefused, LabelsRefused, NoBenchmark, PathMissing
from fieldcheck.exchange.label_set import fits
from fieldcheck.exchange.pictures_elsewhere import moved_to, sizes_in
from fieldcheck.exchange.read import read_labels
from fieldcheck.exchange.receipt import ImportReceipt, check_strict, receipt_of, with_pictures
from fieldcheck.project.folder import Project
from fieldcheck.project.tables import benchmarks as benchmarks_table
from fieldcheck.project.tables import models as models_table
from fieldcheck.project.tables import settings as settings_table
from fieldcheck.workflows.models.models import card_of

CLAIMANT = "claim_made_of"  # setting: SHA-256 of the model that the claim was made of, empty before the first; older projects have none


@dataclass(frozen=True, slots=True)
class Named:
    """The benchmark as stored; `unmatched` are its classes that the model does not know."""

    benchmark: Benchmark
    unmatched: tuple[str, ...]

    @property
    def n_boxes(self) -> int:
        return sum(len(item.boxes) for item in self.benchmark.items)


def read_benchmark(path: Path, kind: str | None, claimed: float | None) -> Benchmark:
    """A labelled set as a benchmark. Raises PathMissing, BenchmarkRefused."""
    return read_with_receipt(path, kind, claimed, None, strict=False)[0]


def read_with_receipt(
    path: Path, kind: str | None, claimed: float | None, images: Path | None, strict: bool
) -> tuple[Benchmark, ImportReceipt]:
    """Reads a benchmark, with the receipt. `images`: the folder of the pictures where they do not lie with their labels. `strict`: whatever
    is not as it should be refuses the whole. Raises PathMissing, BenchmarkRefused."""
    for place in (path, *((images,) if images else ())):
        if not place.exists():
            raise PathMissing(place)
    try:
        found = read_labels(path, kind or "auto", sizes_in(images) if images else None)
        found = with_pictures(moved_to(found, images) if images else found)
        receipt = receipt_of(found)
        if strict:
            check_strict(path, receipt)
    except LabelsRefused as error:
        raise BenchmarkRefused(path, error.problem, error.detail) from error
    return Benchmark(str(found.root.resolve()), found.format, claimed, found.classes, found.items), receipt


def check_benchmark(benchmark: Benchmark, task: str | None, classes: tuple[str, ...] | None) -> Named:
    """The benchmark held against what a model does and knows, None where that is not known yet. For a classifier boxes of one class
    name the picture's class, and stay as the place of its object.

    Raises BenchmarkRefused where no class is the model's, or where it is not labelled the way the model answers.
    """
    if task is not None and answer_kind(task).labels == "class":
        benchmark = _by_class(benchmark)
    if task is not None and not fits(benchmark.items, task):
        raise BenchmarkRefused(Path(benchmark.root), "wrong_task", task)
    known = set(classes) if classes else set(benchmark.classes)
    unmatched = tuple(name for name in benchmark.classes if name not in known)
    if unmatched and len(unmatched) == len(benchmark.classes):
        raise BenchmarkRefused(Path(benchmark.root), "no_shared_class", ", ".join(unmatched[:5]))
    return Named(benchmark, unmatched)


def set_claim(project: Project, claimed: float | None) -> Benchmark:
    """Sets what is claimed of the benchmark that stands, a fraction or None. Raises NoBenchmark."""
    benchmark = project.read(benchmarks_table.get)
    if benchmark is None:
        raise NoBenchmark(project.path)
    claiming = replace(benchmark, claimed=claimed)
    project.write(lambda db: _store(db, claiming)).result()
    return claiming


def claimed_of(db: Database, benchmark: Benchmark, model: StoredModel) -> float | None:
    """Score claimed of this model on the benchmark. A claim belongs to both: it was made of the model that was the newest then, or of the
    project's first one where there was none yet, and says nothing of another, which may well be better."""
    claimant = settings_table.get(db, CLAIMANT)
    if claimant == "":
        first = next(iter(models_table.all(db)), None)
        claimant = first.sha256 if first else None
    return benchmark.claimed if claimant is None or claimant == model.sha256 else None


def _store(db: Database, benchmark: Benchmark) -> None:
    benchmarks_table.put(db, benchmark)
    newest = models_table.newest(db)
    settings_table.keep(db, CLAIMANT, newest.sha256 if newest else "")


def set_benchmark(project: Project, benchmark: Benchmark) -> Named:
    """Names the benchmark of the project, in place of an older one. Raises BenchmarkRefused where it does not fit the first model, or
    the classes that the project was made with."""
    models = project.read(models_table.all)
    told = project.read(lambda db: settings_table.get(db, "classes"))
    card = card_of(models[0]) if models else None
    named = check_benchmark(benchmark, card.task if card else None, card.classes if card else tuple(told or ()))
    project.write(lambda db: _store(db, named.benchmark)).result()
    return named


def _by_class(benchmark: Benchmark) -> Benchmark:
    """A set of boxes read as a set of classes, where every picture has boxes of one class; else as it is."""
    names = [{box.class_name for box in item.boxes} for item in benchmark.items]
    if any(item.class_name for item in benchmark.items) or any(len(found) != 1 for found in names):
        return benchmark
    items = tuple(replace(item, class_name=next(iter(found))) for item, found in zip(benchmark.items, names, strict=True))
    return replace(benchmark, items=items)

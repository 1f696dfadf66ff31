"""The benchmark: a labelled set read in place, checked against the model's classes, recorded in the
project; and images changed since they were run."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from sqlite_utils import Database

from fieldcheck.domain.label import Benchmark
from fieldcheck.domain.prediction import METRIC_NAMES, get_answer_kind
from fieldcheck.domain.run import StoredModel
from fieldcheck.errors.files import FieldcheckError, PathMissing
from fieldcheck.errors.imported_files import BenchmarkRefused, LabelsRefused
from fieldcheck.files import join_inside_data_set
from fieldcheck.labels.formats.label_set import (
    PartWish,
    drop_unlabelled,
    has_labels_for_task,
    select_label_kind,
    select_masks,
)
from fieldcheck.labels.formats.registry import BY_NAME, read_labels
from fieldcheck.labels.import_labels import (
    ImportReceipt,
    check_strict,
    drop_unreadable_images,
    make_receipt,
    make_size_lookup,
    move_image_root,
)
from fieldcheck.models.run import compute_benchmark_key, get_benchmark, is_changed_file
from fieldcheck.models.store import get_card
from fieldcheck.project.project import Project, get_benchmark_root
from fieldcheck.project.tables import models as models_table
from fieldcheck.project.tables import runs as asked_table
from fieldcheck.project.tables import values as settings_table

# setting: what was claimed of which model on which benchmark in which metric, the newest last
CLAIMS = "claims"
# setting of earlier versions: SHA-256 of the model that the one claim was made of, empty before the
# first
CLAIMANT = "claim_made_of"


@dataclass(frozen=True, slots=True)
class CheckedBenchmark:
    """The benchmark as stored; `unmatched` are its classes that the model does not know."""

    benchmark: Benchmark
    unmatched: tuple[str, ...]

    @property
    def n_boxes(self) -> int:
        return sum(len(item.boxes) for item in self.benchmark.items)


def read_benchmark(path: Path, kind: str | None, claimed: float | None) -> Benchmark:
    """A labelled set as a benchmark. Raises PathMissing, BenchmarkRefused."""
    return read_benchmark_with_receipt(path, kind, claimed, None, strict=False)[0]


def read_benchmark_with_receipt(
    path: Path,
    kind: str | None,
    claimed: float | None,
    images: Path | None,
    strict: bool,
    part: str = "",
) -> tuple[Benchmark, ImportReceipt]:
    """Reads a benchmark, with the receipt. `images`: the folder of the pictures where they do not
    lie with their labels. `strict`: whatever is not as it should be refuses the whole. `part`: the
    one to be read of a set in parts. Raises PathMissing, BenchmarkRefused."""
    for index in (path, *((images,) if images else ())):
        if not index.exists():
            raise PathMissing(index)
    try:
        label_set = read_labels(
            path, kind or "auto", make_size_lookup(images) if images else None, PartWish(part)
        )
        label_set = drop_unreadable_images(
            move_image_root(label_set, images) if images else label_set
        )
        receipt = make_receipt(label_set)
        if strict:
            check_strict(path, receipt)
        if BY_NAME[label_set.format].missing_means_unlabelled:
            label_set = drop_unlabelled(label_set)
    except LabelsRefused as error:
        raise BenchmarkRefused(error.path, error.problem, error.detail, error.reason) from error
    return Benchmark(
        str(label_set.root.resolve()), label_set.format, claimed, label_set.classes, label_set.items
    ), receipt


def check_benchmark(
    benchmark: Benchmark, task: str | None, classes: tuple[str, ...] | None
) -> CheckedBenchmark:
    """Check the benchmark against the model's task and classes, each None while unknown. For a
    classifier, boxes of one class give the image's class and are kept as the object's location.
    Raises BenchmarkRefused where no class is the model's, or where the labels are of another
    kind."""
    if task is not None and get_answer_kind(task).labels == "class":
        benchmark = _to_class_benchmark(benchmark)
    if (
        task is not None
        and get_answer_kind(task).labels == "points"
        and any(item.class_name and item.points for item in benchmark.items)
    ):
        benchmark = replace(benchmark, items=select_masks(benchmark.items))
    if task is not None and not has_labels_for_task(benchmark.items, task):
        raise BenchmarkRefused(Path(benchmark.root), "wrong_task", task)
    if task is not None and get_answer_kind(task).labels != "class":
        benchmark = replace(
            benchmark, items=select_label_kind(benchmark.items, get_answer_kind(task).labels)
        )
    class_names = set(classes) if classes else set(benchmark.classes)
    unmatched = tuple(name for name in benchmark.classes if name not in class_names)
    if unmatched and len(unmatched) == len(benchmark.classes):
        raise BenchmarkRefused(Path(benchmark.root), "no_shared_class", ", ".join(unmatched[:5]))
    return CheckedBenchmark(benchmark, unmatched)


def set_claim(project: Project, claimed: float | None, metric: str = "") -> Benchmark:
    """Sets what is claimed of the newest model on the benchmark that stands, a fraction or None,
    and in which metric: empty for the one of its task. Raises NoBenchmark; BenchmarkRefused
    `wrong_metric`, `no_metric`."""
    claiming = replace(get_benchmark(project), claimed=claimed)
    model = project.read(models_table.get_newest_model)
    check_metric(claiming, metric, model)
    check_claim_has_metric(claiming, metric, model)
    project.write(lambda db: _store_benchmark(db, claiming, metric)).result()
    return claiming


def check_metric(benchmark: Benchmark, metric: str, model: StoredModel | None) -> None:
    """Raises BenchmarkRefused `wrong_metric` where the model's predictions have no such score;
    without a model any metric is accepted."""
    answers = get_card(model).answers if model else None
    if answers and metric and metric not in answers.all_metrics:
        raise BenchmarkRefused(Path(benchmark.root), "wrong_metric", metric)


def check_claim_has_metric(benchmark: Benchmark, metric: str, model: StoredModel | None) -> None:
    """Raises BenchmarkRefused `no_metric` where a score is claimed that could be one of several: of
    a detector or a segmenter, whose metric nobody can guess. Without a model any claim is
    accepted."""
    answers = get_card(model).answers if model else None
    if answers is None or metric or benchmark.claimed is None or answers.metric == "accuracy":
        return
    names = [name for name, code in METRIC_NAMES.items() if code in answers.all_metrics]
    raise BenchmarkRefused(Path(benchmark.root), "no_metric", ", ".join(names))


def get_claimed_score(db: Database, benchmark: Benchmark, model: StoredModel) -> float | None:
    """Return the score claimed of this model on the benchmark. A claim belongs to the model that
    was the newest when it was set, or to the project's first model where there was none, and to no
    other model."""
    claims = settings_table.get_setting(db, CLAIMS)
    # a project of an earlier version, which kept one claim and the model that it was made of
    if claims is None:
        claimant = settings_table.get_setting(db, CLAIMANT)
        own = claimant is None or claimant in _list_claim_names(db, model)
        return benchmark.claimed if own else None
    about, names = compute_benchmark_key(benchmark), _list_claim_names(db, model)
    return next(
        (
            claim["claimed"]
            for claim in reversed(claims)
            if claim["benchmark"] == about and claim["model"] in names
        ),
        None,
    )


def get_compared_metric(db: Database, benchmark: Benchmark, model: StoredModel) -> str:
    """Metric that this model's benchmark and field are compared by: the one that its score is
    claimed in, else that of the newest claim on this benchmark, so that a candidate is measured as
    the model before it was; without one the metric of its task."""
    about, names, answers = (
        compute_benchmark_key(benchmark),
        _list_claim_names(db, model),
        get_card(model).answers,
    )
    on_it = [
        claim
        for claim in reversed(settings_table.get_setting(db, CLAIMS) or [])
        if claim["benchmark"] == about
    ]
    metric = next(
        (
            claim["metric"]
            for claim in (*(claim for claim in on_it if claim["model"] in names), *on_it)
        ),
        "",
    )
    return metric if metric in answers.further else answers.metric


def _list_claim_names(db: Database, model: StoredModel) -> tuple[str, ...]:
    """List the names under which a claim of this model may be stored."""
    first = next(iter(models_table.list_models(db)), None)
    return (
        (model.sha256, "")
        if first is not None and first.sha256 == model.sha256
        else (model.sha256,)
    )


def _store_benchmark(db: Database, benchmark: Benchmark, metric: str) -> None:
    earlier = models_table.get_benchmark(db)
    claims = settings_table.get_setting(db, CLAIMS)
    if claims is None and earlier is not None:
        claims = [
            _make_claim_row(
                earlier, settings_table.get_setting(db, CLAIMANT) or "", earlier.claimed, ""
            )
        ]
    newest = models_table.get_newest_model(db)
    new_claim = _make_claim_row(
        benchmark, newest.sha256 if newest else "", benchmark.claimed, metric
    )
    kept = [
        claim
        for claim in claims or []
        if (claim["benchmark"], claim["model"]) != (new_claim["benchmark"], new_claim["model"])
    ]
    models_table.put_benchmark(db, benchmark)
    settings_table.store_setting(db, CLAIMS, [*kept, new_claim])


def _make_claim_row(
    benchmark: Benchmark, model: str, claimed: float | None, metric: str
) -> dict[str, Any]:
    return {
        "benchmark": compute_benchmark_key(benchmark),
        "model": model,
        "claimed": claimed,
        "metric": metric,
    }


def set_benchmark(project: Project, benchmark: Benchmark, metric: str = "") -> CheckedBenchmark:
    """Names the benchmark of the project, in place of an older one, and the metric that its claim
    is in. Raises BenchmarkRefused where it does not fit the first model, or the classes that the
    project was made with, or where the newest model has no such metric."""
    models = project.read(models_table.list_models)
    classes = project.read(lambda db: settings_table.get_setting(db, "classes"))
    card = get_card(models[0]) if models else None
    named = check_benchmark(
        benchmark, card.task if card else None, card.classes if card else tuple(classes or ())
    )
    check_metric(benchmark, metric, models[-1] if models else None)
    check_claim_has_metric(benchmark, metric, models[-1] if models else None)
    project.write(lambda db: _store_benchmark(db, named.benchmark, metric)).result()
    return named


def _to_class_benchmark(benchmark: Benchmark) -> Benchmark:
    """A set of boxes read as a set of classes, where every picture has boxes of one class; else as
    it is."""
    names = [{box.class_name for box in item.boxes} for item in benchmark.items]
    if any(item.class_name for item in benchmark.items) or any(
        len(names_of_image) != 1 for names_of_image in names
    ):
        return benchmark
    items = tuple(
        replace(item, class_name=next(iter(names_of_image)))
        for item, names_of_image in zip(benchmark.items, names, strict=True)
    )
    return replace(benchmark, items=items)


# Benchmark pictures that were changed after the model answered them: until its next run, scores
# rest on what it was shown before.

CLOCKS_APART_S = 86_400  # Allowed clock difference between a shared disk and this computer.
REMEMBERED = 1 << 16


def list_changed_images(project: Project, model: StoredModel) -> tuple[str, ...]:
    """Paths of benchmark images that differ from those this model was last run on, in the
    benchmark's order.

    Only files written since that run are read again, once per change. A missing or unreadable image
    is reported by the caller."""
    benchmark, card = (
        project.read(models_table.get_benchmark),
        hashlib.sha256(model.card.encode()).hexdigest(),
    )
    stamps, since = (
        project.read(lambda db: asked_table.get_asked_of_clean_runs(db, model.sha256, card)),
        _get_run_time(project, model.sha256, card),
    )
    if benchmark is None or not stamps:
        return ()
    root = get_benchmark_root(project, benchmark)
    return tuple(
        item.path
        for item in benchmark.items
        if item.path in stamps and _is_rewritten(root, item.path, since, stamps[item.path])
    )


def _get_run_time(project: Project, model_sha256: str, card_sha256: str) -> float:
    first = project.read(lambda db: asked_table.get_first_asked(db, model_sha256, card_sha256))
    try:
        return datetime.fromisoformat(first).timestamp() - CLOCKS_APART_S if first else 0.0
    except ValueError:  # no time in a damaged project: every image is hashed again
        return 0.0


def _is_rewritten(root: Path, name: str, since: float, sha256: str) -> bool:
    try:
        path = join_inside_data_set(root, name)
        info = path.stat()
    except (OSError, FieldcheckError):
        return False
    written = max(info.st_mtime, info.st_ctime)
    return written >= since and _has_other_hash(
        path, info.st_size, info.st_mtime_ns, info.st_ctime_ns, sha256
    )


@lru_cache(maxsize=REMEMBERED)
def _has_other_hash(path: Path, _size: int, _written: int, _changed: int, sha256: str) -> bool:
    return is_changed_file(path, sha256)

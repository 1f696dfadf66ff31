"""Independence of a project's test: leaks, looks at the same labels, and labels that were given to training."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping
from pathlib import PurePosixPath

import numpy as np
from sqlite_utils import Database

from fieldcheck.domain.benchmark import BenchmarkItem
from fieldcheck.domain.estimate import Estimate
from fieldcheck.domain.independence import DuplicatePair, Independence, LeakCount, SourceScore
from fieldcheck.measure.interval import estimate_wilson
from fieldcheck.project.folder import Project
from fieldcheck.project.tables import models as models_table
from fieldcheck.project.tables import predictions as predictions_table
from fieldcheck.workflows.label.exported_for_training import get_training_frames
from fieldcheck.workflows.models.near_duplicates import NearDuplicates, get_known_near_duplicates
from fieldcheck.workflows.models.run_model import compute_benchmark_key
from fieldcheck.workflows.report.two_sides import BenchmarkSide, FieldSide, load_benchmark_side, load_field_side

SHOWN = 20  # pairs
MOST_SOURCES = 12
NUMBER = re.compile(r"[\W_]*\d+\D*$")  # what tells pictures of one source apart


def compute_independence(project: Project) -> Independence | None:
    """None before a model, and where there is neither a benchmark nor a label."""
    model = project.read(models_table.get_newest_model)
    if model is None:
        return None
    benchmark, field = load_benchmark_side(project, model), load_field_side(project, model)
    labelled = [field.picks[at].frame_id for at in field.at.tolist()]
    if benchmark is None and not labelled:
        return None
    known = get_known_near_duplicates(project)
    scores = _compute_scores(benchmark, known) if benchmark else (Estimate.not_measured("no_benchmark"),) * 3
    return Independence(
        _count_leaks(known, benchmark) if known else None,
        known is not None and benchmark is not None and _is_outdated(known, benchmark, field),
        known.n_training if known else None,
        known.n_unreadable if known else 0,
        *scores,
        _compute_source_scores(benchmark) if benchmark else (),
        project.read(lambda db: _find_models_with_answers(db, labelled)),
        len(get_training_frames(project) & set(labelled)),
        len(labelled),
    )


def get_source(item: BenchmarkItem) -> str:
    """Source of a benchmark picture: its folders but that of its class, and the start of its file name up to the number; empty where
    neither tells."""
    path = PurePosixPath(item.path)
    folders = [name for name in path.parts[:-1] if name != item.class_name]
    return "/".join([*folders, NUMBER.sub("", path.stem)]).strip("/")


def _count_leaks(known: NearDuplicates, benchmark: BenchmarkSide | None) -> tuple[LeakCount, ...]:
    n = len(benchmark.benchmark.items) if benchmark else 0
    rows = [_build_leak_count("benchmark_within", known.within, n), _build_leak_count("benchmark_field", known.in_field, n)]
    if known.n_training is not None:
        rows += [
            _build_leak_count("benchmark_training", known.in_training, n),
            _build_leak_count("field_training", known.field_in_training, known.listed),
        ]
    return tuple(rows)


def _build_leak_count(between: str, pairs: Mapping[str, str], of: int) -> LeakCount:
    return LeakCount(between, len(pairs), of, tuple(DuplicatePair(*one) for one in sorted(pairs.items())[:SHOWN]))


def _is_outdated(known: NearDuplicates, benchmark: BenchmarkSide, field: FieldSide) -> bool:
    return known.benchmark != compute_benchmark_key(benchmark.benchmark) or known.listed != len(field.listing)


def _compute_scores(side: BenchmarkSide, known: NearDuplicates | None) -> tuple[Estimate, Estimate, Estimate]:
    """The benchmark's score as it stands, without what leaked, and of what leaked."""
    if known is None:
        return side.score, Estimate.not_measured("not_searched"), Estimate.not_measured("not_searched")
    leaked = np.array([item.path in known.in_field or item.path in known.in_training for item in side.items], dtype=np.bool_)
    right = side.judgement.right
    alone, twins = (estimate_wilson(int(right[part].sum()), int(part.sum())) for part in (~leaked, leaked))
    return side.score, alone, twins


def _compute_source_scores(side: BenchmarkSide) -> tuple[SourceScore, ...]:
    """The largest sources, where there are several and they are not as many as pictures."""
    groups: dict[str, list[bool]] = defaultdict(list)
    for item, right in zip(side.items, side.judgement.right.tolist(), strict=True):
        groups[get_source(item)].append(right)
    if not 1 < len(groups) <= len(side.items) / 2:
        return ()
    largest = sorted(groups.items(), key=lambda group: (-len(group[1]), group[0]))[:MOST_SOURCES]
    return tuple(SourceScore(name, estimate_wilson(sum(rights), len(rights))) for name, rights in largest)


def _find_models_with_answers(db: Database, labelled: list[str]) -> tuple[str, ...]:
    """Every model, and every other card of one, whose answers to the labelled frames are stored: each saw its score."""
    names = {model.sha256: model.name for model in models_table.list_models(db)}
    asked = predictions_table.list_models_asked(db, labelled)
    return tuple(names.get(sha256, sha256[:12]) for sha256, _ in asked)

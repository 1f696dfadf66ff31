"""Benchmark pictures that were changed after the model answered them: until its next run, scores rest on what it was shown before."""

from __future__ import annotations

import hashlib
from datetime import datetime
from functools import lru_cache
from pathlib import Path

from fieldcheck.domain.run import StoredModel
from fieldcheck.errors import FieldcheckError
from fieldcheck.files import join_inside_data_set
from fieldcheck.project.folder import Project
from fieldcheck.project.tables import asked_pictures as asked_table
from fieldcheck.project.tables import benchmarks as benchmarks_table
from fieldcheck.workflows.models.run_model import get_benchmark_root, is_changed_file

CLOCKS_APART_S = 86_400  # by which the clock of a shared disk may be behind this computer's
REMEMBERED = 1 << 16


def list_changed_images(project: Project, model: StoredModel) -> tuple[str, ...]:
    """Paths of the benchmark's pictures that are others than those which this model was last shown, in the benchmark's order.

    Read again is only what was written since the model was first asked, and once for each time it was written. One that is gone or
    cannot be read is told by whoever asks for it.
    """
    benchmark, card = project.read(benchmarks_table.get_benchmark), hashlib.sha256(model.card.encode()).hexdigest()
    asked, since = (
        project.read(lambda db: asked_table.get_asked_of_clean_runs(db, model.sha256, card)),
        _get_run_time(project, model.sha256, card),
    )
    if benchmark is None or not asked:
        return ()
    root = get_benchmark_root(project, benchmark)
    return tuple(one.path for one in benchmark.items if one.path in asked and _is_rewritten(root, one.path, since, asked[one.path]))


def _get_run_time(project: Project, model_sha256: str, card_sha256: str) -> float:
    first = project.read(lambda db: asked_table.get_first_asked(db, model_sha256, card_sha256))
    return datetime.fromisoformat(first).timestamp() - CLOCKS_APART_S if first else 0.0


def _is_rewritten(root: Path, name: str, since: float, sha256: str) -> bool:
    try:
        path = join_inside_data_set(root, name)
        found = path.stat()
    except (OSError, FieldcheckError):
        return False
    written = max(found.st_mtime, found.st_ctime)
    return written >= since and _has_other_hash(path, found.st_size, found.st_mtime_ns, found.st_ctime_ns, sha256)


@lru_cache(maxsize=REMEMBERED)
def _has_other_hash(path: Path, _size: int, _written: int, _changed: int, sha256: str) -> bool:
    return is_changed_file(path, sha256)

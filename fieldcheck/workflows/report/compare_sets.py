"""Benchmark against footage, before a report: search for leaks, and adversarial validation, each once for what is compared."""

from __future__ import annotations

import logging

from fieldcheck.errors import DiskFull
from fieldcheck.progress import Progress
from fieldcheck.project.folder import Project
from fieldcheck.project.tables import benchmarks as benchmarks_table
from fieldcheck.workflows.models.near_duplicates import find_near_duplicates, is_search_current
from fieldcheck.workflows.report.domain_shift import compute_domain_shift

log = logging.getLogger(__name__)


def compare_sets(project: Project, progress: Progress, now: str) -> None:
    """Does what was not done yet for benchmark, footage and training folder as they are; without footage the benchmark alone is searched
    for near-duplicates. Nothing without a benchmark, or where the project is only read.

    A report needs neither: where the disk is full it says that it was not asked. Raises Cancelled.
    """
    if project.read(benchmarks_table.get_benchmark) is None or not project.writable:
        return
    try:
        if not is_search_current(project):
            find_near_duplicates(project, progress, now)
        compute_domain_shift(project, progress, now)
    except DiskFull as error:
        log.warning("benchmark and footage are not compared: %r", error)

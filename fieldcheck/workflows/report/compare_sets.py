"""Benchmark against footage, before a report: search for leaks, and adversarial validation, each once for what is compared."""

from __future__ import annotations

import logging

from fieldcheck.errors import DiskFull
from fieldcheck.progress import Progress
from fieldcheck.project.folder import Project
from fieldcheck.project.tables import benchmarks as benchmarks_table
from fieldcheck.workflows.footage.sampling_list import lines
from fieldcheck.workflows.models.near_duplicates import find_near_duplicates, known_near_duplicates
from fieldcheck.workflows.models.run_model import benchmark_key
from fieldcheck.workflows.report.domain_shift import validate_domain

log = logging.getLogger(__name__)


def compare_sets(project: Project, progress: Progress, now: str) -> None:
    """Does what was not done yet for benchmark and footage as they are; nothing where one is missing, or the project is only read.

    A report needs neither: where the disk is full it says that it was not asked. Raises Cancelled.
    """
    benchmark, listed = project.read(benchmarks_table.get), len(project.read(lines))
    if benchmark is None or not listed or not project.writable:
        return
    known = known_near_duplicates(project)
    try:
        if known is None or (known.benchmark, known.listed) != (benchmark_key(benchmark), listed):
            find_near_duplicates(project, progress, now)
        validate_domain(project, progress, now)
    except DiskFull as error:
        log.warning("benchmark and footage are not compared: %r", error)

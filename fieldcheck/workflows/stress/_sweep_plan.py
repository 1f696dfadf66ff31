"""Severity sweep plan: what it goes over, and under which names its answers are stored."""

from __future__ import annotations

import numpy as np

from fieldcheck.corruption.catalog import IN_PLACE
from fieldcheck.domain.benchmark import Benchmark, BenchmarkItem
from fieldcheck.domain.model_card import Card
from fieldcheck.domain.pick import Pick
from fieldcheck.domain.run import On, Run, StoredModel
from fieldcheck.errors import NoFootage, NothingLabelled
from fieldcheck.files import inside, inside_set
from fieldcheck.project.folder import Project
from fieldcheck.project.tables import benchmarks as benchmarks_table
from fieldcheck.project.tables import frames as frames_table
from fieldcheck.project.tables import labels as labels_table
from fieldcheck.project.tables import runs as runs_table
from fieldcheck.workflows.footage.saved_frames import sound_picks
from fieldcheck.workflows.models.judge_answers import known_items
from fieldcheck.workflows.models.models import card_of, run_of
from fieldcheck.workflows.models.run_model import benchmark_key, benchmark_of, benchmark_root

MOST_BENCHMARK = 200  # pictures of the benchmark: a flip rate then has a half-width of seven points at most (methods 5.3)


def sets_there_are(project: Project) -> tuple[On, ...]:
    """Benchmark and field, as far as there is something to score; the footage where neither is. Raises NoFootage without anything."""
    found: list[On] = []
    if project.read(benchmarks_table.get) is not None:
        found.append("benchmark")
    if labelled_picks(project):
        found.append("field")
    if not found and project.read(frames_table.count):
        found.append("footage")
    if not found:
        raise NoFootage(project.path)
    return tuple(found)


def demand(project: Project, on: On) -> None:
    """Raises NoBenchmark, NothingLabelled or NoFootage for a set that is not there."""
    if on == "benchmark":
        benchmark_of(project)
    if on == "field" and not labelled_picks(project):
        raise NothingLabelled(project.path)
    if on == "footage" and not project.read(frames_table.count):
        raise NoFootage(project.path)


def labelled_picks(project: Project) -> tuple[Pick, ...]:
    """The picks that a label is done for, and whose saved frame is what was stored."""
    done = {label.frame_id for label in project.read(labels_table.all) if label.state == "done"}
    return tuple(pick for pick in sound_picks(project) if pick.frame_id in done)


def drawn(benchmark: Benchmark, card: Card, seed: int, most: int = MOST_BENCHMARK) -> tuple[BenchmarkItem, ...]:
    """At most 200 pictures, or `most`, of the benchmark that the model can be held against, drawn by `seed`, in the benchmark's order."""
    items = known_items(benchmark.items, card)
    places = np.random.default_rng(seed).permutation(len(items))[:most]
    return tuple(items[place] for place in sorted(places.tolist()))


def pictures(project: Project, model: StoredModel, on: On, seed: int) -> tuple[tuple[str, str], ...]:
    """Name and file of every picture of the benchmark or the field that the sweep goes over. Raises NoBenchmark."""
    if on == "field":
        return tuple((pick.frame_id, str(inside(project.path, pick.file))) for pick in labelled_picks(project))
    benchmark = benchmark_of(project)
    root = benchmark_root(project, benchmark)
    return tuple((item.path, str(inside_set(root, item.path))) for item in drawn(benchmark, card_of(model), seed))


def cell_run(project: Project, model: StoredModel, on: On, corruption: str, severity: float, seed: int, now: str = "") -> Run:
    """The run that holds the answers of one cell. Field and footage grow and their frames never change, so their names suffice."""
    benchmark = project.read(benchmarks_table.get) if on == "benchmark" else None
    key = benchmark_key(benchmark) if benchmark else on
    return run_of(model, on, key, 0, now, corruption, severity, seed)


def swept_cells(project: Project, model: StoredModel, on: On, seed: int) -> tuple[tuple[str, float], ...]:
    """Corruption and severity of every cell of which something is answered: in the order of the catalogue, severities rising.

    Cells of an earlier benchmark or an earlier version of the program have other names and are left alone.
    """
    runs = [run for run in project.read(runs_table.all) if run.on == on and run.seed == seed and run.recipe in IN_PLACE]
    found = {
        (run.recipe, run.severity) for run in runs if cell_run(project, model, on, run.recipe, run.severity, seed).run_id == run.run_id
    }
    return tuple(sorted(found, key=lambda cell: (IN_PLACE.index(cell[0]), cell[1])))

"""Severity sweep plan: what it goes over, and under which names its answers are stored."""

from __future__ import annotations

import numpy as np

from fieldcheck.corruption.catalog import IN_PLACE
from fieldcheck.domain.benchmark import Benchmark, BenchmarkItem
from fieldcheck.domain.model_card import Card
from fieldcheck.domain.pick import Pick
from fieldcheck.domain.run import On, Run, StoredModel
from fieldcheck.errors import NoFootage, NothingLabelled
from fieldcheck.files import join_inside, join_inside_data_set
from fieldcheck.project.folder import Project
from fieldcheck.project.tables import benchmarks as benchmarks_table
from fieldcheck.project.tables import frames as frames_table
from fieldcheck.project.tables import labels as labels_table
from fieldcheck.project.tables import runs as runs_table
from fieldcheck.workflows.footage.saved_frames import list_intact_picks
from fieldcheck.workflows.models.judge_answers import filter_known_items
from fieldcheck.workflows.models.models import get_card, make_run
from fieldcheck.workflows.models.run_model import compute_benchmark_key, get_benchmark, get_benchmark_root

MOST_BENCHMARK = 200  # pictures of the benchmark: a flip rate then has a half-width of seven points at most (methods 5.3)


def list_available_sets(project: Project) -> tuple[On, ...]:
    """Benchmark and field, as far as there is something to score; the footage where neither is. Raises NoFootage without anything."""
    found: list[On] = []
    if project.read(benchmarks_table.get_benchmark) is not None:
        found.append("benchmark")
    if list_labelled_picks(project):
        found.append("field")
    if not found and project.read(frames_table.count_frames):
        found.append("footage")
    if not found:
        raise NoFootage(project.path)
    return tuple(found)


def require_set(project: Project, on: On) -> None:
    """Raises NoBenchmark, NothingLabelled or NoFootage for a set that is not there."""
    if on == "benchmark":
        get_benchmark(project)
    if on == "field" and not list_labelled_picks(project):
        raise NothingLabelled(project.path)
    if on == "footage" and not project.read(frames_table.count_frames):
        raise NoFootage(project.path)


def list_labelled_picks(project: Project) -> tuple[Pick, ...]:
    """The picks that a label is done for, and whose saved frame is what was stored."""
    done = {label.frame_id for label in project.read(labels_table.list_labels) if label.state == "done"}
    return tuple(pick for pick in list_intact_picks(project) if pick.frame_id in done)


def draw_items(benchmark: Benchmark, card: Card, seed: int, most: int = MOST_BENCHMARK) -> tuple[BenchmarkItem, ...]:
    """At most 200 pictures, or `most`, of the benchmark that the model can be held against, drawn by `seed`, in the benchmark's order."""
    items = filter_known_items(benchmark.items, card)
    places = np.random.default_rng(seed).permutation(len(items))[:most]
    return tuple(items[place] for place in sorted(places.tolist()))


def list_images(project: Project, model: StoredModel, on: On, seed: int) -> tuple[tuple[str, str], ...]:
    """Name and file of every picture of the benchmark or the field that the sweep goes over. Raises NoBenchmark."""
    if on == "field":
        return tuple((pick.frame_id, str(join_inside(project.path, pick.file))) for pick in list_labelled_picks(project))
    benchmark = get_benchmark(project)
    root = get_benchmark_root(project, benchmark)
    return tuple((item.path, str(join_inside_data_set(root, item.path))) for item in draw_items(benchmark, get_card(model), seed))


def make_cell_run(project: Project, model: StoredModel, on: On, corruption: str, severity: float, seed: int, now: str = "") -> Run:
    """The run that holds the answers of one cell. Field and footage grow and their frames never change, so their names suffice."""
    benchmark = project.read(benchmarks_table.get_benchmark) if on == "benchmark" else None
    key = compute_benchmark_key(benchmark) if benchmark else on
    return make_run(model, on, key, 0, now, corruption, severity, seed)


def list_swept_cells(project: Project, model: StoredModel, on: On, seed: int) -> tuple[tuple[str, float], ...]:
    """Corruption and severity of every cell of which something is answered: in the order of the catalogue, severities rising.

    Cells of an earlier benchmark or an earlier version of the program have other names and are left alone.
    """
    runs = [run for run in project.read(runs_table.list_all_runs) if run.on == on and run.seed == seed and run.recipe in IN_PLACE]
    found = {
        (run.recipe, run.severity) for run in runs if make_cell_run(project, model, on, run.recipe, run.severity, seed).run_id == run.run_id
    }
    return tuple(sorted(found, key=lambda cell: (IN_PLACE.index(cell[0]), cell[1])))

"""Where the pictures of a stored run lie today, and what the model says of each now."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import replace
from pathlib import Path
from typing import TypeAlias

from fieldcheck.corruption.catalog import IN_PLACE
from fieldcheck.domain.prediction import Prediction
from fieldcheck.domain.run import Run, StoredModel
from fieldcheck.errors import LabelsRefused, PathMissing, PathRefused
from fieldcheck.files import inside, inside_set
from fieldcheck.progress import Progress
from fieldcheck.project.folder import Project
from fieldcheck.project.tables import benchmarks as benchmarks_table
from fieldcheck.project.tables import picks as picks_table
from fieldcheck.workflows.chunks import map_chunks, portions
from fieldcheck.workflows.footage.triage import ModelFile
from fieldcheck.workflows.models.golden import all_golden, golden_items
from fieldcheck.workflows.models.run_model import benchmark_root, footage_chunks, holds
from fieldcheck.workflows.runs._asked_again import FootageAgain, PicturesAgain, ShownAs, answered_again
from fieldcheck.workflows.stress.evaluation_sets import RECIPE as GOLDEN
from fieldcheck.workflows.stress.ood import RECIPE as PROBE
from fieldcheck.workflows.stress.ood import probe_again

GONE = (PathMissing, PathRefused, LabelsRefused)

Shown: TypeAlias = tuple[str, Prediction]  # SHA-256 of the picture now, empty where it is made up; the answer now
Again: TypeAlias = PicturesAgain | FootageAgain


def shown_again(
    project: Project, run: Run, model: StoredModel, spec: ModelFile, subjects: frozenset[str], progress: Progress, now: str
) -> dict[str, Shown]:
    """Subject → its picture's hash and the model's answer, both as they are now; without those that cannot be read any more. Raises
    Cancelled."""
    found: dict[str, Shown] = {}
    if run.recipe.startswith(PROBE):
        probed = probe_again(project, model, run, spec.provider, progress, now)
        return {subject: ("", answer) for subject, answer in probed.items()}

    def keep(_chunk: Again, shown: tuple[tuple[str, str, Prediction], ...]) -> None:
        found.update({subject: (sha256, answer) for subject, sha256, answer in shown})
        progress.report(len(found), len(subjects), run.on)

    map_chunks(answered_again, list(_chunks(project, run, model, spec, subjects)), keep, progress)
    return found


def _chunks(project: Project, run: Run, model: StoredModel, spec: ModelFile, subjects: frozenset[str]) -> Iterator[Again]:
    shown = ShownAs(run.recipe if run.recipe in IN_PLACE else "none", run.severity, run.seed)
    if run.on == "benchmark":
        files = _golden_files(project, subjects) if run.recipe == GOLDEN else _benchmark_files(project, subjects)
        yield from (PicturesAgain(spec, shown, some, frames=False) for some in portions(files))
        return
    saved = _saved_files(project, subjects) if run.on == "field" else []
    yield from (PicturesAgain(spec, shown, some, frames=True) for some in portions(saved))
    rest = set(subjects - {subject for subject, _ in saved})
    for stretch in footage_chunks(project, model, rest):
        if holds(stretch, rest):
            yield FootageAgain(replace(stretch, model=spec), shown, frozenset(rest))


def _saved_files(project: Project, subjects: Collection[str]) -> list[tuple[str, str]]:
    """Frames whose picture was saved, by subject; those of an earlier draw lie in the footage alone."""
    picks = [pick for pick in project.read(picks_table.all) if pick.frame_id in subjects and pick.file]
    return [(pick.frame_id, str(inside(project.path, pick.file))) for pick in picks]


def _benchmark_files(project: Project, subjects: Collection[str]) -> list[tuple[str, str]]:
    """Files of the newest benchmark that holds most of the subjects: a run may be of an earlier one."""
    found: list[tuple[str, str]] = []
    for benchmark in project.read(benchmarks_table.every):
        root = benchmark_root(project, benchmark)
        files = [(item.path, str(inside_set(root, item.path))) for item in benchmark.items if item.path in subjects]
        if len(files) > len(found):
            found = files
    return found


def _golden_files(project: Project, subjects: Collection[str]) -> list[tuple[str, str]]:
    """The same for the set of pictures that must stay right."""
    found: list[tuple[str, str]] = []
    for golden in reversed(all_golden(project)):
        try:
            items = golden_items(golden)
        except GONE:
            continue
        files = [(item.path, str(inside_set(Path(golden.root), item.path))) for item in items if item.path in subjects]
        if len(files) > len(found):
            found = files
    return found

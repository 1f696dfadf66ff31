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
from fieldcheck.files import join_inside, join_inside_data_set
from fieldcheck.progress import Progress
from fieldcheck.project.folder import Project
from fieldcheck.project.tables import benchmarks as benchmarks_table
from fieldcheck.project.tables import picks as picks_table
from fieldcheck.workflows.chunks import map_chunks, split_into_chunks
from fieldcheck.workflows.footage.triage import ModelFile
from fieldcheck.workflows.models.golden import list_golden_sets, read_golden_items
from fieldcheck.workflows.models.run_model import get_benchmark_root, has_missing_frame, iter_footage_chunks
from fieldcheck.workflows.runs._asked_again import CorruptionSpec, ReplayedFootage, ReplayedPictures, predict_again
from fieldcheck.workflows.stress.evaluation_sets import RECIPE as GOLDEN
from fieldcheck.workflows.stress.ood import RECIPE as PROBE
from fieldcheck.workflows.stress.ood import replay_probe

GONE = (PathMissing, PathRefused, LabelsRefused)

ReplayedAnswer: TypeAlias = tuple[str, Prediction]  # SHA-256 of the picture now, empty where it is made up; the answer now
Again: TypeAlias = ReplayedPictures | ReplayedFootage


def run_again(
    project: Project, run: Run, model: StoredModel, spec: ModelFile, subjects: frozenset[str], progress: Progress, now: str
) -> dict[str, ReplayedAnswer]:
    """Subject → its picture's hash and the model's answer, both as they are now; without those that cannot be read any more. Raises
    Cancelled."""
    found: dict[str, ReplayedAnswer] = {}
    if run.recipe.startswith(PROBE):
        probed = replay_probe(project, model, run, spec.provider, progress, now)
        return {subject: ("", answer) for subject, answer in probed.items()}

    def on_chunk(_chunk: Again, shown: tuple[tuple[str, str, Prediction], ...]) -> None:
        found.update({subject: (sha256, answer) for subject, sha256, answer in shown})
        progress.report(len(found), len(subjects), run.on)

    map_chunks(predict_again, list(_make_chunks(project, run, model, spec, subjects)), on_chunk, progress)
    return found


def _make_chunks(project: Project, run: Run, model: StoredModel, spec: ModelFile, subjects: frozenset[str]) -> Iterator[Again]:
    shown = CorruptionSpec(run.recipe if run.recipe in IN_PLACE else "none", run.severity, run.seed)
    if run.on == "benchmark":
        files = _list_golden_files(project, subjects) if run.recipe == GOLDEN else _list_benchmark_files(project, subjects)
        yield from (ReplayedPictures(spec, shown, some, frames=False) for some in split_into_chunks(files))
        return
    saved = _list_saved_files(project, subjects) if run.on == "field" else []
    yield from (ReplayedPictures(spec, shown, some, frames=True) for some in split_into_chunks(saved))
    rest = set(subjects - {subject for subject, _ in saved})
    for stretch in iter_footage_chunks(project, model, rest):
        if has_missing_frame(stretch, rest):
            yield ReplayedFootage(replace(stretch, model=spec), shown, frozenset(rest))


def _list_saved_files(project: Project, subjects: Collection[str]) -> list[tuple[str, str]]:
    """Frames whose picture was saved, by subject; those of an earlier draw lie in the footage alone."""
    picks = [pick for pick in project.read(picks_table.list_picks) if pick.frame_id in subjects and pick.file]
    return [(pick.frame_id, str(join_inside(project.path, pick.file))) for pick in picks]


def _list_benchmark_files(project: Project, subjects: Collection[str]) -> list[tuple[str, str]]:
    """Files of the newest benchmark that holds most of the subjects: a run may be of an earlier one."""
    found: list[tuple[str, str]] = []
    for benchmark in project.read(benchmarks_table.list_benchmarks):
        root = get_benchmark_root(project, benchmark)
        files = [(item.path, str(join_inside_data_set(root, item.path))) for item in benchmark.items if item.path in subjects]
        if len(files) > len(found):
            found = files
    return found


def _list_golden_files(project: Project, subjects: Collection[str]) -> list[tuple[str, str]]:
    """The same for the set of pictures that must stay right."""
    found: list[tuple[str, str]] = []
    for golden in reversed(list_golden_sets(project)):
        try:
            items = read_golden_items(golden)
        except GONE:
            continue
        files = [(item.path, str(join_inside_data_set(Path(golden.root), item.path))) for item in items if item.path in subjects]
        if len(files) > len(found):
            found = files
    return found

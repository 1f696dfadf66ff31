"""The demo project, and the whole workflow run on it: import, pick, labels from its answer key,
run, stress, report."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from fieldcheck import paths
from fieldcheck.analyses.domain_shift import compare_sets
from fieldcheck.corruptions.sweep import SweepRequest as Sweep
from fieldcheck.corruptions.sweep import run_sweep
from fieldcheck.domain.label import Label
from fieldcheck.domain.robustness import SEVERITIES
from fieldcheck.errors.projects import NotAProject, PathOccupied
from fieldcheck.files import map_os_errors
from fieldcheck.footage.clips_and_scene_cuts import list_sampling_lines
from fieldcheck.footage.import_footage import FootageInfo, import_with_settings
from fieldcheck.models.near_duplicates import set_training
from fieldcheck.models.new_project import NewProjectRequest, set_up_project
from fieldcheck.models.runs_mlflow import run_and_score
from fieldcheck.progress import Progress
from fieldcheck.project.folder import open_project
from fieldcheck.project.project import Project
from fieldcheck.project.tables import labels as labels_table
from fieldcheck.project.tables import models as models_table
from fieldcheck.project.tables import recordings as recordings_table
from fieldcheck.project.tables import values as settings_table
from fieldcheck.report.assemble import WrittenReport, write_report
from fieldcheck.sampling.pick_frames import pick_frames

PROJECT_NAME = "sample.fieldcheck"
COUNT = 100
SITE = "Line 4 night"


@dataclass(frozen=True, slots=True)
class DemoFiles:
    """The files of the sample. `key` is the answer key as `resources/demo/README.md` describes
    it."""

    folder: Path
    key: dict[str, Any]

    @property
    def model(self) -> Path:
        return self.folder / "model.onnx"

    @property
    def benchmark(self) -> Path:
        return self.folder / "benchmark"

    def get_footage_path(self, clip: dict[str, Any]) -> Path:
        return self.folder / str(clip["file"])


def get_demo_files() -> DemoFiles:
    """The shipped sample. Raises FileNotFoundError where a part of it is missing."""
    folder = paths.get_resource_path("demo")
    sample = DemoFiles(folder, json.loads((folder / "answer_key.json").read_text(encoding="utf-8")))
    for path in (
        sample.model,
        sample.benchmark,
        *(sample.get_footage_path(clip) for clip in sample.key["footage"]),
    ):
        if not path.exists():
            raise FileNotFoundError(path)
    return sample


def run_demo(folder: Path, fresh: bool, progress: Progress, now: str) -> WrittenReport:
    """Run the whole workflow in `folder`, which gets a `sample.fieldcheck`. Finished steps of an
    earlier call are reused. Raises PathOccupied where something else has that name."""
    sample = get_demo_files()
    path = folder / PROJECT_NAME
    with _open_or_create(path, sample, fresh, now) as project:
        import_all(project, sample, progress, now)
        _pick_once(project, progress, now)
        _label_picks(project, sample, now)
        run_and_score(project, None, "all", progress, now)
        compare_sets(project, progress, now)
        run_sweep(project, Sweep(severities=(SEVERITIES["moderate"],)), progress, now)
        return write_report(project, path / "reports", "en", progress, now)


def prepare_demo(folder: Path, progress: Progress, now: str, fresh: bool = False) -> Path:
    """Make the demo project ready for labelling: footage imported, a hundred frames picked, no
    label. Returns its path, `sample.fieldcheck` in `folder`. An existing one with picks is left as
    it is unless `fresh`; a half-made one is completed. Raises PathOccupied where something else has
    that name; Cancelled, and the next call continues."""
    path = folder / PROJECT_NAME
    if path.exists() and not fresh and _get_demo_state(path).picked:
        return path
    sample = get_demo_files()
    clips = sample.key["footage"]
    with _open_or_create(path, sample, fresh, now) as project:
        import_all(project, sample, _StepProgress(progress, 0, len(clips), len(clips) + 1), now)
        _pick_once(project, _StepProgress(progress, len(clips), 1, len(clips) + 1), now)
    return path


@dataclass(frozen=True, slots=True)
class _StepProgress:
    """Progress of several steps as one bar: step `start` on, `n` of `total` steps."""

    progress: Progress
    start: int
    n: int
    total: int

    def report(self, done: int, total: int | None, unit: str = "") -> None:
        """Report the progress of the current step as a share of all."""
        self.progress.report(
            self.start + (self.n * done // total if total else 0), self.total, "steps"
        )

    def check(self) -> None:
        """Check for cancellation, as the whole."""
        self.progress.check()


def create_demo_project(path: Path, sample: DemoFiles, now: str) -> Project:
    """The sample project without footage, open for writing."""
    with map_os_errors(path.parent):
        path.parent.mkdir(parents=True, exist_ok=True)
    wanted = NewProjectRequest(
        sample.model,
        benchmark=sample.benchmark,
        claimed=sample.key["benchmark"]["claimed"],
        site=SITE,
    )
    project = set_up_project(path, replace(wanted, notes={"rendered_sample": True}), now).project
    set_training(project, sample.folder / "training")
    return project


def _open_or_create(path: Path, sample: DemoFiles, fresh: bool, now: str) -> Project:
    """Open the demo project for writing: the existing one, unless its creation was interrupted
    before the model or `fresh` is set."""
    whole = path.exists() and _get_demo_state(path).whole
    if path.exists() and (fresh or not whole):
        shutil.rmtree(path)
    return open_project(path) if path.exists() else create_demo_project(path, sample, now)


@dataclass(frozen=True, slots=True)
class _DemoState:
    """How far an earlier call came: `whole` with model and benchmark, `picked` with frames to
    label."""

    whole: bool
    picked: bool


def _get_demo_state(path: Path) -> _DemoState:
    """Raises PathOccupied where the path holds something other than a demo project; it is neither
    filled nor removed."""
    try:
        with open_project(path, write=False) as project:
            is_sample = project.read(lambda db: settings_table.get_setting(db, "rendered_sample"))
            whole = (
                project.read(models_table.get_newest_model) is not None
                and project.read(models_table.get_benchmark) is not None
            )
            picked = bool(project.read(labels_table.list_picks))
    except NotAProject as error:
        raise PathOccupied(path) from error
    if not is_sample:
        raise PathOccupied(path)
    return _DemoState(whole, whole and picked)


def import_all(project: Project, sample: DemoFiles, progress: Progress, now: str) -> None:
    """Import every clip of the demo that is not in the project yet, with the conditions from the
    key."""
    there = {
        recording.source
        for recording in project.read(recordings_table.list_recordings)
        if recording.closed
    }
    clips = [(sample.get_footage_path(clip), clip) for clip in sample.key["footage"]]
    wanted = [
        (
            file,
            FootageInfo(
                clip["camera"], clip["location"], clip["taken_at"], tuple(clip["conditions"])
            ),
        )
        for file, clip in clips
        if file.name not in there
    ]
    for _, error in import_with_settings(project, wanted, progress, now).failed:
        raise error


def _pick_once(project: Project, progress: Progress, now: str) -> None:
    if not project.read(labels_table.list_picks):
        pick_frames(
            project,
            count=COUNT,
            seed=None,
            design="balanced",
            required=(),
            progress=progress,
            now=now,
        )


def _label_picks(project: Project, sample: DemoFiles, now: str) -> None:
    """Labels every pick that has none from the answer key, as one act."""
    truth = {sample.get_footage_path(clip).name: clip["classes"] for clip in sample.key["footage"]}
    picked = {pick.frame_id for pick in project.read(labels_table.list_picks) if not pick.taken_out}
    labelled = {label.frame_id for label in project.read(labels_table.list_labels)}
    labels = [
        Label(
            line.frame.frame_id,
            "done",
            truth[line.frame.source][line.frame.source_index],
            by="answer key",
            at=now,
        )
        for line in project.read(list_sampling_lines)
        if line.frame.frame_id in picked - labelled
    ]
    if labels:
        project.edit("label.import", puts=[labels_table.make_label_row(label) for label in labels])

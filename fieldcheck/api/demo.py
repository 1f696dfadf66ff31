"""The demo project, and the whole workflow run on it: import, pick, labels from its answer key,
run, stress, report."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

from fieldcheck import paths
from fieldcheck.analyses.domain_shift import compare_sets
from fieldcheck.analyses.report_data import Report
from fieldcheck.corruptions.sweep import SweepRequest as Sweep
from fieldcheck.corruptions.sweep import run_sweep
from fieldcheck.domain.frame import ListedFrame
from fieldcheck.domain.label import Label
from fieldcheck.domain.project_state import Changes
from fieldcheck.domain.robustness import SEVERITIES
from fieldcheck.errors.labels import FrameUnknown
from fieldcheck.errors.projects import NotAProject, PathOccupied
from fieldcheck.files import TEMPORARY, map_os_errors
from fieldcheck.footage.clips_and_scene_cuts import list_sampling_lines
from fieldcheck.footage.import_footage import FootageInfo, import_footage, import_with_settings
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
from fieldcheck.report.assemble import WrittenReport, build_report, write_report
from fieldcheck.sampling.pick_frames import pick_frames

PROJECT_NAME, FINISHED_NAME = paths.DEMO_PROJECT, paths.FINISHED_DEMO
HEALTHY_NAME, HEALTHY_FOLDER = "healthy.fieldcheck", "healthy"
HEALTHY_RECORDINGS = 20  # of ten images each
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


def measure_healthy_line(folder: Path, fresh: bool, progress: Progress, now: str) -> Report:
    """Measure the gap of the demo's model where nothing changed: half of the benchmark's images
    stay the benchmark, the other half is played as footage in twenty recordings. Labels on both
    sides are those that the images are filed under.

    Args:
        folder: gets a `healthy.fieldcheck` and its benchmark; a finished one is reused.
        fresh: measure anew.
        progress: of all steps.
        now: ISO 8601 UTC.

    Raises:
        PathOccupied: something else has that name.
    """
    sample, path = get_demo_files(), folder / HEALTHY_NAME
    whole = path.exists() and _get_demo_state(path).picked
    if path.exists() and (fresh or not whole):
        shutil.rmtree(path)
    if path.exists():
        with open_project(path) as project:
            return build_report(project, "en", progress, now)
    images = [
        (sample.folder / image["path"], str(image["label"]))
        for image in sample.key["benchmark"]["pictures"]
    ]
    with tempfile.TemporaryDirectory(prefix=TEMPORARY) as temporary:
        footage = _split_benchmark(images, folder / HEALTHY_FOLDER, Path(temporary))
        request = NewProjectRequest(
            sample.model, benchmark=folder / HEALTHY_FOLDER, notes={"rendered_sample": True}
        )
        with set_up_project(path, request, now).project as project:
            import_footage(project, footage, FootageInfo("Camera 1"), progress, now)
            _pick_once(project, progress, now, len(images))
            filed = {file.name: label for file, label in images}
            _label_lines(project, lambda frame: filed[Path(frame.source).name], now)
            run_and_score(project, None, "all", progress, now)
            return build_report(project, "en", progress, now)


def _split_benchmark(
    images: Sequence[tuple[Path, str]], benchmark: Path, footage: Path
) -> list[Path]:
    """Copy every second image into a benchmark folder and the others into recordings, in turn.
    Returns the folders of the recordings."""
    recordings = [footage / f"recording {n + 1}" for n in range(HEALTHY_RECORDINGS)]
    with map_os_errors(benchmark):
        shutil.rmtree(benchmark, ignore_errors=True)
        for n, (file, label) in enumerate(images):
            index = n // 2 * HEALTHY_RECORDINGS // (len(images) // 2 + 1)
            target = benchmark / label if n % 2 == 0 else recordings[index]
            target.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(file, target / file.name)
    return recordings


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


def prepare_finished_demo(folder: Path, lang: str, progress: Progress, now: str) -> Path:
    """Make the demo project as it is at the end of a visit: labelled from its answer key, run, with
    a written report; and beside it the one that waits for its labels, as `prepare_demo` makes it.

    Args:
        folder: gets a `demo.fieldcheck` and a `sample.fieldcheck`; what is there is left as it is.
        lang: language of the report.
        progress: of all steps.
        now: ISO 8601 UTC.

    Returns:
        The finished project.

    Raises:
        PathOccupied: something else has one of the names.
        Cancelled: the next call makes the finished project anew.
    """
    finished, beside = folder / FINISHED_NAME, folder / f"{TEMPORARY}demo"
    unlabelled = prepare_demo(folder, _StepProgress(progress, 0, 60, 100), now)
    if finished.exists():
        _get_demo_state(finished)
        return finished
    with map_os_errors(folder):
        shutil.rmtree(beside, ignore_errors=True)
        if not _has_labels(unlabelled):  # else a visit has begun in it
            shutil.copytree(unlabelled, beside / FINISHED_NAME)
    sample = get_demo_files()
    with _open_or_create(beside / FINISHED_NAME, sample, False, now) as project:
        import_all(project, sample, _StepProgress(progress, 60, 5, 100), now)
        _pick_once(project, _StepProgress(progress, 65, 5, 100), now)
        _label_picks(project, sample, now)
        run_and_score(project, None, "field", _StepProgress(progress, 70, 5, 100), now)
        run_and_score(project, None, "footage", _StepProgress(progress, 75, 5, 100), now)
        run_and_score(project, None, "benchmark", _StepProgress(progress, 80, 5, 100), now)
        reports = beside / FINISHED_NAME / "reports"
        write_report(project, reports, lang, _StepProgress(progress, 85, 15, 100), now)
    with map_os_errors(folder):
        (beside / FINISHED_NAME).rename(finished)
        beside.rmdir()
    return finished


def _has_labels(path: Path) -> bool:
    with open_project(path, write=False) as project:
        return bool(project.read(labels_table.count_labels))


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


def _pick_once(project: Project, progress: Progress, now: str, count: int = COUNT) -> None:
    if not project.read(labels_table.list_picks):
        pick_frames(
            project,
            count=count,
            seed=None,
            design="balanced",
            required=(),
            progress=progress,
            now=now,
        )


def label_from_answer_key(project: Project, now: str) -> Changes:
    """Labels every pick of the demo project that has none, as one undoable act.

    Args:
        project: the demo project.
        now: ISO 8601 UTC.

    Returns:
        The labels that were set.

    Raises:
        FrameUnknown: a pick is no frame of the demo's footage.
    """
    sample = get_demo_files()
    truth = {sample.get_footage_path(clip).name: clip["classes"] for clip in sample.key["footage"]}
    labels = _list_missing_labels(project, partial(_get_key_class, truth), now)
    return project.edit(
        "label.import", puts=[labels_table.make_label_row(label) for label in labels]
    )


def _get_key_class(truth: Mapping[str, Sequence[str]], frame: ListedFrame) -> str:
    if frame.source not in truth:
        raise FrameUnknown(frame.frame_id)
    return truth[frame.source][frame.source_index]


def _label_picks(project: Project, sample: DemoFiles, now: str) -> None:
    """Labels every pick that has none from the answer key, as one act."""
    truth = {sample.get_footage_path(clip).name: clip["classes"] for clip in sample.key["footage"]}
    _label_lines(project, lambda frame: truth[frame.source][frame.source_index], now)


def _label_lines(project: Project, get_class: Callable[[ListedFrame], str], now: str) -> None:
    """Label every pick that has no label, as one act."""
    if labels := _list_missing_labels(project, get_class, now):
        project.edit("label.import", puts=[labels_table.make_label_row(label) for label in labels])


def _list_missing_labels(
    project: Project, get_class: Callable[[ListedFrame], str], now: str
) -> list[Label]:
    """The labels of the picks that have none."""
    picked = {pick.frame_id for pick in project.read(labels_table.list_picks) if not pick.taken_out}
    labelled = {label.frame_id for label in project.read(labels_table.list_labels)}
    return [
        Label(line.frame.frame_id, "done", get_class(line.frame), by="answer key", at=now)
        for line in project.read(list_sampling_lines)
        if line.frame.frame_id in picked - labelled
    ]

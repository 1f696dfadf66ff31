"""A project in a script: opened, filled, labelled, run, compared, stressed, gated and reported, by
the functions that the terminal calls; its arguments are checked first."""

from __future__ import annotations

import threading
import warnings
import weakref
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from types import TracebackType
from typing import Self

import numpy as np
from numpy.typing import NDArray

from fieldcheck.analyses import release_gate as gates
from fieldcheck.analyses.domain_shift import compare_sets
from fieldcheck.analyses.flicker import run_flicker
from fieldcheck.analyses.latency import import_device_result
from fieldcheck.analyses.releases_and_ranking import rank_named_models
from fieldcheck.api.arguments import check_arguments
from fieldcheck.api.results import (
    ScriptChange,
    ScriptClip,
    ScriptComparison,
    ScriptDevice,
    ScriptFix,
    ScriptFlicker,
    ScriptGate,
    ScriptGateSet,
    ScriptImport,
    ScriptLabel,
    ScriptLabels,
    ScriptLimits,
    ScriptPick,
    ScriptPicks,
    ScriptPredictions,
    ScriptRanked,
    ScriptRanking,
    ScriptReplay,
    ScriptReport,
    ScriptRun,
    ScriptRuns,
    ScriptStress,
    plain_sentence,
)
from fieldcheck.corruptions.fix_finder import find_fix
from fieldcheck.corruptions.sweep import SweepRequest, run_sweep
from fieldcheck.domain.label import Box, Design, Point
from fieldcheck.domain.robustness import SEVERITIES
from fieldcheck.domain.run import GateSet, On
from fieldcheck.errors.files import ArgumentRefused
from fieldcheck.errors.projects import ProjectClosed
from fieldcheck.files import TEMPORARY
from fieldcheck.footage.finish_recording import open_with_recovery
from fieldcheck.footage.import_footage import FootageInfo, import_each
from fieldcheck.labels import store
from fieldcheck.models.check_model import check_claim_if_any, list_warnings
from fieldcheck.models.compare import compare_models
from fieldcheck.models.doctor.findings import list_inherited_card_lines, list_warning_lines
from fieldcheck.models.new_project import NewProjectRequest, set_up_project
from fieldcheck.models.predictions_file import (
    count_given_answers,
    inspect_function,
    list_answer_lines,
)
from fieldcheck.models.replay import replay_run
from fieldcheck.models.run import add_predictions
from fieldcheck.models.runs_mlflow import run_and_score
from fieldcheck.models.store import (
    check_model_fits_project,
    find_model,
    get_ok_classes,
    inspect_fitting_model,
    list_project_classes,
    set_model,
    set_ok_classes,
)
from fieldcheck.progress import NullProgress
from fieldcheck.project.folder import open_project
from fieldcheck.project.limits import (
    GapLimits,
    get_set_limits,
    set_latency_limit,
    set_limits,
    set_rate_limits,
)
from fieldcheck.project.project import Project
from fieldcheck.report.assemble import write_report
from fieldcheck.report.csv_files import load_prediction_rows
from fieldcheck.report.curve_plots import draw_figures
from fieldcheck.report.evidence_pack import PackOptions, pack_project
from fieldcheck.report.export import ExportRequest, write_export
from fieldcheck.safe_json_yaml import parse_json_file
from fieldcheck.sampling.hardness import HardnessPasses
from fieldcheck.sampling.pick_frames import pick_frames
from fieldcheck.timestamp import get_timestamp

PathLike = str | Path


class ScriptProject:
    """A project folder, open for writing until `close` or the end of a `with` block.

    One writer at a time: while it is open here, the window and the terminal can only read it. A
    project left open is closed with the script at the latest. Every method raises
    `fieldcheck.FieldcheckError`; `str()` of it is the error sentence."""

    def __init__(self, open_resources: ExitStack, project: Project) -> None:
        self._open_resources, self._opened = open_resources, project
        self._left_open = weakref.finalize(self, _close_abandoned, open_resources)

    @classmethod
    @check_arguments
    def open(cls, path: PathLike, *, write: bool = True) -> Self:
        """Open an existing project; with `write=False` read-only. Raises NotAProject,
        ProjectLocked, PathMissing."""
        with ExitStack() as stack:
            folder = Path(path)
            way = (
                open_with_recovery(folder, NullProgress(), get_timestamp())
                if write
                else open_project(folder, write=False)
            )
            project = stack.enter_context(way)
            return cls(stack.pop_all(), project)

    @classmethod
    @check_arguments
    def new(
        cls,
        path: PathLike,
        *,
        model: PathLike | None = None,
        card: PathLike | None = None,
        classes: Sequence[str] = (),
        benchmark: PathLike | None = None,
        claimed: float | None = None,
        site: str = "",
    ) -> Self:
        """Create a project and open it; `claimed` is the reference score as a fraction. Raises
        ProjectExists, ModelRejected, CardNeeded, BenchmarkRefused."""
        wanted = NewProjectRequest(
            model=_to_path(model),
            card=_to_path(card),
            classes=tuple(classes) or None,
            benchmark=_to_path(benchmark),
            claimed=claimed,
            site=site,
        )
        with ExitStack() as stack:
            project = stack.enter_context(
                set_up_project(Path(path), wanted, get_timestamp()).project
            )
            return cls(stack.pop_all(), project)

    @property
    def path(self) -> Path:
        """The project's folder."""
        return self._opened.path

    @property
    def _project(self) -> Project:
        """The open project. Raises ProjectClosed."""
        self._opened.check_process()
        if not self._left_open.alive:
            raise ProjectClosed(self.path, "closed")
        return self._opened

    @check_arguments
    def _check_open(self) -> Project:
        return self._project

    def close(self) -> None:
        """Close the project; closing it again has no effect."""
        self._left_open.detach()
        self._open_resources.close()

    def __enter__(self) -> Self:
        self._check_open()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    @check_arguments
    def add_model(self, model: PathLike, *, card: PathLike | None = None) -> str:
        """Makes an ONNX file the project's newest model and returns its name. Warns where it takes
        the card of another model, and where the benchmark says that the card feeds it wrongly.
        Raises ModelRejected, CardNeeded, NotComparable."""
        looked_at = inspect_fitting_model(self._project, Path(model), _to_path(card))
        stored = set_model(self._project, looked_at, get_timestamp())
        for line in (
            *list_inherited_card_lines(looked_at.inherited),
            *list_warning_lines(list_warnings(self._project, NullProgress())),
        ):
            warnings.warn(line, stacklevel=2)
        return stored.name

    @check_arguments
    def set_model(
        self,
        predict: Callable[[NDArray[np.uint8]], object],
        *,
        classes: Sequence[str] = (),
        task: str = "classification",
        name: str = "",
        version: str = "",
    ) -> str:
        """Makes a function of this script the project's newest model and returns its name. It
        takes a (H, W, 3) uint8 RGB frame and returns probabilities by class, a pair of class and
        confidence, or for detection rows of class, confidence, x, y, w, h. `classes`: empty for
        the project's. The function is not stored: its predictions are, for good where `version` is
        given. Raises CardRejected, NotComparable."""
        named = tuple(classes) or list_project_classes(self._project)
        with TemporaryDirectory(prefix=TEMPORARY) as folder:
            looked_at = inspect_function(Path(folder), predict, named, task, name, version)
            check_model_fits_project(self._project, looked_at.card)
            stored = set_model(self._project, looked_at, get_timestamp())
        check_claim_if_any(self._project, NullProgress(), get_timestamp())
        return stored.name

    @check_arguments
    def add_predictions(self, path: PathLike, *, card: PathLike | None = None) -> str:
        """Makes the predictions of a model that runs elsewhere (CSV, JSON Lines, COCO results) the
        project's newest model and returns its name. Warns of images without a prediction. Raises
        PredictionsRefused, NotComparable."""
        now = get_timestamp()
        stored = add_predictions(
            self._project, Path(path), _to_path(card), None, NullProgress(), now
        )
        check_claim_if_any(self._project, NullProgress(), now)
        for line in list_answer_lines(count_given_answers(self._project, stored))[:-1]:
            warnings.warn(line, stacklevel=2)
        return stored.name

    @check_arguments
    def import_footage(
        self, *paths: PathLike, camera: str = "", location: str = "", taken_at: str = "",
        conditions: Sequence[str] = ()
    ) -> ScriptImport:  # fmt: skip
        """Import videos and image folders. Unreadable files are listed in `failed`; if no file can
        be read, the first error is raised. `taken_at` is ISO 8601; without an offset, local time.
        """
        footage_info = FootageInfo(camera, location, taken_at, tuple(conditions))
        brought = import_each(
            self._project,
            [Path(path) for path in paths],
            footage_info,
            NullProgress(),
            get_timestamp(),
        )
        if brought.failed and not brought.imported:
            raise brought.failed[0][1]
        clips = [
            ScriptClip(
                clip.clip_id,
                clip.recording_id,
                imported_recording.recording.source,
                clip.start_s,
                clip.camera,
                clip.location,
                clip.conditions,
            )
            for imported_recording in brought.imported
            for clip in imported_recording.clips
        ]
        return ScriptImport(
            tuple(clips),
            sum(len(imported_recording.frames) for imported_recording in brought.imported),
            any(imported_recording.resumed for imported_recording in brought.imported),
            {str(path): plain_sentence(error) for path, error in brought.failed},
        )

    @check_arguments
    def pick(
        self,
        count: int = 100,
        *,
        seed: int | None = None,
        design: Design = "balanced",
        must: Sequence[str] = (),
        against: str = "",
    ) -> ScriptPicks:
        """Pick frames to label with known inclusion probabilities; the same seed gives the same
        frames. `against`: a model; more of the frames on which it and the newest one differ are
        picked. Raises NoFootage, NothingLeftToPick, FrameUnknown, ModelUnknown."""
        pick_result = pick_frames(
            self._project, count=count, seed=seed, design=design, required=list(must),
            passes=HardnessPasses(against=against), progress=NullProgress(), now=get_timestamp()
        )  # fmt: skip
        draw = pick_result.draw
        picks = [
            ScriptPick(
                pick.pick.frame_id,
                pick.clip_id,
                pick.t_s,
                pick.pick.stratum,
                _nan_to_none(pick.hardness),
                _nan_to_none(pick.pick.probability),
                pick.pick.weight,
                pick.pick.reason,
                self.path / pick.pick.file,
            )
            for pick in pick_result.picks
        ]
        return ScriptPicks(draw.design, draw.seed, draw.census, draw.n_listed, tuple(picks))

    @check_arguments
    def label(
        self,
        frame_id: str,
        class_name: str = "",
        *,
        boxes: Sequence[Box] = (),
        points: Sequence[Point] = (),
        unsure: bool = False,
        skip: str = "",
        nothing: bool = False,
        by: str = "",
    ) -> None:
        """Label one picked frame; it can be undone. Raises FrameUnknown, FrameNotPicked,
        ClassUnknown, LabelKindWrong."""
        if sum(map(bool, (class_name, boxes, points, unsure, skip, nothing))) > 1:
            raise ArgumentRefused("label", "one_label", frame_id)
        label_decision = store.LabelDecision(
            class_name, unsure, skip, nothing, tuple(boxes), tuple(points)
        )
        store.set_label(self._project, frame_id, label_decision, annotator=by, now=get_timestamp())

    @check_arguments
    def import_labels(
        self,
        path: PathLike,
        *,
        format: str | None = None,  # noqa: A002 - the option's name in the terminal too
        by: str = "",
        blind: bool | None = None,
    ) -> int:
        """Import labels from a file or folder and return the number of labelled frames;
        `format=None` detects the format. Raises LabelsRefused, ClassUnknown."""
        taken = store.import_labels(
            self._project, Path(path), format, annotator=by, blind=blind, now=get_timestamp(),
            progress=NullProgress()
        )  # fmt: skip
        return taken.n_frames

    @check_arguments
    def labels(self) -> ScriptLabels:
        """Return the current labels."""
        shown = store.get_labelling_state(self._project)
        script_labels = [
            ScriptLabel(
                label.frame_id,
                label.state,
                label.class_name,
                len(label.boxes),
                len(label.points),
                label.by,
            )
            for label in shown.labels
        ]
        return ScriptLabels(shown.n_picked, shown.n_labelled, shown.n_left, tuple(script_labels))

    @check_arguments
    def undo(self) -> None:
        """Undo the latest action. Raises NothingToUndo, UndoRefused."""
        self._project.undo()

    @check_arguments
    def run(self, *, model: str | None = None, on: str = "all") -> ScriptRuns:
        """Run the model on `field`, `benchmark`, `footage` or `all`. Existing predictions are
        reused. Raises NoModel, ModelUnknown, NoFootage, NothingPicked, NoBenchmark."""
        scored_runs = run_and_score(self._project, model, on, NullProgress(), get_timestamp())
        return ScriptRuns(
            tuple(
                ScriptRun(
                    scored_run.run_result.run.run_id,
                    scored_run.run_result.model,
                    scored_run.run_result.run.on,
                    scored_run.run_result.n,
                    scored_run.run_result.n_done,
                    scored_run.run_result.n_nan,
                    scored_run.run_result.resumed,
                    scored_run.metric,
                    scored_run.score,
                )
                for scored_run in scored_runs
            )
        )

    @check_arguments
    def replay(self, run_id: str) -> ScriptReplay:
        """Reproduce a saved run and list every difference. Raises RunUnknown."""
        replay_result = replay_run(self._project, run_id, NullProgress(), get_timestamp())
        return ScriptReplay(
            replay_result.run.run_id,
            replay_result.is_identical,
            replay_result.n,
            replay_result.n_different,
            replay_result.differences,
        )

    @check_arguments
    def gate(
        self,
        model: PathLike,
        *,
        card: PathLike | None = None,
        against: str | None = None,
        tolerance: float | None = None,
        metric: str = "",
        require: Sequence[GateSet] = (),
        trained_on: PathLike | None = None,
        seed: int = 0,
    ) -> ScriptGate:
        """Compare a new model, a file or a name, with `against`; default: the newest other model.
        Raises NoModel, ModelUnknown, NoBenchmark, ModelRejected, NotComparable."""
        wanted = gates.GateRequest(
            str(model),
            card=_to_path(card),
            against=against,
            seed=seed,
            tolerance=tolerance,
            required=tuple(require),
            metric=metric,
            trained_on=_to_path(trained_on),
        )
        gate_result = gates.run_gate(self._project, wanted, NullProgress(), get_timestamp())
        for line in list_inherited_card_lines(gate_result.inherited):
            warnings.warn(line, stacklevel=2)
        sets = [
            ScriptGateSet(
                line.kind,
                line.name,
                line.table.n,
                line.before,
                line.after,
                line.change,
                None,
                None,
                line.state,
                line.lost,
                line.p,
            )
            for line in gate_result.lines
        ]
        code = gates.EXIT_CODES[gate_result.verdict]
        return ScriptGate(
            gate_result.model,
            gate_result.against,
            gate_result.verdict,
            gate_result.metric,
            gate_result.tolerance,
            code,
            tuple(sets),
        )

    @check_arguments
    def report(self, out: PathLike | None = None, *, lang: str = "en") -> ScriptReport:
        """Export the report to a folder below `out`; default: `reports` in the project. Missing
        results are listed in the report. Raises DiskFull, ReadOnlyPlace."""
        compare_sets(self._project, NullProgress(), get_timestamp())
        written = write_report(
            self._project,
            _to_path(out) or self.path / "reports",
            lang,
            NullProgress(),
            get_timestamp(),
        )
        gap = written.report.gap
        summary = parse_json_file(written.folder / "summary.json")
        figures = draw_figures(written.report, lang)
        return ScriptReport(
            written.folder, written.files, gap.sentence, gap.verdict, gap.estimate, summary, figures
        )

    @check_arguments
    def predictions(self, *, model: str | None = None) -> ScriptPredictions:
        """Return the stored predictions: picked frames, other footage, benchmark; one row for each
        class of a classifier and each box of a detector. Raises NoModel, ModelUnknown."""
        stored = find_model(self._project, model)
        return ScriptPredictions(stored.name, load_prediction_rows(self._project, stored))

    @check_arguments
    def limits(
        self,
        *,
        tolerance: float | None = None,
        escape_rate: float | None = None,
        false_reject_rate: float | None = None,
        confident_errors: float | None = None,
        latency_ms: float | None = None,
        ok_classes: Sequence[str] = (),
        by: str = "",
    ) -> ScriptLimits:
        """Set the given limits and OK classes, and return all limits; `tolerance` is the maximum
        gap as a fraction. Raises AdminNeeded, ClassUnknown."""
        project = self._project
        rates = {
            "escape_rate": escape_rate,
            "false_reject_rate": false_reject_rate,
            "confident_errors": confident_errors,
        }
        limits_by_rate = {rate: limit for rate, limit in rates.items() if limit is not None}
        if tolerance is not None:
            set_limits(project, GapLimits(tolerance, by))
        if limits_by_rate:
            set_rate_limits(project, limits_by_rate, by)
        if latency_ms is not None:
            set_latency_limit(project, latency_ms, by)
        if ok_classes:
            set_ok_classes(project, ok_classes)
        limits = get_set_limits(project)
        return ScriptLimits(
            limits.gap.tolerance,
            limits.gap.confirmed,
            {rate.rate: rate.limit for rate in limits.rates},
            limits.latency.ms if limits.latency else None,
            get_ok_classes(project)[0],
        )

    @check_arguments
    def compare(self, a: str, b: str, *, metric: str = "") -> ScriptComparison:
        """Compare two models of the project on the same labelled frames; `change` is b minus a on
        these frames, `camera` for other clips of these cameras. Raises ModelUnknown,
        NotComparable, NothingLabelled."""
        compared = compare_models(self._project, a, b, NullProgress(), get_timestamp(), metric)
        return ScriptComparison(
            compared.a,
            compared.b,
            compared.metric,
            *compared.scores,
            compared.table.change,
            compared.cameras.change,
            compared.cameras.direction,
            compared.cameras.p,
            compared.flips,
            compared.left,
        )

    @check_arguments
    def rank(self, models: Sequence[str]) -> ScriptRanking:
        """Rank three or more models of the project on the same labelled frames; all pairs are
        tested together by flipped signs of whole clips. Raises ModelUnknown, NothingLabelled."""
        ranking = rank_named_models(self._project, models, NullProgress(), get_timestamp())
        entries = tuple(
            ScriptRanked(
                ranked.model,
                ranked.first,
                ranked.last,
                ranked.score,
                ranked.verdict.change,
                ranked.verdict.direction,
            )
            for ranked in ranking.models
        )
        return ScriptRanking(
            ranking.metric, ranking.n, ranking.is_best_decided, entries, ranking.left
        )

    @check_arguments
    def stress(
        self,
        corruptions: Sequence[str] = (),
        *,
        severities: Sequence[str] = (),
        sets: Sequence[On] = (),
        model: str | None = None,
        seed: int = 0,
    ) -> ScriptStress:
        """Run a corruption sweep; without arguments the core corruptions at all severities on
        benchmark and field. Existing predictions are reused. Raises NoModel, NothingPicked."""
        usual = SweepRequest()
        wanted = SweepRequest(
            tuple(corruptions) or usual.corruptions,
            tuple(SEVERITIES[name] for name in severities) or usual.severities,
            tuple(sets),
            seed,
            model,
        )
        swept = run_sweep(self._project, wanted, NullProgress(), get_timestamp()).requested
        return ScriptStress(swept.model, swept.rows)

    @check_arguments
    def flicker(self, *, model: str | None = None, seconds: float = 60.0) -> ScriptFlicker:
        """Measure how often the prediction changes between neighbouring frames of a clip, at the
        clip's own frame rate, and what voting over frames gains. Requires no labels; existing
        predictions are reused.

        Args:
            model: Name of a model; default: the newest.
            seconds: Seconds of each clip, from its middle; 0 for the whole clip.

        Returns:
            Changes per minute over all clips and by condition, a row for each clip, and the ten
            seconds with most changes.

        Raises:
            NoModel, ModelUnknown: There is no such model.
            ModelRejected: The model is a file of predictions, which answers no other frame.
            NoFootage: No clip is a video or a recording.
            PathMissing, VideoUnreadable: The footage is gone or cannot be read.
        """
        flicker = run_flicker(self._project, model, seconds, NullProgress(), get_timestamp())
        worst, overall = flicker.worst, flicker.overall
        return ScriptFlicker(
            flicker.model,
            overall.minutes,
            overall.changes,
            overall.rate,
            flicker.by_clip,
            {row.condition: row.rate for row in flicker.conditions},
            worst.clip_id if worst else "",
            worst.start_s if worst else None,
            worst.frames if worst else (),
            flicker.votes,
        )

    @check_arguments
    def import_device_result(self, path: PathLike) -> ScriptDevice:
        """Import what a device measured and predicted with the exported runner (`fieldcheck
        latency --export-runner`): its latency, and its predictions on the picked frames, paired
        with those of this computer.

        Args:
            path: The `bench.json` that the runner wrote on the device.

        Returns:
            The device's latency, its score with that of this computer, and a row for each frame
            for which the two predictions differ; scores are None where the result has latency
            alone, or no frame is labelled.

        Raises:
            PathMissing: There is no such file.
            RunnerResultRefused: It is of another project, model or card, was changed, or is not
                whole.
        """
        latency, accuracy = import_device_result(self._project, Path(path), get_timestamp())
        field = accuracy.field if accuracy else None
        return ScriptDevice(
            latency.model,
            dict(latency.machine),
            latency.total,
            accuracy.n if accuracy else 0,
            accuracy.n_left_out if accuracy else 0,
            field.before if field else None,
            field.after if field else None,
            field.change if field else None,
            accuracy.changed if accuracy else (),
        )

    @check_arguments
    def fix(self, *, model: str | None = None, seed: int = 0) -> ScriptFix:
        """Search for preprocessing changes that help on the labelled clips, all of them tested
        together. Raises NoModel, NothingLabelled."""
        result = find_fix(self._project, model, seed, NullProgress(), get_timestamp())
        changes = [
            ScriptChange(
                trial.candidate.name,
                trial.verdict.change,
                trial.is_demonstrated and not trial.is_refused,
                trial.cost_ms,
            )
            for trial in result.tried
        ]
        return ScriptFix(result.model, result.state, result.clips, result.frames, tuple(changes))

    @check_arguments
    def export(self, kind: str, out: PathLike, *, seed: int = 0) -> tuple[Path, ...]:
        """Export labels, slices, suspected label errors, recipes or training images in the format
        `kind` and return the files. Frames with people are left out. Raises PathOccupied,
        NothingLabelled, DiskFull."""
        request = ExportRequest(self._project, Path(out), None, seed, NullProgress(), kind)
        return tuple(Path(out) / file for file in write_export(request).files)

    @check_arguments
    def pack(self, out: PathLike, *, recordings: bool = False, lang: str = "en") -> Path:
        """Create an evidence pack with its own verification program and return its file. Frames
        with people are left out. Raises ProjectExists, DiskFull."""
        wish = PackOptions(recordings, None, lang, with_people=False)
        return pack_project(self._project, Path(out), wish, NullProgress(), get_timestamp()).pack


def _close_abandoned(open_resources: ExitStack) -> None:
    """The collector may come by in any thread, also in the project's own, which closing waits
    for."""
    if threading.current_thread() is threading.main_thread():
        open_resources.close()
    else:
        threading.Thread(target=open_resources.close, name="close project").start()


def _to_path(value: PathLike | None) -> Path | None:
    return None if value is None else Path(value)


def _nan_to_none(value: float | None) -> float | None:
    """None for the NaN that stands where there is no figure."""
    return None if value is None or value != value else value

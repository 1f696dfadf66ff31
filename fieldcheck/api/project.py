"""A project in a script: opened, filled, labelled, run, gated and reported, by the workflows that
the terminal calls; its arguments are checked first."""

from __future__ import annotations

import inspect
import os
import reprlib
import threading
import warnings
import weakref
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from contextlib import ExitStack
from datetime import UTC, datetime
from functools import partial, wraps
from numbers import Integral, Real
from pathlib import Path
from types import MappingProxyType, TracebackType
from typing import Any, ParamSpec, Self, TypeVar

import numpy as np

from fieldcheck.analyses import release_gate as gates
from fieldcheck.analyses.domain_shift import compare_sets
from fieldcheck.api.results import (
    ScriptClip,
    ScriptGate,
    ScriptGateSet,
    ScriptImport,
    ScriptLabel,
    ScriptLabels,
    ScriptPick,
    ScriptPicks,
    ScriptReplay,
    ScriptReport,
    ScriptRun,
    ScriptRuns,
    plain_sentence,
)
from fieldcheck.domain.label import DESIGNS, LARGEST_SEED, Box, Design, Point
from fieldcheck.domain.recording import CONDITIONS
from fieldcheck.domain.run import GateSet
from fieldcheck.errors.files import ArgumentRefused, FieldcheckError
from fieldcheck.errors.projects import ProjectClosed
from fieldcheck.files import to_path_refused
from fieldcheck.footage.finish_recording import open_with_recovery
from fieldcheck.footage.import_footage import FootageInfo, import_each
from fieldcheck.i18n.language import LANGUAGES
from fieldcheck.labels import store
from fieldcheck.labels.formats.registry import READABLE
from fieldcheck.models.check_model import list_warnings
from fieldcheck.models.compare import KINDS
from fieldcheck.models.doctor.findings import list_inherited_card_lines, list_warning_lines
from fieldcheck.models.new_project import NewProjectRequest, set_up_project
from fieldcheck.models.replay import replay_run
from fieldcheck.models.runs_mlflow import run_and_score
from fieldcheck.models.store import inspect_fitting_model, set_model
from fieldcheck.progress import NullProgress
from fieldcheck.project.folder import open_project
from fieldcheck.project.project import Project
from fieldcheck.report.assemble import write_report
from fieldcheck.safe_json_yaml import parse_json_file
from fieldcheck.sampling.pick_frames import pick_frames
from fieldcheck.timestamp import get_timestamp

# Checks of a script's arguments, made before anything is done, as the command line checks its
# options.

P = ParamSpec("P")
T = TypeVar("T")
Check = Callable[[Any], Any]

SETS = ("field", "benchmark", "footage", "all")


class _ArgumentError(Exception):
    """A value that an argument does not take: the code of what it takes, and for a choice the
    options."""

    def __init__(self, problem: str, allowed: tuple[str, ...] = ()) -> None:
        super().__init__(problem)
        self.problem, self.allowed = problem, allowed


def check_arguments(function: Callable[P, T]) -> Callable[P, T]:
    """A method of the script door: its arguments are checked, and an error of the family says its
    sentence as `str()`."""
    signature = inspect.signature(function)

    @wraps(function)
    def call_checked(*given: P.args, **named: P.kwargs) -> T:
        try:
            bound = signature.bind(*given, **named)
            bound.apply_defaults()
            bound.arguments.update(_check_arguments(signature, bound.arguments))
            return function(*bound.args, **bound.kwargs)
        except FieldcheckError as error:
            error.set_message(plain_sentence(error))
            raise
        except OSError as error:
            refused = to_path_refused(error)
            if refused is None:
                raise
            refused.set_message(plain_sentence(refused))
            raise refused from error

    return call_checked


def _check_arguments(signature: inspect.Signature, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Arguments as the workflows take them. Raises ArgumentRefused."""
    checked = {}
    for name, value in arguments.items():
        parameter = signature.parameters[name]
        if name in ("self", "cls") or (value is None and parameter.default is None):
            continue
        try:
            checked[name] = CHECKS[name](value)
        except _ArgumentError as unfit:
            raise ArgumentRefused(name, unfit.problem, _short.repr(value), unfit.allowed) from None
    return checked


_short = reprlib.Repr()
_short.maxstring = _short.maxother = 80


def _require_text(value: Any) -> str:
    if not isinstance(value, str):
        raise _ArgumentError("text")
    return str(value)


def _require_path(value: Any) -> Path:
    """Raises for an empty path, which Python would take as the script's current folder."""
    path = os.fspath(value) if isinstance(value, str | os.PathLike) else None
    if not isinstance(path, str) or not path or "\0" in path:
        raise _ArgumentError("path")
    return Path(path)


def _require_paths(value: Any) -> tuple[Path, ...]:
    if not value:
        raise _ArgumentError("path")
    return tuple(_require_path(item) for item in value)


def _require_model(value: Any) -> str | Path:
    """A file, or the name of a model."""
    return _require_path(value) if isinstance(value, os.PathLike) else str(_require_path(value))


def _require_bool(value: Any) -> bool:
    if not isinstance(value, bool | np.bool_):
        raise _ArgumentError("truth")
    return bool(value)


def _is_number(value: Any, kind: type) -> bool:
    """Whether the value is a number, also one of numpy's; a bool is none, though Python counts it
    as one."""
    return isinstance(value, kind) and not isinstance(value, bool)


def _require_int(value: Any, least: int, most: int, problem: str) -> int:
    if not _is_number(value, Integral) or not least <= value <= most:
        raise _ArgumentError(problem)
    return int(value)


def _require_fraction(value: Any) -> float:
    if not _is_number(value, Real) or not 0 <= value <= 1:  # nor is NaN
        raise _ArgumentError("fraction")
    return float(value)


def _parse_time(value: Any) -> str:
    """ISO 8601 in UTC; local time without an offset."""
    try:
        return (
            datetime.fromisoformat(_require_text(value)).astimezone(UTC).isoformat()
            if value != ""
            else ""
        )
    except (ValueError, OverflowError):
        raise _ArgumentError("time") from None


def _require_choice(value: Any, allowed: Collection[str]) -> str:
    if not isinstance(value, str) or value not in allowed:
        raise _ArgumentError("choice", tuple(allowed))
    return str(value)


def _check_each(value: Any, check: Check, problem: str) -> tuple[Any, ...]:
    """Check several values; a single text is refused, since its letters would be taken one by
    one."""
    if isinstance(value, str | bytes) or not isinstance(value, Iterable):
        raise _ArgumentError(problem)
    return tuple(check(item) for item in value)


def _require_texts(value: Any) -> tuple[str, ...]:
    return _check_each(value, _require_text, "texts")


def _require_choices(value: Any, allowed: Collection[str]) -> tuple[str, ...]:
    return _check_each(value, partial(_require_choice, allowed=allowed), "texts")


def _require_instances(value: Any, kind: type) -> tuple[Any, ...]:
    instances = tuple(value) if isinstance(value, Iterable) else (value,)
    if not isinstance(value, Iterable) or not all(
        isinstance(instance, kind) for instance in instances
    ):
        raise _ArgumentError("objects", (f"fieldcheck.{kind.__name__}",))
    return instances


CHECKS: Mapping[str, Check] = MappingProxyType(
    {
        "against": _require_text,
        "benchmark": _require_path,
        "blind": _require_bool,
        "boxes": partial(_require_instances, kind=Box),
        "by": _require_text,
        "camera": _require_text,
        "card": _require_path,
        "claimed": _require_fraction,
        "class_name": _require_text,
        "classes": _require_texts,
        "conditions": partial(_require_choices, allowed=CONDITIONS),
        "count": partial(_require_int, least=1, most=LARGEST_SEED, problem="count"),
        "design": partial(_require_choice, allowed=DESIGNS),
        "format": partial(_require_choice, allowed=READABLE),
        "frame_id": _require_text,
        "lang": partial(_require_choice, allowed=LANGUAGES),
        "location": _require_text,
        "metric": _require_text,
        "model": _require_model,
        "must": _require_texts,
        "nothing": _require_bool,
        "on": partial(_require_choice, allowed=SETS),
        "out": _require_path,
        "path": _require_path,
        "paths": _require_paths,
        "points": partial(_require_instances, kind=Point),
        "require": partial(_require_choices, allowed=KINDS),
        "run_id": _require_text,
        "seed": partial(_require_int, least=0, most=LARGEST_SEED, problem="seed"),
        "site": _require_text,
        "skip": _require_text,
        "taken_at": _parse_time,
        "tolerance": _require_fraction,
        "trained_on": _require_path,
        "unsure": _require_bool,
        "write": _require_bool,
    }
)


PathLike = str | Path


class ScriptProject:
    """A project folder, open for writing until `close` or the end of a `with` block.

    One writer at a time: while it is open here, the window and the terminal can only read it. A
    project left open is closed with the script at the latest. Every method raises
    `fieldcheck.FieldcheckError`; `str()` of it is the error sentence."""

    def __init__(self, held: ExitStack, project: Project) -> None:
        self._held, self._opened = held, project
        self._left_open = weakref.finalize(self, _close_abandoned, held)

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
        self._held.close()

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
    ) -> ScriptPicks:
        """Pick frames to label with known inclusion probabilities; the same seed gives the same
        frames. Raises NoFootage, NothingLeftToPick, FrameUnknown."""
        pick_result = pick_frames(
            self._project, count=count, seed=seed, design=design, required=list(must),
            progress=NullProgress(), now=get_timestamp()
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
        return ScriptReport(
            written.folder, written.files, gap.sentence, gap.verdict, gap.estimate, summary
        )


def _close_abandoned(held: ExitStack) -> None:
    """The collector may come by in any thread, also in the project's own, which closing waits
    for."""
    if threading.current_thread() is threading.main_thread():
        held.close()
    else:
        threading.Thread(target=held.close, name="close project").start()


def _to_path(given: PathLike | None) -> Path | None:
    return None if given is None else Path(given)


def _nan_to_none(value: float | None) -> float | None:
    """None for the NaN that stands where there is no figure."""
    return None if value is None or value != value else value

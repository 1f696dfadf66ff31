"""Results of the script door: plain dataclasses that can be converted to a table."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from importlib import import_module
from math import isnan
from pathlib import Path
from typing import Any

from fieldcheck.analyses.flicker import ClipFlicker, Voting
from fieldcheck.analyses.latency import ChangedFrame
from fieldcheck.analyses.report_data import PredictionRow
from fieldcheck.domain.estimate import Estimate
from fieldcheck.domain.latency import TotalLatency
from fieldcheck.domain.robustness import SweepRow
from fieldcheck.errors import message_format
from fieldcheck.errors.files import FieldcheckError, PandasMissing
from fieldcheck.errors.messages import format_error
from fieldcheck.models.compare import Flip


def plain_sentence(error: FieldcheckError) -> str:
    """Error as three short sentences (problem, state of the data, action), as the terminal prints
    it."""
    with message_format.use_audience("terminal"):
        return format_error(error)


class Tabular(ABC):
    """A result with several rows."""

    __slots__ = ()

    def rows(self) -> list[dict[str, Any]]:
        """One dict per row with plain values; an estimate becomes `score`, `score_lo`, `score_hi`
        and `score_n`, each None if not measured."""
        return [_flatten_entry(entry) for entry in self._list_entries()]

    def to_dataframe(self) -> Any:
        """The rows as a pandas DataFrame. Raises PandasMissing if pandas is not installed."""
        try:
            pandas = import_module("pandas")
        except ImportError as error:
            raise PandasMissing from error
        return pandas.DataFrame(self.rows())

    @abstractmethod
    def _list_entries(self) -> Sequence[Any]: ...


def _flatten_entry(entry: Any) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for field in fields(entry):
        value = getattr(entry, field.name)
        if isinstance(value, Estimate):
            values |= {
                f"{field.name}{ending}": figure
                for ending, figure in _flatten_estimate(value).items()
            }
        else:
            values[field.name] = (
                list(value)
                if isinstance(value, tuple)
                else dict(value)
                if isinstance(value, Mapping)
                else value
            )
    return values


def _flatten_estimate(estimate: Estimate) -> dict[str, Any]:
    value, lo, hi = (
        None if isnan(value) else value for value in (estimate.value, estimate.lo, estimate.hi)
    )
    return {"": value, "_lo": lo, "_hi": hi, "_n": estimate.n}


@dataclass(frozen=True, slots=True)
class ScriptClip:
    """A clip of the imported footage; `start_s` in seconds from the start of its recording."""

    clip_id: str
    recording_id: str
    source: str
    start_s: float
    camera: str
    location: str
    conditions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ScriptImport(Tabular):
    """Imported footage. `failed`: path → reason in one sentence, of skipped files; `n_listed`:
    number of sampled frames."""

    clips: tuple[ScriptClip, ...]
    n_listed: int
    resumed: bool
    failed: Mapping[str, str]

    def _list_entries(self) -> Sequence[ScriptClip]:
        return self.clips


@dataclass(frozen=True, slots=True)
class ScriptPick:
    """A picked frame. `t_s`: seconds from the start of its clip; `probability`: inclusion
    probability, None for a required frame; `file`: its lossless image."""

    frame_id: str
    clip_id: str
    t_s: float
    stratum: str
    hardness: float | None
    probability: float | None
    weight: float
    reason: str
    file: Path


@dataclass(frozen=True, slots=True)
class ScriptPicks(Tabular):
    """The picked frames, in the order of the `n_listed` sampled frames."""

    design: str
    seed: int
    census: bool
    n_listed: int
    picks: tuple[ScriptPick, ...]

    def _list_entries(self) -> Sequence[ScriptPick]:
        return self.picks


@dataclass(frozen=True, slots=True)
class ScriptLabel:
    """A current label; `state`: `done`, `unsure` or `skipped`."""

    frame_id: str
    state: str
    class_name: str
    n_boxes: int
    n_points: int
    by: str


@dataclass(frozen=True, slots=True)
class ScriptLabels(Tabular):
    """The labels of the picked frames, and how many frames are not labelled yet."""

    n_picked: int
    n_labelled: int
    n_left: int
    labels: tuple[ScriptLabel, ...]

    def _list_entries(self) -> Sequence[ScriptLabel]:
        return self.labels


@dataclass(frozen=True, slots=True)
class ScriptRun:
    """One model on one set: `n_done` of `n` predictions are saved; `score` in `metric`, None
    without labels."""

    run_id: str
    model: str
    on: str
    n: int
    n_done: int
    n_nan: int
    resumed: bool
    metric: str
    score: Estimate | None


@dataclass(frozen=True, slots=True)
class ScriptRuns(Tabular):
    """The runs of one call, one per set."""

    runs: tuple[ScriptRun, ...]

    def _list_entries(self) -> Sequence[ScriptRun]:
        return self.runs


@dataclass(frozen=True, slots=True)
class ScriptReplay(Tabular):
    """A reproduced run: whether all predictions are identical; per difference `kind`, `what`,
    `stored` and `now`."""

    run_id: str
    same: bool
    n: int
    n_different: int
    differences: tuple[Any, ...]

    def _list_entries(self) -> Sequence[Any]:
        return self.differences


@dataclass(frozen=True, slots=True)
class ScriptGateSet:
    """One set of the gate: the scores of both models, the change from old to new, and the state
    `pass`, `fail` or `not_enough`; `lost`: images that were correct and are now wrong. `p_clips`:
    of a loss of a slice, over all slices, by sign flips of whole clips; `p` and `q`, which counted
    frames as independent, are None."""

    set: str
    name: str
    n: int
    before: Estimate
    after: Estimate
    change: Estimate
    p: None
    q: None
    state: str
    lost: tuple[str, ...]
    p_clips: float | None


@dataclass(frozen=True, slots=True)
class ScriptGate(Tabular):
    """Result of the gate. `verdict`: `pass`, `fail` or `not_enough`; `exit_code`: that of
    `fieldcheck gate` (0, 3 or 4), for CI."""

    model: str
    against: str
    verdict: str
    metric: str
    tolerance: float
    exit_code: int
    sets: tuple[ScriptGateSet, ...]

    def _list_entries(self) -> Sequence[ScriptGateSet]:
        return self.sets


@dataclass(frozen=True, slots=True)
class ScriptReport:
    """An exported report: folder, files, main result, verdict on the gap (None without a gap), and
    the gap. `summary`: content of summary.json; `figures`: its charts as SVG, by title."""

    folder: Path
    files: tuple[Path, ...]
    sentence: str
    verdict: str | None
    gap: Estimate
    summary: Mapping[str, Any]
    figures: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class ScriptPredictions(Tabular):
    """Stored predictions of `model`, one row for each class of a classifier by falling score and
    for each box of a detector, with `truth` and `right` where the frame is labelled."""

    model: str
    predictions: tuple[PredictionRow, ...]

    def _list_entries(self) -> Sequence[PredictionRow]:
        return self.predictions


@dataclass(frozen=True, slots=True)
class ScriptLimits:
    """Limits of a project: `tolerance` (maximum gap) and `rates` as fractions; `confirmed`:
    somebody set the maximum gap; `latency_ms`: maximum time of 95 of 100 frames, None if not
    set."""

    tolerance: float
    confirmed: bool
    rates: Mapping[str, float]
    latency_ms: float | None
    ok_classes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ScriptComparison(Tabular):
    """Two models on the same labelled frames. `change`: b minus a on this footage; `camera`: the
    same for other clips of these cameras; `direction`: `better`, `worse`, or empty if not decided;
    `flips`: frames on which only one of them is right; `left`: picked frames without a label on
    which the two differ, the only ones that the comparison waits for."""

    a: str
    b: str
    metric: str
    score_a: Estimate
    score_b: Estimate
    change: Estimate
    camera: Estimate
    direction: str
    p: float | None
    flips: tuple[Flip, ...]
    left: tuple[str, ...] = ()

    def _list_entries(self) -> Sequence[Flip]:
        return self.flips


@dataclass(frozen=True, slots=True)
class ScriptRanked:
    """A ranked model. `first` and `last`: ranks that the demonstrated differences leave it;
    `change`: its score minus that of the best, for other clips of these cameras; `direction`:
    `worse`, or empty for the best and where it is not decided."""

    model: str
    first: int
    last: int
    score: Estimate
    change: Estimate
    direction: str


@dataclass(frozen=True, slots=True)
class ScriptRanking(Tabular):
    """Models on the same `n` labelled frames, best score first. `best_decided`: the first is
    demonstrated to be better than every other; `left`: picked frames without a label on which any
    two differ."""

    metric: str
    n: int
    best_decided: bool
    models: tuple[ScriptRanked, ...]
    left: tuple[str, ...] = ()

    def _list_entries(self) -> Sequence[ScriptRanked]:
        return self.models


@dataclass(frozen=True, slots=True)
class ScriptStress(Tabular):
    """Scores under corruptions: a row for each corruption, severity and set."""

    model: str
    cells: tuple[SweepRow, ...]

    def _list_entries(self) -> Sequence[SweepRow]:
        return self.cells


@dataclass(frozen=True, slots=True)
class ScriptFlicker(Tabular):
    """Changes of the prediction between neighbouring frames: `changes` in `minutes`, `per_minute`
    for other clips of these cameras; a row for each clip. `conditions`: `per_minute` by condition;
    `worst_clip`, `worst_start_s`, `worst_frames`: the ten seconds with most changes and their
    sampled frames, empty and None where nothing changed; `votes`: what voting over frames gains,
    empty for a model that names more than one class a frame."""

    model: str
    minutes: float
    changes: float
    per_minute: Estimate
    clips: tuple[ClipFlicker, ...]
    conditions: Mapping[str, Estimate]
    worst_clip: str
    worst_start_s: float | None
    worst_frames: tuple[str, ...]
    votes: tuple[Voting, ...]

    def _list_entries(self) -> Sequence[ClipFlicker]:
        return self.clips


@dataclass(frozen=True, slots=True)
class ScriptDevice(Tabular):
    """What a device measured and predicted: percentiles of its `latency` in milliseconds; `n`
    picked frames that it and this computer predicted, `n_left_out` others; a row for each frame for
    which the two differ. `computer`, `device` and `change` (device minus computer): scores on the
    labelled frames, None without any."""

    model: str
    machine: Mapping[str, str]
    latency: TotalLatency
    n: int
    n_left_out: int
    computer: Estimate | None
    device: Estimate | None
    change: Estimate | None
    changed: tuple[ChangedFrame, ...]

    def _list_entries(self) -> Sequence[ChangedFrame]:
        return self.changed


@dataclass(frozen=True, slots=True)
class ScriptChange:
    """A tried change of the preprocessing with its change of the score for other clips of these
    cameras; `cost_ms`: what it adds per frame on this machine, None if not measured."""

    name: str
    change: Estimate
    demonstrated: bool
    cost_ms: float | None


@dataclass(frozen=True, slots=True)
class ScriptFix(Tabular):
    """Result of a fix search; `state`: `proven`, `nothing` or `too_few_clips`."""

    model: str
    state: str
    clips: int
    frames: int
    changes: tuple[ScriptChange, ...]

    def _list_entries(self) -> Sequence[ScriptChange]:
        return self.changes

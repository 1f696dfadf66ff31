"""Guided series of a live camera (methods 17): a known part under about ten settings, each kept as
a clip of pictures, all ranked by the model's answers to them."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np

from fieldcheck.csv_json_xml import to_json_value
from fieldcheck.domain.estimate import ChangeVerdict
from fieldcheck.domain.model_card import Card
from fieldcheck.domain.run import SERIES_SECONDS, StoredModel
from fieldcheck.errors.files import CameraLost, CameraRefused, DiskFull, PictureUnreadable
from fieldcheck.errors.labels import ClassUnknown
from fieldcheck.files import map_os_errors, write_bytes
from fieldcheck.footage.camera.camera import CapturedFrame
from fieldcheck.footage.camera.exposure_control import (
    CameraCapabilities,
    CameraSettings,
    ControlChange,
    ControlRange,
)
from fieldcheck.footage.frame_analysis import BatchPredictor, ModelFile
from fieldcheck.footage.live_camera import LiveCamera, wait_for_frame
from fieldcheck.imaging.codec import encode_png, read_image
from fieldcheck.models.evaluate import get_confidence, get_named_classes
from fieldcheck.models.store import get_card, make_model_file
from fieldcheck.paths import EXPORTS
from fieldcheck.progress import Progress
from fieldcheck.project.project import Project
from fieldcheck.project.tables import models as models_table
from fieldcheck.stats.cluster import LEAST_FOUND, judge_candidates

KIND = "series"  # of the fact about a model, by the camera's source
MOST_SETTINGS = 10  # two minutes in all
FEWEST_PARTS = 5  # as clips of a search: with four no pattern of signs is as rare as one in twenty
PICTURES_PER_S, FEWEST_PICTURES = 2.0, 4
SETTLE_S, REST_S, WAIT_S = 2.0, 0.3, 0.2
CLOSE = 0.02  # share of a value: a driver takes the nearest that it can
EXPOSURES = (0.5, 2.0, 4.0, 0.25, 0.7, 1.4)  # times the present one
GAINS = (0.25, 0.5, 0.75)  # shares of the camera's range
WHITE_BALANCES = (3200.0, 6000.0, 4500.0)  # kelvins: warm lamps, daylight, fluorescent lamps
FOCUSES = (-0.1, 0.1)  # shares of the range from the present one
Control = Literal["exposure_ms", "gain", "white_balance_k", "focus"]
CONTROLS: tuple[Control, ...] = ("exposure_ms", "gain", "white_balance_k", "focus")


@dataclass(frozen=True, slots=True)
class SeriesClip:
    """One setting. `wanted`: what the camera was asked for, None for what it lacks; `reported`:
    what it said of itself then; `folder`: of its pictures, below that of the series; `right`: 1 for
    each picture on which the model names the part's class; `sureness`: mean confidence of these
    answers, wrong ones counted as 0."""

    wanted: dict[Control, float | None]
    reported: dict[Control, float | None]
    folder: str
    right: tuple[int, ...]
    sureness: float


@dataclass(frozen=True, slots=True)
class CameraSeries:
    """All settings of one part; the first clip is the camera as it was. `source` without a
    password; `label`: the part's class; `folder`: of the clips, in the project."""

    camera: str
    source: str
    model: str
    label: str
    folder: str
    created: str
    clips: tuple[SeriesClip, ...]

    @property
    def settings(self) -> tuple[dict[Control, float | None], ...]:
        """The settings in order."""
        return tuple(clip.wanted for clip in self.clips)

    @classmethod
    def from_json(cls, document: dict[str, Any]) -> CameraSeries:
        """The series that was stored."""
        clips = tuple(
            SeriesClip(**{**clip, "right": tuple(clip["right"])}) for clip in document["clips"]
        )
        return cls(**{**document, "clips": clips})


@dataclass(frozen=True, slots=True)
class RankedSetting:
    """A setting over all parts that were shown under it. `reported`: what the camera said of
    itself in the newest series, whose drivers round; `right` of `pictures`; `verdict` on its
    change from the camera as it was, part by part; None for that one itself and for fewer than
    five parts."""

    wanted: dict[Control, float | None]
    reported: dict[Control, float | None]
    right: int
    pictures: int
    sureness: float
    is_first: bool
    verdict: ChangeVerdict | None


@dataclass(frozen=True, slots=True)
class SeriesRanking:
    """The settings, the best first, over the newest series of a camera and the earlier ones with
    the same settings."""

    newest: CameraSeries
    parts: int
    ranked: tuple[RankedSetting, ...]


def list_settings(
    abilities: CameraCapabilities, now: CameraSettings | None
) -> tuple[dict[Control, float | None], ...]:
    """The settings of a series: the present one, then others of one control each, at most ten in
    all. Only the present one where the camera offers no control that could be changed."""
    present = {control: _get_present(abilities, now, control) for control in CONTROLS}
    first = {control: value for control, value in present.items() if value is not None}
    by_control = [list(_iter_values(abilities, control, value)) for control, value in first.items()]
    settings = [{**dict.fromkeys(CONTROLS), **first}]
    for turn in range(len(EXPOSURES)):
        for control, values in zip(first, by_control, strict=True):
            for value in values[2 * turn : 2 * turn + 2]:
                setting = {**settings[0], control: value}
                if setting not in settings:
                    settings.append(setting)
    return tuple(settings[:MOST_SETTINGS])


def _get_present(
    abilities: CameraCapabilities, now: CameraSettings | None, control: Control
) -> float | None:
    span: ControlRange | None = getattr(abilities, control)
    value: float | None = getattr(now, control) if now is not None else None
    return None if span is None or value is None else min(span.high, max(span.low, value))


def _iter_values(
    abilities: CameraCapabilities, control: Control, present: float
) -> Iterator[float]:
    """Other values of a control within its range, those that tell most first."""
    span: ControlRange = getattr(abilities, control)
    width = span.high - span.low
    values = {
        "exposure_ms": [present * factor for factor in EXPOSURES],
        "gain": [span.low + share * width for share in GAINS],
        "white_balance_k": list(WHITE_BALANCES),
        "focus": [present + share * width for share in FOCUSES],
    }[control]
    for value in values:
        inside = min(span.high, max(span.low, value))
        if span.step:
            inside = round(span.low + span.step * round((inside - span.low) / span.step), 6)
        if not _is_close(inside, present):
            yield inside


def record_series(
    project: Project,
    model: StoredModel,
    live: LiveCamera,
    label: str,
    progress: Progress,
    now: str,
    seconds: float = SERIES_SECONDS,
    anew: bool = False,
) -> CameraSeries:
    """Shows the part under one setting after the other, keeps some pictures of each, and asks the
    model about all of them. The camera has its own settings again afterwards, also after an error.

    Args:
        project: open for writing.
        model: the model that is asked.
        live: a camera that was started.
        label: class of the part under the camera.
        progress: of the pictures; may cancel.
        now: time as it is stored.
        seconds: of each setting.
        anew: choose the settings by the camera's present ones, instead of repeating those of the
            last series of this camera.

    Raises:
        ClassUnknown: the model's card has no such class.
        CameraRefused: the camera offers no controls (`no_controls`).
        CameraLost: it sends no pictures.
        DiskFull: there is no room for the pictures.
        Cancelled: the pictures so far are kept, nothing is ranked.
    """
    card = get_card(model)
    if label not in card.classes:
        raise ClassUnknown(label, card.classes)
    wait_for_frame(live, progress)
    status = live.get_status().camera_status
    settings = list_settings(status.abilities, status.settings)
    if len(settings) == 1:
        raise CameraRefused(live.name, "no_controls")
    before = [] if anew else list_series(project, model, live.source)
    if before and set(_list_controls(settings[0])) == set(_list_controls(before[-1].settings[0])):
        settings = before[-1].settings
    if live.estimate_disk_space(project, every_frame=False).level == "stop":
        raise DiskFull(project.path, kept_free=True)
    folder = project.path / EXPORTS / f"series-{re.sub('[^0-9]', '', now)[:17]}"
    shot = _Shooting(live, folder, progress, max(FEWEST_PICTURES, round(seconds * PICTURES_PER_S)))
    clips = shot.record_all(settings, seconds)
    judged = _judge_clips(make_model_file(project, model), card, folder, clips, label, progress)
    series = CameraSeries(
        live.name, live.source, model.name, label, f"{EXPORTS}/{folder.name}", now, judged
    )
    about = (model.sha256, model.card_sha256, live.source)
    project.write(
        lambda db: models_table.put_fact(db, KIND, *about, to_json_value(series), now)
    ).result()
    return series


def list_series(project: Project, model: StoredModel, source: str = "") -> list[CameraSeries]:
    """The stored series of a model, of one camera where a source is named; oldest first."""
    about = (model.sha256, model.card_sha256)
    facts = project.read(lambda db: models_table.list_facts_of_model(db, KIND, *about))
    return [
        CameraSeries.from_json(document) for camera, document in facts if source in ("", camera)
    ]


def rank_settings(series: Sequence[CameraSeries]) -> SeriesRanking:
    """The settings of the last of these series, over all of the same camera and settings. A setting
    is better than the camera as it was iff that is demonstrated over parts, as a fix is over
    clips."""
    newest = series[-1]
    alike = [
        run for run in series if (run.source, run.settings) == (newest.source, newest.settings)
    ]
    n = min(len(clip.right) for run in alike for clip in run.clips)
    right = np.array([[clip.right[:n] for clip in run.clips] for run in alike], np.int64)
    parts = np.repeat(np.arange(len(alike)), n)
    verdicts: list[ChangeVerdict | None] = [None] * len(newest.clips)
    if len(alike) >= FEWEST_PARTS:
        changes = (right[:, 1:] - right[:, :1]).transpose(1, 0, 2).reshape(len(verdicts) - 1, -1)
        verdicts[1:] = judge_candidates(changes, np.ones(parts.size), parts, LEAST_FOUND)
    ranked = [
        RankedSetting(
            clip.wanted,
            clip.reported,
            int(right[:, index].sum()),
            len(alike) * n,
            float(np.mean([run.clips[index].sureness for run in alike])),
            index == 0,
            verdicts[index],
        )
        for index, clip in enumerate(newest.clips)
    ]
    ranked.sort(key=lambda setting: (-setting.right, -setting.sureness))
    return SeriesRanking(newest, len(alike), tuple(ranked))


def _list_controls(setting: dict[Control, float | None]) -> list[Control]:
    return [control for control in CONTROLS if setting[control] is not None]


@dataclass(frozen=True, slots=True)
class _ShotClip:
    wanted: dict[Control, float | None]
    reported: CameraSettings
    folder: str


class _Shooting:
    """One series while it is made: settings in turn, and pictures of each."""

    def __init__(self, live: LiveCamera, folder: Path, progress: Progress, n_pictures: int) -> None:
        self._live, self._folder, self._progress, self._n = live, folder, progress, n_pictures
        self._feed = live.ring.subscribe()

    def record_all(
        self, settings: Sequence[dict[Control, float | None]], seconds: float
    ) -> list[_ShotClip]:
        """The clips of all settings; the camera's own settings come back in any case."""
        before = self._live.get_status().camera_status.settings or CameraSettings()
        try:
            clips = []
            for index, wanted in enumerate(settings):
                clips.append(self._record(index, wanted, seconds))
                self._progress.report((index + 1) * self._n, len(settings) * self._n, "pictures")
            return clips
        finally:
            self._live.adjust(_make_return_change(before))

    def _record(self, index: int, wanted: dict[Control, float | None], seconds: float) -> _ShotClip:
        before = self._live.get_status().camera_status.settings or CameraSettings()
        self._live.adjust(
            ControlChange(
                wanted["exposure_ms"],
                wanted["gain"],
                auto_exposure=False,
                white_balance_k=wanted["white_balance_k"],
                focus=wanted["focus"],
            )
        )
        reported = self._settle(wanted, before)
        folder = self._folder / f"{index:02d}"
        with map_os_errors(folder):
            folder.mkdir(parents=True)
        step, due = seconds / self._n, time.monotonic()
        for number in range(self._n):
            self._write(folder, number, self._wait_for_picture(due))
            due += step
        return _ShotClip(wanted, reported, folder.name)

    def _settle(
        self, wanted: dict[Control, float | None], before: CameraSettings
    ) -> CameraSettings:
        """Waits until the camera reports what it was asked for or, since drivers round, another
        value of what was to change; at most two seconds, and a moment longer for the pictures."""
        until, reported = time.monotonic() + SETTLE_S, before
        while time.monotonic() < until:
            reported = self._take_frame().settings or CameraSettings()
            if all(
                value is None
                or _is_close(getattr(reported, control), value)
                or getattr(reported, control) != getattr(before, control)
                for control, value in wanted.items()
            ):
                break
        time.sleep(REST_S)
        self._feed.skip_pending()
        return reported

    def _wait_for_picture(self, due: float) -> CapturedFrame:
        while True:
            frame = self._take_frame()
            if time.monotonic() >= due:
                return frame

    def _take_frame(self) -> CapturedFrame:
        """The next frame that is whole. Raises CameraLost where none comes."""
        until = time.monotonic() + SETTLE_S + SERIES_SECONDS
        while time.monotonic() < until:
            self._progress.check()
            frame = self._feed.get_newest(WAIT_S)
            if frame is None:
                continue
            try:
                frame.rgb  # noqa: B018 - decoded here, so that a damaged one is left out
            except PictureUnreadable:
                continue
            return frame
        raise CameraLost(self._live.name)

    def _write(self, folder: Path, number: int, frame: CapturedFrame) -> None:
        """The camera's own JPEG where it gives such, else the pixels without loss."""
        if frame.raw.format == "jpeg" and frame.raw.encoded is not None:
            write_bytes(folder / f"{number:03d}.jpg", frame.raw.encoded)
        else:
            write_bytes(folder / f"{number:03d}.png", encode_png(frame.rgb))


def _is_close(reported: float | None, wanted: float) -> bool:
    return reported is not None and abs(reported - wanted) <= CLOSE * max(abs(wanted), 0.1)


def _make_return_change(before: CameraSettings) -> ControlChange:
    """The change that gives a camera back what it had: by itself what it controlled by itself."""
    return ControlChange(
        None if before.auto_exposure else before.exposure_ms,
        None if before.auto_gain else before.gain,
        auto_gain=before.auto_gain,
        auto_exposure=before.auto_exposure,
        white_balance_k=None if before.auto_white_balance else before.white_balance_k,
        focus=None if before.auto_focus else before.focus,
        auto_white_balance=before.auto_white_balance,
        auto_focus=before.auto_focus,
    )


def _judge_clips(
    model: ModelFile,
    card: Card,
    folder: Path,
    clips: Sequence[_ShotClip],
    label: str,
    progress: Progress,
) -> tuple[SeriesClip, ...]:
    """The clips with what the model says of their pictures."""
    judged = []
    for index, clip in enumerate(clips):
        progress.check()
        predictor = BatchPredictor(model)
        for file in sorted((folder / clip.folder).iterdir()):
            predictor.add_image(file.name, read_image(file))
        answers = [prediction.answer for prediction in predictor.get_predictions()]
        right = [int(label in get_named_classes(answer, card)) for answer in answers]
        sureness = [
            get_confidence(answer, card) if is_right else 0.0
            for answer, is_right in zip(answers, right, strict=True)
        ]
        reported = {control: getattr(clip.reported, control) for control in CONTROLS}
        judged.append(
            SeriesClip(clip.wanted, reported, clip.folder, tuple(right), float(np.mean(sureness)))
        )
        progress.report(index + 1, len(clips), "clips")
    return tuple(judged)

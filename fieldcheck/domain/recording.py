"""Recordings and clips: storage, gaps, marked moments, lighting notes, and the conditions that
affected the image."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import PurePath
from typing import Literal

from fieldcheck.timestamp import parse_local_time

# Recorded footage, what is known of it beside its frames: gaps, marked moments, the light, and how
# it was kept.

MomentKind = Literal["moment", "single"]


@dataclass(frozen=True, slots=True)
class RecordingGap:
    """A stretch of a recording without frames, though nobody had stopped it. `at_s`: seconds from
    its first frame.

    `cause`: `read_error`, `silence`, `blocked`, `frozen` (the same picture again and again),
    `format` (the camera went over to another one), `unknown`.
    """

    at_s: float
    seconds: float
    cause: str


@dataclass(frozen=True, slots=True)
class RecordedMoment:
    """Something worth coming back to, or (`single`) a frame that was stored because a person wanted
    just this one."""

    at_s: float
    kind: MomentKind = "moment"


@dataclass(frozen=True, slots=True)
class LightingChange:
    """From `at_s` on, until the next one, the field did this to the picture; an empty tuple:
    nothing was told."""

    at_s: float
    conditions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RecordingStorage:
    """How a recording was kept. `format` of its first segment as in `RawImage`, `decoded_from` as
    in `FrameFormat`.

    `on_grid`: of pixels only a grid was stored. `n_dropped`: made by the camera and not delivered,
    None where nobody counted it (the process was killed); `n_skipped`: delivered and not stored in
    time. `ended`: `asked`, `disk_low`, `disk_full`, `failed`, `killed`.
    """

    recording_id: str
    n_bytes: int
    n_dropped: int | None
    n_skipped: int
    format: str
    decoded_from: str
    on_grid: bool
    ended: str


def compute_recorded_seconds(seconds: float, gaps: Sequence[RecordingGap]) -> float:
    """Length of what was recorded: from the first moment to the last, `seconds`, less the gaps in
    between."""
    return max(0.0, seconds - sum(min(gap.seconds, max(0.0, seconds - gap.at_s)) for gap in gaps))


def get_conditions_at(lights: Sequence[LightingChange], at_s: float) -> tuple[str, ...]:
    """Light at a time, as it was told; `lights` in time order."""
    conditions: tuple[str, ...] = ()
    for light in lights:
        if light.at_s > at_s:
            break
        conditions = light.conditions
    return conditions


def list_conditions_between(
    lights: Sequence[LightingChange], from_s: float, to_s: float
) -> frozenset[str]:
    """Every condition that was told at some time of a stretch."""
    inside = [
        get_conditions_at(lights, from_s),
        *(light.conditions for light in lights if from_s < light.at_s < to_s),
    ]
    return frozenset(name for conditions in inside for name in conditions)


# Conditions: what the field did to the picture.

LIST_FPS = 2.0
"""Frames that are listed of a second of video, unless another number is asked for."""

CONDITIONS = (
    "normal",
    "dark",
    "glare",
    "backlight",
    "flicker",
    "dirty_lens",
    "vibration",
    "dust",
    "colour_cast",
)
LIGHTS = (*CONDITIONS[1:], CONDITIONS[0])
"""In the order in which a person is asked, and of their keys 1 to 9: troubles first, normal light
last."""


def parse_conditions(text: str) -> tuple[str, ...]:
    """`"dark, glare"` → `("dark", "glare")`, each once, in the order of `CONDITIONS`. ValueError
    names one that is unknown."""
    names = {name.strip() for name in text.split(",") if name.strip()}
    for name in sorted(names - set(CONDITIONS)):
        raise ValueError(name)
    return tuple(name for name in CONDITIONS if name in names)


Kind = Literal["video", "folder", "capture"]


@dataclass(frozen=True, slots=True)
class SkippedFile:
    """A file of a picture folder, or a stretch of a video, that could not be read. `why` is a
    code."""

    file: str
    why: str


@dataclass(frozen=True, slots=True)
class Recording:
    """Footage as it came in. `taken_at` is ISO 8601 UTC of the first frame, empty where nobody
    said.

    `kind` `capture`: recorded here; `path` is the folder of its pairs of files (architecture 7),
    `sha256` empty until it has ended. `ahead_s`: by how many seconds the clock of the site was
    ahead of UTC then, where a pack brought the recording here; None: it is this computer's clock.
    `list_fps` is the grid of methods.md 3.1 its list was made with. `n_frames` counts readable
    source frames (0 until `closed`).
    """

    recording_id: str
    kind: Kind
    source: str
    path: str
    sha256: str
    camera: str
    location: str
    taken_at: str
    conditions: tuple[str, ...]
    list_fps: float
    fps: float
    width: int
    height: int
    seconds: float = 0.0
    n_frames: int = 0
    n_unreadable: int = 0
    skipped: tuple[SkippedFile, ...] = ()
    closed: bool = False
    ahead_s: int | None = None


@dataclass(frozen=True, slots=True)
class Clip:
    """Begins at source index `first_index` of its recording and ends before the next clip. Times
    are seconds.

    `start_s` counts from the first frame of the recording.
    """

    clip_id: str
    recording_id: str
    first_index: int
    start_s: float
    camera: str
    location: str
    conditions: tuple[str, ...]


def make_clip_id(recording_id: str, first_index: int) -> str:
    """The name of the clip that begins there; it never changes while the border stays."""
    return f"{recording_id}.{first_index}"


def format_clip_names(recordings: Iterable[Recording], clips: Iterable[Clip]) -> dict[str, str]:
    """Clip id → the name by which people know it: source and local time, `c2_oiling_dusk, 05:52`;
    where nobody said when, the place in the source, `c2_oiling_dusk, 4:12`. Of clips that would be
    called alike each gets its number behind it."""
    recording_by_id = {recording.recording_id: recording for recording in recordings}
    named = {
        clip.clip_id: _format_clip_name(recording_by_id[clip.recording_id], clip.start_s)
        for clip in clips
        if clip.recording_id in recording_by_id
    }
    often, seen = Counter(named.values()), Counter[str]()
    for clip, name in named.items():
        if often[name] > 1:
            seen[name] += 1
            named[clip] = f"{name} ({seen[name]})"
    return named


def _format_clip_name(recording: Recording, start_s: float) -> str:
    source = recording.source if recording.kind == "capture" else PurePath(recording.source).stem
    if recording.taken_at:
        taken_at = parse_local_time(recording.taken_at, recording.ahead_s)
        return f"{source}, {taken_at + timedelta(seconds=start_s):%H:%M}"
    return f"{source}, {int(start_s) // 60}:{int(start_s) % 60:02d}"

"""Clips: a recording cut at hard cuts, camera moves and pauses (methods 2.4b), borders moved by
hand, recordings as a list, and the clip plan (methods 2.7); and the sampling list of frames in
order."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from math import inf

import cv2
import numpy as np
from numpy.typing import ArrayLike, NDArray
from sqlite_utils import Database

from fieldcheck.domain.frame import ListedFrame
from fieldcheck.domain.project_state import Changes
from fieldcheck.domain.recording import (
    Clip,
    Kind,
    LightingChange,
    Recording,
    compute_recorded_seconds,
    get_conditions_at,
    list_conditions_between,
    make_clip_id,
)
from fieldcheck.errors.labels import BorderMissing, FrameUnknown
from fieldcheck.imaging.thumbnail import Looks
from fieldcheck.project.memoise import memoisable
from fieldcheck.project.project import Project
from fieldcheck.project.tables import frames as frames_table
from fieldcheck.project.tables import recordings as recordings_table
from fieldcheck.stats.camera_interval import FEWEST_CLIPS, ICC_BEFORE, plan_half_width

# Clips and the sampling list: frames in order with clip and recording, clip borders moved by hand,
# recordings as a list, and the clip plan (methods 2.7).

# The sampling list: every listed frame in list order, with the clip it belongs to and the recording
# it came from.


@dataclass(frozen=True, slots=True)
class SamplingLine:
    """One listed frame where it belongs. `lights`: what was told of the light while the recording
    was made, of this clip."""

    frame: ListedFrame
    clip: Clip
    recording: Recording
    lights: tuple[LightingChange, ...] = ()

    @property
    def t_s(self) -> float:
        """Seconds from the clip's start."""
        return self.frame.t_s - self.clip.start_s

    @property
    def conditions(self) -> tuple[str, ...]:
        """Conditions of this frame: those noted when it was recorded, as long as they hold, and
        those set for the whole clip later."""
        conditions, now = (
            list_conditions_between(self.lights, self.clip.start_s, inf),
            get_conditions_at(self.lights, self.frame.t_s),
        )
        return tuple(name for name in self.clip.conditions if name in now or name not in conditions)

    @property
    def taken_at(self) -> str:
        """Capture time in ISO 8601 UTC; empty where the recording has no start time."""
        if not self.recording.taken_at:
            return ""
        return (
            datetime.fromisoformat(self.recording.taken_at) + timedelta(seconds=self.frame.t_s)
        ).isoformat()


@memoisable
def list_sampling_lines(db: Database, with_frozen: bool = False) -> tuple[SamplingLine, ...]:
    """The list: recordings in order of import, frames in time order. Frames of a frozen stretch
    only `with_frozen`.

    Recordings whose import is not finished have no clips yet and are left out.
    """
    recordings = {
        recording.recording_id: recording
        for recording in recordings_table.list_recordings(db)
        if recording.closed
    }
    clips = _group_by_recording(recordings_table.list_clips(db))
    lights = {
        name: recordings_table.list_lights(db, name)
        for name, recording in recordings.items()
        if recording.kind == "capture"
    }
    lines = []
    for frame in frames_table.list_frames(db, with_frozen=with_frozen):
        recording = recordings.get(frame.recording_id)
        if recording is not None and frame.recording_id in clips:
            clip = find_clip(clips[frame.recording_id], frame.source_index)
            lines.append(SamplingLine(frame, clip, recording, lights.get(frame.recording_id, ())))
    return tuple(lines)


def find_clip(clips: list[Clip], source_index: int) -> Clip:
    """The clip of one recording (sorted by first index) that holds this source index."""
    return clips[max(0, bisect_right([clip.first_index for clip in clips], source_index) - 1)]


def _group_by_recording(clips: Iterable[Clip]) -> dict[str, list[Clip]]:
    clips_by_recording: dict[str, list[Clip]] = {}
    for clip in sorted(clips, key=lambda clip: clip.first_index):
        clips_by_recording.setdefault(clip.recording_id, []).append(clip)
    return clips_by_recording


# Footage that the project holds, one line a recording, as a person looks through it.


@dataclass(frozen=True, slots=True)
class FootageSummary:
    """One recording. `seconds` from its first moment to its last, `recorded_s` of them without its
    `n_gaps` gaps. `n_listed` frames may be drawn, `n_frozen` show a stretch in which the sensor
    stood still; `closed` is False where the import was broken off. `lights`: what was told of the
    light of a recording that was made here, and from when on. `shown` is the frame that stands for
    it, empty where none was read yet."""

    recording_id: str
    source: str
    kind: Kind
    camera: str
    location: str
    taken_at: str
    conditions: tuple[str, ...]
    seconds: float
    n_clips: int
    n_listed: int
    n_frozen: int
    n_unreadable: int
    closed: bool
    shown: str
    recorded_s: float
    n_gaps: int = 0
    lights: tuple[LightingChange, ...] = ()


@memoisable
def list_footage(db: Database) -> tuple[FootageSummary, ...]:
    """Every recording in order of import, also those whose import was broken off."""
    return tuple(_make_summary(db, recording) for recording in recordings_table.list_recordings(db))


def _make_summary(db: Database, recording: Recording) -> FootageSummary:
    frames = frames_table.list_frames_of_recording(db, recording.recording_id)
    n_frozen = sum(frame.frozen for frame in frames)
    gaps = recordings_table.list_gaps(db, recording.recording_id)
    return FootageSummary(
        recording.recording_id,
        recording.source,
        recording.kind,
        recording.camera,
        recording.location,
        recording.taken_at,
        recording.conditions,
        recording.seconds,
        len(recordings_table.list_clips_of_recording(db, recording.recording_id)),
        len(frames) - n_frozen,
        n_frozen,
        recording.n_unreadable,
        recording.closed,
        frames[len(frames) // 2].frame_id if frames else "",
        compute_recorded_seconds(recording.seconds, gaps),
        len(gaps),
        recordings_table.list_lights(db, recording.recording_id),
    )


# Clip plan: how many clips there are of those worth having, and how wide the camera interval over
# them will be (methods 2.7).

WANTED_CLIPS = 20  # twenty clips of equal length, three to five labels each
ACCURACY_BEFORE = 0.9  # assumed until frames are labelled


@dataclass(frozen=True, slots=True)
class ClipPlan:
    """`clips` listed so far of `wanted`; `labels` of a hundred that each gets; `half_width` of the
    camera interval to come, a fraction, None below three clips."""

    clips: int
    wanted: int
    labels: int
    half_width: float | None


def compute_clip_plan(project: Project, count: int = 100) -> ClipPlan:
    """Compute the plan for `count` labels spread over the clips of the sampling list, before
    accuracy and correlation are known."""
    listed = [line.clip.clip_id for line in project.read(list_sampling_lines)]
    return plan_for_clips(len(set(listed)), min(count, len(listed)))


def plan_for_clips(clips: int, count: int) -> ClipPlan:
    """The plan for `count` labels over so many clips."""
    labels = max(1, count // clips) if clips else 0
    width = (
        plan_half_width(clips, labels, ACCURACY_BEFORE, ICC_BEFORE)
        if clips >= FEWEST_CLIPS
        else None
    )
    return ClipPlan(clips, WANTED_CLIPS, labels, width)


def split_clip(project: Project, frame_id: str) -> Changes:
    """A clip begins at this frame from now on; it keeps camera, place and light of the one it was
    cut from.

    Raises FrameUnknown; BorderMissing where one begins there already.
    """
    frame = project.read(lambda db: frames_table.get_frame(db, frame_id))
    if frame is None:
        raise FrameUnknown(frame_id)
    now = list(
        project.read(lambda db: recordings_table.list_clips_of_recording(db, frame.recording_id))
    )
    whole = find_clip(now, frame.source_index)
    if whole.first_index == frame.source_index:
        raise BorderMissing(frame_id, "begins_here")
    new = replace(
        whole,
        clip_id=make_clip_id(frame.recording_id, frame.source_index),
        first_index=frame.source_index,
        start_s=frame.t_s,
    )
    return project.edit("clip.cut", puts=[recordings_table.make_clip_row(new)])


def move_clip_start(project: Project, name: str, inside: str, seconds: float) -> Changes:
    """The clip `name` begins at the frame nearest to `seconds` after the beginning of `inside`,
    which is itself or the clip before it. Both keep a frame at least, and each its camera, place
    and light.

    Raises BorderMissing for the first clip of a recording, for one that is not there, and where it
    begins at that frame already.
    """
    every = project.read(recordings_table.list_clips)
    index = next((index for index, clip in enumerate(every) if clip.clip_id == name), 0)
    if not index or every[index - 1].recording_id != every[index].recording_id:
        raise BorderMissing(name, "first")
    before, moved = every[index - 1], every[index]
    stop = (
        every[index + 1].first_index
        if every[index + 1 : index + 2] and every[index + 1].recording_id == moved.recording_id
        else inf
    )
    frames = project.read(lambda db: frames_table.list_frames_of_recording(db, moved.recording_id))
    both = [frame for frame in frames if before.first_index <= frame.source_index < stop]
    wanted = (before if inside == before.clip_id else moved).start_s + seconds
    new = min(both[1:], key=lambda frame: abs(frame.t_s - wanted))
    if new.source_index == moved.first_index:
        raise BorderMissing(new.frame_id, "begins_here")
    row = replace(
        moved,
        clip_id=make_clip_id(moved.recording_id, new.source_index),
        first_index=new.source_index,
        start_s=new.t_s,
    )
    return project.edit(
        "clip.move",
        puts=[recordings_table.make_clip_row(row)],
        deletes=[recordings_table.make_clip_key(name)],
    )


def join_previous_clip(project: Project, name: str) -> Changes:
    """The clip goes on from the one before it in its recording: one clip, with the camera, place
    and light of the earlier one.

    Raises BorderMissing for the first clip of a recording, and for one that is not there.
    """
    every = project.read(recordings_table.list_clips)
    clip = next((clip for clip in every if clip.clip_id == name), None)
    if clip is None or clip.clip_id == next(
        item.clip_id for item in every if item.recording_id == clip.recording_id
    ):
        raise BorderMissing(name, "first")
    return project.edit("clip.join", deletes=[recordings_table.make_clip_key(name)])


# The structure of a look: what stays of a scene when the light changes, and where it has gone when
# the camera moves.

Map = NDArray[np.float32]

DETAIL = 3.0  # pixels: sigma of the surroundings that a pixel is held against
NOISE = 4.0  # grey levels of local contrast that count half: what noise and coding leave
AREA = 15  # pixels of the side of the areas that tell what went from what stayed
ALIKE = 0.5  # correlation from which on an area is recognised
CLEARLY = 0.2  # by how much one place must suit better than another
LEAST_IN_VIEW = 1 / 3
# share of the pixels that must lie near some structure for a look to be compared at all
TEXTURED = 0.02
LEAST_WENT = 0.25  # share of the structure in view that must have gone with the camera
MOST_STAYED = 0.2  # of what went: a belt moves before what stands still, a camera moves everything


def compute_structure(luma: NDArray[np.uint8]) -> Map:
    """(h, w) uint8 luma → (h, w) float32, about -1 to 1: detail over its local contrast, so light
    and shadow hardly change it."""
    picture = luma.astype(np.float32)
    detail = picture - _filter_gaussian(picture)
    return np.asarray(detail / (np.sqrt(_filter_gaussian(detail * detail)) + NOISE), np.float32)


def is_textured(gradient: Map) -> bool:
    """Whether a structure has enough detail to recognise the scene by: not in the dark, in glare or
    behind a hand."""
    return float((_filter_gaussian(gradient * gradient) > 0.15).mean()) >= TEXTURED


def compute_correlation(a: Map, b: Map, where: NDArray[np.bool_] | None = None) -> float:
    """Correlation of two structures, −1 to 1, over the pixels of `where`; 0 where there are
    none."""
    x, y = (a, b) if where is None else (a[where], b[where])
    # Plain sums: a product of matrices goes to a pool of threads, which costs more than it saves
    # here.
    scale = float(np.sqrt((x * x).sum() * (y * y).sum()))
    return float((x * y).sum()) / scale if scale > 0 else 0.0


def find_best_shift(a: Map, where: NDArray[np.bool_], b: Map) -> tuple[int, int, float]:
    """Shift in pixels (right, down) at which `a` fits `b` best, and the correlation over the part
    of `where` that is still in view.

    Shifts that leave less than a third of the image or of its structure in view are not tried.
    Source: Padfield 2012, masked normalised correlation."""
    height, width = a.shape
    size = (2 * height, 2 * width)
    mask = where.astype(np.float32)
    kept = a * mask
    seen = np.fft.rfft2(np.ones_like(a), size)
    of_a, of_squares, of_mask = (
        np.conj(np.fft.rfft2(part, size)) for part in (kept, kept * kept, mask)
    )
    product = np.fft.irfft2(of_a * np.fft.rfft2(b, size), size)
    energy_a = np.fft.irfft2(of_squares * seen, size)
    energy_b = np.fft.irfft2(of_mask * np.fft.rfft2(b * b, size), size)
    area = np.outer(
        1 - np.abs(np.fft.fftfreq(2 * height, 1 / 2)), 1 - np.abs(np.fft.fftfreq(2 * width, 1 / 2))
    )
    enough = (area >= LEAST_IN_VIEW) & (energy_a >= LEAST_IN_VIEW * (kept * kept).sum())
    fit = np.where(enough, product / np.sqrt(np.maximum(energy_a * energy_b, 1e-6)), -1)
    dy, dx = (int(offset) for offset in np.unravel_index(int(np.argmax(fit)), fit.shape))
    return dx - 2 * width * (dx >= width), dy - 2 * height * (dy >= height), float(fit[dy, dx])


def shift_array(array: NDArray[np.generic], dx: int, dy: int) -> NDArray[np.generic]:
    """The array moved right and down, filled with zeros."""
    height, width = array.shape
    moved = np.zeros_like(array)
    if abs(dx) < width and abs(dy) < height:
        moved[max(0, dy) : height + min(0, dy), max(0, dx) : width + min(0, dx)] = array[
            max(0, -dy) : height - max(0, dy), max(0, -dx) : width - max(0, dx)
        ]
    return moved


def has_whole_scene_moved(before: Map, after: Map, dx: int, dy: int) -> bool:
    """Whether the whole scene, and not an object in it, moved by (`dx`, `dy`): hardly any area is
    still recognised at its old place."""
    moved_map = np.asarray(shift_array(before, dx, dy), np.float32)
    at_old, at_new = (
        _compute_local_correlation(before, after),
        _compute_local_correlation(moved_map, after),
    )
    in_view = _compute_local_deviation(moved_map * moved_map) > 0.05
    if not in_view.any():
        return False
    went = float(((at_new >= ALIKE) & (at_old < at_new - CLEARLY))[in_view].mean())
    stayed = float(((at_old >= ALIKE) & (at_new < at_old - CLEARLY))[in_view].mean())
    return went >= LEAST_WENT and stayed <= MOST_STAYED * went


def _compute_local_correlation(a: Map, b: Map) -> Map:
    return np.asarray(
        _compute_local_deviation(a * b)
        / np.sqrt(_compute_local_deviation(a * a) * _compute_local_deviation(b * b) + 1e-4),
        np.float32,
    )


def _filter_gaussian(picture: Map) -> Map:
    return np.asarray(cv2.GaussianBlur(picture, (0, 0), DETAIL), np.float32)


def _compute_local_deviation(picture: Map) -> Map:
    return np.asarray(cv2.blur(picture, (AREA, AREA)), np.float32)


# View of a clip: what it has looked like lately, kept while the film goes on.

# structures; more than the 20 sampled frames of a ten-second clip at the usual two per second
KEPT = 64
MEMORY_S = 4.0  # what is longer ago counts little
BLACK, WHITE = 3, 250
# share of the pixels by which more must be clipped than usual for a look to show nothing
DAZZLED = 0.5
FEWEST_STEADY = 0.02  # share of the pixels that must stand still for a scene to be known by them
FAINT = 0.02  # squared structure that noise reaches too


class SampledClip:
    """The small luma images of a recording, (n, h, w) uint8, with their times in seconds;
    structures are computed on first use."""

    def __init__(self, looks: Looks, times: NDArray[np.float64]) -> None:
        self.looks, self.times = looks, times
        self._map_by_index: dict[int, Map] = {}

    def get_structure(self, index: int) -> Map:
        """Structure of one look."""
        if index not in self._map_by_index:
            self._map_by_index[index] = compute_structure(self.looks[index])
            if len(self._map_by_index) > KEPT:
                del self._map_by_index[next(iter(self._map_by_index))]
        return self._map_by_index[index]

    def get_clipped_share(self, index: int) -> float:
        """Share of the look that is as good as black or white."""
        luma = self.looks[index]
        return float(((luma <= BLACK) | (luma >= WHITE)).mean())

    def list_following(self, index: int, seconds: float) -> range:
        """The places after `index` within so many seconds, at least one, none after the end."""
        stop = int(np.searchsorted(self.times, self.times[index] + seconds, side="right"))
        return range(index + 1, min(max(stop, index + 2), len(self.times)))


class SceneModel:
    """Mean structure of a clip, and which of its pixels are static, that is, free of moving goods,
    people and belts. `known`: how well recent frames agree with it, 0 to 1."""

    def __init__(self, film: SampledClip, first: int) -> None:
        self._film, self._n, self._clipped = film, 1, film.get_clipped_share(first)
        self.mean = film.get_structure(first)
        self._variance = np.zeros_like(self.mean)
        self.steady = self._find_static_pixels()
        self.known = 0.0

    @property
    def has_static_pixels(self) -> bool:
        """Whether enough pixels are static to recognise the scene."""
        return float(self.steady.mean()) >= FEWEST_STEADY

    def is_comparable(self, index: int) -> bool:
        """Whether a frame can be compared with the clip: it is not blank, and not overexposed or
        dark while the clip is neither."""
        return is_textured(self._film.get_structure(index)) and not self.is_overexposed(index)

    def is_overexposed(self, index: int) -> bool:
        """Whether far more of a frame is black or white than is usual in the clip."""
        return self._film.get_clipped_share(index) >= self._clipped + DAZZLED

    def compute_correlation(self, gradient: Map) -> float:
        """Correlation with a structure over the static pixels; 0 without any."""
        return (
            compute_correlation(self.mean, gradient, self.steady) if self.has_static_pixels else 0.0
        )

    def add_sample(self, index: int) -> None:
        """Add a frame to the mean, unless it shows nothing."""
        if not self.is_comparable(index):
            return
        structure, times = self._film.get_structure(index), self._film.times
        lately = min(0.5, float(times[index] - times[index - 1]) / MEMORY_S)
        self.known += max(1 / self._n, lately) * (self.compute_correlation(structure) - self.known)
        self._n += 1
        share = max(1 / self._n, lately)
        self._clipped += share * (self._film.get_clipped_share(index) - self._clipped)
        change = structure - self.mean
        self.mean = np.asarray(self.mean + share * change, np.float32)
        self._variance = np.asarray(
            (1 - share) * (self._variance + share * change * change), np.float32
        )
        self.steady = self._find_static_pixels()

    def _find_static_pixels(self) -> NDArray[np.bool_]:
        power = self.mean * self.mean
        return np.asarray((power > self._variance) & (power > FAINT), np.bool_)


PAUSE_S = 60.0
SHORTEST_S = 10.0  # more clips narrow the interval, so none is made of a glimpse
STANDS_S = 2.0  # for which a move or a new scene must stand
MOVED = 0.10  # share of the width
SAME = 0.5  # correlation of the structure from which on a look shows the old scene
STILL = 0.8  # of its usual likeness to the clip, from which on no more is asked of a look
GONE = 0.4  # correlation of the means below which nothing of the old scene is left
BINS = 32
UNLIKE = 0.4  # correlation of the histograms below which two looks may be of different scenes
SAME_FORM = 0.8  # and of the histograms in one light, from which on only the light differs
APART = 25.0  # grey levels of mean difference above which they may be
FLAT = 8.0  # grey levels of deviation below which a look shows nothing


def find_clip_starts(looks: Looks, t_s: ArrayLike) -> tuple[int, ...]:
    """Indices at which a clip begins; the first is 0. No clip is shorter than ten seconds unless
    the whole recording is.

    Args:
        looks: (n, h, w) uint8 luma of the sampled frames in time order, gone through once.
        t_s: (n,) seconds.
    """
    times = np.asarray(t_s, dtype=np.float64)
    if not len(times):
        return ()
    starts, film = [0], SampledClip(looks, times)
    view = SceneModel(film, 0)
    for index in range(1, len(times)):
        if times[index] - times[index - 1] < PAUSE_S:
            if _is_same_scene(film, view, index):
                view.add_sample(index)
                continue
            if _is_interruption(film, view, index):
                # A passing object is not added to the mean; otherwise the old scene would look new
                # after it.
                continue
            if not _is_scene_change(film, view, index):
                view.add_sample(index)
                continue
        view = SceneModel(film, index)
        if (
            times[index] - times[starts[-1]] >= SHORTEST_S
            and times[-1] - times[index] >= SHORTEST_S
        ):
            starts.append(index)
    return tuple(starts)


def _is_same_scene(film: SampledClip, view: SceneModel, index: int) -> bool:
    """Whether a frame resembles its clip so closely that no further test is needed."""
    return (
        view.has_static_pixels
        and view.is_comparable(index)
        and view.compute_correlation(film.get_structure(index)) >= STILL * view.known
    )


def _is_interruption(film: SampledClip, view: SceneModel, index: int) -> bool:
    """Whether a different image is followed by the old scene again, sooner than the shortest
    clip."""
    if not view.has_static_pixels or view.compute_correlation(film.get_structure(index)) >= SAME:
        return False
    return any(
        view.compute_correlation(film.get_structure(index)) >= SAME
        for index in film.list_following(index, SHORTEST_S)
    )


def _is_scene_change(film: SampledClip, view: SceneModel, index: int) -> bool:
    """Whether a new scene, or another part of the same, begins at `index` and lasts: judged by
    structure, or by grey levels where there is none."""
    rest = film.list_following(index, STANDS_S)
    if (
        not rest
        or view.is_overexposed(index)
        or view.compute_correlation(film.get_structure(index)) >= SAME
    ):
        return False
    if view.known >= SAME and view.is_comparable(index):
        new = SceneModel(film, index)
        for position in rest:
            new.add_sample(position)
        if new.known >= SAME:
            return _is_view_lost(view, new)
    return _is_different(
        film.looks[index - 1], film.looks[index], stood=True
    ) and _is_lasting_change(film, index)


def _is_lasting_change(film: SampledClip, index: int) -> bool:
    """Whether nothing of the earlier scene is recognised, by grey levels and pixels, for the length
    of a clip."""
    looks, after = film.looks, film.list_following(index, SHORTEST_S)
    stood = (
        index > 1
        and min(
            _pixel_correlation(looks[index - 2], looks[index - 1]),
            _pixel_correlation(looks[index], looks[index + 1]),
        )
        >= STILL
    )
    return all(_is_different(looks[index - 1], looks[value], stood) for value in (index, *after))


def _is_view_lost(old: SceneModel, new: SceneModel) -> bool:
    """Whether all static structure is gone, or has moved by more than a tenth of the width."""
    dx, dy, alike = find_best_shift(old.mean, old.steady, new.mean)
    if alike < SAME:
        return old.compute_correlation(new.mean) < GONE
    still = np.where(old.steady, old.mean, np.float32(0))
    return bool(np.hypot(dx, dy) > MOVED * still.shape[1]) and has_whole_scene_moved(
        still, new.mean, dx, dy
    )


def _is_different(before: NDArray[np.uint8], after: NDArray[np.uint8], stood: bool) -> bool:
    """Whether grey levels and pixels differ. In a scene without static pixels only grey levels
    count, and a mere change of light, which stretches a histogram but keeps its shape, does not."""
    if _histogram_correlation(before, after) >= UNLIKE or min(before.std(), after.std()) < FLAT:
        return False
    if (
        not stood
        and _histogram_correlation(_normalize_lighting(before), _normalize_lighting(after))
        >= SAME_FORM
    ):
        return False
    return (
        _pixel_correlation(before, after) < SAME
        and float(np.abs(before.astype(np.int16) - after).mean()) > APART
    )


def _pixel_correlation(a: NDArray[np.uint8], b: NDArray[np.uint8]) -> float:
    x, y = ((image - image.mean()).astype(np.float32) for image in (a, b))
    return compute_correlation(x, y) if x.any() and y.any() else 1.0


def _histogram_correlation(a: NDArray[np.uint8], b: NDArray[np.uint8]) -> float:
    counts = [
        np.bincount(picture.ravel() // (256 // BINS), minlength=BINS).astype(np.float64)
        for picture in (a, b)
    ]
    x, y = (count - count.mean() for count in counts)
    scale = float(np.sqrt((x @ x) * (y @ y)))
    return float(x @ y) / scale if scale else 1.0


def _normalize_lighting(luma: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return the image with a mean of 128 and a standard deviation of 48 grey levels."""
    return np.asarray(np.clip((luma - luma.mean()) / luma.std() * 48 + 128, 0, 255), np.uint8)

"""Clips and the sampling list: frames in order with clip and recording, clip borders moved by hand,
recordings as a list, and the clip plan (methods 2.7)."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from math import inf

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
from fieldcheck.project.memoise import memoisable
from fieldcheck.project.project import Project
from fieldcheck.project.tables import frames as frames_table
from fieldcheck.project.tables import recordings as recordings_table
from fieldcheck.stats.camera_interval import FEWEST_CLIPS, ICC_BEFORE, plan_half_width

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

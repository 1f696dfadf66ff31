"""The sampling list: every listed frame in list order, with the clip it belongs to and the recording it came from."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import inf

from sqlite_utils import Database

from fieldcheck.domain.captured import LightingChange, get_conditions_at, list_conditions_between
from fieldcheck.domain.frame import ListedFrame
from fieldcheck.domain.recording import Clip, Recording
from fieldcheck.project.tables import captures as captures_table
from fieldcheck.project.tables import clips as clips_table
from fieldcheck.project.tables import frames as frames_table
from fieldcheck.project.tables import recordings as recordings_table


@dataclass(frozen=True, slots=True)
class SamplingLine:
    """One listed frame where it belongs. `lights`: what was told of the light while the recording was made, of this clip."""

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
        """Conditions of this frame: what was told when it was taken, as far as that still stands, and what is said of the whole clip though
        nobody told it then."""
        told, now = list_conditions_between(self.lights, self.clip.start_s, inf), get_conditions_at(self.lights, self.frame.t_s)
        return tuple(name for name in self.clip.conditions if name in now or name not in told)

    @property
    def taken_at(self) -> str:
        """ISO 8601 UTC, empty where nobody said when the recording began."""
        if not self.recording.taken_at:
            return ""
        return (datetime.fromisoformat(self.recording.taken_at) + timedelta(seconds=self.frame.t_s)).isoformat()


def list_sampling_lines(db: Database, with_frozen: bool = False) -> tuple[SamplingLine, ...]:
    """The list: recordings in order of import, frames in time order. Frames of a frozen stretch only `with_frozen`.

    Recordings whose import is not finished have no clips yet and are left out.
    """
    recordings = {one.recording_id: one for one in recordings_table.list_recordings(db) if one.closed}
    clips = _group_by_recording(clips_table.list_clips(db))
    lights = {name: captures_table.list_lights(db, name) for name, one in recordings.items() if one.kind == "capture"}
    found = []
    for frame in frames_table.list_frames(db, with_frozen=with_frozen):
        recording = recordings.get(frame.recording_id)
        if recording is not None and frame.recording_id in clips:
            clip = find_clip(clips[frame.recording_id], frame.source_index)
            found.append(SamplingLine(frame, clip, recording, lights.get(frame.recording_id, ())))
    return tuple(found)


def find_clip(clips: list[Clip], source_index: int) -> Clip:
    """The clip of one recording (sorted by first index) that holds this source index."""
    return clips[max(0, bisect_right([clip.first_index for clip in clips], source_index) - 1)]


def _group_by_recording(clips: Iterable[Clip]) -> dict[str, list[Clip]]:
    found: dict[str, list[Clip]] = {}
    for clip in sorted(clips, key=lambda one: one.first_index):
        found.setdefault(clip.recording_id, []).append(clip)
    return found

"""The sampling list of a recording: read once, measured, stored chunk by chunk, then cut into clips and closed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sqlite_utils import Database

from fieldcheck import __version__
from fieldcheck.capture.clip_cuts import borders
from fieldcheck.capture.picture_folder import SECONDS_APART
from fieldcheck.capture.recorded import RecordedFootage
from fieldcheck.capture.video_index import video_index
from fieldcheck.domain.captured import Light, lights_within
from fieldcheck.domain.condition import CONDITIONS
from fieldcheck.domain.frame import ListedFrame
from fieldcheck.domain.recording import Clip, Recording, Skipped, clip_id
from fieldcheck.domain.run import Run, StoredModel
from fieldcheck.errors import NoPictures, VideoUnreadable
from fieldcheck.files import json_key
from fieldcheck.imaging.frozen import frozen_frames
from fieldcheck.imaging.opencv_threads import own_thread
from fieldcheck.imaging.thumbnail import THUMBNAIL_SIDE
from fieldcheck.progress import Progress
from fieldcheck.project.folder import Project
from fieldcheck.project.tables import captures as captures_table
from fieldcheck.project.tables import chunks as chunks_table
from fieldcheck.project.tables import clips as clips_table
from fieldcheck.project.tables import frames as frames_table
from fieldcheck.project.tables import models as models_table
from fieldcheck.project.tables import predictions as predictions_table
from fieldcheck.project.tables import recordings as recordings_table
from fieldcheck.workflows.chunks import map_chunks
from fieldcheck.workflows.footage.copy_footage import take_back
from fieldcheck.workflows.footage.frame_pixels import look_of
from fieldcheck.workflows.footage.triage import TriageChunk, TriageRows, triage
from fieldcheck.workflows.models.models import model_file, run_of
from fieldcheck.workflows.models.provider import note_run

LIST_FPS = 2.0
CHUNK_S = 5.0  # a kill loses at most this much footage a worker
CHUNK_PICTURES = 16
TO_THE_END = 2**62


@dataclass(frozen=True, slots=True)
class Imported:
    """One recording after the import. `resumed`: some of it was there from a broken import; `known`: all of it was there already."""

    recording: Recording
    clips: tuple[Clip, ...]
    frames: tuple[ListedFrame, ...]
    resumed: bool
    known: bool


def list_frames(
    project: Project, recording: Recording, names: Sequence[str], progress: Progress, now: str, unread: Sequence[Skipped] = ()
) -> Imported:
    """Lists the frames of a recording whose files lie in the project, and closes it; what an earlier try finished is not done again.

    `names`: a folder's pictures; `unread`: those that were left out. Raises VideoUnreadable or NoPictures where nothing of it can
    be read, or where it is interlaced further on (then nothing is left of it), DiskFull, Cancelled (then what is finished stands).
    """
    model = project.read(models_table.newest)
    plan = list(plan_chunks(project, recording, names, model))
    job = _job(recording, plan)
    done = project.read(lambda db: chunks_table.done(db, job))
    if not done:  # counted anew, also where an earlier import counted something with another model
        left_out = {*unread, *(one for one in recording.skipped if recording.kind == "folder" and one.file not in names)}  # never copied
        skipped = tuple(sorted(left_out, key=lambda one: one.file))
        recording = replace(recording, n_frames=0, n_unreadable=len(skipped), skipped=skipped)
    project.write(lambda db: recordings_table.put(db, recording)).result()
    run = run_of(model, "footage", "footage", 0, now) if model else None
    n = _n_frames(project.path / recording.path, recording, names)
    sizes = {chunk.number: max(1, min(chunk.stop, n) - chunk.first) for chunk in plan}
    keeper = _FrameKeeper(project, recording, run, job, sizes, progress, done=sum(sizes[number] for number in done))
    try:
        with own_thread:
            map_chunks(triage, [chunk for chunk in plan if chunk.number not in done], keeper.keep, progress)
    except VideoUnreadable as error:
        if error.problem != "interlaced":
            raise
        _forget(project, recording, job)
        raise VideoUnreadable(Path(recording.source), "interlaced") from error
    return _close(project, recording, job, resumed=bool(done))


def plan_chunks(project: Project, recording: Recording, names: Sequence[str], model: StoredModel | None) -> Iterator[TriageChunk]:
    """The recording in chunks. The last one of a video is open: what the container says of its length is only a hint."""
    path = project.path / recording.path
    named = (recording.recording_id, recording.source, recording.list_fps)
    spec = model_file(project, model) if model else None
    if recording.kind == "folder":
        for number, first in enumerate(range(0, len(names), CHUNK_PICTURES)):
            part = tuple(names[first : first + CHUNK_PICTURES])
            yield TriageChunk(number, str(path), "folder", *named, first, first + len(part), part, spec)
        return
    size = max(1, round(CHUNK_S * recording.fps))
    n = max(1, -(-_n_frames(path, recording, names) // size))
    for number in range(n):
        stop = TO_THE_END if number == n - 1 else (number + 1) * size
        yield TriageChunk(number, str(path), recording.kind, *named, number * size, stop, (), spec)


def _n_frames(path: Path, recording: Recording, names: Sequence[str]) -> int:
    """How many pictures there are to go through; of a video what the container says, 0 where that is not credible."""
    if recording.kind == "folder":
        return len(names)
    return _length(path) if recording.kind == "capture" else video_index(path).n_hint


def _job(recording: Recording, plan: Sequence[TriageChunk]) -> str:
    """The name of this work: the same footage cut the same way by the same version with the same model."""
    model = plan[0].model if plan else None
    key = [recording.sha256, recording.list_fps, len(plan), __version__, (model.sha256, model.card) if model else None]
    return "triage-" + json_key(key)


class _FrameKeeper:
    """Stores each chunk's rows as they come: pictures into the cache first, then every row and the chunk's mark in one transaction.
    `sizes`: pictures of each chunk by its number; `done`: how many of them an earlier try went through."""

    def __init__(
        self, project: Project, recording: Recording, run: Run | None, job: str, sizes: Mapping[int, int], progress: Progress, done: int
    ) -> None:  # fmt: skip
        self._project, self._recording, self._job, self._progress = project, recording, job, progress
        self._run, self._sizes, self._done = run, sizes, done

    def keep(self, chunk: TriageChunk, rows: TriageRows) -> None:
        frames, quick = rows.frames, chunk.kind == "folder"  # small pictures are read anew as fast as a look is unpacked
        looks = [
            None if quick and max(one.width, one.height) <= THUMBNAIL_SIDE else look for one, look in zip(frames, rows.looks, strict=True)
        ]
        self._project.cache.put(zip([one.frame_id for one in frames], rows.thumbnails, looks, strict=True))
        self._project.write(lambda db: self._store(db, chunk, rows)).result()
        self._done += self._sizes[chunk.number]
        self._progress.report(self._done, sum(self._sizes.values()), self._recording.source)

    def _store(self, db: Database, chunk: TriageChunk, rows: TriageRows) -> None:
        stored = recordings_table.get(db, self._recording.recording_id) or self._recording
        if rows.frames and not stored.width:
            stored = replace(stored, width=rows.frames[0].width, height=rows.frames[0].height)
        n_frames = rows.ended_at if rows.ended_at is not None else stored.n_frames
        if chunk.kind == "folder":
            n_frames = stored.n_frames + len(rows.frames)
        skipped = tuple(sorted({*stored.skipped, *rows.skipped}, key=lambda one: one.file))
        unreadable = stored.n_unreadable + rows.n_unreadable
        recordings_table.put(db, replace(stored, n_frames=n_frames, n_unreadable=unreadable, skipped=skipped))
        frames_table.insert(db, rows.frames, rows.facts)
        if self._run is not None and chunk.model is not None:
            note_run(db, self._run, chunk.model.provider)
            predictions_table.insert(db, self._run.run_id, rows.predictions)
        chunks_table.mark(db, self._job, chunk.number)


def _close(project: Project, begun: Recording, job: str, resumed: bool) -> Imported:
    """Finds what stood still and where clips begin, and closes the recording in one transaction.

    Raises VideoUnreadable or NoPictures where nothing of it could be read; then nothing is left of it.
    """
    recording = project.read(lambda db: recordings_table.get(db, begun.recording_id)) or begun
    frames = project.read(lambda db: frames_table.of_recording(db, recording.recording_id))
    if not frames and recording.kind == "capture":  # what a camera delivered is kept, even where nobody can see anything in it
        closed = replace(recording, closed=True)
        project.write(lambda db: recordings_table.put(db, closed)).result()
        return imported(project, closed, resumed=resumed, known=False)
    if not frames:
        _forget(project, recording, job)
        raise NoPictures(Path(recording.source)) if recording.kind == "folder" else VideoUnreadable(Path(recording.source), "no_frames")
    starts, frozen = _cut(project, recording, frames)
    closed = replace(recording, closed=True, seconds=_seconds(recording, frames))
    lights = project.read(lambda db: captures_table.lights(db, recording.recording_id))
    clips = _clips(recording, frames, starts, lights)

    def store(db: Database) -> None:
        frames_table.mark_frozen(db, [frame.frame_id for frame, still in zip(frames, frozen, strict=True) if still])
        clips_table.put(db, clips)
        recordings_table.put(db, closed)

    project.write(store).result()
    return imported(project, closed, resumed=resumed, known=False)


def _forget(project: Project, recording: Recording, job: str) -> None:
    """Takes a recording that cannot be used out again, and what was listed of it."""

    def forget(db: Database) -> None:
        chunks_table.forget(db, job)
        frames_table.remove(db, recording.recording_id)
        recordings_table.remove(db, recording.recording_id)

    project.write(forget).result()
    take_back(project.path, recording.recording_id)


def looks_of(project: Project, recording: Recording, frames: Sequence[ListedFrame]) -> NDArray[np.uint8]:
    """(n, 90, 160) uint8 luma of the frames, from the cache or, where that was lost, from the footage."""
    stored = project.cache.looks([frame.frame_id for frame in frames])
    return np.stack([stored[frame.frame_id] if frame.frame_id in stored else look_of(project, recording, frame) for frame in frames])


def _seconds(recording: Recording, frames: Sequence[ListedFrame]) -> float:
    """How long the recording lasts: its last frame stands for one frame's time."""
    if recording.kind == "folder":
        return frames[-1].t_s + SECONDS_APART
    if recording.kind == "capture":
        return max(recording.seconds, frames[-1].t_s)  # measured while it was made: gaps count
    return max(frames[-1].t_s + 1 / recording.fps, recording.n_frames / recording.fps)


def _cut(project: Project, recording: Recording, frames: Sequence[ListedFrame]) -> tuple[Sequence[int], NDArray[np.bool_]]:
    """Where clips begin, and (n,) which frames show a stretch in which the sensor stood still; of a recording of ours it is known whether
    the bytes did. Pictures of a folder are one clip, and none stands still."""
    if recording.kind == "folder":
        return (0,), np.zeros(len(frames), bool)
    looks, times = looks_of(project, recording, frames), np.array([frame.t_s for frame in frames])
    frozen = frozen_frames(looks, times)
    if recording.kind == "capture":
        with RecordedFootage(project.path / recording.path, recording.list_fps) as footage:
            frozen |= np.array([frame.source_index in footage.stuck for frame in frames])
    return borders(looks, times), frozen


def _clips(recording: Recording, frames: Sequence[ListedFrame], starts: Sequence[int], lights: Sequence[Light]) -> tuple[Clip, ...]:
    """One clip from each start; where the light was told while it was recorded, with all that was told of that stretch."""
    ends = [*(frames[at].t_s for at in starts[1:]), float("inf")]
    clips = []
    for at, end in zip(starts, ends, strict=True):
        first = frames[at]
        told = lights_within(lights, first.t_s, end) if lights else frozenset(recording.conditions)
        conditions = tuple(name for name in CONDITIONS if name in told)
        clips.append(
            Clip(
                clip_id(recording.recording_id, first.source_index), recording.recording_id, first.source_index, first.t_s,
                recording.camera, recording.location, conditions,
            )
        )  # fmt: skip
    return tuple(clips)


def _length(folder: Path) -> int:
    with RecordedFootage(folder, list_fps=1) as footage:
        return len(footage)


def imported(project: Project, recording: Recording, resumed: bool, known: bool) -> Imported:
    """A recording with its clips and frames as they stand now."""
    clips = project.read(lambda db: clips_table.of_recording(db, recording.recording_id))
    frames = project.read(lambda db: frames_table.of_recording(db, recording.recording_id))
    return Imported(recording, clips, frames, resumed, known)

"""The sampling list of a recording: read once, measured, stored chunk by chunk, then cut into clips
and closed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sqlite_utils import Database

from fieldcheck import __version__
from fieldcheck.domain.frame import ListedFrame
from fieldcheck.domain.recording import (
    CONDITIONS,
    Clip,
    LightingChange,
    Recording,
    SkippedFile,
    list_conditions_between,
    make_clip_id,
)
from fieldcheck.domain.run import Run, StoredModel
from fieldcheck.errors.files import NoPictures, VideoUnreadable
from fieldcheck.files import make_json_key
from fieldcheck.footage.clips_and_scene_cuts import find_clip_starts
from fieldcheck.footage.frame_analysis import TriageChunk, TriageRows, analyse_frames
from fieldcheck.footage.frame_pixels import compute_frame_look
from fieldcheck.footage.image_folder import SECONDS_APART, remove_copy
from fieldcheck.footage.parts import add_parts_of_frames
from fieldcheck.footage.recording_container import RecordedFootage
from fieldcheck.footage.video.index import load_video_index
from fieldcheck.imaging.camera_health import find_frozen_frames
from fieldcheck.imaging.thumbnail import THUMBNAIL_SIDE
from fieldcheck.models.providers import insert_run
from fieldcheck.models.store import make_model_file, make_run
from fieldcheck.parallel import map_chunks
from fieldcheck.progress import Progress
from fieldcheck.project.project import Project
from fieldcheck.project.tables import frames as frames_table
from fieldcheck.project.tables import models as models_table
from fieldcheck.project.tables import project_state as chunks_table
from fieldcheck.project.tables import recordings as recordings_table
from fieldcheck.project.tables import runs as predictions_table

LIST_FPS = 2.0
CHUNK_S = 5.0  # a kill loses at most this much footage a worker
CHUNK_PICTURES = 16
TO_THE_END = 2**62


@dataclass(frozen=True, slots=True)
class ImportedRecording:
    """One recording after the import. `resumed`: some of it was there from a broken import;
    `known`: all of it was there already."""

    recording: Recording
    clips: tuple[Clip, ...]
    frames: tuple[ListedFrame, ...]
    resumed: bool
    known: bool


def build_frame_list(
    project: Project,
    recording: Recording,
    names: Sequence[str],
    progress: Progress,
    now: str,
    unread: Sequence[SkippedFile] = (),
) -> ImportedRecording:
    """Lists the frames of a recording whose files lie in the project, and closes it; what an
    earlier try finished is not done again.

    `names`: a folder's pictures; `unread`: those that were left out. Raises VideoUnreadable or
    NoPictures where nothing of it can be read, or where it is interlaced further on (then nothing
    is left of it), DiskFull, Cancelled (then what is finished stands).
    """
    model = project.read(models_table.get_newest_model)
    plan = list(plan_recording_chunks(project, recording, names, model))
    job = _make_job_name(recording, plan)
    done = project.read(lambda db: chunks_table.get_finished_chunks(db, job))
    if not done:  # counted anew, also where an earlier import counted something with another model
        # never copied
        left_out = {
            *unread,
            *(
                skipped_file
                for skipped_file in recording.skipped
                if recording.kind == "folder" and skipped_file.file not in names
            ),
        }
        skipped = tuple(sorted(left_out, key=lambda skipped_file: skipped_file.file))
        recording = replace(recording, n_frames=0, n_unreadable=len(skipped), skipped=skipped)
    project.write(lambda db: recordings_table.put_recording(db, recording)).result()
    run = make_run(model, "footage", "footage", 0, now) if model else None
    n = _count_frames(project.path / recording.path, recording, names)
    sizes = {chunk.number: max(1, min(chunk.stop, n) - chunk.first) for chunk in plan}
    keeper = _FrameStore(
        project, recording, run, job, sizes, progress, done=sum(sizes[number] for number in done)
    )
    try:
        map_chunks(
            analyse_frames,
            [chunk for chunk in plan if chunk.number not in done],
            keeper.store_chunk,
            progress,
        )
    except VideoUnreadable as error:
        if error.problem != "interlaced":
            raise
        _remove_recording(project, recording, job)
        raise VideoUnreadable(Path(recording.source), "interlaced") from error
    return _close_recording(project, recording, job, resumed=bool(done))


def plan_recording_chunks(
    project: Project, recording: Recording, names: Sequence[str], model: StoredModel | None
) -> Iterator[TriageChunk]:
    """The recording in chunks. The last one of a video is open: what the container says of its
    length is only a hint."""
    path = project.path / recording.path
    named = (recording.recording_id, recording.source, recording.list_fps)
    spec = make_model_file(project, model) if model else None
    if recording.kind == "folder":
        for number, first in enumerate(range(0, len(names), CHUNK_PICTURES)):
            part = tuple(names[first : first + CHUNK_PICTURES])
            yield TriageChunk(
                number, str(path), "folder", *named, first, first + len(part), part, spec
            )
        return
    size = max(1, round(CHUNK_S * recording.fps))
    n = max(1, -(-_count_frames(path, recording, names) // size))
    for number in range(n):
        stop = TO_THE_END if number == n - 1 else (number + 1) * size
        yield TriageChunk(number, str(path), recording.kind, *named, number * size, stop, (), spec)


def _count_frames(path: Path, recording: Recording, names: Sequence[str]) -> int:
    """How many pictures there are to go through; of a video what the container says, 0 where that
    is not credible."""
    if recording.kind == "folder":
        return len(names)
    return (
        _count_recorded_frames(path)
        if recording.kind == "capture"
        else load_video_index(path).n_hint
    )


def _make_job_name(recording: Recording, plan: Sequence[TriageChunk]) -> str:
    """Name of the job: equal for the same footage, chunks, version and model."""
    model = plan[0].model if plan else None
    key = [
        recording.sha256,
        recording.list_fps,
        len(plan),
        __version__,
        (model.sha256, model.card) if model else None,
    ]
    return "triage-" + make_json_key(key)


class _FrameStore:
    """Stores each chunk's rows as they come: pictures into the cache first, then every row and the
    chunk's mark in one transaction. `sizes`: pictures of each chunk by its number; `done`: how many
    of them an earlier try went through."""

    def __init__(
        self,
        project: Project,
        recording: Recording,
        run: Run | None,
        job: str,
        sizes: Mapping[int, int],
        progress: Progress,
        done: int,
    ) -> None:
        self._project, self._recording, self._job, self._progress = (
            project,
            recording,
            job,
            progress,
        )
        self._run, self._sizes, self._done = run, sizes, done

    def store_chunk(self, chunk: TriageChunk, rows: TriageRows) -> None:
        # small pictures are read anew as fast as a look is unpacked
        frames, quick = rows.frames, chunk.kind == "folder"
        looks = [
            None if quick and max(frame.width, frame.height) <= THUMBNAIL_SIDE else luma
            for frame, luma in zip(frames, rows.looks, strict=True)
        ]
        self._project.cache.put_thumbnails(
            zip([frame.frame_id for frame in frames], rows.thumbnails, looks, strict=True)
        )
        self._project.write(lambda db: self._store_rows(db, chunk, rows)).result()
        self._done += self._sizes[chunk.number]
        self._progress.report(self._done, sum(self._sizes.values()), self._recording.source)

    def _store_rows(self, db: Database, chunk: TriageChunk, rows: TriageRows) -> None:
        stored = recordings_table.get_recording(db, self._recording.recording_id) or self._recording
        if rows.frames and not stored.width:
            stored = replace(stored, width=rows.frames[0].width, height=rows.frames[0].height)
        n_frames = rows.ended_at if rows.ended_at is not None else stored.n_frames
        if chunk.kind == "folder":
            n_frames = stored.n_frames + len(rows.frames)
        skipped = tuple(
            sorted({*stored.skipped, *rows.skipped}, key=lambda skipped_file: skipped_file.file)
        )
        unreadable = stored.n_unreadable + rows.n_unreadable
        recordings_table.put_recording(
            db, replace(stored, n_frames=n_frames, n_unreadable=unreadable, skipped=skipped)
        )
        frames_table.insert_frames(db, rows.frames, rows.facts)
        if self._run is not None and chunk.model is not None:
            insert_run(db, self._run, chunk.model.provider)
            predictions_table.insert_predictions(db, self._run.run_id, rows.predictions)
        chunks_table.mark_chunk_finished(db, self._job, chunk.number)


def _close_recording(
    project: Project, begun: Recording, job: str, resumed: bool
) -> ImportedRecording:
    """Finds what stood still and where clips begin, and closes the recording in one transaction.

    Raises VideoUnreadable or NoPictures where nothing of it could be read; then nothing is left of
    it.
    """
    recording = (
        project.read(lambda db: recordings_table.get_recording(db, begun.recording_id)) or begun
    )
    frames = project.read(
        lambda db: frames_table.list_frames_of_recording(db, recording.recording_id)
    )
    # What a camera delivered is kept, even if no image can be decoded.
    if not frames and recording.kind == "capture":
        closed = replace(recording, closed=True)
        project.write(lambda db: recordings_table.put_recording(db, closed)).result()
        return load_imported(project, closed, resumed=resumed, known=False)
    if not frames:
        _remove_recording(project, recording, job)
        raise (
            NoPictures(Path(recording.source))
            if recording.kind == "folder"
            else VideoUnreadable(Path(recording.source), "no_frames")
        )
    starts, frozen = _find_clip_starts(project, recording, frames)
    closed = replace(recording, closed=True, seconds=_compute_duration(recording, frames))
    lights = project.read(lambda db: recordings_table.list_lights(db, recording.recording_id))
    clips = _make_clips(recording, frames, starts, lights)

    def store(db: Database) -> None:
        frames_table.mark_frozen(
            db, [frame.frame_id for frame, still in zip(frames, frozen, strict=True) if still]
        )
        recordings_table.put_clips(db, clips)
        recordings_table.put_recording(db, closed)
        add_parts_of_frames(db, frames)

    project.write(store).result()
    return load_imported(project, closed, resumed=resumed, known=False)


def _remove_recording(project: Project, recording: Recording, job: str) -> None:
    """Remove an unusable recording and the frames listed of it."""

    def forget(db: Database) -> None:
        chunks_table.remove_chunks(db, job)
        frames_table.remove_frames(db, recording.recording_id)
        recordings_table.remove_recording(db, recording.recording_id)

    project.write(forget).result()
    remove_copy(project.path, recording.recording_id)


def load_recording_looks(
    project: Project, recording: Recording, frames: Sequence[ListedFrame]
) -> NDArray[np.uint8]:
    """(n, 90, 160) uint8 luma of the frames, from the cache or, where that was lost, from the
    footage."""
    stored = project.cache.get_looks([frame.frame_id for frame in frames])
    return np.stack(
        [
            stored[frame.frame_id]
            if frame.frame_id in stored
            else compute_frame_look(project, recording, frame)
            for frame in frames
        ]
    )


def _compute_duration(recording: Recording, frames: Sequence[ListedFrame]) -> float:
    """How long the recording lasts: its last frame stands for one frame's time."""
    if recording.kind == "folder":
        return frames[-1].t_s + SECONDS_APART
    if recording.kind == "capture":
        return max(recording.seconds, frames[-1].t_s)  # measured while it was made: gaps count
    return max(frames[-1].t_s + 1 / recording.fps, recording.n_frames / recording.fps)


def _find_clip_starts(
    project: Project, recording: Recording, frames: Sequence[ListedFrame]
) -> tuple[Sequence[int], NDArray[np.bool_]]:
    """Where clips begin, and (n,) which frames show a stretch in which the sensor stood still; of a
    recording of ours it is known whether the bytes did. Pictures of a folder are one clip, and none
    stands still."""
    if recording.kind == "folder":
        return (0,), np.zeros(len(frames), bool)
    looks, times = (
        load_recording_looks(project, recording, frames),
        np.array([frame.t_s for frame in frames]),
    )
    frozen = find_frozen_frames(looks, times)
    if recording.kind == "capture":
        with RecordedFootage(project.path / recording.path, recording.list_fps) as footage:
            frozen |= np.array([frame.source_index in footage.stuck for frame in frames])
    return find_clip_starts(looks, times), frozen


def _make_clips(
    recording: Recording,
    frames: Sequence[ListedFrame],
    starts: Sequence[int],
    lights: Sequence[LightingChange],
) -> tuple[Clip, ...]:
    """One clip from each start; where the light was told while it was recorded, with all that was
    told of that stretch."""
    ends = [*(frames[start].t_s for start in starts[1:]), float("inf")]
    clips = []
    for start, end in zip(starts, ends, strict=True):
        first = frames[start]
        conditions_between = (
            list_conditions_between(lights, first.t_s, end)
            if lights
            else frozenset(recording.conditions)
        )
        conditions = tuple(name for name in CONDITIONS if name in conditions_between)
        clips.append(
            Clip(
                make_clip_id(recording.recording_id, first.source_index),
                recording.recording_id,
                first.source_index,
                first.t_s,
                recording.camera,
                recording.location,
                conditions,
            )
        )
    return tuple(clips)


def _count_recorded_frames(folder: Path) -> int:
    with RecordedFootage(folder, list_fps=1) as footage:
        return len(footage)


def load_imported(
    project: Project, recording: Recording, resumed: bool, known: bool
) -> ImportedRecording:
    """A recording with its clips and frames as they stand now."""
    clips = project.read(
        lambda db: recordings_table.list_clips_of_recording(db, recording.recording_id)
    )
    frames = project.read(
        lambda db: frames_table.list_frames_of_recording(db, recording.recording_id)
    )
    return ImportedRecording(recording, clips, frames, resumed, known)

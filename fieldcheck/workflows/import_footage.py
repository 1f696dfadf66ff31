"""Footage in: a video or a folder of pictures becomes a recording, its sampling list and its clips."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sqlite_utils import Database

from fieldcheck import __version__
from fieldcheck.capture.cut import borders
from fieldcheck.capture.picture_folder import SECONDS_APART
from fieldcheck.capture.video_file import probe_video
from fieldcheck.domain.clip import Clip, clip_id
from fieldcheck.domain.frame import ListedFrame
from fieldcheck.domain.recording import Recording
from fieldcheck.domain.run import Run, StoredModel
from fieldcheck.errors import NoPictures, PathMissing, VideoUnreadable
from fieldcheck.imaging.frozen import frozen_frames
from fieldcheck.progress import Progress
from fieldcheck.project.folder import Project
from fieldcheck.project.tables import chunks as chunks_table
from fieldcheck.project.tables import clips as clips_table
from fieldcheck.project.tables import frames as frames_table
from fieldcheck.project.tables import models as models_table
from fieldcheck.project.tables import predictions as predictions_table
from fieldcheck.project.tables import recordings as recordings_table
from fieldcheck.project.tables import runs as runs_table
from fieldcheck.workflows.chunks import map_chunks
from fieldcheck.workflows.models import model_file, run_of
from fieldcheck.workflows.pixels import look_of
from fieldcheck.workflows.take_in import Source, copy_in, look_at, take_back
from fieldcheck.workflows.triage import TriageChunk, TriageRows, triage

LIST_FPS = 2.0
CHUNK_S = 5.0  # a kill loses at most this much footage a worker
CHUNK_PICTURES = 16
TO_THE_END = 2**62
MOST_CREDIBLE_FRAMES = 100_000_000  # containers of killed writers claim absurd counts


@dataclass(frozen=True, slots=True)
class Told:
    """What a person says about footage; it cannot be read from the file. `taken_at` ISO 8601 UTC or empty."""

    camera: str = ""
    location: str = ""
    taken_at: str = ""
    conditions: tuple[str, ...] = ()
    list_fps: float = LIST_FPS


@dataclass(frozen=True, slots=True)
class Imported:
    """One recording after the import. `resumed`: some of it was there from a broken import; `known`: all of it was there already."""

    recording: Recording
    clips: tuple[Clip, ...]
    frames: tuple[ListedFrame, ...]
    resumed: bool
    known: bool


def import_footage(
    project: Project, paths: Sequence[Path], told: Told, progress: Progress, now: str, workers: int | None = None
) -> list[Imported]:
    """Every path becomes a recording; one that is in the project already adds nothing, a broken import is finished.

    `now` is ISO 8601 UTC. Raises PathMissing (before anything is read), NoPictures, VideoUnreadable, DiskFull, Cancelled; the recordings
    before stand, and of the one it happened in everything finished stands too. One in which nothing can be read leaves nothing behind.
    """
    for path in paths:
        if not path.exists():
            raise PathMissing(path)
    return [_import_one(project, look_at(path, progress), told, progress, now, workers) for path in paths]


def _import_one(project: Project, source: Source, told: Told, progress: Progress, now: str, workers: int | None) -> Imported:
    known = project.read(lambda db: recordings_table.by_sha256(db, source.sha256))
    if known is not None and known.closed:
        return _imported(project, known, resumed=False, known=True)
    recording = _told_again(known, told) if known else _begin(source, told)
    if not recording.path or not (project.path / recording.path).exists():
        recording = replace(recording, path=copy_in(source, project.path, progress))
    model = project.read(models_table.newest)
    plan = list(plan_chunks(project, recording, source.names, model))
    job = _job(recording, plan)
    done = project.read(lambda db: chunks_table.done(db, job))
    if not done:  # counted anew, also where an earlier import counted something with another model
        recording = replace(recording, n_frames=0, n_unreadable=0, skipped=())
    project.write(lambda db: recordings_table.put(db, recording)).result()
    run = run_of(model, "footage", "footage", 0, now) if model else None
    keeper = _Keeper(project, recording, run, job, len(plan), progress, done=len(done))
    map_chunks(triage, [chunk for chunk in plan if chunk.number not in done], keeper.keep, progress, workers)
    return _close(project, recording, job, resumed=bool(done))


def _begin(source: Source, told: Told) -> Recording:
    """The recording before anything of it was read. Raises VideoUnreadable."""
    if source.kind == "video":
        info = probe_video(source.path)
        fps, width, height = info.fps, info.width, info.height
    else:
        fps, width, height = 1 / SECONDS_APART, 0, 0
    return Recording(
        source.recording_id, source.kind, source.path.name, "", source.sha256, told.camera, told.location, told.taken_at,
        told.conditions, told.list_fps, fps, width, height,
    )  # fmt: skip


def _told_again(known: Recording, told: Told) -> Recording:
    """An import that was broken off, with what is said this time; what is not said again stands, and so does its list."""
    return replace(
        known,
        camera=told.camera or known.camera,
        location=told.location or known.location,
        taken_at=told.taken_at or known.taken_at,
        conditions=told.conditions or known.conditions,
    )


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
    hint = probe_video(path).n_hint
    size = max(1, round(CHUNK_S * recording.fps))
    n = max(1, -(-hint // size)) if 0 < hint < MOST_CREDIBLE_FRAMES else 1
    for number in range(n):
        stop = TO_THE_END if number == n - 1 else (number + 1) * size
        yield TriageChunk(number, str(path), "video", *named, number * size, stop, (), spec)


def _job(recording: Recording, plan: Sequence[TriageChunk]) -> str:
    """The name of this work: the same footage cut the same way by the same version with the same model."""
    model = plan[0].model if plan else None
    key = [recording.sha256, recording.list_fps, len(plan), __version__, (model.sha256, model.card) if model else None]
    return "triage-" + hashlib.sha256(json.dumps(key).encode()).hexdigest()[:16]


class _Keeper:
    """Stores each chunk's rows as they come: pictures into the cache first, then every row and the chunk's mark in one transaction."""

    def __init__(
        self, project: Project, recording: Recording, run: Run | None, job: str, n_chunks: int, progress: Progress, done: int
    ) -> None:  # fmt: skip
        self._project, self._recording, self._job, self._progress = project, recording, job, progress
        self._run, self._n_chunks, self._done = run, n_chunks, done

    def keep(self, chunk: TriageChunk, rows: TriageRows) -> None:
        self._project.cache.put(zip([frame.frame_id for frame in rows.frames], rows.thumbnails, rows.looks, strict=True))
        self._project.write(lambda db: self._store(db, chunk, rows)).result()
        self._done += 1
        self._progress.report(self._done, self._n_chunks, self._recording.source)

    def _store(self, db: Database, chunk: TriageChunk, rows: TriageRows) -> None:
        stored = recordings_table.by_sha256(db, self._recording.sha256) or self._recording
        if rows.frames and not stored.width:
            stored = replace(stored, width=rows.frames[0].width, height=rows.frames[0].height)
        n_frames = rows.ended_at if rows.ended_at is not None else stored.n_frames
        if chunk.kind == "folder":
            n_frames = stored.n_frames + len(rows.frames)
        skipped = tuple(sorted({*stored.skipped, *rows.skipped}, key=lambda one: one.file))
        unreadable = stored.n_unreadable + rows.n_unreadable
        recordings_table.put(db, replace(stored, n_frames=n_frames, n_unreadable=unreadable, skipped=skipped))
        frames_table.insert(db, rows.frames, rows.facts)
        if self._run is not None:
            runs_table.put(db, self._run)
            predictions_table.insert(db, self._run.run_id, rows.predictions)
        chunks_table.mark(db, self._job, chunk.number)


def _close(project: Project, begun: Recording, job: str, resumed: bool) -> Imported:
    """Finds what stood still and where clips begin, and closes the recording in one transaction.

    Raises VideoUnreadable or NoPictures where nothing of it could be read; then nothing is left of it.
    """
    recording = project.read(lambda db: recordings_table.get(db, begun.recording_id)) or begun
    frames = project.read(lambda db: frames_table.of_recording(db, recording.recording_id))
    if not frames:
        _forget(project, recording, job)
        raise VideoUnreadable(Path(recording.source), "no_frames") if recording.kind == "video" else NoPictures(Path(recording.source))
    looks, times = looks_of(project, recording, frames), np.array([frame.t_s for frame in frames])
    frozen = frozen_frames(looks, times) if recording.kind == "video" else np.zeros(len(frames), bool)
    starts = borders(looks, times) if recording.kind == "video" else (0,)
    closed = replace(recording, closed=True, seconds=_seconds(recording, frames))
    clips = tuple(_clip(recording, frames[at]) for at in starts)

    def store(db: Database) -> None:
        frames_table.mark_frozen(db, [frame.frame_id for frame, still in zip(frames, frozen, strict=True) if still])
        clips_table.put(db, clips)
        recordings_table.put(db, closed)

    project.write(store).result()
    return _imported(project, closed, resumed=resumed, known=False)


def _forget(project: Project, recording: Recording, job: str) -> None:
    """Takes a recording without a single readable frame out again."""

    def forget(db: Database) -> None:
        chunks_table.forget(db, job)
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
    return max(frames[-1].t_s + 1 / recording.fps, recording.n_frames / recording.fps)


def _clip(recording: Recording, first: ListedFrame) -> Clip:
    return Clip(
        clip_id(recording.recording_id, first.source_index), recording.recording_id, first.source_index, first.t_s, recording.camera,
        recording.location, recording.conditions,
    )  # fmt: skip


def _imported(project: Project, recording: Recording, resumed: bool, known: bool) -> Imported:
    clips = project.read(lambda db: clips_table.of_recording(db, recording.recording_id))
    frames = project.read(lambda db: frames_table.of_recording(db, recording.recording_id))
    return Imported(recording, clips, frames, resumed, known)

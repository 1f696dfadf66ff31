"""Footage in: a video or a folder of pictures becomes a recording, its sampling list and its clips."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from fieldcheck.capture.picture_folder import SECONDS_APART
from fieldcheck.capture.video_file import read_video_info
from fieldcheck.domain.recording import Recording
from fieldcheck.errors import PathMissing
from fieldcheck.progress import Progress
from fieldcheck.project.folder import Project
from fieldcheck.project.tables import recordings as recordings_table
from fieldcheck.workflows.footage.copy_footage import FootageSource, copy_into_project, inspect_source
from fieldcheck.workflows.footage.list_frames import LIST_FPS, ImportedRecording, build_frame_list, load_imported

__all__ = ["LIST_FPS", "FootageInfo", "ImportedRecording", "import_footage"]


@dataclass(frozen=True, slots=True)
class FootageInfo:
    """Footage information that a person gives; it cannot be read from the file. `taken_at` ISO 8601 UTC or empty."""

    camera: str = ""
    location: str = ""
    taken_at: str = ""
    conditions: tuple[str, ...] = ()
    list_fps: float = LIST_FPS


def import_footage(project: Project, paths: Sequence[Path], told: FootageInfo, progress: Progress, now: str) -> list[ImportedRecording]:
    """Every path becomes a recording; one that is in the project already adds nothing, a broken import is finished.

    `now` is ISO 8601 UTC. Raises PathMissing (before anything is read), NoPictures, VideoUnreadable, DiskFull, Cancelled; the recordings
    before stand, and of the one it happened in everything finished stands too. One in which nothing can be read leaves nothing behind.
    """
    for path in paths:
        if not path.exists():
            raise PathMissing(path)
    return [finish_import(project, begin_import(project, path, told, progress), progress, now) for path in paths]


@dataclass(frozen=True, slots=True)
class BegunImport:
    """A recording whose files lie in the project, to be listed from `source`; `known`: all of it is in the project already."""

    recording: Recording
    source: FootageSource
    known: bool


def begin_import(project: Project, path: Path, told: FootageInfo, progress: Progress) -> BegunImport:
    """Import up to the project's own copy and its place among the recordings. Raises as `import_footage`."""
    source = inspect_source(path, progress)
    known = project.read(lambda db: recordings_table.find_recording_by_sha256(db, source.sha256))
    if known is not None and known.closed:
        return BegunImport(known, source, known=True)
    recording = _merge_info(known, told) if known else _make_recording(source, told)
    if not recording.path or not (project.path / recording.path).exists():
        recording = replace(recording, path=source.stored_path)
    # Before the copy: killed while it is made, it is an import that was broken off, and no file of which nobody knows.
    project.write(lambda db: recordings_table.put_recording(db, recording)).result()
    if recording.path == source.stored_path:
        try:
            copy_into_project(source, project.path, progress)
        except BaseException:
            if known is None:
                project.write(lambda db: recordings_table.remove_recording(db, recording.recording_id)).result()
            raise
    return BegunImport(recording, source, known=False)


def finish_import(project: Project, begun: BegunImport, progress: Progress, now: str) -> ImportedRecording:
    """Import from the project's own copy on: frames listed, clips cut. Raises as `import_footage`."""
    if begun.known:
        return load_imported(project, begun.recording, resumed=False, known=True)
    return build_frame_list(project, begun.recording, begun.source.names, progress, now, begun.source.unread)


def _make_recording(source: FootageSource, told: FootageInfo) -> Recording:
    """The recording before anything of it was read. Raises VideoUnreadable."""
    if source.kind == "video":
        info = read_video_info(source.path)
        fps, width, height = info.fps, info.width, info.height
    else:
        fps, width, height = 1 / SECONDS_APART, 0, 0
    return Recording(
        source.recording_id, source.kind, source.path.name, "", source.sha256, told.camera, told.location, told.taken_at,
        told.conditions, told.list_fps, fps, width, height,
    )  # fmt: skip


def _merge_info(known: Recording, told: FootageInfo) -> Recording:
    """An import that was broken off, with what is said this time; what is not said again stands, and so does its list."""
    return replace(
        known,
        camera=told.camera or known.camera,
        location=told.location or known.location,
        taken_at=told.taken_at or known.taken_at,
        conditions=told.conditions or known.conditions,
    )

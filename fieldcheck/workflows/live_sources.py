"""What the live view can look at: a project's footage played like a camera, or any clip or picture a person chooses."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from fieldcheck.capture.camera import Camera
from fieldcheck.capture.file_camera import PictureCamera, VideoCamera, file_camera
from fieldcheck.capture.recorded import RecordedCamera
from fieldcheck.domain.recording import Kind, Recording
from fieldcheck.errors import NoPictures, PathMissing
from fieldcheck.files import inside
from fieldcheck.project.folder import Project
from fieldcheck.project.tables import frames as frames_table
from fieldcheck.project.tables import recordings as recordings_table


@dataclass(frozen=True, slots=True)
class Source:
    """Footage of a project. `name` is the video's file name or the folder's."""

    recording_id: str
    name: str
    kind: Kind


def sources(project: Project) -> tuple[Source, ...]:
    """Every recording whose import is finished, in order of import."""
    return tuple(Source(one.recording_id, one.source, one.kind) for one in project.read(recordings_table.all) if one.closed)


def open_source(project: Project, recording_id: str) -> Camera:
    """A recording as a camera that plays it in a loop: a video at its own times, pictures as listed, at the rate of the list.

    The camera is opened by who reads it, and the file only then. Raises PathRefused, NoPictures (not one was listed); KeyError for
    a recording that the project does not have.
    """
    recording = project.read(lambda db: recordings_table.get(db, recording_id))
    if recording is None:
        raise KeyError(recording_id)
    path = inside(project.path, recording.path)
    if recording.kind == "capture":
        return RecordedCamera(recording.source, path)
    return VideoCamera(path) if recording.kind == "video" else _pictures(project, recording, path)


def open_file(path: Path) -> Camera:
    """A clip or a picture anywhere, played in a loop. Whether it can be read shows when the camera is opened. Raises PathMissing."""
    if not path.is_file():
        raise PathMissing(path)
    return file_camera(path)


def _pictures(project: Project, recording: Recording, folder: Path) -> PictureCamera:
    listed = project.read(lambda db: frames_table.of_recording(db, recording.recording_id))
    if not listed:
        raise NoPictures(folder)
    paths = [inside(folder, frame.source.split("/", 1)[1]) for frame in listed]
    return PictureCamera(recording.source, paths, recording.list_fps)

"""Sources that the live view can look at: a project's footage played like a camera, or any clip or picture a person chooses."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from fieldcheck.capture.camera import Camera
from fieldcheck.capture.file_camera import ImageCamera, VideoCamera, open_file_camera
from fieldcheck.capture.recorded import RecordedCamera
from fieldcheck.capture.ring_camera import RingCamera
from fieldcheck.domain.recording import Kind, Recording
from fieldcheck.errors import NoPictures, PathMissing
from fieldcheck.files import join_inside, join_inside_data_set
from fieldcheck.project.folder import Project
from fieldcheck.project.tables import benchmarks as benchmarks_table
from fieldcheck.project.tables import frames as frames_table
from fieldcheck.project.tables import recordings as recordings_table
from fieldcheck.workflows.capture.viewed_camera import ViewedCamera
from fieldcheck.workflows.footage.saved_frames import list_intact_picks
from fieldcheck.workflows.models.run_model import get_benchmark_root

LOOKED_AT_FPS = 1.0  # single pictures have no rate of their own; a second is enough to see what became of one


@dataclass(frozen=True, slots=True)
class LiveSource:
    """Something of a project to look at. `name` is the video's file name or the folder's; empty for `picks` and `benchmark`, whose
    `recording_id` is that word too."""

    recording_id: str
    name: str
    kind: Kind | Literal["picks", "benchmark"]


def list_live_sources(project: Project) -> tuple[LiveSource, ...]:
    """Every recording whose import is finished, in order of import, then the picked frames and the benchmark's pictures."""
    found = [LiveSource(one.recording_id, one.source, one.kind) for one in project.read(recordings_table.list_recordings) if one.closed]
    if _list_picked_files(project):
        found.append(LiveSource("picks", "", "picks"))
    if project.read(benchmarks_table.get_benchmark) is not None:
        found.append(LiveSource("benchmark", "", "benchmark"))
    return tuple(found)


def open_source(project: Project, recording_id: str) -> Camera:
    """A recording as a camera that plays it in a loop: a video at its own times, pictures as listed, at the rate of the list; picks and
    benchmark pictures one a second.

    The camera is opened by who reads it, and the file only then. Raises PathRefused, NoPictures (not one was listed); KeyError for
    a recording that the project does not have.
    """
    if recording_id == "picks":
        return ImageCamera(recording_id, _list_picked_files(project), LOOKED_AT_FPS)
    if recording_id == "benchmark":
        return ImageCamera(recording_id, _list_benchmark_files(project), LOOKED_AT_FPS)
    recording = project.read(lambda db: recordings_table.get_recording(db, recording_id))
    if recording is None:
        raise KeyError(recording_id)
    path = join_inside(project.path, recording.path)
    if recording.kind == "capture":
        return RecordedCamera(recording.source, path)
    return VideoCamera(path) if recording.kind == "video" else _make_image_camera(project, recording, path)


def open_viewed_camera(name: str, camera: ViewedCamera) -> Camera:
    """A camera that is open already, whoever looks at it or records it."""
    return RingCamera(name, camera.live.ring)


def open_file(path: Path) -> Camera:
    """A clip or a picture anywhere, played in a loop. Whether it can be read shows when the camera is opened. Raises PathMissing."""
    if not path.is_file():
        raise PathMissing(path)
    return open_file_camera(path)


def _list_picked_files(project: Project) -> list[Path]:
    return [join_inside(project.path, pick.file) for pick in list_intact_picks(project)]


def _list_benchmark_files(project: Project) -> list[Path]:
    benchmark = project.read(benchmarks_table.get_benchmark)
    if benchmark is None:
        return []
    root = get_benchmark_root(project, benchmark)
    return [join_inside_data_set(root, item.path) for item in benchmark.items]


def _make_image_camera(project: Project, recording: Recording, folder: Path) -> ImageCamera:
    listed = project.read(lambda db: frames_table.list_frames_of_recording(db, recording.recording_id))
    if not listed:
        raise NoPictures(folder)
    paths = [join_inside(folder, frame.source.split("/", 1)[1]) for frame in listed]
    return ImageCamera(recording.source, paths, recording.list_fps)

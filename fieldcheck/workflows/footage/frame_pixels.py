"""The pixels of a listed frame, wherever they lie: in its lossless picture, or in the footage."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from fieldcheck.capture.picture_folder import read_image_frame
from fieldcheck.capture.recorded import read_recorded_frame
from fieldcheck.capture.video_file import read_frame
from fieldcheck.domain.frame import ListedFrame
from fieldcheck.domain.recording import Recording
from fieldcheck.errors import FrameChanged
from fieldcheck.files import join_inside
from fieldcheck.imaging.codec import compute_pixels_sha256
from fieldcheck.imaging.thumbnail import make_look
from fieldcheck.project.folder import Project


def read_frame_pixels(project: Project, recording: Recording, frame: ListedFrame) -> NDArray[np.uint8]:
    """(H, W, 3) uint8 RGB, read from the footage and proven to be the frame that was listed.

    Raises FrameChanged where the footage gives other pixels than it did when it was listed.
    """
    rgb = read_listed_pixels(join_inside(project.path, recording.path), recording, frame)
    if compute_pixels_sha256(rgb) != frame.sha256:
        raise FrameChanged(frame.frame_id, frame.source)
    return rgb


def read_listed_pixels(path: Path, recording: Recording, frame: ListedFrame) -> NDArray[np.uint8]:
    """The frame's pixels as the footage gives them now, (H, W, 3) uint8 RGB."""
    if recording.kind == "video":
        return read_frame(path, frame.source_index).rgb
    if recording.kind == "capture":
        return read_recorded_frame(path, frame.source_index).rgb
    return read_image_frame(path, frame.source.split("/", 1)[1], frame.source_index).rgb


def compute_frame_look(project: Project, recording: Recording, frame: ListedFrame) -> NDArray[np.uint8]:
    """(90, 160) uint8 luma of a frame, made anew from the footage."""
    return make_look(read_frame_pixels(project, recording, frame))


def iter_frames(
    project: Project, recordings: dict[str, Recording], frames: Sequence[ListedFrame]
) -> Iterator[tuple[ListedFrame, NDArray[np.uint8]]]:
    """Each frame with its pixels, recording by recording and forward in time, so that a reader seldom turns back."""
    for frame in sorted(frames, key=lambda one: (one.recording_id, one.source_index)):
        yield frame, read_frame_pixels(project, recordings[frame.recording_id], frame)

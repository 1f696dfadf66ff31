"""Images of frames and of the benchmark: thumbnails from the cache, made again where missing, and
full images without loss."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from fieldcheck.domain.items import get_benchmark_path
from fieldcheck.errors.files import PathMissing, PathRefused, PictureUnreadable, VideoUnreadable
from fieldcheck.errors.labels import FrameChanged, FrameUnknown
from fieldcheck.files import join_inside_data_set
from fieldcheck.footage.frame_pixels import read_frame_pixels, read_saved_pixels
from fieldcheck.imaging.codec import encode_png, read_image
from fieldcheck.imaging.thumbnail import make_look, make_thumbnail
from fieldcheck.models.run import get_benchmark_root
from fieldcheck.progress import Progress
from fieldcheck.project.project import Project
from fieldcheck.project.tables import frames as frames_table
from fieldcheck.project.tables import labels as picks_table
from fieldcheck.project.tables import models as benchmarks_table
from fieldcheck.project.tables import recordings as recordings_table

GONE = (FrameChanged, FrameUnknown, PathMissing, PictureUnreadable, VideoUnreadable)
"""Errors of a frame whose image is no longer available."""


def load_thumbnails(project: Project, frame_ids: Sequence[str]) -> dict[str, bytes]:
    """A JPEG of each frame, at most 320 pixels long; what the cache lost is made anew and kept. A
    frame whose footage is gone has none."""
    thumbnails = project.cache.get_thumbnails(frame_ids)
    made = []
    for frame_id in frame_ids:
        if frame_id in thumbnails:
            continue
        try:
            rgb = load_pixels(project, frame_id)
        except (*GONE, PathRefused):
            continue
        thumbnails[frame_id] = make_thumbnail(rgb)
        made.append((frame_id, thumbnails[frame_id], make_look(rgb)))
    if made and project.writable:
        project.cache.put_thumbnails(made)
    return thumbnails


def load_full_image(project: Project, frame_id: str) -> bytes:
    """The frame without loss, as PNG. Raises FrameUnknown, FrameChanged, PathMissing,
    PictureUnreadable, VideoUnreadable."""
    return encode_png(load_pixels(project, frame_id))


def load_pixels(project: Project, frame_id: str) -> NDArray[np.uint8]:
    """(H, W, 3) uint8 RGB: from the pick's lossless picture or, where there is none, from the
    footage; of a benchmark picture, named `benchmark:` and its path, from its file. Raises as
    `load_full_image`."""
    if get_benchmark_path(frame_id):
        return read_image(_find_benchmark_file(project, frame_id))
    pick = project.read(partial(picks_table.get_pick, frame_id=frame_id))
    if pick is not None and (saved := read_saved_pixels(project, pick)) is not None:
        return saved
    frame = project.read(partial(frames_table.get_frame, frame_id=frame_id))
    recording = (
        project.read(partial(recordings_table.get_recording, recording_id=frame.recording_id))
        if frame
        else None
    )
    if frame is None or recording is None:
        raise FrameUnknown(frame_id)
    return read_frame_pixels(project, recording, frame)


def load_looks(
    project: Project, subjects: Sequence[str], progress: Progress
) -> dict[str, NDArray[np.uint8]]:
    """Looks (90, 160) uint8 luma by subject; what the cache lost is made anew and kept. A picture
    that is gone has none."""
    looks = project.cache.get_looks(subjects)
    for index, subject in enumerate(subjects):
        progress.check()
        if subject in looks:
            continue
        try:
            rgb = load_pixels(project, subject)
        except (*GONE, PathRefused):
            continue
        looks[subject] = make_look(rgb)
        if project.writable:
            project.cache.put_thumbnails([(subject, make_thumbnail(rgb), looks[subject])])
        progress.report(index + 1, len(subjects), "pictures")
    return looks


def _find_benchmark_file(project: Project, subject: str) -> Path:
    """Raises FrameUnknown where there is no benchmark, PathRefused where its path leaves the
    benchmark."""
    benchmark = project.read(benchmarks_table.get_benchmark)
    if benchmark is None:
        raise FrameUnknown(subject)
    return join_inside_data_set(get_benchmark_root(project, benchmark), get_benchmark_path(subject))

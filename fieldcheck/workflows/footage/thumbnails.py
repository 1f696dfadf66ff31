"""Pictures of frames and of the benchmark: small ones from the cache, made anew where it has none; whole ones without loss."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from fieldcheck.domain.items import benchmark_path
from fieldcheck.errors import FrameChanged, FrameUnknown, PathMissing, PathRefused, PictureUnreadable, VideoUnreadable
from fieldcheck.files import inside_set
from fieldcheck.imaging.codec import encode_lossless, read_picture
from fieldcheck.imaging.thumbnail import look, thumbnail
from fieldcheck.progress import Progress
from fieldcheck.project.folder import Project
from fieldcheck.project.tables import benchmarks as benchmarks_table
from fieldcheck.project.tables import frames as frames_table
from fieldcheck.project.tables import picks as picks_table
from fieldcheck.project.tables import recordings as recordings_table
from fieldcheck.workflows.footage.frame_pixels import frame_pixels
from fieldcheck.workflows.footage.saved_frames import saved_pixels
from fieldcheck.workflows.models.run_model import benchmark_root

GONE = (FrameChanged, FrameUnknown, PathMissing, PictureUnreadable, VideoUnreadable)
"""Why there is no picture of a frame any more."""


def thumbnails(project: Project, frame_ids: Sequence[str]) -> dict[str, bytes]:
    """A JPEG of each frame, at most 320 pixels long; what the cache lost is made anew and kept. A frame whose footage is gone has none."""
    found = project.cache.thumbnails(frame_ids)
    made = []
    for frame_id in frame_ids:
        if frame_id in found:
            continue
        try:
            rgb = pixels_of(project, frame_id)
        except (*GONE, PathRefused):
            continue
        found[frame_id] = thumbnail(rgb)
        made.append((frame_id, found[frame_id], look(rgb)))
    if made and project.writable:
        project.cache.put(made)
    return found


def whole_picture(project: Project, frame_id: str) -> bytes:
    """The frame without loss, as PNG. Raises FrameUnknown, FrameChanged, PathMissing, PictureUnreadable, VideoUnreadable."""
    return encode_lossless(pixels_of(project, frame_id))


def pixels_of(project: Project, frame_id: str) -> NDArray[np.uint8]:
    """(H, W, 3) uint8 RGB: from the pick's lossless picture or, where there is none, from the footage; of a benchmark picture, named
    `benchmark:` and its path, from its file. Raises as `whole_picture`."""
    if benchmark_path(frame_id):
        return read_picture(_benchmark_file(project, frame_id))
    pick = project.read(partial(picks_table.get, frame_id=frame_id))
    if pick is not None and (saved := saved_pixels(project, pick)) is not None:
        return saved
    frame = project.read(partial(frames_table.get, frame_id=frame_id))
    recording = project.read(partial(recordings_table.get, recording_id=frame.recording_id)) if frame else None
    if frame is None or recording is None:
        raise FrameUnknown(frame_id)
    return frame_pixels(project, recording, frame)


def looks_of(project: Project, subjects: Sequence[str], progress: Progress) -> dict[str, NDArray[np.uint8]]:
    """Looks (90, 160) uint8 luma by subject; what the cache lost is made anew and kept. A picture that is gone has none."""
    found = project.cache.looks(subjects)
    for at, subject in enumerate(subjects):
        progress.check()
        if subject in found:
            continue
        try:
            rgb = pixels_of(project, subject)
        except (*GONE, PathRefused):
            continue
        found[subject] = look(rgb)
        if project.writable:
            project.cache.put([(subject, thumbnail(rgb), found[subject])])
        progress.report(at + 1, len(subjects), "pictures")
    return found


def _benchmark_file(project: Project, subject: str) -> Path:
    """Raises FrameUnknown where there is no benchmark, PathRefused where its path leaves the benchmark."""
    benchmark = project.read(benchmarks_table.get)
    if benchmark is None:
        raise FrameUnknown(subject)
    return inside_set(benchmark_root(project, benchmark), benchmark_path(subject))

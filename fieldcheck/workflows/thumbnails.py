"""Pictures of frames for the window: small ones from the cache, made anew where it has none; whole ones without loss."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import numpy as np
from numpy.typing import NDArray

from fieldcheck.errors import FrameChanged, FrameUnknown, PathMissing, PictureUnreadable, VideoUnreadable
from fieldcheck.files import inside
from fieldcheck.imaging.codec import encode_lossless, read_picture
from fieldcheck.imaging.thumbnail import look, thumbnail
from fieldcheck.project.folder import Project
from fieldcheck.project.tables import frames as frames_table
from fieldcheck.project.tables import picks as picks_table
from fieldcheck.project.tables import recordings as recordings_table
from fieldcheck.workflows.pixels import frame_pixels

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
        except GONE:
            continue
        found[frame_id] = thumbnail(rgb)
        made.append((frame_id, found[frame_id], look(rgb)))
    if made and project.writable:
        project.cache.put(made)
    return found


def whole_picture(project: Project, frame_id: str) -> bytes:
    """The frame without loss, as PNG. Raises FrameUnknown, FrameChanged, PathMissing, PictureUnreadable, VideoUnreadable."""
    saved = _saved(project, frame_id)
    return saved if saved is not None else encode_lossless(pixels_of(project, frame_id))


def pixels_of(project: Project, frame_id: str) -> NDArray[np.uint8]:
    """(H, W, 3) uint8 RGB: from the pick's lossless picture or, where there is none, from the footage. Raises as `whole_picture`."""
    pick = project.read(partial(picks_table.get, frame_id=frame_id))
    if pick is not None and (path := inside(project.path, pick.file)).exists():
        return read_picture(path)
    frame = project.read(partial(frames_table.get, frame_id=frame_id))
    recording = project.read(partial(recordings_table.get, recording_id=frame.recording_id)) if frame else None
    if frame is None or recording is None:
        raise FrameUnknown(frame_id)
    return frame_pixels(project, recording, frame)


def _saved(project: Project, frame_id: str) -> bytes | None:
    pick = project.read(partial(picks_table.get, frame_id=frame_id))
    path = inside(project.path, pick.file) if pick is not None else None
    return path.read_bytes() if path is not None and path.exists() else None

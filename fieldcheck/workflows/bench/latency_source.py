"""Frames that a latency run asks about: of the project's longest footage, a video, a picture or a folder, round and round."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from math import inf
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sqlite_utils import Database

from fieldcheck.capture.container import RecordingReader
from fieldcheck.capture.picture_folder import list_images
from fieldcheck.capture.video_file import VideoReader
from fieldcheck.capture.video_index import load_video_index
from fieldcheck.domain.file_kinds import PICTURE_ENDINGS
from fieldcheck.domain.recording import Recording
from fieldcheck.errors import NoFootage, NoPictures, PathMissing, PictureUnreadable, VideoUnreadable
from fieldcheck.files import join_inside
from fieldcheck.imaging.codec import read_image
from fieldcheck.imaging.raw import decode_raw
from fieldcheck.project.folder import Project
from fieldcheck.project.tables import frames as frames_table
from fieldcheck.project.tables import marks as marks_table
from fieldcheck.project.tables import recordings as recordings_table

MOST_FRAMES = 300  # of a source that are asked about in turn


@dataclass(frozen=True, slots=True)
class LatencySource:
    """LatencySource that are asked about, round and round: `decode` makes (H, W, 3) uint8 RGB of one of `n`. `people`: places, of the
    project's own footage, on which a person is marked, and up to the listed frames around them."""

    name: str
    n: int
    decode: Callable[[int], NDArray[np.uint8]]
    people: frozenset[int] = frozenset()

    def iter_indices(self) -> Iterator[int]:
        """Places of those that can be read, without end. The way back to the first one is not timed: a camera has none. Raises what
        `decode` raises where none can be read."""
        readable = list[int]()
        for at in range(self.n):
            try:
                self.decode(at)
            except (VideoUnreadable, PictureUnreadable):
                if at == self.n - 1 and not readable:
                    raise
                continue
            readable.append(at)
            if len(readable) == MOST_FRAMES:
                break
        while True:
            self.decode(readable[0])
            yield from readable[1:] or readable


@contextmanager
def open_latency_source(project: Project, source: Path | None) -> Iterator[LatencySource]:
    """Opens a source for as long as the block lasts: a video, a picture or a folder of pictures, the longest footage if None. Raises
    NoFootage, PathMissing, NoPictures, VideoUnreadable."""
    people = frozenset[int]()
    if source is None:
        closed = [one for one in project.read(recordings_table.list_recordings) if one.closed]
        if not closed:
            raise NoFootage(project.path)
        longest = max(closed, key=lambda one: one.n_frames)
        path, kind = join_inside(project.path, longest.path), longest.kind
        people = project.read(lambda db: _find_person_indices(db, longest))
    else:
        path, kind = source, "folder" if source.is_dir() or source.suffix.lower() in PICTURE_ENDINGS else "video"
    if not path.exists():
        raise PathMissing(path)
    if kind == "video":
        with VideoReader(path, list_fps=inf) as reader:
            yield LatencySource(path.name, len(load_video_index(path)), lambda at: reader.read_frame(at).rgb, people)
    elif kind == "capture":
        with RecordingReader(path) as recording:
            yield LatencySource(path.name, len(recording), lambda at: decode_raw(recording.read_raw(at)), people)
    else:
        files = [path] if path.is_file() else [path / one for one in list_images(path)]
        if not files:
            raise NoPictures(path)
        yield LatencySource(path.name, len(files), lambda at: read_image(files[at]), people)


def _find_person_indices(db: Database, recording: Recording) -> frozenset[int]:
    """Places of a recording from the listed frame before one that is marked to the one after: nobody vanishes in between."""
    marked = marks_table.list_with_person(db)
    listed = [frame for frame in frames_table.list_frames(db, with_frozen=True) if frame.recording_id == recording.recording_id]
    edges = [-1, *(frame.source_index for frame in listed), recording.n_frames]
    around = (range(edges[at] + 1, edges[at + 2]) for at, frame in enumerate(listed) if frame.frame_id in marked)
    return frozenset(place for places in around for place in places)

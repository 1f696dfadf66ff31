"""Pixels of a sampled frame, from its lossless image or from the footage, and the saved frames of
the picks, checked by hash; thumbnails from the cache."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from fieldcheck.domain.frame import ListedFrame
from fieldcheck.domain.items import get_benchmark_path
from fieldcheck.domain.label import Pick
from fieldcheck.domain.recording import Recording
from fieldcheck.errors.files import (
    FieldcheckError,
    PathMissing,
    PathRefused,
    PictureUnreadable,
    VideoUnreadable,
)
from fieldcheck.errors.labels import FrameChanged, FrameUnknown
from fieldcheck.files import join_inside, join_inside_data_set
from fieldcheck.footage.image_folder import read_image_frame
from fieldcheck.footage.recording_container import read_recorded_frame
from fieldcheck.footage.video.reader import read_frame
from fieldcheck.imaging.codec import compute_pixels_sha256, encode_png, read_image
from fieldcheck.imaging.thumbnail import make_look, make_thumbnail
from fieldcheck.progress import NullProgress, Progress, time_stage
from fieldcheck.project.memoise import memo_scope
from fieldcheck.project.project import Project, get_benchmark_root
from fieldcheck.project.tables import frames as frames_table
from fieldcheck.project.tables import labels as picks_table
from fieldcheck.project.tables import models as benchmarks_table
from fieldcheck.project.tables import recordings as recordings_table

LOOKS_AT_ONCE = 4096  # in memory: of 14 kB each, those of ten hours would be a gigabyte


def read_frame_pixels(
    project: Project, recording: Recording, frame: ListedFrame
) -> NDArray[np.uint8]:
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


def compute_frame_look(
    project: Project, recording: Recording, frame: ListedFrame
) -> NDArray[np.uint8]:
    """(90, 160) uint8 luma of a frame, made anew from the footage."""
    return make_look(read_frame_pixels(project, recording, frame))


def iter_frames(
    project: Project, recordings: dict[str, Recording], frames: Sequence[ListedFrame]
) -> Iterator[tuple[ListedFrame, NDArray[np.uint8]]]:
    """Each frame with its pixels, recording by recording and forward in time, so that a reader
    seldom turns back."""
    for frame in sorted(
        frames, key=lambda listed_frame: (listed_frame.recording_id, listed_frame.source_index)
    ):
        yield frame, read_frame_pixels(project, recordings[frame.recording_id], frame)


# Saved frames of the picks. All readers use these functions, so that a file with changed pixels is
# never used.

THREADS = 4
Stamp = tuple[int, int, int, int]

_state_by_project: WeakKeyDictionary[Project, dict[str, tuple[Stamp, str, bool]]] = (
    WeakKeyDictionary()
)


def list_intact_picks(project: Project, progress: Progress | None = None) -> tuple[Pick, ...]:
    """The picks that are not taken out, in order, without those whose saved frame is not what was
    stored. Raises Cancelled.

    A file that is gone keeps its place: its reader says so.
    """
    picks = tuple(pick for pick in project.read(picks_table.list_picks) if not pick.taken_out)
    changed = find_changed_among(project, picks, progress)
    return tuple(pick for pick in picks if pick.frame_id not in changed)


def find_changed_picks(project: Project) -> tuple[str, ...]:
    """The frame ids of the picks, not taken out, whose saved frame was changed or damaged since it
    was stored, in order."""
    picks = [pick for pick in project.read(picks_table.list_picks) if not pick.taken_out]
    changed = find_changed_among(project, picks)
    return tuple(pick.frame_id for pick in picks if pick.frame_id in changed)


def find_changed_among(
    project: Project, picks: Iterable[Pick], progress: Progress | None = None
) -> frozenset[str]:
    """Those of some picks, as `find_changed_picks`."""
    text, state_by_file = progress or NullProgress(), _state_by_project.setdefault(project, {})
    hashes = dict(project.read(frames_table.list_frame_hashes))
    candidates: list[tuple[str, Path, Stamp, str]] = []
    frame_ids: set[str] = set()
    for pick in picks:
        if not pick.file or pick.frame_id not in hashes:
            continue
        path, sha256 = join_inside(project.path, pick.file), hashes[pick.frame_id]
        stamp = _get_file_stamp(path)
        if stamp is None:
            continue
        before = state_by_file.get(pick.file)
        if before is not None and before[:2] == (stamp, sha256):
            frame_ids.update({pick.frame_id} if before[2] else ())
        else:
            candidates.append((pick.frame_id, path, stamp, sha256))
    with ThreadPoolExecutor(min(THREADS, os.cpu_count() or 1)) as pool:
        outcomes = pool.map(lambda form: _is_changed(form[1], form[3], text), candidates)
        for (frame_id, path, stamp, sha256), changed in zip(candidates, outcomes, strict=True):
            state_by_file[path.relative_to(project.path).as_posix()] = (stamp, sha256, changed)
            frame_ids.update({frame_id} if changed else ())
    return frozenset(frame_ids)


def read_saved_pixels(project: Project, pick: Pick) -> NDArray[np.uint8] | None:
    """(H, W, 3) uint8 RGB of a pick's saved frame, proven to be what was stored; None where there
    is no file. Raises FrameChanged, PictureUnreadable."""
    path = join_inside(project.path, pick.file)
    if not path.exists():
        return None
    rgb = read_image(path)
    frame = project.read(lambda db: frames_table.get_frame(db, pick.frame_id))
    if frame is not None and compute_pixels_sha256(rgb) != frame.sha256:
        raise FrameChanged(pick.frame_id, pick.file)
    return rgb


def _get_file_stamp(path: Path) -> Stamp | None:
    """Stamp of a file that changes with every write; None without a file."""
    try:
        info = path.stat()
    except FileNotFoundError:
        return None
    return info.st_size, info.st_mtime_ns, info.st_ctime_ns, info.st_ino


def _is_changed(path: Path, sha256: str, progress: Progress) -> bool:
    progress.check()
    try:
        rgb = read_image(path)
        with time_stage("check_frames"):
            return compute_pixels_sha256(rgb) != sha256
    except FieldcheckError:
        return True  # An image that cannot be read is not the stored one.


# Images of frames and of the benchmark: thumbnails from the cache, made again where missing, and
# full images without loss.

GONE = (FrameChanged, FrameUnknown, PathMissing, PictureUnreadable, VideoUnreadable)
"""Errors of a frame whose image is no longer available."""


@memo_scope()  # where the benchmark lies is read once for all its pictures
def load_thumbnails(project: Project, frame_ids: Sequence[str]) -> dict[str, bytes]:
    """A JPEG of each frame, at most 320 pixels long; what the cache lost is made anew and kept. A
    frame whose footage is gone has none."""
    thumbnails = project.cache.get_thumbnails(frame_ids)
    new_entries = []
    for frame_id in frame_ids:
        if frame_id in thumbnails:
            continue
        try:
            rgb = load_pixels(project, frame_id)
        except (*GONE, PathRefused):
            continue
        thumbnails[frame_id] = make_thumbnail(rgb)
        new_entries.append((frame_id, thumbnails[frame_id], make_look(rgb)))
    if new_entries and project.writable:
        project.cache.put_thumbnails(new_entries)
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


def iter_looks(
    project: Project, subjects: Sequence[str], progress: Progress
) -> Iterator[tuple[str, NDArray[np.uint8]]]:
    """Each subject and its look (90, 160) uint8 luma, some thousand in memory at a time; what the
    cache lost is made anew and kept. A picture that is gone is left out."""
    for first in range(0, len(subjects), LOOKS_AT_ONCE):
        some = subjects[first : first + LOOKS_AT_ONCE]
        yield from _load_looks(project, some, first, len(subjects), progress).items()


@memo_scope()  # as for thumbnails
def _load_looks(
    project: Project, subjects: Sequence[str], first: int, total: int, progress: Progress
) -> dict[str, NDArray[np.uint8]]:
    """Looks of neighbouring subjects, of which `first` came before, of `total`."""
    looks = project.cache.get_looks(subjects)
    for index, subject in enumerate(subjects, first):
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
        progress.report(index + 1, total, "pictures")
    return looks


def _find_benchmark_file(project: Project, subject: str) -> Path:
    """Raises FrameUnknown where there is no benchmark, PathRefused where its path leaves the
    benchmark."""
    benchmark = project.read(benchmarks_table.get_benchmark)
    if benchmark is None:
        raise FrameUnknown(subject)
    return join_inside_data_set(get_benchmark_root(project, benchmark), get_benchmark_path(subject))

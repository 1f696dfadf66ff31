"""Footage import: a video or an image folder becomes a recording with sampling list and clips;
several files in parallel; resuming imports."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import copy_context
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Lock
from typing import Protocol

from fieldcheck import parallel
from fieldcheck.domain.recording import LIST_FPS, Recording
from fieldcheck.errors.files import (
    FieldcheckError,
    NoPictures,
    PathMissing,
    PathRefused,
    PictureUnreadable,
    VideoUnreadable,
)
from fieldcheck.files import is_project, join_inside
from fieldcheck.footage.finish_recording import recover_recordings
from fieldcheck.footage.frame_listing import ImportedRecording, build_frame_list, load_imported
from fieldcheck.footage.image_folder import (
    SECONDS_APART,
    FootageSource,
    copy_into_project,
    find_image_folders,
    inspect_source,
    list_images,
    list_unreadable_images,
    list_videos,
    make_refusal,
)
from fieldcheck.footage.video.index import load_promised_index, read_frame_rate
from fieldcheck.footage.video.reader import read_video_info
from fieldcheck.progress import Progress, set_background_work
from fieldcheck.project.project import Project
from fieldcheck.project.tables import recordings as recordings_table

__all__ = ["LIST_FPS", "FootageInfo", "ImportedRecording", "import_footage"]


@dataclass(frozen=True, slots=True)
class FootageInfo:
    """Footage information that a person gives; it cannot be read from the file. `taken_at` ISO 8601
    UTC or empty."""

    camera: str = ""
    location: str = ""
    taken_at: str = ""
    conditions: tuple[str, ...] = ()
    list_fps: float = LIST_FPS


def import_footage(
    project: Project, paths: Sequence[Path], footage_info: FootageInfo, progress: Progress, now: str
) -> list[ImportedRecording]:
    """Every path becomes a recording; one that is in the project already adds nothing, a broken
    import is finished.

    `now` is ISO 8601 UTC. Raises PathMissing (before anything is read), NoPictures,
    VideoUnreadable, DiskFull, Cancelled; the recordings before stand, and of the one it happened in
    everything finished stands too. One in which nothing can be read leaves nothing behind.
    """
    for path in paths:
        if not path.exists():
            raise PathMissing(path)
    return [
        finish_import(project, begin_import(project, path, footage_info, progress), progress, now)
        for path in paths
    ]


@dataclass(frozen=True, slots=True)
class BegunImport:
    """A recording whose files lie in the project, to be listed from `source`; `known`: all of it is
    in the project already."""

    recording: Recording
    source: FootageSource
    known: bool


def begin_import(
    project: Project, path: Path, footage_info: FootageInfo, progress: Progress
) -> BegunImport:
    """Import up to the project's own copy and its place among the recordings. Raises as
    `import_footage`."""
    source = inspect_source(path, progress)
    earlier = project.read(lambda db: recordings_table.find_recording_by_sha256(db, source.sha256))
    if earlier is not None and earlier.closed:
        return BegunImport(earlier, source, known=True)
    recording = (
        _merge_info(earlier, footage_info) if earlier else _make_recording(source, footage_info)
    )
    if not recording.path or not (project.path / recording.path).exists():
        recording = replace(recording, path=source.stored_path)
    # Before the copy, so that a kill during it leaves an interrupted import and not an unknown
    # file.
    project.write(lambda db: recordings_table.put_recording(db, recording)).result()
    if recording.path == source.stored_path:
        try:
            copy_into_project(source, project.path, progress)
        except BaseException:
            if earlier is None:
                project.write(
                    lambda db: recordings_table.remove_recording(db, recording.recording_id)
                ).result()
            raise
    return BegunImport(recording, source, known=False)


def finish_import(
    project: Project, begun: BegunImport, progress: Progress, now: str
) -> ImportedRecording:
    """Import from the project's own copy on: frames listed, clips cut. Raises as
    `import_footage`."""
    if begun.known:
        return load_imported(project, begun.recording, resumed=False, known=True)
    return build_frame_list(
        project, begun.recording, begun.source.names, progress, now, begun.source.unread
    )


def _make_recording(source: FootageSource, footage_info: FootageInfo) -> Recording:
    """The recording before anything of it was read. Raises VideoUnreadable."""
    if source.kind == "video":
        info = read_video_info(source.path)
        fps, width, height = info.fps, info.width, info.height
    else:
        fps, width, height = 1 / SECONDS_APART, 0, 0
    return Recording(
        source.recording_id,
        source.kind,
        source.path.name,
        "",
        source.sha256,
        footage_info.camera,
        footage_info.location,
        footage_info.taken_at,
        footage_info.conditions,
        footage_info.list_fps,
        fps,
        width,
        height,
    )


def _merge_info(earlier: Recording, footage_info: FootageInfo) -> Recording:
    """Merge the information of an interrupted import with that given now; what is not given again
    is kept, and so is the frame list."""
    return replace(
        earlier,
        camera=footage_info.camera or earlier.camera,
        location=footage_info.location or earlier.location,
        taken_at=footage_info.taken_at or earlier.taken_at,
        conditions=footage_info.conditions or earlier.conditions,
    )


# Parallel import: short videos side by side, one worker each; whatever is longer has all workers
# for itself.

SHORT_FRAMES = 2000


class FinalProgress(Progress, Protocol):
    """Progress of one file among several."""

    def finish(self) -> None:
        """Mark the file as finished."""


@dataclass(frozen=True, slots=True)
class ImportOrder:
    """One file or folder to be imported, with what is told of it and whom to tell how far it is."""

    path: Path
    info: FootageInfo
    progress: FinalProgress


def import_in_parallel(
    project: Project,
    orders: Sequence[ImportOrder],
    expected: tuple[type[FieldcheckError], ...],
    now: str,
) -> list[ImportedRecording | FieldcheckError]:
    """Import outcome of each order, in their order, which is also that of the recordings: an
    import, or one of the `expected` errors.

    Any other error ends it once what runs beside it is through; what was finished stands.
    """
    return _ParallelImport(project, expected, now).run_orders(orders)


class _ParallelImport:
    def __init__(
        self, project: Project, expected: tuple[type[FieldcheckError], ...], now: str
    ) -> None:
        self._project, self._expected, self._now = project, expected, now
        self._running = dict[str, Future[ImportedRecording]]()  # by recording id

    def run_orders(
        self, orders: Sequence[ImportOrder]
    ) -> list[ImportedRecording | FieldcheckError]:
        """As `import_in_parallel`."""
        running = []
        with ThreadPoolExecutor(parallel.default_workers()) as pool:
            for index, order in enumerate(orders):
                running.append(self._start_order(order, pool, is_last=index == len(orders) - 1))
        return [self._get_outcome(future) for future in running]

    def _start_order(
        self, order: ImportOrder, pool: ThreadPoolExecutor, is_last: bool
    ) -> Future[ImportedRecording]:
        """The import of an order, running beside others or through already."""
        try:
            begun = begin_import(self._project, order.path, order.info, order.progress)
            if begun.recording.recording_id in self._running:  # the same footage under another name
                self._wait_for_running(0)
                begun = begin_import(self._project, order.path, order.info, order.progress)
            beside = (
                parallel.default_workers() > 1
                and (self._running or not is_last)
                and _is_short(begun, self._project)
            )
        except self._expected as error:
            order.progress.finish()
            return _make_finished_future(error)
        if not beside:
            self._wait_for_running(0)
            return self._import_alone(begun, order.progress)
        self._wait_for_running(parallel.default_workers() - 1)
        started = pool.submit(copy_context().run, self._import_beside, begun, order.progress)
        self._running[begun.recording.recording_id] = started
        return started

    def _import_beside(self, begun: BegunImport, progress: FinalProgress) -> ImportedRecording:
        set_background_work()
        try:
            return finish_import(self._project, begun, progress, self._now)
        finally:
            progress.finish()

    def _import_alone(
        self, begun: BegunImport, progress: FinalProgress
    ) -> Future[ImportedRecording]:
        try:
            return _make_finished_future(finish_import(self._project, begun, progress, self._now))
        except self._expected as error:
            return _make_finished_future(error)
        finally:
            progress.finish()

    def _wait_for_running(self, most: int) -> None:
        """Waits until no more than `most` are running. Raises what nobody expects of them."""
        while len(self._running) > most:
            self._get_outcome(self._running.pop(next(iter(self._running))))

    def _get_outcome(
        self, started: Future[ImportedRecording]
    ) -> ImportedRecording | FieldcheckError:
        try:
            return started.result()
        except self._expected as error:
            return error


def _make_finished_future(
    outcome: ImportedRecording | FieldcheckError,
) -> Future[ImportedRecording]:
    finished = Future[ImportedRecording]()
    if isinstance(outcome, FieldcheckError):
        finished.set_exception(outcome)
    else:
        finished.set_result(outcome)
    return finished


def _is_short(begun: BegunImport, project: Project) -> bool:
    if begun.known or begun.recording.kind != "video":
        return False
    return len(load_promised_index(project.path / begun.recording.path)) <= SHORT_FRAMES


# Several files at once, where one that cannot be read does not stop the others; and imports that
# were broken off, finished.

HASHING = frozenset({"bytes", "hash"})
"""Units of the progress that is made while a source is read once to name it."""
READING = 0.1  # of the count of a source goes by while it is read
OF_THIS_FILE = (PathMissing, PathRefused, NoPictures, VideoUnreadable, PictureUnreadable)


@dataclass(frozen=True, slots=True)
class ImportResult:
    """Imported footage, and what did not come in with the error of each. `divided`: folders of
    whose sub-folders each became a recording, and how many those are."""

    imported: tuple[ImportedRecording, ...]
    failed: tuple[tuple[Path, FieldcheckError], ...]
    divided: tuple[tuple[Path, int], ...] = ()


def import_each(
    project: Project, paths: Sequence[Path], footage_info: FootageInfo, progress: Progress, now: str
) -> ImportResult:
    """`import_footage` for each path by itself, for each video in a folder, and for each sub-folder
    with pictures of one that holds none itself. Raises DiskFull, ReadOnlyPlace, Cancelled: then the
    others would fare no better."""
    wanted: list[tuple[Path, FootageInfo]] = []
    failed: list[tuple[Path, FieldcheckError]] = []
    divided: list[tuple[Path, int]] = []
    for path in paths:
        try:
            videos, folders = _find_footage(project, path, progress)
            wanted += ((path, footage_info) for path in (*videos, *folders))
        except OF_THIS_FILE as error:
            failed.append((path, error))
            continue
        if len(folders) > 1:
            divided.append((path, len(folders)))
            failed += _find_unused_links(path, folders)
    brought = import_with_settings(project, wanted, progress, now)
    return replace(brought, failed=(*failed, *brought.failed), divided=tuple(divided))


def finish_broken_imports(project: Project, progress: Progress, now: str) -> ImportResult:
    """Finishes every import that was broken off, from the project's own copy: the original need not
    be there any more; and every recording of which a killed process left the files.

    A recording whose copy is gone too fails with PathMissing; importing the original again brings
    it back. Raises as `import_each`.
    """
    adopted = recover_recordings(project, progress, now)
    wanted = [
        recording
        for recording in project.read(recordings_table.list_recordings)
        if not recording.closed and recording.kind != "capture"
    ]
    brought = import_with_settings(
        project,
        [
            (join_inside(project.path, recording.path), FootageInfo(list_fps=recording.list_fps))
            for recording in wanted
        ],
        progress,
        now,
    )
    return replace(brought, imported=(*adopted, *brought.imported))


def import_with_settings(
    project: Project, wanted: Sequence[tuple[Path, FootageInfo]], progress: Progress, now: str
) -> ImportResult:
    """`import_footage` for each path by itself with what is told of it, short videos side by side.
    Raises as `import_each`."""
    whole = _TotalProgress(progress, [_count_images(path) for path, _ in wanted])
    orders = [
        ImportOrder(path, footage_info, part)
        for (path, footage_info), part in zip(wanted, whole.parts, strict=True)
    ]
    outcomes = import_in_parallel(project, orders, OF_THIS_FILE, now)
    failed = [
        (order.path, outcome)
        for order, outcome in zip(orders, outcomes, strict=True)
        if isinstance(outcome, FieldcheckError)
    ]
    return ImportResult(
        tuple(outcome for outcome in outcomes if not isinstance(outcome, FieldcheckError)),
        tuple(failed),
    )


def _find_footage(
    project: Project, path: Path, progress: Progress
) -> tuple[Sequence[Path], Sequence[Path]]:
    """The path itself, or of a folder every video in it and the folders of pictures; the folder as
    one recording where it holds nothing, or was imported as one."""
    if not path.is_dir() or is_project(path):
        return [path], []
    folders = find_image_folders(path)
    videos = [path / name for name in list_videos(path)]
    if len(folders) > 1:
        return videos, [path] if _is_known_as_one(project, path, progress) else folders
    return (
        (videos, folders)
        if not videos or list_images(path) or list_unreadable_images(path)
        else (videos, [])
    )


def _is_known_as_one(project: Project, path: Path, progress: Progress) -> bool:
    """Whether an earlier import made, or began, one recording of a folder and its sub-folders."""
    alike = [
        recording
        for recording in project.read(recordings_table.list_recordings)
        if recording.kind == "folder" and recording.source == path.name
    ]
    return bool(alike) and inspect_source(path, progress).sha256 in {
        recording.sha256 for recording in alike
    }


def _find_unused_links(path: Path, folders: Sequence[Path]) -> list[tuple[Path, FieldcheckError]]:
    """Find links to footage in a divided folder that lie in none of its parts, with the reason why
    each was left out."""
    unread = [
        (path / unreadable_image.file, unreadable_image)
        for unreadable_image in list_unreadable_images(path)
    ]
    return [
        (position, make_refusal(path, skipped_file))
        for position, skipped_file in unread
        if not any(position.is_relative_to(folder) for folder in folders)
    ]


def _count_images(path: Path) -> int:
    """How many pictures or frames the import of a path will go through, as far as can be told
    without reading it."""
    try:
        n = len(list_images(path)) if path.is_dir() else read_frame_rate(path)[1]
    except OF_THIS_FILE:
        return 1  # The import itself reports the error.
    return max(1, n)


class _TotalProgress:
    """Progress of several imports as one count of images, which never decreases."""

    def __init__(self, progress: Progress, pictures: Sequence[int]) -> None:
        self._progress, self._lock = progress, Lock()
        self.parts = [_PartProgress(self, n) for n in pictures]

    def check(self) -> None:
        self._progress.check()

    def report_total(self, unit: str) -> None:
        with self._lock:
            self._progress.report(
                sum(part_progress.done for part_progress in self.parts),
                sum(part_progress.total for part_progress in self.parts),
                unit,
            )


class _PartProgress:
    """Progress of one of several imports. Each source is first read once to compute its name, which
    counts as a share of the work."""

    def __init__(self, whole: _TotalProgress, total: int) -> None:
        self._whole, self.total, self.done = whole, total, 0

    def report(self, done: int, total: int | None, unit: str = "") -> None:
        if not total or unit == "copy":
            return
        if unit in HASHING:
            self.done, unit = int(READING * self.total * done / total), ""
        else:
            read = int(READING * total)
            self.total, self.done = total, read + (total - read) * done // total
        self._whole.report_total(unit)

    def check(self) -> None:
        self._whole.check()

    def finish(self) -> None:
        """The file is through, also where nothing of it came in."""
        self.done = self.total
        self._whole.report_total("")

"""Several files at once, where one that cannot be read does not stop the others; and imports that were broken off, finished."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Lock

from fieldcheck.capture.picture_folder import find_image_folders, list_images, list_unreadable_images, list_videos, make_refusal
from fieldcheck.capture.video_index import read_frame_rate
from fieldcheck.errors import FieldcheckError, NoPictures, PathMissing, PathRefused, PictureUnreadable, VideoUnreadable
from fieldcheck.files import is_project, join_inside
from fieldcheck.progress import Progress
from fieldcheck.project.folder import Project
from fieldcheck.project.tables import recordings as recordings_table
from fieldcheck.workflows.capture.finish_recording import recover_recordings
from fieldcheck.workflows.footage.copy_footage import inspect_source
from fieldcheck.workflows.footage.import_footage import FootageInfo, ImportedRecording
from fieldcheck.workflows.footage.import_side_by_side import ImportOrder, import_in_parallel

HASHING = frozenset({"bytes", "hash"})
"""Units of the progress that is made while a source is read once to name it."""
READING = 0.1  # of the count of a source goes by while it is read
OF_THIS_FILE = (PathMissing, PathRefused, NoPictures, VideoUnreadable, PictureUnreadable)


@dataclass(frozen=True, slots=True)
class ImportResult:
    """Imported footage, and what did not come in with the error of each. `divided`: folders of whose sub-folders each became a recording,
    and how many those are."""

    imported: tuple[ImportedRecording, ...]
    failed: tuple[tuple[Path, FieldcheckError], ...]
    divided: tuple[tuple[Path, int], ...] = ()


def import_each(project: Project, paths: Sequence[Path], told: FootageInfo, progress: Progress, now: str) -> ImportResult:
    """`import_footage` for each path by itself, for each video in a folder, and for each sub-folder with pictures of one that holds none
    itself. Raises DiskFull, ReadOnlyPlace, Cancelled: then the others would fare no better."""
    wanted: list[tuple[Path, FootageInfo]] = []
    failed: list[tuple[Path, FieldcheckError]] = []
    divided: list[tuple[Path, int]] = []
    for path in paths:
        try:
            videos, folders = _find_footage(project, path, progress)
            wanted += ((one, told) for one in (*videos, *folders))
        except OF_THIS_FILE as error:
            failed.append((path, error))
            continue
        if len(folders) > 1:
            divided.append((path, len(folders)))
            failed += _find_unused_links(path, folders)
    brought = import_with_settings(project, wanted, progress, now)
    return replace(brought, failed=(*failed, *brought.failed), divided=tuple(divided))


def finish_broken_imports(project: Project, progress: Progress, now: str) -> ImportResult:
    """Finishes every import that was broken off, from the project's own copy: the original need not be there any more; and every
    recording of which a killed process left the files.

    A recording whose copy is gone too fails with PathMissing; importing the original again brings it back. Raises as `import_each`.
    """
    adopted = recover_recordings(project, progress, now)
    wanted = [one for one in project.read(recordings_table.list_recordings) if not one.closed and one.kind != "capture"]
    brought = import_with_settings(
        project, [(join_inside(project.path, one.path), FootageInfo(list_fps=one.list_fps)) for one in wanted], progress, now
    )
    return replace(brought, imported=(*adopted, *brought.imported))


def import_with_settings(project: Project, wanted: Sequence[tuple[Path, FootageInfo]], progress: Progress, now: str) -> ImportResult:
    """`import_footage` for each path by itself with what is told of it, short videos side by side. Raises as `import_each`."""
    whole = _TotalProgress(progress, [_count_images(path) for path, _ in wanted])
    orders = [ImportOrder(path, told, part) for (path, told), part in zip(wanted, whole.parts, strict=True)]
    outcomes = import_in_parallel(project, orders, OF_THIS_FILE, now)
    failed = [(order.path, one) for order, one in zip(orders, outcomes, strict=True) if isinstance(one, FieldcheckError)]
    return ImportResult(tuple(one for one in outcomes if not isinstance(one, FieldcheckError)), tuple(failed))


def _find_footage(project: Project, path: Path, progress: Progress) -> tuple[Sequence[Path], Sequence[Path]]:
    """The path itself, or of a folder every video in it and the folders of pictures; the folder as one recording where it holds nothing, or
    was imported as one."""
    if not path.is_dir() or is_project(path):
        return [path], []
    folders = find_image_folders(path)
    videos = [path / name for name in list_videos(path)]
    if len(folders) > 1:
        return videos, [path] if _is_known_as_one(project, path, progress) else folders
    return (videos, folders) if not videos or list_images(path) or list_unreadable_images(path) else (videos, [])


def _is_known_as_one(project: Project, path: Path, progress: Progress) -> bool:
    """Whether an earlier import made one recording of a folder and those in it, or began to."""
    alike = [one for one in project.read(recordings_table.list_recordings) if one.kind == "folder" and one.source == path.name]
    return bool(alike) and inspect_source(path, progress).sha256 in {one.sha256 for one in alike}


def _find_unused_links(path: Path, folders: Sequence[Path]) -> list[tuple[Path, FieldcheckError]]:
    """Links to footage in a divided folder that lie in none of its parts, with the error that says why each was left out."""
    unread = [(path / one.file, one) for one in list_unreadable_images(path)]
    return [(place, make_refusal(path, one)) for place, one in unread if not any(place.is_relative_to(folder) for folder in folders)]


def _count_images(path: Path) -> int:
    """How many pictures or frames the import of a path will go through, as far as can be told without reading it."""
    try:
        n = len(list_images(path)) if path.is_dir() else read_frame_rate(path)[1]
    except OF_THIS_FILE:
        return 1  # the import will say what is wrong
    return max(1, n)


class _TotalProgress:
    """The progress of several imports as one count of pictures, which never goes back whoever tells it."""

    def __init__(self, progress: Progress, pictures: Sequence[int]) -> None:
        self._progress, self._lock = progress, Lock()
        self.parts = [_PartProgress(self, n) for n in pictures]

    def check(self) -> None:
        self._progress.check()

    def report_total(self, unit: str) -> None:
        with self._lock:
            self._progress.report(sum(one.done for one in self.parts), sum(one.total for one in self.parts), unit)


class _PartProgress:
    """The progress of one of them. Each source is read once before, which counts as a part of its own."""

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

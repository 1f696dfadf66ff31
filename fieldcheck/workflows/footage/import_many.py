"""Several files at once, where one that cannot be read does not stop the others; and imports that were broken off, finished."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from fieldcheck.capture.picture_folder import list_pictures, list_videos, unread_pictures
from fieldcheck.capture.video_file import probe_video
from fieldcheck.errors import FieldcheckError, NoPictures, PathMissing, PathRefused, PictureUnreadable, VideoUnreadable
from fieldcheck.files import inside, is_project
from fieldcheck.progress import Progress
from fieldcheck.project.folder import Project
from fieldcheck.project.tables import recordings as recordings_table
from fieldcheck.workflows.capture.finish_recording import adopt_recordings
from fieldcheck.workflows.footage.import_footage import FootageInfo, Imported, import_footage
from fieldcheck.workflows.footage.list_frames import MOST_CREDIBLE_FRAMES

HASHING = frozenset({"bytes", "hash"})
"""Units of the progress that is made while a source is read once to name it."""
READING = 0.1  # of the count of a source goes by while it is read
OF_THIS_FILE = (PathMissing, PathRefused, NoPictures, VideoUnreadable, PictureUnreadable)


@dataclass(frozen=True, slots=True)
class Brought:
    """Imported footage, and what did not come in with the error of each."""

    imported: tuple[Imported, ...]
    failed: tuple[tuple[Path, FieldcheckError], ...]


def import_each(project: Project, paths: Sequence[Path], told: FootageInfo, progress: Progress, now: str) -> Brought:
    """`import_footage` for each path by itself, and for each video in a folder. Raises DiskFull, ReadOnlyPlace, Cancelled: then the others
    would fare no better."""
    wanted: list[tuple[Path, FootageInfo]] = []
    failed: list[tuple[Path, FieldcheckError]] = []
    for path in paths:
        try:
            wanted += ((one, told) for one in _footage_of(path))
        except OF_THIS_FILE as error:
            failed.append((path, error))
    brought = _each(project, wanted, progress, now)
    return replace(brought, failed=(*failed, *brought.failed))


def resume_all(project: Project, progress: Progress, now: str) -> Brought:
    """Finishes every import that was broken off, from the project's own copy: the original need not be there any more; and every
    recording of which a killed process left the files.

    A recording whose copy is gone too fails with PathMissing; importing the original again brings it back. Raises as `import_each`.
    """
    adopted = adopt_recordings(project, progress, now)
    wanted = [one for one in project.read(recordings_table.all) if not one.closed and one.kind != "capture"]
    brought = _each(project, [(inside(project.path, one.path), FootageInfo(list_fps=one.list_fps)) for one in wanted], progress, now)
    return replace(brought, imported=(*adopted, *brought.imported))


def _each(project: Project, wanted: Sequence[tuple[Path, FootageInfo]], progress: Progress, now: str) -> Brought:
    whole = _Whole(progress, [_n_pictures(path) for path, _ in wanted])
    imported: list[Imported] = []
    failed: list[tuple[Path, FieldcheckError]] = []
    for path, told in wanted:
        try:
            imported += import_footage(project, [path], told, whole, now)
        except OF_THIS_FILE as error:
            failed.append((path, error))
        whole.next_file()
    return Brought(tuple(imported), tuple(failed))


def _footage_of(path: Path) -> Sequence[Path]:
    """The path itself, or of a folder every video in it, and the folder as one recording where it holds pictures or nothing."""
    videos = [path / name for name in list_videos(path)] if path.is_dir() and not is_project(path) else []
    if not videos:
        return [path]
    return [*videos, path] if list_pictures(path) or unread_pictures(path) else videos


def _n_pictures(path: Path) -> int:
    """How many pictures or frames the import of a path will go through, as far as can be told without reading it."""
    try:
        n = len(list_pictures(path)) if path.is_dir() else probe_video(path).n_hint
    except OF_THIS_FILE:
        return 1  # the import will say what is wrong
    return n if 0 < n < MOST_CREDIBLE_FRAMES else 1


class _Whole:
    """The progress of several imports as one count of pictures. Each source is read once before, which counts as a part of its own."""

    def __init__(self, progress: Progress, pictures: Sequence[int]) -> None:
        self._progress, self._pictures, self._at = progress, list(pictures), 0

    def report(self, done: int, total: int | None, unit: str = "") -> None:
        if self._at >= len(self._pictures) or not total or unit == "copy":
            return
        if unit in HASHING:
            self._tell(int(READING * self._pictures[self._at] * done / total), "")
        else:
            self._pictures[self._at] = total
            read = int(READING * total)
            self._tell(read + (total - read) * done // total, unit)

    def check(self) -> None:
        self._progress.check()

    def next_file(self) -> None:
        """The file is through, also where nothing of it came in."""
        self._at += 1
        self._tell(0, "")

    def _tell(self, here: int, unit: str) -> None:
        self._progress.report(sum(self._pictures[: self._at]) + here, sum(self._pictures), unit)

"""Unreadable pictures: each is named and left out of what is counted, and none keeps the others from their answers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from fieldcheck.errors import FolderGone, PathMissing, PictureUnreadable
from fieldcheck.files import GONE, sync_folder
from fieldcheck.imaging.codec import read_image
from fieldcheck.progress import Progress, WarningSink
from fieldcheck.workflows.chunks import map_chunks, split_into_chunks

UNREADABLE = (PictureUnreadable, PathMissing)


def find_readable(files: Sequence[str], progress: Progress) -> NDArray[np.bool_]:
    """(n,) whether each picture can be read. Who shows the progress is told of each that cannot. Raises Cancelled, FolderGone."""
    why: dict[str, Exception] = {}
    map_chunks(_find_read_errors, split_into_chunks(files), lambda _some, found: why.update(found), progress)
    if isinstance(progress, WarningSink):
        for folder in sorted({Path(file).parent for file in why}):
            if _is_folder_gone(folder):
                raise FolderGone(folder)
        for file in sorted(why):
            progress.warn(why[file])
    return np.array([file not in why for file in files], dtype=np.bool_)


def _is_folder_gone(folder: Path) -> bool:
    """Whether a folder is moved away, or the disk under it answers no more: then not one picture is at fault."""
    if not folder.is_dir():
        return True
    try:
        sync_folder(folder)
    except OSError as error:
        return error.errno in GONE
    return False


def is_none_readable(files: Iterable[str]) -> bool:
    """Whether not one of the pictures can be read; looks no further than the first that can."""
    return all(_find_read_errors((file,)) for file in files)


def _find_read_errors(files: tuple[str, ...]) -> dict[str, Exception]:
    found: dict[str, Exception] = {}
    for file in files:
        try:
            read_image(Path(file))
        except UNREADABLE as error:
            found[file] = error
    return found

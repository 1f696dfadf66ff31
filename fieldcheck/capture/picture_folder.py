"""A folder of pictures as footage: every picture in name order, half a second apart where they carry no time of their own."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from fieldcheck.domain.frame import Frame
from fieldcheck.domain.recording import Skipped
from fieldcheck.errors import PathMissing, PathRefused, PictureUnreadable
from fieldcheck.files import inside
from fieldcheck.imaging.codec import PICTURE_ENDINGS, read_picture

SECONDS_APART = 0.5


def list_pictures(folder: Path) -> tuple[str, ...]:
    """Names, relative and with `/`, of every file with a picture's ending, in name order; those of folders inside it too.

    Whether they can be read shows when they are. Links are left out: they may lead anywhere. Raises PathMissing.
    """
    if not folder.is_dir():
        raise PathMissing(folder)
    found = (path for path in folder.rglob("*") if path.suffix.lower() in PICTURE_ENDINGS and path.is_file() and not path.is_symlink())
    return tuple(sorted(path.relative_to(folder).as_posix() for path in found))


def read_pictures(folder: Path, names: Sequence[str], first_index: int) -> Iterator[Frame | Skipped]:
    """Each picture as a frame; `names` stand from place `first_index` on in the folder's list. What cannot be read is told and skipped."""
    for index, name in enumerate(names, first_index):
        try:
            yield read_picture_frame(folder, name, index)
        except (PictureUnreadable, PathRefused, PathMissing) as error:
            yield Skipped(name, error.problem if isinstance(error, PictureUnreadable | PathRefused) else "missing")


def read_picture_frame(folder: Path, name: str, index: int) -> Frame:
    """One picture of the folder. Raises PictureUnreadable, PathRefused, PathMissing."""
    return Frame(read_picture(inside(folder, name)), index, index * SECONDS_APART, name)

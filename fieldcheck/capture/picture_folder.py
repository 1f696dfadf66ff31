"""A folder of pictures as footage: every picture in name order, half a second apart where they carry no time of their own."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import Path

from fieldcheck.domain.file_kinds import PICTURE_ENDINGS, UNREAD_ENDINGS, VIDEO_ENDINGS
from fieldcheck.domain.frame import Frame
from fieldcheck.domain.recording import SkippedFile
from fieldcheck.errors import PathMissing, PathRefused, PictureUnreadable
from fieldcheck.files import is_project, join_inside, require_utf8
from fieldcheck.imaging.codec import read_capture_time, read_image

SECONDS_APART = 0.5
OF_PICTURES = ("not_a_picture", "no_decoder", "too_large", "damaged")  # of the reasons why one is left out, those of its content


def list_images(folder: Path) -> tuple[str, ...]:
    """Names, relative and with `/`, of every file with a picture's ending, in name order; those of folders inside it too.

    Whether they can be read shows when they are. Links are left out: they may lead anywhere. Raises PathMissing, PathRefused (a
    name that cannot be kept).
    """
    if not folder.is_dir():
        raise PathMissing(folder)
    return _list_files(folder, PICTURE_ENDINGS)


def list_unreadable_images(folder: Path) -> tuple[SkippedFile, ...]:
    """Pictures that `list_images` leaves out, in name order: those in a format of phones or cameras that is not read here
    (`no_decoder`), and links to pictures, videos or folders (`link`)."""
    unread = [SkippedFile(name, "no_decoder") for name in _list_files(folder, UNREAD_ENDINGS)]
    return tuple(sorted([*unread, *(SkippedFile(name, "link") for name in _iter_links(folder))], key=lambda one: one.file))


def find_image_folders(folder: Path) -> tuple[Path, ...]:
    """The folders in one that are footage of their own, in name order: where it holds no picture itself and several in it do, those; else
    the folder. Links and projects are not entered."""
    with os.scandir(folder) as found:
        entries = sorted(found, key=lambda entry: entry.name)
    if any(Path(one.name).suffix.lower() in PICTURE_ENDINGS | UNREAD_ENDINGS for one in entries if not one.is_dir()):
        return (folder,)
    inner = [Path(one.path) for one in entries if one.is_dir(follow_symlinks=False) and not is_project(Path(one.path))]
    own = [each for one in inner if _has_images(one) for each in find_image_folders(one)]
    return tuple(own) if len(own) > 1 else (folder,)


def _has_images(folder: Path) -> bool:
    """Whether a picture, read here or not, lies in a folder or below it."""
    for place, folders, files in os.walk(folder):
        folders[:] = [name for name in folders if not is_project(Path(place, name))]
        if any(Path(name).suffix.lower() in PICTURE_ENDINGS | UNREAD_ENDINGS for name in files):
            return True
    return False


def make_refusal(folder: Path, left_out: SkippedFile) -> PathMissing | PathRefused | PictureUnreadable:
    """Error that says why a picture of the folder was left out."""
    path = folder / left_out.file
    if left_out.why == "missing":
        return PathMissing(path)
    return PictureUnreadable(path, left_out.why) if left_out.why in OF_PICTURES else PathRefused(str(path), left_out.why)


def _iter_links(folder: Path) -> Iterator[str]:
    for place, folders, files in os.walk(folder):
        folders[:] = [name for name in folders if not is_project(Path(place, name))]
        named = [name for name in files if Path(name).suffix.lower() in PICTURE_ENDINGS | UNREAD_ENDINGS | VIDEO_ENDINGS]
        for name in (*folders, *named):
            if (path := Path(place, name)).is_symlink():
                yield require_utf8(path.relative_to(folder).as_posix())


def list_videos(folder: Path) -> tuple[str, ...]:
    """Names, as `list_images` gives them, of the videos in a folder and the folders inside it."""
    return _list_files(folder, VIDEO_ENDINGS)


def _list_files(folder: Path, endings: frozenset[str]) -> tuple[str, ...]:
    """Files of these endings, relative, in name order; no link is followed, and a project that lies in the folder is no footage."""
    found: list[Path] = []
    for place, folders, files in os.walk(folder):
        folders[:] = [name for name in folders if not is_project(Path(place, name))]
        found += (Path(place, name) for name in files if Path(name).suffix.lower() in endings)
    return tuple(sorted(require_utf8(path.relative_to(folder).as_posix()) for path in found if path.is_file() and not path.is_symlink()))


def read_images(folder: Path, names: Sequence[str], first_index: int) -> Iterator[Frame | SkippedFile]:
    """Each picture as a frame; `names` stand from place `first_index` on in the folder's list. What cannot be read is told and skipped."""
    for index, name in enumerate(names, first_index):
        try:
            yield read_image_frame(folder, name, index)
        except (PictureUnreadable, PathRefused, PathMissing) as error:
            yield SkippedFile(name, error.problem if isinstance(error, PictureUnreadable | PathRefused) else "missing")


def read_image_frame(folder: Path, name: str, index: int) -> Frame:
    """One picture of the folder. Raises PictureUnreadable, PathRefused, PathMissing."""
    rgb = read_image(join_inside(folder, name))
    times = _read_capture_times(folder, folder.stat().st_mtime_ns)
    return Frame(rgb, index, times.get(name, index * SECONDS_APART), name)


@lru_cache(maxsize=4)
def _read_capture_times(folder: Path, _changed: int) -> Mapping[str, float]:
    """Seconds from the first picture on, where every picture carries its time and none is older than the one before; else nothing."""
    found: dict[str, float] = {}
    for name in list_images(folder):
        try:
            time = read_capture_time(join_inside(folder, name))
        except (PictureUnreadable, PathRefused, PathMissing):
            continue  # what is no picture has no say
        if time is None or (found and time < next(reversed(found.values()))):
            return {}
        found[name] = time
    return {name: time - next(iter(found.values())) for name, time in found.items()}

"""Footage into the project folder: copied, so that the folder alone is the whole project, and named by its content."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from fieldcheck.capture.picture_folder import list_images, list_unreadable_images, make_refusal
from fieldcheck.domain.file_kinds import UNREAD_ENDINGS
from fieldcheck.domain.recording import Kind, SkippedFile
from fieldcheck.errors import DiskFull, NoPictures, PathMissing, PathRefused, PictureUnreadable
from fieldcheck.files import is_project, map_os_errors, require_utf8, sha256_file, sync_folder
from fieldcheck.progress import Progress
from fieldcheck.project.content import compute_folder_sha256
from fieldcheck.project.layout import RECORDINGS

RESERVE_BYTES = 200_000_000  # labels and the report always fit, however full the disk is
ID_LENGTH = 12
PIECE = 1 << 23


@dataclass(frozen=True, slots=True)
class FootageSource:
    """Footage as it lies outside. `sha256` of a folder covers the names and contents of its pictures; `names` are a folder's pictures,
    `unread` those in a format that is not read, and links."""

    path: Path
    kind: Kind
    sha256: str
    names: tuple[str, ...] = ()
    unread: tuple[SkippedFile, ...] = ()

    @property
    def recording_id(self) -> str:
        """Name by content: the same content always gets the same name, so a second import finds what the first one left."""
        return self.sha256[:ID_LENGTH]

    @property
    def stored_path(self) -> str:
        """Where its copy lies in a project, `recordings/ID/NAME`."""
        return f"{RECORDINGS}/{self.recording_id}/{self.path.name}"


def inspect_source(path: Path, progress: Progress) -> FootageSource:
    """Reads the whole content once to name it. Raises PathMissing, NoPictures, PictureUnreadable `no_decoder`, PathRefused (a
    name that cannot be kept, a project, nothing but links), Cancelled."""
    if not path.exists():
        raise PathMissing(path)
    require_utf8(path.resolve().name)
    if path.is_file():
        if path.suffix.lower() in UNREAD_ENDINGS:
            raise PictureUnreadable(path, "no_decoder")
        return FootageSource(path.resolve(), "video", sha256_file(path, progress))
    if is_project(path):
        raise PathRefused(str(path), "project")
    names, unread = list_images(path), list_unreadable_images(path)
    if not names:
        raise make_refusal(path, unread[0]) if unread else NoPictures(path)
    return FootageSource(path.resolve(), "folder", compute_folder_sha256(path, names, progress), names, unread)


def copy_into_project(source: FootageSource, project: Path, progress: Progress) -> None:
    """Copies the footage to its place in the project. What is already there is not copied again.

    The folder gets its name only when it is whole, so a killed copy leaves nothing but a `.part`. Raises DiskFull, ReadOnlyPlace,
    Cancelled; then nothing is left of it.
    """
    place, target = project / RECORDINGS / source.recording_id, project / source.stored_path
    if target.exists():
        return
    files = [source.path] if source.kind == "video" else [source.path / name for name in source.names]
    _check_disk_space(sum(file.stat().st_size for file in files), project, target)
    part = place.with_name(place.name + ".part")
    _remove_folder(part)
    try:
        _copy_to_folder(source, part / source.path.name, progress)
        _remove_folder(place)
        part.replace(place)
    except BaseException:
        _remove_folder(part)
        raise
    sync_folder(place.parent)


def remove_copy(project: Path, recording_id: str) -> None:
    """Removes the copy of footage in which nothing could be read."""
    _remove_folder(project / RECORDINGS / recording_id)


def _copy_to_folder(source: FootageSource, target: Path, progress: Progress) -> None:
    if source.kind == "video":
        copy_file(source.path, target, progress)
        return
    for done, name in enumerate(source.names):
        progress.report(done, len(source.names), "copy")
        copy_file(source.path / name, target / name, progress)


def copy_file(source: Path, target: Path, progress: Progress) -> None:
    """The file's bytes, on disk when this returns; the folder is made where it is missing, what lies at `target` is taken away, a link
    never followed. Raises DiskFull, ReadOnlyPlace, Cancelled."""
    with map_os_errors(target):
        target.parent.mkdir(parents=True, exist_ok=True)
        target.unlink(missing_ok=True)
        with source.open("rb") as read, target.open("xb") as written:
            while piece := read.read(PIECE):
                progress.check()
                written.write(piece)
            written.flush()
            os.fsync(written.fileno())


def _remove_folder(place: Path) -> None:
    """Removes a folder that this program made. A link is taken away, never followed."""
    if place.is_dir() and not place.is_symlink():
        shutil.rmtree(place)
    else:
        place.unlink(missing_ok=True)


def _check_disk_space(n_bytes: int, project: Path, target: Path) -> None:
    if shutil.disk_usage(project).free < n_bytes + RESERVE_BYTES:
        raise DiskFull(target, kept_free=True)

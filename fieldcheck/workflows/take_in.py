"""Footage into the project folder: copied, so that the folder alone is the whole project, and named by its content."""

from __future__ import annotations

import hashlib
import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from fieldcheck.capture.picture_folder import list_pictures
from fieldcheck.domain.recording import Kind
from fieldcheck.errors import DiskFull, NoPictures, PathMissing
from fieldcheck.files import sha256_file, sync_folder, telling_why
from fieldcheck.progress import Progress

RESERVE_BYTES = 200_000_000  # labels and the report always fit, however full the disk is
ID_LENGTH = 12


@dataclass(frozen=True, slots=True)
class Source:
    """Footage as it lies outside. `sha256` of a folder covers the names and contents of its pictures; `names` are a folder's pictures."""

    path: Path
    kind: Kind
    sha256: str
    names: tuple[str, ...] = ()

    @property
    def recording_id(self) -> str:
        """The same content always gets the same name, so a second import finds what the first one left."""
        return self.sha256[:ID_LENGTH]


def look_at(path: Path, progress: Progress) -> Source:
    """Reads the whole content once to name it. Raises PathMissing and NoPictures."""
    if not path.exists():
        raise PathMissing(path)
    if path.is_file():
        return Source(path.resolve(), "video", sha256_file(path))
    names = list_pictures(path)
    if not names:
        raise NoPictures(path)
    digest = hashlib.sha256()
    for done, name in enumerate(names):
        progress.check()
        progress.report(done, len(names), "hash")
        digest.update(f"{name}\0{sha256_file(path / name)}\n".encode())
    return Source(path.resolve(), "folder", digest.hexdigest(), names)


def copy_in(source: Source, project: Path, progress: Progress) -> str:
    """Copies the footage to `recordings/ID/NAME` and returns that path, relative. What is already there is not copied again.

    Copied beside its place and renamed at the end, so a killed copy leaves no half recording. Raises DiskFull.
    """
    relative = f"recordings/{source.recording_id}/{source.path.name}"
    target = project / relative
    if target.exists():
        return relative
    files = [source.path] if source.kind == "video" else [source.path / name for name in source.names]
    _check_room(sum(file.stat().st_size for file in files), project, target)
    part = target.with_name(target.name + ".part")
    _discard(part)
    try:
        _copy_all(source, part, progress)
    except BaseException:
        _discard(part)
        raise
    part.replace(target)
    sync_folder(target.parent)
    return relative


def _copy_all(source: Source, part: Path, progress: Progress) -> None:
    part.parent.mkdir(parents=True, exist_ok=True)
    if source.kind == "video":
        copy_file(source.path, part)
        return
    for done, name in enumerate(source.names):
        progress.check()
        progress.report(done, len(source.names), "copy")
        (part / name).parent.mkdir(parents=True, exist_ok=True)
        copy_file(source.path / name, part / name)


def copy_file(source: Path, target: Path) -> None:
    """The file's bytes, on disk when this returns. Raises DiskFull, ReadOnlyPlace."""
    with telling_why(target):
        shutil.copyfile(source, target)
        with target.open("rb+") as written:
            os.fsync(written.fileno())


def _discard(part: Path) -> None:
    if part.is_dir():
        shutil.rmtree(part)
    part.unlink(missing_ok=True)


def _check_room(n_bytes: int, project: Path, target: Path) -> None:
    if shutil.disk_usage(project).free < n_bytes + RESERVE_BYTES:
        raise DiskFull(target)

"""Packs of strangers, opened: every byte checked first, the database looked through, and nothing written outside one new folder."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from fieldcheck.errors import PackRefused, ProjectDamaged, ProjectExists, ProjectNewer
from fieldcheck.files import TEMPORARY, map_os_errors, remove_stale, sync_folder
from fieldcheck.progress import Progress
from fieldcheck.project.folder import Project, open_project
from fieldcheck.project.inventory import list_owned_files
from fieldcheck.project.layout import CACHE, DATABASE, FOLDERS
from fieldcheck.project.packed import check_foreign_project, open_packed
from fieldcheck.sealing.archive import unpack_archive
from fieldcheck.sealing.verify_pack import TOP, CheckedPack, PackFault

OF_PROJECT = {DATABASE, CACHE}
NAME = "packed.fieldcheck"


@dataclass(frozen=True, slots=True)
class OpenedPack:
    """A pack, taken apart in a temporary folder: its project, for reading, and what its bytes told."""

    project: Project
    folder: Path
    checked: CheckedPack


@contextmanager
def open_pack(path: Path, progress: Progress) -> Iterator[OpenedPack]:
    """A pack as a project that leads nowhere else, as long as the block lasts.

    Raises PackFault for the first byte, name or file that does not fit; PackRefused where it is no pack or its database is none of ours;
    PathMissing, DiskFull, Cancelled.
    """
    with tempfile.TemporaryDirectory(prefix=TEMPORARY) as place:
        folder = Path(place) / NAME
        checked = _unpack_and_check(path, folder, progress)
        with open_packed(folder) as project:
            try:
                yield OpenedPack(project, folder, checked)
            except ProjectDamaged as error:  # it is the pack that is, and not a folder that nobody knows
                raise PackRefused(path, "database", error.problem) from error


def unpack_project(path: Path, project: Path, progress: Progress) -> Path:
    """Makes a new project folder of a pack; returns where it is, absolute. It is made beside its place and renamed once it is whole.

    Raises ProjectExists, PackRefused, PathMissing, DiskFull, ReadOnlyPlace, Cancelled.
    """
    target = project.absolute()
    if os.path.lexists(target):
        raise ProjectExists(target)
    with map_os_errors(target):
        target.parent.mkdir(parents=True, exist_ok=True)
        remove_stale(target.parent, rf"\.{TEMPORARY}pack.{{8}}")
        part = Path(tempfile.mkdtemp(prefix=f".{TEMPORARY}pack", dir=target.parent))
    try:
        whole = part / NAME
        try:
            _unpack_and_check(path, whole, progress)
        except PackFault as fault:
            raise PackRefused(path, fault.what, fault.record) from fault
        for name in {*TOP} - OF_PROJECT:
            (whole / name).unlink(missing_ok=True)
        with map_os_errors(target):
            whole.rename(target)
            sync_folder(target.parent)
    finally:
        shutil.rmtree(part, ignore_errors=True)
    open_project(target).close()
    return target


def missing_weights(path: Path) -> tuple[str, ...]:
    """Files that a model of a project keeps its weights in and that are not there: packs of older versions left them out."""
    with open_project(path) as project:  # a connection that only reads would leave SQLite's companions behind
        files = project.read(list_owned_files)
    return tuple(where for one in files if (path / one.where).exists() for where in one.list_paths(path) if not (path / where).exists())


def _unpack_and_check(path: Path, folder: Path, progress: Progress) -> CheckedPack:
    with map_os_errors(folder):
        folder.mkdir(parents=True)
    checked = unpack_archive(path, folder, progress)
    if DATABASE not in checked.entries:
        raise PackFault(DATABASE, "missing")
    for name in FOLDERS:
        (folder / name).mkdir(exist_ok=True)
    try:
        check_foreign_project(folder)
    except ProjectDamaged as error:
        raise PackRefused(path, "database", error.problem) from error
    except ProjectNewer as error:
        raise PackRefused(path, "newer", error.its_version) from error
    return checked

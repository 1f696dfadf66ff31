"""Packs of other people, opened safely: bytes checked first, database inspected, files and log
compared, nothing written outside one new folder."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from sqlite_utils import Database

from fieldcheck.errors.projects import PackRefused, ProjectDamaged, ProjectExists, ProjectNewer
from fieldcheck.evidence.signed_seal import unpack_archive
from fieldcheck.files import TEMPORARY, join_inside, map_os_errors, remove_stale, sync_folder
from fieldcheck.footage.image_folder import (
    Hash,
    compute_capture_sha256,
    compute_copied_folder_sha256,
    compute_file_sha256,
    compute_model_sha256,
    compute_picture_sha256,
    list_weight_files,
)
from fieldcheck.paths import CACHE, DATABASE, FOLDERS, FRAMES, MODELS, RECORDINGS
from fieldcheck.progress import Progress
from fieldcheck.project.folder import open_project
from fieldcheck.project.memoise import memoisable
from fieldcheck.project.project import Project
from fieldcheck.project.repair import check_foreign_project, open_packed
from fieldcheck.project.tables import labels as picks
from fieldcheck.project.tables import models, project_state, recordings
from fieldcheck.project.tables.values import UnfitValue
from fieldcheck.verify_pack import TOP, CheckedPack, PackFault

# Which files belong to a project: those that its rows name, and files without a row.

PART = ".part"
HASHES: Mapping[str, Hash] = {
    "model": compute_model_sha256,
    "picture": compute_picture_sha256,
    "video": compute_file_sha256,
    "folder": compute_copied_folder_sha256,
    "capture": compute_capture_sha256,
}
"""What a table's declaration calls the thing that is hashed; those of footage are the kinds of a
recording."""
FOLDERS_THEMSELVES = ("folder", "capture")


@dataclass(frozen=True, slots=True)
class OwnedFile:
    """A file or folder that a row names, relative to the project, its expected hash and how that is
    computed. The hash is empty where it is not known yet: of a recording that has not ended or
    whose process was killed, and of an import without frames, which may have been killed while
    copying."""

    where: str
    sha256: str
    hash_of: Hash
    is_folder: bool = False

    def list_parts(self, path: Path) -> tuple[Path, ...]:
        """Files that go with the one at `path` under names of their own: those of a model's
        weights, there or not."""
        return list_weight_files(path) if self.hash_of is compute_model_sha256 else ()

    def list_paths(self, root: Path) -> tuple[str, ...]:
        """Its place and those of its parts, relative to the project at `root`."""
        return (
            self.where,
            *(
                part.relative_to(root).as_posix()
                for part in self.list_parts(join_inside(root, self.where))
            ),
        )


@memoisable
def list_owned_files(db: Database) -> tuple[OwnedFile, ...]:
    """List everything that a table owns: footage, models, saved frames of the picks. Raises
    UnfitValue for invalid rows."""
    for list_rows in (recordings.list_recordings, models.list_models, picks.list_picks):
        # All columns are read, so that an invalid row is reported here and not when it is used.
        list_rows(db)
    rows = project_state.list_owned_rows(db)
    for where, _, about in rows:
        if about not in HASHES:
            raise UnfitValue(f"{where}: {about}")
    return tuple(
        OwnedFile(where, sha256, HASHES[about], about in FOLDERS_THEMSELVES)
        for where, sha256, about in rows
    )


def find_unowned_files(
    root: Path, files: Sequence[OwnedFile], frame_ids: Collection[str]
) -> Iterator[str]:
    """Find files below `recordings/`, `models/` and `frames/`, relative to the project, that no row
    names, and unfinished files. A footage or model folder counts as one. A saved frame belongs to
    its frame even where it is no longer picked, since undo may restore it. An unfinished copy of
    footage is completed by the import's next try and not listed."""
    owned = {_get_top_entry(file.where) for file in files} | {
        _get_top_entry(file.where) + PART for file in files if not file.sha256
    }
    for folder in (RECORDINGS, MODELS, FRAMES):
        for path in sorted((root / folder).iterdir()) if (root / folder).is_dir() else ():
            where = f"{folder}/{path.name}"
            if where not in owned and not (folder == FRAMES and path.stem in frame_ids):
                yield where
            elif path.is_dir():
                yield from (
                    part.relative_to(root).as_posix() for part in sorted(path.rglob(f"*{PART}"))
                )


def _get_top_entry(where: str) -> str:
    """The entry of the first folder that holds it: `recordings/ID` of `recordings/ID/film.mp4`."""
    return "/".join(PurePosixPath(where).parts[:2])


# Figures of a report's summary, leaf by leaf, and the first that differs between two of them.

UNTOLD = ("provenance", "created", "project")  # what two reports of the same evidence may differ in
# texts that are no sentences
CODES = ("verdict", "readiness", "flag", "state", "status", "basis", "metric")
CLOSE = 1e-9  # relative: other processors add the same figures up in another order


def iter_leaves(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Path and value of every leaf, in the order in which they stand; `/gap/value` is that of the
    gap. Provenance is left out."""
    if isinstance(value, Mapping):
        for key, item in value.items():
            if path or key not in UNTOLD:
                yield from iter_leaves(item, f"{path}/{key}")
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from iter_leaves(item, f"{path}/{index}")
    else:
        yield path, value


def list_figures(summary: Mapping[str, Any]) -> list[tuple[str, int | float]]:
    """The numeric leaves outside provenance."""
    return [(path, value) for path, value in iter_leaves(summary) if is_figure(value)]


def is_figure(value: Any) -> bool:
    """Whether a leaf is a number; true and false are none."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def find_first_difference(
    stored: Mapping[str, Any], now: Mapping[str, Any], sentences: bool
) -> str:
    """Path of the first leaf that is not the same, a figure before any other; empty where all are.
    `sentences`: texts count too."""
    stored_values, current_values = dict(iter_leaves(stored)), dict(iter_leaves(now))
    order = [*stored_values, *(path for path in current_values if path not in stored_values)]
    differs = [
        path for path in order if not _is_same_leaf(path, stored_values, current_values, sentences)
    ]
    with_figures = (
        path
        for path in differs
        if is_figure(stored_values.get(path)) or is_figure(current_values.get(path))
    )
    return next(with_figures, next(iter(differs), ""))


def _is_same_leaf(
    path: str, stored: Mapping[str, Any], current: Mapping[str, Any], sentences: bool
) -> bool:
    if (path in stored) != (path in current):
        return False
    a, b = stored[path], current[path]
    if is_figure(a) and is_figure(b):
        return bool(a == b or abs(a - b) <= CLOSE * max(abs(a), abs(b)))
    if (
        isinstance(a, str)
        and isinstance(b, str)
        and not sentences
        and path.rsplit("/", 1)[-1] not in CODES
    ):
        return True
    return bool(type(a) is type(b) and a == b)


# Log of a pack: frames, picks, labels and runs of its database and the figures of its summary, as
# records of one chain.


def list_log_records(project: Project, summary: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Every record, in the order in which a pack holds them: rows first, then figures."""
    rows = project.read(lambda db: list(project_state.iter_evidence_records(db)))
    return [
        *rows,
        *(
            {"kind": "figure", "key": path, "body": {"value": value}}
            for path, value in list_figures(summary)
        ),
    ]


def list_seal_records(project: Project) -> list[dict[str, Any]]:
    """The chain of the seal, as it stands in the database."""
    return [seal.link for seal in project.read(project_state.list_seals)]


def find_first_difference_in_records(
    stored: tuple[dict[str, Any], ...], now: list[dict[str, Any]]
) -> str:
    """Kind and key of the first record that differs, empty where none does."""
    for stored_values, current_values in zip(stored, now, strict=False):
        if stored_values != current_values:
            return (
                f"{current_values['kind']} {current_values['key']}"
                if stored_values.get("kind") == current_values["kind"]
                else f"{stored_values.get('kind')} {stored_values.get('key')}"
            )
    longer = [*stored[len(now) :], *now[len(stored) :]]
    return f"{longer[0].get('kind')} {longer[0].get('key')}" if longer else ""


OF_PROJECT = {DATABASE, CACHE}
NAME = "packed.fieldcheck"


@dataclass(frozen=True, slots=True)
class OpenedPack:
    """A pack unpacked into a temporary folder: its project, open for reading, and the result of the
    byte check."""

    project: Project
    folder: Path
    checked: CheckedPack


@contextmanager
def open_pack(path: Path, progress: Progress) -> Iterator[OpenedPack]:
    """Open a pack as an isolated project for the length of the block. Raises PackFault for the
    first byte, name or file that does not match; PackRefused where it is not a pack or its database
    is not the product's; PathMissing, DiskFull, Cancelled."""
    with tempfile.TemporaryDirectory(prefix=TEMPORARY) as position:
        folder = Path(position) / NAME
        checked = _unpack_and_check(path, folder, progress)
        with open_packed(folder) as project:
            try:
                yield OpenedPack(project, folder, checked)
            except ProjectDamaged as error:  # The error names the pack, not the temporary folder.
                raise PackRefused(path, "database", error.problem) from error


def unpack_project(path: Path, project: Path, progress: Progress) -> Path:
    """Makes a new project folder of a pack; returns where it is, absolute. It is made beside its
    place and renamed once it is whole.

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
    """Files that a model of a project keeps its weights in and that are not there: packs of older
    versions left them out."""
    # a connection that only reads would leave SQLite's companions behind
    with open_project(path) as project:
        files = project.read(list_owned_files)
    return tuple(
        where
        for file in files
        if (path / file.where).exists()
        for where in file.list_paths(path)
        if not (path / where).exists()
    )


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

"""Which files belong to a project: what its rows speak of, and what lies there without a row."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from sqlite_utils import Database

from fieldcheck.files import join_inside
from fieldcheck.project.content import (
    Hash,
    compute_capture_sha256,
    compute_copied_folder_sha256,
    compute_file_sha256,
    compute_model_sha256,
    compute_picture_sha256,
    list_weight_files,
)
from fieldcheck.project.layout import FRAMES, MODELS, RECORDINGS
from fieldcheck.project.tables import models, owned_files, picks, recordings
from fieldcheck.project.tables.values import UnfitValue

PART = ".part"
HASHES: Mapping[str, Hash] = {
    "model": compute_model_sha256,
    "picture": compute_picture_sha256,
    "video": compute_file_sha256,
    "folder": compute_copied_folder_sha256,
    "capture": compute_capture_sha256,
}
"""What a table's declaration calls the thing that is hashed; those of footage are the kinds of a recording."""
FOLDERS_THEMSELVES = ("folder", "capture")


@dataclass(frozen=True, slots=True)
class OwnedFile:
    """A file or folder that a row speaks of, relative to the project, the hash it must have, and how that is computed.

    The hash of a recording that has not ended, or whose process was killed, is empty: nobody knows it yet; so is that of an import of
    which no frame came in yet: it may have been killed while its files were copied.
    """

    where: str
    sha256: str
    hash_of: Hash
    is_folder: bool = False

    def list_parts(self, path: Path) -> tuple[Path, ...]:
        """Files that go with the one at `path` under names of their own: those of a model's weights, there or not."""
        return list_weight_files(path) if self.hash_of is compute_model_sha256 else ()

    def list_paths(self, root: Path) -> tuple[str, ...]:
        """Its place and those of its parts, relative to the project at `root`."""
        return (self.where, *(part.relative_to(root).as_posix() for part in self.list_parts(join_inside(root, self.where))))


def list_owned_files(db: Database) -> tuple[OwnedFile, ...]:
    """Everything that a table owns: footage, models, the saved frames of the picks. Raises UnfitValue for what no version of ours wrote."""
    for list_rows in (recordings.list_recordings, models.list_models, picks.list_picks):
        list_rows(db)  # reads every column, so that a row that cannot be ours is told here and not when it is used
    found = owned_files.list_owned_rows(db)
    for where, _, of in found:
        if of not in HASHES:
            raise UnfitValue(f"{where}: {of}")
    return tuple(OwnedFile(where, sha256, HASHES[of], of in FOLDERS_THEMSELVES) for where, sha256, of in found)


def find_unowned_files(root: Path, files: Sequence[OwnedFile], frame_ids: Collection[str]) -> Iterator[str]:
    """Places below `recordings/`, `models/` and `frames/`, relative to the project, that no row speaks of, and unfinished files.

    A footage or model folder is one place. A saved frame belongs to its frame even where it is no longer picked: undo may bring it back.
    What is copied of footage that its row waits for is finished by the import's next try.
    """
    known = {_get_top_entry(one.where) for one in files} | {_get_top_entry(one.where) + PART for one in files if not one.sha256}
    for folder in (RECORDINGS, MODELS, FRAMES):
        for path in sorted((root / folder).iterdir()) if (root / folder).is_dir() else ():
            where = f"{folder}/{path.name}"
            if where not in known and not (folder == FRAMES and path.stem in frame_ids):
                yield where
            elif path.is_dir():
                yield from (part.relative_to(root).as_posix() for part in sorted(path.rglob(f"*{PART}")))


def _get_top_entry(where: str) -> str:
    """The entry of the first folder that holds it: `recordings/ID` of `recordings/ID/film.mp4`."""
    return "/".join(PurePosixPath(where).parts[:2])

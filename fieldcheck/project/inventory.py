"""Which files belong to a project: what its rows speak of, and what lies there without a row."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from sqlite_utils import Database

from fieldcheck.domain.recording import Kind
from fieldcheck.project.content import Hash, capture_sha256, file_sha256, folder_sha256_as_copied, picture_sha256
from fieldcheck.project.layout import FRAMES, MODELS, RECORDINGS
from fieldcheck.project.tables import frames, models, picks, recordings

PART = ".part"
HASHES: Mapping[Kind, Hash] = {"video": file_sha256, "folder": folder_sha256_as_copied, "capture": capture_sha256}


@dataclass(frozen=True, slots=True)
class Owned:
    """A file or folder that a row speaks of, relative to the project, the hash it must have, and how that is computed.

    The hash of a recording that has not ended, or whose process was killed, is empty: nobody knows it yet.
    """

    where: str
    sha256: str
    hash_of: Hash
    is_folder: bool = False


def owned(db: Database) -> tuple[Owned, ...]:
    """Footage, models and the saved frames of the picks."""
    footage = tuple(Owned(one.path, one.sha256, HASHES[one.kind], one.kind != "video") for one in recordings.all(db) if one.path)
    onnx = tuple(Owned(one.file, one.sha256, file_sha256) for one in models.all(db))
    hashes = dict(frames.hashes(db))
    pictures = tuple(Owned(one.file, hashes[one.frame_id], picture_sha256) for one in picks.all(db) if one.file and one.frame_id in hashes)
    return footage + onnx + pictures


def without_row(root: Path, files: Sequence[Owned], frame_ids: Collection[str]) -> Iterator[str]:
    """Places below `recordings/`, `models/` and `frames/`, relative to the project, that no row speaks of, and unfinished files.

    A footage or model folder is one place. A saved frame belongs to its frame even where it is no longer picked: undo may bring it back.
    """
    known = {_place(one.where) for one in files}
    for folder in (RECORDINGS, MODELS, FRAMES):
        for path in sorted((root / folder).iterdir()) if (root / folder).is_dir() else ():
            where = f"{folder}/{path.name}"
            if where not in known and not (folder == FRAMES and path.stem in frame_ids):
                yield where
            elif path.is_dir():
                yield from (part.relative_to(root).as_posix() for part in sorted(path.rglob(f"*{PART}")))


def _place(where: str) -> str:
    """The entry of the first folder that holds it: `recordings/ID` of `recordings/ID/film.mp4`."""
    return "/".join(PurePosixPath(where).parts[:2])

"""Leakage of a candidate's training pictures into what it is tested on: the same files, and near-duplicates of the pictures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from fieldcheck.errors import PathMissing
from fieldcheck.exchange.imagefolder import list_images
from fieldcheck.files import sha256_file
from fieldcheck.progress import Progress
from fieldcheck.project.folder import Project
from fieldcheck.workflows.models.near_duplicates import find_twins_in_folder


@dataclass(frozen=True, slots=True)
class TrainingLeaks:
    """Pictures → the training picture that is the same or nearly so: `benchmark` by path, `field` by frame. `n_training` and `n_unreadable`
    pictures of the folder."""

    benchmark: dict[str, str]
    field: dict[str, str]
    n_training: int
    n_unreadable: int


def find_training_leaks(
    project: Project, benchmark: Sequence[tuple[str, Path]], field: Sequence[tuple[str, Path]], folder: Path, progress: Progress
) -> TrainingLeaks:
    """Which benchmark pictures (path, file) and field frames (id, saved file) lie below `folder`, as the very file or as a near-duplicate
    (methods 3.4b). Pictures without structure, which are nobody's near-duplicate, are found as the file alone.

    Raises PathMissing, NoPictures, NoBenchmark, Cancelled.
    """
    paths, frames = [name for name, _ in benchmark], [name for name, _ in field]
    twins, frame_twins, n_training, n_unreadable = find_twins_in_folder(project, folder, paths, frames, progress)
    same = find_same_files([*benchmark, *field], folder, progress)
    seen = [
        {name: twin for name in names if (twin := same.get(name) or near.get(name))}
        for names, near in ((paths, twins), (frames, frame_twins))
    ]
    return TrainingLeaks(seen[0], seen[1], n_training, n_unreadable)


def find_same_files(files: Sequence[tuple[str, Path]], folder: Path, progress: Progress) -> dict[str, str]:
    """Name → path below `folder` of the very same file, whatever it is called there. Only files of equal size are read.

    Raises PathMissing, Cancelled.
    """
    if not folder.is_dir():
        raise PathMissing(folder)
    wanted = {path.stat().st_size for _, path in files}
    trained: dict[int, dict[str, str]] = {}
    for name in list_images(folder):
        size = (folder / name).stat().st_size
        if size in wanted:
            progress.check()
            trained.setdefault(size, {}).setdefault(sha256_file(folder / name), name)
    found = ((name, trained.get(path.stat().st_size), path) for name, path in files)
    return {name: of_size[digest] for name, of_size, path in found if of_size and (digest := sha256_file(path)) in of_size}

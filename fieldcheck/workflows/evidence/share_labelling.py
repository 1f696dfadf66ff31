"""Labelling shared by two people: two packs, each with its own part of the picks and a part that both label; both are made or none."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from fieldcheck.errors import NothingLabelled, NothingPicked, ProjectExists
from fieldcheck.files import map_os_errors, remove_path, sha256_file, sync_folder
from fieldcheck.progress import Progress
from fieldcheck.project.folder import Project
from fieldcheck.project.tables import labels as labels_table
from fieldcheck.project.tables import marks as marks_table
from fieldcheck.project.tables import picks as picks_table
from fieldcheck.project.tables import settings as settings_table
from fieldcheck.workflows.evidence.pack_project import PackOptions, pack_project
from fieldcheck.workflows.evidence.seal_project import create_seal

OVERLAP = 20
SHARING = "sharing"  # the setting that holds the SHA-256 of the packs that are being put in their places, and names no folder


@dataclass(frozen=True, slots=True)
class SharedLabelling:
    """Two packs, how many frames each has, how many of them both have, and how many nobody has because a person is marked on them."""

    packs: tuple[Path, Path]
    n: tuple[int, int]
    n_both: int
    n_people: int


def split_frames(names: list[str], overlap: int, seed: int) -> tuple[frozenset[str], frozenset[str]]:
    """Frames of the first and the second person: `overlap` of them, drawn from the seed, go to both, the rest is dealt out in turn."""
    order = [names[at] for at in np.random.default_rng([seed, len(names)]).permutation(len(names)).tolist()]
    both, rest = order[:overlap], order[overlap:]
    return frozenset([*both, *rest[::2]]), frozenset([*both, *rest[1::2]])


def create_shared_packs(
    project: Project, packs: tuple[Path, Path], overlap: int, seed: int, progress: Progress, now: str, with_people: bool = False
) -> SharedLabelling:  # fmt: skip
    """Deals the picks that nobody has labelled out to two people, those on which a person is marked only `with_people`. Limits, classes and
    list are sealed first, so that both carry the seal.

    Both are written beside their places first. Raises NothingPicked where no pick is left, NothingLabelled `without_people`, ProjectExists,
    and as `pack_project`.
    """
    labelled = {one.frame_id for one in project.read(labels_table.list_labels)}
    waiting = [one.frame_id for one in project.read(picks_table.list_picks) if not one.taken_out and one.frame_id not in labelled]
    if not waiting:
        raise NothingPicked(project.path)
    people = frozenset[str]() if with_people else project.read(marks_table.list_with_person)
    names = [name for name in waiting if name not in people]
    if not names:
        raise NothingLabelled(project.path, "without_people")
    left_over = _find_leftover_packs(project, packs)
    for path in packs:
        if os.path.lexists(path) and path not in left_over:
            raise ProjectExists(path)
    create_seal(project, None, now)
    first, second = split_frames(sorted(names), min(overlap, len(names)), seed)
    parts = [path.with_name(f".{path.name}.part") for path in packs]
    try:
        sums = list[str]()
        for part, share in zip(parts, (first, second), strict=True):
            remove_path(part)  # of a process that was killed
            sums.append(pack_project(project, part, PackOptions(share=share, with_people=with_people), progress, now).sha256)
        _move_packs(project, parts, packs, sums)
    finally:
        for part in parts:
            remove_path(part)
    return SharedLabelling(packs, (len(first), len(second)), len(first & second), len(waiting) - len(names))


def _move_packs(project: Project, parts: list[Path], packs: tuple[Path, Path], sums: list[str]) -> None:
    """Moves both packs to their places; what a process that is killed in between leaves there is known as its own the next time."""
    project.write(lambda db: settings_table.store_setting(db, SHARING, sums)).result()
    for part, path in zip(parts, packs, strict=True):
        with map_os_errors(path):
            part.replace(path)
            sync_folder(path.parent)
    project.write(lambda db: settings_table.drop_setting(db, SHARING)).result()


def _find_leftover_packs(project: Project, packs: tuple[Path, Path]) -> tuple[Path, ...]:
    """The pack that a killed process put in its place before it was killed, unless it came as far as the other one too."""
    sums = project.read(lambda db: settings_table.get_setting(db, SHARING, []))
    if not isinstance(sums, list) or not sums:
        return ()
    left = tuple(path for path in packs if path.is_file() and sha256_file(path) in sums)
    return left if len(left) < len(packs) else ()

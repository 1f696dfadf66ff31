"""Train/validation split of the labelled frames: whole clips, recordings, cameras or places go to one side, never single frames.

Neighbouring frames of one clip are nearly the same picture; split by frame, a validation score would tell how well they were remembered.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from fieldcheck.errors import NothingLabelled, OneGroup
from fieldcheck.progress import Progress
from fieldcheck.project.folder import Project
from fieldcheck.project.tables import labels as labels_table
from fieldcheck.project.tables import marks as marks_table
from fieldcheck.workflows.footage.sampling_list import SamplingLine, list_sampling_lines
from fieldcheck.workflows.footage.saved_frames import list_intact_picks
from fieldcheck.workflows.label.export_labels import export_labels
from fieldcheck.workflows.stress.export_recipe import write_folder_atomically

GROUPS: dict[str, Callable[[SamplingLine], str]] = {
    "clip": lambda line: line.clip.clip_id,
    "recording": lambda line: line.recording.recording_id,
    "camera": lambda line: line.clip.camera,
    "location": lambda line: line.clip.location,
}
"""What is kept together → its name for a listed frame."""


@dataclass(frozen=True, slots=True)
class LabelSplit:
    """Groups of each side, by name, and how many labelled frames each side has; `files` relative to `out`; `n_people`: labelled frames that
    were left out because a person is marked on them."""

    out: Path
    by: str
    train: tuple[str, ...]
    validation: tuple[str, ...]
    n_train: int
    n_validation: int
    files: tuple[str, ...]
    n_people: int = 0


def split_labels(
    project: Project, kind: str, out: Path, by: str, share: float, seed: int, progress: Progress, with_people: bool = False
) -> LabelSplit:  # fmt: skip
    """Writes `train` and `validation` below `out` in a label format, with as near to `share` of the frames in validation as whole groups
    allow; the groups are taken in an order drawn from `seed`. `with_people`: also frames on which a person is marked.

    Raises NothingLabelled, OneGroup where all frames belong together; as `export_labels`.
    """
    labelled = {one.frame_id for one in project.read(labels_table.list_labels) if one.state == "done"} & {
        one.frame_id for one in list_intact_picks(project)
    }
    people = frozenset() if with_people else labelled & project.read(marks_table.list_with_person)
    labelled -= people
    groups: dict[str, list[str]] = defaultdict(list)
    for line in project.read(list_sampling_lines):
        if line.frame.frame_id in labelled:
            groups[GROUPS[by](line)].append(line.frame.frame_id)
    if not groups:
        raise NothingLabelled(project.path, "without_people" if people else "picked")
    if len(groups) < 2:
        raise OneGroup(project.path)
    chosen = choose_validation_groups({name: len(frames) for name, frames in groups.items()}, share, seed)
    sides = {"train": [name for name in groups if name not in chosen], "validation": [name for name in groups if name in chosen]}
    with write_folder_atomically(out) as into:
        written = {
            side: export_labels(
                project, kind, into / side, progress, [frame for name in names for frame in groups[name]], with_people=with_people
            )
            for side, names in sides.items()
        }
    files = tuple(f"{side}/{file}" for side, one in written.items() for file in one.files)
    n_train, n_validation = (written[side].n for side in ("train", "validation"))
    return LabelSplit(out, by, tuple(sides["train"]), tuple(sides["validation"]), n_train, n_validation, files, len(people))


def choose_validation_groups(sizes: Mapping[str, int], share: float, seed: int) -> frozenset[str]:
    """Groups for validation: at least one, never all. Each next of a drawn order is taken where it brings the side nearer to its share."""
    wanted, taken = share * sum(sizes.values()), 0
    order: Sequence[str] = np.random.default_rng(seed).permutation(sorted(sizes)).tolist()
    chosen: list[str] = []
    for name in order:
        if len(chosen) < len(sizes) - 1 and abs(taken + sizes[name] - wanted) < abs(taken - wanted):
            chosen.append(name)
            taken += sizes[name]
    return frozenset(chosen or [min(order, key=lambda name: sizes[name])])

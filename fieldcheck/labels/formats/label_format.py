"""Declaration of a label format (name, detection, reader, writer, kinds of labels), and the parts
of a labelled set: training, validation, test."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from fieldcheck.domain.prediction import Labels
from fieldcheck.errors.imported_files import LabelsRefused
from fieldcheck.labels.formats.imagefolder import list_images, list_split_folders
from fieldcheck.labels.formats.label_set import LabelledImage, LabelSet

# Parts of a labelled set: training, validation, test. A benchmark is never the part that the model
# learned from unless it is named.

TRAINING = frozenset({"train", "training"})
VALIDATION = frozenset({"val", "valid", "validation"})


@dataclass(frozen=True, slots=True)
class PartWish:
    """`name`: the part that is wanted, empty where none was named; `takes_any`: labels are not held
    against a model that may have learned from them, so a part that is the only one is read whatever
    it is."""

    name: str = ""
    takes_any: bool = False


NO_WISH, ANY_PART = PartWish(), PartWish(takes_any=True)


def choose_part(
    path: Path, counts: Mapping[str, int], wish: PartWish, preferred: frozenset[str] = frozenset()
) -> str:
    """The part to be read of those that there are (their images by name): the named one, the only
    one, or one of `preferred`.

    Raises LabelsRefused `no_part` where the named one is not there, and `part` where one has to be
    named: there are several, or the only one is for training.
    """
    listing = ", ".join(f"{name}: {n}" for name, n in counts.items())
    if wish.name:
        named = [
            name for name in counts if _normalize_part_name(name) == _normalize_part_name(wish.name)
        ]
        if len(named) != 1:
            raise LabelsRefused(path, "no_part", listing)
        return named[0]
    others = [name for name in counts if _normalize_part_name(name) not in TRAINING]
    first = [name for name in others if _normalize_part_name(name) in preferred]
    if first:
        return first[0]
    if len(others) == 1 and (preferred or len(counts) == 1):
        return others[0]
    if wish.takes_any and len(counts) == 1:
        return next(iter(counts))
    raise LabelsRefused(path, "part", listing)


def find_part_folder(path: Path, wish: PartWish) -> str:
    """The sub-folder of the part to be read, where all folders in a set are parts; nothing where
    they are not. Raises as `choose_part`."""
    folders = list_split_folders(path)
    counts = {name: count_images(path / name) for name in folders}
    return choose_part(path, counts, wish) if any(counts.values()) else ""


def count_images(folder: Path) -> int:
    """How many files below a folder have an image's ending."""
    return sum(1 for _ in list_images(folder))


def _normalize_part_name(name: str) -> str:
    """`valid` and `validation` are `val`, whatever of them is written large."""
    low = name.lower()
    return (
        "val"
        if low in VALIDATION
        else "train"
        if low in TRAINING
        else "test"
        if low == "testing"
        else low
    )


SizeOf = Callable[[str], tuple[int, int] | None]
"""The name of a frame → its (width, height) in pixels; None where no frame is called so."""

Reader = Callable[[Path, SizeOf | None], LabelSet]
"""The set at a folder or file. The second argument knows frames whose pictures do not lie in the
set. Raises LabelsRefused."""

PartReader = Callable[[Path, SizeOf | None, PartWish], LabelSet]
"""As a reader, of a format that has parts of its own and says which was read."""

Writer = Callable[[Path, Sequence[str], Sequence[LabelledImage]], list[Path]]
"""Writes into a folder, with these class names; returns the files, label files first. Raises
DiskFull, ReadOnlyPlace, PathRefused."""


LossCounter = Callable[[Sequence[str], Sequence[LabelledImage]], Counter[str]]
"""Information that a written file loses with these class names: count by kind of loss (named in
`labels.messages`)."""

Flag = Literal["crowd", "occluded", "truncated"]
"""A flag of `domain.label.Box`."""


def is_never_candidate(path: Path) -> bool:
    """Always False: for folder formats, and for formats with an ending of their own."""
    return False


def count_no_losses(classes: Sequence[str], pictures: Sequence[LabelledImage]) -> Counter[str]:
    """No losses: for a format that loses only flags of boxes."""
    return Counter()


@dataclass(frozen=True, slots=True)
class LabelFormat:
    """One format. Without `reader` it can only be written, without `writer` only be read;
    `label_kinds` is what labels it can carry.

    `is_candidate_folder` tells a folder that holds it, `endings` (with the dot, lower case) single
    files. `is_fallback`: looked for in a folder only where no other format stands, because its sign
    is a weak one. `expected_files`: where its labels are looked for, for who has none there.

    `is_candidate` tells a single file from those of other formats with the same ending.
    `missing_means_unlabelled`: a picture that nothing is said of was not looked at, and is no
    picture with nothing on it. `kept_flags`: the flags of a box that a written file still has;
    `count_losses`: what else it does not say; `with_pictures`: whether the pictures are written
    beside it. `part_reader` stands in for `reader` where the format names parts itself.
    """

    name: str
    label_kinds: frozenset[Labels]
    reader: Reader | None = None
    writer: Writer | None = None
    is_candidate_folder: Callable[[Path], bool] = is_never_candidate
    endings: frozenset[str] = frozenset()
    is_fallback: bool = False
    expected_files: str = ""
    is_candidate: Callable[[Path], bool] = is_never_candidate
    missing_means_unlabelled: bool = False
    kept_flags: frozenset[Flag] = frozenset()
    count_losses: LossCounter = count_no_losses
    with_pictures: bool = True
    part_reader: PartReader | None = None

    def __post_init__(self) -> None:
        if self.reader is None and self.writer is None:
            raise ValueError(f"{self.name}: a format is read or written")

"""A labelled set as it was found in somebody's files."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from fieldcheck.domain.answer_kind import Labels, answer_kind
from fieldcheck.domain.benchmark import BenchmarkItem


@dataclass(frozen=True, slots=True)
class SetAside:
    """Labels and pictures that a reader saw and did not take as it stands, each by its name in the set. `part`: the split that was read;
    `absent_parts`: splits that are named and not there; `unlabelled`: pictures that nothing is said of; `orphans`: label files of no
    picture; `missing`: pictures that are named and not there; `damaged`: pictures that cannot be read; `merged`: classes or files that
    became one; `outlines`: polygons or turned boxes that became the box around them."""

    part: str = ""
    absent_parts: tuple[str, ...] = ()
    unlabelled: tuple[str, ...] = ()
    orphans: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    damaged: tuple[str, ...] = ()
    merged: tuple[str, ...] = ()
    outlines: int = 0


@dataclass(frozen=True, slots=True)
class LabelSet:
    """`root` is the folder that the items' paths start from; the pictures need not be there.

    `format` names one of `exchange.formats`. `names`, one an item, is what the set calls a picture without the folders that belong to the
    format (`images/`, the class folder): what is matched with the frames of a project.
    """

    format: str
    root: Path
    classes: tuple[str, ...]
    items: tuple[BenchmarkItem, ...]
    names: tuple[str, ...]
    aside: SetAside = SetAside()

    def __post_init__(self) -> None:
        if len(self.names) != len(self.items):
            raise ValueError(f"{len(self.items)} items with {len(self.names)} names")


def labelled_only(found: LabelSet) -> LabelSet:
    """The set without the pictures that nothing is said of: silence is no evidence that there is nothing on them."""
    silent = set(found.aside.unlabelled)
    kept = [(item, name) for item, name in zip(found.items, found.names, strict=True) if item.path not in silent]
    return replace(found, items=tuple(item for item, _ in kept), names=tuple(name for _, name in kept))


def fits(items: Iterable[BenchmarkItem], task: str) -> bool:
    """Whether every item is labelled the way answers to this task are: by boxes, or by a class. No file holds points, and nothing fits
    where labels are not taken."""
    return labelled_in(items, answer_kind(task).labels)


def labelled_in(items: Iterable[BenchmarkItem], labels: Labels) -> bool:
    """Whether every item carries labels of this kind; boxes may be none, where there is nothing to find."""
    return labels in ("class", "boxes") and all((item.class_name == "") == (labels == "boxes") for item in items)

"""A labelled set as it was found in somebody's files."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from fieldcheck.domain.answer_kind import Labels, answer_kind
from fieldcheck.domain.benchmark import BenchmarkItem


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

    def __post_init__(self) -> None:
        if len(self.names) != len(self.items):
            raise ValueError(f"{len(self.items)} items with {len(self.names)} names")


def fits(items: Iterable[BenchmarkItem], task: str) -> bool:
    """Whether every item is labelled the way answers to this task are: by boxes, or by a class. No file holds points, and nothing fits
    where labels are not taken."""
    return labelled_in(items, answer_kind(task).labels)


def labelled_in(items: Iterable[BenchmarkItem], labels: Labels) -> bool:
    """Whether every item carries labels of this kind; boxes may be none, where there is nothing to find."""
    return labels in ("class", "boxes") and all((item.class_name == "") == (labels == "boxes") for item in items)

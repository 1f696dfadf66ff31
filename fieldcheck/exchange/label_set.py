"""A labelled set as it was found in somebody's files."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

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
    """Whether every item is labelled the way a model of this task answers: by boxes for `detection`, else by a class."""
    return all((item.class_name == "") == (task == "detection") for item in items)

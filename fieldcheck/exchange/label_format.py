"""Label format, as it is declared: its name, how it is known, what reads it, what writes it, and which kinds of labels it holds."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from fieldcheck.domain.answer_kind import Labels
from fieldcheck.exchange.label_set import LabelSet
from fieldcheck.exchange.labelled_picture import LabelledPicture

SizeOf = Callable[[str], tuple[int, int] | None]
"""The name of a frame → its (width, height) in pixels; None where no frame is called so."""

Reader = Callable[[Path, SizeOf | None], LabelSet]
"""The set at a folder or file. The second argument knows frames whose pictures do not lie in the set. Raises LabelsRefused."""

Writer = Callable[[Path, Sequence[str], Sequence[LabelledPicture]], list[Path]]
"""Writes into a folder, with these class names; returns the files, label files first. Raises DiskFull, ReadOnlyPlace, PathRefused."""


def nowhere(folder: Path) -> bool:
    """Of a format that is no folder."""
    return False


@dataclass(frozen=True, slots=True)
class LabelFormat:
    """One format. Without `reads` it can only be written, without `writes` only be read; `holds` is what labels it can carry.

    `stands_in` tells a folder that holds it, `endings` (with the dot, lower case) single files. `otherwise`: looked for in a folder only
    where no other format stands, because its sign is a weak one. `sought`: where its labels are looked for, for who has none there.
    """

    name: str
    holds: frozenset[Labels]
    reads: Reader | None = None
    writes: Writer | None = None
    stands_in: Callable[[Path], bool] = nowhere
    endings: frozenset[str] = frozenset()
    otherwise: bool = False
    sought: str = ""

    def __post_init__(self) -> None:
        if self.reads is None and self.writes is None:
            raise ValueError(f"{self.name}: a format is read or written")

"""Coverage of conditions: how often each class stands under each condition in the benchmark and in the field, and what was never shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import nan

import numpy as np
from numpy.typing import NDArray

from fieldcheck.domain.label_review import LabelledSet as On

CHANCE = 0.05  # a class under one condition only is named where it had no more than this chance by the condition's share of the others
EXPECTED = 5.0  # pictures by which a cell within the benchmark is missed


@dataclass(frozen=True, slots=True)
class CoverageCell:
    """Class × value of a condition: labelled `field` frames, `benchmark` pictures (None: the benchmark does not say), and how many of
    these there would be were the class shown as the others are (`expected`, NaN where it does not say)."""

    class_name: str
    value: str
    field: int
    benchmark: int | None
    expected: float

    @property
    def is_hole(self) -> bool:
        """Whether the field shows it and the benchmark never does."""
        return self.field > 0 and self.benchmark == 0

    @property
    def is_missed(self) -> bool:
        """Whether the benchmark lacks it though class and condition are both common there."""
        return self.benchmark == 0 and self.expected >= EXPECTED


@dataclass(frozen=True, slots=True)
class Shortcut:
    """A class that only ever occurs under one value: `n` pictures of the benchmark, or clips of the field."""

    class_name: str
    value: str
    on: On
    n: int


@dataclass(frozen=True, slots=True)
class CoverageAxis:
    """One condition that pictures are told apart by. `n_field`, `n_benchmark`: labelled frames and pictures for which it is known."""

    key: str
    n_field: int
    n_benchmark: int
    cells: tuple[CoverageCell, ...]
    shortcuts: tuple[Shortcut, ...]


@dataclass(frozen=True, slots=True)
class Coverage:
    """`n_field` labelled frames, `n_benchmark` pictures; `holes`: how many cells the field shows and the benchmark never does."""

    n_field: int
    n_benchmark: int
    holes: int
    axes: tuple[CoverageAxis, ...]


@dataclass(frozen=True, slots=True)
class CoverageSide:
    """One side of the comparison: `classes`, (n, K) bool, who shows which class; `values`, (n, V) bool, which condition holds; `units`,
    (n,) int, what may be called independent: the clip of a frame, each benchmark picture for itself."""

    classes: NDArray[np.bool_]
    values: NDArray[np.bool_]
    units: NDArray[np.int64]

    @property
    def n_known(self) -> int:
        """For how many it is known."""
        return int(self.values.any(axis=1).sum())


def compute_coverage_axis(
    key: str, classes: Sequence[str], values: Sequence[str], field: CoverageSide, benchmark: CoverageSide
) -> CoverageAxis | None:
    """Counts of every cell that occurs on a side; None where neither side knows anything of it. A side that knows the condition of no
    picture says nothing, also not that a cell is empty."""
    if not (field.n_known or benchmark.n_known):
        return None
    in_field, shown = _count_cells(field), _count_cells(benchmark)
    of_class, of_value = shown.sum(axis=1), shown.sum(axis=0)
    expected = np.outer(of_class, of_value) / max(1, shown.sum())
    cells = tuple(
        CoverageCell(
            classes[k], values[v], int(in_field[k, v]), int(shown[k, v]) if benchmark.n_known else None,
            float(expected[k, v]) if benchmark.n_known else nan,
        )
        for k, v in np.argwhere((in_field > 0) | ((shown == 0) & (expected >= EXPECTED)) | (shown > 0)).tolist()
    )  # fmt: skip
    sides: tuple[tuple[On, CoverageSide], ...] = (("benchmark", benchmark), ("field", field))
    shortcuts = tuple(one for on, side in sides for one in _find_shortcuts(on, side, classes, values))
    return CoverageAxis(key, field.n_known, benchmark.n_known, cells, shortcuts)


def _count_cells(side: CoverageSide) -> NDArray[np.int64]:
    """(K, V) pictures that show the class under the value."""
    return side.classes.T.astype(np.int64) @ side.values.astype(np.int64)


def _find_shortcuts(on: On, side: CoverageSide, classes: Sequence[str], values: Sequence[str]) -> list[Shortcut]:
    """Classes all of whose pictures share a value that most others lack: likelier than chance, so the value may give the class away."""
    known = side.values.any(axis=1)
    found = []
    for k, name in enumerate(classes):
        mine, others = known & side.classes[:, k], known & ~side.classes[:, k]
        if not (mine.any() and others.any()):
            continue
        n = np.unique(side.units[mine]).size
        for v in np.flatnonzero(side.values[mine].all(axis=0)).tolist():
            if side.values[others, v].mean() ** n <= CHANCE:
                found.append(Shortcut(name, values[v], on, n))
    return found

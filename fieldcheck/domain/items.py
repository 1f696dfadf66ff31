"""Everything that can be looked at in a project, as columns: one row a listed frame or benchmark picture."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

BENCHMARK = "benchmark:"
"""What stands before the path of a benchmark picture where it shares a column with frame ids."""


def make_benchmark_subject(path: str) -> str:
    """The name of a benchmark picture among frames."""
    return BENCHMARK + path


def get_benchmark_path(subject: str) -> str:
    """The path that `make_benchmark_subject` was made from, empty for a frame."""
    return subject.removeprefix(BENCHMARK) if subject.startswith(BENCHMARK) else ""


@dataclass(frozen=True, slots=True)
class Facet:
    """Facet of rows: values of which each is one, or several. `names`: the values; `rows`, `codes`: (m,) pairs of a row and the index of a
    name, by rising row. A row without a pair is none of them."""

    names: tuple[str, ...]
    rows: NDArray[np.int32]
    codes: NDArray[np.int32]

    def __post_init__(self) -> None:
        if self.rows.shape != self.codes.shape:
            raise ValueError(f"{self.rows.size} rows and {self.codes.size} codes")
        self.rows.flags.writeable = self.codes.flags.writeable = False

    @classmethod
    def from_codes(cls, names: tuple[str, ...], codes: NDArray[np.int32]) -> Facet:
        """From (n,) the index of each row's one name, -1 for none."""
        rows = np.flatnonzero(codes >= 0).astype(np.int32)
        return cls(names, rows, codes[rows].astype(np.int32))

    @classmethod
    def make_empty(cls) -> Facet:
        """Of no row."""
        return cls((), np.empty(0, np.int32), np.empty(0, np.int32))


@dataclass(frozen=True, slots=True)
class Items:
    """`subjects`: (n) names, frames in list order, then benchmark pictures. `facets` and `figures` by the names of `domain/filter.py`;
    a figure is (n,) float64 with NaN where a row has none. `n_left`: picks nobody has looked at; while there are any, what the model said
    of frames that carry no label is in no column. `clip_names`: what a value of the facet `clip` is called."""

    subjects: tuple[str, ...]
    facets: Mapping[str, Facet]
    figures: Mapping[str, NDArray[np.float64]]
    n_frames: int
    n_left: int = 0
    clip_names: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name, values in self.figures.items():
            if values.shape != (len(self.subjects),):
                raise ValueError(f"{values.shape} figures {name} of {len(self.subjects)} rows")
            values.flags.writeable = False

    def __len__(self) -> int:
        return len(self.subjects)

"""Sampled frames and benchmark images as a table of columns, the filters on it, and the rows that
pass a filter in an order."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from math import inf, isinf, isnan
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

# Which frames and benchmark pictures somebody wants to see: values of facets and ranges of figures,
# all of which must hold.

FACETS = (
    "set",
    "class",
    "prediction",
    "right",
    "condition",
    "camera",
    "location",
    "clip",
    "light",
    "blur",
    "noise",
    "hour",
    "operator",
    "occluded",
    "tag",
    "stratum",
    "state",
    "second_look",
)
"""Categorical columns; a frame may have several values of one."""
FIGURES = (
    "confidence",
    "label_confidence",
    "time",
    "brightness",
    "sharpness",
    "noise_level",
    "box_side",
    "box_cells",
)
"""What a frame has a number of. `box_side`: shorter side of its smallest box in pixels of the
frame, `box_cells`: the same in cells of the detector's finest stride."""
OF_ANSWERS = frozenset(("prediction", "right", "confidence", "label_confidence", "second_look"))
"""Columns that derive from the model's predictions: a slice by these says nothing about the model.
"""


@dataclass(frozen=True, slots=True)
class Filter:
    """`chosen` pairs a facet with the values of which one suffices; `between` a figure with its
    lowest and highest value (infinite: open); `subjects` names frames themselves, as a lasso does
    (empty: all). A filter of nothing lets everything through."""

    chosen: tuple[tuple[str, tuple[str, ...]], ...] = ()
    between: tuple[tuple[str, float, float], ...] = ()
    subjects: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for facet, values in self.chosen:
            if facet not in FACETS or not values:
                raise ValueError(f"no facet with values: {facet!r} {values!r}")
        for figure, low, high in self.between:
            if figure not in FIGURES or isnan(low) or isnan(high) or low > high:
                raise ValueError(f"no range of a figure: {figure!r} {low} {high}")
        names = [facet for facet, _ in self.chosen], [figure for figure, _, _ in self.between]
        if any(len(set(part)) != len(part) for part in names):
            raise ValueError(f"a facet or a figure stands twice: {names}")

    @property
    def is_empty(self) -> bool:
        """Whether it lets everything through."""
        return not (self.chosen or self.between or self.subjects)

    @property
    def uses_predictions(self) -> bool:
        """Whether what the model said decides who is in it."""
        return any(
            name in OF_ANSWERS
            for name in (
                *(facet for facet, _ in self.chosen),
                *(figure for figure, _, _ in self.between),
            )
        )

    def get_values(self, facet: str) -> tuple[str, ...]:
        """The values chosen of a facet, none where it is not asked for."""
        return dict(self.chosen).get(facet, ())

    def with_values(self, facet: str, *values: str) -> Self:
        """Filter with these values of a facet, in place of any others; no values: the facet is not
        asked for."""
        others = tuple(chosen for chosen in self.chosen if chosen[0] != facet)
        return replace(self, chosen=tuple(sorted((*others, (facet, values)) if values else others)))

    def with_toggled_value(self, facet: str, value: str) -> Self:
        """Filter with one more value of a facet, or without it where it was chosen."""
        now = self.get_values(facet)
        return self.with_values(
            facet, *(name for name in now if name != value), *(() if value in now else (value,))
        )

    def with_range(self, figure: str, low: float = -inf, high: float = inf) -> Self:
        """Filter with this range of a figure, in place of another; open on both sides: the figure
        is not asked for."""
        others = tuple(bounds for bounds in self.between if bounds[0] != figure)
        wanted = () if isinf(low) and isinf(high) else ((figure, low, high),)
        return replace(self, between=tuple(sorted((*others, *wanted))))

    def with_subjects(self, subjects: tuple[str, ...]) -> Self:
        """Filter among these frames only."""
        return replace(self, subjects=tuple(subjects))

    def to_json(self) -> dict[str, Any]:
        """Plain values, None for an open end."""
        return {
            "chosen": {facet: list(values) for facet, values in self.chosen},
            "between": {
                figure: [None if isinf(low) else low, None if isinf(high) else high]
                for figure, low, high in self.between
            },
            "subjects": list(self.subjects),
        }

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> Self:
        """The filter that `to_json` wrote. Raises ValueError, KeyError and TypeError for what is
        none."""
        chosen = tuple(
            sorted(
                (str(facet), tuple(map(str, values)))
                for facet, values in document["chosen"].items()
            )
        )
        between = tuple(
            sorted(
                (
                    str(figure),
                    -inf if low is None else float(low),
                    inf if high is None else float(high),
                )
                for figure, (low, high) in document["between"].items()
            )
        )
        return cls(chosen, between, tuple(map(str, document["subjects"])))


@dataclass(frozen=True, slots=True)
class SavedSlice:
    """A filter with a name. Frames that come later and pass it belong to it as well, unless it
    names frames one by one."""

    name: str
    wanted: Filter

    def __post_init__(self) -> None:
        if not self.name.strip():
            raise ValueError("a slice without a name")


# Columns that a frame has only once a person has labelled it.
OF_LABELS = frozenset(
    ("class", "right", "occluded", "state", "second_look", "label_confidence", "box_side",
     "box_cells")
)  # fmt: skip


def make_unlabelled_filter(wanted: Filter) -> Filter:
    """The filter for frames without a label that are like those of `wanted`: what only a label
    tells is not asked for, and the model's prediction stands in place of a class.

    Args:
        wanted: the frames that are looked at, such as those of a slice.

    Returns:
        The filter among footage that was not picked; it lets nothing through but for the set
        where everything that `wanted` asks for is told by labels.
    """
    truth = wanted.get_values("class")
    if truth and not wanted.get_values("prediction"):
        wanted = wanted.with_values("prediction", *truth)
    kept = Filter(
        tuple(part for part in wanted.chosen if part[0] not in OF_LABELS | {"set"}),
        tuple(part for part in wanted.between if part[0] not in OF_LABELS),
        wanted.subjects,
    )
    return Filter() if kept.is_empty else kept.with_values("set", "footage")


BENCHMARK = "benchmark:"
"""Prefix of a benchmark image's path in columns shared with frame ids."""


def make_benchmark_subject(path: str) -> str:
    """The name of a benchmark picture among frames."""
    return BENCHMARK + path


def get_benchmark_path(subject: str) -> str:
    """The path that `make_benchmark_subject` was made from, empty for a frame."""
    return subject.removeprefix(BENCHMARK) if subject.startswith(BENCHMARK) else ""


@dataclass(frozen=True, slots=True)
class Facet:
    """Facet of rows: values of which each is one, or several. `names`: the values; `rows`, `codes`:
    (m,) pairs of a row and the index of a name, by rising row. A row without a pair is none of
    them."""

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
    """`subjects`: (n,) names, frames in list order, then benchmark images. `facets` and `figures`:
    columns by the names in `FACETS` and `FIGURES`; a figure is (n,) float64 with NaN where a row
    has none. `n_left`: picks without a label; while there are any, no column contains predictions
    for unlabelled frames. `clip_names`: display names of the facet `clip`."""

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


# Rows of a table of columns that a filter lets through, in an order, and how many there are of each
# value.


def find_matching_rows(items: Items, wanted: Filter, without: str = "") -> NDArray[np.bool_]:
    """(n,) bool: the rows for which everything holds, but for the facet `without`. Linear in the
    rows, a fraction of a millisecond."""
    inside = np.ones(len(items), dtype=np.bool_)
    for name, values in wanted.chosen:
        if name != without:
            inside &= find_rows_with_value(items, name, values)
    for figure, low, high in wanted.between:
        column = items.figures[figure]
        inside &= (column >= low) & (column <= high)  # NaN is in no range
    if wanted.subjects:
        chosen = frozenset(wanted.subjects)
        inside &= np.fromiter(
            (subject in chosen for subject in items.subjects), np.bool_, len(items)
        )
    return inside


def find_rows_with_value(items: Items, facet: str, values: tuple[str, ...]) -> NDArray[np.bool_]:
    """(n,) bool: the rows that are one of these values of a facet."""
    column = items.facets[facet]
    codes = [index for index, name in enumerate(column.names) if name in values]
    inside = np.zeros(len(items), dtype=np.bool_)
    if len(codes) == 1:
        inside[column.rows[column.codes == codes[0]]] = True
    elif codes:
        inside[column.rows[np.isin(column.codes, codes)]] = True
    return inside


def count_facet_values(items: Items, wanted: Filter, facet: str) -> Mapping[str, int]:
    """How many rows each value of a facet would show beside the other facets of the filter: name →
    n, in the facet's order."""
    column, inside = items.facets[facet], find_matching_rows(items, wanted, without=facet)
    counts = np.bincount(column.codes[inside[column.rows]], minlength=len(column.names))
    return dict(zip(column.names, counts.tolist(), strict=True))


def sort_rows(items: Items, figure: str, falling: bool = False) -> NDArray[np.int32]:
    """(n,) all rows by a figure, ties and rows without one in list order, these last."""
    column = items.figures[figure]
    key = np.where(np.isnan(column), np.inf, -column if falling else column)
    return np.argsort(key, kind="stable").astype(np.int32)


def filter_order(order: NDArray[np.int32], inside: NDArray[np.bool_]) -> NDArray[np.int32]:
    """Filtered order: of `order`, (n,) rows, those that passed, in that order, (k,) int32.
    `inside`: (n,) bool, by row."""
    return order[inside[order]]


def get_names_by_row(facet: Facet, rows: NDArray[np.int32]) -> dict[int, tuple[str, ...]]:
    """Names of a facet for `rows`, (k,) int32: row → names; a row that is none is missing."""
    names: dict[int, tuple[str, ...]] = {}
    for row in rows.tolist():
        first, last = np.searchsorted(facet.rows, (row, row + 1))
        if last > first:
            names[row] = tuple(facet.names[code] for code in facet.codes[first:last].tolist())
    return names

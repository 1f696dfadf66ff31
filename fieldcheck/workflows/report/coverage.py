"""Class × condition of a project's labelled frames and of its benchmark, by what is known of each: tags, places, clocks, light."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import PurePosixPath

import numpy as np
from numpy.typing import NDArray

from fieldcheck.domain.benchmark import Benchmark
from fieldcheck.domain.items import Facet, Items, get_benchmark_path
from fieldcheck.progress import NullProgress
from fieldcheck.project.folder import Project
from fieldcheck.project.tables import benchmarks as benchmarks_table
from fieldcheck.project.tables.columns import FrameColumns
from fieldcheck.scoring.coverage import Coverage, CoverageAxis, CoverageSide, compute_coverage_axis
from fieldcheck.scoring.slices import LIGHTS, group_by_light
from fieldcheck.workflows.explore.items import load_items
from fieldcheck.workflows.report.benchmark_looks import FIGURES, measure_benchmark_images

NAMED = ("condition", "camera", "location", "tag")
"""What somebody said of frames. Of a benchmark picture: its tags, and the folders that it lies in."""
DAYTIMES = ("night", "morning", "afternoon", "evening")  # six hours each, from 22, 4, 10 and 16 o'clock on the clock of the recorder
SEASONS = ("dec_feb", "mar_may", "jun_aug", "sep_nov")


@dataclass(frozen=True, slots=True)
class _CoverageSides:
    """Rows of the labelled frames and of the benchmark pictures among the columns, and what both may show."""

    items: Items
    columns: FrameColumns
    field: NDArray[np.int64]
    benchmark: NDArray[np.int64]
    classes: tuple[str, ...]
    looks: NDArray[np.float64]

    def build_axis(
        self, key: str, values: Sequence[str], of_field: NDArray[np.bool_], of_benchmark: NDArray[np.bool_]
    ) -> CoverageAxis | None:
        """`of_field`, `of_benchmark`: (rows, V) bool of all rows."""
        shown, clip = (
            _build_membership(self.items.facets["class"], len(self.items)),
            _build_codes(self.items.facets["clip"], len(self.items)),
        )
        field = CoverageSide(shown[self.field], of_field[self.field], clip[self.field])
        benchmark = CoverageSide(shown[self.benchmark], of_benchmark[self.benchmark], self.benchmark)
        return compute_coverage_axis(key, self.classes, values, field, benchmark)


def compute_coverage(project: Project) -> Coverage | None:
    """None without a benchmark or without a labelled frame."""
    benchmark = project.read(benchmarks_table.get_benchmark)
    if benchmark is None:
        return None
    sides = _load_sides(project, benchmark)
    if not sides.field.size:
        return None
    axes = tuple(axis for axis in (*_build_named_axes(sides), *_build_measured_axes(sides)) if axis is not None)
    holes = sum(cell.is_hole for axis in axes for cell in axis.cells)
    return Coverage(sides.field.size, sides.benchmark.size, holes, axes)


def _load_sides(project: Project, benchmark: Benchmark) -> _CoverageSides:
    items, columns = load_items(project)
    shown = np.zeros(len(items), np.bool_)
    shown[items.facets["class"].rows] = True
    looks = np.full((len(items), len(FIGURES)), np.nan)
    found = measure_benchmark_images(project, benchmark, NullProgress())
    for row in range(items.n_frames, len(items)):
        look = found.get(get_benchmark_path(items.subjects[row]))
        if look is not None:
            looks[row] = look
    of_frames = np.arange(len(items)) < items.n_frames
    return _CoverageSides(
        items, columns, np.flatnonzero(shown & of_frames), np.flatnonzero(shown & ~of_frames), items.facets["class"].names, looks
    )  # fmt: skip


def _build_named_axes(sides: _CoverageSides) -> Iterator[CoverageAxis | None]:
    items = sides.items
    words = {row: _get_path_words(items, row) for row in sides.benchmark.tolist()}
    known = {_normalize_name(name) for name in (*sides.classes, *(name for key in NAMED for name in items.facets[key].names))}
    own_words = tuple(sorted(frozenset().union(*words.values()) - known))  # a folder that is no class says what its pictures share
    for key in NAMED:
        names, said = items.facets[key].names, _build_membership(items.facets[key], len(items))
        if key == "tag":
            names, said = (*names, *own_words), np.pad(said, ((0, 0), (0, len(own_words))))
        for row, own in words.items():
            said[row] |= np.array([_normalize_name(name) in own for name in names], np.bool_)
        yield sides.build_axis(key, names, said, said)


def _build_measured_axes(sides: _CoverageSides) -> Iterator[CoverageAxis | None]:
    """Light as both sides' pictures show it, the time of day and the season by their clocks."""
    n, columns = sides.items.n_frames, sides.columns
    mean, contrast, clipped, hour, month = sides.looks.T.copy()
    for column, name in ((mean, "mean"), (contrast, "contrast"), (clipped, "clipped_high")):
        column[:n] = columns.figures[name]
    # Whether a picture is lit from behind was not kept of the benchmark, so it is asked of neither.
    light = np.where(np.isfinite(mean), group_by_light(mean, contrast, clipped, np.zeros(mean.size)), -1)
    told = _build_codes(sides.items.facets["hour"], len(sides.items))[:n]
    hour[:n] = np.where(told >= 0, told, np.nan)
    month[:n] = [datetime.fromtimestamp(second, UTC).month if second == second else np.nan for second in sides.items.figures["time"][:n]]
    for key, values, code in (
        ("light", LIGHTS, light),
        ("daytime", DAYTIMES, np.where(np.isfinite(hour), (np.nan_to_num(hour) + 2) % 24 // 6, -1)),
        ("season", SEASONS, np.where(np.isfinite(month), np.nan_to_num(month) % 12 // 3, -1)),
    ):
        member = code[:, None] == np.arange(len(values))
        yield sides.build_axis(key, values, member, member)


def _get_path_words(items: Items, row: int) -> frozenset[str]:
    """What the folders of a benchmark picture say of it; its tags stand in their own column."""
    return frozenset(map(_normalize_name, PurePosixPath(get_benchmark_path(items.subjects[row])).parts[:-1])) | frozenset(
        map(_normalize_name, _get_values(items.facets["tag"], row))
    )


def _normalize_name(name: str) -> str:
    return name.strip().lower().replace(" ", "_").replace("-", "_")


def _get_values(facet: Facet, row: int) -> list[str]:
    first, last = np.searchsorted(facet.rows, [row, row + 1])
    return [facet.names[code] for code in facet.codes[first:last].tolist()]


def _build_membership(facet: Facet, n: int) -> NDArray[np.bool_]:
    """(n, values) bool."""
    found = np.zeros((n, len(facet.names)), np.bool_)
    found[facet.rows, facet.codes] = True
    return found


def _build_codes(facet: Facet, n: int) -> NDArray[np.int64]:
    """(n,) index of each row's one value, -1 without one."""
    found = np.full(n, -1, np.int64)
    found[facet.rows] = facet.codes
    return found

"""Coverage of conditions: how often each class appears under each condition in the benchmark and in
the field, with the report section."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from math import nan
from pathlib import Path, PurePosixPath

import numpy as np
from numpy.typing import NDArray

from fieldcheck.analyses.analysis import Analysis
from fieldcheck.analyses.blocks import Block, Cell, Heading, Paragraph, Section, Table
from fieldcheck.analyses.item_columns import load_items
from fieldcheck.analyses.names_and_numbers import get_facet_name, get_facet_value_name
from fieldcheck.analyses.slices import LIGHTS, group_by_light
from fieldcheck.domain.items import Facet, Items, get_benchmark_path
from fieldcheck.domain.label import Benchmark
from fieldcheck.domain.label import LabelledSet as On
from fieldcheck.errors.files import PathMissing, PictureUnreadable
from fieldcheck.files import join_inside_data_set
from fieldcheck.i18n.language import tr, tr_plural
from fieldcheck.imaging.codec import read_capture_time, read_image
from fieldcheck.imaging.quality import measure_quality
from fieldcheck.models.run import compute_benchmark_key
from fieldcheck.parallel import map_chunks, split_into_chunks
from fieldcheck.progress import NullProgress, Progress
from fieldcheck.project.project import Project, get_benchmark_root
from fieldcheck.project.tables import models as benchmarks_table
from fieldcheck.project.tables.frames import FrameColumns

# Light and time of the benchmark's pictures: measured once for the pictures as they are named, and
# kept.

MOST = 2000  # pictures that stand for a larger benchmark, always the same draw
# the last two NaN where the file does not say
FIGURES = ("mean", "contrast", "clipped_high", "hour", "month")


@dataclass(frozen=True, slots=True)
class BenchmarkImages:
    """Some pictures: the name a row is kept under, and the file."""

    paths_by_name: tuple[tuple[str, str], ...]


def measure_benchmark_images(
    project: Project, benchmark: Benchmark, progress: Progress
) -> dict[str, NDArray[np.float32]]:
    """Path of a picture → (5,) `FIGURES`; one that cannot be read has none. Measured once where the
    project can be written. Raises Cancelled."""
    paths, key = sample_paths(benchmark), f"looks {compute_benchmark_key(benchmark)}"
    figures_by_path = project.cache.get_vectors(key, paths)
    missing = sorted(set(paths) - figures_by_path.keys())
    root = get_benchmark_root(project, benchmark)
    chunks = [
        BenchmarkImages(part)
        for part in split_into_chunks(
            [(path, str(join_inside_data_set(root, path))) for path in missing]
        )
    ]

    def store_figures(_files: BenchmarkImages, result: dict[str, NDArray[np.float32]]) -> None:
        figures_by_path.update(result)
        if project.writable:
            project.cache.put_vectors(key, "", result)

    map_chunks(measure_images, chunks, store_figures, progress)
    return figures_by_path


def sample_paths(benchmark: Benchmark) -> list[str]:
    """The pictures in the order of their names, or as many of them as stand for all."""
    paths = sorted({item.path for item in benchmark.items})
    if len(paths) <= MOST:
        return paths
    return [
        paths[index]
        for index in np.sort(
            np.random.default_rng(0).choice(len(paths), MOST, replace=False)
        ).tolist()
    ]


def measure_images(chunk: BenchmarkImages) -> dict[str, NDArray[np.floating]]:
    """(5,) figures of every picture of the chunk that can be read. Pure."""
    result: dict[str, NDArray[np.floating]] = {}
    for name, file in chunk.paths_by_name:
        with suppress(PictureUnreadable, PathMissing):
            seen, second = measure_quality(read_image(Path(file))), read_capture_time(Path(file))
            taken = None if second is None else datetime.fromtimestamp(second, UTC)
            when = (nan, nan) if taken is None else (taken.hour, taken.month)
            result[name] = np.array(
                [seen.mean, seen.contrast, seen.clipped_high, *when], np.float32
            )
    return result


# Coverage of conditions: how often each class stands under each condition in the benchmark and in
# the field, and what was never
# shown.

# a class under one condition only is named where it had no more than this chance by the condition's
# share of the others
CHANCE = 0.05
EXPECTED = 5.0  # pictures by which a cell within the benchmark is missed


@dataclass(frozen=True, slots=True)
class CoverageCell:
    """Class × value of a condition: labelled `field` frames, `benchmark` pictures (None: the
    benchmark does not say), and how many of these there would be were the class shown as the others
    are (`expected`, NaN where it does not say)."""

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
    """A class that only ever occurs under one value: `n` pictures of the benchmark, or clips of the
    field."""

    class_name: str
    value: str
    on: On
    n: int


@dataclass(frozen=True, slots=True)
class CoverageAxis:
    """One condition that pictures are told apart by. `n_field`, `n_benchmark`: labelled frames and
    pictures for which it is known."""

    key: str
    n_field: int
    n_benchmark: int
    cells: tuple[CoverageCell, ...]
    shortcuts: tuple[Shortcut, ...]


@dataclass(frozen=True, slots=True)
class Coverage:
    """`n_field` labelled frames, `n_benchmark` pictures; `holes`: how many cells the field shows
    and the benchmark never does."""

    n_field: int
    n_benchmark: int
    holes: int
    axes: tuple[CoverageAxis, ...]


@dataclass(frozen=True, slots=True)
class CoverageSide:
    """One side of the comparison: `classes`, (n, K) bool, who shows which class; `values`, (n, V)
    bool, which condition holds; `units`, (n,) int, what may be called independent: the clip of a
    frame, each benchmark picture for itself."""

    classes: NDArray[np.bool_]
    values: NDArray[np.bool_]
    units: NDArray[np.int64]

    @property
    def n_known(self) -> int:
        """For how many it is known."""
        return int(self.values.any(axis=1).sum())


def compute_coverage_axis(
    key: str,
    classes: Sequence[str],
    values: Sequence[str],
    field: CoverageSide,
    benchmark: CoverageSide,
) -> CoverageAxis | None:
    """Counts of every cell that occurs on a side; None where neither side knows anything of it. A
    side that knows the condition of no picture says nothing, also not that a cell is empty."""
    if not (field.n_known or benchmark.n_known):
        return None
    in_field, shown = _count_cells(field), _count_cells(benchmark)
    of_class, of_value = shown.sum(axis=1), shown.sum(axis=0)
    expected = np.outer(of_class, of_value) / max(1, int(shown.sum()))
    cells = tuple(
        CoverageCell(
            classes[k], values[v], int(in_field[k, v]), int(shown[k,
            v]) if benchmark.n_known else None,
            float(expected[k, v]) if benchmark.n_known else nan,
        )
        for k, v in np.argwhere(
            (in_field > 0) | ((shown == 0) & (expected >= EXPECTED)) | (shown > 0)
        ).tolist()
    )  # fmt: skip
    sides: tuple[tuple[On, CoverageSide], ...] = (("benchmark", benchmark), ("field", field))
    shortcuts = tuple(
        shortcut
        for set_name, side in sides
        for shortcut in _find_shortcuts(set_name, side, classes, values)
    )
    return CoverageAxis(key, field.n_known, benchmark.n_known, cells, shortcuts)


def _count_cells(side: CoverageSide) -> NDArray[np.int64]:
    """(K, V) pictures that show the class under the value."""
    return side.classes.T.astype(np.int64) @ side.values.astype(np.int64)


def _find_shortcuts(
    set_name: On, side: CoverageSide, classes: Sequence[str], values: Sequence[str]
) -> list[Shortcut]:
    """Classes all of whose pictures share a value that most others lack: likelier than chance, so
    the value may give the class away."""
    has_value = side.values.any(axis=1)
    result = []
    for k, name in enumerate(classes):
        mine, others = has_value & side.classes[:, k], has_value & ~side.classes[:, k]
        if not (mine.any() and others.any()):
            continue
        n = np.unique(side.units[mine]).size
        for v in np.flatnonzero(side.values[mine].all(axis=0)).tolist():
            if side.values[others, v].mean() ** n <= CHANCE:
                result.append(Shortcut(name, values[v], set_name, n))
    return result


NAMED = ("condition", "camera", "location", "tag")
"""Facets set by a person. Of a benchmark image: its tags and the folders it is in."""
# six hours each, from 22, 4, 10 and 16 o'clock on the clock of the recorder
DAYTIMES = ("night", "morning", "afternoon", "evening")
SEASONS = ("dec_feb", "mar_may", "jun_aug", "sep_nov")


@dataclass(frozen=True, slots=True)
class _CoverageSides:
    """Rows of the labelled frames and of the benchmark pictures among the columns, and what both
    may show."""

    items: Items
    columns: FrameColumns
    field: NDArray[np.int64]
    benchmark: NDArray[np.int64]
    classes: tuple[str, ...]
    image_figures: NDArray[np.float64]

    def build_axis(
        self,
        key: str,
        values: Sequence[str],
        of_field: NDArray[np.bool_],
        of_benchmark: NDArray[np.bool_],
    ) -> CoverageAxis | None:
        """`of_field`, `of_benchmark`: (rows, V) bool of all rows."""
        shown, clip = (
            _build_membership(self.items.facets["class"], len(self.items)),
            _build_codes(self.items.facets["clip"], len(self.items)),
        )
        field = CoverageSide(shown[self.field], of_field[self.field], clip[self.field])
        benchmark = CoverageSide(
            shown[self.benchmark], of_benchmark[self.benchmark], self.benchmark
        )
        return compute_coverage_axis(key, self.classes, values, field, benchmark)


def compute_coverage(project: Project) -> Coverage | None:
    """None without a benchmark or without a labelled frame."""
    benchmark = project.read(benchmarks_table.get_benchmark)
    if benchmark is None:
        return None
    sides = _load_sides(project, benchmark)
    if not sides.field.size:
        return None
    axes = tuple(
        axis
        for axis in (*_build_named_axes(sides), *_build_measured_axes(sides))
        if axis is not None
    )
    holes = sum(cell.is_hole for axis in axes for cell in axis.cells)
    return Coverage(sides.field.size, sides.benchmark.size, holes, axes)


def _load_sides(project: Project, benchmark: Benchmark) -> _CoverageSides:
    items, columns = load_items(project)
    shown = np.zeros(len(items), np.bool_)
    shown[items.facets["class"].rows] = True
    image_figures = np.full((len(items), len(FIGURES)), np.nan)
    benchmark_images = measure_benchmark_images(project, benchmark, NullProgress())
    for row in range(items.n_frames, len(items)):
        figures = benchmark_images.get(get_benchmark_path(items.subjects[row]))
        if figures is not None:
            image_figures[row] = figures
    of_frames = np.arange(len(items)) < items.n_frames
    return _CoverageSides(
        items, columns, np.flatnonzero(shown & of_frames), np.flatnonzero(shown & ~of_frames),
        items.facets["class"].names, image_figures
    )  # fmt: skip


def _build_named_axes(sides: _CoverageSides) -> Iterator[CoverageAxis | None]:
    items = sides.items
    words = {row: _get_path_words(items, row) for row in sides.benchmark.tolist()}
    axis_words = {
        _normalize_name(name)
        for name in (*sides.classes, *(name for key in NAMED for name in items.facets[key].names))
    }
    # a folder that is no class says what its pictures share
    own_words = tuple(sorted(frozenset().union(*words.values()) - axis_words))
    for key in NAMED:
        names, membership = (
            items.facets[key].names,
            _build_membership(items.facets[key], len(items)),
        )
        if key == "tag":
            names, membership = (
                (*names, *own_words),
                np.pad(membership, ((0, 0), (0, len(own_words)))),
            )
        for row, own in words.items():
            membership[row] |= np.array([_normalize_name(name) in own for name in names], np.bool_)
        yield sides.build_axis(key, names, membership, membership)


def _build_measured_axes(sides: _CoverageSides) -> Iterator[CoverageAxis | None]:
    """Light as both sides' pictures show it, the time of day and the season by their clocks."""
    n, columns = sides.items.n_frames, sides.columns
    mean, contrast, clipped, hour, month = sides.image_figures.T.copy()
    for column, name in ((mean, "mean"), (contrast, "contrast"), (clipped, "clipped_high")):
        column[:n] = columns.figures[name]
    # Whether a picture is lit from behind was not kept of the benchmark, so it is asked of neither.
    light = np.where(
        np.isfinite(mean), group_by_light(mean, contrast, clipped, np.zeros(mean.size)), -1
    )
    codes = _build_codes(sides.items.facets["hour"], len(sides.items))[:n]
    hour[:n] = np.where(codes >= 0, codes, np.nan)
    month[:n] = [
        datetime.fromtimestamp(second, UTC).month if second == second else np.nan
        for second in sides.items.figures["time"][:n]
    ]
    for key, values, code in (
        ("light", LIGHTS, light),
        ("daytime", DAYTIMES, np.where(np.isfinite(hour), (np.nan_to_num(hour) + 2) % 24 // 6, -1)),
        ("season", SEASONS, np.where(np.isfinite(month), np.nan_to_num(month) % 12 // 3, -1)),
    ):
        member = code[:, None] == np.arange(len(values))
        yield sides.build_axis(key, values, member, member)


def _get_path_words(items: Items, row: int) -> frozenset[str]:
    """What the folders of a benchmark picture say of it; its tags stand in their own column."""
    return frozenset(
        map(_normalize_name, PurePosixPath(get_benchmark_path(items.subjects[row])).parts[:-1])
    ) | frozenset(map(_normalize_name, _get_values(items.facets["tag"], row)))


def _normalize_name(name: str) -> str:
    return name.strip().lower().replace(" ", "_").replace("-", "_")


def _get_values(facet: Facet, row: int) -> list[str]:
    first, last = np.searchsorted(facet.rows, [row, row + 1])
    return [facet.names[code] for code in facet.codes[first:last].tolist()]


def _build_membership(facet: Facet, n: int) -> NDArray[np.bool_]:
    """(n, values) bool."""
    result = np.zeros((n, len(facet.names)), np.bool_)
    result[facet.rows, facet.codes] = True
    return result


def _build_codes(facet: Facet, n: int) -> NDArray[np.int64]:
    """(n,) index of each row's one value, -1 without one."""
    result = np.full(n, -1, np.int64)
    result[facet.rows] = facet.codes
    return result


# Coverage of conditions on the page: which classes the field shows under what, where the benchmark
# has no picture, possible
# shortcuts.

MOST_ROWS = 40


def build_coverage_section(result: Coverage | None) -> Section:
    """The cells without a benchmark picture first, then what each side does not say."""
    title = tr("Coverage of conditions")
    if result is None:
        sentence = tr("Not measured. Requires a benchmark and labelled frames.")
        return Section("coverage", title, title, (Paragraph(sentence, quiet=True),))
    blocks: list[Block] = [Paragraph(_summarize_missing_cells(result))]
    if result.holes:
        blocks.append(_build_missing_cell_table(result))
    missed = [
        describe_missing_cell(axis, cell.class_name, cell.value, cell.expected)
        for axis in result.axes
        for cell in axis.cells
        if cell.is_missed
    ]
    blocks += [Paragraph(line) for line in missed]
    leaning = [
        describe_shortcut(axis, shortcut) for axis in result.axes for shortcut in axis.shortcuts
    ]
    if leaning:
        blocks += [Heading(tr("Possible shortcuts")), *(Paragraph(line) for line in leaning)]
    blocks += [Paragraph(line, quiet=True) for line in _list_unknown_conditions(result)]
    return Section("coverage", title, title, tuple(blocks))


def get_axis_name(key: str) -> str:
    """Name of an axis: what pictures are told apart by."""
    own = {"daytime": tr("Time of day"), "season": tr("Season")}
    return own.get(key) or get_facet_name(key)


def get_value_name(key: str, value: str) -> str:
    """A value in words; a name that somebody gave stands for itself."""
    own = {
        "night": tr("22:00–3:59"),
        "morning": tr("4:00–9:59"),
        "afternoon": tr("10:00–15:59"),
        "evening": tr("16:00–21:59"),
        "dec_feb": tr("December to February"),
        "mar_may": tr("March to May"),
        "jun_aug": tr("June to August"),
        "sep_nov": tr("September to November"),
    }
    return (
        own.get(value, value) if key in ("daytime", "season") else get_facet_value_name(key, value)
    )


def describe_missing_cell(axis: CoverageAxis, class_name: str, value: str, expected: float) -> str:
    """A cell that the benchmark itself lacks, though class and condition are both common in it."""
    sentence = tr("{cell}: 0 benchmark images, about {n} expected.")
    return sentence.format(
        cell=f"{class_name} × {get_value_name(axis.key, value)}", n=round(expected)
    )


def describe_shortcut(axis: CoverageAxis, shortcut: Shortcut) -> str:
    """A class under one condition only, as a possibility: the model may have learned the condition
    in its place."""
    words = {
        "name": shortcut.class_name,
        "value": get_value_name(axis.key, shortcut.value),
        "axis": get_axis_name(axis.key),
        "n": shortcut.n,
    }
    if shortcut.on == "benchmark":
        first = tr_plural(
            "{name} only occurs under “{value}” in the benchmark ({axis}, {n} image).",
            "{name} only occurs under “{value}” in the benchmark ({axis}, {n} images).",
            shortcut.n,
        )
    else:
        first = tr_plural(
            "{name} only occurs under “{value}” in the field ({axis}, {n} clip).",
            "{name} only occurs under “{value}” in the field ({axis}, {n} clips).",
            shortcut.n,
        )
    return f"{first.format(**words)} {tr('The model may rely on it as a shortcut.')}"


def _summarize_missing_cells(coverage: Coverage) -> str:
    if not coverage.holes:
        return tr(
            "Every labelled combination of class and condition also occurs in the benchmark, "
            "as far as its conditions are known."
        )
    return tr_plural(
        "{n} combination of class and condition occurs in the field but not in the benchmark.",
        "{n} combinations of class and condition occur in the field but not in the benchmark.",
        coverage.holes,
        n=coverage.holes,
    )


def _build_missing_cell_table(coverage: Coverage) -> Table:
    cells = [(axis, cell) for axis in coverage.axes for cell in axis.cells if cell.is_hole]
    cells.sort(key=lambda cell: -cell[1].field)
    heads = (
        Cell(tr("Class × condition"), head=True),
        Cell(tr("grouped by")),
        Cell(tr("field frames"), figure=True),
        Cell(tr("benchmark images"), figure=True),
    )
    rows = tuple(
        (
            Cell(f"{cell.class_name} × {get_value_name(axis.key, cell.value)}", head=True),
            Cell(get_axis_name(axis.key)),
            Cell(str(cell.field), figure=True),
            Cell("0", figure=True),
        )
        for axis, cell in cells[:MOST_ROWS]
    )
    more = len(cells) - len(rows)
    caption = (
        tr("Missing from the benchmark")
        if not more
        else tr("Missing from the benchmark: {n} most frequent of {all}")
    )
    return Table(caption.format(n=len(rows), all=len(cells)), heads, rows)


def _list_unknown_conditions(coverage: Coverage) -> list[str]:
    """What a side does not say, so that an empty cell is not taken for a covered one."""
    lines = []
    for axis in coverage.axes:
        if not axis.n_benchmark:
            sentence = tr("{axis}: not recorded for the benchmark images, coverage unknown.")
            lines.append(sentence.format(axis=get_axis_name(axis.key)))
        elif axis.n_benchmark < coverage.n_benchmark or axis.n_field < coverage.n_field:
            sentence = tr(
                "{axis}: known for {benchmark} of {pictures} benchmark images and {field} of "
                "{frames} labelled frames."
            )
            n = {
                "benchmark": axis.n_benchmark,
                "pictures": coverage.n_benchmark,
                "field": axis.n_field,
                "frames": coverage.n_field,
            }
            lines.append(sentence.format(axis=get_axis_name(axis.key), **n))
    return lines


ANALYSIS: Analysis[Coverage] = Analysis(
    key="coverage", result=Coverage, compute=compute_coverage, section=build_coverage_section
)

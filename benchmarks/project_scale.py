"""The grid of the whole list, as Pick and as Explore show it: open and paint the first page,
filter, sort – with 200,000 frames and with 1,000. Explore's rows begin at the project's own
database and its own filters."""

from __future__ import annotations

import os
import random
import tempfile
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from benchmarks.row import Row, of_rounds, row
from fieldcheck.analyses.item_columns import load_first_page, load_items
from fieldcheck.domain.frame import FrameFacts, ListedFrame, Quality, make_frame_id
from fieldcheck.domain.items import Filter, filter_order, find_matching_rows
from fieldcheck.domain.recording import Clip, Recording
from fieldcheck.project.folder import create_project
from fieldcheck.project.project import Project
from fieldcheck.project.tables import frames as frames_table
from fieldcheck.project.tables import recordings as recordings_table
from fieldcheck.ui.screens.explore.items import LazySubjectNames, compute_orders

if TYPE_CHECKING:
    from sqlite_utils import Database

BAR = 2.0
MANY, FEW = 200_000, 1_000
OTHER_IS = f"the same with {FEW:,} frames, seconds"
SMALL_MANY = 2_000


def rows(smoke: bool) -> list[Row]:
    """Three rows: seconds with many frames against seconds with few, in turn in the same run."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    many, runs = (SMALL_MANY, 1) if smoke else (MANY, 9)
    grid = Grid()
    lists = {n: [f"r{frame:07d}-{frame * 15:06d}" for frame in range(n)] for n in (many, FEW)}
    shuffled = {n: random.Random(1).sample(names, len(names)) for n, names in lists.items()}
    filtered = {
        n: [name for index, name in enumerate(names) if index % 2] for n, names in lists.items()
    }
    table = []
    for work, lists_by_size in (("open", lists), ("filter", filtered), ("sort", shuffled)):
        table.append(
            scaled(
                work,
                partial(grid.paint, lists_by_size[many]),
                partial(grid.paint, lists_by_size[FEW]),
                runs,
            )
        )
    table += explore(grid, many, runs)
    grid.close()
    return table


def explore(grid: Grid, many: int, runs: int) -> list[Row]:
    """The same three for Explore: the first page out of the database, one light, the sharpest
    first."""
    with (
        tempfile.TemporaryDirectory() as folder,
        made_up(Path(folder) / "m.fieldcheck", many) as big,
        made_up(Path(folder) / "f.fieldcheck", FEW) as small,
    ):
        columns = {project: load_items(project)[0] for project in (big, small)}
        orders = {project: compute_orders(items) for project, items in columns.items()}

        def opened(project: Project) -> float:
            return grid.paint_of(lambda: load_first_page(project))

        def filtered(project: Project) -> float:
            items = columns[project]
            one_light = Filter().with_values("light", "dark").with_range("brightness", 0, 45)
            return grid.paint_of(
                lambda: LazySubjectNames(
                    items.subjects,
                    np.flatnonzero(find_matching_rows(items, one_light)).astype(np.int32),
                )
            )

        def sorted_(project: Project) -> float:
            items = columns[project]
            return grid.paint_of(
                lambda: LazySubjectNames(
                    items.subjects,
                    filter_order(
                        orders[project]["sharpness", False], find_matching_rows(items, Filter())
                    ),
                )
            )

        works = (("explore open", opened), ("explore filter", filtered), ("explore sort", sorted_))
        return [
            scaled(work_name, partial(work, big), partial(work, small), runs)
            for work_name, work in works
        ]


def made_up(path: Path, n: int) -> Project:
    """A project with one recording of `n` listed frames and no footage behind them."""
    rng, project = np.random.default_rng(0), create_project(path)
    recording = Recording(
        "r", "video", "r.avi", "recordings/r", "", "left", "hall", "", ("dark",), 2, 2, 64, 48,
        n / 2, n, closed=True,
    )  # fmt: skip
    frames = [
        ListedFrame(make_frame_id("r", index), "r", index, index / 2, "r.avi", 64, 48, "")
        for index in range(n)
    ]
    levels = rng.uniform(0, 255, (n, 7)).tolist()
    facts = [
        FrameFacts(frame.frame_id, Quality(*row), index, index, np.zeros(16, np.float32))
        for index, (frame, row) in enumerate(zip(frames, levels, strict=True))
    ]

    def fill(db: Database) -> None:
        recordings_table.put_recording(db, recording)
        recordings_table.put_clips(db, [Clip("r.0", "r", 0, 0.0, "left", "hall", ("dark",))])
        frames_table.insert_frames(db, frames, facts)

    project.write(fill).result()
    return project


def scaled(work_name: str, many: Callable[[], float], few: Callable[[], float], runs: int) -> Row:
    """The row of one work, by what it says itself that it took, after one warm-up each."""
    many()
    few()
    medians = of_rounds([(many(), few(), few()) for _ in range(runs)])
    return row(
        f"project_scale {work_name}",
        medians.ours,
        medians.other,
        OTHER_IS,
        BAR,
        "<=",
        runs,
        floor=medians.floor,
    )


class Grid:
    """The product's own grid at its usual size; pictures are there already, as from the cache."""

    def __init__(self) -> None:
        from PySide6.QtCore import QSize
        from PySide6.QtGui import QColor, QImage

        from fieldcheck.ui import theme
        from fieldcheck.ui.app import create_application
        from fieldcheck.ui.theme import Theme
        from fieldcheck.ui.widgets.thumbnail_grid import ThumbnailGrid

        self._app, window_theme = create_application(), Theme()
        theme.apply_theme(self._app, window_theme)
        self._grid = ThumbnailGrid(window_theme, "Frames", QSize(102, 58))
        self._grid.resize(848, 474)
        self._grid.show()
        self._image = QImage(320, 180, QImage.Format.Format_RGB32)
        self._image.fill(QColor("#806040"))

    def paint(self, names: Sequence[str]) -> float:
        """Seconds from the list to the first page on the screen, with its pictures."""
        from fieldcheck.ui.widgets.thumbnail_grid import Tile

        def tile(index: int) -> Tile:
            return Tile(names[index], str(index), "0:41", f"Frame {index}")

        self._grid.show_rows((), tile)
        began = time.perf_counter()
        self._grid.show_rows(names, tile)
        self._grid.show_images(
            {names[index]: self._image for index in self._grid.list_visible_rows()}
        )
        self._grid.viewport().grab()
        return time.perf_counter() - began

    def paint_of(self, find: Callable[[], Sequence[str]]) -> float:
        """The same, with the time that it takes to find the list."""
        began = time.perf_counter()
        names = find()
        return time.perf_counter() - began + self.paint(names)

    def close(self) -> None:
        """Lets go of the window."""
        self._grid.close()
        self._grid.deleteLater()

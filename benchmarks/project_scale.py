"""Pick's grid of the whole list: open and paint the first page, only one clip, in another order – with 200,000 frames and with 1,000."""

from __future__ import annotations

import os
import random
import statistics
import time
from collections.abc import Callable, Sequence
from functools import partial

from benchmarks.row import Row, row

BAR = 2.0
MANY, FEW = 200_000, 1_000
SMALL_MANY = 2_000


def rows(smoke: bool) -> list[Row]:
    """Three rows: seconds with many frames against seconds with few, in turn in the same run."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    many, runs = (SMALL_MANY, 1) if smoke else (MANY, 9)
    grid = Grid()
    lists = {n: [f"r{frame:07d}-{frame * 15:06d}" for frame in range(n)] for n in (many, FEW)}
    shuffled = {n: random.Random(1).sample(names, len(names)) for n, names in lists.items()}
    filtered = {n: [name for at, name in enumerate(names) if at % 2] for n, names in lists.items()}
    found = []
    for what, given in (("open", lists), ("filter", filtered), ("sort", shuffled)):
        ours, other = in_turn(partial(grid.paint, given[many]), partial(grid.paint, given[FEW]), runs)
        found.append(row(f"project_scale {what}", ours, other, f"the same with {FEW:,} frames, seconds", BAR, "<=", runs))
    grid.close()
    return found


def in_turn(ours: Callable[[], float], other: Callable[[], float], runs: int) -> tuple[float, float]:
    """Medians of what both say they took, after one warm-up each."""
    ours()
    other()
    taken = [(ours(), other()) for _ in range(runs)]
    return statistics.median(one for one, _ in taken), statistics.median(one for _, one in taken)


class Grid:
    """The product's own grid at its usual size; pictures are there already, as from the cache."""

    def __init__(self) -> None:
        from PySide6.QtCore import QSize
        from PySide6.QtGui import QColor, QImage

        from fieldcheck.ui.app import application
        from fieldcheck.ui.look import theme
        from fieldcheck.ui.look.theme import Look
        from fieldcheck.ui.widgets.picture_grid import PictureGrid

        self._app, look = application(), Look()
        theme.put_on(self._app, look)
        self._grid = PictureGrid(look, "Frames", QSize(102, 58))
        self._grid.resize(848, 474)
        self._grid.show()
        self._image = QImage(320, 180, QImage.Format.Format_RGB32)
        self._image.fill(QColor("#806040"))

    def paint(self, names: Sequence[str]) -> float:
        """Seconds from the list to the first page on the screen, with its pictures."""
        from fieldcheck.ui.widgets.picture_grid import Tile

        def tile(at: int) -> Tile:
            return Tile(names[at], str(at), "0:41", f"Frame {at}")

        self._grid.show_rows((), tile)
        began = time.perf_counter()
        self._grid.show_rows(names, tile)
        self._grid.show_pictures({names[at]: self._image for at in self._grid.rows_in_view()})
        self._grid.viewport().grab()
        return time.perf_counter() - began

    def close(self) -> None:
        """Lets go of the window."""
        self._grid.close()
        self._grid.deleteLater()

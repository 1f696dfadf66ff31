"""Similarity map: scatter plot of frames over benchmark images, with a lasso for the mouse and a
ring for the keys."""

from __future__ import annotations

from collections.abc import Callable
from math import cos, pi, sin
from typing import TYPE_CHECKING

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QFrame, QSizePolicy, QWidget

from fieldcheck.domain.items import Filter
from fieldcheck.i18n.language import tr, tr_plural
from fieldcheck.stats.similarity import find_points_inside
from fieldcheck.ui.job_widgets import JobStrip
from fieldcheck.ui.lazy_import import LazyModule
from fieldcheck.ui.screens.explore.gallery import FrameGalleryPresenter
from fieldcheck.ui.screens.explore.items import ItemStore
from fieldcheck.ui.shell.shortcuts import Actions
from fieldcheck.ui.theme import Theme
from fieldcheck.ui.widgets.layouts import make_column, make_label

if TYPE_CHECKING:
    from fieldcheck.analyses import similar_items
    from fieldcheck.analyses.similar_items import ScatterLayout, SimilarityIndex
    from fieldcheck.domain import items as filtering
else:
    filtering = LazyModule("fieldcheck.domain.items")
    similar_items = LazyModule("fieldcheck.analyses.similar_items")

# Scatter plot of field and benchmark, with the points inside a lasso.


class SimilarityMapPresenter:
    """Vectors are made when the map is first looked at."""

    def __init__(
        self,
        view: SimilarityMapView,
        shelf: ItemStore,
        frames: FrameGalleryPresenter,
        open_frames: Callable[[Filter], None],
    ) -> None:
        self._view, self._shelf, self._frames, self._open = view, shelf, frames, open_frames
        self._found: ScatterLayout | None = None

    def on_project_changed(self) -> None:
        """Another project is open."""
        self._found = None
        self._view.show_points(np.zeros((0, 2), np.float32), 0, np.zeros(0, np.bool_))
        self._view.show_legend("", described=False)

    def show(self) -> None:
        """The points as they are; the first time, once their vectors are there."""
        if self._found is None:
            self._view.show_legend(tr("Computing similarity …"), described=False)
            self._frames.with_embeddings(self._on_embeddings_ready)
        else:
            self._show_points()

    def open_points(self, places: NDArray[np.int64]) -> None:
        """Selected points, (k,) places that were drawn round, are shown as frames."""
        if self._found is not None:
            self._open(
                Filter().with_subjects(
                    tuple(self._found.subjects[index] for index in places.tolist())
                )
            )

    def _on_embeddings_ready(self, similarity_index: SimilarityIndex) -> None:
        self._found = similar_items.compute_scatter_layout(similarity_index)
        self._show_points()

    def _show_points(self) -> None:
        scatter_layout, items = self._found, self._shelf.items
        if scatter_layout is None or items is None:
            return

        wrong = filtering.find_rows_with_value(items, "right", ("wrong",))
        marked = np.array(
            [
                wrong[self._shelf.row[name]] if name in self._shelf.row else False
                for name in scatter_layout.subjects
            ],
            np.bool_,
        )
        self._view.show_points(scatter_layout.points, scatter_layout.n_frames, marked)
        self._view.show_legend(format_legend(scatter_layout))


def format_legend(scatter_layout: ScatterLayout) -> str:
    """Legend of the map: what the marks are and what likeness rests on."""
    frames = tr_plural(
        "Circles: {n} field frame.", "Circles: {n} field frames.", scatter_layout.n_frames
    ).format(n=scatter_layout.n_frames)
    n = len(scatter_layout.subjects) - scatter_layout.n_frames
    squares = tr_plural(
        "Squares: {n} benchmark image.", "Squares: {n} benchmark images.", n
    ).format(n=n)
    text = (
        tr("Layout by model embeddings.")
        if scatter_layout.of_model
        else tr("Layout by image statistics: this model has no embeddings.")
    )
    return " ".join((frames, squares, tr("Triangles: wrong predictions."), text))


pg.setConfigOptions(imageAxisOrder="row-major", antialias=True)

MOST_DRAWN = 20_000  # of either kind; more would only darken what is dark already
STEP, GROW = 0.03, 1.25
MOVES: dict[int, tuple[int, int]] = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, 1),
    Qt.Key.Key_Down: (0, -1),
}
CORNERS = 40


class ScatterPlot(pg.GraphicsLayoutWidget):
    """`points_selected(places)`: (k,) which of the points the lasso or the ring holds. Arrows move
    the ring, + and − size it, Enter takes."""

    points_selected = Signal(object)

    def __init__(self, theme: Theme, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme, self._points = theme, np.zeros((0, 2), np.float32)
        self._lasso: list[tuple[float, float]] = []
        self._centre, self._radius = (0.0, 0.0), 1.0
        self.setAccessibleName(name)
        self.setBackground(theme.tokens.panel)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(theme.metrics.scale_px(200), theme.metrics.scale_px(120))
        self.box = pg.ViewBox(enableMouse=False, enableMenu=False)
        self.addItem(self.box)
        tokens = theme.tokens
        self._benchmark = pg.ScatterPlotItem(
            size=6, symbol="s", pen=pg.mkPen(None), brush=pg.mkBrush(tokens.disabled)
        )
        self._frames = pg.ScatterPlotItem(
            size=7, symbol="o", pen=pg.mkPen(tokens.panel, width=1), brush=pg.mkBrush(tokens.accent)
        )
        self._wrong = pg.ScatterPlotItem(
            size=11, symbol="t", pen=pg.mkPen(tokens.text, width=1.5), brush=pg.mkBrush(None)
        )
        self._line = pg.PlotCurveItem(
            pen=pg.mkPen(tokens.text, width=2, style=Qt.PenStyle.DashLine)
        )
        self._ring = pg.PlotCurveItem(pen=pg.mkPen(tokens.focus, width=2))
        for item in (self._benchmark, self._frames, self._wrong, self._line, self._ring):
            self.box.addItem(item)

    def show_points(
        self, points: NDArray[np.float32], n_frames: int, wrong: NDArray[np.bool_]
    ) -> None:
        """`points`: (n, 2), frames first; `wrong`: (n,) which get a triangle round them."""
        self._points = points
        frames, benchmark = np.arange(n_frames), np.arange(n_frames, len(points))
        for item, rows in (
            (self._frames, frames),
            (self._benchmark, benchmark),
            (self._wrong, np.flatnonzero(wrong)),
        ):
            shown = rows[:: max(1, -(-len(rows) // MOST_DRAWN))]
            item.setData(points[shown, 0].astype(float), points[shown, 1].astype(float))
        if len(points):
            low, high = points.min(axis=0), points.max(axis=0)
            self._centre = tuple(((low + high) / 2).tolist())
            self._radius = float(max(high - low)) / 12 or 1.0
            self.box.setRange(
                xRange=(float(low[0]), float(high[0])),
                yRange=(float(low[1]), float(high[1])),
                padding=0.06,
            )
        self._show_ring()

    def find_points_in_ring(self) -> NDArray[np.int64]:
        """Points that the ring holds, (k,) places."""
        return np.flatnonzero(np.hypot(*(self._points - np.array(self._centre)).T) <= self._radius)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = event.key()
        if key in MOVES and not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
            (x_low, x_high), (y_low, y_high) = self.box.viewRange()
            dx, dy = MOVES[key]
            self._centre = (
                self._centre[0] + dx * STEP * (x_high - x_low),
                self._centre[1] + dy * STEP * (y_high - y_low),
            )
            self._show_ring()
        elif key in (Qt.Key.Key_Plus, Qt.Key.Key_Minus):
            self._radius *= GROW if key == Qt.Key.Key_Plus else 1 / GROW
            self._show_ring()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._emit_points(self.find_points_in_ring())
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.setFocus()
        self._lasso = [self._map_to_plot(event)]

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._lasso:
            self._lasso.append(self._map_to_plot(event))
            self._line.setData(*np.array(self._lasso).T)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        lasso, self._lasso = self._lasso, []
        self._line.setData([], [])
        if len(lasso) > 2:
            self._emit_points(
                np.flatnonzero(find_points_inside(self._points, np.array(lasso, np.float32)))
            )

    def _emit_points(self, places: NDArray[np.int64]) -> None:
        if places.size:
            self.points_selected.emit(places)

    def _map_to_plot(self, event: QMouseEvent) -> tuple[float, float]:
        point = self.box.mapSceneToView(self.mapToScene(event.position().toPoint()))
        return point.x(), point.y()

    def _show_ring(self) -> None:
        angles = [2 * pi * index / CORNERS for index in range(CORNERS + 1)]
        x, y = self._centre
        self._ring.setData(
            [x + self._radius * cos(angle) for angle in angles],
            [y + self._radius * sin(angle) for angle in angles],
        )
        self._ring.setVisible(len(self._points) > 0)


class SimilarityMapView(QWidget):
    """Lays out; what is shown comes from the presenter."""

    def __init__(self, theme: Theme, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.strip = JobStrip(theme)
        self.cloud = ScatterPlot(theme, tr("Field and benchmark by similarity"))
        self.key = make_label(size="caption", tone="quiet", wrap=True)
        self.how = make_label(size="caption", tone="quiet", wrap=True)
        self.how.setText(
            tr(
                "Select points by drawing around them with the mouse, or move the ring with "
                "the arrow keys (+ and − "
                "to resize) and press Enter."
            )
        )
        inside = make_column(theme, gap=6, parent=self)
        for part in (self.strip, self.key):
            inside.addWidget(part)
        inside.addWidget(self.cloud, 1)
        inside.addWidget(self.how)

    def show_points(
        self, points: NDArray[np.float32], n_frames: int, wrong: NDArray[np.bool_]
    ) -> None:
        """`points`: (n, 2), frames first; `wrong`: (n,) which get a triangle round them."""
        self.cloud.show_points(points, n_frames, wrong)

    def show_legend(self, text: str, described: bool = True) -> None:
        """Shows the legend; `described`: a screen reader says it of the points too."""
        self.key.setText(text)
        if described:
            self.cloud.setAccessibleDescription(text)

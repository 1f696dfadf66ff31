"""Similarity map: scatter plot of frames over benchmark images, with a lasso for the mouse and a
ring for the keys."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from math import cos, pi, sin
from typing import TYPE_CHECKING, Any

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPoint, Qt, Signal
from PySide6.QtGui import QCursor, QImage, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QFrame, QSizePolicy, QWidget

from fieldcheck.analyses.names_and_numbers import get_facet_value_name
from fieldcheck.domain.items import Filter
from fieldcheck.i18n.language import tr, tr_plural
from fieldcheck.i18n.numbers import format_number
from fieldcheck.stats.similarity import find_points_inside
from fieldcheck.ui.job_widgets import JobStrip
from fieldcheck.ui.lazy_import import LazyModule
from fieldcheck.ui.qt_types import get_box_layout, require_value
from fieldcheck.ui.screens.explore import items as captions
from fieldcheck.ui.screens.explore.gallery import FrameGalleryPresenter
from fieldcheck.ui.screens.explore.items import ItemStore
from fieldcheck.ui.shell.shortcuts import Actions
from fieldcheck.ui.theme import Theme
from fieldcheck.ui.widgets.buttons import Chip
from fieldcheck.ui.widgets.choice_buttons import ChipButton
from fieldcheck.ui.widgets.images_and_zoom import ImageView
from fieldcheck.ui.widgets.layouts import (
    FlowLayout,
    clear_layout,
    make_card,
    make_column,
    make_label,
)
from fieldcheck.ui.widgets.pages import PageStack, Placeholder

if TYPE_CHECKING:
    from fieldcheck.domain import items as filtering
    from fieldcheck.models import embeddings
    from fieldcheck.models.embeddings import ScatterLayout, SimilarityIndex
else:
    filtering = LazyModule("fieldcheck.domain.items")
    embeddings = LazyModule("fieldcheck.models.embeddings")

# Scatter plot of field and benchmark, with the points inside a lasso.


class SimilarityMapPresenter:
    """Vectors are made when the map is first looked at. Layers and colours are kept while other
    parts are shown."""

    def __init__(
        self,
        view: SimilarityMapView,
        shelf: ItemStore,
        frames: FrameGalleryPresenter,
        open_frames: Callable[[Filter], None],
    ) -> None:
        self._view, self._shelf, self._frames, self._open = view, shelf, frames, open_frames
        self._scatter: ScatterLayout | None = None
        self._hovered = -1

    def on_project_changed(self) -> None:
        """Another project is open."""
        self._scatter = None
        self._view.show_points(np.zeros((0, 2), np.float32), 0, np.zeros(0, np.bool_))
        self._view.show_legend("", described=False)

    def show(self) -> None:
        """The points as they are; the first time, once their vectors are there."""
        if self._scatter is None:
            self._view.show_loading(tr("Computing similarity …"))
            self._frames.with_embeddings(self._on_embeddings_ready, self._on_embeddings_ended)
        else:
            self._show_points()

    def open_points(self, positions: NDArray[np.int64]) -> None:
        """Selected points, (k,) places that were drawn round, are shown as frames."""
        if self._scatter is not None:
            self._open(
                Filter().with_subjects(
                    tuple(self._scatter.subjects[index] for index in positions.tolist())
                )
            )

    def _on_embeddings_ready(self, similarity_index: SimilarityIndex) -> None:
        self._scatter = embeddings.compute_scatter_layout(similarity_index)
        self._show_points()

    def _on_embeddings_ended(self) -> None:
        """It failed, was cancelled, or may not be worked out here."""
        if self._scatter is None:
            self._view.show_failed(tr("The map was not computed."))

    def _show_points(self) -> None:
        scatter_layout, items = self._scatter, self._shelf.items
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
        n = len(scatter_layout.subjects)
        counts = (scatter_layout.n_frames, n - scatter_layout.n_frames, int(marked.sum()))
        self._view.show_counts(dict(zip(LAYERS, counts, strict=True)))
        self.show_colours(self._view.get_colouring())

    def show_colours(self, facet: str) -> None:
        """Colours the points by a facet, or by none for an empty one."""
        scatter_layout, items = self._scatter, self._shelf.items
        if scatter_layout is None or items is None or not facet:
            self._view.show_colours(None, ())
            return
        rows = np.array([self._shelf.row.get(name, -1) for name in scatter_layout.subjects])
        names, codes = items.facets[facet].names, np.full(len(rows), -1, np.int32)
        for code, name in enumerate(names):
            inside = filtering.find_rows_with_value(items, facet, (name,))
            codes[(rows >= 0) & inside[rows]] = code
        value_names = tuple(get_facet_value_name(facet, name, items.clip_names) for name in names)
        self._view.show_colours(codes, value_names)

    def hover_point(self, position: int) -> None:
        """The thumbnail of the point under the pointer, or none for −1."""
        self._hovered = position
        if self._scatter is None or position < 0:
            self._view.show_thumbnail(None, "")
            return
        subject = self._scatter.subjects[position]
        self._frames.read_thumbnail(subject, partial(self._on_thumbnail_read, position))

    def _on_thumbnail_read(self, position: int, image: QImage | None) -> None:
        items, scatter = self._shelf.items, self._scatter
        if position != self._hovered or items is None or scatter is None:
            return
        row = self._shelf.row.get(scatter.subjects[position])
        tile = captions.build_tile(items, row) if row is not None else None
        text = f"{tile.first} {tile.second}".strip() if tile is not None else ""
        self._view.show_thumbnail(image, text)


def format_legend(scatter_layout: ScatterLayout) -> str:
    """Legend of the map: what the marks are and what likeness rests on."""
    frames = tr_plural(
        "Circles: {n} field frame.",
        "Circles: {n} field frames.",
        scatter_layout.n_frames,
        n=scatter_layout.n_frames,
    )
    n = len(scatter_layout.subjects) - scatter_layout.n_frames
    squares = tr_plural("Squares: {n} benchmark image.", "Squares: {n} benchmark images.", n, n=n)
    text = (
        tr("Layout by model embeddings.")
        if scatter_layout.of_model
        else tr("Layout by image statistics: this model has no embeddings.")
    )
    return " ".join((frames, squares, tr("Triangles: wrong predictions."), text))


pg.setConfigOptions(imageAxisOrder="row-major", antialias=True)

LAYERS = ("frames", "benchmark", "wrong")
COLOURINGS = ("", "class", "light", "right")
"""Facets that points are coloured by; empty: by set."""
NEAR = 10  # pixels between the pointer and a point
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
    the ring, + and − size it, Enter takes. `point_hovered(place)`: the point under the pointer,
    −1 for none."""

    points_selected, point_hovered = Signal(object), Signal(int)

    def __init__(self, theme: Theme, name: str) -> None:
        super().__init__()
        self._theme, self._points = theme, np.zeros((0, 2), np.float32)
        self._lasso: list[tuple[float, float]] = []
        self._n_frames, self._hovered = 0, -1
        self._layers = dict.fromkeys(LAYERS, True)
        self._codes: NDArray[np.int32] | None = None
        self._centre, self._radius = (0.0, 0.0), 1.0
        self.setAccessibleName(name)
        self.setBackground(theme.tokens.panel)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(theme.metrics.scale_px(200), theme.metrics.scale_px(120))
        self.setMouseTracking(True)
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
        self._points, self._n_frames, self._wrong_at = points, n_frames, np.flatnonzero(wrong)
        self._codes = None
        self._draw_points()
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

    def show_layers(self, layers: Mapping[str, bool]) -> None:
        """Which of frames, benchmark and marks of errors are shown."""
        self._layers = dict(layers)
        for name, item in self._list_items():
            item.setVisible(self._layers[name])

    def show_colours(self, codes: NDArray[np.int32] | None) -> None:
        """(n,) place of each point's value among the colours, −1 for none; None: by set."""
        self._codes = codes
        self._draw_points()

    def _list_items(self) -> list[tuple[str, pg.ScatterPlotItem]]:
        return list(zip(LAYERS, (self._frames, self._benchmark, self._wrong), strict=True))

    def _draw_points(self) -> None:
        n, frames = len(self._points), self._n_frames
        rows_of = (np.arange(frames), np.arange(frames, n), self._wrong_at)
        for (name, item), rows in zip(self._list_items(), rows_of, strict=True):
            shown = rows[:: max(1, -(-len(rows) // MOST_DRAWN))]
            x, y = self._points[shown, 0].astype(float), self._points[shown, 1].astype(float)
            item.setData(x, y)
            if name != "wrong":
                item.setBrush(self._make_brushes(name, shown))

    def _make_brushes(self, layer: str, rows: NDArray[np.int64]) -> Any:
        tokens = self._theme.tokens
        if self._codes is None:
            return pg.mkBrush(tokens.accent if layer == "frames" else tokens.disabled)
        colours = [pg.mkBrush(colour) for colour in tokens.classes]
        none = pg.mkBrush(tokens.hairline)
        return [
            colours[code % len(colours)] if code >= 0 else none
            for code in self._codes[rows].tolist()
        ]

    def find_point(self, position: QPoint) -> int:
        """Place of the visible point under a position of the widget, −1 for none."""
        if not len(self._points):
            return -1
        point = self.box.mapSceneToView(self.mapToScene(position))
        wide, high = self.box.viewPixelSize()
        away = np.hypot(
            (self._points[:, 0] - point.x()) / wide, (self._points[:, 1] - point.y()) / high
        )
        is_frame = np.arange(len(away)) < self._n_frames
        away[is_frame & (not self._layers["frames"])] = np.inf
        away[~is_frame & (not self._layers["benchmark"])] = np.inf
        nearest = int(away.argmin())
        return nearest if away[nearest] <= self._theme.metrics.scale_px(NEAR) else -1

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
            return
        self._hover(self.find_point(event.position().toPoint()))

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._hover(-1)

    def _hover(self, position: int) -> None:
        if position != self._hovered:
            self._hovered = position
            self.point_hovered.emit(position)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        lasso, self._lasso = self._lasso, []
        self._line.setData([], [])
        if len(lasso) > 2:
            self._emit_points(
                np.flatnonzero(find_points_inside(self._points, np.array(lasso, np.float32)))
            )

    def _emit_points(self, positions: NDArray[np.int64]) -> None:
        if positions.size:
            self.points_selected.emit(positions)

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


OUTLINE = (
    (0, 0, 1, 1),
    *(
        (0.1 + 0.8 * (0.7549 * i % 1), 0.1 + 0.8 * (0.5698 * i % 1), 0.011, 0.022)
        for i in range(60)
    ),
)


class SimilarityMapView(QWidget):
    """Lays out; what is shown comes from the presenter. `colouring_chosen(facet)`: points are to be
    coloured by it, empty for none."""

    colouring_chosen = Signal(str)

    def __init__(self, theme: Theme, actions: Actions) -> None:
        super().__init__()
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
        self.layers = {code: ChipButton(theme, get_layer_name(code)) for code in LAYERS}
        for chip in self.layers.values():
            chip.setChecked(True)
            chip.clicked.connect(self._show_layers)
        self.colourings = {code: ChipButton(theme, get_colouring_name(code)) for code in COLOURINGS}
        for code, chip in self.colourings.items():
            chip.clicked.connect(partial(self.choose_colouring, code))
        self.colourings[""].setChecked(True)
        chips = QWidget()
        flow = FlowLayout(theme.metrics.scale_px(2), chips)
        for chip in self.layers.values():
            flow.addWidget(chip)
        flow.addWidget(make_label(f"   {tr('Colour by')}", tone="quiet"))
        for chip in self.colourings.values():
            flow.addWidget(chip)
        self._theme = theme
        self.legend = QWidget()
        self._legend = FlowLayout(theme.metrics.scale_px(6), self.legend)
        self.thumbnail = Thumbnail(theme, self.cloud)
        inside = make_column(theme, self.strip, chips, self.legend, gap=6, parent=self)
        self.card, self.placeholder = make_card(theme), Placeholder(theme, OUTLINE)
        get_box_layout(self.card).addWidget(self.cloud, 1)
        self.pages = PageStack(self.card, self.placeholder)
        inside.addWidget(self.pages, 1)
        inside.addWidget(self.key)
        inside.addWidget(self.how)
        self.legend.hide()

    def show_points(
        self, points: NDArray[np.float32], n_frames: int, wrong: NDArray[np.bool_]
    ) -> None:
        """`points`: (n, 2), frames first; `wrong`: (n,) which get a triangle round them."""
        self._turn_to(self.card)
        self.cloud.show_points(points, n_frames, wrong)

    def show_loading(self, sentence: str) -> None:
        """The points are being worked out: the outline of their card."""
        self.show_legend("", described=False)
        self.placeholder.show_loading(sentence)
        self._turn_to(self.placeholder)

    def show_failed(self, sentence: str) -> None:
        """There are no points, which can be asked for again."""
        self.placeholder.show_failed(sentence)
        self._turn_to(self.placeholder)

    def _turn_to(self, page: QWidget) -> None:
        """Points or outline; the keys stay here."""
        had = self.cloud.hasFocus() or self.placeholder.hasFocus()
        self.pages.show_page(page)
        if had:
            (self.cloud if page is self.card else page).setFocus(Qt.FocusReason.OtherFocusReason)

    def show_legend(self, text: str, described: bool = True) -> None:
        """Shows the legend; `described`: a screen reader says it of the points too."""
        self.key.setText(text)
        if described:
            self.cloud.setAccessibleDescription(text)

    def show_counts(self, counts: Mapping[str, int]) -> None:
        """How many points each layer has."""
        for code, chip in self.layers.items():
            chip.set_label(f"{get_layer_name(code)} {format_number(counts[code])}")

    def choose_colouring(self, code: str, _checked: bool = True) -> None:
        """Colours by this from now on."""
        for name, chip in self.colourings.items():
            chip.setChecked(name == code)
        self.colouring_chosen.emit(code)

    def get_colouring(self) -> str:
        """The facet that is chosen, empty for none."""
        return next((code for code, chip in self.colourings.items() if chip.isChecked()), "")

    def show_colours(self, codes: NDArray[np.int32] | None, names: Sequence[str]) -> None:
        """(n,) place of each point's value among the names, each with its colour above the map."""
        self.cloud.show_colours(codes)
        clear_layout(self._legend)
        colours = self._theme.tokens.classes
        for index, name in enumerate(names[: len(colours)]):
            self._legend.addWidget(Chip(self._theme, name, colour=colours[index]))
        self.legend.setVisible(bool(names))

    def show_thumbnail(self, image: QImage | None, text: str) -> None:
        """The frame of the point under the pointer, beside it; None: no longer."""
        self.thumbnail.show_image(image, text)

    def _show_layers(self) -> None:
        self.cloud.show_layers({code: chip.isChecked() for code, chip in self.layers.items()})


def get_layer_name(code: str) -> str:
    """One of the layers of the map."""
    return {"frames": tr("Field"), "benchmark": tr("Benchmark"), "wrong": tr("Errors")}[code]


def get_colouring_name(code: str) -> str:
    """What points are coloured by."""
    return {
        "": tr("Dataset"),
        "class": tr("Class"),
        "light": tr("Light"),
        "right": tr("Correct or wrong"),
    }[code]


SIZE, AWAY = (160, 90), 14  # pixels of a thumbnail; between it and the pointer


class Thumbnail(QFrame):
    """A small picture with its words beside the pointer, within its parent. It takes no click."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._px = theme.metrics.scale_px
        self.setProperty("popover", True)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.still = ImageView(theme, tr("Frame under the pointer"))
        self.still.setFixedSize(self._px(SIZE[0]), self._px(SIZE[1]))
        self.text = make_label(size="caption")
        self.text.setProperty("elides", True)
        column = make_column(theme, self.still, self.text, gap=4, parent=self)
        column.setContentsMargins(*[self._px(6)] * 4)
        self.hide()

    def show_image(self, image: QImage | None, text: str) -> None:
        """Another frame where the pointer is; None hides it."""
        self.setVisible(image is not None)
        if image is None:
            return
        self.still.show_image(image, text)
        self.text.setText(text)
        self.adjustSize()
        parent = require_value(self.parentWidget())
        point = parent.mapFromGlobal(QCursor.pos()) + QPoint(self._px(AWAY), self._px(AWAY))
        self.move(
            max(0, min(point.x(), parent.width() - self.width())),
            max(0, min(point.y(), parent.height() - self.height())),
        )
        self.raise_()

"""Where the model fails: confusion matrix, classes and slices, beside them the frames behind the
chosen cell, class or slice, and their presenter."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QModelIndex, QSize, Qt, Signal
from PySide6.QtGui import QImage
from PySide6.QtWidgets import (
    QAbstractItemView,
    QBoxLayout,
    QFrame,
    QHBoxLayout,
    QHeaderView,
    QSizePolicy,
    QTableView,
    QWidget,
)

from fieldcheck.analyses.names_and_numbers import get_slice_value_name
from fieldcheck.domain.items import FACETS, Filter
from fieldcheck.i18n.language import capitalise, tr, tr_plural
from fieldcheck.i18n.numbers import format_number
from fieldcheck.ui.context import Context
from fieldcheck.ui.qt_types import get_box_layout
from fieldcheck.ui.screens.explore import items as captions
from fieldcheck.ui.screens.explore.confusion_view import ConfusionView
from fieldcheck.ui.screens.explore.gallery import FrameGalleryPresenter
from fieldcheck.ui.screens.explore.gallery_view import (
    SLICE,
    FrameImages,
    FramePictures,
    make_more_button,
)
from fieldcheck.ui.screens.explore.items import ItemStore, read_thumbnails
from fieldcheck.ui.screens.explore.tables_and_charts import (
    RANGE,
    RIGHT,
    ClassTableModel,
    N,
    RangeDelegate,
)
from fieldcheck.ui.shell.shortcuts import Actions
from fieldcheck.ui.theme import LARGE, Theme
from fieldcheck.ui.widgets.buttons import KeyButton
from fieldcheck.ui.widgets.layouts import (
    make_card,
    make_column,
    make_label,
    make_row,
    make_rule,
    set_tone,
)
from fieldcheck.ui.widgets.pages import Block, BodyStates, PageStack, Placeholder
from fieldcheck.ui.widgets.thumbnail_grid import ThumbnailGrid, Tile

LONG_NAME = 24  # letters; a longer one takes more lines

if TYPE_CHECKING:
    from fieldcheck.domain.report import ScoreRow
    from fieldcheck.report.explore_data import ExploreData, SliceLine
    from fieldcheck.ui.screens.explore.gallery_view import FrameImages

TILE = QSize(119, 67)
ROW, SCALE = 30, 110
SHARES, SHARES_COMPACT = (560, 586), (560, 440)  # of the two cards
OUTLINE: tuple[Block, ...] = ((0, 0, 0.488, 1), (0.502, 0, 0.498, 1))


def describe_missing_part(part: str) -> str:
    """Why there is nothing in one of `confusion`, `classes` and `slices`, and what brings it."""
    if part == "confusion":
        return tr(
            "No confusion matrix for this project. It needs labelled frames, and a model that "
            "gives one class per frame. The grid shows the errors of every model."
        )
    if part == "classes":
        return tr(
            "No scores by class for this project. They need labelled frames, and a model that "
            "gives one class per frame. The grid shows the errors of every model."
        )
    return tr(
        "No slices with labelled frames yet. Tag frames in the grid, or save a filter there as a "
        "slice."
    )


class FramesOfCell(QFrame):
    """The frames behind a cell or a row, the most confident first, and the one that is looked at.
    `frame_chosen(id)`, `frame_opened(id)`, `images_requested(ids)`."""

    frame_chosen, frame_opened = Signal(str), Signal(str)
    images_requested = Signal(object)

    def __init__(self, theme: Theme, actions: Actions) -> None:
        super().__init__()
        self.setProperty("card", True)
        self.title = make_label(size="heading", bold=True, wrap=True)
        self.count = make_label(tone="quiet")
        self.order = make_label(tr("Most confident first"), tone="quiet")
        self.grid = ThumbnailGrid(
            theme,
            tr("Frames of the selection, most confident first"),
            TILE * (theme.metrics.percent / 100),
            plain=True,
        )
        self.grid.setMinimumHeight(theme.metrics.scale_px(96))
        self.pictures = FramePictures(theme, in_row=True)
        self.label, self.prediction, self.confidence = (make_label(bold=True) for _ in range(3))
        self.facts = QWidget()
        self.open_frame = KeyButton(theme, tr("Open frame"), role="link")
        self.more = make_more_button(theme, actions)
        self._names: list[QWidget] = []
        facts = QHBoxLayout(self.facts)
        facts.setContentsMargins(0, 0, 0, 0)
        facts.setSpacing(theme.metrics.scale_px(8))
        for name, value in (
            (capitalise(tr("label")), self.label),
            (tr("Prediction"), self.prediction),
            (tr("Confidence"), self.confidence),
        ):
            facts.addWidget(make_label(name, tone="quiet"))
            facts.addWidget(value)
            facts.addSpacing(theme.metrics.scale_px(16))
        facts.addStretch(1)
        pad = theme.metrics.scale_px(16)
        column = make_column(
            theme,
            make_row(theme, (self.title, 1), self.count, self.order, gap=12),
            (self.grid, 3),
            make_rule(),
            (self.pictures, 3),
            self.facts,
            make_row(theme, self.more, (QWidget(), 1), self.open_frame),
            gap=12,
            parent=self,
        )
        column.setContentsMargins(pad, pad, pad, pad)
        self.grid.frame_chosen.connect(self.frame_chosen)
        self.grid.frame_opened.connect(self.frame_opened)
        self.grid.images_requested.connect(self.images_requested)
        self.open_frame.clicked.connect(
            lambda: self.frame_opened.emit(self.grid.get_current_subject())
        )

    def show_frames(self, title: str, tiles: Sequence[Tile]) -> None:
        """Other frames."""
        n = len(tiles)
        self.title.setText(title)
        self.count.setText(tr_plural("{n} frame", "{n} frames", n, n=n) if title else "")
        self.order.setVisible(bool(tiles))
        self.grid.show_tiles(tiles)
        if not tiles:
            self.show_frame(None, "", ("", "", ""))

    def show_frame(
        self,
        images: FrameImages | None,
        title: str,
        facts: tuple[str, str, str],
        wrong: bool = False,
    ) -> None:
        """The frame that is looked at: its pictures, and label, prediction and confidence."""
        set_tone(self.prediction, "alarm" if wrong else "")
        self.pictures.show_images(images, title, title)
        for shown, text in zip((self.label, self.prediction, self.confidence), facts, strict=True):
            shown.setText(text)
            shown.setWordWrap(len(text) > LONG_NAME)
        self.facts.setVisible(any(facts))
        self.open_frame.setVisible(any(facts))

    def set_compact(self, compact: bool) -> None:
        """Without the pictures' captions, where there is little room."""
        self.pictures.setVisible(not compact)


class BreakdownView(QWidget, BodyStates):
    """`cell_chosen(label, prediction)`, `class_chosen(name)` and `slice_chosen(key, value)` name
    the frames that are to be shown beside."""

    cell_chosen, class_chosen = Signal(str, str), Signal(str)
    slice_chosen = Signal(str, str)

    def __init__(self, theme: Theme, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme, self._actions = theme, actions
        self._slices: tuple[SliceLine, ...] = ()
        self._part, self._has_figures = "confusion", False
        self.confusion = ConfusionView(theme)
        self.classes = ClassTableModel(self)
        self.slices = ClassTableModel(self, tr("Slice"))
        self.class_table = self._make_table(self.classes, tr("Recall by class"))
        self.slice_table = self._make_table(self.slices, tr("Score by slice"))
        self.pages = PageStack(self.confusion, self.class_table, self.slice_table)
        self.card = make_card(theme)
        pad = theme.metrics.scale_px(16)
        inside = get_box_layout(self.card)
        inside.setContentsMargins(pad, pad, pad, pad)
        inside.addWidget(self.pages)
        self.frames = FramesOfCell(theme, actions)
        large = theme.metrics.percent >= LARGE  # beside each other neither would have room
        directions = QBoxLayout.Direction
        self._body, self.placeholder = QWidget(), Placeholder(theme, OUTLINE)
        self._whole = PageStack(self._body, self.placeholder)
        make_column(theme, (self._whole, 1), parent=self)
        self._line = line = QBoxLayout(
            directions.TopToBottom if large else directions.LeftToRight, self._body
        )
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(pad)
        line.addWidget(self.card, SHARES[0])
        line.addWidget(self.frames, SHARES[1])
        self.confusion.table.cell_chosen.connect(self.cell_chosen)
        self.class_table.selectionModel().currentChanged.connect(self._choose_class)
        self.slice_table.selectionModel().currentChanged.connect(self._choose_slice)

    def show_figures(self, explore_data: ExploreData) -> None:
        """All three as they are now."""
        self._slices = explore_data.slices
        self.confusion.show_counts(explore_data.confusion)
        metric = explore_data.metric
        recall = tr("Recall") if metric else ""
        self._show_rows(self.class_table, self.classes, explore_data.classes, recall)
        lines = [line.line for line in explore_data.slices]
        self._show_rows(self.slice_table, self.slices, lines, metric)
        self._has_figures = True
        self._show_body()

    def show_empty(self, text: str) -> None:
        """There are no figures: what is missing. What brings it is the action of the header."""
        self._show_placeholder()
        self.placeholder.show_empty(text, ())

    def _show_placeholder(self) -> None:
        self._has_figures = False
        self._whole.show_page(self.placeholder)

    def _show_body(self) -> None:
        """The part that was turned to; where there is nothing in it, why."""
        if not self._has_figures:
            return
        models = {"confusion": self.confusion.table.counts, "classes": self.classes}
        if models.get(self._part, self.slices).rowCount():
            self._whole.show_page(self._body)
            return
        action = self._actions.get_action("explore.grid")
        key = self._actions.get_key_text("explore.grid")
        button = KeyButton(self._theme, action.text(), key).bind_action(action)
        self.placeholder.show_empty(describe_missing_part(self._part), (button,))
        self._whole.show_page(self.placeholder)

    def show_images(self, pictures: Mapping[str, QImage]) -> None:
        """Small pictures that have come."""
        self.frames.grid.show_images(pictures)

    def show_part(self, part: str) -> QWidget:
        """One of `confusion`, `classes` and `slices`. Returns what takes the keys."""
        shown: dict[str, tuple[QWidget, QTableView]] = {
            "confusion": (self.confusion, self.confusion.table),
            "classes": (self.class_table, self.class_table),
            "slices": (self.slice_table, self.slice_table),
        }
        page, table = shown[part]
        self.pages.show_page(page)
        self._part = part
        self._show_body()
        return table if self._whole.current_page is self._body else self.placeholder

    def choose_current(self, part: str) -> None:
        """The frames of the cell or the row that is looked at are asked for again."""
        if part == "confusion":
            index, counts = self.confusion.table.currentIndex(), self.confusion.table.counts
            if index.isValid() and index.column() < counts.rowCount():
                self.cell_chosen.emit(*counts.get_cell_names(index.row(), index.column()))
        elif part == "classes":
            self._choose_class(self.class_table.currentIndex())
        else:
            self._choose_slice(self.slice_table.currentIndex())

    def set_compact(self, compact: bool) -> None:
        """In narrow windows."""
        self.frames.set_compact(compact)
        for index, share in enumerate(SHARES_COMPACT if compact else SHARES):
            self._line.setStretch(index, share)

    def _show_rows(
        self, table: QTableView, model: ClassTableModel, rows: Sequence[ScoreRow], score: str
    ) -> None:
        row = max(0, table.currentIndex().row())
        model.show_lines(rows, score)
        if rows:
            table.setCurrentIndex(model.index(min(row, len(rows) - 1), 0))

    def _choose_class(self, index: QModelIndex) -> None:
        if index.isValid() and self.pages.current_page is self.class_table:
            self.class_chosen.emit(self.classes.get_score_row(index.row()).name)

    def _choose_slice(self, index: QModelIndex) -> None:
        if index.isValid() and self.pages.current_page is self.slice_table:
            slice_row = self._slices[index.row()]
            self.slice_chosen.emit(slice_row.key, slice_row.value)

    def _make_table(self, model: ClassTableModel, name: str) -> QTableView:
        table, px = QTableView(), self._theme.metrics.scale_px
        table.setModel(model)
        table.setAccessibleName(name)
        table.setFrameShape(QFrame.Shape.NoFrame)
        table.setProperty("bare", True)
        table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setTabKeyNavigation(False)
        table.setCornerButtonEnabled(False)
        table.verticalHeader().hide()
        table.verticalHeader().setDefaultSectionSize(px(ROW))
        table.setShowGrid(False)
        table.setItemDelegateForColumn(RANGE, RangeDelegate(self._theme, model, self))
        heads = table.horizontalHeader()
        heads.setHighlightSections(False)
        heads.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        for index in (N, RIGHT):
            heads.setSectionResizeMode(index, QHeaderView.ResizeMode.ResizeToContents)
        heads.setSectionResizeMode(RANGE, QHeaderView.ResizeMode.Fixed)
        heads.resizeSection(RANGE, px(SCALE))
        table.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        table.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        return table


NOTHING = "–"


class BreakdownPresenter:
    """`wanted`: the filter of the cell or the row that is looked at, None before any is."""

    def __init__(
        self, context: Context, view: BreakdownView, shelf: ItemStore, frames: FrameGalleryPresenter
    ) -> None:
        self._context, self._view, self._shelf, self._frames = context, view, shelf, frames
        self.wanted: Filter | None = None
        self._looked_at = ""

    def show_view(self, view: str) -> None:
        """The frames of what is looked at in this view, because items or view changed."""
        if view == "grid":
            self.wanted = None
            self._frames.offer_more(self._frames.wanted)
        else:
            self._frames.offer_more(None)
            self._view.choose_current(view)

    def show_cell(self, truth: str, answer: str) -> None:
        """The frames of a cell of the confusion matrix."""
        wanted = (
            Filter()
            .with_values("set", "field")
            .with_values("class", truth)
            .with_values("prediction", answer)
        )
        self._show(wanted, f"{truth} → {answer}", small=True)

    def show_class(self, name: str) -> None:
        """The labelled frames of a class."""
        wanted = Filter().with_values("set", "field").with_values("class", name)
        self._show(wanted, name)

    def show_slice(self, key: str, value: str) -> None:
        """The labelled frames of a slice."""
        saved = next(
            (slice_row.wanted for slice_row in self._shelf.slices if slice_row.name == value), None
        )
        wanted = saved if key == SLICE and saved is not None else Filter()
        if key in FACETS:
            wanted = wanted.with_values(key, value)
        items = self._shelf.items
        names = items.clip_names if items is not None else {}
        title = get_slice_value_name(key, value, names)
        self._show(wanted.with_values("set", "field"), title)

    def choose_frame(self, subject: str) -> None:
        """A frame of them is looked at."""
        self._looked_at = subject
        items, row = self._shelf.items, self._shelf.row.get(subject)
        if items is None or row is None:
            self._view.frames.show_frame(None, "", ("", "", ""))
            return
        self._frames.read_images(subject, partial(self._on_images_read, subject))

    def load_thumbnails(self, subjects: Sequence[str]) -> None:
        """Small pictures of the frames that came into view."""
        reading = self._context.current.query(
            self._view, lambda project: read_thumbnails(project, subjects)
        )
        reading.on_success(self._view.show_images)

    def _show(self, wanted: Filter, title: str, small: bool = False) -> None:
        items, self.wanted = self._shelf.items, wanted
        if items is None:
            return
        tiles = [
            captions.build_small_tile(items, row, shared=small)
            for row in self._frames.list_matching(wanted)
        ]
        self._view.frames.show_frames(title, tiles)
        self._frames.offer_more(wanted)
        if tiles:
            self.choose_frame(self._view.frames.grid.get_current_subject())

    def _on_images_read(self, subject: str, images: FrameImages) -> None:
        items, row = self._shelf.items, self._shelf.row.get(subject)
        if subject != self._looked_at or items is None or row is None:
            return
        sure = captions.get_figure(items, "confidence", row)
        facts = (
            ", ".join(captions.list_facet_values(items, "class", row)) or NOTHING,
            ", ".join(captions.list_facet_values(items, "prediction", row)) or NOTHING,
            format_number(sure, 2) if sure is not None else NOTHING,
        )
        clip = ", ".join(captions.list_facet_values(items, "clip", row))
        number = subject.rpartition("-")[2].lstrip("0") or "0"
        title = tr("Frame {n} · {clip}", n=number, clip=clip) if clip else subject
        self._view.frames.show_frame(images, title, facts, captions.is_wrong(items, row))

"""View of the frame gallery: filters and order above the grid, and the selected frame beside it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Literal

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QAbstractItemView, QFrame, QHBoxLayout, QLabel, QLineEdit, QWidget

from fieldcheck.analyses.names_and_numbers import (
    get_facet_name,
    get_facet_value_name,
    get_figure_name,
)
from fieldcheck.domain.items import FACETS, Filter
from fieldcheck.i18n.language import tr, tr_plural
from fieldcheck.i18n.numbers import format_number
from fieldcheck.ui.job_widgets import JobStrip
from fieldcheck.ui.jobs import Job
from fieldcheck.ui.qt_types import get_box_layout
from fieldcheck.ui.shell.shortcuts import Actions
from fieldcheck.ui.theme import Theme
from fieldcheck.ui.widgets.buttons import KeyButton
from fieldcheck.ui.widgets.combo_box import ComboBox
from fieldcheck.ui.widgets.file_dialogs import choose_folder
from fieldcheck.ui.widgets.image_view import ImagePair, ImageView
from fieldcheck.ui.widgets.layouts import (
    FlowLayout,
    delete_widget,
    make_card,
    make_column,
    make_label,
    make_scroll_area,
)
from fieldcheck.ui.widgets.text_lines import FixedLinesLabel
from fieldcheck.ui.widgets.thumbnail_grid import ThumbnailGrid

FocusTarget = Literal["filter", "name", "tags", "grid"]
SLICE, NOTHING = "slice", ""
RANGES: dict[str, tuple[tuple[float, float], ...]] = {
    "confidence": ((0.0, 0.6), (0.6, 0.9), (0.9, 1.0)),
    "label_confidence": ((0.0, 0.1), (0.1, 0.5), (0.5, 1.0)),
    "box_cells": ((0.0, 1.0), (1.0, 2.0), (2.0, 4.0), (4.0, float("inf"))),
    "box_side": ((0.0, 8.0), (8.0, 16.0), (16.0, 32.0), (32.0, float("inf"))),
}
"""Ranges that a figure is filtered by: shares, cells of the model's finest stride, pixels."""
ORDERS = (
    "",
    "confidence-",
    "confidence",
    "label_confidence",
    "time",
    "time-",
    "brightness",
    "sharpness",
    "noise_level-",
    "box_cells",
)
"""A figure, falling where a minus stands behind it; empty: list order."""


class FilterBar(QWidget):
    """`filter_added(facet, value)` puts one more value in, `filter_replaced(facet, before, value)`
    another one in its place, `filter_removed(facet, value)` takes a chip away,
    `order_changed(code)` is another order, `slice_named` a name under which the filter shall be
    saved."""

    filter_added = Signal(str, str)
    filter_replaced = Signal(str, str, str)
    filter_removed = Signal(str, str)
    order_changed = Signal(str)
    slice_named = Signal(str)

    def __init__(self, theme: Theme, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme, self._actions = theme, actions
        self._values_of: Callable[[str], list[tuple[str, str]]] = _list_no_values
        self.facet = ComboBox(theme, tr("Filter field"), [(NOTHING, tr("Add filter…"))])
        self.value = ComboBox(theme, tr("Filter value"), [(NOTHING, tr("all"))])
        self.order = ComboBox(
            theme, tr("Sort order"), [(code, get_order_name(code)) for code in ORDERS]
        )
        self.name = QLineEdit()
        self.name.setPlaceholderText(tr("Slice name"))
        self.name.setAccessibleName(tr("Name of the slice"))
        self.name.setFixedWidth(theme.metrics.scale_px(170))
        self.count = make_label(tone="quiet")
        self.chips = QWidget()
        self._flow = FlowLayout(theme.metrics.scale_px(6), self.chips)
        self._shown: list[KeyButton] = []
        self._value_of = ("", "")  # the facet and the value that its list shows
        self._there: list[tuple[str, str]] = []
        self.tools = [
            KeyButton(theme, text, actions.get_key_text(key)).bind_action(actions.get_action(key))
            for key, text in (
                ("explore.compare", tr("Compare")),
                ("explore.alike", tr("Show similar")),
                ("explore.export", tr("Export frames…")),
            )
        ]
        for tool in self.tools:
            self._flow.addWidget(tool)
        lists = QWidget()
        flow = FlowLayout(theme.metrics.scale_px(8), lists)
        for widget in (self.facet, self.value, self.order, self.name, self.count):
            flow.addWidget(widget)
        make_column(theme, lists, self.chips, gap=6, parent=self)
        self.facet.currentIndexChanged.connect(self._on_facet_chosen)
        self.value.activated.connect(self._on_value_chosen)
        self.order.currentIndexChanged.connect(
            lambda _at: self.order_changed.emit(self.order.chosen_code)
        )
        self.name.returnPressed.connect(lambda: self.slice_named.emit(self.name.text()))

    def set_filter_options(
        self, codes: Sequence[str], values_of: Callable[[str], list[tuple[str, str]]]
    ) -> None:
        """Offers the filters: facets and figures, and for the one that is open pairs of a value and
        how it is said. The choice that is open stays."""
        self._values_of = values_of
        now = self.facet.chosen_code
        before = self.facet.blockSignals(True)
        self.facet.clear()
        self.facet.addItem(tr("Add filter…"), NOTHING)
        for code in codes:
            self.facet.addItem(get_filter_name(code), code)
        self.facet.blockSignals(before)
        self.facet.select_code(now)
        self._on_facet_chosen()

    def show_filter(
        self, wanted: Filter, order: str, n: int, clip_names: Mapping[str, str]
    ) -> None:
        """The chips of a filter, the order, and how many frames that leaves."""
        for chip in self._shown:
            self._flow.removeWidget(chip)
            delete_widget(chip)
        self._shown = []
        self._there = [(facet, value) for facet, values in wanted.chosen for value in values]
        self._there += [(figure, f"{low}:{high}") for figure, low, high in wanted.between]
        self._show_chosen_value()
        for code, value, text in list_chips(wanted, clip_names):
            chip = KeyButton(self._theme, f"{text} ✕")
            chip.setAccessibleName(tr("Remove filter: {what}").format(what=text))
            chip.clicked.connect(
                lambda _on=False, code=code, value=value: self.filter_removed.emit(code, value)
            )
            self._flow.addWidget(chip)
            self._shown.append(chip)
        self.order.select_code(order)
        self.count.setText(
            tr_plural("{n} frame", "{n} frames", n).format(n=f"{n:,}".replace(",", "\u202f"))
        )
        self.updateGeometry()

    @property
    def slice_name(self) -> str:
        """The name that a slice shall have."""
        return self.name.text()

    def clear_slice_name(self) -> None:
        """It is saved."""
        self.name.clear()

    def _on_facet_chosen(self, _at: int = 0) -> None:
        before = self.value.blockSignals(True)
        self.value.clear()
        self.value.addItem(tr("choose") if self.facet.chosen_code else tr("all"), NOTHING)
        for value, text in (
            self._values_of(self.facet.chosen_code) if self.facet.chosen_code else ()
        ):
            self.value.addItem(text, value)
        self.value.setEnabled(bool(self.facet.chosen_code))
        self.value.blockSignals(before)
        self._show_chosen_value()

    def _show_chosen_value(self) -> None:
        """The list shows what was chosen in it, as long as that is asked for."""
        code = self.facet.chosen_code
        if self._value_of[0] != code or (code != SLICE and self._value_of not in self._there):
            self._value_of = (
                code,
                next((value for facet, value in self._there if facet == code), NOTHING),
            )
        self.value.select_code(self._value_of[1])

    def _on_value_chosen(self, _at: int) -> None:
        """Arrows go from value to value, so each takes the place of the one before; a value from
        the open list comes on top."""
        code, value, (get_values, before) = (
            self.facet.chosen_code,
            self.value.chosen_code,
            self._value_of,
        )
        listed, self.value.opened = self.value.opened, False
        if not code or (get_values, before) == (code, value):
            return
        self._value_of = (code, value)
        if get_values == code and before and not listed:
            self.filter_replaced.emit(code, before, value) if value else self.filter_removed.emit(
                code, before
            )
        elif value:
            self.filter_added.emit(code, value)


def _list_no_values(_code: str) -> list[tuple[str, str]]:
    return []


def get_filter_name(code: str) -> str:
    """A facet, a figure, or the saved slices."""
    if code == SLICE:
        return tr("Saved slice")
    return get_facet_name(code) if code in FACETS else get_figure_name(code)


def get_order_name(code: str) -> str:
    """An order in words."""
    if not code:
        return tr("Original order")
    if code == "confidence-":
        return tr("Highest confidence first")
    if code == "confidence":
        return tr("Lowest confidence first")
    if code == "time-":
        return tr("Newest first")
    return tr("By {figure}").format(figure=get_figure_name(code.removesuffix("-")))


def format_range(figure: str, low: float, high: float) -> str:
    """A range in words."""
    digits = 2 if figure in ("confidence", "label_confidence") else 0
    if high == float("inf"):
        return tr("from {low}").format(low=format_number(low, digits))
    return tr("{low} to {high}").format(
        low=format_number(low, digits), high=format_number(high, digits)
    )


def list_chips(wanted: Filter, clip_names: Mapping[str, str]) -> Sequence[tuple[str, str, str]]:
    """Each chip: facet or figure, value, and both in words; `clip_names`: what clips are called, by
    their ids."""
    chips = [
        (facet, value, f"{get_facet_name(facet)}: {get_facet_value_name(facet, value, clip_names)}")
        for facet, values in wanted.chosen
        for value in values
    ]
    chips += [
        (figure, "", f"{get_figure_name(figure)}: {format_range(figure, low, high)}")
        for figure, low, high in wanted.between
    ]
    if wanted.subjects:
        n = len(wanted.subjects)
        chips.append(
            ("subjects", "", tr_plural("{n} selected frame", "{n} selected frames", n).format(n=n))
        )
    return chips


# Frames and benchmark pictures as a grid: what is asked for above it, the one that is looked at
# beside it.

MOST_FACTS = 9
WIDE, COMPACT, NAME, NAME_COMPACT = 310, 276, 104, 84


class SelectedFramePanel(QWidget):
    """`tags_entered(names)` says which tags the frame shall have, separated by commas."""

    tags_entered = Signal(str)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        frame: QFrame = make_card(theme)
        whole = QHBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(frame)
        inside = get_box_layout(frame)
        inside.setSpacing(theme.metrics.scale_px(4))
        self.still = ImageView(theme, tr("Selected frame"))
        self.other = ImageView(theme, tr("Most similar benchmark image"))
        self.under = make_label(size="caption", tone="quiet", wrap=True)
        inside.addWidget(ImagePair(theme, self.still, self.other), 1)
        inside.addWidget(self.under)
        facts_area = QWidget()
        lines = make_column(theme, gap=2, parent=facts_area)
        self.facts: list[tuple[QLabel, FixedLinesLabel]] = []
        for _ in range(MOST_FACTS):
            name, fixed_lines_label = (
                make_label(size="caption", tone="quiet", wrap=True),
                FixedLinesLabel(size="caption"),
            )
            line = QHBoxLayout()
            line.setSpacing(theme.metrics.scale_px(6))
            line.addWidget(name, 0, Qt.AlignmentFlag.AlignTop)
            line.addWidget(fixed_lines_label, 1)
            lines.addLayout(line)
            self.facts.append((name, fixed_lines_label))
        lines.addStretch(1)
        scroll_area = make_scroll_area(facts_area)
        scroll_area.setMinimumHeight(theme.metrics.scale_px(40))
        inside.addWidget(scroll_area, 2)
        self.tags = QLineEdit()
        self.tags.setAccessibleName(tr("Tags of selected frames"))
        self.tags.setPlaceholderText(tr("Tags"))
        self.tags.returnPressed.connect(lambda: self.tags_entered.emit(self.tags.text()))
        inside.addWidget(self.tags)
        self.show_comparison(None, "")

    def show_facts(self, facts: Sequence[tuple[str, str]], tags: Sequence[str]) -> None:
        """Shows the facts of the frame; its picture comes later."""
        lines = [*facts[:MOST_FACTS], *[("", "")] * (MOST_FACTS - len(facts))]
        for (name, value), (name_shown, shown) in zip(lines, self.facts, strict=True):
            name_shown.setText(name)
            shown.set_text(value)
            name_shown.setVisible(bool(name))
            shown.setVisible(bool(name))
        if not self.tags.hasFocus():
            self.tags.setText(", ".join(tags))

    def show_image(self, image: QImage | None, text: str) -> None:
        """The picture of the frame that is looked at."""
        self.still.show_image(image, text)

    def show_comparison(self, image: QImage | None, text: str) -> None:
        """The benchmark picture most like it under the frame, or none."""
        self.other.show_image(image, text)
        self.other.setVisible(image is not None)
        self.under.setText(text)
        self.under.setVisible(bool(text))

    def show_comparison_caption(self, text: str) -> None:
        """Which benchmark picture it is compared with."""
        self.under.setText(text)

    def set_compact(self, compact: bool) -> None:
        """Narrower, in narrow windows."""
        px = self._theme.metrics.scale_px
        self.setFixedWidth(px(COMPACT if compact else WIDE))
        for name, _ in self.facts:
            name.setFixedWidth(px(NAME_COMPACT if compact else NAME))


TILE = QSize(126, 71)


class FramesView(QWidget):
    """Lays out; what is shown comes from the presenter."""

    def __init__(self, theme: Theme, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.bar = FilterBar(theme, actions)
        self.strip = JobStrip(theme)
        self.note = make_label(size="caption", tone="quiet", wrap=True)
        self.grid = ThumbnailGrid(
            theme,
            tr("Field frames and benchmark images"),
            TILE * (theme.metrics.percent / 100),
            stacked=True,
        )
        self.grid.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.side = SelectedFramePanel(theme)
        lower = QHBoxLayout()
        lower.setSpacing(theme.metrics.scale_px(12))
        lower.addWidget(self.grid, 1)
        lower.addWidget(self.side)
        inside = make_column(theme, gap=6, parent=self)
        for part in (self.strip, self.bar, self.note):
            inside.addWidget(part)
        inside.addLayout(lower, 1)

    def show_job(self, job: Job | None) -> None:
        """Vectors or files that are being made."""
        self.strip.show_job(job)

    def focus_part(self, to: FocusTarget) -> None:
        """The list to filter by, the field for a slice's name or for tags, or the grid takes the
        keys."""
        if to == "tags":
            self.side.tags.selectAll()
        {
            "filter": self.bar.facet,
            "name": self.bar.name,
            "tags": self.side.tags,
            "grid": self.grid,
        }[to].setFocus()

    def prompt_for_folder(self, then: Callable[[Path], None]) -> None:
        """Lets a person choose where the slice goes."""
        choose_folder(self, tr("Slice folder"), then)

    def show_note(self, text: str) -> None:
        """Something about all that is shown; empty for nothing."""
        self.note.setText(text)
        self.note.setVisible(bool(text))

    def set_compact(self, compact: bool) -> None:
        """In narrow windows."""
        self.side.set_compact(compact)

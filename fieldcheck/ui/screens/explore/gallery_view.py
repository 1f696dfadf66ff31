"""View of the frame gallery: filters and order above the grid, and the selected frame beside it as
the model got it: the frame with the part that went in, the model's input, and the most similar
image of the benchmark."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QSizePolicy,
    QWidget,
)

from fieldcheck.analyses.names_and_numbers import (
    get_facet_name,
    get_facet_value_name,
    get_figure_name,
)
from fieldcheck.domain.items import FACETS, Filter
from fieldcheck.i18n.language import tr, tr_plural
from fieldcheck.i18n.numbers import format_number
from fieldcheck.ui.formatting import format_frame_count
from fieldcheck.ui.job_widgets import JobStrip
from fieldcheck.ui.jobs import Job
from fieldcheck.ui.qt_types import get_box_layout
from fieldcheck.ui.shell.shortcuts import Actions
from fieldcheck.ui.theme import Theme
from fieldcheck.ui.widgets.buttons import KeyButton
from fieldcheck.ui.widgets.choice_buttons import ChipButton
from fieldcheck.ui.widgets.combo_box import ComboBox
from fieldcheck.ui.widgets.file_dialogs import choose_folder
from fieldcheck.ui.widgets.images_and_zoom import ImageView
from fieldcheck.ui.widgets.layouts import (
    FlowLayout,
    delete_widget,
    make_card,
    make_column,
    make_label,
    make_rule,
    make_scroll_area,
)
from fieldcheck.ui.widgets.text_lines import ReservedLinesLabel
from fieldcheck.ui.widgets.thumbnail_grid import ThumbnailGrid


@dataclass(frozen=True, slots=True)
class FrameImages:
    """Pictures of one frame, null ones where there is none. `crop`: left, top, right and bottom of
    the model's part as shares of the frame; `nearest_name`: what the benchmark image is of."""

    frame: QImage
    crop: tuple[float, float, float, float] | None
    model_input: QImage
    nearest: QImage
    nearest_name: str = ""


class CropView(ImageView):
    """A still picture with a dashed line round the part that the model gets."""

    def __init__(self, theme: Theme, name: str) -> None:
        super().__init__(theme, name)
        self._crop: tuple[float, float, float, float] | None = None

    def show_crop(self, crop: tuple[float, float, float, float] | None) -> None:
        """Another part; None or the whole picture has no line."""
        self._crop = None if crop is None or crop == (0.0, 0.0, 1.0, 1.0) else crop
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self._crop is None or self.image.isNull():
            return
        area, (left, top, right, bottom) = QRectF(self.get_image_rect()), self._crop
        box = QRectF(
            area.left() + left * area.width() + 1,
            area.top() + top * area.height() + 1,
            (right - left) * area.width() - 2,
            (bottom - top) * area.height() - 2,
        )
        painter = QPainter(self)
        painter.setPen(QPen(QColor("#000000"), 2))
        painter.drawRect(box)
        painter.setPen(QPen(QColor("#FFFFFF"), 2, Qt.PenStyle.DashLine))
        painter.drawRect(box)
        painter.end()


class FramePictures(QWidget):
    """The three pictures: the frame above the two others, or `in_row` before them. Room for all of
    them is kept, so that nothing moves when they come."""

    def __init__(self, theme: Theme, in_row: bool) -> None:
        super().__init__()
        self.frame = CropView(theme, tr("Selected frame"))
        self.model_input = ImageView(theme, tr("Model input"))
        self.nearest = ImageView(theme, tr("Most similar benchmark image"))
        for view in (self.frame, self.model_input, self.nearest):
            view.on_panel = True
        self.captions = [make_label(size="caption", tone="quiet", wrap=True) for _ in range(3)]
        parts = [
            make_column(theme, (view, 1), caption, gap=4)
            for view, caption in zip(
                (self.frame, self.model_input, self.nearest), self.captions, strict=True
            )
        ]
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        gap = theme.metrics.scale_px(12)
        if in_row:
            line = QHBoxLayout(self)
            line.setContentsMargins(0, 0, 0, 0)
            for part, share in zip(parts, (25, 14, 14), strict=True):
                line.addLayout(part, share)
            line.setSpacing(gap)
        else:
            below = QHBoxLayout()
            below.setSpacing(gap)
            for part in parts[1:]:
                below.addLayout(part, 1)
            self.captions[0].hide()
            make_column(theme, (parts[0], 15), (below, 13), gap=12, parent=self)

    def show_images(self, images: FrameImages | None, title: str, described: str) -> None:
        """The pictures of another frame, described in words; None: of no frame."""
        shown = images or FrameImages(QImage(), None, QImage(), QImage())
        self.frame.show_image(shown.frame, described)
        self.frame.show_crop(shown.crop)
        size = shown.model_input.size()
        text = tr("Model input {width} × {height}", width=size.width(), height=size.height())
        self.model_input.show_image(shown.model_input, text)
        nearest = tr("Benchmark, nearest: {name}", name=shown.nearest_name)
        self.nearest.show_image(shown.nearest, nearest)
        self.captions[0].setText(title)
        self.captions[1].setText("" if shown.model_input.isNull() else text)
        self.captions[2].setText("" if shown.nearest.isNull() else nearest)
        self.nearest.setVisible(not shown.nearest.isNull())
        self.captions[2].setVisible(not shown.nearest.isNull())


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
    `preset_chosen(code)` asks for errors, for what is correct, or for all, `order_changed(code)` is
    another order, `slice_named` a name under which the filter shall be saved. `before` stands in
    the same line, before the chips; the lists open below it."""

    filter_added = Signal(str, str)
    filter_replaced = Signal(str, str, str)
    filter_removed = Signal(str, str)
    order_changed = Signal(str)
    slice_named = Signal(str)
    preset_chosen = Signal(str)

    def __init__(self, theme: Theme, actions: Actions, before: Sequence[QWidget] = ()) -> None:
        super().__init__()
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
        self._flow = FlowLayout(0, self.chips)
        for widget in before:
            self._flow.addWidget(widget)
        self.presets = {code: ChipButton(theme, get_preset_name(code)) for code in PRESETS}
        for code, preset in self.presets.items():
            preset.clicked.connect(lambda _checked=False, code=code: self.preset_chosen.emit(code))
            self._flow.addWidget(preset)
        self.add = KeyButton(theme, tr("Add filter"), icon="plus", role="link")
        self.add.setCheckable(True)
        self.add.clicked.connect(self.show_lists)
        self._flow.addWidget(self.add)
        self.more = make_more_button(theme, actions)
        self._flow.addWidget(self.more)
        for link in (self.add, self.more):
            link.set_beside(theme.metrics.scale_px(10))
        self._can_label_more = False
        self._shown: list[ChipButton] = []
        self._in_grid = True
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
        self.lists = QWidget()
        flow = FlowLayout(theme.metrics.scale_px(8), self.lists)
        for widget in (self.facet, self.value, self.order, self.name, self.count, *self.tools):
            flow.addWidget(widget)
        self.lists.hide()
        make_column(theme, self.chips, self.lists, gap=6, parent=self)
        self.facet.currentIndexChanged.connect(self._on_facet_chosen)
        self.value.activated.connect(self._on_value_chosen)
        self.order.currentIndexChanged.connect(
            lambda _index: self.order_changed.emit(self.order.chosen_code)
        )
        self.name.returnPressed.connect(lambda: self.slice_named.emit(self.name.text()))

    def show_lists(self, opened: bool = True) -> None:
        """The lists to filter and sort by, with what can be done with all frames that are shown."""
        self.add.setChecked(opened)
        self.lists.setVisible(opened and self._in_grid)

    def set_in_grid(self, in_grid: bool) -> None:
        """Filters belong to the grid: other views have their own choice."""
        self._in_grid = in_grid
        for widget in (*self.presets.values(), *self._shown, self.add):
            widget.setVisible(in_grid)
        self.show_more(self._can_label_more)
        self.lists.setVisible(in_grid and self.add.isChecked())

    def show_more(self, can: bool) -> None:
        """Whether further frames like those that are shown can be labelled."""
        self._can_label_more = can
        self.more.setVisible(can and self._in_grid)

    def show_presets(self, counts: Mapping[str, int], chosen: str) -> None:
        """How many frames each preset has, and which one the filter is, if any."""
        for code, preset in self.presets.items():
            preset.set_label(f"{get_preset_name(code)} {format_number(counts.get(code, 0))}")
            preset.setChecked(code == chosen)

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
        preset = find_preset(wanted)
        for code, value, text in list_chips(wanted, clip_names):
            if preset in ("errors", "correct") and code in ("set", "right"):
                continue  # the preset says it
            chip = ChipButton(self._theme, text, removable=True)
            chip.setAccessibleName(tr("Remove filter: {what}", what=text))
            chip.clicked.connect(
                lambda _checked=False, code=code, value=value: self.filter_removed.emit(code, value)
            )
            self._flow.addWidget(chip)
            chip.setVisible(self._in_grid)
            self._shown.append(chip)
        for button in (self.add, self.more):  # they stand behind them
            self._flow.removeWidget(button)
            self._flow.addWidget(button)
        self.order.select_code(order)
        self.count.setText(format_frame_count(n))
        self.updateGeometry()

    @property
    def slice_name(self) -> str:
        """The name that a slice shall have."""
        return self.name.text()

    def clear_slice_name(self) -> None:
        """It is saved."""
        self.name.clear()

    def _on_facet_chosen(self, _index: int = 0) -> None:
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

    def _on_value_chosen(self, _index: int) -> None:
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


def make_more_button(theme: Theme, actions: Actions) -> KeyButton:
    """The button that goes on to label further frames like those that are looked at."""
    action = actions.get_action("explore.label_more")
    key = actions.get_key_text("explore.label_more")
    return KeyButton(theme, action.text(), key, icon="label", role="link").bind_action(action)


PRESETS = ("errors", "correct", "all")


def get_preset_name(code: str) -> str:
    """Name of a filter that is one press."""
    return {"errors": tr("Errors"), "correct": tr("Correct"), "all": tr("All")}[code]


def make_preset(code: str, wanted: Filter | None = None) -> Filter:
    """The filter of a preset, beside others that are asked for already."""
    if code == "all":
        return Filter()
    value = "wrong" if code == "errors" else "right"
    return (wanted or Filter()).with_values("set", "field").with_values("right", value)


def find_preset(wanted: Filter) -> str:
    """The preset that a filter rests on, maybe among other filters; empty for none."""
    if wanted.is_empty:
        return "all"
    if wanted.get_values("set") != ("field",):
        return ""
    value = "".join(wanted.get_values("right"))
    return {"wrong": "errors", "right": "correct"}.get(value, "")


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
    return tr("By {figure}", figure=get_figure_name(code.removesuffix("-")))


def format_range(figure: str, low: float, high: float) -> str:
    """A range in words."""
    digits = 2 if figure in ("confidence", "label_confidence") else 0
    if high == float("inf"):
        return tr("from {low}", low=format_number(low, digits))
    return tr("{low} to {high}", low=format_number(low, digits), high=format_number(high, digits))


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
            ("subjects", "", tr_plural("{n} selected frame", "{n} selected frames", n, n=n))
        )
    return chips


# Frames and benchmark pictures as a grid: what is asked for above it, the one that is looked at
# beside it.

MOST_FACTS = 12
WIDE, COMPACT, NAME, NAME_COMPACT = 290, 260, 92, 80


class SelectedFramePanel(QWidget):
    """`tags_entered(names)` says which tags the frame shall have, separated by commas."""

    tags_entered = Signal(str)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        frame: QFrame = make_card(theme)
        whole = QHBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(frame)
        inside = get_box_layout(frame)
        pad = theme.metrics.scale_px(16)
        inside.setContentsMargins(pad, pad, pad, pad)
        self.pictures = FramePictures(theme, in_row=False)
        self.still, self.other = self.pictures.frame, self.pictures.nearest
        self.under = self.pictures.captions[2]
        inside.addWidget(self.pictures, 9)
        inside.addWidget(make_rule())
        facts_area = QWidget()
        lines = make_column(theme, gap=6, parent=facts_area)
        self.facts: list[tuple[QLabel, ReservedLinesLabel]] = []
        for _ in range(MOST_FACTS):
            name, value = make_label(tone="quiet", wrap=True), ReservedLinesLabel()
            line = QHBoxLayout()
            line.setSpacing(theme.metrics.scale_px(6))
            line.addWidget(name, 0, Qt.AlignmentFlag.AlignTop)
            line.addWidget(value, 1, Qt.AlignmentFlag.AlignTop)
            lines.addLayout(line)
            self.facts.append((name, value))
        lines.addStretch(1)
        scroll_area = make_scroll_area(facts_area)
        scroll_area.setMinimumHeight(theme.metrics.scale_px(40))
        inside.addWidget(scroll_area, 4)
        self.tags = QLineEdit()
        self.tags.setAccessibleName(tr("Tags of selected frames"))
        self.tags.setPlaceholderText(tr("Tags"))
        self.tags.returnPressed.connect(lambda: self.tags_entered.emit(self.tags.text()))
        inside.addWidget(self.tags)
        self.show_images(None, "")

    def show_facts(
        self, facts: Sequence[tuple[str, str]], tags: Sequence[str], alarmed: str = ""
    ) -> None:
        """Shows the facts of the frame, the one named `alarmed` as wrong; its pictures come
        later."""
        lines = [*facts[:MOST_FACTS], *[("", "")] * (MOST_FACTS - len(facts))]
        for (name, value), (name_shown, shown) in zip(lines, self.facts, strict=True):
            name_shown.setText(name)
            shown.set_text(value, "alarm" if name and name == alarmed else "")
            name_shown.setVisible(bool(name))
            shown.setVisible(bool(name))
        if not self.tags.hasFocus():
            self.tags.setText(", ".join(tags))

    def show_images(self, images: FrameImages | None, described: str) -> None:
        """The pictures of the frame that is looked at."""
        self.pictures.show_images(images, "", described)

    def set_compact(self, compact: bool) -> None:
        """Narrower, in narrow windows."""
        px = self._theme.metrics.scale_px
        self.setFixedWidth(px(COMPACT if compact else WIDE))
        for name, _ in self.facts:
            name.setFixedWidth(px(NAME_COMPACT if compact else NAME))


TILE = QSize(192, 108)
MOST_PERCENT = 150  # of a tile: larger ones would leave one in a row


class FramesView(QWidget):
    """Lays out; what is shown comes from the presenter. `bar`: its filters, which stand above it
    and in the line of the four views."""

    def __init__(self, theme: Theme, actions: Actions, bar: FilterBar) -> None:
        super().__init__()
        self.bar = bar
        self.strip = JobStrip(theme)
        self.note = make_label(size="caption", tone="quiet", wrap=True)
        self.grid = ThumbnailGrid(
            theme,
            tr("Field frames and benchmark images"),
            TILE * (min(theme.metrics.percent, MOST_PERCENT) / 100),
            stacked=True,
            plain=True,
        )
        self.grid.setFrameShape(QFrame.Shape.NoFrame)
        self.grid.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.side = SelectedFramePanel(theme)
        lower = QHBoxLayout()
        lower.setSpacing(theme.metrics.scale_px(16))
        lower.addWidget(self.grid, 1)
        lower.addWidget(self.side)
        inside = make_column(theme, gap=6, parent=self)
        for part in (self.strip, self.note):
            inside.addWidget(part)
        inside.addLayout(lower, 1)

    def select_subject(self, subject: str) -> None:
        """Looks at that one, where it is shown."""
        row = self.grid.tiles.find_row(subject)
        if row >= 0:
            self.grid.setCurrentIndex(self.grid.tiles.index(row))

    def show_job(self, job: Job | None) -> None:
        """Vectors or files that are being made."""
        self.strip.show_job(job)

    def focus_part(self, to: FocusTarget) -> None:
        """The list to filter by, the field for a slice's name or for tags, or the grid takes the
        keys."""
        if to == "tags":
            self.side.tags.selectAll()
        if to in ("filter", "name"):
            self.bar.show_lists()
        {
            "filter": self.bar.facet,
            "name": self.bar.name,
            "tags": self.side.tags,
            "grid": self.grid,
        }[to].setFocus()

    def prompt_for_folder(self, then: Callable[[Path], None]) -> None:
        """Lets a person choose where the slice goes."""
        choose_folder(self, tr("Slice folder"), then, for_writing=True)

    def show_note(self, text: str) -> None:
        """Something about all that is shown; empty for nothing."""
        self.note.setText(text)
        self.note.setVisible(bool(text))

    def set_compact(self, compact: bool) -> None:
        """In narrow windows."""
        self.side.set_compact(compact)

"""Chips of what is asked for, two lists to ask for more, and the order."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLineEdit, QWidget

from fieldcheck.domain.filter import FACETS, Filter
from fieldcheck.ui.shell.actions import Actions
from fieldcheck.ui.theme.theme import Look
from fieldcheck.ui.widgets.choice import Choice
from fieldcheck.ui.widgets.flow import Flow
from fieldcheck.ui.widgets.key_button import KeyButton
from fieldcheck.ui.widgets.plain import column, drop, label
from fieldcheck.words.facets import facet_name, facet_value, figure_name
from fieldcheck.words.figures import number
from fieldcheck.words.language import plural, text

SLICE, NOTHING = "slice", ""
RANGES: dict[str, tuple[tuple[float, float], ...]] = {
    "confidence": ((0.0, 0.6), (0.6, 0.9), (0.9, 1.0)),
    "label_confidence": ((0.0, 0.1), (0.1, 0.5), (0.5, 1.0)),
    "box_cells": ((0.0, 1.0), (1.0, 2.0), (2.0, 4.0), (4.0, float("inf"))),
    "box_side": ((0.0, 8.0), (8.0, 16.0), (16.0, 32.0), (32.0, float("inf"))),
}
"""Ranges that a figure is filtered by: shares, cells of the model's finest stride, pixels."""
ORDERS = ("", "confidence-", "confidence", "label_confidence", "time", "time-", "brightness", "sharpness", "noise_level-", "box_cells")
"""A figure, falling where a minus stands behind it; empty: list order."""


class FilterBar(QWidget):
    """`asked(facet, value)` puts one more value in, `exchanged(facet, before, value)` another one in its place, `taken(facet, value)` takes
    a chip away, `sorted_by(code)` is another order, `named` a name under which the filter shall be saved."""

    asked = Signal(str, str)
    exchanged = Signal(str, str, str)
    taken = Signal(str, str)
    sorted_by = Signal(str)
    named = Signal(str)

    def __init__(self, look: Look, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look, self._actions = look, actions
        self._values_of: Callable[[str], list[tuple[str, str]]] = _nothing
        self.facet = Choice(look, text("Filter field"), [(NOTHING, text("Add filter…"))])
        self.value = Choice(look, text("Filter value"), [(NOTHING, text("all"))])
        self.order = Choice(look, text("Sort order"), [(code, order_name(code)) for code in ORDERS])
        self.name = QLineEdit()
        self.name.setPlaceholderText(text("Slice name"))
        self.name.setAccessibleName(text("Name of the slice"))
        self.name.setFixedWidth(look.metrics.px(170))
        self.count = label(tone="quiet")
        self.chips = QWidget()
        self._flow = Flow(look.metrics.px(6), self.chips)
        self._shown: list[KeyButton] = []
        self._value_of = ("", "")  # the facet and the value that its list shows
        self._there: list[tuple[str, str]] = []
        self.tools = [
            KeyButton(look, said, actions.key(one)).triggers(actions.get(one))
            for one, said in (
                ("explore.compare", text("Compare")),
                ("explore.alike", text("Show similar")),
                ("explore.export", text("Export frames…")),
            )
        ]
        for tool in self.tools:
            self._flow.addWidget(tool)
        lists = QWidget()
        flow = Flow(look.metrics.px(8), lists)
        for widget in (self.facet, self.value, self.order, self.name, self.count):
            flow.addWidget(widget)
        column(look, lists, self.chips, gap=6, on=self)
        self.facet.currentIndexChanged.connect(self._facet_chosen)
        self.value.activated.connect(self._value_chosen)
        self.order.currentIndexChanged.connect(lambda _at: self.sorted_by.emit(self.order.chosen_code))
        self.name.returnPressed.connect(lambda: self.named.emit(self.name.text()))

    def offer(self, codes: Sequence[str], values_of: Callable[[str], list[tuple[str, str]]]) -> None:
        """Offers the filters: facets and figures, and for the one that is open pairs of a value and how it is said. The choice that is
        open stays."""
        self._values_of = values_of
        now = self.facet.chosen_code
        before = self.facet.blockSignals(True)
        self.facet.clear()
        self.facet.addItem(text("Add filter…"), NOTHING)
        for code in codes:
            self.facet.addItem(said_name(code), code)
        self.facet.blockSignals(before)
        self.facet.choose(now)
        self._facet_chosen()

    def show_filter(self, wanted: Filter, order: str, n: int, clip_names: Mapping[str, str]) -> None:
        """The chips of a filter, the order, and how many frames that leaves."""
        for chip in self._shown:
            self._flow.removeWidget(chip)
            drop(chip)
        self._shown = []
        self._there = [(facet, value) for facet, values in wanted.chosen for value in values]
        self._there += [(figure, f"{low}:{high}") for figure, low, high in wanted.between]
        self._show_value()
        for code, value, said in chips(wanted, clip_names):
            chip = KeyButton(self._look, f"{said} ✕")
            chip.setAccessibleName(text("Remove filter: {what}").format(what=said))
            chip.clicked.connect(lambda _on=False, code=code, value=value: self.taken.emit(code, value))
            self._flow.addWidget(chip)
            self._shown.append(chip)
        self.order.choose(order)
        self.count.setText(plural("{n} frame", "{n} frames", n).format(n=f"{n:,}".replace(",", "\u202f")))
        self.updateGeometry()

    @property
    def typed_name(self) -> str:
        """The name that a slice shall have."""
        return self.name.text()

    def clear_name(self) -> None:
        """It is saved."""
        self.name.clear()

    def _facet_chosen(self, _at: int = 0) -> None:
        before = self.value.blockSignals(True)
        self.value.clear()
        self.value.addItem(text("choose") if self.facet.chosen_code else text("all"), NOTHING)
        for value, said in self._values_of(self.facet.chosen_code) if self.facet.chosen_code else ():
            self.value.addItem(said, value)
        self.value.setEnabled(bool(self.facet.chosen_code))
        self.value.blockSignals(before)
        self._show_value()

    def _show_value(self) -> None:
        """The list shows what was chosen in it, as long as that is asked for."""
        code = self.facet.chosen_code
        if self._value_of[0] != code or (code != SLICE and self._value_of not in self._there):
            self._value_of = (code, next((value for facet, value in self._there if facet == code), NOTHING))
        self.value.choose(self._value_of[1])

    def _value_chosen(self, _at: int) -> None:
        """Arrows go from value to value, so each takes the place of the one before; a value from the open list comes on top."""
        code, value, (of, before) = self.facet.chosen_code, self.value.chosen_code, self._value_of
        listed, self.value.opened = self.value.opened, False
        if not code or (of, before) == (code, value):
            return
        self._value_of = (code, value)
        if of == code and before and not listed:
            self.exchanged.emit(code, before, value) if value else self.taken.emit(code, before)
        elif value:
            self.asked.emit(code, value)


def _nothing(_code: str) -> list[tuple[str, str]]:
    return []


def said_name(code: str) -> str:
    """A facet, a figure, or the saved slices."""
    if code == SLICE:
        return text("Saved slice")
    return facet_name(code) if code in FACETS else figure_name(code)


def order_name(code: str) -> str:
    """An order in words."""
    if not code:
        return text("Original order")
    if code == "confidence-":
        return text("Highest confidence first")
    if code == "confidence":
        return text("Lowest confidence first")
    if code == "time-":
        return text("Newest first")
    return text("By {figure}").format(figure=figure_name(code.removesuffix("-")))


def range_name(figure: str, low: float, high: float) -> str:
    """A range in words."""
    digits = 2 if figure in ("confidence", "label_confidence") else 0
    if high == float("inf"):
        return text("from {low}").format(low=number(low, digits))
    return text("{low} to {high}").format(low=number(low, digits), high=number(high, digits))


def chips(wanted: Filter, clip_names: Mapping[str, str]) -> Sequence[tuple[str, str, str]]:
    """Each chip: facet or figure, value, and both in words; `clip_names`: what clips are called, by their ids."""
    found = [
        (facet, value, f"{facet_name(facet)}: {facet_value(facet, value, clip_names)}")
        for facet, values in wanted.chosen
        for value in values
    ]
    found += [(figure, "", f"{figure_name(figure)}: {range_name(figure, low, high)}") for figure, low, high in wanted.between]
    if wanted.subjects:
        n = len(wanted.subjects)
        found.append(("subjects", "", plural("{n} selected frame", "{n} selected frames", n).format(n=n)))
    return found

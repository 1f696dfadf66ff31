"""The card of the limits: the largest gap that is accepted, who decided it, and which classes mean a good part."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLineEdit, QWidget

from fieldcheck.ui.screens.home.key_value_rows import FactsGrid, FormField
from fieldcheck.ui.screens.home.project_card import EditableCard, make_action_button
from fieldcheck.ui.shell.actions import Actions
from fieldcheck.ui.theme.theme import Theme
from fieldcheck.ui.widgets.flow import FlowLayout
from fieldcheck.ui.widgets.key_button import KeyButton
from fieldcheck.ui.widgets.plain import clear_layout, make_column, make_label
from fieldcheck.words.language import tr


class LimitsCard(EditableCard):
    """`saved` carries the largest gap as it was typed, who decided it, and the names of the classes that are OK. `confirm` says that those
    which are proposed are; it is there only while nobody has said so."""

    saved = Signal(str, str, tuple)

    def __init__(self, look: Theme, actions: Actions, parent: QWidget | None = None) -> None:
        self.edit = make_action_button(look, tr("Edit"), actions, "project.edit_limits")
        self.confirm = make_action_button(look, tr("Confirm OK classes"), actions, "project.confirm_ok")
        super().__init__(look, tr("Limits"), self.edit, parent=parent)
        self._asks = False
        self.chips: dict[str, KeyButton] = {}
        shown = QWidget()
        self._facts = FactsGrid(look, (tr("Maximum gap"), tr("OK classes")))
        inside = make_column(look, gap=6)
        inside.addLayout(self._facts)
        inside.addWidget(self.confirm, 0, Qt.AlignmentFlag.AlignLeft)
        shown.setLayout(inside)
        self.column.addWidget(shown)
        self.tolerance, self.decided_by = QLineEdit(), QLineEdit()
        self._field = FormField(look, tr("Maximum gap, pp"), self.tolerance)
        decided = FormField(look, tr("Approved by (name, role, date)"), self.decided_by)
        self._add_form(self._field, decided, self._build_class_chips(), hides=(shown, self.edit), save=self._emit_saved)
        self.confirm.setVisible(False)

    def show_limits(self, tolerance: str, decided_by: str, ok: str, asks: bool) -> None:
        """Shows the limits that hold now; `asks`: whether the OK classes are still to be confirmed."""
        decided = tr("{gap}, approved by {who}").format(gap=tolerance, who=decided_by) if decided_by else tolerance
        self._facts.show_values(decided, ok)
        self._asks = asks
        self.confirm.setVisible(asks and not self.editing)

    def start_editing(self, tolerance: str, decided_by: str, classes: tuple[str, ...], ok: tuple[str, ...]) -> None:
        """Turns into fields that hold what stands, the classes `ok` of all `classes` ticked."""
        self.tolerance.setText(tolerance)
        self.decided_by.setText(decided_by)
        clear_layout(self._chips)
        self.chips = {name: self._add_chip(name, name in ok) for name in classes}
        self._classes.setVisible(bool(classes))
        self.show_error("")
        self._start_editing(self.tolerance)

    def show_error(self, reason: str) -> None:
        """Shows an error of the figure; the focus stays there."""
        self._field.show_error(reason)

    @property
    def error_text(self) -> str:
        """The reason that stands below the figure."""
        return self._field.error_text

    def _set_editing(self, editing: bool) -> None:
        super()._set_editing(editing)
        self.confirm.setVisible(self._asks and not editing)

    def _emit_saved(self) -> None:
        ok = tuple(name for name, chip in self.chips.items() if chip.isChecked())
        self.saved.emit(self.tolerance.text(), self.decided_by.text(), ok)

    def _build_class_chips(self) -> QWidget:
        self._classes, chips = QWidget(), QWidget()
        self._chips = FlowLayout(self._look.metrics.scale_px(4), chips)
        named = make_label(tr("OK classes (good parts)"), size="caption", tone="quiet", wrap=True)
        make_column(self._look, named, chips, gap=2, on=self._classes)
        return self._classes

    def _add_chip(self, name: str, on: bool) -> KeyButton:
        chip = KeyButton(self._look, name, shrinks=True)
        chip.setProperty("role", "chip")
        chip.setCheckable(True)
        chip.setChecked(on)
        self._chips.addWidget(chip)
        return chip

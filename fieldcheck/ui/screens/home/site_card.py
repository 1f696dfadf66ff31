"""The card of the site and its light, edited where it stands."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from fieldcheck.domain.condition import LIGHTS
from fieldcheck.ui.given import content
from fieldcheck.ui.screens.home.facts import FactsGrid, FormField
from fieldcheck.ui.shell.actions import Actions
from fieldcheck.ui.theme.theme import Look
from fieldcheck.ui.widgets.chip import Chip
from fieldcheck.ui.widgets.flow import Flow
from fieldcheck.ui.widgets.key_button import KeyButton
from fieldcheck.ui.widgets.plain import empty, label
from fieldcheck.words.conditions import condition
from fieldcheck.words.language import text


class SiteCard(QFrame):
    """`saved` carries `site`, `line`, `who`, `conditions` and `note` as they stand in the fields; `cancelled`: leave it as it was."""

    saved = Signal(dict)
    cancelled = Signal()

    def __init__(self, look: Look, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self.setProperty("card", True)
        pad = look.metrics.px(12)
        column = QVBoxLayout(self)
        column.setContentsMargins(pad, pad, pad, pad)
        column.setSpacing(look.metrics.px(6))
        self.edit = KeyButton(look, text("Edit"), actions.key("project.edit_site")).triggers(actions.get("project.edit_site"))
        head = QHBoxLayout()
        head.addWidget(label(text("Site and light"), size="heading", wrap=True), 1)
        head.addWidget(self.edit)
        column.addLayout(head)
        self._shown = self._showing()
        self._edited = self._editing()
        column.addWidget(self._shown)
        column.addWidget(self._edited)
        column.addStretch()
        self._edited.setVisible(False)

    def set_compact(self, compact: bool) -> None:
        """Less padding where there is little room."""
        pad = self._look.metrics.px(8 if compact else 12)
        content(self).setContentsMargins(pad, pad, pad, pad)

    def show_site(self, site: str, line: str, who: str, conditions: tuple[str, ...], note: str) -> None:
        """What stands now; fields that are being edited are left alone."""
        self._facts.show_values(site, " · ".join(part for part in (line, who) if part), note)
        empty(self._light)
        for code in conditions:
            self._light.addWidget(Chip(self._look, condition(code), "✓", on=True))
        self._lights.setVisible(bool(conditions))

    def begin(self, said: dict[str, Any]) -> None:
        """Turns into fields that hold what stands."""
        for name, field in self.fields.items():
            field.setText(said[name])
            field.setCursorPosition(0)
        for code, chip in self.chips.items():
            chip.setChecked(code in said["conditions"])
        self._turn(True)
        self.fields["site"].setFocus()
        self.fields["site"].selectAll()

    def end(self) -> None:
        """Turns back into rows."""
        self._turn(False)

    @property
    def editing(self) -> bool:
        """Whether the fields are shown."""
        return not self._edited.isHidden()

    def said(self) -> dict[str, Any]:
        """What the fields hold."""
        chosen = tuple(code for code, chip in self.chips.items() if chip.isChecked())
        return {**{name: field.text() for name, field in self.fields.items()}, "conditions": chosen}

    def _turn(self, editing: bool) -> None:
        self._shown.setVisible(not editing)
        self._edited.setVisible(editing)
        self.edit.setVisible(not editing)

    def _showing(self) -> QWidget:
        shown = QWidget()
        column = QVBoxLayout(shown)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(self._look.metrics.px(6))
        self._facts = FactsGrid(self._look, (text("Site"), text("Line, who"), text("Note")), bold=0)
        self._lights = QWidget()
        self._light = Flow(self._look.metrics.px(4), self._lights)
        column.addLayout(self._facts)
        column.addWidget(self._lights)
        return shown

    def _editing(self) -> QWidget:
        edited = QWidget()
        column = QVBoxLayout(edited)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(self._look.metrics.px(6))
        named = {
            "site": text("Site"), "line": text("Line or place"), "who": text("Who was there"), "note": text("Note"),
        }  # fmt: skip
        self.fields = {name: QLineEdit() for name in named}
        for field in self.fields.values():
            field.returnPressed.connect(self._save)
        shown = {name: FormField(self._look, said, self.fields[name]) for name, said in named.items()}
        beside = QHBoxLayout()
        beside.addWidget(shown["line"])
        beside.addWidget(shown["who"])
        lights = QWidget()
        flow = Flow(self._look.metrics.px(4), lights)
        self.chips = {code: KeyButton(self._look, condition(code)) for code in LIGHTS}
        for chip in self.chips.values():
            chip.setProperty("role", "chip")
            chip.setCheckable(True)
            flow.addWidget(chip)
        column.addWidget(shown["site"])
        column.addLayout(beside)
        column.addWidget(lights)
        column.addWidget(shown["note"])
        column.addLayout(self._buttons())
        return edited

    def _buttons(self) -> QHBoxLayout:
        save = KeyButton(self._look, text("Save"), "Enter")
        save.clicked.connect(self._save)
        cancel = KeyButton(self._look, text("Cancel"), "Esc")
        cancel.clicked.connect(self.cancelled)
        buttons = QHBoxLayout()
        buttons.addWidget(save)
        buttons.addWidget(cancel)
        buttons.addStretch()
        return buttons

    def _save(self) -> None:
        self.saved.emit(self.said())

"""The card of the site and its light, edited where it stands."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLineEdit, QWidget

from fieldcheck.domain.condition import LIGHTS
from fieldcheck.ui.screens.home.facts import FactsGrid, FormField
from fieldcheck.ui.screens.home.project_card import EditableCard, act_button
from fieldcheck.ui.shell.actions import Actions
from fieldcheck.ui.theme.theme import Look
from fieldcheck.ui.widgets.chip import Chip
from fieldcheck.ui.widgets.flow import Flow
from fieldcheck.ui.widgets.key_button import KeyButton
from fieldcheck.ui.widgets.plain import column, empty, row
from fieldcheck.words.conditions import condition
from fieldcheck.words.language import text


class SiteCard(EditableCard):
    """`saved` carries `site`, `line`, `who`, `conditions` and `note` as they stand in the fields."""

    saved = Signal(dict)

    def __init__(self, look: Look, actions: Actions, parent: QWidget | None = None) -> None:
        self.edit = act_button(look, text("Edit"), actions, "project.edit_site")
        super().__init__(look, text("Site and light"), self.edit, parent=parent)
        shown = self._showing()
        self.column.addWidget(shown)
        named = {"site": text("Site"), "line": text("Line or place"), "who": text("Who was there"), "note": text("Note")}
        self.fields = {name: QLineEdit() for name in named}
        fields = {name: FormField(look, said, self.fields[name]) for name, said in named.items()}
        beside = row(look, fields["line"], fields["who"])
        parts = fields["site"], beside, self._lights_to_choose(), fields["note"]
        self._add_form(*parts, hides=(shown, self.edit), save=self._save)

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
        self._edit(self.fields["site"])

    def said(self) -> dict[str, Any]:
        """What the fields hold."""
        chosen = tuple(code for code, chip in self.chips.items() if chip.isChecked())
        return {**{name: field.text() for name, field in self.fields.items()}, "conditions": chosen}

    def _save(self) -> None:
        self.saved.emit(self.said())

    def _showing(self) -> QWidget:
        shown = QWidget()
        self._facts = FactsGrid(self._look, (text("Site"), text("Line, who"), text("Note")), bold=0)
        self._lights = QWidget()
        self._light = Flow(self._look.metrics.px(4), self._lights)
        inside = column(self._look, gap=6)
        inside.addLayout(self._facts)
        inside.addWidget(self._lights)
        shown.setLayout(inside)
        return shown

    def _lights_to_choose(self) -> QWidget:
        lights = QWidget()
        flow = Flow(self._look.metrics.px(4), lights)
        self.chips = {code: KeyButton(self._look, condition(code)) for code in LIGHTS}
        for chip in self.chips.values():
            chip.setProperty("role", "chip")
            chip.setCheckable(True)
            flow.addWidget(chip)
        return lights

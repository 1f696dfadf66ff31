"""The five parts of the screen as buttons with their keys."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from fieldcheck.ui.shell.actions import Actions
from fieldcheck.ui.theme.theme import Look
from fieldcheck.ui.widgets.flow import Flow
from fieldcheck.ui.widgets.key_button import KeyButton
from fieldcheck.words.language import text

MODES = ("gap", "frames", "map", "look", "doubt")


class Modes(QWidget):
    """Says which part is shown; what a press does is the action's."""

    def __init__(self, look: Look, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        said = {
            "gap": text("Gap"),
            "frames": text("Frames"),
            "map": text("Map"),
            "look": text("Second look"),
            "doubt": text("Labels in doubt"),
        }
        flow = Flow(look.metrics.px(4), self)
        self.buttons: dict[str, KeyButton] = {}
        for mode in MODES:
            action = actions.get(f"explore.{mode}")
            button = KeyButton(look, said[mode], actions.key(f"explore.{mode}")).triggers(action)
            button.setCheckable(True)
            self.buttons[mode] = button
            flow.addWidget(button)
        self.show_mode("gap")

    def show_mode(self, mode: str) -> None:
        """This part is shown."""
        for code, button in self.buttons.items():
            button.setChecked(code == mode)

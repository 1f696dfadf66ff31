"""What lies under the chosen corruption: each in a button that takes it out."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from fieldcheck.ui.theme.theme import Look
from fieldcheck.ui.widgets.flow import Flow
from fieldcheck.ui.widgets.key_button import KeyButton
from fieldcheck.ui.widgets.plain import empty, label, plain_tip
from fieldcheck.words.corruptions import steps_said
from fieldcheck.words.language import text


class Under(QWidget):
    """Hidden while nothing lies under. `taken_out(place)` counts from the one done first."""

    taken_out = Signal(int)

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._steps: tuple[tuple[str, float], ...] = ()
        self._line = Flow(look.metrics.px(8), self)
        self.buttons: list[KeyButton] = []
        self.hide()

    def show_steps(self, steps: Sequence[tuple[str, float]]) -> None:
        """Corruption and severity of each, in the order in which they are done."""
        if tuple(steps) == self._steps:
            return
        self._steps = tuple(steps)
        empty(self._line)
        self.buttons = []
        self._line.addWidget(label(text("Done before it:"), "caption", "quiet"))
        for place, step in enumerate(self._steps):
            button = KeyButton(self._look, steps_said([step]) + "  ✕")
            button.setAccessibleName(text("Take out {step}").format(step=steps_said([step])))
            button.setToolTip(plain_tip(button.accessibleName()))
            button.clicked.connect(partial(self._pressed, place))
            self._line.addWidget(button)
            self.buttons.append(button)
        self.setVisible(bool(self._steps))

    def _pressed(self, place: int, _on: bool = False) -> None:
        self.taken_out.emit(place)

"""A card of an open project: its heading with buttons, rows, and where it can be edited the fields that stand in their place meanwhile."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLayout, QLineEdit, QVBoxLayout, QWidget

from fieldcheck.ui.narrowing import get_box_layout
from fieldcheck.ui.shell.actions import Actions
from fieldcheck.ui.theme.theme import Theme
from fieldcheck.ui.widgets.key_button import KeyButton
from fieldcheck.ui.widgets.plain import make_column, make_label
from fieldcheck.words.language import tr


class ProjectCard(QFrame):
    """`column` takes what stands below the heading."""

    def __init__(self, look: Theme, heading: str, *buttons: KeyButton, gap: int = 6, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self.setProperty("card", True)
        self.column = QVBoxLayout(self)
        self.column.setSpacing(look.metrics.scale_px(gap))
        self.set_compact(False)
        head = QHBoxLayout()
        head.addWidget(make_label(heading, size="heading", wrap=True), 1)
        for button in buttons:
            head.addWidget(button)
        self.column.addLayout(head)

    def set_compact(self, compact: bool) -> None:
        """Less padding where there is little room."""
        pad = self._look.metrics.scale_px(8 if compact else 12)
        get_box_layout(self).setContentsMargins(pad, pad, pad, pad)


class EditableCard(ProjectCard):
    """Shows rows, or the form in their place. `cancelled`: leave it as it was."""

    cancelled = Signal()
    _form: QWidget
    _rows: tuple[QWidget, ...] = ()

    @property
    def editing(self) -> bool:
        """Whether the fields are shown."""
        return not self._form.isHidden()

    def end_editing(self) -> None:
        """Turns back into rows."""
        self._set_editing(False)

    def _start_editing(self, first: QLineEdit) -> None:
        """Turns into fields; the first one takes the keys."""
        self._set_editing(True)
        first.setFocus()
        first.selectAll()

    def _set_editing(self, editing: bool) -> None:
        for part in self._rows:
            part.setVisible(not editing)
        self._form.setVisible(editing)

    def _add_form(self, *parts: QWidget | QLayout, hides: tuple[QWidget, ...], save: Callable[[], None]) -> None:
        """Fields with two buttons below them, one of which, like Enter in a field, is to `save`. They take the place of what it `hides`."""
        self._rows, self._form = hides, QWidget()
        inside = make_column(self._look, gap=6)
        self._form.setLayout(inside)
        for part in parts:
            if isinstance(part, QLayout):
                inside.addLayout(part)
            else:
                inside.addWidget(part)
        keep = KeyButton(self._look, tr("Save"), "Enter", shrinks=True)
        cancel = KeyButton(self._look, tr("Cancel"), "Esc", shrinks=True)
        keep.clicked.connect(save)
        cancel.clicked.connect(self.cancelled)
        for field in self._form.findChildren(QLineEdit):
            field.returnPressed.connect(save)
        buttons = QHBoxLayout()
        buttons.addWidget(keep)
        buttons.addWidget(cancel)
        buttons.addStretch()
        inside.addLayout(buttons)
        self._form.setVisible(False)
        self.column.addWidget(self._form)
        self.column.addStretch()


def make_action_button(look: Theme, said: str, actions: Actions, action: str) -> KeyButton:
    """A button of a card, with the key of its action."""
    return KeyButton(look, said, actions.get_key_text(action), shrinks=True).bind_action(actions.get_action(action))

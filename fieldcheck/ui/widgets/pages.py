"""Several pages in one place. Qt's own stack asks for the room of its largest page, also while another one is shown."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtWidgets import QVBoxLayout, QWidget

from fieldcheck.ui.shell.actions import Actions
from fieldcheck.ui.theme.theme import Theme
from fieldcheck.ui.widgets.key_button import KeyButton


class PageStack(QWidget):
    """Shows one of its pages, the first one to begin with, and asks only for the room of that one."""

    def __init__(self, *pages: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._pages = pages
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        for page in pages:
            column.addWidget(page)
        self.show_page(pages[0])

    def show_page(self, page: QWidget) -> None:
        """Shows this one of them."""
        self._shown = page
        for one in self._pages:
            if one is not page:
                one.hide()  # first, so that never two of them ask for room
        page.show()

    @property
    def current_page(self) -> QWidget:
        """The page that is shown."""
        return self._shown


class PageButtons:
    """Says which part is shown; what a press does is the action's, `SCREEN.PART`. The buttons stand in a line of the view."""

    def __init__(self, look: Theme, actions: Actions, screen: str, names: Mapping[str, str]) -> None:
        self.buttons: dict[str, KeyButton] = {}
        for part, said in names.items():
            action = f"{screen}.{part}"
            self.buttons[part] = KeyButton(look, said, actions.get_key_text(action)).bind_action(actions.get_action(action))
            self.buttons[part].setCheckable(True)
        self.show_part(next(iter(names)))

    def show_part(self, part: str) -> None:
        """This one is shown."""
        for code, button in self.buttons.items():
            button.setChecked(code == part)

"""Several pages in one place. Qt's own stack asks for the room of its largest page, also while another one is shown."""

from __future__ import annotations

from PySide6.QtWidgets import QVBoxLayout, QWidget


class Pages(QWidget):
    """Shows one of its pages, the first one to begin with, and asks only for the room of that one."""

    def __init__(self, *pages: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._pages = pages
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        for page in pages:
            column.addWidget(page)
        self.turn_to(pages[0])

    def turn_to(self, page: QWidget) -> None:
        """Shows this one of them."""
        self._shown = page
        for one in self._pages:
            if one is not page:
                one.hide()  # first, so that never two of them ask for room
        page.show()

    @property
    def shown(self) -> QWidget:
        """The page that is shown."""
        return self._shown

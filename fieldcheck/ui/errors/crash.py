"""Crash dialog: that the work is safe, what to do, and the text for whoever mends it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, qVersion
from PySide6.QtWidgets import QApplication, QDialog, QDialogButtonBox, QPlainTextEdit, QVBoxLayout, QWidget

from fieldcheck import __version__
from fieldcheck.logs import redact_addresses, redact_user
from fieldcheck.paths import get_app_paths
from fieldcheck.ui.lazy_import import LazyModule
from fieldcheck.ui.widgets.plain import make_label
from fieldcheck.words.language import tr

if TYPE_CHECKING:
    import platform
else:
    platform = LazyModule("platform")


def format_diagnostics(detail: str = "") -> str:
    """Diagnostics for the clipboard: versions, machine, the place of the log. No name, no picture, no label."""
    lines = [
        f"Fieldcheck {__version__}",
        f"Python {platform.python_version()}, Qt {qVersion()}, {platform.platform()}",
        f"Log: {get_app_paths().logs}",
        *([detail] if detail else []),
    ]
    return redact_user(redact_addresses("\n".join(lines)))


class CrashDialog(QDialog):
    """Says that everything acknowledged is safe; the window stays usable."""

    def __init__(self, detail: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(tr("Unexpected error"))
        self.setMinimumWidth(560)
        said = make_label(
            tr(
                "Fieldcheck encountered an unexpected error. All labels and edits are saved. You can continue; if the"
                " error occurs again, send the error report below to your Fieldcheck contact."
            ),
            wrap=True,
        )
        self.detail = QPlainTextEdit(format_diagnostics(detail), readOnly=True)
        self.detail.setAccessibleName(tr("Details"))
        self.buttons = QDialogButtonBox(self)
        self.copy = self.buttons.addButton(tr("Copy error report"), QDialogButtonBox.ButtonRole.ActionRole)
        self.go_on = self.buttons.addButton(tr("Continue"), QDialogButtonBox.ButtonRole.AcceptRole)
        self.copy.clicked.connect(self._copy_to_clipboard)
        self.buttons.accepted.connect(self.accept)
        column = QVBoxLayout(self)
        for widget in (said, self.detail, self.buttons):
            column.addWidget(widget)
        self.go_on.setDefault(True)

    def _copy_to_clipboard(self) -> None:
        QApplication.clipboard().setText(self.detail.toPlainText())

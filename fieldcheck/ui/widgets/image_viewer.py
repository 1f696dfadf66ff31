"""Viewer for one image of a stranger's file, inside the window: no other program is asked to open it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QDialog, QDialogButtonBox, QVBoxLayout, QWidget

from fieldcheck.ui.narrowing import require_value
from fieldcheck.ui.theme.theme import Theme
from fieldcheck.ui.widgets.frame_view import FrameView
from fieldcheck.words.language import tr

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

SHARE = 0.8  # of the window


class ImageViewer(QDialog):
    """A dialog over the window with one image under its title; Esc closes it."""

    def __init__(self, look: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Image"))
        self.frame = FrameView(look, tr("Image"))
        self.buttons = QDialogButtonBox(self)
        self.buttons.addButton(tr("Close"), QDialogButtonBox.ButtonRole.RejectRole)
        self.buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.addWidget(self.frame, 1)
        column.addWidget(self.buttons)

    def show_image(self, title: str, rgb: NDArray[np.uint8]) -> None:
        """Opens with this (H, W, 3) uint8 RGB image; one that is open shows it instead."""
        height, width = rgb.shape[:2]
        self.frame.show_frame(rgb, title, f"{title}, {width} × {height}")
        self.resize(require_value(self.parentWidget()).window().size() * SHARE)
        self.open()

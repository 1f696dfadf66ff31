"""The scatter of everything, with what its marks mean."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtWidgets import QVBoxLayout, QWidget

from fieldcheck.ui.screens.explore.cloud import Cloud
from fieldcheck.ui.shell.actions import Actions
from fieldcheck.ui.theme.theme import Look
from fieldcheck.ui.widgets.job_strip import JobStrip
from fieldcheck.ui.widgets.plain import label
from fieldcheck.words.language import text


class MapView(QWidget):
    """Lays out; what is shown comes from the presenter."""

    def __init__(self, look: Look, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.strip = JobStrip(look)
        self.cloud = Cloud(look, text("Field over benchmark, by likeness"))
        self.key = label(size="caption", tone="quiet", wrap=True)
        self.how = label(size="caption", tone="quiet", wrap=True)
        self.how.setText(text("Draw round some of them with the mouse, or move the ring with the arrow keys, + and −, and press Enter."))
        inside = QVBoxLayout(self)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.setSpacing(look.metrics.px(6))
        for part in (self.strip, self.key):
            inside.addWidget(part)
        inside.addWidget(self.cloud, 1)
        inside.addWidget(self.how)

    def show_points(self, points: NDArray[np.float32], n_frames: int, wrong: NDArray[np.bool_]) -> None:
        """`points`: (n, 2), frames first; `wrong`: (n,) which get a triangle round them."""
        self.cloud.show_points(points, n_frames, wrong)

    def show_key(self, said: str, described: bool = True) -> None:
        """What the marks are; `described`: a screen reader says it of the points too."""
        self.key.setText(said)
        if described:
            self.cloud.setAccessibleDescription(said)

"""The live page of the Capture screen: the picture with its meters and its timeline, and the panel beside it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QSizePolicy, QStackedWidget, QVBoxLayout, QWidget

from fieldcheck.ui.screens.capture.live_canvas import LiveCanvas
from fieldcheck.ui.screens.capture.meter import QualityMeter
from fieldcheck.ui.screens.capture.source_panel import WIDTH, SourcePanel
from fieldcheck.ui.screens.capture.timeline import RecordingTimeline, TimelineContent
from fieldcheck.ui.shell.actions import Actions
from fieldcheck.ui.theme.theme import Theme
from fieldcheck.ui.widgets.key_button import KeyButton
from fieldcheck.ui.widgets.placeholder import Placeholder
from fieldcheck.ui.widgets.plain import make_card, make_column, make_label, make_plain_tip, make_row, make_scroll_area
from fieldcheck.words.language import tr

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


class LiveView(QWidget):
    """Shows one camera at a time."""

    def __init__(self, look: Theme, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look, self._actions = look, actions
        self.canvas = LiveCanvas(look, tr("Live view"))
        self.placeholder = Placeholder(look)
        self.stack = QStackedWidget()
        self.stack.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.stack.addWidget(self.canvas)
        self.stack.addWidget(self.placeholder)
        self.facts = make_label()
        self.facts.setProperty("elides", True)
        self.advice = make_label(size="caption", tone="quiet")
        self.dark, self.blur, self.glare = (QualityMeter(look, name) for name in (tr("Dark"), tr("Blur"), tr("Glare")))
        self.timeline = RecordingTimeline(look, tr("Recorded time"))
        self.panel = SourcePanel(look, actions)
        make_row(look, (self._build_image_column(), 1), self._build_source_frame(), gap=12, on=self)

    def show_camera(self) -> None:
        """The picture, empty at first, in place of the sentence that there is none."""
        self.canvas.clear()
        self.stack.setCurrentWidget(self.canvas)

    def show_loading(self, sentence: str) -> None:
        """Which cameras there are is being looked for."""
        self.placeholder.show_loading(sentence)
        self.canvas.clear()
        self.stack.setCurrentWidget(self.placeholder)

    def show_empty(self, said: str, actions: Mapping[str, str]) -> None:
        """No camera: a sentence, and buttons for these actions with what stands on them."""
        buttons = [
            KeyButton(self._look, name, self._actions.get_key_text(one), shrinks=True).bind_action(self._actions.get_action(one))
            for one, name in actions.items()
        ]
        self.placeholder.show_empty(said, buttons)
        self.canvas.clear()
        self.stack.setCurrentWidget(self.placeholder)

    def show_frame(self, rgb: NDArray[np.uint8], meters: Sequence[tuple[str, float, float]]) -> None:
        """A frame, (H, W, 3) uint8 RGB, and what the meters say of it: dark, blur, glare."""
        self.canvas.show_frame(rgb)
        for meter, value in zip((self.dark, self.blur, self.glare), meters, strict=True):
            meter.show_value(*value)

    def show_state(self, recording: str, lost: str, info: Sequence[str], description: str) -> None:
        """Shows the overlay text over the picture."""
        self.canvas.show_state(recording, lost, info, description)

    def get_image_size(self) -> tuple[int, int]:
        """How many of the screen the picture has, across and down."""
        ratio = self.canvas.devicePixelRatioF()
        return round(self.canvas.width() * ratio), round(self.canvas.height() * ratio)

    def show_facts(self, said: str, advice: str) -> None:
        """Shows the recording so far in figures, and one line of advice."""
        if said != self.facts.text():
            self.facts.setText(said)
            self.facts.setToolTip(make_plain_tip(said))
        if advice != self.advice.text():
            self.advice.setText(advice)

    def show_timeline(self, line: TimelineContent) -> None:
        """The recording so far."""
        self.timeline.show_timeline(line)

    def set_compact(self, compact: bool) -> None:
        """Small windows have no room for advice beside the figures."""
        self.advice.setVisible(not compact)
        self.panel.set_compact(compact)

    def hasHeightForWidth(self) -> bool:
        """The picture and the list of the panel take what there is, so no line that wraps makes the page higher than the window."""
        return False

    def minimumSizeHint(self) -> QSize:
        inside = self.layout()
        needed = inside.minimumSize().width() if inside is not None else 0
        return QSize(max(self._look.metrics.scale_px(600), needed), self._look.metrics.scale_px(300))

    def _build_image_column(self) -> QVBoxLayout:
        inside = make_column(self._look, (self.stack, 1), gap=6)
        facts = make_row(self._look)
        facts.addWidget(self.facts, 1)
        facts.addWidget(self.advice)
        inside.addLayout(facts)
        inside.addLayout(make_row(self._look, self.dark, self.blur, self.glare, gap=16))
        inside.addWidget(self.timeline)
        return inside

    def _build_source_frame(self) -> QWidget:
        around = QVBoxLayout()
        frame = make_card(self._look, around)
        around.setContentsMargins(0, 0, 0, 0)
        around.setSpacing(0)
        area = make_scroll_area(self.panel)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)  # the panel wraps; it is never wider than its frame
        around.addWidget(area, 1)
        around.addWidget(self.panel.foot)
        frame.setFixedWidth(self._look.metrics.scale_px(WIDTH) + 2)
        return frame

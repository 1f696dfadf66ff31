"""Page of the two people: frames dealt out and labels taken in above; below, one frame with the answer of each, to choose from."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QSpinBox, QWidget

from fieldcheck.ui.jobs.runner import Job
from fieldcheck.ui.shell.actions import Actions
from fieldcheck.ui.theme.marks import marked
from fieldcheck.ui.theme.theme import Look
from fieldcheck.ui.widgets.flow import Flow
from fieldcheck.ui.widgets.frame_view import BoxMark, FrameView
from fieldcheck.ui.widgets.job_strip import JobStrip
from fieldcheck.ui.widgets.key_button import KeyButton
from fieldcheck.ui.widgets.pages import Pages
from fieldcheck.ui.widgets.placeholder import Placeholder
from fieldcheck.ui.widgets.plain import column, label, row
from fieldcheck.words.language import text

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

USUAL, MOST = 20, 2000  # frames that both label


class PeoplePage(QWidget):
    """`overlap` and `people` say how frames are dealt out."""

    def __init__(self, look: Look, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look, self._actions = look, actions
        self.overlap = QSpinBox()
        self.overlap.setRange(0, MOST)
        self.overlap.setValue(USUAL)
        self.overlap.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.overlap.setAccessibleName(text("Frames labelled by both annotators"))
        self.people = marked(look, QCheckBox(text("Include frames with a person")))
        self.strip = JobStrip(look)
        self.said = label(bold=True, wrap=True)
        self.views = (FrameView(look, text("Accept left label")), FrameView(look, text("Accept right label")))
        self._answers = ("", "")
        self.placeholder = Placeholder(look)
        self.pages = Pages(self.placeholder, self._conflict())
        above = QWidget()
        flow = Flow(look.metrics.px(8), above)
        both = QWidget()
        row(look, label(text("Overlap (frames)")), self.overlap, on=both)
        for part in (
            self._button(text("Split between annotators…"), "evidence.share"),
            both,
            self.people,
        ):
            flow.addWidget(part)
        column(look, above, self.strip, (self.pages, 1), on=self)

    @property
    def front(self) -> QWidget | None:
        """Arrows choose an answer: they belong to the page."""
        return None

    def show_conflict(self, said: str, answers: tuple[str, str]) -> None:
        """How many are decided, and what each of the two said; the picture comes later."""
        self.said.setText(said)
        self._answers = answers
        self.pages.turn_to(self._shown)

    def show_frame(self, rgb: NDArray[np.uint8] | None, marks: tuple[Sequence[BoxMark], Sequence[BoxMark]]) -> None:
        """The frame twice, each time with the boxes of one answer; None where its picture is gone."""
        for view, answer, drawn in zip(self.views, self._answers, marks, strict=True):
            if rgb is None:
                view.show_nothing(answer, text("The image of this frame is missing."))
            else:
                view.show_frame(rgb, answer, answer, marks=drawn)

    def show_nothing(self, said: str) -> None:
        """No two people differ."""
        self.placeholder.show_empty(said, [self._button(text("Merge labels…"), "evidence.merge")])
        self.pages.turn_to(self.placeholder)

    def show_job(self, job: Job | None) -> None:
        """Frames that are dealt out, or labels that come in."""
        self.strip.show_job(job)

    def _conflict(self) -> QWidget:
        self._shown = QWidget()
        steps = (self._button(text("Previous conflict"), "evidence.previous"), self._button(text("Next conflict"), "evidence.next"))
        head = row(self._look, (self.said, 1), *steps)
        sides = row(self._look, gap=12)
        for view, action in zip(self.views, ("evidence.first", "evidence.second"), strict=True):
            sides.addLayout(column(self._look, (view, 1), self._button(text("Accept this label"), action)), 1)
        column(self._look, head, (sides, 1), on=self._shown)
        return self._shown

    def _button(self, said: str, action: str) -> KeyButton:
        return KeyButton(self._look, said, self._actions.key(action), shrinks=True).triggers(self._actions.get(action))

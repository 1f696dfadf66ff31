"""Page of the two people: frames dealt out and labels taken in above; below, one frame with the answer of each, to choose from."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QSpinBox, QWidget

from fieldcheck.ui.jobs.runner import Job
from fieldcheck.ui.shell.actions import Actions
from fieldcheck.ui.theme.marks import apply_mark_style
from fieldcheck.ui.theme.theme import Theme
from fieldcheck.ui.widgets.flow import FlowLayout
from fieldcheck.ui.widgets.frame_view import BoxMark, FrameView
from fieldcheck.ui.widgets.job_strip import JobStrip
from fieldcheck.ui.widgets.key_button import KeyButton
from fieldcheck.ui.widgets.pages import PageStack
from fieldcheck.ui.widgets.placeholder import Placeholder
from fieldcheck.ui.widgets.plain import make_column, make_label, make_row
from fieldcheck.words.language import tr

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

USUAL, MOST = 20, 2000  # frames that both label


class AnnotatorsPage(QWidget):
    """`overlap` and `people` say how frames are dealt out."""

    def __init__(self, look: Theme, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look, self._actions = look, actions
        self.overlap = QSpinBox()
        self.overlap.setRange(0, MOST)
        self.overlap.setValue(USUAL)
        self.overlap.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.overlap.setAccessibleName(tr("Frames labelled by both annotators"))
        self.people = apply_mark_style(look, QCheckBox(tr("Include frames with a person")))
        self.strip = JobStrip(look)
        self.said = make_label(bold=True, wrap=True)
        self.views = (FrameView(look, tr("Accept left label")), FrameView(look, tr("Accept right label")))
        self._answers = ("", "")
        self.placeholder = Placeholder(look)
        self.pages = PageStack(self.placeholder, self._build_conflict_part())
        above = QWidget()
        flow = FlowLayout(look.metrics.scale_px(8), above)
        both = QWidget()
        make_row(look, make_label(tr("Overlap (frames)")), self.overlap, on=both)
        for part in (
            self._make_button(tr("Split between annotators…"), "evidence.share"),
            both,
            self.people,
        ):
            flow.addWidget(part)
        make_column(look, above, self.strip, (self.pages, 1), on=self)

    @property
    def front(self) -> QWidget | None:
        """Arrows choose an answer: they belong to the page."""
        return None

    def show_conflict(self, said: str, answers: tuple[str, str]) -> None:
        """How many are decided, and what each of the two said; the picture comes later."""
        self.said.setText(said)
        self._answers = answers
        self.pages.show_page(self._shown)

    def show_frame(self, rgb: NDArray[np.uint8] | None, marks: tuple[Sequence[BoxMark], Sequence[BoxMark]]) -> None:
        """The frame twice, each time with the boxes of one answer; None where its picture is gone."""
        for view, answer, drawn in zip(self.views, self._answers, marks, strict=True):
            if rgb is None:
                view.show_nothing(answer, tr("The image of this frame is missing."))
            else:
                view.show_frame(rgb, answer, answer, marks=drawn)

    def show_nothing(self, said: str) -> None:
        """No two people differ."""
        self.placeholder.show_empty(said, [self._make_button(tr("Merge labels…"), "evidence.merge")])
        self.pages.show_page(self.placeholder)

    def show_job(self, job: Job | None) -> None:
        """Frames that are dealt out, or labels that come in."""
        self.strip.show_job(job)

    def _build_conflict_part(self) -> QWidget:
        self._shown = QWidget()
        steps = (self._make_button(tr("Previous conflict"), "evidence.previous"), self._make_button(tr("Next conflict"), "evidence.next"))
        head = make_row(self._look, (self.said, 1), *steps)
        sides = make_row(self._look, gap=12)
        for view, action in zip(self.views, ("evidence.first", "evidence.second"), strict=True):
            sides.addLayout(make_column(self._look, (view, 1), self._make_button(tr("Accept this label"), action)), 1)
        make_column(self._look, head, (sides, 1), on=self._shown)
        return self._shown

    def _make_button(self, said: str, action: str) -> KeyButton:
        return KeyButton(self._look, said, self._actions.get_key_text(action), shrinks=True).bind_action(self._actions.get_action(action))

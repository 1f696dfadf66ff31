"""Frames and benchmark pictures as a grid: what is asked for above it, the one that is looked at beside it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QAbstractItemView, QFrame, QHBoxLayout, QLabel, QLineEdit, QWidget

from fieldcheck.ui.jobs.runner import Job
from fieldcheck.ui.narrowing import get_box_layout
from fieldcheck.ui.screens.explore.filter_bar import FilterBar
from fieldcheck.ui.screens.explore.frames import FocusTarget
from fieldcheck.ui.shell.actions import Actions
from fieldcheck.ui.theme.theme import Theme
from fieldcheck.ui.widgets.choose import choose_folder
from fieldcheck.ui.widgets.fixed_lines import FixedLinesLabel
from fieldcheck.ui.widgets.job_strip import JobStrip
from fieldcheck.ui.widgets.picture_grid import ThumbnailGrid
from fieldcheck.ui.widgets.plain import make_card, make_column, make_label, make_scroll_area
from fieldcheck.ui.widgets.still import ImagePair, ImageView
from fieldcheck.words.language import tr

MOST_FACTS = 9
WIDE, COMPACT, NAME, NAME_COMPACT = 310, 276, 104, 84


class SelectedFramePanel(QWidget):
    """`tags_entered(names)` says which tags the frame shall have, separated by commas."""

    tags_entered = Signal(str)

    def __init__(self, look: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        frame: QFrame = make_card(look)
        whole = QHBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(frame)
        inside = get_box_layout(frame)
        inside.setSpacing(look.metrics.scale_px(4))
        self.still = ImageView(look, tr("Selected frame"))
        self.other = ImageView(look, tr("Most similar benchmark image"))
        self.under = make_label(size="caption", tone="quiet", wrap=True)
        inside.addWidget(ImagePair(look, self.still, self.other), 1)
        inside.addWidget(self.under)
        told = QWidget()
        lines = make_column(look, gap=2, on=told)
        self.facts: list[tuple[QLabel, FixedLinesLabel]] = []
        for _ in range(MOST_FACTS):
            name, said = make_label(size="caption", tone="quiet", wrap=True), FixedLinesLabel(size="caption")
            said.left_out = Qt.TextElideMode.ElideMiddle
            line = QHBoxLayout()
            line.setSpacing(look.metrics.scale_px(6))
            line.addWidget(name, 0, Qt.AlignmentFlag.AlignTop)
            line.addWidget(said, 1)
            lines.addLayout(line)
            self.facts.append((name, said))
        lines.addStretch(1)
        room = make_scroll_area(told)
        room.setMinimumHeight(look.metrics.scale_px(40))
        inside.addWidget(room, 2)
        self.tags = QLineEdit()
        self.tags.setAccessibleName(tr("Tags of selected frames"))
        self.tags.setPlaceholderText(tr("Tags"))
        self.tags.returnPressed.connect(lambda: self.tags_entered.emit(self.tags.text()))
        inside.addWidget(self.tags)
        self.show_comparison(None, "")

    def show_facts(self, facts: Sequence[tuple[str, str]], tags: Sequence[str]) -> None:
        """Shows the facts of the frame; its picture comes later."""
        said = [*facts[:MOST_FACTS], *[("", "")] * (MOST_FACTS - len(facts))]
        for (name, value), (name_shown, shown) in zip(said, self.facts, strict=True):
            name_shown.setText(name)
            shown.set_text(value)
            name_shown.setVisible(bool(name))
            shown.setVisible(bool(name))
        if not self.tags.hasFocus():
            self.tags.setText(", ".join(tags))

    def show_image(self, image: QImage | None, said: str) -> None:
        """The picture of the frame that is looked at."""
        self.still.show_image(image, said)

    def show_comparison(self, image: QImage | None, said: str) -> None:
        """The benchmark picture most like it under the frame, or none."""
        self.other.show_image(image, said)
        self.other.setVisible(image is not None)
        self.under.setText(said)
        self.under.setVisible(bool(said))

    def show_comparison_caption(self, said: str) -> None:
        """Which benchmark picture it is compared with."""
        self.under.setText(said)

    def set_compact(self, compact: bool) -> None:
        """Narrower, in narrow windows."""
        px = self._look.metrics.scale_px
        self.setFixedWidth(px(COMPACT if compact else WIDE))
        for name, _ in self.facts:
            name.setFixedWidth(px(NAME_COMPACT if compact else NAME))


TILE = QSize(126, 71)


class FramesView(QWidget):
    """Lays out; what is shown comes from the presenter."""

    def __init__(self, look: Theme, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.bar = FilterBar(look, actions)
        self.strip = JobStrip(look)
        self.note = make_label(size="caption", tone="quiet", wrap=True)
        self.grid = ThumbnailGrid(look, tr("Field frames and benchmark images"), TILE * (look.metrics.percent / 100), stacked=True)
        self.grid.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.side = SelectedFramePanel(look)
        lower = QHBoxLayout()
        lower.setSpacing(look.metrics.scale_px(12))
        lower.addWidget(self.grid, 1)
        lower.addWidget(self.side)
        inside = make_column(look, gap=6, on=self)
        for part in (self.strip, self.bar, self.note):
            inside.addWidget(part)
        inside.addLayout(lower, 1)

    def show_job(self, job: Job | None) -> None:
        """Vectors or files that are being made."""
        self.strip.show_job(job)

    def focus_part(self, to: FocusTarget) -> None:
        """The list to filter by, the field for a slice's name or for tags, or the grid takes the keys."""
        if to == "tags":
            self.side.tags.selectAll()
        {"filter": self.bar.facet, "name": self.bar.name, "tags": self.side.tags, "grid": self.grid}[to].setFocus()

    def prompt_for_folder(self, then: Callable[[Path], None]) -> None:
        """Lets a person choose where the slice goes."""
        choose_folder(self, tr("Slice folder"), then)

    def show_note(self, said: str) -> None:
        """Something about all that is shown; empty for nothing."""
        self.note.setText(said)
        self.note.setVisible(bool(said))

    def set_compact(self, compact: bool) -> None:
        """In narrow windows."""
        self.side.set_compact(compact)

"""Frames and benchmark pictures as a grid: what is asked for above it, the one that is looked at beside it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QAbstractItemView, QFrame, QHBoxLayout, QLabel, QLineEdit, QWidget

from fieldcheck.ui.jobs.runner import Job
from fieldcheck.ui.narrowing import content
from fieldcheck.ui.screens.explore.filter_bar import FilterBar
from fieldcheck.ui.screens.explore.frames import KeysTo
from fieldcheck.ui.shell.actions import Actions
from fieldcheck.ui.theme.theme import Look
from fieldcheck.ui.widgets.choose import choose_folder
from fieldcheck.ui.widgets.fixed_lines import FixedLines
from fieldcheck.ui.widgets.job_strip import JobStrip
from fieldcheck.ui.widgets.picture_grid import PictureGrid
from fieldcheck.ui.widgets.plain import card, column, label, scrolled
from fieldcheck.ui.widgets.still import Still, StillPair
from fieldcheck.words.language import text

MOST_FACTS = 9
WIDE, COMPACT, NAME, NAME_COMPACT = 310, 276, 104, 84


class NearestBenchmarkPanel(QWidget):
    """`tagged(names)` says which tags the frame shall have, separated by commas."""

    tagged = Signal(str)

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        frame: QFrame = card(look)
        whole = QHBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(frame)
        inside = content(frame)
        inside.setSpacing(look.metrics.px(4))
        self.still = Still(look, text("Selected frame"))
        self.other = Still(look, text("Most similar benchmark image"))
        self.under = label(size="caption", tone="quiet", wrap=True)
        inside.addWidget(StillPair(look, self.still, self.other), 1)
        inside.addWidget(self.under)
        told = QWidget()
        lines = column(look, gap=2, on=told)
        self.facts: list[tuple[QLabel, FixedLines]] = []
        for _ in range(MOST_FACTS):
            name, said = label(size="caption", tone="quiet", wrap=True), FixedLines(size="caption")
            said.left_out = Qt.TextElideMode.ElideMiddle
            line = QHBoxLayout()
            line.setSpacing(look.metrics.px(6))
            line.addWidget(name, 0, Qt.AlignmentFlag.AlignTop)
            line.addWidget(said, 1)
            lines.addLayout(line)
            self.facts.append((name, said))
        lines.addStretch(1)
        room = scrolled(told)
        room.setMinimumHeight(look.metrics.px(40))
        inside.addWidget(room, 2)
        self.tags = QLineEdit()
        self.tags.setAccessibleName(text("Tags of selected frames"))
        self.tags.setPlaceholderText(text("Tags"))
        self.tags.returnPressed.connect(lambda: self.tagged.emit(self.tags.text()))
        inside.addWidget(self.tags)
        self.compare_with(None, "")

    def show_facts(self, facts: Sequence[tuple[str, str]], tags: Sequence[str]) -> None:
        """Shows the facts of the frame; its picture comes later."""
        said = [*facts[:MOST_FACTS], *[("", "")] * (MOST_FACTS - len(facts))]
        for (name, value), (name_shown, shown) in zip(said, self.facts, strict=True):
            name_shown.setText(name)
            shown.say(value)
            name_shown.setVisible(bool(name))
            shown.setVisible(bool(name))
        if not self.tags.hasFocus():
            self.tags.setText(", ".join(tags))

    def show_picture(self, image: QImage | None, said: str) -> None:
        """The picture of the frame that is looked at."""
        self.still.show_image(image, said)

    def compare_with(self, image: QImage | None, said: str) -> None:
        """The benchmark picture most like it under the frame, or none."""
        self.other.show_image(image, said)
        self.other.setVisible(image is not None)
        self.under.setText(said)
        self.under.setVisible(bool(said))

    def say_under(self, said: str) -> None:
        """Which benchmark picture it is compared with."""
        self.under.setText(said)

    def set_compact(self, compact: bool) -> None:
        """Narrower, in narrow windows."""
        px = self._look.metrics.px
        self.setFixedWidth(px(COMPACT if compact else WIDE))
        for name, _ in self.facts:
            name.setFixedWidth(px(NAME_COMPACT if compact else NAME))


TILE = QSize(126, 71)


class FramesView(QWidget):
    """Lays out; what is shown comes from the presenter."""

    def __init__(self, look: Look, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.bar = FilterBar(look, actions)
        self.strip = JobStrip(look)
        self.note = label(size="caption", tone="quiet", wrap=True)
        self.grid = PictureGrid(look, text("Field frames and benchmark images"), TILE * (look.metrics.percent / 100), stacked=True)
        self.grid.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.side = NearestBenchmarkPanel(look)
        lower = QHBoxLayout()
        lower.setSpacing(look.metrics.px(12))
        lower.addWidget(self.grid, 1)
        lower.addWidget(self.side)
        inside = column(look, gap=6, on=self)
        for part in (self.strip, self.bar, self.note):
            inside.addWidget(part)
        inside.addLayout(lower, 1)

    def show_job(self, job: Job | None) -> None:
        """Vectors or files that are being made."""
        self.strip.show_job(job)

    def give_keys(self, to: KeysTo) -> None:
        """The list to filter by, the field for a slice's name or for tags, or the grid takes the keys."""
        if to == "tags":
            self.side.tags.selectAll()
        {"filter": self.bar.facet, "name": self.bar.name, "tags": self.side.tags, "grid": self.grid}[to].setFocus()

    def ask_folder(self, then: Callable[[Path], None]) -> None:
        """Lets a person choose where the slice goes."""
        choose_folder(self, text("Slice folder"), then)

    def show_note(self, said: str) -> None:
        """Something about all that is shown; empty for nothing."""
        self.note.setText(said)
        self.note.setVisible(bool(said))

    def set_compact(self, compact: bool) -> None:
        """In narrow windows."""
        self.side.set_compact(compact)

"""What the Explore screen shows: the headline, right answers by class, what was taken for what, and the worst frames."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QAbstractItemView, QFrame, QHBoxLayout, QHeaderView, QTableView, QVBoxLayout, QWidget

from fieldcheck.ui.jobs.runner import Job
from fieldcheck.ui.look.theme import Look
from fieldcheck.ui.screens.explore.band import Band
from fieldcheck.ui.screens.explore.classes import RANGE, RIGHT, Classes, N, RangeDelegate
from fieldcheck.ui.screens.explore.counts import Counts
from fieldcheck.ui.shell.actions import Actions
from fieldcheck.ui.widgets.empty_state import EmptyState
from fieldcheck.ui.widgets.focus import lead_focus
from fieldcheck.ui.widgets.job_strip import JobStrip
from fieldcheck.ui.widgets.key_button import KeyButton
from fieldcheck.ui.widgets.pages import Pages
from fieldcheck.ui.widgets.picture_grid import PictureGrid, Tile
from fieldcheck.ui.widgets.plain import card, label, row
from fieldcheck.ui.widgets.still import Still
from fieldcheck.words.language import text

if TYPE_CHECKING:
    from fieldcheck.workflows.explore import Explored

TILE = QSize(126, 71)
ROW = 25
TABLES, TABLES_COMPACT, SIDE, SIDE_COMPACT = 400, 400, 300, 230
SCALE = 100


class ExploreView(QWidget):
    """Figures come finished; a change that is being worked out greys them until the new ones are there."""

    def __init__(self, look: Look, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look, self._actions = look, actions
        self._small: dict[str, tuple[tuple[tuple[str, str], ...], str, str]] = {}
        self._images: dict[str, QImage] = {}
        self.strip = JobStrip(look)
        self.busy = label(text("Working out the figures …"), tone="quiet")
        self.busy.hide()
        self.band = Band(look)
        self.tables = self._tables()
        self.worst = self._worst()
        self.side = self._side()
        self.figures = QWidget()
        lower = row(look, self.tables, gap=12)
        lower.addWidget(self.worst, 1)
        lower.addWidget(self.side)
        inside = QVBoxLayout(self.figures)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.setSpacing(look.metrics.px(8))
        inside.addWidget(self.band)
        inside.addLayout(lower, 1)
        self.empty = EmptyState(look)
        self.pages = Pages(self.empty, self.figures)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(look.metrics.px(8))
        column.addWidget(self.strip)
        column.addWidget(self.busy)
        column.addWidget(self.pages, 1)

    def show_empty(self, said: str, actions: Sequence[str]) -> None:
        """What is missing, and the buttons of these actions."""
        buttons = [
            KeyButton(self._look, self._actions.get(one).text(), self._actions.key(one)).triggers(self._actions.get(one)) for one in actions
        ]
        self.empty.show_state(said, buttons)
        lead_focus(self, None)
        self.pages.turn_to(self.empty)

    def show_figures(self, found: Explored, images: Mapping[str, QImage], tiles: Sequence[Tile], note: str) -> None:
        """The figures as they are now; `note` says which frames nothing is shown of."""
        self.band.show_headline(found.verdict, found.sign, found.headline, found.under, found.counts)
        self.classes.show_lines(found.classes, found.overall)
        self.counts.show_counts(found.count_heads[1:], found.count_rows)
        self.tables.setVisible(bool(found.classes or found.count_rows))  # boxes have neither
        self._images = dict(images)
        self._small = {one.frame_id: (one.lines, one.small, one.alt) for one in found.worst}
        self.note.setText(" ".join(part for part in (found.no_worst, note) if part))
        self.note.setVisible(bool(self.note.text()))
        self.grid.show_tiles(tiles)
        self.grid.show_pictures(images)
        self.side.setVisible(bool(tiles))
        self.look_at(self.grid.current())
        self.pages.turn_to(self.figures)
        lead_focus(self, self.grid if tiles else self.class_table)

    def show_working(self, working: bool) -> None:
        """Whether other figures are being worked out: those that are shown are old then."""
        self.busy.setVisible(working)
        self.figures.setEnabled(not working)

    def show_job(self, job: Job | None) -> None:
        """The run under way, or the last one where it was cancelled."""
        self.strip.show_job(job)

    def look_at(self, frame_id: str) -> None:
        """This worst frame is looked at."""
        lines, small, alt = self._small.get(frame_id, ((), "", ""))
        self.still.show_image(self._images.get(frame_id), alt)
        said = list(lines) + [("", "")] * (len(self.facts) - len(lines))
        for (name, answer), (name_shown, shown) in zip(said, self.facts, strict=True):
            name_shown.setText(name)
            shown.setText(answer)
        self.small.setText(small)

    def set_compact(self, compact: bool) -> None:
        """Narrow windows show one of the two tables at a time."""
        px = self._look.metrics.px
        self.tables.setFixedWidth(px(TABLES_COMPACT if compact else TABLES))
        self.side.setFixedWidth(px(SIDE_COMPACT if compact else SIDE))
        self.switch.setVisible(compact)
        self._compact = compact
        self._show_table(by_class=not self.to_counts.isChecked())

    def heightForWidth(self, width: int) -> int:
        """The least height, not the one that would be nicest: tables and pictures scroll in the room that there is."""
        return self.layout().totalMinimumHeightForWidth(width)

    def _show_table(self, by_class: bool) -> None:
        self.to_classes.setChecked(by_class)
        self.to_counts.setChecked(not by_class)
        self.class_part.setVisible(by_class or not self._compact)
        self.count_part.setVisible(not by_class or not self._compact)

    def _tables(self) -> QFrame:
        look = self._look
        self._compact = False
        self.classes, self.counts = Classes(self), Counts(self)
        self.class_table, self.count_table = QTableView(), QTableView()
        for table, model, name in (
            (self.class_table, self.classes, text("Right answers by class")),
            (self.count_table, self.counts, text("What was taken for what")),
        ):
            table.setModel(model)
            table.setAccessibleName(name)
            table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
            table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
            table.setTabKeyNavigation(False)
            table.setCornerButtonEnabled(False)
            table.verticalHeader().setDefaultSectionSize(look.metrics.px(ROW))
            table.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
            table.horizontalHeader().setHighlightSections(False)
        self._form_class_table()
        self.count_table.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        self.count_table.horizontalHeader().setMinimumSectionSize(look.metrics.px(28))
        self.class_part = self._part("", self.class_table)
        self.count_part = self._part(text("You said ↓, model said →"), self.count_table)
        self.to_classes, self.to_counts = KeyButton(look, text("By class")), KeyButton(look, text("Taken for what"))
        self.switch = QWidget()
        self.switch.setLayout(row(look, self.to_classes, self.to_counts, gap=4))
        for button, by_class in ((self.to_classes, True), (self.to_counts, False)):
            button.setCheckable(True)
            button.clicked.connect(lambda _on, by_class=by_class: self._show_table(by_class))
        self.to_classes.setChecked(True)
        self.switch.hide()
        frame = card(look)
        for part in (self.switch, self.class_part, self.count_part):
            frame.layout().addWidget(part)
        frame.setFixedWidth(look.metrics.px(TABLES))
        return frame

    def _form_class_table(self) -> None:
        self.class_table.verticalHeader().hide()
        self.class_table.setShowGrid(False)
        self.class_table.setItemDelegateForColumn(RANGE, RangeDelegate(self._look, self.classes, self))
        heads = self.class_table.horizontalHeader()
        heads.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        for column in (N, RIGHT):
            heads.setSectionResizeMode(column, QHeaderView.ResizeMode.ResizeToContents)
        heads.setSectionResizeMode(RANGE, QHeaderView.ResizeMode.Fixed)
        heads.resizeSection(RANGE, self._look.metrics.px(SCALE))
        self.class_table.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)

    def _part(self, head: str, table: QTableView) -> QWidget:
        part = QWidget()
        inside = QVBoxLayout(part)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.setSpacing(self._look.metrics.px(4))
        if head:
            inside.addWidget(label(head, "caption", "quiet"))
        inside.addWidget(table, 1)
        return part

    def _worst(self) -> QWidget:
        part = QWidget()
        inside = QVBoxLayout(part)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.setSpacing(self._look.metrics.px(4))
        self.note = label(size="caption", tone="quiet", wrap=True)
        size = TILE * (self._look.metrics.percent / 100)
        self.grid = PictureGrid(self._look, text("Labelled frames the model was wrong on, the surest first"), size, stacked=True)
        self.grid.chosen.connect(self.look_at)
        inside.addWidget(label(text("Wrong, surest first"), bold=True, wrap=True))
        inside.addWidget(self.note)
        inside.addWidget(self.grid, 1)
        return part

    def _side(self) -> QFrame:
        frame = card(self._look)
        frame.setFixedWidth(self._look.metrics.px(SIDE))
        self.still = Still(self._look, text("The frame that is looked at"))
        frame.layout().addWidget(self.still, 1)
        self.facts = []
        for _ in range(2):
            name, said = label(tone="quiet", wrap=True), label(bold=True, wrap=True)
            name.setFixedWidth(self._look.metrics.px(96))
            line = QHBoxLayout()
            line.addWidget(name, 0, Qt.AlignmentFlag.AlignTop)
            line.addWidget(said, 1)
            frame.layout().addLayout(line)
            self.facts.append((name, said))
        self.small = label(size="caption", tone="quiet", wrap=True)
        frame.layout().addWidget(self.small)
        return frame

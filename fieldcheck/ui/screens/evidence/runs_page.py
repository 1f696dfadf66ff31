"""Page with the stored runs: a table of twenty, and what came of repeating the one that is looked at."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QAbstractItemView, QWidget

from fieldcheck.ui.jobs.runner import Job
from fieldcheck.ui.shell.actions import Actions
from fieldcheck.ui.theme.theme import Theme
from fieldcheck.ui.widgets.block_table import ReportTable
from fieldcheck.ui.widgets.job_strip import JobStrip
from fieldcheck.ui.widgets.key_button import KeyButton
from fieldcheck.ui.widgets.line_list import LineList
from fieldcheck.ui.widgets.pages import PageStack
from fieldcheck.ui.widgets.placeholder import Placeholder
from fieldcheck.ui.widgets.plain import make_column, make_label, make_row
from fieldcheck.ui.widgets.tile_model import Index
from fieldcheck.words.language import tr

if TYPE_CHECKING:
    from fieldcheck.report.blocks import Table

OVER = 1  # the column that takes the room that is left


class RunsPage(QWidget):
    """`run_chosen(row)`: another run is looked at."""

    run_chosen = Signal(int)

    def __init__(self, look: Theme, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.table = ReportTable(look, tr("Saved runs"))
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.selectionModel().currentRowChanged.connect(self._on_row_changed)
        self.said = make_label(tone="quiet", wrap=True)
        self.strip = JobStrip(look)
        self.outcome = LineList(look, tr("Reproduction result"))
        buttons = [
            KeyButton(look, said, actions.get_key_text(one), shrinks=True).bind_action(actions.get_action(one))
            for said, one in ((tr("Newer"), "evidence.newer"), (tr("Older"), "evidence.older"), (tr("Reproduce"), "evidence.repeat"))
        ]
        self.placeholder, full = Placeholder(look), QWidget()
        make_column(look, make_row(look, (self.said, 1), *buttons), self.strip, (self.table, 4), (self.outcome, 1), on=full)
        self.pages, self._look, self._actions = PageStack(self.placeholder, full), look, actions
        self._full = full
        make_column(look, (self.pages, 1), on=self)

    @property
    def front(self) -> QWidget | None:
        """Widget that keys go to."""
        return self.table

    def show_runs(self, table: Table | None, said: str, at: int) -> None:
        """A page of runs, which of them it is, and the row that is looked at."""
        self.said.setText(said)
        self.pages.show_page(self.placeholder if table is None else self._full)
        if table is None:
            about = tr("No run saved yet. Every model run appears here with score and 95% CI and can be reproduced.")
            label_frames = KeyButton(self._look, tr("Label frames"), self._actions.get_key_text("go.label"))
            self.placeholder.show_empty(about, [label_frames.bind_action(self._actions.get_action("go.label"))])
        blocked = self.table.selectionModel().blockSignals(True)
        self.table.show_table(table, OVER)
        if table is not None:
            self.table.setCurrentIndex(self.table.lines.index(at, 0))
        self.table.selectionModel().blockSignals(blocked)

    def show_outcome(self, lines: Sequence[str]) -> None:
        """Outcome of repeating the run that is looked at; nothing before."""
        self.outcome.set_lines(lines)
        self.outcome.setVisible(bool(lines))

    def show_job(self, job: Job | None) -> None:
        """A run that is being repeated."""
        self.strip.show_job(job)

    def _on_row_changed(self, current: Index, _before: Index) -> None:
        if current.isValid():
            self.run_chosen.emit(current.row())

"""The Monitor screen: state timeline, charts over shifts, confidence by class, and what the shift that is looked at calls for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QLineEdit, QWidget

from fieldcheck.domain.file_kinds import VIDEO_ENDINGS, patterns
from fieldcheck.ui.jobs.runner import Job
from fieldcheck.ui.narrowing import content
from fieldcheck.ui.screens.monitor.class_histograms import ClassBars, ClassHistograms
from fieldcheck.ui.screens.monitor.drift_plot import DriftChart
from fieldcheck.ui.screens.monitor.state_timeline import StateTimeline
from fieldcheck.ui.shell.actions import Actions
from fieldcheck.ui.theme.theme import Look
from fieldcheck.ui.widgets.chart_table import ChartTable
from fieldcheck.ui.widgets.choice import Choice
from fieldcheck.ui.widgets.choose import choose_files
from fieldcheck.ui.widgets.drop_area import DropArea
from fieldcheck.ui.widgets.file_filters import with_all
from fieldcheck.ui.widgets.fixed_lines import FixedLines
from fieldcheck.ui.widgets.image_viewer import ImageViewer
from fieldcheck.ui.widgets.job_strip import JobStrip
from fieldcheck.ui.widgets.key_button import KeyButton
from fieldcheck.ui.widgets.notice import Notice
from fieldcheck.ui.widgets.pages import Pages
from fieldcheck.ui.widgets.placeholder import Placeholder
from fieldcheck.ui.widgets.plain import card, column, label, row, rule
from fieldcheck.ui.widgets.plot_view import legend
from fieldcheck.words.language import text

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from fieldcheck.domain.plot import Plot

LOGS = "*.csv *.tsv *.txt *.log *.json *.jsonl *.ndjson"
SIDE, SIDE_COMPACT = 312, 292
SAID, SAID_COMPACT = 12, 9  # lines
LISTED, LISTED_COMPACT = 5, 3


class MonitorView(DropArea):
    """`dropped` carries logs and footage to be taken in; `view_chosen` the code of a chart, `retention_chosen` weeks as a code."""

    view_chosen, retention_chosen = Signal(str), Signal(str)

    def __init__(
        self, look: Look, actions: Actions, views: list[tuple[str, str]], weeks: list[tuple[str, str]], parent: QWidget | None = None
    ) -> None:  # fmt: skip
        super().__init__(parent)
        self._look, self._actions, self._noted = look, actions, ""
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.placeholder, self.strip = Placeholder(look), JobStrip(look)
        self.timeline, self.span = StateTimeline(look), FixedLines(size="caption", tone="quiet")
        self.retention = Choice(look, text("Retention"), weeks)
        self.retention.activated.connect(lambda _at: self.retention_chosen.emit(self.retention.chosen_code))
        self.view = Choice(look, text("Chart"), views)
        self.view.activated.connect(lambda _at: self.view_chosen.emit(self.view.chosen_code))
        self.chart, self.reading = DriftChart(look), FixedLines(2, size="caption", tone="quiet")
        self.legend, self.drift = FixedLines(size="caption"), ChartTable(look, self.chart)
        self.as_table = KeyButton(look, text("Table"), actions.key("monitor.table"), shrinks=True).triggers(actions.get("monitor.table"))
        self.as_table.setCheckable(True)
        self.classes, self.classes_line = ClassHistograms(look), FixedLines(size="caption", tone="quiet")
        self.by_class = ChartTable(look, self.classes)
        self.heading, self.state = FixedLines(bold=True), FixedLines(bold=True)
        self.said = FixedLines(SAID, size="caption")
        self.said.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        self.listed = FixedLines(LISTED, size="caption", tone="quiet")
        self.listed_title = FixedLines(size="caption", bold=True)
        self.listed_title.say(text("Least confident frames (sampled)"))
        self.promise = label(text("Alarms never start a retraining."), "caption", "quiet", wrap=True)
        self.note = QLineEdit()
        self.note.setPlaceholderText(text("Note"))
        self.note.setAccessibleName(text("Note"))
        self.seen = KeyButton(look, text("Acknowledge"), actions.key("monitor.seen"), shrinks=True).triggers(actions.get("monitor.seen"))
        self.keep = KeyButton(look, text("Save frames"), actions.key("monitor.keep"), shrinks=True).triggers(actions.get("monitor.keep"))
        self.open = KeyButton(look, text("View frame"), actions.key("monitor.open")).triggers(actions.get("monitor.open"))
        self.notice = Notice(self)
        self.viewer: ImageViewer | None = None
        self.content = QWidget()
        self.pages = Pages(self.placeholder, self.content)
        self._lay_out()
        column(look, self.strip, (self.pages, 1), on=self)

    def show_loading(self, sentence: str) -> None:
        """The shifts are being read."""
        self.placeholder.show_loading(sentence)
        self.pages.turn_to(self.placeholder)

    def show_failed(self, sentence: str) -> None:
        """The shifts could not be read."""
        self.placeholder.show_failed(sentence)
        self.pages.turn_to(self.placeholder)

    def show_empty(self, said: str, action: str = "") -> None:
        """There is no shift yet; `action` brings one."""
        known = self._actions.get(action) if action else None
        buttons = [KeyButton(self._look, known.text(), self._actions.key(action)).triggers(known)] if known else []
        self.placeholder.show_empty(said, buttons)
        self.pages.turn_to(self.placeholder)

    def show_content(self) -> None:
        """There are shifts."""
        self.pages.turn_to(self.content)

    def ask_paths(self) -> None:
        """Asks for logs and footage; what is chosen is told as if it were dropped."""
        kinds = with_all(text("Logs and videos"), f"{LOGS} {patterns(VIDEO_ENDINGS)}")
        choose_files(self, text("Choose a log of the deployed model, or footage"), kinds, self.dropped.emit)

    def written_note(self) -> str:
        """Text of the note."""
        return self.note.text()

    def write_note(self) -> None:
        """Goes to the note's field."""
        self.note.setFocus()

    def show_timeline(self, states: Sequence[str], at: int, said: str, span: str) -> None:
        """State of each shift, and which one is looked at."""
        self.timeline.show_states(states, at, said)
        self.span.say(span, "quiet")

    def show_retention(self, code: str) -> None:
        """How long shifts are kept."""
        self.retention.choose(code)

    def show_chart(self, code: str, plot: Plot, at: int) -> None:
        """Chart over the shifts, how it is read, and the shift that is looked at."""
        self.view.choose(code)
        self.chart.show_drift(plot, at)
        self.legend.say(legend(plot))
        self.reading.say(plot.said, "quiet")

    def turn_chart(self) -> None:
        """The charts as tables, or as charts again."""
        self.by_class.flip()
        self.as_table.setChecked(self.drift.flip())
        if not self.as_table.isChecked():
            self.setFocus()

    def show_classes(self, classes: Sequence[ClassBars]) -> None:
        """Confidence of each class in the shift that is looked at."""
        self.classes.show_classes(classes)
        self.classes_line.say(self.classes.how, "quiet")

    def show_notice(self, title: str, said: str) -> bool:
        """Tells somebody who is not looking; False where this system has no tray."""
        return self.notice.show(title, said)

    def show_running(self, job: Job | None) -> None:
        """Shows what is being taken in."""
        self.strip.show_job(job)

    def show_frame(self, title: str, rgb: NDArray[np.uint8]) -> None:
        """Shows the image of a result in a dialog of this window; one at a time."""
        if self.viewer is None:
            self.viewer = ImageViewer(self._look, self)
        self.viewer.show_image(title, rgb)

    def show_shift(self, heading: str, state: str, tone: str, lines: Sequence[str], listed: Sequence[str], note: str | None) -> None:
        """The shift that is looked at; `note`: what was noted on it, None where it waits for somebody to look."""
        self.heading.say(heading)
        self.state.say(state, tone)
        self.said.say("\n".join(lines))
        self.listed.say("\n".join(listed), "quiet")
        if note is not None or heading != self._noted:  # else somebody may be writing one
            self.note.setText(note or "")
        self._noted = heading
        self.note.setReadOnly(note is not None)

    def set_compact(self, compact: bool) -> None:
        """A narrower panel with fewer lines."""
        self.side.setFixedWidth(self._look.metrics.px(SIDE_COMPACT if compact else SIDE))
        self.said.set_lines(SAID_COMPACT if compact else SAID)
        self.listed.set_lines(LISTED_COMPACT if compact else LISTED)
        self.classes_line.set_lines(2 if compact else 1)
        for part in (self.reading, self.open, self.promise):
            part.setVisible(not compact)

    def _lay_out(self) -> None:
        look = self._look
        left = column(look, self._states(), (self._drift(), 3), (self._by_class(), 2), gap=12)
        self.side = self._panel()
        across = row(look, gap=12)
        across.addLayout(left, 1)
        across.addWidget(self.side)
        column(look, (across, 1), gap=8, on=self.content)

    def _states(self) -> QFrame:
        made = self._card(text("Shift status"), self.span, self.retention)
        content(made).addWidget(self.timeline)
        return made

    def _drift(self) -> QFrame:
        made = self._card(text("Drift over shifts"), self.view, self.as_table)
        content(made).addWidget(self.legend)
        content(made).addWidget(self.drift, 1)
        content(made).addWidget(self.reading)
        return made

    def _by_class(self) -> QFrame:
        made = self._card(text("Confidence by class"), self.classes_line)
        content(made).addWidget(self.by_class, 1)
        return made

    def _card(self, title: str, beside: QWidget, last: QWidget | None = None) -> QFrame:
        made, px = card(self._look), self._look.metrics.px
        content(made).setSpacing(px(4))
        content(made).setContentsMargins(px(12), px(6), px(12), px(8))
        head = row(self._look, *([label(title, bold=True)] if title else []))
        head.addWidget(beside, 1)
        if isinstance(beside, FixedLines):
            beside.setAlignment(Qt.AlignmentFlag.AlignRight)
        if last is not None:
            head.addWidget(last)
        content(made).addLayout(head)
        return made

    def _panel(self) -> QFrame:
        made = card(self._look)
        for part in (self.heading, self.state, self.said, rule(), self.listed_title, self.listed):
            content(made).addWidget(part)
        content(made).addWidget(self.open)
        content(made).addStretch(1)
        content(made).addWidget(self.note)
        content(made).addLayout(row(self._look, self.seen, self.keep, gap=8))
        content(made).addWidget(self.promise)
        made.setFixedWidth(self._look.metrics.px(SIDE))
        return made

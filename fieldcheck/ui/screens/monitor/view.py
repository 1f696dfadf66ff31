"""View of the Monitor screen: state timeline, charts over shifts, confidence by class, and the
findings of the selected shift."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QFrame, QLineEdit, QSizePolicy, QWidget

from fieldcheck.domain.frame import VIDEO_ENDINGS, format_patterns
from fieldcheck.i18n.language import tr
from fieldcheck.ui.job_widgets import JobStrip
from fieldcheck.ui.jobs import Job
from fieldcheck.ui.qt_types import get_box_layout
from fieldcheck.ui.screens.monitor.charts import ClassBars, ClassHistograms, DriftChart
from fieldcheck.ui.shell.notifications import TrayNotice
from fieldcheck.ui.shell.shortcuts import Actions
from fieldcheck.ui.theme import Theme
from fieldcheck.ui.widgets.buttons import KeyButton
from fieldcheck.ui.widgets.charts import ChartTable, format_legend
from fieldcheck.ui.widgets.combo_box import ComboBox
from fieldcheck.ui.widgets.file_dialogs import add_all_files, choose_files
from fieldcheck.ui.widgets.images_and_zoom import ImageViewer
from fieldcheck.ui.widgets.layouts import (
    DropArea,
    make_card,
    make_column,
    make_label,
    make_row,
    make_rule,
)
from fieldcheck.ui.widgets.pages import BodyStates, PageStack, Placeholder
from fieldcheck.ui.widgets.text_lines import LineList, ReservedLinesLabel

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from fieldcheck.domain.report import Plot

# State timeline: a block for each shift, grey while all is well, amber to look at, red to act on; a
# click chooses one.

TALL = 34
WIDEST = 46  # pixels of a block


class StateTimeline(QWidget):
    """`chosen` carries the place of the shift that was clicked."""

    chosen = Signal(int)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.states: tuple[str, ...] = ()
        self.index = 0
        self.setAccessibleName(tr("Shift status"))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_states(self, states: Sequence[str], index: int, text: str) -> None:
        """State of each shift by its code (`camera` for a fault of the camera), which one is looked
        at, and all that in words."""
        self.states, self.index = tuple(states), index
        self.setAccessibleDescription(text)
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(self._theme.metrics.scale_px(300), self._theme.metrics.scale_px(TALL))

    def minimumSizeHint(self) -> QSize:
        return QSize(self._theme.metrics.scale_px(120), self._theme.metrics.scale_px(TALL))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        index = next(
            (
                index
                for index in range(len(self.states))
                if self.get_block_rect(index).contains(event.position().toPoint())
            ),
            None,
        )
        if index is not None:
            self.chosen.emit(index)

    def get_block_rect(self, index: int) -> QRect:
        """Where the block of a shift is painted."""
        width = min(self._theme.metrics.scale_px(WIDEST), self.width() / max(1, len(self.states)))
        left = round(index * width)
        return QRect(
            left,
            2,
            max(1, round((index + 1) * width) - left - (1 if width > 4 else 0)),
            self.height() - 4,
        )

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, tokens = QPainter(self), self._theme.tokens
        colours = {
            "healthy": (tokens.hairline, ""),
            "learning": (tokens.window, "…"),
            "watch": (tokens.border, ""),
            "diagnose": (tokens.warn, "?"),
            "alarm": (tokens.warn, "▲"),
            "camera": (tokens.alarm, "⬣"),
        }
        for index, state in enumerate(self.states):
            colour, mark = colours[state]
            box = self.get_block_rect(index)
            painter.fillRect(box, QColor(colour))
            if mark and box.width() >= painter.fontMetrics().horizontalAdvance(mark):
                painter.setPen(
                    QColor(
                        tokens.on_alarm
                        if state == "camera"
                        else tokens.on_warn
                        if state != "learning"
                        else tokens.text
                    )
                )
                painter.drawText(box, Qt.AlignmentFlag.AlignCenter, mark)
        if self.states:
            painter.setPen(QPen(QColor(tokens.focus), 2))
            painter.drawRect(self.get_block_rect(self.index).adjusted(0, -1, 0, 1))
        painter.end()


LOGS = "*.csv *.tsv *.txt *.log *.json *.jsonl *.ndjson"
SIDE, SIDE_COMPACT = 312, 292
OUTLINE = (
    (0, 0, 0.72, 0.13),
    *((0.015 + 0.04 * index, 0.06, 0.037, 0.05) for index in range(9)),
    (0, 0.15, 0.72, 0.48),
    (0.02, 0.26, 0.68, 0.3),
    (0, 0.65, 0.72, 0.35),
    *((0.02 + 0.098 * index, 0.76, 0.085, 0.19) for index in range(7)),
    (0.735, 0, 0.265, 1),
    *((0.75, 0.04 + 0.07 * line, 0.2, 0.035) for line in range(6)),
)


class MonitorView(DropArea, BodyStates):
    """`dropped` carries logs and footage to be taken in; `view_chosen` the code of a chart,
    `retention_chosen` weeks as a code."""

    view_chosen, retention_chosen = Signal(str), Signal(str)

    def __init__(
        self,
        theme: Theme,
        actions: Actions,
        views: list[tuple[str, str]],
        weeks: list[tuple[str, str]],
    ) -> None:
        super().__init__()
        self._theme, self._actions, self._noted = theme, actions, ""
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.placeholder, self.strip = Placeholder(theme, OUTLINE), JobStrip(theme)
        self.timeline = StateTimeline(theme)
        self.span = ReservedLinesLabel(size="caption", tone="quiet")
        self.retention = ComboBox(theme, tr("Retention"), weeks)
        self.retention.activated.connect(
            lambda _index: self.retention_chosen.emit(self.retention.chosen_code)
        )
        self.view = ComboBox(theme, tr("Chart"), views)
        self.view.activated.connect(lambda _index: self.view_chosen.emit(self.view.chosen_code))
        self.chart = DriftChart(theme)
        self.reading = ReservedLinesLabel(2, size="caption", tone="quiet")
        self.legend, self.drift = ReservedLinesLabel(size="caption"), ChartTable(theme, self.chart)
        self.as_table = KeyButton(
            theme, tr("Table"), actions.get_key_text("monitor.table")
        ).bind_action(actions.get_action("monitor.table"))
        self.as_table.setCheckable(True)
        self.classes = ClassHistograms(theme)
        self.classes_line = ReservedLinesLabel(size="caption", tone="quiet")
        self.by_class = ChartTable(theme, self.classes)
        self.heading, self.state = ReservedLinesLabel(bold=True), ReservedLinesLabel(bold=True)
        self.details = LineList(theme, tr("Shift details"))
        self.listed = LineList(theme, tr("Least confident frames (sampled)"))
        self.listed_title = ReservedLinesLabel(size="caption", bold=True)
        self.listed_title.set_text(tr("Least confident frames (sampled)"))
        self.promise = make_label(
            tr("Alarms never start a retraining."), "caption", "quiet", wrap=True
        )
        self.note = QLineEdit()
        self.note.setPlaceholderText(tr("Note"))
        self.note.setAccessibleName(tr("Note"))
        self.seen = KeyButton(
            theme, tr("Acknowledge"), actions.get_key_text("monitor.seen")
        ).bind_action(actions.get_action("monitor.seen"))
        self.keep = KeyButton(
            theme, tr("Save frames"), actions.get_key_text("monitor.keep")
        ).bind_action(actions.get_action("monitor.keep"))
        self.label = KeyButton(
            theme, tr("Label frames"), actions.get_key_text("monitor.label")
        ).bind_action(actions.get_action("monitor.label"))
        self.open = KeyButton(
            theme, tr("View frame"), actions.get_key_text("monitor.open")
        ).bind_action(actions.get_action("monitor.open"))
        self.notice = TrayNotice(self)
        self.viewer: ImageViewer | None = None
        self.content = QWidget()
        self.pages = PageStack(self.placeholder, self.content)
        self._build_layout()
        make_column(theme, self.strip, (self.pages, 1), parent=self)

    def show_empty(self, text: str, action: str = "") -> None:
        """There is no shift yet; `action` brings one."""
        bound_action = self._actions.get_action(action) if action else None
        buttons = (
            [
                KeyButton(
                    self._theme, bound_action.text(), self._actions.get_key_text(action)
                ).bind_action(bound_action)
            ]
            if bound_action
            else []
        )
        self.placeholder.show_empty(text, buttons)
        self.pages.show_page(self.placeholder)

    def show_content(self) -> None:
        """There are shifts."""
        self.pages.show_page(self.content)

    def request_paths(self) -> None:
        """Asks for logs and footage; what is chosen is told as if it were dropped."""
        kinds = add_all_files(tr("Logs and videos"), f"{LOGS} {format_patterns(VIDEO_ENDINGS)}")
        choose_files(
            self, tr("Choose a log of the deployed model, or footage"), kinds, self.dropped.emit
        )

    def get_note_text(self) -> str:
        """Text of the note."""
        return self.note.text()

    def focus_note(self) -> None:
        """Goes to the note's field."""
        self.note.setFocus()

    def show_timeline(self, states: Sequence[str], index: int, text: str, span: str) -> None:
        """State of each shift, and which one is looked at."""
        self.timeline.show_states(states, index, text)
        self.span.set_text(span, "quiet")

    def show_retention(self, code: str) -> None:
        """How long shifts are kept."""
        self.retention.select_code(code)

    def show_chart(self, code: str, plot: Plot, index: int) -> None:
        """Chart over the shifts, how it is read, and the shift that is looked at."""
        self.view.select_code(code)
        self.chart.show_drift(plot, index)
        self.legend.set_text(format_legend(plot))
        self.reading.set_text(plot.alt_text, "quiet")

    def toggle_tables(self) -> None:
        """The charts as tables, or as charts again."""
        self.by_class.toggle_table()
        self.as_table.setChecked(self.drift.toggle_table())
        if not self.as_table.isChecked():
            self.setFocus()

    def show_classes(self, classes: Sequence[ClassBars]) -> None:
        """Confidence of each class in the shift that is looked at."""
        self.classes.show_classes(classes)
        self.classes_line.set_text(self.classes.axes_description, "quiet")

    def show_notice(self, title: str, text: str) -> bool:
        """Show a desktop notification; False where this system has no tray."""
        return self.notice.show_notice(title, text)

    def show_running(self, job: Job | None) -> None:
        """Shows what is being taken in."""
        self.strip.show_job(job)

    def show_frame(self, title: str, rgb: NDArray[np.uint8]) -> None:
        """Shows the image of a result in a dialog of this window; one at a time."""
        if self.viewer is None:
            self.viewer = ImageViewer(self._theme, self)
        self.viewer.show_image(title, rgb)

    def show_shift(
        self,
        heading: str,
        state: str,
        tone: str,
        lines: Sequence[str],
        listed: Sequence[str],
        note: str | None,
    ) -> None:
        """The shift that is looked at; `note`: what was noted on it, None where it waits for
        somebody to look."""
        self.heading.set_text(heading)
        self.state.set_text(state, tone)
        self.details.set_lines(lines)
        self.listed.set_lines(listed)
        if note is not None or heading != self._noted:  # Otherwise a note may be in progress.
            self.note.setText(note or "")
        self._noted = heading
        self.note.setReadOnly(note is not None)

    def set_compact(self, compact: bool) -> None:
        """A narrower panel."""
        self.side.setFixedWidth(self._theme.metrics.scale_px(SIDE_COMPACT if compact else SIDE))
        for part in (self.reading, self.open, self.promise):
            part.setVisible(not compact)

    def _build_layout(self) -> None:
        theme = self._theme
        left = make_column(
            theme,
            self._build_states_card(),
            (self._build_drift_card(), 3),
            (self._build_class_card(), 2),
            gap=12,
        )
        self.side = self._build_panel()
        across = make_row(theme, gap=12)
        across.addLayout(left, 1)
        across.addWidget(self.side)
        make_column(theme, (across, 1), gap=8, parent=self.content)

    def _build_states_card(self) -> QFrame:
        card = self._make_card(tr("Shift status"), self.span, self.retention)
        get_box_layout(card).addWidget(self.timeline)
        return card

    def _build_drift_card(self) -> QFrame:
        card = self._make_card(tr("Drift over shifts"), self.view, self.as_table)
        get_box_layout(card).addWidget(self.legend)
        get_box_layout(card).addWidget(self.drift, 1)
        get_box_layout(card).addWidget(self.reading)
        return card

    def _build_class_card(self) -> QFrame:
        card = self._make_card(tr("Confidence by class"), self.classes_line)
        get_box_layout(card).addWidget(self.by_class, 1)
        return card

    def _make_card(self, title: str, beside: QWidget, last: QWidget | None = None) -> QFrame:
        card, px = make_card(self._theme), self._theme.metrics.scale_px
        get_box_layout(card).setSpacing(px(4))
        get_box_layout(card).setContentsMargins(px(12), px(6), px(12), px(8))
        head = make_row(self._theme, *([make_label(title, bold=True)] if title else []))
        head.addWidget(beside, 1)
        if isinstance(beside, ReservedLinesLabel):
            beside.setAlignment(Qt.AlignmentFlag.AlignRight)
        if last is not None:
            head.addWidget(last)
        get_box_layout(card).addLayout(head)
        return card

    def _build_panel(self) -> QFrame:
        card = make_card(self._theme)
        for part, stretch in (
            (self.heading, 0),
            (self.state, 0),
            (self.details, 2),
            (make_rule(), 0),
            (self.listed_title, 0),
            (self.listed, 1),
        ):
            get_box_layout(card).addWidget(part, stretch)
        get_box_layout(card).addLayout(make_row(self._theme, self.open, self.label, gap=8))
        get_box_layout(card).addWidget(self.note)
        get_box_layout(card).addLayout(make_row(self._theme, self.seen, self.keep, gap=8))
        get_box_layout(card).addWidget(self.promise)
        card.setFixedWidth(self._theme.metrics.scale_px(SIDE))
        return card

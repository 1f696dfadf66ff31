"""View of the Latency screen: settings of a run, chart, stages, memory of the model, variants, and
verdict."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QComboBox, QFrame, QGridLayout, QSizePolicy, QWidget

from fieldcheck.analyses.blocks import Cell, Table
from fieldcheck.i18n.language import tr
from fieldcheck.i18n.numbers import format_number
from fieldcheck.latency.messages import (
    format_percentile,
    format_relative_latency,
    get_variant_name,
    list_variant_notes,
)
from fieldcheck.ui.job_widgets import JobStrip
from fieldcheck.ui.jobs import Job
from fieldcheck.ui.qt_types import get_box_layout
from fieldcheck.ui.shell.shortcuts import Actions
from fieldcheck.ui.theme import Theme
from fieldcheck.ui.widgets.buttons import KeyButton, VerdictSign
from fieldcheck.ui.widgets.charts import ChartTable, PlotView
from fieldcheck.ui.widgets.combo_box import ComboBox
from fieldcheck.ui.widgets.file_dialogs import choose_file, choose_folder
from fieldcheck.ui.widgets.layouts import (
    make_card,
    make_column,
    make_label,
    make_plain_tip,
    make_row,
    make_rule,
)
from fieldcheck.ui.widgets.pages import BodyStates, PageStack, Placeholder
from fieldcheck.ui.widgets.report_table import ReportTable
from fieldcheck.ui.widgets.text_lines import FixedLinesLabel, LineList, ReservedLinesLabel

if TYPE_CHECKING:
    from fieldcheck.domain.latency import LatencyVariant, SideBySide
    from fieldcheck.domain.report import Plot

# Memory of a model's graph: a summary, and its largest activations by operator, shape and
# megabytes.

MEMORY_LINES, ROWS, DEVICE_LINES = 7, 5, 4
MEMORY_TABLE_WIDTH = 270


class MemoryCard(QWidget):
    """Sentences on the left, a table of five rows on the right; nothing at all where there is
    nothing to tell."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.lines = ReservedLinesLabel(MEMORY_LINES, size="caption")
        self.lines.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        self.rows = [
            (FixedLinesLabel(size="caption"), make_label(size="caption", tone="quiet"))
            for _ in range(ROWS)
        ]
        self._frame = make_card(theme)
        self._build_layout(theme)
        self.hide()

    def show_memory(self, lines: Sequence[str], layers: Sequence[tuple[str, str]]) -> None:
        """Sentences, and name and size of each layer, the largest first."""
        self.lines.set_text("\n".join(lines))
        for index, (name, size) in enumerate(self.rows):
            layer = layers[index] if index < len(layers) else ("", "")
            name.set_text(layer[0])
            size.setText(layer[1])
        self.setVisible(bool(lines))

    def _build_layout(self, theme: Theme) -> None:
        px = theme.metrics.scale_px
        table = QWidget()
        grid = QGridLayout(table)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setVerticalSpacing(0)
        grid.setColumnStretch(0, 1)
        grid.addWidget(make_label(tr("Largest activations"), "caption", bold=True), 0, 0)
        for index, (name, size) in enumerate(self.rows, 1):
            size.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            grid.addWidget(name, index, 0)
            grid.addWidget(size, index, 1)
        grid.setRowStretch(len(self.rows) + 1, 1)
        table.setFixedWidth(px(MEMORY_TABLE_WIDTH))
        get_box_layout(self._frame).setSpacing(px(4))
        get_box_layout(self._frame).setContentsMargins(px(12), px(6), px(12), px(8))
        layout = make_column(
            theme, make_label(tr("Memory"), "caption", bold=True), (self.lines, 1), gap=0
        )
        across = make_row(theme, gap=16)
        across.addLayout(layout, 1)
        across.addWidget(table)
        get_box_layout(self._frame).addLayout(across)
        make_column(theme, self._frame, parent=self)


# Where the time of a frame goes: one bar, a part for each stage, as wide as its share.

TALL, STAGE_GAP, PAD = 28, 2, 6


class StageBar(QWidget):
    """Parts of a mean frame; the largest in the accent, and a name in each that has room for it."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.parts: tuple[tuple[str, float], ...] = ()
        self.setAccessibleName(tr("Latency breakdown"))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_parts(self, parts: Sequence[tuple[str, float]]) -> None:
        """Name and mean milliseconds of each stage, in their order."""
        self.parts = tuple(parts)
        text = format_stages(self.parts)
        self.setAccessibleDescription(text)
        self.setToolTip(make_plain_tip(text))
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(self._theme.metrics.scale_px(400), self._theme.metrics.scale_px(TALL))

    def minimumSizeHint(self) -> QSize:
        return QSize(self._theme.metrics.scale_px(160), self._theme.metrics.scale_px(TALL))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, tokens, whole = QPainter(self), self._theme.tokens, sum(ms for _, ms in self.parts)
        if not whole:
            painter.fillRect(self.rect(), QColor(tokens.window))
        widest, before = max((ms for _, ms in self.parts), default=0.0), 0.0
        for name, ms in self.parts if whole else ():
            left, right = (round(self.width() * ms / whole) for ms in (before, before + ms))
            before += ms
            box = QRect(
                left,
                0,
                max(1, right - left - self._theme.metrics.scale_px(STAGE_GAP)),
                self.height(),
            )
            large = ms == widest
            painter.fillRect(box, QColor(tokens.accent if large else tokens.hairline))
            text = f"{name} {format_number(ms, 1)} ms"
            if (
                QFontMetrics(self.font()).horizontalAdvance(text)
                + 2 * self._theme.metrics.scale_px(PAD)
                <= box.width()
            ):
                painter.setPen(QColor(tokens.on_accent if large else tokens.text))
                painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)
        painter.end()


def format_stages(parts: Sequence[tuple[str, float]]) -> str:
    """Stages in a line: `decode 4.0 · … = 31.0 ms`."""
    if not parts:
        return ""
    text = " · ".join(f"{name} {format_number(ms, 1)}" for name, ms in parts)
    return tr(
        "{stages} = {whole} ms per frame",
        stages=text,
        whole=format_number(sum(ms for _, ms in parts), 1),
    )


# Variants of a latency run side by side, as a table: providers and thread counts, the limits of
# each, and what tells them apart.

VARIANTS_LINES = 6


class VariantsTable(QWidget):
    """A line a variant, and under them what was measured and how it is compared."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.table = ReportTable(theme, tr("Variant comparison"))
        self.about = ReservedLinesLabel(VARIANTS_LINES, size="caption", tone="quiet")
        self.about.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        make_column(theme, (self.table, 1), self.about, parent=self).addStretch(0)

    def show_variants(self, side_by_side: SideBySide | None) -> None:
        """From now on these; None before a run."""
        measured = side_by_side is not None and bool(side_by_side.variants)
        self.table.setVisible(measured)
        self.table.show_table(
            _build_variants_table(side_by_side) if side_by_side is not None and measured else None
        )
        heads, lines = (
            self.table.horizontalHeader().sizeHint().height(),
            self.table.verticalHeader().length(),
        )
        self.table.setMaximumHeight(heads + lines + 2 * self.table.frameWidth())
        self.about.set_text(
            "\n".join(list_variant_notes(side_by_side))
            if side_by_side is not None
            else tr("Not measured yet."),
            "quiet",
        )


def _build_variants_table(side_by_side: SideBySide) -> Table:
    heads = (
        Cell(tr("Execution provider and threads"), head=True),
        *(Cell(name, figure=True) for name in ("p50, ms", "p95, ms", "n")),
        Cell(tr("compared with the first"), figure=True),
    )
    return Table(
        tr("Variant comparison"),
        heads,
        tuple(_build_variant_cells(side_by_side, variant) for variant in side_by_side.variants),
    )


def _build_variant_cells(
    side_by_side: SideBySide, latency_variant: LatencyVariant
) -> tuple[Cell, ...]:
    total = latency_variant.total
    figures = (
        format_percentile(total.p50_ms, total.p50_lo_ms, total.p50_hi_ms),
        format_percentile(total.p95_ms, total.p95_lo_ms, total.p95_hi_ms),
        format_number(latency_variant.n),
        format_relative_latency(side_by_side, latency_variant),
    )
    return Cell(get_variant_name(latency_variant), head=True), *(
        Cell(text, figure=True) for text in figures
    )


SIDE, SIDE_COMPACT = 312, 252
GAP, PADDING = 12, 14  # between the columns of a figure's row; beside them, with the card's border
LETTERS = 7
LEAST = 200, 56  # pixels of the curve
PERCENTILES = ("p50", "p95", "p99")


_Told = tuple[tuple[str, ...], tuple[str, ...], tuple[tuple[str, str], ...], tuple[str, ...]]
_NOTHING: _Told = ((), (), (), ())


class LatencyView(QWidget, BodyStates):
    """`chosen(what, code)`: a person's choice of duration, rate, load, threads, target or
    memory."""

    option_chosen = Signal(str, str)

    def __init__(
        self, theme: Theme, actions: Actions, options: dict[str, list[tuple[str, str]]]
    ) -> None:
        super().__init__()
        self._theme, self._actions = theme, actions
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._shown_lines, self._compact, self.is_measured = _NOTHING, False, True
        self.placeholder = Placeholder(theme)
        self.sign, self.sentence = VerdictSign(theme), ReservedLinesLabel(2)
        self.heading = make_label(size="heading")
        self.export = KeyButton(theme, tr("Export runner…"), actions.get_key_text("bench.export"))
        self.take = KeyButton(theme, tr("Import result…"), actions.get_key_text("bench.take"))
        self.export.bind_action(actions.get_action("bench.export"))
        self.take.bind_action(actions.get_action("bench.take"))
        self.choices = {
            option: ComboBox(theme, _get_choice_name(option), choices)
            for option, choices in options.items()
        }
        for option, choice in self.choices.items():
            choice.activated.connect(partial(self._on_choice_activated, option))
            choice.setSizeAdjustPolicy(
                QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
            )
            choice.setMinimumContentsLength(LETTERS)
            choice.setProperty("elides", True)
        self.strip = JobStrip(theme)
        self.stages, self.stages_line = (
            StageBar(theme),
            ReservedLinesLabel(size="caption", tone="quiet"),
        )
        self.curve, self.curve_line = (
            PlotView(theme, tr("Latency over time"), least=LEAST),
            ReservedLinesLabel(size="caption", tone="quiet"),
        )
        self.figures_of_curve = ChartTable(theme, self.curve)
        self.as_table = KeyButton(
            theme, tr("Table"), actions.get_key_text("bench.table")
        ).bind_action(actions.get_action("bench.table"))
        self.as_table.setCheckable(True)
        self.figures = {
            name: (make_label(size="number"), make_label(size="caption", tone="quiet"))
            for name in PERCENTILES
        }
        self.facts = LineList(theme, tr("Run details"))
        self.memory = MemoryCard(theme)
        self.device_lines = ReservedLinesLabel(DEVICE_LINES, size="caption")
        self.variants = VariantsTable(theme)
        self.content = QWidget()
        self.pages = PageStack(self.placeholder, self.content)
        self._build_layout()
        make_column(theme, (self.pages, 1), parent=self)

    def show_empty(self, text: str, action: str = "") -> None:
        """Nothing can be measured, and why or what to do; `action` names what brings it."""
        buttons = []
        if action:
            bound_action = self._actions.get_action(action)
            buttons = [
                KeyButton(
                    self._theme, bound_action.text(), self._actions.get_key_text(action)
                ).bind_action(bound_action)
            ]
        self.placeholder.show_empty(text, buttons)
        self.pages.show_page(self.placeholder)

    def show_content(self, measured: bool = True) -> None:
        """A run can be made, or was `measured`: before, there are no axes and no percentiles."""
        self.is_measured = measured
        for part in (self.where, self.over_time, self.percentiles):
            part.setVisible(measured)
        self.waiting.setVisible(not measured)
        self._update_facts()
        self.pages.show_page(self.content)

    def set_memory_options(self, options: list[tuple[str, str]]) -> None:
        """Megabytes to choose from, with one that was declared elsewhere among them."""
        self.choices["memory"].set_options(options)

    def show_choices(self, choices: dict[str, str], changeable: bool) -> None:
        """These are chosen; while a run is under way they cannot be changed."""
        for option, code in choices.items():
            self.choices[option].select_code(code)
            self.choices[option].setEnabled(changeable)
        self._show_options_line()

    def show_verdict(self, kind: str, heading: str, sentence: str) -> None:
        """The shape, the words and the sentence above everything."""
        self.sign.show_kind(kind)
        self.heading.setText(heading)
        self.sentence.set_text(sentence)

    def show_stages(self, parts: Sequence[tuple[str, float]]) -> None:
        """Name and mean milliseconds of each stage."""
        self.stages.show_parts(parts)
        self.stages_line.set_text(format_stages(parts), "quiet")

    def show_curve(self, plot: Plot, text: str) -> None:
        """Latency over time; `text`: what of."""
        self.curve.show_plot(plot)
        self.curve_line.set_text(text, "quiet")

    def toggle_chart_table(self) -> None:
        """The curve as a table, or as a curve again."""
        self.as_table.setChecked(self.figures_of_curve.toggle_table())
        if not self.as_table.isChecked():
            self.setFocus()

    def show_variants(self, several: bool, side_by_side: SideBySide | None = None) -> None:
        """Variants side by side in the place of stages and curve, once they are found; or these."""
        for part in (self.where, self.over_time):
            part.setHidden(several or not self.is_measured)
        self.percentiles.setHidden(not self.is_measured)
        self.several.setVisible(several)
        self.variants.show_variants(side_by_side)

    def show_percentiles(self, shown: Sequence[tuple[str, str]]) -> None:
        """Figure and range of p50, p95 and p99; empty where there is none."""
        for (figure, span), (text, limits) in zip(self.figures.values(), shown, strict=True):
            figure.setText(text)
            span.setText(limits)
        self._fit_side_panel()

    def show_facts(
        self,
        lines: Sequence[str],
        memory: Sequence[str] = (),
        layers: Sequence[tuple[str, str]] = (),
        device: Sequence[str] = (),
    ) -> None:
        """Facts of the run, the memory of its model, and its accuracy on the device. A narrow
        window has no card for memory and device and says it with the facts; where a device
        predicted, its card stands in the place of that for memory."""
        self._shown_lines = (tuple(lines), tuple(memory), tuple(layers), tuple(device))
        self._update_facts()

    def _update_facts(self) -> None:
        lines, memory, layers, device = self._shown_lines
        narrow = (*device, *lines, *memory)
        wide = (*lines, *memory) if device else lines
        self.facts.set_lines(narrow if self._compact else wide)
        self.memory.show_memory(() if self._compact or device else memory, layers)
        self.device_lines.set_text("\n".join(device))
        self.device.setVisible(bool(device) and not self._compact)
        # before a run there is but one, which holds of no figure yet
        self.side.setVisible(self.is_measured or len(self.facts.get_lines()) > 1)

    def show_running(self, job: Job | None) -> None:
        """The run under way."""
        self.strip.show_job(job)

    def set_run_label(self, runs: bool) -> None:
        """Where no run is under way there is none to show: one that was stopped is not kept."""
        if not runs:
            self.strip.show_job(None)

    def set_compact(self, compact: bool) -> None:
        """A narrower panel, no words under the bar."""
        self.stages_line.setVisible(not compact)
        self._compact = compact
        self._fit_side_panel()
        self._update_facts()

    def _fit_side_panel(self) -> None:
        """Make the panel as wide as its figures where necessary; a truncated 100 ms would be
        another value."""
        px, rows = self._theme.metrics.scale_px, self.figures.items()
        widths = [
            [
                self.fontMetrics().horizontalAdvance(name),
                *(part.sizeHint().width() for part in pair),
            ]
            for name, pair in rows
        ]
        needed = sum(max(of_column) for of_column in zip(*widths, strict=True)) + px(
            2 * GAP + 2 * PADDING
        )
        self.side.setFixedWidth(max(px(SIDE_COMPACT if self._compact else SIDE), needed))

    def _on_choice_activated(self, option: str, _index: int) -> None:
        self.option_chosen.emit(option, self.choices[option].chosen_code)

    def _build_layout(self) -> None:
        theme = self._theme
        layout = make_column(theme, self.heading, self.sentence, gap=2)
        self.verdict = make_card(theme, make_row(theme, self.sign))
        get_box_layout(self.verdict).addLayout(layout, 1)
        for button in (self.export, self.take):
            get_box_layout(self.verdict).addWidget(button)
        self._set_margins(self.verdict)
        get_box_layout(self.verdict).setSpacing(theme.metrics.scale_px(12))
        across = make_row(theme, gap=12)
        self.where, self.over_time, self.several = (
            self._build_breakdown_card(),
            self._build_curve_card(),
            make_card(theme),
        )
        self.waiting = Placeholder(theme)
        self.waiting.show_empty(tr("The values of the run appear here."), ())
        get_box_layout(self.several).addWidget(self.variants)
        self.several.hide()
        self.device = make_card(theme)
        for part in (make_label(tr("Accuracy on the device"), bold=True), self.device_lines):
            get_box_layout(self.device).addWidget(part)
        self._set_margins(self.device)
        self.device.hide()
        across.addLayout(
            make_column(
                theme,
                self.strip,
                self.where,
                self.memory,
                self.device,
                (self.over_time, 1),
                (self.waiting, 1),
                (self.several, 1),
                gap=12,
            ),
            1,
        )
        self.side = self._build_percentiles_card()
        across.addWidget(self.side)
        make_column(
            theme,
            self.verdict,
            self._build_options_card(),
            (across, 1),
            gap=12,
            parent=self.content,
        )

    def _build_options_card(self) -> QFrame:
        self.options_line = make_label(size="caption", tone="quiet", wrap=True)
        self.change = KeyButton(
            self._theme, tr("Edit options"), self._actions.get_key_text("bench.options")
        ).bind_action(self._actions.get_action("bench.options"))
        self.change.setCheckable(True)
        self.options = QWidget()
        grid = QGridLayout(self.options)
        card = make_card(self._theme)
        grid.setVerticalSpacing(self._theme.metrics.scale_px(2))
        grid.setHorizontalSpacing(self._theme.metrics.scale_px(4))
        for index, (option, choice) in enumerate(self.choices.items()):
            grid.addWidget(make_label(_get_choice_name(option), "caption", "quiet"), 0, index)
            grid.addWidget(choice, 1, index)
            grid.setColumnStretch(index, 1)
        grid.setContentsMargins(0, 0, 0, 0)
        self._set_margins(card)
        line = make_row(self._theme, (self.options_line, 1), (self.options, 1), self.change, gap=12)
        line.setAlignment(self.change, Qt.AlignmentFlag.AlignBottom)
        get_box_layout(card).addLayout(line)
        self.options.hide()
        return card

    def toggle_options(self) -> None:
        """The lists to choose from, or one line that says what is chosen."""
        opened = self.options.isHidden()
        self.change.setChecked(opened)
        self.options_line.setHidden(opened)
        self.options.setVisible(opened)
        if opened:
            self.choices["duration"].setFocus()

    def _show_options_line(self) -> None:
        parts = (
            f"{_get_choice_name(option)}: {choice.currentText()}"
            for option, choice in self.choices.items()
        )
        self.options_line.setText(" · ".join(parts))

    def _build_breakdown_card(self) -> QFrame:
        card = make_card(self._theme)
        self._set_margins(card)
        head = make_row(self._theme, make_label(tr("Latency breakdown"), bold=True))
        for part in (self.stages, self.stages_line):
            get_box_layout(card).addWidget(part)
        get_box_layout(card).insertLayout(0, head)
        return card

    def _build_curve_card(self) -> QFrame:
        card = make_card(self._theme)
        self._set_margins(card)
        head = make_row(
            self._theme,
            make_label(tr("Latency over time"), bold=True),
            (self.curve_line, 1),
            self.as_table,
        )
        self.curve_line.setAlignment(Qt.AlignmentFlag.AlignRight)
        get_box_layout(card).addLayout(head)
        get_box_layout(card).addWidget(self.figures_of_curve, 1)
        return card

    def _set_margins(self, card: QFrame) -> None:
        px = self._theme.metrics.scale_px
        get_box_layout(card).setSpacing(px(4))
        get_box_layout(card).setContentsMargins(px(12), px(6), px(12), px(8))

    def _build_percentiles_card(self) -> QFrame:
        card = make_card(self._theme)
        grid = QGridLayout()
        for index, name in enumerate(PERCENTILES):
            figure, span = self.figures[name]
            grid.addWidget(make_label(name), index, 0)
            figure.setAlignment(Qt.AlignmentFlag.AlignRight)
            grid.addWidget(figure, index, 1)
            grid.addWidget(span, index, 2)
        grid.setColumnStretch(2, 1)
        grid.setHorizontalSpacing(self._theme.metrics.scale_px(GAP))
        self.percentiles = QWidget()
        whole = make_column(self._theme, grid, make_rule(), parent=self.percentiles)
        whole.setSpacing(get_box_layout(card).spacing())
        get_box_layout(card).addWidget(self.percentiles)
        get_box_layout(card).addWidget(self.facts, 1)
        card.setFixedWidth(self._theme.metrics.scale_px(SIDE))
        return card

    def prompt_for_runner_folder(self, then: Callable[[Path], None]) -> None:
        """Lets the person choose a folder for a device's runner."""
        choose_folder(self, tr("Runner folder"), then, for_writing=True)

    def prompt_for_result(self, then: Callable[[Path], None]) -> None:
        """Lets the person choose a device's result."""
        result = tr("Device result") + " (*.json)"
        choose_file(self, tr("Import device result"), result, then)


def _get_choice_name(option: str) -> str:
    return {
        "duration": tr("Duration"),
        "rate": tr("Frame source rate"),
        "load": tr("Background load"),
        "threads": tr("Threads"),
        "target": tr("Target frame rate"),
        "memory": tr("Memory limit (RAM)"),
    }[option]

"""The Bench screen: what is asked of a run, its curve, where the time of a frame goes, and the verdict above them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QFrame, QGridLayout, QWidget

from fieldcheck.ui.jobs.runner import Job
from fieldcheck.ui.narrowing import content
from fieldcheck.ui.screens.bench.memory_card import MemoryCard
from fieldcheck.ui.screens.bench.stage_bar import StageBar, stages_said
from fieldcheck.ui.screens.bench.variants import VariantsTable
from fieldcheck.ui.shell.actions import Actions
from fieldcheck.ui.theme.theme import Look
from fieldcheck.ui.widgets.chart_table import ChartTable
from fieldcheck.ui.widgets.choice import Choice
from fieldcheck.ui.widgets.fixed_lines import FixedLines
from fieldcheck.ui.widgets.job_strip import JobStrip
from fieldcheck.ui.widgets.key_button import KeyButton
from fieldcheck.ui.widgets.pages import Pages
from fieldcheck.ui.widgets.placeholder import Placeholder
from fieldcheck.ui.widgets.plain import card, column, label, row, rule
from fieldcheck.ui.widgets.plot_view import PlotView
from fieldcheck.ui.widgets.sign import Sign
from fieldcheck.words.language import text

if TYPE_CHECKING:
    from fieldcheck.domain.plot import Plot
    from fieldcheck.domain.side_by_side import SideBySide

SIDE, SIDE_COMPACT = 312, 252
GAP, PADDING = 12, 14  # between the columns of a figure's row; beside them, with the card's border
LETTERS = 7
FACTS, FACTS_COMPACT = 14, 7  # lines
LEAST = 200, 80  # pixels of the curve
PERCENTILES = ("p50", "p95", "p99")


_Told = tuple[tuple[str, ...], tuple[str, ...], tuple[tuple[str, str], ...]]
_NOTHING: _Told = ((), (), ())


class BenchView(QWidget):
    """`chosen(what, code)`: a person's choice of duration, rate, load, threads, target or memory."""

    chosen = Signal(str, str)

    def __init__(self, look: Look, actions: Actions, options: dict[str, list[tuple[str, str]]], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look, self._actions = look, actions
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._told, self._compact = _NOTHING, False
        self.placeholder = Placeholder(look)
        self.sign, self.heading, self.sentence = Sign(look), label(size="heading"), FixedLines(2)
        self.export = KeyButton(look, text("Export runner…"), actions.key("bench.export"), shrinks=True)
        self.take = KeyButton(look, text("Import result…"), actions.key("bench.take"), shrinks=True)
        self.export.triggers(actions.get("bench.export"))
        self.take.triggers(actions.get("bench.take"))
        self.choices = {what: Choice(look, _choice_name(what), given) for what, given in options.items()}
        for what, choice in self.choices.items():
            choice.activated.connect(partial(self._activated, what))
            choice.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
            choice.setMinimumContentsLength(LETTERS)
            choice.setProperty("elides", True)
        self.strip = JobStrip(look)
        self.stages, self.stages_line = StageBar(look), FixedLines(size="caption", tone="quiet")
        self.curve, self.curve_line = PlotView(look, text("Latency over time"), least=LEAST), FixedLines(size="caption", tone="quiet")
        self.figures_of_curve = ChartTable(look, self.curve)
        self.as_table = KeyButton(look, text("Table"), actions.key("bench.table"), shrinks=True).triggers(actions.get("bench.table"))
        self.as_table.setCheckable(True)
        self.figures = {name: (label(size="number"), label(size="caption", tone="quiet")) for name in PERCENTILES}
        self.facts = FixedLines(FACTS, size="caption")
        self.facts.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        self.memory = MemoryCard(look)
        self.variants = VariantsTable(look)
        self.content = QWidget()
        self.pages = Pages(self.placeholder, self.content)
        self._lay_out()
        column(look, (self.pages, 1), on=self)

    def show_loading(self, sentence: str) -> None:
        """The measurement is being read."""
        self.placeholder.show_loading(sentence)
        self.pages.turn_to(self.placeholder)

    def show_failed(self, sentence: str) -> None:
        """The measurement could not be read."""
        self.placeholder.show_failed(sentence)
        self.pages.turn_to(self.placeholder)

    def show_empty(self, said: str, action: str = "") -> None:
        """Nothing can be measured, and why or what to do; `action` names what brings it."""
        buttons = []
        if action:
            known = self._actions.get(action)
            buttons = [KeyButton(self._look, known.text(), self._actions.key(action)).triggers(known)]
        self.placeholder.show_empty(said, buttons)
        self.pages.turn_to(self.placeholder)

    def show_content(self) -> None:
        """A run can be made, or was."""
        self.pages.turn_to(self.content)

    def offer_memory(self, options: list[tuple[str, str]]) -> None:
        """Megabytes to choose from, with one that was declared elsewhere among them."""
        self.choices["memory"].offer(options)

    def show_choices(self, choices: dict[str, str], changeable: bool) -> None:
        """These are chosen; while a run is under way they cannot be changed."""
        for what, code in choices.items():
            self.choices[what].choose(code)
            self.choices[what].setEnabled(changeable)

    def show_verdict(self, kind: str, heading: str, sentence: str) -> None:
        """The shape, the words and the sentence above everything."""
        self.sign.show_kind(kind)
        self.heading.setText(heading)
        self.sentence.say(sentence)

    def show_stages(self, parts: Sequence[tuple[str, float]]) -> None:
        """Name and mean milliseconds of each stage."""
        self.stages.show_parts(parts)
        self.stages_line.say(stages_said(parts), "quiet")

    def show_curve(self, plot: Plot, said: str) -> None:
        """Latency over time; `said`: what of."""
        self.curve.show_plot(plot)
        self.curve_line.say(said, "quiet")

    def turn_chart(self) -> None:
        """The curve as a table, or as a curve again."""
        self.as_table.setChecked(self.figures_of_curve.flip())
        if not self.as_table.isChecked():
            self.setFocus()

    def show_several(self, several: bool, found: SideBySide | None = None) -> None:
        """Variants side by side in the place of stages and curve, once they are found; or these."""
        for part in (self.where, self.over_time):
            part.setHidden(several)
        self.several.setVisible(several)
        self.variants.show_variants(found)

    def show_percentiles(self, shown: Sequence[tuple[str, str]]) -> None:
        """Figure and range of p50, p95 and p99; empty where there is none."""
        for (figure, span), (said, limits) in zip(self.figures.values(), shown, strict=True):
            figure.setText(said)
            span.setText(limits)
        self._fit_side()

    def show_facts(self, lines: Sequence[str], memory: Sequence[str] = (), layers: Sequence[tuple[str, str]] = ()) -> None:
        """Facts of the run, and the memory of its model; what has no room is said where the pointer rests. A narrow window has no card for
        memory and says it after the facts."""
        self._told = (tuple(lines), tuple(memory), tuple(layers))
        self._tell()

    def _tell(self) -> None:
        lines, memory, layers = self._told
        self.facts.say("\n".join((*lines, *memory) if self._compact else lines))
        self.memory.show_memory(() if self._compact else memory, layers)

    def show_running(self, job: Job | None) -> None:
        """The run under way."""
        self.strip.show_job(job)

    def say_run(self, runs: bool) -> None:
        """Where no run is under way there is none to show: one that was stopped is not kept."""
        if not runs:
            self.strip.show_job(None)

    def set_compact(self, compact: bool) -> None:
        """A narrower panel, fewer facts, no words under the bar."""
        self.stages_line.setVisible(not compact)
        self.facts.set_lines(FACTS_COMPACT if compact else FACTS)
        self._compact = compact
        self._fit_side()
        self._tell()

    def _fit_side(self) -> None:
        """As wide as usual, or as its figures: one of 100 ms and more that is cut off would be another figure."""
        px, rows = self._look.metrics.px, self.figures.items()
        widths = [[self.fontMetrics().horizontalAdvance(name), *(part.sizeHint().width() for part in pair)] for name, pair in rows]
        needed = sum(max(of_column) for of_column in zip(*widths, strict=True)) + px(2 * GAP + 2 * PADDING)
        self.side.setFixedWidth(max(px(SIDE_COMPACT if self._compact else SIDE), needed))

    def _activated(self, what: str, _at: int) -> None:
        self.chosen.emit(what, self.choices[what].chosen_code)

    def _lay_out(self) -> None:
        look = self._look
        said = column(look, self.heading, self.sentence, gap=2)
        self.verdict = card(look, row(look, self.sign))
        content(self.verdict).addLayout(said, 1)
        for button in (self.export, self.take):
            content(self.verdict).addWidget(button)
        self._close(self.verdict)
        content(self.verdict).setSpacing(look.metrics.px(12))
        across = row(look, gap=12)
        self.where, self.over_time, self.several = self._where(), self._over_time(), card(look)
        content(self.several).addWidget(self.variants)
        self.several.hide()
        across.addLayout(column(look, self.strip, self.where, self.memory, (self.over_time, 1), (self.several, 1), gap=12), 1)
        self.side = self._panel()
        across.addWidget(self.side)
        column(look, self.verdict, self._asked(), (across, 1), gap=12, on=self.content)

    def _asked(self) -> QFrame:
        grid = QGridLayout()
        made = card(self._look, grid)
        grid.setVerticalSpacing(self._look.metrics.px(2))
        grid.setHorizontalSpacing(self._look.metrics.px(4))
        for at, (what, choice) in enumerate(self.choices.items()):
            grid.addWidget(label(_choice_name(what), "caption", "quiet"), 0, at)
            grid.addWidget(choice, 1, at)
            grid.setColumnStretch(at, 1)
        px = self._look.metrics.px
        grid.setContentsMargins(px(12), px(6), px(12), px(8))
        return made

    def _where(self) -> QFrame:
        made = card(self._look)
        self._close(made)
        head = row(self._look, label(text("Latency breakdown"), bold=True))
        for part in (self.stages, self.stages_line):
            content(made).addWidget(part)
        content(made).insertLayout(0, head)
        return made

    def _over_time(self) -> QFrame:
        made = card(self._look)
        self._close(made)
        head = row(self._look, label(text("Latency over time"), bold=True), (self.curve_line, 1), self.as_table)
        self.curve_line.setAlignment(Qt.AlignmentFlag.AlignRight)
        content(made).addLayout(head)
        content(made).addWidget(self.figures_of_curve, 1)
        return made

    def _close(self, made: QFrame) -> None:
        px = self._look.metrics.px
        content(made).setSpacing(px(4))
        content(made).setContentsMargins(px(12), px(6), px(12), px(8))

    def _panel(self) -> QFrame:
        made = card(self._look)
        grid = QGridLayout()
        for at, name in enumerate(PERCENTILES):
            figure, span = self.figures[name]
            grid.addWidget(label(name), at, 0)
            figure.setAlignment(Qt.AlignmentFlag.AlignRight)
            grid.addWidget(figure, at, 1)
            grid.addWidget(span, at, 2)
        grid.setColumnStretch(2, 1)
        grid.setHorizontalSpacing(self._look.metrics.px(GAP))
        content(made).addLayout(grid)
        content(made).addWidget(rule())
        content(made).addWidget(self.facts)
        content(made).addStretch(1)
        made.setFixedWidth(self._look.metrics.px(SIDE))
        return made


def _choice_name(what: str) -> str:
    return {
        "duration": text("Duration"),
        "rate": text("Frame source rate"),
        "load": text("Background load"),
        "threads": text("Threads"),
        "target": text("Target frame rate"),
        "memory": text("Memory limit (RAM)"),
    }[what]

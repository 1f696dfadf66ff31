"""The page of an open project: its four cards."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from fieldcheck.domain.condition import LIGHTS
from fieldcheck.ui.jobs.runner import Job
from fieldcheck.ui.screens.home.key_value_rows import ErrorLabel, FactsGrid, FormField
from fieldcheck.ui.screens.home.limits_card import LimitsCard
from fieldcheck.ui.screens.home.model_card import ModelPanel
from fieldcheck.ui.screens.home.project_card import EditableCard, make_action_button
from fieldcheck.ui.shell.actions import Actions
from fieldcheck.ui.theme.theme import Theme
from fieldcheck.ui.widgets.chip import Chip
from fieldcheck.ui.widgets.choice import ComboBox
from fieldcheck.ui.widgets.choose import choose_file, choose_folder
from fieldcheck.ui.widgets.flow import FlowLayout
from fieldcheck.ui.widgets.job_strip import JobStrip
from fieldcheck.ui.widgets.key_button import KeyButton
from fieldcheck.ui.widgets.pages import PageStack
from fieldcheck.ui.widgets.placeholder import Placeholder
from fieldcheck.ui.widgets.plain import clear_layout, make_column, make_label, make_row
from fieldcheck.words.conditions import get_condition_name
from fieldcheck.words.language import tr


class SiteCard(EditableCard):
    """`saved` carries `site`, `line`, `who`, `conditions` and `note` as they stand in the fields."""

    saved = Signal(dict)

    def __init__(self, look: Theme, actions: Actions, parent: QWidget | None = None) -> None:
        self.edit = make_action_button(look, tr("Edit"), actions, "project.edit_site")
        super().__init__(look, tr("Site and conditions"), self.edit, parent=parent)
        shown = self._build_facts()
        self.column.addWidget(shown)
        named = {"site": tr("Site"), "line": tr("Line or station"), "who": tr("Technician"), "note": tr("Note")}
        self.fields = {name: QLineEdit() for name in named}
        fields = {name: FormField(look, said, self.fields[name]) for name, said in named.items()}
        beside = make_row(look, fields["line"], fields["who"])
        parts = fields["site"], beside, self._build_condition_chips(), fields["note"]
        self._add_form(*parts, hides=(shown, self.edit), save=self._emit_saved)

    def show_site(self, site: str, line: str, who: str, conditions: tuple[str, ...], note: str) -> None:
        """Shows site and conditions as they stand; fields that are being edited are left alone."""
        self._facts.show_values(site, " · ".join(part for part in (line, who) if part), note)
        clear_layout(self._light)
        for code in conditions:
            self._light.addWidget(Chip(self._look, get_condition_name(code), "✓", on=True))
        self._lights.setVisible(bool(conditions))

    def start_editing(self, said: dict[str, Any]) -> None:
        """Turns into fields that hold what stands."""
        for name, field in self.fields.items():
            field.setText(said[name])
            field.setCursorPosition(0)
        for code, chip in self.chips.items():
            chip.setChecked(code in said["conditions"])
        self._start_editing(self.fields["site"])

    def get_entered_site(self) -> dict[str, Any]:
        """Texts of the fields."""
        chosen = tuple(code for code, chip in self.chips.items() if chip.isChecked())
        return {**{name: field.text() for name, field in self.fields.items()}, "conditions": chosen}

    def _emit_saved(self) -> None:
        self.saved.emit(self.get_entered_site())

    def _build_facts(self) -> QWidget:
        shown = QWidget()
        self._facts = FactsGrid(self._look, (tr("Site"), tr("Line, technician"), tr("Note")), bold=0)
        self._lights = QWidget()
        self._light = FlowLayout(self._look.metrics.scale_px(4), self._lights)
        inside = make_column(self._look, gap=6)
        inside.addLayout(self._facts)
        inside.addWidget(self._lights)
        shown.setLayout(inside)
        return shown

    def _build_condition_chips(self) -> QWidget:
        lights = QWidget()
        flow = FlowLayout(self._look.metrics.scale_px(4), lights)
        self.chips = {code: KeyButton(self._look, get_condition_name(code)) for code in LIGHTS}
        for chip in self.chips.values():
            chip.setProperty("role", "chip")
            chip.setCheckable(True)
            flow.addWidget(chip)
        return lights


class BenchmarkCard(EditableCard):
    """Benchmark card: what is known of the benchmark, or that there is none. `saved` carries the reference score as it was typed, and the
    metric that it is stated in."""

    saved = Signal(str, str)

    def __init__(self, look: Theme, actions: Actions, parent: QWidget | None = None) -> None:
        self.choose = make_action_button(look, tr("Choose…"), actions, "project.set_benchmark")
        self.claim = make_action_button(look, tr("Enter score…"), actions, "project.edit_claim")
        super().__init__(look, tr("Benchmark"), self.choose, parent=parent)
        self._wrong = ErrorLabel()
        self._missing = make_label(
            tr("No benchmark yet. Choose the labelled images behind the model's reference score."), tone="quiet", wrap=True
        )
        self._known = self._build_facts_part()
        for part in (self._wrong, self._missing, self._known):
            self.column.addWidget(part)
        self.claimed = QLineEdit()
        self._field = FormField(look, tr("Reference score, per cent"), self.claimed)
        self.stated_in = ComboBox(look, tr("Metric"), [])
        counts = FormField(look, tr("Metric"), self.stated_in)
        self._add_form(self._field, counts, hides=(self.claim, self.choose), save=self._emit_saved)

    def show_benchmark(self, score: tuple[str, str, str], source: str, claimed: str) -> None:
        """Figure, what it counts and its range; where the set lies; what was claimed. An empty `source`: there is none."""
        self._missing.setVisible(not source)
        self._known.setVisible(bool(source))
        for shown, said in zip((self._score, self._what, self._range), score, strict=True):
            shown.setText(said)
        self._facts.show_values(source, claimed)

    def start_editing(self, claimed: str, metric: str, metrics: tuple[tuple[str, str], ...]) -> None:
        """Turns into fields that hold what is claimed, and of `metrics` (code, name) the one that it is claimed in."""
        self.claimed.setText(claimed)
        self.stated_in.set_options(list(metrics))
        self.stated_in.select_code(metric)
        self._field.show_error("")
        self._start_editing(self.claimed)

    def show_claim_error(self, reason: str) -> None:
        """Shows an error of the figure; the focus stays there."""
        self._field.show_error(reason)

    def show_error(self, sentence: str) -> None:
        """Why a chosen set was not taken; empty when nothing is wrong."""
        self._wrong.show_error(sentence)

    @property
    def error_text(self) -> str:
        """Why the chosen set was not taken."""
        return self._wrong.wrong

    def _emit_saved(self) -> None:
        self.saved.emit(self.claimed.text(), self.stated_in.chosen_code)

    def _build_facts_part(self) -> QWidget:
        known = QWidget()
        self._score = make_label(size="number")
        self._what = make_label(wrap=True)
        self._range = make_label(size="caption", tone="quiet", wrap=True)
        counted = make_row(self._look, gap=12)
        counted.addWidget(self._score, 0, Qt.AlignmentFlag.AlignVCenter)
        counted.addLayout(make_column(self._look, self._what, self._range, gap=0), 1)
        counted.addWidget(self.claim, 0, Qt.AlignmentFlag.AlignTop)
        self._facts = FactsGrid(self._look, (tr("Source"), tr("Reference score")), wrapped=(1,))
        inside = make_column(self._look, gap=4)
        inside.addLayout(counted)
        inside.addLayout(self._facts)
        known.setLayout(inside)
        return known


MODELS = "*.onnx"
OUTLINE = ((0, 0, 0.395, 0.35), (0, 0.37, 0.395, 0.35), (0, 0.74, 0.395, 0.26), (0.405, 0, 0.595, 1))


class OverviewPage(QWidget):
    """Site, benchmark and limits on the left, the model on the right. A card that is being edited has its column for itself."""

    def __init__(self, look: Theme, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        gap = look.metrics.scale_px(12)
        self.site, self.limits = SiteCard(look, actions), LimitsCard(look, actions)
        self.model, self.benchmark = ModelPanel(look, actions), BenchmarkCard(look, actions)
        self.strip = JobStrip(look)
        self._left = left = QVBoxLayout()
        left.setSpacing(gap)
        left.addWidget(self.site, 4)
        left.addWidget(self.benchmark, 4)
        left.addWidget(self.limits, 3)
        right = QVBoxLayout()
        right.setSpacing(gap)
        right.addWidget(self.strip)
        right.addWidget(self.model, 1)
        self._cards = QWidget()
        columns = QHBoxLayout(self._cards)
        columns.setContentsMargins(0, 0, 0, 0)
        columns.setSpacing(gap)
        columns.addLayout(left, 2)
        columns.addLayout(right, 3)
        self.placeholder = Placeholder(look, OUTLINE)
        self.pages = PageStack(self.placeholder, self._cards)
        make_column(look, self.pages, on=self)

    def show_loading(self, sentence: str) -> None:
        """The cards are being read."""
        self.placeholder.show_loading(sentence)
        self.pages.show_page(self.placeholder)

    def show_failed(self, sentence: str) -> None:
        """The cards could not be read."""
        self.placeholder.show_failed(sentence)
        self.pages.show_page(self.placeholder)

    def show_cards(self) -> None:
        """The cards, with what was read."""
        self.pages.show_page(self._cards)

    def set_compact(self, compact: bool) -> None:
        """The left column moves together where there is little room."""
        for one in (self.site, self.benchmark, self.limits):
            one.set_compact(compact)
        self._left.setSpacing(self._look.metrics.scale_px(8 if compact else 12))

    def fit_cards(self) -> None:
        """Shows what there is room for: while a card of the left column is edited, that card alone."""
        left = (self.site, self.benchmark, self.limits)
        edited = [one for one in left if one.editing]
        for one in left:
            one.setVisible(not edited or one in edited)

    def show_job(self, job: Job | None) -> None:
        """Footage coming in."""
        self.strip.show_job(job)

    def prompt_for_model(self, then: Callable[[Path], None]) -> None:
        """Lets the person choose a model file."""
        choose_file(self, tr("Choose model"), f"{tr('ONNX models')} ({MODELS})", then)

    def prompt_for_benchmark(self, then: Callable[[Path], None]) -> None:
        """Lets the person choose a labelled set."""
        choose_folder(self, tr("Choose benchmark folder"), then)

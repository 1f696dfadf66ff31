"""Page of an open project with its cards: site, model, benchmark, limits, and the form of the
acceptance."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from fieldcheck.domain.recording import LIGHTS
from fieldcheck.domain.report import CONFIGURATION, SIGNERS, TERMS, TEXTS
from fieldcheck.footage.messages import get_condition_name
from fieldcheck.i18n.language import tr, tr_msgid, tr_plural
from fieldcheck.ui.job_widgets import JobStrip
from fieldcheck.ui.jobs import Job
from fieldcheck.ui.screens.home.captions import (
    EditableCard,
    ErrorLabel,
    FactsGrid,
    FormField,
    ModelInputImages,
    ModelInputView,
    ProjectCard,
    make_action_button,
)
from fieldcheck.ui.shell.shortcuts import Actions
from fieldcheck.ui.theme import Theme
from fieldcheck.ui.widgets.buttons import Chip, KeyButton
from fieldcheck.ui.widgets.combo_box import ComboBox
from fieldcheck.ui.widgets.file_dialogs import choose_file, choose_folder
from fieldcheck.ui.widgets.layouts import (
    FlowLayout,
    clear_layout,
    make_column,
    make_label,
    make_plain_tip,
    make_row,
    make_rule,
)
from fieldcheck.ui.widgets.pages import BodyStates, PageStack, Placeholder
from fieldcheck.ui.widgets.text_lines import FixedLinesLabel

# The card of the limits: the largest gap that is accepted, who decided it, and which classes mean a
# good part.


class LimitsCard(EditableCard):
    """`saved` carries the largest gap as it was typed, who decided it, and the names of the classes
    that are OK. `confirm` says that those which are proposed are; it is there only while nobody has
    said so."""

    saved = Signal(str, str, tuple)

    def __init__(self, theme: Theme, actions: Actions) -> None:
        self.edit = make_action_button(theme, tr("Edit"), actions, "project.edit_limits")
        self.confirm = make_action_button(
            theme, tr("Confirm OK classes"), actions, "project.confirm_ok"
        )
        self.parts = make_action_button(theme, tr("Parts…"), actions, "project.edit_parts")
        super().__init__(theme, tr("Limits"), self.parts, self.edit)
        self._needs_ok = False
        self.chips: dict[str, KeyButton] = {}
        shown = QWidget()
        self._facts = FactsGrid(theme, (tr("Maximum gap"), tr("OK classes")), wrapped=(0,))
        inside = make_column(theme, gap=6)
        inside.addLayout(self._facts)
        inside.addWidget(self.confirm, 0, Qt.AlignmentFlag.AlignLeft)
        shown.setLayout(inside)
        self.column.addWidget(shown)
        self.tolerance, self.decided_by = QLineEdit(), QLineEdit()
        self._field = FormField(theme, tr("Maximum gap, pp"), self.tolerance)
        decided = FormField(theme, tr("Approved by (name, role, date)"), self.decided_by)
        self._add_form(
            self._field,
            decided,
            self._build_class_chips(),
            hides=(shown, self.edit, self.parts),
            save=lambda: self.saved.emit(*self.get_entered()),
        )
        self.confirm.setVisible(False)

    def show_limits(self, tolerance: str, decided_by: str, ok: str, needs_ok: bool) -> None:
        """Shows the limits that hold now; `needs_ok`: whether the OK classes are still to be
        confirmed."""
        decided = (
            tr("{gap}, approved by {who}", gap=tolerance, who=decided_by)
            if decided_by
            else tolerance
        )
        self._facts.show_values(decided, ok)
        self._needs_ok = needs_ok
        self.confirm.setVisible(needs_ok and not self.editing)

    def start_editing(
        self, tolerance: str, decided_by: str, classes: tuple[str, ...], ok: tuple[str, ...]
    ) -> None:
        """Turns into fields that hold what stands, the classes `ok` of all `classes` ticked."""
        self.tolerance.setText(tolerance)
        self.decided_by.setText(decided_by)
        clear_layout(self._chips)
        self.chips = {name: self._add_chip(name, name in ok) for name in classes}
        self._classes.setVisible(bool(classes))
        self.show_error("")
        self._start_editing(self.tolerance)

    def show_error(self, reason: str) -> None:
        """Shows an error of the figure; the focus stays there."""
        self._field.show_error(reason)

    @property
    def error_text(self) -> str:
        """The reason that stands below the figure."""
        return self._field.error_text

    def _set_editing(self, editing: bool) -> None:
        super()._set_editing(editing)
        self.confirm.setVisible(self._needs_ok and not editing)

    def get_entered(self) -> tuple[Any, ...]:
        """What the fields hold, as `saved` carries it."""
        ok = tuple(name for name, chip in self.chips.items() if chip.isChecked())
        return self.tolerance.text(), self.decided_by.text(), ok

    def _build_class_chips(self) -> QWidget:
        self._classes, chips = QWidget(), QWidget()
        self._chips = FlowLayout(self._theme.metrics.scale_px(4), chips)
        named = make_label(tr("OK classes (good parts)"), size="caption", tone="quiet", wrap=True)
        make_column(self._theme, named, chips, gap=2, parent=self._classes)
        return self._classes

    def _add_chip(self, name: str, enabled: bool) -> KeyButton:
        chip = KeyButton(self._theme, name)
        chip.setProperty("role", "chip")
        chip.setCheckable(True)
        chip.setChecked(enabled)
        self._chips.addWidget(chip)
        return chip


# The card of the model: its file, what goes in, its classes with their keys.

MOST_CLASSES = 24
KEYS = 10
PICTURES = 150  # pixels
MOST_TRAINED = 3
MOST_FINDINGS = 2  # in full; they take the room of the pictures


class ClassChips(QWidget):
    """Classes with the keys that label them; of very many the first."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._flow = FlowLayout(theme.metrics.scale_px(4), self)

    def show_classes(self, names: tuple[str, ...]) -> None:
        """These and no others."""
        clear_layout(self._flow)
        colours = self._theme.tokens.classes
        for index, name in enumerate(names[:MOST_CLASSES]):
            self._flow.addWidget(
                Chip(
                    self._theme,
                    name,
                    str((index + 1) % 10) if index < KEYS else "",
                    colours[index % len(colours)],
                )
            )
        more = len(names) - MOST_CLASSES
        if more > 0:
            self._flow.addWidget(
                Chip(self._theme, tr_plural("and {n} more", "and {n} more", more, n=more))
            )
        self.updateGeometry()


class ModelPanel(ProjectCard):
    """Model card: task, input and classes, or that there is none; `strip` shows it being looked
    at."""

    def __init__(self, theme: Theme, actions: Actions) -> None:
        self.edit = make_action_button(theme, tr("Edit model card"), actions, "project.edit_card")
        self.examine = make_action_button(
            theme, tr("Diagnose model"), actions, "project.check_model"
        )
        self.choose = make_action_button(theme, tr("Choose…"), actions, "project.set_model")
        super().__init__(theme, tr("Model"), self.edit, self.examine, self.choose, gap=8)
        self._has_eye = self._findings_shown = False
        self.strip = JobStrip(theme)
        self._wrong = ErrorLabel()
        self._missing = make_label(
            tr("No model yet. Labelling works without a model; the gap requires one."),
            tone="quiet",
            wrap=True,
        )
        self._facts_part = self._build_facts_part()
        for part in (
            self.strip,
            self._wrong,
            self._missing,
            self._build_findings_part(),
            self._facts_part,
            self._build_training_part(),
            make_rule(),
            *self._build_classes_part(),
        ):
            self.column.addWidget(part)
        self.column.addStretch()

    def show_model(self, file: str, card: str, steps: tuple[str, ...]) -> None:
        """The file, what it does, and what is done to a frame before it goes in; an empty `file`:
        there is no model."""
        self._missing.setVisible(not file)
        self._facts_part.setVisible(bool(file))
        self.edit.setVisible(bool(file))
        self.examine.setVisible(bool(file))
        self.choose.set_label(tr("Replace…") if file else tr("Choose…"))
        if not file:
            return
        self._facts.show_values(file, card)
        clear_layout(self._steps)
        for index, step in enumerate(steps):
            self._steps.addWidget(
                make_label(str(index + 1), bold=True), index // 2, 2 * (index % 2)
            )
            self._steps.addWidget(make_label(step, wrap=True), index // 2, 2 * (index % 2) + 1)

    def show_input(self, pair: ModelInputImages | None, text: str) -> None:
        """A frame as the model sees it, and what objects lose on their way in; None: there is no
        frame to show."""
        self._has_eye = pair is not None
        self.eye.setVisible(self._has_eye and not self._findings_shown)
        self._missing_line.setVisible(pair is not None and bool(text))
        if pair is not None:
            self.eye.show_images(pair)
            self._missing_line.setText(text)

    @property
    def loss_text(self) -> str:
        """Text about pixels and objects lost in preprocessing."""
        return self._missing_line.text()

    def show_findings(
        self, first: str, findings: tuple[tuple[str, str], ...], checks: tuple[str, ...] = ()
    ) -> None:
        """Shows the doctor's checklist: a first line, then of each finding what it is, and how it
        was seen and what to do, then the checks without one; empty: nothing yet."""
        clear_layout(self._findings)
        clear_layout(self._checks)
        for index, check in enumerate(checks):
            self._checks.addWidget(
                make_label(check, "caption", "quiet", wrap=True), index // 2, index % 2
            )
        shown = findings[:MOST_FINDINGS]
        for problem, details in shown:
            self._findings.addWidget(make_label(f"▲ {problem}", bold=True, wrap=True))
            self._findings.addWidget(make_label(details, wrap=True))
        n_more = len(findings) - len(shown)
        if n_more:
            self._findings.addWidget(
                make_label(
                    tr_plural("and {n} more", "and {n} more", n_more, n=n_more), tone="quiet"
                )
            )
        self._first.setText(first)
        self._examined.setVisible(bool(first))
        self._findings_shown = bool(shown)
        self.eye.setVisible(self._has_eye and not shown)

    @property
    def check_heading(self) -> str:
        """The first line of what the doctor said."""
        return self._first.text()

    def show_training(self, lines: tuple[str, ...]) -> None:
        """How it was trained, the first lines of it; all of them are the tooltip. Empty where
        nobody told."""
        n_more = len(lines) - MOST_TRAINED
        shown = (
            *lines[:MOST_TRAINED],
            *([tr_plural("and {n} more", "and {n} more", n_more, n=n_more)] if n_more > 0 else []),
        )
        self._trained.setText("\n".join(shown))
        self._trained.setToolTip(make_plain_tip("\n".join(lines)))
        self._trained.setAccessibleDescription("\n".join(lines))
        self._training.setVisible(bool(lines))

    @property
    def training_text(self) -> str:
        """Text about the model's training."""
        return self._trained.text()

    def show_classes(self, names: tuple[str, ...]) -> None:
        """Shows the classes."""
        self._no_classes.setVisible(not names)
        self.classes.show_classes(names)

    def show_job(self, job: Job | None) -> None:
        """A file being looked at."""
        self.strip.show_job(job)

    def show_error(self, sentence: str) -> None:
        """Why a chosen file was not taken; empty when nothing is wrong."""
        self._wrong.show_error(sentence)

    @property
    def error_text(self) -> str:
        """Why the chosen file was not taken."""
        return self._wrong.wrong

    def _build_findings_part(self) -> QWidget:
        self._examined = QWidget()
        inside = make_column(self._theme, gap=4, parent=self._examined)
        self._first = make_label(bold=True, wrap=True)
        self._findings = QVBoxLayout()
        self._findings.setSpacing(self._theme.metrics.scale_px(4))
        self._checks = QGridLayout()
        self._checks.setVerticalSpacing(self._theme.metrics.scale_px(2))
        for index in range(2):
            self._checks.setColumnStretch(index, 1)
        inside.addWidget(self._first)
        inside.addLayout(self._findings)
        inside.addLayout(self._checks)
        self._examined.setVisible(False)
        return self._examined

    def _build_facts_part(self) -> QWidget:
        facts_part = QWidget()
        inside = make_column(self._theme, parent=facts_part)
        self._facts = FactsGrid(self._theme, (tr("File"), tr("Model card")), bold=0, wrapped=(1,))
        self._steps = QGridLayout()
        self._steps.setHorizontalSpacing(self._theme.metrics.scale_px(8))
        self._steps.setVerticalSpacing(self._theme.metrics.scale_px(4))
        self._steps.setColumnStretch(1, 1)
        self._steps.setColumnStretch(3, 1)
        inside.addLayout(self._facts)
        inside.addWidget(make_rule())
        inside.addWidget(make_label(tr("Preprocessing"), bold=True, wrap=True))
        self.eye = ModelInputView(self._theme)
        # and lower where words need the room
        self.eye.setMaximumHeight(self._theme.metrics.scale_px(PICTURES))
        self._missing_line = make_label(wrap=True)
        for part in (self.eye, self._missing_line):
            part.setVisible(False)
            inside.addWidget(part)
        inside.addLayout(self._steps)
        return facts_part

    def _build_training_part(self) -> QWidget:
        self._training = QWidget()
        self._trained = make_label(wrap=True)
        inside = make_column(self._theme, gap=4, parent=self._training)
        for part in (make_rule(), make_label(tr("Training information"), bold=True), self._trained):
            inside.addWidget(part)
        self._training.setVisible(False)
        return self._training

    def _build_classes_part(self) -> tuple[QWidget, ...]:
        self.classes = ClassChips(self._theme)
        self._no_classes = make_label(
            tr("No classes yet. They are read from the model or the benchmark."),
            tone="quiet",
            wrap=True,
        )
        return make_label(tr("Classes and keys"), bold=True), self._no_classes, self.classes


class AcceptanceCard(EditableCard):
    """Form of what an acceptance states; it is shown only while it is filled in. `saved` carries
    the texts of the fields by the codes of the terms."""

    saved = Signal(dict)

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, tr("Acceptance"))
        numbers = {
            "planned_parts": tr("Planned parts with a defect"),
            "planned_shifts": tr("Planned shifts"),
            "parts_per_shift": tr("Parts per shift"),
        }
        named = {field.code: tr_msgid(field.name) for field in TEXTS} | numbers
        self.fields = {code: QLineEdit() for code in named}
        self._shown = {
            code: FormField(theme, name, self.fields[code]) for code, name in named.items()
        }
        texts = [[field.code for field in part] for part in (CONFIGURATION, TERMS, SIGNERS)]
        rows = (texts[0][:2], texts[0][2:], *texts[1:], list(numbers))
        beside = [make_row(theme, *(self._shown[code] for code in row)) for row in rows]
        self._add_form(*beside, hides=(), save=lambda: self.saved.emit(*self.get_entered()))
        self.setVisible(False)

    def start_editing(self, values: dict[str, str]) -> None:
        """Turns into fields that hold what stands."""
        for code, field in self.fields.items():
            field.setText(values[code])
            field.setCursorPosition(0)
            self._shown[code].show_error("")
        self._start_editing(self.fields["camera"])

    def show_error(self, code: str, reason: str) -> None:
        """Shows an error of a number; the focus goes there."""
        self._shown[code].show_error(reason)
        self.fields[code].setFocus()

    def get_entered(self) -> tuple[Any, ...]:
        """What the fields hold, as `saved` carries it."""
        return ({code: field.text() for code, field in self.fields.items()},)


EXAMPLE_PATTERN = "{part}_*.png"


class PartsCard(EditableCard):
    """Form of which part a frame shows, by its file name or by a list; it is shown only while it is
    filled in. `edited` and `saved` carry the pattern and the file of the list, one of them empty;
    both empty: frames carry no part."""

    edited = Signal(str, object)
    saved = Signal(str, object)

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, tr("Parts"))
        self._file: Path | None = None
        self.pattern = QLineEdit()
        self.pattern.setPlaceholderText(EXAMPLE_PATTERN)
        self._field = FormField(theme, tr("File name pattern, {part} stands for the part"),
                                self.pattern)  # fmt: skip
        self.choose = KeyButton(theme, tr("Choose list…"))
        self._list = FixedLinesLabel()
        self.preview = make_label(wrap=True)
        self._add_form(
            self._field,
            make_label(
                tr("Or a CSV file with the columns file and part"), size="caption", tone="quiet"
            ),
            make_row(theme, self.choose, (self._list, 1)),
            self.preview,
            hides=(),
            save=lambda: self.saved.emit(*self.get_entered()),
        )
        self.pattern.textEdited.connect(lambda _text: self._on_edited(None))
        self.choose.clicked.connect(
            lambda: choose_file(
                self, tr("Choose list"), f"{tr('CSV files')} (*.csv)", self.set_file
            )
        )
        self.setVisible(False)

    def start_editing(self, pattern: str, file: Path | None = None) -> None:
        """Turns into fields that hold the pattern, or the file of the list, that stands."""
        self.pattern.setText(pattern)
        self._start_editing(self.pattern)
        self._on_edited(file)

    def get_entered(self) -> tuple[Any, ...]:
        """What the fields hold, as `saved` carries it."""
        return self.pattern.text().strip(), self._file

    def set_file(self, path: Path) -> None:
        """The parts are those of a list, and not of a pattern."""
        self.pattern.clear()
        self._on_edited(path)

    def show_preview(self, text: str) -> None:
        """How many parts that would be."""
        self._field.show_error("")
        self.preview.setText(text)

    def show_error(self, reason: str) -> None:
        """Why there would be none."""
        self.preview.setText("")
        self._field.show_error(reason)

    def _on_edited(self, path: Path | None) -> None:
        self._file = path
        self._list.set_text(path.name if path is not None else "")
        self.edited.emit(self.pattern.text().strip(), path)


class SiteCard(EditableCard):
    """`saved` carries `site`, `line`, `who`, `conditions` and `note` as they stand in the
    fields."""

    saved = Signal(dict)

    def __init__(self, theme: Theme, actions: Actions) -> None:
        self.edit = make_action_button(theme, tr("Edit"), actions, "project.edit_site")
        self.acceptance = make_action_button(
            theme, tr("Acceptance…"), actions, "project.edit_acceptance"
        )
        self.fleet = make_action_button(theme, tr("Fleet…"), actions, "fleet")
        buttons = self.fleet, self.acceptance, self.edit
        super().__init__(theme, tr("Site and conditions"), *buttons)
        shown = self._build_facts()
        self.column.addWidget(shown)
        named = {
            "site": tr("Site"),
            "line": tr("Line or station"),
            "who": tr("Technician"),
            "note": tr("Note"),
        }
        self.fields = {name: QLineEdit() for name in named}
        fields = {name: FormField(theme, text, self.fields[name]) for name, text in named.items()}
        beside = make_row(theme, fields["line"], fields["who"])
        parts = fields["site"], beside, self._build_condition_chips(), fields["note"]
        self._add_form(
            *parts, hides=(shown, *buttons), save=lambda: self.saved.emit(*self.get_entered())
        )

    def show_site(
        self, site: str, line: str, who: str, conditions: tuple[str, ...], note: str
    ) -> None:
        """Shows site and conditions as they stand; fields that are being edited are left alone."""
        self._facts.show_values(site, " · ".join(part for part in (line, who) if part), note)
        clear_layout(self._light)
        for code in conditions:
            self._light.addWidget(Chip(self._theme, get_condition_name(code), "✓", enabled=True))
        self._lights.setVisible(bool(conditions))

    def start_editing(self, values: dict[str, Any]) -> None:
        """Turns into fields that hold what stands."""
        for name, field in self.fields.items():
            field.setText(values[name])
            field.setCursorPosition(0)
        for code, chip in self.chips.items():
            chip.setChecked(code in values["conditions"])
        self._start_editing(self.fields["site"])

    def get_entered(self) -> tuple[Any, ...]:
        """What the fields hold, as `saved` carries it."""
        chosen = tuple(code for code, chip in self.chips.items() if chip.isChecked())
        texts = {name: field.text() for name, field in self.fields.items()}
        return ({**texts, "conditions": chosen},)

    def _build_facts(self) -> QWidget:
        shown = QWidget()
        self._facts = FactsGrid(
            self._theme, (tr("Site"), tr("Line, technician"), tr("Note")), bold=0
        )
        self._lights = QWidget()
        self._light = FlowLayout(self._theme.metrics.scale_px(4), self._lights)
        inside = make_column(self._theme, gap=6)
        inside.addLayout(self._facts)
        inside.addWidget(self._lights)
        shown.setLayout(inside)
        return shown

    def _build_condition_chips(self) -> QWidget:
        lights = QWidget()
        flow = FlowLayout(self._theme.metrics.scale_px(4), lights)
        self.chips = {code: KeyButton(self._theme, get_condition_name(code)) for code in LIGHTS}
        for chip in self.chips.values():
            chip.setProperty("role", "chip")
            chip.setCheckable(True)
            flow.addWidget(chip)
        return lights


class BenchmarkCard(EditableCard):
    """Card of the benchmark, or of its absence. `saved` carries the reference score as typed and
    its metric."""

    saved = Signal(str, str)

    def __init__(self, theme: Theme, actions: Actions) -> None:
        self.choose = make_action_button(theme, tr("Choose…"), actions, "project.set_benchmark")
        self.claim = make_action_button(theme, tr("Enter score…"), actions, "project.edit_claim")
        super().__init__(theme, tr("Benchmark"), self.choose)
        self._wrong = ErrorLabel()
        self._missing = make_label(
            tr("No benchmark yet. Choose the labelled images behind the model's reference score."),
            tone="quiet",
            wrap=True,
        )
        self._facts_part = self._build_facts_part()
        for part in (self._wrong, self._missing, self._facts_part):
            self.column.addWidget(part)
        self.claimed = QLineEdit()
        self._field = FormField(theme, tr("Reference score, per cent"), self.claimed)
        self.stated_in = ComboBox(theme, tr("Metric"), [])
        counts = FormField(theme, tr("Metric"), self.stated_in)
        self._add_form(
            self._field,
            counts,
            hides=(self.claim, self.choose),
            save=lambda: self.saved.emit(*self.get_entered()),
        )

    def show_benchmark(self, score: tuple[str, str, str], source: str, claimed: str) -> None:
        """Figure, what it counts and its range; where the set lies; what was claimed. An empty
        `source`: there is none."""
        self._missing.setVisible(not source)
        self._facts_part.setVisible(bool(source))
        for shown, text in zip((self._score, self._set_line, self._range), score, strict=True):
            shown.setText(text)
        self._facts.show_values(source, claimed)

    def start_editing(
        self, claimed: str, metric: str, metrics: tuple[tuple[str, str], ...]
    ) -> None:
        """Turns into fields that hold what is claimed, and of `metrics` (code, name) the one that
        it is claimed in."""
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

    def get_entered(self) -> tuple[Any, ...]:
        """What the fields hold, as `saved` carries it."""
        return self.claimed.text(), self.stated_in.chosen_code

    def _build_facts_part(self) -> QWidget:
        facts_part = QWidget()
        self._score = make_label(size="number")
        self._set_line = make_label(wrap=True)
        self._range = make_label(size="caption", tone="quiet", wrap=True)
        counted = make_row(self._theme, gap=12)
        counted.addWidget(self._score, 0, Qt.AlignmentFlag.AlignVCenter)
        counted.addLayout(make_column(self._theme, self._set_line, self._range, gap=0), 1)
        counted.addWidget(self.claim, 0, Qt.AlignmentFlag.AlignTop)
        self._facts = FactsGrid(self._theme, (tr("Source"), tr("Reference score")), wrapped=(1,))
        inside = make_column(self._theme, gap=4)
        inside.addLayout(counted)
        inside.addLayout(self._facts)
        facts_part.setLayout(inside)
        return facts_part


MODELS, PREDICTIONS = "*.onnx", "*.csv *.json *.jsonl *.ndjson"
OUTLINE = (
    (0, 0, 0.395, 0.35),
    (0, 0.37, 0.395, 0.35),
    (0, 0.74, 0.395, 0.26),
    (0.405, 0, 0.595, 1),
)


class OverviewPage(QWidget, BodyStates):
    """Site, benchmark and limits on the left, the model on the right. A card that is being edited
    has its column for itself."""

    def __init__(self, theme: Theme, actions: Actions) -> None:
        super().__init__()
        self._theme = theme
        gap = theme.metrics.scale_px(12)
        self.site, self.limits = SiteCard(theme, actions), LimitsCard(theme, actions)
        self.acceptance, self.parts = AcceptanceCard(theme), PartsCard(theme)
        self.model, self.benchmark = ModelPanel(theme, actions), BenchmarkCard(theme, actions)
        self.strip = JobStrip(theme)
        self._left = left = QVBoxLayout()
        left.setSpacing(gap)
        left.addWidget(self.site, 4)
        left.addWidget(self.benchmark, 4)
        left.addWidget(self.limits, 3)
        left.addWidget(self.acceptance, 1)
        left.addWidget(self.parts, 1)
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
        self.placeholder = Placeholder(theme, OUTLINE)
        self.pages = PageStack(self.placeholder, self._cards)
        make_column(theme, self.pages, parent=self)

    def show_cards(self) -> None:
        """The cards, with what was read."""
        self.pages.show_page(self._cards)

    def set_compact(self, compact: bool) -> None:
        """The left column moves together where there is little room."""
        for card in (self.site, self.benchmark, self.limits, self.acceptance, self.parts):
            card.set_compact(compact)
        self._left.setSpacing(self._theme.metrics.scale_px(8 if compact else 12))

    def fit_cards(self) -> None:
        """Shows what there is room for: while a card of the left column is edited, that card
        alone."""
        always, forms = (self.site, self.benchmark, self.limits), (self.acceptance, self.parts)
        edited = [card for card in (*always, *forms) if card.editing]
        for card in (*always, *forms):
            card.setVisible(card in edited or (not edited and card in always))

    def show_job(self, job: Job | None) -> None:
        """Footage coming in."""
        self.strip.show_job(job)

    def prompt_for_model(self, then: Callable[[Path], None]) -> None:
        """Lets the person choose a model file."""
        taken = f"{tr('Models and predictions')} ({MODELS} {PREDICTIONS})"
        choose_file(self, tr("Choose model"), taken, then)

    def prompt_for_benchmark(self, then: Callable[[Path], None]) -> None:
        """Lets the person choose a labelled set."""
        choose_folder(self, tr("Choose benchmark folder"), then)

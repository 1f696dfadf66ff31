"""View of the Stress screen: live view with corruptions and predictions, sweep, OOD test, and the
line of evaluation sets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QComboBox, QFrame, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from fieldcheck.domain.frame import PICTURE_ENDINGS, VIDEO_ENDINGS, format_patterns
from fieldcheck.i18n.language import tr
from fieldcheck.progress import Progress
from fieldcheck.ui.context import Context
from fieldcheck.ui.current_project import get_opening_message
from fieldcheck.ui.job_widgets import JobStrip, JobToggle, Work
from fieldcheck.ui.jobs import Job
from fieldcheck.ui.lazy_import import LazyModule
from fieldcheck.ui.qt_types import get_box_layout, get_layout
from fieldcheck.ui.screens.stress.charts import (
    AnswerBars,
    ConfidenceChart,
    StressContent,
    UncertaintyChart,
    describe_confidence,
    format_frame_count,
)
from fieldcheck.ui.screens.stress.recipe_controls import Favourites, RecipeStepList, SeveritySlider
from fieldcheck.ui.screens.stress.state import ConfidenceTally, TallyMoment
from fieldcheck.ui.screens.stress.sweep_page import SweepPage
from fieldcheck.ui.shell.shortcuts import Actions
from fieldcheck.ui.theme import Theme
from fieldcheck.ui.widgets.buttons import KeyButton
from fieldcheck.ui.widgets.charts import ChartTable
from fieldcheck.ui.widgets.combo_box import ComboBox
from fieldcheck.ui.widgets.file_dialogs import add_all_files, choose_file
from fieldcheck.ui.widgets.images_and_zoom import FrameView
from fieldcheck.ui.widgets.layouts import (
    FlowLayout,
    clear_layout,
    make_card,
    make_column,
    make_label,
    make_plain_tip,
    make_row,
    make_rule,
    set_focus_target,
    set_tone,
)
from fieldcheck.ui.widgets.pages import BodyStates, PageButtons, PageStack, Placeholder
from fieldcheck.ui.widgets.report_table import ReportTable
from fieldcheck.ui.widgets.text_lines import ReservedLinesLabel, compute_text_height

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

if TYPE_CHECKING:
    from fieldcheck.corruptions import ood
    from fieldcheck.project.project import Project
    from fieldcheck.report.stress_findings import StressFindings
else:
    ood = LazyModule("fieldcheck.corruptions.ood")


class OodPage(QWidget, BodyStates):
    """Two tables below each other, and what follows from them in a sentence."""

    run_changed = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.runs = False
        self.leaning = make_label(bold=True, wrap=True)
        self.strip = JobStrip(theme)
        self.placeholder = Placeholder(theme)
        self.families = ReportTable(
            theme, tr("Confident predictions on out-of-distribution images")
        )
        self.shortcuts = ReportTable(theme, tr("Predictions that survive removal of information"))
        self.threshold = make_label(size="caption", tone="quiet", wrap=True)
        self.threshold.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.figures = QWidget()
        make_column(
            theme,
            (
                self._build_part(
                    tr("Out-of-distribution (OOD) behaviour"), self.threshold, self.families
                ),
                1,
            ),
            (self._build_part(tr("Shortcut test"), None, self.shortcuts), 1),
            parent=self.figures,
        )
        self.pages = PageStack(self.placeholder, self.figures)
        make_column(theme, self.leaning, self.strip, (self.pages, 1), parent=self)

    def show_empty(self, text: str) -> None:
        """Nothing was probed, and why or what to do."""
        self.placeholder.show_empty(text, [])
        self._show_placeholder()

    def _show_placeholder(self) -> None:
        self.leaning.setText("")
        self.pages.show_page(self.placeholder)

    def show_findings(self, stress_findings: StressFindings) -> None:
        """The tables as they are now."""
        self.leaning.setText(stress_findings.leaning)
        self.threshold.setText(stress_findings.sure_from)
        self.families.show_table(stress_findings.families)
        self.shortcuts.show_table(stress_findings.shortcuts, wide=1)
        self.pages.show_page(self.figures)

    def show_running(self, job: Job | None) -> None:
        """The probes under way, or the last ones where they were stopped."""
        self.strip.show_job(job)

    def set_run_label(self, runs: bool) -> None:
        """Whether the test runs now, so that the primary action stops it."""
        self.runs = runs
        self.run_changed.emit()

    def _build_part(self, text: str, under: QWidget | None, table: ReportTable) -> QFrame:
        card, px = make_card(self._theme), self._theme.metrics.scale_px
        get_box_layout(card).setSpacing(px(4))
        get_box_layout(card).setContentsMargins(px(12), px(6), px(12), px(8))
        head = make_row(self._theme, make_label(text, bold=True), gap=16)
        if under is not None:
            head.addWidget(under, 1)
        get_box_layout(card).addLayout(head)
        get_box_layout(card).addWidget(table, 1)
        return card


# Presenter of the out-of-distribution test: runs it as a job, and shows what was found.

WORK = "stress.probe"


class OodPresenter:
    """Probes that were stopped go on where they were."""

    def __init__(self, context: Context, page: OodPage) -> None:
        self._page, self._context = page, context
        self.job = JobToggle(context, page, WORK, lambda: tr("OOD"), _build_job)

    def show_waiting(self) -> None:
        """The results are being read."""
        self._page.show_loading(tr("Loading the OOD test …"))

    def show_failed(self) -> None:
        """The results could not be read."""
        self._page.show_failed(tr("The OOD test could not be read."))

    def show_findings(self, stress_findings: StressFindings | None) -> None:
        """Shows the results as known now; None where no project is open."""
        if message := get_opening_message(self._context.current) if stress_findings is None else "":
            self._page.show_loading(message)
        elif stress_findings is None:
            self._page.show_empty(tr("To run the OOD test, open or create a project."))
        elif not stress_findings.sets:
            self._page.show_empty(tr("No model in this project yet."))
        elif stress_findings.families is None and self.job.is_running:
            self._page.show_loading(tr("Running the model …"))
        elif stress_findings.families is None:
            self._page.show_empty(
                tr(
                    "Run the OOD test: blank, noisy, patch-shuffled and out-of-domain images "
                    "have no correct class; field "
                    "frames with parts removed reveal shortcuts."
                )
            )
        else:
            self._page.show_findings(stress_findings)
        self.job.update_label()


def _build_job() -> Work:
    def run_ood(project: Project, progress: Progress, now: str) -> Any:
        return ood.run_ood(project, ood.OodRequest(), progress, now)

    return run_ood


# Line of the three evaluation sets over the Stress screen, each with its score.


class EvaluationSetsRow(QWidget):
    """Hidden while there is no model whose scores they would be."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._line = FlowLayout(theme.metrics.scale_px(12), self)
        self._shown: tuple[tuple[str, str], ...] = ()
        self.hide()

    def show_sets(self, sets: Sequence[tuple[str, str]]) -> None:
        """Name and score of each; that one is missing is said in place of its score."""
        if tuple(sets) == self._shown:
            return
        self._shown = tuple(sets)
        clear_layout(self._line)
        for name, text in self._shown:
            self._line.addWidget(make_label(f"{name}: {text}", "caption", "quiet"))
        self.setVisible(bool(self._shown))

    def list_captions(self) -> list[str]:
        """Text of the line."""
        return [f"{name}: {figure}" for name, figure in self._shown]


SIDE, SIDE_COMPACT = 312, 260
# more than their least height before the line of uncertainty takes room from them
PICTURES_FIRST = 40
LETTERS, LETTERS_COMPACT = 12, 5  # of the name of what is looked at


class StressView(QWidget):
    """Signals are a person's choices."""

    source_chosen = Signal(str)
    file_chosen = Signal(str)
    corruption_chosen = Signal(int)
    all_asked = Signal()
    taken_out = Signal(int)
    severity_chosen = Signal(float)
    class_chosen = Signal(int)

    def __init__(self, theme: Theme, actions: Actions, favourites: Sequence[str]) -> None:
        super().__init__()
        self._theme, self._actions = theme, actions
        self._compact, self._third = False, True
        # keys belong to the pictures, not to the button pressed last
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.shown: StressContent | None = None
        self.original = FrameView(theme, tr("Original"))
        self.corrupted = FrameView(theme, tr("Corrupted"))
        self.seen = FrameView(theme, tr("Model input"), honest=True)
        self.favourites = Favourites(theme, favourites)
        self.under = RecipeStepList(theme)
        self.switch = PageButtons(
            theme,
            actions,
            "stress",
            {"live": tr("Live"), "sweep": tr("Sweep"), "probes": tr("OOD")},
        )
        self.sets = EvaluationSetsRow(theme)
        self.sweep, self.probes = SweepPage(theme, actions), OodPage(theme)
        self.severity = SeveritySlider(theme)
        self.severity.setToolTip(tr("Hold Alt to drag between two steps."))
        self.meaning = make_label(size="caption", tone="quiet", wrap=True)
        self.answers = AnswerBars(theme)
        self.status_text = make_label(wrap=True)
        self.confidence, self.uncertainty = ConfidenceChart(theme), UncertaintyChart(theme)
        self.tables = (
            ChartTable(theme, self.confidence),
            ChartTable(theme, self.uncertainty),
            self.sweep.figures_of_curves,
        )
        self.sources, self.classes = (
            _make_choice(theme, tr("Source")),
            _make_choice(theme, tr("Histogram class")),
        )
        self.classes.setMinimumContentsLength(7)
        self.sources.setMinimumContentsLength(LETTERS)
        # names of files are as long as they are; the tooltip has the whole of one
        self.sources.setProperty("elides", True)
        self._build_layout()
        self.sources.activated.connect(self._on_source_activated)
        self.classes.activated.connect(self.class_chosen)
        self.favourites.chosen.connect(self.corruption_chosen)
        self.favourites.more.connect(self.all_asked)
        self.under.taken_out.connect(self.taken_out)
        self.severity.chosen.connect(self.severity_chosen)

    def show_page(self, page: str) -> None:
        """Shows one of the three pages; keys go to what is on it."""
        self.switch.show_part(page)
        for tool in self._tools:
            tool.setVisible(page == "live")
        self._line.set_fill(page == "live")
        self.pages.show_page({"live": self.live, "sweep": self.sweep, "probes": self.probes}[page])
        self._show_sets()
        to = {"live": None, "sweep": self.sweep.front_widget, "probes": self.probes.families}[page]
        set_focus_target(self, to)
        if self.isVisible():  # whatever had the keys may be hidden now
            (to or self).setFocus(Qt.FocusReason.OtherFocusReason)

    def show_sets(self, sets: Sequence[tuple[str, str]]) -> None:
        """The three sets to test on, each with its score."""
        self.sets.show_sets(sets)
        self._show_sets()

    def show_sweep_result(self, text: str) -> None:
        """Shows the sweep's result of the recipe that is looked at; nothing where it was not
        there."""
        self.swept.setText(text)
        self._update_sweep_result()

    def show_result(self, shown: StressContent) -> None:
        """Pictures and answers of one frame, in one go."""
        self.shown = shown
        for view, picture in (
            (self.original, shown.original),
            (self.corrupted, shown.corrupted),
            (self.seen, shown.model_input),
        ):
            if picture is None:
                view.show_nothing(tr("Model input"), tr("No model."))
            else:
                view.show_frame(
                    picture.rgb, picture.title, picture.description, picture.crop, picture.marks
                )
        self.answers.show_rows(shown.rows)
        self._set_caption(shown.caption, shown.is_warning)

    def show_nothing(self, sentence: str) -> None:
        """No frame, and why."""
        self.shown = None
        for view in (self.original, self.corrupted, self.seen):
            view.show_nothing(view.accessibleName(), sentence)
        self.answers.show_rows(())
        self.favourites.show_no_pictures()
        self._set_caption(sentence, False)

    def show_sources(self, choices: Sequence[tuple[str, str]], key: str) -> None:
        """Shows the sources, as (key, name); the one of that key is chosen."""
        self.sources.clear()
        for choice, name in choices:
            self.sources.addItem(name, choice)
        self.sources.setCurrentIndex(self.sources.findData(key))
        self.sources.setEnabled(bool(choices))
        self.sources.setToolTip(make_plain_tip(self.sources.currentText()))

    def show_recipe(
        self,
        corruption: str,
        severity: float,
        meaning: str,
        under: Sequence[tuple[str, float]] = (),
    ) -> None:
        """Shows the recipe from now on, after those that lie `under` it."""
        self.favourites.select_corruption(corruption)
        self.severity.show_severity(severity)
        self.meaning.setText(meaning)
        self.under.show_steps(under)
        self.favourites.set_compact(self._compact, low=bool(under))

    def show_likeness(self, text: str) -> None:
        """How like the original the corrupted picture still is; nothing while that is not
        measured."""
        self.likeness.setText(text)

    def show_tip(self, text: str) -> None:
        """At which severity the held frame flips; nothing while none is held."""
        self.tip.setText(text)
        self.tip.setVisible(bool(text))
        self._severity_row.setVisible(not (self._compact and text))  # there is room for one line

    def show_difference(self, enabled: bool) -> None:
        """Whether the difference stands in place of the corrupted picture."""
        self.difference.setChecked(enabled)

    def show_thumbnails(self, pictures: Mapping[str, NDArray[np.uint8]]) -> None:
        """(h, w, 3) uint8 RGB each, by the name of the corruption."""
        self.favourites.show_pictures(pictures)

    def show_held(self, is_held: bool) -> None:
        """Whether the frame is held."""
        self.hold.setChecked(is_held)
        self.hold.set_label(tr("Continue") if is_held else tr("Pause"))

    def show_model_input(self, third: bool) -> None:
        """Whether what the model sees is shown. Where there is room for two pictures only, it takes
        the place of the original."""
        self._third = third
        self.third.setChecked(third)
        self._arrange_images()

    def show_classes(self, names: Sequence[str], chosen: int) -> None:
        """All classes and each of them; `chosen` 0 is all."""
        if self.classes.count() != len(names) + 1 or any(
            self.classes.itemText(index + 1) != name for index, name in enumerate(names)
        ):
            self.classes.clear()
            self.classes.addItems([tr("all classes"), *names])
        self.classes.setCurrentIndex(chosen)

    def show_confidence(self, confidence: ConfidenceTally) -> None:
        """The histogram."""
        self.confidence.show_confidence(confidence)
        self.counted.setText(format_frame_count(confidence.n_frames))
        self.in_words.setText(describe_confidence(confidence) if confidence.n_frames else "")

    def show_moments(self, moments: Sequence[TallyMoment], now: float) -> None:
        """The line of uncertainty."""
        if not self._uncertainty_card.isHidden():
            self.uncertainty.show_moments(moments, now)

    def toggle_tables(self) -> None:
        """The charts as tables, or as charts again; a table that is shown has the keys then."""
        as_tables = [table.toggle_table() for table in self.tables]
        if not as_tables[0]:
            self.setFocus()

    def show_numbers(self, text: str, warns: bool) -> None:
        """How the live view keeps up."""
        self.numbers.setText(text)
        set_tone(self.numbers, "warn" if warns else "quiet")

    def request_file(self) -> None:
        """Lets a person choose a file; `file_chosen` is the answer."""
        kinds = add_all_files(
            tr("Videos and images"), format_patterns(VIDEO_ENDINGS, PICTURE_ENDINGS)
        )
        choose_file(self, tr("Open video or image"), kinds, self._on_file_chosen)

    def set_compact(self, compact: bool) -> None:
        """Two pictures instead of three, lower thumbnails, a narrower panel."""
        if compact != self._compact:
            self._compact, self._third = compact, not compact
            self.third.setChecked(self._third)
            self.favourites.set_compact(compact, low=not self.under.isHidden())
            self.show_tip(self.tip.text())
            # the chart still says them to whoever asks it
            for part in (self._legend, self.in_words):
                part.setVisible(not compact)
            # the line of tools has room in every language
            self.sources.setMinimumContentsLength(LETTERS_COMPACT if compact else LETTERS)
            self._side.setFixedWidth(
                self._theme.metrics.scale_px(SIDE_COMPACT if compact else SIDE)
            )
            self.sweep.set_compact(compact)
            self._show_sets()
            self._update_sweep_result()
            self._arrange_images()

    @property
    def shows_model_input(self) -> bool:
        """Whether what the model sees is shown."""
        return self._third

    def heightForWidth(self, width: int) -> int:
        """The least height, not the one that would be nicest: charts and pictures take what there
        is, the line of uncertainty gives way."""
        top = self._line.heightForWidth(width) + self._theme.metrics.scale_px(8)
        if not self.sets.isHidden():
            top += self.sets.heightForWidth(width) + self._theme.metrics.scale_px(8)
        if self.pages.current_page is not self.live:
            return top + get_layout(self.pages.current_page).totalMinimumHeightForWidth(width)
        left = width - self._side.width() - self._theme.metrics.scale_px(12)
        uncertainty = 0 if self._uncertainty_card.isHidden() else self._compute_uncertainty_height()
        lower = max(
            self._left.minimumHeightForWidth(left) - uncertainty,
            get_layout(self._side).totalMinimumHeightForWidth(self._side.width()),
        )
        return top + lower

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        spare = (
            self.height() - self.heightForWidth(self.width()) - self._compute_uncertainty_height()
        )
        self._uncertainty_card.setVisible(spare >= self._theme.metrics.scale_px(PICTURES_FIRST))

    def _compute_uncertainty_height(self) -> int:
        """With the gap above it."""
        return self._uncertainty_card.minimumSizeHint().height() + self._theme.metrics.scale_px(8)

    def _show_sets(self) -> None:
        """In the small window the pictures need their line."""
        self.sets.setVisible(
            bool(self.sets.list_captions())
            and not (self._compact and self.pages.current_page is self.live)
        )

    def _update_sweep_result(self) -> None:
        self.swept.setVisible(bool(self.swept.text()) and not self._compact)

    def _arrange_images(self) -> None:
        self.seen.setVisible(self._third)
        self.original.setVisible(not (self._compact and self._third))

    def _set_caption(self, sentence: str, warns: bool) -> None:
        if sentence != self.status_text.text():
            self.status_text.setText(sentence)
        self.status_text.setProperty("weight", "bold" if warns else "")
        set_tone(self.status_text, "warn" if warns else "")

    def _on_file_chosen(self, path: Path) -> None:
        self.file_chosen.emit(str(path))

    def _on_source_activated(self, index: int) -> None:
        self.source_chosen.emit(self.sources.itemData(index))

    def _build_layout(self) -> None:
        gap = self._theme.metrics.scale_px(8)
        left = self._left = QVBoxLayout()
        left.setSpacing(gap)
        left.addLayout(make_row(self._theme, self.original, self.corrupted, self.seen, gap=4), 3)
        left.addWidget(self.favourites)
        left.addWidget(self.under)
        left.addLayout(self._build_severity_rows())
        self._uncertainty_card = self._build_uncertainty_card()
        left.addWidget(self._uncertainty_card, 2)
        self.live = QWidget()
        whole = make_row(self._theme, gap=12, parent=self.live)
        self.pages = PageStack(self.live, self.sweep, self.probes)
        page = QVBoxLayout(self)
        page.setContentsMargins(0, 0, 0, 0)
        page.setSpacing(gap)
        self._line = self._build_top_row()
        page.addLayout(self._line)
        page.addWidget(self.sets)
        page.addWidget(self.pages, 1)
        whole.addLayout(left, 1)
        self._side = self._build_panel()
        self._side.setFixedWidth(self._theme.metrics.scale_px(SIDE))
        whole.addWidget(self._side)

    def _build_top_row(self) -> FlowLayout:
        self.sources.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.open = self._make_button(tr("Open"), "stress.open", tr("Open video or image"))
        self.third = self._make_button(
            tr("Model input"), "stress.third", tr("Show or hide model input")
        )
        self.hold = self._make_button(tr("Pause"), "stress.freeze", tr("Pause on this frame"))
        self.difference = self._make_button(
            tr("Difference"), "stress.difference", tr("Show difference from original")
        )
        for button in (self.third, self.hold, self.difference):
            button.setCheckable(True)
        self.third.setChecked(True)
        self._tools = (self.sources, self.open, self.third, self.difference, self.hold)
        line = FlowLayout(self._theme.metrics.scale_px(6), fills=True)
        for widget in (*self.switch.buttons.values(), *self._tools):
            line.addWidget(widget)
        return line

    def _make_button(self, text: str, action: str, tip: str) -> KeyButton:
        button = KeyButton(self._theme, text, self._actions.get_key_text(action)).bind_action(
            self._actions.get_action(action)
        )
        button.setToolTip(make_plain_tip(tip))
        return button

    def _build_severity_rows(self) -> QVBoxLayout:
        self.combine = self._make_button(
            tr("Combine…"), "stress.combine", tr("Add a second corruption")
        )
        self.tip = make_label(bold=True, wrap=True)
        self.tip.hide()
        line = make_row(
            self._theme, make_label(tr("Severity"), bold=True), self.severity, self.combine
        )
        line.setStretch(1, 1)
        self.likeness = make_label(size="caption", tone="quiet")
        row = make_row(self._theme, self.meaning, self.likeness, gap=12)
        row.setStretch(0, 1)
        self._severity_row = _wrap_line(row)
        return make_column(self._theme, _wrap_line(line), self._severity_row, self.tip, gap=2)

    def _build_uncertainty_card(self) -> QFrame:
        hint = ReservedLinesLabel(size="caption", tone="quiet")
        hint.setAlignment(Qt.AlignmentFlag.AlignRight)
        hint.set_text(
            tr(
                "● prediction changed: click a mark or press {key} to pause on that frame",
                key=self._actions.get_key_text("stress.back"),
            ),
            "quiet",
        )
        head = make_row(
            self._theme,
            make_label(tr("Uncertainty, last minute"), size="caption", bold=True),
            (hint, 1),
        )
        card = make_card(self._theme)
        get_box_layout(card).setSpacing(0)
        get_box_layout(card).setContentsMargins(*[self._theme.metrics.scale_px(8)] * 4)
        get_box_layout(card).addLayout(head)
        get_box_layout(card).addWidget(self.tables[1], 1)
        return card

    def _build_panel(self) -> QFrame:
        self.counted = make_label(format_frame_count(0), bold=True, wrap=True)
        self.in_words = make_label(size="caption", tone="quiet", wrap=True)
        self.numbers = make_label(size="caption", tone="quiet", wrap=True)
        self.status_text.setMinimumHeight(compute_text_height(self.status_text.font(), 2))
        self.status_text.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        head = make_row(self._theme, self.counted, self.classes)
        head.setStretch(0, 1)
        card = make_card(self._theme)
        inside = get_box_layout(card)
        inside.setSpacing(self._theme.metrics.scale_px(6))
        for widget in (
            make_label(tr("Top predictions"), bold=True, wrap=True),
            self.answers,
            self.status_text,
            make_rule(),
        ):
            inside.addWidget(widget)
        inside.addLayout(head)
        inside.addWidget(self.tables[0], 1)
        self._legend = make_label(
            tr("Bars: now (click to pause on a frame). Line: clean."),
            size="caption",
            tone="quiet",
            wrap=True,
        )
        self.confidence.setToolTip(make_plain_tip(self._legend.text()))
        self.swept = make_label(wrap=True)
        self.swept.hide()
        for widget in (self._legend, self.in_words, make_rule(), self.swept, self.numbers):
            inside.addWidget(widget)
        return card


def _make_choice(theme: Theme, name: str) -> ComboBox:
    choice = ComboBox(theme, name, [])
    choice.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
    choice.setMinimumContentsLength(8)
    choice.setProperty("elides", True)
    choice.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    return choice


def _wrap_line(line: QHBoxLayout) -> QWidget:
    wrapper = QWidget()
    wrapper.setLayout(line)
    return wrapper

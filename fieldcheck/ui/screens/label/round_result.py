"""Result of a round, shown over the screen after the last label: verdict, gap, chart, most
confident errors, and the next step."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from functools import partial
from math import isnan
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QFrame, QGridLayout, QVBoxLayout, QWidget

from fieldcheck.analyses.gap_headline import get_readiness_name
from fieldcheck.analyses.names_and_numbers import get_readiness_sign
from fieldcheck.i18n import language
from fieldcheck.i18n.language import capitalise, tr, tr_plural
from fieldcheck.i18n.numbers import format_number
from fieldcheck.timestamp import get_timestamp
from fieldcheck.ui.context import Context
from fieldcheck.ui.lazy_import import LazyModule
from fieldcheck.ui.qt_types import get_box_layout
from fieldcheck.ui.screens.label.state import ErrorExample, LabelDisplay, LabelState, ResultContent
from fieldcheck.ui.theme import Theme
from fieldcheck.ui.widgets.buttons import VerdictSign
from fieldcheck.ui.widgets.charts import DumbbellChart
from fieldcheck.ui.widgets.image_view import ImageView, decode_image
from fieldcheck.ui.widgets.layouts import clear_layout, make_card, make_column, make_label, make_row

if TYPE_CHECKING:
    from fieldcheck.analyses.report_data import WorstFrame
    from fieldcheck.progress import Progress
    from fieldcheck.project.project import Project
    from fieldcheck.report import assemble, explore_data
    from fieldcheck.report.explore_data import RoundResult
else:
    assemble = LazyModule("fieldcheck.report.assemble")
    explore_data = LazyModule("fieldcheck.report.explore_data")

# Result after the last label, over the whole screen: verdict, gap, dumbbell chart, the most
# confident errors, and the one next
# step.

# pixels of width under which the verdict has the size of a number and the errors stand beside the
# chart
SMALL_BELOW = 1100
CHART, ERRORS = 2, 3  # how they share the width then


class ResultPage(QWidget):
    """Shows the result. It takes the keyboard focus, so that no key labels a hidden frame."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.sign = VerdictSign(theme)
        self.verdict = make_label(size="verdict", wrap=True)
        self.headline = make_label(size="title", wrap=True)
        self.under = make_label(tone="quiet", wrap=True)
        self.chart = DumbbellChart(theme)
        self.next = make_label(size="heading", bold=True, wrap=True)
        back = tr("Esc: back to the frames · V: show result · Ctrl+Z: undo last label")
        self._back = make_label(back, size="caption", tone="quiet")
        self._errors_head = make_label(tr("Most confident errors"), bold=True)
        self._errors = QGridLayout()
        self._errors.setHorizontalSpacing(theme.metrics.scale_px(12))
        self._errors.setVerticalSpacing(theme.metrics.scale_px(4))
        self._errors.setRowStretch(0, 1)
        head = make_row(theme, self.sign, (self.verdict, 1), gap=16)
        head.setAlignment(self.sign, Qt.AlignmentFlag.AlignVCenter)
        frame: QFrame = make_card(theme)
        inside = get_box_layout(frame)
        self._middle = QBoxLayout(QBoxLayout.Direction.TopToBottom)
        self._middle.setSpacing(theme.metrics.scale_px(12))
        layout = make_column(theme, self.under, self.chart)
        layout.addStretch(0)
        self._middle.addLayout(layout)
        self._middle.addLayout(make_column(theme, self._errors_head, (self._errors, 1)), 1)
        inside.addLayout(head)
        inside.addWidget(self.headline)
        inside.addLayout(self._middle, 1)
        inside.addStretch(0)
        inside.addWidget(self.next)
        inside.addWidget(self._back)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(frame)

    def show_result(self, result_content: ResultContent) -> None:
        """From now on this."""
        self.sign.show_kind(result_content.sign)
        self.sign.setVisible(bool(result_content.sign))
        for widget, text in (
            (self.verdict, result_content.verdict),
            (self.headline, result_content.headline),
            (self.under, result_content.basis),
            (self.next, result_content.next_step),
        ):
            widget.setText(text)
            widget.setVisible(bool(text))
        self.chart.setVisible(result_content.chart is not None)
        if result_content.chart is not None:
            self.chart.show_scores(result_content.chart)
        self.setAccessibleName(
            " ".join(
                part
                for part in (
                    result_content.verdict,
                    result_content.headline,
                    result_content.basis,
                    result_content.next_step,
                )
                if part
            )
        )
        self._show_errors(result_content.errors)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        wide = self.width() >= self._theme.metrics.scale_px(SMALL_BELOW)
        self._middle.setDirection(
            QBoxLayout.Direction.TopToBottom if wide else QBoxLayout.Direction.LeftToRight
        )
        self._middle.setStretch(0, 0 if wide else CHART)
        self._middle.setStretch(1, ERRORS)
        size = "verdict" if wide else "number"
        if self.verdict.property("textSize") != size:
            self.verdict.setProperty("textSize", size)
            self.verdict.style().unpolish(self.verdict)
            self.verdict.style().polish(self.verdict)

    def _show_errors(self, errors: Sequence[ErrorExample]) -> None:
        clear_layout(self._errors)
        for index, error in enumerate(errors):
            shown = ImageView(self._theme, tr("Most confident errors"))
            shown.show_image(error.picture, error.caption)
            self._errors.addWidget(shown, 0, index)
            self._errors.addWidget(
                make_label(error.caption, size="caption", wrap=True),
                1,
                index,
                Qt.AlignmentFlag.AlignTop,
            )
        for index in range(self._errors.columnCount()):
            self._errors.setColumnStretch(index, int(index < len(errors)))
        self._errors_head.setVisible(bool(errors))


log = logging.getLogger(__name__)
NOTHING = "–"
REST = "label.rest"
PREPARED_BEFORE = 5
"""Labels before the last one at which the result is computed a first time, so that its inputs are
read and verified by then."""


class RoundResultPresenter:
    """`is_open`: the result is shown, which `shown()` is told. Nothing of it comes before the last
    frame of the round has its label."""

    def __init__(
        self, state: LabelState, view: LabelDisplay, context: Context, shown: Callable[[], None]
    ) -> None:
        self._state, self._view, self._context, self._on_shown = state, view, context, shown
        self.is_open = False
        self._is_wanted = self._prepared = False
        self._result: RoundResult | None = None

    @property
    def is_over(self) -> bool:
        """Whether every frame is labelled; an unsure label counts."""
        state = self._state
        return bool(state.frames) and not state.round.n_left and not state.repeating

    def on_label_stored(self) -> None:
        """Looks the result up, where the newest label was the last one and none comes to be looked
        at once more."""
        if self.is_over and self._state.round_ended:
            self.open_result()

    def open_result(self) -> None:
        """Looks the result up and shows it, also once more."""
        if self.is_over:
            self._is_wanted = True
            if not self.is_open:
                self._view.show_note(tr("Computing the result …"), lasts=True)
            lang = language.get_language()
            reading = self._context.current.query(
                self._view, lambda project: explore_data.compute_round_result(project, lang)
            )
            reading.on_success(self._show_result).on_failure(self._on_result_failed)

    def prepare_result(self) -> None:
        """Compute the result in the background shortly before the end, once per round. It is not an
        act, so no label waits for it."""
        state, project = self._state, self._context.current.project
        near = (
            bool(state.frames) and not state.repeating and 0 < state.round.n_left <= PREPARED_BEFORE
        )
        if near and not self._prepared and project is not None:
            lang = language.get_language()
            work = partial(_compute_result, project, lang)
            job = self._context.runner.run_job(
                self._context.messages, "result of the round", work, listed=False
            )
            job.on_failure(_log_not_prepared)
        self._prepared = near

    def refresh(self) -> None:
        """The model may have answered more: what is shown is brought up to date."""
        if self.is_open:
            self.open_result()

    def close_result(self) -> bool:
        """Back to the frames; whether it was open."""
        was, self.is_open, self._is_wanted = self.is_open, False, False
        if was:
            self._view.show_result(None)
        return was

    @property
    def next_step(self) -> tuple[str, str, str]:
        """Next step: the text of the primary button, the screen it leads to, and the action there,
        which may be empty."""
        round_result = self._result
        if round_result is None:
            return "", "", ""
        if round_result.lacking == "model":
            return tr("Choose model"), "project", "project.set_model"
        if round_result.lacking == "benchmark":
            return tr("Choose benchmark"), "project", "project.set_benchmark"
        if round_result.lacking == "answers":
            return tr("Run model"), "explore", "explore.run"
        if round_result.n_open:
            return tr("Label review"), "explore", "explore.look"
        return tr("Create report"), "report", ""

    def _on_result_failed(self, error: BaseException) -> None:
        self._is_wanted = False
        self._view.show_note("")
        self._context.messages.show_error(error)

    def _show_result(self, round_result: RoundResult) -> None:
        if self._is_wanted and self.is_over:
            self._result, self.is_open = round_result, True
            self._view.show_note("")
            self._view.show_result(build_result_content(round_result))
            self._on_shown()
            if not round_result.lacking:
                self._compute_report()

    def _compute_report(self) -> None:
        """Compute everything else that Explore and the report show, so that it is ready for the
        next step."""
        project = self._context.current.project
        if project is None or self._context.runner.find_running(REST) is not None:
            return
        work = partial(_compute_current_report, project, language.get_language())
        job = self._context.runner.run_job(
            self._context.messages, lambda: tr("Gap computation"), work, key=REST
        )
        job.on_failure(_log_not_prepared)
        self._context.current.closing.connect(job.cancel)


def _compute_result(project: Project, lang: str, _progress: Progress) -> None:
    explore_data.compute_round_result(project, lang)


def _compute_current_report(project: Project, lang: str, progress: Progress) -> None:
    assemble.load_current_report(project, lang, progress, get_timestamp())


def _log_not_prepared(error: BaseException) -> None:
    """Said with the last label, where it still is so."""
    log.info("result not prepared: %s", error)


def build_result_content(round_result: RoundResult) -> ResultContent:
    """The result in words."""
    scores, rest = " ".join(round_result.headline[:2]), " ".join(round_result.headline[2:])
    if round_result.readiness is None:
        scores, rest = " ".join(round_result.headline), ""
    return ResultContent(
        verdict=_format_verdict(round_result),
        sign=get_readiness_sign(round_result.readiness or "no_verdict"),
        headline=scores,
        basis=" ".join(
            part
            for part in (_format_reason(round_result), _format_legend(round_result), rest)
            if part
        ),
        next_step=_format_next_step(round_result),
        chart=round_result.chart
        if round_result.chart is not None and round_result.chart.field is not None
        else None,
        errors=tuple(_make_error_example(worst_frame) for worst_frame in round_result.worst),
    )


def _format_verdict(round_result: RoundResult) -> str:
    """The word of the report, or how many labels there are while the gap cannot be measured."""
    if round_result.lacking:
        return tr_plural(
            "{n} frame is labelled", "{n} frames are labelled", round_result.n_labelled
        ).format(n=round_result.n_labelled)
    return get_readiness_name(round_result.readiness or "no_verdict")


def _format_reason(round_result: RoundResult) -> str:
    return "" if round_result.lacking else capitalise(round_result.reason)


def _format_legend(round_result: RoundResult) -> str:
    camera = round_result.chart.camera if round_result.chart is not None else None
    return (
        tr("Thick line: 95% CI, this footage. Thin line: 95% CI, other clips of these cameras.")
        if camera is not None
        else ""
    )


def _format_next_step(round_result: RoundResult) -> str:
    if round_result.lacking == "model":
        return tr("Next: choose a model to see the result.")
    if round_result.lacking == "benchmark":
        return tr("Next: choose the benchmark to compare with.")
    if round_result.lacking == "answers":
        text = tr_plural(
            "{n} prediction is missing: run the model, or wait for the background run.",
            "{n} predictions are missing: run the model, or wait for the background run.",
            round_result.n_waiting,
        )
        return text.format(n=round_result.n_waiting)
    if round_result.n_open:
        text = tr_plural(
            "Next: review {n} frame where label and prediction disagree.",
            "Next: review {n} frames where label and prediction disagree.",
            round_result.n_open,
        )
        return text.format(n=round_result.n_open)
    return tr("Next: create the report.")


def _make_error_example(worst_frame: WorstFrame) -> ErrorExample:
    named = {
        "truth": ", ".join(worst_frame.truth) or NOTHING,
        "prediction": ", ".join(worst_frame.prediction) or NOTHING,
    }
    text = tr("Label: {truth}. Prediction: {prediction}.").format(**named)
    if not isnan(worst_frame.confidence):
        share = format_number(worst_frame.confidence, 2)
        text = tr("Label: {truth}. Prediction: {prediction}, confidence {share}.").format(
            share=share, **named
        )
    return ErrorExample(decode_image(worst_frame.jpeg), text)

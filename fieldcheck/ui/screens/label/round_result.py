"""Result of a round, shown over the screen after the last label: verdict, gap, chart, most
confident errors, and the next step."""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from fieldcheck.analyses.names_and_numbers import get_readiness_sign
from fieldcheck.i18n import language
from fieldcheck.i18n.language import tr, tr_plural
from fieldcheck.models.messages import get_readiness_name
from fieldcheck.timestamp import get_timestamp
from fieldcheck.ui.context import Context
from fieldcheck.ui.lazy_import import LazyModule
from fieldcheck.ui.screens.label.state import LabelDisplay, LabelState
from fieldcheck.ui.theme import SIDE, Theme
from fieldcheck.ui.widgets.images_and_zoom import decode_image
from fieldcheck.ui.widgets.layouts import make_column, make_label
from fieldcheck.ui.widgets.result_view import ErrorPicture, ResultContent, ResultView

if TYPE_CHECKING:
    from fieldcheck.analyses import confident_errors
    from fieldcheck.analyses.report_data import WorstFrame
    from fieldcheck.progress import Progress
    from fieldcheck.project.project import Project
    from fieldcheck.report import assemble, explore_data
    from fieldcheck.report.explore_data import RoundResult
else:
    confident_errors = LazyModule("fieldcheck.analyses.confident_errors")
    assemble = LazyModule("fieldcheck.report.assemble")
    explore_data = LazyModule("fieldcheck.report.explore_data")


class ResultPage(QWidget):
    """The result over the whole screen. It takes the keyboard focus, so that no key labels a hidden
    frame."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.result = ResultView(theme)
        back = tr("Esc: back to the frames · V: show result · Ctrl+Z: undo last label")
        whole = make_column(
            theme,
            (self.result, 1),
            make_label(back, size="caption", tone="quiet", wrap=True),
            gap=8,
            parent=self,
        )
        side = theme.metrics.scale_px(SIDE)
        whole.setContentsMargins(side, 0, side, 0)

    def show_result(self, content: ResultContent) -> None:
        """From now on this."""
        self.result.show_result(content)
        self.setAccessibleName(self.result.get_text())


log = logging.getLogger(__name__)
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
    """The result as its page shows it."""
    chart = round_result.chart
    return ResultContent(
        verdict=_format_verdict(round_result),
        sign=get_readiness_sign(round_result.readiness or "no_verdict"),
        headline=" ".join(round_result.headline),
        under=" ".join(round_result.under),
        next_step=_format_next_step(round_result) if round_result.lacking else "",
        chart=chart if chart is not None and chart.field is not None else None,
        reasons=() if round_result.lacking else round_result.reasons,
        errors=tuple(_make_error_picture(error) for error in round_result.worst),
        n_wrong=round_result.n_wrong,
        outlook=None if round_result.lacking else round_result.outlook,
    )


def _format_verdict(round_result: RoundResult) -> str:
    """The word of the report, or how many labels there are while the gap cannot be measured."""
    if round_result.lacking:
        return tr_plural(
            "{n} frame is labelled",
            "{n} frames are labelled",
            round_result.n_labelled,
            n=round_result.n_labelled,
        )
    return get_readiness_name(round_result.readiness or "no_verdict")


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
    return ""


def _make_error_picture(frame: WorstFrame) -> ErrorPicture:
    """With the words that Explore has, so that nothing changes on the way there."""
    block = confident_errors.build_image_block(frame, {})
    (_, label), (_, prediction) = block.lines
    lines = tuple(block.small.split(" · ")[:2])
    return ErrorPicture(
        frame.frame_id, label, prediction, lines, decode_image(frame.jpeg), block.alt
    )

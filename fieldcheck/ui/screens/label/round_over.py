"""End of a round: with the last label the result is shown over the screen, and the one next step becomes the primary action."""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import partial
from math import isnan
from typing import TYPE_CHECKING, Protocol

from fieldcheck.timestamp import timestamp
from fieldcheck.ui.context import Context
from fieldcheck.ui.lazy_import import LazyModule
from fieldcheck.ui.screens.label.result_page import ShownError, ShownResult
from fieldcheck.ui.screens.label.session import LabelSession
from fieldcheck.ui.widgets.decoded import decoded
from fieldcheck.ui.widgets.job_strip import running
from fieldcheck.words import language
from fieldcheck.words.figures import limit, number
from fieldcheck.words.language import plural, text

if TYPE_CHECKING:
    from fieldcheck.progress import Progress
    from fieldcheck.project.folder import Project
    from fieldcheck.report.report import WorstFrame
    from fieldcheck.workflows.report import report_gap, round_result
    from fieldcheck.workflows.report.round_result import RoundResult
else:
    report_gap = LazyModule("fieldcheck.workflows.report.report_gap")
    round_result = LazyModule("fieldcheck.workflows.report.round_result")

log = logging.getLogger(__name__)
SIGNS = {"fail": "octagon", "pass": "tick", "not_enough": "ring", "not_comparable": "unequal"}
NOTHING = "–"
REST = "label.rest"
PREPARED_BEFORE = 5
"""Labels before the last one with which the result is reckoned for the first time, so that what it rests on is read and proven then."""


class ResultDisplay(Protocol):
    """The page, as far as it is known here."""

    def show_result(self, found: ShownResult | None) -> None: ...
    def show_note(self, said: str, lasts: bool = False) -> None: ...


class RoundOver:
    """`open`: the result is shown, which `shown()` is told. Nothing of it comes before the last frame of the round has its label."""

    def __init__(self, session: LabelSession, view: ResultDisplay, context: Context, shown: Callable[[], None]) -> None:
        self._session, self._view, self._context, self._shown = session, view, context, shown
        self.open = False
        self._wanted = self._prepared = False
        self._found: RoundResult | None = None

    @property
    def is_over(self) -> bool:
        """Whether every frame was answered. One that nobody could judge is answered too."""
        session = self._session
        return bool(session.frames) and not session.round.n_left and not session.repeating

    def label_stored(self) -> None:
        """Looks the result up, where the newest label was the last one and none comes to be looked at once more."""
        if self.is_over and self._session.round_ended:
            self.open_result()

    def open_result(self) -> None:
        """Looks the result up and shows it, also once more."""
        if self.is_over:
            self._wanted = True
            if not self.open:
                self._view.show_note(text("Computing the result …"), lasts=True)
            lang = language.current()
            self._context.current.ask(lambda project: round_result.round_result(project, lang), self._show, self._failed)

    def prepare(self) -> None:
        """Shortly before the end, once a round: reckons the result where nobody sees it. It is no act, so that no label waits for it."""
        session, project = self._session, self._context.current.project
        near = bool(session.frames) and not session.repeating and 0 < session.round.n_left <= PREPARED_BEFORE
        if near and not self._prepared and project is not None:
            lang = language.current()
            work = partial(_reckoned, project, lang)
            self._context.runner.start("result of the round", work, failed=_not_prepared, listed=False)
        self._prepared = near

    def look_again(self) -> None:
        """The model may have answered more: what is shown is brought up to date."""
        if self.open:
            self.open_result()

    def close(self) -> bool:
        """Back to the frames; whether it was open."""
        was, self.open, self._wanted = self.open, False, False
        if was:
            self._view.show_result(None)
        return was

    @property
    def step(self) -> tuple[str, str, str]:
        """Next step: the text of the primary button, the screen it leads to, and the action there, which may be empty."""
        found = self._found
        if found is None:
            return "", "", ""
        if found.lacking == "model":
            return text("Choose model"), "project", "project.set_model"
        if found.lacking == "benchmark":
            return text("Choose benchmark"), "project", "project.set_benchmark"
        if found.lacking == "answers":
            return text("Run model"), "explore", "explore.run"
        if found.n_open:
            return text("Label review"), "explore", "explore.look"
        return text("Create report"), "report", ""

    def _failed(self, error: BaseException) -> None:
        self._wanted = False
        self._view.show_note("")
        self._context.messages.error(error)

    def _show(self, found: RoundResult) -> None:
        if self._wanted and self.is_over:
            self._found, self.open = found, True
            self._view.show_note("")
            self._view.show_result(shown_result(found))
            self._shown()
            if not found.lacking:
                self._work_out_report()

    def _work_out_report(self) -> None:
        """Everything else that Explore and the report show of these labels: whoever goes on finds it, or what is done of it."""
        project = self._context.current.project
        if project is None or running(self._context.runner, REST) is not None:
            return
        work = partial(_rest, project, language.current())
        job = self._context.runner.start(lambda: text("Gap computation"), work, failed=_not_prepared)
        job.setObjectName(REST)
        self._context.current.closing.connect(job.cancel)


def _reckoned(project: Project, lang: str, _progress: Progress) -> None:
    round_result.round_result(project, lang)


def _rest(project: Project, lang: str, progress: Progress) -> None:
    report_gap.current_report(project, lang, progress, timestamp())


def _not_prepared(error: BaseException) -> None:
    """Said with the last label, where it still is so."""
    log.info("result not prepared: %s", error)


def shown_result(found: RoundResult) -> ShownResult:
    """The result in words."""
    scores, rest = " ".join(found.headline[:2]), " ".join(found.headline[2:])
    if found.verdict is None:
        scores, rest = " ".join(found.headline), ""
    return ShownResult(
        verdict=_verdict(found),
        sign=SIGNS.get(found.verdict or "", "ring"),
        headline=scores,
        under=" ".join(part for part in (_limit(found), _lines(found), rest) if part),
        next=_next(found),
        chart=found.chart if found.chart is not None and found.chart.field is not None else None,
        errors=tuple(_error(one) for one in found.worst),
    )


def _verdict(found: RoundResult) -> str:
    """Of the gap alone: what else a report judges is not asked here."""
    if found.lacking:
        return plural("{n} frame is labelled", "{n} frames are labelled", found.n_labelled).format(n=found.n_labelled)
    return {
        "fail": text("Gap exceeds the limit"),
        "pass": text("Gap within the limit"),
        "not_enough": text("Inconclusive"),
        "not_comparable": text("Not comparable"),
    }.get(found.verdict or "", text("No gap yet"))


def _limit(found: RoundResult) -> str:
    return text("The limit for the gap is {points} pp.").format(points=limit(found.tolerance)) if found.gap.measured else ""


def _lines(found: RoundResult) -> str:
    camera = found.chart.camera if found.chart is not None else None
    return text("Thick line: 95% CI, this footage. Thin line: 95% CI, other clips of these cameras.") if camera is not None else ""


def _next(found: RoundResult) -> str:
    if found.lacking == "model":
        return text("Next: choose a model to see the result.")
    if found.lacking == "benchmark":
        return text("Next: choose the benchmark to compare with.")
    if found.lacking == "answers":
        said = plural(
            "{n} prediction is missing: run the model, or wait for the background run.",
            "{n} predictions are missing: run the model, or wait for the background run.",
            found.n_waiting,
        )
        return said.format(n=found.n_waiting)
    if found.n_open:
        said = plural(
            "Next: review {n} frame where label and prediction disagree.",
            "Next: review {n} frames where label and prediction disagree.",
            found.n_open,
        )
        return said.format(n=found.n_open)
    return text("Next: create the report.")


def _error(one: WorstFrame) -> ShownError:
    named = {"truth": ", ".join(one.truth) or NOTHING, "prediction": ", ".join(one.prediction) or NOTHING}
    said = text("Label: {truth}. Prediction: {prediction}.").format(**named)
    if not isnan(one.confidence):
        share = number(one.confidence, 2)
        said = text("Label: {truth}. Prediction: {prediction}, confidence {share}.").format(share=share, **named)
    return ShownError(decoded(one.jpeg), said)

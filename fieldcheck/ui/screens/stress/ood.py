"""Page and presenter of the out-of-distribution test, which runs as a job."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QWidget

from fieldcheck.i18n.language import tr
from fieldcheck.progress import Progress
from fieldcheck.ui.context import Context
from fieldcheck.ui.current_project import get_opening_message
from fieldcheck.ui.job_widgets import JobStrip, JobToggle, Work
from fieldcheck.ui.jobs import Job
from fieldcheck.ui.lazy_import import LazyModule
from fieldcheck.ui.qt_types import get_box_layout
from fieldcheck.ui.theme import Theme
from fieldcheck.ui.widgets.layouts import make_card, make_column, make_label, make_row
from fieldcheck.ui.widgets.pages import BodyStates, PageStack, Placeholder
from fieldcheck.ui.widgets.report_table import ReportTable

if TYPE_CHECKING:
    from fieldcheck.corruptions import ood
    from fieldcheck.project.project import Project
    from fieldcheck.report.stress_findings import StressFindings
else:
    ood = LazyModule("fieldcheck.corruptions.ood")


class OodPage(QWidget, BodyStates):
    """Two tables below each other, and what follows from them in a sentence."""

    run_changed = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
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
        made, px = make_card(self._theme), self._theme.metrics.scale_px
        get_box_layout(made).setSpacing(px(4))
        get_box_layout(made).setContentsMargins(px(12), px(6), px(12), px(8))
        head = make_row(self._theme, make_label(text, bold=True), gap=16)
        if under is not None:
            head.addWidget(under, 1)
        get_box_layout(made).addLayout(head)
        get_box_layout(made).addWidget(table, 1)
        return made


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
                    "have no correct class; field"
                    " frames with parts removed reveal shortcuts."
                )
            )
        else:
            self._page.show_findings(stress_findings)
        self.job.update_label()


def _build_job() -> Work:
    def run_ood(project: Project, progress: Progress, now: str) -> Any:
        return ood.run_ood(project, ood.OodRequest(), progress, now)

    return run_ood

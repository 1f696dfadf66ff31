"""Presenter of the out-of-distribution test: runs it as a job, and shows what was found."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from fieldcheck.progress import Progress
from fieldcheck.ui.body import get_opening_message
from fieldcheck.ui.context import Context
from fieldcheck.ui.jobs.job_button import JobDisplay, JobToggle, Work
from fieldcheck.ui.lazy_import import LazyModule
from fieldcheck.words.language import tr

if TYPE_CHECKING:
    from fieldcheck.project.project import Project
    from fieldcheck.workflows.stress import ood
    from fieldcheck.workflows.stress.stress_found import StressFindings
else:
    ood = LazyModule("fieldcheck.workflows.stress.ood")

WORK = "stress.probe"


class OodDisplay(JobDisplay, Protocol):
    """All that the presenter knows of its page."""

    def show_loading(self, sentence: str) -> None: ...
    def show_failed(self, sentence: str) -> None: ...
    def show_empty(self, said: str) -> None: ...
    def show_findings(self, found: StressFindings) -> None: ...


class OodPresenter:
    """Probes that were stopped go on where they were."""

    def __init__(self, context: Context, page: OodDisplay) -> None:
        self._page, self._context = page, context
        self.job = JobToggle(context, page, WORK, lambda: tr("OOD"), _build_job)

    def show_waiting(self) -> None:
        """The results are being read."""
        self._page.show_loading(tr("Loading the OOD test …"))

    def show_failed(self) -> None:
        """The results could not be read."""
        self._page.show_failed(tr("The OOD test could not be read."))

    def show_findings(self, found: StressFindings | None) -> None:
        """Shows the results as known now; None where no project is open."""
        if said := get_opening_message(self._context.current) if found is None else "":
            self._page.show_loading(said)
        elif found is None:
            self._page.show_empty(tr("To run the OOD test, open or create a project."))
        elif not found.sets:
            self._page.show_empty(tr("No model in this project yet."))
        elif found.families is None and self.job.is_running:
            self._page.show_loading(tr("Running the model …"))
        elif found.families is None:
            self._page.show_empty(
                tr(
                    "Run the OOD test: blank, noisy, patch-shuffled and out-of-domain images have no correct class; field"
                    " frames with parts removed reveal shortcuts."
                )
            )
        else:
            self._page.show_findings(found)
        self.job.update_label()


def _build_job() -> Work:
    def run_ood(project: Project, progress: Progress, now: str) -> Any:
        return ood.run_ood(project, ood.OodRequest(), progress, now)

    return run_ood

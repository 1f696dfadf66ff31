"""Presenter of the out-of-distribution test: runs it as a job, and shows what was found."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from fieldcheck.progress import Progress
from fieldcheck.ui.body import opening_sentence
from fieldcheck.ui.context import Context
from fieldcheck.ui.jobs.job_button import JobButton, JobDisplay, Work
from fieldcheck.ui.lazy_import import LazyModule
from fieldcheck.words.language import text

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
    def show_found(self, found: StressFindings) -> None: ...


class OodPresenter:
    """Probes that were stopped go on where they were."""

    def __init__(self, context: Context, page: OodDisplay) -> None:
        self._page, self._context = page, context
        self.job = JobButton(context, page, WORK, lambda: text("OOD"), _work)

    def wait(self) -> None:
        """The results are being read."""
        self._page.show_loading(text("Loading the OOD test …"))

    def fail(self) -> None:
        """The results could not be read."""
        self._page.show_failed(text("The OOD test could not be read."))

    def show(self, found: StressFindings | None) -> None:
        """Shows the results as known now; None where no project is open."""
        if said := opening_sentence(self._context.current) if found is None else "":
            self._page.show_loading(said)
        elif found is None:
            self._page.show_empty(text("To run the OOD test, open or create a project."))
        elif not found.sets:
            self._page.show_empty(text("No model in this project yet."))
        elif found.families is None and self.job.runs:
            self._page.show_loading(text("Running the model …"))
        elif found.families is None:
            self._page.show_empty(
                text(
                    "Run the OOD test: blank, noisy, patch-shuffled and out-of-domain images have no correct class; field"
                    " frames with parts removed reveal shortcuts."
                )
            )
        else:
            self._page.show_found(found)
        self.job.say()


def _work() -> Work:
    def work(project: Project, progress: Progress, now: str) -> Any:
        return ood.run_ood(project, ood.OodRequest(), progress, now)

    return work

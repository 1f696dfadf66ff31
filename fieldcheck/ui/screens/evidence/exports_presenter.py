"""Exports in the window: what can be written here, and one of it written into a new folder as a job."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from fieldcheck.files import free_place
from fieldcheck.ui.body import ScreenBody
from fieldcheck.ui.context import Context
from fieldcheck.ui.jobs.runner import Job
from fieldcheck.ui.lazy_import import LazyModule
from fieldcheck.ui.narrowing import stands
from fieldcheck.ui.screens.evidence.exports_page import ExportsPage
from fieldcheck.ui.widgets.choose import choose_folder
from fieldcheck.ui.widgets.job_strip import running
from fieldcheck.words.exports import export_about, export_name, exported
from fieldcheck.words.labels import loss_line
from fieldcheck.words.language import text
from fieldcheck.words.scores import left_out, without_people

if TYPE_CHECKING:
    from fieldcheck.progress import Progress
    from fieldcheck.project.project import Project
    from fieldcheck.workflows.label import export_as
    from fieldcheck.workflows.stress.export_recipe import Exported
else:
    export_as = LazyModule("fieldcheck.workflows.label.export_as")

WORK = "evidence.export"


class ExportsDisplay(Protocol):
    """The part with the exports, as far as its presenter knows it."""

    def show_formats(self, formats: Sequence[tuple[str, str, str]]) -> None: ...
    def show_job(self, job: Job | None) -> None: ...


class ExportsPresenter:
    """Nothing that stands in the chosen folder is touched: each export has a new folder of its own. `changed()`: the formats are read."""

    def __init__(self, view: ExportsDisplay, context: Context, changed: Callable[[], None] = lambda: None) -> None:
        self._view, self._context, self._changed = view, context, changed
        self.body = ScreenBody(context.current)
        self._failed = partial(context.messages.error, key=WORK)

    def look(self) -> None:
        """Reads what fits the labels of the project that is open."""
        self._view.show_job(running(self._context.runner, WORK))
        self.body.ask(lambda project: export_as.offered(project), self._came, self._not_read)

    def leave(self) -> None:
        """Jobs go on."""

    def forget(self) -> None:
        """Another project is open, or none: what fits it is read when the part is shown."""

    @property
    def acts(self) -> Mapping[str, bool]:
        """Actions of this part by the end of their names, each with whether it can be done now."""
        return {"export": self._context.current.writable}

    @property
    def main(self) -> tuple[str, str]:
        """Words of the main action, and the end of its name."""
        return text("Export to folder"), "export"

    def export(self, folder: Path, kind: str, with_people: bool, corrected: bool) -> None:
        """Writes one format; frames on which a person is marked, and what label review corrected, only where it is asked for."""
        if not kind or running(self._context.runner, WORK) is not None or not self._context.current.writable:
            return
        out = free_place(folder, f"{self._context.current.name}_{kind}")

        def work(project: Project, progress: Progress) -> Exported:
            asked = export_as.ExportRequest(project, out, None, 0, progress, kind, None, corrected, with_people)
            return export_as.write(asked)

        self._context.messages.clear(WORK)
        job = self._context.current.job(lambda: text("Export"), work, self._exported, self._failed)
        if job is not None:
            job.setObjectName(WORK)
            job.resumes = False
            self._view.show_job(job)

    def _came(self, kinds: tuple[str, ...]) -> None:
        if stands(self._view):
            self._view.show_formats([(kind, export_name(kind), export_about(kind)) for kind in kinds])
            self._changed()

    def _not_read(self, error: BaseException) -> None:
        self._failed(error)
        self._changed()

    def _exported(self, found: Exported) -> None:
        said = [exported(found.format, found.n, str(found.out))]
        said += [left_out(found.left_out)] if found.left_out else []
        said += [without_people(found.n_people, "people_export")] if found.n_people else []
        said += [loss_line(kind, n) for kind, n in found.losses]
        self._context.messages.toast(" ".join(said))


def build(page: ExportsPage, context: Context, changed: Callable[[], None]) -> ExportsPresenter:
    """The presenter of this page, with its action bound."""
    made = ExportsPresenter(page, context, changed)

    def export(folder: Path) -> None:
        made.export(folder, page.chosen, page.people.isChecked(), page.corrected.isChecked())

    context.actions.bind("evidence.export", lambda: choose_folder(page, text("Export folder"), export))
    return made

"""Early verdict beside the labels (methods 11.5): read off the main thread once the next frame is on the screen, one reading at a time."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from fieldcheck.progress import Progress
from fieldcheck.ui.context import Context
from fieldcheck.ui.late import Late
from fieldcheck.ui.screens.label.display import LabelDisplay
from fieldcheck.ui.screens.label.session import LabelSession

if TYPE_CHECKING:
    from fieldcheck.project.project import Project
    from fieldcheck.workflows.label import early_verdict
    from fieldcheck.workflows.label.early_verdict import EarlyLook
else:
    early_verdict = Late("fieldcheck.workflows.label.early_verdict")


class Deciding:
    """Asks when the session says so. It is no act, so that no answer waits for it on its way to the disk."""

    def __init__(self, session: LabelSession, view: LabelDisplay, context: Context) -> None:
        self._session, self._view, self._context = session, view, context

    def ask(self) -> None:
        """Whether the labels so far decide the gap, where labels came since the last reading and none is under way."""
        project = self._context.current.project
        if project is None or not self._session.asks_early():
            return

        def work(_progress: Progress) -> EarlyLook:
            return early_verdict.early_look(project)

        told, not_told = partial(self._told, project), partial(self._not_told, project)
        self._context.runner.start("early verdict", work, told, not_told, listed=False)

    def show(self) -> None:
        """The line of the panel."""
        self._view.show_early(self._session.told_early())

    def _told(self, project: Project, found: EarlyLook) -> None:
        if self._session.take_early(found if project is self._context.current.project else None):
            self.show()
        self.ask()

    def _not_told(self, project: Project, error: BaseException) -> None:
        self._session.take_early(None)
        if project is self._context.current.project:
            self._context.messages.error(error, "label")

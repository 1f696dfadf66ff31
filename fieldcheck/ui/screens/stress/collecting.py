"""Failures that somebody collected: a folder of labelled pictures is named as one that must stay right, and answered."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from fieldcheck.progress import Progress
from fieldcheck.timestamp import timestamp
from fieldcheck.ui.context import Context
from fieldcheck.ui.late import Late
from fieldcheck.ui.widgets.choose import choose_folder
from fieldcheck.words.language import text
from fieldcheck.words.projects import golden_added

if TYPE_CHECKING:
    from fieldcheck.project.project import Project
    from fieldcheck.workflows.models import golden as golden_sets
    from fieldcheck.workflows.models import models
    from fieldcheck.workflows.models.golden import Golden
    from fieldcheck.workflows.stress import evaluation_sets
else:
    golden_sets = Late("fieldcheck.workflows.models.golden")
    models = Late("fieldcheck.workflows.models.models")
    evaluation_sets = Late("fieldcheck.workflows.stress.evaluation_sets")

COLLECTING = "stress.collect"


class Collecting:
    """One act a folder, which undo takes back as any other one."""

    def __init__(self, context: Context, parent: QWidget) -> None:
        self._context, self._parent = context, parent

    def ask(self) -> None:
        """Lets the person choose the folder."""
        choose_folder(self._parent, text("Choose a folder of labelled failures"), self.add)

    def add(self, folder: Path) -> None:
        """Names it as the folder is called; one of that name is replaced."""
        self._context.messages.clear(COLLECTING)

        def work(project: Project) -> Golden:
            return golden_sets.add_golden(project, folder.name, folder)

        self._context.current.act(work, self._added, self._failed)

    def _added(self, golden: Golden) -> None:
        self._context.messages.toast(golden_added(golden.name, golden.n), text("Undo"), self._undo)

        def work(project: Project, progress: Progress) -> None:
            evaluation_sets.answer_golden(project, models.find_model(project), progress, timestamp())

        self._context.current.job(text("Collected failures"), work, None, self._failed)

    def _undo(self) -> None:
        self._context.current.undo(lambda _changes: None, self._failed)

    def _failed(self, error: BaseException) -> None:
        self._context.messages.error(error, COLLECTING)

"""Labels that were made elsewhere come in for the picks, as one act that can be undone."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from fieldcheck.progress import Progress
from fieldcheck.timestamp import timestamp
from fieldcheck.ui.context import Context
from fieldcheck.ui.jobs.runner import Job
from fieldcheck.ui.lazy_import import LazyModule
from fieldcheck.words.labels import labels_imported, receipt_lines
from fieldcheck.words.language import text

if TYPE_CHECKING:
    from fieldcheck.exchange.receipt import ImportReceipt
    from fieldcheck.project.project import Project
    from fieldcheck.workflows.label import label_frames
    from fieldcheck.workflows.label.label_frames import ImportedLabels
else:
    label_frames = LazyModule("fieldcheck.workflows.label.label_frames")

WORK, DROPPED = "pick.labels", "pick.dropped"


class LabelImport:
    """Starts the job and tells what came of it; `began(job)` is called with the job to be watched."""

    def __init__(self, context: Context, began: Callable[[Job], None]) -> None:
        self._context, self._began = context, began
        self._failed = partial(context.messages.error, key=WORK)

    def take_dropped(self) -> None:
        """Labels that were dropped on the window, if any were."""
        if path := self._context.kept.pop(DROPPED, ""):
            self.take_in(Path(path))

    def take_in(self, path: Path) -> None:
        """Labels of the picks from a file or a folder. Whoever made them may have seen the model's answers: nobody knows."""

        def work(project: Project, progress: Progress) -> ImportedLabels:
            return label_frames.import_labels(project, path, None, "", None, timestamp(), progress)

        self._context.messages.clear(WORK)
        job = self._context.current.job(lambda: text("Labels from {file}").format(file=path.name), work, self._came_in, self._failed)
        if job is not None:
            job.setObjectName(WORK)
            self._began(job)

    def _came_in(self, taken: ImportedLabels) -> None:
        receipt = taken.receipt
        unmatched = [name for name, _ in taken.unmatched]
        said = (labels_imported(taken.n_labels, taken.n_boxes, unmatched), *receipt_lines(*receipt.told))
        if receipt.faults:
            self._say_faults(receipt)
        self._context.messages.toast(" ".join(said[:1] if receipt.faults else said), text("Undo"), self._take_back)

    def _say_faults(self, receipt: ImportReceipt) -> None:
        self._context.messages.banner(WORK, " ".join(receipt_lines(*receipt.told)), again=partial(self._say_faults, receipt))

    def _take_back(self) -> None:
        self._context.current.undo(lambda _changes: self._context.messages.toast(text("Labels undone.")), self._failed)

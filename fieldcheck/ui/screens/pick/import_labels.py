"""Labels that were made elsewhere come in for the picks, as one act that can be undone."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from fieldcheck.progress import Progress
from fieldcheck.timestamp import get_timestamp
from fieldcheck.ui.context import Context
from fieldcheck.ui.jobs.runner import Job
from fieldcheck.ui.lazy_import import LazyModule
from fieldcheck.words.labels import describe_label_import, list_import_lines
from fieldcheck.words.language import tr

if TYPE_CHECKING:
    from fieldcheck.exchange.receipt import ImportReceipt
    from fieldcheck.project.project import Project
    from fieldcheck.workflows.label import label_frames
    from fieldcheck.workflows.label.label_frames import ImportedLabels
else:
    label_frames = LazyModule("fieldcheck.workflows.label.label_frames")

LABEL_IMPORT_JOB, DROPPED = "pick.labels", "pick.dropped"


class LabelImport:
    """Starts the job and tells what came of it; `began(job)` is called with the job to be watched."""

    def __init__(self, context: Context, began: Callable[[Job], None]) -> None:
        self._context, self._on_job_started = context, began
        self._failed = partial(context.messages.show_error, key=LABEL_IMPORT_JOB)

    def import_dropped(self) -> None:
        """Labels that were dropped on the window, if any were."""
        if path := self._context.session_values.pop(DROPPED, ""):
            self.import_labels(Path(path))

    def import_labels(self, path: Path) -> None:
        """Labels of the picks from a file or a folder. Whoever made them may have seen the model's answers: nobody knows."""

        def read_labels(project: Project, progress: Progress) -> ImportedLabels:
            return label_frames.import_labels(project, path, None, "", None, get_timestamp(), progress)

        self._context.messages.clear_banner(LABEL_IMPORT_JOB)
        job = self._context.current.run_job(
            lambda: tr("Labels from {file}").format(file=path.name), read_labels, self._on_labels_imported, self._failed
        )
        if job is not None:
            job.setObjectName(LABEL_IMPORT_JOB)
            self._on_job_started(job)

    def _on_labels_imported(self, taken: ImportedLabels) -> None:
        receipt = taken.receipt
        unmatched = [name for name, _ in taken.unmatched]
        said = (describe_label_import(taken.n_labels, taken.n_boxes, unmatched), *list_import_lines(*receipt.as_tuple))
        if receipt.faults:
            self._show_faults(receipt)
        self._context.messages.show_toast(" ".join(said[:1] if receipt.faults else said), tr("Undo"), self._undo_import)

    def _show_faults(self, receipt: ImportReceipt) -> None:
        self._context.messages.show_banner(
            LABEL_IMPORT_JOB, " ".join(list_import_lines(*receipt.as_tuple)), again=partial(self._show_faults, receipt)
        )

    def _undo_import(self) -> None:
        self._context.current.undo(lambda _changes: self._context.messages.show_toast(tr("Labels undone.")), self._failed)

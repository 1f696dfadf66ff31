"""Exports: page with the list of formats, and the presenter that writes one into a new folder as a
job."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, Protocol

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QListWidget, QListWidgetItem, QWidget

from fieldcheck.corruptions.training_recipe import (
    describe_export,
    describe_split,
    get_export_description,
    get_export_name,
)
from fieldcheck.files import find_unused_path
from fieldcheck.i18n.language import tr
from fieldcheck.labels.formats.registry import WRITABLE
from fieldcheck.labels.messages import describe_loss
from fieldcheck.models.messages import describe_excluded_people, list_left_out_frames
from fieldcheck.ui.context import Context
from fieldcheck.ui.current_project import BodyLoader
from fieldcheck.ui.job_widgets import JobStrip
from fieldcheck.ui.jobs import Job
from fieldcheck.ui.lazy_import import LazyModule
from fieldcheck.ui.qt_types import get_box_layout
from fieldcheck.ui.shell.shortcuts import Actions
from fieldcheck.ui.theme import Theme
from fieldcheck.ui.widgets.buttons import KeyButton
from fieldcheck.ui.widgets.combo_box import apply_mark_style
from fieldcheck.ui.widgets.file_dialogs import choose_folder
from fieldcheck.ui.widgets.layouts import (
    FlowLayout,
    make_card,
    make_column,
    make_label,
    make_plain_tip,
    make_row,
)

if TYPE_CHECKING:
    from fieldcheck.progress import Progress
    from fieldcheck.project.project import Project
    from fieldcheck.report import export
else:
    export = LazyModule("fieldcheck.report.export")

# Page of the exports: a list of formats, and beside it what the chosen one holds and what comes
# along.

ABOUT = Qt.ItemDataRole.UserRole + 1  # what a format holds
SPLITS = Qt.ItemDataRole.UserRole + 2  # whether it can be written as two sets
SPLIT_BY, VALIDATION_SHARE, SPLIT_SEED = "clip", 0.2, 0
"""As `fieldcheck split` does without options."""


class ExportChoice(NamedTuple):
    """What is to be written: one format, and how. `split`: as a training and a validation set."""

    kind: str
    with_people: bool = False
    corrected: bool = False
    split: bool = False


class ExportsPage(QWidget):
    """`chosen` is the code of the format that is chosen, empty before there are any."""

    def __init__(self, theme: Theme, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.strip = JobStrip(theme)
        self.formats = QListWidget()
        self.formats.setAccessibleName(tr("Export format"))
        self.formats.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.formats.setMinimumHeight(theme.metrics.scale_px(80))
        self.people, self.corrected = (
            apply_mark_style(theme, QCheckBox(tr("Include frames with a person"))),
            apply_mark_style(theme, QCheckBox(tr("Apply label review corrections"))),
        )
        text = tr("Split into training and validation set, by whole clips (20% for validation)")
        self.split = apply_mark_style(theme, QCheckBox(tr("Training and validation set")))
        self.split.setToolTip(make_plain_tip(text))
        self.split.setAccessibleDescription(text)
        self.split.toggled.connect(lambda _on: self._show_description(self.formats.currentRow()))
        self.formats.currentRowChanged.connect(self._show_description)
        self.heading, self.about = make_label(size="heading", wrap=True), make_label(wrap=True)
        below = QWidget()
        flow = FlowLayout(theme.metrics.scale_px(12), below)
        flow.addWidget(
            KeyButton(
                theme, tr("Export to folder…"), actions.get_key_text("evidence.export")
            ).bind_action(actions.get_action("evidence.export"))
        )
        made, beside = make_card(theme), make_card(theme)
        get_box_layout(made).addWidget(make_label(tr("Export format"), size="heading"))
        get_box_layout(made).addWidget(self.formats, 1)
        for part in (self.heading, self.about, self.split, self.people, self.corrected, below):
            get_box_layout(beside).addWidget(part)
        get_box_layout(beside).addStretch()
        make_column(
            theme, self.strip, (make_row(theme, (made, 1), (beside, 1), gap=12), 1), parent=self
        )

    @property
    def front(self) -> QWidget | None:
        """Widget that keys go to."""
        return self.formats

    def _show_description(self, index: int) -> None:
        item = self.formats.item(index)
        self.heading.setText(item.text() if item is not None else "")
        self.about.setText(str(item.data(ABOUT)) if item is not None else "")
        self.split.setEnabled(item is not None and bool(item.data(SPLITS)))
        self.corrected.setEnabled(not self.choice.split)

    def show_formats(self, formats: Sequence[tuple[str, str, str, bool]]) -> None:
        """Codes, names, what each holds, and whether it can be written as two sets; the one that
        was chosen stays."""
        before = self.chosen
        self.formats.clear()
        for code, text, about, splits in formats:
            item = QListWidgetItem(text, self.formats)
            item.setData(Qt.ItemDataRole.UserRole, code)
            item.setData(ABOUT, about)
            item.setData(SPLITS, splits)
        codes = [code for code, *_ in formats]
        self.formats.setCurrentRow(codes.index(before) if before in codes else 0)

    @property
    def chosen(self) -> str:
        """Code of the format that is chosen."""
        item = self.formats.currentItem()
        return str(item.data(Qt.ItemDataRole.UserRole)) if item is not None else ""

    @property
    def choice(self) -> ExportChoice:
        """The chosen format, and how it is to be written."""
        split = self.split.isEnabled() and self.split.isChecked()
        corrected = self.corrected.isChecked() and not split
        return ExportChoice(self.chosen, self.people.isChecked(), corrected, split)

    def show_job(self, job: Job | None) -> None:
        """An export under way."""
        self.strip.show_job(job)

    def prompt_for_folder(self, then: Callable[[Path, ExportChoice], None]) -> None:
        """Lets the person choose a folder for what is chosen."""
        choose_folder(self, tr("Export folder"), lambda folder: then(folder, self.choice))


WORK = "evidence.export"


class ExportsDisplay(Protocol):
    """The part with the exports, as far as its presenter knows it."""

    def show_formats(self, formats: Sequence[tuple[str, str, str, bool]]) -> None: ...
    def show_job(self, job: Job | None) -> None: ...
    def prompt_for_folder(self, then: Callable[[Path, ExportChoice], None]) -> None: ...


class ExportsPresenter:
    """Exports each format into a new folder, so that nothing in the chosen folder changes.
    `changed()`: the formats are read."""

    def __init__(
        self, view: ExportsDisplay, context: Context, changed: Callable[[], None] = lambda: None
    ) -> None:
        self._view, self._context, self._changed = view, context, changed
        self.body = BodyLoader(context.current, view)
        self._failed = partial(context.messages.show_error, key=WORK)

    def load_data(self) -> None:
        """Reads what fits the labels of the project that is open."""
        self._view.show_job(self._context.runner.find_running(WORK))
        reading = self.body.query(lambda project: export.list_export_formats(project))
        reading.on_success(self._on_formats_loaded).on_failure(self._on_load_failed)

    def leave(self) -> None:
        """Jobs go on."""

    def on_project_changed(self) -> None:
        """Another project is open, or none: what fits it is read when the part is shown."""

    @property
    def enabled_actions(self) -> Mapping[str, bool]:
        """Actions of this part by the end of their names, each with whether it can be done now."""
        return {"export": self._context.current.writable}

    @property
    def main_action(self) -> tuple[str, str]:
        """Words of the main action, and the end of its name."""
        return tr("Export to folder"), "export"

    def export_labels(self, folder: Path, choice: ExportChoice) -> None:
        """Writes one format; frames on which a person is marked, and what label review corrected,
        only where it is asked for."""
        if (
            not choice.kind
            or self._context.runner.find_running(WORK) is not None
            or not self._context.current.writable
        ):
            return
        out = find_unused_path(folder, f"{self._context.current.name}_{choice.kind}")

        def run_export(project: Project, progress: Progress) -> list[str]:
            return _write_choice(project, out, choice, progress)

        self._context.messages.clear_banner(WORK)
        job = self._context.current.run_job(
            self._context.messages, lambda: tr("Export"), run_export, key=WORK, resumes=False
        )
        job.on_success(lambda lines: self._context.messages.show_toast(" ".join(lines)))
        job.on_failure(self._failed)
        job.on_retry(self._view, partial(self.export_labels, folder, choice))
        self._view.show_job(job)

    def _on_formats_loaded(self, kinds: tuple[str, ...]) -> None:
        self._view.show_formats(
            [
                (kind, get_export_name(kind), get_export_description(kind), kind in WRITABLE)
                for kind in kinds
            ]
        )
        self._changed()

    def _on_load_failed(self, error: BaseException) -> None:
        self._failed(error)
        self._changed()

    def prompt_for_folder(self) -> None:
        """Asks for a folder, and exports into it."""
        self._view.prompt_for_folder(self.export_labels)


def _write_choice(
    project: Project, out: Path, choice: ExportChoice, progress: Progress
) -> list[str]:
    """Writes what was chosen, and says in sentences what is in `out`."""
    if choice.split:
        made = export.split_labels(
            project, choice.kind, out, SPLIT_BY, VALIDATION_SHARE, SPLIT_SEED, progress,
            choice.with_people,
        )  # fmt: skip
        lines = [describe_split(made.n_train, made.n_validation, str(out))]
        if made.n_people:
            lines.append(describe_excluded_people(made.n_people, "people_split"))
        return lines
    request = export.ExportRequest(
        project, out, None, 0, progress, choice.kind, None, choice.corrected, choice.with_people
    )
    written = export.write_export(request)
    lines = [describe_export(written.format, written.n, str(written.out))]
    lines += [list_left_out_frames(written.left_out)] if written.left_out else []
    if written.n_people:
        lines.append(describe_excluded_people(written.n_people, "people_export"))
    return lines + [describe_loss(kind, n) for kind, n in written.losses]

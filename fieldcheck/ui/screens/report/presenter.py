"""Presenter of the Report screen: keeps the pages up to date, writes the report, and says its
status."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices

from fieldcheck.domain.project_state import Changes
from fieldcheck.errors.files import PathMissing
from fieldcheck.i18n import language
from fieldcheck.i18n.language import capitalise, tr, tr_plural
from fieldcheck.paths import FINISHED_DEMO
from fieldcheck.timestamp import get_timestamp
from fieldcheck.ui.context import Context
from fieldcheck.ui.current_project import BodyLoader, get_opening_message
from fieldcheck.ui.formatting import format_time_of_day
from fieldcheck.ui.jobs import CANCELLED, RUNNING, Job
from fieldcheck.ui.lazy_import import LazyModule
from fieldcheck.ui.screen import Header, Screen, ScreenHeading
from fieldcheck.ui.screens import get_screen_name
from fieldcheck.ui.screens.report.panel import (
    PROJECT,
    REPORTS,
    ExportTarget,
    PageImage,
    build_page_images,
    list_targets,
    shorten_name,
)
from fieldcheck.ui.screens.report.view import WIDTH, FormPresenter, ReportView
from fieldcheck.ui.widgets.file_dialogs import DriveWatcher, RemovableDrives

if TYPE_CHECKING:
    from fieldcheck.analyses import domain_shift
    from fieldcheck.progress import Progress
    from fieldcheck.project.project import Project
    from fieldcheck.report import assemble, explore_data
    from fieldcheck.report.assemble import ReportDraft, WrittenReport
    from fieldcheck.report.explore_data import GapProgress
else:
    domain_shift = LazyModule("fieldcheck.analyses.domain_shift")
    explore_data = LazyModule("fieldcheck.report.explore_data")
    assemble = LazyModule("fieldcheck.report.assemble")

# Report status: what is missing, and what was written, in sentences.


def list_missing(missing: GapProgress) -> tuple[str, ...]:
    """A sentence for each thing without which there is no gap, in the order in which it is done.
    The report says the same."""
    text = []
    if not missing.n_listed:
        text.append(tr("No footage imported."))
    elif not missing.n_picked:
        text.append(tr("No frames picked."))
    elif missing.n_left:
        open_frames = tr_plural(
            "{n} of {all} frames is not labelled.",
            "{n} of {all} frames are not labelled.",
            missing.n_left,
        )
        text.append(open_frames.format(n=missing.n_left, all=missing.n_picked))
    if not missing.model:
        text.append(tr("No model added."))
    if not missing.has_benchmark:
        text.append(tr("No benchmark set."))
    if missing.model and missing.n_answers:
        text.append(
            tr_plural(
                "{n} prediction is missing.",
                "{n} predictions are missing.",
                missing.n_answers,
                n=missing.n_answers,
            )
        )
    return tuple(text)


def format_export_time(time: str) -> str:
    """Time of writing, short."""
    return tr("✓ Exported {time}", time=time)


def format_exported(folder: Path) -> str:
    """Message after the export was verified. Names the folder only, since its path may be wider
    than the window."""
    return tr("Exported to {folder}. All files verified.", folder=folder.name)


Made = tuple["ReportDraft", tuple[PageImage, ...], bool]
MODE, TARGET, CHOSEN = "report.mode", "report.target", "report.folder"


@dataclass(frozen=True, slots=True)
class ReportPreconditions:
    """Preconditions of a report: what is missing, and the room in its folder and in the chosen
    one."""

    missing: GapProgress
    free: int | None
    chosen_free: int | None


class ReportPresenter:
    """The pages that are shown belong to `_shown_key`; `_pending_key` names those that are under
    way. Both are (project, figures, language). Pages are shown before benchmark and footage are
    compared, which takes longest, and once more when they are: `_is_compared`."""

    def __init__(
        self,
        view: ReportView,
        context: Context,
        header: Header,
        drives: DriveWatcher,
        form: FormPresenter,
    ) -> None:
        self._view, self._context, self._header, self._drives, self.form = (
            view,
            context,
            header,
            drives,
            form,
        )
        self._body = BodyLoader(context.current, view)
        self._shown_key: tuple[str, ...] = ()
        self._pending_key: tuple[str, ...] = ()
        self._draft_project: Project | None = None  # whose pages are under way
        self._job: Job | None = None
        self._draft: ReportDraft | None = None
        self._preconditions: ReportPreconditions | None = None
        self._sheets: tuple[PageImage, ...] = ()
        self._removable_drives: RemovableDrives = ()
        self._page_index = 0
        self._is_shown = self._writing = self._export_requested = self._is_compared = False
        self._folder: Path | None = None

    def enter(self) -> None:
        """Called when the screen is shown."""
        self._is_shown = True
        # somebody cancelled it: it is begun anew by coming back
        if self._job is not None and self._job.state != RUNNING:
            self._cancel_draft()
        if not self._body.enter():
            self._preconditions = None
        self._drives.start()
        now = self._context.preferences.settings
        self._view.panel.show_fields(now.report_language, now.name)
        self._view.show_mode(self._context.session_values.get(MODE, WIDTH))
        self._load_preconditions()

    def leave(self) -> None:
        """Leaves the screen. Pages that are being rendered are finished and shown on return."""
        self._is_shown = self._export_requested = False
        self._drives.stop()

    def refresh(self, changes: Changes) -> None:
        """Reacts to a change of the project."""
        if changes.act.startswith("project."):
            self._body.reset()
            self._reset_pages()
        self._load_preconditions()

    def on_primary_action(self) -> None:
        """Export."""
        self.export_report()

    def step_page(self, steps: int) -> None:
        """Goes forward or back by pages."""
        self.show_page(self._page_index + steps)

    def show_page(self, index: int) -> None:
        """Page `index`, counted from 0; nothing where there is none."""
        if not 0 <= index < len(self._sheets):
            return
        self._page_index = index
        name = self._get_page_name()
        short = self._draft.short if self._draft else None
        text = (
            " ".join((short.verdict, capitalise(short.reason), *short.headline))
            if short and index == 0
            else tr("For screen readers use report.html.")
        )
        self._view.show_page(index, name, text)
        self._show_head()

    def _get_page_name(self) -> str:
        """Which page is shown, of how many; empty before there are pages."""
        if not self._sheets:
            return ""
        return tr("Page {n} of {all}", n=self._page_index + 1, all=len(self._sheets))

    def set_page_mode(self, mode: str) -> None:
        """The whole page, or its width."""
        self._context.session_values[MODE] = mode
        self._view.show_mode(mode)

    def set_language(self, code: str) -> None:
        """The report's language was chosen; empty: the window's."""
        self._context.preferences.update(report_language=code)
        self._load_preconditions()

    def set_labeller(self, name: str) -> None:
        """Sets the annotator's name."""
        self._context.preferences.update(name=name)

    def select_target(self, key: str) -> None:
        """Selects another destination."""
        self._context.session_values[TARGET] = key
        self._show_targets()

    def set_folder(self, folder: Path) -> None:
        """Somebody chose a folder of their own."""
        self._context.session_values[CHOSEN] = str(folder)
        self._context.session_values[TARGET] = "folder"
        self._load_preconditions()

    def on_drives_changed(self, drives: RemovableDrives) -> None:
        """Other drives are there now."""
        self._removable_drives = drives
        self._show_targets()

    def export_report(self) -> None:
        """Writes the shown report, or a new one where none is shown yet."""
        target = self._get_target()
        if self._preconditions is None:
            self._export_requested = (
                self._context.current.project is not None
            )  # the key was pressed before it was known where to: it counts
            return
        if target is None or not self._context.current.writable or not target.has_space:
            return
        self._begin_export(target)

    def _begin_export(self, target: ExportTarget) -> None:
        """Writes the report, with the notes as they stand; one at a time."""
        if self._writing:
            return
        self._writing = True
        self._show_head()
        self.form.store_notes(partial(self._start_export, target), self._on_notes_failed)

    def _start_export(self, target: ExportTarget) -> None:
        drawn = (
            self._draft if self._shown_key and self._shown_key == self._get_draft_key() else None
        )
        shown = (
            drawn
            if drawn is not None and drawn.preview.report.results.get("form") == self.form.form
            else None
        )
        work = partial(_write_report, shown=shown, path=target.folder, lang=self._get_language())
        job = self._context.current.run_job(
            self._view, lambda: tr("Export report"), work, resumes=False
        )
        job.on_success(self._on_report_written).on_failure(self._show_error).on_end(
            partial(self._on_export_ended, self._context.current.project)
        )
        job.on_retry(self._view, partial(self._begin_export, target))

    def show_packs(self) -> None:
        """Opens the part of the Evidence screen where packs are made."""
        self._context.session_values["evidence.part"] = "packs"
        self._context.show_screen("evidence")

    def open_folder(self) -> None:
        """Shows the report that was written last in the system's own file window."""
        if self._folder is not None:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._folder)))

    def _load_preconditions(self) -> None:
        current = self._context.current
        if current.project is None:
            self._reset_pages()
            if message := get_opening_message(current):
                self._view.show_loading(message)
            else:
                self._view.show_empty(tr("No project is open."), ["go.project"])
            self._show_head()
            return
        if self._preconditions is None:
            self._view.show_loading(tr("Reading the project …"))
        self._show_head()
        self.form.load_form()
        reading = self._body.query(partial(_read_preconditions, chosen=self._get_chosen_folder()))
        reading.on_success(self._on_preconditions_loaded).on_failure(self._on_preconditions_failed)

    def _on_preconditions_failed(self, error: BaseException) -> None:
        self._show_error(error)
        if not self._body.is_read:
            self._view.show_failed(tr("The project could not be read."))

    def _on_preconditions_loaded(self, report_preconditions: ReportPreconditions) -> None:
        if not self._is_shown:
            self._body.reset()  # it is not shown, so it is read anew by coming back
            return
        self._preconditions = report_preconditions
        self._view.show_content()
        self._show_summary()
        self._show_targets()
        wanted = self._get_draft_key()
        is_there = wanted == self._shown_key
        if is_there and self._is_compared:
            self._cancel_draft()
        elif (
            wanted != self._pending_key or self._draft_project is not self._context.current.project
        ):
            self._start_draft(wanted, compared=is_there)
        elif self._job is not None and self._job.state != RUNNING:
            self._view.show_busy(False)
        if self._export_requested:
            self._export_requested = False
            self.export_report()

    def _start_draft(self, wanted: tuple[str, ...], compared: bool) -> None:
        """Sets the pages beside the window, with benchmark and footage `compared` or as they are
        known so far; what is shown stays until they are there."""
        self._cancel_draft()
        if self._shown_key[:1] != wanted[:1]:  # those that are shown are another project's
            self._clear_pages()
        lang, thumb_width = self._get_language(), self._view.thumb_width
        self._pending_key, self._draft_project = wanted, self._context.current.project
        self._view.show_busy(not compared)
        self._show_head()
        self._job = self._context.current.run_job(
            self._view,
            lambda: tr("Comparison of benchmark and footage") if compared else tr("Report preview"),
            lambda project, progress: _build_draft(project, progress, lang, thumb_width, compared),
            writes=False,
        )
        self._job.on_success(partial(self._on_draft_ready, wanted)).on_failure(
            partial(self._on_draft_failed, wanted)
        )
        self._job.on_end(partial(self._on_draft_ended, self._job))
        self._job.on_retry(self._view, partial(self._start_draft, wanted, compared))
        self._view.show_job(self._job)

    def _cancel_draft(self) -> None:
        if self._job is not None:
            self._job.cancel()
        self._job, self._pending_key = None, ()
        self._view.show_busy(False)
        self._view.show_job(None)

    def _on_draft_ended(self, job: Job) -> None:
        """Somebody cancelled it: nothing is waited for any more."""
        if job is self._job and job.state == CANCELLED:
            self._view.show_busy(False)
            self._show_head()

    def _on_draft_ready(self, wanted: tuple[str, ...], made: Made) -> None:
        if self._pending_key != wanted:
            return
        self._draft, self._sheets, self._is_compared = made
        self._job, self._pending_key, self._shown_key = (
            None,
            (),
            (wanted[0], self._draft.state, wanted[2]),
        )  # comparing both sets adds to the state
        self._view.show_busy(False)
        self._view.show_sheets(self._sheets)
        self.form.set_section_names(self._draft.sections)
        self.show_page(min(self._page_index, len(self._sheets) - 1))
        self._show_summary()
        self._show_targets()
        if not self._is_compared:
            self._start_draft(self._shown_key, compared=True)

    def _on_draft_failed(self, wanted: tuple[str, ...], error: BaseException) -> None:
        if self._pending_key == wanted:
            self._cancel_draft()
            self._show_error(error)

    def _on_report_written(self, written: WrittenReport) -> None:
        self._folder = written.folder
        text = format_exported(written.folder)
        self._view.panel.show_written(
            format_export_time(format_time_of_day(datetime.now())), str(written.folder)
        )
        self._context.messages.clear_banner("report")
        self._context.messages.show_toast(text, tr("Open folder"), self.open_folder)
        self._context.preferences.update(first_visit=False)

    def _on_export_ended(self, project: Project | None) -> None:
        if self._context.current.project is not project:
            return  # the one that is written now, if any, is another project's
        self._writing = False
        if self._is_shown:
            self._show_head()

    def _on_notes_failed(self, error: BaseException) -> None:
        self._show_error(error)
        self._on_export_ended(self._context.current.project)

    def _show_error(self, error: BaseException) -> None:
        self._context.messages.show_error(error, "report")

    def _reset_pages(self) -> None:
        """Another project, or none: nothing that is shown belongs to it."""
        self._cancel_draft()
        self._preconditions = None
        self._writing = self._export_requested = False
        self._clear_pages()

    def _clear_pages(self) -> None:
        self._shown_key, self._draft, self._sheets, self._page_index, self._folder = (
            (),
            None,
            (),
            0,
            None,
        )
        self._view.show_sheets(())
        self._view.panel.show_written("", "")

    def _show_summary(self) -> None:
        lacks = list_missing(self._preconditions.missing) if self._preconditions else ()
        self._view.panel.show_missing(lacks)
        self.show_preset()

    def show_preset(self) -> None:
        """What the PDF holds, with the pages that it has, where those are of this form."""
        drawn = self._draft.preview.report.results.get("form") if self._draft else None
        pages = len(self._sheets) if drawn == self.form.form else 0
        self._view.panel.show_preset(self.form.preset, pages, self._context.current.writable)

    def _show_targets(self) -> None:
        target = self._get_target()
        self._view.panel.show_targets(self._list_targets(), target.key if target else "")
        self._show_head()

    def _show_head(self) -> None:
        """The primary action names the place; while it cannot be done, the hint says why."""
        target = self._get_target()
        if target is None or self._preconditions is None:
            self._header.show_head(ScreenHeading(get_screen_name("report")))
            return
        hint = tr("Rendering pages …") if self._view.busy else self._get_page_name()
        if not self._context.current.writable:
            hint = tr(
                "This project is open read-only. Export the report where the project is open "
                "for writing."
            )
        elif not target.has_space:
            hint = tr("Not enough free space at this destination. Choose another.")
        elif self._writing:
            hint = tr("Exporting report …")
        can = self._context.current.writable and target.has_space and not self._writing
        primary = tr("Export to project folder")
        if target.kind != PROJECT:
            primary = tr("Export to {place}", place=shorten_name(target.name))
        project = self._context.current.project
        demo = project is not None and project.path.name == FINISHED_DEMO
        self._header.show_head(
            ScreenHeading(
                get_screen_name("report"),
                hint,
                primary,
                can,
                secondary="label_demo" if demo else "",
            )
        )

    def _list_targets(self) -> tuple[ExportTarget, ...]:
        project = self._context.current.project
        if project is None:
            return ()
        folder, report_preconditions = self._get_chosen_folder(), self._preconditions
        chosen = (
            (folder, report_preconditions.chosen_free if report_preconditions else None)
            if folder
            else None
        )
        return list_targets(
            project.path,
            report_preconditions.free if report_preconditions else None,
            chosen,
            self._removable_drives,
            self._draft.needed if self._draft else None,
        )

    def _get_target(self) -> ExportTarget | None:
        """The chosen place; where nobody chose one, or that is gone, the first: a stick that is
        plugged in, else the project's own folder."""
        targets = self._list_targets()
        chosen = self._context.session_values.get(TARGET)
        return next(
            (target for target in targets if target.key == chosen), targets[0] if targets else None
        )

    def _get_chosen_folder(self) -> Path | None:
        kept = self._context.session_values.get(CHOSEN)
        return Path(kept) if kept else None

    def _get_language(self) -> str:
        spoken = self._context.preferences.settings.report_language or language.get_language()
        return spoken if spoken in language.LANGUAGES else "en"

    def _get_draft_key(self) -> tuple[str, ...]:
        project = self._context.current.project
        if project is None or self._preconditions is None:
            return ()
        return str(project.path), self._preconditions.missing.state, self._get_language()

    def toggle_form(self) -> None:
        """Sections and notes of the report, or its pages."""
        self._view.toggle_form()

    def prompt_for_folder(self) -> None:
        """Asks for a folder to export into."""
        self._view.prompt_for_folder(self.set_folder)


def _read_preconditions(project: Project, chosen: Path | None) -> ReportPreconditions:
    return ReportPreconditions(
        explore_data.get_gap_progress(project),
        _get_free_bytes(project.path / REPORTS),
        _get_free_bytes(chosen) if chosen else None,
    )


def _get_free_bytes(path: Path) -> int | None:
    try:
        return assemble.get_free_bytes(path)
    except (PathMissing, OSError):  # the place is gone: writing there says why
        return None


def _build_draft(
    project: Project, progress: Progress, lang: str, thumb_width: int, compared: bool
) -> Made:
    """The pages, small pictures of them, and whether benchmark and footage are compared in them or
    cannot be."""
    draft = assemble.build_draft(project, lang, progress, get_timestamp(), compared)
    images = build_page_images(draft.preview.images, thumb_width)
    return draft, images, compared or domain_shift.are_sets_compared(project)


def _write_report(
    project: Project, progress: Progress, shown: ReportDraft | None, path: Path, lang: str
) -> Any:
    if shown is not None:
        return assemble.write_built_report(project, shown.preview.report, path, shown.files)
    return assemble.write_report(project, path, lang, progress, get_timestamp())


def build_screen(context: Context, header: Header) -> Screen:
    """Builds the screen."""
    actions = context.actions
    view = ReportView(
        context.theme, lambda name: (actions.get_action(name), actions.get_key_text(name))
    )
    drives = DriveWatcher(parent=view)
    form = FormPresenter(view.form, context)
    presenter = ReportPresenter(view, context, header, drives, form)
    view.form.left_out.connect(form.set_omitted_sections)
    view.panel.preset_chosen.connect(form.set_preset)
    form.changed = presenter.show_preset
    view.form.item_set.connect(form.set_item)
    view.form.notes.committed.connect(form.set_notes)
    drives.drives_changed.connect(presenter.on_drives_changed)
    view.placeholder.retry_requested.connect(presenter.enter)
    view.page_wanted.connect(presenter.show_page)
    view.panel.language_chosen.connect(presenter.set_language)
    view.panel.name_given.connect(presenter.set_labeller)
    view.panel.target_chosen.connect(presenter.select_target)
    view.panel.open_wanted.connect(presenter.open_folder)
    return Screen(view, presenter, view.canvas, reaches_edges=True)

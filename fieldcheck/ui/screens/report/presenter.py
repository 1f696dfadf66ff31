"""Keeps the pages up to date with the project, and writes the report where it is wanted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices

from fieldcheck.domain.changes import Changes
from fieldcheck.errors import PathMissing
from fieldcheck.timestamp import timestamp
from fieldcheck.ui.body import ScreenBody, opening_sentence
from fieldcheck.ui.context import Context
from fieldcheck.ui.jobs.runner import RUNNING, Job
from fieldcheck.ui.lazy_import import LazyModule
from fieldcheck.ui.screen import Header, Screen, ScreenHead
from fieldcheck.ui.screens.report.drives import Drives, Found
from fieldcheck.ui.screens.report.form_presenter import FormPresenter
from fieldcheck.ui.screens.report.page_canvas import WHOLE, WIDTH
from fieldcheck.ui.screens.report.sheets import ConfidentErrorSheet, Sheet, sheets, worst
from fieldcheck.ui.screens.report.status_text import lacking, written, written_at
from fieldcheck.ui.screens.report.targets import PROJECT, REPORTS, Target, shortened, targets
from fieldcheck.ui.screens.report.view import ReportView
from fieldcheck.ui.shell.actions_table import screen_name
from fieldcheck.ui.widgets.choose import choose_folder
from fieldcheck.ui.words import clock
from fieldcheck.words import language
from fieldcheck.words.language import text

if TYPE_CHECKING:
    from fieldcheck.progress import Progress
    from fieldcheck.project.folder import Project
    from fieldcheck.workflows.explore import explore
    from fieldcheck.workflows.explore.explore import Missing
    from fieldcheck.workflows.report import report_gap, report_pages
    from fieldcheck.workflows.report.report_gap import Written
    from fieldcheck.workflows.report.report_pages import ReportDraft
else:
    explore = LazyModule("fieldcheck.workflows.explore.explore")
    report_pages = LazyModule("fieldcheck.workflows.report.report_pages")
    report_gap = LazyModule("fieldcheck.workflows.report.report_gap")

Made = tuple["ReportDraft", tuple[Sheet, ...], tuple[ConfidentErrorSheet, ...]]
MOST_WORST = 4
MODE, TARGET, CHOSEN = "report.mode", "report.target", "report.folder"


class PanelDisplay(Protocol):
    """The right side, as far as the presenter knows it."""

    def show_short(self, verdict: str, sign: str, headline: str, ranges: Sequence[str], missing: Sequence[str]) -> None: ...
    def show_fields(self, language: str, name: str) -> None: ...
    def show_targets(self, targets: Sequence[Target], chosen: str) -> None: ...
    def show_worst(self, frames: Sequence[ConfidentErrorSheet]) -> None: ...
    def show_written(self, said: str, about: str) -> None: ...


class ReportDisplay(Protocol):
    """All that the presenter knows of its view."""

    @property
    def panel(self) -> PanelDisplay: ...
    @property
    def thumb_width(self) -> int: ...
    @property
    def worst_height(self) -> int: ...

    def show_loading(self, sentence: str) -> None: ...
    def show_failed(self, sentence: str) -> None: ...
    def show_empty(self, said: str, actions: Sequence[str]) -> None: ...
    def show_content(self) -> None: ...
    def show_sheets(self, sheets: Sequence[Sheet]) -> None: ...
    def show_page(self, at: int, name: str, description: str) -> None: ...
    def show_mode(self, mode: str) -> None: ...
    def show_busy(self, busy: bool) -> None: ...


@dataclass(frozen=True, slots=True)
class ReportPreconditions:
    """Preconditions of a report: what is missing, and the room in its folder and in the chosen one."""

    missing: Missing
    free: int | None
    chosen_free: int | None


class ReportPresenter:
    """The pages that are shown belong to `_drawn`; `_making` names those that are under way. Both are (project, figures, language)."""

    def __init__(self, view: ReportDisplay, context: Context, header: Header, drives: Drives, form: FormPresenter) -> None:
        self._view, self._context, self._header, self._drives, self.form = view, context, header, drives, form
        self._body = ScreenBody(context.current)
        self._drawn: tuple[str, ...] = ()
        self._making: tuple[str, ...] = ()
        self._of: Project | None = None  # whose pages are under way
        self._job: Job | None = None
        self._draft: ReportDraft | None = None
        self._looked: ReportPreconditions | None = None
        self._sheets: tuple[Sheet, ...] = ()
        self._found: Found = ()
        self._at = 0
        self._here = self._writing = self._asked = False
        self._folder: Path | None = None

    def enter(self) -> None:
        """The screen is shown now."""
        self._here = True
        if self._job is not None and self._job.state != RUNNING:  # somebody cancelled it: it is begun anew by coming back
            self._give_up()
        if not self._body.enter():
            self._looked = None
        self._drives.start()
        now = self._context.preferences.now
        self._view.panel.show_fields(now.report_language, now.name)
        self._view.show_mode(self._context.kept.get(MODE, WIDTH))
        self._look()

    def leave(self) -> None:
        """Pages under way are finished: they are there when somebody comes back."""
        self._here = self._asked = False
        self._drives.stop()

    def refresh(self, changes: Changes) -> None:
        """Something in the project is other than it was."""
        if changes.act.startswith("project."):
            self._body.forget()
            self._forget()
        self._look()

    def primary(self) -> None:
        """Export."""
        self.export()

    def turn(self, by: int) -> None:
        """Pages on or back."""
        self.show(self._at + by)

    def show(self, at: int) -> None:
        """Page `at`, counted from 0; nothing where there is none."""
        if not 0 <= at < len(self._sheets):
            return
        self._at = at
        name = text("Page {n} of {all}").format(n=at + 1, all=len(self._sheets))
        short = self._draft.short if self._draft else None
        said = " ".join((short.verdict, *short.headline)) if short and at == 0 else text("For screen readers use report.html.")
        self._view.show_page(at, name, said)

    def fit(self, mode: str) -> None:
        """The whole page, or its width."""
        self._context.kept[MODE] = mode
        self._view.show_mode(mode)

    def speak(self, code: str) -> None:
        """The report's language was chosen; empty: the window's."""
        self._context.preferences.change(report_language=code)
        self._look()

    def name(self, name: str) -> None:
        """Who labels from now on."""
        self._context.preferences.change(name=name)

    def aim(self, key: str) -> None:
        """Another place was chosen."""
        self._context.kept[TARGET] = key
        self._show_targets()

    def choose(self, folder: Path) -> None:
        """Somebody chose a folder of their own."""
        self._context.kept[CHOSEN] = str(folder)
        self._context.kept[TARGET] = "folder"
        self._look()

    def plugged(self, drives: Found) -> None:
        """Other drives are there now."""
        self._found = drives
        self._show_targets()

    def export(self) -> None:
        """Writes the report that is shown, or that of this moment where none is shown yet."""
        target = self._target()
        if self._looked is None:
            self._asked = self._context.current.project is not None  # the key was pressed before it was known where to: it counts
            return
        if target is None or self._writing or not self._context.current.writable or not target.enough:
            return
        self._writing = True
        self._show_head()
        self.form.settle(partial(self._export, target), self._not_settled)

    def _export(self, target: Target) -> None:
        drawn = self._draft if self._drawn and self._drawn == self._wanted() else None
        shown = drawn if drawn is not None and (drawn.preview.report.facts or {}).get("form") == self.form.form else None
        work = partial(_write, shown=shown, place=target.place, lang=self._language())
        job = self._context.current.job(lambda: text("Export report"), work, self._was_written, self._failed, self._ended)
        if job is not None:
            job.resumes = False

    def show_packs(self) -> None:
        """The part of Evidence where a pack is made."""
        self._context.kept["evidence.part"] = "packs"
        self._context.go("evidence")

    def open_folder(self) -> None:
        """Shows the report that was written last in the system's own file window."""
        if self._folder is not None:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._folder)))

    def _look(self) -> None:
        current = self._context.current
        if current.project is None:
            self._forget()
            if said := opening_sentence(current):
                self._view.show_loading(said)
            else:
                self._view.show_empty(text("No project is open."), ["go.project"])
            self._show_head()
            return
        if self._looked is None:
            self._view.show_loading(text("Reading the project …"))
        self._show_head()
        self.form.look()
        self._body.ask(partial(_looked, chosen=self._chosen()), self._was_looked, self._not_looked)

    def _not_looked(self, error: BaseException) -> None:
        self._failed(error)
        if not self._body.is_read:
            self._view.show_failed(text("The project could not be read."))

    def _was_looked(self, looked: ReportPreconditions) -> None:
        if not self._here:
            self._body.forget()  # it is not shown, so it is read anew by coming back
            return
        self._looked = looked
        self._view.show_content()
        self._show_short()
        self._show_targets()
        wanted = self._wanted()
        if wanted == self._drawn:
            self._give_up()
        elif wanted != self._making or self._of is not self._context.current.project:
            self._make(wanted)
        elif self._job is not None and self._job.state != RUNNING:
            self._view.show_busy(False)
        if self._asked:
            self._asked = False
            self.export()

    def _make(self, wanted: tuple[str, ...]) -> None:
        """Sets the pages beside the window; what is shown stays until they are there."""
        self._give_up()
        if self._drawn[:1] != wanted[:1]:  # those that are shown are another project's
            self._clear_pages()
        lang, sizes = self._language(), (self._view.thumb_width, self._view.worst_height)
        self._making, self._of = wanted, self._context.current.project
        self._view.show_busy(True)
        self._job = self._context.current.job(
            lambda: text("Report preview"),
            lambda project, progress: _drafted(project, progress, lang, sizes),
            partial(self._was_made, wanted),
            partial(self._not_made, wanted),
            writes=False,
        )

    def _give_up(self) -> None:
        if self._job is not None:
            self._job.cancel()
        self._job, self._making = None, ()
        self._view.show_busy(False)

    def _was_made(self, wanted: tuple[str, ...], made: Made) -> None:
        if self._making != wanted:
            return
        self._draft, self._sheets, frames = made
        self._job, self._making, self._drawn = None, (), (wanted[0], self._draft.state, wanted[2])  # comparing both sets adds to the state
        self._view.show_busy(False)
        self._view.show_sheets(self._sheets)
        self.form.name(self._draft.sections)
        self._view.panel.show_worst(frames)
        self.show(min(self._at, len(self._sheets) - 1))
        self._show_short()
        self._show_targets()

    def _not_made(self, wanted: tuple[str, ...], error: BaseException) -> None:
        if self._making == wanted:
            self._give_up()
            self._failed(error)

    def _was_written(self, made: Written) -> None:
        self._folder = made.folder
        said = written(made.folder)
        self._view.panel.show_written(written_at(clock(datetime.now())), str(made.folder))
        self._context.messages.clear("report")
        self._context.messages.toast(said, text("Open folder"), self.open_folder)

    def _ended(self) -> None:
        self._writing = False
        if self._here:
            self._show_head()

    def _not_settled(self, error: BaseException) -> None:
        self._failed(error)
        self._ended()

    def _failed(self, error: BaseException) -> None:
        self._context.messages.error(error, "report")

    def _forget(self) -> None:
        """Another project, or none: nothing that is shown belongs to it."""
        self._give_up()
        self._looked = None
        self._clear_pages()

    def _clear_pages(self) -> None:
        self._drawn, self._draft, self._sheets, self._at, self._folder = (), None, (), 0, None
        self._view.show_sheets(())
        self._view.panel.show_written("", "")
        self._view.panel.show_worst(())

    def _show_short(self) -> None:
        short = self._draft.short if self._draft else None
        lacks = lacking(self._looked.missing) if self._looked else ()
        if short is None:
            self._view.panel.show_short("", "", "", (), lacks)
        else:
            self._view.panel.show_short(short.verdict, short.sign, " ".join(short.headline), short.ranges, lacks)

    def _show_targets(self) -> None:
        target = self._target()
        self._view.panel.show_targets(self._targets(), target.key if target else "")
        self._show_head()

    def _show_head(self) -> None:
        """The primary action names the place; while it cannot be done, the hint says why."""
        target = self._target()
        if target is None or self._looked is None:
            self._header.show_head(ScreenHead(screen_name("report")))
            return
        hint = text("Check page 1, choose a destination, export.")
        if not self._context.current.writable:
            hint = text("This project is open read-only. Export the report where the project is open for writing.")
        elif not target.enough:
            hint = text("Not enough free space at this destination. Choose another.")
        elif self._writing:
            hint = text("Exporting report …")
        can = self._context.current.writable and target.enough and not self._writing
        primary = text("Export to project folder")
        if target.kind != PROJECT:
            primary = text("Export to {place}").format(place=shortened(target.name))
        self._header.show_head(ScreenHead(screen_name("report"), hint, primary, can))

    def _targets(self) -> tuple[Target, ...]:
        project = self._context.current.project
        if project is None:
            return ()
        folder, looked = self._chosen(), self._looked
        chosen = (folder, looked.chosen_free if looked else None) if folder else None
        return targets(project.path, looked.free if looked else None, chosen, self._found, self._draft.needed if self._draft else None)

    def _target(self) -> Target | None:
        """The chosen place; the project's own folder where that is gone, as a stick that was pulled out."""
        found = {one.key: one for one in self._targets()}
        return found.get(self._context.kept.get(TARGET, PROJECT)) or found.get(PROJECT)

    def _chosen(self) -> Path | None:
        kept = self._context.kept.get(CHOSEN)
        return Path(kept) if kept else None

    def _language(self) -> str:
        spoken = self._context.preferences.now.report_language or language.current()
        return spoken if spoken in language.LANGUAGES else "en"

    def _wanted(self) -> tuple[str, ...]:
        project = self._context.current.project
        if project is None or self._looked is None:
            return ()
        return str(project.path), self._looked.missing.state, self._language()


def _looked(project: Project, chosen: Path | None) -> ReportPreconditions:
    return ReportPreconditions(explore.missing(project), _free(project.path / REPORTS), _free(chosen) if chosen else None)


def _free(place: Path) -> int | None:
    try:
        return report_pages.free_bytes(place)
    except (PathMissing, OSError):  # the place is gone: writing there says why
        return None


def _drafted(project: Project, progress: Progress, lang: str, sizes: tuple[int, int]) -> Made:
    made = report_pages.draft(project, lang, progress, timestamp())
    frames = [(one.jpeg, ", ".join(one.truth), ", ".join(one.prediction)) for one in made.preview.report.worst[:MOST_WORST]]
    thumb_width, worst_height = sizes
    return made, sheets(made.preview.images, thumb_width), worst(frames, worst_height)


def _write(project: Project, progress: Progress, shown: ReportDraft | None, place: Path, lang: str) -> Any:
    if shown is not None:
        return report_gap.write_assembled(project, shown.preview.report, place, shown.files)
    return report_gap.write_report(project, place, lang, progress, timestamp())


def build(context: Context, header: Header) -> Screen:
    """The screen, put together."""
    actions = context.actions
    view = ReportView(context.look, lambda name: (actions.get(name), actions.key(name)))
    drives = Drives(parent=view)
    form = FormPresenter(view.form, context)
    presenter = ReportPresenter(view, context, header, drives, form)
    view.form.left_out.connect(form.leave_out)
    view.form.notes.given.connect(form.note)
    actions.bind("report.form", view.turn_form)
    drives.found.connect(presenter.plugged)
    view.placeholder.again.connect(presenter.enter)
    view.page_wanted.connect(presenter.show)
    view.panel.language_chosen.connect(presenter.speak)
    view.panel.name_given.connect(presenter.name)
    view.panel.target_chosen.connect(presenter.aim)
    view.panel.open_wanted.connect(presenter.open_folder)
    actions.bind("report.pack", presenter.show_packs)
    actions.bind("report.next_page", partial(presenter.turn, 1))
    actions.bind("report.previous_page", partial(presenter.turn, -1))
    actions.bind("report.whole", partial(presenter.fit, WHOLE))
    actions.bind("report.width", partial(presenter.fit, WIDTH))
    actions.bind("report.folder", lambda: choose_folder(view, text("Export folder"), presenter.choose))
    return Screen(view, presenter, view.canvas)

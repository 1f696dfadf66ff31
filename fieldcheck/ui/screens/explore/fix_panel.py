"""The part “What would help?”: starts the fix search as a job, shows what it found with pictures,
and writes out or adds the repaired model."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QModelIndex, QSize, Qt, Signal
from PySide6.QtWidgets import QFrame, QWidget

from fieldcheck.files import find_unused_path
from fieldcheck.i18n.language import tr, tr_plural
from fieldcheck.progress import Progress
from fieldcheck.timestamp import get_timestamp
from fieldcheck.ui.context import Context
from fieldcheck.ui.current_project import BodyLoader, get_opening_message
from fieldcheck.ui.job_widgets import JobStrip, JobToggle, Work
from fieldcheck.ui.jobs import Job
from fieldcheck.ui.lazy_import import LazyModule
from fieldcheck.ui.qt_types import get_box_layout
from fieldcheck.ui.screens.explore.items import read_thumbnails
from fieldcheck.ui.shell.shortcuts import Actions
from fieldcheck.ui.theme import Theme
from fieldcheck.ui.widgets.buttons import KeyButton
from fieldcheck.ui.widgets.file_dialogs import choose_folder
from fieldcheck.ui.widgets.images_and_zoom import FrameView
from fieldcheck.ui.widgets.layouts import (
    FlowLayout,
    SideBySideLayout,
    make_card,
    make_column,
    make_label,
    make_row,
)
from fieldcheck.ui.widgets.pages import BodyStates, PageStack, Placeholder
from fieldcheck.ui.widgets.report_table import ReportTable
from fieldcheck.ui.widgets.text_lines import LineList
from fieldcheck.ui.widgets.thumbnail_grid import ThumbnailGrid, Tile

if TYPE_CHECKING:
    from fieldcheck.analyses import fix_search
    from fieldcheck.analyses.blocks import Table
    from fieldcheck.corruptions import (
        camera_series,
        fix_candidates,
        fix_export,
        fix_finder,
        fix_messages,
        sweep_scores,
    )
    from fieldcheck.corruptions.fix_candidates import FixImages, FixResult, FixTrial, WrittenFix
    from fieldcheck.domain.run import StoredModel
    from fieldcheck.models.compare import ModelComparison
    from fieldcheck.project.project import Project
    from fieldcheck.project.tables import models as models_table
else:
    camera_series = LazyModule("fieldcheck.corruptions.camera_series")
    fix_search = LazyModule("fieldcheck.analyses.fix_search")
    fix_candidates = LazyModule("fieldcheck.corruptions.fix_candidates")
    fix_export = LazyModule("fieldcheck.corruptions.fix_export")
    fix_finder = LazyModule("fieldcheck.corruptions.fix_finder")
    fix_messages = LazyModule("fieldcheck.corruptions.fix_messages")
    models_table = LazyModule("fieldcheck.project.tables.models")
    sweep_scores = LazyModule("fieldcheck.corruptions.sweep_scores")

TILE = QSize(112, 63)
LEAST = 330  # width of the table, and of the frames


class FixView(QWidget, BodyStates):
    """Changes in a table, the one that is chosen in pictures beside it. `change_chosen` carries its
    row."""

    change_chosen = Signal(int)

    def __init__(self, theme: Theme, actions: Actions) -> None:
        super().__init__()
        self._theme, self._actions = theme, actions
        self.run = self._make_button("find_fix", tr("Search for changes"))
        self.summary = make_label(bold=True, wrap=True)
        self.strip = JobStrip(theme)
        self.placeholder = Placeholder(theme)
        self.table = ReportTable(theme, tr("Changes that were tried, the largest gain first"))
        self.table.selectionModel().currentRowChanged.connect(self._choose_row)
        self.lines = LineList(theme, tr("About the chosen change"))
        self.original, self.changed = (
            FrameView(theme, tr("Original")),
            FrameView(theme, tr("Changed")),
        )
        self.seen = FrameView(theme, tr("Model input"), honest=True)
        self.grid = ThumbnailGrid(
            theme, tr("Frames that the change turns correct or wrong"), TILE, stacked=True
        )
        self.body = SideBySideLayout(
            theme, (self._build_table_card(), 3), (self._build_picture_card(), 2)
        )
        self.pages = PageStack(self.placeholder, self.body)
        head = make_row(theme, (self.summary, 1), gap=12)
        head.addWidget(self.run, 0, Qt.AlignmentFlag.AlignTop)
        make_column(theme, head, self.strip, (self.pages, 1), parent=self)

    def show_empty(self, text: str, actions: Sequence[str]) -> None:
        """Nothing was searched: why, and the buttons of these actions."""
        buttons = [
            KeyButton(
                self._theme,
                self._actions.get_action(action).text(),
                self._actions.get_key_text(action),
                role="soft",
            ).bind_action(self._actions.get_action(action))
            for action in actions
        ]
        self._show_placeholder()
        self.placeholder.show_empty(text, buttons)

    def _show_placeholder(self) -> None:
        self._show_summary("")
        self.pages.show_page(self.placeholder)

    def show_search(self, summary: str, table: Table, row: int) -> None:
        """A finished search, and the row of the change that is looked at."""
        self._show_summary(summary)
        self.table.show_table(table)
        self.pages.show_page(self.body)
        self.table.setCurrentIndex(self.table.lines.index(row, 0))

    def _show_summary(self, summary: str) -> None:
        self.summary.setText(summary)
        for part in (self.summary, self.run):
            part.setVisible(bool(summary))

    def show_change(self, lines: Sequence[str], tiles: Sequence[Tile]) -> None:
        """What the chosen change is, does and takes, and the frames that it turns."""
        self.lines.set_lines(lines)
        self.grid.show_tiles(tiles)
        self.grid.setVisible(bool(tiles))

    def show_images(self, images: FixImages | None) -> None:
        """One frame before and after the change, and as the model sees it; None: it is gone."""
        for view, text, rgb in (
            (self.original, tr("Original"), images.original if images else None),
            (self.changed, tr("Changed"), images.changed if images else None),
            (self.seen, tr("Model input"), images.model_input if images else None),
        ):
            if rgb is None:
                view.show_nothing(text, tr("No image."))
            else:
                view.show_frame(rgb, text, text)

    def show_running(self, job: Job | None) -> None:
        """The search under way, or the last one where it was stopped."""
        self.strip.show_job(job)

    def set_run_label(self, runs: bool) -> None:
        """Sets the button's label: what it does now."""
        self.run.set_label(tr("Stop") if runs else tr("Search for changes"))

    def prompt_for_folder(self, then: Callable[[Path], None]) -> None:
        """Lets the person choose the folder that a new one is made in."""
        choose_folder(self, tr("Folder for the repaired model"), then, for_writing=True)

    def _choose_row(self, index: QModelIndex, _before: QModelIndex) -> None:
        if index.isValid():
            self.change_chosen.emit(index.row())

    def _make_button(self, action: str, text: str) -> KeyButton:
        name = f"explore.{action}"
        button = KeyButton(self._theme, text, self._actions.get_key_text(name))
        return button.bind_action(self._actions.get_action(name))

    def _build_table_card(self) -> QFrame:
        card = make_card(self._theme)
        self.table.setMinimumWidth(self._theme.metrics.scale_px(LEAST))
        get_box_layout(card).addWidget(self.table, 3)
        get_box_layout(card).addWidget(self.lines, 2)
        return card

    def _build_picture_card(self) -> QFrame:
        card, px = make_card(self._theme), self._theme.metrics.scale_px
        self.grid.setMinimumWidth(px(LEAST))
        pictures = make_row(
            self._theme, (self.original, 1), (self.changed, 1), (self.seen, 1), gap=4
        )
        buttons = QWidget()
        flow = FlowLayout(px(8), buttons)
        for action, text in (
            ("try_fix", tr("Try live")),
            ("write_fix", tr("Export…")),
            ("use_fix", tr("Use this model")),
        ):
            flow.addWidget(self._make_button(action, text))
        inside = get_box_layout(card)
        inside.addLayout(pictures, 3)
        inside.addWidget(self.grid, 4)
        inside.addWidget(buttons)
        return card


WORK, EXPORT = "explore.fix", "explore.fix.export"
STRESS_CHANGE = "stress.change"
"""Under this key of `session_values` the Stress screen finds the changes that are to be tried."""
OF_FIX = ("find_fix", "try_fix", "write_fix", "use_fix")
"""Actions of this part by the end of their names."""


@dataclass(frozen=True, slots=True)
class FixPage:
    """What is known of the newest `model`: its newest search, the labelled `clips` and frames, and
    whether labels or predictions have changed since; what the newest series of a camera ranks."""

    model: StoredModel
    fix_result: FixResult | None
    clips: int
    frames: int
    is_outdated: bool
    label_by_frame: dict[str, str]
    series_lines: tuple[str, ...] = ()


def load_fix_page(project: Project) -> FixPage | None:
    """The page of the newest model; None without one."""
    model = project.read(models_table.get_newest_model)
    if model is None:
        return None
    fix_result = fix_candidates.get_fix(project, model)
    sweep_set = sweep_scores.load_sweep_set(project, model, "field", 0)
    series = camera_series.list_series(project, model)
    return FixPage(
        model,
        fix_result,
        fix_finder.count_labelled_clips(project, model),
        len(sweep_scores.list_labelled_picks(project)),
        fix_result is not None
        and sweep_set is not None
        and sweep_set.subjects != fix_result.subjects,
        fix_candidates.list_label_names(project),
        fix_messages.list_series_lines(camera_series.rank_settings(series)) if series else (),
    )


class FixPresenter:
    """A search that was stopped goes on where it was. What is shown is read again when the part is
    shown, and when a search ended."""

    def __init__(self, context: Context, view: FixView) -> None:
        self._context, self._view = context, view
        self._failed = partial(context.messages.show_error, key=WORK)
        self._body = BodyLoader(context.current, view)
        self._page: FixPage | None = None
        self._row, self._frame = 0, ""
        self._ran = False
        self.job = JobToggle(context, self, WORK, lambda: tr("Fix search"), _build_job)

    def show(self) -> None:
        """Shows what is known, and reads it again."""
        self.job.enter()
        if not self._body.enter():
            self._page = None
            opening = get_opening_message(self._context.current)
            self._view.show_loading(opening or tr("Reading the fix search …"))
        self._load_page()

    def hide(self) -> None:
        """Another part is shown: its keys do nothing here."""
        for action in OF_FIX:
            self._context.actions.set_enabled(f"explore.{action}", False)

    def on_project_changed(self) -> None:
        """Another project is open."""
        self._body.reset()
        self._page, self._row, self._frame = None, 0, ""
        self.job.reset()

    def show_running(self, job: Job | None) -> None:
        """The search under way."""
        self._view.show_running(job)

    def set_run_label(self, runs: bool) -> None:
        """A search began or ended; what it found is read then."""
        ended, self._ran = self._ran and not runs, runs
        self._view.set_run_label(runs)
        if ended:
            self._row, self._frame = 0, ""
            self._load_page()
        elif self._body.is_read:
            self._show_page()

    def choose_row(self, row: int) -> None:
        """Another change of the table is looked at."""
        if self._page is not None and self._page.fix_result is not None:
            if row != self._row:
                self._row, self._frame = row, ""
            self._show_change()

    def choose_frame(self, frame_id: str) -> None:
        """Another frame is looked at under the chosen change."""
        trial = self.trial
        if self._page is None or trial is None or not frame_id:
            return
        self._frame, model = frame_id, self._page.model
        reading = self._context.current.query(
            self._view,
            lambda project: fix_candidates.make_fix_images(
                project, model, trial.candidate, frame_id
            ),
        )
        wanted = (self._row, frame_id)
        reading.on_success(partial(self._on_images_made, wanted)).on_failure(
            lambda _error: self._on_images_made(wanted, None)
        )

    def load_thumbnails(self, frame_ids: Sequence[str]) -> None:
        """Thumbnails that came into view."""
        reading = self._context.current.query(
            self._view, lambda project: read_thumbnails(project, frame_ids)
        )
        reading.on_success(self._view.grid.show_images)

    @property
    def trial(self) -> FixTrial | None:
        """The change that is looked at."""
        fix_result = self._page.fix_result if self._page is not None else None
        tried = fix_result.tried if fix_result is not None else ()
        return tried[self._row] if self._row < len(tried) else None

    def try_live(self) -> None:
        """Shows the picked frames under the chosen change in the live view."""
        if self.trial is not None and self.trial.candidate.steps:
            self._context.session_values[STRESS_CHANGE] = ",".join(self.trial.candidate.steps)
            self._context.show_screen("stress")

    def prompt_for_folder(self) -> None:
        """Asks where to write, and writes there."""
        self._view.prompt_for_folder(self.write_fix)

    def write_fix(self, folder: Path) -> None:
        """Writes card, repaired model and camera settings into a new folder in that one."""
        trial, page = self.trial, self._page
        if trial is None or page is None:
            return
        out = find_unused_path(folder, f"{self._context.current.name}_fix")

        def run_export(project: Project, progress: Progress) -> WrittenFix:
            temperature = fix_search.find_temperature(project, page.model)
            return fix_export.write_fix(project, page.model, trial, out, temperature, progress)

        self._context.messages.clear_banner(EXPORT)
        job = self._context.current.run_job(
            self._context.messages,
            lambda: tr("Export repaired model"),
            run_export,
            key=EXPORT,
            resumes=False,
        )
        job.on_success(self._on_written).on_failure(self._failed)
        job.on_retry(self._view, partial(self.write_fix, folder))

    def confirm_use(self) -> None:
        """Asks before the repaired model becomes the project's newest: a model that was added is
        not taken out again."""
        text = tr(
            "The repaired model becomes the newest model of this project. The old model and its "
            "results stay for comparison, and a model that was added is not removed."
        )
        self._context.messages.show_banner(
            EXPORT, text, button=tr("Use repaired model"), act=self._use_fix, again=self.confirm_use
        )

    def _use_fix(self) -> None:
        trial, page = self.trial, self._page
        self._context.messages.clear_banner(EXPORT)
        if trial is None or page is None or not self._context.current.writable:
            return

        def run_fix(project: Project, progress: Progress) -> ModelComparison | None:
            temperature = fix_search.find_temperature(project, page.model)
            return fix_export.add_fixed_model(
                project, page.model, trial, temperature, get_timestamp(), progress
            )

        job = self._context.current.run_job(
            self._context.messages,
            lambda: tr("Add repaired model"),
            run_fix,
            key=EXPORT,
            resumes=False,
        )
        job.on_success(self._on_model_added).on_failure(self._failed)

    def _on_written(self, written: WrittenFix) -> None:
        self._context.messages.show_toast(" ".join(fix_messages.list_written_lines(written)))

    def _on_model_added(self, comparison: ModelComparison | None) -> None:
        fix_result = self._page.fix_result if self._page is not None else None
        n_tried = len(fix_result.tried) if fix_result is not None else 0
        lines = fix_messages.list_applied_lines(comparison, n_tried)
        self._context.messages.show_toast(" ".join(lines))
        self._load_page()

    def _load_page(self) -> None:
        if self._context.current.project is None:
            return
        reading = self._body.query(load_fix_page)
        reading.on_success(self._on_loaded).on_failure(self._on_load_failed)

    def _on_loaded(self, page: FixPage | None) -> None:
        self._page = page
        self._show_page()

    def _on_load_failed(self, error: BaseException) -> None:
        self._failed(error)
        if not self._body.is_read:
            self._view.show_failed(tr("The fix search could not be read."))

    def _show_page(self) -> None:
        page = self._page
        can_search = page is not None and page.frames > 0 and self._context.current.writable
        self._context.actions.set_enabled("explore.find_fix", can_search)
        for action in OF_FIX[1:]:
            self._context.actions.set_enabled(f"explore.{action}", False)
        if page is None:
            self._view.show_empty(tr("No model in this project yet."), ["go.project"])
        elif not page.frames:
            text = tr("No labelled frames yet. The search tries changes on labelled frames.")
            self._view.show_empty(text, ["go.label"])
        elif page.fix_result is None and self.job.is_running:
            self._view.show_loading(tr("Trying changes on the labelled frames …"))
        elif page.fix_result is None:
            self._view.show_empty(describe_start(page.clips), ["explore.find_fix"])
        elif page.fix_result.state == "too_few_clips":
            lines = fix_messages.list_fix_lines(page.fix_result)
            self._view.show_empty(" ".join(lines), ["go.capture", "explore.find_fix"])
        else:
            self._show_search(page, page.fix_result)

    def _show_search(self, page: FixPage, fix_result: FixResult) -> None:
        self._view.show_search(
            describe_outcome(fix_result, page.is_outdated),
            fix_search.build_fix_table(fix_result, len(fix_result.tried), with_cost=True),
            self._row,
        )
        self._show_change()

    def _show_change(self) -> None:
        page, trial = self._page, self.trial
        if page is None or page.fix_result is None or trial is None:
            return
        usable = trial.is_demonstrated and not trial.is_refused and self._context.current.writable
        for action, can in (
            ("try_fix", bool(trial.candidate.steps)),
            ("write_fix", usable),
            ("use_fix", usable),
        ):
            self._context.actions.set_enabled(f"explore.{action}", can)
        tiles = [
            Tile(frame_id, word, page.label_by_frame.get(frame_id, ""), f"{word}: {frame_id}")
            for word, frame_ids in (
                (tr("now correct"), trial.mended),
                (tr("now wrong"), trial.broken),
            )
            for frame_id in frame_ids
        ]
        lines = fix_messages.list_change_lines(page.fix_result, trial)
        self._view.show_change((*lines, *page.series_lines), tiles)
        frames = [tile.frame_id for tile in tiles] or list(page.fix_result.subjects[:1])
        self.choose_frame(self._frame if self._frame in frames else frames[0] if frames else "")

    def _on_images_made(self, wanted: tuple[int, str], images: FixImages | None) -> None:
        if wanted == (self._row, self._frame):
            self._view.show_images(images)


def describe_start(clips: int) -> str:
    """What a search would do and how often it finds a gain, before it is started."""
    if clips < fix_finder.FEWEST_SEARCHED:
        return fix_messages.describe_too_few_clips(clips)
    about = tr(
        "The search tries changes of preprocessing, model card and thresholds on all labelled "
        "frames. Nothing is changed."
    )
    return f"{about} {fix_messages.describe_power(clips)}"


def describe_outcome(fix_result: FixResult, is_outdated: bool) -> str:
    """One line on a finished search, and whether it should be made again."""
    n = len(fix_result.demonstrated)
    text = (
        tr_plural(
            "{n} of {all} changes demonstrated to help for these cameras. Selected as the "
            "best of {all}: expect a smaller gain.",
            "{n} of {all} changes demonstrated to help for these cameras. Selected as the "
            "best of {all}: expect a smaller gain.",
            n,
        )
        if n
        else tr("No change demonstrated to help among {all} tried together.")
    )
    again = tr("Labels or predictions changed since: search again.")
    text = text.format(n=n, all=len(fix_result.tried))
    return f"{text} {again}" if is_outdated else text


def _build_job() -> Work:
    def run_search(project: Project, progress: Progress, now: str) -> Any:
        return fix_finder.find_fix(project, None, 0, progress, now)

    return run_search


def build_fix_part(context: Context, view: FixView) -> FixPresenter:
    """The part with its signals connected."""
    presenter = FixPresenter(context, view)
    view.change_chosen.connect(presenter.choose_row)
    view.grid.frame_chosen.connect(presenter.choose_frame)
    view.grid.images_requested.connect(presenter.load_thumbnails)
    view.placeholder.retry_requested.connect(presenter.show)
    return presenter

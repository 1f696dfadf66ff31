"""Presenter of the start page, without a project: the sample is made ready, recent projects are looked at and opened."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from fieldcheck.errors import PathMissing
from fieldcheck.paths import get_app_paths
from fieldcheck.progress import Progress
from fieldcheck.timestamp import get_timestamp
from fieldcheck.ui.context import SAMPLE_FRESH, SAMPLE_PLACE, Context
from fieldcheck.ui.jobs.runner import Job
from fieldcheck.ui.lazy_import import LazyModule
from fieldcheck.ui.screens.home import captions
from fieldcheck.ui.screens.home.captions import RecentProjectRow
from fieldcheck.ui.shell.open_project import UNPACKING
from fieldcheck.ui.widgets.job_strip import find_running_job
from fieldcheck.words.language import tr

if TYPE_CHECKING:
    from fieldcheck.domain.project_status import RecentProject
    from fieldcheck.words import sentences
    from fieldcheck.workflows.project import demo, recent_projects
else:
    demo = LazyModule("fieldcheck.workflows.project.demo")
    recent_projects = LazyModule("fieldcheck.workflows.project.recent_projects")
    sentences = LazyModule("fieldcheck.words.sentences")

SAMPLE = "home.sample"


class StartDisplay(Protocol):
    """All that is known of the page here."""

    def show_recent_projects(self, lines: list[RecentProjectRow]) -> None: ...
    def show_project(self, line: RecentProjectRow) -> None: ...
    def show_job(self, job: Job | None) -> None: ...


class StartPresenter:
    """Works while its page is shown. `sample` is the sample that was asked for here and is about to be open; `changed()` is called when
    other actions can be done."""

    def __init__(self, context: Context, view: StartDisplay, changed: Callable[[], None]) -> None:
        self._context, self._view, self._changed = context, view, changed
        self._failed = partial(context.messages.show_error, key=SAMPLE)
        self._here = self._painted = False
        self._waiting: list[str] = []
        self._known: dict[str, RecentProjectRow] = {}
        self.sample: Path | None = None

    def enter(self) -> None:
        """The page is shown: the list at once, what is behind it as soon as the window was painted."""
        self._here = True
        self._show_job(self._current_job)
        self._show_recent_projects()

    def leave(self) -> None:
        """Leaves the page: what is still being looked at must not be shown any more."""
        self._here, self._waiting = False, []

    def on_painted(self) -> None:
        """The window stands; reading may begin."""
        self._painted = True
        if self._here:
            self._load_recent_projects()

    @property
    def _current_job(self) -> Job | None:
        """The sample that is made ready, or a pack that is unpacked."""
        return find_running_job(self._context.runner, SAMPLE) or find_running_job(self._context.runner, UNPACKING)

    @property
    def is_preparing(self) -> bool:
        """Whether the sample is being made ready."""
        return find_running_job(self._context.runner, SAMPLE) is not None

    def open_sample(self) -> None:
        """Makes the sample ready, which takes half a minute the first time, and opens it."""
        if self.is_preparing:
            return
        self._context.messages.clear_banner(SAMPLE)
        kept = self._context.session_values
        folder, fresh = Path(kept.pop(SAMPLE_PLACE, get_app_paths().sample)), bool(kept.pop(SAMPLE_FRESH, ""))
        job = self._context.runner.start_job(
            lambda: tr("Create demo project"), partial(_prepare_demo, folder, fresh), self._open_sample, self._failed, writes=True
        )
        job.setObjectName(SAMPLE)
        self._show_job(job)

    def open_project(self, path: Path) -> None:
        """Opens a project in place of the one that is open; a pack is unpacked first, which is shown."""
        self._context.open_project(path)
        self._show_job(self._current_job)

    def on_project_located(self, old: str, folder: Path) -> None:
        """The project that was listed at `old` lies in `folder` now."""
        self._context.preferences.remove_recent(old)
        self.open_project(folder)
        self._show_recent_projects()

    def remove_recent(self, path: str) -> None:
        """Takes a project off the list; nothing happens to its folder."""
        before = self._context.preferences.settings.recent
        self._context.preferences.remove_recent(path)
        listed = self._context.preferences.settings.recent
        self._context.runner.run_edit(lambda: _forget_removed(listed))
        self._show_recent_projects()
        self._context.messages.show_toast(
            tr("{name} removed from the list. Its folder is unchanged.").format(name=captions.get_project_name(path)),
            tr("Undo"),
            lambda: self._restore_recent(before),
        )

    def _show_job(self, job: Job | None) -> None:
        self._view.show_job(job)
        if job is not None:
            job.ended.connect(self._changed)

    def _restore_recent(self, recent: tuple[str, ...]) -> None:
        self._context.preferences.update(recent=recent)
        if self._here:
            self._show_recent_projects()

    def _open_sample(self, path: Path) -> None:
        self.sample = path
        self.open_project(path)

    def _show_recent_projects(self) -> None:
        recent = self._context.preferences.settings.recent
        self._view.show_recent_projects([self._known.get(path, captions.build_loading_row(path)) for path in recent])
        if self._painted:
            self._load_recent_projects()

    def _load_recent_projects(self) -> None:
        """One project after the other, so that a person's own act waits for one look at the most."""
        idle = not self._waiting
        self._waiting = list(self._context.preferences.settings.recent)
        if idle:
            self._load_next_project()

    def _load_next_project(self) -> None:
        if self._waiting:
            path, listed = self._waiting[0], self._context.preferences.settings.recent
            self._context.runner.run_edit(
                lambda: _load_recent(path, listed), self._on_project_loaded, lambda error: self._on_project_failed(path, error)
            )

    def _on_project_loaded(self, found: RecentProject) -> None:
        self._show_project(captions.build_found_row(found))

    def _on_project_failed(self, path: str, error: BaseException) -> None:
        if isinstance(error, PathMissing):
            self._show_project(captions.build_missing_row(path, error.path))
        else:
            self._show_project(captions.build_broken_row(path, sentences.format_error(error)))

    def _show_project(self, line: RecentProjectRow) -> None:
        self._known[line.path] = line
        if self._here:
            self._waiting = [path for path in self._waiting if path != line.path]
            self._view.show_project(line)
            self._load_next_project()


def _prepare_demo(folder: Path, fresh: bool, progress: Progress) -> Path:
    return demo.prepare_demo(folder, progress, get_timestamp(), fresh=fresh)


def _load_recent(path: str, listed: tuple[str, ...]) -> RecentProject:
    return recent_projects.load_recent(Path(path), get_app_paths().cache, listed)


def _forget_removed(listed: tuple[str, ...]) -> None:
    recent_projects.prune_cache(get_app_paths().cache, listed)

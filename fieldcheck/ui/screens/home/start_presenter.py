"""Presenter of the start page, without a project: the sample is made ready, recent projects are looked at and opened."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from fieldcheck.errors import PathMissing
from fieldcheck.paths import places
from fieldcheck.progress import Progress
from fieldcheck.timestamp import timestamp
from fieldcheck.ui.context import SAMPLE_FRESH, SAMPLE_PLACE, Context
from fieldcheck.ui.jobs.runner import Job
from fieldcheck.ui.lazy_import import LazyModule
from fieldcheck.ui.screens.home import captions
from fieldcheck.ui.screens.home.captions import RecentLine
from fieldcheck.ui.shell.open_project import UNPACKING
from fieldcheck.ui.widgets.job_strip import running
from fieldcheck.words.language import text

if TYPE_CHECKING:
    from fieldcheck.domain.project_status import Recent
    from fieldcheck.words import sentences
    from fieldcheck.workflows.project import demo, recent_projects
else:
    demo = LazyModule("fieldcheck.workflows.project.demo")
    recent_projects = LazyModule("fieldcheck.workflows.project.recent_projects")
    sentences = LazyModule("fieldcheck.words.sentences")

SAMPLE = "home.sample"


class StartDisplay(Protocol):
    """All that is known of the page here."""

    def show_recent(self, lines: list[RecentLine]) -> None: ...
    def show_line(self, line: RecentLine) -> None: ...
    def show_job(self, job: Job | None) -> None: ...


class StartPresenter:
    """Works while its page is shown. `sample` is the sample that was asked for here and is about to be open; `changed()` is called when
    other actions can be done."""

    def __init__(self, context: Context, view: StartDisplay, changed: Callable[[], None]) -> None:
        self._context, self._view, self._changed = context, view, changed
        self._failed = partial(context.messages.error, key=SAMPLE)
        self._here = self._painted = False
        self._waiting: list[str] = []
        self._known: dict[str, RecentLine] = {}
        self.sample: Path | None = None

    def enter(self) -> None:
        """The page is shown: the list at once, what is behind it as soon as the window was painted."""
        self._here = True
        self._follow(self._under_way)
        self._list()

    def leave(self) -> None:
        """Leaves the page: what is still being looked at must not be shown any more."""
        self._here, self._waiting = False, []

    def painted(self) -> None:
        """The window stands; reading may begin."""
        self._painted = True
        if self._here:
            self._read()

    @property
    def _under_way(self) -> Job | None:
        """The sample that is made ready, or a pack that is unpacked."""
        return running(self._context.runner, SAMPLE) or running(self._context.runner, UNPACKING)

    @property
    def preparing(self) -> bool:
        """Whether the sample is being made ready."""
        return running(self._context.runner, SAMPLE) is not None

    def open_sample(self) -> None:
        """Makes the sample ready, which takes half a minute the first time, and opens it."""
        if self.preparing:
            return
        self._context.messages.clear(SAMPLE)
        kept = self._context.kept
        folder, fresh = Path(kept.pop(SAMPLE_PLACE, places().sample)), bool(kept.pop(SAMPLE_FRESH, ""))
        job = self._context.runner.start(
            lambda: text("Create demo project"), partial(_prepare, folder, fresh), self._open_sample, self._failed, writes=True
        )
        job.setObjectName(SAMPLE)
        self._follow(job)

    def open(self, path: Path) -> None:
        """Opens a project in place of the one that is open; a pack is unpacked first, which is shown."""
        self._context.open(path)
        self._follow(self._under_way)

    def found(self, old: str, folder: Path) -> None:
        """The project that was listed at `old` lies in `folder` now."""
        self._context.preferences.forget(old)
        self.open(folder)
        self._list()

    def remove(self, path: str) -> None:
        """Takes a project off the list; nothing happens to its folder."""
        before = self._context.preferences.now.recent
        self._context.preferences.forget(path)
        listed = self._context.preferences.now.recent
        self._context.runner.act(lambda: _forget(listed))
        self._list()
        self._context.messages.toast(
            text("{name} removed from the list. Its folder is unchanged.").format(name=captions.name_of(path)),
            text("Undo"),
            lambda: self._put_back(before),
        )

    def _follow(self, job: Job | None) -> None:
        self._view.show_job(job)
        if job is not None:
            job.ended.connect(self._changed)

    def _put_back(self, recent: tuple[str, ...]) -> None:
        self._context.preferences.change(recent=recent)
        if self._here:
            self._list()

    def _open_sample(self, path: Path) -> None:
        self.sample = path
        self.open(path)

    def _list(self) -> None:
        recent = self._context.preferences.now.recent
        self._view.show_recent([self._known.get(path, captions.reading_line(path)) for path in recent])
        if self._painted:
            self._read()

    def _read(self) -> None:
        """One project after the other, so that a person's own act waits for one look at the most."""
        idle = not self._waiting
        self._waiting = list(self._context.preferences.now.recent)
        if idle:
            self._next()

    def _next(self) -> None:
        if self._waiting:
            path, listed = self._waiting[0], self._context.preferences.now.recent
            self._context.runner.act(lambda: _look(path, listed), self._looked, lambda error: self._not_looked(path, error))

    def _looked(self, found: Recent) -> None:
        self._show(captions.there_line(found))

    def _not_looked(self, path: str, error: BaseException) -> None:
        if isinstance(error, PathMissing):
            self._show(captions.missing_line(path, error.path))
        else:
            self._show(captions.broken_line(path, sentences.sentence(error)))

    def _show(self, line: RecentLine) -> None:
        self._known[line.path] = line
        if self._here:
            self._waiting = [path for path in self._waiting if path != line.path]
            self._view.show_line(line)
            self._next()


def _prepare(folder: Path, fresh: bool, progress: Progress) -> Path:
    return demo.prepare(folder, progress, timestamp(), fresh=fresh)


def _look(path: str, listed: tuple[str, ...]) -> Recent:
    return recent_projects.look_at_recent(Path(path), places().cache, listed)


def _forget(listed: tuple[str, ...]) -> None:
    recent_projects.keep_only(places().cache, listed)

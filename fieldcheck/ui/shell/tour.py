"""The five-minute tour of the demo project: a banner on each screen of the path, and a ring round
the control that goes on. Whoever is led does everything for real; the tour ends with the report.
From the finished demo project it turns to the one that waits for its labels."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from fieldcheck.i18n.language import tr
from fieldcheck.paths import DEMO_PROJECT, FINISHED_DEMO
from fieldcheck.timestamp import get_timestamp
from fieldcheck.ui.errors import INFO
from fieldcheck.ui.lazy_import import LazyModule
from fieldcheck.ui.qt_types import require_value
from fieldcheck.ui.widgets.buttons import Ring

if TYPE_CHECKING:
    from fieldcheck.api import demo
    from fieldcheck.domain.project_state import Changes, ProjectStatus
    from fieldcheck.ui.errors import MessageAction
    from fieldcheck.ui.shell.window import Window
else:
    demo = LazyModule("fieldcheck.api.demo")

KEY, MAKING = "tour", "home.sample"
STEPS = ("project", "capture", "pick", "label", "explore", "report")


def get_step_text(screen: str) -> str:
    """What there is to see and to do on a screen of the path."""
    return {
        "project": tr("A model with its benchmark, and the line where it is to work."),
        "capture": tr(
            "The recorded clips with location and conditions. More clips narrow the interval."
        ),
        "pick": tr(
            "These frames were picked at random with known probabilities, so that they "
            "represent all footage."
        ),
        "label": tr("Label with the number keys."),
        "explore": tr("The gap with its verdict and the reasons. Run the model if asked."),
        "report": tr("Create the report: it is what you hand over."),
    }[screen]


class Tour(QObject):
    """Leads through the demo project that is open. It is left by closing its banner, by Esc, or
    with the project."""

    def __init__(self, window: Window) -> None:
        super().__init__(window)
        self._window = window
        self._ring: Ring | None = None
        self._n_reports = 0
        self.active = False
        self._next: tuple[Path, Callable[[], None]] | None = None
        window.screen_shown.connect(lambda _name: self._show_step())
        window.rebuilt.connect(self._on_rebuilt)
        window.messages.changed.connect(self._on_messages_changed)
        window.current.changed.connect(lambda _changes: self._on_project_changed())

    @property
    def can_start(self) -> bool:
        """Whether the demo project is open."""
        project = self._window.current.project
        return project is not None and project.path.name == DEMO_PROJECT

    def label_demo(self) -> None:
        """Turns from the finished demo project to the one that waits for its labels, which is made
        where it is not there, and shows its first frame without a label."""
        if self._is_finished_demo:
            self._turn_to_unlabelled(partial(self._window.show_screen, "label"))
        else:
            self._window.messages.show_toast(tr("Open the demo project first."))

    @property
    def _is_finished_demo(self) -> bool:
        project = self._window.current.project
        return project is not None and project.path.name == FINISHED_DEMO

    def _turn_to_unlabelled(self, then: Callable[[], None]) -> None:
        window = self._window
        folder = require_value(window.current.project).path.parent
        making = window.runner.run_job(
            self,
            lambda: tr("Create demo project"),
            lambda progress: demo.prepare_demo(folder, progress, get_timestamp()),
            writes=True,
            key=MAKING,
        )
        making.on_success(partial(self._open_unlabelled, then))
        making.on_failure(window.messages.show_error)

    def _open_unlabelled(self, then: Callable[[], None], path: Path) -> None:
        self._next = (path, then)
        self._window.open_project(path)

    def start(self) -> None:
        """Begins on the first screen of the path."""
        window = self._window
        if self._is_finished_demo:
            self._turn_to_unlabelled(self.start)
            return
        if not self.can_start or window.current.status is None:
            window.messages.show_toast(tr("Open the demo project first: the tour uses it."))
            return
        self.active, self._n_reports = True, window.current.status.n_reports
        self._make_ring()
        if window.current_screen == STEPS[0]:
            self._show_step()
        else:
            window.show_screen(STEPS[0])

    def end(self) -> None:
        """Leaves the tour; everything that was done stays."""
        self.active = False
        if self._ring is not None:
            self._ring.follow(None)
        self._window.messages.clear_banner(KEY)

    def _show_step(self) -> None:
        """The banner of the screen that is shown; on other screens that of the last one stays."""
        screen, window = self._window.current_screen, self._window
        if not self.active or screen not in STEPS:
            return
        index = STEPS.index(screen)
        text = tr(
            "Step {n} of {all}. {text}", n=index + 1, all=len(STEPS), text=get_step_text(screen)
        )
        more: list[MessageAction] = []
        if screen == "label" and self._n_left:
            more.append((tr("Fill in demo labels"), self.fill_in_answers))
        button, action = "", None
        if index + 1 < len(STEPS):
            button, action = tr("Next step"), partial(window.show_screen, STEPS[index + 1])
        window.messages.show_banner(
            KEY, text, INFO, button, action, more=more, again=self._show_step
        )
        if self._ring is not None:
            self._ring.follow(self._find_target(screen))

    @property
    def _n_left(self) -> int:
        status: ProjectStatus | None = self._window.current.status
        return status.n_left if status is not None else 0

    def fill_in_answers(self) -> None:
        """Labels every frame that has no label yet as the demo's answer key has it."""
        storing = self._window.current.run_edit(
            self, lambda project: demo.label_from_answer_key(project, get_timestamp())
        )
        storing.on_success(self._on_filled_in).on_failure(self._window.messages.show_error)

    def _on_filled_in(self, _changes: Changes) -> None:
        self._window.messages.show_toast(tr("All frames have the labels of the demo project."))
        self._show_step()

    def _find_target(self, screen: str) -> QWidget | None:
        """The control that goes on from here."""
        if screen == "label" and self._n_left:
            return self._window.get_shown_screen().view.findChild(QWidget, "classes")
        return self._window.header.primary

    def _make_ring(self) -> None:
        self._ring = Ring(self._window.context.theme, self._window.central)

    def _on_rebuilt(self) -> None:
        if self.active:
            self._make_ring()
            self._show_step()

    def _on_messages_changed(self) -> None:
        """Whoever closes the banner leaves the tour."""
        if self.active and all(banner.key != KEY for banner in self._window.messages.banners):
            self.end()

    def _on_project_changed(self) -> None:
        """The report is there: the tour is over. Else what can be done now may have changed."""
        status, project = self._window.current.status, self._window.current.project
        if project is None or status is None:
            return
        if self._next is not None and project.path == self._next[0]:
            (_, then), self._next = self._next, None
            then()
            return
        if not self.active:
            return
        if status.n_reports > self._n_reports:
            self.end()
            self._window.messages.show_toast(tr("The report is finished, and so is the tour."))
        elif self._window.current_screen == "label":
            self._show_step()

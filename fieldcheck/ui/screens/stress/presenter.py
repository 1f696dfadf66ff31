"""What the stress screen does: opens what is looked at, hands on what a person chose, and shows one result at a time."""

from __future__ import annotations

import time
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer

from fieldcheck.domain.changes import Changes
from fieldcheck.errors import FieldcheckError
from fieldcheck.ui.context import Context
from fieldcheck.ui.poll import Poll
from fieldcheck.ui.screen import Head, Header, Screen
from fieldcheck.ui.screens.stress import opening
from fieldcheck.ui.screens.stress.saying import numbers_said, shown_of
from fieldcheck.ui.screens.stress.tally import Tally
from fieldcheck.ui.screens.stress.view import StressView
from fieldcheck.ui.shell.table import screen_name
from fieldcheck.words.corruptions import STOPS, meaning
from fieldcheck.words.language import text

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from fieldcheck.workflows.live_stress import LiveResult, LiveStress

FAVOURITES = ("dark", "motion", "defocus", "gauss_noise", "jpeg", "occlusion")
"""The six of the digits; a test holds them to those of the workflow, whose module is slow to load."""
MODERATE = 3.0
FRAME_MS, CHARTS_MS, TROUBLE_MS, THUMBNAILS_MS = 33, 200, 200, 1000
THUMBNAIL_SIDE = 160
SEED = 0
TROUBLE = "stress"


class StressPresenter(QObject):
    """Between `enter` and `leave` one live view runs, unless there is nothing to look at."""

    def __init__(self, context: Context, header: Header, view: StressView) -> None:
        super().__init__()
        self._context, self._header, self._view = context, header, view
        self._here, self._held = False, False
        self._offer, self._key = opening.Offer("", ()), ""
        self._file = ""
        self._opening = 0
        self._live: LiveStress | None = None
        self._corruption, self._severity = FAVOURITES[0], MODERATE
        self._class = 0
        self._tally = Tally()
        self._last: LiveResult | None = None
        self._frames = Poll(self.show_result, FRAME_MS, self)
        self._troubles = Poll(self._trouble, TROUBLE_MS, self)
        self._charts = QTimer(self, interval=CHARTS_MS)
        self._charts.timeout.connect(self._show_charts)
        self._thumbnails = QTimer(self, interval=THUMBNAILS_MS)
        self._thumbnails.timeout.connect(self._make_thumbnails)
        self._made_for: tuple[NDArray[np.uint8], float] | None = None
        self._making = False

    def enter(self) -> None:
        """Opens what was looked at last, or the first there is."""
        self._here = True
        goes_on = text("Go to {screen}").format(screen=screen_name("report")) if self._context.current.project is not None else ""
        self._header.show_head(Head(screen_name("stress"), text("See what breaks the model before the customer does."), goes_on))
        self._show_recipe()
        self._view.show_held(self._held)
        self._look_around()

    def leave(self) -> None:
        """Lets go of camera and threads."""
        self._here = False
        self._let_go()

    def refresh(self, changes: Changes) -> None:
        """Another project, another model, more footage: what is looked at goes on where it can."""
        self.enter()

    def primary(self) -> None:
        """On to the report."""
        self._context.go("report")

    def choose(self, place: int) -> None:
        """The corruption with that place on the screen, from 0 on."""
        self._corruption = FAVOURITES[place % len(FAVOURITES)]
        self._apply()

    def step_corruption(self, by: int) -> None:
        """The next corruption or the one before, round and round."""
        self.choose(FAVOURITES.index(self._corruption) + by)

    def set_severity(self, severity: float) -> None:
        """How hard it is, 0 to 5."""
        self._severity = severity
        self._apply()

    def step_severity(self, by: int) -> None:
        """The next named stop in that direction."""
        further = [stop for stop in STOPS if (stop - self._severity) * by > 0]
        if further:
            self.set_severity(min(further) if by > 0 else max(further))

    def hold(self) -> None:
        """Stays at this frame, or goes on with the newest."""
        if self._live is not None:
            self._held = not self._held
            self._live.freeze(self._held)
        self._view.show_held(self._held)

    def third(self) -> None:
        """Shows or hides what the model sees."""
        self._view.show_third(not self._view.third_shown)

    def choose_class(self, place: int) -> None:
        """Which answers the histogram counts: 0 all, else one class."""
        self._class = place
        self._show_charts()

    def next_class(self) -> None:
        """The next class of the histogram, after the last one all."""
        self.choose_class((self._class + 1) % (len(self._class_names()) + 1))

    def open_source(self, key: str) -> None:
        """Looks at another one."""
        self._key = key
        self._open()

    def open_file(self, path: str) -> None:
        """Looks at a file that a person chose."""
        self._file = path
        self._show_sources(opening.file_key(path))
        self._open()

    def show_result(self, result: LiveResult) -> None:
        """One result, whole: no other one's answer ever stands beside its pictures."""
        first = self._last is None
        self._last = result
        self._tally.take(result, time.monotonic())
        self._view.show_result(shown_of(result))
        if first:
            self._make_thumbnails()
            self._show_charts()

    def _look_around(self) -> None:
        project = self._context.current.project
        if project is not None:
            self._context.current.ask(opening.of_project, self._offered, partial(self._failed, self._opening))
        else:
            self._context.runner.act(opening.of_sample, self._offered, partial(self._failed, self._opening))

    def _offered(self, offer: opening.Offer) -> None:
        if not self._here or (offer == self._offer and self._live is not None):
            return
        if offer.place != self._offer.place:
            self._file = self._key = ""
        same_model, self._offer = offer.model == self._offer.model, offer
        known = [key for key, _ in self._choices()]
        before, self._key = self._key, self._key if self._key in known else known[0] if known else ""
        self._show_sources(self._key)
        if not self._key:
            self._let_go()
            self._view.show_nothing(text("This project has no footage yet. Open a video or a picture, or import footage under Capture."))
        elif self._live is None or self._key != before or not same_model:
            self._open()

    def _choices(self) -> tuple[tuple[str, str], ...]:
        own = ((opening.file_key(self._file), self._file.replace("\\", "/").rsplit("/", 1)[-1]),) if self._file else ()
        return (*self._offer.choices, *own)

    def _show_sources(self, key: str) -> None:
        self._key = key
        self._view.show_sources(self._choices(), key)

    def _open(self) -> None:
        self._let_go()
        self._view.show_nothing(text("Opening …"))
        key, then, failed = self._key, partial(self._opened, self._opening), partial(self._failed, self._opening)
        if self._context.current.project is not None:
            self._context.current.ask(lambda project: opening.open_choice(key, project, SEED), then, failed)
        else:
            self._context.runner.act(lambda: opening.open_choice(key, None, SEED), then, failed)

    def _opened(self, number: int, live: LiveStress) -> None:
        if not self._here or number != self._opening:
            return
        self._context.messages.clear(TROUBLE)
        self._live = live
        self._apply()
        live.start()
        self._frames.start(live.results)
        self._troubles.start(live.trouble)
        self._charts.start()
        self._thumbnails.start()

    def _let_go(self) -> None:
        self._opening += 1
        for running in (self._frames, self._troubles, self._charts, self._thumbnails):
            running.stop()
        live, self._live = self._live, None
        if live is not None:
            self._context.runner.act(live.stop)  # its threads are waited for, and the main thread never waits
        self._held, self._class, self._last, self._made_for = False, 0, None, None
        self._tally = Tally()
        self._view.show_held(False)

    def _apply(self) -> None:
        self._show_recipe()
        if self._live is not None:
            self._live.set_recipe(self._corruption if self._severity > 0 else "", self._severity)

    def _show_recipe(self) -> None:
        self._view.show_recipe(self._corruption, self._severity, meaning(self._corruption, self._severity))

    def _class_names(self) -> tuple[str, ...]:
        return self._last.card.classes if self._last is not None and self._last.card is not None else ()

    def _show_charts(self) -> None:
        now = time.monotonic()
        self._view.show_classes(self._class_names(), self._class)
        self._view.show_sureness(self._tally.sureness(self._class - 1 if self._class else None))
        self._view.show_moments(self._tally.moments(now), now)
        if self._last is not None:
            self._view.show_numbers(*numbers_said(self._last.running, self._last.card is not None))

    def _make_thumbnails(self) -> None:
        """Made anew when the frame or the severity is another one, and never two sets at a time."""
        if self._last is None or self._making:
            return
        rgb, severity = self._last.original, self._severity
        if self._made_for is not None and self._made_for[0] is rgb and self._made_for[1] == severity:
            return
        self._making, self._made_for = True, (rgb, severity)
        self._context.runner.act(lambda: _thumbnails(rgb, severity), partial(self._made, self._opening), self._not_made)

    def _made(self, number: int, pictures: dict[str, NDArray[np.uint8]]) -> None:
        self._making = False
        if self._here and number == self._opening:
            self._view.show_thumbnails(pictures)

    def _not_made(self, error: BaseException) -> None:
        self._making = False
        if self._here:
            self._context.messages.error(error, TROUBLE)

    def _trouble(self, error: FieldcheckError) -> None:
        self._context.messages.error(error, TROUBLE)
        if self._last is None:
            self._view.show_nothing(text("There is no picture."))

    def _failed(self, number: int, error: BaseException) -> None:
        if self._here and number == self._opening:
            self._context.messages.error(error, TROUBLE)
            self._view.show_nothing(text("There is no picture."))


def _thumbnails(rgb: NDArray[np.uint8], severity: float) -> dict[str, NDArray[np.uint8]]:
    from fieldcheck.workflows.live_stress import thumbnails

    return thumbnails(rgb, FAVOURITES, severity, THUMBNAIL_SIDE, SEED)


def build(context: Context, header: Header) -> Screen:
    """View and presenter, connected, with their actions bound."""
    view = StressView(context.look, context.actions, FAVOURITES)
    presenter = StressPresenter(context, header, view)
    presenter.setParent(view)
    view.source_chosen.connect(presenter.open_source)
    view.file_chosen.connect(presenter.open_file)
    view.corruption_chosen.connect(presenter.choose)
    view.severity_chosen.connect(presenter.set_severity)
    view.class_chosen.connect(presenter.choose_class)
    bind = context.actions.bind
    for place in range(len(FAVOURITES)):
        bind(f"stress.corruption_{place + 1}", partial(presenter.choose, place))
    bind("stress.up", partial(presenter.step_corruption, -1))
    bind("stress.down", partial(presenter.step_corruption, 1))
    bind("stress.milder", partial(presenter.step_severity, -1))
    bind("stress.harder", partial(presenter.step_severity, 1))
    bind("stress.freeze", presenter.hold)
    bind("stress.third", presenter.third)
    bind("stress.class", presenter.next_class)
    bind("stress.open", view.ask_file)
    return Screen(view, presenter, view)

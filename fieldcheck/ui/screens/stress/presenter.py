"""What the stress screen does: opens what is looked at, hands on what a person chose, and shows one result at a time."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer

from fieldcheck.domain.changes import Changes
from fieldcheck.errors import FieldcheckError
from fieldcheck.ui.context import Context
from fieldcheck.ui.poll import Poll
from fieldcheck.ui.screen import Head, Header, Screen
from fieldcheck.ui.screens.stress import opening
from fieldcheck.ui.screens.stress.beside import Beside
from fieldcheck.ui.screens.stress.chooser import ChooserPlace
from fieldcheck.ui.screens.stress.chosen import MODERATE, Chosen
from fieldcheck.ui.screens.stress.keeping import Keeping
from fieldcheck.ui.screens.stress.saying import numbers_said, shown_of
from fieldcheck.ui.screens.stress.tally import Tally
from fieldcheck.ui.screens.stress.tip import TipSeeker
from fieldcheck.ui.screens.stress.view import StressView
from fieldcheck.ui.shell.table import screen_name
from fieldcheck.words.corruptions import STOPS, likeness, meaning
from fieldcheck.words.language import text

if TYPE_CHECKING:
    from fieldcheck.workflows.live_stress import LiveResult, LiveStress

FAVOURITES = ("dark", "motion", "defocus", "gauss_noise", "jpeg", "glare", "occlusion", "fog", "dust")
"""The nine of the digits; a test holds them to those of the workflow, whose module is slow to load."""
FRAME_MS, CHARTS_MS, TROUBLE_MS = 33, 200, 200
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
        self._chosen = Chosen(FAVOURITES[0])
        self._difference = False
        self._chooser = ChooserPlace(context.look, context.actions, view)
        self._tip = TipSeeker(context.runner, SEED, self)
        self._tip.said.connect(view.show_tip)
        self._tip.failed.connect(self._tip_failed)
        self._class = 0
        self._tally = Tally()
        self._last: LiveResult | None = None
        self._still = False
        self._frames = Poll(self.show_result, FRAME_MS, self)
        self._troubles = Poll(self._trouble, TROUBLE_MS, self)
        self._charts = QTimer(self, interval=CHARTS_MS)
        self._charts.timeout.connect(self._show_charts)
        self._beside = Beside(context.runner, FAVOURITES, SEED, self)
        self._beside.wanted.connect(self._make_beside)
        self._beside.made.connect(view.show_thumbnails)
        self._beside.alike.connect(self._alike)
        self._beside.failed.connect(self._not_beside)
        self._keeping = Keeping(context)

    def enter(self) -> None:
        """Opens what was looked at last, or the first there is."""
        self._here = True
        self._show_head()
        self._show_recipe()
        self._view.show_held(self._held)
        self._look_around()

    def leave(self) -> None:
        """Lets go of camera and threads."""
        self._here = False
        self._chooser.shut()
        self._let_go()

    def refresh(self, changes: Changes) -> None:
        """Another project, another model, more footage: what is looked at goes on where it can."""
        self.enter()

    def primary(self) -> None:
        """What is looked at goes into the report."""
        self.keep()

    def choose(self, place: int) -> None:
        """The corruption with that place on the screen, from 0 on."""
        self._take(self._chosen.turned_to(FAVOURITES[place % len(FAVOURITES)]))

    def step_corruption(self, by: int) -> None:
        """The next favourite or the one before, round and round."""
        here = self._chosen.corruption
        self.choose(FAVOURITES.index(here) + by if here in FAVOURITES else min(by, 0))

    def choose_of_all(self) -> None:
        """Any one of the catalogue, asked for."""
        self._show_recipe()
        others = [name for name, _ in self._chosen.under]
        self._ask(text("All corruptions"), others, lambda name: self._take(self._chosen.turned_to(name)))

    def combine(self) -> None:
        """Another one on top of the chosen one, asked for."""
        if not self._chosen.full:
            self._ask(text("What comes on top?"), self._chosen.names, lambda name: self._take(self._chosen.on_top(name)))

    def take_out(self, place: int = -1) -> None:
        """No longer the one at that place under the chosen one; without a place the one put under last."""
        self._take(self._chosen.without(place if place >= 0 else len(self._chosen.under) - 1))

    def set_severity(self, severity: float) -> None:
        """How hard it is, 0 to 5."""
        self._take(self._chosen.at(severity))

    def step_severity(self, by: int) -> None:
        """The next named stop in that direction."""
        further = [stop for stop in STOPS if (stop - self._chosen.severity) * by > 0]
        if further:
            self.set_severity(min(further) if by > 0 else max(further))

    def hold(self) -> None:
        """Stays at this frame, or goes on with the newest."""
        if self._live is not None:
            self._held = not self._held
            self._live.freeze(self._held)
        self._view.show_held(self._held)
        self._seek()

    def third(self) -> None:
        """Shows or hides what the model sees."""
        self._view.show_third(not self._view.third_shown)

    def difference(self) -> None:
        """Shows the difference in place of the corrupted picture, or that again."""
        self._difference = not self._difference
        self._view.show_difference(self._difference)
        if self._last is not None:
            self._view.show_result(shown_of(self._last, self._difference))

    def keep(self) -> None:
        """Keeps the pair that is looked at for the report."""
        if self._context.current.writable:
            self._keeping.keep(self._last)

    def escape(self) -> bool:
        """Closes the list of corruptions."""
        return self._chooser.shut()

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
        before, self._last = self._last, result
        first = before is None
        self._still = before is not None and before.original is result.original
        if before is None or before.recipe.number != result.recipe.number:
            self._view.show_likeness("")
        self._tally.take(result, time.monotonic())
        self._view.show_result(shown_of(result, self._difference))
        self._seek()
        if first:
            self._make_beside()
            self._show_charts()

    def _ask(self, title: str, besides: Collection[str], then: Callable[[str], None]) -> None:
        """The whole catalogue, each on the present frame as soon as it is made."""
        chosen = self._chosen
        chooser = self._chooser.ask(title, besides, (chosen.corruption, chosen.severity or MODERATE), then)
        if self._last is not None:
            self._beside.every(self._last, tuple(chooser.names()), chosen.severity or MODERATE, self._chooser.show_pictures)

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
        self._beside.start()

    def _let_go(self) -> None:
        self._opening += 1
        for running in (self._frames, self._troubles, self._charts, self._beside):
            running.stop()
        live, self._live = self._live, None
        if live is not None:
            self._context.runner.act(live.stop)  # its threads are waited for, and the main thread never waits
        self._held, self._class, self._last, self._still = False, 0, None, False
        self._tally = Tally()
        self._tip.drop()
        self._view.show_held(False)

    def _take(self, chosen: Chosen) -> None:
        self._chosen = chosen
        self._apply()

    def _apply(self) -> None:
        self._show_recipe()
        one = self._chosen
        if self._live is not None:
            self._live.set_recipe(one.corruption if one.severity > 0 else "", one.severity, one.under)
        self._view.show_likeness("")
        self._seek()
        self._make_beside()

    def _show_head(self) -> None:
        """The pair goes into a report, so there is no such action without a project."""
        title, hint = screen_name("stress"), text("See what breaks the model before the customer does.")
        current = self._context.current
        self._header.show_head(Head(title, hint, text("Add to report") if current.project is not None else "", current.writable))

    def _show_recipe(self) -> None:
        one = self._chosen
        self._view.show_recipe(one.corruption, one.severity, meaning(one.corruption, one.severity), one.under)
        self._context.actions.enable("stress.combine", not one.full)
        self._context.actions.enable("stress.uncombine", bool(one.under))
        self._context.actions.enable("stress.keep", self._context.current.writable)

    def _seek(self) -> None:
        """Where a frame that stays flips: of one corruption alone, since the model has no clean answer on top of another."""
        model = self._live.model if self._live is not None else None
        stays = self._held or self._still
        if stays and self._last is not None and self._last.card is not None and model is not None:
            if self._chosen.under:
                self._tip.drop()
                self._view.show_tip(text("Where a frame flips is looked for under one corruption alone."))
            else:
                self._tip.seek(self._last.original, self._chosen.corruption, model)
        else:
            self._tip.drop()

    def _tip_failed(self, error: BaseException) -> None:
        self._context.messages.error(error, TROUBLE)

    def _class_names(self) -> tuple[str, ...]:
        return self._last.card.classes if self._last is not None and self._last.card is not None else ()

    def _show_charts(self) -> None:
        now = time.monotonic()
        self._view.show_classes(self._class_names(), self._class)
        self._view.show_sureness(self._tally.sureness(self._class - 1 if self._class else None))
        self._view.show_moments(self._tally.moments(now), now)
        if self._last is not None:
            self._view.show_numbers(*numbers_said(self._last.running, self._last.card is not None))

    def _make_beside(self) -> None:
        self._beside.make(self._last, self._chosen)

    def _alike(self, number: int, psnr: float, ssim: float) -> None:
        """Said only while what was measured is what is shown."""
        if self._last is not None and self._last.recipe.number == number:
            self._view.show_likeness(likeness(psnr, ssim))

    def _not_beside(self, error: BaseException) -> None:
        self._context.messages.error(error, TROUBLE)

    def _trouble(self, error: FieldcheckError) -> None:
        self._context.messages.error(error, TROUBLE)
        if self._last is None:
            self._view.show_nothing(text("There is no picture."))

    def _failed(self, number: int, error: BaseException) -> None:
        if self._here and number == self._opening:
            self._context.messages.error(error, TROUBLE)
            self._view.show_nothing(text("There is no picture."))


def build(context: Context, header: Header) -> Screen:
    """View and presenter, connected, with their actions bound."""
    view = StressView(context.look, context.actions, FAVOURITES)
    presenter = StressPresenter(context, header, view)
    presenter.setParent(view)
    view.source_chosen.connect(presenter.open_source)
    view.file_chosen.connect(presenter.open_file)
    view.corruption_chosen.connect(presenter.choose)
    view.all_asked.connect(presenter.choose_of_all)
    view.taken_out.connect(presenter.take_out)
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
    bind("stress.all", presenter.choose_of_all)
    bind("stress.combine", presenter.combine)
    bind("stress.uncombine", presenter.take_out)
    bind("stress.difference", presenter.difference)
    bind("stress.keep", presenter.keep)
    bind("stress.open", view.ask_file)
    return Screen(view, presenter, view)

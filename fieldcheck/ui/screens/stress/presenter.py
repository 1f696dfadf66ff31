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
from fieldcheck.ui.screens.stress.beside import Beside
from fieldcheck.ui.screens.stress.chooser import Chooser
from fieldcheck.ui.screens.stress.choosing import Choosing
from fieldcheck.ui.screens.stress.chosen import MODERATE
from fieldcheck.ui.screens.stress.findings import Findings
from fieldcheck.ui.screens.stress.keeping import Keeping
from fieldcheck.ui.screens.stress.looking_back import LookingBack
from fieldcheck.ui.screens.stress.ood_run import Probing
from fieldcheck.ui.screens.stress.saying import numbers_said, shown_of
from fieldcheck.ui.screens.stress.sweeping import Sweeping
from fieldcheck.ui.screens.stress.switch import PAGES
from fieldcheck.ui.screens.stress.tally import Tally
from fieldcheck.ui.screens.stress.tip import TipSeeker
from fieldcheck.ui.screens.stress.view import StressView
from fieldcheck.ui.shell.actions_table import screen_name
from fieldcheck.words.corruptions import FAVOURITES, likeness, meaning
from fieldcheck.words.language import text

if TYPE_CHECKING:
    from fieldcheck.workflows.stress.live_stress import LiveResult, LiveStress
    from fieldcheck.workflows.stress.stress_found import Found

FRAME_MS, CHARTS_MS, TROUBLE_MS = 33, 200, 200
SEED = 0
TROUBLE = "stress"
OF_LIVE = (
    *(f"corruption_{number}" for number in range(1, len(FAVOURITES) + 1)),
    *("up", "down", "milder", "harder", "freeze", "third", "class", "open", "all", "combine", "uncombine", "difference", "keep", "back"),
)
"""What can be done on the live page alone: elsewhere the arrows belong to tables."""


class StressPresenter(QObject):
    """Between `enter` and `leave` one live view runs, unless there is nothing to look at."""

    def __init__(self, context: Context, header: Header, view: StressView) -> None:
        super().__init__()
        self._context, self._header, self._view = context, header, view
        self._here, self._held = False, False
        self._offer, self._key = opening.Offer("", ()), ""
        self._file, self._opening = "", 0
        self._live: LiveStress | None = None
        self.choosing = Choosing(context.look, context.actions, view)
        self.choosing.setParent(self)
        self.choosing.changed.connect(self._apply)
        self.choosing.opened.connect(self._picture)
        self._difference = False
        self._tip = TipSeeker(context.runner, SEED, self)
        self._tip.said.connect(view.show_tip)
        self._tip.failed.connect(self._say)
        self._class = 0
        self.tally = Tally()
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
        self._beside.failed.connect(self._say)
        self._keeping = Keeping(context)
        self.page = "live"
        self.sweeping, self.probing = Sweeping(context, view.sweep), Probing(context, view.probes)
        self._findings = Findings(context, lambda: self.page == "sweep" and self.sweeping.job.runs, self)
        self._findings.found.connect(self._show_found)
        self._findings.failed.connect(self._say)
        self._found: Found | None = None

    def enter(self) -> None:
        """Opens what was looked at last, or the first there is."""
        self._here = True
        self._show_head()
        self._show_recipe()
        self._view.show_held(self._held)
        for part in (self.sweeping, self.probing):
            part.job.enter()
        self._findings.read()
        if self.page == "live":
            self._look_around()

    def leave(self) -> None:
        """Lets go of camera and threads."""
        self._here = False
        self.choosing.place.shut()
        self._findings.drop()
        self._let_go()

    def refresh(self, changes: Changes) -> None:
        """Another project, another model, more footage: what is looked at goes on where it can."""
        if changes.act.startswith("project."):
            self.sweeping.forget()
            self.probing.job.forget()
        self.enter()

    def turn(self, page: str) -> None:
        """Another page. While no live picture is shown, camera and model are left to the sweep."""
        self.page = page
        self._view.turn_to(page)
        for identity in OF_LIVE:
            self._context.actions.enable(f"stress.{identity}", page == "live")
        self._show_head()
        if page == "live":
            self._show_recipe()
            self._look_around()
        else:
            self._let_go()
            self._view.show_nothing(text("Opening …"))

    def run(self) -> None:
        """The sweep, or on their page the probes: begins, goes on, or stops. From the live pictures the sweep is shown first."""
        if self.page == "probes":
            self.probing.job.press()
        elif self.page == "sweep":
            self.sweeping.job.press()
        else:
            self.turn("sweep")
            if not self.sweeping.job.runs:
                self.sweeping.job.press()

    def primary(self) -> None:
        """What is looked at goes into the report; from the other pages one goes there."""
        if self.page == "live":
            self.keep()
        else:
            self._context.go("report")

    def hold(self, earlier: LiveResult | None = None) -> None:
        """Stays at this frame, or at that of an `earlier` result, or goes on with the newest."""
        if self._live is not None:
            self._held = earlier is not None or not self._held
            self._live.look_back(earlier) if earlier is not None else self._live.freeze(self._held)
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
        """Closes the list of corruptions, or the frames of a cell, or goes back to the live pictures."""
        if self.choosing.place.shut() or self._view.sweep.show_tables():
            return True
        if self.page == "live":
            return False
        self.turn("live")
        return True

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
        self.tally.take(result, time.monotonic())
        self._view.show_result(shown_of(result, self._difference))
        self._seek()
        if first:
            self._make_beside()
            self._show_charts()

    def _look_around(self) -> None:
        project = self._context.current.project
        if project is not None:
            self._context.current.ask(opening.of_project, self._offered, partial(self._failed, self._opening))
        else:
            self._context.runner.act(opening.of_sample, self._offered, partial(self._failed, self._opening))

    def _offered(self, offer: opening.Offer) -> None:
        if not self._here or self.page != "live" or (offer == self._offer and self._live is not None):
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
        known = {key for key, _ in self._offer.choices}
        seen = (opening.camera_choice(source, one.name) for source, one in self._context.capturing.opened.items())
        return (*self._offer.choices, *(one for one in seen if one[0] not in known), *own)

    def _show_sources(self, key: str) -> None:
        self._key = key
        self._view.show_sources(self._choices(), key)

    def _open(self) -> None:
        self._let_go()
        self._view.show_nothing(text("Opening …"))
        key, then, failed = self._key, partial(self._opened, self._opening), partial(self._failed, self._opening)
        cameras = dict(self._context.capturing.opened)
        if self._context.current.project is not None:
            self._context.current.ask(lambda project: opening.open_choice(key, project, SEED, cameras), then, failed)
        else:
            self._context.runner.act(lambda: opening.open_choice(key, None, SEED, cameras), then, failed)

    def _opened(self, number: int, live: LiveStress) -> None:
        if not self._here or self.page != "live" or number != self._opening:
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
        self.tally = Tally()
        self._tip.drop()
        self._view.show_held(False)

    def _picture(self, chooser: Chooser) -> None:
        """Each of the list on the present frame, as soon as it is made. What is chosen stays marked behind the list."""
        self._show_recipe()
        if self._last is not None:
            place, severity = self.choosing.place, self.choosing.chosen.severity or MODERATE
            self._beside.every(self._last, tuple(chooser.names()), severity, place.show_pictures)

    def _apply(self) -> None:
        self._show_recipe()
        one = self.choosing.chosen
        if self._live is not None:
            self._live.set_recipe(one.corruption if one.severity > 0 else "", one.severity, one.under)
        self._view.show_likeness("")
        self._seek()
        self._make_beside()

    def _show_head(self) -> None:
        """What is found goes into a report, so there is no such action without a project."""
        title, hint = screen_name("stress"), text("See what breaks the model before the customer does.")
        current, live = self._context.current, self.page == "live"
        primary = text("Add to report") if live else text("Go to {screen}").format(screen=screen_name("report"))
        self._header.show_head(Head(title, hint, primary if current.project is not None else "", current.writable or not live))
        for code in ("run", "collect"):
            self._context.actions.enable(f"stress.{code}", current.writable)

    def _show_recipe(self) -> None:
        one = self.choosing.chosen
        self._view.show_recipe(one.corruption, one.severity, meaning(one.corruption, one.severity), one.under)
        live, enable = self.page == "live", self._context.actions.enable
        enable("stress.combine", live and not one.full)
        enable("stress.uncombine", live and bool(one.under))
        enable("stress.keep", live and self._context.current.writable)
        self._show_swept()

    def _show_swept(self) -> None:
        one = self.choosing.chosen
        alone = self._found is not None and not one.under
        self._view.show_swept(self._found.short(one.corruption, one.severity) if self._found is not None and alone else "")

    def _show_found(self, found: Found | None) -> None:
        self._found = found
        self._view.show_sets(found.sets if found is not None else ())
        self.sweeping.show(found)
        self.probing.show(found)
        self._show_swept()

    def _seek(self) -> None:
        """Where a frame that stays flips: of one corruption alone, since the model has no clean answer on top of another."""
        model = self._live.model if self._live is not None else None
        stays = self._held or self._still
        if stays and self._last is not None and self._last.card is not None and model is not None:
            if self.choosing.chosen.under:
                self._tip.drop()
                self._view.show_tip(text("Where a frame flips is looked for under one corruption alone."))
            else:
                self._tip.seek(self._last.original, self.choosing.chosen.corruption, model)
        else:
            self._tip.drop()

    def _say(self, error: BaseException) -> None:
        self._context.messages.error(error, TROUBLE)

    def _class_names(self) -> tuple[str, ...]:
        return self._last.card.classes if self._last is not None and self._last.card is not None else ()

    def _show_charts(self) -> None:
        now = time.monotonic()
        self._view.show_classes(self._class_names(), self._class)
        self._view.show_sureness(self.tally.sureness(self._class - 1 if self._class else None))
        self._view.show_moments(self.tally.moments(now), now)
        if self._last is not None:
            self._view.show_numbers(*numbers_said(self._last.running, self._last.card is not None))

    def _make_beside(self) -> None:
        self._beside.make(self._last, self.choosing.chosen)

    def _alike(self, number: int, psnr: float, ssim: float) -> None:
        """Said only while what was measured is what is shown."""
        if self._last is not None and self._last.recipe.number == number:
            self._view.show_likeness(likeness(psnr, ssim))

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
    back = LookingBack(presenter)
    choosing = presenter.choosing
    view.source_chosen.connect(presenter.open_source)
    view.file_chosen.connect(presenter.open_file)
    view.corruption_chosen.connect(choosing.choose)
    view.all_asked.connect(choosing.choose_of_all)
    view.taken_out.connect(choosing.take_out)
    view.severity_chosen.connect(choosing.set_severity)
    view.class_chosen.connect(presenter.choose_class)
    view.doubt.picked.connect(back.at)
    bind = context.actions.bind
    for place in range(len(FAVOURITES)):
        bind(f"stress.corruption_{place + 1}", partial(choosing.choose, place))
    for code, run in (
        ("up", partial(choosing.step_corruption, -1)), ("down", partial(choosing.step_corruption, 1)),
        ("milder", partial(choosing.step_severity, -1)), ("harder", partial(choosing.step_severity, 1)),
        ("freeze", presenter.hold), ("third", presenter.third), ("class", presenter.next_class), ("open", view.ask_file),
        ("all", choosing.choose_of_all), ("combine", choosing.combine), ("uncombine", choosing.take_out),
        ("difference", presenter.difference), ("keep", presenter.keep), ("run", presenter.run),
        ("collect", presenter.sweeping.collecting.ask), ("back", back.further),
    ):  # fmt: skip
        bind(f"stress.{code}", run)
    for page in PAGES:
        bind(f"stress.{page}", partial(presenter.turn, page))
    return Screen(view, presenter, view)

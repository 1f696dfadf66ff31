"""The live pictures of the stress screen: opens what is looked at, hands on what a person chose, and shows one result at a time."""

from __future__ import annotations

import time
from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QObject, QTimer, Signal

from fieldcheck.errors import FieldcheckError
from fieldcheck.timestamp import timestamp
from fieldcheck.ui.context import Context
from fieldcheck.ui.lazy_import import LazyModule
from fieldcheck.ui.poll import Poll
from fieldcheck.ui.screens.stress import source_opening
from fieldcheck.ui.screens.stress.captions import StressContent, numbers_said, shown_of
from fieldcheck.ui.screens.stress.corruption_choice import CorruptionChoice, Offered
from fieldcheck.ui.screens.stress.live_statistics import ConfidenceTally, TallyMoment
from fieldcheck.ui.screens.stress.session import MODERATE, StressSession
from fieldcheck.ui.screens.stress.thumbnails import Pictures, SeverityThumbnails, TipSeeker
from fieldcheck.words.corruptions import FAVOURITES, likeness, meaning
from fieldcheck.words.language import text

if TYPE_CHECKING:
    from fieldcheck.domain.kept_pair import KeptPair
    from fieldcheck.workflows.stress import kept_pairs
    from fieldcheck.workflows.stress.live_stress import LiveResult, LiveStress
else:
    kept_pairs = LazyModule("fieldcheck.workflows.stress.kept_pairs")

FRAME_MS, CHARTS_MS, TROUBLE_MS = 33, 200, 200
SEED = 0
TROUBLE = "stress"
KEEPING = "stress.keep"


class LiveDisplay(Protocol):
    """Display protocol of the live pictures."""

    @property
    def third_shown(self) -> bool: ...

    def show_swept(self, said: str) -> None: ...
    def show_result(self, shown: StressContent) -> None: ...
    def show_nothing(self, sentence: str) -> None: ...
    def show_sources(self, choices: Sequence[tuple[str, str]], key: str) -> None: ...
    def show_recipe(self, corruption: str, severity: float, meaning: str, under: Sequence[tuple[str, float]] = ()) -> None: ...
    def show_likeness(self, said: str) -> None: ...
    def show_tip(self, said: str) -> None: ...
    def show_difference(self, on: bool) -> None: ...
    def show_thumbnails(self, pictures: Pictures) -> None: ...
    def show_held(self, held: bool) -> None: ...
    def show_third(self, third: bool) -> None: ...
    def show_classes(self, names: Sequence[str], chosen: int) -> None: ...
    def show_confidence(self, confidence: ConfidenceTally) -> None: ...
    def show_moments(self, moments: Sequence[TallyMoment], now: float) -> None: ...
    def show_numbers(self, said: str, warns: bool) -> None: ...


class Live(QObject):
    """One live view runs while its page is shown, unless there is nothing to look at. `pictured`: there is a picture now, or none."""

    pictured = Signal()

    def __init__(self, context: Context, view: LiveDisplay, choosing: CorruptionChoice, session: StressSession, parent: QObject) -> None:
        super().__init__(parent)
        self._context, self._view = context, view
        self._choosing, self._session = choosing, session
        self._keeping = KeptPairsPresenter(context)
        choosing.setParent(self)
        choosing.changed.connect(self._apply)
        choosing.opened.connect(self._picture)
        self._tip = TipSeeker(context.runner, SEED, self)
        self._tip.said.connect(view.show_tip)
        self._beside = SeverityThumbnails(context.runner, FAVOURITES, SEED, self)
        self._beside.wanted.connect(self._make_beside)
        self._beside.made.connect(view.show_thumbnails)
        self._beside.alike.connect(self._alike)
        for part in (self._tip, self._beside):
            part.failed.connect(self._say)
        self._frames = Poll(self.show_result, FRAME_MS, self)
        self._troubles = Poll(self._trouble, TROUBLE_MS, self)
        self._charts = QTimer(self, interval=CHARTS_MS)
        self._charts.timeout.connect(self._show_charts)

    def enter(self) -> None:
        """Opens what was looked at last, or the first there is; nothing while another page is shown."""
        self.show_recipe()
        self._view.show_held(self._session.held)
        if self._session.page == "live":
            if self._session.live is None:
                self._view.show_nothing(text("Opening …"))
            self._look_around()

    def leave(self) -> None:
        """Lets go of camera and threads."""
        self._choosing.place.shut()
        self._let_go()

    def turn(self) -> None:
        """Another page is shown, maybe this one."""
        if self._session.page == "live":
            self.show_recipe()
            self._look_around()
        else:
            self._let_go()
            self._view.show_nothing(text("Opening …"))

    def hold(self, earlier: LiveResult | None = None) -> None:
        """Stays at this frame, or at that of an `earlier` result, or goes on with the newest."""
        self._session.hold(earlier)
        self._view.show_held(self._session.held)
        self._seek()

    def look_back(self, moment: float | None = None) -> None:
        """Holds the frame of that moment whose answer changed; without a moment the last one, and then those before it."""
        found = self._session.changed_before() if moment is None else self._session.changed_at(moment)
        if found is not None:
            self.hold(found)

    def look_into(self, bar: int) -> None:
        """Holds the newest frame whose confidence lies in a bar of the histogram."""
        found = self._session.tally.of_bar(bar, self._session.of_class - 1 if self._session.of_class else None)
        if found is not None:
            self.hold(found)

    def third(self) -> None:
        """Shows or hides what the model sees."""
        self._view.show_third(not self._view.third_shown)

    def difference(self) -> None:
        """Shows the difference in place of the corrupted picture, or that again."""
        session = self._session
        session.difference = not session.difference
        self._view.show_difference(session.difference)
        if session.last is not None:
            self._view.show_result(shown_of(session.last, session.difference))

    def thresholds(self) -> None:
        """The model decides by the thresholds that the field's labels suggest, or as its card says again."""
        if self._context.current.project is not None and self._session.key:
            self._session.tried = not self._session.tried
            self._open()

    def keep(self) -> None:
        """Keeps the pair that is looked at for the report."""
        if self._context.current.writable:
            self._keeping.keep(self._session.last)

    def choose_class(self, place: int) -> None:
        """Which answers the histogram counts: 0 all, else one class."""
        self._session.of_class = place
        self._show_charts()

    def next_class(self) -> None:
        """The next class of the histogram, after the last one all."""
        self.choose_class(self._session.next_class())

    def open_source(self, key: str) -> None:
        """Looks at another one."""
        self._session.key = key
        self._open()

    def open_file(self, path: str) -> None:
        """Looks at a file that a person chose."""
        self._session.choose_file(path)
        self._show_sources()
        self._open()

    def show_result(self, result: LiveResult) -> None:
        """One result, whole: no other one's answer ever stands beside its pictures."""
        first, other = self._session.take(result, time.monotonic())
        if other:
            self._view.show_likeness("")
        self._view.show_result(shown_of(result, self._session.difference))
        self._seek()
        if first:
            self._make_beside()
            self._show_charts()
            self._tell_pictured()

    def show_swept(self) -> None:
        """Shows the sweep's result of what is done to frames."""
        self._view.show_swept(self._session.swept(self._choosing.chosen))

    def _look_around(self) -> None:
        failed = partial(self._failed, self._session.opening)
        if self._context.current.project is not None:
            self._context.current.ask(source_opening.of_project, self._offered, failed)
        else:
            self._context.runner.act(source_opening.of_sample, self._offered, failed)

    def _offered(self, offer: source_opening.Offer) -> None:
        answer = self._session.take_offer(offer, self._context.capturing.opened)
        if answer != "same":
            self._show_sources()
        if answer == "nothing":
            self._let_go()
            self._view.show_nothing(
                text("No footage in this project yet. Open a video or an image, or import footage on the Capture screen.")
            )
        elif answer == "open":
            self._open()

    def _show_sources(self) -> None:
        self._view.show_sources(self._session.choices(self._context.capturing.opened), self._session.key)

    def _open(self) -> None:
        self._let_go()
        self._view.show_nothing(text("Opening …"))
        key, number, cameras = self._session.key, self._session.opening, dict(self._context.capturing.opened)
        then, failed, tried = partial(self._opened, number), partial(self._failed, number), self._session.tried
        if self._context.current.project is not None:
            self._context.current.ask(lambda project: source_opening.open_choice(key, project, SEED, cameras, tried), then, failed)
        else:
            self._context.runner.act(lambda: source_opening.open_choice(key, None, SEED, cameras), then, failed)

    def _opened(self, number: int, live: LiveStress) -> None:
        if not self._session.begin(number, live):
            return
        self._context.messages.clear(TROUBLE)
        self._apply()
        live.start()
        self._frames.start(live.results)
        self._troubles.start(live.trouble)
        self._charts.start()
        self._beside.start()

    def _let_go(self) -> None:
        for running in (self._frames, self._troubles, self._charts, self._beside):
            running.stop()
        live = self._session.let_go()
        if live is not None:
            self._context.runner.act(live.stop)  # its threads are waited for, and the main thread never waits
        self._tip.drop()
        self._view.show_held(False)
        self._tell_pictured()

    def _tell_pictured(self) -> None:
        self._allow_keeping()
        self.pictured.emit()

    def _allow_keeping(self) -> None:
        there = self._session.page == "live" and self._session.last is not None
        self._context.actions.enable("stress.keep", there and self._context.current.writable)

    def _picture(self, chooser: Offered) -> None:
        """Each of the list on the present frame, as soon as it is made. What is chosen stays marked behind the list."""
        self.show_recipe()
        if self._session.last is not None:
            place, severity = self._choosing.place, self._choosing.chosen.severity or MODERATE
            self._beside.every(self._session.last, tuple(chooser.names()), severity, place.show_pictures)

    def _apply(self) -> None:
        self.show_recipe()
        one = self._choosing.chosen
        if self._session.live is not None:
            self._session.live.set_recipe(one.corruption if one.severity > 0 else "", one.severity, one.under)
        self._view.show_likeness("")
        self._seek()
        self._make_beside()

    def show_recipe(self) -> None:
        """Shows the recipe: what is done to frames."""
        one = self._choosing.chosen
        self._view.show_recipe(one.corruption, one.severity, meaning(one.corruption, one.severity), one.under)
        live, enable = self._session.page == "live", self._context.actions.enable
        enable("stress.combine", live and not one.full)
        enable("stress.uncombine", live and bool(one.under))
        self._allow_keeping()
        self.show_swept()

    def _seek(self) -> None:
        asked = self._session.flip(self._choosing.chosen)
        if asked is None or asked.combined:
            self._tip.drop()
        if asked is not None and asked.combined:
            self._view.show_tip(text("The severity search works with a single corruption only."))
        elif asked is not None:
            self._tip.seek(asked.rgb, asked.corruption, asked.model)

    def _say(self, error: BaseException) -> None:
        self._context.messages.error(error, TROUBLE)

    def _show_charts(self) -> None:
        now, session = time.monotonic(), self._session
        self._view.show_classes(session.classes, session.of_class)
        self._view.show_confidence(session.tally.confidence(session.of_class - 1 if session.of_class else None))
        self._view.show_moments(session.tally.moments(now), now)
        if session.last is not None:
            self._view.show_numbers(*numbers_said(session.last.running, session.last.card is not None))

    def _make_beside(self) -> None:
        self._beside.make(self._session.last, self._choosing.chosen)

    def _alike(self, number: int, psnr: float, ssim: float) -> None:
        """Said only while what was measured is what is shown."""
        if self._session.last is not None and self._session.last.recipe.number == number:
            self._view.show_likeness(likeness(psnr, ssim))

    def _trouble(self, error: FieldcheckError) -> None:
        self._context.messages.error(error, TROUBLE)
        if self._session.last is None:
            self._view.show_nothing(text("No image."))

    def _failed(self, number: int, error: BaseException) -> None:
        if self._session.waits(number):
            self._context.messages.error(error, TROUBLE)
            self._view.show_nothing(text("No image."))


class KeptPairsPresenter:
    """One act a pair, which undo takes back as any other one."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def keep(self, result: LiveResult | None) -> None:
        """The frame as it was captured and what was made of it, as one result holds them."""
        if result is None or not result.recipe.changes:
            self._context.messages.toast(text("Apply a corruption first: an image pair needs one."))
            return

        self._context.current.act(lambda project: kept_pairs.keep_pair(project, result, timestamp()), self._kept, self._failed)

    def _kept(self, _pair: KeptPair) -> None:
        self._context.messages.toast(
            text("Image pair added to the report (section “Robustness to corruptions”)."), text("Undo"), self._unkeep
        )

    def _unkeep(self) -> None:
        self._context.current.undo(lambda _changes: self._context.messages.toast(text("Image pair removed from the report.")), self._failed)

    def _failed(self, error: BaseException) -> None:
        self._context.messages.error(error, KEEPING)

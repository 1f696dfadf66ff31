"""The live view of the Stress screen: opens the source, passes on choices, shows one result at a
time; thumbnails and similarity beside it."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from fieldcheck.corruptions.catalogue import FAVOURITES
from fieldcheck.corruptions.messages import (
    describe_first_flip,
    describe_likeness,
    describe_severity,
)
from fieldcheck.errors.files import FieldcheckError
from fieldcheck.i18n.language import tr
from fieldcheck.progress import Progress
from fieldcheck.timestamp import get_timestamp
from fieldcheck.ui.context import Context
from fieldcheck.ui.jobs import Job, JobRunner, LatestValuePoller
from fieldcheck.ui.lazy_import import LazyModule
from fieldcheck.ui.screens.stress import state
from fieldcheck.ui.screens.stress.charts import build_content, format_throughput
from fieldcheck.ui.screens.stress.corruption_picker import CorruptionChoice, CorruptionList
from fieldcheck.ui.screens.stress.state import MODERATE, RecipeSelection, StressState
from fieldcheck.ui.screens.stress.view import StressView

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from fieldcheck.corruptions import live_frame
    from fieldcheck.corruptions.live_frame import LiveResult
    from fieldcheck.corruptions.live_view import LiveStress
    from fieldcheck.domain.robustness import SavedComparison
    from fieldcheck.footage.frame_analysis import ModelFile
else:
    live_frame = LazyModule("fieldcheck.corruptions.live_frame")

# Thumbnails and likeness, worked out beside the live view, once a second at most: small pictures to
# choose from, and how like the
# original one still is.

EVERY_MS = 1000
SIDE = 160
Pictures = dict[str, "NDArray[np.uint8]"]


class SeverityThumbnails(QObject):
    """`made` carries the thumbnails by corruption, `likeness_measured` the number of a recipe with
    its PSNR and SSIM. Never two sets at a time."""

    wanted = Signal()
    """Emitted when new thumbnails are due: call `make`."""
    built = Signal(object)
    likeness_measured = Signal(int, float, float)
    failed = Signal(object)

    def __init__(
        self,
        runner: JobRunner,
        favourites: tuple[str, ...],
        seed: int,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._runner, self._favourites, self._seed = runner, favourites, seed
        self._timer = QTimer(self, interval=EVERY_MS)
        self._timer.timeout.connect(self.wanted)
        self._made_for: tuple[NDArray[np.uint8], int, tuple[str, ...], float] | None = None
        self._making = False
        self._round = 0

    def start(self) -> None:
        """From now on it is asked for every second."""
        self._timer.start()

    def stop(self) -> None:
        """Nobody looks any more; what is being made is thrown away."""
        self._timer.stop()
        self._made_for = None
        self._round += 1

    def make_thumbnails(self, result: LiveResult | None, chosen: RecipeSelection) -> None:
        """Anew where the frame or what is done to it is another one."""
        if result is None or self._making:
            return
        names = (
            self._favourites
            if chosen.corruption in self._favourites
            else (*self._favourites, chosen.corruption)
        )
        now, before = (
            (result.original, result.recipe.number, names, chosen.severity),
            self._made_for,
        )
        if before is not None and before[0] is now[0] and before[1:] == now[1:]:
            return
        self._making, self._made_for = True, now
        work = partial(_make_thumbnails, result, names, chosen.severity, self._seed)
        storing = self._runner.run_in_order(self, work)
        storing.on_success(partial(self._on_made, self._round)).on_failure(
            partial(self._on_failed, self._round)
        )

    def make_once(
        self,
        result: LiveResult,
        names: tuple[str, ...],
        severity: float,
        then: Callable[[Pictures], None],
    ) -> None:
        """`then(pictures)` with one frame under each of these, once."""
        rgb, seed = result.original, self._seed

        storing = self._runner.run_in_order(
            self, lambda: live_frame.make_thumbnails(rgb, names, severity, SIDE, seed)
        )
        storing.on_success(then).on_failure(self.failed.emit)

    def _on_made(self, number: int, thumbnails: tuple[Pictures, int, float, float]) -> None:
        self._making = False
        if number == self._round:
            self.built.emit(thumbnails[0])
            self.likeness_measured.emit(*thumbnails[1:])

    def _on_failed(self, number: int, error: BaseException) -> None:
        self._making = False
        if number == self._round:
            self.failed.emit(error)


def _make_thumbnails(
    result: LiveResult, names: tuple[str, ...], severity: float, seed: int
) -> tuple[Pictures, int, float, float]:
    return (
        live_frame.make_thumbnails(result.original, names, severity, SIDE, seed),
        result.recipe.number,
        *live_frame.compute_similarity(result),
    )


class TippingPointSearch(QObject):
    """One search at a time: `message_changed` carries what is known, empty for nothing. A search
    that nobody waits for any more is cancelled."""

    message_changed = Signal(str)
    failed = Signal(object)

    def __init__(self, runner: JobRunner, seed: int, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._runner, self._seed = runner, seed
        self._rgb: NDArray[np.uint8] | None = None
        self._corruption = ""
        self._job: Job | None = None

    def start_search(self, rgb: NDArray[np.uint8], corruption: str, model: ModelFile) -> None:
        """Where this frame, (H, W, 3) uint8 RGB, flips. The same question again is no other
        search."""
        if rgb is self._rgb and corruption == self._corruption:
            return
        self.cancel_search()
        self._rgb, self._corruption = rgb, corruption
        seed = self._seed

        def find_tipping_point(progress: Progress) -> float | None:
            return live_frame.find_tipping_point(rgb, corruption, model, seed, progress.check)

        self.message_changed.emit(
            tr("Searching for the severity at which the prediction changes …")
        )
        self._job = self._runner.run_job(self, "tip", find_tipping_point, listed=False)
        self._job.on_success(partial(self._on_found, rgb, corruption)).on_failure(self.failed.emit)

    def cancel_search(self) -> None:
        """Nobody wants to know any more."""
        if self._job is not None:
            self._job.cancel()
        self._job = self._rgb = None
        self._corruption = ""
        self.message_changed.emit("")

    def _on_found(self, rgb: NDArray[np.uint8], corruption: str, severity: float | None) -> None:
        if rgb is self._rgb and corruption == self._corruption:
            self._job = None
            self.message_changed.emit(describe_first_flip(severity))


FRAME_MS, CHARTS_MS, TROUBLE_MS = 33, 200, 200
SEED = 0
TROUBLE = "stress"
KEEPING = "stress.keep"


class LiveStressPresenter(QObject):
    """One live view runs while its page is shown, unless there is nothing to look at. `pictured`:
    there is a picture now, or none."""

    pictured = Signal()

    def __init__(
        self,
        context: Context,
        view: StressView,
        choosing: CorruptionChoice,
        state: StressState,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._context, self._view = context, view
        self._corruption_choice, self._state = choosing, state
        self._kept_pairs = KeptPairsPresenter(context)
        choosing.setParent(self)
        choosing.changed.connect(self._apply_recipe)
        choosing.opened.connect(self._load_list_thumbnails)
        self._tipping_search = TippingPointSearch(context.runner, SEED, self)
        self._tipping_search.message_changed.connect(view.show_tip)
        self._thumbnails = SeverityThumbnails(context.runner, FAVOURITES, SEED, self)
        self._thumbnails.wanted.connect(self._make_thumbnails)
        self._thumbnails.built.connect(view.show_thumbnails)
        self._thumbnails.likeness_measured.connect(self._on_likeness_measured)
        for part in (self._tipping_search, self._thumbnails):
            part.failed.connect(self._show_error)
        self._frames = LatestValuePoller(self.show_result, FRAME_MS, self)
        self._troubles = LatestValuePoller(self._on_trouble, TROUBLE_MS, self)
        self._charts = QTimer(self, interval=CHARTS_MS)
        self._charts.timeout.connect(self._show_charts)

    def enter(self) -> None:
        """Opens what was looked at last, or the first there is; nothing while another page is
        shown."""
        self.show_recipe()
        self._view.show_held(self._state.is_held)
        if self._state.page == "live":
            if self._state.live is None:
                self._view.show_nothing(tr("Opening …"))
            self._load_sources()

    def leave(self) -> None:
        """Lets go of camera and threads."""
        self._corruption_choice.list_display.close_list()
        self._close_source()

    def on_page_changed(self) -> None:
        """Another page is shown, maybe this one."""
        if self._state.page == "live":
            self.show_recipe()
            self._load_sources()
        else:
            self._close_source()
            self._view.show_nothing(tr("Opening …"))

    def toggle_hold(self, earlier: LiveResult | None = None) -> None:
        """Stays at this frame, or at that of an `earlier` result, or goes on with the newest."""
        self._state.toggle_hold(earlier)
        self._view.show_held(self._state.is_held)
        self._search_tipping_point()

    def hold_changed_frame(self, moment: float | None = None) -> None:
        """Holds the frame of that moment whose answer changed; without a moment the last one, and
        then those before it."""
        live_result = (
            self._state.find_previous_changed()
            if moment is None
            else self._state.find_changed_near(moment)
        )
        if live_result is not None:
            self.toggle_hold(live_result)

    def hold_frame_in_bar(self, bar: int) -> None:
        """Holds the newest frame whose confidence lies in a bar of the histogram."""
        live_result = self._state.tally.find_by_bar(
            bar, self._state.of_class - 1 if self._state.of_class else None
        )
        if live_result is not None:
            self.toggle_hold(live_result)

    def toggle_model_input(self) -> None:
        """Shows or hides what the model sees."""
        self._view.show_model_input(not self._view.shows_model_input)

    def toggle_difference(self) -> None:
        """Shows the difference in place of the corrupted picture, or that again."""
        state = self._state
        state.difference = not state.difference
        self._view.show_difference(state.difference)
        if state.last is not None:
            self._view.show_result(build_content(state.last, state.difference))

    def toggle_field_thresholds(self) -> None:
        """The model decides by the thresholds that the field's labels suggest, or as its card says
        again."""
        if self._context.current.project is not None and self._state.key:
            self._state.uses_field_thresholds = not self._state.uses_field_thresholds
            self._open_source()

    def save_pair(self) -> None:
        """Keeps the pair that is looked at for the report."""
        if self._context.current.writable:
            self._kept_pairs.save_pair(self._state.last)

    def choose_class(self, index: int) -> None:
        """Which answers the histogram counts: 0 all, else one class."""
        self._state.of_class = index
        self._show_charts()

    def next_class(self) -> None:
        """The next class of the histogram, after the last one all."""
        self.choose_class(self._state.get_next_class())

    def open_source(self, key: str) -> None:
        """Looks at another one."""
        self._state.key = key
        self._open_source()

    def open_file(self, path: str) -> None:
        """Looks at a file that a person chose."""
        self._state.choose_file(path)
        self._show_sources()
        self._open_source()

    def show_result(self, result: LiveResult) -> None:
        """One result, whole: no other one's answer ever stands beside its pictures."""
        first, other = self._state.apply_result(result, time.monotonic())
        if other:
            self._view.show_likeness("")
        self._view.show_result(build_content(result, self._state.difference))
        self._search_tipping_point()
        if first:
            self._make_thumbnails()
            self._show_charts()
            self._emit_pictured()

    def show_sweep_result(self) -> None:
        """Shows the sweep's result of what is done to frames."""
        self._view.show_sweep_result(
            self._state.format_sweep_result(self._corruption_choice.selection)
        )

    def _load_sources(self) -> None:
        failed = partial(self._on_open_failed, self._state.opening)
        if self._context.current.project is not None:
            reading = self._context.current.query(self._view, state.list_project_sources)
            reading.on_success(self._on_sources_loaded).on_failure(failed)
        else:
            reading = self._context.runner.run_in_order(self._view, state.list_sample_sources)
            reading.on_success(self._on_sources_loaded).on_failure(failed)

    def _on_sources_loaded(self, offer: state.SourceChoices) -> None:
        answer = self._state.apply_sources(offer, self._context.cameras.sessions)
        if answer != "same":
            self._show_sources()
        if answer == "nothing":
            self._close_source()
            self._view.show_nothing(
                tr(
                    "No footage in this project yet. Open a video or an image, or import "
                    "footage on the Capture screen."
                )
            )
        elif answer == "open":
            self._open_source()

    def _show_sources(self) -> None:
        self._view.show_sources(
            self._state.list_sources(self._context.cameras.sessions), self._state.key
        )

    def _open_source(self) -> None:
        self._close_source()
        self._view.show_nothing(tr("Opening …"))
        key, number, cameras = (
            self._state.key,
            self._state.opening,
            dict(self._context.cameras.sessions),
        )
        then, failed, tried = (
            partial(self._on_source_opened, number),
            partial(self._on_open_failed, number),
            self._state.uses_field_thresholds,
        )
        if self._context.current.project is not None:
            reading = self._context.current.query(
                self._view, lambda project: state.open_source(key, project, SEED, cameras, tried)
            )
            reading.on_success(then).on_failure(failed)
        else:
            reading = self._context.runner.run_in_order(
                self._view, lambda: state.open_source(key, None, SEED, cameras)
            )
            reading.on_success(then).on_failure(failed)

    def _on_source_opened(self, number: int, live: LiveStress) -> None:
        if not self._state.start_live(number, live):
            return
        self._context.messages.clear_banner(TROUBLE)
        self._apply_recipe()
        live.start()
        self._frames.start(live.results)
        self._troubles.start(live.trouble)
        self._charts.start()
        self._thumbnails.start()

    def _close_source(self) -> None:
        for running in (self._frames, self._troubles, self._charts, self._thumbnails):
            running.stop()
        live = self._state.close_live()
        if live is not None:
            # its threads are waited for, and the main thread never waits
            self._context.runner.run_in_order(self._view, live.stop)
        self._tipping_search.cancel_search()
        self._view.show_held(False)
        self._emit_pictured()

    def _emit_pictured(self) -> None:
        self._enable_saving()
        self.pictured.emit()

    def _enable_saving(self) -> None:
        there = self._state.page == "live" and self._state.last is not None
        self._context.actions.set_enabled("stress.keep", there and self._context.current.writable)

    def _load_list_thumbnails(self, chooser: CorruptionList) -> None:
        """Each of the list on the present frame, as soon as it is made. What is chosen stays marked
        behind the list."""
        self.show_recipe()
        if self._state.last is not None:
            corruption_list_display, severity = (
                self._corruption_choice.list_display,
                self._corruption_choice.selection.severity or MODERATE,
            )
            self._thumbnails.make_once(
                self._state.last,
                tuple(chooser.list_names()),
                severity,
                corruption_list_display.show_pictures,
            )

    def _apply_recipe(self) -> None:
        self.show_recipe()
        recipe_selection = self._corruption_choice.selection
        if self._state.live is not None:
            self._state.live.set_recipe(
                recipe_selection.corruption if recipe_selection.severity > 0 else "",
                recipe_selection.severity,
                recipe_selection.steps,
            )
        self._view.show_likeness("")
        self._search_tipping_point()
        self._make_thumbnails()

    def show_recipe(self) -> None:
        """Shows the recipe: what is done to frames."""
        recipe_selection = self._corruption_choice.selection
        self._view.show_recipe(
            recipe_selection.corruption,
            recipe_selection.severity,
            describe_severity(recipe_selection.corruption, recipe_selection.severity),
            recipe_selection.steps,
        )
        live, enable = self._state.page == "live", self._context.actions.set_enabled
        enable("stress.combine", live and not recipe_selection.is_full)
        enable("stress.uncombine", live and bool(recipe_selection.steps))
        self._enable_saving()
        self.show_sweep_result()

    def _search_tipping_point(self) -> None:
        question = self._state.make_flip_question(self._corruption_choice.selection)
        if question is None or question.combined:
            self._tipping_search.cancel_search()
        if question is not None and question.combined:
            self._view.show_tip(tr("The severity search works with a single corruption only."))
        elif question is not None:
            self._tipping_search.start_search(question.rgb, question.corruption, question.model)

    def _show_error(self, error: BaseException) -> None:
        self._context.messages.show_error(error, TROUBLE)

    def _show_charts(self) -> None:
        now, state = time.monotonic(), self._state
        self._view.show_classes(state.classes, state.of_class)
        self._view.show_confidence(
            state.tally.compute_confidence(state.of_class - 1 if state.of_class else None)
        )
        self._view.show_moments(state.tally.list_moments(now), now)
        if state.last is not None:
            self._view.show_numbers(
                *format_throughput(state.last.running, state.last.card is not None)
            )

    def _make_thumbnails(self) -> None:
        self._thumbnails.make_thumbnails(self._state.last, self._corruption_choice.selection)

    def _on_likeness_measured(self, number: int, psnr: float, ssim: float) -> None:
        """Said only while what was measured is what is shown."""
        if self._state.last is not None and self._state.last.recipe.number == number:
            self._view.show_likeness(describe_likeness(psnr, ssim))

    def _on_trouble(self, error: FieldcheckError) -> None:
        self._context.messages.show_error(error, TROUBLE)
        if self._state.last is None:
            self._view.show_nothing(tr("No image."))

    def _on_open_failed(self, number: int, error: BaseException) -> None:
        if self._state.is_waiting_for(number):
            self._context.messages.show_error(error, TROUBLE)
            self._view.show_nothing(tr("No image."))


class KeptPairsPresenter:
    """One act a pair, which undo takes back as any other one."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def save_pair(self, result: LiveResult | None) -> None:
        """The frame as it was captured and what was made of it, as one result holds them."""
        if result is None or not result.recipe.has_effect:
            self._context.messages.show_toast(
                tr("Apply a corruption first: an image pair needs one.")
            )
            return

        storing = self._context.current.run_edit(
            self._context.messages,
            lambda project: live_frame.add_kept_pair(project, result, get_timestamp()),
        )
        storing.on_success(self._on_pair_saved).on_failure(self._show_error)

    def _on_pair_saved(self, _pair: SavedComparison) -> None:
        self._context.messages.show_toast(
            tr("Image pair added to the report (section “Robustness to corruptions”)."),
            tr("Undo"),
            self._undo_save,
        )

    def _undo_save(self) -> None:
        undoing = self._context.current.undo(self._context.messages)
        undoing.on_success(
            lambda _changes: self._context.messages.show_toast(
                tr("Image pair removed from the report.")
            )
        ).on_failure(self._show_error)

    def _show_error(self, error: BaseException) -> None:
        self._context.messages.show_error(error, KEEPING)

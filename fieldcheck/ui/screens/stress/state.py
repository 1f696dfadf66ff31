"""State of the live view without Qt: source, frame, class, page; statistics of recent predictions;
and opening of sources."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from math import isnan
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Literal

from fieldcheck.i18n.language import tr
from fieldcheck.ui.lazy_import import LazyModule

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from fieldcheck.analyses import abstention_thresholds
    from fieldcheck.api import demo
    from fieldcheck.corruptions import live_view
    from fieldcheck.corruptions.live_frame import LiveResult, TopPrediction
    from fieldcheck.corruptions.live_view import LiveStress
    from fieldcheck.footage import frame_analysis
    from fieldcheck.footage.camera import sources as cameras
    from fieldcheck.footage.frame_analysis import ModelFile
    from fieldcheck.models import store
    from fieldcheck.project.project import Project
    from fieldcheck.project.tables import models as models_table
    from fieldcheck.report.stress_findings import StressFindings
    from fieldcheck.ui.open_cameras import CameraSession
else:
    models_table = LazyModule("fieldcheck.project.tables.models")
    cameras = LazyModule("fieldcheck.footage.camera.sources")
    frame_analysis = LazyModule("fieldcheck.footage.frame_analysis")
    store = LazyModule("fieldcheck.models.store")
    demo = LazyModule("fieldcheck.api.demo")
    abstention_thresholds = LazyModule("fieldcheck.analyses.abstention_thresholds")
    live_view = LazyModule("fieldcheck.corruptions.live_view")

# Statistics of the live view's last answers: confidence, with and without the corruption, and the
# uncertainty over time.

KEPT, BINS = 300, 20
LIMIT = 0.6  # an answer less sure than this is looked at
SPAN_S = 60.0
TOGETHER_S = 0.2  # of a minute is as much as a pixel or two of its line
MOST_BYTES = 64 << 20  # of frames that can be looked at again: ten of 1080p


@dataclass(frozen=True, slots=True)
class ConfidenceTally:
    """Histograms of confidence in twenty bins from 0 to 1: `now` corrupted, `clean` as captured.
    `n`: predictions in `now`; `median`: their median and `below_threshold` their share below the
    threshold, both 0 without predictions. `n_frames`: frames counted; a frame may have no
    prediction."""

    now: tuple[int, ...]
    clean: tuple[int, ...]
    n: int
    median: float
    below_threshold: float
    n_frames: int = 0


@dataclass(frozen=True, slots=True)
class TallyMoment:
    """A fifth of a second that began at `time_s`, in seconds of one monotonic clock: `n`
    predictions, their highest `uncertainty` from 0 to 1, and `n_changed` that differ from those on
    the original."""

    time_s: float
    uncertainty: float
    n_changed: int
    n: int = 1


TopAnswer = tuple[int, float]  # class and probability


class AnswerTally:
    """Answers are of one recipe: another one begins anew. The uncertainty goes on through all
    recipes of one source."""

    def __init__(self) -> None:
        self._pairs: deque[tuple[TopAnswer | None, TopAnswer | None]] = deque(maxlen=KEPT)
        self._moments: deque[TallyMoment] = deque()
        self._last: LiveResult | None = None
        self._changed: deque[tuple[float, LiveResult]] = deque()
        self._of_bar: dict[tuple[int, int], LiveResult] = {}  # by bar and class, the newest last

    def add_result(self, result: LiveResult, now: float) -> bool:
        """Counts a result; False for one that says again what the last one said: a held frame, or a
        still picture."""
        last, self._last = self._last, result
        if (
            last is not None
            and last.recipe.number == result.recipe.number
            and last.original is result.original
        ):
            return False
        if last is None or last.recipe.number != result.recipe.number:
            self._pairs.clear()
            self._of_bar.clear()
        if result.card is not None:
            answer = _get_first_answer(result.get_top(1))
            self._pairs.append((answer, _get_first_answer(result.get_clean_top(1))))
            if answer:
                self._store_bar_frame((_get_bar_index(answer[1]), answer[0]), result)
            if not isnan(result.uncertainty):
                self._add_moment(now, result.uncertainty, int(result.answer_changed))
                if result.answer_changed:
                    self._store_changed_frame(now, result)
        self._drop_old(now)
        return True

    def compute_confidence(self, of_class: int | None) -> ConfidenceTally:
        """Of all answers, or of those that were this class."""
        now = [answer[1] for answer, _ in self._pairs if answer and of_class in (None, answer[0])]
        clean = [answer[1] for _, answer in self._pairs if answer and of_class in (None, answer[0])]
        under = sum(value < LIMIT for value in now) / len(now) if now else 0.0
        return ConfidenceTally(
            _count_bins(now),
            _count_bins(clean),
            len(now),
            median(now) if now else 0.0,
            under,
            len(self._pairs),
        )

    def list_moments(self, now: float) -> tuple[TallyMoment, ...]:
        """Those of the last minute, oldest first."""
        self._drop_old(now)
        return tuple(self._moments)

    def list_changed(self) -> tuple[tuple[float, LiveResult], ...]:
        """The frames whose answer changed, oldest first, each with its time: one of a moment, of
        the last minute and not too many."""
        return tuple(self._changed)

    def find_by_bar(self, bar: int, of_class: int | None) -> LiveResult | None:
        """The newest frame behind a bar of the histogram, of this class or any; None where it is
        kept no more."""
        return next(
            (
                live_result
                for (index, name), live_result in reversed(self._of_bar.items())
                if index == bar and of_class in (None, name)
            ),
            None,
        )

    def _store_bar_frame(self, bounds: tuple[int, int], result: LiveResult) -> None:
        self._of_bar.pop(bounds, None)
        self._of_bar[bounds] = _drop_images(result)
        while (
            len(self._of_bar) > 1
            and sum(live_result.original.nbytes for live_result in self._of_bar.values())
            > MOST_BYTES
        ):
            self._of_bar.pop(next(iter(self._of_bar)))

    def _store_changed_frame(self, now: float, result: LiveResult) -> None:
        if any(
            now < then + TOGETHER_S or live_result.index == result.index
            for then, live_result in self._changed
        ):
            return  # one of a moment; and a frame that is looked at again is there already
        self._changed.append((now, _drop_images(result)))
        while (
            len(self._changed) > 1
            and sum(live_result.original.nbytes for _, live_result in self._changed) > MOST_BYTES
        ):
            self._changed.popleft()

    def _add_moment(self, now: float, uncertainty: float, changed: int) -> None:
        last = self._moments[-1] if self._moments else None
        if last is not None and now < last.time_s + TOGETHER_S:
            self._moments[-1] = TallyMoment(
                last.time_s,
                max(last.uncertainty, uncertainty),
                last.n_changed + changed,
                last.n + 1,
            )
        else:
            self._moments.append(TallyMoment(now, uncertainty, changed))

    def _drop_old(self, now: float) -> None:
        while self._moments and self._moments[0].time_s < now - SPAN_S:
            self._moments.popleft()
        while self._changed and self._changed[0][0] < now - SPAN_S:
            self._changed.popleft()


def _get_first_answer(top: tuple[TopPrediction, ...]) -> TopAnswer | None:
    return (top[0].index, top[0].probability) if top else None


def _drop_images(result: LiveResult) -> LiveResult:
    """Without the pictures that are made again where it is looked at."""
    return replace(result, corrupted=result.original, input_image=None)


def _get_bar_index(value: float) -> int:
    return min(BINS - 1, max(0, int(value * BINS)))


def _count_bins(values: Iterable[float]) -> tuple[int, ...]:
    counts = [0] * BINS
    for value in values:
        counts[_get_bar_index(value)] += 1
    return tuple(counts)


# Sources of the live view, and opening them: off the main thread, because models and corruptions
# take a moment to load.

RECORDING, SAMPLE, FILE, CAMERA = "recording:", "sample:", "file:", "camera:"


@dataclass(frozen=True, slots=True)
class SourceChoices:
    """`choices` as (key, name). `location`: folder of the project, empty for the demo project;
    `model`: name of the model that predicts."""

    location: str
    choices: tuple[tuple[str, str], ...]
    model: str = ""


def list_project_sources(project: Project) -> SourceChoices:
    """Every recording of a project."""
    named = {"picks": tr("Picked frames"), "benchmark": tr("Benchmark images")}
    choices = tuple(
        (RECORDING + live_source.recording_id, named.get(live_source.kind, live_source.name))
        for live_source in live_view.list_live_sources(project)
    )
    model = _load_newest_model(project)
    return SourceChoices(
        str(project.path),
        (*choices, *_list_cameras()),
        f"{model.sha256} {model.card}" if model else "",
    )


def list_sample_sources() -> SourceChoices:
    """The clips that ship with the program."""
    names = [str(clip["file"]) for clip in demo.get_demo_files().key["footage"]]
    return SourceChoices(
        "", (*((SAMPLE + name, Path(name).stem) for name in names), *_list_cameras()), "sample"
    )


def make_camera_choice(source: str, name: str) -> tuple[str, str]:
    """Key and name of a camera."""
    return CAMERA + source, tr("Camera: {name}", name=name)


def make_file_key(path: str) -> str:
    """The key of a file that a person chose."""
    return FILE + path


def open_source(
    key: str,
    project: Project | None,
    seed: int,
    opened: Mapping[str, CameraSession] | None = None,
    tried: bool = False,
) -> live_view.LiveStress:
    """A live view that is not started yet; a camera that is among the `opened` ones is looked at
    where it is. `tried`: the project's model decides by the thresholds of the field. Raises what
    camera, card and model files raise; NothingLabelled where there are none."""
    kind, _, rest = key.partition(":")
    if kind + ":" == SAMPLE:
        sample = demo.get_demo_files()
        return live_view.LiveStress(
            live_view.open_file(sample.folder / rest), _load_model_at(sample.model), seed
        )
    model = _load_newest_model(project) if project else None
    if tried and project is not None and model is not None:
        model = replace(
            model, card=store.format_card(abstention_thresholds.build_threshold_card(project))
        )
    if kind + ":" == CAMERA:
        here = (opened or {}).get(rest)
        return live_view.LiveStress(
            live_view.open_viewed_camera(here.name, here.camera)
            if here is not None
            else cameras.open_camera(rest),
            model,
            seed,
        )
    camera = (
        live_view.open_source(project, rest)
        if project is not None and kind + ":" == RECORDING
        else live_view.open_file(Path(rest))
    )
    return live_view.LiveStress(camera, model, seed)


def _list_cameras() -> tuple[tuple[str, str], ...]:
    return tuple(
        make_camera_choice(found_camera.id, found_camera.name)
        for found_camera in cameras.list_connected()
    )


def _load_newest_model(project: Project) -> ModelFile | None:
    stored = project.read(models_table.get_newest_model)
    return store.make_model_file(project, stored, _count_threads()) if stored is not None else None


def _load_model_at(path: Path) -> frame_analysis.ModelFile:
    inspected_model = store.inspect_model(path)
    return frame_analysis.ModelFile(
        str(inspected_model.path),
        inspected_model.sha256,
        store.format_card(inspected_model.card),
        _count_threads(),
    )


def _count_threads() -> int:
    """All cores but the one that paints."""
    return max(1, (os.cpu_count() or 2) - 1)


MODERATE = 3.0
"""Where one begins: the article tips models there."""
MOST = 3


@dataclass(frozen=True, slots=True)
class RecipeSelection:
    """`steps` are applied first, each at its own severity. No corruption occurs twice among the
    three at most."""

    corruption: str
    severity: float = MODERATE
    steps: tuple[tuple[str, float], ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """Every corruption, in the order in which they are done."""
        return (*(name for name, _ in self.steps), self.corruption)

    @property
    def is_full(self) -> bool:
        """Whether no other one can be put on top."""
        return len(self.names) >= MOST

    def with_corruption(self, name: str) -> RecipeSelection:
        """Another corruption in place of the chosen one, as severe as it; one that lies under is
        lifted out of there."""
        return replace(
            self, corruption=name, steps=tuple(step for step in self.steps if step[0] != name)
        )

    def with_corruption_on_top(self, name: str) -> RecipeSelection:
        """Another one, moderate, after the chosen one, which lies under it from now on. As it is
        where that cannot be."""
        if self.is_full or name in self.names:
            return self
        return RecipeSelection(name, MODERATE, (*self.steps, (self.corruption, self.severity)))

    def with_step_removed(self, index: int) -> RecipeSelection:
        """Without the one at that place under the chosen one; as it is where there is none."""
        return replace(
            self, steps=tuple(step for position, step in enumerate(self.steps) if position != index)
        )

    def with_severity(self, severity: float) -> RecipeSelection:
        """The chosen one at another severity, 0 to 5."""
        return replace(self, severity=severity)


NEAR_S = 1.0  # of a run of changes not every frame is kept: the nearest one stands for it
SourcesChange = Literal["same", "listed", "open", "nothing"]


@dataclass(frozen=True, slots=True)
class FlipQuestion:
    """The question at which severity this frame, (H, W, 3) uint8 RGB, flips. Under several
    corruptions (`combined`) it is not asked."""

    rgb: NDArray[np.uint8]
    corruption: str
    model: ModelFile
    combined: bool


class StressState:
    """`is_shown`: the screen is shown. `opening` numbers each opening of a source, so that what
    comes late is told apart. `last` is the result that is shown, `is_held` whether its frame stays,
    `of_class` which answers are counted: 0 all, else one class. `asked_key`: of a source that
    another screen asks for, until the sources are known. `uses_field_thresholds`: the model
    decides by the thresholds that the field's labels suggest."""

    def __init__(self) -> None:
        self.is_shown = self.is_held = self.difference = self.uses_field_thresholds = False
        self.page = "live"
        self.of_class = 0
        self.tally = AnswerTally()
        self.live: LiveStress | None = None
        self.last: LiveResult | None = None
        self.findings: StressFindings | None = None
        self.key = self.asked_key = ""
        self.opening = 0
        self._offer, self._file = SourceChoices("", ()), ""
        self._still = False
        self._last_changed: LiveResult | None = None

    @property
    def is_live_shown(self) -> bool:
        """Whether the live pictures are what is shown."""
        return self.is_shown and self.page == "live"

    @property
    def classes(self) -> tuple[str, ...]:
        """Those of the model that answers; none without one."""
        return (
            self.last.card.classes if self.last is not None and self.last.card is not None else ()
        )

    def list_sources(self, cameras: Mapping[str, CameraSession]) -> tuple[tuple[str, str], ...]:
        """Key and name of all that can be looked at: what was offered, cameras that are open
        elsewhere, the file that was chosen."""
        own = (
            ((make_file_key(self._file), self._file.replace("\\", "/").rsplit("/", 1)[-1]),)
            if self._file
            else ()
        )
        offered_keys = {key for key, _ in self._offer.choices}
        seen = (make_camera_choice(source, camera.name) for source, camera in cameras.items())
        return (
            *self._offer.choices,
            *(source for source in seen if source[0] not in offered_keys),
            *own,
        )

    def apply_sources(
        self, offer: SourceChoices, cameras: Mapping[str, CameraSession]
    ) -> SourcesChange:
        """Takes the sources that were found. `same`: nothing is to be done. `listed`: it is to be
        shown; `open`: and the chosen one opened anew; `nothing`: there is nothing to look at."""
        if not self.is_live_shown or (offer == self._offer and self.live is not None):
            return "same"
        if offer.location != self._offer.location:
            self._file = self.key = ""
        self.key, self.asked_key = self.asked_key or self.key, ""
        same_model, self._offer = offer.model == self._offer.model, offer
        source_keys = [key for key, _ in self.list_sources(cameras)]
        before, self.key = (
            self.key,
            self.key if self.key in source_keys else source_keys[0] if source_keys else "",
        )
        if not self.key:
            return "nothing"
        return "open" if self.live is None or self.key != before or not same_model else "listed"

    def choose_file(self, path: str) -> None:
        """This file is looked at from now on, and stays in the list."""
        self._file, self.key = path, make_file_key(path)

    def start_live(self, number: int, live: LiveStress) -> bool:
        """A source was opened. False where nobody waits for it any more."""
        if not self.is_live_shown or not self.is_waiting_for(number):
            return False
        self.live = live
        return True

    def is_waiting_for(self, number: int) -> bool:
        """Whether that opening is the newest one, and the screen is shown."""
        return self.is_shown and number == self.opening

    def close_live(self) -> LiveStress | None:
        """Nothing is looked at any more. Returns what is to be stopped."""
        self.opening += 1
        live, self.live = self.live, None
        self.is_held, self.of_class, self.last, self._still = False, 0, None, False
        self.tally = AnswerTally()
        return live

    def apply_result(self, result: LiveResult, now: float) -> tuple[bool, bool]:
        """A result is shown at `now`, seconds of one monotonic clock. Whether it is the first one,
        and whether its recipe is another."""
        before, self.last = self.last, result
        self._still = before is not None and before.original is result.original
        self.tally.add_result(result, now)
        return before is None, before is None or before.recipe.number != result.recipe.number

    def toggle_hold(self, earlier: LiveResult | None = None) -> None:
        """Stays at this frame, or at that of an `earlier` result, or goes on with the newest."""
        if self.live is None:
            return
        self.is_held = earlier is not None or not self.is_held
        if earlier is not None:
            self.live.show_earlier(earlier)
        else:
            self.live.set_frozen(self.is_held)

    def make_flip_question(self, chosen: RecipeSelection) -> FlipQuestion | None:
        """Asked of a frame that stays, held or still: of one corruption alone, since there is no
        clean answer on top of another."""
        model = self.live.model if self.live is not None else None
        if (
            not (self.is_held or self._still)
            or self.last is None
            or self.last.card is None
            or model is None
        ):
            return None
        return FlipQuestion(self.last.original, chosen.corruption, model, bool(chosen.steps))

    def get_next_class(self) -> int:
        """The class after the counted one; after the last one all."""
        return (self.of_class + 1) % (len(self.classes) + 1)

    def format_sweep_result(self, chosen: RecipeSelection) -> str:
        """Sweep result of one corruption alone; empty where it was not there."""
        return (
            self.findings.get_short_lines(chosen.corruption, chosen.severity)
            if self.findings is not None and not chosen.steps
            else ""
        )

    def find_changed_near(self, moment: float) -> LiveResult | None:
        """The frame near that moment whose answer changed, on the clock of `take`; None where it is
        kept no more."""
        near = [
            (abs(then - moment), live_result)
            for then, live_result in self.tally.list_changed()
            if abs(then - moment) <= NEAR_S
        ]
        if not near:
            return None
        self._last_changed = min(near, key=lambda pair: pair[0])[1]
        return self._last_changed

    def find_previous_changed(self) -> LiveResult | None:
        """The last frame whose answer changed; asked again, the one before it. None where there is
        no other."""
        kept = [live_result for _, live_result in self.tally.list_changed()]
        here = next(
            (index for index, live_result in enumerate(kept) if live_result is self._last_changed),
            len(kept),
        )
        if here == 0:
            return None
        self._last_changed = kept[here - 1]
        return self._last_changed

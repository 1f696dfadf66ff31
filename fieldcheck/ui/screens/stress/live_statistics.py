"""Statistics of the live view's last answers: confidence, with and without the corruption, and the uncertainty over time."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, replace
from math import isnan
from statistics import median
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fieldcheck.workflows.stress.live_stress import LiveResult, TopPrediction

KEPT, BINS = 300, 20
LIMIT = 0.6  # an answer less sure than this is looked at
SPAN_S = 60.0
TOGETHER_S = 0.2  # of a minute is as much as a pixel or two of its line
MOST_BYTES = 64 << 20  # of frames that can be looked at again: ten of 1080p


@dataclass(frozen=True, slots=True)
class ConfidenceTally:
    """`now`, `clean`: how many answers fell into each twentieth from 0 to 1. `n`: answers in `now`; `median` is their median and
    `below_threshold` the share below the limit, both 0 without an answer. `n_frames` were looked at: not in each of them is something
    found."""

    now: tuple[int, ...]
    clean: tuple[int, ...]
    n: int
    median: float
    below_threshold: float
    n_frames: int = 0


@dataclass(frozen=True, slots=True)
class TallyMoment:
    """`n` answers of a fifth of a second that began at `time_s`, seconds of one monotonic clock: their highest `uncertainty`, 0 to 1, and
    how many of them were others than on the original."""

    time_s: float
    uncertainty: float
    n_changed: int
    n: int = 1


TopAnswer = tuple[int, float]  # class and probability


class AnswerTally:
    """Answers are of one recipe: another one begins anew. The uncertainty goes on through all recipes of one source."""

    def __init__(self) -> None:
        self._pairs: deque[tuple[TopAnswer | None, TopAnswer | None]] = deque(maxlen=KEPT)
        self._moments: deque[TallyMoment] = deque()
        self._last: LiveResult | None = None
        self._changed: deque[tuple[float, LiveResult]] = deque()
        self._of_bar: dict[tuple[int, int], LiveResult] = {}  # by bar and class, the newest last

    def add_result(self, result: LiveResult, now: float) -> bool:
        """Counts a result; False for one that says again what the last one said: a held frame, or a still picture."""
        last, self._last = self._last, result
        if last is not None and last.recipe.number == result.recipe.number and last.original is result.original:
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
        return ConfidenceTally(_count_bins(now), _count_bins(clean), len(now), median(now) if now else 0.0, under, len(self._pairs))

    def list_moments(self, now: float) -> tuple[TallyMoment, ...]:
        """Those of the last minute, oldest first."""
        self._drop_old(now)
        return tuple(self._moments)

    def list_changed(self) -> tuple[tuple[float, LiveResult], ...]:
        """The frames whose answer changed, oldest first, each with its time: one of a moment, of the last minute and not too many."""
        return tuple(self._changed)

    def find_by_bar(self, bar: int, of_class: int | None) -> LiveResult | None:
        """The newest frame behind a bar of the histogram, of this class or any; None where it is kept no more."""
        return next((one for (at, name), one in reversed(self._of_bar.items()) if at == bar and of_class in (None, name)), None)

    def _store_bar_frame(self, place: tuple[int, int], result: LiveResult) -> None:
        self._of_bar.pop(place, None)
        self._of_bar[place] = _drop_images(result)
        while len(self._of_bar) > 1 and sum(one.original.nbytes for one in self._of_bar.values()) > MOST_BYTES:
            self._of_bar.pop(next(iter(self._of_bar)))

    def _store_changed_frame(self, now: float, result: LiveResult) -> None:
        if any(now < then + TOGETHER_S or one.index == result.index for then, one in self._changed):
            return  # one of a moment; and a frame that is looked at again is there already
        self._changed.append((now, _drop_images(result)))
        while len(self._changed) > 1 and sum(one.original.nbytes for _, one in self._changed) > MOST_BYTES:
            self._changed.popleft()

    def _add_moment(self, now: float, uncertainty: float, changed: int) -> None:
        last = self._moments[-1] if self._moments else None
        if last is not None and now < last.time_s + TOGETHER_S:
            self._moments[-1] = TallyMoment(last.time_s, max(last.uncertainty, uncertainty), last.n_changed + changed, last.n + 1)
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

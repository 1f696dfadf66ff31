"""Statistics of the live view's last answers: confidence, with and without the corruption, and the uncertainty over time."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, replace
from math import isnan
from statistics import median
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fieldcheck.workflows.stress.live_stress import LiveResult, Top

KEPT, BINS = 300, 20
LIMIT = 0.6  # an answer less sure than this is looked at
SPAN_S = 60.0
TOGETHER_S = 0.2  # of a minute is as much as a pixel or two of its line
MOST_BYTES = 64 << 20  # of frames that can be looked at again: ten of 1080p


@dataclass(frozen=True, slots=True)
class ConfidenceTally:
    """`now`, `clean`: how many answers fell into each twentieth from 0 to 1. `n`: answers in `now`; `middle` is their median and
    `under` the share below the limit, both 0 without an answer. `n_frames` were looked at: not in each of them is something found."""

    now: tuple[int, ...]
    clean: tuple[int, ...]
    n: int
    middle: float
    under: float
    n_frames: int = 0


@dataclass(frozen=True, slots=True)
class TallyMoment:
    """`n` answers of a fifth of a second that began at `at`, seconds of one monotonic clock: their highest `uncertainty`, 0 to 1, and how
    many of them were others than on the original."""

    at: float
    uncertainty: float
    n_changed: int
    n: int = 1


Answer = tuple[int, float]  # class and probability


class AnswerTally:
    """Answers are of one recipe: another one begins anew. The uncertainty goes on through all recipes of one source."""

    def __init__(self) -> None:
        self._pairs: deque[tuple[Answer | None, Answer | None]] = deque(maxlen=KEPT)
        self._moments: deque[TallyMoment] = deque()
        self._last: LiveResult | None = None
        self._changed: deque[tuple[float, LiveResult]] = deque()
        self._of_bar: dict[tuple[int, int], LiveResult] = {}  # by bar and class, the newest last

    def take(self, result: LiveResult, now: float) -> bool:
        """Counts a result; False for one that says again what the last one said: a held frame, or a still picture."""
        last, self._last = self._last, result
        if last is not None and last.recipe.number == result.recipe.number and last.original is result.original:
            return False
        if last is None or last.recipe.number != result.recipe.number:
            self._pairs.clear()
            self._of_bar.clear()
        if result.card is not None:
            answer = _first(result.top(1))
            self._pairs.append((answer, _first(result.clean_top(1))))
            if answer:
                self._keep_bar((_bar(answer[1]), answer[0]), result)
            if not isnan(result.uncertainty):
                self._note(now, result.uncertainty, int(result.answer_changed))
                if result.answer_changed:
                    self._keep(now, result)
        self._forget(now)
        return True

    def confidence(self, of_class: int | None) -> ConfidenceTally:
        """Of all answers, or of those that were this class."""
        now = [answer[1] for answer, _ in self._pairs if answer and of_class in (None, answer[0])]
        clean = [answer[1] for _, answer in self._pairs if answer and of_class in (None, answer[0])]
        under = sum(value < LIMIT for value in now) / len(now) if now else 0.0
        return ConfidenceTally(_bins(now), _bins(clean), len(now), median(now) if now else 0.0, under, len(self._pairs))

    def moments(self, now: float) -> tuple[TallyMoment, ...]:
        """Those of the last minute, oldest first."""
        self._forget(now)
        return tuple(self._moments)

    def changed(self) -> tuple[tuple[float, LiveResult], ...]:
        """The frames whose answer changed, oldest first, each with its time: one of a moment, of the last minute and not too many."""
        return tuple(self._changed)

    def of_bar(self, bar: int, of_class: int | None) -> LiveResult | None:
        """The newest frame behind a bar of the histogram, of this class or any; None where it is kept no more."""
        return next((one for (at, name), one in reversed(self._of_bar.items()) if at == bar and of_class in (None, name)), None)

    def _keep_bar(self, place: tuple[int, int], result: LiveResult) -> None:
        self._of_bar.pop(place, None)
        self._of_bar[place] = _frame_of(result)
        while len(self._of_bar) > 1 and sum(one.original.nbytes for one in self._of_bar.values()) > MOST_BYTES:
            self._of_bar.pop(next(iter(self._of_bar)))

    def _keep(self, now: float, result: LiveResult) -> None:
        if any(now < then + TOGETHER_S or one.index == result.index for then, one in self._changed):
            return  # one of a moment; and a frame that is looked at again is there already
        self._changed.append((now, _frame_of(result)))
        while len(self._changed) > 1 and sum(one.original.nbytes for _, one in self._changed) > MOST_BYTES:
            self._changed.popleft()

    def _note(self, now: float, uncertainty: float, changed: int) -> None:
        last = self._moments[-1] if self._moments else None
        if last is not None and now < last.at + TOGETHER_S:
            self._moments[-1] = TallyMoment(last.at, max(last.uncertainty, uncertainty), last.n_changed + changed, last.n + 1)
        else:
            self._moments.append(TallyMoment(now, uncertainty, changed))

    def _forget(self, now: float) -> None:
        while self._moments and self._moments[0].at < now - SPAN_S:
            self._moments.popleft()
        while self._changed and self._changed[0][0] < now - SPAN_S:
            self._changed.popleft()


def _first(top: tuple[Top, ...]) -> Answer | None:
    return (top[0].index, top[0].probability) if top else None


def _frame_of(result: LiveResult) -> LiveResult:
    """Without the pictures that are made again where it is looked at."""
    return replace(result, corrupted=result.original, seen=None)


def _bar(value: float) -> int:
    return min(BINS - 1, max(0, int(value * BINS)))


def _bins(values: Iterable[float]) -> tuple[int, ...]:
    counts = [0] * BINS
    for value in values:
        counts[_bar(value)] += 1
    return tuple(counts)

"""When the frames of a played camera are due: a round of moments that comes again and again."""

from __future__ import annotations

import time
from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass

HELD = 2  # frames that wait for a late reader; what is older is dropped


@dataclass(frozen=True, slots=True)
class Timetable:
    """`times`: seconds of each frame of a round from its start, rising from 0; the round lasts `round_s`, which is more than the last.

    Frames are numbered on through all rounds.
    """

    times: Sequence[float]
    round_s: float

    def __post_init__(self) -> None:
        if not self.times or self.times[0] != 0 or not self.times[-1] < self.round_s:
            raise ValueError(f"no round of {self.round_s} s: {self.times[:1]} to {self.times[-1:]}")

    def get_due_s(self, index: int) -> float:
        """When a frame is due."""
        rounds, place = divmod(index, len(self.times))
        return rounds * self.round_s + self.times[place]

    def find_newest_due(self, at_s: float) -> int:
        """The last frame that is due by then."""
        rounds = int(at_s // self.round_s)
        return rounds * len(self.times) + bisect_right(self.times, at_s - rounds * self.round_s) - 1


def make_even_timetable(fps: float) -> Timetable:
    """A frame every 1/`fps` seconds. Raises ValueError where that is no rate."""
    if not 0 < fps < float("inf"):
        raise ValueError(f"no rate of frames: {fps}")
    return Timetable((0.0,), 1 / fps)


class PlaybackClock:
    """Walks through a timetable by a monotonic clock of seconds, from the moment it is made; `held` frames wait for a late reader."""

    def __init__(self, timetable: Timetable, clock: Callable[[], float] = time.monotonic, held: int = HELD) -> None:
        self.timetable = timetable
        self._clock, self._held = clock, held
        self._began = clock()
        self._next = 0

    def wait_for_next(self, wait_s: float) -> int | None:
        """The number of the next frame once it is due, None where that takes longer than `wait_s`. A late reader skips to the newest."""
        left = self._began + self.timetable.get_due_s(self._next) - self._clock()
        if left > 0:
            time.sleep(min(left, wait_s))
        if left > wait_s:
            return None
        newest = self.timetable.find_newest_due(self._clock() - self._began)
        index = newest if newest - self._next > self._held else self._next
        self._next = index + 1
        return index

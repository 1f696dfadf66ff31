"""Latency trace of a run under way: the thread that measures puts frames in, the one that shows takes them out."""

from __future__ import annotations

from collections import deque

import numpy as np
from numpy.typing import NDArray


class LatencyTrace:
    """Frames in the order in which they were measured. Any thread may put, one may take; nobody waits."""

    def __init__(self) -> None:
        self._frames = deque[tuple[float, ...]]()

    def put_frame(self, at_s: float, stages_ms: tuple[float, ...]) -> None:
        """One more frame: seconds since the start of the run, and milliseconds of each of its stages."""
        self._frames.append((at_s, *stages_ms))

    def take_new_frames(self) -> NDArray[np.float64]:
        """(n, 1 + stages): what came since it was asked last; (0, 0) where nothing did."""
        taken = [self._frames.popleft() for _ in range(len(self._frames))]
        return np.array(taken, np.float64) if taken else np.zeros((0, 0))

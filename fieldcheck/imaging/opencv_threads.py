"""OpenCV's own threads: how many cores it computes on."""

from __future__ import annotations

from threading import Lock

import cv2


class _SingleThreadedCall:
    """OpenCV computes on the calling thread alone within, while as many threads as there are cores are at pictures of their own: its own
    would wait for each other there, and wait awake. Beside a busy core one stays so for seconds, since it gives way each time, and the
    system takes that core for one with twice as much to do as it has. The setting is one for all: the first to come sets it aside, the
    last to go puts it back."""

    def __init__(self) -> None:
        self._lock, self._within, self._before = Lock(), 0, 0

    def __enter__(self) -> None:
        with self._lock:
            if not self._within:
                self._before = cv2.getNumThreads()
                cv2.setNumThreads(1)
            self._within += 1

    def __exit__(self, *_error: object) -> None:
        with self._lock:
            self._within -= 1
            if not self._within:
                cv2.setNumThreads(self._before)


own_thread = _SingleThreadedCall()

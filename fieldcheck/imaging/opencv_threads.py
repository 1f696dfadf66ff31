"""OpenCV's own threads: how many cores it computes on."""

from __future__ import annotations

import os
from threading import Lock

import cv2


def leave_a_core() -> None:
    """From now on OpenCV computes on all cores but one, in the whole program, as a model does that a window is waited for beside.

    One of its threads that waits for work gives way to others again and again before it sleeps: beside a busy core it stays there for
    seconds, and the system takes that core for one with twice as much to do as it has.
    """
    cv2.setNumThreads(max(1, (os.cpu_count() or 1) - 1))


class _OwnThread:
    """OpenCV computes on the calling thread alone within, while as many threads as there are cores are at pictures of their own: its own
    would wait for each other there, and wait awake. The setting is one for all: the first to come sets it aside, the last to go puts it
    back."""

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


own_thread = _OwnThread()

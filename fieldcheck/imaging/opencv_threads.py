"""OpenCV's own threads: how many cores it computes on."""

from __future__ import annotations

import os

import cv2


def leave_a_core() -> None:
    """From now on OpenCV computes on all cores but one, in the whole program, as a model does that a window is waited for beside.

    One of its threads that waits for work gives way to others again and again before it sleeps: beside a busy core it stays there for
    seconds, and the system takes that core for one with twice as much to do as it has.
    """
    cv2.setNumThreads(max(1, (os.cpu_count() or 1) - 1))

"""Declared load beside a latency run: a recording that is compressed, or busy cores, each in a process of its own."""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import numpy as np

from fieldcheck.child_process import run_sibling_module
from fieldcheck.imaging.codec import encode_jpeg

ENCODED, ENCODED_FPS, QUALITY = (720, 1280, 3), 30.0, 85


@contextmanager
def with_background_load(encode: bool, busy: int) -> Iterator[None]:
    """A load for as long as the block lasts: whether frames of 1280 × 720 are compressed at 30 a second, and how many cores are busy."""
    with ExitStack() as running:
        for work in [*(["encode"] if encode else []), *["busy"] * busy]:
            running.enter_context(run_sibling_module(__name__, (work,)))
        yield


def _run_encoder() -> None:
    picture = np.random.default_rng(0).integers(0, 256, ENCODED, np.uint8)
    due = time.monotonic()
    while True:
        encode_jpeg(picture, QUALITY)
        due += 1 / ENCODED_FPS
        time.sleep(max(0.0, due - time.monotonic()))


def _run_busy_loop() -> None:
    while True:
        sum(range(10_000))


def _exit_with_parent() -> None:
    """Leaves as soon as nobody holds the other end of stdin."""
    sys.stdin.buffer.read()
    os._exit(0)


if __name__ == "__main__":
    threading.Thread(target=_exit_with_parent, daemon=True).start()
    {"encode": _run_encoder, "busy": _run_busy_loop}[sys.argv[1]]()

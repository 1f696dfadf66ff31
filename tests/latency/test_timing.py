import time

import numpy as np
import pytest

from fieldcheck.latency import frame_timing
from fieldcheck.latency.frame_timing import LatencyTrace
from fieldcheck.latency.latency_run import LatencyRequest, run_latency
from fieldcheck.progress import NullProgress
from tests.makers import NOW


@pytest.fixture(autouse=True)
def short_blocks(monkeypatch):
    monkeypatch.setattr(frame_timing, "WARM_UP_S", 0.1)
    monkeypatch.setattr(frame_timing, "FLAT_S", 0.3)
    monkeypatch.setattr(frame_timing, "BLOCK_S", 0.2)


def test_a_run_ends_where_two_blocks_are_flat_and_says_so(footed, monkeypatch):
    monkeypatch.setattr(frame_timing, "is_latency_flat", lambda before, after: True)
    asked = LatencyRequest(seconds=20, until_flat=True)
    found = run_latency(footed, asked, NullProgress(), NOW).latency
    assert found.flat is True
    assert 0.4 <= found.seconds < 20


@pytest.mark.long
def test_a_run_whose_blocks_are_never_flat_ends_with_its_time(footed, monkeypatch):
    monkeypatch.setattr(frame_timing, "is_latency_flat", lambda before, after: False)
    asked = LatencyRequest(seconds=1, until_flat=True)
    found = run_latency(footed, asked, NullProgress(), NOW).latency
    assert (found.flat, 0.8 <= found.seconds < 60) == (False, True)


def test_blocks_are_held_against_each_other_only_when_both_are_over(monkeypatch):
    seen = []
    monkeypatch.setattr(
        frame_timing,
        "is_latency_flat",
        lambda before, after: seen.append((before.tolist(), after.tolist())) or False,
    )
    flatness = frame_timing._FlatnessCheck()
    for at, ms in (
        (-0.1, 9.0), (0.05, 1.0), (0.2, 2.0), (0.31, 3.0), (0.4, 4.0), (0.62, 5.0), (0.7, 6.0),
        (0.95, 7.0),
    ):  # fmt: skip
        flatness.add_frame(at, ms)
    assert seen == [([1.0, 2.0, 3.0], [4.0, 5.0]), ([4.0, 5.0], [6.0, 7.0])]


@pytest.mark.long
def test_the_machine_is_asked_once_a_block_and_every_frame_is_put_into_the_trace(
    footed, monkeypatch
):
    asked, read = [], frame_timing.read_machine_state
    monkeypatch.setattr(frame_timing, "read_machine_state", lambda: asked.append(1) or read())
    trace = LatencyTrace()
    found = run_latency(footed, LatencyRequest(seconds=0.8), NullProgress(), NOW, trace).latency
    frames = trace.take_new_frames()
    assert len(frames) == found.n + found.warm_up
    assert np.all(np.diff(frames[:, 0]) > 0)
    assert found.flat is None
    numbers = np.floor(frames[:, 0] / frame_timing.BLOCK_S)  # the warm-up's among them
    blocks = np.unique(numbers).size
    assert len(found.blocks_ms) == len(found.blocks_p95_ms) == blocks > 1
    # as each begins, and at the end; the last frame may stand where the next one has just begun
    assert blocks <= len(asked) <= numbers[-1] + 2


def test_a_slow_model_gets_its_whole_time_after_twenty_uncounted_frames(footed, monkeypatch):
    timed = frame_timing.FrameTimer.time_frame

    def slowly(timer, source, at):
        time.sleep(0.04)
        return timed(timer, source, at)

    monkeypatch.setattr(frame_timing.FrameTimer, "time_frame", slowly)
    found = run_latency(footed, LatencyRequest(seconds=0.5), NullProgress(), NOW).latency
    assert found.n >= 5
    assert 0.4 <= found.seconds < 60

import os

import numpy as np
import pytest

from fieldcheck.ui.screens.latency import presenter
from tests.ui.screens.latency.made import ten_minutes


def frames(begin, n, ms):
    """(n, 3): `n` frames in one second, of two stages."""
    return np.column_stack([begin + np.arange(n) / n, np.full(n, ms - 1.0), np.ones(n)])


def test_it_begins_with_ten_minutes_as_fast_as_it_can_and_without_load():
    session = presenter.LatencyState()
    assert (session.seconds, session.stops_when_stable) == (600, False)
    assert (session.fps, session.threads) == (0, None)
    assert (session.n_busy_cores, session.encodes_recording) == (0, False)


def test_each_choice_becomes_what_a_run_is_asked_for():
    session = presenter.LatencyState()
    cases = (("duration", "flat"), ("rate", "15"), ("load", "encode+busy=1"), ("threads", "2"))
    for what, code in cases:
        session.set_choice(what, code)
    assert (session.seconds, session.stops_when_stable, session.fps) == (1800, True, 15)
    assert (session.threads, session.n_busy_cores, session.encodes_recording) == (2, 1, True)


def test_side_by_side_stands_in_the_place_of_a_number_of_threads():
    session = presenter.LatencyState()
    session.set_choice("threads", presenter.SIDE_BY_SIDE)
    assert (session.compares_variants, session.threads) == (True, None)


def test_the_loads_go_round():
    session = presenter.LatencyState()
    seen = []
    for _ in presenter.LOADS:
        session.next_load()
        seen.append(session.choices["load"])
    assert seen == [*presenter.LOADS[1:], presenter.LOADS[0]]


def test_a_run_under_way_has_a_point_a_second_however_its_frames_come_in():
    session, all_at_once = presenter.LatencyState(), presenter.LatencyState()
    some = np.concatenate([frames(second, 20, 10.0 * (second + 1)) for second in range(3)])
    for at in range(0, len(some), 7):
        session.add_frame_times(some[at : at + 7])
    all_at_once.add_frame_times(some)
    assert (
        session.curve
        == all_at_once.curve
        == presenter.LatencyCurve((0.0, 1 / 60, 2 / 60), (10.0, 20.0, 30.0), (10.0, 20.0, 30.0))
    )
    assert session.stage_means == pytest.approx((19.0, 1.0))
    assert session.n == 60


def test_a_kept_run_has_a_point_every_ten_seconds_and_a_new_run_takes_its_place():
    session = presenter.LatencyState()
    assert session.curve == presenter.LatencyCurve()
    session.latency = ten_minutes()
    assert (len(session.curve.minutes), session.curve.minutes[0]) == (60, 5 / 60)
    session.add_frame_times(frames(0, 5, 10.0))
    assert len(session.curve.minutes) == 1
    session.clear_run()
    assert (len(session.curve.minutes), session.stage_means) == (60, ())


def test_one_thread_and_every_core_can_be_chosen():
    counts = presenter.thread_counts()
    assert counts[:2] == (0, 1)
    assert counts[-1] == os.cpu_count()
    assert len(set(counts)) == len(counts)

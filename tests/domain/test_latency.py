from dataclasses import replace
from math import nan

import pytest

from fieldcheck.domain.estimate import Estimate
from fieldcheck.domain.latency import Latency, MachineState, Slowdown
from tests.latency.test_latency_messages import FOUND


@pytest.mark.parametrize(
    "found",
    [FOUND, replace(FOUND, total=replace(FOUND.total, p99_ms=nan, p99_lo_ms=nan, p99_hi_ms=nan))],
)
def test_json_gives_the_same_run_back(found):
    assert Latency.from_json(found.to_json()).to_json() == found.to_json()


def test_energy_a_frame_is_that_of_all_frames_the_warm_up_included():
    metered = replace(FOUND, before=MachineState(joules=100.0), after=MachineState(joules=1915.0))
    assert metered.joules_per_frame == pytest.approx(1815 / 9075)
    # the meter began anew
    assert replace(metered, after=MachineState(joules=50.0)).joules_per_frame is None
    assert FOUND.joules_per_frame is None


def test_it_keeps_up_with_a_rate_whose_period_99_of_100_frames_keep():
    assert FOUND.can_keep_up(20.8)
    assert not FOUND.can_keep_up(21)
    few = replace(FOUND, total=replace(FOUND.total, p99_ms=nan))
    assert few.can_keep_up(32)


def test_a_target_is_met_where_every_rate_and_the_memory_are_kept():
    assert FOUND.meets_target is None
    assert replace(FOUND, target_fps=(15.0,), target_mb=311.0).meets_target is True
    assert replace(FOUND, target_fps=(15.0, 30.0)).meets_target is False
    assert replace(FOUND, target_mb=300.0).meets_target is False
    # a system that does not tell has not shown it
    assert replace(FOUND, target_mb=300.0, peak_mb=0.0).meets_target is False
    slowed = replace(
        FOUND, slowdown=Slowdown("background", 90.0, 0.9), target_fps=(15.0,), on_target=True
    )
    assert Latency.from_json(slowed.to_json()) == slowed


def test_the_share_of_small_boxes_comes_back_with_its_range():
    small = replace(
        FOUND,
        small_boxes=Estimate.from_limits(
            0.125, 0.05, 0.3, n=230, n_eff=90, method="beta_binomial_clips"
        ),
    )
    assert Latency.from_json(small.to_json()).small_boxes == small.small_boxes

import json
from dataclasses import replace
from math import nan

import pytest

from fieldcheck.domain import latency
from fieldcheck.domain.estimate import Estimate
from tests.latency.made import FOUND, GRID, MEMORY, beside, variant


@pytest.mark.parametrize(
    "found",
    [FOUND, replace(FOUND, total=replace(FOUND.total, p99_ms=nan, p99_lo_ms=nan, p99_hi_ms=nan))],
)
def test_json_gives_the_same_run_back(found):
    assert latency.Latency.from_json(found.to_json()).to_json() == found.to_json()


def test_energy_a_frame_is_that_of_all_frames_the_warm_up_included():
    metered = replace(
        FOUND, before=latency.MachineState(joules=100.0), after=latency.MachineState(joules=1915.0)
    )
    assert metered.joules_per_frame == pytest.approx(1815 / 9075)
    # the meter began anew
    assert replace(metered, after=latency.MachineState(joules=50.0)).joules_per_frame is None
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
    slowdown = latency.Slowdown("background", 90.0, 0.9)
    slowed = replace(FOUND, slowdown=slowdown, target_fps=(15.0,), on_target=True)
    assert latency.Latency.from_json(slowed.to_json()) == slowed


def test_the_share_of_small_boxes_comes_back_with_its_range():
    limits = Estimate.from_limits(0.125, 0.05, 0.3, n=230, n_eff=90, method="beta_binomial_clips")
    small = replace(FOUND, small_boxes=limits)
    assert latency.Latency.from_json(small.to_json()).small_boxes == small.small_boxes


def test_what_is_kept_comes_back_as_it_was():
    for grid in (GRID, replace(GRID, frame=None, cell=None), None):
        memory = replace(MEMORY, grid=grid)
        assert latency.ModelMemory.from_json(json.loads(json.dumps(memory.to_json()))) == memory


def test_a_run_of_an_earlier_version_opens_with_limits_that_count_single_frames():
    kept = FOUND.to_json()
    del kept["total"]["by_blocks"]
    opened = latency.Latency.from_json(kept)
    assert (opened.total.p95_lo_ms, opened.total.by_blocks) == (30.1, False)


def test_json_has_no_figure_that_is_none():
    told = beside(variant(1.0), variant(0.6, is_different=True)).to_json()
    assert json.loads(json.dumps(told, allow_nan=False))["variants"][0]["total"]["p99_ms"] is None
    assert (told["noise"], told["noise_reason"]) == (None, "rounds_are_tested")
    assert [one["differs"] for one in told["variants"]] == [False, True]
    assert told["variants"][1]["ratio_lo"] == pytest.approx(0.57)

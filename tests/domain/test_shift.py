import json
from dataclasses import asdict
from pathlib import Path

import pytest

from fieldcheck.domain.shift import (
    BASELINE_SHIFTS,
    CameraShift,
    DroppedShifts,
    HealthFinding,
    SampledResult,
    ShiftStatistics,
    combine_shifts,
    compute_seen_shares,
)

CHECKOUT = Path(__file__).parent.parent.parent
ONE = ShiftStatistics(
    "2026-11-02T06:00:00+01:00", 4, {"a": 3, "b": 1}, {"a": 0.9, "b": 0.5}, {"a": 0.95}, (1.0,),
    (0.0,), 0.2, {"a": (3,)},
)  # fmt: skip
OTHER = ShiftStatistics(
    "2026-11-02T06:00:00+01:00", 4, {"a": 1, "c": 3}, {"a": 0.5, "c": 0.7}, {}, (3.0,), (0.0,), 0.4,
    {"a": (1,)},
)  # fmt: skip


def test_what_two_sources_gave_of_a_shift_is_one_shift():
    both = combine_shifts([ONE, OTHER])
    assert (both.n, both.counts) == (8, {"a": 4, "b": 1, "c": 3})
    assert both.confidence["a"] == pytest.approx(0.8)
    assert both.entropy == pytest.approx(0.3)
    assert (both.centre, both.spread) == ((2.0,), (1.0,))
    assert both.histogram["a"] == (4,)
    assert both.median_upper == {"a": 1.0}
    assert both.mean_confidence == pytest.approx((ONE.mean_confidence + OTHER.mean_confidence) / 2)


def test_vectors_of_other_lengths_are_not_joined_and_no_part_is_an_error():
    statistics = ShiftStatistics(ONE.began, 1, {"a": 1}, {"a": 1.0}, {}, (1.0, 2.0), (0.0, 0.0))
    actual = combine_shifts([ONE, statistics]).centre
    assert actual == ()
    assert combine_shifts([ONE]) is ONE
    with pytest.raises(ValueError, match="no part"):
        combine_shifts([])


def test_a_shift_comes_back_from_plain_values_also_from_those_of_an_earlier_version():
    assert ShiftStatistics.from_json(ONE.to_json()) == ONE
    old = {
        "began": "x", "n": 1, "counts": {}, "confidence": {}, "median_upper": {}, "centre": [],
        "spread": [],
    }  # fmt: skip
    found = ShiftStatistics.from_json({**old, "outliers": [["t", "a", 0.5, "p.png"]]})
    assert found.sampled == (SampledResult("t", "a", 0.5, "p.png"),)


def test_the_folder_of_sampled_images_is_stored_once_and_comes_back_with_each():
    sampled = tuple(SampledResult("t", "a", 0.5, f"{at}.png", folder="/log/") for at in range(3))
    shift = ShiftStatistics(ONE.began, 3, {"a": 3}, {"a": 0.5}, {}, sampled=sampled)
    stored = shift.to_json()
    assert stored["folder"] == "/log/"
    assert all("folder" not in one for one in stored["sampled"])
    assert ShiftStatistics.from_json(stored) == shift


def test_what_was_dropped_twice_is_told_together():
    first, second = DroppedShifts(2, "a", "b", 0, ("1",)), DroppedShifts(1, "c", "c", 1, ("2",))
    assert first.merge_with(second) == DroppedShifts(3, "a", "c", 1, ("1", "2"))
    assert DroppedShifts().merge_with(second) == second
    assert first.merge_with(DroppedShifts(spared=1)) == DroppedShifts(2, "a", "b", 1, ("1",))


def test_a_camera_shift_comes_back_from_plain_values():
    finding = HealthFinding("A", "frozen", "weak", 4.0, 2.0)
    one = CameraShift("A", 3, {"mean": 100.0}, 0.1, "m", "e", (finding,))
    assert CameraShift.from_json(asdict(one)) == one


def test_what_can_be_seen_at_a_correlation_is_what_was_counted():
    """Of the product's own charts (`tests/claims.py` drift), in docs/evidence."""
    kept = json.loads((CHECKOUT / "docs" / "evidence" / "claims_drift.json").read_text("utf-8"))
    counted = {
        (float(cell["phi"].split(",")[0]), cell["fall"]): cell["within_ten"]
        for cell in kept["figures"]["cells"]
        if cell["learnt"] == BASELINE_SHIFTS and len(set(cell["phi"].split(","))) == 1
    }
    for phi in (0.0, 0.3, 0.5, 0.8):
        expected = counted[phi, 2.0], counted[phi, 3.0]
        assert compute_seen_shares(phi) == pytest.approx(expected, abs=0.03)
    two, three = compute_seen_shares(0.4)
    assert (two, three) == (pytest.approx((0.24 + 0.09) / 2), pytest.approx((0.53 + 0.24) / 2))
    with pytest.raises(ValueError, match="correlation"):
        compute_seen_shares(1.2)

import json

import pytest

from fieldcheck.domain.shift import ShiftStatistics

SHIFT = ShiftStatistics(
    "2026-11-02T06:00:00+01:00", 4, {"a": 3, "b": 1}, {"a": 0.9, "b": 0.5}, {"a": 0.95}, (0.1, 0.2), (1.0, 1.0), (("x", "b", 0.5, "1.png"),)
)


def test_the_mean_is_over_all_results():
    assert SHIFT.mean_confidence == pytest.approx(0.8)


def test_what_was_kept_is_read_back_the_same():
    assert ShiftStatistics.from_json(json.loads(json.dumps(SHIFT.to_json()))) == SHIFT

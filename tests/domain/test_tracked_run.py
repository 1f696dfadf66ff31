import dataclasses

import pytest

from fieldcheck.domain.run import TrackedMetric, TrackedRun


def test_a_figure_is_at_step_0_unless_told_and_nothing_of_a_run_can_be_changed():
    metric = TrackedMetric("loss", 0.5, 5)
    run = TrackedRun("a" * 32, "net field", 5, "0.1.0", "file:///x", {}, {}, (metric,))
    assert metric.step == 0
    with pytest.raises(dataclasses.FrozenInstanceError):
        run.name = "other"

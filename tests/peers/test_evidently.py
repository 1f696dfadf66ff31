"""Quiet months of the product's monitor under Evidently's default drift rule."""

from pathlib import Path

import numpy as np

from fieldcheck.monitoring.drift_ewma import process_shifts
from tests.counts import Counts, Evidence
from tests.monitoring.months import month, results

CHECKOUT = Path(__file__).parents[2]
MONTHS = 500  # those of tests/monitoring/test_drift_ewma.py


def test_its_false_alarms_in_quiet_months_stand_beside_ours(need_peer, ask_peer, tmp_path):
    """How often it rings is told, not asked of it."""
    need_peer("evidently")
    drawn = [zip(*results(np.random.default_rng(seed)), strict=True) for seed in range(MONTHS)]
    embedding, classes, confidence = (np.array(found) for found in zip(*drawn, strict=True))
    np.savez(tmp_path / "months.npz", embedding=embedding, classes=classes, confidence=confidence)
    ours = [
        [one.state for one in process_shifts(month(np.random.default_rng(seed)), ())]
        for seed in range(MONTHS)
    ]
    theirs = ask_peer("evidently", tmp_path / "months.npz")
    assert (theirs["growing"]["months"], theirs["fixed"]["months"]) == (MONTHS, 100)
    assert theirs["same"] == theirs["checked"]  # what was counted is what the preset says
    assert sum("alarm" in one for one in ours) <= 0.06 * MONTHS
    record = Evidence("drift_peers", Counts(full=True, told=[MONTHS]))
    alarms = sum("alarm" in one for one in ours)
    record(fieldcheck={"months": MONTHS, "with_an_alarm": alarms}, evidently=theirs)
    record.write(CHECKOUT)

"""Quiet months of the product's monitor under NannyML's default drift rules."""

from pathlib import Path

import numpy as np

from fieldcheck.monitoring.drift_ewma import process_shifts
from tests.counts import Counts, Evidence
from tests.monitoring.months import month, results

CHECKOUT = Path(__file__).parents[2]
# the first of those of tests/monitoring/test_drift_ewma.py: each of its calculators is fitted anew for
# each
MONTHS = 30


def test_its_false_alarms_in_quiet_months_stand_beside_ours(need_peer, ask_peer, tmp_path):
    """How often it rings is told, not asked of it."""
    need_peer("nannyml")
    drawn = [zip(*results(np.random.default_rng(seed)), strict=True) for seed in range(MONTHS)]
    embedding, classes, confidence = (np.array(found) for found in zip(*drawn, strict=True))
    np.savez(tmp_path / "months.npz", embedding=embedding, classes=classes, confidence=confidence)
    ours = sum(
        any(one.state == "alarm" for one in process_shifts(month(np.random.default_rng(seed)), ()))
        for seed in range(MONTHS)
    )
    theirs = ask_peer("nannyml", tmp_path / "months.npz")
    assert theirs["months"] == MONTHS
    record = Evidence("drift_peers_nannyml", Counts(full=True, told=[MONTHS]))
    record(fieldcheck={"months": MONTHS, "with_an_alarm": ours}, nannyml=theirs)
    record.write(CHECKOUT)

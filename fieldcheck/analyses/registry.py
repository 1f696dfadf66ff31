"""Every analysis of the report in reading order; page, `summary.json`, its schema, CSV files and
checklist follow from this tuple."""

from __future__ import annotations

from typing import Any

from fieldcheck.analyses import (
    abstention_thresholds,
    calibration,
    coverage,
    decision,
    decomposition,
    discovered_slices,
    domain_shift,
    escape_rate,
    failure_modes,
    failures,
    imbalance,
    independence,
    label_noise,
    latency,
    limits,
    monitor,
    precision_recall,
    prior_shift,
    releases,
    retrain,
    robustness,
    shared_classes,
    training,
)
from fieldcheck.analyses.analysis import Analysis

ANALYSES: tuple[Analysis[Any], ...] = (
    decision.ANALYSIS,
    shared_classes.CLASS_SIDES,
    precision_recall.PRECISION_RECALL,
    precision_recall.UNLIKENESS,
    failures.FAILURES,
    failures.WORST_FRAMES,
    discovered_slices.ANALYSIS,
    failure_modes.ANALYSIS,
    decomposition.ANALYSIS,
    label_noise.LABEL_EFFECT,
    label_noise.SUSPECTED_LABELS,
    escape_rate.ANALYSIS,
    imbalance.ANALYSIS,
    abstention_thresholds.THRESHOLDS,
    abstention_thresholds.ABSTENTION,
    prior_shift.ANALYSIS,
    coverage.ANALYSIS,
    independence.SEAL,
    robustness.EVALUATION_SETS,
    robustness.ROBUSTNESS,
    calibration.ANALYSIS,
    robustness.OOD_BEHAVIOUR,
    domain_shift.ANALYSIS,
    shared_classes.SHARED_CLASSES,
    independence.INDEPENDENCE,
    training.ANALYSIS,
    releases.QUANTISED,
    latency.ANALYSIS,
    limits.ANALYSIS,
    monitor.ANALYSIS,
    releases.RELEASES,
    retrain.ANALYSIS,
)

"""OK/NG inspection: escape rate and false-reject rate, with exact limits where every frame weighs the same (methods 1.2, 1.2b)."""

from __future__ import annotations

from math import ceil, log

import numpy as np
import scipy
from numpy.typing import NDArray

from fieldcheck.domain.estimate import Estimate
from fieldcheck.domain.inspection import EscapeRates
from fieldcheck.measure.camera_interval import estimate_camera_interval
from fieldcheck.measure.weighted import estimate_weighted_share

SHOWN_RATES = (0.01, 0.02, 0.05)


def compute_escape_rates(
    defect: NDArray[np.bool_],
    called_defect: NDArray[np.bool_],
    weight: NDArray[np.float64],
    clip: NDArray[np.str_],
    ok_classes: tuple[str, ...],
    told: bool,
) -> EscapeRates:
    """Escape and false-reject rate of n labelled frames; all arrays (n,).

    `defect`: the label is no OK class; `called_defect`: the model names none; `weight`: design weights; `clip`: ids.
    """
    escaped, rejected = defect & ~called_defect, ~defect & called_defect
    n_escaped, n_defects = int(escaped.sum()), int(defect.sum())
    return EscapeRates(
        ok_classes=ok_classes,
        told=told,
        escape=_estimate_rate(escaped[defect], weight[defect]),
        escape_cameras=estimate_camera_interval(escaped[defect], weight[defect], clip[defect]),
        escaped=n_escaped,
        defects=n_defects,
        false_reject=_estimate_rate(rejected[~defect], weight[~defect]),
        false_reject_cameras=estimate_camera_interval(rejected[~defect], weight[~defect], clip[~defect]),
        rejected=int(rejected.sum()),
        good=int((~defect).sum()),
        escape_below=compute_zero_escape_bound(n_defects) if n_defects and not n_escaped else None,
        parts_to_show=tuple(count_parts_for_zero_escapes(rate) for rate in SHOWN_RATES),
    )


def estimate_exact(hits: int, n: int) -> Estimate:
    """Clopper–Pearson limits of `hits` of `n`: at least 95 % whatever the rate. No frames give "na"."""
    if n <= 0:
        return Estimate.not_measured("no_labels")
    lo = float(scipy.special.betaincinv(hits, n - hits + 1, 0.025)) if hits else 0.0
    hi = float(scipy.special.betaincinv(hits + 1, n - hits, 0.975)) if hits < n else 1.0
    return Estimate.from_limits(hits / n, lo, hi, n=n, n_eff=float(n), method="clopper_pearson")


def compute_zero_escape_bound(n: int) -> float:
    """Rate below which the true escape rate lies with 95 % confidence when none of `n` defects escaped; 1 for none (methods 1.2)."""
    return 1 - 0.05 ** (1 / n) if n > 0 else 1.0


def count_parts_for_zero_escapes(rate: float) -> int:
    """Defective parts that must all be caught to show an escape rate below `rate`, in (0, 1), with 95 % confidence (methods 1.2)."""
    return ceil(log(0.05) / log(1 - rate))


def _estimate_rate(hit: NDArray[np.bool_], weight: NDArray[np.float64]) -> Estimate:
    """(k,) hits with (k,) weights as a rate of this footage: exact where all weights are alike, Wilson's with the weights else."""
    if hit.size == 0 or np.allclose(weight, weight[0]):
        return estimate_exact(int(hit.sum()), hit.size)
    return estimate_weighted_share(hit.astype(np.float64), weight)

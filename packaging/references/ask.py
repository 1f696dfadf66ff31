"""Reference libraries asked about arrays that the product's tests drew: `ask.py QUESTION IN.npz
OUT.npz`, in the environment of pins.txt.

It imports nothing of the product. Questions: `camera` (intervals of visits), `suspects` (confident
learning), `stratified` (a share by strata).
"""

from __future__ import annotations

import sys

import numpy as np
from glide.estimators import ClusteredClassicalMeanEstimator, StratifiedClassicalMeanEstimator
from ssepy.model_performance_evaluator import Estimator

Z95 = 1.959963984540054
FOOTAGE = 12  # times the labelled frames: how much footage ssepy takes them to be drawn from


def camera(right, weight, clip):
    """`right`, `weight`: (visits, n); `clip`: (n,). Answers (visits, 2) limits: GLIDE by clusters,
    ssepy by strata (one weight each)."""
    glide, ssepy = np.empty((len(right), 2)), np.empty((len(right), 2))
    for visit, (y, w) in enumerate(zip(right, weight, strict=True)):
        interval = ClusteredClassicalMeanEstimator().estimate(y, clip).confidence_interval
        glide[visit] = interval.lower_bound, interval.upper_bound
        value, variance = _by_strata(y, w)
        ssepy[visit] = value - Z95 * np.sqrt(variance), value + Z95 * np.sqrt(variance)
    return {"glide_clusters": glide, "ssepy_strata": ssepy}


def _by_strata(y, w):
    """ssepy's Horvitz-Thompson value and variance: labelled frames of one weight are a stratum of
    `weight` times as much footage."""
    per_label = w / w.mean() * FOOTAGE
    kinds, stratum = np.unique(per_label, return_inverse=True)
    n_listed = np.rint(np.bincount(stratum) * kinds).astype(int)
    ends = np.cumsum(n_listed)
    picked = np.concatenate(
        [
            end - size + np.arange(n)
            for end, size, n in zip(ends, n_listed, np.bincount(stratum), strict=True)
        ]
    )
    estimator = Estimator(
        np.zeros(ends[-1]), np.repeat(np.arange(kinds.size), n_listed), picked, "ssrs"
    )
    value, variance = estimator.compute(y[np.argsort(stratum, kind="stable")], "ht")
    return value[0], variance[0]


def suspects(labels, probability):
    """cleanlab's flags by confident learning, (n,) bool."""
    # two seconds that the other questions need not wait
    from cleanlab.filter import find_label_issues

    return {
        "flagged": find_label_issues(
            labels, probability, filter_by="confident_learning", min_examples_per_class=0
        )
    }


def stratified(right, stratum, share):
    """GLIDE's value of a share by strata whose parts of the footage are known."""
    estimate = StratifiedClassicalMeanEstimator().estimate(right, stratum, stratum_weights=share)
    return {"value": np.array(estimate.mean)}


def main(question, file, target):
    """Answer one question from the arrays of a file."""
    with np.load(file) as arrays:
        np.savez(
            target,
            **{"camera": camera, "suspects": suspects, "stratified": stratified}[question](
                **arrays
            ),
        )


if __name__ == "__main__":
    main(*sys.argv[1:])

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fieldcheck.imaging.similarity import compute_hamming_distance
from fieldcheck.stats.label_noise import (
    SMOOTHING,
    cluster_fingerprints,
    compute_label_smoothing,
    estimate_wrong_label_share,
    find_label_noise,
)

LABELS = np.array([0, 0, 0, 1, 1, 1, 2, 2, 0, 1])
P = np.array(
    [
        [0.9, 0.05, 0.05], [0.75, 0.15, 0.1], [0.1, 0.8, 0.1], [0.1, 0.85, 0.05], [0.2, 0.7, 0.1], [0.6, 0.3, 0.1], [0.05, 0.1, 0.85],
        [0.3, 0.1, 0.6], [0.55, 0.25, 0.2], [0.05, 0.15, 0.8],
    ]
)  # fmt: skip


def test_the_golden_labels_are_flagged_in_the_golden_order():
    found = find_label_noise(LABELS, P)
    assert found.threshold == pytest.approx([0.575, 0.5, 0.725])
    actual = LABELS[found.sort_by_doubt()[: found.flagged.sum()]].tolist()
    assert actual == LABELS[[2, 9, 5]].tolist()
    assert found.sort_by_doubt()[: found.flagged.sum()].tolist() == [2, 9, 5]


def test_a_frame_without_an_answer_is_never_flagged_and_stands_last():
    p = P.copy()
    p[2] = np.nan
    found = find_label_noise(LABELS, p)
    assert not found.flagged[2]
    assert np.isnan(found.confidence[2])
    assert found.sort_by_doubt()[-1] == 2


def test_a_class_without_labels_has_no_threshold_and_is_never_said_instead():
    found = find_label_noise(
        np.array([0, 0, 1]), np.array([[0.1, 0.1, 0.8], [0.8, 0.1, 0.1], [0.1, 0.8, 0.1]])
    )
    assert np.isnan(found.threshold[2])
    assert found.instead.tolist() == [-1, -1, -1]


def plainly(labels, p):
    """Confident learning in loops, as the paper writes it."""
    k = p.shape[1]
    t = [
        np.mean([p[i, c] for i in range(len(labels)) if labels[i] == c]) if c in labels else np.inf
        for c in range(k)
    ]
    flagged = []
    for i, label in enumerate(labels):
        confident = [c for c in range(k) if p[i, c] >= t[c]]
        flagged.append(bool(confident) and max(confident, key=lambda c: (p[i, c], -c)) != label)
    return flagged


@given(st.integers(0, 2**32 - 1), st.integers(2, 40), st.integers(2, 5))
def test_it_flags_what_the_plain_loops_flag(seed, n, k):
    rng = np.random.default_rng(seed)
    p, labels = rng.dirichlet(np.ones(k), n), rng.integers(0, k, n)
    assert find_label_noise(labels, p).flagged.tolist() == plainly(labels, p)


def test_near_pictures_stand_together_and_the_heaviest_group_first():
    prints = [0b0, 0b1111, 2**40 - 1, (2**40 - 1) ^ 1, (2**40 - 1) ^ 2, 0xFFFFFF << 40]
    groups = cluster_fingerprints(prints, np.array([0.5, 0.4, 0.3, 0.9, 0.35, 1.0]))
    assert groups == [[3, 4, 2], [5], [0, 1]]


@given(st.lists(st.integers(0, 2**64 - 1), max_size=30))
def test_clusters_hold_every_place_once_and_are_linked(prints):
    groups = cluster_fingerprints(prints, np.ones(len(prints)))
    assert sorted(at for group in groups for at in group) == list(range(len(prints)))
    for group in groups:
        reached, left = {group[0]}, set(group[1:])
        while left:
            near = {
                b
                for b in left
                if any(compute_hamming_distance(prints[a], prints[b]) <= 10 for a in reached)
            }
            assert near
            reached, left = reached | near, left - near


def test_only_the_least_confident_tenth_is_smoothed():
    confidence = np.linspace(0.01, 0.99, 40)
    confidence[0] = np.nan
    weight = compute_label_smoothing(confidence)
    assert np.flatnonzero(weight).tolist() == [1, 2, 3]
    assert set(weight[weight > 0]) == {SMOOTHING}
    assert compute_label_smoothing(np.empty(0)).size == 0


def test_the_share_of_wrong_labels_has_its_interval():
    found = estimate_wrong_label_share(13, 20)
    assert (found.value, found.n) == (0.65, 20)
    assert found.lo == pytest.approx(0.4329, abs=1e-3)

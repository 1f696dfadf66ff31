import numpy as np
import pytest
from scipy.stats import beta

from fieldcheck.stats.classification_scores import (
    compute_balanced_accuracy,
    compute_macro_f1,
    count_by_class,
    estimate_class_scores,
)
from fieldcheck.stats.intervals import (
    compute_balanced_floor,
    compute_macro_f1_ceiling,
    compute_macro_f1_floor,
)


@pytest.mark.parametrize("n", [1, 10, 400])
def test_for_one_class_it_is_the_limit_of_clopper_and_pearson(n):
    actual = compute_balanced_floor(np.array([float(n)]))
    assert actual == pytest.approx(beta.ppf(0.025, n, 1), abs=1e-9)


@pytest.mark.parametrize("seed", range(3))
def test_no_recalls_that_still_have_a_chance_are_worse(seed):
    rng = np.random.default_rng(seed)
    n = rng.integers(1, 60, 4).astype(float)
    share = rng.dirichlet(np.ones(4), 20_000)  # of ln 40 that a class may lose
    recalls = np.exp(-share * np.log(40) / n)
    floor = compute_balanced_floor(n)
    assert recalls.mean(axis=1).min() >= floor - 1e-9
    assert recalls.mean(axis=1).min() <= floor + 0.02


@pytest.mark.parametrize("seed", range(3))
def test_no_confusion_with_so_few_errors_has_a_lower_macro_f1(seed):
    rng = np.random.default_rng(seed)
    share, n, k = rng.dirichlet(np.full(4, 2.0)), 60.0, 4
    wrong, floor = 1 - 0.025 ** (1 / n), compute_macro_f1_floor(share, n)
    for _ in range(3000):
        table, left = np.diag(share), wrong
        for _ in range(3):
            a, b = rng.permutation(k)[:2]
            moved = min(table[a, a], left * rng.choice([1.0, rng.random()]))
            table[a, a], table[a, b], left = table[a, a] - moved, table[a, b] + moved, left - moved
        f1 = 2 * np.diag(table) / (table.sum(axis=0) + table.sum(axis=1))
        assert f1.mean() >= floor - 1e-9


def test_all_wrong_has_a_ceiling_and_no_spread_is_printed():
    assert 0 < compute_macro_f1_ceiling(np.array([0.7, 0.2, 0.1]), 100.0) < 0.2
    assert compute_macro_f1_ceiling(np.array([1.0]), 1.0) <= 1
    truth = np.repeat([0, 1, 2], [60, 30, 10])
    right, wrong = (
        estimate_class_scores(truth, said, 3, np.ones(100), np.zeros(100), 0)
        for said in (truth, (truth + 1) % 3)
    )
    assert right["balanced_accuracy"].value == 1
    assert (right["balanced_accuracy"].hi, right["balanced_accuracy"].method) == (1, "exact")
    assert 0.85 < right["balanced_accuracy"].lo < 0.95
    assert 0.5 < right["macro_f1"].lo < 0.95
    assert (wrong["balanced_accuracy"].value, wrong["balanced_accuracy"].lo) == (0, 0)
    assert 0 < wrong["macro_f1"].hi < 0.3


def test_frames_that_weigh_unequally_are_worth_fewer():
    truth = np.repeat([0, 1], 50)
    weight = np.tile([6.0] * 2 + [16.0] * 3, 20)
    even, drawn = (
        estimate_class_scores(truth, truth, 2, w, np.zeros(100), 0)["balanced_accuracy"]
        for w in (np.ones(100), weight)
    )
    assert drawn.lo < even.lo
    assert drawn.n_eff < even.n_eff == 100


@pytest.mark.parametrize("recall", [0.95, 0.99, 0.999])
def test_the_limits_cover_what_a_nearly_perfect_model_has(recall):
    """Of 60, 30 and 10 frames, 300 samples: the interval of either score holds what the model has
    in the long run."""
    rng, n = np.random.default_rng(1), (60, 30, 10)
    truth = np.repeat([0, 1, 2], n)
    table = np.full((3, 3), (1 - recall) / 2) + np.eye(3) * (recall - (1 - recall) / 2)
    joint = table * (np.array(n) / 100)[:, None]
    f1 = (2 * np.diag(joint) / (joint.sum(axis=0) + joint.sum(axis=1))).mean()
    held = {"balanced_accuracy": 0, "macro_f1": 0}
    for _ in range(300):
        said = np.where(rng.random(100) < recall, truth, (truth + rng.integers(1, 3, 100)) % 3)
        counts = count_by_class(truth, said, 3, np.ones(100))
        if (said == truth).all():
            found = estimate_class_scores(truth, said, 3, np.ones(100), np.zeros(100), 0)
            held["balanced_accuracy"] += found["balanced_accuracy"].lo <= recall
            held["macro_f1"] += found["macro_f1"].lo <= f1
        else:  # errors were seen: the bootstrap has a spread
            assert max(compute_balanced_accuracy(counts), compute_macro_f1(counts)) < 1
            held = {name: count + 1 for name, count in held.items()}
    assert min(held.values()) >= 0.97 * 300

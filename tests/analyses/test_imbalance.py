from dataclasses import replace
from math import log

import numpy as np
import pytest
from scipy.stats.contingency import relative_risk

from fieldcheck.analyses.imbalance import (
    FrequencyGroup,
    build_imbalance_section,
    compute_clip_widening,
    compute_imbalance,
    decide_state,
    estimate_error_ratio,
    group_by_frequency,
    measure_imbalance,
)
from fieldcheck.domain.estimate import Estimate
from fieldcheck.models.scored_sides import load_field_side
from fieldcheck.models.store import find_model
from fieldcheck.report.verdict_and_checklist import with_checklist
from fieldcheck.stats.weighted_field_score import estimate_weighted_share
from tests.report.example_report import example_report


def of(counts, wrong, clips=10):
    """Classes with so many frames, and so many wrong of each, spread over clips."""
    truth = np.repeat(np.arange(len(counts)), counts)
    bad = np.concatenate([np.arange(n) < k for n, k in zip(counts, wrong, strict=True)])
    names = tuple(f"c{k}" for k in range(len(counts)))
    return measure_imbalance(truth, bad, np.ones(truth.size), np.arange(truth.size) % clips, names)


@pytest.mark.parametrize(
    ("classes", "groups"), [(1, 1), (5, 5), (6, 3), (19, 3), (20, 10), (1000, 10)]
)
def test_groups_are_tenths_thirds_or_every_class(classes, groups):
    found = group_by_frequency(np.arange(classes))
    assert len(found) == groups
    assert np.concatenate(found).tolist() == list(range(classes))


def test_the_ratio_is_that_of_the_formula():
    found = estimate_error_ratio(9, 19, 3, 79)
    assert found.value == pytest.approx((9.5 / 20) / (3.5 / 80), abs=1e-12)
    half = 1.959963984540054 * (1 / 9.5 - 1 / 20 + 1 / 3.5 - 1 / 80) ** 0.5
    actual = (log(found.lo), log(found.hi))
    assert actual == pytest.approx((log(found.value) - half, log(found.value) + half), abs=1e-12)


@pytest.mark.parametrize("seed", range(20))
def test_on_many_frames_it_is_scipys_relative_risk(seed):
    rng = np.random.default_rng(seed)
    n_a, n_b = (int(n) for n in rng.integers(200_000, 400_000, 2))
    a, b = int(rng.integers(20_000, n_a)), int(rng.integers(20_000, n_b))
    wanted = relative_risk(a, n_a, b, n_b)
    low, high = wanted.confidence_interval(0.95)
    actual = estimate_error_ratio(a, n_a, b, n_b).value
    assert actual == pytest.approx(wanted.relative_risk, rel=1e-4)
    actual = (estimate_error_ratio(a, n_a, b, n_b).lo, estimate_error_ratio(a, n_a, b, n_b).hi)
    assert actual == pytest.approx((low, high), rel=1e-4)


def test_it_alarms_only_where_chance_is_excluded():
    assert of([80, 20], [4, 9]).state == "alarm"
    few = of([40, 4], [3, 1])
    assert few.ratio.value > 3
    assert (few.ratio.lo < 1, few.state) == (True, "too_few")
    assert of([300, 200], [60, 40]).state == "quiet"


def test_clips_widen_the_ratio_by_the_linearised_variance_and_students_quantile():
    """Korn and Graubard 1998, worked by hand: five clips, a rare class of ten frames and a common
    one of forty."""
    rng = np.random.default_rng(3)
    rare, clip = np.arange(50) < 10, np.arange(50) % 5
    wrong = np.where(rare, clip > 2, (clip < 2) | (rng.random(50) < 0.1))
    pulls, plain = np.zeros(5), 0.0
    for sign, group in ((1, rare), (-1, ~rare)):
        k, n = wrong[group].sum() + 0.5, group.sum() + 1
        for at in range(5):
            mine = group & (clip == at)
            pulls[at] += sign * (wrong[mine].sum() - mine.sum() * k / n) / k
        plain += 1 / k - 1 / n
    wanted = np.sqrt(5 / 4 * (pulls**2).sum() / plain) * 2.7764451051977987 / 1.959963984540054
    assert wanted > 2.7764451051977987 / 1.959963984540054
    assert compute_clip_widening(wrong, rare, ~rare, clip) == pytest.approx(wanted)
    even = np.arange(50) // 5 % 2 == 0
    actual = compute_clip_widening(even, rare, ~rare, clip)
    assert actual == pytest.approx(2.7764451051977987 / 1.959963984540054)
    assert compute_clip_widening(wrong, rare, ~rare, clip % 2) == 1.0
    assert compute_clip_widening(wrong, rare, ~rare, clip % 3) > 1.0


def group(n=20, wrong=9, clips=5):
    return FrequencyGroup((), 0.1, n, wrong, clips, estimate_weighted_share(np.ones(1), np.ones(1)))


def ratio(value, lo, hi):
    return Estimate(value, lo, hi, 100, 100.0, "log_ratio")


@pytest.mark.parametrize(("of", "rare", "common", "state"), [
    (ratio(3.0, 1.1, 8.0), group(), group(), "alarm"),
    (ratio(3.0, 1.0, 8.0), group(), group(), "too_few"),
    (ratio(3.0, 1.1, 8.0), group(n=10), group(n=10), "alarm"),
    (ratio(3.0, 1.1, 8.0), group(n=9), group(), "too_few"),
    (ratio(3.0, 1.1, 8.0), group(), group(n=9), "too_few"),
    (ratio(3.0, 1.1, 8.0), group(clips=3), group(clips=1), "alarm"),
    (ratio(3.0, 1.1, 8.0), group(clips=2), group(), "too_few"),
    (ratio(2.9, 1.1, 8.0), group(), group(), "too_few"),
    (ratio(2.9, 1.1, 2.99), group(n=10), group(), "quiet"),
    (ratio(2.9, 1.1, 2.99), group(n=9), group(), "too_few"),
    (ratio(2.9, 1.1, 3.0), group(), group(), "too_few"),
    (ratio(3.0, 1.1, 8.0), group(wrong=0), group(), "too_few"),
])  # fmt: skip
def test_the_state_asks_for_three_times_chance_excluded_and_enough_labels(of, rare, common, state):
    assert decide_state(of, rare, common) == state


def test_each_group_counts_its_frames_and_a_ratio_of_nothing_is_none():
    rare, common = of([40, 12], [6, 9], clips=4).groups
    expected = [(("c1",), 12, 9, 4), (("c0",), 40, 6, 4)]
    assert [(one.classes, one.n, one.wrong, one.n_clips) for one in (rare, common)] == expected
    for n_a, n_b in ((0, 5), (5, 0)):
        found = estimate_error_ratio(0, n_a, 0, n_b)
        assert (found.status, found.note, found.n) == ("na", "no_labels", 5)
    found = estimate_error_ratio(9, 19, 3, 79)
    assert (found.n, found.n_eff, found.method) == (98, 98.0, "log_ratio")
    wider = estimate_error_ratio(9, 19, 3, 79, 2.0)
    assert log(wider.hi / wider.value) == pytest.approx(2 * log(found.hi / found.value))
    assert (of([30], [10]).ratio.note, of([30], [10]).ratio.n) == ("one_class", 30)


def test_one_wrong_label_is_no_alarm():
    """1 of 1 against 0 of 60: the interval of the logarithm alone lies above 1."""
    found = of([60, 1], [0, 1])
    assert estimate_error_ratio(1, 1, 0, 60).lo > 1
    assert (found.ratio.value > 3, found.state) == (True, "too_few")


def test_errors_of_a_rare_class_in_one_or_two_clips_are_no_alarm():
    truth = np.repeat([0, 1], [80, 20])
    wrong = np.concatenate([np.arange(80) < 4, np.arange(20) < 12])
    clip = np.arange(100) % 20
    scattered = measure_imbalance(truth, wrong, np.ones(100), clip, ("common", "rare"))
    assert scattered.state == "alarm"
    clip = np.concatenate([np.arange(80) % 20, np.repeat([0, 1], 10)])
    together = measure_imbalance(truth, wrong, np.ones(100), clip, ("common", "rare"))
    assert together.groups[0].n_clips == 2
    assert (together.ratio.value, together.state) == (scattered.ratio.value, "too_few")
    assert together.ratio.half_width > scattered.ratio.half_width


@pytest.mark.short_cases(2)
@pytest.mark.parametrize(("rare", "icc"), [(0.12, 0.0), (0.12, 0.3), (0.3, 0.3)])
def test_classes_that_are_wrong_as_often_seldom_alarm(rare, icc):
    """400 visits of a hundred labels in ten clips, one in ten wrong whatever the class: false
    alarms ≤ 5 %."""
    rng, alarms, clip = np.random.default_rng(5), 0, np.arange(100) % 10
    for _ in range(400):
        chance = rng.beta(0.1 * (1 / icc - 1), 0.9 * (1 / icc - 1), 10) if icc else np.full(10, 0.1)
        of_clip = rng.beta(2 * rare, 2 * (1 - rare), 10)  # some clips show the rare class more
        truth = (rng.random(100) < of_clip[clip]).astype(int)
        wrong = rng.random(100) < chance[clip]
        names = ("common", "rare")
        alarms += measure_imbalance(truth, wrong, np.ones(100), clip, names).state == "alarm"
    assert alarms <= 0.05 * 400


def test_nothing_wrong_is_no_suspicion():
    found = of([90, 5], [0, 0])
    assert found.ratio.value > 3
    assert found.state == "too_few"


def test_one_class_has_no_ratio():
    found = of([30], [10])
    assert (len(found.groups), found.ratio.status, found.state) == (1, "na", "too_few")


def test_all_wrong_is_as_often_in_both():
    found = of([50, 50], [50, 50])
    assert found.ratio.value == pytest.approx(1.0)
    assert found.state == "quiet"


def test_the_rarest_by_weight_comes_first_and_classes_without_a_label_are_in_no_group():
    truth, weight = np.array([0] * 10 + [2] * 10), np.array([1.0] * 10 + [5.0] * 10)
    names = ("rare", "never", "common")
    found = measure_imbalance(truth, np.arange(20) % 2 == 0, weight, np.arange(20), names)
    assert [group.classes for group in found.groups] == [("rare",), ("common",)]
    assert [group.share for group in found.groups] == pytest.approx([1 / 6, 5 / 6])
    right = (np.arange(10) % 2 == 0).astype(float)
    assert found.groups[1].error == estimate_weighted_share(right, np.full(10, 5.0))


def test_the_interval_covers():
    rng, inside = np.random.default_rng(0), 0
    for _ in range(2000):
        found = estimate_error_ratio(int(rng.binomial(20, 0.3)), 20, int(rng.binomial(80, 0.1)), 80)
        inside += found.lo <= 3 <= found.hi
    assert inside / 2000 >= 0.94


def test_every_labelled_frame_of_the_draw_is_in_one_group(labelled):
    found, side = compute_imbalance(labelled), load_field_side(labelled, find_model(labelled))
    assert sum(group.n for group in found.groups) == side.labelled.size
    assert sum(group.wrong for group in found.groups) == int((~side.judgement.right).sum())
    assert sum(group.share for group in found.groups) == 1.0


def test_without_a_label_or_a_class_there_is_nothing_to_group(drawn, pointed):
    assert compute_imbalance(drawn) is None
    assert compute_imbalance(pointed) is None


def report(counts, wrong):
    truth = np.repeat(np.arange(len(counts)), counts)
    bad = np.concatenate([np.arange(n) < k for n, k in zip(counts, wrong, strict=True)])
    names = tuple(f"class {k}" for k in range(len(counts)))
    return replace(
        example_report(),
        results={
            "imbalance": measure_imbalance(
                truth, bad, np.ones(truth.size), np.arange(truth.size) % 10, names
            )
        },
    )


def test_what_is_missing_is_said():
    (block,) = build_imbalance_section(None).blocks
    assert block.text.startswith("Not measured: no labelled frame")


def test_the_rarest_stand_first_with_counts_and_range():
    said, table = build_imbalance_section(report([80, 20], [4, 9]).results["imbalance"]).blocks
    assert [cell.text for cell in table.rows[0]] == ["class 1", "20%", "20", "9", "45% (26–66%)"]
    assert "have 8.1 times the error rate of the most common classes" in said.text
    assert "(2.5–26.2, n = 100). Demonstrated" in said.text


def test_the_error_of_the_only_class_is_told_by_the_scores_of_all():
    (said,) = build_imbalance_section(report([30], [10]).results["imbalance"]).blocks
    assert said.text == "Insufficient data: only one class has labels."


def test_long_groups_name_their_first_classes():
    _, table = build_imbalance_section(report([9] * 18, [1] * 18).results["imbalance"]).blocks
    names = table.rows[0][0]
    assert names.short.startswith("class 0, class 1, class 2, class 3 and ")
    assert names.text.startswith("class 0, class 1, class 2, class 3, class 4"), (
        "HTML has the whole list"
    )


@pytest.mark.parametrize(("counts", "wrong", "said", "state"), [
    ([80, 20], [4, 9], "Demonstrated: rare", "fail"),
    ([40, 4], [3, 1], "Too few labels of rare classes", "too_few"),
    ([300, 200], [60, 40], "A factor of 3 is excluded", "pass"),
    ([90, 5], [0, 0], "Too few labels", "too_few"),
    ([30], [10], "Insufficient data: only one class has labels.", "not_measured"),
])  # fmt: skip
def test_words_and_checklist_say_the_same(counts, wrong, said, state):
    of = report(counts, wrong)
    assert said in build_imbalance_section(of.results["imbalance"]).blocks[0].text
    assert {row.rule: row.state for row in with_checklist(of).checklist}["rare_classes"] == state


def test_where_nothing_is_wrong_there_is_no_ratio():
    said, _ = build_imbalance_section(report([40, 9], [0, 0]).results["imbalance"]).blocks
    assert said.text.startswith("No wrong predictions on labelled frames; nothing to compare. ")


@pytest.mark.parametrize(
    ("counts", "said"), [([1, 1], "2 labelled frames are"), ([8, 1], "9 labelled frames are")]
)
def test_few_labels_have_no_ratio(counts, said):
    first, table = build_imbalance_section(report(counts, [1, 0]).results["imbalance"]).blocks
    assert first.text == f"Insufficient data: {said} too few to compare rare and common classes."
    assert all(row[4].text.startswith("too few (") for row in table.rows)

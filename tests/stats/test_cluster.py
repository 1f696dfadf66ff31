"""Goldens of methods-3 to 1e-9, and what must hold whatever the frames are."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from scipy.stats import betabinom, t

from fieldcheck.domain.estimate import Estimate
from fieldcheck.stats import cluster
from tests.claims import calibration_error

TWELVE = np.repeat(np.arange(12), 8)
ONE = np.ones(96)
PLACE = np.arange(96)


def changed(gains, losses, n=96):
    d = np.zeros(n)
    d[list(gains)], d[list(losses)] = 1, -1
    return d


FIRST = changed((0, 3, 9, 17, 18, 25, 33, 41, 42, 50, 66, 74, 75, 90), (5, 29, 58, 83))
UNEQUAL = (
    changed((0, 7, 13, 22, 31, 39, 44, 52, 61, 70, 78, 95), (3, 45, 88), 100),
    np.where(np.arange(100) % 5 < 2, 6.0, 16.0),
    np.repeat(np.arange(12), [40, 20, 10, 8, 6, 5, 3, 2, 2, 2, 1, 1]),
)
TWO_CLIPS = (TWELVE < 2) * 1.0
CHANGES = {
    "14 gains, 4 losses": ((FIRST, ONE, TWELVE), (0.104166666667, 0.004037872478, 0.205794860830),
                           (0.005429553360, 0.202903779973), (0.002646191595, 0.208685941686),
                           12.0),
    "nothing changed": ((0 * FIRST, ONE, TWELVE), (0.0, -0.081117717615, 0.081117717615),
                        (-0.022387540477, 0.022387540477), (-0.139847894753, 0.139847894753), 12.0),
    "every frame gained": ((ONE, ONE, TWELVE), (1.0, 0.885323076266, 1.0),
                           (0.968420941961, 1.031579058039), (0.802225210572, 1.0), 12.0),
    "unequal clips and weights": (UNEQUAL, (0.086666666667, -0.050711802402, 0.229117833068),
                                  (-0.086236531039, 0.259569864372),
                                  (-0.015187073766, 0.198665801763), 4.460855988699),
    "gains in two clips only": ((TWO_CLIPS, ONE, TWELVE),
                                (0.166666666667, -0.057568382634, 0.409328452444),
                                (-0.064192396112, 0.397525729445),
                                (-0.050944369156, 0.421131175443), 12.0),
}  # fmt: skip
SEARCH = np.stack(
    [FIRST, changed((2, 11, 40, 71), (6, 30, 49, 81)), changed((1, 10, 19, 34, 60, 61), (80,))]
)
CONFIDENCE = 0.55 + 0.44 * ((PLACE * 37) % 97) / 97
RIGHT = ((PLACE * 53) % 89 < 58) * 1.0
FIVES = np.repeat(np.arange(12), 5)


def close(wanted):
    return pytest.approx(wanted, abs=1e-9)


@pytest.mark.parametrize("name", CHANGES)
def test_the_golden_change(name):
    frames, wanted, by_t, by_pairs, worth = CHANGES[name]
    found = cluster.compute_change_limits(*frames)
    assert (found.value, found.lo, found.hi) == close(wanted)
    assert found.by_t == close(by_t)
    assert found.by_pairs == close(by_pairs)
    assert found.clips_worth == close(worth)
    estimate = cluster.estimate_change(*frames)
    assert (estimate.value, estimate.lo, estimate.hi, estimate.n_eff) == close((*wanted, worth))
    assert (estimate.status, estimate.method) == ("weak" if worth < 6 else "ok", "clip_change")


def test_a_change_is_not_given_for_this_footage_only():
    assert cluster.estimate_change([1, 0], [1, 1], [0, 1]).note == "too_few_clips"
    assert cluster.estimate_change([], [], []).note == "no_labels"
    assert cluster.estimate_change([1, 0], [0, 0], [0, 1]).note == "no_labels"
    with pytest.raises(ValueError, match="differ in shape"):
        cluster.estimate_change([1, 0], [1], [0, 0])
    with pytest.raises(ValueError, match="−1, 0 or 1"):
        cluster.estimate_change([0.5, 0, 1], [1, 1, 1], [0, 1, 2])


def test_t_limits_of_many_equal_clips_are_those_of_their_means():
    """The prior counts for two clips: with two hundred it hardly shows."""
    rng = np.random.default_rng(3)
    values, clip = rng.choice([-1.0, 0.0, 1.0], 1000), np.repeat(np.arange(200), 5)
    means = values.reshape(200, 5).mean(axis=1)
    lo, hi = t.interval(0.95, 199, loc=means.mean(), scale=means.std(ddof=1) / np.sqrt(200))
    found = cluster.compute_t_limits(values, np.ones(1000), clip)
    assert found == pytest.approx((means.mean(), lo, hi), abs=2e-3)


def test_pair_limits_are_those_of_a_grid_written_out():
    """Gains and losses in equal clips of weight one: the posterior by scipy's beta-binomial."""
    rho = np.sin((np.arange(16) + 0.5) * np.pi / 32) ** 2
    shares, tables = [], []
    for sign in (1, -1):
        hits = np.bincount(TWELVE, FIRST * sign > 0)
        p = hits.sum() / 96
        centre, reach = 2 / np.pi * np.arcsin(np.sqrt(p)), 6 * np.sqrt(1 / 12) / np.pi
        edges = np.linspace(max(0, centre - reach), min(1, centre + reach), 97)
        q = np.sin((edges[:-1] + edges[1:]) * np.pi / 4) ** 2
        kappa = (1 - rho) / rho
        of_clip = betabinom.logpmf(
            hits[:, None, None], 8, q[:, None] * kappa, (1 - q)[:, None] * kappa
        )
        shares.append((p, edges))
        tables.append(of_clip.sum(axis=0))
    evidence = np.prod([np.exp(one - one.max()).sum(axis=0) for one in tables], axis=0)
    arms = []
    for (p, edges), table in zip(shares, tables, strict=True):
        density = np.exp(table - table.max(axis=0))
        density = (density / density.sum(axis=0)) @ (evidence / evidence.sum())
        below = np.concatenate([[0], np.cumsum(density) / density.sum()])
        lo, hi = np.sin(np.interp([0.025, 0.975], below, edges) * np.pi / 2) ** 2
        arms.append((p - lo, hi - p))
    (g_lo, g_hi), (b_lo, b_hi) = arms
    value = 10 / 96
    gain, loss = (np.bincount(TWELVE, FIRST * sign > 0) for sign in (1, -1))
    r = min(0.0, np.corrcoef(gain, loss)[0, 1])
    lower = np.sqrt(g_lo**2 + b_hi**2 - 2 * r * g_lo * b_hi)
    wanted = (value - lower, value + np.sqrt(g_hi**2 + b_lo**2 - 2 * r * g_hi * b_lo))
    assert cluster.compute_pair_limits(FIRST, ONE, TWELVE) == close(wanted)


def test_the_golden_cautious_limits():
    limits = cluster.compute_cautious_limits
    assert limits(FIRST, ONE, TWELVE) == close((-0.021342329240, 0.212345526849))
    assert limits(*UNEQUAL) == close((-0.134890796831, 0.236849137275))
    assert limits(TWO_CLIPS, ONE, TWELVE) == close((-0.033855875366, 0.441826781128))


def test_the_golden_sign_flips():
    one = cluster.flip_signs(FIRST, ONE, TWELVE)
    figures = close((0.104166666667, 2.371305039097, 0.019531250000))
    assert (one.value[0], one.t[0], one.p[0]) == figures
    assert (one.patterns, one.exact) == (4096, True)
    both = cluster.flip_signs(FIRST, ONE, TWELVE, two_sided=True)
    assert both.p[0] == close(0.039062500000)
    three = cluster.flip_signs(SEARCH, ONE, TWELVE)
    assert three.t == close([2.371305039097, 0.0, 1.806284493279])
    assert three.p == close([0.033203125000, 0.870117187500, 0.149169921875])
    unequal = cluster.flip_signs(*UNEQUAL)
    assert (unequal.t[0], unequal.p[0]) == close((2.054924400058, 0.070312500000))


def test_the_golden_drawn_sign_flips():
    frames = changed(range(0, 60, 5), (97, 98), 100), np.ones(100), np.repeat(np.arange(20), 5)
    found = cluster.flip_signs(*frames, seed=0)
    assert (found.t[0], found.p[0]) == close((2.684992975624, 0.010000000000))
    assert (found.patterns, found.exact) == (1999, False)
    with pytest.raises(ValueError, match="no test of 2 clips"):
        cluster.flip_signs([1, 0], [1, 1], [0, 1])


def test_a_search_names_the_golden_candidate():
    strong = changed(range(0, 96, 4), (5, 29, 58, 83))
    found = cluster.judge_candidates(np.vstack([strong, SEARCH]), ONE, TWELVE)
    assert [one.direction for one in found] == ["better", "", "", ""]
    wanted = [
        (0.000244140625, 0.071494358029, 0.321751826182),
        (0.040527343750, -0.021342329240, 0.212345526849),
        (0.890380859375, -0.111817636673, 0.111817636673),
        (0.176025390625, -0.107131115604, 0.167422276666),
    ]
    for one, figures in zip(found, wanted, strict=True):
        assert (one.p, one.change.lo, one.change.hi) == close(figures)


def flip_pairs_written_out(rows, pair, parts):
    """Five clips of eight frames of weight one: p of each row, where a pair counts as nothing in
    every pattern in which one of the two changes that it adds has a p above .05 of its own."""

    def compute_t(change, signs):
        d = change.reshape(5, 8) * np.array(signs)[:, None]
        mean = d.mean()
        clips = ((d.mean(1) - mean) ** 2).sum() / 25 / (1 - 1 / 5)
        frames = ((40 * (d**2).mean() + 1) / 41 - (40 * mean / 41) ** 2) / 40
        return mean / np.sqrt(max(clips, frames))

    patterns = list(itertools.product((1.0, -1.0), repeat=5))
    t = np.array([[compute_t(change, signs) for change in rows] for signs in patterns])
    for part in parts:
        added = np.array([compute_t(rows[pair] - rows[part], signs) for signs in patterns])
        p = np.array([np.mean(added >= one - 1e-9) for one in added])
        t[p > 0.05, pair] = 0.0
    return [np.mean(t.max(1) >= own - 1e-9) for own in t[0]]


@pytest.mark.parametrize("seed", range(6))
def test_a_pair_counts_only_where_it_adds_to_both_of_its_changes(seed):
    rng = np.random.default_rng(seed)
    wrong, chances = rng.random(40) < 0.6, np.array([[0.2], [0.1], [0.3], [0.8]])
    rows = np.where(wrong, rng.random((4, 40)) < chances, -1.0 * (rng.random((4, 40)) < 0.05))
    found = cluster.flip_signs(rows, np.ones(40), np.repeat(np.arange(5), 8), pairs=[(3, 0, 1)])
    assert found.p == close(flip_pairs_written_out(rows, 3, (0, 1)))


def test_pairs_that_add_nothing_cost_less_than_half_of_so_many_more_candidates():
    """Ten pairs of nothing and each of ten changes, all churn of their own."""
    rng = np.random.default_rng(1)
    churn = rng.choice([1.0, -1.0, 0.0], (21, 96), p=[0.05, 0.05, 0.9])
    rows = np.vstack([FIRST, churn])
    pairs = [(12 + k, 11, k) for k in range(10)]
    singles = cluster.flip_signs(rows[:12], ONE, TWELVE).p[0]
    alike = cluster.flip_signs(rows, ONE, TWELVE).p[0]
    paired = cluster.flip_signs(rows, ONE, TWELVE, pairs=pairs).p[0]
    assert singles <= paired < singles + 0.5 * (alike - singles)


@pytest.mark.parametrize("seed", range(8))
def test_what_is_shown_beside_so_many_more_candidates_is_shown_beside_pairs(seed):
    """No p of a gain is larger than with the pairs as candidates of their own."""
    rng = np.random.default_rng(seed)
    wrong = rng.random(96) < 0.6
    chances = rng.choice([0.05, 0.2, 0.4], (9, 1))
    rows = np.where(wrong, rng.random((9, 96)) < chances, -1.0 * (rng.random((9, 96)) < 0.05))
    pairs = [(5 + k, 4, k) for k in range(4)]
    alike = cluster.flip_signs(rows, ONE, TWELVE)
    paired = cluster.flip_signs(rows, ONE, TWELVE, pairs=pairs)
    gains = (alike.t > 0) & (np.arange(9) < 5)
    assert gains.any()
    assert (paired.p[gains] <= alike.p[gains]).all()


def test_a_pair_is_better_only_where_it_adds_to_both_of_its_changes():
    strong = changed(range(0, 96, 3), ())
    none, half = 0 * strong, changed(range(0, 96, 12), ())
    found = {
        name: cluster.judge_candidates([first, none, strong], ONE, TWELVE, pairs=[(2, 0, 1)])
        for name, first in (("nothing", none), ("some", half), ("all of it", strong))
    }
    named = {name: [one.direction for one in verdicts] for name, verdicts in found.items()}
    assert named["nothing"] == named["some"] == ["", "", "better"]
    assert named["all of it"] == ["better", "", ""]
    assert found["all of it"][2].p == 1, "it adds nothing to the first"


def test_a_search_below_three_clips_tests_nothing():
    found = cluster.judge_candidates([[1, 1], [0, 1]], [1, 1], [0, 1])
    assert [(one.p, one.direction, one.change.note) for one in found] == [
        (None, "", "too_few_clips")
    ] * 2


def test_a_comparison_names_the_golden_direction():
    worse = cluster.judge_change(-FIRST, ONE, TWELVE)
    figures = close((0.039062500000, -0.205794860830, -0.004037872478))
    assert (worse.p, worse.change.lo, worse.change.hi) == figures
    assert worse.direction == "worse"
    assert cluster.judge_change(FIRST, ONE, TWELVE).direction == "better"
    assert cluster.judge_change(0 * FIRST, ONE, TWELVE).direction == ""
    assert cluster.judge_change([1, 1], [1, 1], [0, 1]).p is None


clips_of_frames = st.integers(3, 8).flatmap(
    lambda clips: st.tuples(
        arrays.arrays(np.int8, st.just(clips * 4), elements=st.sampled_from([-1, 0, 1])),
        arrays.arrays(float, st.just(clips * 4), elements=st.sampled_from([1.0, 6.0, 16.0])),
        st.just(np.repeat(np.arange(clips), 4)),
    )
)


@pytest.mark.long
@settings(max_examples=60, deadline=None)
@given(clips_of_frames)
def test_exchanging_the_models_turns_the_change_round(frames):
    d, w, clip = frames
    there, back = cluster.judge_change(d, w, clip), cluster.judge_change(-d, w, clip)
    assert there.p == back.p
    figures = close((-back.change.value, -back.change.hi, -back.change.lo))
    assert (there.change.value, there.change.lo, there.change.hi) == figures
    named = {"better": "worse", "worse": "better", "": ""}
    assert there.direction == named[back.direction]
    lo, hi = cluster.compute_cautious_limits(d, w, clip)
    figures = close(tuple(-one for one in cluster.compute_cautious_limits(-d, w, clip))[::-1])
    assert (lo, hi) == figures


@pytest.mark.long
@settings(max_examples=60, deadline=None)
@given(clips_of_frames, st.randoms(use_true_random=False))
def test_the_order_of_frames_and_the_scale_of_weights_do_not_matter(frames, random):
    d, w, clip = frames
    order = random.sample(range(d.size), d.size)
    again = cluster.judge_change(d[order], 7 * w[order], clip[order])
    plain, mixed = (cluster.judge_change(d, w, clip), again)
    figures = close((mixed.p, mixed.change.value, mixed.change.lo, mixed.change.hi))
    assert (plain.p, plain.change.value, plain.change.lo, plain.change.hi) == figures


@pytest.mark.long
@settings(max_examples=60, deadline=None)
@given(clips_of_frames)
def test_limits_hold_the_change_and_always_have_a_width(frames):
    found = cluster.estimate_change(*frames)
    assert -1 <= found.lo <= found.value <= found.hi <= 1
    assert found.hi - found.lo > 1e-3


@settings(max_examples=40, deadline=None)
@given(clips_of_frames, st.integers(2, 5))
def test_more_candidates_never_make_one_surer(frames, others):
    d, w, clip = frames
    rng = np.random.default_rng(others)
    rows = np.vstack([d, rng.choice([-1, 0, 1], (others, d.size))])
    assert cluster.flip_signs(rows, w, clip).p[0] >= cluster.flip_signs(d, w, clip).p[0] - 1e-12


def test_the_golden_overconfidence():
    honest = cluster.estimate_overconfidence(CONFIDENCE, RIGHT, ONE, TWELVE)
    figures = close((0.110914948454, -0.004370056063, 0.226199952970))
    assert (honest.value, honest.lo, honest.hi) == figures
    surer = cluster.estimate_overconfidence(np.minimum(CONFIDENCE + 0.2, 0.99), RIGHT, ONE, TWELVE)
    figures = close((0.266361683849, 0.155445337562, 0.381264963921))
    assert (surer.value, surer.lo, surer.hi) == figures
    overconfidence = cluster.estimate_overconfidence([0.9, 0.9], [1, 0], [1, 1], [0, 1])
    assert overconfidence.note == ("too_few_clips")


def test_the_golden_null_band():
    honest = cluster.draw_honest_answers(CONFIDENCE, RIGHT, ONE, TWELVE, draws=1999)
    errors = calibration_error(CONFIDENCE, honest, ONE)
    value = float(calibration_error(CONFIDENCE, RIGHT, ONE))
    p = (1 + (errors >= value - 1e-12).sum()) / 2000
    assert (value, np.quantile(errors, 0.95), p) == close((0.192396907216, 0.120148840206, 0.0005))


def test_honest_answers_are_as_often_right_as_they_are_sure():
    sure = np.repeat([0.6, 0.9], 48)
    honest = cluster.draw_honest_answers(sure, sure > 0.7, ONE, TWELVE, draws=4000)
    assert honest[:, :48].mean() == pytest.approx(0.6, abs=0.02)
    assert honest[:, 48:].mean() == pytest.approx(0.9, abs=0.02)


def test_the_golden_limits_of_a_rate():
    hit = np.zeros(60)
    hit[[3, 17, 18, 41]] = 1
    few = cluster.estimate_camera_interval(hit, np.ones(60), FIVES)
    assert (few.lo, few.hi) == close((0.019568548976, 0.232441755565))
    states = [cluster.judge_limit(few, limit) for limit in (0.01, 0.02, 0.1, 0.25)]
    assert states == ["not_met", "inconclusive", "inconclusive", "met"]
    many = cluster.estimate_camera_interval(np.arange(60) < 40, np.ones(60), FIVES)
    assert (many.lo, many.hi) == close((0.373560550546, 0.889618918292))
    assert cluster.judge_limit(many, 0.1) == "not_met"
    assert cluster.judge_limit(Estimate.not_measured("too_few_clips"), 0.1) == "inconclusive"


def test_a_further_look_asks_for_longer_arms():
    longer = [cluster.compute_look_factor(look) for look in (1, 2, 3)]
    assert longer == close([1.0, 1.213699270191, 1.400477157857])
    seen = Estimate(0.1, 0.05, 0.2, 60, 30.0, "made")
    states = [
        [cluster.judge_limit(seen, limit, look) for limit in (0.049, 0.0392, 0.2, 0.2215)]
        for look in (1, 2, 3)
    ]
    assert states == [
        ["not_met", "not_met", "met", "met"],
        ["inconclusive", "not_met", "inconclusive", "met"],
        ["inconclusive"] * 4,
    ]


def test_the_golden_bound_of_no_escape():
    bound = cluster.compute_zero_bound
    assert bound(np.ones(60), FIVES) == close(0.112643037034)
    assert bound(np.ones(59), np.arange(59)) == close(0.036821902744)
    assert bound(np.ones(2), [0, 1]) is None


def test_the_golden_parts():
    part, called = [1, 1, 1, 2, 2, 3], [True, False, False, False, False, True]
    decided = [cluster.decide_parts(part, called, rule)[1].tolist() for rule in ("any", "all")]
    assert decided == [[True, False, True], [False, False, True]]
    two = cluster.decide_parts(part, [True, True, False, False, False, True], "at_least", 2)
    assert (two[0].tolist(), two[1].tolist()) == ([1, 2, 3], [True, False, False])
    found = cluster.compute_part_inclusion([[4, 0], [1, 3], [0, 4]], (240, 960), (40, 60))
    assert found == close([0.520178125802, 0.313497785512, 0.227846412041])
    assert cluster.compute_part_inclusion([[3, 0]], (4, 10), (2, 0)) == close([1.0])


@pytest.mark.short_cases(6)
@pytest.mark.parametrize("seed", range(20))
def test_the_reference_gives_the_same(reference, seed):
    rng = np.random.default_rng(seed)
    sizes = rng.integers(1, 15, rng.integers(3, 15))
    clip, n = np.repeat(np.arange(sizes.size), sizes), int(sizes.sum())
    rows = rng.choice([-1, 0, 1], (3, n), p=[0.1, 0.7, 0.2])
    weight = rng.choice([1.0, 6.0, 16.0], n)
    theirs = reference("change_interval").change_interval(rows[0], weight, clip)
    ours = cluster.compute_change_limits(rows[0], weight, clip)
    figures = close((theirs.value, theirs.lo, theirs.hi, theirs.clips_worth))
    assert (ours.value, ours.lo, ours.hi, ours.clips_worth) == figures
    searched = reference("sign_flip").demonstrated(rows, weight, clip)
    found = cluster.judge_candidates(rows, weight, clip)
    for one, other in zip(found, searched, strict=True):
        assert (one.p, one.change.lo, one.change.hi) == close((other.p, other.lo, other.hi))
        assert (one.direction == "better") == other.better
    sure = rng.random(n)
    right = rng.random(n) < sure
    theirs = reference("over_confidence").over_confidence(sure, right, weight, clip)
    ours = cluster.estimate_overconfidence(sure, right, weight, clip)
    assert (ours.value, ours.lo, ours.hi) == close((theirs.gap, theirs.lo, theirs.hi))


def test_a_limit_asks_for_clips():
    """None escaped in 20 clips with defects for ten points, 40 for five, 80 for two and a half."""
    found = [cluster.plan_clips_for_limit(limit) for limit in (0.1, 0.05, 0.025)]
    assert found == pytest.approx([20, 40, 80], rel=0.1)
    clips = found[0]
    for n, state in ((clips, "met"), (clips - 1, "inconclusive")):
        none = cluster.estimate_camera_interval(
            np.zeros(3 * n), np.ones(3 * n), np.repeat(np.arange(n), 3)
        )
        assert cluster.judge_limit(none, 0.1) == state
    assert cluster.plan_clips_for_limit(0.001) is None


def test_a_rate_of_events_has_limits_by_clips():
    found = cluster.estimate_event_rate([0, 6, 10, 4, 5, 3], [1.0, 1.0, 2.0, 1.0, 1.0, 0.5])
    assert found.value == 28 / 6.5
    assert (found.n, found.method, found.status) == (6, "clip_rate", "weak")
    assert found.n_eff == pytest.approx(6.5**2 / 8.25)
    alike = cluster.estimate_event_rate([5] * 8, [1.0] * 8)
    # clips that agree are still no better than forty independent events: t(7) √(1 / 40.5)
    half = 2.3646242510102993 / np.sqrt(40.5)
    assert alike.lo == pytest.approx(40.5 / 8 * np.exp(-half))
    assert alike.hi == pytest.approx(40.5 / 8 * np.exp(half))
    none = cluster.estimate_event_rate([0] * 8, [1.0] * 8)
    assert (none.value, none.lo) == (0, 0)
    assert none.hi == pytest.approx(0.5 / 8 * np.exp(2.3646242510102993 / np.sqrt(0.5)))
    few = cluster.estimate_event_rate([3, 5], [1.0, 1.0])
    assert (few.value, few.note, few.measured) == (4, "too_few_clips", False)


@pytest.mark.parametrize(
    "minutes", [[60, 0.5, 0.5], [10, 0.5, 0.5], [1, 0.0083, 0.0083], [1, 0.05, 0.05, 0.05]]
)
def test_clips_that_are_worth_fewer_than_two_have_a_rate_and_no_limits(minutes):
    found = cluster.estimate_event_rate([4, 1, 1, 0][: len(minutes)], minutes)
    assert found.value == pytest.approx(6 / sum(minutes))
    assert (found.measured, found.note, found.n) == (False, "too_few_clips", len(minutes))


def test_clips_that_are_worth_two_have_limits():
    found = cluster.estimate_event_rate([4, 1, 1], [1.0, 0.3, 0.3])
    assert 2 < found.n_eff < 3
    assert 0 < found.lo < found.value < found.hi < np.inf


def test_of_several_candidates_one_may_be_worse():
    strong = -np.ones(96)
    found = cluster.judge_candidates([strong, -strong], ONE, TWELVE, two_sided=True)
    assert [one.direction for one in found] == ["worse", "better"]
    assert cluster.judge_candidates([strong], ONE, TWELVE)[0].direction == ""

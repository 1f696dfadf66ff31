from math import inf

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import beta

from fieldcheck.analyses.early_verdict import (
    StratumProgress,
    _make_bets,
    compute_benchmark_bounds,
    compute_log_e,
    compute_log_null,
    compute_right_lines,
    decide_early_verdict,
    get_interim_verdict,
)
from fieldcheck.footage.clips_and_scene_cuts import list_sampling_lines
from fieldcheck.labels.store import LabelDecision, set_label
from fieldcheck.models.benchmark import read_benchmark, set_benchmark
from fieldcheck.models.runs_mlflow import run_and_score
from fieldcheck.progress import NullProgress
from fieldcheck.project.limits import GapLimits, set_limits
from fieldcheck.project.tables import labels as labels_table
from fieldcheck.sampling.hardness import compute_hardness
from fieldcheck.sampling.pick_frames import plan_picks
from fieldcheck.sampling.proposal import exclude_picks
from fieldcheck.stats.weighted_field_score import UNSHARED, FieldSample, compute_remaining_frames
from tests import makers

GOLDEN = [  # hard right and wrong, rest right and wrong, ln E of fail and of pass at 1,092, verdict
    ((2, 4), (5, 1), 1.176124312106, -7.618531715962, None),
    ((12, 8), (27, 3), 0.076164480705, -8.762870030570, None),
    ((22, 18), (57, 3), -2.430306996787, -16.441405072575, None),
    ((40, 0), (60, 0), -17.503991076581, 6.370645522968, "pass"),
    ((38, 2), (60, 0), -12.649473879379, 4.502068806683, "pass"),
    ((8, 0), (12, 0), -4.641816110842, 1.015848273665, None),
]


def seen(hard, rest):
    return StratumProgress(240, *hard), StratumProgress(960, *rest)


@pytest.mark.parametrize(("hard", "rest", "fail", "passes", "verdict"), GOLDEN)
def test_the_golden_e_values_and_verdicts(hard, rest, fail, passes, verdict):
    strata = seen(hard, rest)
    assert compute_log_e(strata, 1092, "fail") == pytest.approx(fail, abs=1e-9)
    assert compute_log_e(strata, 1092, "pass") == pytest.approx(passes, abs=1e-9)
    assert decide_early_verdict(*strata, (0.94, 0.94), 0.03) == verdict


def test_the_golden_nulls():
    strata = seen((22, 18), (57, 3))
    assert compute_log_null(strata, 1092, "fail") == pytest.approx(-40.923228924416, abs=1e-9)
    assert compute_log_null(strata, 1092, "pass") == pytest.approx(-39.313364287118, abs=1e-9)


def test_the_benchmark_has_the_exact_limits():
    actual = compute_benchmark_bounds(9400, 10000)
    assert actual == pytest.approx((0.934249057514, 0.945399909764), abs=1e-9)
    actual = compute_benchmark_bounds(188, 200)
    assert actual == pytest.approx((0.888970887738, 0.972471394802), abs=1e-9)
    actual = compute_benchmark_bounds(188, 200)
    assert actual == pytest.approx((beta.ppf(0.01, 188, 13), beta.ppf(0.99, 189, 12)), abs=1e-9)
    assert compute_benchmark_bounds(0, 10)[0] == 0
    assert compute_benchmark_bounds(10, 10)[1] == 1


def test_the_lines_are_counts_of_right_frames():
    assert compute_right_lines((0.94, 0.94), 0.03, 1200) == (1092, 1092)
    assert compute_right_lines(compute_benchmark_bounds(9400, 10000), 0.03, 1200) == (1086, 1099)


def test_the_golden_bets_below_a_line():
    """Accuracies of hard stratum and rest that the first two bets on FAIL speak of, a fifth of the
    frames hard."""
    first, second = _make_bets(0.91, 0.2, "fail")[:2]
    assert first == pytest.approx((0.819997057020, 0.882500735745), abs=1e-9)
    assert second == pytest.approx((0.699651764866, 0.912587058783), abs=1e-9)


def test_a_null_that_the_labels_rule_out_is_decided():
    """Every frame is labelled: 200 wrong of 1,200 leave no room for 1,092 right."""
    strata = StratumProgress(240, 140, 100), StratumProgress(960, 860, 100)
    assert compute_log_e(strata, 1092, "fail") == inf
    even = StratumProgress(10, 5, 5), StratumProgress(10, 5, 5)
    assert (compute_log_null(even, 10, "pass"), compute_log_e(even, 10, "pass")) == (-inf, inf)
    assert compute_log_e(seen((8, 0), (12, 0)), 0, "fail") == -inf, "no bet is below nothing right"
    assert decide_early_verdict(*strata, (0.94, 0.94), 0.03) == "fail"


@pytest.mark.long
@settings(deadline=None, max_examples=40)
@given(
    st.integers(0, 12), st.integers(0, 12), st.integers(0, 20), st.integers(0, 20),
    st.integers(1, 79),
)  # fmt: skip
def test_the_search_finds_the_likeliest_null_of_all(a, b, c, d, total):
    """Against trying every split of a small footage."""
    strata = StratumProgress(30, a, b), StratumProgress(50, c, d)
    for side in ("fail", "pass"):
        kept = [
            (k, r) for k in range(31) for r in range(51) if (k + r >= total) == (side == "fail")
        ]
        every = max((by_hand(strata, split) for split in kept), default=-inf)
        assert compute_log_null(strata, total, side) == pytest.approx(every, abs=1e-9)


def by_hand(strata, right):
    """ln of the chance of drawing first all right and then all wrong labels, one after another."""
    out = 0.0
    for stratum, k in zip(strata, right, strict=True):
        wrong = stratum.listed - k
        if k < stratum.right or wrong < stratum.wrong:
            return -inf
        terms = [*(k - i for i in range(stratum.right)), *(wrong - i for i in range(stratum.wrong))]
        below = [stratum.listed - i for i in range(stratum.right + stratum.wrong)]
        out += float(np.log(terms).sum() - np.log(below).sum()) if terms else 0.0
    return out


LISTED, CLIPS, LINE = 1200, 20, 1092
OTHER = 0.15  # of the footage shows a class that the benchmark lacks, where some do


def footage(rng, right, other=0):
    """Answers of a footage with exactly `right` right frames, worse in some clips, and a hardness
    that knows something of it.

    `other` frames besides show classes that the benchmark lacks, more of them in some clips than in
    others.
    """
    clip = np.arange(LISTED) * CLIPS // LISTED
    belief = rng.normal(size=CLIPS)[clip] + rng.normal(size=LISTED)
    unshared = np.zeros(LISTED, bool)
    unshared[
        np.argsort(rng.normal(size=CLIPS)[clip] + 0.3 * belief + rng.normal(size=LISTED))[:other]
    ] = True
    answers = np.zeros(LISTED, bool)
    answers[np.argsort(-np.where(unshared, -inf, belief), kind="stable")[:right]] = True
    return answers, unshared, compute_hardness(uncertainty=0.5 * rng.random(LISTED) - 0.2 * belief)


def decided_at_any_label(answers, unshared, hard, seed):
    """The verdict of somebody who looks after each label of a hundred drawn by the product, over
    the classes that both sides have."""
    drawn = plan_picks(LISTED, 100, design="balanced", seed=seed, hardness=hard)
    listed = {stratum.name: stratum.listed for stratum in drawn.strata}
    stratum = np.array([drawn.stratum[int(frame)] for frame in drawn.picks])
    told, right = np.where(unshared[drawn.picks], UNSHARED, "done"), answers[drawn.picks]
    state, nobody = np.full(100, "", dtype="<U8"), np.full(100, "")
    for at in np.argsort(drawn.place):
        state[at] = told[at]
        sample = FieldSample.from_arrays(stratum, state, right, nobody, listed)
        if not (state == "done").any():
            continue
        found = decide_early_verdict(
            *(so_far(sample, name) for name in ("hard", "rest")), (0.94, 0.94), 0.03
        )
        if found:
            return found
    return None


def so_far(sample, name):
    """A stratum as the product counts it: labelled frames of other classes shrink it."""
    done = (sample.stratum == name) & (sample.state == "done")
    n, right = int(done.sum()), int((done & sample.right).sum())
    return StratumProgress(max(round(compute_remaining_frames(sample, name)), n), right, n - right)


def on_the_line(other):
    """Fewest right frames, of those whose class is shared, at which the gap is within the
    tolerance."""
    return compute_right_lines((0.94, 0.94), 0.03, LISTED - other)[0]


@pytest.mark.long
@pytest.mark.full("early_verdicts")
def test_false_early_verdicts_are_rare_though_somebody_looks_at_every_label(counts, evidence):
    """At the boundary: exactly on the line a FAIL is false, one frame below it a PASS is (methods
    11.5: at most 5 %), over all frames and over those of the shared classes."""
    n, told = counts(ci=5, full=2000), {}
    cases = (("all_classes_shared", 0), ("some_classes_unshared", round(OTHER * LISTED)))
    for kind, other in cases:
        rng, false_fail, false_pass = np.random.default_rng(3), 0, 0
        for seed in range(n):
            false_fail += (
                decided_at_any_label(*footage(rng, on_the_line(other), other), seed) == "fail"
            )
            false_pass += (
                decided_at_any_label(*footage(rng, on_the_line(other) - 1, other), seed) == "pass"
            )
        told[kind] = {"false_fail": false_fail, "false_pass": false_pass}
    evidence(visits=n, **told)
    for found in told.values():
        assert max(found.values()) <= max(3, 0.05 * n)


def test_a_bad_model_is_found_out_in_a_few_labels():
    rng = np.random.default_rng(1)
    assert [decided_at_any_label(*footage(rng, 600), seed) for seed in range(5)] == ["fail"] * 5


def wrong(line):
    """Never what the frame shows, so that a model that answers rightly is counted wrong."""
    colours = ("red", "green", "blue")
    return colours[(colours.index(makers.truth_of(line)) + 1) % 3]


@pytest.fixture
def answered(drawn):
    """A project whose picks and benchmark the model has answered, and none of whose frames is
    labelled."""
    run_and_score(drawn, None, "all", NullProgress(), makers.NOW)
    return drawn


def label_in_turn(project, truth, count):
    """The first `count` picks of the showing order."""
    where = {line.frame.frame_id: line for line in project.read(list_sampling_lines)}
    for pick in sorted(project.read(labels_table.list_picks), key=lambda one: one.place)[:count]:
        decision = LabelDecision(truth(where[pick.frame_id]))
        set_label(project, pick.frame_id, decision, annotator="a", now=makers.NOW)


def test_nothing_labelled_decides_nothing(answered):
    found = get_interim_verdict(answered)
    assert (found.decided, found.n, found.why) == (None, 0, "")


def test_a_model_that_is_wrong_throughout_fails_after_a_handful(answered):
    for count in range(1, 21):
        label_in_turn(answered, wrong, count)
        if get_interim_verdict(answered).decided:
            break
    found = get_interim_verdict(answered)
    assert (found.decided, found.n) == ("fail", count)
    assert 3 <= count <= 12


def test_labels_out_of_turn_wait_for_those_before_them(answered):
    order = sorted(answered.read(labels_table.list_picks), key=lambda one: one.place)
    for pick in order[1:6]:
        set_label(answered, pick.frame_id, LabelDecision("red"), annotator="a", now=makers.NOW)
    assert get_interim_verdict(answered).n == 0
    set_label(answered, order[0].frame_id, LabelDecision("red"), annotator="a", now=makers.NOW)
    assert get_interim_verdict(answered).n == 6


def test_a_frame_that_nobody_could_tell_counts_against_what_would_be_decided(answered):
    """Twenty frames without a label are no evidence that the model is wrong."""
    for pick in answered.read(labels_table.list_picks):
        decision = LabelDecision(unsure=True)
        set_label(answered, pick.frame_id, decision, annotator="a", now=makers.NOW)
    found = get_interim_verdict(answered)
    assert (found.decided, found.n) == (None, 0)


def test_a_wide_limit_passes(answered):
    set_limits(answered, GapLimits(0.9, "somebody"))
    label_in_turn(answered, makers.truth_of, 20)
    found = get_interim_verdict(answered)
    assert (found.decided, found.tolerance) == ("pass", 0.9)


def test_without_a_run_there_is_nothing_to_ask(drawn):
    assert get_interim_verdict(drawn).why == "no_benchmark"


def test_without_a_model_a_run_benchmark_or_a_random_draw_nothing_is_asked(footed, empty, tmp_path):
    with makers.empty_project(tmp_path / "bare.fieldcheck") as bare:
        assert get_interim_verdict(bare).why == "no_model"
    assert get_interim_verdict(empty).why == "no_benchmark"
    run_and_score(footed, None, "benchmark", NullProgress(), makers.NOW)
    assert get_interim_verdict(footed).why == "no_draw"
    makers.draw(footed, 4, design="hard")
    assert get_interim_verdict(footed).why == "no_draw"


def test_picks_that_were_exchanged_are_no_random_sample(answered):
    pick = answered.read(labels_table.list_picks)[0]
    exclude_picks(answered, [pick.frame_id], "camera_fault", NullProgress())
    assert get_interim_verdict(answered).why == "picks_changed"


@pytest.mark.long
def test_it_is_over_the_classes_that_both_sides_have_as_the_gap_is(answered, tmp_path):
    """The model is wrong on every frame of a class that the benchmark has no picture of: nobody
    claimed anything of those."""
    for number in range(40):
        path = tmp_path / "other" / ("red", "green")[number % 2] / f"{number}.png"
        makers.save_picture(path, ("red", "green")[number % 2], number)
    set_benchmark(answered, read_benchmark(tmp_path / "other", None, None))
    run_and_score(answered, None, "benchmark", NullProgress(), makers.NOW)
    label_in_turn(
        answered,
        lambda line: "blue" if makers.truth_of(line) == "red" else makers.truth_of(line),
        20,
    )
    blue = sum(label.class_name == "blue" for label in answered.read(labels_table.list_labels))
    found = get_interim_verdict(answered)
    assert 0 < blue < 20
    assert (found.decided, found.n, found.why) == (None, 20 - blue, "")


def test_where_no_class_is_shared_nothing_is_decided(answered, tmp_path):
    makers.save_picture(tmp_path / "other" / "red" / "0.png", "red")
    set_benchmark(answered, read_benchmark(tmp_path / "other", None, None))
    run_and_score(answered, None, "benchmark", NullProgress(), makers.NOW)
    label_in_turn(answered, lambda line: "blue", 5)
    assert get_interim_verdict(answered).why == "nothing_shared"

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fieldcheck.stats.bootstrap_draw import draw_strata
from fieldcheck.stats.weighted_field_score import (
    FieldSample,
    compute_design_weights,
    compute_effective_n,
    compute_field_scores,
    compute_weighted_median,
    estimate_class_share,
    estimate_weighted_share,
)
from fieldcheck.stats.wilson_interval import estimate_wilson

LISTED = {"hard": 240, "rest": 960}


def rows(stratum, n, right, state="done"):
    """`n` picks of a stratum, the first `right` of them right, spread over ten clips."""
    return [(stratum, state, i < right, f"clip{i % 10}") for i in range(n)]


def sample(*groups, listed=LISTED):
    stratum, state, right, clip = zip(*[row for group in groups for row in group], strict=True)
    return FieldSample.from_arrays(stratum, state, right, clip, listed)


def limits(estimate):
    return (estimate.value, estimate.lo, estimate.hi)


def test_forty_and_sixty_give_the_golden_footage_and_hard_frame_scores():
    got = compute_field_scores(sample(rows("hard", 40, 22), rows("rest", 60, 57)))
    assert limits(got.footage) == pytest.approx((0.87, 0.797806, 0.906910), abs=1e-6)
    assert limits(got.hard) == pytest.approx((0.55, 0.410820, 0.681770), abs=1e-6)
    assert (got.footage.n, got.footage.status) == (100, "ok")
    assert (got.n_picked, got.n_labelled) == (100, 100)
    assert (got.n_clips, got.census, got.interim) == (10, False, False)
    assert got.bounds is None
    assert got.chosen is None


def test_the_camera_has_the_same_value_and_counts_clips():
    got = compute_field_scores(sample(rows("hard", 40, 22), rows("rest", 60, 57)))
    assert got.camera.value == pytest.approx(got.footage.value)
    assert got.camera.method == "beta_binomial_clips"


def test_weights_are_frames_that_a_label_stands_for():
    unsure = rows("rest", 2, 0, "unsure")
    picks = sample(rows("hard", 40, 22), rows("rest", 58, 57), unsure, rows("extra", 3, 0))
    weight = compute_design_weights(picks)
    assert set(weight[:40]) == {6.0}
    assert set(weight[40:98]) == {960 / 58}
    assert set(weight[98:]) == {0.0}


def test_must_frames_are_a_stratum_without_width():
    got = compute_field_scores(
        sample(
            rows("must", 20, 15),
            rows("hard", 40, 22),
            rows("rest", 60, 57),
            listed={"must": 20, "hard": 240, "rest": 940},
        )
    )
    assert limits(got.footage) == pytest.approx((0.866667, 0.795809, 0.903195), abs=1e-6)


def test_frames_added_after_labels_were_seen_weigh_nothing():
    plain = compute_field_scores(sample(rows("hard", 40, 22), rows("rest", 60, 57)))
    picks = sample(rows("hard", 40, 22), rows("rest", 60, 57), rows("extra", 30, 0))
    more = compute_field_scores(picks)
    assert more.footage == plain.footage
    assert more.camera == plain.camera
    assert more.n_labelled == 100


def test_one_stratum_evenly_drawn_is_wilson_with_the_correction():
    got = compute_field_scores(sample(rows("even", 100, 61), listed={"even": 1200}))
    assert got.footage.value == 0.61
    assert got.footage.half_width < estimate_wilson(61, 100).half_width
    assert got.hard is None


def test_a_census_has_no_sampling_width_but_a_camera_interval():
    got = compute_field_scores(sample(rows("even", 80, 60), listed={"even": 80}))
    assert got.census
    assert (got.footage.lo, got.footage.hi) == (0.75, 0.75)
    assert got.camera.lo < 0.75 < got.camera.hi


def test_hard_frames_of_two_draws_are_joined():
    listed = {"hard": 240, "rest": 960, "hard@2": 60, "rest@2": 240}
    got = compute_field_scores(
        sample(
            rows("hard", 40, 22), rows("rest", 60, 57), rows("hard@2", 40, 30),
            rows("rest@2", 60, 60), listed=listed,
        )
    )  # fmt: skip
    assert got.hard.value == pytest.approx((240 * 22 / 40 + 60 * 30 / 40) / 300)
    actual = got.footage.value
    assert actual == pytest.approx((240 * 22 / 40 + 960 * 57 / 60 + 60 * 30 / 40 + 240) / 1500)


def test_frames_chosen_by_hand_stand_for_themselves_only():
    got = compute_field_scores(sample(rows("chosen", 50, 20), listed={"chosen": 1200}))
    assert (got.footage.status, got.footage.note) == ("na", "chosen_only")
    assert got.camera.status == "na"
    assert limits(got.chosen) == limits(estimate_wilson(20, 50))
    assert (got.chosen.status, got.chosen.note) == ("weak", "chosen")
    assert set(got.weight) == {0.0}


def test_an_unfinished_plan_is_interim():
    picks = sample(rows("hard", 30, 15), rows("hard", 10, 0, ""), rows("rest", 60, 57))
    got = compute_field_scores(picks)
    assert got.interim
    for estimate in (got.footage, got.camera, got.hard):
        assert estimate.status == "weak"
        assert "interim" in estimate.note


def test_nothing_labelled_gives_no_number():
    got = compute_field_scores(sample(rows("hard", 40, 0, ""), rows("rest", 60, 0, "")))
    assert (got.footage.status, got.footage.note, got.hard.status) == ("na", "no_labels", "na")
    assert (got.n_labelled, got.interim) == (0, False)


def test_a_few_unsure_frames_are_left_out_and_many_are_bounded():
    few = compute_field_scores(
        sample(
            rows("hard", 38, 22),
            rows("hard", 2, 0, "unsure"),
            rows("rest", 57, 54),
            rows("rest", 3, 0, "skipped"),
        )
    )
    assert (few.bounds, few.n_unsure, few.n_skipped, few.n_labelled) == (None, 2, 3, 95)
    picks = sample(rows("hard", 34, 22), rows("hard", 6, 0, "unsure"), rows("rest", 60, 54))
    many = compute_field_scores(picks)
    assert many.bounds.if_wrong.value == pytest.approx(0.2 * 22 / 40 + 0.8 * 0.9)
    assert many.bounds.if_right.value == pytest.approx(0.2 * 28 / 40 + 0.8 * 0.9)
    assert many.bounds.if_wrong.value < many.footage.value < many.bounds.if_right.value


def test_frames_taken_out_shrink_their_stratum():
    picks = sample(rows("hard", 40, 22), rows("hard", 10, 0, "out"), rows("rest", 60, 57))
    got = compute_field_scores(picks)
    hard = next(stratum for stratum in got.strata if stratum.name == "hard")
    assert (hard.counted, hard.out, hard.picked, hard.labelled) == (240 * 40 / 50, 10, 40, 40)
    assert got.footage.value == pytest.approx((192 * 22 / 40 + 960 * 57 / 60) / 1152)
    assert got.bounds is not None
    assert got.bounds.if_wrong.value == pytest.approx(0.2 * 22 / 50 + 0.8 * 57 / 60)
    assert got.footage.status == "ok"


def test_many_frames_taken_out_make_the_score_weak():
    picks = sample(rows("hard", 40, 22), rows("hard", 15, 0, "out"), rows("rest", 60, 57))
    got = compute_field_scores(picks)
    assert (got.footage.status, got.footage.note) == ("weak", "many_out")


def test_a_census_stays_one_when_frames_are_taken_out():
    picks = sample(rows("even", 70, 60), rows("even", 10, 0, "out"), listed={"even": 80})
    got = compute_field_scores(picks)
    assert got.census
    assert got.footage.half_width == 0


def test_each_stratum_has_its_own_score():
    hard, rest = compute_field_scores(sample(rows("hard", 40, 22), rows("rest", 60, 57))).strata
    assert (hard.name, hard.listed, hard.labelled, hard.right) == ("hard", 240, 40, 22)
    assert hard.score.value == 0.55
    assert rest.score.value == 0.95


def test_no_draw_is_no_score():
    got = compute_field_scores(FieldSample.from_arrays([], [], [], [], {}))
    assert (got.footage.note, got.n_picked, got.census) == ("no_draw", 0, False)


@pytest.mark.parametrize(("columns", "listed"), [
    ((["hard"], ["done"], [True], []), {"hard": 5}),
    ((["hard"], ["done"], [True], ["a"]), {"rest": 5}),
])  # fmt: skip
def test_samples_that_do_not_fit_are_refused(columns, listed):
    with pytest.raises(ValueError, match=r"differ|unknown size"):
        FieldSample.from_arrays(*columns, listed)


@pytest.mark.long
def test_labelling_only_the_hardest_misses_what_the_draw_finds():
    """On invented footage whose errors gather where it is hard, the draw's interval holds the truth
    and the hundred hardest are far off."""
    rng = np.random.default_rng(1)
    hardness = rng.random(1200)
    right = rng.random(1200) > 0.02 + 0.7 * (hardness > 0.85)
    order = np.argsort(-hardness, kind="stable")
    members = {"hard": np.sort(order[:240]), "rest": np.sort(order[240:])}
    hits = 0
    for seed in range(100):
        drawn = draw_strata([(240, 40), (960, 60)], seed)
        pairs = zip(members.items(), drawn, strict=True)
        picks = [(name, frame) for (name, frames), one in pairs for frame in frames[one.picks]]
        got = compute_field_scores(
            FieldSample.from_arrays(
                [name for name, _ in picks], ["done"] * 100, [right[i] for _, i in picks],
                [i // 120 for _, i in picks], LISTED,
            )
        )  # fmt: skip
        hits += got.footage.lo <= right.mean() <= got.footage.hi
    assert hits >= 90
    assert right[order[:100]].mean() < right.mean() - 0.2


@pytest.mark.full("duplicated_frames")
def test_duplicating_every_frame_in_its_clip_buys_no_certainty_about_the_camera(counts, evidence):
    """Methods 14.2: frames of a clip that are like each other add nothing. Taken for independent
    they would narrow every interval to seven tenths; the camera's stays as wide, or widens, because
    twins show how alike the frames of a clip are."""
    rng, n, ratios, footage = np.random.default_rng(5), counts(ci=60, full=1000), [], []
    for _ in range(n):
        clips, frames = int(rng.integers(8, 20)), int(rng.integers(40, 120))
        clip = rng.integers(0, clips, frames)
        right = rng.random(frames) < rng.uniform(0.1, 0.9, clips)[clip]
        stratum = np.where(rng.random(frames) < 0.4, "hard", "rest")
        state, names = ["done"] * frames, [f"clip{one}" for one in clip]
        once = compute_field_scores(FieldSample.from_arrays(stratum, state, right, names, LISTED))
        twice = compute_field_scores(
            FieldSample.from_arrays(
                np.tile(stratum, 2), state * 2, np.tile(right, 2), names * 2, LISTED
            )
        )
        ratios.append(twice.camera.half_width / once.camera.half_width)
        footage.append(twice.footage.half_width / once.footage.half_width)
    assert max(footage) < 0.8
    assert np.median(ratios) >= 1
    assert np.mean(np.array(ratios) < 0.9) <= 0.05
    narrowest, middle, widest = np.quantile(ratios, (0, 0.5, 1)).tolist()
    evidence(
        samples=n, narrowest=narrowest, middle=middle, widest=widest,
        footage_middle=float(np.median(footage)),
    )  # fmt: skip


def test_labelled_frames_of_an_unshared_class_shrink_their_stratum_and_weigh_nothing():
    state = ["done"] * 6 + ["unshared"] * 2 + [""] * 2
    found = compute_field_scores(
        FieldSample.from_arrays(
            ["even"] * 10, state, [True] * 3 + [False] * 7, [f"c{k}" for k in range(10)],
            {"even": 100},
        )
    )  # fmt: skip
    assert found.footage.value == pytest.approx(0.5)
    # two of the eight labelled stand for a quarter of the list
    assert found.weight.sum() == pytest.approx(75)
    assert (found.n_labelled, found.n_out, found.footage.n) == (8, 0, 6)


RIGHT, WEIGHT = [1, 1, 0, 1, 0, 1, 1, 1], [1, 1, 1, 1, 4, 4, 4, 4]  # methods 3.5


def test_the_golden_weighted_share():
    got = estimate_weighted_share(RIGHT, WEIGHT)
    actual = (got.value, got.n_eff, got.lo, got.hi)
    assert actual == pytest.approx((0.75, 5.147059, 0.340587, 0.945726), abs=1e-6)
    assert compute_effective_n(WEIGHT) == pytest.approx(5.882353, abs=1e-6)


def test_equal_weights_are_plain_wilson():
    assert estimate_weighted_share([1, 0, 1, 1], [16.0] * 4) == estimate_wilson(3, 4)


def test_all_right_is_worth_what_the_weights_are_worth():
    got = estimate_weighted_share(np.ones(8), WEIGHT)
    assert (got.value, got.n_eff) == (1.0, pytest.approx(5.882353, abs=1e-6))
    assert got.lo < 0.7


@given(st.lists(st.sampled_from([241 / 40, 959 / 60]), min_size=2, max_size=120), st.integers(0, 1))
def test_no_rounding_of_weights_makes_all_alike_worth_more(weight, answer):
    got = estimate_weighted_share(np.full(len(weight), answer), weight)
    assert (got.value, got.n_eff) == (answer, pytest.approx(compute_effective_n(weight)))


def test_weights_never_make_frames_worth_much_more_than_they_are():
    right = np.r_[np.ones(50), np.zeros(50)]
    weight = np.r_[np.full(50, 10.0), np.full(50, 1e-3)]
    assert estimate_weighted_share(right, weight).n_eff <= 150


def test_frames_without_weight_do_not_count():
    assert estimate_weighted_share([1, 0], [0, 0]).note == "no_labels"
    assert estimate_weighted_share([1, 0, 0], [2, 2, 0]).n == 2


@given(st.lists(st.tuples(st.integers(0, 1), st.integers(0, 30)), max_size=50))
def test_the_interval_holds_the_share_and_stays_inside_zero_and_one(rows):
    right, weight = ([row[i] for row in rows] for i in (0, 1))
    got = estimate_weighted_share(right, weight)
    if got.measured:
        assert 0 <= got.lo <= got.value <= got.hi <= 1


@pytest.mark.parametrize("n_frames", [1, 2])
def test_objects_on_one_or_two_frames_have_a_share_and_no_interval(n_frames):
    right = np.r_[np.zeros(2), np.ones(38)]
    found = estimate_class_share(right, np.ones(40), np.arange(40) % n_frames)
    assert (found.measured, found.value, found.n, found.note) == (False, 0.95, 40, "too_few_clips")
    assert estimate_class_share(right, np.ones(40), np.arange(40) % 10).measured


def test_the_weighted_median_has_half_of_the_weight_at_or_below_it():
    assert compute_weighted_median([0.9, 0.2, 0.5], [1, 1, 1]) == 0.5
    assert compute_weighted_median([0.9, 0.2, 0.5], [5, 1, 1]) == 0.9
    assert compute_weighted_median([0.9, np.nan, 0.5], [1, 9, 0]) == 0.9
    assert np.isnan(compute_weighted_median([np.nan, 0.5], [1, 0]))


RIGHT_OF_TEN = [9, 10, 4, 8, 10, 7, 10, 2, 9, 10]  # ten clips of ten frames: methods 2.4
TEN_CLIPS = (
    np.concatenate([np.r_[np.ones(k), np.zeros(10 - k)] for k in RIGHT_OF_TEN]),
    np.ones(100),
    np.repeat(np.arange(10), 10),
)

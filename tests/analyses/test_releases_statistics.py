import numpy as np
import pytest

from fieldcheck.analyses.releases import compare_releases
from fieldcheck.stats.camera_interval import estimate_camera_interval
from fieldcheck.stats.cluster import judge_candidates, judge_change
from fieldcheck.stats.intervals import estimate_bonett_price

CLIP = np.array([f"c{k % 10}" for k in range(100)])
TRUTH = np.repeat([0, 1], [60, 40])


def of(right, clip=CLIP, truth=TRUTH, weight=None):
    right = np.asarray(right, np.bool_)
    named = [(f"v{k}", f"2026-0{k + 1}-01T00:00:00+00:00") for k in range(len(right))]
    return compare_releases(
        named,
        right,
        np.ones(right.shape[1]) if weight is None else weight,
        clip,
        truth,
        ("ok", "crack"),
    )


def rights(*wrong):
    """One release for each list of frames that are wrong."""
    found = np.ones((len(wrong), 100), np.bool_)
    for row, places in zip(found, wrong, strict=True):
        row[list(places)] = False
    return found


def test_a_step_counts_who_became_right_and_wrong():
    right = rights(range(20), range(12, 27))
    (step,) = of(right).steps
    assert (step.before, step.after, step.gained, step.lost) == ("v0", "v1", 12, 7)
    moved = right[1].astype(int) - right[0].astype(int)
    assert step.verdict == judge_change(moved, np.ones(100), CLIP)
    assert step.change == step.verdict.change


def test_a_steady_mean_hides_a_class_that_falls():
    """The article's brittle win: as many right as before, and one class between 100 % and 75 %."""
    found = of(rights(range(10), range(60, 70)))
    assert found.releases[0].accuracy.value == found.releases[1].accuracy.value == 0.9
    ok, crack = found.classes
    assert (crack.recall, crack.flipped, crack.is_restless) == ((1.0, 0.75), 10, True)
    assert [(one.value, one.n, one.lo < one.value < one.hi) for one in crack.estimates] == [
        (1.0, 40, False),
        (0.75, 40, True),
    ]
    assert crack.worst.change.value == -0.25
    assert ok.worst.change.status == "na"
    assert ok.is_restless


def test_the_largest_fall_is_that_of_two_releases_in_a_row():
    right = rights([], range(60, 64), range(60, 75), range(60, 72), range(60, 70))
    crack = of(right).classes[1]
    assert crack.recall == (1.0, 0.9, 0.625, 0.7, 0.75)
    moved = right[2][60:].astype(int) - right[1][60:].astype(int)
    (alone,) = judge_candidates([-moved], np.ones(40), CLIP[60:])
    assert crack.worst == alone.turn_round()
    assert crack.worst.direction == "worse"
    assert (crack.class_name, crack.n, crack.flipped) == ("crack", 40, 15)
    ok = of(right).classes[0]
    assert (ok.worst.change.note, ok.worst.change.n, ok.flipped) == ("never_fell", 60, 0)


def test_a_frame_that_was_never_right_did_not_flip():
    assert [one.flipped for one in of(rights([0, 70], [0, 1, 70, 71])).classes] == [1, 1]


def test_five_points_are_no_more_than_five():
    truth = np.repeat([0, 1], [60, 40])
    actual = [of(rights([], range(60, 60 + n)), truth=truth).classes[1].is_restless for n in (2, 3)]
    assert actual == [False, True]


def test_releases_keep_their_names_and_times():
    found = of(rights([], [1], [2]))
    expected = [("v0", "2026-01"), ("v1", "2026-02"), ("v2", "2026-03")]
    assert [(one.model, one.added[:7]) for one in found.releases] == expected
    assert [(step.before, step.after) for step in found.steps] == [("v0", "v1"), ("v1", "v2")]
    assert found.n == 100


def test_a_class_that_stays_is_quiet():
    assert not any(one.is_restless for one in of(rights([0, 60], [1, 61])).classes)


def test_few_frames_are_not_called_restless():
    truth = np.where(np.arange(100) < 95, 0, 1)
    found = of(rights([], [99]), truth=truth)
    assert found.classes[1].recall == (1.0, 0.8)
    assert not found.classes[1].is_restless


def test_below_three_clips_the_change_is_that_of_frames():
    (step,) = of(rights(range(20), range(10)), clip=np.repeat("a", 100)).steps
    assert step.change == estimate_bonett_price(10, 0, 100)
    assert step.verdict.p is None


def test_weights_count_and_accuracy_has_limits_by_clip():
    weight = np.where(np.arange(100) < 60, 1.0, 9.0)
    found = of(rights(range(10), []), weight=weight)
    actual = found.releases[0].accuracy
    assert actual == estimate_camera_interval(rights(range(10))[0], weight, CLIP)
    assert found.classes[0].recall[0] == pytest.approx(50 / 60)


def test_frames_without_one_class_have_no_classes():
    assert of(rights([], [1]), truth=np.full(100, -1)).classes == ()

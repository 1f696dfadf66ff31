import numpy as np
import pytest

from fieldcheck.measure.significance import benjamini_hochberg, fisher_more_wrong
from fieldcheck.scoring.slices import LIGHTS, Group, LabelledDraw, frames_to_tell, lights, slices, thirds

USUAL = {"mean": 120.0, "contrast": 150.0, "clipped_high": 0.0, "backlight": 0.0}


def labelled(right, weight=None, stratum=None, clip=None):
    n = len(right)
    weights = np.ones(n) if weight is None else np.array(weight, float)
    names = np.array(stratum or ["even"] * n)
    clips = np.array(clip if clip is not None else [f"c{k % 10}" for k in range(n)])
    return LabelledDraw(np.array(right, bool), weights, names, clips)


def first(n, of, key="light", value="dark", listed=None):
    return Group(key, value, np.arange(of) < n, listed)


def answers(wrong, right, other_wrong, other_right):
    return [False] * wrong + [True] * right + [False] * other_wrong + [True] * other_right


def test_twenty_points_behind_beyond_chance_in_three_clips_is_a_blind_spot():
    (found,) = slices(labelled(answers(5, 7, 10, 78)), [first(12, 100)])
    assert found.flag == "blind_spot"
    assert found.p == pytest.approx(0.016409, abs=1e-6)
    assert found.q == found.p
    assert found.behind == pytest.approx(78 / 88 - 7 / 12)
    assert (found.estimate.n, found.estimate.method, found.more) == (12, "wilson", 0)


def test_the_golden_p_and_q_values_are_those_of_the_references():
    assert fisher_more_wrong(5, 7, 10, 78) == pytest.approx(0.016409, abs=1e-6)
    q = benjamini_hochberg([0.001, 0.008, 0.039, 0.041, 0.042, 0.06, 0.074, 0.205])
    assert q == pytest.approx([0.008, 0.032, 0.0672, 0.0672, 0.0672, 0.08, 0.084571, 0.205], abs=1e-6)


def test_two_clips_are_a_suspect_at_most_and_it_is_said_how_many_more():
    clips = ["a"] * 6 + ["b"] * 6 + ["c"] * 88
    (found,) = slices(labelled(answers(5, 7, 10, 78), clip=clips), [first(12, 100)])
    assert found.flag == "suspect"
    assert found.more == frames_to_tell(78 / 88) - 12


def test_frames_of_a_slice_in_a_stratum_without_a_label_of_it_may_be_anything():
    frames = labelled(answers(6, 14, 10, 70), weight=[6] * 40 + [16] * 60, stratum=["hard"] * 40 + ["rest"] * 60)
    (known,) = slices(frames, [first(20, 100, listed={"hard": 120})])
    (open_,) = slices(frames, [first(20, 100, listed={"hard": 120, "rest": 40, "": 7})])
    assert (known.estimate.method, known.estimate.status) == ("wilson", "ok")
    assert (open_.estimate.value, open_.estimate.status, open_.estimate.note) == (0.7, "weak", "empty_stratum")
    assert open_.estimate.lo < known.estimate.lo


def test_a_score_far_behind_by_chance_is_a_suspect():
    (found,) = slices(labelled(answers(4, 6, 17, 73)), [first(10, 100)])
    assert (found.flag, round(found.behind, 3)) == ("suspect", 0.211)
    assert found.q > 0.10
    assert found.more >= 10


def test_nine_frames_say_nothing():
    (found,) = slices(labelled(answers(9, 0, 0, 91)), [first(9, 100)])
    assert (found.flag, found.p, found.q) == ("too_few", None, None)


def test_what_all_frames_share_is_no_slice():
    assert slices(labelled([True] * 20), [first(20, 20), first(0, 20)]) == ()


def test_slices_are_judged_together():
    """One slice of ten that would stand alone does not when nine others were looked at as well."""
    right = answers(5, 7, 10, 78)
    member = np.arange(100) < 12
    others = [Group("clip", str(k), np.arange(100) % 9 == k) for k in range(9)]
    alone = slices(labelled(right), [Group("light", "dark", member)])[0]
    among = slices(labelled(right), [Group("light", "dark", member), *others])[0]
    assert among.q > alone.q
    assert among.flag == "suspect"


def test_a_weighted_slice_is_joined_from_its_strata():
    right = [True] * 10 + [False] * 10 + [True] * 20
    stratum = ["hard"] * 20 + ["rest"] * 20
    frames = labelled(right, [6] * 20 + [16] * 20, stratum)
    member = np.array(([True] * 5 + [False] * 5) * 4)
    (found,) = slices(frames, [Group("camera", "left", member, {"hard": 60, "rest": 140})])
    assert found.estimate.value == pytest.approx((60 * 0.5 + 140 * 1.0) / 200)
    assert found.estimate.method == "stratified_wilson"
    (by_class,) = slices(frames, [Group("class", "crack", member)])
    assert by_class.estimate.value == pytest.approx((60 * 0.5 + 160 * 1.0) / 220)


@pytest.mark.parametrize(("rest", "frames"), [(0.95, 30), (0.99, 30), (0.9, 40), (0.8, 50), (0.7, 60), (0.4, 60)])
def test_a_better_rest_needs_fewer_frames(rest, frames):
    assert frames_to_tell(rest) == frames


def test_chance_alone_flags_few_reports():
    """Ten slices of ten frames, no real difference: the twenty-point rule alone would name one in 41 % of reports (methods 6.2)."""
    rng = np.random.default_rng(0)
    groups = [Group("clip", str(k), np.arange(100) // 10 == k) for k in range(10)]
    named = sum(
        any(found.flag == "blind_spot" for found in slices(labelled(rng.random(100) < 0.9, clip=np.arange(100)), groups))
        for _ in range(200)
    )
    assert named <= 20


@pytest.mark.parametrize(
    ("changed", "light"),
    [
        ({}, "normal"),
        ({"mean": 49}, "dark"),
        ({"clipped_high": 0.06}, "bright"),
        ({"contrast": 210, "backlight": 50}, "backlit"),
        ({"contrast": 50}, "low_contrast"),
    ],
)
def test_light_is_told_from_the_picture(changed, light):
    (code,) = lights(**{name: np.array([float(figure)]) for name, figure in {**USUAL, **changed}.items()})
    assert LIGHTS[code] == light


def test_thirds_part_what_differs():
    assert thirds(np.arange(9.0)).tolist() == [0, 0, 0, 1, 1, 1, 2, 2, 2]
    assert thirds(np.ones(5)).tolist() == [1] * 5
    assert thirds(np.empty(0)).size == 0

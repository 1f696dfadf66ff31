from functools import cache

import numpy as np
import pytest
from scipy.stats import kendalltau

from fieldcheck.analyses.adversarial_validation import (
    ASPECTS,
    AspectSamples,
    DomainSamples,
    _describe_aspects,
    _estimate_auc_difference,
    _find_leading,
    _is_overlay,
    _measure_time_order,
    measure_shift_aspects,
)
from fieldcheck.analyses.domain_shift_result import Aspect, ShiftAspects
from fieldcheck.corruptions.catalogue import apply_corruption
from fieldcheck.domain.estimate import Estimate
from fieldcheck.imaging.quality import compute_aspect_features, find_static_marks, make_grid
from fieldcheck.progress import Cancelled, NullProgress
from fieldcheck.stats.robustness import compute_auroc
from tests.analyses.domain_shift.test_adversarial import SIDE, scene

POOL, CLIPS, EACH, PICTURES = 64, 8, 6, 56
CELLS = 12


def elsewhere(rgb, at):
    """The same cells of a scene in another order, its brighter ones rather to the left: another
    place under the same light."""
    rng, size = np.random.default_rng(at), SIDE // CELLS
    cells = rgb.reshape(CELLS, size, CELLS, size, 3).swapaxes(1, 2).reshape(-1, size, size, 3)
    order = np.argsort(-cells.mean(axis=(1, 2, 3)) + rng.normal(0, 20, len(cells)))
    return (
        cells[order]
        .reshape(CELLS, CELLS, size, size, 3)
        .transpose(1, 2, 0, 3, 4)
        .reshape(rgb.shape)
    )


def stamped(rgb, at):
    """A black bar with white letters that change, in a corner."""
    out = rgb.copy()
    out[:10, :70] = 0
    out[2:8, 3:67][np.random.default_rng(at).random((6, 64)) < 0.4] = 255
    return out


def with_logo(rgb, at):
    out = rgb.copy()
    out[60:76, 60:66], out[60:66, 60:76] = 255, 0
    return out


def boxed(rgb, at):
    out = rgb.copy()
    out[:12], out[-12:] = 0, 0
    return out


PLANTED = {
    "place": elsewhere, "spectrum": lambda rgb, at: apply_corruption(rgb, "defocus", 2, seed=at),
    "colour": lambda rgb, at: apply_corruption(rgb, "colour_cast", 3, seed=0),
    "time": lambda rgb, at: apply_corruption(rgb, "dark", 2, seed=at), "stamp": stamped,
    "logo": with_logo, "box": boxed, "nothing": lambda rgb, at: rgb,
}  # fmt: skip


@cache
def measured(planted):
    """Features of a pool of scenes with a cause planted: masked and plain, (POOL, d) by aspect."""
    rng = np.random.default_rng(0)
    shown = [PLANTED[planted](scene(rng), at) for at in range(POOL)]
    marks = find_static_marks(np.stack([make_grid(rgb) for rgb in shown]))
    rows = {
        masked: [compute_aspect_features(rgb, masked, marks) for rgb in shown]
        for masked in (True, False)
    }
    return {
        masked: {name: np.stack([getattr(row, name) for row in some]) for name in ASPECTS}
        for masked, some in rows.items()
    }


def visit(seed, planted):
    """Eight clips of six frames, each near its clip's scene in every figure, against sixty-four
    other scenes."""
    order = np.random.default_rng([seed, 1]).permutation(POOL)
    clips = np.repeat(np.arange(CLIPS), EACH)
    sides = {}
    for masked in (True, False):
        sides[masked] = {}
        for number, name in enumerate(ASPECTS):
            figures, plain = measured(planted)[masked][name], measured("nothing")[masked][name]
            noise = np.random.default_rng([seed, 2, number]).standard_normal(
                (clips.size, plain.shape[1])
            )
            own = figures[order[clips]] + 0.2 * plain.std(axis=0) * noise
            sides[masked][name] = DomainSamples(own, clips, plain[order[CLIPS : CLIPS + PICTURES]])
    return AspectSamples(sides[True], sides[False], 0.0)


def told(seed, planted):
    found = measure_shift_aspects(visit(seed, planted), seed)
    return found.leading[0] if found.told == "told" else found.told


@pytest.mark.full("domain_aspects")
def test_place_spectrum_and_time_are_told_apart_and_a_stamp_is_no_shift(counts, evidence):
    n = counts(ci=2, full=40)
    kinds = {
        "colour": "spectrum", "stamp": "overlay", "logo": "overlay", "box": "overlay",
        "nothing": "none",
    }  # fmt: skip
    figures = {}
    for planted in PLANTED:
        answers = [told(seed, planted) for seed in range(n)]
        figures[planted] = {answer: answers.count(answer) for answer in sorted(set(answers))}
    evidence(runs=n, answers=figures)
    for planted, answers in figures.items():
        right = kinds.get(planted, planted)
        assert answers.get(right, 0) >= 0.7 * n - 1, (planted, answers)
        wrong = sum(
            count for answer, count in answers.items() if answer in ASPECTS and answer != right
        )
        assert wrong <= max(1, 0.05 * n), (planted, answers)


def area(value, lo=None, status="ok"):
    return Estimate(
        value, value if lo is None else lo, max(value, 0.99), 48, 8.0, "bootstrap_clips", status
    )


@pytest.mark.parametrize(
    ("plain", "masked", "fell", "overlay"),
    [
        (area(0.9), area(0.6), area(0.3, 0.1), True),
        (area(0.9), area(0.8), area(0.1, 0.05), False),  # still told apart
        (area(0.9), area(0.6), area(0.3, -0.1), False),  # it fell by chance
        (area(0.9), area(0.6), area(0.3, 0.0), False),
        (area(0.7), area(0.6), area(0.1, 0.05), False),  # never told apart
        (area(0.75), area(0.7499), area(0.1, 0.05), True),
        (area(0.75), area(0.75), area(0.1, 0.05), False),
        (Estimate.not_measured("too_few_clips", 48, 0.9), area(0.6), area(0.3, 0.1), False),
    ],
)
def test_an_overlay_is_what_ends_with_its_mask(plain, masked, fell, overlay):
    apart = (np.linspace(3, 4, 48), np.linspace(0, 1, 56))
    alike = (np.tile(np.linspace(0, 1, 6), 8), np.linspace(0, 1, 56))
    assert _is_overlay(apart, np.repeat(np.arange(8), 6), plain, masked, fell) == overlay
    assert not _is_overlay(alike, np.repeat(np.arange(8), 6), plain, masked, fell)


def aspect(name, value, shown=True, control=0.5):
    return Aspect(name, area(value), value, control, 0.6, shown)


def test_the_kind_leads_that_is_better_than_each_other_one():
    shown = [aspect("time", 0.8), aspect("place", 0.95)]
    chance = np.random.default_rng(0).normal(0, 0.01, 1000)
    expected = ("place", "time")
    assert _find_leading(shown, {"time": 0.8 + chance, "place": 0.95 + chance[::-1]}) == expected
    assert _find_leading(shown, {"time": 0.945 + chance, "place": 0.95 + chance[::-1]}) == ()
    assert _find_leading(shown[:1], {"time": 0.8 + chance}) == ("time",)
    three = [*shown, aspect("spectrum", 0.9)]
    draws = {"time": 0.8 + chance, "place": 0.95 + chance, "spectrum": 0.95 + chance[::-1]}
    assert _find_leading(three, draws) == ()


def test_what_is_told_of_the_kinds():
    found = [aspect("time", 0.8), aspect("place", 0.6, shown=False)]
    assert _describe_aspects(True, found, ("time",)) == "overlay"
    assert _describe_aspects(False, found, ("time",)) == "told"
    assert _describe_aspects(False, found, ()) == "confounded"
    assert _describe_aspects(False, found[1:], ()) == "none"
    actual = _describe_aspects(
        False, [*found, aspect("spectrum", 0.6, False, control=float("nan"))], ("time",)
    )
    assert actual == "too_few_clips"


def test_the_difference_of_two_areas_is_paired():
    rng = np.random.default_rng(0)
    clip, own, other = np.repeat(np.arange(8), 6), rng.normal(1, 1, 48), rng.normal(0, 1, 56)
    found = _estimate_auc_difference((own, other), (own - 0.5, other), clip, 0)
    assert found.value == pytest.approx(compute_auroc(own, other) - compute_auroc(own - 0.5, other))
    assert 0 < found.lo < found.value < found.hi
    assert (found.n, found.n_eff, found.method) == (48, 8.0, "bootstrap_clips")
    same = _estimate_auc_difference((own, other), (own, other), clip, 0)
    assert (same.value, same.lo, same.hi) == (0, 0, 0)
    few = _estimate_auc_difference((own, other), (own - 0.5, other), clip % 2, 0)
    assert (few.status, few.note, few.n, few.value) == ("na", "too_few_clips", 48, found.value)


def test_the_order_is_kendalls_of_the_clips_by_their_first_frame():
    light, clip = np.array([1.0, 3.0, 2.0, 4.0, 5.0]), np.array(["e", "d", "c", "b", "a"])
    field = np.repeat(light, 2)[:, None] * np.ones(len(ASPECTS) + 5)
    share, p = _measure_time_order(DomainSamples(field, np.repeat(clip, 2), np.zeros((0, 8))))
    assert share == pytest.approx(0.9)
    assert p == pytest.approx(kendalltau(range(5), light).pvalue)
    assert np.isnan(
        _measure_time_order(DomainSamples(field[:6], np.repeat(clip[:3], 2), np.zeros((0, 8))))
    ).all()
    assert not np.isnan(
        _measure_time_order(DomainSamples(field[:8], np.repeat(clip[:4], 2), np.zeros((0, 8))))
    ).any()


def test_two_kinds_at_once_cannot_be_told_apart():
    given = visit(0, "nothing")

    def shifted(side):
        both = {name: side[name] for name in ("spectrum", "time")}
        far = {
            name: DomainSamples(one.field + 6 * one.field.std(axis=0), one.clip, one.benchmark)
            for name, one in both.items()
        }
        return {**side, **far}

    found = measure_shift_aspects(
        AspectSamples(shifted(given.masked), shifted(given.plain), 0.0), 0
    )
    assert (found.told, found.leading) == ("confounded", ())
    assert {one.name for one in found.aspects if one.shown} == {"spectrum", "time"}


def test_the_figures_of_a_stamp_fall_with_their_range():
    found = measure_shift_aspects(visit(1, "stamp"), 1)
    assert found.unmasked.value > 0.9 > 0.75 > found.masked.value
    assert (
        0
        < found.fell.lo
        <= found.fell.value
        == pytest.approx(found.unmasked.value - found.masked.value)
    )
    assert not any(one.shown for one in found.aspects)


def test_light_that_changes_in_the_order_of_the_clips_is_seen_and_otherwise_not():
    given = visit(0, "nothing")
    lighter = given.masked["time"].field + np.repeat(np.arange(CLIPS), EACH)[
        :, None
    ] * given.masked["time"].field.std(axis=0)
    rising = dict(
        given.masked,
        time=DomainSamples(lighter, given.masked["time"].clip, given.masked["time"].benchmark),
    )
    found = measure_shift_aspects(AspectSamples(rising, given.plain, 0.0), 0)
    assert found.order > 0.8
    assert found.order_p < 0.01
    assert measure_shift_aspects(given, 0).order_p > 0.05


def test_three_clips_have_no_control_and_nothing_is_named():
    given = visit(0, "time")

    def few(side):
        return {
            name: DomainSamples(one.field[:18], one.clip[:18], one.benchmark)
            for name, one in side.items()
        }

    found = measure_shift_aspects(AspectSamples(few(given.masked), few(given.plain), 0.0), 0)
    assert (found.told, found.leading, found.n_clips) == ("too_few_clips", (), 3)
    assert np.isnan(found.order)
    assert ShiftAspects.from_json(found.to_json()).to_json() == found.to_json()


def test_it_can_be_cancelled():
    class StoppedAtOnce(NullProgress):
        def check(self):
            raise Cancelled

    with pytest.raises(Cancelled):
        measure_shift_aspects(visit(0, "nothing"), 0, StoppedAtOnce())

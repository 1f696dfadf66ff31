import numpy as np
import pytest

from fieldcheck.models.compare import (
    PairedCorrectness,
    check_gate_sets,
    decide_gate_verdict,
    list_undecided,
)


def answered(kind, n, lost=0, won=0, wrong=0, name="", **more):
    """`n` pictures: the first `lost` right before only, the next `won` right after only, the next
    `wrong` never."""
    before, after = np.ones(n, bool), np.ones(n, bool)
    after[:lost] = False
    before[lost : lost + won] = False
    before[lost + won : lost + won + wrong] = after[lost + won : lost + won + wrong] = False
    return PairedCorrectness(
        kind, name, tuple(f"{k:03d}.png" for k in range(n)), before, after, **more
    )


def states(*sets, **told):
    return [line.state for line in check_gate_sets(sets, **told)]


@pytest.mark.parametrize(
    ("n", "lost", "won", "state"),
    [
        (200, 0, 0, "pass"),  # nothing changed, and enough pictures to show it
        (91, 0, 0, "pass"),
        (90, 0, 0, "not_enough"),  # 2.77 / 92 is just above three points
        (20, 0, 0, "not_enough"),
        (200, 40, 0, "fail"),
        (200, 8, 0, "not_enough"),  # a drop of four points that may be two or seven
        (200, 0, 20, "pass"),
        (1000, 10, 10, "pass"),
    ],
)
def test_a_set_is_judged_by_the_interval_of_its_drop(n, lost, won, state):
    assert states(answered("clean", n, lost, won)) == [state]
    assert states(answered("corrupted", n, lost, won)) == [state]


def test_a_wider_tolerance_lets_more_pass():
    assert states(answered("clean", 200, 8), tolerance=0.10) == ["pass"]


def test_a_golden_set_fails_with_one_picture_and_names_it():
    (line,) = check_gate_sets([answered("golden", 40, lost=1, won=5)])
    assert (line.state, line.lost) == ("fail", ("000.png",))
    # what was wrong before is no loss
    assert states(answered("golden", 3, won=1, wrong=2)) == ["pass"]
    assert states(answered("golden", 0)) == ["too_few"]


def test_a_slice_fails_only_beyond_chance_among_all_slices():
    alone = check_gate_sets([answered("slice", 12, lost=6, name="glare")])
    assert (alone[0].name, alone[0].state, alone[0].q) == ("glare", "fail", pytest.approx(2 / 64))
    many = [
        answered("slice", 12, lost=6, name="glare"),
        *(answered("slice", 12, name=f"s{k}") for k in range(9)),
    ]
    assert states(*many) == ["not_enough"] * 10
    assert states(answered("slice", 9, lost=9)) == ["too_few"]


def test_strata_weigh_in_the_field():
    names = np.array(["hard"] * 50 + ["rest"] * 150)
    line = check_gate_sets(
        [answered("field", 200, lost=50, stratum=names, counted={"hard": 200, "rest": 3800})]
    )[0]
    assert line.change.value == pytest.approx(-0.05)
    assert line.before.value == 1.0


def test_the_scores_of_the_field_are_those_of_the_footage_as_their_change_is():
    names = np.array(["hard"] * 40 + ["rest"] * 60)
    (line,) = check_gate_sets([
        answered(
            "field", 100, lost=20, stratum=names, counted={"hard": 240, "rest": 960, "hard@2": 0},
        ),
    ])  # fmt: skip
    assert (line.before.value, line.after.value) == (1.0, pytest.approx(0.9))
    assert line.after.value - line.before.value == pytest.approx(line.change.value)
    assert (line.after.method, line.after.n) == ("stratified_wilson", 100)


def test_another_metric_is_compared_on_the_same_resamples():
    """All right before, all wrong after: the change is −1, at the end of what a change can be."""
    before, after = (lambda w: w.sum(axis=1) / w.sum(axis=1)), (lambda w: 0 * w.sum(axis=1))
    (line,) = check_gate_sets([answered("clean", 30, lost=30, scores=(before, after))])
    assert (line.before.value, line.after.value, line.change.value) == (1.0, 0.0, -1.0)
    names, right = np.array(["hard"] * 10 + ["rest"] * 20), np.arange(30) >= 10
    weighed = (before, lambda w: w @ right / w.sum(axis=1))
    (line,) = check_gate_sets([
        answered(
            "field", 30, lost=10, stratum=names, counted={"hard": 40, "rest": 160}, scores=weighed,
        ),
    ])  # fmt: skip
    assert (line.after.value, line.change.value) == (pytest.approx(0.8), pytest.approx(-0.2))
    (none,) = check_gate_sets([answered("clean", 0, scores=(before, after))])
    assert none.state == "too_few"


def test_the_verdict_over_all():
    good = answered("clean", 200)
    thin = answered("corrupted", 20)
    bad = answered("golden", 9, lost=1)
    assert decide_gate_verdict(check_gate_sets([good])) == "pass"
    assert decide_gate_verdict(check_gate_sets([good, thin])) == "not_enough"
    assert decide_gate_verdict(check_gate_sets([good, thin, bad])) == "fail"
    assert (
        decide_gate_verdict(check_gate_sets([good, answered("field", 20), answered("slice", 4)]))
        == "pass"
    )
    assert decide_gate_verdict(check_gate_sets([good, answered("field", 100, lost=40)])) == "fail"
    assert decide_gate_verdict(()) == "not_enough"


def test_a_set_that_is_required_has_to_be_decided():
    good, thin = answered("clean", 200), answered("field", 20)
    assert decide_gate_verdict(check_gate_sets([good, thin]), ("clean",)) == "pass"
    assert decide_gate_verdict(check_gate_sets([good, thin]), ("field",)) == "not_enough"
    # not a frame of it is labelled
    assert decide_gate_verdict(check_gate_sets([good]), ("field",)) == "not_enough"
    assert (
        decide_gate_verdict(check_gate_sets([good, answered("field", 200)]), ("field", "clean"))
        == "pass"
    )
    assert [line.kind for line in list_undecided(check_gate_sets([good, thin]))] == ["field"]

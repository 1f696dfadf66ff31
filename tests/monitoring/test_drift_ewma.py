import sys
from dataclasses import replace
from math import inf

import numpy as np
import pytest
from scipy.signal import lfilter

from fieldcheck.domain.shift import BASELINE_SHIFTS, ShiftStatistics, list_waiting_alarms
from fieldcheck.monitoring.drift_ewma import (
    DriftMonitor,
    ReferenceResults,
    compute_centroid_shift,
    compute_g_test,
    compute_median_upper_limit,
    compute_z_score,
    find_fallen_classes,
    is_mean_different,
    process_shifts,
)
from tests.counts import rows
from tests.imaging.replay import frames, shift_of
from tests.monitoring.months import month


def states(shifts, seen=()):
    return [one.state for one in process_shifts(shifts, seen)]


@pytest.mark.long
@pytest.mark.full("quiet_months")
def test_a_quiet_month_alarms_in_at_most_six_of_a_hundred(counts, evidence):
    """Thirty shifts after those that are learnt from, with all four charts: confidence, class mix,
    entropy, embedding."""
    n = counts(ci=15, full=500)
    rang = sum(
        "alarm" in states(month(np.random.default_rng(seed), n=BASELINE_SHIFTS + 30, entropy=True))
        for seed in range(n)
    )
    evidence(months=n, with_an_alarm=rang)
    assert rang / n <= (0.06 if n == 500 else 0.2)


def related_month(phi, rng):
    """A baseline and thirty shifts more, whose light, product and confidence vary slowly: a lag-1
    correlation of phi under the noise of a hundred results."""
    n = BASELINE_SHIFTS + 30
    noise = rng.standard_normal((n + 200, 10)) * np.sqrt(1 - phi**2)
    slow = lfilter([1.0], [1.0, -phi], noise, axis=0)[200:]

    def drift(day):
        mix = np.array([0.6, 0.3, 0.1]) * np.exp(0.4 * slow[day, 9] * np.array([0, 1, -1]))
        return 0.3 * slow[day, :8], 0.93 + 0.01 * slow[day, 8], tuple(mix / mix.sum())

    return month(rng, n=n, drift=drift, entropy=True)


@pytest.mark.long
@pytest.mark.full("related_months")
def test_months_that_vary_slowly_under_noise_alarm_seldom_though_more_often_than_quiet_ones(
    counts, evidence
):
    """The miss that methods 8.4 names: noise hides how long the line remembers."""
    n = counts(ci=6, full=200)
    for phi in (0.5, 0.8):
        months = (related_month(phi, np.random.default_rng(seed)) for seed in range(n))
        rang = sum("alarm" in states(shifts) for shifts in months)
        evidence(**{f"phi {phi}": {"months": n, "with_an_alarm": rang}})
        assert rang / n <= (0.25 if n == 200 else 0.67)


def test_the_first_twenty_shifts_are_learnt_from():
    found = process_shifts(month(np.random.default_rng(1), n=21), ())
    assert [one.state for one in found[:20]] == ["learning"] * 20
    assert found[20].state != "learning"
    assert found[20].n_reference == 20


@pytest.mark.parametrize("seed", range(5))
def test_a_step_of_the_embeddings_is_found_and_the_model_is_said_to_see_something_new(seed):
    rng = np.random.default_rng(seed)
    found = process_shifts(
        month(rng, n=35, drift=lambda day: (1.5 if day >= 24 else 0, 1.0, None)), ()
    )
    (alarm, *_) = [one for one in found if one.state == "alarm" and one.began >= "2026-10-25"]
    assert alarm.began <= "2026-10-29"
    assert (alarm.cause, alarm.advice) == ("new_pictures", "look")


@pytest.mark.parametrize("seed", range(5))
def test_confidence_that_falls_in_most_classes_asks_for_the_camera(seed):
    rng = np.random.default_rng(seed)
    found = process_shifts(month(rng, drift=lambda day: (0, 0.85 if day >= 24 else 1.0, None)), ())
    (alarm, *_) = [one for one in found if one.state == "alarm" and one.began >= "2026-10-25"]
    assert (alarm.cause, alarm.advice) == ("all_classes", "check_camera")


def test_another_product_mix_is_said_before_anything_of_the_model():
    rng = np.random.default_rng(2)
    found = process_shifts(
        month(rng, drift=lambda day: (0, 0.85, (0.1, 0.2, 0.7)) if day >= 24 else (0, 1.0, None)),
        (),
    )
    (alarm, *_) = [one for one in found if one.state == "alarm"]
    assert alarm.cause == "class_mix"


def drifting(days, n=40, seed=3):
    """A month whose embeddings lie three standard deviations off on these days."""
    rng = np.random.default_rng(seed)
    return month(rng, n=n, drift=lambda day: (3.0 if day in days else 0, 1.0, None))


def test_the_shift_of_an_alarm_is_set_aside_and_learning_goes_on_without_anybody():
    shifts = drifting((24, 25, 33))
    found = process_shifts(shifts, ())
    assert [found[at].state for at in (24, 25)] == ["alarm", "diagnose"]
    assert found[26].n_reference == 24
    assert found[-1].n_reference > 30
    quiet = [one for one in found if one.state in ("healthy", "watch")]
    assert len({one.n_reference for one in quiet}) == len(quiet), "each joined the reference"
    seen = process_shifts(shifts, {shifts[25].began})
    assert (seen[26].state, seen[33].state) == ("healthy", "alarm")


def test_a_line_that_stays_where_it_fell_is_never_learnt_from():
    found = process_shifts(drifting(range(24, 60), n=60), ())
    assert [one.state for one in found[24:]] == ["alarm"] + ["diagnose"] * 35
    assert {one.n_reference for one in found[24:]} == {24}


def test_a_chart_that_came_back_may_alarm_again_though_nobody_has_looked():
    found = process_shifts(drifting((24, 50), n=52), ())
    assert [at for at, one in enumerate(found) if one.state == "alarm"] == [24, 50]


def test_no_shift_gives_no_state():
    assert process_shifts((), ()) == ()


def test_a_log_without_embeddings_has_two_charts():
    shifts = [
        ShiftStatistics(
            f"2026-10-{day + 1:02d}T06:00:00+01:00", 10, {"a": 10}, {"a": 0.9 + day / 1e3}, {}
        )
        for day in range(22)
    ]
    expected = {"confidence", "class_mix"}
    assert {point.name for point in process_shifts(shifts, ())[-1].charts} == expected


def test_slow_drift_is_said_though_no_shift_stands_out():
    shifts = month(np.random.default_rng(5), n=50, drift=lambda day: (0, 1 - 0.0008 * day, None))
    found = process_shifts(shifts, {one.began for one in shifts})
    assert any("confidence" in one.slow for one in found)


def with_camera(shifts, pictures):
    """Shifts with what a camera gave of each. `pictures(at)`: its frames in that shift."""
    return [replace(one, cameras=(shift_of("A", pictures(at)),)) for at, one in enumerate(shifts)]


@pytest.mark.long
def test_a_fault_of_the_camera_is_said_alone_and_never_advises_a_retrain():
    rng = np.random.default_rng(4)
    shifts = month(rng, n=9, drift=lambda day: (3.0, 0.5, None) if day >= 7 else (0, 1.0, None))
    shifts[7] = replace(shifts[7], median_upper={"crack": 0.4})
    frozen = list(frames(1, 7, n=20))
    seen = with_camera(
        shifts, lambda at: frames(1, at, n=20) if at < 7 else frozen[:5] + [frozen[5]] * 30
    )
    found = process_shifts(seen, ())
    assert [one.state for one in found[6:]] == ["learning", "alarm", "diagnose"]
    expected = {("camera", "check_camera", (), ())}
    assert {(one.cause, one.advice, one.charts, one.candidates) for one in found[7:]} == expected
    assert found[7].health[0].check == "frozen"
    assert found[8].n_reference == 7
    assert process_shifts(seen, {seen[7].began})[8].state == "alarm"


@pytest.mark.long
def test_pictures_that_look_otherwise_explain_an_alarm_before_the_model_does():
    rng = np.random.default_rng(4)
    shifts = month(rng, n=22, drift=lambda day: (3.0, 1.0, None) if day == 21 else (0, 1.0, None))
    dusk = with_camera(
        shifts, lambda at: frames(1, at, n=20, fault=lambda _, rgb: rgb - (25 if at == 21 else 0))
    )
    found = process_shifts(dusk, ())[21]
    assert (found.state, found.cause) == ("alarm", "picture")
    assert (found.feature, found.advice) == ("mean", "check_camera")


def test_a_shift_without_frames_or_with_few_results_says_so_and_is_no_reference():
    shifts = month(np.random.default_rng(1), n=8)
    shifts[6] = ShiftStatistics(shifts[6].began, 0, {}, {}, {})
    shifts[7] = ShiftStatistics(shifts[7].began, 9, {"ok": 9}, {"ok": 0.2}, {})
    found = process_shifts(shifts, ())
    expected = [("watch", "no_frames"), ("watch", "few_results")]
    assert [(one.state, one.cause) for one in found[6:]] == expected
    assert found[7].n_reference == 6


def test_three_days_are_too_short_a_reference_and_learning_is_said():
    found = process_shifts(month(np.random.default_rng(1), n=3), ())
    assert [(one.state, one.charts) for one in found] == [("learning", ())] * 3


def test_entropy_has_a_chart_where_every_shift_tells_it():
    shifts = month(np.random.default_rng(1), n=24, entropy=True)
    expected = ["confidence", "class_mix", "entropy", "embedding"]
    assert [one.name for one in process_shifts(shifts, ())[21].charts] == expected
    shifts[22] = replace(shifts[22], entropy=None)
    found = [[one.name for one in shift.charts] for shift in process_shifts(shifts, ())]
    assert found[22:] == [["confidence", "class_mix", "embedding"]] * 2


@pytest.fixture
def worked(monkeypatch):
    """Starts of the shifts whose statistics were worked out, as often as they were."""
    begun, measure = [], ReferenceResults.measure
    monkeypatch.setattr(
        ReferenceResults,
        "measure",
        lambda self, shift, names: begun.append(shift.began) or measure(self, shift, names),
    )
    return begun


def test_a_shift_is_worked_out_once_however_often_the_line_is_asked(worked):
    shifts, line = month(np.random.default_rng(1), n=34), DriftMonitor()
    for many in (26, 26, 27, 34, 34):
        line.process_shifts(shifts[:many], ())
    assert worked == [one.began for one in shifts]
    growing = [*shifts[:33], replace(shifts[33], n=99)]  # the shift that is not over
    assert line.process_shifts(growing, ()) == process_shifts(growing, ())
    assert worked.count(shifts[32].began) == 2  # once by each


@pytest.mark.long
def test_the_work_of_a_shift_does_not_grow_with_those_before_it():
    """Counted in lines of Python that run, so that no clock is asked."""
    shifts = month(np.random.default_rng(1), n=400)

    def count_lines(n):
        lines = 0

        def trace(frame, event, arg):
            nonlocal lines
            lines += event == "line"
            return trace

        before = sys.gettrace()
        sys.settrace(trace)
        process_shifts(shifts[:n], ())
        sys.settrace(before)
        return lines

    first, middle, last = count_lines(200), count_lines(300), count_lines(400)
    assert last - middle < 1.1 * (middle - first)


@pytest.mark.long
@pytest.mark.parametrize("seed", rows([0], full=[1, 2]))
def test_a_line_that_goes_on_says_what_one_that_begins_anew_says(seed):
    rng = np.random.default_rng(seed)
    shifts = month(rng, n=40, drift=lambda day: (3.0 if day in (25, 26, 27, 32) else 0, 1.0, None))
    frozen = [next(iter(frames(1, 7, n=20)))] * 30
    shifts[:12] = with_camera(
        shifts[:12], lambda at: frozen if at in (9, 10) else frames(1, at, n=20)
    )
    line, seen = DriftMonitor(), set()
    for many, looked in (
        (10, ()), (11, (9,)), (26, ()), (40, ()), (40, (27,)), (40, (22,)), (30, ()), (38, (26,)),
    ):  # fmt: skip
        seen |= {shifts[at].began for at in looked}
        assert line.process_shifts(shifts[:many], seen) == process_shifts(shifts[:many], seen)
    assert line.process_shifts(shifts, ()) == process_shifts(shifts, ())


@pytest.mark.long
def test_one_camera_is_acknowledged_and_the_fault_of_the_other_goes_on():
    frozen = list(frames(1, 7, n=20))
    stuck = frozen[:5] + [frozen[5]] * 30
    shifts = month(np.random.default_rng(4), n=9)
    pictures = [stuck if at >= 7 else list(frames(1, at, n=20)) for at in range(9)]
    seen = [
        replace(one, cameras=(shift_of("A", pictures[at]), shift_of("B", pictures[at])))
        for at, one in enumerate(shifts)
    ]
    line, began = DriftMonitor(), shifts[7].began
    assert [one.state for one in line.process_shifts(seen, ())[7:]] == ["alarm", "diagnose"]
    found = line.process_shifts(seen, (), {(began, "A")})
    # that of A came again after somebody looked
    assert [one.state for one in found[7:]] == ["alarm", "alarm"]
    assert list_waiting_alarms(found[:8], (), {(began, "A")}) == (found[7],)  # B waits
    assert list_waiting_alarms(found[:8], (), {(began, "A"), (began, "B")}) == ()


@pytest.mark.parametrize(("first", "last", "slow"), [(0.9, 0.9, False), (0.9, 0.7, True)])
def test_figures_that_never_vary_are_compared_without_a_test(first, last, slow):
    """Thirty shifts of one confidence each, as a log that repeats itself has."""
    assert is_mean_different([first] * 10, [last] * 10) is slow


def test_the_golden_z_of_a_shift_and_its_normal_quantile():
    z, quantile = compute_z_score([0.21, 0.25, 0.19, 0.23, 0.28, 0.22], 0.41)
    assert (z, quantile) == (pytest.approx(5.269860, abs=1e-6), pytest.approx(2.940942, abs=1e-6))


def test_a_reference_that_never_varied_gives_no_infinite_z():
    assert compute_z_score([0.5] * 6, 0.5)[0] == 0
    assert np.isfinite(compute_z_score([0.5] * 6, 0.6)).all()


def shift(counts, sure=0.9, **changes):
    confidence = dict.fromkeys(counts, sure)
    return ShiftStatistics(
        "2026-11-02T06:00:00+01:00", sum(counts.values()), counts, confidence | changes, {}
    )


def test_the_golden_shift_of_the_centroid():
    frames = np.array([[0.2, 1, 0.1], [0.4, -0.2, 0.3], [0, 0.6, 0.2]])
    actual = compute_centroid_shift(frames.mean(axis=0), np.zeros(3), np.array([1, 2, 0.5]))
    assert actual == pytest.approx(0.291230, abs=1e-6)


def test_the_golden_g_test():
    g, dof = compute_g_test(np.array([10, 20, 30, 25, 15]), np.array([200, 300, 250, 150, 100]))
    assert (g, dof) == (pytest.approx(16.886805, abs=1e-6), 4)


def test_rare_classes_are_one_and_a_single_class_has_no_mix():
    assert compute_g_test(np.array([50, 1, 2, 0]), np.array([480, 10, 9, 1]))[1] == 1
    assert compute_g_test(np.array([50]), np.array([300])) == (0.0, 0)


def test_a_class_that_fell_by_five_per_cent_beyond_chance_is_named():
    rng = np.random.default_rng(0)
    reference = [shift({"a": 60, "b": 60}, 0.9 + 0.004 * rng.standard_normal()) for _ in range(10)]
    assert find_fallen_classes(shift({"a": 60, "b": 60}, 0.9, b=0.8), reference) == (("b",), 2)
    # beyond chance, and less than five per cent
    assert find_fallen_classes(shift({"a": 60, "b": 60}, 0.88), reference) == ((), 2)
    # too few of one, and of what came before
    assert find_fallen_classes(shift({"a": 60, "b": 40}, 0.5), reference[:5])[1] == 1


def test_the_upper_limit_of_a_median_needs_twenty():
    assert compute_median_upper_limit(np.full(19, 0.4)) == inf
    assert compute_median_upper_limit(np.full(20, 0.4)) == 0.4
    assert compute_median_upper_limit(np.r_[np.full(12, 0.4), np.full(8, 0.9)]) == 0.9


def test_a_rare_class_is_tested_with_the_shifts_right_before():
    def one(sure):
        return ShiftStatistics(
            "2026-10-01T06:00:00+01:00", 100, {"ok": 88, "pore": 12}, {"ok": 0.9, "pore": sure}, {}
        )

    usual = [one(0.9 + 0.001 * (at % 3)) for at in range(12)]
    assert find_fallen_classes(one(0.6), usual) == (("pore",), 2)
    assert find_fallen_classes(one(0.9), usual) == ((), 1)


def test_results_that_repeat_are_told_before_anything_else_and_are_no_reference():
    shifts = month(np.random.default_rng(1), n=24)
    for at in (21, 22):
        shifts[at] = replace(
            shifts[at], repeated=40, counts={"pore": 100}, confidence={"pore": 0.2}
        )
    found = process_shifts(shifts, ())
    assert [one.state for one in found[21:]] == ["alarm", "diagnose", found[23].state]
    assert {(one.cause, one.advice, one.charts) for one in found[21:23]} == {
        ("repeated", "check_camera", ())
    }
    assert (found[21].repeated, found[23].n_reference) == (40, 21)
    few = process_shifts([replace(one, repeated=29) for one in shifts[:3]], ())
    assert [one.state for one in few] == ["learning"] * 3


def test_a_class_mix_that_chance_explains_raises_no_alarm_where_the_reference_never_differed():
    shifts = [shift({"ok": 100}) for _ in range(24)]
    shifts[22] = shift({"ok": 99, "crack": 1})
    found = process_shifts(shifts, ())
    assert [one.state for one in found[20:22]] == ["healthy"] * 2
    assert not next(one for one in found[22].charts if one.name == "class_mix").alarm


def test_the_statistics_of_a_shift_do_not_depend_on_the_order_of_the_reference():
    shifts = month(np.random.default_rng(1), n=8)
    names = ("class_mix", "embedding")
    forth, back = (ReferenceResults(some) for some in (shifts[:7], shifts[6::-1]))
    for name, (value, statistic) in forth.measure(shifts[7], names).items():
        assert back.measure(shifts[7], names)[name] == pytest.approx((value, statistic))
    frames_of = (
        np.array([one.centre for one in shifts[:7]]),
        np.array([one.spread for one in shifts[:7]]),
    )
    mean = frames_of[0].mean(axis=0)
    spread = np.sqrt((frames_of[1] ** 2 + (frames_of[0] - mean) ** 2).mean(axis=0))
    expected = compute_centroid_shift(np.array(shifts[7].centre), mean, spread)
    assert forth.measure(shifts[7], names)["embedding"][0] == pytest.approx(expected)

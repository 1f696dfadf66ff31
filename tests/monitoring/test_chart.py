import numpy as np
import pytest

from fieldcheck.monitoring.drift_ewma import EwmaChart, compute_z_score


def test_the_golden_z_of_a_shift_and_its_normal_quantile():
    z, quantile = compute_z_score([0.21, 0.25, 0.19, 0.23, 0.28, 0.22], 0.41)
    assert (z, quantile) == (pytest.approx(5.269860, abs=1e-6), pytest.approx(2.940942, abs=1e-6))


def test_the_golden_ewma():
    chart, read = EwmaChart(), []
    for quantile in (0.2, -0.1, 0.4, 1.2, 0.9, 1.5, 1.1, 1.8):
        assert not chart.add_quantile(quantile)
        read.append(chart.value)
    assert read == pytest.approx(
        [0.04, 0.012, 0.0896, 0.31168, 0.429344, 0.643475, 0.734780, 0.947824], abs=1e-6
    )
    assert chart.limit == pytest.approx(0.887243 * 3.2 / 2.7, abs=1e-6)


def test_a_jump_alarms_at_once_and_no_second_time_until_it_is_acknowledged():
    chart = EwmaChart()
    assert chart.add_quantile(4.5)
    assert not chart.add_quantile(4.5)
    chart.acknowledge()
    assert (chart.value, chart.ringing) == (0.0, False)
    assert chart.add_quantile(4.5)


def test_a_chart_of_a_known_reference_alarms_falsely_in_about_one_month_of_a_hundred():
    rng, rang = np.random.default_rng(0), 0
    for _ in range(1500):
        chart = EwmaChart()
        rang += sum(chart.add_quantile(one) for one in rng.standard_normal(30)) > 0
    assert rang / 1500 <= 0.025


def test_a_reference_that_never_varied_gives_no_infinite_z():
    assert compute_z_score([0.5] * 6, 0.5)[0] == 0
    assert np.isfinite(compute_z_score([0.5] * 6, 0.6)).all()

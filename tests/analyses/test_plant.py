from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fieldcheck.analyses.escape_rate import compute_escape_rates, compute_plant_consequences
from fieldcheck.domain.estimate import Estimate
from fieldcheck.domain.report import PlantFigures

ENTERED = PlantFigures(
    defect_ppm=2000, parts_per_day=8000, cost_escape=50, cost_reject=2, currency="EUR",
    by=("Q. Manager",),
)  # fmt: skip
DEFECT = np.arange(100) < 20
# 3 of 20 defects passed, 4 of 80 good parts rejected
CALLED = (np.arange(100) >= 3) & (np.arange(100) < 24)
RATES = compute_escape_rates(
    DEFECT, CALLED, np.ones(100), np.array(["one"] * 100), ("ok",), told=True
)
SHARES = st.floats(0, 1)


def rates(lo, value, hi):
    return replace(
        RATES, escape=Estimate.from_limits(value, lo, hi, n=50, n_eff=50.0, method="made")
    )


def limits(found):
    return found.value, found.lo, found.hi


def test_the_figures_worked_by_hand():
    found = compute_plant_consequences(RATES, ENTERED)
    # 0.15, 0.03207, 0.37893 of 2000 ppm
    assert limits(found.escaped_ppm) == pytest.approx((300, 64.1, 757.9), abs=0.1)
    # 16 defects a day at 50
    assert limits(found.escape_cost) == pytest.approx((120, 25.66, 303.14), abs=0.01)
    assert found.rejected_ppm.value == pytest.approx(49_900)  # 0.05 of 998,000
    # 7984 good parts a day, 0.05 of them at 2
    assert found.reject_cost.value == pytest.approx(798.4)
    assert found.escaped_ppm.n == 20
    assert (found.rejected_ppm.n, found.escape_cost.basis) == (80, "footage")


def test_other_clips_of_the_cameras_give_the_limits_where_there_are_any():
    wide = replace(
        RATES, escape_cameras=Estimate.from_limits(0.15, 0.01, 0.6, n=20, n_eff=5.0, method="made")
    )
    found = compute_plant_consequences(wide, ENTERED)
    assert limits(found.escaped_ppm) == pytest.approx((300, 20, 1200))
    assert found.escaped_ppm.basis == "cameras"


def test_without_the_plants_figures_there_is_nothing():
    assert compute_plant_consequences(RATES, PlantFigures()) is None


@pytest.mark.parametrize("missing", ["parts_per_day", "cost_escape", "currency"])
def test_a_cost_needs_every_figure_and_ppm_the_defect_rate_alone(missing):
    found = compute_plant_consequences(
        RATES, replace(ENTERED, **{missing: "" if missing == "currency" else None})
    )
    assert found.escape_cost is None
    assert found.escaped_ppm is not None
    without = compute_plant_consequences(RATES, replace(ENTERED, defect_ppm=None))
    assert (without.escaped_ppm, without.rejected_ppm) == (None, None)
    assert (without.escape_cost, without.reject_cost) == (None, None)


def test_fewer_than_ten_defects_are_not_enough():
    few = replace(RATES, escape=Estimate.from_limits(0.2, 0.01, 0.7, n=9, n_eff=9.0, method="made"))
    found = compute_plant_consequences(few, ENTERED)
    assert (found.escaped_ppm, found.escape_cost) == (None, None)
    assert found.reject_cost is not None


@given(
    SHARES, SHARES, SHARES, SHARES, SHARES, st.floats(1, 1e6), st.floats(1, 1e6),
    st.floats(0.01, 1e6),
)  # fmt: skip
def test_a_wider_interval_of_the_rate_is_a_wider_interval_of_the_cost(
    a, b, c, d, e, ppm, parts, price
):
    outer_lo, lo, value, hi, outer_hi = sorted((a, b, c, d, e))
    entered = replace(ENTERED, defect_ppm=ppm, parts_per_day=parts, cost_escape=price)
    inner, outer = (
        compute_plant_consequences(rates(*one), entered).escape_cost
        for one in ((lo, value, hi), (outer_lo, value, outer_hi))
    )
    assert outer.lo <= inner.lo <= inner.value <= inner.hi <= outer.hi
    assert inner.value == outer.value


@given(SHARES, SHARES, SHARES)
def test_a_price_of_nothing_costs_nothing_to_say(a, b, c):
    found = compute_plant_consequences(
        rates(*sorted((a, b, c))), replace(ENTERED, cost_escape=0, cost_reject=0)
    )
    assert (found.escape_cost, found.reject_cost) == (None, None)

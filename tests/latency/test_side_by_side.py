import numpy as np
import pytest

from fieldcheck.latency.statistics import compute_variant_latency, get_turn_order, plan_rounds


@pytest.mark.parametrize(
    ("seconds", "n", "expected"),
    [(600, 2, (30, 10.0)), (600, 4, (14, 10.0)), (4, 2, (4, 0.5)), (90, 2, (4, 10.0))],
)
def test_rounds_are_even_and_four_at_least_and_blocks_ten_seconds_at_most(seconds, n, expected):
    assert plan_rounds(seconds, n) == (expected[0], pytest.approx(expected[1]))


def test_heat_that_rises_evenly_falls_on_each_alike():
    """Two equal variants while everything gets slower by 2 % a block; in one order alone the second
    would look slower."""
    blocks = [[], []]
    one_way = [[], []]
    for number in range(8):
        for place, at in enumerate(get_turn_order(2, number)):
            blocks[at].append(np.full(50, 20.0 * 1.02 ** (2 * number + place)))
        for at in range(2):
            one_way[at].append(np.full(50, 20.0 * 1.02 ** (2 * number + at)))
    actual = compute_variant_latency("cpu", 2, blocks[1], blocks[0]).ratio
    assert actual == pytest.approx(1.0, abs=0.001)
    assert compute_variant_latency("cpu", 2, one_way[1], one_way[0]).ratio == pytest.approx(1.02)


def test_a_variant_has_its_percentiles_its_noise_and_its_ratio():
    first = [np.full(50, 20.0), np.full(50, 22.0)]
    found = compute_variant_latency("cpu", 2, [np.full(50, 10.0), np.full(50, 11.0)], first)
    assert (found.n, found.blocks_ms, found.ratio) == (100, (10.0, 11.0), 0.5)
    assert found.noise == pytest.approx(0.1)
    assert found.total.p50_ms == 10.5

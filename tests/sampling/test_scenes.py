import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fieldcheck.sampling.pick_frames import cluster_scenes

FAR = (1 << 64) - 1


def numbers(rows):
    return cluster_scenes(*([row[k] for row in rows] for k in range(4))).tolist()


def test_frames_that_follow_each_other_and_look_alike_are_one_scene():
    assert numbers(
        [
            ("a", 0.0, 0, 0),
            ("a", 0.5, 0b111111, FAR),
            ("a", 1.0, FAR, 0b11111111),
            ("a", 1.5, FAR, FAR),
        ]
    ) == [0, 0, 0, 1]


@pytest.mark.parametrize(
    "second", [("b", 0.5, 0, 0), ("a", 10.0, 0, 0), ("a", 0.5, 0b1111111, 0b111111111)]
)
def test_another_clip_ten_seconds_or_a_bit_too_many_begin_another(second):
    assert numbers([("a", 0.0, 0, 0), second]) == [0, 1]


def test_a_slow_change_does_not_chain_a_clip_together():
    """Each frame differs from the one before by three bits, from the first by more and more."""
    far_apart = [((1 << 9) - 1) << (7 * at) for at in range(8)]
    drift = [("a", at * 0.5, (1 << 3 * at) - 1, far_apart[at]) for at in range(8)]
    assert numbers(drift) == [0, 0, 0, 1, 1, 1, 2, 2]


def test_lists_of_different_lengths_are_refused():
    with pytest.raises(ValueError, match="fingerprints"):
        cluster_scenes(["a"], [0.0], [1, 2], [1])
    assert cluster_scenes([], [], [], []).tolist() == []


@given(
    st.lists(
        st.tuples(st.integers(0, 40), st.integers(0, 2**64 - 1), st.integers(0, 2**64 - 1)),
        max_size=40,
    )
)
def test_scenes_are_runs_numbered_in_order(rows):
    rows = sorted(rows)
    found = cluster_scenes(
        ["a"] * len(rows),
        [row[0] / 2 for row in rows],
        [row[1] for row in rows],
        [row[2] for row in rows],
    )
    assert set(np.diff(found).tolist()) <= {0, 1}

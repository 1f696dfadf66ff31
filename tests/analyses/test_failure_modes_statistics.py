import numpy as np
import pytest

from fieldcheck.analyses.failure_modes import (
    MODES,
    Fingerprints,
    count_distinct,
    count_failure_modes,
    get_failure_mode,
)
from fieldcheck.stats.camera_interval import estimate_camera_interval
from fieldcheck.stats.weighted_field_score import estimate_weighted_share

FAR = [int(bits) for bits in np.random.default_rng(0).integers(0, 2**63, 300)]


def looks(n, clip=None, apart_s=20.0, bits=None):
    prints = FAR[:n] if bits is None else bits
    return Fingerprints(
        clip or [f"c{k}" for k in range(n)], [k * apart_s for k in range(n)], prints, prints
    )


@pytest.mark.parametrize(
    ("tags", "mode"),
    [
        ((), ""),
        (("zinc", "Glare", "blur"), "blur"),
        (("Label doubtful",), "label doubtful"),
        (("tape", "oil"), "oil"),
    ],
)
def test_each_frame_has_one_mode(tags, mode):
    assert get_failure_mode(tags) == mode


def test_the_known_modes_come_in_their_order():
    assert get_failure_mode(tuple(reversed(MODES))) == MODES[0]


def test_shares_are_weighted_with_limits_by_clip():
    modes = ["dark"] * 6 + ["blur"] * 3 + [""] * 3
    weight = np.array([1.0] * 6 + [5.0] * 3 + [2.0] * 3)
    clip = np.array([f"c{k % 4}" for k in range(12)])
    found = count_failure_modes(modes, weight, clip, {"dark": 190, "blur": 260})
    expected = [("blur", 3, 260, 0), ("dark", 6, 190, 10), ("", 3, 0, 0)]
    assert [(row.mode, row.n, row.stock, row.to_collect) for row in found] == expected
    actual = found[0].share
    assert actual == estimate_camera_interval([mode == "blur" for mode in modes], weight, clip)
    assert sum(row.share.value for row in found) == pytest.approx(1.0)


def test_below_three_clips_the_share_is_that_of_this_footage():
    (one, _) = count_failure_modes(
        ["dark", "dark", "blur"], np.ones(3), np.array(["a", "a", "b"]), {}
    )
    assert one.share == estimate_weighted_share([1, 1, 0], np.ones(3))


def test_no_error_has_no_mode():
    assert count_failure_modes([], np.zeros(0), np.zeros(0, np.str_), {}) == ()


def test_at_most_ten_a_clip_are_distinct():
    assert count_distinct(looks(40, clip=["a"] * 25 + ["b"] * 15)) == 20
    assert count_distinct(looks(40)) == 40


def test_a_moment_counts_once():
    # 0, 1 and 2 s: a second apart
    assert count_distinct(looks(5, clip=["a"] * 5, apart_s=0.5)) == 3
    # alike for ten seconds
    assert count_distinct(looks(4, clip=["a"] * 4, apart_s=5.0, bits=[7] * 4)) == 2
    assert count_distinct(looks(4, clip=["a"] * 4, apart_s=10.0, bits=[7] * 4)) == 4
    assert count_distinct(looks(4, clip=["a", "b", "c", "d"], apart_s=0.1, bits=[7] * 4)) == 4

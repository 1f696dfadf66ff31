import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from fieldcheck.imaging.clipping import ON_BLACK, ON_WHITE, hatched


def test_only_what_is_clipped_is_striped_and_black_otherwise_than_white():
    rgb = np.full((32, 48, 3), 128, np.uint8)
    rgb[:, :16], rgb[:, 16:32] = 255, 0
    shown = hatched(rgb)
    assert (shown[:, :16] == ON_WHITE).all(axis=2).mean() == 0.25
    assert (shown[:, 16:32] == ON_BLACK).all(axis=2).mean() == 0.25
    assert (shown[:, 32:] == 128).all()


def test_the_stripes_run_in_different_directions():
    white, black = hatched(np.full((16, 16, 3), 255, np.uint8)), hatched(np.zeros((16, 16, 3), np.uint8))
    rising = (white == ON_WHITE).all(axis=2)
    falling = (black == ON_BLACK).all(axis=2)
    assert rising[0, 1]
    assert rising[1, 0]
    assert falling[1, 1]
    assert not falling[1, 0]


@given(st.integers(1, 40), st.integers(1, 40), st.integers(0, 255))
def test_the_frame_itself_is_not_changed(height, width, level):
    rgb = np.full((height, width, 3), level, np.uint8)
    rgb.flags.writeable = False
    shown = hatched(rgb)
    assert (rgb == level).all()
    assert shown.shape == rgb.shape

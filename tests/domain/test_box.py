from math import inf, nan

import pytest

from fieldcheck.domain.label import Box, Point


@pytest.mark.parametrize(
    "figures", [(nan, 0, 1, 1), (0, inf, 1, 1), (0, 0, -1, 1), (0, 0, 1, -0.5)]
)
def test_a_box_of_impossible_figures_is_refused_with_them_in_the_message(figures):
    with pytest.raises(ValueError, match="box with a"):
        Box("crack", *figures)


def test_a_box_may_be_flat_and_lie_outside_the_picture():
    assert Box("crack", -5, -5, 0, 3).w == 0


def test_a_box_is_no_crowd_unless_it_is_said():
    assert not Box("crack", 0, 0, 1, 1).crowd


def test_points_of_the_same_place_and_class_are_the_same():
    assert Point("crack", 1, 2) == Point("crack", 1.0, 2.0)

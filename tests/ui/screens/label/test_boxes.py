import pytest
from hypothesis import given
from hypothesis import strategies as st

from fieldcheck.domain.label import Box
from fieldcheck.ui.screens.label.drawing import LEAST, Boxes


@pytest.fixture
def boxes():
    made = Boxes(200, 100)
    made.add_corner(10, 20, "hole")
    made.add_corner(50, 60, "hole")
    return made


def test_two_corners_make_a_box_that_is_selected(boxes):
    assert boxes.all == [Box("hole", 10, 20, 40, 40)]
    assert (boxes.selected, boxes.changed, boxes.corner) == (0, True, None)


def test_corners_may_come_in_any_order_and_stay_on_the_frame():
    boxes = Boxes(200, 100)
    boxes.add_corner(250, 90, "hole")
    assert boxes.add_corner(150, -20, "hole")
    assert boxes.all == [Box("hole", 150, 0, 50, 90)]


def test_two_clicks_on_one_spot_are_no_box():
    boxes = Boxes(200, 100)
    boxes.add_corner(10, 10, "hole")
    assert not boxes.add_corner(11, 11, "hole")
    assert (boxes.all, boxes.changed) == ([], False)


def test_a_box_that_was_begun_can_be_dropped(boxes):
    boxes.add_corner(1, 1, "hole")
    assert boxes.discard_corners()
    assert not boxes.discard_corners()


def test_keys_act_on_the_selected_box(boxes):
    boxes.move_selected(-100, 5)
    boxes.move_end_edges(10, -100)
    boxes.set_class("part")
    assert boxes.all == [Box("part", 0, 25, 50, LEAST)]


def test_a_box_can_be_made_copied_and_taken_away_without_a_mouse():
    boxes = Boxes(200, 100)
    boxes.insert_in_centre("hole")
    assert boxes.all == [Box("hole", 75, 37.5, 50, 25)]
    boxes.duplicate_selected()
    assert boxes.all[1] == Box("hole", 85, 47.5, 50, 25)
    boxes.select_neighbour(1)
    assert boxes.selected == 0
    boxes.delete_selected()
    assert (len(boxes.all), boxes.selected) == (1, 0)


def test_without_a_selected_box_nothing_is_moved(boxes):
    boxes.selected = -1
    assert not any(
        (
            boxes.move_selected(1, 1),
            boxes.move_end_edges(1, 1),
            boxes.delete_selected(),
            boxes.duplicate_selected(),
            boxes.set_class("part"),
        )
    )


def test_copied_boxes_are_cut_to_the_frame():
    boxes = Boxes(100, 100)
    boxes.replace_boxes((Box("hole", 90, 90, 40, 40), Box("hole", 300, 300, 5, 5)))
    assert [(box.x, box.y, box.w, box.h) for box in boxes.all] == [(90, 90, 10, 10), (98, 98, 2, 2)]


steps = st.lists(
    st.tuples(
        st.sampled_from(
            [
                "add_corner",
                "move_selected",
                "move_end_edges",
                "insert_in_centre",
                "delete_selected",
                "duplicate_selected",
                "select_neighbour",
            ]
        ),
        st.floats(-300, 300),
        st.floats(-300, 300),
    )
)


@given(steps)
def test_whatever_is_done_every_box_lies_on_the_frame(acts):
    boxes = Boxes(120, 80)
    for name, x, y in acts:
        if name == "add_corner":
            boxes.add_corner(x, y, "hole")
        elif name == "insert_in_centre":
            boxes.insert_in_centre("hole")
        elif name == "select_neighbour":
            boxes.select_neighbour(1 if x > 0 else -1)
        elif name in ("move_selected", "move_end_edges"):
            getattr(boxes, name)(x, y)
        else:
            getattr(boxes, name)()
    assert all(
        box.x >= 0 and box.y >= 0 and box.x + box.w <= 120 + 1e-6 and box.y + box.h <= 80 + 1e-6
        for box in boxes.all
    )
    assert all(min(box.w, box.h) >= LEAST - 1e-9 for box in boxes.all)
    assert -1 <= boxes.selected < max(1, len(boxes.all))

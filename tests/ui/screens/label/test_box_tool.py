import numpy as np
import pytest
from PySide6.QtWidgets import QWidget

from fieldcheck.domain.label import Box
from fieldcheck.ui.screen import list_actions
from fieldcheck.ui.screens.label.drawing import BoxTool, snap_box
from fieldcheck.ui.screens.label.view import LabelView
from fieldcheck.ui.shell.shortcuts import Actions


@pytest.fixture
def boxing(qtbot, look):
    room = QWidget()
    qtbot.addWidget(room)
    view = LabelView(look, Actions(room, list_actions()), room)
    view.show_work(
        [("1", "part"), ("2", "hole")], kind="boxes", classes=("part", "hole"), many=False
    )
    strokes = []
    made = BoxTool(view, "part", strokes.append)
    made.strokes = strokes
    made.kept = room
    made.load_boxes(100, 80, (), ("part", "hole"))
    return made


def test_the_class_that_was_named_last_sticks_to_the_next_box(boxing):
    boxing.set_class("hole")
    boxing.add_corner(10, 10)
    boxing.add_corner(30, 30)
    assert boxing.boxes.all == [Box("hole", 10, 10, 20, 20)]


def test_naming_changes_the_selected_box(boxing):
    boxing.insert_in_centre()
    boxing.set_class("hole")
    assert boxing.boxes.all[0].class_name == "hole"
    assert boxing._view._box_list.item(0).text().startswith("hole")


def test_escape_first_drops_a_begun_box_then_the_selection(boxing):
    boxing.insert_in_centre()
    boxing.add_corner(1, 1)
    assert boxing.clear_selection()
    assert boxing.boxes.selected == 0
    assert boxing.clear_selection()
    assert boxing.boxes.selected == -1
    assert not boxing.clear_selection()


def test_a_tag_carries_the_number_and_the_name(boxing):
    boxing.replace_boxes((Box("hole", 1, 1, 9, 9),))
    assert boxing._view.canvas.overlay.boxes[0].tag == "2 hole"


def test_each_change_is_a_stroke_and_nudges_that_follow_each_other_are_one(boxing):
    boxing.insert_in_centre()
    for _ in range(5):
        boxing.move_selected(1, 0)
    boxing.move_start_edges(-1, -1)
    assert boxing.strokes == ["draw"]
    boxing.flush_nudges()
    boxing.flush_nudges()
    boxing.toggle_flag("occluded")
    boxing.delete_selected()
    assert boxing.strokes == ["draw", "move", "flag", "delete"]


def test_a_drag_of_a_handle_is_one_stroke(boxing):
    boxing.replace_boxes((Box("part", 10, 10, 20, 20),))
    boxing.strokes.clear()
    for at in range(30, 40):
        boxing.drag_handle(1, 0, at, 0, False)
    boxing.drag_handle(1, 0, 40, 0, True)
    assert boxing.strokes == ["move"]
    assert boxing.boxes.all == [Box("part", 10, 10, 30, 20)]


def test_what_is_hidden_or_cut_off_says_so_on_its_tag(boxing):
    boxing.replace_boxes((Box("hole", 1, 1, 9, 9, occluded=True, truncated=True),))
    assert boxing._view.canvas.overlay.boxes[0].tag == "2 hole · occluded · truncated"


def test_four_extreme_points_make_a_box(boxing):
    boxing.begin_extreme_points()
    for point in ((20, 5), (40, 20), (22, 50), (10, 30)):
        boxing.add_corner(*point)
    assert boxing.boxes.all == [Box("part", 10, 5, 30, 45)]
    assert boxing.strokes == ["draw"]


def test_boxes_are_remembered_and_put_on_another_frame(boxing):
    assert not boxing.paste_boxes()
    boxing.replace_boxes((Box("hole", 1, 1, 9, 9), Box("part", 5, 5, 9, 9)))
    boxing.select_box(1)
    boxing.copy_boxes()
    boxing.load_boxes(100, 80, (), ("part", "hole"))
    boxing.paste_boxes()
    assert boxing.boxes.all == [Box("part", 5, 5, 9, 9)]


def test_a_box_snaps_to_the_edges_of_the_picture(boxing):
    luma = np.full((80, 100), 40, np.uint8)
    luma[20:60, 30:70] = 200
    boxing.replace_boxes((Box("part", 26, 24, 48, 33),))
    assert boxing.snap_to_edges(luma)
    assert boxing.boxes.all == [Box("part", 30, 20, 40, 40)]
    assert not boxing.snap_to_edges(luma)


def square(noise=0):
    luma = np.full((100, 120), 60, np.uint8)
    luma[30:70, 40:90] = 180
    return (luma + np.random.default_rng(3).integers(0, noise + 1, luma.shape)).astype(np.uint8)


def test_edges_within_reach_are_found_in_noise_too():
    assert snap_box(square(20), Box("a", 35, 36, 60, 30)) == Box("a", 40, 30, 50, 40)


def test_edges_out_of_reach_and_flat_pictures_leave_the_box_as_it_is():
    far = Box("a", 20, 5, 10, 10)
    assert snap_box(square(), far) == far
    actual = snap_box(np.full((50, 50), 9, np.uint8), Box("a", 5, 5, 20, 20))
    assert actual == Box("a", 5, 5, 20, 20)


def test_a_box_at_the_border_or_as_thin_as_nothing_breaks_nothing():
    for box in (Box("a", 0, 0, 120, 100), Box("a", 119, 99, 1, 1), Box("a", 10, 10, 1, 1)):
        assert snap_box(square(), box).w >= 1

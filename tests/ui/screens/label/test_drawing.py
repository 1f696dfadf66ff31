import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from fieldcheck.domain.label import Box, Point
from fieldcheck.project.tables import labels as labels_table
from fieldcheck.ui.screens import list_actions
from fieldcheck.ui.screens.label.drawing import (
    LEAST,
    Boxes,
    BoxTool,
    Drawing,
    PointTool,
    get_first_object_class,
    snap_box,
)
from fieldcheck.ui.screens.label.view import LabelView
from fieldcheck.ui.shell.shortcuts import Actions
from tests import makers
from tests.ui.screens.label.conftest import seen
from tests.ui.screens.label.recorded import RecordedView

CLASSES = ("ground", "tear", "hole")
Key = Qt.Key


def drawing_of(kind):
    kept = []
    made = Drawing(RecordedView(), lambda *stroke: kept.append(stroke))
    made.set_label_kind(kind, CLASSES)
    return made, kept


def test_boxes_are_kept_with_every_stroke(qapp):
    drawing, kept = drawing_of("boxes")
    assert drawing.load_frame(64, 48, (), (), CLASSES)
    drawing.boxing.insert_in_centre()
    box = Box("ground", 24, 18, 16, 12)
    assert kept == [("draw", (box,), ())]
    assert (drawing.boxes, drawing.points) == ((box,), ())


def test_points_begin_with_the_first_thing_and_take_the_class_that_is_named(qapp):
    drawing, kept = drawing_of("points")
    assert drawing.load_frame(64, 48, (), (Point("hole", 1, 1),), CLASSES)
    drawing.pointing.insert_in_centre()
    assert drawing.set_class("hole")
    drawing.pointing.add_point(2, 2)
    drawing.store_stroke("point")
    assert kept[-1] == (
        "point", (), (Point("hole", 1, 1), Point("tear", 32, 24), Point("hole", 2, 2)),
    )  # fmt: skip


def test_where_a_frame_gets_a_class_nothing_is_drawn(qapp):
    drawing, kept = drawing_of("class")
    assert not drawing.load_frame(64, 48, (), (), CLASSES)
    assert not drawing.set_class("tear")
    assert not drawing.clear_selection()
    drawing.flush_nudges()
    assert (drawing.tool, drawing.boxes, drawing.points, kept) == (None, (), (), [])


def test_nudges_that_wait_are_kept_when_the_frame_is_left(qapp):
    drawing, kept = drawing_of("boxes")
    drawing.load_frame(64, 48, (Box("tear", 1, 1, 9, 9),), (), CLASSES)
    drawing.boxing.select_box(0)
    drawing.boxing.move_selected(1, 0)
    assert kept == []
    drawing.flush_nudges()
    assert kept == [("move", (Box("tear", 2, 1, 9, 9),), ())]


def test_what_is_begun_is_dropped_first(qapp):
    drawing, _ = drawing_of("boxes")
    drawing.load_frame(64, 48, (), (), CLASSES)
    drawing.boxing.add_corner(3, 3)
    assert drawing.clear_selection()
    assert not drawing.clear_selection()


@pytest.fixture
def pointing(qtbot, look):
    room = QWidget()
    qtbot.addWidget(room)
    view = LabelView(look, Actions(room, list_actions()), room)
    keyed = [("1", "tear"), ("2", "hole")]
    view.show_work(keyed, kind="points", classes=("tear", "hole"), many=False)
    strokes = []
    made = PointTool(view, "tear", strokes.append)
    made.kept, made.strokes = room, strokes
    made.load_points(60, 40, (), ("tear", "hole"))
    return made


def test_points_are_of_the_class_that_was_named_last(pointing):
    pointing.add_point(3, 4)
    pointing.set_class("hole")
    assert pointing.add_point(5, 6) == (Point("tear", 3, 4), Point("hole", 5, 6))
    assert [drawn.tag for drawn in pointing._view.canvas.overlay.boxes] == ["tear", "hole"]


def test_the_newest_point_goes_first(pointing):
    pointing.add_point(3, 4)
    assert pointing.delete_selected()
    assert not pointing.delete_selected()
    assert pointing.points == ()


def test_the_first_point_is_of_a_thing_and_not_of_the_ground():
    assert get_first_object_class(("ground", "tear", "hole")) == "tear"
    assert get_first_object_class(("tear",)) == "tear"


def test_a_point_is_set_moved_and_taken_by_keys_and_stays_on_the_frame(pointing):
    assert not pointing.move_selected(1, 0)
    pointing.insert_in_centre()
    pointing.move_selected(-10, 5)
    assert pointing.points == (Point("tear", 20, 25),)
    pointing.move_selected(-100, 100)
    assert pointing.points == (Point("tear", 0, 40),)
    assert pointing.strokes == ["point", "move", "move"]
    pointing.add_point(5, 5)
    pointing.select_neighbour(-1)
    assert pointing._view.canvas.overlay.selected == 0
    assert pointing.delete_selected()
    assert pointing.points == (Point("tear", 5, 5),)
    pointing.select_neighbour(1)
    assert pointing.clear_selection()
    assert not pointing.clear_selection()
    assert not pointing.move_selected(1, 0)


@pytest.mark.long
def test_keys_point_at_frames(window, open_in_window, settle, material, tmp_path, qtbot, press):
    with makers.empty_project(tmp_path / "masks.fieldcheck", material / "mask.onnx") as project:
        makers.add_footage(project, material / "belt.avi")
        makers.draw(project, 3)
    window.preferences.update(too_fast_ms=0)
    open_in_window(tmp_path / "masks.fieldcheck")
    window.show_screen("label")
    settle()
    for keys in (
        (Key.Key_Insert, Key.Key_Right, Key.Key_Down, Key.Key_3, Key.Key_Insert, Key.Key_Return),
        (Key.Key_0,),
    ):
        seen(qtbot, window)
        for key in keys:
            press(key)
            settle()
    found = window.current.project.read(labels_table.list_labels)
    middle_x, middle_y = makers.SIZE[1] / 2, makers.SIZE[0] / 2
    assert sorted((label.points for label in found), key=len) == [
        (),
        (Point("red", middle_x + 1, middle_y + 1), Point("blue", middle_x, middle_y)),
    ]


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


@pytest.fixture
def boxing(qtbot, look):
    room = QWidget()
    qtbot.addWidget(room)
    view = LabelView(look, Actions(room, list_actions()), room)
    keyed = [("1", "part"), ("2", "hole")]
    view.show_work(keyed, kind="boxes", classes=("part", "hole"), many=False)
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


def test_a_tag_carries_the_name(boxing):
    boxing.replace_boxes((Box("hole", 1, 1, 9, 9),))
    assert boxing._view.canvas.overlay.boxes[0].tag == "hole"


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
    assert boxing._view.canvas.overlay.boxes[0].tag == "hole · occluded · truncated"


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

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from fieldcheck.domain.label import Box, Point
from fieldcheck.project.tables import labels as labels_table
from fieldcheck.ui.screen import list_actions
from fieldcheck.ui.screens.label.drawing import Drawing, PointTool, get_first_object_class
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
        "point",
        (),
        (Point("hole", 1, 1), Point("tear", 32, 24), Point("hole", 2, 2)),
    )


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
    view.show_work(
        [("1", "tear"), ("2", "hole")], kind="points", classes=("tear", "hole"), many=False
    )
    strokes = []
    made = PointTool(view, "tear", strokes.append)
    made.kept, made.strokes = room, strokes
    made.load_points(60, 40, (), ("tear", "hole"))
    return made


def test_points_are_of_the_class_that_was_named_last(pointing):
    pointing.add_point(3, 4)
    pointing.set_class("hole")
    assert pointing.add_point(5, 6) == (Point("tear", 3, 4), Point("hole", 5, 6))
    assert [drawn.tag for drawn in pointing._view.canvas.overlay.boxes] == ["1 tear", "2 hole"]


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


def test_frames_are_pointed_at_with_the_keyboard_alone(
    window, open_in_window, settle, material, tmp_path, qtbot, press
):
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

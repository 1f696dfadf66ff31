import pytest
from PySide6.QtCore import Qt

from fieldcheck.project.tables import labels as labels_table
from fieldcheck.ui.shell.table import table
from tests import makers

Key, Mod = Qt.Key, Qt.KeyboardModifier


def test_every_action_of_the_screen_does_something(window, open_in_window, made, settle):
    open_in_window(made["drawn"])
    window.go("label")
    settle()
    for entry in table():
        if entry.screen == "label":
            bound = window.actions._all[entry.id]
            assert bound.run is not None or bound.hold is not None, entry.id


@pytest.fixture
def boxes_screen(window, open_in_window, settle, material, tmp_path, qtbot):
    """The Label screen of a project whose model finds boxes."""
    project = makers.empty_project(tmp_path / "boxes.fieldcheck", material / "box.onnx")
    makers.add_footage(project, material / "belt.avi")
    makers.draw(project, 5)
    project.close()
    open_in_window(tmp_path / "boxes.fieldcheck")
    window.preferences.change(too_fast_ms=0)
    window.go("label")
    settle()
    presenter = window.screen().presenter
    qtbot.waitUntil(lambda: presenter._shown_at is not None)
    return presenter


def test_boxes_are_labelled_with_the_keyboard_alone(window, boxes_screen, press, settle, qtbot):
    press(Key.Key_2)
    press(Key.Key_Insert)
    press(Key.Key_Right, Mod.ShiftModifier)
    press(Key.Key_Right, Mod.AltModifier)
    press(Key.Key_Return)
    settle()
    label = window.current.project.read(labels_table.all)[0]
    assert [(box.class_name, box.x, box.y, box.w, box.h) for box in label.boxes] == [("hole", 34.0, 18.0, 18.0, 12.0)]
    qtbot.waitUntil(lambda: boxes_screen._shown_at is not None)
    press(Key.Key_P)
    assert len(boxes_screen.boxing.boxes.all) == 1
    press(Key.Key_Delete)
    press(Key.Key_0)
    settle()
    assert window.current.standing.n_labelled == 2


def test_enter_without_a_box_says_which_key_means_nothing_here(window, boxes_screen, press, settle):
    press(Key.Key_Return)
    settle()
    assert window.current.standing.n_labelled == 0
    assert window.screen().view._note.text() == "No box yet. Press 0 if there is nothing here."


def test_boxes_that_were_drawn_are_kept_by_whoever_turns_away(window, boxes_screen, press, settle):
    press(Key.Key_Insert)
    press(Key.Key_Escape)
    press(Key.Key_Right)
    press(Key.Key_Insert)
    window.go("project")
    settle()
    stored = window.current.project.read(labels_table.all)
    assert [len(label.boxes) for label in stored] == [1, 1]

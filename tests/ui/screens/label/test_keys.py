import pytest
from PySide6.QtCore import Qt

from fieldcheck.project.tables import labels as labels_table

Key, Mod = Qt.Key, Qt.KeyboardModifier


def can(window):
    return [
        at
        for at in range(1, 15)
        if window.context.actions.get_action(f"label.class_{at}").isEnabled()
    ]


def test_only_keys_of_classes_that_there_are_do_something(window, label_screen):
    assert can(window) == [1, 2, 3]


@pytest.mark.long
def test_zero_means_nothing_here_where_boxes_are_drawn(window, boxes_screen):
    assert 10 in can(window)
    assert 9 not in can(window)


@pytest.mark.long
def test_boxes_are_labelled_with_the_keyboard_alone(window, boxes_screen, press, settle, qtbot):
    press(Key.Key_2)
    press(Key.Key_Insert)
    press(Key.Key_Right, Mod.ShiftModifier)
    press(Key.Key_Right, Mod.AltModifier)
    press(Key.Key_Return)
    settle()
    label = window.current.project.read(labels_table.list_labels)[0]
    expected = [("hole", 34.0, 18.0, 18.0, 12.0)]
    assert [(box.class_name, box.x, box.y, box.w, box.h) for box in label.boxes] == expected
    qtbot.waitUntil(lambda: boxes_screen.view_tracker.shown_at is not None)
    press(Key.Key_P)
    assert len(boxes_screen.drawing.boxing.boxes.all) == 1
    press(Key.Key_Delete)
    press(Key.Key_0)
    settle()
    assert window.current.status.n_labelled == 2


@pytest.mark.long
def test_enter_without_a_box_says_which_key_means_nothing_here(window, boxes_screen, press, settle):
    press(Key.Key_Return)
    settle()
    assert window.current.status.n_labelled == 0
    expected = "No box yet. Press 0 if the frame is empty."
    assert window.get_shown_screen().view._note.text() == expected


@pytest.mark.long
def test_drawn_boxes_are_kept_when_leaving_and_are_no_label(window, boxes_screen, press, settle):
    press(Key.Key_Insert)
    press(Key.Key_Escape)
    press(Key.Key_Right)
    press(Key.Key_Insert)
    press(Key.Key_Right)
    window.show_screen("project")
    settle()
    drafts = window.current.project.read(labels_table.list_drafts)
    assert [len(draft.boxes) for draft in drafts.values()] == [1, 1]
    assert window.current.project.read(labels_table.list_labels) == ()
    window.show_screen("label")
    settle()
    assert len(boxes_screen.drawing.boxing.boxes.all) == 1


@pytest.mark.long
def test_undo_takes_back_stroke_by_stroke(window, boxes_screen, press, settle):
    press(Key.Key_Insert)
    settle()
    for _ in range(3):
        press(Key.Key_Right)
    boxes_screen.flush_nudges()
    settle()
    press(Key.Key_H)
    settle()
    assert boxes_screen.drawing.boxing.boxes.all[0].occluded
    for expected in ((27.0, False), (24.0, False)):
        press(Key.Key_Z, Mod.ControlModifier)
        settle()
        box = boxes_screen.drawing.boxing.boxes.all[0]
        assert (box.x, box.occluded) == expected
    press(Key.Key_Z, Mod.ControlModifier)
    settle()
    assert boxes_screen.drawing.boxing.boxes.all == []


@pytest.mark.long
def test_enter_in_the_search_picks_the_class_of_the_next_box_and_accepts_nothing(
    window, boxes_screen, press, settle, qtbot
):
    presenter, view = boxes_screen, window.get_shown_screen().view
    presenter.drawing.boxing.add_corner(4, 4)
    presenter.drawing.boxing.add_corner(20, 20)
    settle()
    press(Key.Key_Escape)
    assert view._current.text() == "Next box: part"
    press(Key.Key_Slash)
    for letter in "hol":
        press(letter)
    press(Key.Key_Return)
    settle()
    assert view._current.text() == "Next box: hole"
    assert presenter.state.round.labels == {}  # the frame still waits for its Enter
    assert presenter.state.index == 0
    presenter.drawing.boxing.add_corner(30, 30)
    presenter.drawing.boxing.add_corner(40, 40)
    press(Key.Key_Return)
    settle()
    (label,) = window.current.project.read(labels_table.list_labels)
    assert [box.class_name for box in label.boxes] == ["part", "hole"]

import pytest
from PySide6.QtWidgets import QWidget

from fieldcheck.domain.label import Box
from fieldcheck.ui.screen import list_actions
from fieldcheck.ui.screens.label.state import KEYS
from fieldcheck.ui.screens.label.view import LabelView
from fieldcheck.ui.shell.shortcuts import Actions


@pytest.fixture
def view(qtbot, look):
    room = QWidget()
    qtbot.addWidget(room)
    made = LabelView(look, Actions(room, list_actions()), room)
    made.resize(1170, 598)
    room.show()
    return made


def test_boxes_bring_their_own_buttons(view):
    view.show_work([("1", "hole")], kind="boxes", classes=("hole",), many=False)
    assert view.accept.isVisibleTo(view)
    assert not view.same.isVisibleTo(view)
    view.show_work([("1", "OK")], kind="class", classes=("OK", "Crack"), many=False)
    assert not view.accept.isVisibleTo(view)
    assert view.same.isVisibleTo(view)


def test_a_class_button_says_which_class_it_is(view):
    pressed = []
    view.class_pressed.connect(pressed.append)
    view.show_work([("1", "OK"), ("2", "Crack")], kind="class", classes=("OK", "Crack"), many=False)
    view._classes.buttons[1].click()
    assert pressed == [1]


def test_boxes_are_listed_with_their_size(view):
    view.show_work([("1", "hole")], kind="boxes", classes=("hole",), many=False)
    view.show_boxes_list([Box("hole", 0, 0, 88.4, 108), Box("part", 0, 0, 5, 5)], 1)
    assert view._box_list.item(0).text() == "hole   88 × 108 px"
    assert view._box_list.currentRow() == 1


def test_in_the_compact_layout_the_strip_is_lower_and_still_there(view):
    view.show_work(
        list(zip(KEYS, "abcdefg", strict=False)), kind="class", classes=("OK", "Crack"), many=False
    )
    view.set_compact(True)
    low = view.strip.height()
    assert view.strip.isVisibleTo(view)
    view.set_compact(False)
    assert view.strip.isVisibleTo(view)
    assert view.strip.height() > low


def test_the_model_answer_has_a_line_only_when_it_may_be_seen(view):
    view.show_work([("1", "OK")], kind="class", classes=("OK",), many=False)
    view.show_blind(True, "")
    assert view.blind.isChecked()
    assert not view.take_over.isVisibleTo(view)
    view.show_blind(False, "Not blind. Prediction of Prediction of net: OK 0.82")
    assert not view.blind.isChecked()
    assert view._suggestion.text() == "Not blind. Prediction of Prediction of net: OK 0.82"

import pytest
from PySide6.QtWidgets import QWidget

from fieldcheck.domain.box import Box
from fieldcheck.ui.screens.label.boxing import Boxing
from fieldcheck.ui.screens.label.view import LabelView
from fieldcheck.ui.shell.actions import Actions


@pytest.fixture
def boxing(qtbot, look):
    room = QWidget()
    qtbot.addWidget(room)
    view = LabelView(look, Actions(room), room)
    view.show_work([("1", "part"), ("2", "hole")], boxing=True, many=False)
    made = Boxing(view, "part")
    made.kept = room
    made.load(100, 80, (), ("part", "hole"))
    return made


def test_the_class_that_was_named_last_sticks_to_the_next_box(boxing):
    boxing.name("hole")
    boxing.press(10, 10)
    boxing.press(30, 30)
    assert boxing.boxes.all == [Box("hole", 10, 10, 20, 20)]


def test_naming_changes_the_selected_box(boxing):
    boxing.insert()
    boxing.name("hole")
    assert boxing.boxes.all[0].class_name == "hole"
    assert boxing._view._box_list.item(0).text().startswith("hole")


def test_escape_first_drops_a_begun_box_then_the_selection(boxing):
    boxing.insert()
    boxing.press(1, 1)
    assert boxing.drop()
    assert boxing.boxes.selected == 0
    assert boxing.drop()
    assert boxing.boxes.selected == -1
    assert not boxing.drop()


def test_a_tag_carries_the_number_and_the_name(boxing):
    boxing.take((Box("hole", 1, 1, 9, 9),))
    assert boxing._view.canvas._boxes[0].tag == "2 hole"

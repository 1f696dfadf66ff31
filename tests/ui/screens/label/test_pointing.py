import pytest
from PySide6.QtWidgets import QWidget

from fieldcheck.domain.box import Point
from fieldcheck.ui.screens.label.pointing import Pointing, first_thing
from fieldcheck.ui.screens.label.view import LabelView
from fieldcheck.ui.shell.actions import Actions


@pytest.fixture
def pointing(qtbot, look):
    room = QWidget()
    qtbot.addWidget(room)
    view = LabelView(look, Actions(room), room)
    view.show_work([("1", "tear"), ("2", "hole")], kind="points", classes=("tear", "hole"), many=False)
    made = Pointing(view, "tear")
    made.kept = room
    made.load((), ("tear", "hole"))
    return made


def test_points_are_of_the_class_that_was_named_last(pointing):
    pointing.add(3, 4)
    pointing.name("hole")
    assert pointing.add(5, 6) == (Point("tear", 3, 4), Point("hole", 5, 6))
    assert [drawn.tag for drawn in pointing._view.canvas.overlay.boxes] == ["1 tear", "2 hole"]


def test_the_newest_point_goes_first(pointing):
    pointing.add(3, 4)
    assert pointing.delete()
    assert not pointing.delete()
    assert pointing.points == ()


def test_the_first_point_is_of_a_thing_and_not_of_the_ground():
    assert first_thing(("ground", "tear", "hole")) == "tear"
    assert first_thing(("tear",)) == "tear"

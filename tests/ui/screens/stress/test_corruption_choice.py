import pytest
from PySide6.QtWidgets import QMainWindow, QWidget

from fieldcheck.ui.screens.stress.corruption_choice import CorruptionChoice
from fieldcheck.ui.screens.stress.corruption_list import CorruptionPlace
from fieldcheck.ui.shell.actions import Actions
from fieldcheck.ui.shell.actions_table import table
from fieldcheck.words.corruptions import FAVOURITES


@pytest.fixture
def choosing(qtbot, look):
    room = QMainWindow()
    qtbot.addWidget(room)
    view = QWidget()
    room.setCentralWidget(view)
    room.resize(1100, 600)
    made = CorruptionChoice(CorruptionPlace(look, Actions(room, table()), view))
    made.told = []
    made.changed.connect(lambda: made.told.append(made.chosen.names))
    return made


def test_arrows_go_round_the_favourites_and_from_elsewhere_to_their_ends(choosing):
    choosing.step_corruption(-1)
    assert choosing.chosen.corruption == FAVOURITES[-1]
    choosing.take(choosing.chosen.turned_to("rain"))
    choosing.step_corruption(1)
    assert choosing.chosen.corruption == FAVOURITES[0]
    choosing.take(choosing.chosen.turned_to("rain"))
    choosing.step_corruption(-1)
    assert choosing.chosen.corruption == FAVOURITES[-1]


def test_a_step_of_severity_goes_to_the_next_stop_and_ends_at_severe(choosing):
    for _ in range(3):
        choosing.step_severity(1)
    assert choosing.chosen.severity == 5.0
    choosing.set_severity(0.4)
    choosing.step_severity(-1)
    assert choosing.chosen.severity == 0.0


def test_the_list_offers_no_corruption_that_is_part_of_the_recipe(choosing):
    choosing.combine()
    assert "dark" not in choosing.place.chooser.names()
    choosing.place.chooser.chosen.emit("jpeg")
    assert choosing.told[-1] == ("dark", "jpeg")
    choosing.choose_of_all()
    assert "dark" not in choosing.place.chooser.names()
    assert "jpeg" in choosing.place.chooser.names()
    choosing.place.shut()
    choosing.take_out()
    assert choosing.told[-1] == ("jpeg",)


def test_three_are_the_most(choosing):
    for name in ("jpeg", "fog"):
        choosing.take(choosing.chosen.on_top(name))
    choosing.combine()
    assert choosing.place.chooser is None

import pytest
from PySide6.QtWidgets import QMainWindow, QWidget

from fieldcheck.corruptions.catalogue import FAVOURITES
from fieldcheck.ui.screen import list_actions
from fieldcheck.ui.screens.stress.corruption_picker import CorruptionChoice, CorruptionPopover
from fieldcheck.ui.shell.shortcuts import Actions


@pytest.fixture
def choosing(qtbot, look):
    room = QMainWindow()
    qtbot.addWidget(room)
    view = QWidget()
    room.setCentralWidget(view)
    room.resize(1100, 600)
    made = CorruptionChoice(CorruptionPopover(look, Actions(room, list_actions()), view))
    made.told = []
    made.changed.connect(lambda: made.told.append(made.selection.names))
    return made


def test_arrows_go_round_the_favourites_and_from_elsewhere_to_their_ends(choosing):
    choosing.step_corruption(-1)
    assert choosing.selection.corruption == FAVOURITES[-1]
    choosing.set_selection(choosing.selection.with_corruption("rain"))
    choosing.step_corruption(1)
    assert choosing.selection.corruption == FAVOURITES[0]
    choosing.set_selection(choosing.selection.with_corruption("rain"))
    choosing.step_corruption(-1)
    assert choosing.selection.corruption == FAVOURITES[-1]


def test_a_step_of_severity_goes_to_the_next_stop_and_ends_at_severe(choosing):
    for _ in range(3):
        choosing.step_severity(1)
    assert choosing.selection.severity == 5.0
    choosing.set_severity(0.4)
    choosing.step_severity(-1)
    assert choosing.selection.severity == 0.0


def test_the_list_offers_no_corruption_that_is_part_of_the_recipe(choosing):
    choosing.add_corruption()
    assert "dark" not in choosing.list_display.chooser.list_names()
    choosing.list_display.chooser.chosen.emit("jpeg")
    assert choosing.told[-1] == ("dark", "jpeg")
    choosing.choose_from_all()
    assert "dark" not in choosing.list_display.chooser.list_names()
    assert "jpeg" in choosing.list_display.chooser.list_names()
    choosing.list_display.close_list()
    choosing.remove_step()
    assert choosing.told[-1] == ("jpeg",)


def test_three_are_the_most(choosing):
    for name in ("jpeg", "fog"):
        choosing.set_selection(choosing.selection.with_corruption_on_top(name))
    choosing.add_corruption()
    assert choosing.list_display.chooser is None

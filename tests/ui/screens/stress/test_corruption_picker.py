import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMainWindow, QWidget

from fieldcheck.corruptions.catalogue import CATALOG, FAVOURITES
from fieldcheck.ui.screens import list_actions
from fieldcheck.ui.screens.stress import corruption_picker
from fieldcheck.ui.shell.shortcuts import Actions


@pytest.fixture
def choosing(qtbot, look):
    room = QMainWindow()
    qtbot.addWidget(room)
    view = QWidget()
    room.setCentralWidget(view)
    room.resize(1100, 600)
    made = corruption_picker.CorruptionChoice(
        corruption_picker.CorruptionPopover(look, Actions(room, list_actions()), view)
    )
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


@pytest.fixture
def chooser(qtbot, look):
    made = corruption_picker.CorruptionList(look, ("dark",), 3.0)
    qtbot.addWidget(made)
    made.told = []
    made.chosen.connect(made.told.append)
    made.show()
    qtbot.waitExposed(made)
    return made


def test_all_of_the_catalogue_but_those_left_out_stand_under_their_causes(chooser):
    assert sorted(chooser.list_names()) == sorted(set(CATALOG) - {"dark"})
    headings = [
        chooser.list.item(at)
        for at in range(chooser.list.count())
        if not chooser.list.item(at).data(corruption_picker.NAME)
    ]
    assert len(headings) == len({entry.cause for entry in CATALOG.values()}) == 7
    assert not any(item.flags() & Qt.ItemFlag.ItemIsSelectable for item in headings)


def test_typing_narrows_to_name_and_meaning_and_enter_takes_the_first(chooser):
    QTest.keyClicks(chooser.field, "video")
    assert chooser.list_names() == ["low_bitrate"]
    shown = [
        chooser.list.item(at).text()
        for at in range(chooser.list.count())
        if not chooser.list.item(at).isHidden()
    ]
    assert shown[0] == "Compression and transport"
    QTest.keyClick(chooser.field, Qt.Key.Key_Return)
    assert chooser.told == ["low_bitrate"]


def test_arrows_walk_over_the_headings_and_stop_at_the_ends(chooser):
    names = chooser.list_names()
    walked = []
    for _ in range(len(names) + 3):
        walked.append(chooser.list.currentItem().data(corruption_picker.NAME))
        QTest.keyClick(chooser.field, Qt.Key.Key_Down)
    assert walked[: len(names)] == names
    assert set(walked[len(names) :]) == {names[-1]}


def test_a_heading_is_never_chosen_and_neither_is_nothing(chooser):
    QTest.keyClicks(chooser.field, "no such thing")
    QTest.keyClick(chooser.field, Qt.Key.Key_Return)
    chooser.list.itemClicked.emit(chooser.list.item(0))
    assert chooser.told == []


def test_the_present_one_is_marked_and_each_has_its_picture(chooser):
    chooser.select_name("fog")
    assert chooser.list.currentItem().data(corruption_picker.NAME) == "fog"
    chooser.show_pictures({"fog": np.full((45, 80, 3), (10, 200, 30), np.uint8)})
    picture = chooser.list.currentItem().icon().pixmap(chooser.list.iconSize()).toImage()
    expected = (10, 200, 30)
    assert picture.pixelColor(picture.width() // 2, picture.height() // 2).getRgb()[:3] == expected


@pytest.fixture
def room(qtbot, look):
    made = QMainWindow()
    qtbot.addWidget(made)
    view = QWidget()
    made.setCentralWidget(view)
    made.resize(1100, 600)
    made.show()
    qtbot.waitExposed(made)
    return corruption_picker.CorruptionPopover(look, Actions(made, list_actions()), view)


def test_one_list_is_open_at_a_time_and_the_choice_closes_it(room):
    told = []
    first = room.open_list("All", (), ("fog", 3.0), told.append)
    second = room.open_list("All", ("fog",), ("jpeg", 3.0), told.append)
    assert (room.chooser, first.isVisible()) == (second, False)
    assert second.list.currentItem().data(corruption_picker.NAME) == "jpeg"
    QTest.keyClick(second.field, Qt.Key.Key_Return)
    assert (told, room.chooser) == (["jpeg"], None)


def test_escape_closes_it_without_a_choice(room):
    told = []
    chooser = room.open_list("All", (), ("fog", 3.0), told.append)
    assert room.close_list()
    assert not room.close_list()
    room.show_pictures({})
    assert (told, chooser.isVisible()) == ([], False)
